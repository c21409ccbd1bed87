"""Well-formed numbers whose last character does not follow from the first seventeen digits.

The core table has done the arithmetic (`checks/id_number.py`): a well-formed number of a sound file has an `id_key` only
when its check character is right. Nothing more is said of a number found here.
"""

from xueji.checks.model import Condition, RowRule

RULE = RowRule(
    id="id_checksum",
    problem_type="ERR_ID",
    title="身份证号校验码错误",
    source="GB 11643-1999 附录 校验码 (ISO 7064 MOD 11-2)",
    reasons={"": "身份证号末位校验码与前17位不符，号码中至少有一位填错"},
    conditions=(Condition("id_body is not null and id_key is null and not is_damaged_file"),),
)
