"""The students' deliveries of the units: read, judged, and put into the raw table file by file."""

import shutil
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from xueji.assets.columns import student_columns
from xueji.assets.delivery_facts import FileReading
from xueji.assets.delivery_reader import sha256_of
from xueji.assets.engine import Engine
from xueji.assets.intake import Intake, last_accepted_rows, stage_files
from xueji.assets.known_files import KnownFiles, file_stem, known_files
from xueji.assets.lake_files import LakeFile
from xueji.assets.landing_folder import Landing
from xueji.assets.records import frame_of
from xueji.assets.steps import Steps, stage
from xueji.checks.landing_contract import check_contract, counts_sql, profile
from xueji.checks.model import XuejiError
from xueji.checks.sql_text import literal
from xueji.checks.tables import PROFILE_COUNTS

RAW = "raw_students"


@dataclass(frozen=True)
class UnitDelivery:
    """A unit's delivery, read and judged. `counts` are those of its files, members and sheets with rows, by name.

    `profile` is what the contract judges; None when no row was delivered.
    """

    intake: Intake
    known: KnownFiles
    counts: Mapping[str, Mapping[str, int]]
    profile: dict | None = None

    @property
    def taken(self) -> tuple[FileReading, ...]:
        """The readings that bring rows."""
        return self.intake.staged.taken if self.intake.staged else ()


def take_in_units(engine: Engine, landing: Landing, date: str, units: Sequence[str]) -> list[UnitDelivery]:
    """Read and judge the deliveries of these units."""
    steps = Steps("landing", len(units))
    read = []
    folders = [(unit, date, landing.unit_folder(date, unit)) for unit in units]
    for unit, delivery in zip(units, engine.spread(read_unit, folders), strict=True):
        read.append(delivery)
        staged = delivery.intake.staged
        steps.done(unit, sum(facts.rows_delivered for facts in staged.files) if staged else 0)
    results = check_contract([delivery.profile for delivery in read if delivery.profile is not None])

    def judged(intake: Intake) -> Intake:
        return replace(intake, contract=tuple(one for one in results if one.unit_code == intake.unit_code))

    return [replace(delivery, intake=judged(delivery.intake)) for delivery in read]


def read_unit(engine: Engine, connection: duckdb.DuckDBPyConnection, delivered: tuple[str, str, Path]) -> UnitDelivery:
    """Read what a unit delivered on a date into a folder, and count it; the contract is still to judge it."""
    unit, date, folder = delivered
    columns = student_columns(unit)
    files = [file for file in engine.files(RAW) if file.partition["unit_code"] == unit]
    known = known_files(connection, unit, columns, files)
    staged = stage_files(engine, folder, "students*", columns, unit, {} if engine.afresh else known.readings)
    if staged is None:
        return UnitDelivery(Intake(unit, None), known, {})
    counts = count_files(engine, connection, known, staged.taken)
    last = last_accepted_rows(connection, date, unit)
    counted = profile(unit, list(counts.values()), last) if staged.has_rows_taken else None
    return UnitDelivery(Intake(unit, staged), known, counts, counted)


def count_files(
    engine: Engine, connection: duckdb.DuckDBPyConnection, known: KnownFiles, taken: Sequence[FileReading]
) -> dict[str, Mapping[str, int]]:
    """What the contract adds up, of each file, member or sheet that brings rows."""

    def count(reading: FileReading) -> Mapping[str, int]:
        if reading.is_known:
            return known.counts[reading.facts.file]
        with connection.cursor() as cursor:
            query = counts_sql(str(reading.rows))
            return dict(zip(PROFILE_COUNTS, cursor.execute(query).fetchall()[0], strict=True))

    with ThreadPoolExecutor(engine.cores) as pool:
        return dict(zip((reading.facts.file for reading in taken), pool.map(count, taken), strict=True))


def write_raw(engine: Engine, date: str, accepted: Sequence[UnitDelivery]) -> None:
    """Make the accepted deliveries the raw table's, and keep what was counted of their files."""
    kept: set[str] = set()
    staged: list[tuple[str, str, FileReading]] = []
    for delivery in accepted:
        for reading in delivery.taken:
            if reading.is_known:
                kept.add(delivery.known.lake[reading.facts.file].path.name)
            else:
                staged.append((date, delivery.intake.unit_code, reading))
    with stage(RAW):
        new = list(engine.spread(put_into_lake, staged, sees_lake=False))
    gone = [file for delivery in accepted for file in delivery.known.lake.values() if file.path.name not in kept]
    engine.commit(RAW, new, gone)
    units = [delivery.intake.unit_code for delivery in accepted]
    rows = [
        {"unit_code": delivery.intake.unit_code, "file": reading.facts.file, "sha256": reading.facts.sha256}
        | dict(delivery.counts[reading.facts.file])
        for delivery in accepted
        for reading in delivery.taken
    ]
    with engine.at_hand.connection() as connection:
        connection.register("counted", frame_of("file_profiles", rows).to_arrow())
        engine.at_hand.replace_table("file_profiles", "select * from counted", connection, partitions=units)


def put_into_lake(
    engine: Engine, connection: duckdb.DuckDBPyConnection, staged: tuple[str, str, FileReading]
) -> LakeFile:
    """Move a staged file into the raw table's folder, or copy it where the staged file is the delivered one.

    `staged` are date, unit and reading.
    """
    date, unit, reading = staged
    facts = reading.facts
    keys = {"unit_code": unit, "delivery_date": date, "file": facts.file}
    folder = engine.partition_path(RAW, keys)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{file_stem(facts.sha256, student_columns(unit))}-{uuid.uuid4().hex}.parquet"
    source = reading.parquet.resolve() if reading.parquet else None
    if source is None:
        connection.execute(f"copy ({reading.rows}) to {literal(target)} (format parquet)")
    elif source.is_relative_to(engine.work_path.resolve()):
        source.rename(target)
    else:
        shutil.copyfile(source, target)
        if sha256_of(target) != facts.sha256:
            target.unlink()
            raise XuejiError(f"unit {unit}, {facts.file}: the file changed while it was being read; run again")
    return LakeFile(target, facts.rows_accepted, target.stat().st_size, keys)
