"""What confirmation forms say: who gets one, which edition, and each item as the registry has it, from tables to pages.

Everything is SQL over the tables of one unit; the only rows that leave DuckDB are those of the pages about to be printed.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from xueji.assets.core_students import DAMAGED_FILES
from xueji.assets.engine import Engine
from xueji.assets.records import create_from
from xueji.checks.code_lists import GRADE
from xueji.checks.core_students import content_hash_sql
from xueji.checks.form_fields import FIELDS, FORM_FIELDS
from xueji.checks.form_values import LISTS, printed_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.text_folding import trimmed_sql
from xueji.checks.verification_scope import scope_sql
from xueji.reports.confirmation_form import DOUBTFUL, MISSING, FormPage
from xueji.reports.form_layout import FormItem

# Which item a finding casts doubt on: only the one whose own text is in question. What is blank is seen on the form itself.
DOUBTED = {
    **dict.fromkeys(
        ("id_format", "id_checksum", "id_region", "id_birth_date", "id_not_found", "duplicate_id"), "sfzjh"
    ),
    "id_birth_conflict": "csrq",
    "id_sex_conflict": "xbm",
    **dict.fromkeys(("id_name_mismatch", "name_invalid", "name_not_comparable"), "xm"),
}
REASON_IS_ITEM = ("code_invalid", "date_invalid")
NOTES_THAT_DOUBT = ("name_not_comparable",)  # other notes ask nothing of a parent
FLATTENED = "spreadsheet_damage"
MISSING_REASON = "missing"
NO_NUMBER_NEEDED = "其他"  # the document type that may go without a number
READ_COLUMNS = (
    "unit_code", "school_code", "record_key", "student_no", "grade", "class_no", "content_hash", "is_damaged_file", "is_out_of_school",
)  # fmt: skip
ORDER = "school_code, grade nulls last, class_no nulls last, student_no nulls last, record_key"


@dataclass(frozen=True)
class Wanted:
    """Of one unit: what is to be printed, and who is left out."""

    forms: int
    excluded: int
    already: int


def form_items(unit: str) -> tuple[FormItem, ...]:
    """The form's items in a unit: which of them are key data there, and the words they may be corrected to."""
    return tuple(
        FormItem(item.field, item.label, item.group, item.is_key(unit), choices_of(item.field))
        for item in FIELDS.values()
    )


def choices_of(field: str) -> tuple[str, ...]:
    """The printed labels of the item's code list; none without a list."""
    codes = LISTS.get(field)
    if codes is None:
        return ()
    return tuple(dict.fromkeys((*(labels[0] for labels in codes.labels.values()), *codes.labels_without_code)))


def create_wanted(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, campaign: str) -> None:
    """Leave as `form_records` the records of the unit's `open_schools`: the row that is printed, its last edition, its exclusion.

    Of records alike in key the one in school counts, then the one of the lesser content_hash.
    """
    files = [file for file in engine.files("core_students") if file.partition["unit_code"] == unit]
    core = f"({engine.files_sql('core_students', files)})"
    connection.execute(
        f"""
        create or replace temp table form_core as
        select {", ".join(READ_COLUMNS)}
        from {core} as core
        where school_code in (select school_code from open_schools where unit_code = {literal(unit)})
        """
    )
    connection.execute(
        f"""
        create or replace temp table form_records as
        with chosen as (
            select
                record_key,
                arg_min(
                    {{student_no: student_no, grade: grade, class_no: class_no, content_hash: content_hash,
                    is_damaged_file: is_damaged_file}},
                    (coalesce(is_out_of_school, false), content_hash)
                ) as record
            from form_core
            group by record_key
        ),
        printed as (
            select record_key, max(edition) as edition, arg_max(printed_on, edition) as printed_on, arg_max(form_no, edition) as form_no
            from form_editions
            where unit_code = {literal(unit)} and campaign = {literal(campaign)}
            group by record_key
        )
        select
            s.school_code, s.county_code, s.record_key, chosen.record.student_no, chosen.record.grade, chosen.record.class_no,
            chosen.record.content_hash, chosen.record.is_damaged_file, s.exclusion, printed.edition, printed.printed_on, printed.form_no
        from ({scope_sql("form_core")}) as s
        join chosen on chosen.record_key = s.record_key
        left join printed on printed.record_key = s.record_key
        """
    )
    connection.execute("drop table form_core")


