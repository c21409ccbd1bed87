"""The planned mistakes of a part of a unit, made: one outcome a planned record."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples.draws import Dice, whole
from xueji.data_samples.families import FATHER, MOTHER, Families, asks_for_numbers
from xueji.data_samples.mistakes import MISTAKES
from xueji.data_samples.numbers import id_number, id_numbers
from xueji.data_samples.people import Children
from xueji.data_samples.record_facts import Family, Habits, Member, Outcome, Person, Record
from xueji.data_samples.sample import Sample
from xueji.data_samples.seats import Seats, seats_of
from xueji.data_samples.second_registrations import MOVED, is_there


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

    def is_changed(self, month: int) -> bool:
        """Whether the record's cells are those of the outcome: of a child that has come to stay also when the problem is solved."""
        return self.shows(month) or (self.kind in MOVED and month >= self.start)

    def is_there(self, month: int) -> bool:
        """Whether the record stands in the registry in a month, its school year apart."""
        return is_there(self.kind, self.start, self.end, month)


def people_of(children: Children, families: Families, student_no: pl.Series) -> list[Person]:
    """One Person a row."""
    fathers, mothers = id_numbers(families.father_body), id_numbers(families.mother_body)
    of_families = [
        Family(
            Member(father, FATHER, fathers_number),
            Member(mother, MOTHER, mothers_number),
            str(phone),
            bool(is_mother_first),
            str(household),
        )
        for father, fathers_number, mother, mothers_number, phone, is_mother_first, household in zip(
            families.father, fathers, families.mother, mothers, families.phone, families.is_mother_first,
            families.household, strict=True,
        )
    ]  # fmt: skip
    region = pl.Series(children.region).cast(pl.String)
    columns = (children.name, children.sex, children.birth.tolist(), children.number, children.nation, region)
    return [Person(*values) for values in zip(*columns, student_no, of_families, strict=True)]


def plan_outcomes(sample: Sample, unit: int, plan: pl.DataFrame, part: "Facts", first: int) -> tuple[Planned, ...]:
    """Make the planned mistakes of a part whose first student has the index `first`."""
    rows = plan["index"].to_numpy() - first
    seats = part.seats.take(rows)
    persons = people_of(part.children.take(rows), part.families.take(rows), part.student_no.gather(rows))
    leader_index = plan.filter(pl.col("leader") >= 0)["leader"].unique().sort().to_numpy()
    leaders = dict(zip(leader_index.tolist(), leaders_of(sample, leader_index), strict=True))
    leader_numbers = numbers_of(sample.plan, leader_index)
    layout, calendar = sample.layout, sample.calendar
    school_codes = layout.table["school_code"]
    abroad = other_unit_schools(sample, unit, plan["bits"].to_numpy())
    places = layout.county_codes[seats.county]
    asks = np.stack(asks_for_numbers(sample.seed, seats.school), axis=1)
    can_lag = seats.grade - seats.entry_grade > max(calendar.years_back)
    entered = calendar.last_school_year - (seats.grade - seats.entry_grade)
    moved_in = np.maximum(entered, calendar.last_school_year - max(calendar.years_back))
    planned = []
    for place, (index, kind, leader, number, start, end, bits) in enumerate(
        plan.select("index", "kind", "leader", "number", "start", "end", "bits").iter_rows()
    ):
        record = Record(
            index=index,
            child=persons[place],
            leader=leaders.get(leader),
            leader_index=leader,
            leader_number=leader_numbers.get(leader),
            school_code=school_codes[int(seats.school[place])],
            other_school_code=school_codes[int(abroad[place])],
            place=str(places[place]),
            habits=Habits(*asks[place].tolist()),
            special_number=id_number(number) if number else None,
            can_lag=bool(can_lag[place]),
            last_date=calendar.dates[-1],
            moved_in=f"{moved_in[place]}09",
        )
        planned.append(Planned(index - first, kind, start, end, MISTAKES[kind](record, Dice(bits))))
    return tuple(planned)


@dataclass(frozen=True)
class Facts:
    """Who sits where in a part."""

    seats: Seats
    children: Children
    families: Families
    student_no: pl.Series


def leaders_of(sample: Sample, index: NDArray[np.int64]) -> list[Person]:
    """The leaders of groups, wherever they are."""
    seats = seats_of(sample.layout, index)
    children = sample.children(seats)
    kinds = planned_of(sample.plan, index)["kind"]
    return people_of(children, sample.families(seats, children), sample.student_numbers(seats, children, kinds))


def numbers_of(plan: pl.DataFrame, index: NDArray[np.int64]) -> dict[int, str]:
    """The special numbers of planned records that have one."""
    numbers = planned_of(plan, index)["number"].to_list()
    return {at: id_number(number) for at, number in zip(index.tolist(), numbers, strict=True) if number}


def planned_of(plan: pl.DataFrame, index: NDArray[np.int64]) -> pl.DataFrame:
    """The rows of the plan of these records, all of them planned."""
    return plan[np.searchsorted(plan["index"].to_numpy(), index)]


def other_unit_schools(sample: Sample, unit: int, bits: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each draw a school outside the unit."""
    schools = sample.layout.unit
    first, last = np.searchsorted(schools, [unit, unit + 1])
    others = whole(bits, len(schools) - int(last - first))
    return np.where(others >= first, others + (last - first), others)
