"""Students with document type 居民身份证 and no number. No other rule speaks of their number."""

from xueji.checks.model import Condition, RowRule

RULE = RowRule(
    id="id_missing",
    problem_type="MISSING",
    title="居民身份证号未填写",
    source="学生基础信息表第9项：证件类型为居民身份证时必填",
    reasons={"": "身份证件类型为居民身份证，但未填写身份证件号"},
    conditions=(Condition("id_type = '1' and id_number is null"),),
)
