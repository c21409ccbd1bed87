"""Cells that hold neither a code nor a label of their list, one finding a field. A blank cell is not judged here."""

from xueji.checks import code_lists
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import Condition, RowRule
from xueji.checks.sql_text import literal_list

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LISTED = {
    "nation_text": code_lists.NATION,
    "hmt_overseas_text": code_lists.HMT_OVERSEAS,
    "health_text": code_lists.HEALTH,
    "household_type_text": code_lists.HOUSEHOLD_TYPE,
    "admission_text": code_lists.ADMISSION,
    "attendance_text": code_lists.ATTENDANCE,
}
# Three capital letters are taken for a country code: which countries exist is not for this list to decide.
_nationality = f"""case
    when nationality_text is null or nationality_text in ('CHN', '中国') then false
    when length(nationality_text) = 3 and translate(nationality_text, '{_CAPITALS}', '') = '' then false
    else nationality_text not in {literal_list(code_lists.NATIONALITY_NAMES)} end"""

_CONDITIONS = (
    Condition("sex_text is not null and sex_code is null", "xbm", "sex_text"),
    Condition("id_type_text is not null and id_type is null", "sfzjlxm", "id_type_text"),
    Condition("grade_text is not null and grade is null", "nj", "grade_text"),
    Condition(_nationality, "gjdqm", "nationality_text"),
    *(Condition(listed.is_unknown_sql(column), listed.field, column) for column, listed in _LISTED.items()),
)

RULE = RowRule(
    id="code_invalid",
    problem_type="INVALID",
    title="所填内容不在代码表中",
    source="学生基础信息表填表说明；GB/T 2261.1、GB/T 3304、GB/T 2659",
    reasons={
        str(condition.reason): f"{FIELD_LABELS[str(condition.reason)]}既不是代码表中的代码，也不是其名称"
        for condition in _CONDITIONS
    },
    conditions=_CONDITIONS,
)
