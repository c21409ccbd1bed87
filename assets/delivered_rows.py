"""Accepted rows with the file and row they stood in, where that can be told (assets/form_row_numbers.py)."""

from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.delivery_facts import FileReading
from xueji.assets.engine import Engine
from xueji.assets.form_row_numbers import row_numbers
from xueji.assets.intake import Intake
from xueji.assets.records import create_from
from xueji.checks.sql_text import literal

SURE_ROWS = 100_000  # staged as one piece; the pieces of a longer file may lie in another order


def numbered_rows(engine: Engine, connection: duckdb.DuckDBPyConnection, folder: Path, intake: Intake) -> str | None:
    """A query for a delivery's accepted rows with `file` and `row`: the header is row 1. Null when no row was taken.

    `row` is null where a row's place cannot be told: no number is better than a wrong one.
    """
    if intake.staged is None or intake.verdict != "accepted":
        return None
    readings = [reading for reading in intake.staged.taken if reading.rows]
    if not readings:
        return None
    columns = f"from read_parquet({literal(intake.staged.columns)})"
    queries = [f'select *, cast(null as varchar) as file, cast(null as bigint) as "row" {columns}']
    for place, reading in enumerate(readings):
        scratch = engine.work_path / "staging" / "delivered-rows"
        is_sure = reading.parquet is not None and reading.facts.rows_accepted <= SURE_ROWS
        numbers = row_numbers(folder, reading, scratch) if is_sure else None
        queries.append(_numbered_sql(connection, reading, numbers, f"row_numbers_{intake.unit_code}_{place}"))
    return " union all by name ".join(queries)


def _numbered_sql(
    connection: duckdb.DuckDBPyConnection, reading: FileReading, numbers: pl.Series | None, table: str
) -> str:
    file = f"{literal(reading.facts.file)} as file"
    if numbers is None:
        return f'select *, {file}, cast(null as bigint) as "row" from ({reading.rows})'
    create_from(connection, table, pl.DataFrame({"row_number": numbers}).with_row_index("place"))
    rows = f"read_parquet({literal(reading.parquet)}, file_row_number = true)"
    return f"""
        select r.* exclude (file_row_number), {file}, n.row_number as "row"
        from {rows} as r
        join {table} as n on n.place = r.file_row_number
    """
