"""Parquet deliveries: columns of any plain type, read as the text a CSV would have held."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from xueji.assets.columns import Columns, Header
from xueji.assets.delivery_facts import (
    FileFacts,
    FileReading,
    FileRefusedError,
    Limits,
    QuarantineRow,
    SourceFile,
    refused,
    rows_of,
)
from xueji.assets.staged_files import filled_sql, stage
from xueji.checks.sql_text import literal


def read_parquet(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> FileReading:
    """Stage a Parquet file; rows without a single value, or with an over-long cell, are set aside.

    The number of rows delivered is the one the file's footer states. A file that needs no change, text throughout and not one
    blank cell, is not staged: it is read where it lies.
    """
    try:
        footer = pq.read_metadata(source.path)
        schema = pq.read_schema(source.path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefusedError("Parquet文件损坏，无法读取") from error
    size = sum(footer.row_group(place).total_byte_size for place in range(footer.num_row_groups))
    if footer.num_rows > limits.max_rows:
        raise FileRefusedError(f"Parquet文件超过{limits.max_rows}行")
    if size > limits.max_expanded_bytes:
        raise FileRefusedError("Parquet文件展开后过大")
    header = columns.match(list(schema.names))
    if not header.known_count:
        raise FileRefusedError("无法识别表头：没有一列是标准模板的名称或字段代码")
    if fault := columns.header_fault(header):
        return refused(source, fault, footer.num_rows, None, header.dialect, header.unknown, header.missing)
    target = staging / "staged.parquet"
    rows, accepted = rows_of(target), footer.num_rows
    parquet: Path | None = target
    bad: list[QuarantineRow] = []
    try:
        if _needs_no_change(connection, source, header, footer, limits):
            rows = _renamed_sql(source, header)
            parquet = source.path if header.cells == header.fields else None
        else:
            bad, accepted = _stage(connection, source, header, columns, target, limits)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:  # its message may quote a value, and so goes no further
        return refused(source, "Parquet文件损坏，无法读取", footer.num_rows, None, header.dialect, header.unknown)
    if accepted + len(bad) != footer.num_rows:
        reason = f"行数核对不符：文件声明{footer.num_rows}行，读出{accepted + len(bad)}行"
        return refused(source, reason, footer.num_rows, None, header.dialect, header.unknown)
    facts = FileFacts(
        file=source.name,
        sha256="",
        format=source.format,
        encoding=None,
        dialect=header.dialect,
        rows_delivered=footer.num_rows,
        rows_accepted=accepted,
        rows_quarantined=len(bad),
        unknown_columns=header.unknown,
        missing_columns=(),
        verdict="accepted",
        reason=None,
    )
    return FileReading(facts, rows, parquet, tuple(bad))


def _cells_sql(source: SourceFile, header: Header) -> str:
    """Table SQL: the file with its columns renamed by position: its own names never become SQL text."""
    names = ", ".join(f"c{place}" for place in range(len(header.cells)))
    return f"read_parquet({literal(source.path)}, hive_partitioning = false) as rows({names})"


def _renamed_sql(source: SourceFile, header: Header) -> str:
    """A query for the file's rows under field codes."""
    fields = ", ".join(f'c{place} as "{name}"' for place, name in enumerate(header.fields))
    return f"select {fields} from {_cells_sql(source, header)}"


def _needs_no_change(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, header: Header, footer: pq.FileMetaData, limits: Limits
) -> bool:
    """Whether staging would write the very cells that the file has: all text, all known, none blank, no row empty or too long."""
    cells = [f"c{place}" for place in range(len(header.cells))]
    described = connection.sql(f"describe select * from {_cells_sql(source, header)}").fetchall()
    if None in header.fields or any(kind != "VARCHAR" for _, kind, *_ in described):
        return False
    chunks = [
        [footer.row_group(group).column(place).statistics for group in range(footer.num_row_groups)]
        for place in range(len(cells))
    ]
    doubtful = [cell for cell, stated in zip(cells, chunks, strict=True) if not all(map(_has_no_blank, stated))]
    is_changed = " or ".join(["false", *(f"{filled_sql(cell)} is distinct from {cell}" for cell in doubtful)])
    is_empty = " and ".join(f"{cell} is null" for cell in cells)
    longest = ", ".join(f"max(strlen({cell}))" for cell in cells)
    changed, bytes_of_longest = connection.sql(
        f"select count(*) filter (({is_changed}) or ({is_empty})), greatest({longest}) from {_cells_sql(source, header)}"
    ).fetchall()[0]
    return changed == 0 and (bytes_of_longest or 0) <= limits.max_cell_characters


def _has_no_blank(stated: pq.Statistics | None) -> bool:
    """Whether the least and greatest text that a column chunk states leave no room for a blank one (`filled_sql`)."""
    if stated is None or not stated.has_min_max:
        return False
    least, greatest = stated.min, stated.max
    if not (isinstance(least, str) and isinstance(greatest, str)):
        return False
    return (least >= "!" and greatest < "\u00a0") or (least >= "\u3001" and greatest < "\ufeff")


def _stage(
    connection: duckdb.DuckDBPyConnection,
    source: SourceFile,
    header: Header,
    columns: Columns,
    target: Path,
    limits: Limits,
) -> tuple[list[QuarantineRow], int]:
    """Rows set aside, and how many were staged."""
    # Renamed by position: the file's own column names never become SQL text.
    width = len(header.cells)
    names = ", ".join(f"c{place}" for place in range(width))
    file = f"read_parquet({literal(source.path)}, file_row_number = true, hive_partitioning = false)"
    described = connection.sql(f"describe select * from {file}").fetchall()
    texts = ", ".join(text_sql(f"c{place}", described[place][1]) + f" as c{place}" for place in range(width))
    texts_of_file = f"(select {texts}, file_row_number + 2 as row from {file} as rows({names}, file_row_number))"
    is_empty = " and ".join(f"{filled_sql(f'c{place}')} is null" for place in range(width))
    is_long = " or ".join(f"coalesce(length(c{place}) > {limits.max_cell_characters}, false)" for place in range(width))
    rows = connection.sql(
        f"select row, {is_empty} from {texts_of_file} where ({is_empty}) or ({is_long}) "
        f"order by row limit {limits.max_quarantine_rows + 1}"
    ).fetchall()
    if len(rows) > limits.max_quarantine_rows:
        raise FileRefusedError(f"不合格的行超过{limits.max_quarantine_rows}行，整个文件不予接收")
    long_reason = f"单元格超过{limits.max_cell_characters}个字符"
    bad = [
        QuarantineRow(source.name, row, None, None, "空行：各列均为空" if empty else long_reason, None)
        for row, empty in rows
    ]
    good = f"(select * from {texts_of_file} where not (({is_empty}) or ({is_long})))" if bad else texts_of_file
    return bad, stage(connection, good, header, columns, target)


def text_sql(column: str, kind: str) -> str:
    """Text SQL of a column of a DuckDB type: dates as YYYY-MM-DD, whole numbers without point or exponent."""
    if kind == "VARCHAR":
        return column
    if kind in ("DOUBLE", "FLOAT"):
        # Beyond 2^53 a double no longer holds every whole number; its text shows the loss to the rule that looks for it.
        is_whole = f"{column} = trunc({column}) and abs({column}) < 9007199254740992"
        return f"case when {is_whole} then cast(cast({column} as bigint) as varchar) else cast({column} as varchar) end"
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace(cast({column} as varchar), ' 00:00:00$', '')"
    if kind == "BLOB":
        return f"decode({column})"
    return f"cast({column} as varchar)"
