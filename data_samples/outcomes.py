"""The planned mistakes of a part of a unit, made: one outcome a planned record."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples.draws import Dice, whole
from xueji.data_samples.mistakes import MISTAKES, Outcome, Person, Record
from xueji.data_samples.numbers import id_number
from xueji.data_samples.people import Children, Seats, seats_of
from xueji.data_samples.sample import Sample


@dataclass(frozen=True)
class Planned:
    """One planned record of a part: its row, when the peculiarity shows, and what it comes to."""

    row: int
    kind: str
    start: int
    end: int
    outcome: Outcome

    def shows(self, month: int) -> bool:
        return self.start <= month < self.end


def people_of(children: Children, student_no: pl.Series) -> list[Person]:
    """One Person a row."""
    columns = (children.name, children.sex, children.birth.tolist(), children.number, children.nation, student_no)
    return [Person(*values) for values in zip(*columns, strict=True)]


def plan_outcomes(
    sample: Sample,
    unit: int,
    plan: pl.DataFrame,
    seats: Seats,
    children: Children,
    student_no: pl.Series,
    first: int,
) -> tuple[Planned, ...]:
    """Make the planned mistakes of a part."""
    rows = plan["index"].to_numpy() - first
    persons = people_of(children.take(rows), student_no.gather(rows))
    leader_index = plan.filter(pl.col("leader") >= 0)["leader"].unique().sort().to_numpy()
    leaders = dict(zip(leader_index.tolist(), leaders_of(sample, leader_index), strict=True))
    layout = sample.layout
    school_codes = layout.table["school_code"]
    abroad = other_unit_schools(sample, unit, plan["bits"].to_numpy())
    planned = []
    for place, (index, kind, leader, number, start, end, bits) in enumerate(
        plan.select("index", "kind", "leader", "number", "start", "end", "bits").iter_rows()
    ):
        record = Record(
            index=index,
            child=persons[place],
            leader=leaders.get(leader),
            leader_index=leader,
            school_code=school_codes[int(seats.school[rows[place]])],
            other_school_code=school_codes[int(abroad[place])],
            special_number=id_number(number) if number else None,
            last_date=sample.calendar.dates[-1],
        )
        planned.append(Planned(index - first, kind, start, end, MISTAKES[kind](record, Dice(bits))))
    return tuple(planned)


def leaders_of(sample: Sample, index: NDArray[np.int64]) -> list[Person]:
    """The leaders of groups, wherever they are."""
    seats = seats_of(sample.layout, index)
    children = sample.children(seats)
    plan = sample.plan
    kinds = (
        plan["kind"].gather(np.searchsorted(plan["index"].to_numpy(), index))
        if len(index)
        else pl.Series([], dtype=pl.String)
    )
    return people_of(children, sample.student_numbers(seats, children, kinds))


def other_unit_schools(sample: Sample, unit: int, bits: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each draw a school outside the unit."""
    schools = sample.layout.unit
    first, last = np.searchsorted(schools, [unit, unit + 1])
    others = whole(bits, len(schools) - int(last - first))
    return np.where(others >= first, others + (last - first), others)
