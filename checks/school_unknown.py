"""School codes that the school table does not hold, or holds under another unit. A blank code is `required_missing`.

Without any school table nothing is judged.
"""

from xueji.checks.model import QueryRule


def findings_sql() -> str:
    """Find the few strange codes of each unit first, then fetch their records."""
    return f"""
        with strange_codes as (
            select
                delivered.unit_code,
                delivered.school_code,
                case when core_schools.school_code is null then 'not_listed' else 'other_unit' end as reason
            from (select distinct unit_code, school_code from core_students where school_code is not null) as delivered
            left join core_schools on core_schools.school_code = delivered.school_code
            where (core_schools.school_code is null or core_schools.unit_code <> delivered.unit_code)
                and exists (select 1 from core_schools)
        )
        select
            strange_codes.reason,
            '{RULE.severity}' as severity,
            core_students.unit_code,
            core_students.school_code,
            core_students.student_no,
            core_students.name,
            core_students.id_number,
            cast(null as varchar) as group_key,
            cast(null as varchar) as scope,
            cast(null as varchar) as detail,
            core_students.record_key,
            core_students.grade,
            core_students.class_no,
            cast(null as varchar) as file
        from core_students
        join strange_codes on strange_codes.unit_code = core_students.unit_code
            and strange_codes.school_code = core_students.school_code
    """


RULE = QueryRule(
    id="school_unknown",
    problem_type="INVALID",
    title="学校标识码不在学校名单中",
    source="学校（机构）代码管理规则：学校标识码10位，终身不变",
    reasons={
        "not_listed": "学校标识码不在学校名单中，请核对代码或补报学校信息",
        "other_unit": "学校标识码属于其他省级单位的学校",
    },
    findings_sql=findings_sql,
)
