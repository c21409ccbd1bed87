"""The corrected records of 变更, put through the rules before anybody relies on them: SQL text, one table after the other.

A corrected record is the student's present record with the values that the school gave, typed by the core table's own text. It
stands in for the present one: whoever shares a number with it is looked up in the nation, and the corrected records of one
night see each other. A record is found by `record_no`, below 0, which also stands in its `content_hash`: findings keep that.
"""

from collections.abc import Iterator

from xueji.checks.case_states import RECHECK, REVIEW
from xueji.checks.catalogue import RULES, sentence
from xueji.checks.core_students import FAMILY_FIELDS, READ_FIELDS, TEXTS, core_students_sql, student_no_key_sql
from xueji.checks.id_not_found import LATEST_ANSWERS_SQL
from xueji.checks.sound_number import IS_NUMBER_SOUND
from xueji.checks.sql_text import literal
from xueji.checks.tables import CORE_COLUMNS, CORE_DERIVED, CORE_READ

CHANGE = "变更"
CLEAN, OTHER, SAME, WAITING = "clean", "other", "same", "waiting"
NOTES = {CLEAN: "更正内容未发现问题", WAITING: "更正后的姓名和身份证件号尚未与人口信息库比对"}

GIVEN = ("new_name", "new_id_number", "new_sex_code", "new_birth_date")
SEEN = (*CORE_COLUMNS, *CORE_DERIVED, "as_of")  # of core_students, as readers see it
# The columns that stand in a night's records for one that was delivered; the fields not named here hold what no code list knows.
DELIVERED = {
    "xxbsm": "school_code",
    "xjh": "student_no",
    "xm": "coalesce(new_name, name)",
    "xbm": "coalesce(new_sex_code, sex_code, sex_unlisted)",
    "csrq": "coalesce(cast(new_birth_date as varchar), cast(birth_date as varchar), birth_date_unread)",
    "sfzjlxm": "coalesce(id_type, id_type_unlisted)",
    "sfzjh": "coalesce(new_id_number, id_number)",
    "nj": "coalesce(cast(grade as varchar), grade_unlisted)",
    "bh": "cast(record_no as varchar)",  # passes through the typing untouched: how the record is known again
    "rxny": "coalesce(cast(enrolled_month as varchar), enrolled_month_unread)",
    "sfzx": "case when is_out_of_school then '0' when not is_out_of_school then '1' end",
    "jdztm": "cast(null as varchar)",
}


def corrected_statements(changes: str) -> Iterator[tuple[str, str]]:
    """The tables that lead to `corrected_students`, in order: name and query. `changes` is a query for cases with a change."""
    yield "changes_to_check", changes
    yield "given_values", given_values_sql()
    yield "present_records", present_records_sql()
    yield "corrected_students", corrected_students_sql()


def group_statements() -> Iterator[tuple[str, str]]:
    """The tables that lead from `corrected_students` to `corrected_groups`."""
    yield "sharing_records", sharing_records_sql()
    yield "corrected_groups", corrected_groups_sql()


def waiting_changes_sql(cases: str) -> str:
    """The changes of a ledger that have passed their audit and wait for their check."""
    return f"select * from ({cases}) as ledger where disposition = {literal(CHANGE)} and state = {literal(RECHECK)}"


def changes_to_check_sql(cases: str, night: str, passed: str) -> str:
    """One row a case: changes that wait for their check, and those that an office passes tonight.

    `cases` is a query for the ledger before the night, `passed` the answer of an office that lets a change pass.
    """
    return f"""
        select ledger.*
        from ({cases}) as ledger
        left join (
            select distinct case_no, turn from answers
            where "date" = date '{night}' and form = 'review' and answer = {literal(passed)}
        ) as passed on passed.case_no = ledger.case_no and passed.turn = ledger.turn
        where ledger.disposition = {literal(CHANGE)}
            and (ledger.state = {literal(RECHECK)} or (ledger.state = {literal(REVIEW)} and passed.case_no is not null))
    """


def given_values_sql() -> str:
    """One row a record: what all its changes of the night give. Of two values for one column the later answer's counts."""
    order = "coalesce(cast(answered_on as varchar), '') || case_no"
    latest = ", ".join(
        f"max_by({column}, {order}) filter (where {column} is not null) as {column}"
        for column in ("student_no", "name", "id_number", *GIVEN)
    )
    return f"""
        select
            *,
            {student_no_key_sql()} as student_no_key,
            case when student_no is null then substr(record_key, length(record_key) - 31) end as unnumbered_key
        from (
            select unit_code, record_key, -row_number() over (order by unit_code, record_key) as record_no, {latest}
            from changes_to_check
            group by unit_code, record_key
        ) as given
    """


def present_records_sql() -> str:
    """The records as they stand, beside what is given for them. One that is gone has no row.

    Looked up by the keys that the core table stores: few records, and the nation is gone through once.
    """
    found = " union all ".join(
        f"""
        select {", ".join(SEEN)} from core_students
        where {key} in (select {key} from given_values where {key} is not null)
        """
        for key in ("student_no_key", "unnumbered_key")
    )
    given = ", ".join(f"given.{column}" for column in ("record_no", *GIVEN))
    return f"""
        select *
        from (
            select
                found.*,
                {given},
                row_number() over (
                    partition by given.record_no
                    -- Of records that stand under one key the one that the case is about.
                    order by found.id_number is not distinct from given.id_number desc,
                        found.name is not distinct from given.name desc, found.content_hash
                ) as place
            from ({found}) as found
            join given_values as given on given.unit_code = found.unit_code and given.record_key = found.record_key
        ) as present
        where place = 1
    """


