"""Students found in class held against the registry (人籍一致): without a record, with the record elsewhere, on record but not in class.

A child of a roster and a record of the same school are one when student number or document number agree, or name and birth date; where
the roster has no birth date, name, grade and class. At another school only the numbers count, and for a child without any number name,
sex and birth date inside the unit.
"""

from collections.abc import Iterator

from xueji.checks.matter import Matter, MatterNight, found_columns_sql

# Names the child in the roster, and stays the same while what the roster says of it does.
SUBJECT = (
    """school_code || '/' || coalesce(student_no, md5(concat_ws('|', name, cast(birth_date as varchar), id_number)))"""
)
# As in core_students: of numbers of another document than type 1 a hash below 0.
NUMBER_KEY = """coalesce(id_key, case when id_type <> '1' and id_number is not null
    then -1 - cast(hash(id_type, id_number) >> 1 as bigint) end)"""
_SAME = (
    "r.student_no = a.student_no",
    "r.number_key = a.number_key",
    "r.name_folded = a.folded_name and r.birth_date = a.birth_date",
    "r.name_folded = a.folded_name and a.birth_date is null and r.grade = a.grade and coalesce(a.class_no, r.class_no) = r.class_no",
)


def prepared_statements(students: str = "core_students", here: str = "core_students") -> Iterator[tuple[str, str]]:
    """Name and query of each table that the queries read beside the lake's, in order, for the units of `roster_units`.

    `here` has the records of those units, `students` all.

    Every join is by one equality of keys, school by school: a province's twenty million meet without a row being looked at twice.
    """
    yield "roster", roster_sql()
    yield "covered_classes", "select distinct school_code, grade, class_no from roster"
    yield "here", here_sql(here)
    yield "without_record_here", without_record_here_sql()
    yield "records_elsewhere", records_elsewhere_sql(students)
    yield "not_in_class", not_in_class_sql()
    yield "classes_elsewhere", classes_elsewhere_sql()
    yield "business_under_way", "select unit_code, student_no, other_school_code from business where state = 'open'"


def roster_sql() -> str:
    return f"""
        select *, {SUBJECT} as subject, {NUMBER_KEY} as number_key
        from attending_students
        where unit_code in (select unit_code from roster_units)
    """


def here_sql(students: str) -> str:
    """A query: the records of the schools that counted."""
    return f"""
        select
            unit_code, school_code, record_key, student_no, number_key, name, name_folded, birth_date, grade, class_no,
            coalesce(is_out_of_school, false) as is_out
        from {students} as students
        where unit_code in (select unit_code from roster_units) and school_code in (select school_code from covered_classes)
    """


def without_record_here_sql() -> str:
    """A query: children of the roster that no record of their school is of."""
    missing = " and ".join(
        f"not exists (select 1 from here as r where r.school_code = a.school_code and {same})" for same in _SAME
    )
    return f"select a.* from roster as a where {missing}"


def records_elsewhere_sql(students: str) -> str:
    """A query: for each of those children its record elsewhere, one that is in school first, then one of the own unit."""
    columns = "a.subject, s.school_code, s.unit_code, coalesce(s.is_out_of_school, false) as is_out, s.record_key, a.unit_code as own_unit"
    by_person = """s.unit_code = a.unit_code and s.name_folded = a.folded_name and s.sex_code = a.sex_code and s.birth_date = a.birth_date"""
    other = "s.school_code <> a.school_code"
    return f"""
        with met as (
            select {columns} from {students} as s join without_record_here as a on s.student_no = a.student_no and {other}
            union all
            select {columns} from {students} as s join without_record_here as a on s.number_key = a.number_key and {other}
            union all
            select {columns} from {students} as s join without_record_here as a on {by_person} and {other}
            where a.student_no is null and a.number_key is null
        )
        select subject, school_code, unit_code, is_out
        from (
            select *, row_number() over (
                partition by subject
                order by is_out, case when unit_code = own_unit then 1 else 2 end, record_key
            ) as place
            from met
        ) as placed
        where place = 1
    """


def not_in_class_sql() -> str:
    """A query: records in school, of classes that the roster covers, that no child of their school's roster is of."""
    missing = " and ".join(
        f"not exists (select 1 from roster as a where a.school_code = r.school_code and {same})" for same in _SAME
    )
    return f"""
        select r.*
        from here as r
        where not r.is_out and {missing} and exists (
            select 1 from covered_classes as c
            where c.school_code = r.school_code and c.grade = r.grade and coalesce(c.class_no, r.class_no) = r.class_no
        )
    """


