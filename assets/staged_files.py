"""Staging: text columns c0, c1, … of any source, written as one Parquet file with the columns of their kind."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from xueji.assets.columns import Columns, Header
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import BLANKS


def filled_sql(column: str) -> str:
    """Text SQL: `column` as delivered, null when it holds nothing but blanks. Two comparisons settle nearly every cell."""
    return (
        f"case when {column} >= '!' and {column} < '\u00a0' then {column} "
        f"when {column} >= '\u3001' and {column} < '\ufeff' then {column} "
        f"when trim({column}, '{BLANKS}') = '' then null else {column} end"
    )


def staged_sql(source: str, header: Header, columns: Columns) -> str:
    """A query over `source` (text columns c0, c1, …) for the fields that were delivered, and `other_columns` if any.

    Its parameters are the unknown header cells: what is delivered never becomes SQL text.
    """
    places = {name: place for place, name in enumerate(header.fields) if name}
    fields = ", ".join(f'{filled_sql(f"c{places[name]}")} as "{name}"' for name in columns.names if name in places)
    others = [place for place, name in enumerate(header.fields) if name is None]
    pairs = ", ".join(f"cast(? as varchar), {filled_sql(f'c{place}')}" for place in others)
    # A merge patch drops the columns that are null in a row.
    json = f"nullif(cast(json_merge_patch('{{}}', json_object({pairs})) as varchar), '{{}}') as other_columns"
    return f"select {fields}{', ' + json if others else ''} from {source}"


def stage(connection: duckdb.DuckDBPyConnection, source: str, header: Header, columns: Columns, target: Path) -> int:
    """Write the rows of `source` to `target`, a new file, without the fields nobody delivered. Returns how many there are.

    Without rows there may be no file. A `target` must not be tried twice: the engine clears up after a failed attempt
    when it likes, and would take the second one's file away.
    """
    sql = f"copy ({staged_sql(source, header, columns)}) to {literal(target)} (format parquet)"
    return connection.execute(sql, list(header.unknown)).fetchall()[0][0]


def write_columns(columns: Columns, target: Path) -> None:
    """Write a file without rows that has every column of the kind: read with the others by name, it adds what they lack.

    Writing the empty columns of millions of rows would cost a quarter of the time that staging them takes.
    """
    names = (*columns.names, "other_columns")
    pq.write_table(pa.schema([(name, pa.string()) for name in names]).empty_table(), target)


def row_count(parquet: Path) -> int:
    """Rows of a staged file, as it states itself; 0 when there is none."""
    return pq.read_metadata(parquet).num_rows if parquet.exists() else 0


def has_blank_rows(connection: duckdb.DuckDBPyConnection, parquet: Path) -> bool:
    """Whether a staged file has rows without a single value."""
    if not parquet.exists():
        return False
    is_empty = " and ".join(f'"{name}" is null' for name in pq.read_schema(parquet).names)
    return bool(connection.sql(f"select 1 from {literal(parquet)} where {is_empty} limit 1").fetchall())
