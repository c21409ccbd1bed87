"""Numbers of type 1 that are not seventeen digits and a digit or X. Nothing more is said of such a number.

Numbers of a file which a spreadsheet flattened are left to `spreadsheet_damage`.
"""

from xueji.checks.id_number import is_digits_sql
from xueji.checks.model import Condition, RowRule

# `id_body` holds the digits of every well-formed number.
_MALFORMED = "id_body is null and id_type = '1' and id_number is not null and not is_damaged_file"
_FIFTEEN = f"length(id_number) = 15 and {is_digits_sql('id_number')}"


def _is_broken_sql(condition: str) -> str:
    # CASE keeps the costly part for the few malformed numbers.
    return f"case when {_MALFORMED} then {condition} else false end"


RULE = RowRule(
    id="id_format",
    problem_type="ERR_ID",
    title="身份证号格式错误",
    source="GB 11643-1999 第4章：18位，前17位为数字，末位为数字或X",
    reasons={
        "fifteen_digits": "身份证号应为18位，所填为15位旧号",
        "length": "身份证号应为18位，所填位数不对",
        "characters": "身份证号前17位应为数字、末位应为数字或X，所填含有其他字符",
    },
    conditions=(
        Condition(_is_broken_sql(_FIFTEEN), "fifteen_digits"),
        Condition(
            _is_broken_sql(f"length(id_number) <> 18 and not ({_FIFTEEN})"),
            "length",
            "'所填为' || cast(length(id_number) as varchar) || '位'",
        ),
        Condition(_is_broken_sql("length(id_number) = 18"), "characters"),
    ),
)