def classes_elsewhere_sql() -> str:
    """A query: for records of children not in class, the other school of the unit that found the child in class."""
    columns = "r.record_key, a.school_code"
    other = "a.school_code <> r.school_code"
    return f"""
        with met as (
            select {columns} from not_in_class as r join roster as a on a.student_no = r.student_no and {other}
            union all
            select {columns} from not_in_class as r join roster as a on a.number_key = r.number_key and {other}
        )
        select record_key, min(school_code) as school_code
        from met
        group by record_key
    """


def _child_columns(code: str, reason: str) -> str:
    values = {
        column: f"a.{column}"
        for column in ("unit_code", "school_code", "subject", "student_no", "name", "grade", "class_no")
    }
    return found_columns_sql(code, values | {"county_code": "schools.county_code", "reason": reason})


def attending_no_record_sql(tonight: MatterNight) -> str:
    """Children in class without a record anywhere."""
    return f"""
        select {_child_columns("attending_no_record", "'在校就读，全国学籍系统中没有学籍'")}
        from without_record_here as a
        left join core_schools as schools on schools.school_code = a.school_code
        where not exists (select 1 from records_elsewhere as e where e.subject = a.subject)
    """


def attending_elsewhere_sql(tonight: MatterNight) -> str:
    """Children in class whose record is at another school, unless a transfer to this one is under way."""
    reason = """'在校就读，学籍在“' || coalesce(others.school_name, e.school_code) || '”'
        || case when e.is_out then '（非在校状态）' else '' end"""
    return f"""
        select {_child_columns("attending_elsewhere", reason)}
        from without_record_here as a
        join records_elsewhere as e on e.subject = a.subject
        left join core_schools as schools on schools.school_code = a.school_code
        left join core_schools as others on others.school_code = e.school_code
        where not exists (
            select 1 from business_under_way as b where b.student_no = a.student_no and b.other_school_code = a.school_code
        )
    """


def record_not_attending_sql(tonight: MatterNight) -> str:
    """Records in school whose child is not in class, unless business about it is under way."""
    reason = """case when c.school_code is null then '学籍为在校，逐班核实未见该生'
        else '学籍为在校，逐班核实未见该生，“' || coalesce(others.school_name, c.school_code) || '”报其在该校就读' end"""
    values = {
        column: f"r.{column}" for column in ("unit_code", "school_code", "student_no", "name", "grade", "class_no")
    }
    columns = found_columns_sql(
        "record_not_attending",
        values | {"county_code": "schools.county_code", "subject": "r.record_key", "reason": reason},
    )
    return f"""
        select {columns}
        from not_in_class as r
        left join classes_elsewhere as c on c.record_key = r.record_key
        left join core_schools as schools on schools.school_code = r.school_code
        left join core_schools as others on others.school_code = c.school_code
        where not exists (
            select 1 from business_under_way as b where b.unit_code = r.unit_code and b.student_no = r.student_no
        )
    """


_BUILD = "教基一厅〔2015〕2号，三：做好少数未建学籍学生的学籍补建工作；符合就读资格且实际在校就读但没有该校学籍的学生，要补建学籍"
_MOVE = "教基一厅〔2015〕2号，三：在其他学校建有学籍的必须转接学籍，否则应安排其回学籍所在学校就读"
_MATCH = "教基一厅〔2015〕2号，附件2，四.2：逐班核实在校就读学生是否已建学籍，学生的在校状态与实际情况是否相符"

MATTERS = (
    Matter("attending_no_record", "completeness", "在校就读未建学籍", "school", "核实就读资格，补建学籍", _BUILD, found_sql=attending_no_record_sql),
    Matter("attending_elsewhere", "completeness", "在校就读，学籍在其他学校", "school", "办理转学；不能转学的，安排学生回学籍所在学校就读", _MOVE, found_sql=attending_elsewhere_sql),
    Matter("record_not_attending", "completeness", "有学籍未到校就读（疑似人籍分离、空挂学籍）", "school", "核实学生去向，办理转学、休学等异动", _MATCH, found_sql=record_not_attending_sql),
)  # fmt: skip