def corrected_students_sql(present: str = "present_records") -> str:
    """The corrected records as readers see those of `core_students`: the core table's own text over made-up deliveries.

    A number that was given by hand did not pass through the spreadsheet which flattened a file's numbers.
    """
    texts = {field: column for column, field in TEXTS.items()}
    fields = ", ".join(
        f"{DELIVERED.get(field) or texts[field].replace('_text', '_unlisted')} as {field}" for field in READ_FIELDS
    )
    fields += "".join(
        f", cast(null as varchar) as {field}" for field in FAMILY_FIELDS
    )  # no rule judges a record by them
    raw = f"(select unit_code, case when new_id_number is null then damaged_file end as file, {fields} from {present})"
    damaged = f"select distinct unit_code, damaged_file as file from {present} where damaged_file is not null"
    own = {
        "content_hash": "present.record_no",
        "class_no": "present.class_no",
        "record_key": "present.record_key",
        "as_of": "present.as_of",
    }
    return f"""
        select {", ".join(f"{own.get(column, f'typed.{column}')} as {column}" for column in SEEN)}
        from ({CORE_READ.read_sql(f"({core_students_sql(raw, damaged)})")}) as typed
        join {present} as present on present.record_no = cast(typed.class_no as bigint)
    """


def sharing_records_sql() -> str:
    """The nation's records that have a number, or name, sex and birth date, of a corrected record."""
    return " union all ".join(
        f"""
        select {", ".join(SEEN)} from core_students
        where {key} in (select {key} from corrected_students where {key} is not null)
        """
        for key in ("id_key", "document_key", "person_key")
    )


def corrected_groups_sql() -> str:
    """The corrected records and who shares with them; of themselves only as corrected."""
    return f"""
        select {", ".join(SEEN)} from corrected_students
        union all
        select {", ".join(SEEN)} from sharing_records
        where not exists (
            select 1 from corrected_students as own
            where own.unit_code = sharing_records.unit_code and own.record_key = sharing_records.record_key
        )
    """


def broken_rules_sql() -> str:
    """Over `corrected_findings`: the errors of each corrected record. `is_known` are those that it has tonight, corrected or not."""
    same = " and ".join(
        f"known.{column} is not distinct from found.{column}"
        for column in ("rule_id", "reason", "group_key", "name", "id_number")
    )
    return f"""
        select
            found.content_hash as record_no,
            found.problem_type,
            found.rule_id,
            found.reason,
            exists (
                select 1 from findings as known
                where known.unit_code = found.unit_code and known.record_key = found.record_key and {same}
            ) as is_known
        from corrected_findings as found
        where found.severity = 'error' and found.content_hash < 0
    """


def awaiting_sql() -> str:
    """The corrected records whose number and name are others than before, and which nobody can compare yet."""
    return f"""
        select corrected.content_hash as record_no
        from corrected_students as corrected
        join present_records as present on present.record_no = corrected.content_hash
        left join ({LATEST_ANSWERS_SQL}) as answered
            on answered.id_key = corrected.id_key and answered.name_folded = coalesce(corrected.name_folded, '')
        where (present.id_key is distinct from corrected.id_key or present.name_folded is distinct from corrected.name_folded)
            and answered.id_key is null
            and not exists (select 1 from core_population)
            and corrected.content_hash in (select content_hash from corrected_students where {IS_NUMBER_SOUND})
    """


def outcomes_sql(night: str) -> str:
    """Over the tables above, `broken_rules` and `awaiting`: the rows of `change_checks`.

    An error of another type sends a change back only when it is new: what was found of the record before is its own case's matter.
    """
    sentences = ", ".join(
        f"({literal(rule.id)}, {literal(reason)}, {literal(sentence(rule.id, reason))})"
        for rule in RULES
        for reason in rule.reasons
    )
    return f"""
        with sentences as (select * from (values {sentences}) as said(rule_id, reason, sentence)),
        judged as (
            select
                changes.case_no,
                changes.turn,
                max(case when broken.problem_type = changes.problem_type then 2 when broken.rule_id is not null then 1
                    else 0 end) as gravity,
                max(case when awaiting.record_no is not null then 1 else 0 end) as awaits,
                string_agg(distinct broken.rule_id, ',' order by broken.rule_id) as rule_ids,
                string_agg(distinct sentences.sentence, '；' order by sentences.sentence) as note
            from changes_to_check as changes
            join corrected_students as corrected
                on corrected.unit_code = changes.unit_code and corrected.record_key = changes.record_key
            left join broken_rules as broken
                on broken.record_no = corrected.content_hash
                and (broken.problem_type = changes.problem_type or not broken.is_known)
            left join sentences
                on sentences.rule_id = broken.rule_id and sentences.reason = coalesce(broken.reason, '')
            left join awaiting on awaiting.record_no = corrected.content_hash
            group by changes.case_no, changes.turn
        )
        select
            date '{night}' as "date",
            case_no,
            turn,
            case when gravity = 2 then '{SAME}' when gravity = 1 then '{OTHER}' when awaits = 1 then '{WAITING}'
                else '{CLEAN}' end as outcome,
            rule_ids,
            case when gravity > 0 then note when awaits = 1 then {literal(NOTES[WAITING])}
                else {literal(NOTES[CLEAN])} end as note
        from judged
    """
