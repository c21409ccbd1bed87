"""Printing confirmation forms (确认表): for the nation, a unit, a county or a school, once a student and round.

Files first, then the commit of `form_editions`, a batch of schools at a time: a command that was stopped is given again, prints what is
left, and what it prints again is the same byte for byte.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import duckdb

from xueji.assets.engine import Engine
from xueji.assets.form_files import (
    FOLDER,
    INDEX,
    ClassForms,
    Written,
    class_file,
    make_private,
    printing_alone,
    write_classes,
    write_private,
)
from xueji.assets.form_reissue import IS_LISTED, lay_list, note_met, refuse_unmet
from xueji.assets.form_rows import (
    batches,
    choose_again,
    choose_new,
    create_delivered,
    create_wanted,
    doubts_of,
    form_items,
    page_of,
    printed_rows,
)
from xueji.assets.form_schools import FormRequest, OpenUnit, open_units
from xueji.assets.processes import chunks, executor, no_cycle_collection
from xueji.assets.records import create_from, frame_of
from xueji.assets.steps import Steps
from xueji.checks.form_codes import form_no
from xueji.checks.model import XuejiError
from xueji.checks.sql_text import literal
from xueji.reports.confirmation_form import FormBlank, render_blank

__all__ = ["FormRequest", "FormsPrinted", "print_forms"]

EDITIONS = "form_editions"
BATCH = 20_000  # students whose forms are committed together: a minute's work
MOST_BATCHES = 200  # of a unit; each is a file of the table
FEW_FORMS = 400  # below this, starting processes costs more than they save
Work = Callable[[list[ClassForms]], list[Written]]
CHUNK = 2  # classes handed to a process at a time


@dataclass(frozen=True)
class FormsPrinted:
    """What a command printed, and what it left out."""

    campaigns: tuple[str, ...] = ()
    schools: int = 0  # of which something was printed
    files: int = 0
    forms: int = 0
    schools_outside: int = 0  # asked for; their export window does not hold the day, or they have none
    excluded: int = 0  # students of open schools not to be verified yet
    already: int = 0  # students who had been printed before; of a reissue: already on this day

    def with_unit(self, campaign: str, other: "FormsPrinted") -> "FormsPrinted":
        return FormsPrinted(
            tuple(sorted({*self.campaigns, campaign})),
            *(
                getattr(self, name) + getattr(other, name)
                for name in ("schools", "files", "forms", "schools_outside", "excluded", "already")
            ),
        )


def print_forms(engine: Engine, seal_key: bytes, day: date, request: FormRequest) -> FormsPrinted:
    """Print the forms that the request asks for on `day` and that are not printed yet; with a reissue the next edition of those named.

    Raises XuejiError when none of the schools asked for is open on the day, naming the dates, or when a list names someone who has
    no form to be printed again. Students not to be verified yet are left out and counted.
    """
    with printing_alone(engine.home_path), engine.session() as connection:
        units, outside = open_units(connection, day, request)
        if request.reissue:
            refuse_strangers(engine, connection, units, request)
        printed = FormsPrinted(schools_outside=outside)
        for unit in units:
            printed = printed.with_unit(unit.campaign, print_unit(engine, connection, seal_key, day, unit, request))
        for unit in units:
            write_index(engine, unit.unit_code, unit.campaign)
    return printed


def refuse_strangers(
    engine: Engine, connection: duckdb.DuckDBPyConnection, units: list[OpenUnit], request: FormRequest
) -> None:
    """Raises XuejiError when the request's list names someone who cannot be printed again, before anything is printed."""
    lay_list(connection, request.reissue)
    for unit in units:
        create_wanted(engine, connection, unit.unit_code, unit.campaign)
        note_met(connection)
    refuse_unmet(connection)


