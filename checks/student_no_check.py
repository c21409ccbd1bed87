"""Student numbers of the J series that are malformed or whose check character is wrong.

J + division, birth date, sequence (17 digits) + check character. G numbers keep a past ID number and L numbers end in
chance digits: neither is checked. A blank number is `required_missing`.
"""

from xueji.checks.id_number import check_character_sql, is_well_formed_sql
from xueji.checks.model import Condition, RowRule

_body = "substr(student_no, 2)"
_is_right = f"""case when {is_well_formed_sql(_body)}
    then substr({_body}, 18, 1) = {check_character_sql(_body)} else true end"""

RULE = RowRule(
    id="student_no_check",
    problem_type="INVALID",
    title="学籍号错误",
    source="学籍号编码规则：J + 学校行政区划6位 + 出生日期8位 + 顺序码3位 + 校验码1位",
    reasons={
        "form": "J开头的学籍号应为J加17位数字和1位校验码",
        "check_character": "J开头的学籍号末位校验码与前面各位不符",
    },
    conditions=(
        Condition(f"case when student_no like 'J%' then not {is_well_formed_sql(_body)} else false end", "form"),
        Condition(f"case when student_no like 'J%' then not ({_is_right}) else false end", "check_character"),
    ),
)
