"""No child, no school left out (不漏一校一生): schools the system lacks or has in vain, and grades with strikingly few students.

The queries read `approved_schools`, `core_schools`, `snapshots`, and the tables of `prepared_statements`. Only units in a campaign, or
that delivered one of the lists, are looked at: `watched_units`.
"""

from collections.abc import Iterator

from xueji.checks.divisions import unit_of_sql
from xueji.checks.matter import Matter, MatterNight, found_columns_sql
from xueji.checks.rosters import NATION
from xueji.checks.text_folding import folded_name_sql

# 月度通报: a first grade is named when it has under 70 % of the students of the grade above.
DIP_PERCENT = 70
SCHOOL_ENOUGH, SCHOOL_MISSING = 50, 20  # students of the larger grade at least, and how many fewer: half a class
COUNTY_ENOUGH, COUNTY_MISSING = 300, 90
STAGES = ((1, 6), (7, 9), (10, 12))  # first and last grades of primary, junior and senior school


def prepared_statements(students: str = "core_students") -> Iterator[tuple[str, str]]:
    """Name and query of each table that the queries read beside the lake's, in order."""
    yield "grade_counts", grade_counts_sql(students)
    yield "approvals", approvals_sql()
    yield "schools_by_name", schools_by_name_sql()


def grade_counts_sql(students: str) -> str:
    """A query: students in school by school and grade (null where it is not known), one row each."""
    return f"""
        select unit_code, school_code, grade, count(*) as students
        from {students} as students
        where not coalesce(is_out_of_school, false) and unit_code in (select unit_code from watched_units)
        group by unit_code, school_code, grade
    """


def approvals_sql() -> str:
    """A query: every approval with the unit and county of its place and the folded name of the school."""
    return f"""
        select
            {unit_of_sql("place_code")} as unit_code, substr(place_code, 1, 6) as county_code, school_code, school_name,
            {folded_name_sql("school_name")} as folded_name, approval_no, unit_code = '{NATION}' as is_national
        from approved_schools
    """


def schools_by_name_sql() -> str:
    """A query: the schools of the system that lie in watched units, with their folded names."""
    return f"""
        select unit_code, county_code, school_code, school_name, {folded_name_sql("school_name")} as folded_name
        from core_schools
        where unit_code in (select unit_code from watched_units)
    """


def _school_columns(code: str, alias: str, reason: str, subject: str, **more: str) -> str:
    values = {column: f"{alias}.{column}" for column in ("unit_code", "county_code", "school_code")}
    return found_columns_sql(code, values | {"reason": reason, "subject": subject} | more)


def school_absent_sql(tonight: MatterNight) -> str:
    """Approved schools that the system has neither by their code nor by name and county. One row a school, however often approved."""
    subject = "coalesce(a.school_code, a.county_code || '|' || a.folded_name)"
    reason = "'经批准的“' || a.school_name || '”' || coalesce('（' || a.approval_no || '）', '') || '没有学校账户'"
    return f"""
        select {_school_columns("school_absent", "a", reason, subject)}
        from (
            select *, row_number() over (
                partition by unit_code, coalesce(school_code, county_code || '|' || folded_name)
                order by is_national, approval_no, school_name
            ) as place
            from approvals
        ) as a
        where a.place = 1 and a.unit_code in (select unit_code from watched_units)
            and not exists (select 1 from core_schools as s where s.school_code = a.school_code)
            and not exists (
                select 1 from schools_by_name as s where s.county_code = a.county_code and s.folded_name = a.folded_name
            )
    """


def school_empty_sql(tonight: MatterNight) -> str:
    """Schools of the system without a student in school, in units that delivered their registry."""
    reason = "'“' || s.school_name || '”没有在校学生'"
    return f"""
        select {_school_columns("school_empty", "s", reason, "s.school_code")}
        from schools_by_name as s
        where s.unit_code in (select unit_code from snapshots)
            and not exists (select 1 from grade_counts as g where g.school_code = s.school_code)
    """


def school_unapproved_sql(tonight: MatterNight) -> str:
    """Schools of the system that no approval names, in units of which there is a list: by code, else by name and county."""
    reason = "'“' || s.school_name || '”不在批准的学校名单中'"
    return f"""
        select {_school_columns("school_unapproved", "s", reason, "s.school_code")}
        from schools_by_name as s
        where s.unit_code in (select unit_code from approvals)
            and not exists (select 1 from approvals as a where a.school_code = s.school_code)
            and not exists (
                select 1 from approvals as a where a.county_code = s.county_code and a.folded_name = s.folded_name
            )
    """