def print_unit(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    seal_key: bytes,
    day: date,
    unit: OpenUnit,
    request: FormRequest,
) -> FormsPrinted:
    """Print what is due in the unit's open schools, batch by batch."""
    create_wanted(engine, connection, unit.unit_code, unit.campaign)
    if request.is_reissue:
        wanted = choose_again(connection, day, "true" if request.is_whole_school_reissued else IS_LISTED)
    else:
        wanted = choose_new(connection)
    printed = FormsPrinted(excluded=wanted.excluded, already=wanted.already)
    if not wanted.forms:
        return printed
    raw = create_delivered(engine, connection, unit.unit_code)
    blank = FormBlank(unit.campaign_name, unit.parent_platform, form_items(unit.unit_code))
    work = partial(write_classes, engine.home_path, blank, lay_blank(engine, blank))
    parts = batches(connection, max(BATCH, wanted.forms // MOST_BATCHES))
    steps = Steps(f"confirmation forms {unit.unit_code}", len(parts), "forms")
    with no_cycle_collection(), executor(engine.cores, wanted.forms, FEW_FORMS) as pool:
        for schools in parts:
            rows = page_rows(connection, raw, seal_key, day, unit, schools)
            files = print_rows(pool, work, rows, unit, day)
            commit(engine, connection, unit.unit_code, rows)
            printed = replace(
                printed,
                schools=printed.schools + len(schools),
                files=printed.files + files,
                forms=printed.forms + len(rows),
            )
            steps.done(unit.unit_code, len(rows))
    return printed


def lay_blank(engine: Engine, blank: FormBlank) -> Path:
    """Put the blank where the processes that render find it, under a name of its content."""
    content = render_blank(blank)
    file = engine.work_path / FOLDER / f"blank-{sha256(content).hexdigest()[:16]}.pdf"
    write_private(file, content)
    return file


def page_rows(
    connection: duckdb.DuckDBPyConnection, raw: str, seal_key: bytes, day: date, unit: OpenUnit, schools: list[str]
) -> list[dict]:
    """The rows of `form_editions` of a batch in the order of pages, each with its file and page."""
    rows = printed_rows(connection, raw, unit.unit_code, schools).to_dicts()
    if lost := sum(row["content_hash"] is None for row in rows):
        raise XuejiError(
            f"unit {unit.unit_code}: {lost} students are not found in what was delivered last; run the night to its end first (xueji run)"
        )
    printings = class_printings(connection, unit, schools)
    for key, members in groupby(rows, lambda row: (row["school_code"], row["grade"], row["class_no"])):
        school, grade, class_no = key
        for page, row in enumerate(members, start=1):
            file = class_file(
                unit.campaign, unit.unit_code, row["county_code"], school, grade, class_no, printings.get(key, 0) + 1
            )
            row |= {
                "unit_code": unit.unit_code,
                "campaign": unit.campaign,
                "form_no": form_no(seal_key, unit.campaign, row["record_key"], row["edition"]),
                "printed_on": day,
                "file": file,
                "page": page,
                "doubts": doubts_of(row),
            }
    return rows


def class_printings(
    connection: duckdb.DuckDBPyConnection, unit: OpenUnit, schools: list[str]
) -> dict[tuple[str, int | None, str | None], int]:
    """How many files each class has already: school, grade and class number → files."""
    found = connection.execute(
        f"""
        select school_code, grade, class_no, count(distinct file)
        from {EDITIONS}
        where unit_code = $unit and campaign = $campaign and school_code in (select unnest($schools))
        group by school_code, grade, class_no
        """,
        {"unit": unit.unit_code, "campaign": unit.campaign, "schools": schools},
    ).fetchall()
    return {(school, grade, class_no): files for school, grade, class_no, files in found}


def print_rows(pool: Executor | None, work: Work, rows: list[dict], unit: OpenUnit, day: date) -> int:
    """Write the rows' files, and into each row's `doubts` what its page could not say in full. Returns the number of files."""
    tasks = chunks(class_forms(rows, unit, day), CHUNK)
    results: Iterable[list[Written]] = pool.map(work, tasks) if pool else map(work, tasks)
    notes = {written.file: written.notes for result in results for written in result}
    for row in rows:
        row["doubts"] = ",".join((*row["doubts"], *notes[row["file"]][row["page"] - 1])) or None
    return len(notes)


def class_forms(rows: list[dict], unit: OpenUnit, day: date) -> Iterator[ClassForms]:
    for file, members in groupby(rows, lambda row: row["file"]):
        yield ClassForms(
            file, [page_of(row, row["form_no"], unit.school_names.get(row["school_code"], ""), day) for row in members]
        )


def commit(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, rows: list[dict]) -> None:
    """Make the rows part of `form_editions`; their files are there."""
    create_from(connection, "form_batch", frame_of(EDITIONS, rows))
    added = engine.write_files(
        EDITIONS, "select * from form_batch", connection, {"unit_code": unit}, "school_code, file, page"
    )
    engine.commit(EDITIONS, added)


def write_index(engine: Engine, unit: str, campaign: str) -> None:
    """Write the unit's index of a campaign's forms, for the registry system: one row a printed page. None without pages."""
    files = [file for file in engine.files(EDITIONS) if file.partition["unit_code"] == unit]
    if not files:
        return
    target = engine.home_path / FOLDER / campaign / unit / INDEX
    make_private(target.parent)
    partial_file = target.with_name(f".{INDEX}.partial")
    query = f"""
        select
            form_no as 确认表编号, school_code as 学校标识码, student_no as 学籍号, grade as 年级, class_no as 班号,
            edition as 版次, printed_on as 印制日期, file as 文件, page as 页
        from ({engine.files_sql(EDITIONS, files)})
        where campaign = {literal(campaign)}
        order by school_code, file, page
    """
    with engine.connection() as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"copy ({query}) to {literal(partial_file)} (format csv, header)")
    partial_file.chmod(0o600)
    partial_file.replace(target)
