"""Required cells left blank, one finding a field. A blank number of type 1 is `id_missing`."""

from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import Condition, RowRule

# The columns of core_students that are null exactly when the field was left blank.
COLUMNS = {
    "xxbsm": "school_code",
    "xjh": "student_no",
    "xm": "name",
    "xbm": "sex_text",
    "csrq": "birth_date_text",
    "sfzjlxm": "id_type_text",
    "nj": "grade_text",
    "bh": "class_no",
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
        *(Condition(f"{column} is null", field) for field, column in COLUMNS.items()),
        Condition("id_number is null and id_type not in ('1', 'Z')", "sfzjh"),
    ),
)
