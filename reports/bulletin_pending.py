"""What a bulletin tells of open cases: how many, what came and went, who has to act, for how long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as counting

from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Cell, Change, Facts, number_cell
from xueji.reports.bulletin_places import Place
from xueji.reports.bulletin_wording import REPORTED_ORDER, TYPE_ORDER, TYPE_TITLES
from xueji.reports.indicator_definitions import ACTOR_TITLES, AGE_TITLES, DISPOSITION_TITLES, OFFICE_TITLES

Line = tuple[str, Cell]
MOST_NAMED = 10  # parts that a sentence lists with figures


@dataclass(frozen=True)
class ProblemLine:
    """One problem type, class or total of one place."""

    title: str
    count: Cell
    previous: Cell
    change: Change
    rate: Cell  # per 10,000 students


@dataclass(frozen=True)
class TypeLine(ProblemLine):
    """A problem type with what came and went since the previous bulletin."""

    entered: Cell  # new and reopened
    closed: Cell

    @property
    def is_new_batch(self) -> bool:
        """It grew, and cases were opened: its growth says nothing of the work done, and is told apart."""
        return self.change.kind in ("up", "from_zero") and bool(self.entered.value)

    @property
    def growth(self) -> Cell:
        """How many more than the previous bulletin printed; no figure where either is withheld."""
        if self.count.value is None or self.previous.value is None:
            return number_cell(None)
        return number_cell(self.count.value - self.previous.value)


@dataclass(frozen=True)
class OverThreshold:
    """The parts whose count is greater than a threshold, the greatest first. Withheld counts are in no such list."""

    threshold: int
    parts: tuple[Line, ...]


@dataclass(frozen=True)
class PendingSection:
    """The total as the published bulletins tell it: the nation's without in-province name, sex and birth date."""

    reported: Cell
    change: Change
    types: tuple[TypeLine, ...]  # those with a figure now, in the order of the published bulletins
    all_types: tuple[TypeLine, ...]  # with those that have a figure before only
    in_province: Cell | None  # what the nation's total leaves out
    total: Cell  # with it
    students: Cell
    rate: Cell
    interval: Cell
    over_threshold: OverThreshold  # parts with more pending

    @property
    def type_counts(self) -> tuple[Line, ...]:
        return tuple((line.title, line.count) for line in self.types)

    @property
    def is_clean(self) -> bool:
        return self.total.value == 0

    @property
    def new_batch(self) -> tuple[TypeLine, ...]:
        return tuple(line for line in self.types if line.is_new_batch)

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        """Of the types that were worked on, not newly sent out."""
        return tuple((line.title, line.change) for line in self.all_types if not line.is_new_batch)


def problem_line(facts: Facts, code: str, indicator: str, title: str) -> ProblemLine:
    return ProblemLine(
        title,
        facts.count(code, indicator),
        facts.previous_count(code, indicator),
        facts.change(code, indicator),
        facts.rate(code, indicator),
    )


def _type_line(facts: Facts, code: str, kind: str) -> TypeLine:
    name = ind.pending(kind)
    return TypeLine(
        TYPE_TITLES[kind],
        facts.count(code, name),
        facts.previous_count(code, name),
        facts.change(code, name),
        facts.rate(code, name),
        facts.count(code, ind.entered(kind)),
        facts.count(code, ind.closed(kind)),
    )


def _is_told(cell: Cell) -> bool:
    return cell.is_mark or bool(cell.value)


def pending_section(facts: Facts, place: Place, threshold: int | None) -> PendingSection:
    code, national = place.code, place.is_national
    lines = [_type_line(facts, code, kind) for kind in (REPORTED_ORDER if national else TYPE_ORDER)]
    reported = ind.PENDING_REPORTED if national else ind.PENDING_TOTAL
    return PendingSection(
        reported=facts.count(code, reported),
        change=facts.change(code, reported),
        types=tuple(line for line in lines if _is_told(line.count)),
        all_types=tuple(line for line in lines if _is_told(line.count) or _is_told(line.previous)),
        in_province=facts.count(code, ind.pending("DUP_NSB")) if national else None,
        total=facts.count(code, ind.PENDING_TOTAL),
        students=facts.count(code, ind.PENDING_STUDENTS),
        rate=facts.rate(code, ind.PENDING_TOTAL),
        interval=facts.interval(code),
        over_threshold=parts_above(facts, code, ind.PENDING_TOTAL, threshold),
    )


def parts_above(facts: Facts, code: str, indicator: str, threshold: int | None) -> OverThreshold:
    """The parts above the threshold, raised by 1, 2, 5, 10 … until a sentence can name them. None: none are named."""
    if threshold is None:
        return OverThreshold(0, ())
    counts = ((part.short_name, facts.count(part.code, indicator)) for part in facts.parts(code))
    falling = sorted(((cell.value, name, cell) for name, cell in counts if cell.value), key=lambda item: -item[0])
    while sum(value > threshold for value, _, _ in falling) > MOST_NAMED:
        threshold = _next_threshold(threshold)
    return OverThreshold(threshold, tuple((name, cell) for value, name, cell in falling if value > threshold))


def _next_threshold(threshold: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    return next(step for step in _steps() if step > threshold)


def _steps() -> Iterator[int]:
    return (digit * 10**power for power in counting() for digit in (1, 2, 5))


@dataclass(frozen=True)
class FlowSection:
    """What came and went since the previous bulletin, and what stands still."""

    opening: Cell
    new: Cell
    reopened: Cell
    closed: Cell
    closing: Cell
    types: tuple[TypeLine, ...]  # of which cases came or went
    closed_by: tuple[Line, ...]
    returned: Cell
    returned_by: tuple[Line, ...]
    overdue: Cell
    overdue_at: tuple[Line, ...]
    ages: tuple[Line, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing was there, came, went or was sent back."""
        counts = (self.opening, self.new, self.reopened, self.closed, self.closing, self.returned)
        return all(cell.value == 0 for cell in counts)


def flow_section(facts: Facts, code: str) -> FlowSection:
    types = (_type_line(facts, code, kind) for kind in TYPE_ORDER)

    def told(titles: dict[str, str], name_of: Callable[[str], str]) -> tuple[Line, ...]:
        return tuple((title, facts.count(code, name_of(key))) for key, title in titles.items())

    return FlowSection(
        opening=facts.count(code, ind.CASES_OPENING),
        new=facts.count(code, ind.CASES_NEW),
        reopened=facts.count(code, ind.CASES_REOPENED),
        closed=facts.count(code, ind.CASES_CLOSED),
        closing=facts.count(code, ind.PENDING_TOTAL),
        types=tuple(line for line in types if _is_told(line.entered) or _is_told(line.closed)),
        closed_by=told(DISPOSITION_TITLES, ind.closed_by),
        returned=facts.count(code, ind.RETURNED_TOTAL),
        returned_by=told(OFFICE_TITLES, ind.returned_by),
        overdue=facts.count(code, ind.OVERDUE_TOTAL),
        overdue_at=told(ACTOR_TITLES, ind.overdue_at),
        ages=told(AGE_TITLES, ind.pending_aged),
    )
