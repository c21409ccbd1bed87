"""What the nation delivers once: the school table, the population register, the register owner's answers."""

from collections.abc import Callable, Sequence
from glob import escape
from pathlib import Path

import dagster as dg
import duckdb

from xueji.assets.columns import Columns, answer_columns, population_columns, school_columns
from xueji.assets.delivery_facts import FileReading
from xueji.assets.engine import Engine, text_digest
from xueji.assets.intake import (
    NO_UNIT,
    Intake,
    clear_staging,
    record_intakes,
    stage_files,
)
from xueji.assets.known_files import file_stem, known_readings
from xueji.assets.lake_files import LakeFile
from xueji.assets.landing_folder import Landing, delivery_dates
from xueji.assets.partitions import delivery_dates as date_partitions
from xueji.assets.steps import Steps
from xueji.checks.core_population import core_population_sql, identity_answers_sql
from xueji.checks.core_schools import core_schools_sql
from xueji.checks.model import XuejiError

POPULATION = "core_population"


@dg.asset(partitions_def=date_partitions, group_name="core")
def core_schools(context: dg.AssetExecutionContext, engine: Engine, landing: Landing) -> dg.MaterializeResult:
    """One row a school. Without a school table no problem can be addressed: the night stops when there never was one."""
    verdict, rows = take_in_schools(engine, landing, context.partition_key)
    return dg.MaterializeResult(metadata={"delivery": verdict, "dagster/row_count": rows})


def take_in_schools(engine: Engine, landing: Landing, date: str) -> tuple[str, int]:
    """Take a school table in. Returns verdict and rows written. Raises XuejiError when there never was one."""
    intake = take_in(engine, date, "schools", landing.folder(date), ["schools.*"], school_columns())
    rows = write_accepted(engine, "core_schools", core_schools_sql, intake)
    if engine.version("core_schools") is None:
        found = "; ".join(intake.refusals) or "no such file"
        raise XuejiError(
            f"{landing.folder(date)}, schools.csv: {found}; expected a school table (.csv, .parquet, .xlsx)"
        )
    return intake.verdict, rows


@dg.asset(partitions_def=date_partitions, group_name="core")
def core_population(context: dg.AssetExecutionContext, cluster: Engine, landing: Landing) -> dg.MaterializeResult:
    """One row a number and name of the population register. The last extract stays until a new one comes."""
    date = context.partition_key
    folder = landing.folder(date) / "population"
    verdict, rows = take_in_population(cluster, date, folder)
    return dg.MaterializeResult(metadata={"delivery": verdict, "dagster/row_count": rows})


def take_in_population(engine: Engine, date: str, folder: Path) -> tuple[str, int]:
    """Take an extract in, file by file: one that comes again with the same bytes is not read again. Returns verdict and rows written."""
    names = [name for name in file_names(folder) if not name.startswith("answers")]
    columns = population_columns()
    lake = {str(file.partition["file"]): file for file in engine.files(POPULATION)}
    with engine.at_hand.session() as connection:
        known = known_readings(connection, "population", NO_UNIT, columns, lake)
        staged = stage_files(engine, folder, names, columns, "population", {} if engine.afresh else known)
        intake = Intake(NO_UNIT, staged)
        record_intakes(engine.at_hand, connection, date, "population", [intake])
    new: list[LakeFile] = []
    if intake.verdict == "accepted" and staged is not None:
        kept = {lake[reading.facts.file].path.name for reading in staged.taken if reading.is_known}
        new = write_population(engine, [reading for reading in staged.taken if not reading.is_known], columns)
        engine.commit(POPULATION, new, [file for file in lake.values() if file.path.name not in kept])
    clear_staging(engine)
    return intake.verdict, sum(file.rows for file in new)


def write_population(engine: Engine, readings: Sequence[FileReading], columns: Columns) -> list[LakeFile]:
    """Write the rows of register files, several files at a time: one of them alone does not keep every core busy."""
    steps = Steps(POPULATION, len(readings))
    stems = [(reading, file_stem(reading.facts.sha256, columns)) for reading in readings]
    written: list[LakeFile] = []
    files_of_readings = engine.spread(write_register_file, stems, at_once=engine.cores, sees_lake=False)
    for reading, files in zip(readings, files_of_readings, strict=True):
        written += files
        steps.done(reading.facts.file, reading.facts.rows_accepted)
    return written


def write_register_file(
    engine: Engine, connection: duckdb.DuckDBPyConnection, stem: tuple[FileReading, str]
) -> list[LakeFile]:
    """Write the rows of one register file, under a name that says what it was read from."""
    reading, name = stem
    query = core_population_sql(f"({reading.rows})")
    return engine.write_files(POPULATION, query, connection, {"file": reading.facts.file}, stem=name)


@dg.asset(partitions_def=date_partitions, group_name="core")
def identity_answers(context: dg.AssetExecutionContext, engine: Engine, landing: Landing) -> dg.MaterializeResult:
    """The register owner's answers (一致, 不存在, 姓名不匹配), from every delivery date not yet taken."""
    tonight = context.partition_key
    with engine.session() as connection:
        rows = connection.execute("select distinct \"date\" from deliveries where kind = 'answers'").fetchall()
    taken = {str(day) for (day,) in rows} - {tonight}
    count = 0
    for date in delivery_dates(Path(landing.path)):
        if date <= tonight and date not in taken:
            count += take_in_answers(engine, landing, date)
    return dg.MaterializeResult(metadata={"dagster/row_count": count})


def take_in_answers(engine: Engine, landing: Landing, date: str) -> int:
    """Take one delivery date's answers. Returns how many."""
    folder = landing.folder(date) / "population"
    names = [name for name in file_names(folder) if name.startswith("answers")]
    intake = take_in(engine, date, "answers", folder, names, answer_columns())

    def dated_sql(staged: str) -> str:
        return f"select date '{date}' as answered_on, * from ({identity_answers_sql(staged)})"

    return write_accepted(engine, "identity_answers", dated_sql, intake, partitions=[date])


def file_names(folder: Path) -> list[str]:
    """Names of the folder's files, escaped as patterns; none when there is no folder."""
    return sorted(escape(file.name) for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []


def take_in(engine: Engine, date: str, kind: str, folder: Path, patterns: list[str], columns: Columns) -> Intake:
    """Read, judge and record one national delivery."""
    intake = Intake(NO_UNIT, stage_files(engine, folder, patterns, columns, kind))
    with engine.session() as connection:
        record_intakes(engine, connection, date, kind, [intake])
    return intake


def write_accepted(
    engine: Engine,
    table: str,
    query_sql: Callable[[str], str],
    intake: Intake,
    partitions: list[str] | None = None,
) -> int:
    """Make an accepted delivery the table's rows. Returns how many; 0 when nothing was accepted, or nothing new."""
    rows = 0
    basis = {"files": [facts.sha256 for facts in intake.files], "text": text_digest(query_sql("staged"))}
    is_known = engine.basis(table) == basis and not engine.afresh
    if intake.verdict == "accepted" and intake.staged is not None and not is_known:
        with engine.session() as connection:
            query = query_sql(f"({intake.staged.rows})")
            rows = engine.replace_table(table, query, connection, partitions, basis=basis)
    clear_staging(engine)
    return rows
