"""Small tables that units deliver beside their students: read when they come, recorded like every delivery.

Two ways: of some the newest stands until another comes (`newest`), of others every delivery date counts once (`dates_to_take`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from xueji.assets.columns import Columns
from xueji.assets.delivery_facts import QuarantineRow, StagedDelivery
from xueji.assets.engine import Engine
from xueji.assets.intake import NO_UNIT, Intake, record_intakes, stage_files
from xueji.assets.landing_folder import Landing, delivery_dates
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal


@dataclass(frozen=True)
class FileKind:
    """One kind of table: its name in `deliveries`, the files' names in a unit's folder, its columns."""

    name: str
    pattern: str
    columns: Columns
    is_national: bool = False  # the ministry delivers it too, beside schools.csv


def staged_units(engine: Engine, landing: Landing, date: str, kind: FileKind) -> list[Intake]:
    """What the units, and the ministry, delivered of a kind on a date: read and judged, not yet recorded. Nothing for who did not."""
    units = [NO_UNIT, *UNITS] if kind.is_national else list(UNITS)
    intakes = []
    for unit in units:
        folder = landing.folder(date) if unit == NO_UNIT else landing.unit_folder(date, unit)
        if any(folder.glob(kind.pattern)):
            staged = stage_files(engine, folder, kind.pattern, kind.columns, f"{kind.name}-{date}-{unit}")
            intakes.append(Intake(unit, staged))
    return intakes


def dates_to_take(connection: duckdb.DuckDBPyConnection, landing: Landing, night: str, kind: FileKind) -> list[str]:
    """Delivery dates up to the night with files of the kind that no earlier night has taken, oldest first; the night's own again."""
    taken = {
        str(day) for (day,) in connection.execute('select distinct "date" from deliveries where kind = ?', [kind.name]).fetchall()
    } - {night}  # fmt: skip
    root = Path(landing.path)
    return [
        date
        for date in delivery_dates(root)
        if date <= night and date not in taken and any((root / date).glob(f"*/{kind.pattern}"))
    ]


def rows_with_files(staged: StagedDelivery) -> str | None:
    """A query for the accepted rows with `file`, the file, member or sheet each stands in. Null when there is none."""
    queries = [
        f"select *, {literal(reading.facts.file)} as file from ({reading.rows})" for reading in staged.taken if reading.rows
    ]  # fmt: skip
    if not queries:
        return None
    empty = f"select *, cast(null as varchar) as file from read_parquet({literal(staged.columns)})"
    return " union all by name ".join([empty, *queries])


def with_refused(intake: Intake, refused: Mapping[str, Sequence[QuarantineRow]]) -> Intake:
    """The intake with rows that were read and then refused, by file: they count as quarantined."""
    if intake.staged is None:
        return intake
    readings = []
    for reading in intake.staged.readings:
        rows = refused.get(reading.facts.file, ())
        facts = replace(
            reading.facts,
            rows_accepted=reading.facts.rows_accepted - len(rows),
            rows_quarantined=reading.facts.rows_quarantined + len(rows),
        )
        readings.append(replace(reading, facts=facts, quarantine=(*reading.quarantine, *rows)))
    return replace(intake, staged=replace(intake.staged, readings=tuple(readings)))


def record(engine: Engine, date: str, kind: FileKind, intakes: Iterable[Intake]) -> None:
    """Write what became of the deliveries of a kind and date. Without any nothing is written."""
    if given := list(intakes):
        with engine.session() as connection:
            record_intakes(engine, connection, date, kind.name, given)
