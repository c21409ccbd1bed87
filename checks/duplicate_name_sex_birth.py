"""Students without any number who share name, sex and birth date. One finding a party.

Inside one unit it is a problem record. A student single in the own unit but equal to one of another unit is only noted:
across units equal names are often chance.
"""

from xueji.checks.duplicate_groups import party_findings_sql
from xueji.checks.model import QueryRule


def findings_sql(students: str) -> str:
    """Few students have no number, so the groups are formed over those alone."""
    candidates = f"""
        select students.*, name_folded || '|' || sex_code || '|' || cast(birth_date as varchar) as person
        from {students} as students
        where person_key is not null
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
    elsewhere = {"scope": "'national'", "detail": "'外省有姓名、性别、出生日期相同的学籍'"}
    return f"""
        with counted as (
            select
                candidates.*,
                count(*) over (partition by unit_code, person) as unit_count,
                count(*) over (partition by person) as nation_count
            from ({candidates}) as candidates
        )
        {party_findings_sql(within, "NSB", "'same_unit'", RULE.severity)}
        union all
        {party_findings_sql(across, "NSB", "'across_units'", "note", **elsewhere)}
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
    looks_at="group_candidates",
)
