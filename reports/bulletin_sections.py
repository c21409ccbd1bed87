"""What a bulletin tells of deliveries, of what its figures leave out, and of figures of earlier issues that changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from xueji.checks.divisions import unit_of
from xueji.checks.model import UNITS, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Cell, Facts, Restatement
from xueji.reports.bulletin_places import Place
from xueji.reports.bulletin_wording import restated_title, short_date

_PLACE_MOVED = "学生所在学校或学校所属区划变动"
_LEDGER_CORRECTED = "案件台账更正"


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


def delivery_section(facts: Facts, code: str, refusal_reasons: Mapping[str, str] | None = None) -> DeliverySection:
    """Of the nation all units, of any other area its unit."""
    is_national = code == ind.NATIONAL_CODE
    unit = code if is_national else unit_of(code)
    units = tuple(UNITS) if is_national else (unit,)
    return DeliverySection(
        tuple(delivery(facts, each, refusal_reasons or {}) for each in units),
        facts.number(unit, ind.FILES),
        facts.number(unit, ind.ROWS_DELIVERED),
        facts.number(unit, ind.ROWS_ACCEPTED),
        facts.number(unit, ind.ROWS_QUARANTINED),
        sum(facts.number(unit, ind.rule_count(rule)) for rule in ind.FILE_RULES),
    )


@dataclass(frozen=True)
class ScopeSection:
    """What the figures leave out, as far as it is not told elsewhere. Null or empty: nothing to tell."""

    in_province: Cell | None  # the nation's total leaves them out
    across_units: Cell | None  # same name, sex and birth date in two units: for information
    is_compared: bool
    without_records: tuple[str, ...]
    few_students: tuple[str, ...]  # parts with too few students for rates
    is_itself_small: bool
    outside: Cell | None  # records whose school is not in the school table, and so in no city or county
    rows_quarantined: int
    damaged_files: int


def scope_section(facts: Facts, place: Place, deliveries: DeliverySection) -> ScopeSection:
    code, parts = place.code, facts.parts(place.code)
    students = facts.number(code, ind.STUDENTS)
    return ScopeSection(
        in_province=facts.count(code, ind.pending("DUP_NSB")) if place.is_national else None,
        across_units=facts.note("duplicate_name_sex_birth") if place.is_national else None,
        is_compared=facts.is_compared,
        without_records=tuple(part.short_name for part in parts if not facts.has_records(part.code)),
        few_students=tuple(
            part.short_name for part in parts if 0 < _students(facts, part.code) < ind.RATE_MIN_STUDENTS
        ),
        is_itself_small=0 < students < ind.RATE_MIN_STUDENTS,
        outside=_outside(facts, place),
        rows_quarantined=deliveries.rows_quarantined if place.has_units_figures else 0,
        damaged_files=deliveries.damaged_files if place.has_units_figures else 0,
    )


def _students(facts: Facts, code: str) -> int:
    return facts.number(code, ind.STUDENTS)


def _outside(facts: Facts, place: Place) -> Cell | None:
    if place.level != "province":
        return facts.count(place.code, ind.rule_count("school_unknown")) if place.is_national else None
    residual = next((part for part in facts.parts(place.code) if part.is_residual), None)
    return facts.count(residual.code, ind.STUDENTS) if residual and facts.has_records(residual.code) else None


@dataclass(frozen=True)
class Correction:
    """Figures of one earlier bulletin that are told otherwise now, with the reason they share."""

    month: str
    reason: str
    lines: tuple[tuple[str, Cell, Cell], ...]  # title, printed, restated


def corrections(facts: Facts, code: str) -> tuple[Correction, ...]:
    """By month and reason. Of an area inside a unit whose own figure stands, places have moved."""
    unit = unit_of(code)
    ledger = {(item.month, item.indicator) for item in facts.restatements(unit)}

    def reason(item: Restatement) -> str:
        moved = code != unit and (item.month, item.indicator) not in ledger
        return _PLACE_MOVED if moved else _LEDGER_CORRECTED

    found = [item for item in facts.restatements(code) if restated_title(item.indicator)]
    found.sort(key=lambda item: (item.month, reason(item)))
    return tuple(
        Correction(
            month,
            why,
            tuple((restated_title(item.indicator) or "", item.printed, item.restated) for item in items),
        )
        for (month, why), items in groupby(found, key=lambda item: (item.month, reason(item)))
    )
