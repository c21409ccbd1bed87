"""What earlier deliveries left in the lake: files that come again unchanged are recognised by their bytes and not read again."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from xueji.assets.columns import Columns
from xueji.assets.delivery_facts import FileFacts, FileReading, QuarantineRow
from xueji.assets.lake_files import LakeFile
from xueji.checks.tables import PROFILE_COUNTS

READER_EDITION = "1"  # raised when a file would be read otherwise than before


@dataclass(frozen=True)
class KnownFiles:
    """A unit's last accepted delivery. Keys of `lake` and `counts` are the names of files, members and sheets."""

    readings: Mapping[str, Sequence[FileReading]]  # by the name of the delivered file
    lake: Mapping[str, LakeFile]
    counts: Mapping[str, Mapping[str, int]]


def delivered_name(file: str) -> str:
    """The delivered file that a member or sheet is of: students.zip of students.zip/a.xlsx#Sheet1."""
    return file.split("/")[0].split("#")[0]


def file_stem(sha256: str, columns: Columns) -> str:
    """How the lake names what was read from a file: by its bytes, and by what its columns were taken for."""
    reading = hashlib.sha256(repr((READER_EDITION, columns)).encode()).hexdigest()
    return f"{sha256[:32]}-{reading[:8]}"


def known_files(
    connection: duckdb.DuckDBPyConnection, unit: str, columns: Columns, files: Sequence[LakeFile]
) -> KnownFiles:
    """What is known of a unit, whose raw files are given; without counts a file is not known."""
    lake = {str(file.partition["file"]): file for file in files}
    names = ", ".join(PROFILE_COUNTS)
    profiles = connection.execute(
        f"select file, sha256, {names} from file_profiles where unit_code = ?", [unit]
    ).fetchall()
    counts = {file: dict(zip(PROFILE_COUNTS, numbers, strict=True)) for file, _, *numbers in profiles}
    counted = {
        file: lake[file] for file, sha256, *_ in profiles if file in lake and sha256[:32] in lake[file].path.name
    }
    return KnownFiles(known_readings(connection, "students", unit, columns, counted), lake, counts)


def known_readings(
    connection: duckdb.DuckDBPyConnection, kind: str, unit: str, columns: Columns, lake: Mapping[str, LakeFile]
) -> dict[str, list[FileReading]]:
    """The readings of the last accepted delivery, by the delivered file's name, of which every one with rows is in the lake."""
    readings: dict[str, list[FileReading]] = defaultdict(list)
    for reading in last_readings(connection, kind, unit):
        readings[delivered_name(reading.facts.file)].append(reading)

    def is_in_lake(reading: FileReading) -> bool:
        file, stem = reading.facts.file, file_stem(reading.facts.sha256, columns)
        return not reading.facts.rows_accepted or (file in lake and lake[file].path.name.startswith(stem))

    return {name: found for name, found in readings.items() if all(map(is_in_lake, found))}


def last_readings(connection: duckdb.DuckDBPyConnection, kind: str, unit: str) -> list[FileReading]:
    """The files, members and sheets of the last accepted delivery of a kind, with the rows that were set aside."""
    last = """(
        select max("date") from deliveries where kind = $kind and unit_code = $unit and verdict = 'accepted'
    )"""
    bound = {"kind": kind, "unit": unit}
    names = (
        "file", "sha256", "format", "encoding", "dialect", "rows_delivered", "rows_accepted", "rows_quarantined",
        "unknown_columns", "missing_columns", "verdict", "reason",
    )  # fmt: skip
    rows = connection.execute(
        f"""select {", ".join(names)} from deliveries
        where kind = $kind and unit_code = $unit and "date" = {last} order by file""",
        bound,
    ).fetchall()
    set_aside: dict[str, list[QuarantineRow]] = defaultdict(list)
    for row in connection.execute(
        f"""select file, row, "column", value, reason, raw from quarantine
        where kind = $kind and unit_code = $unit and "date" = {last} order by all""",
        bound,
    ).fetchall():
        set_aside[row[0]].append(QuarantineRow(*row))
    readings = []
    for values in rows:
        facts = dict(zip(names, values, strict=True))
        for name in ("unknown_columns", "missing_columns"):
            facts[name] = tuple(facts[name].split(",")) if facts[name] else ()
        readings.append(FileReading(FileFacts(**facts), quarantine=tuple(set_aside[facts["file"]])))
    return readings
