"""Names that cannot be compared: one side holds a mark for a character that could not be typed. For information."""

from xueji.checks.model import PairRule

RULE = PairRule(
    id="name_not_comparable",
    problem_type="ERR_NAME",
    title="姓名含无法比对的字符",
    source="domain.md 3.5(生僻字);GB 18030-2022",
    reasons={
        "encoding_twin": "姓名与登记姓名可比对的字都相同，其余为生僻字的替代符号，应为同一姓名",
        "": "姓名或登记姓名中有生僻字的替代符号，无法比对，请人工核对",
    },
    suggestions={
        "encoding_twin": "请核对户口簿上的生僻字。系统已能录入该字的，请改为该字；否则不必处理。",
        "": "请凭户口簿人工核对姓名。姓名有误的，建议更正；无误的，不必处理。",
    },
)
