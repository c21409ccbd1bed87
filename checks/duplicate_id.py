"""Two or more registrations with one document number, anywhere in the nation. One finding a party.

Numbers of type 1 count when they pass form and check; of another type by type and normalised number. Records of a file which
a spreadsheet flattened are left out: their numbers are not what was meant.
"""

from xueji.checks.duplicate_groups import party_findings_sql
from xueji.checks.model import QueryRule

_same_name = """case
    when count(name_folded) over (partition by group_text) = count(*) over (partition by group_text)
        and min(name_folded) over (partition by group_text) = max(name_folded) over (partition by group_text)
    then 'same_person' else 'different_person' end"""


def findings_sql(students: str) -> str:
    """Find the repeated keys first, then fetch their few records: no window ever runs over the whole table."""
    hits = f"""
        select students.*, id_type || '|' || id_number as group_text
        from {students} as students
        where number_key in (select number_key from repeated_keys)
    """
    return f"""
        with repeated_keys as (
            select number_key from {students} as students where number_key is not null
            group by number_key having count(*) >= 2
        )
        {party_findings_sql(hits, "ID", _same_name, RULE.severity)}
    """


RULE = QueryRule(
    id="duplicate_id",
    problem_type="DUP_ID",
    title="身份证号重复",
    source="教基一厅〔2015〕2号：两条及以上学籍使用同一身份证号",
    reasons={
        "same_person": "与其他学籍使用同一证件号，姓名也相同，可能为同一学生重复建籍",
        "different_person": "与其他学籍使用同一证件号，但姓名不同，其中至少一条号码有误",
    },
    findings_sql=findings_sql,
    looks_at="group_candidates",
)
