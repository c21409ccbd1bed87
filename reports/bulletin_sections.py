"""What the text of a bulletin speaks of: problem types, units by rate, quality classes, deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from xueji.checks.model import PROBLEM_TYPES, UNITS, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Cell, Change, Facts
from xueji.reports.bulletin_wording import short_date

LISTED_LOWEST = 5  # good ranks are listed as ranks; bad ones by threshold, never as the last five


@dataclass(frozen=True)
class ProblemLine:
    """One problem type, class or total at one level."""

    title: str
    count: Cell
    rate: Cell  # per 10,000 students
    national_rate: Cell
    previous: Cell
    change: Change


def problem_line(facts: Facts, code: str, indicator: str, title: str) -> ProblemLine:
    return ProblemLine(
        title,
        facts.count(code, indicator),
        facts.rate(code, indicator),
        facts.rate(ind.NATIONAL_CODE, indicator),
        facts.previous_count(code, indicator),
        facts.change(code, indicator),
    )


def pending_total(facts: Facts, code: str) -> ProblemLine:
    return problem_line(facts, code, ind.PENDING_TOTAL, "待处理问题学籍总数")


def pending_lines(facts: Facts, code: str) -> tuple[ProblemLine, ...]:
    """The reported types in their order, those without any record now or before left out."""
    lines = (problem_line(facts, code, ind.pending(kind), PROBLEM_TYPES[kind].title) for kind in ind.PENDING_TYPES)
    return tuple(line for line in lines if line.count.value != 0 or line.previous.value)


def quality_lines(facts: Facts, code: str) -> tuple[ProblemLine, ...]:
    return tuple(problem_line(facts, code, ind.quality(kind), PROBLEM_TYPES[kind].title) for kind in ind.QUALITY_TYPES)


@dataclass(frozen=True)
class UnitRate:
    name: str
    rate: Cell


@dataclass(frozen=True)
class UnitLists:
    """The units by pending records per 10,000 students. Units whose figure is withheld are in none of the lists."""

    threshold_percent: int  # above the national rate
    above: tuple[UnitRate, ...]  # falling
    lowest: tuple[UnitRate, ...]  # rising, zero not among them
    without: tuple[str, ...]  # nothing pending
    not_counted: tuple[str, ...]  # no records
    is_complete: bool  # no unit's figure is withheld


def unit_lists(facts: Facts, threshold_percent: int) -> UnitLists:
    rates = {code: facts.rate(code, ind.PENDING_TOTAL) for code in UNITS}
    with_records = [code for code in UNITS if facts.has_records(code)]
    printed = [code for code in with_records if rates[code].is_number]
    rising = sorted((code for code in printed if rates[code].value), key=lambda code: (rates[code].value, code))
    mean = facts.rate(ind.NATIONAL_CODE, ind.PENDING_TOTAL).value
    limit = None if mean is None else mean * (100 + threshold_percent) / 100
    above = [code for code in reversed(rising) if limit is not None and (rates[code].value or 0) > limit]

    def listed(codes: Sequence[str]) -> tuple[UnitRate, ...]:
        return tuple(UnitRate(unit_short_name(code), rates[code]) for code in codes)

    return UnitLists(
        threshold_percent,
        listed(above),
        listed(rising[:LISTED_LOWEST]),
        tuple(unit_short_name(code) for code in printed if rates[code].value == 0),
        tuple(unit_short_name(code) for code in UNITS if code not in with_records),
        len(printed) == len(with_records),
    )


@dataclass(frozen=True)
class Delivery:
    """What became of one unit's delivery, and which records are in use."""

    name: str
    verdict: str  # 接收, 退回, 未报送
    reason: str  # of a refusal, else empty
    files: int
    rows_delivered: int
    rows_accepted: int
    rows_quarantined: int
    stale_days: int | None  # None: no records at all
    snapshot: str  # the day the records in use are of; empty without any


def delivery(facts: Facts, code: str, refusal_reasons: Mapping[str, str]) -> Delivery:
    verdicts = {ind.DELIVERY_ACCEPTED: "接收", ind.DELIVERY_REFUSED: "退回", ind.DELIVERY_MISSING: "未报送"}
    verdict = next((word for name, word in verdicts.items() if facts.number(code, name)), "未报送")
    days = facts.value(code, ind.STALE_DAYS)
    return Delivery(
        unit_short_name(code),
        verdict,
        refusal_reasons.get(code, "").removeprefix("整批拒收：").rstrip("。") if verdict == "退回" else "",
        facts.number(code, ind.FILES),
        facts.number(code, ind.ROWS_DELIVERED),
        facts.number(code, ind.ROWS_ACCEPTED),
        facts.number(code, ind.ROWS_QUARANTINED),
        None if days is None else round(days),
        "" if days is None else short_date(facts.as_of - timedelta(days=days)),
    )


@dataclass(frozen=True)
class DeliverySection:
    """The deliveries of the units a bulletin is about."""

    deliveries: tuple[Delivery, ...]
    files: int
    rows_delivered: int
    rows_accepted: int
    rows_quarantined: int
    damaged_files: int  # flattened by a spreadsheet, left out of all number checks

    def of_verdict(self, verdict: str) -> list[Delivery]:
        return [item for item in self.deliveries if item.verdict == verdict]

    @property
    def stale(self) -> list[Delivery]:
        """Units whose records are of an earlier day than the bulletin's."""
        return [item for item in self.deliveries if item.stale_days]

    @property
    def without_records(self) -> list[Delivery]:
        return [item for item in self.deliveries if item.stale_days is None]


def delivery_section(facts: Facts, code: str, refusal_reasons: Mapping[str, str]) -> DeliverySection:
    codes = tuple(UNITS) if code == ind.NATIONAL_CODE else (code,)
    return DeliverySection(
        tuple(delivery(facts, unit, refusal_reasons) for unit in codes),
        facts.number(code, ind.FILES),
        facts.number(code, ind.ROWS_DELIVERED),
        facts.number(code, ind.ROWS_ACCEPTED),
        facts.number(code, ind.ROWS_QUARANTINED),
        sum(facts.number(code, ind.rule_count(rule)) for rule in ind.FILE_RULES),
    )
