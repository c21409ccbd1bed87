"""Students without a formal number: whether a verified number or a certificate is there, and who may get a number of which class.

「对仍未办理的学生，学校应核实其在校生身份后，上传加盖学校公章的学生在校证明……数据核查工作结束后，教育部将为身份信息真实准确的此部分学生发放首字母为
“G”或“J”的正式学籍号」 (教基一厅〔2015〕2号, 三). A preview while forms are entered; what stands when the entry window has closed is the batch.
"""

from collections.abc import Iterator
from datetime import date

from xueji.checks.campaigns import unit_campaigns_sql
from xueji.checks.form_changes import ITEM_PASSED
from xueji.checks.form_steps import CERTIFICATE, ENTERED, EVIDENCE_SEPARATOR, RECEIPT
from xueji.checks.id_not_found import ANSWER_SAME, LATEST_ANSWERS_SQL
from xueji.checks.sql_text import literal, literal_list

NUMBER = "sfzjh"  # the item of the form
G, J = "G", "J"

TO_ASK, NUMBER_ENTERED, RECEIPT_ENTERED, CERTIFIED, NOTHING = (
    "to_ask", "number_entered", "receipt_entered", "certificate", "nothing",
)  # fmt: skip
STAGES = {
    TO_ASK: "待征询（确认表未交回）",
    NUMBER_ENTERED: "已有身份证件号",
    RECEIPT_ENTERED: "已交户籍部门回执",
    CERTIFIED: "已交在校证明",
    NOTHING: "确认表已交回，未提供身份证件号和在校证明",
}

# Reasons why a student gets no number, in the order in which they are asked.
REASONS = {
    "formal_number": "已有正式学籍号，只需补录身份证件号",
    "school_unknown": "学校标识码不在学校名单中",
    "not_in_school": "非在校生状态，须先恢复为在校生状态",
    "open_business": "学籍异动正在办理，须先办结",
    "not_here": "确认表退回：查无此人",
    "form_not_back": "确认表未交回",
    "not_audited": "确认表未完成审核",
    "photo_missing": "确认表未拍照上传",
    "number_not_shown": "更正后的身份证件号尚未进入学籍数据",
    "number_wrong": "身份证件类型或号码未通过校验",
    "receipt_unverified": "只有户籍部门回执，身份证件号待核实",
    "not_in_register": "人口基础信息库中没有该身份证件号，或者尚未比对",
    "name_mismatch": "姓名与身份证件号不匹配，或者无法比对",
    "duplicate": "与其他学籍重复，须先处理问题学籍",
    "no_certificate": "没有身份证件号，也没有在校证明",
}
WRONG_NUMBER_RULES = (
    "id_missing", "id_format", "id_checksum", "id_region", "id_birth_date", "id_birth_conflict", "id_sex_conflict", "spreadsheet_damage",
)  # fmt: skip
NAME_RULES = ("id_name_mismatch", "name_not_comparable")
DUPLICATE_RULES = ("duplicate_id", "duplicate_name_sex_birth")


def batch_statements(night: date, students: str = "core_students") -> Iterator[tuple[str, str]]:
    """Name and query of each table of the night, in order; the last, `batch`, has the columns of `number_batch`.

    Read `core_forms`, `form_changes`, `form_events`, `findings`, `core_schools`, `core_population`, `identity_answers`.
    """
    yield "batch_campaigns", unit_campaigns_sql(str(night))
    yield "unnumbered", unnumbered_sql(students)
    yield "number_statements", statements_sql()
    yield "verdicts", verdicts_sql()
    yield "register_words", register_words_sql()
    yield "batch", batch_sql()


def has_formal_number_sql(column: str) -> str:
    return f"coalesce(substr({column}, 1, 1) in ('{G}', '{J}'), false)"


def unnumbered_sql(students: str) -> str:
    """A query: records of the round that have no formal number, or no document number. Of records alike in key one row."""
    return f"""
        select
            f.unit_code, f.campaign, f.county_code, f.school_code, f.record_key, f.exclusion, f.returned_on, f.audited_on,
            f.uploaded_on, coalesce(f.is_not_here, false) as is_not_here, f.form_no, s.student_no, s.name, s.name_folded, s.id_number,
            s.id_type, s.id_key
        from (
            select *, row_number() over (partition by unit_code, record_key order by id_number, name) as place
            from {students} as students
            where not {has_formal_number_sql("student_no")} or id_number is null
        ) as s
        join core_forms as f on f.unit_code = s.unit_code and f.record_key = s.record_key
        join batch_campaigns as c on c.unit_code = f.unit_code and c.campaign = f.campaign
        where s.place = 1
    """


