"""The workbooks that schools and offices verify with, of those that say something new since their last edition, and what was refused."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from xueji.assets.engine import Engine
from xueji.assets.office_lists import office_name
from xueji.assets.processes import chunks, executor, no_cycle_collection
from xueji.assets.records import create_from, frame_of
from xueji.assets.report_school_lists import swap_in
from xueji.assets.steps import Steps
from xueji.assets.verification_cells import SEPARATOR
from xueji.assets.verification_editions import changed_editions, create_editions, inputs_digest, unit_nights
from xueji.assets.verification_files import make_private, write_private, written_chunks
from xueji.assets.verification_rejects import refused_workbooks
from xueji.assets.verification_sources import UNKNOWN_SCHOOL, UnitNight, Words, create_words
from xueji.assets.verification_words import verification_words
from xueji.checks.divisions import division_name
from xueji.checks.model import UNITS
from xueji.reports.authorities import authority_name
from xueji.reports.verification_layout import SheetRows
from xueji.reports.verification_workbook import FINAL, PREVIEW, VerificationWorkbook

FOLDER = "verification"
FEW_WORKBOOKS, CHUNK = 300, 40  # as for school lists
FETCHED = 50_000  # lines at a time


@dataclass(frozen=True)
class Written:
    """A workbook that was written: where below the night's folder, for whom, how many tasks stand in it, and its digests."""

    place: str
    owner: str
    tasks: int
    content_hash: str
    sha256: str


def write_verification_lists(engine: Engine, night: str, words: Words | None = None) -> int:
    """Write the night's changed workbooks and refusals below HOME/verification/<night>. Returns how many.

    A unit whose tables are those of its last edition is passed over. A night without any change writes and commits nothing.
    """
    said = words or verification_words()
    final = engine.home_path / FOLDER / night
    partial_folder = final.with_name(f".{night}.partial")
    known = known_inputs(engine, night)
    digests: dict[str, str] = {}
    written: list[Written] = []
    shutil.rmtree(partial_folder, ignore_errors=True)
    with engine.session() as connection:
        scopes = unit_nights(connection, night)
        steps = Steps("workbooks of verification", len(scopes), "workbooks")
        if scopes:
            create_words(connection, said)
        for scope in scopes:
            digests[scope.unit] = inputs_digest(engine, connection, scope, said)
            done = [] if known.get(scope.unit) == digests[scope.unit] else write_unit(engine, connection, scope, partial_folder)  # fmt: skip
            steps.done(scope.unit, len(done))
            written += done
        for unit, place, rows, content in refused_workbooks(connection, night):
            digest = write_private(partial_folder / place, content)
            written.append(Written(place, unit, rows, digest, digest))
        if written or final.exists():
            make_private(partial_folder)
            swap_in(partial_folder, final)
        commit(engine, connection, night, written, digests)
    return len(written)


def known_inputs(engine: Engine, night: str) -> dict[str, str]:
    """What each unit's workbooks were made from on an earlier night; nothing when the last commit is of this night or a later one."""
    basis = engine.basis("verification_lists")
    units = basis.get("units")
    return dict(units) if isinstance(units, dict) and str(basis.get("night")) < night and not engine.afresh else {}


def commit(
    engine: Engine, connection: duckdb.DuckDBPyConnection, night: str, written: list[Written], digests: dict[str, str]
) -> None:
    """Make the night's rows of `verification_lists`, and keep what they were made from."""
    has_rows = any(file.partition.get("date") == night for file in engine.files("verification_lists"))
    if not written and not has_rows and engine.basis("verification_lists").get("units", {}) == digests:
        return
    rows = [
        {
            "date": date.fromisoformat(night),
            "unit_code": one.place.split("/")[0],
            "office_code": one.owner,
            "file": f"{FOLDER}/{night}/{one.place}",
            "rows": one.tasks,
            "content_hash": one.content_hash,
            "sha256": one.sha256,
        }
        for one in sorted(written, key=lambda one: one.place)
    ]
    create_from(connection, "v_written", frame_of("verification_lists", rows))
    basis = {"night": night, "units": digests}
    engine.replace_table(
        "verification_lists", "select * from v_written", connection, [night], order_by="file", basis=basis
    )


