"""Rows made in Python on their way into tables; those about a night are replaced as a whole when it is run again."""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES


def replace_night(
    engine: Engine, connection: duckdb.DuckDBPyConnection, table: str, date: str, rows: pl.DataFrame, keep_sql: str
) -> None:
    """Make `rows` the table's rows of `date`, beside those rows of that date for which `keep_sql` holds."""
    columns = ", ".join(f'"{column}"' for column in LAKE_TABLES[table].columns)
    connection.register("new_rows", rows.to_arrow())
    try:
        engine.replace_table(
            table,
            f"""
            select {columns} from ({engine.table_sql(table)}) where "date" = date '{date}' and {keep_sql}
            union all
            select {columns} from new_rows
            """,
            connection,
            partitions=[date],
        )
    finally:
        connection.unregister("new_rows")


def frame_of(table: str, rows: Sequence[Mapping[str, object]], dates_as_text: bool = False) -> pl.DataFrame:
    """A frame with the table's columns and types from rows that may lack some of them."""
    schema = schema_of(table, dates_as_text)
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def schema_of(table: str, dates_as_text: bool = False) -> pl.Schema:
    """The table's columns and types in Polars' words."""
    types = {
        "varchar": pl.String(), "bigint": pl.Int64(), "integer": pl.Int32(), "double": pl.Float64(),
        "boolean": pl.Boolean(), "date": pl.String() if dates_as_text else pl.Date(),
    }  # fmt: skip
    return pl.Schema({column: types[kind] for column, kind in LAKE_TABLES[table].columns.items()})


def create_from(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    """Make a temporary table of the rows."""
    connection.register("rows_given", rows.to_arrow())
    connection.execute(f"create or replace temp table {name} as select * from rows_given")
    connection.unregister("rows_given")
