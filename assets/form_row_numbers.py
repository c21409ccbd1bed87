"""The number of a delivered row in its file, the header being row 1: what a sender needs to find it.

Staged files hold the good rows without their numbers. Those can be told when every row of the file is accounted for: as many
rows from row 2 on as were accepted and set aside. Blank lines, a title above the header or a cell of several lines leave the
numbers untold: a wrong one is worse than none.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow.parquet as pq

from xueji.assets.archive_files import expand_gzip, expand_zip, kind_of_name
from xueji.assets.delimited_scan import detect_encoding, has_only_carriage_returns, scan, transcode
from xueji.assets.delivery_facts import FileReading, FileRefusedError, Limits, SourceFile

LIMITS = Limits()


def row_numbers(folder: Path, reading: FileReading, scratch: Path) -> pl.Series | None:
    """The row number of each accepted row, in the file's order; null when they cannot be told. `scratch` is a folder to work in."""
    facts = reading.facts
    last = last_row(folder, facts.file, facts.format, scratch)
    if last is None or last - 1 != facts.rows_accepted + facts.rows_quarantined:
        return None
    aside = [row.row for row in reading.quarantine if row.row is not None]
    if len(set(aside)) != facts.rows_quarantined:
        return None
    return numbers_between(aside, facts.rows_accepted)


def numbers_between(aside: Iterable[int], count: int) -> pl.Series:
    """The first `count` numbers from 2 on that are not set aside, in order."""
    # Of the good rows before the n-th row set aside there are its number less the n rows and the header before it.
    before = pl.Series([row - 1 - place for place, row in enumerate(sorted(aside), start=1)], dtype=pl.Int64)
    places = pl.int_range(1, count + 1, eager=True, dtype=pl.Int64)
    return (places + 1 + before.search_sorted(places, side="left").cast(pl.Int64)).rename("row")


def last_row(folder: Path, file: str, kind: str, scratch: Path) -> int | None:
    """The number of the last row with anything in it of a delivered file, member or sheet; null when there is no telling."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        source = _source(folder, file, scratch)
        return None if source is None else _last_row(source, file, kind, scratch)
    except (FileRefusedError, fastexcel.FastExcelError):
        return None  # it was read a moment ago: its rows stand without numbers rather than stop the night
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _source(folder: Path, file: str, scratch: Path) -> SourceFile | None:
    """The bytes of a delivered file, or of the archive's member that the name speaks of."""
    top = file.split("/")[0]
    if kind_of_name(top) == "zip":
        archive = SourceFile(folder / top, top, "zip")
        members = list(expand_zip(archive, scratch, LIMITS)) if archive.path.is_file() else []
        return next((member for member in members if file == member.name or file.startswith(f"{member.name}#")), None)
    path = next((path for path in (folder / file, folder / file.split("#")[0]) if path.is_file()), None)
    if path is None:
        return None
    source = SourceFile(path, path.name, kind_of_name(path.name) or "")
    return expand_gzip(source, scratch, LIMITS) if source.format == "csv.gz" else source


def _last_row(source: SourceFile, file: str, kind: str, scratch: Path) -> int | None:
    if kind == "parquet":
        return pq.read_metadata(source.path).num_rows + 1
    if kind == "xlsx":
        workbook = fastexcel.read_excel(str(source.path))
        sheet = next((name for name in workbook.sheet_names if file.endswith(f"#{name}")), None)
        if sheet is None:
            return None
        rows = workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        filled = rows.with_row_index("row", offset=1).filter(~pl.all_horizontal(pl.exclude("row").is_null()))
        return int(filled["row"][-1]) if filled.height else None
    path = source.path
    encoding = detect_encoding(path)
    if encoding == "utf-16" or has_only_carriage_returns(path):
        path = scratch / "text.utf8"
        transcode(source.path, encoding, path)
    return scan(path, b",").lines
