"""Students without any number who share name, sex and birth date. One finding a party.

Inside one unit it is a problem record. A student single in the own unit but equal to one of another unit is only noted:
across units equal names are often chance.
"""

from xueji.checks.duplicate_groups import party_findings_sql
from xueji.checks.model import QueryRule


def findings_sql() -> str:
    """Few students have no number, so the groups are formed over those alone."""
    candidates = """
        select core_students.*, name_folded || '|' || sex_code || '|' || cast(birth_date as varchar) as person
        from core_students
        where id_number is null and name_folded is not null and sex_code is not null and birth_date is not null
    """
    within = """
        select counted.*, unit_code || '|' || person as group_text
        from counted
        where unit_count >= 2
    """
    across = """
        select counted.*, person as group_text
        from counted
        where unit_count = 1 and nation_count >= 2
    """
    return f"""
        with counted as (
            select
                candidates.*,
                count(*) over (partition by unit_code, person) as unit_count,
                count(*) over (partition by person) as nation_count
            from ({candidates}) as candidates
        ),
        same_unit as ({party_findings_sql(within, "NSB", "'same_unit'", RULE.severity)}),
        across_units as ({party_findings_sql(across, "NSB", "'across_units'", "note")})
        select * from same_unit
        union all
        select
            reason,
            severity,
            unit_code,
            school_code,
            student_no,
            name,
            id_number,
            group_key,
            'national' as scope,
            '外省有姓名、性别、出生日期相同的学籍' as detail,
            record_key,
            grade,
            class_no,
            file
        from across_units
    """


RULE = QueryRule(
    id="duplicate_name_sex_birth",
    problem_type="DUP_NSB",
    title="姓名性别出生日期重复",
    source="问题学籍处理流程：无身份证件号的学生之间，姓名、性别、出生日期均相同",
    reasons={
        "same_unit": "与本省另一名无证件号学生的姓名、性别、出生日期均相同，可能重复建籍",
        "across_units": "与外省一名无证件号学生的姓名、性别、出生日期均相同，仅供参考",
    },
    findings_sql=findings_sql,
)
