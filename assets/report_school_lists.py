"""The school lists of a night: workbooks of the schools whose list says something new, and their manifest."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import delivery_dates
from xueji.assets.processes import chunks, executor, no_cycle_collection
from xueji.assets.records import frame_of, replace_night
from xueji.assets.school_list_files import write_chunk
from xueji.assets.school_list_rows import create_list_rows, school_lists
from xueji.assets.steps import Steps, stage

FEW_LISTS = 300  # below this, starting processes costs more than they save
CHUNK = 50  # lists handed to a process at a time
MANIFEST = ("unit_code", "county_code", "school_code", "school_name", "file", "rows", "errors", "warnings", "sha256")


@dg.asset(partitions_def=delivery_dates, group_name="reports", deps=["findings", "core_schools"])
def report_school_lists(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """One workbook per school whose list changed since its last edition; a school whose problems are gone gets an empty one."""
    night = context.partition_key
    with engine.session() as connection:
        with stage("school lists: what changed"):
            create_list_rows(connection, night)
            changed = changed_lists(connection, night)
        partial = engine.home_path / "outbox" / f".{night}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        digests = write_lists(engine, connection, night, changed, partial)
        rows = [row | {"sha256": digests[row["unit_code"], row["school_code"]]} for row in list_records(changed, night)]
        write_manifest(partial / "manifest.csv", rows)
        swap_in(partial, engine.home_path / "outbox" / night)
        replace_night(engine, connection, "school_lists", night, frame_of("school_lists", rows), "false")
    with engine.session() as connection:
        overview = counts_markdown(
            connection,
            f"""
            select unit_code, count(*) as lists, sum(errors) as errors, sum(warnings) as warnings
            from school_lists where "date" = date '{night}'
            group by unit_code order by unit_code
            """,
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": len(rows), "lists": overview})


def changed_lists(connection: duckdb.DuckDBPyConnection, night: str) -> pl.DataFrame:
    """The editions to write, ordered; also left as the temporary table `lists_to_write`.

    The last edition is that of the nights before: a night run again writes the same lists again.
    """
    connection.execute(
        f"""
        create or replace temp table lists_to_write as
        with last as (
            select unit_code, county_code, school_code, school_name, errors + warnings as rows, content_hash
            from (
                select *, row_number() over (partition by unit_code, school_code order by "date" desc) as place
                from school_lists
                where "date" < date '{night}'
            )
            where place = 1
        )
        select
            coalesce(e.unit_code, l.unit_code) as unit_code,
            coalesce(e.county_code, l.county_code) as county_code,
            coalesce(e.list_school, l.school_code) as list_school,
            coalesce(e.school_name, l.school_name) as school_name,
            coalesce(e.errors, 0) as errors,
            coalesce(e.warnings, 0) as warnings,
            coalesce(e.content_hash, 'empty') as content_hash
        from list_editions as e
        full join last as l on l.unit_code = e.unit_code and l.school_code = e.list_school
        where (e.list_school is not null and e.content_hash is distinct from l.content_hash)
            or (e.list_school is null and l.rows > 0)
        """
    )
    return connection.sql("select * from lists_to_write order by unit_code, county_code, list_school").pl()


def list_records(changed: pl.DataFrame, night: str) -> Iterator[dict]:
    """A row of `school_lists` per edition, without its digest."""
    day = pl.Series([night]).str.to_date()[0]
    for edition in changed.to_dicts():
        school = edition.pop("list_school")
        file = f"outbox/{night}/{relative_path(edition['unit_code'], edition['county_code'], school)}"
        yield edition | {"date": day, "school_code": school, "file": file}


def relative_path(unit: str, county: str, school: str) -> str:
    return f"{unit}/{county}/{school}.xlsx"


def write_lists(
    engine: Engine, connection: duckdb.DuckDBPyConnection, night: str, changed: pl.DataFrame, folder: Path
) -> dict[tuple[str, str], str]:
    """Render and write the changed lists below `folder`. Returns each workbook's sha256 by unit and school."""
    units = changed["unit_code"].unique(maintain_order=True).to_list()
    places = {(row["unit_code"], row["list_school"]): row["county_code"] for row in changed.to_dicts()}
    digests: dict[tuple[str, str], str] = {}
    steps = Steps("school lists", len(units), "lists")
    with no_cycle_collection(), executor(engine.cores, changed.height, FEW_LISTS) as pool:
        for unit in units:
            before = len(digests)
            lists = (
                (folder / relative_path(unit, places[unit, school], school), values)
                for values in school_lists(connection, night, unit)
                for school in [values.edition.rsplit("-", 1)[0]]
            )
            tasks = chunks(lists, CHUNK)
            results = pool.map(write_chunk, tasks) if pool else map(write_chunk, tasks)
            for result in results:
                digests |= {(unit, school): digest for school, digest in result}
            steps.done(unit, len(digests) - before)
    return digests


def write_manifest(file: Path, rows: list[dict]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, MANIFEST, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"rows": row["errors"] + row["warnings"]})


def swap_in(partial: Path, final: Path) -> None:
    """Put a finished folder in the place of an earlier one of the same night."""
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    partial.rename(final)
    shutil.rmtree(old, ignore_errors=True)
