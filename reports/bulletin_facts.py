"""The figures of one month as a bulletin may print them: counts, rates and changes with small cells withheld.

Everything printed is asked for here, so that text, charts and tables of all editions withhold the same figures.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from xueji.checks.model import UNITS, Rule, XuejiError
from xueji.reports import indicators as ind
from xueji.reports.suppression import SMALL_MARK, WITHHELD_MARK, Grid, is_small, suppress

NO_FIGURE = "—"  # nothing to count: no records, no register, nothing to compare with
NEARLY_SAME_PERCENT = 0.005  # prints as 0.00
_COMPARED_COUNTS = {
    name for kind in ind.COMPARED_TYPES for name in (ind.pending(kind), "rule_id_not_found", "rule_id_name_mismatch")
}


@dataclass(frozen=True)
class ProgressRow:
    """One row of `progress`."""

    month: str
    level: str
    code: str
    name: str
    indicator: str
    value: float | None
    as_of: date


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
    def is_word(self) -> bool:
        """Neither a figure nor a mark in a figure's place."""
        return self.value is None and self.text not in (SMALL_MARK, WITHHELD_MARK, NO_FIGURE)


def number_cell(value: float | None, decimals: int = 0) -> Cell:
    """The figure as printed; `—` without one."""
    return Cell(NO_FIGURE) if value is None else Cell(f"{value:.{decimals}f}", value, decimals)


@dataclass(frozen=True)
class Change:
    """A count beside the previous bulletin's. `percent` only for `up` and `down`."""

    kind: Literal["first", "hidden", "same", "nearly_same", "from_zero", "up", "down"]
    percent: float | None = None

    @property
    def cell(self) -> Cell:
        if self.kind in ("up", "down"):
            return number_cell(self.percent, 2)
        return Cell("0.00", 0.0, 2) if self.kind in ("same", "nearly_same") else Cell(NO_FIGURE)


class Facts:
    """The rows of one month, by code and indicator. Of `rules` those are printed that ever counted a record."""

    def __init__(self, rows: Iterable[ProgressRow], month: str, rules: Sequence[Rule]) -> None:
        of_month = [row for row in rows if row.month == month]
        if not of_month:
            raise XuejiError(f"progress: no figures of {month}, run the nightly job for that month first")
        self.month = month
        self.as_of = of_month[0].as_of
        self._values = {(row.code, row.indicator): row.value for row in of_month}
        self.rules = tuple(
            rule
            for rule in rules
            if rule.id not in ind.FILE_RULES and (ind.NATIONAL_CODE, ind.rule_count(rule.id)) in self._values
        )
        self._marks = self._suppress(str)
        self._previous_marks = self._suppress(ind.previous)

    def value(self, code: str, indicator: str) -> float | None:
        """A figure that needs no suppression (rows, files, schools); null when there is none."""
        return self._values.get((code, indicator))

    def number(self, code: str, indicator: str) -> int:
        return round(self.value(code, indicator) or 0)

    @property
    def is_first(self) -> bool:
        return self.value(ind.NATIONAL_CODE, ind.PREVIOUS_DAYS) is None

    @property
    def previous_as_of(self) -> date | None:
        days = self.value(ind.NATIONAL_CODE, ind.PREVIOUS_DAYS)
        return None if days is None else self.as_of - timedelta(days=days)

    def has_records(self, code: str) -> bool:
        return self.number(code, ind.STUDENTS) > 0

    @property
    def is_compared(self) -> bool:
        """Whether identities were compared with the population register."""
        return self.number(ind.NATIONAL_CODE, ind.COMPARED) > 0

    @property
    def was_compared(self) -> bool:
        return self.number(ind.NATIONAL_CODE, ind.previous(ind.COMPARED)) > 0

    def count(self, code: str, indicator: str) -> Cell:
        """A count of records with problems, or the mark that stands in its place."""
        if not self.has_records(code) or (indicator in _COMPARED_COUNTS and not self.is_compared):
            return Cell(NO_FIGURE)
        if mark := self._marks.get((code, indicator)):
            return Cell(mark)
        return number_cell(self.number(code, indicator))

    def previous_count(self, code: str, indicator: str) -> Cell:
        """The previous bulletin's count, withheld where that bulletin withheld it."""
        if self.is_first or self.number(code, ind.previous(ind.STUDENTS)) == 0:
            return Cell(NO_FIGURE)
        if indicator in _COMPARED_COUNTS and not self.was_compared:
            return Cell(NO_FIGURE)
        if mark := self._previous_marks.get((code, ind.previous(indicator))):
            return Cell(mark)
        return number_cell(self.value(code, ind.previous(indicator)))

    def rate(self, code: str, indicator: str) -> Cell:
        """Records per 10,000 students; withheld with the count, since the one gives the other."""
        count = self.count(code, indicator)
        if count.is_number:
            return number_cell(self.value(code, ind.per_10000(indicator)), 2)
        return count if count.text == NO_FIGURE else Cell(WITHHELD_MARK)

    def note(self, rule_id: str) -> Cell:
        """National findings of a rule that are for information only; they stand in no table with totals."""
        count = self.number(ind.NATIONAL_CODE, ind.note_count(rule_id))
        return Cell(SMALL_MARK) if is_small(count) else number_cell(count)

    def persons(self, code: str) -> Cell:
        """Students with a pending problem; printed only beside a total that is."""
        total = self.count(code, ind.PENDING_TOTAL)
        count = self.number(code, ind.PENDING_STUDENTS)
        return number_cell(count) if total.is_number and not is_small(count) else Cell(NO_FIGURE)

    def change(self, code: str, indicator: str) -> Change:
        """Against the previous bulletin; hidden where either figure is, and where the two do not count the same."""
        if self.is_first:
            return Change("first")
        now, before = self.count(code, indicator), self.previous_count(code, indicator)
        same_basis = self.is_compared == self.was_compared or indicator != ind.PENDING_TOTAL
        if not (now.is_number and before.is_number and same_basis):
            return Change("hidden")
        if now.value == before.value:
            return Change("same")
        percent = self.value(code, ind.change_percent(indicator))
        if percent is None:
            return Change("from_zero")
        if abs(percent) < NEARLY_SAME_PERCENT:
            return Change("nearly_same")
        return Change("up" if percent > 0 else "down", percent)

    def rules_of(self, problem_type: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.problem_type == problem_type]

    def _suppress(self, named: Callable[[str], str]) -> dict[Hashable, str]:
        """Marks over the tables with totals that the editions print, together or one by one; `named` picks the month.

        The counts by rule may add up to more than their type's: a record can break two rules of one type. Treating
        them as a sum withholds at least as much as their looser tie needs.
        """
        columns = [[*map(ind.pending, ind.PENDING_TYPES), ind.PENDING_TOTAL]]
        for kind in ind.DUPLICATE_TYPES:
            columns.append([*(ind.duplicates_in(kind, scope) for scope in ind.SCOPES), ind.pending(kind)])
        for kind in (*ind.PENDING_TYPES, *ind.QUALITY_TYPES):
            columns.append([*(ind.rule_count(rule.id) for rule in self.rules_of(kind)), ind.problem_count(kind)])
        codes = (*UNITS, ind.NATIONAL_CODE)
        tables = [tuple(tuple((code, named(name)) for name in line) for code in codes) for line in columns]
        counts: dict[Hashable, int] = {
            key: round(self._values.get(key) or 0) for table in tables for line in table for key in line
        }
        return suppress(map(Grid, tables), counts)
