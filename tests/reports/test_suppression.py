"""No small count can be read from a table, nor worked out from its totals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from xueji.reports.area_moves import AreaMoves, places_of
from xueji.reports.school_columns import SchoolColumn
from xueji.reports.suppression import SMALL_MARK, WITHHELD_MARK, Figure, Network, is_small

Table = list[list[int]]


def with_totals(cells: Table) -> Table:
    rows = [[*row, sum(row)] for row in cells]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def search(table: Table) -> AreaMoves:
    """Rows are areas under the last one; a row's last figure is the sum of the others. Totals are the dearest to withhold."""
    width, height = len(table[0]), len(table)
    parts = [Figure(f"part {place}", "outside", "total") for place in range(width - 1)]
    network = Network([*parts, Figure("total", "total", "outside", price=10**6)])
    places = places_of([None, *[0] * (height - 1)], [10**9, *[0] * (height - 1)])
    return AreaMoves(network, places, [table[-1], *table[:-1]], {}, set())


def marks_of(table: Table) -> list[list[str]]:
    """What is printed: the count, or a mark."""
    moves = search(table)
    moves.protect_all()
    marks = [*moves.marks[1:], moves.marks[0]]
    return [
        [mark or str(value) for mark, value in zip(*line, strict=True)] for line in zip(marks, table, strict=True)
    ]  # fmt: skip


def ranges(printed: list[list[str]], table: Table) -> dict[tuple[int, int], tuple[float, float]]:
    """What a reader can work out: the least and greatest value of every withheld cell, given all that is printed.

    The sums of rows and columns form a network, so that these bounds are whole numbers and every bound is reached by a
    table of whole numbers: two different bounds are two solutions.
    """
    starred_small = any(
        mark == WITHHELD_MARK and is_small(table[r][c]) for r, row in enumerate(printed) for c, mark in enumerate(row)
    )
    known = {SMALL_MARK: (1, 4), WITHHELD_MARK: (1 if starred_small else 5, None)}
    height, width = len(table), len(table[0])
    bounds = [known.get(mark, (value, value)) for line, row in zip(printed, table, strict=True)
              for mark, value in zip(line, row, strict=True)]  # fmt: skip
    sums = np.zeros((height + width, height * width))
    for r in range(height):
        for c in range(width):
            sums[r, r * width + c] = -1 if c == width - 1 else 1
            sums[height + c, r * width + c] = -1 if r == height - 1 else 1
    found = {}
    for r, row in enumerate(printed):
        for c, mark in enumerate(row):
            if mark in known:
                goal = np.zeros(height * width)
                goal[r * width + c] = 1
                least, most = (
                    linprog(direction * goal, A_eq=sums, b_eq=np.zeros(height + width), bounds=bounds)
                    for direction in (1, -1)
                )
                assert least.status == 0
                found[r, c] = (least.fun, np.inf if most.status == 3 else -most.fun)
    return found


def check_safe(table: Table) -> list[list[str]]:
    printed = marks_of(table)
    for line in (*printed, *map(list, zip(*printed, strict=True))):
        assert sum(mark in (SMALL_MARK, WITHHELD_MARK) for mark in line) != 1
    for r, row in enumerate(table):
        for c, value in enumerate(row):
            if is_small(value):
                assert printed[r][c] in (SMALL_MARK, WITHHELD_MARK)
            if value == 0:
                assert printed[r][c] == "0"
            if printed[r][c] == SMALL_MARK:
                assert is_small(value)
    for cell, (least, most) in ranges(printed, table).items():
        assert most - least >= 1 - 1e-6, (cell, least, most)
    return printed


cells = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 12), st.integers(5, 2000))


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
        lambda shape: st.lists(
            st.lists(cells, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )
)
def test_no_withheld_cell_has_only_one_solution(body: Table) -> None:
    check_safe(with_totals(body))


CASES = [
    # body, why
    ([[100, 3], [200, 50], [300, 60]], "one small cell"),
    ([[1, 1, 1, 1, 1], [9, 9, 9, 9, 9]], "five ones under a printed total of five"),
    ([[4, 4], [100, 100]], "two fours under a printed total of eight"),
    ([[3]], "nothing else to withhold but the totals"),
    ([[4, 1]], "cells at the edge of their range"),
    ([[2, 7, 0, 0], [6, 3, 0, 0], [0, 0, 4, 9], [0, 0, 8, 1]], "two closed paths with nothing between them"),
    ([[0, 0], [0, 0]], "no problem at all"),
]