def choose_new(connection: duckdb.DuckDBPyConnection) -> Wanted:
    """Leave as `form_due` the due records without an edition, each with edition 1."""
    connection.execute(
        "create or replace temp table form_due as select * replace (1 as edition) from form_records where exclusion is null and edition is null"
    )
    return counted(connection, "edition is not null")


def choose_again(connection: duckdb.DuckDBPyConnection, day: date, chosen: str) -> Wanted:
    """Leave as `form_due` the due records with an edition for which `chosen` holds, each with its next edition.

    One that was printed again on the day already is not printed another time: the command may have been stopped.
    """
    is_done = f"(edition > 1 and printed_on = date '{day}')"
    connection.execute(
        f"""
        create or replace temp table form_due as
        select * replace (edition + 1 as edition)
        from form_records
        where exclusion is null and edition is not null and ({chosen}) and not {is_done}
        """
    )
    return counted(connection, f"edition is not null and ({chosen}) and {is_done}")


def counted(connection: duckdb.DuckDBPyConnection, already: str) -> Wanted:
    [(excluded, done)] = connection.execute(
        f"""select count(*) filter (exclusion is not null), count(*) filter (exclusion is null and {already}) from form_records"""
    ).fetchall()
    [(forms,)] = connection.execute("select count(*) from form_due").fetchall()
    return Wanted(forms, excluded, done)


def batches(connection: duckdb.DuckDBPyConnection, size: int) -> list[list[str]]:
    """The schools of `form_due` in order of their codes, in lists of about `size` students; a school is never parted."""
    rows = connection.execute(
        "select school_code, count(*) from form_due group by school_code order by school_code"
    ).fetchall()
    parts: list[list[str]] = []
    room = 0
    for school, students in rows:
        if not parts or students > room:
            parts.append([])
            room = size
        parts[-1].append(school)
        room -= students
    return parts


def create_delivered(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str) -> str:
    """Leave as `form_school_texts` how the unit's files write each school's code. Returns a query in brackets for its delivered rows."""
    files = [file for file in engine.files("raw_students") if file.partition["unit_code"] == unit]
    raw = f"({engine.files_sql('raw_students', files)})"
    connection.execute(
        f"""
        create or replace temp table form_school_texts as
        select xxbsm, {trimmed_sql("xxbsm")} as school_code from (select distinct xxbsm from {raw}) where xxbsm is not null
        """
    )
    return raw


def printed_rows(connection: duckdb.DuckDBPyConnection, raw: str, unit: str, schools: list[str]) -> pl.DataFrame:
    """The rows of `form_due` of these schools with every item as printed, `missing` and `doubted`, in the order of pages.

    Records whose delivered row is not found have null in `content_hash`: the core table is of another delivery, or of another engine.
    """
    create_printed(connection, raw, unit, schools)
    required = [
        f"case when {item.field} is null then {literal(f'{item.field}:{MISSING_REASON}')} end"
        for item in FIELDS.values()
        if item.is_required
    ]
    number = f"sfzjh is null and sfzjlxm is distinct from {literal(NO_NUMBER_NEEDED)}"
    required.append(f"case when {number} then 'sfzjh:{MISSING_REASON}' end")
    # 无身份证件号的学生，家庭成员的身份证件号必填 (domain.md 2.4)
    family = "sfzjh is null and cy1sfzjh is null and cy2sfzjh is null"
    required.append(f"case when {family} then 'cy1sfzjh:{MISSING_REASON}' end")
    return connection.sql(
        f"""
        select
            printed.*,
            concat_ws(',', {", ".join(required)}) as missing,
            concat_ws(',', found.doubted, case when is_damaged_file and sfzjh is not null then 'sfzjh:{FLATTENED}' end) as doubted
        from form_printed as printed
        left join ({doubts_sql(unit)}) as found on found.record_key = printed.record_key
        order by {ORDER}
        """
    ).pl()