def _dips_sql(counts: str, enough: int, missing: int) -> str:
    """A query over `counts`, a query for place, grade and students: grades with under 70 % of a neighbour's students.

    Neighbours are of one stage. Of two the larger is told. Not a grade above the highest, since a growing school has none yet; nor
    below the lowest, where a central school takes over from teaching points, unless nothing but the first grade is missing.
    """
    stage = "case " + " ".join(f"when grade <= {last} then {first}" for first, last in STAGES) + " end"
    grades = " union all ".join(
        f"select {grade} as grade, {first} as stage" for first, last in STAGES for grade in range(first, last + 1)
    )
    return f"""
        with counts as ({counts}),
        stages as (
            select
                place, {stage} as stage, max(grade) as last_grade,
                case when min(grade) = {stage} + 1 then {stage} else min(grade) end as first_grade
            from counts where grade is not null group by place, {stage}
        ),
        grades as (
            select stages.place, stages.stage, every_grade.grade, coalesce(counts.students, 0) as students
            from stages
            join ({grades}) as every_grade on every_grade.stage = stages.stage
                and every_grade.grade between stages.first_grade and stages.last_grade
            left join counts on counts.place = stages.place and counts.grade = every_grade.grade
        )
        select place, grade, students, neighbour, neighbour_students
        from (
            select
                own.place, own.grade, own.students, other.grade as neighbour, other.students as neighbour_students,
                row_number() over (partition by own.place, own.grade order by other.students desc, other.grade desc) as larger
            from grades as own
            join grades as other on other.place = own.place and other.stage = own.stage
                and other.grade in (own.grade - 1, own.grade + 1)
        ) as pairs
        where larger = 1 and neighbour_students >= {enough} and neighbour_students - students >= {missing}
            and students * 100 < neighbour_students * {DIP_PERCENT}
    """


_DIP_REASON = """cast(d.grade as varchar) || '年级' || cast(d.students as varchar) || '人，' || cast(d.neighbour as varchar)
    || '年级' || cast(d.neighbour_students as varchar) || '人，不足70%'"""


def grade_dip_sql(tonight: MatterNight) -> str:
    """Grades of a school with under 70 % of the students of a neighbouring grade."""
    counts = "select school_code as place, grade, students from grade_counts where school_code is not null"
    columns = _school_columns(
        "grade_dip", "s", _DIP_REASON, "s.school_code || '/' || cast(d.grade as varchar)", grade="d.grade"
    )
    return f"""
        select {columns}
        from ({_dips_sql(counts, SCHOOL_ENOUGH, SCHOOL_MISSING)}) as d
        join schools_by_name as s on s.school_code = d.place
    """


def county_grade_dip_sql(tonight: MatterNight) -> str:
    """The same of a county, over all of its schools."""
    counts = """
        select s.unit_code || '|' || s.county_code as place, g.grade, sum(g.students) as students
        from grade_counts as g join schools_by_name as s on s.school_code = g.school_code
        where s.county_code is not null
        group by s.unit_code || '|' || s.county_code, g.grade
    """
    values = {
        "unit_code": "substr(d.place, 1, 2)", "county_code": "substr(d.place, 4)", "grade": "d.grade",
        "subject": "substr(d.place, 4) || '/' || cast(d.grade as varchar)", "reason": _DIP_REASON,
    }  # fmt: skip
    return f"""
        select {found_columns_sql("county_grade_dip", values)}
        from ({_dips_sql(counts, COUNTY_ENOUGH, COUNTY_MISSING)}) as d
    """


_SCHOOL_CLAUSE = (
    "教基一厅〔2015〕2号，三：经教育行政部门审批实际存在、在全国学籍系统漏登的学校，要补建学校账户，补建学生学籍"
)
_ALL_CLAUSE = "教基一厅〔2015〕2号，三：确保不漏一校一生"
_DIP_CLAUSE = "全国月度通报：低年级人数不足相邻年级70%的予以列出"

MATTERS = (
    Matter("school_absent", "completeness", "已批准的学校不在学籍系统中", "county", "按漏填漏报学校办理，补建学校账户和学生学籍", _SCHOOL_CLAUSE, found_sql=school_absent_sql),
    Matter("school_empty", "completeness", "学校没有在校学生", "county", "核实学校是否办学：在办学的，补建学生学籍；已停办的，撤销学校账户", _ALL_CLAUSE, found_sql=school_empty_sql),
    Matter("school_unapproved", "completeness", "学籍系统中的学校不在批准名单中", "county", "核实学校办学许可和学校标识码", _ALL_CLAUSE, found_sql=school_unapproved_sql),
    Matter("grade_dip", "completeness", "相邻年级人数相差过大", "school", "逐班核实是否有学生未建学籍或已离校未办理异动", _DIP_CLAUSE, found_sql=grade_dip_sql),
    Matter("county_grade_dip", "completeness", "全县相邻年级人数相差过大", "county", "组织学校核实是否有学生未建学籍或流失", _DIP_CLAUSE, found_sql=county_grade_dip_sql),
)  # fmt: skip
