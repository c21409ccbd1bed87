"""Birth dates and enrolment months that are given and do not exist, or lie outside any pupil's life.

A blank birth date is `required_missing`; the enrolment month may be blank.
"""

from xueji.checks.model import Condition, RowRule

EARLIEST = "1990-01-01"

# Boolean SQL over a row of core_students whose birth date is known: a date a pupil can be born on.
IS_BIRTH_DATE_VALID = f"birth_date between date '{EARLIEST}' and as_of"

# The core table writes every month it recognises as YYYYMM, and leaves other text as it is. Among texts of six characters only
# digits cast to a number from 190001 to 209912 with a month in it, on any engine.
MONTH_NUMBER = "try_cast(enrolled_month as integer)"
IS_ENROLLED_MONTH_VALID = f"""coalesce(
    {MONTH_NUMBER} between 190001 and 209912 and {MONTH_NUMBER} % 100 between 1 and 12 and length(enrolled_month) = 6, false)"""

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
            f"case when birth_date_text is null then false when birth_date is null then true "
            f"else not ({IS_BIRTH_DATE_VALID}) end",
            "csrq",
            "birth_date_text",
        ),
        Condition(
            f"case when enrolled_month is null then false else not ({IS_ENROLLED_MONTH_VALID}) end",
            "rxny",
            "enrolled_month",
        ),
    ),
)
