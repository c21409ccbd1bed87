"""Numbers whose birth date does not exist, or makes the student younger than 3 or older than 30 years.

Judged for numbers that pass form and check. A number found here is not compared with the register.
"""

from xueji.checks.id_number import day_number_sql, digits_sql
from xueji.checks.model import Condition, RowRule

YOUNGEST = 3
OLDEST = 30

# Completed years = difference of two dates written as numbers, without its last four digits.
_age = f"({day_number_sql('as_of')} - {digits_sql('id_key', 7, 14)})"

# Boolean SQL over a row whose number has a date. The core table has read it: `id_birth_date` is null where digits 7 to 14 are no
# date of the calendar.
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
        Condition("id_key is not null and id_birth_date is null", "no_such_date"),
        Condition(
            f"case when id_birth_date is null then false else not ({IS_AGE_PLAUSIBLE}) end",
            "implausible_age",
            depends_on_date=True,
        ),
    ),
)
