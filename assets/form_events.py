"""The ledger of confirmation forms: rows of forms* files judged, date by date; what is accepted becomes events, the rest is sent back."""

import re
from collections import defaultdict
from collections.abc import Sequence

import duckdb
import polars as pl

from xueji.assets.columns import STUDENT_SPELLINGS, Columns
from xueji.assets.delivery_facts import RAW_CHARACTERS, VALUE_CHARACTERS, QuarantineRow, rows_of, shorten
from xueji.assets.engine import Engine
from xueji.assets.form_row_numbers import row_numbers
from xueji.assets.intake import Intake, clear_staging
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from
from xueji.assets.unit_files import dates_to_take, record, staged_units, with_refused
from xueji.assets.verification_columns import FORMS
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.form_codes import read_form_no
from xueji.checks.form_events import sequenced_sql, stages
from xueji.checks.form_faults import FAULT_COLUMNS, first_faults_sql
from xueji.checks.form_fields import FORM_FIELDS
from xueji.checks.form_rows import (
    CELLS,
    delivered_editions_sql,
    delivered_scope_sql,
    facts_sql,
    judged_rows_sql,
    row_faults,
    row_windows_sql,
)
from xueji.checks.form_steps import CERTIFICATE, EVIDENCE_KINDS, EVIDENCE_SEPARATOR, RECEIPT
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import trimmed_sql
from xueji.checks.verification_tables import FORM_EVENTS

ITEMS = Columns(
    FORM_FIELDS,
    (),
    {FIELD_LABELS[field]: field for field in FORM_FIELDS}
    | {label: field for label, field in STUDENT_SPELLINGS.items() if field in FORM_FIELDS},
)
EVENT_COLUMNS = ", ".join(f'"{column}"' for column in FORM_EVENTS.columns if column != "date")
_SEPARATORS = re.compile(r"[、,，;；/\s]+")


def take_in_form_events(engine: Engine, landing: Landing, night: str) -> int:
    """Take in the forms files of every date not yet taken, oldest first, and the night's own again. Returns the events accepted."""
    with engine.connection() as connection:
        connection.execute(f"create view deliveries as {engine.table_sql('deliveries')}")
        dates = dates_to_take(connection, landing, night, FORMS)
    return sum(take_in_date(engine, landing, date) for date in dates)


def take_in_date(engine: Engine, landing: Landing, date: str) -> int:
    # One thread: staged rows then stand in the order of their file, which their row numbers need.
    intakes = staged_units(engine.model_copy(update={"threads": 1}), landing, date, FORMS)
    with engine.session() as connection:
        load_rows(engine, landing, connection, date, intakes)
        judge(connection, date)
        query = f"select date '{date}' as \"date\", {EVENT_COLUMNS} from judged where rule_id is null"
        accepted = engine.replace_table(
            "form_events", [(date, query)], connection, partitions=[date], order_by='unit_code, "sequence"'
        )
        refused = refused_rows(connection)
    record(engine, date, FORMS, [with_refused(intake, refused.get(intake.unit_code, {})) for intake in intakes])
    clear_staging(engine)
    return accepted


def load_rows(
    engine: Engine, landing: Landing, connection: duckdb.DuckDBPyConnection, date: str, intakes: Sequence[Intake]
) -> None:
    """Leave the rows that were read as `delivered_rows`, in the order of units, files and rows, each with its number where known."""
    cells = ", ".join(f"cast(null as varchar) as {cell}" for cell in CELLS)
    connection.execute(f"""create temp table delivered_rows as
        select 0::bigint as id, '' as unit_code, '' as file, 0::bigint as "row", {cells} where false""")
    connection.execute("set threads = 1")
    connection.execute("set preserve_insertion_order = true")
    loaded = 0
    for intake in intakes:
        if intake.staged is None or intake.verdict != "accepted":
            continue
        folder = landing.unit_folder(date, intake.unit_code)
        for reading in intake.staged.taken:
            numbers = row_numbers(folder, reading, engine.work_path / "staging" / "row-numbers")
            places = pl.DataFrame({"row": [] if numbers is None else numbers}, schema={"row": pl.Int64})
            create_from(connection, "row_places", places.with_row_index("place", offset=1))
            values = ", ".join(f"{trimmed_sql(cell)} as {cell}" for cell in CELLS)
            connection.execute(f"""insert into delivered_rows by name
                select {loaded} + r.place as id, {literal(intake.unit_code)} as unit_code, {literal(reading.facts.file)} as file, p."row", {values}
                from (
                    {rows_of(intake.staged.columns)} union all by name
                    select *, row_number() over () as place from ({reading.rows})
                ) as r
                left join row_places as p on p.place = r.place""")
            loaded += reading.facts.rows_accepted
    connection.execute(f"set threads = {engine.cores}")
    connection.execute("set preserve_insertion_order = false")


