"""Numbers whose address code is unknown: an unknown province is an error, an unknown county only a note.

The address is that of the place and time of issue, so retired codes are known, and a code that no table has may still be
a real person's (domain.md 3.2). Numbers of foreigners' permanent residence cards start with 9 and are not looked up.
"""

from xueji.checks.divisions import PROVINCE_RANGES
from xueji.checks.model import Condition, RowRule

FOREIGNER = 9 * 10**16  # numbers from here on start with 9
_known_province = " or ".join(
    f"id_key between {first * 10**15} and {(last + 1) * 10**15 - 1}" for first, last in PROVINCE_RANGES
)

# Boolean SQL over a row that has an `id_key`.
IS_PROVINCE_KNOWN = f"(id_key >= {FOREIGNER} or {_known_province})"

RULE = RowRule(
    id="id_region",
    problem_type="ERR_ID",
    title="身份证号地址码错误",
    source="GB 11643-1999 第4章 地址码；GB/T 2260 及其历年变更",
    reasons={
        "province": "身份证号前2位不是任何省级行政区划代码",
        "division": "身份证号前6位不在现行和历年行政区划代码中，请核对；确与户口簿一致的无需处理",
    },
    conditions=(
        Condition(f"case when id_key is not null then not {IS_PROVINCE_KNOWN} else false end", "province"),
        Condition(
            # The core table has looked the six digits up.
            f"case when is_division_known then false else {IS_PROVINCE_KNOWN} end",
            "division",
            severity="note",
        ),
    ),
)
