"""What a whole sample is made from, and the facts about its records that every part needs."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.model import UNITS
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.draws import draw, whole
from xueji.data_samples.mistakes import PROVISIONAL
from xueji.data_samples.people import Children, Seats, children_of, provisional_numbers, student_numbers
from xueji.data_samples.rates import Rates
from xueji.data_samples.schools import Layout

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

    def entered(self, seats: Seats) -> NDArray[np.int64]:
        """The first date on which each student is in its school."""
        return self.calendar.first_month(seats.grade, seats.entry_grade)

    def student_numbers(self, seats: Seats, children: Children, kinds: pl.Series) -> pl.Series:
        """学籍号 as issued. `kinds` holds each record's peculiarity, null for none."""
        frame = pl.DataFrame(
            {
                "kind": kinds,
                "usual": student_numbers(self.layout, self.seed, seats, children),
                "J": provisional_numbers(self.layout, seats, children, "J"),
                "L": provisional_numbers(self.layout, seats, children, "L"),
                "is_j": children.is_local & (whole(draw(self.seed, "provisional", seats.index), 2) == 0),
            }
        )
        provisional = pl.col("kind").is_in(sorted(PROVISIONAL)).fill_null(False)
        return frame.select(
            pl.when(~provisional).then(pl.col("usual")).when(pl.col("is_j")).then(pl.col("J")).otherwise(pl.col("L"))
        ).to_series()
