"""Which figures of a month are withheld, at every level: the counts' marks, and those of what is derived from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xueji.reports import indicators as ind
from xueji.reports.area_moves import AreaMoves, places_of
from xueji.reports.school_columns import SchoolColumn
from xueji.reports.suppression import WITHHELD_MARK, Figure, Network

Key = tuple[str, str]  # code and indicator
Area = tuple[str, str, str | None]  # level, code, parent_code
Rules = Sequence[tuple[str, Sequence[str]]]  # a problem type and the ids of its rules

SCHOOL = ind.LEVELS[-1]
# Dearer than any parts: totals are withheld last, and rather in a county than in its city, its unit, the nation.
TOTAL_PRICE = 10**4
LEVEL_PRICES = {"national": 10**12, "province": 10**9, "city": 10**6, "county": 0}
TOTALS = (
    ind.PENDING_TOTAL, ind.PENDING_REPORTED, ind.CASES_OPENING, ind.CASES_CLOSED, ind.RETURNED_TOTAL, ind.OVERDUE_TOTAL,
)  # fmt: skip
# An opening figure equals the previous bulletin's pending one but for corrections.
OPENING_OF = {
    ind.PENDING_TOTAL: ind.CASES_OPENING,
    **{ind.pending(kind): ind.opening(kind) for kind in ind.PENDING_TYPES},
}


def excess(problem_type: str) -> str:
    """By how much the counts of a type's rules exceed the type's, since a record can break two. Printed nowhere."""
    return f"excess_{problem_type.lower()}"


def arcs(names: Iterable[str], tail: str, head: str) -> Iterator[Figure]:
    for name in names:
        yield Figure(name, tail, head, TOTAL_PRICE if name in TOTALS else 0)


def case_arcs() -> Iterator[Figure]:
    """Cases on their way: open or entered, by type, then pending or closed, by age or disposition."""
    outside = Network.OUTSIDE
    yield from arcs([ind.CASES_OPENING], outside, "opening")
    yield from arcs([ind.CASES_NEW, ind.CASES_REOPENED], outside, "entered")
    for kind in ind.PENDING_TYPES:
        yield from arcs([ind.opening(kind)], "opening", kind)
        yield from arcs([ind.entered(kind)], "entered", kind)
        yield from arcs([ind.closed(kind)], kind, "closed")
        yield from arcs([ind.pending(kind)], kind, f"{kind} by scope")
        reported = "pending" if kind == "DUP_NSB" else "reported"
        scopes = [ind.duplicates_in(kind, scope) for scope in ind.SCOPES] if kind == "DUP_ID" else []
        yield from arcs(scopes or [f"{kind} has no scopes"], f"{kind} by scope", f"{kind} by rule")
        yield Figure(excess(kind), reported, f"{kind} by rule", is_printed=False)
    yield from arcs([ind.PENDING_REPORTED], "reported", "pending")
    yield from arcs([ind.PENDING_TOTAL], "pending", "aged")
    yield from arcs(map(ind.pending_aged, ind.AGES), "aged", outside)
    yield from arcs([ind.CASES_CLOSED], "closed", "disposed")
    yield from arcs(map(ind.closed_by, ind.DISPOSITIONS), "disposed", outside)


def other_arcs() -> Iterator[Figure]:
    """Figures in tables of their own, and those that add up with none but the other areas'."""
    for names, total in (
        (map(ind.returned_by, ind.OFFICES), ind.RETURNED_TOTAL),
        (map(ind.overdue_at, ind.ACTORS), ind.OVERDUE_TOTAL),
    ):
        yield from arcs(names, f"{Network.OUTSIDE} {total}", total)
        yield from arcs([total], total, f"{Network.OUTSIDE} {total}")
    for kind in ind.QUALITY_TYPES:
        yield from arcs([ind.quality(kind)], f"{Network.OUTSIDE} {kind}", f"{kind} by rule")
        yield Figure(excess(kind), f"{Network.OUTSIDE} {kind}", f"{kind} by rule", is_printed=False)


def rule_arcs(rules: Rules, counted: set[str]) -> Iterator[Figure]:
    """The rules of each type that make it up; a type whose rules are not counted has one in their place that is not either."""
    by_type = {kind: [ind.rule_count(rule) for rule in ids] for kind, ids in rules}
    for kind in (*ind.PENDING_TYPES, *ind.QUALITY_TYPES):
        names = [name for name in by_type.get(kind, ()) if name in counted] or [f"{kind} has no rules"]
        head = f"{Network.OUTSIDE} {kind}" if kind in ind.QUALITY_TYPES else "reported"
        yield from arcs(names, f"{kind} by rule", "pending" if kind == "DUP_NSB" else head)


