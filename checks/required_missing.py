"""Required cells left blank, one finding a field. A blank number of type 1 is `id_missing`."""

from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import Condition, RowRule

# The columns of core_students that a field's text went into: all null exactly when the field was left blank.
COLUMNS = {
    "xxbsm": ("school_code",),
    "xjh": ("student_no",),
    "xm": ("name",),
    "xbm": ("sex_code", "sex_unlisted"),
    "csrq": ("birth_date", "birth_date_unread"),
    "sfzjlxm": ("id_type", "id_type_unlisted"),
    "nj": ("grade", "grade_unlisted"),
    "bh": ("class_no",),
}

RULE = RowRule(
    id="required_missing",
    problem_type="MISSING",
    title="必填项未填写",
    source="学生基础信息表 带★的项",
    reasons={
        **{field: f"{FIELD_LABELS[field]}未填写" for field in COLUMNS},
        "sfzjh": "身份证件号未填写（证件类型为“其他”的方可不填）",
    },
    conditions=(
        *(
            Condition(" and ".join(f"{column} is null" for column in columns), field)
            for field, columns in COLUMNS.items()
        ),
        Condition("id_number is null and id_type not in ('1', 'Z')", "sfzjh"),
    ),
)
