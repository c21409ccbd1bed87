"""The registry of a unit in a simulated campaign: its records as delivered, and how they come to change while the campaign runs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from xueji.checks import code_lists
from xueji.data_samples.deliveries import school_rows
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.draws import draw, share
from xueji.data_samples.generate import plan_sample
from xueji.data_samples.rates import Rates
from xueji.data_samples.records import Part, build_part
from xueji.data_samples.sample import UNIT_CODES, Sample
from xueji.data_samples.schools import build_layout
from xueji.data_samples.second_registrations import ANOTHERS_SEAT

# Mistakes about the key of a record, or about the delivery as a whole, are tried elsewhere: here every record has a school and a number.
RATES = Rates(
    required_missing=0.0, school_unknown=0.0, student_no_duplicate=0.0, student_no_check=0.0, spreadsheet_damage=0.0,
    id_missing=0.012, no_document=0.002,
)  # fmt: skip
HAS_PHONE, HAS_ADDRESS = 0.9, 0.85
NO_NUMBER = pl.Series([None], dtype=pl.String)
UNKNOWN_SCHOOL = -1
STRAY_RECORDS = 2  # under a school code that is in no table: due, and nobody can print their forms


@dataclass(frozen=True)
class School:
    """A school of the unit, and where it lies."""

    code: str
    name: str
    county: str
    region: str  # by which windows know the county
    city: str | None
    authority: str  # six digits; two for a province
    level: str  # county, city, province
    first_grade: int
    last_grade: int


class Roll:
    """The unit's records. A record is known by its place, from 0; places are never used twice."""

    def __init__(self, unit: str, students: int, seed: int, first_day: date) -> None:
        self.unit, self.seed = unit, seed
        self.sample = sample_with(unit, students, seed, first_day)
        number = UNIT_CODES.index(unit)
        self.part: Part = build_part(self.sample, number, *self.sample.layout.unit_range(number))
        self.table = with_direct_schools(school_rows(self.sample), unit)
        self.schools = schools_of(self.sample, self.table, unit)
        self.school_of = {school.code: place for place, school in enumerate(self.schools)}
        self.frame = self._first_records()
        self._columns: dict[str, list[str | None]] = {}
        is_first = pl.Series(self.part.present(0))
        is_own = ~self.part.kinds.is_in(sorted(ANOTHERS_SEAT)).fill_null(False)
        self._numbers = self.part.children.number.zip_with(is_own, NO_NUMBER).filter(is_first).to_list()
        self.present = [True] * self.frame.height
        self.changes: dict[int, dict[str, str | None]] = defaultdict(dict)
        self.added: list[dict[str, str | None]] = []

    def _first_records(self) -> pl.DataFrame:
        """The records of the first delivery, and a number for telephone and address where the registry has them."""
        index = self.part.seats.index[self.part.present(0)]
        frame = self.part.students(0)
        phone, home = draw(self.seed, "campaign phone", index), draw(self.seed, "campaign home", index)
        has_phone, has_home = pl.Series(share(phone) < HAS_PHONE), pl.Series(share(home) < HAS_ADDRESS)
        house = pl.Series((home >> np.uint64(7)) % np.uint64(300) + np.uint64(1)).cast(pl.String)
        own = pl.Series((phone >> np.uint64(9)) % np.uint64(900_000_000) + np.uint64(12_000_000_000)).cast(pl.String)
        frame = frame.with_columns(
            lxdh=pl.when(has_phone).then(own), jtzz=pl.when(has_home).then("新民路" + house + "号"), sfzx=pl.lit("1")
        )
        strays = list(range(frame.height - STRAY_RECORDS, frame.height))
        unknown = pl.Series([f"21{self.unit}999999"] * STRAY_RECORDS)
        return frame.with_columns(xxbsm=frame["xxbsm"].clone().scatter(strays, unknown)).drop("school")

    def column(self, field: str) -> list[str | None]:
        """What the first delivery has in a column, record by record."""
        if field not in self._columns:
            self._columns[field] = self.frame[field].to_list()
        return self._columns[field]

    def cell(self, place: int, field: str) -> str | None:
        """What the registry says of a record now."""
        if field in (given := self.changes.get(place, {})):
            return given[field]
        if place >= self.frame.height:
            return self.added[place - self.frame.height][field]
        return self.column(field)[place]

    def true_number(self, place: int) -> str | None:
        """The number that the child of a first record has, whatever the registry says; none of one registered a second time."""
        return self._numbers[place] if place < len(self._numbers) else None

    def change(self, place: int, field: str, value: str | None) -> None:
        self.changes[place][field] = value

    def remove(self, place: int) -> None:
        self.present[place] = False

    def restore(self, place: int) -> None:
        self.present[place] = True

    def add(self, like: int, **cells: str | None) -> int:
        """A new record, as another one but for some cells. Returns its place."""
        self.added.append({field: self.cell(like, field) for field in self.frame.columns} | cells)
        self.present.append(True)
        return len(self.present) - 1

    def delivery(self) -> pl.DataFrame:
        """The records as the unit delivers them now."""
        frame = self.frame
        if self.added:
            frame = pl.concat([frame, pl.DataFrame(self.added, schema=frame.schema)])
        cells: dict[str, dict[int, str | None]] = defaultdict(dict)
        for place, given in self.changes.items():
            for field, value in given.items():
                cells[field][place] = value
        changed = {field: scattered(frame[field], values) for field, values in cells.items()}
        return frame.with_columns(**changed).filter(pl.Series(self.present))

    def register(self) -> pl.DataFrame:
        return self.part.register(0)


