"""One 学籍号 on two or more records of a unit. One finding a party. Blank numbers are `required_missing`."""

from xueji.checks.duplicate_groups import party_findings_sql
from xueji.checks.model import QueryRule


def findings_sql() -> str:
    """Find the repeated numbers first, then fetch their few records."""
    hits = """
        select core_students.*, core_students.unit_code || '|' || core_students.student_no as group_text
        from core_students
        join repeated_numbers on repeated_numbers.unit_code = core_students.unit_code
            and repeated_numbers.student_no = core_students.student_no
    """
    return f"""
        with repeated_numbers as (
            select unit_code, student_no
            from core_students
            where student_no is not null
            group by unit_code, student_no
            having count(*) >= 2
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
)
