"""One 学籍号 on two or more records of a unit. One finding a party. Blank numbers are `required_missing`."""

from xueji.checks.duplicate_groups import party_findings_sql
from xueji.checks.model import QueryRule


def findings_sql(students: str) -> str:
    """Find the repeated keys first, then fetch their few records."""
    hits = f"""
        select students.*, unit_code || '|' || student_no as group_text
        from {students} as students
        where student_no_key in (select student_no_key from repeated_keys)
    """
    return f"""
        with repeated_keys as (
            select student_no_key from {students} as students where student_no_key is not null
            group by student_no_key having count(*) >= 2
        )
        {party_findings_sql(hits, "SNO", "cast(null as varchar)", RULE.severity)}
    """


RULE = QueryRule(
    id="student_no_duplicate",
    problem_type="INVALID",
    title="学籍号重复",
    source="《中小学生学籍管理办法》：学籍号一人一号",
    reasons={"": "同一学籍号用于本省两条及以上学籍"},
    findings_sql=findings_sql,
    looks_at="group_candidates",
)
