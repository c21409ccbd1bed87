"""Numbers whose birth date differs from the recorded one. Needs a number and a birth date that no other rule has found."""

from xueji.checks.date_invalid import IS_BIRTH_DATE_VALID
from xueji.checks.model import Condition, RowRule
from xueji.checks.sound_number import IS_NUMBER_SOUND

RULE = RowRule(
    id="id_birth_conflict",
    problem_type="ERR_ID",
    title="身份证号与出生日期不一致",
    source="GB 11643-1999 第4章 出生日期码；教基一厅〔2015〕2号 关键数据",
    reasons={"": "身份证号中的出生日期与所填出生日期不同，请对照户口簿核对"},
    conditions=(
        Condition(
            # CASE in this order: nearly every number agrees, and is then not looked at any further.
            f"""case when id_birth_date is null or birth_date is null then false
                when id_birth_date = birth_date then false
                when {IS_NUMBER_SOUND} then {IS_BIRTH_DATE_VALID} else false end""",
            detail_sql="'所填出生日期' || cast(birth_date as varchar)",
            depends_on_date=True,
        ),
    ),
)
