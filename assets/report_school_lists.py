"""What goes out on a night: school lists and authorities' workbooks that say something new, refused rows, and their manifest."""

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from datetime import date
from functools import partial
from pathlib import Path, PurePath

import dagster as dg
import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.metadata import counts_markdown
from xueji.assets.office_lists import changed_offices, lay_scans, office_name, office_records, office_workbooks
from xueji.assets.office_rows import create_office_rows
from xueji.assets.oversight import oversight_files
from xueji.assets.partitions import delivery_dates
from xueji.assets.processes import chunks, executor, no_cycle_collection
from xueji.assets.records import frame_of, replace_night
from xueji.assets.reject_files import reject_files
from xueji.assets.school_list_files import write_chunk, write_file
from xueji.assets.school_list_rows import create_list_rows, school_lists
from xueji.assets.seal import Seal
from xueji.assets.steps import Steps, stage
from xueji.reports.office_workbook import OfficeWorkbook
from xueji.reports.return_forms import LIST, UNKNOWN
from xueji.reports.school_list import SchoolList

FEW_LISTS = 300  # below this, starting processes costs more than they save
CHUNK = 50  # workbooks handed to a process at a time
REJECTS = "rejects"  # in the manifest's column `form`: what of a return was refused
MANIFEST = (
    "unit_code", "county_code", "school_code", "school_name", "file", "rows", "errors", "warnings", "sha256", "form",
)  # fmt: skip


