"""The records of a part of a unit, as they stand on each delivery date, before they are written down in a unit's own way.

Values are codes and dates YYYYMMDD throughout; what differs from the true child comes from the plan (problems.py, mistakes.py).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples import number_mistakes
from xueji.data_samples.draws import Dice, draw, share, whole
from xueji.data_samples.families import Families, member_columns
from xueji.data_samples.name_mistakes import folded
from xueji.data_samples.outcomes import Facts, Planned, plan_outcomes
from xueji.data_samples.people import Children
from xueji.data_samples.sample import UNIT_CODES, Sample
from xueji.data_samples.seats import Seats, seats_of
from xueji.data_samples.second_registrations import ANOTHERS_SEAT

CLASS_SIZE = 45


@dataclass(frozen=True)
class Part:
    """A run of students of one unit, with everything that does not depend on the date."""

    sample: Sample
    unit: int
    seats: Seats
    children: Children
    families: Families
    kinds: pl.Series  # peculiarity of each row, null for none
    student_no: pl.Series
    planned: tuple[Planned, ...]

    @cached_property
    def entered(self) -> NDArray[np.int64]:
        return self.sample.entered(self.seats)

    @cached_property
    def base(self) -> pl.DataFrame:
        """All columns but the grade, for faultless records."""
        sample, seats, children = self.sample, self.seats, self.children
        index = seats.index
        entry_year = sample.calendar.last_school_year - (seats.grade - seats.entry_grade)
        stage = np.where(seats.grade <= 6, 1, np.where(seats.grade <= 9, 2, 3))
        class_no = entry_year * 1000 + stage * 100 + seats.place_in_grade // CLASS_SIZE + 1
        health = whole(draw(sample.seed, "health", index), 100)
        habits = draw(sample.seed, "habits", index)
        boards = (habits % np.uint64(100)).astype(np.int64) < np.where(stage == 1, 6, np.where(stage == 2, 25, 60))
        records = pl.DataFrame(
            {
                "xxbsm": self.school_codes,
                "xjh": self.student_no,
                "xm": children.name,
                "xbm": children.sex,
                "csrq": pl.Series(children.birth).cast(pl.String),
                "sfzjlxm": pl.repeat("1", len(index), eager=True),
                "sfzjh": children.number,
                "bh": pl.Series(class_no).cast(pl.String),
                "csdm": pl.Series(children.region).cast(pl.String) + "000000",
                "mzm": children.nation,
                "gjdqm": pl.repeat("CHN", len(index), eager=True),
                "gatqwm": pl.repeat("00", len(index), eager=True),
                "jkzkm": texts(np.where(health < 97, 0, np.where(health < 99, 1, 2)), "10", "20", "50"),
                "hkszdm": pl.Series(self.families.household).cast(pl.String) + "000000",
                "hkxzm": texts((habits >> np.uint64(20)) % np.uint64(3) == 0, "1", "2"),
                "rxny": pl.Series(entry_year * 100 + 9).cast(pl.String),
                "rxfsm": texts(
                    np.where(stage == 3, 2, (habits >> np.uint64(30)) % np.uint64(10) == 0), "11", "12", "21"
                ),
                "jdfsm": texts(boards, "1", "2"),
                "sflsetm": texts((habits >> np.uint64(40)) % np.uint64(12) == 0, "0", "1"),
            }
        )
        members = member_columns(sample.seed, seats, self.families, self.is_without_number)
        return pl.concat([records, members], how="horizontal")

    @property
    def is_without_number(self) -> NDArray[np.bool_]:
        """Which rows never had a number to write down: a member's is asked for instead."""
        without = np.zeros(len(self.seats.index), dtype=np.bool_)
        without[[record.row for record in self.planned if is_nameless(record)]] = True
        return without

    def present(self, month: int) -> NDArray[np.bool_]:
        """Which rows a delivery of this month has."""
        present = self.entered <= month
        for record in self.planned:
            if not record.is_there(month):
                present[record.row] = False
        return present

    def students(self, month: int) -> pl.DataFrame:
        """The records of one delivery, with the columns of `base`, the grade `nj` and the row's `school` number."""
        behind = np.zeros(len(self.seats.index), dtype=np.int64)
        edits: dict[str, dict[int, str | None]] = {}
        for record in self.planned:
            if record.is_changed(month):
                behind[record.row] = record.outcome.grades_behind
                for column, value in record.outcome.cells.items():
                    edits.setdefault(column, {})[record.row] = value
        for column, cells in self.harmless.items():
            edits.setdefault(column, {}).update(cells)
        for row, number in self.flattened.items():
            edits.setdefault("sfzjh", {})[row] = number
        grade = self.seats.grade - self.sample.calendar.years_back[month] - behind
        frame = self.base.with_columns(nj=pl.Series(grade).cast(pl.String), school=pl.Series(self.seats.school))
        changed = {
            column: frame[column].clone().scatter(list(cells), pl.Series(list(cells.values()), dtype=pl.String))
            for column, cells in edits.items()
        }
        return frame.with_columns(**changed).filter(pl.Series(self.present(month)))

    @cached_property
    def free_rows(self) -> NDArray[np.bool_]:
        """Rows without a peculiarity and outside damaged files."""
        damaged = np.isin(self.seats.school, list(self.sample.damaged_schools))
        return self.kinds.is_null().to_numpy() & ~damaged

    @cached_property
    def harmless(self) -> dict[str, dict[int, str | None]]:
        """Numbers and names of faultless records in forms that only look different."""
        bits = draw(self.sample.seed, "harmless", self.seats.index)
        rows = np.flatnonzero(self.free_rows & (share(bits) < self.sample.rates.harmless_typing))
        cells: dict[str, dict[int, str | None]] = {"sfzjh": {}, "xm": {}}
        for row in rows.tolist():
            dice = Dice(int(bits[row]))
            if dice.roll(5) == 0:
                cells["xm"][row] = self.children.name[row] + dice.choose((" ", "\u3000", "  "))
            else:
                cells["sfzjh"][row] = number_mistakes.harmless(self.children.number[row], dice)
        return cells

    @cached_property
    def flattened(self) -> dict[int, str]:
        """What a spreadsheet has made of the numbers of the damaged schools."""
        cells = {}
        for school, how in self.sample.damaged_schools.items():
            for row in np.flatnonzero(self.seats.school == school).tolist():
                cells[row] = number_mistakes.flattened(self.children.number[row], how == "scientific")
        return cells

    def register(self, month: int) -> pl.DataFrame:
        """The population register's rows for this part's children: 身份证件号, 姓名, 性别, 出生日期."""
        frame = pl.DataFrame(
            {
                "身份证件号": self.children.number,
                "姓名": self.children.name,
                "性别": self.children.sex,
                "出生日期": pl.Series(self.children.birth).cast(pl.String),
            }
        )
        registered = np.ones(len(frame), dtype=np.bool_)
        numbers, names, strangers = dict[int, str](), dict[int, str](), list[tuple[str, str, str, str]]()
        for record in self.planned:
            outcome = record.outcome
            if record.kind in ANOTHERS_SEAT:
                registered[record.row] = False
            if outcome.stranger:
                number, name = outcome.stranger
                strangers.append((number, name, "1" if int(number[16]) % 2 else "2", number[6:14]))
            if not record.shows(month):
                continue
            registered[record.row] &= outcome.is_registered
            if outcome.register_number:
                numbers[record.row] = outcome.register_number
            if outcome.register_name:
                names[record.row] = outcome.register_name
        for column, cells in (("身份证件号", numbers), ("姓名", names)):
            changed = frame[column].clone().scatter(list(cells), pl.Series(list(cells.values()), dtype=pl.String))
            frame = frame.with_columns(changed.alias(column))
        others = pl.DataFrame(strangers, schema=frame.schema, orient="row")
        return pl.concat([frame.filter(pl.Series(registered)), others])

    def findings(self) -> pl.DataFrame:
        """What should be found about single records, with the months it is true for: FINDINGS."""
        rows = [
            (*self.key_of(record), rule_id, reason, None, *self.months_of(record))
            for record in self.planned
            for rule_id, reason in record.outcome.findings
        ]
        return pl.DataFrame(rows, schema=FINDINGS, orient="row")

    def mistyped_numbers(self) -> pl.DataFrame:
        """The records whose number was mistyped, the right number and the typist's slips: MISTYPED."""
        rows = [
            (*self.key_of(record), typed.right_number, len(typed.slips), typed.slips[0], *self.months_of(record))
            for record in self.planned
            if (typed := record.outcome.mistyped) is not None
        ]
        return pl.DataFrame(rows, schema=MISTYPED, orient="row")

    def nameless(self) -> pl.DataFrame:
        """The records without any number, their names folded: NAMELESS."""
        county, city = (self.sample.layout.table[column] for column in ("county_code", "city_code"))
        identity = {column: self.base[column] for column in ("xm", "xbm", "csrq")}
        rows = []
        for record in self.planned:
            if is_nameless(record):
                cells, school = record.outcome.cells, int(self.seats.school[record.row])
                name, sex, birth = (cells.get(column, values[record.row]) for column, values in identity.items())
                place = (county[school], city[school])
                rows.append((*self.key_of(record), *place, folded(name or ""), sex, birth, *self.months_of(record)))
        return pl.DataFrame(rows, schema=NAMELESS, orient="row")

    def key_of(self, record: Planned) -> tuple[str, str | None, str | None]:
        """Unit, school code and student number as delivered while the peculiarity shows."""
        cells = record.outcome.cells
        school = cells["xxbsm"] if "xxbsm" in cells else self.school_codes[record.row]
        return UNIT_CODES[self.unit], school, cells["xjh"] if "xjh" in cells else self.student_no[record.row]

    @cached_property
    def school_codes(self) -> pl.Series:
        return self.sample.layout.table["school_code"].gather(self.seats.school)

    def months_of(self, record: Planned) -> tuple[int, int]:
        return max(record.start, int(self.entered[record.row])), record.end


