"""Taking in what schools and authorities sent back: every new file is read, judged row by row, and accounted for.

A night run again takes the same files again and replaces what it said of them; a file that an earlier night took is left alone.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.answer_records import answer_record, delivery_record, evidence_records, quarantine_record
from xueji.assets.answer_rows import CASE_FIELDS, Case, Refusal
from xueji.assets.case_ledger import cases_before_sql
from xueji.assets.delivery_facts import FileRefusedError
from xueji.assets.engine import Engine
from xueji.assets.evidence_files import store
from xueji.assets.landing_folder import Landing
from xueji.assets.processes import executor
from xueji.assets.records import frame_of, replace_night
from xueji.assets.returned_answers import Judge, Outcome, Reading
from xueji.assets.returned_files import (
    RETURN_KINDS,
    ReturnedFile,
    ReturnRefusedError,
    new_files,
    staging_folder,
    unpack,
)
from xueji.assets.returned_workbooks import read_returned
from xueji.assets.seal import Seal
from xueji.assets.steps import Steps
from xueji.checks.sql_text import literal_list

BATCH_FILES, BATCH_BYTES = 1_000, 2 << 30  # what is unpacked at one time
FEW_FILES = 2_000  # below this, starting processes costs more than they save
OTHER_KINDS = f"kind not in {literal_list(RETURN_KINDS)}"


@dataclass
class NightRecords:
    """The night's rows for the tables, as they come up."""

    answers: list[dict[str, object]] = field(default_factory=list)
    evidence: list[dict[str, object]] = field(default_factory=list)
    deliveries: list[dict[str, object]] = field(default_factory=list)
    quarantine: list[dict[str, object]] = field(default_factory=list)

    def add(self, outcome: Outcome, night: date) -> None:
        self.deliveries.append(delivery_record(outcome, night))
        self.quarantine += [quarantine_record(outcome, refused, night) for refused in outcome.refused]
        for taken in outcome.taken:
            self.answers.append(answer_record(outcome, taken, night))
            self.evidence += evidence_records(outcome, taken, night)


def take_in_answers(engine: Engine, seal: Seal, landing: Landing, night: str) -> int:
    """Read and judge every returned file that no earlier night took. Returns the number of accepted answers.

    Writes the night's rows of `answers`, `evidence`, `quarantine` and `deliveries`, in this order: only with the last one is a file
    known, so that a night which dies before is made up for by the next.
    """
    records = NightRecords()
    with engine.session() as connection:
        files = new_files(engine, connection, Path(landing.path), night)
        if files:
            connection.execute(
                f"create temp table ledger as select {', '.join(CASE_FIELDS)} from ({cases_before_sql(engine, night)})"
            )
            judge = Judge(seal, date.fromisoformat(night), offices(connection))
            steps = Steps("returned files", len(files), "answers")
            for outcome in outcomes(engine, connection, judge, files):
                records.add(outcome, judge.night)
                steps.done(outcome.reading.file.kind, len(outcome.taken))
        for table, rows, keep in (
            ("answers", records.answers, "false"),
            ("evidence", records.evidence, "false"),
            ("quarantine", records.quarantine, OTHER_KINDS),
            ("deliveries", records.deliveries, OTHER_KINDS),
        ):
            replace_night(engine, connection, table, night, frame_of(table, rows), keep)
    return len(records.answers)


def outcomes(
    engine: Engine, connection: duckdb.DuckDBPyConnection, judge: Judge, files: Sequence[ReturnedFile]
) -> Iterator[Outcome]:
    """What became of each file, in order. Scans of accepted answers are kept before it is told."""
    staging = staging_folder(engine)
    try:
        with executor(engine.cores, len(files), FEW_FILES) as pool:
            for batch in batches(files):
                places = [staging / f"{place:04}" for place in range(len(batch))]
                readings = list(
                    pool.map(read_file, batch, places, chunksize=20) if pool else map(read_file, batch, places)
                )
                yield from judged(engine, connection, judge, readings)
                shutil.rmtree(staging)
                staging.mkdir()
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def judged(
    engine: Engine, connection: duckdb.DuckDBPyConnection, judge: Judge, readings: Sequence[Reading]
) -> Iterator[Outcome]:
    """What became of files that were read."""
    rows = [row for reading in readings if reading.workbook for row in reading.workbook.rows]
    cases = named_cases(connection, {row.case_no for row in rows if row.case_no})
    for reading in readings:
        outcome = judge.judge(reading, cases)
        for taken in outcome.taken:
            for named in taken.scans:
                store(engine.home_path, named.member.path, named.scan)
        yield outcome


def batches(files: Sequence[ReturnedFile]) -> Iterator[list[ReturnedFile]]:
    """The files, some at a time: so that the disk need not hold them all unpacked."""
    batch: list[ReturnedFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.path.lstat().st_size
        if len(batch) == BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def read_file(file: ReturnedFile, staging: Path) -> Reading:
    """One file's workbook and scans, or why there are none."""
    try:
        unpacked = unpack(file, staging)
    except ReturnRefusedError as error:
        return Reading(file, refusal=error.refusal)
    try:
        return Reading(file, unpacked.format, read_returned(unpacked.workbook), unpacked.members)
    except FileRefusedError as error:
        return Reading(file, unpacked.format, refusal=Refusal("file_unreadable", found=(str(error),)))


def named_cases(connection: duckdb.DuckDBPyConnection, case_nos: set[str]) -> dict[str, Case]:
    """The cases of these numbers as they stood before the night."""
    connection.register("named", pl.DataFrame({"case_no": sorted(case_nos)}, schema={"case_no": pl.String}).to_arrow())
    columns = ", ".join(f"ledger.{column}" for column in CASE_FIELDS)
    rows = connection.execute(f"select {columns} from ledger join named on named.case_no = ledger.case_no").fetchall()
    connection.unregister("named")
    return {row[0]: Case(*row) for row in rows}


def offices(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """Unit and code of every office that audits a case."""
    rows = connection.execute("select distinct unit_code, authority_code from ledger where authority_code is not null")
    return frozenset((unit, code) for unit, code in rows.fetchall())