def network_of(rules: Rules, counted: set[str]) -> Network:
    """How the figures add up; a count that is in none of these sums stands for itself."""
    figures = [*case_arcs(), *other_arcs(), *rule_arcs(rules, counted)]
    alone = counted - {figure.name for figure in figures} - {*ind.OPEN_COUNTS}
    return Network([*figures, *(Figure(name, f"only {name}", f"only {name}") for name in sorted(alone))])


def is_unit_figure(name: str) -> bool:
    return name in ind.UNIT_COUNTS or name.startswith(("rule_", "note_", "excess_"))


class Month:
    """The areas and counts of one month in the order the search wants them."""

    def __init__(self, areas: Iterable[Area], counts: Mapping[Key, int], rules: Rules) -> None:
        areas = [*areas]
        self.counts = counts
        # By level, parents first; within one in the order given.
        self.areas = sorted((area for area in areas if area[0] != SCHOOL), key=lambda area: ind.LEVELS.index(area[0]))
        self.schools = [area for area in areas if area[0] == SCHOOL]
        self.numbers = {code: number for number, (_, code, _) in enumerate(self.areas)}
        if len(self.numbers) < len(self.areas):
            raise ValueError("areas: a code stands twice, expected one area a code")
        school_codes = {code for _, code, _ in self.schools}
        self.counted = {name for code, name in counts if code not in school_codes}
        if {ind.PENDING_TOTAL, ind.pending("DUP_NSB")} <= self.counted:
            self.counted.add(ind.PENDING_REPORTED)
        self.rules = {
            kind: [name for name in map(ind.rule_count, ids) if name in self.counted]
            for kind, ids in rules
            if ind.problem_count(kind) in self.counted
        }
        self.network = network_of(rules, self.counted)
        self.figures = {figure.name: place for place, figure in enumerate(self.network.figures)}
        self.school_figures = [
            (name, self.figures[name]) for name in ind.SCHOOL_COUNTS if name in self.figures and name in self.counted
        ]
        self.values = [[self.value(*area[:2], figure.name) for figure in self.network.figures] for area in self.areas]

    def count(self, code: str, name: str) -> int:
        return self.counts.get((code, name), 0)

    def value(self, level: str, code: str, name: str) -> int | None:
        """Null where the area has no such figure that is told: below the units for some, and what was not counted at all."""
        if (level not in ind.UNIT_LEVELS and is_unit_figure(name)) or not ind.is_told(level, name):
            return None
        if name == ind.PENDING_REPORTED and name in self.counted:
            return self.count(code, ind.PENDING_TOTAL) - self.count(code, ind.pending("DUP_NSB"))
        for kind, names in self.rules.items():
            if name == excess(kind) and names:
                return sum(self.count(code, rule) for rule in names) - self.count(code, ind.problem_count(kind))
        return self.count(code, name) if name in self.counted else None

    def columns(self) -> dict[tuple[int, int], SchoolColumn]:
        """The schools' counts by county and figure, of figures that any school has a count of."""
        found: dict[tuple[int, int], dict[str, int]] = {}
        for _, code, county in self.schools:
            for name, place in self.school_figures:
                if value := self.count(code, name):
                    found.setdefault((self.numbers[county or ""], place), {})[code] = value
        return {key: SchoolColumn(values) for key, values in found.items()}

    def check(self, columns: Mapping[tuple[int, int], SchoolColumn]) -> None:
        """Raise ValueError at the first sum that does not hold: no mark could be trusted."""
        parts: dict[int, list[int]] = {}
        for number, (_, _, parent) in enumerate(self.areas):
            if parent is not None:
                parts.setdefault(self.numbers[parent], []).append(number)
        for number, (_, code, _) in enumerate(self.areas):
            row = self.values[number]
            exists = [value is not None for value in row]
            if node := self.network.false_sum([value or 0 for value in row], exists):
                raise ValueError(f"{code}: figures that meet in “{node}” do not add up")
            below = [self.values[part] for part in parts.get(number, ())]
            for place, value in enumerate(row):
                counted = [other for line in below if (other := line[place]) is not None]
                if counted and sum(counted) != value:
                    raise ValueError(
                        f"{code}: {self.network.figures[place].name} is {value}, its parts' sum {sum(counted)}"
                    )
        for county in dict.fromkeys(county for _, _, county in self.schools):
            for name, place in self.school_figures:
                column = columns.get((self.numbers[county or ""], place))
                if (sum(column.values.values()) if column else 0) != self.count(county or "", name):
                    raise ValueError(f"{county}: {name} is not the sum of its schools'")

    def moves(self, previous_marks: Mapping[Key, str] | None) -> AreaMoves:
        """The search, with what is known and withheld before it starts."""
        columns = self.columns()
        self.check(columns)
        for column in columns.values():
            column.protect()
        parents = [None if parent is None else self.numbers[parent] for _, _, parent in self.areas]
        openings = {
            (number, self.figures[opening]): (code, pending)
            for number, (_, code, _) in enumerate(self.areas)
            for pending, opening in OPENING_OF.items()
            if self.values[number][self.figures[opening]] is not None
        }
        before = previous_marks or {}
        known = {key for key, told in openings.items() if previous_marks is not None and told not in before}
        places = places_of(parents, [LEVEL_PRICES[level] for level, _, _ in self.areas])
        moves = AreaMoves(self.network, places, self.values, columns, known)
        for (area, figure), told in openings.items():
            if told in before:
                moves.withhold(area, figure)
        self.bind_excess(moves)
        self.bind_untold(moves)
        return moves

    def bind_untold(self, moves: AreaMoves) -> None:
        """What is counted and not told may be anything but less than nothing."""
        for number, (level, code, _) in enumerate(self.areas):
            for name in ind.FLOW_BY_TYPE:
                if name in self.counted and not ind.is_told(level, name):
                    moves.set_free(number, self.figures[name], -1, self.count(code, name) > 0)

    def bind_excess(self, moves: AreaMoves) -> None:
        """A reader knows that rules count a record at least once, and once only where no two of them have counted any."""
        for kind, names in self.rules.items():
            place = self.figures[excess(kind)]
            for number, (level, code, _) in enumerate(self.areas):
                value = self.values[number][place]
                if level in ind.UNIT_LEVELS and value is not None and value >= 0:
                    is_loose = sum(self.count(code, name) > 0 for name in names) > 1
                    moves.set_free(number, place, 1, is_loose)
                    moves.set_free(number, place, -1, is_loose and value > 0)


