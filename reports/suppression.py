"""Which cells of a table of counts are not printed, so that no small count can be read or worked out.

Counts 1–4 print as `<5`. Since a total would give such a cell away, further cells print as `*` until every cell withheld
can still take another value. Two withheld cells in every row and column are needed for that, but not enough: the
cells are the edges of a graph between rows and columns, and a cell is safe when one unit can be moved around a
closed path of withheld cells through it, each staying in the range its mark admits (complementary suppression as a
cheapest path, as statistical offices do it). Where the ranges leave nothing open (four cells of one under a total below
five), small cells print as `*` too. Zero is printed, it names nobody.
"""

import heapq
from collections.abc import Hashable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field

THRESHOLD = 5  # the smallest count printed
SMALL_MARK = f"<{THRESHOLD}"
WITHHELD_MARK = "*"

# What leaving a cell out costs beside its own count: totals go late, the grand total last.
STAR_COST = 10**6  # a `<5` that has to print as `*`
TOTAL_COST = 10**9
GRAND_TOTAL_COST = 10**12

Key = Hashable
Node = tuple[str, int]
Cell = tuple[int, int]
Move = tuple[Cell, int]  # a cell and +1 or -1, in the signs of `Grid.sign`
Arcs = dict[Node, list[tuple[Node, Move, int]]]


def is_small(value: int) -> bool:
    return 0 < value < THRESHOLD


@dataclass(frozen=True)
class Grid:
    """Keys of a table with totals: the last row totals the columns, the last column the rows.

    A key names one figure. The same figure in two tables has one key, and is withheld in both or in neither.
    """

    keys: tuple[tuple[Key, ...], ...]

    @property
    def last(self) -> Cell:
        return len(self.keys) - 1, len(self.keys[0]) - 1

    def cells(self) -> Iterator[tuple[Cell, Key]]:
        for row, keys in enumerate(self.keys):
            for column, key in enumerate(keys):
                yield (row, column), key

    def sign(self, cell: Cell) -> int:
        """With every total's sign turned once for each margin it lies in, all rows and columns sum to zero."""
        return -1 if (cell[0] == self.last[0]) != (cell[1] == self.last[1]) else 1

    def cost(self, cell: Cell, value: int) -> int:
        margins = (cell[0] == self.last[0]) + (cell[1] == self.last[1])
        return value + (0, TOTAL_COST, GRAND_TOTAL_COST)[margins]


@dataclass
class Pattern:
    """The marks of one table while they are being found."""

    grid: Grid
    values: Mapping[Key, int]
    marks: MutableMapping[Key, str]
    lowest_withheld: int = field(default=THRESHOLD, init=False)  # what a reader may assume of a `*`

    def can_move(self, move: Move, may_star: bool = False) -> bool:
        """Whether a reader must think it possible that the cell is one more or one less.

        With `may_star`, a `<5` may give up its range and print as `*`; then it is only known to be positive.
        """
        (row, column), step = move
        key = self.grid.keys[row][column]
        value = self.values[key] + step * self.grid.sign((row, column))
        if self.marks.get(key) == SMALL_MARK:
            return value > 0 if may_star else is_small(value)
        return self.values[key] > 0 and value >= self.lowest_withheld

    def cost(self, move: Move) -> int:
        """Withheld cells move at no cost while they stay in their range."""
        cell = move[0]
        key = self.grid.keys[cell[0]][cell[1]]
        if key in self.marks:
            return 0 if self.can_move(move) else STAR_COST
        return self.grid.cost(cell, self.values[key])

    def arcs(self, may_star: bool) -> Arcs:
        """Moves as arcs: from row to column one more in their cell, from column to row one less."""
        arcs: Arcs = {}
        for cell, _ in self.grid.cells():
            row, column = ("row", cell[0]), ("column", cell[1])
            for start, end, step in ((row, column, 1), (column, row, -1)):
                if self.can_move((cell, step), may_star):
                    arcs.setdefault(start, []).append((end, (cell, step), self.cost((cell, step))))
        return arcs

    def protect(self, cell: Cell) -> None:
        """Withhold the cheapest cells that let this one vary; where none do, let small ones print as `*`."""
        for may_star in (False, True):
            arcs = self.arcs(may_star)
            paths = []
            for step in (1, -1):
                ends = ("row", cell[0]), ("column", cell[1])
                goal, start = ends if step == 1 else ends[::-1]
                if self.can_move((cell, step), may_star):
                    path = cheapest_path(arcs, start, goal, avoid=cell)
                    if path is not None:
                        paths.append((self.cost((cell, step)) + path[0], ((cell, step), *path[1])))
            if paths:
                for move in min(paths)[1]:
                    self.withhold(move)
                return
        raise ValueError(f"cell {cell}: the table's sums do not hold")

    def withhold(self, move: Move) -> None:
        (row, column), _ = move
        key = self.grid.keys[row][column]
        if key not in self.marks:
            self.marks[key] = WITHHELD_MARK
        elif self.marks[key] == SMALL_MARK and not self.can_move(move):
            self.marks[key] = WITHHELD_MARK
            self.lowest_withheld = 1


def cheapest_path(arcs: Arcs, start: Node, goal: Node, avoid: Cell) -> tuple[int, tuple[Move, ...]] | None:
    """Cost and moves of the cheapest way from start to goal not over `avoid`; ties fall to the first cells."""
    queue: list[tuple[int, tuple[Move, ...], Node]] = [(0, (), start)]
    done: set[Node] = set()
    while queue:
        cost, path, node = heapq.heappop(queue)
        if node == goal:
            return cost, path
        if node in done:
            continue
        done.add(node)
        for target, move, further in arcs.get(node, ()):
            if target not in done and move[0] != avoid:
                heapq.heappush(queue, (cost + further, (*path, move), target))
    return None


def suppress_grid(grid: Grid, values: Mapping[Key, int], marks: Mapping[Key, str]) -> dict[Key, str]:
    """`marks` with those this table needs: key → `<5` or `*`. A key without a mark is printed."""
    pattern = Pattern(grid, values, dict(marks))
    for _, key in grid.cells():
        if is_small(values[key]):
            pattern.marks.setdefault(key, SMALL_MARK)
    if any(is_small(values[key]) and pattern.marks[key] == WITHHELD_MARK for _, key in grid.cells()):
        pattern.lowest_withheld = 1
    for cell, key in grid.cells():
        if key in pattern.marks:
            pattern.protect(cell)
    return dict(pattern.marks)


def suppress(grids: Iterable[Grid], values: Mapping[Key, int]) -> dict[Key, str]:
    """Marks for tables that share figures: repeated over all of them until none needs another mark."""
    grids = tuple(grids)
    marks: dict[Key, str] = {}
    while True:
        before = dict(marks)
        for grid in grids:
            marks = suppress_grid(grid, values, marks)
        if marks == before:
            return marks
