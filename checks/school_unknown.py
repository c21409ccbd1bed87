"""School codes that the school table does not hold, or holds under another unit. A blank code is `required_missing`.

Without any school table nothing is judged.
"""

from xueji.checks.model import QueryRule
from xueji.checks.tables import part_columns_sql


def findings_sql(students: str) -> str:
    """Find the few strange codes of each unit first, then fetch their records."""
    return f"""
        with strange_codes as (
            select
                delivered.unit_code,
                delivered.school_code,
                case when core_schools.school_code is null then 'not_listed' else 'other_unit' end as strangeness
            from (
                select distinct unit_code, school_code from {students} as students where school_code is not null
            ) as delivered
            left join core_schools on core_schools.school_code = delivered.school_code
            where (core_schools.school_code is null or core_schools.unit_code <> delivered.unit_code)
                and exists (select 1 from core_schools)
        )
        select {part_columns_sql({"reason": "strangeness"})}
        from (
            select students.*, strange_codes.strangeness
            from {students} as students
            join strange_codes on strange_codes.unit_code = students.unit_code
                and strange_codes.school_code = students.school_code
        ) as strangers
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
    judges_single_records=True,
)
