"""The steps of a confirmation form, from the parent's hands to the archive, and who answers for each.

下发 → 回收 → 录入 → 审核 (学校审核, 部门审核) → 拍照上传 → 归档. The photo comes by its own way (`photos*`); all else are rows of `forms*`.
「谁采集谁负责、谁录入谁负责、谁审核谁负责」
"""

ISSUED, RETURNED, ENTERED, SCHOOL_AUDIT, OFFICE_AUDIT, ARCHIVED = "下发", "回收", "录入", "学校审核", "部门审核", "归档"
STEPS = (ISSUED, RETURNED, ENTERED, SCHOOL_AUDIT, OFFICE_AUDIT, ARCHIVED)
UPLOADED = "拍照上传"

# 审核结果 of 回收: nothing, 已签字, or that there is no such child.
SIGNED, NOT_HERE = "已签字", "查无此人"
PASSED, SENT_BACK = "通过", "不通过"
VERDICTS = {RETURNED: (SIGNED, NOT_HERE), SCHOOL_AUDIT: (PASSED, SENT_BACK), OFFICE_AUDIT: (PASSED, SENT_BACK)}

# Kinds of evidence (佐证材料) for a change of key data; of a student without number also what stands in its place.
HOUSEHOLD_BOOK, ID_CARD, RECEIPT, CERTIFICATE = "户口簿", "居民身份证", "户籍部门回执", "在校证明"
EVIDENCE_KINDS = (HOUSEHOLD_BOOK, ID_CARD, RECEIPT, CERTIFICATE, "护照", "港澳台居民居住证", "其他证件", "公安机关证明")
EVIDENCE_SEPARATOR = "、"
