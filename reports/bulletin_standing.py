"""How the parts of a place stand: completion, pending records per 10,000 students.

Good ranks are listed as ranks, bad figures by threshold in administrative order or with the figure, never as the last few.
Parts with fewer students than `indicators.RATE_MIN_STUDENTS` have no such figures and stand in no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import NO_FIGURE, Area, Cell, Facts
from xueji.reports.bulletin_pending import Line, OverThreshold, parts_above
from xueji.reports.bulletin_places import Place
from xueji.reports.bulletin_thresholds import Threshold

_FULL_PERCENT = 100.0
_RANKED_PARTS = ((10, 5), (6, 3))  # from so many parts on, so many are ranked: fewer would name the last ones too
_ALL_BUT = 5  # all but so few are told as all but those

Ranked = tuple[Area, Cell]


def ranked_count(parts: int) -> int:
    """How many of so many parts are listed as the first."""
    return next((listed for least, listed in _RANKED_PARTS if parts >= least), 0)


def first_ranked(ranked: Sequence[Ranked]) -> tuple[Line, ...]:
    """The first of parts in the order of their rank, with those that print the same as the last of them.

    Where so many print the same that the list would be twice as long, these are left out.
    """
    count = ranked_count(len(ranked))
    if not count:
        return ()
    last = ranked[count - 1][1].text
    end = next((place for place in range(count, len(ranked)) if ranked[place][1].text != last), len(ranked))
    if end > 2 * count:
        end = next(place for place, (_, cell) in enumerate(ranked) if cell.text == last)
    return tuple((area.short_name, cell) for area, cell in ranked[:end])


def _eligible(facts: Facts, code: str, indicator: str, counted: str) -> list[Ranked]:
    """Parts with the derived figure printed and enough of what is `counted`, in administrative order."""
    parts = (part for part in facts.parts(code) if not part.is_residual)
    large = (part for part in parts if facts.number(part.code, counted) >= ind.RATE_MIN_STUDENTS)
    figures = ((part, facts.figure(part.code, indicator)) for part in large)
    return [(part, cell) for part, cell in figures if cell.is_number]


@dataclass(frozen=True)
class Completion:
    """One completion rate: the place's own, and where its parts stand."""

    title: str
    own: Cell
    rank_count: int
    best: tuple[Line, ...]  # falling; empty where as many are at 100 %
    full: tuple[str, ...]  # at 100 %
    threshold: int
    below: tuple[str, ...]  # lower than the threshold, in administrative order
    not_below: tuple[str, ...]  # the others, where they are few
    is_all_below: bool


def completion(
    facts: Facts, code: str, indicator: str, title: str, threshold: int, counted: str = ind.STUDENTS
) -> Completion:
    """`counted`: the students that the rate is of."""
    eligible = _eligible(facts, code, indicator, counted)
    full = tuple(area.short_name for area, cell in eligible if (cell.value or 0) >= _FULL_PERCENT)
    ranked = sorted(eligible, key=lambda item: -float(item[1].text))
    best = first_ranked(ranked) if len(full) < ranked_count(len(ranked)) else ()
    best = best if all(cell.value for _, cell in best) else ()  # nothing done is no rank
    below = tuple(area.short_name for area, cell in eligible if (cell.value or 0) < threshold)
    others = tuple(area.short_name for area, _ in eligible if area.short_name not in below)
    few = len(others) <= _ALL_BUT and len(below) > len(others)
    return Completion(
        title,
        facts.figure(code, indicator),
        min(len(best), ranked_count(len(ranked))),
        best,
        full,
        threshold,
        below,
        others if few else (),
        is_all_below=len(below) > 1 and not others,
    )


@dataclass(frozen=True)
class CompletionSection:
    rates: tuple[Completion, ...]
    audits_waiting: Cell
    audits_overdue: Cell
    over_threshold: OverThreshold  # parts with more audits past ten working days


def completion_section(facts: Facts, code: str, threshold: Threshold) -> CompletionSection:
    return CompletionSection(
        (
            completion(facts, code, ind.COMPLETION_PERCENT, "问题学籍完成率", threshold.completion_percent),
            completion(facts, code, ind.AUDIT_COMPLETION_PERCENT, "审核完成率", threshold.audit_percent),
        ),
        facts.count(code, ind.AUDITS_WAITING),
        facts.count(code, ind.AUDITS_OVERDUE),
        parts_above(facts, code, ind.AUDITS_OVERDUE, threshold.audits_overdue),
    )


@dataclass(frozen=True)
class RatedPart:
    name: str
    rate: Cell
    interval: Cell


@dataclass(frozen=True)
class RateSection:
    """Pending records per 10,000 students. Parts whose figure is withheld are in none of the lists."""

    rate: Cell
    interval: Cell
    means: tuple[Line, ...]  # of the areas the place lies in
    parts: tuple[Line, ...]  # all that have a rate or a mark in its place, in administrative order, for the chart
    threshold_percent: int  # above the place's own rate
    above: tuple[RatedPart, ...]  # falling
    rank_count: int
    lowest: tuple[Line, ...]  # rising, zero not among them
    without: tuple[str, ...]  # nothing pending
    not_counted: tuple[str, ...]  # no records
    is_complete: bool  # no part's figure is withheld


def rate_section(facts: Facts, place: Place, threshold_percent: int) -> RateSection:
    parts = facts.parts(place.code)
    with_records = [part for part in parts if facts.has_records(part.code)]
    named = [part for part in with_records if not part.is_residual]
    rates = {part.code: facts.rate(part.code, ind.PENDING_TOTAL) for part in with_records}
    ranked = [(part, rates[part.code]) for part in with_records if rates[part.code].value]
    ranked.sort(key=lambda item: item[1].value or 0)
    rankable = [item for item in ranked if not item[0].is_residual]
    lowest = first_ranked(rankable)
    mean = facts.rate(place.code, ind.PENDING_TOTAL)
    limit = None if mean.value is None else mean.value * (100 + threshold_percent) / 100
    above = [(part, cell) for part, cell in reversed(ranked) if limit is not None and (cell.value or 0) > limit]
    return RateSection(
        mean,
        facts.interval(place.code),
        tuple((area.name, facts.rate(area.code, ind.PENDING_TOTAL)) for area in place.above),
        tuple((part.short_name, rates[part.code]) for part in named if rates[part.code].text != NO_FIGURE),
        threshold_percent,
        tuple(RatedPart(part.short_name, cell, facts.interval(part.code)) for part, cell in above),
        min(len(lowest), ranked_count(len(rankable))),
        lowest,
        tuple(part.short_name for part in named if facts.count(part.code, ind.PENDING_TOTAL).value == 0),
        tuple(part.short_name for part in parts if part not in with_records),
        not any(rates[part.code].is_mark for part in named),
    )
