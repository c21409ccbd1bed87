"""When a place will be done at the present pace, and which of its counties will not be by 30 June."""

import math
from dataclasses import dataclass
from datetime import date

from xueji.checks.deadlines import settlement_due
from xueji.checks.working_days import add_working_days
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Area, Cell, Facts
from xueji.reports.bulletin_places import Place

NAMED_COUNTIES = 20  # of a province; more are told by number, and stand in the annex
FURTHEST_DAYS = 2500  # working days, ten years; a day further off would be read as more than it is


@dataclass(frozen=True)
class Completed:
    """When what is pending would be settled at the present pace."""

    on: date | None
    is_far: bool = False  # more than FURTHEST_DAYS off
    is_stalled: bool = False  # nothing is being closed


@dataclass(frozen=True)
class CountyForecast:
    name: str
    left: Cell  # on 30 June
    completed: Completed


@dataclass(frozen=True)
class ForecastSection:
    deadline: date
    days_left: int  # working days
    days_passed: int  # since the previous bulletin
    per_day: Cell
    left: Cell
    completed: Completed | None  # None: not told
    is_county: bool
    counties: int  # below it, with records
    counties_missing: int
    by_part: tuple[tuple[str, int], ...]  # parts with counties that will miss it
    named: tuple[CountyForecast, ...]  # the counties that will miss it, where they are not too many
    is_named: bool  # whether those are told by name


def completed_at_pace(facts: Facts, code: str) -> Completed | None:
    """None where the forecast is withheld or there is none."""
    per_day, days = facts.figure(code, ind.CLOSED_PER_DAY), facts.figure(code, ind.FORECAST_DAYS)
    if days.value is not None:
        if days.value > FURTHEST_DAYS:
            return Completed(None, is_far=True)
        return Completed(add_working_days(facts.as_of, math.ceil(days.value)))
    return Completed(None, is_stalled=True) if per_day.value == 0 and not days.is_mark else None


def counties_below(facts: Facts, code: str) -> list[Area]:
    """The counties of an area in administrative order by city; a city without counties stands for its own."""
    found = []
    for part in facts.parts(code):
        below = counties_below(facts, part.code) if part.level != "county" else []
        found += below or [part]
    return found


def _missing(facts: Facts, area: Area) -> CountyForecast | None:
    left = facts.figure(area.code, ind.FORECAST_LEFT, 0)
    completed = completed_at_pace(facts, area.code) if left.value else None
    return CountyForecast(area.short_name, left, completed) if completed else None


def forecast_section(facts: Facts, place: Place) -> ForecastSection:
    """`named` for cities, and for provinces unless they are many; the nation's bulletin tells how many of each unit."""
    code = place.code
    parts = facts.parts(code)
    missing = facts.number(code, ind.COUNTIES_MISSING)
    is_named = missing > 0 and (place.level == "city" or (place.level == "province" and missing <= NAMED_COUNTIES))
    found = (_missing(facts, area) for area in counties_below(facts, code)) if is_named else ()
    by_part = ((part.short_name, facts.number(part.code, ind.COUNTIES_MISSING)) for part in parts)
    return ForecastSection(
        deadline=settlement_due(facts.as_of),
        days_left=facts.number(ind.NATIONAL_CODE, ind.WORKING_DAYS_LEFT),
        days_passed=facts.number(ind.NATIONAL_CODE, ind.WORKING_DAYS_PASSED),
        per_day=facts.figure(code, ind.CLOSED_PER_DAY),
        left=facts.figure(code, ind.FORECAST_LEFT, 0),
        completed=completed_at_pace(facts, code),
        is_county=not parts,
        counties=facts.number(code, ind.COUNTIES),
        counties_missing=missing,
        by_part=tuple((name, count) for name, count in by_part if count),
        named=tuple(county for county in found if county),
        is_named=is_named,
    )
