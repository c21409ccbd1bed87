"""Working days in China: weekends, statutory holidays, and the weekends worked in their stead.

The State Council publishes a year's arrangement late in the year before. The package `holidays` knows those of the years up to
`last_settled_year()`; of later years it gives the statutory days alone, so dates that reach into them are provisional and may
move by some days once the arrangement is out and the package brought up to date.
"""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache

import holidays

FIRST_YEAR = 2015  # of the notice
_ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices work on that day."""
    return day in _working_day_set(day.year)


def add_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days after `day`; `day` itself for 0. `day` need not be one."""
    if count < 0:
        raise ValueError(f"count is {count}, expected 0 or more")
    if count == 0:
        return day
    year, place = day.year, bisect_right(_working_days(day.year), day) + count - 1
    while place >= len(_working_days(year)):
        place -= len(_working_days(year))
        year += 1
    return _working_days(year)[place]


def working_days_between(first: date, last: date) -> int:
    """The number of working days after `first`, up to and with `last`; 0 when `last` is not after `first`."""
    if last <= first:
        return 0
    years_before_last = sum(len(_working_days(year)) for year in range(first.year, last.year))
    return (
        years_before_last
        + bisect_right(_working_days(last.year), last)
        - bisect_right(_working_days(first.year), first)
    )


@cache
def last_settled_year() -> int:
    """The last year whose official arrangement is known; later years are provisional.

    Told by its worked weekends: every arrangement since the notice has some.
    """
    year = FIRST_YEAR
    while _worked_weekends(year + 1):
        year += 1
    return year


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def _worked_weekends(year: int) -> frozenset[date]:
    calendar = _calendar(year)
    return frozenset(day for day in calendar.weekend_workdays if day.year == year)


@cache
def _working_days(year: int) -> tuple[date, ...]:
    """The year's working days, in order."""
    calendar, worked = _calendar(year), _worked_weekends(year)
    days = (date(year, 1, 1) + count * _ONE_DAY for count in range(366))
    return tuple(
        day for day in days if day.year == year and (day in worked or (day.weekday() < 5 and day not in calendar))
    )


@cache
def _working_day_set(year: int) -> frozenset[date]:
    return frozenset(_working_days(year))
