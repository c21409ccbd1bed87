"""One unit's copy held against the centre's: linked, compared, and what was found followed from the last check."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from xueji.assets.engine import Engine
from xueji.checks.docking import CODE_LINE, FORM_FILL_LINE, LANDING_FILL_LINE, LOAD_LINE, NUMBER_CHECKS
from xueji.checks.docking_copies import (
    given_sql,
    kept_fields,
    keys_sql,
    link_statements,
    normal_copy_sql,
    repeated_sql,
)
from xueji.checks.docking_fields import CODED, FORM_REQUIRED, KEYS, LANDING_REQUIRED, LOCAL_NO
from xueji.checks.docking_found import (
    coverage_sql,
    differing_sql,
    field_items_sql,
    fill_sql,
    load_rate_item_sql,
    lone_schools_sql,
    record_items,
)
from xueji.checks.docking_ledger import ledger_statements
from xueji.checks.docking_numbers import issued_sql, number_items_sql, outcomes_sql
from xueji.checks.sql_text import literal
from xueji.checks.tables import STUDENT_FIELDS

SIDES = ("local", "central")
Row = dict[str, object]


@dataclass
class Copies:
    """What is known of a unit's two copies, while it is being checked. `lines` are rows of docking_checks to be."""

    unit: str
    night: str
    rows: Mapping[str, int]  # by side
    given: Mapping[str, Mapping[str, int]]  # by side: records that have each field
    lines: list[Row] = field(default_factory=list)
    failed: list[tuple[str, str, str, int, int]] = field(
        default_factory=list
    )  # required or codes, side, field, good, asked

    @property
    def compared(self) -> tuple[str, ...]:
        """The fields that both sides deliver."""
        return tuple(name for name in STUDENT_FIELDS if all(self.given[side][name] for side in SIDES))

    @property
    def delivered(self) -> tuple[str, ...]:
        """The fields that either side delivers. The province's own number need not stand at the centre."""
        return tuple(
            name
            for name in STUDENT_FIELDS
            if any(self.given[side][name] for side in SIDES) and (name != LOCAL_NO or name in self.compared)
        )

    @property
    def required(self) -> tuple[str, ...]:
        """Fields to be filled in: of the landing contract all, of the form those that one side at least has."""
        return (*LANDING_REQUIRED, *(name for name in FORM_REQUIRED if name in self.delivered))

    @property
    def coded(self) -> tuple[str, ...]:
        return tuple(name for name in CODED if name in self.delivered)

    def add(self, check_id: str, subject: str | None, expected: float, observed: float, is_passed: bool | None) -> None:
        self.lines.append(
            {
                "date": date.fromisoformat(self.night), "unit_code": self.unit, "check_id": check_id, "subject": subject,
                "expected": float(expected), "observed": float(observed), "is_passed": is_passed,
            }
        )  # fmt: skip


def check_unit(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    unit: str,
    night: str,
    last_check: str | None,
    delivered_rows: int,
) -> list[Row]:
    """Compare the copies. Leaves the unit's deviations as the table `next_deviations`; returns its rows of docking_checks.

    `delivered_rows` counts the rows of the local copy with those that could not be read.
    """
    scratch = engine.work_path / "staging" / f"docking-{unit}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        copies = lay_out(engine, connection, unit, night, scratch)
        link(connection)
        find(connection, copies, delivered_rows)
        follow(connection, copies, last_check)
        return copies.lines
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def lay_out(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, night: str, scratch: Path) -> Copies:
    """Write both copies in their normal form, as the views `local_copy` and `central_copy`."""
    tables = {"local": "local_students", "central": "raw_students"}
    sources = {side: engine.files_sql(table, of_unit(engine, table, unit)) for side, table in tables.items()}
    counted = {side: connection.execute(given_sql(source)).fetchall()[0] for side, source in sources.items()}
    copies = Copies(
        unit,
        night,
        {side: counts[0] for side, counts in counted.items()},
        {side: dict(zip(STUDENT_FIELDS, counts[1:], strict=True)) for side, counts in counted.items()},
    )
    kept = kept_fields(copies.compared, (*copies.required, *copies.coded))
    for side, source in sources.items():
        target = literal(scratch / f"{side}.parquet")
        connection.execute(f"copy ({normal_copy_sql(source, kept)}) to {target} (format parquet)")
        connection.execute(
            f"create or replace view {side}_copy as select * exclude (file_row_number), file_row_number as row_no "
            f"from read_parquet({target}, file_row_number = true)"
        )
        create(connection, f"{side}_keys", keys_sql(side, copies.compared))
    issued = engine.files_sql("issued_numbers", of_unit(engine, "issued_numbers", unit))
    create(connection, "issued", issued_sql(issued))
    before = engine.files_sql("docking_deviations", of_unit(engine, "docking_deviations", unit))
    create(connection, "unit_deviations", before)
    return copies


def of_unit(engine: Engine, table: str, unit: str) -> list:
    return [file for file in engine.files(table) if file.partition["unit_code"] == unit]


def create(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"create or replace temp table {name} as {query}")


def link(connection: duckdb.DuckDBPyConnection) -> None:
    for side in SIDES:
        for key in KEYS:
            create(connection, f"{side}_repeated_{key}", repeated_sql(side, key))
    for name, query in link_statements():
        create(connection, name, query)
    create(connection, "issued_outcomes", outcomes_sql())
    for side in SIDES:
        create(connection, f"{side}_lone_schools", lone_schools_sql(side))


