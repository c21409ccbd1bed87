"""A ledger stepped night by night over tables of plain values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb
import polars as pl
import pytest

from xueji.checks.case_step import balance_sql, step_statements
from xueji.checks.tables import TABLES, Table

# An invented problem record: number not in the register, school run by its county.
FINDING = {
    "problem_type": "ERR_NOTFOUND",
    "rule_id": "id_not_found",
    "severity": "error",
    "unit_code": "44",
    "school_code": "2144000001",
    "student_no": "G1",
    "name": "王小明",
    "id_number": "440106201503120036",
    "grade": 6,
    "class_no": "2021001",
}
SCHOOLS = (
    # code, unit, county, city, level
    ("2144000001", "44", "440106", "440100", "county"),
    ("2144000002", "44", "440106", "440100", "county"),
    ("2144000003", "44", "440103", "440100", "county"),
    ("2144000004", "44", "440106", "440100", "city"),
    ("2144000005", "44", "440106", "440100", "province"),
    ("2151000001", "51", "510104", "510100", "county"),
)
Values = Mapping[str, object]


def frame(table: Table, rows: Sequence[Values]) -> pl.DataFrame:
    types = {"varchar": pl.String, "bigint": pl.Int64, "integer": pl.Int32, "boolean": pl.Boolean, "date": pl.Date}
    schema = {column: types[kind] for column, kind in table.columns.items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


class Ledger:
    """Cases and events in a DuckDB of their own."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:")
        for name in ("findings", "core_schools", "snapshots", "answers", "change_checks", "cases", "case_events"):
            self.connection.execute(f"create table {name} as {TABLES[name].empty_sql}")
        for school in SCHOOLS:
            self.connection.execute(
                "insert into core_schools (school_code, unit_code, county_code, city_code, authority_level) values (?, ?, ?, ?, ?)",
                school,
            )
        self.night: date | None = None
        self.before = TABLES["cases"].empty_sql

    def put(self, name: str, rows: Sequence[Values]) -> None:
        given = frame(TABLES[name], rows)
        self.connection.register("given_rows", given.to_arrow())
        self.connection.execute(f"create or replace table {name} as select * from given_rows")
        self.connection.unregister("given_rows")

    def step(
        self,
        night: date,
        findings: Sequence[Values] = (),
        answers: Sequence[Values] = (),
        checks: Sequence[Values] = (),
        as_of: date | None = None,
    ) -> list[dict[str, object]]:
        """Step to the night; the same night again starts from the same ledger. Returns the night's events in order.

        Findings name what differs from the default one; answers `case_no`, `form`, `answer` and more, their turn is the present one.
        """
        connection = self.connection
        if night != self.night:
            connection.execute("create or replace table ledger_before as select * from cases")
        given = f"select unit_code, record_key, problem_type, case_no from cases where first_seen = date '{night}'"
        turns = dict(connection.execute("select case_no, turn from ledger_before").fetchall())
        found = [FINDING | row for row in findings]
        self.put("findings", [{"record_key": f"{row['school_code']}/{row['student_no']}"} | row for row in found])
        self.put("snapshots", [{"unit_code": unit, "as_of": as_of or night} for unit in ("44", "51")])
        self.put(
            "answers",
            [
                {"date": night, "turn": turns.get(str(row["case_no"])), "file": "returned.xlsx", "row": place} | row
                for place, row in enumerate(answers, start=6)
            ],
        )
        self.put("change_checks", [{"date": night} | row for row in checks])
        for name, query in step_statements(night, "select * from ledger_before", given):
            connection.execute(f"create or replace temp table {name} as {query}")
        for _, opening, opened, reopened, closed, closing in connection.execute(balance_sql()).fetchall():
            assert opening + opened + reopened - closed == closing
        connection.execute("create or replace table cases as select * from stepped")
        connection.execute('delete from case_events where "at" = cast(? as date)', [night])
        connection.execute("insert into case_events by name select * from stepped_events")
        self.night = night
        return self.rows(f"""select * from case_events where "at" = date '{night}' order by case_no, place, event""")

    def rows(self, query: str) -> list[dict[str, object]]:
        return self.connection.sql(query).pl().to_dicts()

    def case(self, student_no: str = "G1", problem_type: str = "ERR_NOTFOUND", school: str = "") -> dict[str, object]:
        """The one case of a student, a type and, where several schools have the student, a school."""
        chosen = self.rows("select * from cases order by case_no")
        (found,) = [
            row
            for row in chosen
            if (row["student_no"], row["problem_type"]) == (student_no, problem_type)
            and school in ("", row["school_code"])
        ]
        return found


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    made = Ledger()
    yield made
    made.connection.close()


@pytest.fixture(scope="session")
def new_ledger() -> type[Ledger]:
    """Makes ledgers, for tests that need one an example."""
    return Ledger