def create_printed(connection: duckdb.DuckDBPyConnection, raw: str, unit: str, schools: list[str]) -> None:
    """Leave the rows of `form_due` of these schools with every item as printed as `form_printed`."""
    items = ", ".join(f"{printed_sql(field, field)} as {field}" for field in FORM_FIELDS)
    create_from(connection, "form_schools", pl.DataFrame({"school_code": schools}))
    connection.execute(
        f"""
        create or replace temp table form_printed as
        with delivered as (
            select {content_hash_sql("raw.unit_code", "damaged_files.file")} as content_hash, raw.delivery_date, raw.file, {", ".join(FORM_FIELDS)}
            from {raw} as raw
            join (select xxbsm as school_text from form_school_texts where school_code in (select school_code from form_schools)) as texts
                on raw.xxbsm = texts.school_text
            left join ({DAMAGED_FILES}) as damaged_files
                on damaged_files.unit_code = raw.unit_code and damaged_files.file = raw.file
        ),
        wanted as (select * from form_due where school_code in (select school_code from form_schools)),
        -- rows that no rule can tell apart may still differ in items that no rule reads
        one_each as (
            select *
            from delivered
            where content_hash in (select content_hash from wanted)
            qualify row_number() over (partition by content_hash order by delivery_date, file, {", ".join(FORM_FIELDS)}) = 1
        )
        select wanted.* exclude (content_hash), one_each.content_hash, {items}
        from wanted
        left join one_each on one_each.content_hash = wanted.content_hash
        """
    )


def doubts_sql(unit: str) -> str:
    """A query: record_key and `doubted`, item:rule of each finding of the last night that casts doubt on an item."""
    rules, items = ", ".join(map(literal, DOUBTED)), ", ".join(map(literal, DOUBTED.values()))
    return f"""
        select record_key, string_agg(distinct item || ':' || rule_id, ',') as doubted
        from (
            select
                record_key, rule_id,
                case when rule_id in {literal_list(REASON_IS_ITEM)} then reason else map([{rules}], [{items}])[rule_id] end as item
            from findings
            where unit_code = {literal(unit)} and (severity <> 'note' or rule_id in {literal_list(NOTES_THAT_DOUBT)})
                and school_code in (select school_code from form_schools)
        )
        where item is not null and record_key is not null
        group by record_key
    """


def doubts_of(row: dict) -> tuple[str, ...]:
    """item:reason of everything to be marked, in the order of the form; what is blank is missing and nothing else."""
    said = {text for column in ("missing", "doubted") for text in (row[column] or "").split(",") if text}
    places = {field: place for place, field in enumerate(FORM_FIELDS)}
    parts = sorted(
        (places[item], reason) for item, _, reason in (text.partition(":") for text in said) if item in places
    )
    return tuple(
        f"{FORM_FIELDS[place]}:{reason}"
        for place, reason in parts
        if reason == MISSING_REASON or row[FORM_FIELDS[place]] is not None
    )


def page_of(row: dict, form_no: str, school_name: str, day: date) -> FormPage:
    """A row of `printed_rows` as its page."""
    signs: dict[str, str] = {}
    for doubt in row["doubts"]:
        item, _, reason = doubt.partition(":")
        signs[item] = MISSING if reason == MISSING_REASON else DOUBTFUL
    grade = GRADE.labels[str(row["grade"])][0] if row["grade"] is not None else "（年级未填）"
    return FormPage(
        form_no=form_no,
        edition=row["edition"],
        printed_on=day,
        school_name=school_name,
        school_code=row["school_code"],
        class_name=f"{grade}　{row['class_no']}班" if row["class_no"] else f"{grade}　（班号未填）",
        student_no=row["student_no"],
        values=tuple(row[field] for field in FORM_FIELDS),
        marks=tuple(signs.get(field) for field in FORM_FIELDS),
    )
