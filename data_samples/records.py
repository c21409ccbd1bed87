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
from xueji.data_samples.mistakes import SECOND_REGISTRATIONS
from xueji.data_samples.outcomes import Planned, plan_outcomes
from xueji.data_samples.people import Children, Seats, seats_of
from xueji.data_samples.sample import UNIT_CODES, Sample

CLASS_SIZE = 45


@dataclass(frozen=True)
class Part:
    """A run of students of one unit, with everything that does not depend on the date."""

    sample: Sample
    unit: int
    seats: Seats
    children: Children
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
        layout, index = sample.layout, seats.index
        entry_year = sample.calendar.last_school_year - (seats.grade - seats.entry_grade)
        stage = np.where(seats.grade <= 6, 1, np.where(seats.grade <= 9, 2, 3))
        class_no = entry_year * 1000 + stage * 100 + seats.place_in_grade // CLASS_SIZE + 1
        settled = share(draw(sample.seed, "settled", index)) < 0.8  # registered where the school is
        health = whole(draw(sample.seed, "health", index), 100)
        habits = draw(sample.seed, "habits", index)
        boards = (habits % np.uint64(100)).astype(np.int64) < np.where(stage == 1, 6, np.where(stage == 2, 25, 60))
        household = np.where(settled, layout.county_codes[seats.county], children.region)
        return pl.DataFrame(
            {
                "xxbsm": layout.table["school_code"].gather(seats.school),
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
                "hkszdm": pl.Series(household).cast(pl.String) + "000000",
                "hkxzm": texts((habits >> np.uint64(20)) % np.uint64(3) == 0, "1", "2"),
                "rxny": pl.Series(entry_year * 100 + 9).cast(pl.String),
                "rxfsm": texts(
                    np.where(stage == 3, 2, (habits >> np.uint64(30)) % np.uint64(10) == 0), "11", "12", "21"
                ),
                "jdfsm": texts(boards, "1", "2"),
                "sflsetm": texts((habits >> np.uint64(40)) % np.uint64(12) == 0, "0", "1"),
            }
        )

    def present(self, month: int) -> NDArray[np.bool_]:
        """Which rows a delivery of this month has."""
        present = self.entered <= month
        for record in self.planned:
            if record.kind in SECOND_REGISTRATIONS and not record.shows(month):
                present[record.row] = False
        return present

    def students(self, month: int) -> pl.DataFrame:
        """The records of one delivery, with the columns of `base`, the grade `nj` and the row's `school` number."""
        behind = np.zeros(len(self.seats.index), dtype=np.int64)
        edits: dict[str, dict[int, str | None]] = {}
        for record in self.planned:
            if record.shows(month):
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
            if record.kind in SECOND_REGISTRATIONS:
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
        """What should be found about single records, with the months it is true for."""
        rows = []
        for record in self.planned:
            cells = record.outcome.cells
            school = cells.get("xxbsm", self.base["xxbsm"][record.row]) if record.outcome.findings else None
            for rule_id, reason in record.outcome.findings:
                student_no = cells.get("xjh", self.student_no[record.row])
                start = max(record.start, int(self.entered[record.row]))
                rows.append((UNIT_CODES[self.unit], school, student_no, rule_id, reason, None, start, record.end))
        return pl.DataFrame(rows, schema=FINDINGS, orient="row")


FINDINGS = {
    "unit": pl.String,
    "school_code": pl.String,
    "student_no": pl.String,
    "rule_id": pl.String,
    "reason": pl.String,
    "scope": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
}


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
    student_no = sample.student_numbers(seats, children, kinds)
    return Part(
        sample,
        unit,
        seats,
        children,
        kinds,
        student_no,
        plan_outcomes(sample, unit, plan, seats, children, student_no, first),
    )
