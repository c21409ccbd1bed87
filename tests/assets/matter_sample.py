"""A few invented students, schools and forms as tables, in which matters of verification are looked for."""

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.landing_folder import Landing
from xueji.assets.records import frame_of
from xueji.assets.verification_matters import CORE_HERE, concerned_units, find, update_matters
from xueji.checks import form_matters
from xueji.checks.matter import FOUND_COLUMNS, MatterNight
from xueji.checks.sql_text import literal_list
from xueji.checks.tables import CORE_READ
from xueji.checks.verification_matters import matter_night, single_sql

NIGHT = date(2026, 11, 20)
A, B, C = "2144000001", "2144000002", "2144000003"  # A and B of one county, C of another; all of 44
FAR = "2151000001"  # of another unit
SCHOOLS = [
    {"school_code": A, "school_name": "第一小学", "unit_code": "44", "county_code": "440106", "city_code": "440100"},
    {"school_code": B, "school_name": "第二小学", "unit_code": "44", "county_code": "440106", "city_code": "440100"},
    {"school_code": C, "school_name": "第三小学", "unit_code": "44", "county_code": "440103", "city_code": "440100"},
    {"school_code": FAR, "school_name": "远方小学", "unit_code": "51", "county_code": "510104", "city_code": "510100"},
]
Row = Mapping[str, object]
DOCUMENT_KEY = (
    """case when id_type <> '1' and id_number is not null then -1 - cast(hash(id_type, id_number) >> 1 as bigint) end"""
)
_hashes = itertools.count(1)


def student(student_no: str | None, school: str = A, **more: object) -> dict[str, object]:
    """A row of core_students: in school, grade 3, class 2024301, without document number."""
    row: dict[str, object] = {
        "unit_code": school[2:4], "school_code": school, "student_no": student_no, "name": f"生{student_no}", "sex_code": "1",
        "birth_date": date(2018, 3, 12), "id_type": "1", "grade": 3, "class_no": "2024301", "content_hash": next(_hashes), "patch_no": 0,
        "is_withdrawn": False,
    }  # fmt: skip
    row |= more
    number = row.get("id_number")
    if isinstance(number, str) and len(number) == 18 and row["id_type"] == "1" and "id_key" not in more:
        row["id_key"] = int(number[:17])
    return row


Look = Callable[[duckdb.DuckDBPyConnection, MatterNight], None]


def look_at_forms(connection: duckdb.DuckDBPyConnection, tonight: MatterNight) -> None:
    find(connection, form_matters.prepared_statements(tonight.night, CORE_HERE), form_matters.MATTERS, tonight)


class Tables:
    """The lake's tables in memory: for cases that need a rule's queries, not a whole night. Filled like a `World`."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config={"threads": 1})
        for name in LAKE_TABLES:
            if not name.startswith("findings_"):
                self.put(name, [])
        self.put("core_schools", SCHOOLS)
        self.registry([student("G0")])

    def put(self, table: str, rows: Iterable[Row], query: str = "select * from given") -> None:
        seen = CORE_READ if table == "core_students" else LAKE_TABLES[table]
        as_of = ", (select max(n.as_of) from snapshots as n where n.unit_code = dated.unit_code) as as_of"
        self.connection.register("given", given_frame(table, rows).to_arrow())
        self.connection.execute(
            f"""create or replace table {table} as
            select *{as_of if seen.is_dated and table != "snapshots" else ""} from ({seen.read_sql(f"({query})")}) as dated"""
        )
        self.connection.unregister("given")

    def registry(self, students: Iterable[Row], as_of: date = NIGHT, units: Iterable[str] = ("44", "51")) -> None:
        self.put("snapshots", [{"unit_code": unit, "as_of": as_of} for unit in units])
        self.put("core_students", students, f"select * replace ({DOCUMENT_KEY} as document_key) from given")

    @contextmanager
    def undone(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, on which nothing stays of what is made."""
        self.connection.execute("begin")
        try:
            yield self.connection
        finally:
            self.connection.execute("rollback")

    def found(self, look: Look, night: date = NIGHT) -> dict[tuple[str, str], str]:
        """Kind and subject of each matter that is found on a night → its reason."""
        with self.undone() as connection:
            connection.execute(f"create temp table current_campaigns as {form_matters.current_campaigns_sql(night)}")
            units = concerned_units(connection, "select * from verification_matters")
            if not units:
                return {}
            here = f"select * from core_students where unit_code in {literal_list(units)}"
            connection.execute(f"create temp view {CORE_HERE} as {here}")
            columns = ", ".join(FOUND_COLUMNS)
            connection.execute(f"create temp table found as select {columns} from verification_matters where false")
            look(connection, matter_night(night))
            rows = connection.execute(f"select matter, subject, reason from ({single_sql('found')})").fetchall()
            return {(kind, subject): reason for kind, subject, reason in rows}


def given_frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """A frame of rows that may lack some of a table's columns, and have no other."""
    given = list(rows)
    unknown = {column for row in given for column in row} - set(LAKE_TABLES[table].columns)
    assert not unknown, f"{table}: no such column {sorted(unknown)}"
    return frame_of(table, given)


class World:
    """A HOME and a landing folder. The registry is of the night unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(home=str(folder / "home"), threads=1)
        self.folder = folder / "landing"
        self.folder.mkdir(parents=True)
        self.put("core_schools", SCHOOLS)
        self.registry([student("G0")])

    @property
    def landing(self) -> Landing:
        return Landing(path=str(self.folder))

    def put(self, table: str, rows: Iterable[Row], query: str = "select * from given") -> None:
        with self.engine.connection() as connection:
            connection.register("given", given_frame(table, rows).to_arrow())
            self.engine.replace_table(table, query, connection)

    def registry(self, students: Iterable[Row], as_of: date = NIGHT, units: Iterable[str] = ("44", "51")) -> None:
        self.put("core_students", students, f"select * replace ({DOCUMENT_KEY} as document_key) from given")
        self.put("snapshots", [{"unit_code": unit, "as_of": as_of} for unit in units])

    def deliver(self, day: str, unit: str | None, name: str, rows: list[dict[str, str]]) -> None:
        """Write a file of Chinese columns into a unit's folder, or beside schools.csv."""
        folder = self.folder / day / (unit or "")
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.engine.connection() as connection:
            for name in LAKE_TABLES:
                if name in query:  # views of all tables take longer than the query
                    connection.execute(f"create view {name} as {self.engine.table_sql(name)}")
            return connection.execute(query).fetchall()

    def matters(self, night: date = NIGHT) -> set[tuple[str, str]]:
        """Kind and subject of the matters that are open after a night."""
        update_matters(self.engine, str(night))
        return {
            (str(kind), str(subject))
            for kind, subject in self.rows("select matter, subject from verification_matters where closed_on is null")
        }

    def reasons(self, kind: str) -> list[str]:
        query = f"select reason from verification_matters where matter = '{kind}' and closed_on is null order by reason"
        return [str(reason) for (reason,) in self.rows(query)]
