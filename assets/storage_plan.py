"""Capacities that units tell, and the plan of room for uploaded forms on a night (checks/storage_plan.py)."""

from collections import defaultdict
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb

from xueji.assets.delivered_rows import numbered_rows
from xueji.assets.delivery_facts import QuarantineRow
from xueji.assets.engine import Engine
from xueji.assets.intake import Intake, clear_staging
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from, frame_of
from xueji.assets.unit_files import record, staged_units, with_refused
from xueji.assets.verification_columns import STORAGE
from xueji.checks.sql_text import literal
from xueji.checks.storage_plan import STORAGE_RULES, Capacity, StorageRefusal, plan_sql, read_capacity

CAPACITY, PLAN = "storage_capacity", "storage_plan"


def plan_storage(engine: Engine, landing: Landing, night: str) -> int:
    """Take told capacities in and write the night's plan; returns its rows. Without a round or a capacity nothing is written."""
    take_in_capacities(engine, landing, night)
    if not engine.files("campaign_windows") and not engine.files(CAPACITY):
        return 0
    with engine.session() as connection:
        connection.execute(f"create temp table planned as {plan_sql(night)}")
        rows = connection.execute("select count(*) from planned").fetchall()[0][0]
        stood = any(file.partition["date"] == night for file in engine.files(PLAN))
        return engine.replace_table(PLAN, "from planned", connection, [night], "unit_code") if rows or stood else 0


def take_in_capacities(engine: Engine, landing: Landing, night: str) -> int:
    """Take the capacities delivered on a night in: a row a unit. A unit without a good row keeps what it told before."""
    delivered = staged_units(engine, landing, night, STORAGE)
    if not delivered:
        return 0
    told: dict[str, Capacity] = {}
    intakes = []
    with engine.session() as connection:
        for intake in delivered:
            folder = landing.unit_folder(night, intake.unit_code)
            capacity, refused = read_intake(engine, connection, folder, intake)
            intakes.append(with_refused(intake, refused))
            if capacity:
                told[intake.unit_code] = capacity
        written = write_capacities(engine, connection, told, night) if told else 0
    record(engine, night, STORAGE, intakes)
    clear_staging(engine)
    return written


def write_capacities(
    engine: Engine, connection: duckdb.DuckDBPyConnection, told: dict[str, Capacity], night: str
) -> int:
    day = date.fromisoformat(night)
    rows = [{"unit_code": unit, "as_of": day} | asdict(capacity) for unit, capacity in told.items()]
    create_from(connection, "capacities_told", frame_of(CAPACITY, rows))
    queries = [(unit, f"select * from capacities_told where unit_code = {literal(unit)}") for unit in told]
    return engine.replace_table(CAPACITY, queries, connection, list(told))


def read_intake(
    engine: Engine, connection: duckdb.DuckDBPyConnection, folder: Path, intake: Intake
) -> tuple[Capacity | None, dict[str, list[QuarantineRow]]]:
    """What an accepted delivery tells, by its first good row, and the rows that cannot be taken."""
    refused: dict[str, list[QuarantineRow]] = defaultdict(list)
    query = numbered_rows(engine, connection, folder, intake)
    if query is None:
        return None, refused
    names = STORAGE.columns.names
    labels = {name: STORAGE.columns.label_of(name) for name in names}
    columns = ", ".join(names)
    rows = connection.execute(
        f'select file, "row", {columns} from ({query}) order by file, "row", {columns}'
    ).fetchall()
    told: Capacity | None = None
    for file, row, *values in rows:
        cells = dict(zip(names, values, strict=True))
        read = read_capacity(cells, labels)
        if isinstance(read, Capacity) and told is not None:
            read = StorageRefusal("storage_twice", names[0], STORAGE_RULES["storage_twice"].sentence)
        if isinstance(read, Capacity):
            told = read
            continue
        refused[file].append(
            QuarantineRow(file, row, labels[read.column], cells[read.column], read.reason, None, read.rule_id)
        )
    return told, refused
