"""Birth dates and enrolment months that are given and do not exist, or lie outside any pupil's life.

A blank birth date is `required_missing`; the enrolment month may be blank.
"""

from xueji.checks.model import Condition, RowRule

EARLIEST = "1990-01-01"

# Boolean SQL over a row of core_students whose birth date is known: a date a pupil can be born on.
IS_BIRTH_DATE_VALID = f"birth_date between date '{EARLIEST}' and as_of"

RULE = RowRule(
    id="date_invalid",
    problem_type="INVALID",
    title="日期错误",
    source="学生基础信息表第3项 出生日期 YYYYMMDD、第24项 入学年月 YYYYMM",
    reasons={
        "csrq": "出生日期不是日历中的日期，或晚于填报日期、早于1990年",
        "rxny": "入学年月不是年月（应为YYYYMM）",
    },
    conditions=(
        Condition(
            f"case when birth_date_unread is not null then true when birth_date is null then false "
            f"else not ({IS_BIRTH_DATE_VALID}) end",
            "csrq",
            "coalesce(birth_date_unread, cast(birth_date as varchar))",
            depends_on_date=True,
        ),
        Condition("enrolled_month_unread is not null", "rxny", "enrolled_month_unread"),
    ),
)
