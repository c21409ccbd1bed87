"""The files of data-quality verification: how each is named in the landing folder, and what its columns may be called.

`forms*` stands in the landing contract (design.md 3.1); the others lie beside it in a unit's folder, or beside schools.csv where the
ministry delivers them.
"""

from xueji.assets.columns import STUDENT_SPELLINGS, Columns
from xueji.assets.unit_files import FileKind
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.tables import STUDENT_FIELDS


def _kind(
    name: str, pattern: str, labels: dict[str, str], required: tuple[str, ...], is_national: bool = False
) -> FileKind:
    return FileKind(name, pattern, Columns(tuple(dict.fromkeys(labels.values())), required, labels), is_national)


CAMPAIGNS = _kind(
    "campaigns",
    "campaigns*",
    {
        "核查批次": "campaign", "批次名称": "campaign_name", "功能开关": "switch", "行政区划代码": "region_code", "开放日期": "opens_on",
        "关闭日期": "closes_on", "家长平台登录方式": "parent_platform",
    },
    ("campaign", "switch", "region_code", "opens_on", "closes_on"),
    is_national=True,
)  # fmt: skip
FORMS = _kind(
    "forms",
    "forms*",
    {
        "确认表编号": "form_no", "学籍号": "student_no", "环节": "step", "日期": "happened_on", "经办人": "person", "项目": "field",
        "原值": "old_value", "新值": "new_value", "佐证材料": "evidence", "审核部门": "office_code", "审核结果": "verdict", "说明": "note",
    },
    ("form_no", "step", "happened_on", "person"),
)  # fmt: skip
PHOTOS = _kind(
    "photos",
    "photos*.*",
    {
        "确认表编号": "form_no", "文件名": "file_name", "sha256": "sha256", "文件大小": "bytes", "上传日期": "uploaded_on", "上传人": "uploaded_by",
    },
    ("form_no", "file_name", "sha256", "uploaded_on"),
)  # fmt: skip
BUSINESS = _kind(
    "business",
    "business*",
    {
        "业务编号": "business_no", "业务类型": "kind", "办理状态": "state", "学籍号": "student_no", "学校标识码": "school_code",
        "转入学校标识码": "other_school_code", "申请日期": "applied_on", "办结日期": "finished_on", "截止日期": "ends_on", "劝返日期": "control_on",
        "原年级": "from_grade", "现年级": "to_grade",
    },
    ("business_no", "kind", "state", "student_no", "school_code", "applied_on"),
)  # fmt: skip
APPROVED_SCHOOLS = _kind(
    "approved_schools",
    "approved_schools*",
    {
        "学校标识码": "school_code", "学校名称": "school_name", "行政区划代码": "place_code", "批准文号": "approval_no", "批准日期": "approved_on",
    },
    ("school_name", "place_code"),
    is_national=True,
)  # fmt: skip
ATTENDING_STUDENTS = _kind(
    "attending_students",
    "attending_students*",
    {
        "学校标识码": "school_code", "年级": "grade", "班号": "class_no", "姓名": "name", "性别": "sex", "出生日期": "birth_date",
        "身份证件类型": "id_type", "身份证件号": "id_number", "学籍号": "student_no",
    },
    ("school_code", "grade", "name", "id_number"),
)  # fmt: skip
LOCAL_STUDENTS = FileKind(
    "local_students",
    "local_students*",
    Columns(STUDENT_FIELDS, ("xxbsm", "xm"), {label: name for name, label in FIELD_LABELS.items()} | STUDENT_SPELLINGS),
)
ISSUED_NUMBERS = _kind(
    "issued_numbers",
    "issued_numbers*",
    {"学籍辅号": "local_no", "学籍号": "student_no", "下发日期": "issued_on"},
    ("local_no", "student_no"),
)
DOCKING_ANSWERS = _kind(
    "docking_answers",
    "docking_answers*",
    {"偏差编号": "deviation_no", "原因说明": "explanation", "说明人": "explained_by"},
    ("deviation_no", "explanation"),
)
STORAGE = _kind(
    "storage",
    "storage*",
    {
        "照片存储容量GB": "photo_capacity", "照片已用GB": "photo_used", "照片数量": "photo_count", "确认表存储容量GB": "form_capacity",
        "确认表已用GB": "form_used",
    },
    ("photo_capacity", "photo_used", "photo_count", "form_capacity", "form_used"),
)  # fmt: skip