@pytest.mark.parametrize(("body", "why"), CASES, ids=[c[-1] for c in CASES])
def test_withholds_enough(body: Table, why: str) -> None:
    check_safe(with_totals(body))


def test_withholds_no_more_than_it_must() -> None:
    assert check_safe(with_totals([[100, 3], [200, 50], [300, 60]])) == [
        ["*", "<5", "103"],
        ["*", "*", "250"],
        ["300", "60", "360"],
        ["600", "113", "713"],
    ]


def test_nothing_is_withheld_without_small_counts() -> None:
    assert marks_of(with_totals([[5, 0], [0, 70]])) == [["5", "0", "5"], ["0", "70", "70"], ["5", "70", "75"]]


def test_two_cells_in_each_line_joined_by_a_bridge_are_not_enough() -> None:
    """The cell between two closed paths follows from the sums of one side: it must get company of its own."""
    body = [[1, 2, 0, 0, 90], [2, 1, 3, 0, 90], [0, 0, 2, 1, 90], [0, 0, 1, 2, 90]]
    check_safe(with_totals(body))


def test_large_table_is_quick_and_safe() -> None:
    random = np.random.default_rng(2015)
    body = [[int(value) for value in row] for row in random.integers(0, 40, (32, 6))]
    check_safe(with_totals(body))


def test_a_count_from_elsewhere_stays_withheld_and_gets_company() -> None:
    moves = search(with_totals([[100, 30], [200, 50], [300, 0]]))
    moves.withhold(1, 0)
    moves.withhold(3, 1)
    moves.protect_all()
    assert moves.marks == [[None, None, None], [WITHHELD_MARK] * 2 + [None], [WITHHELD_MARK] * 2 + [None], [None] * 3]


def test_a_false_sum_is_named() -> None:
    network = Network(
        [Figure("part", "outside", "total"), Figure("rest", "outside", "total"), Figure("sum", "total", "outside")]
    )
    assert network.false_sum([3, 4, 7], [True] * 3) is None
    assert network.false_sum([3, 4, 8], [True] * 3) == "total"
    assert network.false_sum([3, 0, 8], [True, False, True]) is None, "what is not told may be the rest"


COLUMNS = [
    # counts, withheld, why
    ((100, 20, 3), {20: "*", 3: "<5"}, "one small count takes the next smallest along"),
    ((100, 5, 1), {100: "*", 1: "<5"}, "five cannot be one less: a * is five or more"),
    ((7, 1, 1), {7: "*", 1: "<5"}, "ones cannot be less"),
    ((7, 4, 4), {7: "*", 4: "<5"}, "fours cannot be more"),
    ((70, 2, 3), {2: "<5", 3: "<5"}, "small counts among themselves"),
    ((70, 60), {}, "nothing small"),
]


@pytest.mark.parametrize(("counts", "expected", "why"), COLUMNS, ids=[c[-1] for c in COLUMNS])
def test_schools_under_a_printed_total(counts: tuple[int, ...], expected: dict[int, str], why: str) -> None:
    column = SchoolColumn({f"{place} {count}": count for place, count in enumerate(counts)})
    column.protect()
    assert {column.values[code]: mark for code, mark in column.marks.items()} == expected
    assert column.unsafe(set()) == []


def test_schools_with_one_each_need_their_county_withheld() -> None:
    column = SchoolColumn(dict.fromkeys(["a", "b", "c", "d", "e"], 1))
    column.protect()
    assert column.unsafe(set()) == ["a", "b", "c", "d", "e"]
    assert column.unsafe({1}) == []
    assert column.unsafe({-1}) == ["a", "b", "c", "d", "e"]


def test_fours_among_themselves_print_one_as_a_star() -> None:
    column = SchoolColumn({"a": 4, "b": 4})
    column.protect()
    assert sorted(column.marks.values()) == [WITHHELD_MARK, SMALL_MARK]
    assert column.unsafe(set()) == []
