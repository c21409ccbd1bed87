"""Delimited text files: CSV with comma, tab or semicolon, in UTF-8, UTF-16 or GB18030."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from xueji.assets.columns import Columns, Header
from xueji.assets.delimited_scan import (
    UTF8_BOM,
    Scan,
    detect_encoding,
    empty_lines,
    has_only_carriage_returns,
    scan,
    transcode,
)
from xueji.assets.delimited_sift import Layout, Sifted, sift
from xueji.assets.delivery_facts import FileFacts, FileReading, FileRefusedError, Limits, SourceFile, refused, rows_of
from xueji.assets.staged_files import has_blank_rows, stage
from xueji.checks.sql_text import literal

DELIMITERS = (",", "\t", ";")
ENCODING_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM", "utf-16": "UTF-16", "gb18030": "GB18030"}
HEADER_BYTES = 1 << 20


@dataclass(frozen=True)
class DelimitedText:
    """A text file made ready for reading: UTF-8, header understood."""

    source: SourceFile
    path: Path  # the source itself, or its UTF-8 copy
    encoding: str
    delimiter: str
    header: Header
    header_records: int  # records up to and with the header: more than one when blank ones stand before it
    header_lines: int  # the same in physical lines

    @property
    def layout(self) -> Layout:
        return Layout(self.delimiter.encode(), self.header.cells, self.header_lines)


def read_delimited(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> FileReading:
    """Stage the good rows of a text file; set every other row aside. Refuses a file without the required columns."""
    text = _prepare(source, columns, staging)
    if fault := columns.header_fault(text.header):
        return _refuse(text, scan(text.path, text.delimiter.encode()), fault)
    target = staging / "whole.parquet"
    with ThreadPoolExecutor(1) as pool:
        # The count runs beside the engine's reading of the file: it costs a core's idle time, not the night's.
        counting = pool.submit(scan, text.path, text.delimiter.encode())
        accepted = _load(connection, text, text.path, columns, target, limits.max_cell_characters)
        counted = counting.result()
    is_first = text.header_records == 1
    if counted.is_sound and is_first and accepted == counted.records - 1 and not has_blank_rows(connection, target):
        return FileReading(_facts(text, accepted, 0), rows_of(target), target)
    target.unlink(missing_ok=True)
    target = staging / "sifted.parquet"
    try:
        sifted, target = _load_sifted(connection, text, counted, columns, target, limits)
    except FileRefusedError as refusal:
        return _refuse(text, counted, str(refusal))
    facts = _facts(text, sifted.accepted, len(sifted.quarantine))
    return FileReading(facts, rows_of(target), target, tuple(sifted.quarantine))


def _prepare(source: SourceFile, columns: Columns, staging: Path) -> DelimitedText:
    encoding = detect_encoding(source.path)
    path = source.path
    if encoding in ("utf-16", "gb18030") or has_only_carriage_returns(path):
        path = staging / "text.utf8"
        transcode(source.path, encoding, path)
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES).removeprefix(UTF8_BOM).decode(errors="replace")
    if not head.strip("\ufeff\r\n\t ,;"):
        raise FileRefusedError("空文件：没有表头，也没有数据")
    if "\0" in head.split("\n", 1)[0]:
        raise FileRefusedError("不是文本文件，或为缺少字节序标记的UTF-16")
    return _read_header(head, columns, source, path, encoding)


def _read_header(head: str, columns: Columns, source: SourceFile, path: Path, encoding: str) -> DelimitedText:
    """The file with its header read by the delimiter that makes most sense of it."""
    readings = []
    for delimiter in DELIMITERS:
        if first := _first_record(head, delimiter):
            cells, records, lines = first
            readings.append(
                DelimitedText(source, path, encoding, delimiter, columns.match(cells), records, header_lines=lines)
            )
    if not readings:
        raise FileRefusedError("无法识别表头：表头行的引号不成对或表头过长")
    best = max(readings, key=lambda reading: reading.header.known_count)
    if not best.header.known_count:
        raise FileRefusedError("无法识别表头：没有一列是标准模板的名称或字段代码")
    return best


def _first_record(head: str, delimiter: str) -> tuple[list[str], int, int] | None:
    """The first record that is not blank, and how many records and lines the file has up to and with it."""
    reader = csv.reader(io.StringIO(head, newline="\n"), delimiter=delimiter, strict=True)
    try:
        for record, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                return cells, record, reader.line_num
    except csv.Error:
        return None
    return None


def _load(
    connection: duckdb.DuckDBPyConnection,
    text: DelimitedText,
    path: Path,
    columns: Columns,
    target: Path,
    longest_line: int,
    parallel: bool = True,
) -> int | None:
    """Rows staged from a file in which every record is good; None when the engine cannot read it so."""
    types = ", ".join(f"'c{place}': 'varchar'" for place in range(len(text.header.cells)))
    delimiter = text.delimiter.replace("\t", "\\t")
    # No line may be longer than the longest cell allowed: then no cell is, and nobody need measure them.
    source = (
        f"read_csv({literal(path)}, auto_detect = false, header = true, columns = {{{types}}}, delim = '{delimiter}', "
        f"quote = '\"', escape = '\"', comment = '', nullstr = '', strict_mode = true, "
        f"parallel = {str(parallel).lower()}, max_line_size = {longest_line}, buffer_size = {max(32 << 20, 16 * longest_line)})"
    )
    try:
        return stage(connection, source, text.header, columns, target)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.NotSupportedError):
        return None  # its message quotes the row, which must go no further


def _load_sifted(
    connection: duckdb.DuckDBPyConnection,
    text: DelimitedText,
    counted: Scan,
    columns: Columns,
    target: Path,
    limits: Limits,
) -> tuple[Sifted, Path]:
    """Sift the text and stage what is good, at `target` or beside it: what was found, and where it is staged."""
    clean = target.with_suffix(".sifted")
    sifted = sift(text.path, clean, text.source.name, text.layout, limits)
    longest = 2 * limits.max_record_bytes
    loaded = _load(connection, text, clean, columns, target, longest)
    if loaded != sifted.accepted:
        # Line breaks in quotes may mislead the engine where its threads share a file out among themselves.
        target.unlink(missing_ok=True)
        target = target.with_suffix(".again")
        loaded = _load(connection, text, clean, columns, target, longest, parallel=False)
    clean.unlink()
    # Lines counted before any parsing: each one must have gone somewhere.
    lines = (
        text.header_lines + sifted.empty_lines + sifted.continuation_lines + sifted.accepted + len(sifted.quarantine)
    )
    if lines != counted.lines or loaded != sifted.accepted:
        raise ValueError(
            f"{text.source.name}: {counted.lines} lines counted, {lines} accounted for; "
            f"{sifted.accepted} rows accepted, {loaded} loaded"
        )
    return sifted, target


def _facts(text: DelimitedText, accepted: int, quarantined: int) -> FileFacts:
    return FileFacts(
        file=text.source.name,
        sha256="",
        format=text.source.format,
        encoding=ENCODING_NAMES[text.encoding],
        dialect=text.header.dialect,
        rows_delivered=accepted + quarantined,
        rows_accepted=accepted,
        rows_quarantined=quarantined,
        unknown_columns=text.header.unknown,
        missing_columns=(),
        verdict="accepted",
        reason=None,
    )


def _refuse(text: DelimitedText, counted: Scan, reason: str) -> FileReading:
    rows = counted.records - text.header_records if counted.is_sound else counted.lines - text.header_lines
    rows -= min(rows, empty_lines(text.path))
    encoding = ENCODING_NAMES[text.encoding]
    header = text.header
    return refused(text.source, reason, rows, encoding, header.dialect, header.unknown, header.missing)
