"""Delivery dates, school years, and which state of its records a unit has delivered by each date."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT = "63", "64"  # refused as a whole on the last of several dates
MISSING_UNIT = "62"  # delivers nothing on the last date but one of three or more


def school_year(day: date) -> int:
    """The school year that records of this date are in: schools move their students on during September."""
    return day.year if day.month >= 10 else day.year - 1


def month_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Calendar:
    """The delivery dates, oldest first, and the school years they fall in."""

    dates: tuple[date, ...]

    @staticmethod
    def ending(last: date, months: int) -> "Calendar":
        if months < 1:
            raise ValueError(f"months is {months}, expected 1 or more")
        return Calendar(tuple(month_before(last, back) for back in reversed(range(months))))

    @property
    def months(self) -> int:
        return len(self.dates)

    @property
    def last_school_year(self) -> int:
        return school_year(self.dates[-1])

    @property
    def years_back(self) -> tuple[int, ...]:
        """For each date, how many grades lower than on the last date the students are."""
        return tuple(self.last_school_year - school_year(day) for day in self.dates)

    def delivers(self, unit: str, month: int) -> bool:
        """Whether a unit's delivery of this date can be accepted."""
        if self.months >= 2 and month == self.months - 1 and unit in (EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT):
            return False
        return not self.is_missing(unit, month)

    def is_missing(self, unit: str, month: int) -> bool:
        """Whether a unit has no folder on this date."""
        return self.months >= 3 and month == self.months - 2 and unit == MISSING_UNIT

    def state_month(self, unit: str, month: int) -> int:
        """The month whose records stand for a unit on this date: the last accepted one."""
        while not self.delivers(unit, month):
            month -= 1
        return month

    def first_month(self, grade: NDArray[np.int64], entry_grade: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first date on which students are in their school: not before the year in which they entered it."""
        years = grade - entry_grade
        back = np.array(self.years_back)
        first = np.zeros(len(grade), dtype=np.int64)
        for month in range(self.months - 1):
            first[back[month] > years] = month + 1
        return first
