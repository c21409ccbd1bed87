"""Cells that hold neither a code nor a label of their list, one finding a field. A blank cell is not judged here.

The core table keeps the text of such a cell apart (`checks/core_students.py`).
"""

from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import Condition, RowRule

# Column of the text that no list knows → field.
UNLISTED = {
    "sex_unlisted": "xbm",
    "id_type_unlisted": "sfzjlxm",
    "grade_unlisted": "nj",
    "nationality_unlisted": "gjdqm",
    "nation_unlisted": "mzm",
    "hmt_overseas_unlisted": "gatqwm",
    "health_unlisted": "jkzkm",
    "household_type_unlisted": "hkxzm",
    "admission_unlisted": "rxfsm",
    "attendance_unlisted": "jdfsm",
}

RULE = RowRule(
    id="code_invalid",
    problem_type="INVALID",
    title="所填内容不在代码表中",
    source="学生基础信息表填表说明；GB/T 2261.1、GB/T 3304、GB/T 2659",
    reasons={field: f"{FIELD_LABELS[field]}既不是代码表中的代码，也不是其名称" for field in UNLISTED.values()},
    conditions=tuple(Condition(f"{column} is not null", field, column) for column, field in UNLISTED.items()),
)