def scattered(column: pl.Series, values: dict[int, str | None]) -> pl.Series:
    return column.clone().scatter(list(values), pl.Series(list(values.values()), dtype=pl.String))


def sample_with(unit: str, students: int, seed: int, day: date) -> Sample:
    """A sample of the nation in which the unit has about so many students."""
    number, nation = UNIT_CODES.index(unit), 32 * students
    for _ in range(4):  # units are in proportion to their students, small ones apart: comes close quickly
        first, last = build_layout(nation, seed).unit_range(number)
        nation = max(round(nation * students / (last - first)), 960)
    return plan_sample(nation, seed, Calendar.ending(day, 1), RATES)


def with_direct_schools(table: pl.DataFrame, unit: str) -> pl.DataFrame:
    """The school table, in which the unit has a school that its city runs directly, and one that the province does."""
    own = table.with_row_index("place").filter(pl.col("学校标识码").str.slice(2, 2) == unit)
    levels, codes = table["直属级别"].to_list(), table["主管部门区划代码"].to_list()
    places = own["place"].to_list()
    if "省" not in own["直属级别"]:
        levels[places[1]], codes[places[1]] = "省", f"{unit}0000000000"
    if "市" not in own["直属级别"]:
        levels[places[2]], codes[places[2]] = "市", table["行政区划代码"][places[2]][:4] + "00000000"
    return table.with_columns(直属级别=pl.Series(levels), 主管部门区划代码=pl.Series(codes))


LEVELS = {"省": "province", "市": "city", "县": "county"}


def schools_of(sample: Sample, table: pl.DataFrame, unit: str) -> list[School]:
    """The unit's schools in the order of the layout."""
    layout = sample.layout
    found = []
    authorities = dict(zip(table["学校标识码"], table.select("主管部门区划代码", "直属级别").iter_rows(), strict=True))
    for place, row in enumerate(layout.table.iter_rows(named=True)):
        if row["unit_code"] != unit:
            continue
        authority, level = authorities[row["school_code"]]
        county = row["county_code"] if row["county_code"] != row["city_code"] else row["city_code"][:4] + "01"
        first = int(layout.first_grade[place])
        found.append(
            School(
                code=row["school_code"],
                name=row["school_name"],
                county=county,
                region=row["county_code"],
                city=row["city_code"],
                authority=unit if level == "省" else authority[:6],
                level=LEVELS[level],
                first_grade=first,
                last_grade=first + int(layout.grade_count[place]) - 1,
            )
        )
    return found


def label(codes: code_lists.CodeList, value: str | None) -> str | None:
    """What a form prints for a code; other text stays."""
    return codes.labels[value][0] if value is not None and value in codes.labels else value


def as_printed(field: str, value: str | None) -> str | None:
    """What stands on a form for a cell: labels for codes, dates with hyphens, no outer blanks."""
    text = (value or "").strip(" \u3000")
    if field == "csrq" and len(text) == 8 and text.isdigit() and is_day(text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    lists = {"hkxzm": code_lists.HOUSEHOLD_TYPE, "mzm": code_lists.NATION}
    return (label(lists[field], text) if field in lists else text) or None


def is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
