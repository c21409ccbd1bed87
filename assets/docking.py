"""Acceptance of provinces with their own system: their copies held against the centre's whenever either side changed."""

from collections.abc import Sequence

import duckdb
import polars as pl

from xueji.assets.docking_answers import take_in_docking_answers
from xueji.assets.docking_check import Row, check_unit, of_unit
from xueji.assets.docking_files import write_docking_reports
from xueji.assets.docking_intake import take_in_issued_numbers, take_in_local_copies
from xueji.assets.engine import Engine, text_digest
from xueji.assets.landing_folder import Landing
from xueji.assets.records import frame_of, replace_night
from xueji.assets.steps import Steps
from xueji.checks.docking_copies import normal_copy_sql
from xueji.checks.sql_text import literal_list
from xueji.checks.tables import STUDENT_FIELDS

DEVIATIONS, CHECKS = "docking_deviations", "docking_checks"
SOURCES = ("local_students", "raw_students", "issued_numbers")
EDITION = text_digest(normal_copy_sql("copy", STUDENT_FIELDS))


def check_docking(engine: Engine, landing: Landing, night: str) -> int:
    """Take in what came, check every unit one of whose copies changed, take in what provinces say, write their reports.

    Returns the number of units checked. A unit that was checked on a later night already is left alone.
    """
    take_in_local_copies(engine, landing, night)
    take_in_issued_numbers(engine, landing, night)
    units = units_to_check(engine, night)
    steps = Steps("docking", len(units))
    for unit in units:
        check(engine, unit, night)
        steps.done(unit)
    answered = take_in_docking_answers(engine, landing, night)
    if reported := sorted({*units, *answered, *checked_on(engine, night)}):
        write_docking_reports(engine, night, reported)
    return len(units)


def units_to_check(engine: Engine, night: str) -> list[str]:
    """The units that have a copy of their own, and whose copies are not those that were checked last."""
    units = sorted({str(file.partition["unit_code"]) for file in engine.files("local_students")})
    if not units:
        return []
    known = {} if engine.afresh else engine.basis(DEVIATIONS)
    changed = [unit for unit in units if known.get(unit) != basis_of(engine, unit)]
    if not changed:
        return []
    with engine.connection() as connection:
        later = connection.execute(
            f'select distinct unit_code from ({engine.table_sql(CHECKS)}) where "date" > cast(? as date)', [night]
        ).fetchall()
    return [unit for unit in changed if (unit,) not in later and of_unit(engine, "raw_students", unit)]


def basis_of(engine: Engine, unit: str) -> str:
    """What a check is made from: the files of both copies and of the issued numbers, and how they are read."""
    files = (file.path.name for table in SOURCES for file in of_unit(engine, table, unit))
    return text_digest("\n".join((EDITION, *files)))


def check(engine: Engine, unit: str, night: str) -> None:
    """Check one unit. Its deviations are written last, with what they were made from: a night that dies before does it again."""
    with engine.session() as connection:
        last = last_check(connection, unit, night)
        lines = check_unit(engine, connection, unit, night, last, rows_of_copy(connection, unit, night))
        write_checks(engine, connection, unit, night, lines)
        engine.replace_table(
            DEVIATIONS,
            [(unit, "select * from next_deviations")],
            connection,
            partitions=[unit],
            order_by="deviation_no",
            basis={**engine.basis(DEVIATIONS), unit: basis_of(engine, unit)},
        )


def write_checks(
    engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, night: str, lines: Sequence[Row]
) -> None:
    frame: pl.DataFrame = frame_of(CHECKS, lines)
    replace_night(engine, connection, CHECKS, night, frame, f"unit_code not in {literal_list([unit])}")


def last_check(connection: duckdb.DuckDBPyConnection, unit: str, night: str) -> str | None:
    """The date of the unit's last check before a night."""
    query = f'select cast(max("date") as varchar) from {CHECKS} where unit_code = ? and "date" < cast(? as date)'
    return connection.execute(query, [unit, night]).fetchall()[0][0]


def rows_of_copy(connection: duckdb.DuckDBPyConnection, unit: str, night: str) -> int:
    """Rows of the copy that stands on a night, with those that could not be read."""
    return int(
        connection.execute(
            """
            select coalesce(sum(rows_delivered), 0) from deliveries
            where kind = 'local_students' and unit_code = $unit and verdict = 'accepted' and "date" = (
                select max("date") from deliveries
                where kind = 'local_students' and unit_code = $unit and verdict = 'accepted' and "date" <= cast($night as date))
            """,
            {"unit": unit, "night": night},
        ).fetchall()[0][0]
    )


def checked_on(engine: Engine, night: str) -> list[str]:
    """The units that have a check of the night."""
    files = [file for file in engine.files(CHECKS) if file.partition["date"] == night]
    if not files:
        return []
    with engine.connection() as connection:
        return [unit for (unit,) in connection.execute(f"select distinct unit_code from ({engine.files_sql(CHECKS, files)})").fetchall()]  # fmt: skip