def write_unit(engine: Engine, connection: duckdb.DuckDBPyConnection, scope: UnitNight, folder: Path) -> list[Written]:
    """Write a unit's changed workbooks below `folder`."""
    create_editions(engine, connection, scope)
    changed = changed_editions(connection, scope)
    with no_cycle_collection(), executor(engine.cores, changed.height, FEW_WORKBOOKS) as pool:
        tasks = chunks(workbooks(connection, scope), CHUNK)
        digests = dict(written_chunks(folder, tasks, pool, 4 * engine.cores))
    return [
        Written(place, owner, tasks, content_hash, digests[place])
        for place, owner, tasks, content_hash in changed["place", "owner", "tasks", "content_hash"].rows()
    ]


def workbooks(connection: duckdb.DuckDBPyConnection, scope: UnitNight) -> Iterator[tuple[str, VerificationWorkbook]]:
    """Place and values of the workbooks in `v_to_write`, ordered by place."""
    schools = {
        place: (code, name, county)
        for place, code, name, county in connection.execute(
            "select school_place, school_code, school_name, county_code from v_schools"
        ).fetchall()
    }
    connection.execute(
        """
        select w.place, w.owner, l.sheet, l.is_total, l.cells
        from v_to_write as w
        left join v_lines as l on l.place = w.place
        order by w.place, l.sheet, l.is_total, l.sort, l.cells
        """
    )
    for (place, owner), lines in groupby(fetched(connection), key=lambda row: (row[0], row[1])):
        yield place, workbook(scope, place, owner, schools.get(place), sheets_of(lines))


def fetched(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str | None, bool, str]]:
    """The rows of the query that the connection was given last, piece by piece: nothing else may be asked of it meanwhile."""
    while rows := connection.fetchmany(FETCHED):
        yield from rows


def sheets_of(lines: Iterator[tuple[str, str, str | None, bool, str]]) -> dict[str, SheetRows]:
    """Rows and totals by sheet. A workbook without lines has no sheets."""
    rows: dict[str, list[list[str]]] = {}
    totals: dict[str, list[str]] = {}
    for _place, _owner, sheet, is_total, cells in lines:
        if sheet is None:
            continue
        own = rows.setdefault(sheet, [])
        if is_total:
            totals[sheet] = cells.split(SEPARATOR)
        else:
            own.append(cells.split(SEPARATOR))
    return {sheet: SheetRows(own, totals.get(sheet)) for sheet, own in rows.items()}


def workbook(
    scope: UnitNight, place: str, owner: str, school: tuple[str, str, str] | None, sheets: dict[str, SheetRows]
) -> VerificationWorkbook:
    issuer = authority_name(scope.unit)
    if place == scope.unknown_place:
        name, head = UNKNOWN_SCHOOL, f"{UNITS[scope.unit]}：{UNKNOWN_SCHOOL}"
    elif school:
        code, name, county = school
        where = division_name(county) if county else UNITS[scope.unit]
        head = f"学校：{name}（学校标识码 {code}）    所在县（市、区）：{where}"
    else:
        name = office_name(owner)
        head = f"学籍主管部门：{name}"
    is_numbers = place == scope.numbers_place
    return VerificationWorkbook(
        title="正式学籍号发号名单" if is_numbers else "数据质量核查工作表",
        owner=head,
        short_owner=name[:60],
        campaign=scope.campaign_name if scope.campaign else None,
        issuer=issuer,
        as_of=date.fromisoformat(scope.night),
        sheets=sheets,
        remark=f"{FINAL if scope.is_final else PREVIEW}。" if is_numbers else "",
    )