def find(connection: duckdb.DuckDBPyConnection, copies: Copies, delivered_rows: int) -> None:
    """Leave all that deviates as the view `found`, and note how every check came out but those that `follow` counts."""
    check_fields(connection, copies)
    create(connection, "differing", differing_sql(copies.compared))
    items = list(record_items(copies.compared, [(check, side, name) for check, side, name, _, _ in copies.failed]))
    items += [
        field_items_sql(f"docking_{check}_{side}", name, side, good, asked)
        for check, side, name, good, asked in copies.failed
    ]
    items += [number_items_sql(check) for check in NUMBER_CHECKS]
    linked = count(connection, "links")
    percent = 100 * linked / delivered_rows if delivered_rows else 0.0
    copies.add("docking_load_rate", None, LOAD_LINE, percent, percent >= LOAD_LINE)
    if percent < LOAD_LINE:
        items.append(load_rate_item_sql(linked, delivered_rows))
    connection.execute(f"create or replace temp view found as {' union all '.join(items)}")
    check_schools(connection, copies)
    for name in copies.delivered:
        is_compared = name in copies.compared
        if not is_compared:
            copies.add("docking_compared", name, 1, 0, None)
    for side in SIDES:
        copies.add("docking_compared", side, copies.rows[side], linked, None)
    copies.add("docking_compared", None, len(copies.delivered), len(copies.compared), None)


def check_fields(connection: duckdb.DuckDBPyConnection, copies: Copies) -> None:
    """Fill rates and code coverage, field by field and side by side."""
    for side in SIDES:
        for check, fields, query_sql in (
            ("required", copies.required, fill_sql),
            ("codes", copies.coded, coverage_sql),
        ):
            counts = connection.execute(query_sql(side, fields)).fetchall()[0] if fields else ()
            for place, name in enumerate(fields):
                asked, good = counts[2 * place], counts[2 * place + 1]
                percent = 100.0 * good / asked if asked else 100.0
                line = (
                    CODE_LINE if check == "codes" else LANDING_FILL_LINE if name in LANDING_REQUIRED else FORM_FILL_LINE
                )
                copies.add(f"docking_{check}_{side}", name, line, percent, percent >= line)
                if percent < line:
                    copies.failed.append((check, side, name, good, asked))


def check_schools(connection: duckdb.DuckDBPyConnection, copies: Copies) -> None:
    """Students per school: a line for all, and one for each school that has other numbers on the two sides."""
    schools = connection.execute(
        """
        select coalesce(l.school_code, c.school_code) as school_code, coalesce(l.students, 0), coalesce(c.students, 0)
        from (select xxbsm as school_code, count(*) as students from local_copy where xxbsm is not null group by xxbsm) as l
        full join (select xxbsm as school_code, count(*) as students from central_copy where xxbsm is not null group by xxbsm) as c
            on c.school_code = l.school_code
        order by 1
        """
    ).fetchall()
    unequal = [row for row in schools if row[1] != row[2]]
    copies.add("docking_school_students", None, len(schools), len(schools) - len(unequal), not unequal)
    for school, local, central in unequal:
        copies.add("docking_school_students", school, local, central, False)


def follow(connection: duckdb.DuckDBPyConnection, copies: Copies, last_check: str | None) -> None:
    """Step the unit's deviations, and note how many there are of each check."""
    for name, query in ledger_statements(copies.unit, copies.night, last_check):
        create(connection, name, query)
    standing = {
        (check, name): records
        for check, name, records in connection.execute(
            "select check_id, field, sum(records) from tonight group by check_id, field"
        ).fetchall()
    }
    copies.lines.extend(_counted_lines(connection, copies, standing))


def _counted_lines(
    connection: duckdb.DuckDBPyConnection, copies: Copies, standing: Mapping[tuple[str, str | None], int]
) -> Iterator[Row]:
    """The lines of the checks that are passed when nothing deviates."""
    counted = Copies(copies.unit, copies.night, copies.rows, copies.given)
    for side in SIDES:
        lone = count(connection, f"tonight where check_id = 'docking_school_{side}_only'")
        counted.add(f"docking_school_{side}_only", None, 0, lone, not lone)
        missing = standing.get((f"docking_missing_{side}", None), 0)
        counted.add(f"docking_missing_{side}", None, 0, missing, not missing)
        for key in (name for name in KEYS if copies.given[side][name]):
            repeated = count(connection, f"found where check_id = 'docking_key_{side}' and field = '{key}'")
            counted.add(f"docking_key_{side}", key, 0, repeated, not repeated)
    linked = count(connection, "links")
    for name in copies.compared:
        differing = standing.get(("docking_value_differs", name), 0)
        counted.add("docking_value_differs", name, linked, linked - differing, not differing)
    issued = count(connection, "issued")
    for check in NUMBER_CHECKS if issued else ():
        failing = sum(records for (name, _), records in standing.items() if name == check)
        counted.add(check, None, issued, issued - failing, not failing)
    return iter(counted.lines)


def count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(connection.execute(f"select count(*) from {source}").fetchall()[0][0])
