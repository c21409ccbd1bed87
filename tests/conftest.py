"""Fixtures that run a rule for real: delivered rows in, findings out, through the core tables' own SQL."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from xueji.checks.catalogue import row_findings_sql
from xueji.checks.core_population import core_population_sql, identity_answers_sql
from xueji.checks.core_schools import core_schools_sql
from xueji.checks.core_students import TEXTS, core_students_sql
from xueji.checks.model import QueryRule, RowRule, Rule
from xueji.checks.name_comparison import candidate_pairs_sql, compare_names, pair_findings_sql
from xueji.checks.spreadsheet_damage import IS_DAMAGED, number_counts_sql
from xueji.checks.tables import CORE_POPULATION, CORE_READ, RAW_STUDENTS, TABLES
from xueji.checks.text_folding import number_normalised_sql

Row = Mapping[str, object]
Find = Callable[..., set[str]]
Findings = Callable[..., list[dict[str, object]]]

# An invented student whom no rule finds, on the night of 2026-11-20.
STUDENT = {
    "unit_code": "44",
    "delivery_date": date(2026, 11, 20),
    "file": "students.csv",
    "school_code": "2144000001",
    "student_no": "G1",
    "name": "王小明",
    "sex": "男",
    "birth_date": "20150312",
    "id_type": "居民身份证",
    "id_number": "440106201503120036",
    "grade": "六年级",
    "class_no": "2021001",
    "enrolled_month": "202109",
}
SCHOOL = {
    "school_code": "2144000001",
    "school_name": "示例小学",
    "school_type": "小学",
    "place_code": "440106001000",
    "authority_code": "440106000000",
    "authority_level_text": "县",
}
# The core names without _text, and those that the core table gives after typing.
RAW_NAMES = {
    "school_code": "xxbsm",
    "student_no": "xjh",
    "name": "xm",
    "id_number": "sfzjh",
    "class_no": "bh",
    **{column.removesuffix("_text"): field for column, field in TEXTS.items()},
    "enrolled_month": "rxny",
}
DAMAGED_FILES = f"""
    select unit_code, file
    from (
        select unit_code, file, {number_counts_sql("number")}
        from (
            select unit_code, file, case when sfzjlxm in ('1', '居民身份证') then {number_normalised_sql("sfzjh")} end as number
            from staged_rows
        )
        group by unit_code, file
    )
    where {IS_DAMAGED}
"""


os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # Spark's workers run the tests' Python

# What takes longest begins first, so that no process is left with it at the end.
LONGEST_FIRST = ("nights done again", "nights", "plays", "test_incremental", "test_quiet_night", "test_second_source")


def group_of(file: str) -> str:
    """What shares a costly fixture runs in one process: whole nights in two halves, every other file by itself."""
    path = Path(file)
    if path.parent.name == "pipelines" and path.stem != "test_site_pages":
        return "nights done again" if path.stem in ("test_promises", "test_full_disk") else "nights"
    return "plays" if path.parent.name == "data_samples" else path.stem


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest groups first; within a group the order stays random."""
    places = {group: place for place, group in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(group_of(item.nodeid.split("::")[0]), len(places)))


class Groups(LoadScopeScheduling):
    """Sends a group's tests to one process. The marks of `--dist=loadgroup` do not reach the names of tests under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.split("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    return Groups(config, log)


def core_students_of_day(day: date) -> str:
    """What readers of `core_students` see of the rows staged whose delivery is of one day."""
    raw = f"(select * from staged_rows where delivery_date = date '{day}')"
    return f"select *, date '{day}' as as_of from ({CORE_READ.read_sql(f'({core_students_sql(raw, DAMAGED_FILES)})')})"


class DuckDBTables:
    """Lake tables in a DuckDB of their own, filled from rows of plain values."""

    compared: pa.Table  # names, of the last rule that compares them

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:")
        for table in TABLES.values():
            self.connection.execute(f"create table {table.name} as {table.empty_sql}")
        self.connection.execute("alter table core_students add column as_of date")

    def rows(self, query: str) -> pl.DataFrame:
        return self.connection.sql(query).pl()

    def fill(self, table: str, query_sql: Callable[[str], str], staged: pl.DataFrame) -> None:
        """Make `query_sql` over the staged rows the rows of a table."""
        self.connection.register("staged_rows", staged.to_arrow())
        self.connection.execute(f"create or replace table {table} as {query_sql('staged_rows')}")

    def findings(self, rule: Rule) -> pl.DataFrame:
        if isinstance(rule, RowRule):
            return self.rows(row_findings_sql([rule]))
        if isinstance(rule, QueryRule):
            return self.rows(rule.findings_sql("core_students"))
        self.compared = compare_names(self.rows(candidate_pairs_sql("core_students"))).to_arrow()
        self.connection.register("compared_names", self.compared)
        return self.rows(f"select * from ({pair_findings_sql('compared_names')}) where rule_id = '{rule.id}'")


class SparkTables(DuckDBTables):
    """The same tables, filled and typed as there; the rules' texts are run by Spark."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from xueji.assets.spark_session import SparkConnection, spark_session

        self.spark = SparkConnection(spark_session("local[2]").newSession(), folder)

    def rows(self, query: str) -> pl.DataFrame:
        for name in self.connection.sql("select table_name from duckdb_tables()").pl()["table_name"]:
            if re.search(rf"\b{name}\b", query):
                self.spark.register(name, self.connection.sql(f"select * from {name}").to_arrow_table())
        if "compared_names" in query:
            self.spark.register("compared_names", self.compared)
        return self.spark.sql(query).pl()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DuckDBTables]:
    """Empty lake tables on each engine."""
    tables = DuckDBTables() if request.param == "duckdb" else SparkTables(tmp_path)
    yield tables
    tables.connection.close()


