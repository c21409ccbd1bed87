"""Figures of a campaign over the invented months: forms counted in the smallest areas and summed, with pace and forecast."""

import math
import random
from collections.abc import Iterable
from dataclasses import replace

from bulletin_sample import AREAS, AS_OF, Figures, Month, parts_of

from xueji.checks.working_days import working_days_between
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms

SHARES = (1.0, 0.98, 0.92, 0.9, 0.85)  # of the step before: printed to audited
NOT_BEGUN = ("54", "65")
OPEN_DAYS, DAYS_LEFT = 53, 31
LAST_SCHOOL_DUE = 9  # of a county's last school, where nothing has moved
ADDED = (*forms.TOLD_COUNTS, *(f"recent {step}" for step in forms.PACED))


def with_forms(
    month: Month, begun: Iterable[str] | None = None, progress: float = 0.9, days_left: int = DAYS_LEFT
) -> Month:
    """The month with a campaign in the units `begun`, all but two unless said. `progress`: the mean share of photos uploaded."""
    chance = random.Random(11)
    figures = dict(month.figures)
    units = [area.code for area in AREAS if area.level == "province" and area.code not in NOT_BEGUN]
    for unit in units if begun is None else begun:
        fill(figures, unit, chance, progress)
    leaves = {name: sum(figures.get((unit, name)) or 0 for unit in units) for name in ADDED}
    figures |= {("00", name): value for name, value in leaves.items()}
    _fill_schools(figures)
    for area in AREAS:
        if area.level != "school" and (area.code, forms.DUE) in figures:
            derive(figures, area.code, days_left)
    for area in reversed(AREAS):
        if area.level != "school" and (area.code, forms.DUE) in figures:
            _count_counties(figures, area.code)
    told = {key: value for key, value in figures.items() if not key[1].startswith("recent ") and value is not None}
    return replace(month, figures=told | {key: None for key in month.figures if month.figures[key] is None})


def fill(figures: Figures, code: str, chance: random.Random, progress: float) -> None:
    parts = [part for part in parts_of(code) if part.level != "school"]
    if not parts:
        fill_leaf(figures, code, chance, progress)
        return
    for part in parts:
        fill(figures, part.code, chance, progress)
    figures |= {(code, name): sum(figures[part.code, name] or 0 for part in parts) for name in ADDED}


def fill_leaf(figures: Figures, code: str, chance: random.Random, progress: float) -> None:
    students = int(figures[code, ind.STUDENTS] or 0)
    excluded = int(students * chance.uniform(0.002, 0.02))
    own = min(1.0, progress * chance.uniform(0.85, 1.15))
    steps = [students - excluded]
    for share in SHARES:
        steps.append(int(steps[-1] * share * (1 if progress else 0)))
    uploaded = int(steps[1] * own)
    archived = min(uploaded, steps[5]) // 2
    key, other = steps[4] // 50, steps[4] // 5
    names = (forms.DUE, forms.PRINTED, forms.ISSUED, forms.RETURNED, forms.ENTERED, forms.AUDITED)
    values = {
        **dict(zip(names, steps, strict=True)), forms.STUDENTS: students, forms.EXCLUDED: excluded, forms.UPLOADED: uploaded,
        forms.ARCHIVED: archived, forms.RIGHT_FIRST_TIME: int(steps[5] * 0.97), forms.KEY_CHANGES: key,
        forms.OTHER_CHANGES: other, forms.AUDITS_PENDING: key // 9, forms.SENT_BACK: key // 7,
        f"recent {forms.RETURNED}": steps[3] // 60, f"recent {forms.UPLOADED}": int(uploaded * chance.uniform(0, 0.05)),
    }  # fmt: skip
    figures |= {(code, name): value for name, value in values.items()}


def _fill_schools(figures: Figures) -> None:
    """A county's counts over its schools: the last has nothing but its students."""
    for county in {area.parent_code for area in AREAS if area.level == "school"}:
        schools = [area.code for area in AREAS if area.parent_code == county and area.level == "school"]
        for name in forms.SCHOOL_COUNTS:
            count = int(figures.get((county or "", name)) or 0)
            if name == forms.DUE and count:
                figures[schools[-1], name] = min(LAST_SCHOOL_DUE, count)
                count -= min(LAST_SCHOOL_DUE, count)
            for place, school in enumerate(schools[:-1]):
                if part := count // len(schools[:-1]) + (place < count % len(schools[:-1])):
                    figures[school, name] = part
        for school in schools[:-1]:
            if due := figures.get((school, forms.DUE)):
                figures[school, forms.covered_percent(forms.UPLOADED)] = (
                    100 * (figures.get((school, forms.UPLOADED)) or 0) / due
                )


def derive(figures: Figures, code: str, days_left: int) -> None:
    def of(name: str) -> float:
        return figures[code, name] or 0

    due = of(forms.DUE)
    left = working_days_between(AS_OF, AS_OF.fromordinal(AS_OF.toordinal() + days_left))
    figures |= {
        (code, forms.OPEN_DAYS): OPEN_DAYS, (code, forms.DAYS_LEFT): days_left, (code, forms.WORKING_DAYS_LEFT): left,
        (code, forms.PACE_DAYS): 7,
        (code, forms.FIRST_TIME_PERCENT): 100 * of(forms.RIGHT_FIRST_TIME) / of(forms.AUDITED) if of(forms.AUDITED) else None,
    }  # fmt: skip
    for step in forms.STEPS:
        figures[code, forms.covered_percent(step)] = 100 * of(step) / due if due else None
    for step in forms.PACED:
        pace, rest = of(f"recent {step}") / 7, due - of(step)
        figures[code, forms.per_day(step)] = pace
        figures[code, forms.forecast_days(step)] = (math.ceil(rest / pace) if pace else None) if rest else 0
        figures[code, forms.forecast_percent(step)] = 100 * min(of(step) + pace * left, due) / due if due else None


def _count_counties(figures: Figures, code: str) -> None:
    parts = [part.code for part in parts_of(code) if part.level != "school" and (part.code, forms.DUE) in figures]
    short = (figures[code, forms.forecast_percent(forms.UPLOADED)] or 0) < forms.ENOUGH_PERCENT
    is_county = not parts and not code.endswith("0000")
    own = {forms.COUNTIES: int(is_county), forms.COUNTIES_SHORT: int(is_county and short)}
    for name, value in own.items():
        figures[code, name] = sum(figures[part, name] or 0 for part in parts) if parts else value