def statements_sql() -> str:
    """A query: what the form of each of them brought of the number: a change that passed, a receipt, a certificate.

    A certificate or receipt without a number stands in the ledger of forms as an entry of the item without new value.
    """

    def holds(kind: str) -> str:
        return f"('{EVIDENCE_SEPARATOR}' || evidence || '{EVIDENCE_SEPARATOR}') like '%{EVIDENCE_SEPARATOR}{kind}{EVIDENCE_SEPARATOR}%'"

    return f"""
        with told as (
            select record_key, unit_code, campaign, new_value, {holds(RECEIPT)} as is_receipt, false as is_certificate
            from form_changes
            where field = '{NUMBER}' and state = '{ITEM_PASSED}'
            union all
            select record_key, unit_code, campaign, null as new_value, {holds(RECEIPT)} as is_receipt, {holds(CERTIFICATE)} as is_certificate
            from form_events
            where step = '{ENTERED}' and field = '{NUMBER}' and new_value is null
        )
        select
            t.unit_code, t.campaign, t.record_key, max(t.new_value) as new_value,
            bool_or(t.is_receipt) as is_receipt, bool_or(t.is_certificate) as is_certificate
        from told as t
        join unnumbered as u on u.unit_code = t.unit_code and u.campaign = t.campaign and u.record_key = t.record_key
        group by t.unit_code, t.campaign, t.record_key
    """


def verdicts_sql() -> str:
    """A query: what the night's findings say of each of them."""

    def found(rules: tuple[str, ...]) -> str:
        return f"bool_or(f.rule_id in {literal_list(rules)})"

    rules = (*WRONG_NUMBER_RULES, *NAME_RULES, *DUPLICATE_RULES, "id_not_found", "school_unknown")
    return f"""
        select
            f.unit_code, f.record_key, {found(WRONG_NUMBER_RULES)} as is_wrong, {found(NAME_RULES)} as is_misnamed,
            {found(DUPLICATE_RULES)} as is_duplicate, {found(("id_not_found",))} as is_not_found, {found(("school_unknown",))} as is_school_unknown
        from findings as f
        join unnumbered as u on u.unit_code = f.unit_code and u.record_key = f.record_key
        where f.rule_id in {literal_list(rules)} and (f.severity <> 'note' or f.rule_id = 'name_not_comparable')
        group by f.unit_code, f.record_key
    """


def register_words_sql() -> str:
    """A query: id_key of those numbers that the register holds, or that its owner has answered are this child's."""
    return f"""
        select distinct p.id_key
        from core_population as p
        where p.id_key in (select id_key from unnumbered)
        union
        select a.id_key
        from ({LATEST_ANSWERS_SQL}) as a
        join unnumbered as u on u.id_key = a.id_key and coalesce(u.name_folded, '') = a.name_folded
        where a.answer = {literal(ANSWER_SAME)}
    """


def batch_sql() -> str:
    """A query for `number_batch` of the units in a round."""
    refused = {
        "formal_number": "is_formal",
        "school_unknown": "is_school_unknown",
        "not_in_school": "exclusion = 'not_in_school'",
        "open_business": "exclusion is not null",
        "not_here": "is_not_here",
        "form_not_back": "returned_on is null",
        "not_audited": "audited_on is null",
        "photo_missing": "uploaded_on is null",
        "number_not_shown": "number_class = 'G' and id_number is distinct from coalesce(new_value, id_number)",
        "number_wrong": "number_class = 'G' and (is_wrong or id_key is null)",
        "receipt_unverified": "is_receipt and (number_class is null or (number_class = 'G' and (is_not_found or not is_in_register)))",
        "not_in_register": "number_class = 'G' and (is_not_found or not is_in_register)",
        "name_mismatch": "number_class = 'G' and is_misnamed",
        "duplicate": "is_duplicate",
        "no_certificate": "number_class is null",
    }
    order = " ".join(f"when {refused[reason]} then '{reason}'" for reason in REASONS)
    flags = ("is_wrong", "is_misnamed", "is_duplicate", "is_not_found")
    return f"""
        with told as (
            select
                u.*, s.new_value, coalesce(s.is_receipt, false) as is_receipt, coalesce(s.is_certificate, false) as is_certificate,
                {", ".join(f"coalesce(v.{flag}, false) as {flag}" for flag in flags)},
                coalesce(v.is_school_unknown, false) or schools.school_code is null as is_school_unknown,
                r.id_key is not null as is_in_register,
                s.new_value is not null or (u.id_number is not null and coalesce(u.id_type, '1') = '1') as has_number
            from unnumbered as u
            left join number_statements as s on s.unit_code = u.unit_code and s.campaign = u.campaign and s.record_key = u.record_key
            left join verdicts as v on v.unit_code = u.unit_code and v.record_key = u.record_key
            left join register_words as r on r.id_key = u.id_key
            left join core_schools as schools on schools.school_code = u.school_code
        ),
        sought as (
            select
                *,
                case when has_number then '{G}' when is_certificate then '{J}' end as number_class,
                coalesce(student_no like '{G}%' or (student_no like '{J}%' and not has_number), false) as is_formal,
                case
                    when has_number and not is_receipt then '{NUMBER_ENTERED}'
                    when is_receipt then '{RECEIPT_ENTERED}'
                    when is_certificate then '{CERTIFIED}'
                    when returned_on is null then '{TO_ASK}'
                    else '{NOTHING}'
                end as stage
            from told
        ),
        judged as (
            select *, case {order} end as reason from sought
        )
        select
            unit_code, campaign, county_code, school_code, record_key, student_no, name, id_number, number_class, stage,
            reason is null as is_eligible, reason
        from judged
    """
