"""What a whole sample is made from, and the facts about its records that every part needs."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.model import UNITS
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.families import Families, families_of
from xueji.data_samples.mistakes import PROVISIONAL
from xueji.data_samples.people import Children, children_of
from xueji.data_samples.rates import Rates
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import Seats
from xueji.data_samples.student_numbers import student_numbers

UNIT_CODES = tuple(UNITS)


@dataclass(frozen=True)
class Sample:
    """The seed and everything that follows from it for the sample as a whole."""

    seed: int
    layout: Layout
    calendar: Calendar
    rates: Rates
    plan: pl.DataFrame  # problems.plan_problems
    damaged_schools: dict[int, str]  # school → scientific or zero_endings

    def children(self, seats: Seats) -> Children:
        return children_of(self.layout, self.seed, self.calendar.last_school_year, seats)

    def families(self, seats: Seats, children: Children) -> Families:
        return families_of(self.layout, self.seed, self.calendar.last_school_year, seats, children)

    def entered(self, seats: Seats) -> NDArray[np.int64]:
        """The first date on which each student is in its school."""
        return self.calendar.first_month(seats.grade, seats.entry_grade)

    def student_numbers(self, seats: Seats, children: Children, kinds: pl.Series) -> pl.Series:
        """学籍号 as issued. `kinds` holds each record's peculiarity, null for none."""
        is_provisional = kinds.is_in(sorted(PROVISIONAL)).fill_null(False).to_numpy()
        return student_numbers(self.layout, self.seed, seats, children, is_provisional)
