"""Marks over the whole tree of areas: for each withheld count a move that keeps every sum (`suppression.py` says how)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xueji.reports.school_columns import SchoolColumn
from xueji.reports.suppression import (
    BLOCKED,
    Network,
    Way,
    first_mark,
    is_small,
    move_price,
    moved_mark,
    withheld_mark,
)

KNOWN_PRICE = 10**18  # a count that a reader knows from elsewhere: withholding it helps only when nothing else can
SIBLINGS_TRIED = 8
LEAVES_TRIED = 4
LEAVES_TRIED_AT_THE_TOP = 12

Path = tuple[tuple[int, int], ...]  # areas with the sign their counts move by
Found = tuple[int, Path, Way]


@dataclass(frozen=True)
class Place:
    """An area in the tree, by its number; `leaves` are ways down: areas below it from its part to one without parts."""

    parent: int | None
    parts: tuple[int, ...]
    price: int  # of withholding any of its counts
    leaves: tuple[tuple[int, ...], ...]


def places_of(parents: Sequence[int | None], prices: Sequence[int]) -> list[Place]:
    """The tree of areas. Parents stand before their parts."""
    parts: list[list[int]] = [[] for _ in parents]
    for area, parent in enumerate(parents):
        if parent is not None:
            parts[parent].append(area)
    leaves: list[tuple[tuple[int, ...], ...]] = [((),)] * len(parents)
    for area in reversed(range(len(parents))):
        if parts[area]:
            leaves[area] = tuple((part, *way) for part in parts[area] for way in leaves[part])
    return [
        Place(parent, tuple(parts[area]), prices[area], leaves[area]) for area, parent in enumerate(parents)
    ]  # fmt: skip


class AreaMoves:
    """Counts by area and figure with their marks; `protect` finds the moves.

    `values` has null where an area has no such figure. `columns` are the schools' counts, by leaf and figure.
    """

    def __init__(
        self,
        network: Network,
        places: Sequence[Place],
        values: Sequence[Sequence[int | None]],
        columns: dict[tuple[int, int], SchoolColumn],
        known: set[tuple[int, int]],
    ) -> None:
        self.network, self.places, self.values, self.columns, self.known = network, places, values, columns, known
        self.marks: list[list[str | None]] = [[None] * len(row) for row in values]
        self.safe = [bytearray(len(row)) for row in values]
        self.free_steps: dict[tuple[int, int], set[int]] = {key: set() for key in columns}
        self.school_figures = sorted({figure for _, figure in columns})
        self.prices = {
            1: [[0] * len(row) for row in values],
            -1: [[0] * len(row) for row in values],
        }
        for area, row in enumerate(values):
            for figure, value in enumerate(row):
                if value is not None and network.figures[figure].is_printed:
                    self.set_mark(area, figure, first_mark(value))
                else:
                    self.safe[area][figure] = True

    def set_mark(self, area: int, figure: int, mark: str | None) -> None:
        """Print the mark, or with null the count."""
        value = self.values[area][figure] or 0
        self.marks[area][figure] = mark
        price = value + 1 + self.network.figures[figure].price + self.places[area].price
        extra = KNOWN_PRICE if (area, figure) in self.known and not is_small(value) else 0
        for step, prices in self.prices.items():
            prices[area][figure] = move_price(value, mark, step, price) + extra

    def set_free(self, area: int, figure: int, step: int, is_free: bool) -> None:
        """Say of an unprinted figure whether a reader must think one more or one less possible."""
        self.prices[step][area][figure] = 0 if is_free else BLOCKED

    def withhold(self, area: int, figure: int) -> None:
        """Withhold a count from the start. Zero is printed all the same."""
        value = self.values[area][figure]
        if value and not self.marks[area][figure]:
            self.set_mark(area, figure, withheld_mark(value))

    def protect_all(self) -> None:
        """Give every withheld count another value that it may have, parts before the areas they belong to."""
        for area in reversed(range(len(self.places))):
            for figure, mark in enumerate(self.marks[area]):
                if mark and not self.safe[area][figure]:
                    self.protect(area, figure)
            for figure in self.school_figures:
                self.protect_schools(area, figure)

    def protect_schools(self, area: int, figure: int) -> None:
        """Let the county's count vary where its schools' cannot among themselves."""
        column = self.columns.get((area, figure))
        while column and (unsafe := column.unsafe(self.free_steps[area, figure])):
            self.protect(area, figure, unsafe[0])

    def protect(self, area: int, figure: int, school: str | None = None) -> None:
        """Mark the counts of the cheapest move found over this one: near by, else in other units, else over the nation's."""
        best: Found | None = None
        for siblings, leaves in ((SIBLINGS_TRIED, LEAVES_TRIED), (4 * SIBLINGS_TRIED, 4 * LEAVES_TRIED)):
            top: int | None = area
            while top is not None:
                best = self.cheapest(self.exchanges(area, top, figure, siblings, leaves), figure, school, best)
                if best and best[0] < KNOWN_PRICE:
                    return self.apply(best, figure, school)
                top = self.places[top].parent
        for leaves in (LEAVES_TRIED_AT_THE_TOP, 10**6):
            best = self.cheapest(self.ways_out(area, figure, leaves), figure, school, best)
            if best:
                return self.apply(best, figure, school)
        raise ValueError(f"area {area}, {self.network.figures[figure].name}: the sums do not hold")

    def cheapest(self, paths: Iterator[Path], figure: int, school: str | None, best: Found | None) -> Found | None:
        """The cheapest move over the figure along any of the paths; `best` when none is cheaper."""
        for path in paths:
            bound = best[0] if best else BLOCKED
            steps = [step for step in (1, -1) if self.path_price(path, figure, step) < bound]
            if not steps:
                continue
            more, less = self.path_prices(path, figure, school)
            for step in steps:
                bound = best[0] if best else BLOCKED
                found = self.network.cheapest_way(figure, step, more, less, bound)
                if found:
                    best = found[0], path, found[1]
                    if not found[0]:
                        return best
        return best

    def path_price(self, path: Path, figure: int, step: int) -> int:
        """The price of moving the one figure along the path, schools left aside."""
        return sum(self.prices[step * sign][area][figure] for area, sign in path)

    def path_prices(self, path: Path, figure: int, school: str | None) -> tuple[list[int], list[int]]:
        """Of each figure the price of one more and one less along the path; the schools that carry it included."""
        (area, sign), *others = path
        more, less = self.prices[sign][area], self.prices[-sign][area]
        for area, sign in others:
            more = [price + further for price, further in zip(more, self.prices[sign][area], strict=True)]
            less = [price + further for price, further in zip(less, self.prices[-sign][area], strict=True)]
        more, less = [*more], [*less]
        for area, sign in path:
            for place in self.school_figures:
                if column := self.columns.get((area, place)):
                    is_given = school is not None and place == figure and area == path[0][0]
                    for prices, step in ((more, sign), (less, -sign)):
                        prices[place] += column.price(school or "", step) if is_given else column.carrier(step)[0]
        return more, less

    def exchanges(self, area: int, top: int, figure: int, siblings: int, leaves: int) -> Iterator[Path]:
        """Paths from a leaf of the area up to `top`, and with the other sign down from another part of top's parent."""
        parent = self.places[top].parent
        if parent is None:
            return
        upwards = [*self.upwards(area, top)]
        others = [other for other in self.places[parent].parts if other != top]
        for other in sorted(others, key=lambda other: self.least_price((other,), figure))[:siblings]:
            for there in self.best_leaves(other, figure, leaves):
                for here in self.best_leaves(area, figure, leaves):
                    yield (*self.signed((*upwards, *here), 1), *self.signed((other, *there), -1))

    def ways_out(self, area: int, figure: int, leaves: int) -> Iterator[Path]:
        """Paths from a leaf of the area over all areas it belongs to: the nation's own count moves."""
        upwards = [*self.upwards(area, None)]
        for here in self.best_leaves(area, figure, leaves):
            yield self.signed((*upwards, *here), 1)

    def upwards(self, area: int, top: int | None) -> Iterator[int]:
        """The area, and those it belongs to up to and with `top`."""
        step: int | None = area
        while step is not None:
            yield step
            step = None if step == top else self.places[step].parent

    @staticmethod
    def signed(areas: Sequence[int], sign: int) -> Path:
        return tuple((area, sign) for area in areas)

    def least_price(self, areas: Sequence[int], figure: int) -> int:
        return min(sum(prices[area][figure] for area in areas) for prices in self.prices.values())

    def best_leaves(self, area: int, figure: int, count: int) -> list[tuple[int, ...]]:
        """Ways down that cost least for the figure; of equal ones those with the most counts withheld already."""
        leaves = self.places[area].leaves
        if len(leaves) == 1:
            return [*leaves]
        prices = [(self.least_price(way, figure), self.marks[way[-1]].count(None), way) for way in leaves]
        return [way for price, _, way in sorted(prices)[:count] if price < BLOCKED]

    def apply(self, found: Found, figure: int, school: str | None) -> None:
        """Mark all counts of the move."""
        _, path, way = found
        for area, sign in path:
            for place, direction in way:
                step, value = sign * direction, self.values[area][place]
                if value is None or not self.network.figures[place].is_printed:
                    continue
                self.set_mark(area, place, moved_mark(value, self.marks[area][place], step))
                self.safe[area][place] = True
                if column := self.columns.get((area, place)):
                    is_given = school is not None and place == figure and area == path[0][0]
                    column.move(school if school and is_given else column.carrier(step)[1], step)
                    self.free_steps[area, place].add(step)
