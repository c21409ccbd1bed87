"""Numbers whose birth date does not exist, or makes the student younger than 3 or older than 30 years.

Judged for numbers that pass form and check. A number found here is not compared with the register.
"""

from xueji.checks.id_number import digits_sql
from xueji.checks.model import Condition, RowRule

YOUNGEST = 3
OLDEST = 30

_year, _month, _day = (digits_sql("id_key", first, last) for first, last in ((7, 10), (11, 12), (13, 14)))
_last_day = f"""case
    when {_month} in (4, 6, 9, 11) then 30
    when {_month} <> 2 then 31
    when ({_year} % 4 = 0 and {_year} % 100 <> 0) or {_year} % 400 = 0 then 29
    else 28 end"""

# Boolean SQL over a row that has an `id_key`: digits 7 to 14 are a date of the calendar. Most days are before the 29th of some
# month, which the number itself shows without taking it apart.
IS_DATE_REAL = f"""case when {_year} < 1 then false
    when id_key % 10000000 between 101000 and 1299999 and id_key % 100000 between 1000 and 28999 then true
    else {_month} between 1 and 12 and {_day} between 1 and {_last_day} end"""


def day_number_sql(date: str) -> str:
    """Integer SQL: a date written as the number YYYYMMDD."""
    return f"(extract(year from {date}) * 10000 + extract(month from {date}) * 100 + extract(day from {date}))"


# Completed years = difference of two such numbers, without its last four digits.
_age = f"({day_number_sql('as_of')} - {digits_sql('id_key', 7, 14)})"
IS_AGE_PLAUSIBLE = f"{_age} between {YOUNGEST * 10000} and {OLDEST * 10000 + 9999}"

RULE = RowRule(
    id="id_birth_date",
    problem_type="ERR_ID",
    title="身份证号出生日期错误",
    source="GB 11643-1999 第4章 出生日期码;domain.md 3.1",
    reasons={
        "no_such_date": "身份证号第7至14位不是日历中的日期",
        "implausible_age": "按身份证号推算，学生不满3周岁或已超过30周岁，号码可能有误",
    },
    conditions=(
        Condition(f"case when id_key is not null then not ({IS_DATE_REAL}) else false end", "no_such_date"),
        Condition(
            f"case when id_key is not null then ({IS_DATE_REAL}) and not ({IS_AGE_PLAUSIBLE}) else false end",
            "implausible_age",
        ),
    ),
)
