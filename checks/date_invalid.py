"""Birth dates and enrolment months that are given and do not exist, or lie outside any pupil's life.

A blank birth date is `required_missing`; the enrolment month may be blank.
"""

from xueji.checks.id_number import is_digits_sql
from xueji.checks.model import Condition, RowRule

EARLIEST = "1990-01-01"

# Boolean SQL over a row of core_students whose birth date is known: a date a pupil can be born on.
IS_BIRTH_DATE_VALID = f"birth_date between date '{EARLIEST}' and as_of"

# Boolean SQL: the core table writes every month it recognises as YYYYMM, and leaves other text as it is.
IS_ENROLLED_MONTH_VALID = f"""case when length(enrolled_month) = 6
    then {is_digits_sql("enrolled_month")} and substr(enrolled_month, 1, 2) in ('19', '20')
        and substr(enrolled_month, 5, 2) between '01' and '12'
    else false end"""

RULE = RowRule(
    id="date_invalid",
    problem_type="INVALID",
    title="日期错误",
    source="学生基础信息表第3项 出生日期 YYYYMMDD、第24项 入学年月 YYYYMM",
    reasons={
        "csrq": "出生日期不是日历中的日期,或晚于填报日期、早于1990年",
        "rxny": "入学年月不是年月(应为YYYYMM)",
    },
    conditions=(
        Condition(
            f"case when birth_date_text is null then false when birth_date is null then true "
            f"else not ({IS_BIRTH_DATE_VALID}) end",
            "csrq",
        ),
        Condition(f"case when enrolled_month is null then false else not ({IS_ENROLLED_MONTH_VALID}) end", "rxny"),
    ),
)
