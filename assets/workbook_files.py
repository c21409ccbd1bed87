"""Excel workbooks: every sheet with a known header, cell texts as the workbook shows them."""

import zipfile
from pathlib import Path
from xml.parsers import expat

import duckdb
import fastexcel
import polars as pl

from xueji.assets.archive_files import UNREADABLE_ZIP
from xueji.assets.columns import Columns, Header
from xueji.assets.delivery_facts import (
    RAW_CHARACTERS,
    VALUE_CHARACTERS,
    FileFacts,
    FileReading,
    FileRefusedError,
    Limits,
    QuarantineRow,
    SourceFile,
    refused,
    rows_of,
    shorten,
)
from xueji.assets.staged_files import stage
from xueji.assets.workbook_xml import SheetXml, check_package, check_parts, read_sheet_xml, sheet_parts
from xueji.checks.text_folding import BLANKS

UNREADABLE = (*UNREADABLE_ZIP, fastexcel.FastExcelError, expat.ExpatError, KeyError)
HEADER_ROWS = 5
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00(?:\.0+)?$"  # how a date cell comes as text


def read_workbook(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> list[FileReading]:
    """Stage every sheet, hidden ones too, whose header knows a required column; report the others as skipped."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            check_package(archive, limits)
            check_parts(archive, limits)
            parts = sheet_parts(archive)
            described = {name: read_sheet_xml(archive, part) for name, part in parts.items()}
        workbook = fastexcel.read_excel(str(source.path))
    except UNREADABLE as error:
        raise FileRefusedError("工作簿损坏，无法读取") from error
    readings = []
    for place, (name, sheet_xml) in enumerate(described.items()):
        sheet = SourceFile(staging / f"sheet-{place:03}.parquet", f"{source.name}#{name}", source.format)
        frame = _load_sheet(workbook, name)
        readings.append(_read_sheet(connection, sheet, frame, sheet_xml, columns, limits))
    if all(reading.facts.verdict == "skipped" for reading in readings):
        raise FileRefusedError("工作簿中没有一张工作表带有可识别的表头")
    return readings


def _load_sheet(workbook: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    """Every cell of a sheet as text, from row 1 on."""
    try:
        return workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except UNREADABLE as error:
        raise FileRefusedError("工作簿损坏，无法读取") from error


def _read_sheet(
    connection: duckdb.DuckDBPyConnection,
    sheet: SourceFile,
    frame: pl.DataFrame,
    described: SheetXml,
    columns: Columns,
    limits: Limits,
) -> FileReading:
    """Stage one sheet at `sheet.path`."""
    rows = frame.with_row_index("row", offset=1).filter(
        ~pl.all_horizontal(pl.exclude("row").is_null())
        | pl.col("row").is_in(list(described.formulas | described.errors))
    )
    place, header = _header(rows, columns)
    if header is None:
        return FileReading(_facts(sheet, "", 0, 0, (), "skipped", "工作表没有可识别的表头，未读取"))
    delivered = described.rows_with_values - place - 1
    if fault := columns.header_fault(header):
        return refused(sheet, fault, delivered, None, header.dialect, header.unknown, header.missing)
    rows = _dates_as_days(rows[place + 1 :])
    if rows.height != delivered:
        reason = f"行数核对不符：工作表有{delivered}行数据，读出{rows.height}行"
        return refused(sheet, reason, delivered, None, header.dialect, header.unknown)
    bad = _bad_rows(sheet.name, rows, header, described, limits)
    good = rows.filter(~pl.col("row").is_in([row.row for row in bad])).drop("row")[:, : len(header.cells)]
    good.columns = [f"c{column}" for column in range(good.width)]
    connection.register("sheet_rows", good.to_arrow())
    accepted = stage(connection, "sheet_rows", header, columns, sheet.path)
    connection.unregister("sheet_rows")
    facts = _facts(sheet, header.dialect, accepted, len(bad), header.unknown, "accepted", None)
    return FileReading(facts, rows_of(sheet.path), sheet.path, tuple(bad))


def _header(rows: pl.DataFrame, columns: Columns) -> tuple[int, Header | None]:
    """The header and its place among the first rows: a title may stand above it. None when no row knows a required column."""
    best: tuple[int, Header | None] = (0, None)
    for place, row in enumerate(rows.drop("row").head(HEADER_ROWS).iter_rows()):
        cells = [cell or "" for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        header = columns.match(cells)
        if set(header.fields) & set(columns.required) and (not best[1] or header.known_count > best[1].known_count):
            best = place, header
    return best


def _dates_as_days(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.exclude("row").str.replace(MIDNIGHT, "$1"))


def _bad_rows(
    name: str, rows: pl.DataFrame, header: Header, described: SheetXml, limits: Limits
) -> list[QuarantineRow]:
    """Rows that cannot be taken, in order, each with the first reason that applies."""
    cells = [column for column in rows.columns if column != "row"]
    width = len(header.cells)
    longest = limits.max_cell_characters
    blank = pl.all_horizontal(pl.col(cells).str.strip_chars(BLANKS).fill_null("") == "")
    is_wide = pl.any_horizontal(pl.lit(False), *[pl.col(column).is_not_null() for column in cells[width:]])
    is_long = pl.any_horizontal(pl.col(cells).str.len_chars() > longest)
    found = rows.with_columns(
        formula=pl.col("row").replace_strict(described.formulas, default=None, return_dtype=pl.String),
        error=pl.col("row").replace_strict(described.errors, default=None, return_dtype=pl.String),
    ).with_columns(
        reason=pl.when(pl.col("formula").is_not_null())
        .then(pl.format("单元格{}是公式，请粘贴为值", "formula"))
        .when(pl.col("error").is_not_null())
        .then(pl.format("单元格{}是错误值", "error"))
        .when(blank)
        .then(pl.lit("空行：各列均为空"))
        .when(is_wide)
        .then(pl.lit(f"多列：表头共{width}列，此行在表头之外还有内容"))
        .when(is_long)
        .then(pl.lit(f"单元格超过{longest}个字符"))
    )
    bad = found.filter(pl.col("reason").is_not_null())
    if bad.height > limits.max_quarantine_rows:
        raise FileRefusedError(f"不合格的行超过{limits.max_quarantine_rows}行，整个文件不予接收")
    return [_quarantine_row(name, row, cells, header, longest) for row in bad.iter_rows(named=True)]


def _quarantine_row(
    name: str, row: dict[str, str | int | None], cells: list[str], header: Header, longest: int
) -> QuarantineRow:
    texts = [str(row[cell] or "")[:RAW_CHARACTERS] for cell in cells]
    place = next((place for place, cell in enumerate(cells) if len(str(row[cell] or "")) > longest), None)
    return QuarantineRow(
        file=name,
        row=int(row["row"] or 0),
        column=None if place is None or place >= len(header.cells) else header.cells[place],
        value=None if place is None else shorten(texts[place], VALUE_CHARACTERS),
        reason=str(row["reason"]),
        raw=shorten("\t".join(texts), RAW_CHARACTERS),
    )


def _facts(
    sheet: SourceFile,
    dialect: str,
    accepted: int,
    quarantined: int,
    unknown: tuple[str, ...],
    verdict: str,
    reason: str | None,
) -> FileFacts:
    return FileFacts(
        file=sheet.name,
        sha256="",
        format=sheet.format,
        encoding=None,
        dialect=dialect,
        rows_delivered=accepted + quarantined,
        rows_accepted=accepted,
        rows_quarantined=quarantined,
        unknown_columns=unknown,
        missing_columns=(),
        verdict=verdict,
        reason=reason,
    )