def judge(connection: duckdb.DuckDBPyConnection, date: str) -> None:
    """Leave the delivered rows as `judged`: what each says, and why it is refused if it is."""
    read_texts(connection)
    connection.execute(f"create temp table delivered_editions as {delivered_editions_sql(date)}")
    connection.execute(f"create temp table delivered_scope as {delivered_scope_sql()}")
    connection.execute(f"""create temp table known_events as select * from form_events
        where "date" < date '{date}' and form_no in (select form_no from delivered_editions)""")
    connection.execute(f"create temp table delivered_facts as {facts_sql(date)}")
    connection.execute(f"create temp table row_windows as {row_windows_sql(date)}")
    checked = first_faults_sql(f"({judged_rows_sql(date)})", row_faults(date))
    connection.execute(f"create temp table checked_rows as {checked}")
    connection.execute(f"create temp table judged as {sequenced_sql(date)}")
    changes = ", ".join(f"{column} = faulty.{column}" for column in FAULT_COLUMNS)
    for rows, faulty in stages(date):
        connection.execute(f"create or replace temp table faulty as {faulty}")
        connection.execute(f"update judged set {changes} from faulty where judged.id = faulty.id")
        connection.execute(
            f"insert into known_events by name select date '{date}' as \"date\", {EVENT_COLUMNS} from judged where rule_id is null and {rows}"
        )


def read_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave what each distinct code, item and evidence means as `read_codes`, `read_items` and `read_evidence`."""
    printed = "select distinct form_no as text from form_editions"
    texts = distinct_texts(connection, f"select form_no as text from delivered_rows where form_no not in ({printed})")
    codes = pl.DataFrame({"text": texts, "form_no": [read_form_no(text) for text in texts]}, schema=_schema("form_no"))
    create_from(connection, "typed_codes", codes)
    connection.execute(f"""create temp table read_codes as
        select * from typed_codes union all
        select text, text as form_no from ({printed}) where text in (select form_no from delivered_rows)""")
    texts = distinct_texts(connection, "select field as text from delivered_rows")
    items = pl.DataFrame({"text": texts, "field": list(ITEMS.match(texts).fields)}, schema=_schema("field"))
    create_from(connection, "read_items", items)
    texts = distinct_texts(connection, "select evidence as text from delivered_rows")
    create_from(connection, "read_evidence", read_evidence(texts))


def distinct_texts(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    rows = connection.execute(f"select distinct text from ({query}) where text is not null order by text").fetchall()
    return [text for (text,) in rows]


def read_evidence(texts: Sequence[str]) -> pl.DataFrame:
    """The kinds of evidence that each text names, and whether they prove who a child is, or stand in a number's place."""
    given = [set(filter(None, _SEPARATORS.split(text))) for text in texts]
    return pl.DataFrame(
        {
            "text": texts,
            "kinds": [EVIDENCE_SEPARATOR.join(kind for kind in EVIDENCE_KINDS if kind in kinds) or None for kinds in given],
            "has_unknown": [bool(kinds - set(EVIDENCE_KINDS)) for kinds in given],
            "is_identity": [bool(kinds & set(EVIDENCE_KINDS) - {CERTIFICATE}) for kinds in given],
            "is_statement": [bool(kinds & {RECEIPT, CERTIFICATE}) for kinds in given],
        },
        schema=_schema("kinds") | dict.fromkeys(("has_unknown", "is_identity", "is_statement"), pl.Boolean()),
    )  # fmt: skip


def refused_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[QuarantineRow]]]:
    """The refused rows by unit and file, in the files' order."""
    cells = ", ".join(f"coalesce(d.{cell}, '')" for cell in CELLS)
    rows = connection.execute(
        f"""select d.unit_code, d.file, d."row", j.rule_id, j.reason, j.fault_column, j.fault_value, {cells}
        from judged as j join delivered_rows as d on d.id = j.id
        where j.rule_id is not null
        order by d.id"""
    ).fetchall()
    refused: dict[str, dict[str, list[QuarantineRow]]] = defaultdict(lambda: defaultdict(list))
    for unit, file, row, rule_id, reason, column, value, *raw in rows:
        label = None if column is None else FORMS.columns.label_of("field" if column == "field_text" else column)
        text = shorten("\t".join(raw), RAW_CHARACTERS)
        refused[unit][file].append(
            QuarantineRow(file, row, label, shorten(value, VALUE_CHARACTERS), reason, text, rule_id)
        )
    return refused


def _schema(column: str) -> dict[str, pl.DataType]:
    return {"text": pl.String(), column: pl.String()}
