"""Matters of verification, found tonight and followed from the night before (checks/verification_matters.py)."""

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl

from xueji.assets.case_ledger import table_before_sql, version_before
from xueji.assets.engine import Engine, text_digest
from xueji.assets.records import create_from
from xueji.checks import attendance, business_sanity, completeness, form_matters
from xueji.checks.business import OPEN, TRANSFER
from xueji.checks.deadlines import STEP_WORKING_DAYS
from xueji.checks.divisions import unit_of_sql
from xueji.checks.matter import FOUND_COLUMNS, Matter, MatterNight
from xueji.checks.sql_text import literal
from xueji.checks.verification_matters import matter_night, open_again_sql, single_sql, step_sql
from xueji.checks.working_days import add_working_days

TABLE = "verification_matters"
CORE = "core_students"
ORDER = "matter, campaign, subject, first_seen"
# What schools left out and children in or out of class follow from: without a change in these they are not looked for again.
STANDING_SOURCES = ("core_schools", "snapshots", CORE, "approved_schools", "attending_students", "business")
CORE_HERE = "core_here"  # the records of the units that are looked at


def update_matters(engine: Engine, night: str) -> int:
    """Bring `verification_matters` to the night. Returns the number of open matters; without any source nothing is done."""
    tonight = matter_night(date.fromisoformat(night))
    before = table_before_sql(engine, night, TABLE)
    with engine.session() as connection:
        connection.execute(
            f"create temp table current_campaigns as {form_matters.current_campaigns_sql(tonight.night)}"
        )
        units = concerned_units(connection, before)
        if not units:
            return 0
        connection.execute(f"create temp view {CORE_HERE} as {core_of(engine, units)}")
        connection.execute(f"create temp table found as {_nothing_found()}")
        standing = standing_digest(engine, connection)
        find(connection, form_matters.prepared_statements(tonight.night, CORE_HERE), form_matters.MATTERS, tonight)
        find_in_business(connection, tonight)
        if engine.basis(TABLE).get("standing") == standing and not engine.afresh:
            keep_standing(connection)
        else:
            find_standing(connection, tonight)
        connection.execute(f"create temp table single as {single_sql('found')}")
        connection.execute(f"create temp table stepped as {step_sql(before, 'single', tonight.night)}")
        basis = {"night": night, "before": version_before(engine, night, TABLE), "standing": standing}
        parts = [(unit, f"select * from stepped where unit_code = {literal(unit)}") for unit in units]
        engine.replace_table(TABLE, parts, connection, units, ORDER, basis)
        return int(connection.execute("select count(*) from single").fetchall()[0][0])


def concerned_units(connection: duckdb.DuckDBPyConnection, before: str) -> list[str]:
    """Units with anything that matters can come from, and those with matters that are open."""
    rows = connection.execute(
        f"""select unit_code from current_campaigns
        union select unit_code from business
        union select unit_code from attending_students
        union select {unit_of_sql("place_code")} from approved_schools
        union select unit_code from ({before}) as before where closed_on is null"""
    ).fetchall()
    return sorted(unit for (unit,) in rows)


def core_of(engine: Engine, units: list[str]) -> str:
    """A query for the records of some units: the others' files are not opened."""
    return engine.files_sql(CORE, [file for file in engine.files(CORE) if file.partition["unit_code"] in units])


def _nothing_found() -> str:
    return (
        f"select {', '.join(f'cast(null as {kind}) as {column}' for column, kind in FOUND_COLUMNS.items())} where false"
    )


def find(
    connection: duckdb.DuckDBPyConnection,
    prepared: Iterator[tuple[str, str]],
    matters: tuple[Matter, ...],
    tonight: MatterNight,
) -> None:
    """Add what is found of some kinds to the table `found`."""
    for name, query in prepared:
        connection.execute(f"create or replace temp table {name} as {query}")
    for matter in matters:
        connection.execute(f"insert into found by name {matter.found_sql(tonight)}")


def find_in_business(connection: duckdb.DuckDBPyConnection, tonight: MatterNight) -> None:
    """The daily sanity of business, where there is any."""
    if not connection.execute("select 1 from business limit 1").fetchall():
        return
    days = connection.execute(
        "select distinct applied_on from business where kind = ? and state = ? order by applied_on", [TRANSFER, OPEN]
    ).fetchall()
    create_from(connection, "step_dues", step_dues([day for (day,) in days]))
    find(connection, business_sanity.prepared_statements(CORE, CORE_HERE), business_sanity.MATTERS, tonight)


def step_dues(days: list[date]) -> pl.DataFrame:
    """By when a step that began on each of the days had to be done."""
    rows = [(day, add_working_days(day, STEP_WORKING_DAYS)) for day in days]
    return pl.DataFrame(rows, schema={"applied_on": pl.Date, "due_on": pl.Date}, orient="row")


def find_standing(connection: duckdb.DuckDBPyConnection, tonight: MatterNight) -> None:
    """Schools left out, grades with few students, and unit by unit children in class and on record."""
    connection.execute(f"create temp table watched_units as {watched_sql()}")
    find(connection, completeness.prepared_statements(CORE_HERE), completeness.MATTERS, tonight)
    units = connection.execute("select distinct unit_code from attending_students order by unit_code").fetchall()
    for (unit,) in units:
        connection.execute(f"create or replace temp table roster_units as select {literal(unit)} as unit_code")
        find(connection, attendance.prepared_statements(CORE, CORE_HERE), attendance.MATTERS, tonight)


def watched_sql() -> str:
    return f"""
        select unit_code from current_campaigns
        union select unit_code from attending_students
        union select {unit_of_sql("place_code")} from approved_schools
    """


def keep_standing(connection: duckdb.DuckDBPyConnection) -> None:
    """Nothing has changed that these follow from: what was found last is found again."""
    for matters in (completeness.MATTERS, attendance.MATTERS):
        connection.execute(f"insert into found by name {open_again_sql(matters, TABLE)}")


def standing_digest(engine: Engine, connection: duckdb.DuckDBPyConnection) -> str:
    """A digest of all that the standing matters follow from, and of how they are found."""
    files = [f"{name}/{file.path.name}" for name in STANDING_SOURCES for file in engine.files(name)]
    watched = connection.execute(f"select unit_code from ({watched_sql()}) order by unit_code").fetchall()
    queries = [
        query
        for module in (completeness, attendance)
        for query in (
            *(text for _, text in module.prepared_statements()),
            *(matter.found_sql(matter_night(date(2026, 9, 1))) for matter in module.MATTERS),
        )
    ]
    return text_digest("\n".join([*files, *(unit for (unit,) in watched), *queries]))
