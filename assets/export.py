"""Tables of the lake as files for other people and programs."""

from pathlib import Path

import duckdb
import polars as pl
from xlsxwriter import Workbook

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.checks.model import XuejiError
from xueji.checks.sql_text import literal
from xueji.checks.tables import CORE_READ

SHEET_ROWS = 1_048_575  # what an .xlsx sheet holds below its header


def export_table(engine: Engine, name: str, file: Path, unit_code: str | None = None) -> int:
    """Write a table, or one unit's rows of it, in its column order. Returns the number of rows.

    Raises XuejiError for an unknown table, a file ending other than .csv, .parquet or .xlsx, a table that has no units.
    """
    if name not in LAKE_TABLES:
        raise XuejiError(f"table {name}: no such table, expected one of {', '.join(sorted(LAKE_TABLES))}")
    columns = (CORE_READ if name == CORE_READ.name else LAKE_TABLES[name]).columns
    if unit_code is not None and "unit_code" not in columns and name != "progress":
        raise XuejiError(f"table {name} has no units: leave --unit out")
    listed = ", ".join(f'"{column}"' for column in columns)
    table = engine.table_sql(name)
    if unit_code is None:
        chosen = ""
    elif name == "progress":
        chosen = f"where code in ({areas_below_sql(table, unit_code)})"
    else:
        chosen = f"where unit_code = {literal(unit_code)}"
    with engine.connection() as connection:
        query = f"select {listed} from ({table}) as exported {chosen} order by all"
        return write_query(connection, query, file)


def areas_below_sql(progress: str, code: str) -> str:
    """A query over `progress`: the codes of an area and of everything in it, down to its schools."""
    return f"""
        with recursive areas as (select distinct code, parent_code from ({progress}) as figures),
        below as (
            select {literal(code)} as code
            union
            select areas.code from areas join below on areas.parent_code = below.code
        )
        select code from below
    """


def write_query(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    """Write a query's rows to .csv (UTF-8), .parquet or .xlsx by the file's ending. Returns the number of rows."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    connection.execute("set preserve_insertion_order = true")
    match file.suffix.lower():
        case ".csv":
            rows = connection.execute(f"copy ({query}) to {literal(partial)} (format csv, header)").fetchall()[0][0]
        case ".parquet":
            rows = connection.execute(f"copy ({query}) to {literal(partial)} (format parquet)").fetchall()[0][0]
        case ".xlsx":
            rows = write_workbook(connection.sql(query).pl(), partial)
        case ending:
            raise XuejiError(f"{file.name}: ending {ending or 'missing'}, expected .csv, .parquet or .xlsx")
    partial.replace(file)
    return int(rows)


def write_workbook(frame: pl.DataFrame, file: Path) -> int:
    """One sheet per million rows; text stays text: no value becomes a formula, a link or a number."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as workbook:
        for start in range(0, max(frame.height, 1), SHEET_ROWS):
            part = frame.slice(start, SHEET_ROWS)
            part.write_excel(
                workbook, worksheet=f"Sheet{start // SHEET_ROWS + 1}", autofit=False, dtype_formats={pl.Int64: "0"}
            )
    return frame.height
