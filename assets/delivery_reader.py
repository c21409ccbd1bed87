"""Reading deliveries: from files as they land to staged Parquet, with every row accounted for.

One bad row never costs a good one, and one bad file never costs another: what cannot be taken is named, in Chinese, with
file, row and reason. Nothing in a message is a personal value; those stand only in the quarantine's own columns.
"""

import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

import duckdb

from xueji.assets.archive_files import checked_kind, expand_gzip, expand_zip, kind_of_name
from xueji.assets.columns import Columns
from xueji.assets.delimited_files import read_delimited
from xueji.assets.delivery_facts import (
    FileFacts,
    FileReading,
    FileRefusedError,
    Limits,
    QuarantineRow,
    SourceFile,
    StagedDelivery,
    refused,
)
from xueji.assets.engine import Engine
from xueji.assets.parquet_files import read_parquet
from xueji.assets.staged_files import row_count, write_columns
from xueji.assets.workbook_files import read_workbook

__all__ = ["FileFacts", "Limits", "QuarantineRow", "StagedDelivery", "read_delivery"]

DEFAULT_LIMITS = Limits()
NOTHING_KNOWN: Mapping[str, Sequence[FileReading]] = {}


def read_delivery(
    engine: Engine,
    folder: Path,
    pattern: str | Sequence[str],
    columns: Columns,
    staging: Path,
    limits: Limits = DEFAULT_LIMITS,
    known: Mapping[str, Sequence[FileReading]] = NOTHING_KNOWN,
) -> StagedDelivery:
    """Stage every file of `folder` whose name matches, in the order of their names.

    A file whose bytes are not what its name says, or which lacks a required column, is refused; whether that refuses
    the delivery is the caller's to say. `known` are the readings of an earlier delivery by file name: a file that comes
    again with the same bytes is not read again.
    """
    patterns = [pattern] if isinstance(pattern, str) else pattern
    paths = sorted({path for each in patterns for path in folder.glob(each) if path.is_file()})
    staging.mkdir(parents=True, exist_ok=True)
    files = [
        _DeliveredFile(
            SourceFile(path, path.relative_to(folder).as_posix(), kind_of_name(path.name) or ""),
            columns,
            staging / f"{place:04}",
            limits,
            known.get(path.name, ()),
        )
        for place, path in enumerate(paths)
    ]
    # Several small files at a time: one of them alone does not keep every core busy.
    found = engine.spread(_read_unless_known, files, at_once=engine.cores, sees_lake=False)
    readings = [reading for of_file in found for reading in of_file]
    all_columns = staging / "columns.parquet"
    write_columns(columns, all_columns)
    delivery = StagedDelivery(tuple(readings), all_columns)
    check_staged_rows(delivery)
    return delivery


@dataclass(frozen=True)
class _DeliveredFile:
    """A file to be read, where to, and what is known of one of its name."""

    source: SourceFile
    columns: Columns
    staging: Path
    limits: Limits
    known: Sequence[FileReading]


def _read_unless_known(
    _engine: Engine, connection: duckdb.DuckDBPyConnection, file: _DeliveredFile
) -> list[FileReading]:
    if file.known and sha256_of(file.source.path) == file.known[0].facts.sha256:
        return [replace(reading, is_known=True) for reading in file.known]
    return _read_file(connection, file.source, file.columns, file.staging, file.limits)


def check_staged_rows(delivery: StagedDelivery) -> None:
    """Each staged file holds the rows that its facts speak of."""
    for reading in delivery.readings:
        rows = row_count(reading.parquet) if reading.parquet else 0
        is_staged = reading.parquet is not None or reading.rows is None
        if is_staged and rows != reading.facts.rows_accepted and not reading.is_known:
            raise ValueError(f"{reading.facts.file}: {reading.facts.rows_accepted} rows accepted, {rows} staged")


def _read_file(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> list[FileReading]:
    """What came of a delivered file, its members and sheets, each with the file's digest."""
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(sha256_of, source.path)
        readings = _read_one(connection, source, columns, staging, limits)
        return [replace(reading, facts=replace(reading.facts, sha256=digest.result())) for reading in readings]


def _read_one(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> list[FileReading]:
    """What came of a file or member."""
    shutil.rmtree(staging, ignore_errors=True)  # of an earlier reading
    staging.mkdir()
    # Read through a link with a plain name: the engine would take [1] or * in a delivered name for a pattern.
    link = staging / "delivered"
    link.symlink_to(source.path.resolve())
    try:
        return _read_kind(connection, replace(source, path=link), columns, staging, limits)
    except FileRefusedError as refusal:
        return [refused(source, str(refusal))]


def _read_kind(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> list[FileReading]:
    kind = checked_kind(source.path, source.name)
    if kind == "zip":
        return _read_members(connection, source, columns, staging, limits)
    if kind == "xlsx":
        return read_workbook(connection, source, columns, staging, limits)
    if kind == "parquet":
        return [read_parquet(connection, source, columns, staging, limits)]
    if kind == "csv.gz":
        source = expand_gzip(source, staging, limits)
    return [read_delimited(connection, source, columns, staging, limits)]


def _read_members(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, columns: Columns, staging: Path, limits: Limits
) -> list[FileReading]:
    readings: list[FileReading] = []
    for place, member in enumerate(expand_zip(source, staging, limits)):
        if kind_of_name(member.name) in ("zip", "csv.gz"):
            readings.append(refused(member, "压缩包内不得再有压缩包"))
        else:
            found = _read_one(connection, member, columns, staging / f"{place:04}", limits)
            if not any(reads_in_place(reading) for reading in found):
                member.path.unlink()
            readings += found
    return readings


def reads_in_place(reading: FileReading) -> bool:
    """Whether the rows are still to be read from the file itself."""
    return reading.rows is not None and (reading.parquet is None or reading.parquet.is_symlink())


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
