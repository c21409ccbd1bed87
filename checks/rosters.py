"""Lists that completeness is judged by: the schools that were approved, and the students found in class (逐班核实).

Texts are read with the expressions of `core_students`. A row is refused only for what it cannot be placed without; another clue that
cannot be read is left out: the row still says that the child sits in that class.
"""

from xueji.checks.business import is_school_code_sql
from xueji.checks.code_lists import GRADE, ID_TYPE, SEX
from xueji.checks.core_students import date_sql
from xueji.checks.divisions import unit_of_sql
from xueji.checks.id_number import body_check_character_sql
from xueji.checks.row_faults import RowFault, judged_sql
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import distinct_trimmed_sql, folded_name_sql, number_normalised_sql, trimmed_sql

NATION = "00"  # the ministry's own list
_PLACE = "(length(place_code) in (6, 12) and translate(place_code, '0123456789', '') = '')"
_SCHOOL = is_school_code_sql("school_code")


def approved_faults(unit: str) -> tuple[RowFault, ...]:
    """The row rules of approved schools as a unit, or the ministry (00), delivers them."""
    foreign = f"{unit_of_sql('place_code')} <> {literal(unit)}" if unit != NATION else "false"
    return (
        RowFault("approved_name_missing", "没有学校名称", "填写批准文件上的学校名称", "school_name", "school_name is null"),
        RowFault("approved_place", "行政区划代码“{}”不是6位或12位数字", "填写学校所在地的行政区划代码", "place_code", f"place_code is null or not {_PLACE}", "coalesce(place_code_text, '')"),
        RowFault("approved_foreign", "行政区划“{}”不属于报送单位", "只报送本单位所辖学校", "place_code", foreign, "place_code"),
        RowFault("approved_code", "学校标识码“{}”不是10位数字", "填写10位标识码；没有的留空", "school_code", f"not {_SCHOOL}", "school_code_text"),
        RowFault("approved_date", "批准日期“{}”不是有效日期", "按2026-09-01的样式填写", "approved_on", "approved_on is null and approved_on_text is not null", "approved_on_text"),
    )  # fmt: skip


APPROVED_REPEATED = RowFault("approved_repeated", "同一学校填写了两次", "每所学校只保留一行", "school_name", "false")


def judged_approved_sql(rows: str, unit: str, delivered_on: str) -> str:
    """A query for `approved_schools` rows with the rule that each breaks (`judged_sql`)."""
    texts = ("school_code", "school_name", "place_code", "approval_no", "approved_on")
    typed = f"""
        select
            {literal(unit)} as unit_code,
            file, "row",
            concat_ws(',', {", ".join(texts)}) as raw,
            {", ".join(f"{trimmed_sql(column)} as {column}_text" for column in texts)},
            {number_normalised_sql("school_code")} as school_code,
            {trimmed_sql("school_name")} as school_name,
            {number_normalised_sql("place_code")} as place_code,
            {trimmed_sql("approval_no")} as approval_no,
            {date_sql(trimmed_sql("approved_on"))} as approved_on
        from ({rows}) as rows_given
    """
    key = ("coalesce(school_code, school_name)", "substr(place_code, 1, 6)")
    return judged_sql(
        typed, approved_faults(unit), APPROVED_REPEATED, key, "school_name, approved_on, approval_no, file, raw"
    )


def attending_faults(unit: str) -> tuple[RowFault, ...]:
    """The row rules of students found in class, as a unit delivers them."""
    return (
        RowFault("attending_school", "学校标识码“{}”不是10位数字", "填写就读学校的10位标识码", "school_code", f"school_code is null or not {_SCHOOL}", "coalesce(school_code_text, '')"),
        RowFault("attending_foreign", "学校标识码“{}”不属于报送单位", "只报送本单位所辖学校", "school_code", f"substr(school_code, 3, 2) <> {literal(unit)}", "school_code"),
        RowFault("attending_grade", "年级“{}”不在可选范围内", "填写小学一年级至高中三年级，如七年级、初一", "grade", "grade is null", "coalesce(grade_text, '')"),
        RowFault("attending_name_missing", "没有姓名", "填写学生姓名", "name", "name is null"),
    )  # fmt: skip


ATTENDING_REPEATED = RowFault(
    "attending_repeated", "同一学校同一学生填写了两次", "每名学生只保留一行", "student_no", "false"
)
ROSTER_RULES = {
    fault.id: fault
    for fault in (*approved_faults("11"), APPROVED_REPEATED, *attending_faults("11"), ATTENDING_REPEATED)
}


def judged_attending_sql(rows: str, unit: str, delivered_on: str) -> str:
    """A query for `attending_students` rows with the rule that each breaks (`judged_sql`). `folded_name` is the name folded, also a plain one."""
    texts = ("school_code", "grade", "sex", "birth_date", "id_type")
    typed = f"""
        with delivered as (
            select
                {literal(unit)} as unit_code,
                file, "row",
                concat_ws(',', school_code, grade, class_no, name, sex, birth_date, id_type, id_number, student_no) as raw,
                {", ".join(f"{trimmed_sql(column)} as {column}_text" for column in texts)},
                {number_normalised_sql("school_code")} as school_code,
                {trimmed_sql("class_no")} as class_no,
                {distinct_trimmed_sql("name")} as name,
                {distinct_trimmed_sql("name")} as name_text,
                {number_normalised_sql("id_number")} as id_number,
                {distinct_trimmed_sql("student_no")} as student_no,
                {distinct_trimmed_sql("student_no")} as student_no_text
            from ({rows}) as rows_given
        ),
        typed as (
            select
                *,
                cast({GRADE.code_sql("grade_text")} as integer) as grade,
                {folded_name_sql("name")} as folded_name,
                {SEX.code_sql("sex_text")} as sex_code,
                {date_sql("birth_date_text")} as birth_date,
                coalesce({ID_TYPE.code_sql("id_type_text")}, case when id_type_text is null then '1' end) as id_type
            from delivered
        ),
        numbered as (
            select *, case when id_type = '1' and regexp_full_match(id_number, '[0-9]{{17}}[0-9X]')
                then cast(substr(id_number, 1, 17) as bigint) end as id_body
            from typed
        )
        select *, case when substr(id_number, 18, 1) = {body_check_character_sql("id_body")} then id_body end as id_key
        from numbered
    """
    key = (
        "school_code",
        "coalesce(student_no, id_number, concat_ws('|', folded_name, cast(birth_date as varchar), grade, class_no))",
    )
    order = "grade, class_no, name, sex_code, birth_date, id_type, id_number, student_no, file, raw"
    return judged_sql(typed, attending_faults(unit), ATTENDING_REPEATED, key, order)
