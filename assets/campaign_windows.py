"""Windows of the rounds, as ministry and units set them (checks/campaign_rules.py). What a unit set last stands until it sets anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import duckdb

from xueji.assets.delivered_rows import numbered_rows
from xueji.assets.delivery_facts import QuarantineRow
from xueji.assets.engine import Engine
from xueji.assets.intake import NO_UNIT, Intake, clear_staging
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from, frame_of
from xueji.assets.unit_files import record, staged_units, with_refused
from xueji.assets.verification_columns import CAMPAIGNS
from xueji.checks.campaign_rules import DeliveredRow, Judgement, Window, judge
from xueji.checks.sql_text import literal

TABLE = "campaign_windows"
ORDER = "campaign, region_code, switch, opens_on, closes_on"


@dataclass(frozen=True)
class Place:
    """Where a delivered row stands."""

    file: str
    row: int | None


def take_in_campaigns(engine: Engine, landing: Landing, night: str) -> int:
    """Take the windows delivered on a night in; returns how many rows were written. A unit without a good row keeps what it had."""
    delivered = staged_units(engine, landing, night, CAMPAIGNS)
    if not delivered:
        return 0
    intakes: list[Intake] = []
    set_anew: dict[str, tuple[Window, ...]] = {}
    with engine.session() as connection:
        standing, regions = standing_windows(connection), school_regions(connection)
        for intake in delivered:  # the ministry's first: units' windows are held against them
            unit = intake.unit_code
            folder = landing.folder(night) if unit == NO_UNIT else landing.unit_folder(night, unit)
            rows = delivered_rows(engine, connection, folder, intake)
            national = set_anew.get(NO_UNIT, standing.get(NO_UNIT, ())) if unit != NO_UNIT else ()
            judgement = judge(unit, [row for row, _ in rows], national, regions)
            if judgement.windows:
                set_anew[unit] = judgement.windows
            intakes.append(judged(intake, judgement, [place for _, place in rows]))
        written = write_windows(engine, connection, standing, set_anew)
    record(engine, night, CAMPAIGNS, intakes)
    clear_staging(engine)
    return written


def standing_windows(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Window, ...]]:
    """The windows in force, by who set them."""
    names = [field.name for field in fields(Window)]
    rows = connection.execute(f"select {', '.join(names)} from {TABLE} order by unit_code, {ORDER}").fetchall()
    found: dict[str, list[Window]] = defaultdict(list)
    for row in rows:
        window = Window(*row)
        found[window.unit_code].append(window)
    return {unit: tuple(windows) for unit, windows in found.items()}


def school_regions(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Cities and counties that schools lie in."""
    query = "select distinct unnest([county_code, city_code]) from core_schools"
    return frozenset(code for (code,) in connection.execute(query).fetchall() if code)


def delivered_rows(
    engine: Engine, connection: duckdb.DuckDBPyConnection, folder: Path, intake: Intake
) -> list[tuple[DeliveredRow, Place]]:
    """The rows of an accepted delivery, in the order of its files and their rows. None of a refused one."""
    query = numbered_rows(engine, connection, folder, intake)
    if query is None:
        return []
    columns = ", ".join(field.name for field in fields(DeliveredRow) if field.name != "place")
    rows = connection.execute(
        f'select file, "row", {columns} from ({query}) order by file, "row", {columns}'
    ).fetchall()
    return [(DeliveredRow(place, *cells), Place(file, row)) for place, (file, row, *cells) in enumerate(rows)]


def judged(intake: Intake, judgement: Judgement, places: list[Place]) -> Intake:
    """The intake with its refused rows, refused as a whole when no row is left."""
    refused: dict[str, list[QuarantineRow]] = defaultdict(list)
    for row in judgement.refusals:
        place = places[row.place]
        label = CAMPAIGNS.columns.label_of(row.column)
        refused[place.file].append(
            QuarantineRow(place.file, place.row, label, row.value, row.reason, None, row.rule_id)
        )
    intake = with_refused(intake, refused)
    return intake if judgement.windows or intake.verdict != "accepted" else refused_whole(intake)


def refused_whole(intake: Intake) -> Intake:
    """The intake with every file refused: what the unit had before stays in force, and `deliveries` says so."""
    assert intake.staged is not None
    reason = "没有一行可以接收，原设置继续有效"
    readings = tuple(
        replace(reading, facts=replace(reading.facts, verdict="refused", reason=reason))
        for reading in intake.staged.readings
    )
    return replace(intake, staged=replace(intake.staged, readings=readings))


def write_windows(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    standing: Mapping[str, tuple[Window, ...]],
    set_anew: Mapping[str, tuple[Window, ...]],
) -> int:
    """Replace the windows of those who set others than before. Returns how many rows were written."""
    changed = {unit: windows for unit, windows in set_anew.items() if in_order(windows) != standing.get(unit)}
    if not changed:
        return 0
    rows = [asdict(window) for windows in changed.values() for window in windows]
    create_from(connection, "windows_set", frame_of(TABLE, rows))
    queries = [(unit, f"select * from windows_set where unit_code = {literal(unit)}") for unit in changed]
    return engine.replace_table(TABLE, queries, connection, list(changed), ORDER)


def in_order(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows in the table's order."""
    return tuple(sorted(windows, key=lambda w: (w.campaign, w.region_code, w.switch, w.opens_on, w.closes_on)))
