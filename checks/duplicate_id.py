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


def findings_sql() -> str:
    """Find the repeated keys first, then fetch their few records: no window ever runs over the whole table."""
    hits = """
        select core_students.*, id_type || '|' || id_number as group_text
        from core_students
        where id_key in (select id_key from repeated_keys)
        union all
        select core_students.*, core_students.id_type || '|' || core_students.id_number as group_text
        from core_students
        join repeated_documents on repeated_documents.id_type = core_students.id_type
            and repeated_documents.id_number = core_students.id_number
        where core_students.id_type <> '1' and not core_students.is_damaged_file
    """
    return f"""
        with repeated_keys as (
            select id_key from core_students where id_key is not null group by id_key having count(*) >= 2
        ),
        repeated_documents as (
            select id_type, id_number
            from core_students
            where id_type <> '1' and id_number is not null and not is_damaged_file
            group by id_type, id_number
            having count(*) >= 2
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
)
