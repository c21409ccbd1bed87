"""Which counts are not printed, so that no small count can be read or worked out.

Counts 1–4 print as `<5`. A total would give such a count away, so further counts print as `*`, until every one withheld can
still take another value *with all that is printed anywhere staying true*. Zero is printed, it names nobody.

Figures hang together in two ways. An area's figure is the sum of its parts' (nation, units, cities, counties, schools). And
within one area figures add up to others (types to their total, opening and new to pending and closed). The second are written as
a flow: a figure is an arc between two nodes, and as much flows into a node as out of it (`Figure`, `Network`). What a reader must
think possible is then a *move*: one more along a closed way of arcs in some areas and one less in others, such that every sum
of either kind stays. The closed way keeps the sums within each area; areas taken as a path in the tree of areas, from one
leaf up to a common parent and down to another leaf, or from a leaf to the top and out of it, keep those between areas
(`area_moves.py`). The counts of a move all stay in the range their marks admit: four at most for `<5`, five at least for `*`,
or one at least where a small count had to print as `*`. A move found for one count serves all its counts, and further
marks never take it away, so each withheld count needs looking at once (complementary suppression as a cheapest path).
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

THRESHOLD = 5  # the smallest count printed
SMALL_MARK = f"<{THRESHOLD}"
WITHHELD_MARK = "*"

STAR_PRICE = 10**3  # a `<5` that has to print as `*`
BLOCKED = 10**24  # no reader thinks this possible

Way = tuple[tuple[int, int], ...]  # figures of a closed way, each with +1 along its arc or -1 against it


def is_small(value: int) -> bool:
    return 0 < value < THRESHOLD


def first_mark(value: int) -> str | None:
    """The mark a count has for its own sake."""
    return SMALL_MARK if is_small(value) else None


def withheld_mark(value: int) -> str | None:
    """The mark of a count withheld for another's sake: zero is printed all the same."""
    return first_mark(value) or (WITHHELD_MARK if value else None)


def moved_mark(value: int, mark: str | None, step: int) -> str:
    """The mark under which the count may be one more or one less."""
    if mark == SMALL_MARK and is_small(value + step):
        return SMALL_MARK
    return WITHHELD_MARK


def move_price(value: int, mark: str | None, step: int, price: int) -> int:
    """What it costs that a reader must think one more or one less possible; `price` is that of withholding the count."""
    moved = value + step
    if value <= 0 or moved <= 0:
        return BLOCKED
    if value < THRESHOLD:
        return STAR_PRICE if mark == SMALL_MARK and moved == THRESHOLD else 0
    if moved < THRESHOLD:
        return BLOCKED  # a reader takes a `*` for five or more
    return 0 if mark else price


@dataclass(frozen=True)
class Figure:
    """A count as an arc: what comes to `tail` from elsewhere goes on to `head`. A figure of its own has one node for both."""

    name: str
    tail: str
    head: str
    price: int = 0  # of withholding it, beside its value
    is_printed: bool = True  # False: no reader sees it, it moves freely


class Network:
    """The figures of an area and how they add up. `OUTSIDE` nodes keep no sum."""

    OUTSIDE = "outside"

    def __init__(self, figures: Iterable[Figure]) -> None:
        self.figures = tuple(figures)
        nodes = list(dict.fromkeys(node for figure in self.figures for node in (figure.tail, figure.head)))
        numbers = {node: number for number, node in enumerate(nodes)}
        self.nodes = nodes
        self.ends = [(numbers[figure.tail], numbers[figure.head]) for figure in self.figures]
        arcs: list[list[tuple[int, int, int]]] = [[] for _ in nodes]
        for place, (tail, head) in enumerate(self.ends):
            if tail != head:
                arcs[tail].append((head, place, 1))
                arcs[head].append((tail, place, -1))
        self.arcs = [tuple(node_arcs) for node_arcs in arcs]

    def false_sum(self, values: Sequence[int], exists: Sequence[bool]) -> str | None:
        """The first node where more or less flows in than out; nodes joined by figures that do not exist count as one."""
        joined = list(range(len(self.nodes)))
        for place, (tail, head) in enumerate(self.ends):
            if not exists[place] and joined[tail] != joined[head]:
                old, new = joined[head], joined[tail]
                joined = [new if node == old else node for node in joined]
        surplus = [0] * len(self.nodes)
        for place, (tail, head) in enumerate(self.ends):
            if exists[place]:
                surplus[joined[tail]] -= values[place]
                surplus[joined[head]] += values[place]
        free = {joined[number] for number, node in enumerate(self.nodes) if node.startswith(self.OUTSIDE)}
        return next((self.nodes[node] for node, sum_ in enumerate(surplus) if sum_ and node not in free), None)

    def cheapest_way(
        self, place: int, step: int, more: Sequence[int], less: Sequence[int], bound: int
    ) -> tuple[int, Way] | None:
        """The cheapest closed way over the figure at `place` in direction `step`, if it costs less than `bound`.

        `more` and `less` are the prices of one more and one less of each figure. Ties fall to the first figures.
        """
        start_price = (more if step > 0 else less)[place]
        tail, head = self.ends[place]
        start, goal = (head, tail) if step > 0 else (tail, head)
        best = {start: start_price}
        came: dict[int, tuple[int, int, int]] = {}
        queue = [(start_price, start)]
        while queue:
            price, node = heapq.heappop(queue)
            if price >= bound:
                return None
            if node == goal:
                return price, ((place, step), *back(came, start, goal))
            if price > best[node]:
                continue
            for target, figure, direction in self.arcs[node]:
                further = price + (more if direction > 0 else less)[figure]
                if further < bound and figure != place and further < best.get(target, bound):
                    best[target] = further
                    came[target] = node, figure, direction
                    heapq.heappush(queue, (further, target))
        return None


def back(came: dict[int, tuple[int, int, int]], start: int, goal: int) -> Way:
    """The figures and directions of a way found, from its end to its start."""
    way = []
    while goal != start:
        goal, figure, direction = came[goal]
        way.append((figure, direction))
    return tuple(way)