@pytest.fixture
def findings(tables: DuckDBTables) -> Findings:
    """Load students (and schools, register, answers) given by their differences from the defaults; return the findings.

    Students take the core names as keys, without `_text`; the register `id_number` and `name`; answers also `answer` and
    `answered_on`. A student without `student_no` is G1, G2, … in order.
    """

    def run(
        rule: Rule,
        students: Iterable[Row],
        *,
        schools: Iterable[Row] | None = None,
        population: Iterable[Row] = (),
        answers: Iterable[Row] = (),
    ) -> list[dict[str, object]]:
        load(tables, students, schools, population, answers)
        return tables.findings(rule).to_dicts()

    return run


@pytest.fixture
def find(findings: Findings) -> Find:
    """The same, returning the student numbers found."""

    def run(rule: Rule, students: Iterable[Row], **inputs: Iterable[Row]) -> set[str]:
        return {str(finding["student_no"]) for finding in findings(rule, students, **inputs)}

    return run


@pytest.fixture
def reasons(findings: Findings) -> Callable[..., list[str | None]]:
    """The same for one student, returning the reasons found, in order; a rule's only, unnamed reason is null."""

    def run(rule: Rule, student: Row, **inputs: Iterable[Row]) -> list[str | None]:
        found = [finding["reason"] for finding in findings(rule, [student], **inputs)]
        return sorted((None if reason is None else str(reason) for reason in found), key=str)

    return run


def load(
    tables: DuckDBTables,
    students: Iterable[Row],
    schools: Iterable[Row] | None = None,
    population: Iterable[Row] = (),
    answers: Iterable[Row] = (),
) -> None:
    """Fill the core tables from rows that name only what differs from the defaults."""
    given = [{**STUDENT, "student_no": f"G{place}", **student} for place, student in enumerate(students, start=1)]
    raw = [{RAW_NAMES.get(name, name): value for name, value in student.items()} for student in given]
    types = {"varchar": pl.String, "date": pl.Date}
    schema = {column: types[kind] for column, kind in RAW_STUDENTS.columns.items()}
    unknown = {name for row in raw for name in row} - set(schema)
    assert not unknown, f"no such student field: {sorted(unknown)}"
    days = {row["delivery_date"] for row in raw} or {STUDENT["delivery_date"]}
    tables.fill(
        "core_students",
        lambda _: " union all ".join(core_students_of_day(day) for day in days),
        pl.DataFrame(raw, schema=schema),
    )
    school_rows = [{**SCHOOL, **school} for school in ([{}] if schools is None else schools)]
    tables.fill("core_schools", core_schools_sql, pl.DataFrame(school_rows, schema=dict.fromkeys(SCHOOL, pl.String)))
    register = [{"sfzjh": row["id_number"], "xm": row["name"]} for row in population]
    tables.fill(
        "core_population",
        lambda staged: CORE_POPULATION.read_sql(f"(select *, '' as file from ({core_population_sql(staged)}))"),
        pl.DataFrame(register, schema={"sfzjh": pl.String, "xm": pl.String}),
    )
    for row in answers:
        staged = pl.DataFrame([{"sfzjh": row["id_number"], "xm": row["name"], "answer": row["answer"]}])
        tables.connection.register("staged_answers", staged.to_arrow())
        tables.connection.execute(
            "insert into identity_answers by name "
            f"select *, date '{row.get('answered_on', date(2026, 11, 1))}' as answered_on "
            f"from ({identity_answers_sql('staged_answers')})"
        )


def with_check_character(body: str) -> str:
    """The number whose first seventeen digits are `body`; the arithmetic is ISO 7064's own, not the rule's."""
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - remainder) % 11]
