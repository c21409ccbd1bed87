"""Numbers whose sex digit differs from the recorded sex: odd for 男, even for 女.

Needs a number and a sex that no other rule has found. Numbers starting with 9 (foreigners' cards) are not judged: what
their digits mean is not published.
"""

from xueji.checks.model import Condition, RowRule
from xueji.checks.sound_number import IS_NUMBER_SOUND

RULE = RowRule(
    id="id_sex_conflict",
    problem_type="ERR_ID",
    title="身份证号与性别不一致",
    source="GB 11643-1999 第4章 顺序码：奇数为男，偶数为女",
    reasons={"": "身份证号第17位表示的性别与所填性别不同，请对照户口簿核对"},
    conditions=(
        Condition(
            f"""case when id_key is null or sex_code is null or id_key >= {9 * 10**16} then false
                when (id_key % 2 = 1) = (sex_code = '1') then false
                else {IS_NUMBER_SOUND} end""",
            detail_sql="'所填性别' || case sex_code when '1' then '男' else '女' end",
            depends_on_date=True,
        ),
    ),
)