def withheld(
    areas: Iterable[Area], counts: Mapping[Key, int], previous_marks: Mapping[Key, str] | None, rules: Rules = ()
) -> dict[Key, str]:
    """The marks of the month's counts, by code and indicator; a count without one is printed.

    `areas` are all of one tree, schools included. `counts` are additive; one that is missing is 0, one that no area above the
    schools has is no figure. Of schools only `SCHOOL_COUNTS` are looked at. `previous_marks` are those of the previous
    bulletin, null without one. PENDING_REPORTED is told from the counts. Raises ValueError when a sum does not hold.
    """
    month = Month(areas, counts, rules)
    moves = month.moves(previous_marks)
    moves.protect_all()
    if {ind.PENDING_STUDENTS, ind.PENDING_TOTAL} <= month.counted:
        for number in range(len(month.areas)):
            if moves.marks[number][month.figures[ind.PENDING_TOTAL]]:
                moves.withhold(number, month.figures[ind.PENDING_STUDENTS])
        moves.protect_all()
    marks = {
        (code, figure.name): mark
        for (_, code, _), row in zip(month.areas, moves.marks, strict=True)
        for figure, mark in zip(month.network.figures, row, strict=True)
        if mark
    }
    names = [figure.name for figure in month.network.figures]
    school_marks = (
        (code, names[place], mark)
        for (_, place), column in moves.columns.items()
        for code, mark in column.marks.items()
    )
    return marks | {(code, name): mark for code, name, mark in school_marks}


def derived_marks(
    areas: Iterable[Area], marks: Mapping[Key, str], previous_marks: Mapping[Key, str] | None
) -> dict[Key, str]:
    """The marks of shares, rates, forecasts and changes: withheld with any count they would give away.

    A change is withheld with its figure of either month. PENDING_REPORTED is a count and has its mark from `withheld`.
    """
    before = previous_marks or {}
    found: dict[Key, str] = {}
    for level, code, _ in areas:
        if level == SCHOOL:
            continue
        for name, sources in ind.DERIVED_FROM.items():
            if any((code, source) in marks for source in sources):
                found[code, name] = WITHHELD_MARK
        for name in ind.COMPARED_WITH_PREVIOUS:
            if (code, name) in marks or (code, name) in before:
                found[code, ind.change_percent(name)] = WITHHELD_MARK
    return found