@dg.asset(
    partitions_def=delivery_dates,
    group_name="reports",
    deps=[
        "findings",
        "number_autopsies",
        "expected_coincidences",
        "suggested_holders",
        "cases",
        "core_schools",
        "integrity_signals",
    ],
)
def report_school_lists(
    context: dg.AssetExecutionContext, engine: Engine, seal: dg.ResourceParam[Seal]
) -> dg.MaterializeResult:
    """A workbook for each school and authority whose list changed since its last edition; a school whose problems are gone gets an empty one."""
    night = context.partition_key
    workbooks = write_outbox(engine, seal, night)
    with engine.session() as connection:
        lists = counts_markdown(
            connection,
            f"""
            select unit_code, count(*) as lists, sum(errors) as errors, sum(warnings) as warnings
            from school_lists where "date" = date '{night}'
            group by unit_code order by unit_code
            """,
        )
        offices = counts_markdown(
            connection,
            f"""
            select form, count(*) as workbooks, sum("rows") as "rows"
            from office_lists where "date" = date '{night}' group by form order by form
            """,
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": workbooks, "lists": lists, "offices": offices})


def write_outbox(engine: Engine, seal: Seal, night: str) -> int:
    """Make the night's outbox, and its rows of `school_lists` and `office_lists`. Returns the number of workbooks in it."""
    home = engine.home_path
    partial_folder = home / "outbox" / f".{night}.partial"
    with engine.session() as connection:
        with stage("workbooks: what changed"):
            create_list_rows(connection, night, seal.key_id)
            lists = changed_lists(connection, night)
            create_office_rows(connection, night, seal.key_id)
            offices = changed_offices(connection, night)
        shutil.rmtree(partial_folder, ignore_errors=True)
        partial_folder.mkdir(parents=True)
        with no_cycle_collection(), executor(engine.cores, lists.height + offices.height, FEW_LISTS) as pool:
            write = partial(write_workbooks, partial_folder, pool)
            digests = write_lists(connection, seal, night, lists, write)
            digests |= write_offices(connection, seal, night, offices, write)
        lay_scans(connection, home, partial_folder)
        list_rows = [row | {"sha256": digests[below(row["file"])]} for row in list_records(lists, night)]
        office_rows = [row | {"sha256": digests[below(row["file"])]} for row in office_records(offices, night)]
        rejects = write_files(partial_folder, reject_files(connection, night))
        oversight = write_files(partial_folder, oversight_files(engine, connection, night))
        entries = [*map(list_entry, list_rows), *map(office_entry, office_rows)]
        entries += [reject_entry(place, digest, night) for place, digest in rejects.items()]
        entries += [oversight_entry(place, digest, night) for place, digest in oversight.items()]
        write_manifest(partial_folder / "manifest.csv", entries)
        swap_in(partial_folder, home / "outbox" / night)
        replace_night(engine, connection, "school_lists", night, frame_of("school_lists", list_rows), "false")
        replace_night(engine, connection, "office_lists", night, frame_of("office_lists", office_rows), "false")
    return len(entries)


def write_files(folder: Path, files: Iterable[tuple[PurePath | str, bytes]]) -> dict[str, str]:
    """Write files that come ready made below `folder`. Returns each one's sha256 by its place."""
    return {str(place): write_file(folder / place, content) for place, content in files}


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
    for edition in changed.to_dicts():
        school = edition.pop("list_school")
        file = f"outbox/{night}/{list_place(edition['unit_code'], edition['county_code'], school)}"
        yield edition | {"date": date.fromisoformat(night), "school_code": school, "file": file}


def list_place(unit: str, county: str, school: str) -> str:
    """Where a school's list lies below the night's outbox."""
    return f"{unit}/{county}/{school}.xlsx"


def below(file: str) -> str:
    """The place below the night's outbox of a file below HOME."""
    return file.split("/", 2)[2]


Workbooks = Iterable[tuple[str, SchoolList | OfficeWorkbook]]
Write = Callable[[Workbooks], dict[str, str]]


def write_workbooks(folder: Path, pool: Executor | None, workbooks: Workbooks) -> dict[str, str]:
    """Render and write workbooks below `folder`. Returns each one's sha256 by its place."""
    tasks = chunks(workbooks, CHUNK)
    write = partial(write_chunk, folder)
    results = pool.map(write, tasks) if pool else map(write, tasks)
    return {place: digest for result in results for place, digest in result}


def write_lists(
    connection: duckdb.DuckDBPyConnection, seal: Seal, night: str, changed: pl.DataFrame, write: Write
) -> dict[str, str]:
    """Write the changed school lists, unit by unit. Returns each one's sha256 by its place."""
    units = changed["unit_code"].unique(maintain_order=True).to_list()
    counties = {
        (unit, school): county for unit, county, school in changed["unit_code", "county_code", "list_school"].rows()
    }
    digests: dict[str, str] = {}
    steps = Steps("school lists", len(units), "lists")
    for unit in units:
        written = write(
            (list_place(unit, counties[unit, values.owner], values.owner), values)
            for values in school_lists(connection, seal, night, unit)
        )
        digests |= written
        steps.done(unit, len(written))
    return digests


def write_offices(
    connection: duckdb.DuckDBPyConnection, seal: Seal, night: str, changed: pl.DataFrame, write: Write
) -> dict[str, str]:
    """Write the changed workbooks of authorities, folder by folder. Returns each one's sha256 by its place."""
    units = sorted({place.split("/")[0] for place in changed["place"]})
    digests: dict[str, str] = {}
    steps = Steps("authorities' workbooks", len(units), "workbooks")
    for unit in units:
        written = write(office_workbooks(connection, seal, night, unit))
        digests |= written
        steps.done(unit, len(written))
    return digests


def list_entry(row: dict) -> dict:
    """The manifest's line for a school list."""
    return row | {"rows": row["errors"] + row["warnings"], "form": LIST.form}


def office_entry(row: dict) -> dict:
    """The manifest's line for an authority's workbook: the office's name where a school's stands."""
    county = row["office_code"] if row["level"] == "county" else ""
    return row | {"county_code": county, "school_name": office_name(row["office_code"])}


def reject_entry(place: str, digest: str, night: str) -> dict:
    """The manifest's line for what was refused of a return: `place` is unit, county where there is one, and file."""
    *folders, name = place.split("/")
    stem = name.removesuffix(f"-{REJECTS}.xlsx")
    return {
        "unit_code": folders[0],
        "county_code": folders[1] if len(folders) > 1 else "",
        "school_code": stem if stem.isdecimal() or stem == UNKNOWN else "",  # else form and code of an office
        "file": f"outbox/{night}/{place}",
        "sha256": digest,
        "form": REJECTS,
    }


def oversight_entry(place: str, digest: str, night: str) -> dict:
    """The manifest's line for a file of the ministry's oversight."""
    unit, name = place.split("/")
    return {"unit_code": unit, "file": f"outbox/{night}/{place}", "sha256": digest, "form": name.split("-")[0]}


def write_manifest(file: Path, rows: list[dict]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, MANIFEST, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def swap_in(partial: Path, final: Path) -> None:
    """Put a finished folder in the place of an earlier one of the same night."""
    old = final.with_name(f".{final.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    partial.rename(final)
    shutil.rmtree(old, ignore_errors=True)
