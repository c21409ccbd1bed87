"""Names that are no name: one character, digits or signs in it, a placeholder, or too long. One finding a student.

A blank name is `required_missing`; marks of a character that could not be typed are `name_not_comparable`.
"""

from xueji.checks.model import Condition, RowRule
from xueji.checks.sql_text import literal_list

PLACEHOLDERS = ("测试", "未知", "无名", "不详", "暂无", "无姓名", "NULL", "NONE", "TEST")
MOST_CHARACTERS = 50

_placeholder = f"name_folded in {literal_list(PLACEHOLDERS)}"
_length = f"length(name) > {MOST_CHARACTERS}"
_one_character = "length(name_folded) = 1"

# Boolean SQL over a row of core_students whose name is given.
IS_NAME_INVALID = f"(is_sign_in_name or {_one_character} or {_placeholder} or {_length})"


def _first_of_sql(condition: str, *earlier: str) -> str:
    """Boolean SQL: `condition` and none of the conditions that go before it."""
    return f"case when {condition} then not ({' or '.join(earlier)}) else false end"


RULE = RowRule(
    id="name_invalid",
    problem_type="INVALID",
    title="姓名填写错误",
    source="学生基础信息表第1项：与户口簿一致；民委发〔2016〕33号（间隔符、长度）",
    reasons={
        "one_character": "姓名只有一个字",
        "characters": "姓名中有数字或不应出现的符号",
        "placeholder": "所填不是姓名，而是占位文字",
        "length": "姓名超过50个字",
    },
    conditions=(
        Condition(_placeholder, "placeholder"),
        Condition(_first_of_sql(_length, _placeholder), "length"),
        Condition(_first_of_sql("is_sign_in_name", _placeholder, _length), "characters"),
        Condition(_first_of_sql(_one_character, _placeholder, _length, "is_sign_in_name"), "one_character"),
    ),
)
