"""The figures of one month as a bulletin may print them: counts, rates and changes, with the marks they carry.

Which figures are withheld was decided when the month was counted and stands in `progress`. A figure with a mark is dropped here
as it is read, so that nothing behind this module could print, draw or compare it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from xueji.checks.model import UNITS, Rule, XuejiError, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports.suppression import SMALL_MARK, WITHHELD_MARK

NO_FIGURE = "—"  # nothing to count: no records, no register, nothing to compare with, too few students for a rate
NEARLY_SAME_PERCENT = 0.005  # prints as 0.00
_RESIDUAL_ENDING = "0000"
_SCHOOL = "school"
_COMPARED_COUNTS = {
    name for kind in ind.COMPARED_TYPES for name in (ind.pending(kind), "rule_id_not_found", "rule_id_name_mismatch")
}
_WITH_COMPARED = (ind.PENDING_TOTAL, ind.PENDING_REPORTED)  # hold the compared types, when those were counted
_RULE, _NOTE, _RESTATED = ind.rule_count(""), ind.note_count(""), "restated_"
_MONTH_LENGTH = len("2026-11")


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One row of `progress`, without the columns that say where it comes from."""

    month: str
    level: str
    code: str
    name: str
    indicator: str
    value: float | None
    as_of: date
    parent_code: str | None
    mark: str | None


@dataclass(frozen=True)
class Area:
    """A place that figures are told of; `name` in full."""

    level: str
    code: str
    name: str
    parent_code: str | None

    @property
    def short_name(self) -> str:
        """As prose and table rows say it: 内蒙古 of a unit, the full name of all others."""
        return unit_short_name(self.code) if self.level == "province" else self.name

    @property
    def is_residual(self) -> bool:
        """Of a unit's records whose school is in no county known."""
        return self.level == "county" and self.code.endswith(_RESIDUAL_ENDING)


@dataclass(frozen=True)
class Cell:
    """One printed figure or word. `value` is null when no number is printed, so that nothing can be drawn from it."""

    text: str
    value: float | None = None
    decimals: int = 0

    @property
    def is_number(self) -> bool:
        return self.value is not None

    @property
    def is_mark(self) -> bool:
        """Stands in the place of a figure that is withheld."""
        return self.value is None and self.text in (SMALL_MARK, WITHHELD_MARK)

    @property
    def is_word(self) -> bool:
        """Neither a figure nor a mark in a figure's place."""
        return self.value is None and not self.is_mark and self.text != NO_FIGURE


def number_cell(value: float | None, decimals: int = 0) -> Cell:
    """The figure as printed; `—` without one."""
    return Cell(NO_FIGURE) if value is None else Cell(f"{value:.{decimals}f}", value, decimals)


@dataclass(frozen=True)
class Change:
    """A count beside the previous bulletin's. `percent` only for `up` and `down`.

    `withheld`: either figure is. `hidden`: there is nothing to compare, or the two do not count the same.
    """

    kind: Literal["first", "hidden", "withheld", "same", "nearly_same", "from_zero", "up", "down"]
    percent: float | None = None

    @property
    def cell(self) -> Cell:
        if self.kind in ("up", "down"):
            return number_cell(self.percent, 2)
        if self.kind in ("same", "nearly_same"):
            return Cell("0.00", 0.0, 2)
        return Cell(WITHHELD_MARK if self.kind == "withheld" else NO_FIGURE)


@dataclass(frozen=True)
class Restatement:
    """A figure of an earlier bulletin that the ledger now tells otherwise."""

    month: str
    indicator: str
    printed: Cell  # `—` where that month's rows were not given
    restated: Cell


@dataclass(frozen=True)
class Figure:
    """A value, or the mark in its place; neither where there is no figure."""

    value: float | None
    mark: str | None


