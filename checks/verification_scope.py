"""Who is verified: students in school and without open business (教基一厅〔2015〕2号, 二).

「非在校生状态的学生，须按程序恢复为在校生状态后……核对其基本信息；正在办理转学等异动业务的学生，须完成异动处理后……核对其基本信息」
"""

NOT_IN_SCHOOL, OPEN_TRANSFER, OPEN_BUSINESS = "not_in_school", "open_transfer", "open_business"
EXCLUSIONS = {  # code → what has to be done first
    NOT_IN_SCHOOL: "非在校生状态：按程序恢复为在校生状态后核对",
    OPEN_TRANSFER: "转学正在办理：办结后由学籍所在学校核对",
    OPEN_BUSINESS: "学籍异动正在办理：办结后由学籍所在学校核对",
}


def scope_sql(students: str = "core_students") -> str:
    """A query over students, `business` and `core_schools`: one row a record, `exclusion` null for those to be verified.

    unit_code, city_code, county_code, school_code, record_key, student_no, grade, class_no, exclusion. Of records alike in key one row. A
    record whose school is not in the table has neither county nor city.
    """
    return f"""
        with open_business as (
            select unit_code, student_no, bool_or(kind = 'transfer') as is_transfer
            from business
            where state = 'open' and student_no is not null
            group by unit_code, student_no
        )
        select
            s.unit_code, schools.city_code, schools.county_code, s.school_code, s.record_key, any_value(s.student_no) as student_no,
            any_value(s.grade) as grade, any_value(s.class_no) as class_no,
            case
                when bool_and(coalesce(s.is_out_of_school, false)) then '{NOT_IN_SCHOOL}'
                when bool_or(b.is_transfer) then '{OPEN_TRANSFER}'
                when bool_or(b.student_no is not null) then '{OPEN_BUSINESS}'
            end as exclusion
        from {students} as s
        left join core_schools as schools on schools.school_code = s.school_code
        left join open_business as b on b.unit_code = s.unit_code and b.student_no = s.student_no
        group by s.unit_code, schools.city_code, schools.county_code, s.school_code, s.record_key
    """
