"""A few invented students, schools and forms as tables, in which matters of verification are looked for."""

import csv
import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.landing_folder import Landing
from xueji.assets.records import frame_of
from xueji.assets.verification_matters import update_matters

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


class World:
    """A HOME and a landing folder. The registry is of the night unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(home=str(folder / "home"), threads=2)
        self.folder = folder / "landing"
        self.folder.mkdir(parents=True)
        self.put("core_schools", SCHOOLS)
        self.registry([student("G0")])

    @property
    def landing(self) -> Landing:
        return Landing(path=str(self.folder))

    def put(self, table: str, rows: Iterable[Row], query: str = "select * from given") -> None:
        given = list(rows)
        unknown = {column for row in given for column in row} - set(LAKE_TABLES[table].columns)
        assert not unknown, f"{table}: no such column {sorted(unknown)}"
        with self.engine.connection() as connection:
            connection.register("given", frame_of(table, given).to_arrow())
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
        with self.engine.session() as connection:
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
