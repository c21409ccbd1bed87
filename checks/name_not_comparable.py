"""Names that cannot be compared: one side holds a mark for a character that could not be typed. For information."""

from xueji.checks.model import PairRule

RULE = PairRule(
    id="name_not_comparable",
    problem_type="ERR_NAME",
    title="姓名含无法比对的字符",
    source="domain.md 3.5(生僻字)",
    reasons={"": "姓名或登记姓名中有生僻字的替代符号，无法比对，请人工核对"},
)
