"""Tables of which a unit's last delivery stands until it delivers again: rows judged in SQL, the good ones written, the others told of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from xueji.assets.delivered_rows import numbered_rows
from xueji.assets.delivery_facts import RAW_CHARACTERS, VALUE_CHARACTERS, Limits, QuarantineRow, shorten
from xueji.assets.engine import Engine
from xueji.assets.intake import NO_UNIT, Intake, clear_staging
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.landing_folder import Landing
from xueji.assets.unit_files import FileKind, record, staged_units, with_refused
from xueji.checks.row_faults import RowFault, sentence_of

TOLD = (
    "file",
    "row",
    "column_name",
    "delivered_value",
    "found",
    "raw",
)  # of a refused row; of the others they need not be kept
MOST_REFUSED = Limits().max_quarantine_rows  # of a delivery; one with more is not what it claims to be


@dataclass(frozen=True)
class StandingTable:
    """One such table: `judged_sql` takes the delivered rows, the unit and the delivery date (checks/row_faults.py)."""

    name: str
    kind: FileKind
    judged_sql: Callable[[str, str, str], str]
    rules: Mapping[str, RowFault]
    order_by: str


def take_in_standing(engine: Engine, landing: Landing, night: str, table: StandingTable) -> int:
    """Take in what units delivered on the night, each unit's rows in place of its former ones. Returns the rows written.

    A delivery none of whose rows is good is refused and leaves the former ones; after an empty one there is nothing any more.
    """
    taken: list[Intake] = []
    written: dict[str, str] = {}
    intakes = staged_units(engine, landing, night, table.kind)
    if not intakes:
        return 0
    with engine.session() as connection:
        for intake in intakes:
            unit, judged = intake.unit_code, f"judged_{intake.unit_code}"
            folder = landing.folder(night) if unit == NO_UNIT else landing.unit_folder(night, unit)
            rows = numbered_rows(engine, connection, folder, intake)
            result = judge(connection, intake, rows, night, table)
            taken.append(result)
            if result.verdict == "accepted":
                good = f"select * from {judged} where rule_id is null"
                written[unit] = good if rows_accepted(result) else LAKE_TABLES[table.name].empty_sql
        record(engine, night, table.kind, taken)
        count = 0
        if written:
            count = engine.replace_table(table.name, written.items(), connection, list(written), table.order_by)
    clear_staging(engine)
    return count


def rows_accepted(intake: Intake) -> int:
    return sum(facts.rows_accepted for facts in intake.files)


def rows_delivered(intake: Intake) -> int:
    return sum(facts.rows_delivered for facts in intake.files)


def judge(
    connection: duckdb.DuckDBPyConnection, intake: Intake, rows: str | None, night: str, table: StandingTable
) -> Intake:
    """The intake with its refused rows; all of `rows`, judged, are left in the table judged_<unit>."""
    if rows is None:
        return nothing_good(intake) if intake.verdict == "accepted" and rows_delivered(intake) else intake
    judged = f"judged_{intake.unit_code}"
    columns = ", ".join(f'"{column}"' for column in LAKE_TABLES[table.name].columns)
    told = ", ".join(f'case when rule_id is not null then "{column}" end as "{column}"' for column in TOLD)
    connection.execute(
        f"""create or replace temp table {judged} as
        select {columns}, rule_id, {told}
        from ({table.judged_sql(rows, intake.unit_code, night)})"""
    )
    count = connection.execute(f"select count(*) from {judged} where rule_id is not null").fetchall()[0][0]
    if count > MOST_REFUSED:
        return refused_whole(intake, int(count))
    told_of = with_refused(intake, refused_rows(connection, judged, table))
    return told_of if rows_accepted(told_of) or not rows_delivered(told_of) else nothing_good(told_of)


def refused_rows(
    connection: duckdb.DuckDBPyConnection, judged: str, table: StandingTable
) -> dict[str, Sequence[QuarantineRow]]:
    """The refused rows by file; `row` is null where it cannot be told."""
    found = connection.execute(
        f"""select file, "row", column_name, delivered_value, found, raw, rule_id
        from {judged} where rule_id is not null order by file, "row", rule_id, raw"""
    ).fetchall()
    refused: dict[str, list[QuarantineRow]] = {}
    for file, row, column, value, what, raw, rule_id in found:
        reason = sentence_of(table.rules[rule_id], shorten(what, VALUE_CHARACTERS))
        label, told = table.kind.columns.label_of(column), shorten(value, VALUE_CHARACTERS)
        refused.setdefault(file, []).append(
            QuarantineRow(file, row, label, told, reason, shorten(raw, RAW_CHARACTERS), rule_id)
        )
    return dict(refused)


def nothing_good(intake: Intake) -> Intake:
    """The intake with its files refused, since none of their rows can be taken: what stood before stays."""
    assert intake.staged is not None
    readings = tuple(
        replace(reading, facts=replace(reading.facts, verdict="refused", reason="没有一行可以接收，原有数据继续有效"))
        for reading in intake.staged.readings
    )
    return replace(intake, staged=replace(intake.staged, readings=readings))


def refused_whole(intake: Intake, count: int) -> Intake:
    """The intake with all its files refused, since too many of their rows are wrong."""
    assert intake.staged is not None
    reason = f"不符合要求的行有{count}行，超过{MOST_REFUSED}行，请核对是否报错文件"
    readings = []
    for reading in intake.staged.readings:
        facts = replace(
            reading.facts,
            rows_accepted=0,
            rows_quarantined=reading.facts.rows_delivered,
            verdict="refused",
            reason=reason,
        )
        whole = QuarantineRow(reading.facts.file, None, None, None, reason, None)
        readings.append(replace(reading, facts=facts, quarantine=(*reading.quarantine, whole)))
    return replace(intake, staged=replace(intake.staged, readings=tuple(readings)))