class Facts:
    """The rows of one month, by code and indicator: the nation's and those of any other areas.

    `previous`: rows of the previous bulletin's month for the same areas; rows of still earlier months with them give what those
    months printed. Of `rules` those are kept that ever counted a record.
    """

    def __init__(
        self, rows: Iterable[ProgressRow], previous: Iterable[ProgressRow] = (), rules: Sequence[Rule] = ()
    ) -> None:
        self._figures: dict[tuple[str, str], Figure] = {}
        self._areas: dict[str, Area] = {}
        self._children: dict[str, list[Area]] = {}
        self._restated: dict[str, list[str]] = {}
        months, days = set(), set()
        for row in rows:
            months.add(row.month)
            days.add(row.as_of)
            self._take(row)
        if len(months) != 1 or len(days) != 1:
            raise XuejiError(
                f"progress: figures of {sorted(months) or 'no month'}, expected those of one month and day"
            )
        self.month: str = months.pop()
        self.as_of: date = days.pop()
        self._earlier = {(row.month, row.code, row.indicator): _figure(row) for row in previous}
        self._previous_month = max((month for month, _, _ in self._earlier if month < self.month), default=None)
        counted = {name for code, name in self._figures if code == ind.NATIONAL_CODE}
        self.rules = tuple(
            rule for rule in rules if rule.id not in ind.FILE_RULES and ind.rule_count(rule.id) in counted
        )

    def _take(self, row: ProgressRow) -> None:
        if row.code not in self._areas:
            area = self._areas[row.code] = Area(row.level, row.code, row.name, row.parent_code)
            if row.parent_code is not None:
                self._children.setdefault(row.parent_code, []).append(area)
        self._figures[row.code, row.indicator] = _figure(row)
        if row.indicator.startswith(_RESTATED):
            self._restated.setdefault(row.code, []).append(row.indicator)

    def area(self, code: str) -> Area:
        return self._areas[code]

    def parts(self, code: str) -> tuple[Area, ...]:
        """The areas it is divided into: units in administrative order; cities, then counties of no city; the residual last."""
        children = [area for area in self._children.get(code, ()) if area.level != _SCHOOL]
        if code == ind.NATIONAL_CODE:
            known = {area.code: area for area in children}
            return tuple(known[unit] for unit in UNITS if unit in known)
        return tuple(sorted(children, key=lambda area: (area.is_residual, ind.LEVELS.index(area.level), area.code)))

    def schools(self, code: str) -> tuple[Area, ...]:
        """The schools of a county, by their codes."""
        schools = (area for area in self._children.get(code, ()) if area.level == _SCHOOL)
        return tuple(sorted(schools, key=lambda area: area.code))

    @property
    def is_first(self) -> bool:
        return self.value(ind.NATIONAL_CODE, ind.PREVIOUS_DAYS) is None

    @property
    def previous_as_of(self) -> date | None:
        days = self.value(ind.NATIONAL_CODE, ind.PREVIOUS_DAYS)
        return None if days is None else self.as_of - timedelta(days=days)

    @property
    def is_compared(self) -> bool:
        """Whether identities were compared with the population register."""
        return self.number(ind.NATIONAL_CODE, ind.COMPARED) > 0

    @property
    def was_compared(self) -> bool:
        """Whether they were for the previous bulletin."""
        return bool(self._previous(ind.NATIONAL_CODE, ind.COMPARED).value)

    def has_records(self, code: str) -> bool:
        return self.number(code, ind.STUDENTS) > 0

    def value(self, code: str, indicator: str) -> float | None:
        """A figure that is never withheld (files, schools, flags); null when there is none, or should it carry a mark."""
        return self._figures.get((code, indicator), _ABSENT).value

    def number(self, code: str, indicator: str) -> int:
        return round(self.value(code, indicator) or 0)

    def count(self, code: str, indicator: str) -> Cell:
        """A count of records, or the mark that stands in its place."""
        if not self.has_records(code) or (indicator in _COMPARED_COUNTS and not self.is_compared):
            return Cell(NO_FIGURE)
        figure = self._figures.get((code, indicator))
        if figure is None and self._is_zero_unsaid(code, indicator):
            return number_cell(0)
        return _cell(figure or _ABSENT)

    def previous_count(self, code: str, indicator: str) -> Cell:
        """The previous bulletin's count, withheld where that bulletin withheld it."""
        if self.is_first or not self._previous(code, ind.STUDENTS).value:
            return Cell(NO_FIGURE)
        if indicator in _COMPARED_COUNTS and not self.was_compared:
            return Cell(NO_FIGURE)
        figure = self._earlier.get((self._previous_month or "", code, indicator))
        if figure is None and self._is_zero_unsaid(code, indicator):
            return number_cell(0)
        return _cell(figure or _ABSENT)

    def rate(self, code: str, indicator: str) -> Cell:
        """Records per 10,000 students; withheld with the count, since the one gives the other."""
        count = self.count(code, indicator)
        rate = self.figure(code, ind.per_10000(indicator))
        if count.is_mark or rate.is_mark:
            return Cell(WITHHELD_MARK)
        return rate if count.is_number else Cell(NO_FIGURE)

    def figure(self, code: str, indicator: str, decimals: int = 2) -> Cell:
        """A derived figure: a share, index, pace or forecast."""
        if not self.has_records(code):
            return Cell(NO_FIGURE)
        return _cell(self._figures.get((code, indicator), _ABSENT), decimals)

    def interval(self, code: str) -> Cell:
        """The 95 % interval of pending records per 10,000 students, as text."""
        bounds = [self.figure(code, name(ind.PENDING_TOTAL)) for name in (ind.per_10000_low, ind.per_10000_high)]
        rate = self.rate(code, ind.PENDING_TOTAL)
        if any(cell.is_mark for cell in (rate, *bounds)):
            return Cell(WITHHELD_MARK)
        if not all(cell.is_number for cell in (rate, *bounds)):
            return Cell(NO_FIGURE)
        return Cell("—".join(cell.text for cell in bounds))

    def note(self, rule_id: str) -> Cell:
        """National findings of a rule that are for information only; they stand in no table with totals."""
        return self.count(ind.NATIONAL_CODE, ind.note_count(rule_id))

    def change(self, code: str, indicator: str) -> Change:
        """Against the previous bulletin; no figure where either is withheld, or where the two do not count the same."""
        if self.is_first:
            return Change("first")
        now, before = self.count(code, indicator), self.previous_count(code, indicator)
        percent = self._figures.get((code, ind.change_percent(indicator)), _ABSENT)
        if now.is_mark or before.is_mark or percent.mark:
            return Change("withheld")
        same_basis = self.is_compared == self.was_compared or indicator not in _WITH_COMPARED
        if not (now.is_number and before.is_number and same_basis):
            return Change("hidden")
        if now.value == before.value:
            return Change("same")
        if percent.value is None:
            return Change("from_zero" if before.value == 0 else "hidden")
        if abs(percent.value) < NEARLY_SAME_PERCENT:
            return Change("nearly_same")
        return Change("up" if percent.value > 0 else "down", percent.value)

    def restatements(self, code: str) -> tuple[Restatement, ...]:
        """Figures of earlier bulletins that are told otherwise now, by month and indicator."""
        found = []
        for name in sorted(self._restated.get(code, ())):
            month, indicator = _restated_parts(name)
            printed = _cell(self._earlier.get((month, code, indicator), _ABSENT))
            found.append(Restatement(month, indicator, printed, _cell(self._figures[code, name])))
        return tuple(found)

    def rules_of(self, problem_type: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.problem_type == problem_type]

    def _previous(self, code: str, indicator: str) -> Figure:
        return self._earlier.get((self._previous_month or "", code, indicator), _ABSENT)

    def _is_zero_unsaid(self, code: str, indicator: str) -> bool:
        """Whether a figure without a row is 0: schools have no rows of zeros, nor have rules and notes that found nothing."""
        area = self._areas.get(code)
        if area is None:
            return False
        return (area.level == _SCHOOL and indicator in ind.SCHOOL_COUNTS) or indicator.startswith((_RULE, _NOTE))


_ABSENT = Figure(None, None)


def _figure(row: ProgressRow) -> Figure:
    """The row's figure without the value its mark stands for."""
    return Figure(None if row.mark else row.value, row.mark)


def _cell(figure: Figure, decimals: int = 0) -> Cell:
    return Cell(figure.mark) if figure.mark else number_cell(figure.value, decimals)


def _restated_parts(name: str) -> tuple[str, str]:
    """Month and indicator of a `restated_2026-09_pending_total`."""
    rest = name.removeprefix(_RESTATED)
    return rest[:_MONTH_LENGTH], rest[_MONTH_LENGTH + 1 :]