def is_nameless(record: Planned) -> bool:
    """Whether the record has no number at all."""
    return "sfzjh" in record.outcome.cells and record.outcome.cells["sfzjh"] is None


_KEY = {"unit": pl.String, "school_code": pl.String, "student_no": pl.String}
_MONTHS = {"start": pl.Int64, "end": pl.Int64}
FINDINGS = _KEY | {"rule_id": pl.String, "reason": pl.String, "scope": pl.String} | _MONTHS
MISTYPED = _KEY | {"right_number": pl.String, "slips": pl.Int64, "slip": pl.String} | _MONTHS
NAMELESS = (
    _KEY | {"county": pl.String, "city": pl.String, "name": pl.String, "sex": pl.String, "birth": pl.String} | _MONTHS
)


def texts(places: NDArray[np.generic], *choices: str) -> pl.Series:
    """The text at each place."""
    return pl.Series(choices).gather(places.astype(np.int64))


def build_part(sample: Sample, unit: int, first: int, last: int) -> Part:
    """The students with the indexes `first` … `last` − 1, all of one unit."""
    seats = seats_of(sample.layout, np.arange(first, last, dtype=np.int64))
    children = sample.children(seats)
    bounds = np.searchsorted(sample.plan["index"].to_numpy(), [first, last])
    plan = sample.plan[int(bounds[0]) : int(bounds[1])]
    rows = plan["index"].to_numpy() - first
    kinds = pl.Series([None] * len(seats.index), dtype=pl.String).scatter(rows, plan["kind"])
    facts = Facts(seats, children, sample.families(seats, children), sample.student_numbers(seats, children, kinds))
    planned = plan_outcomes(sample, unit, plan, facts, first)
    return Part(sample, unit, seats, children, facts.families, kinds, facts.student_no, planned)
