"""Staging: text columns c0, c1, … of any source, written as one Parquet file with the columns of their kind."""

from pathlib import Path

import duckdb

from xueji.assets.columns import Columns, Header
from xueji.checks.text_folding import BLANKS


def is_blank_sql(column: str) -> str:
    """Boolean SQL: nothing but blanks. The first tests are cheap and settle nearly every cell."""
    return (
        f"case when {column} >= '!' and {column} < '\u00a0' then false "
        f"when {column} >= '\u3001' and {column} < '\ufeff' then false "
        f"else trim({column}, '{BLANKS}') = '' end"
    )


def _cell_sql(column: str) -> str:
    return f"case when {is_blank_sql(column)} then null else {column} end"


def staged_sql(source: str, header: Header, columns: Columns) -> str:
    """A query over `source` (text columns c0, c1, …) for the columns of the kind, `file` and `other_columns`.

    Its parameters are `staged_parameters`: what a file is called, and its header, never become SQL text.
    """
    places = {name: place for place, name in enumerate(header.fields) if name}
    fields = ", ".join(
        f'{_cell_sql(f"c{places[name]}") if name in places else "cast(null as varchar)"} as "{name}"'
        for name in columns.names
    )
    others = [place for place, name in enumerate(header.fields) if name is None]
    pairs = ", ".join(f"cast(? as varchar), {_cell_sql(f'c{place}')}" for place in others)
    # A merge patch drops the columns that are null in a row.
    other_columns = (
        f"nullif(cast(json_merge_patch('{{}}', json_object({pairs})) as varchar), '{{}}')"
        if others
        else "cast(null as varchar)"
    )
    return f"select {fields}, cast(? as varchar) as file, {other_columns} as other_columns from {source}"


def stage(
    connection: duckdb.DuckDBPyConnection, source: str, header: Header, columns: Columns, file: str, target: Path
) -> int:
    """Write the rows of `source` to `target`. Returns how many there are."""
    sql = f"copy ({staged_sql(source, header, columns)}) to '{quote(target)}' (format parquet)"
    return connection.execute(sql, [file, *header.unknown]).fetchall()[0][0]


def has_blank_rows(connection: duckdb.DuckDBPyConnection, parquet: Path) -> bool:
    """Whether a staged file has rows without a single value."""
    names = [name for name, *_ in connection.sql(f"describe from '{quote(parquet)}'").fetchall() if name != "file"]
    is_empty = " and ".join(f'"{name}" is null' for name in names)
    return bool(connection.sql(f"select 1 from '{quote(parquet)}' where {is_empty} limit 1").fetchall())


def quote(path: Path) -> str:
    """A path inside an SQL text literal."""
    return str(path).replace("'", "''")
