"""Tails and ranges of counts against values worked out by hand and against plain sums in exact fractions."""

from fractions import Fraction
from math import exp, factorial, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.checks.chance import SURELY, likely_range, tail_log10

TAILS = [
    # count, mean, -log10 of the chance
    (0, 3.0, 0.0),
    (1, 0.0, SURELY),
    (1, 0.2, -log10(1 - exp(-0.2))),
    (1, 1e-9, 9.0),
    (3, 1e-4, 12.0 + log10(6)),
    (2, 1.0, -log10(1 - 2 * exp(-1))),
]


@pytest.mark.parametrize(("count", "mean", "expected"), TAILS)
def test_tails_worked_out_by_hand(count, mean, expected):
    assert tail_log10(count, mean) == pytest.approx(expected, abs=1e-4)


RANGES = [
    # mean, the range of 95 in 100
    (0.0, (0, 0)),
    (0.02, (0, 0)),
    (0.1, (0, 1)),
    (3.0, (0, 7)),
    (100.0, (81, 120)),
]


@pytest.mark.parametrize(("mean", "expected"), RANGES)
def test_ranges_as_published_tables_have_them(mean, expected):
    assert likely_range(mean) == expected


@given(st.integers(1, 60), st.integers(1, 400))
def test_a_tail_is_what_is_left_of_the_sum(count, tenths):
    mean = Fraction(tenths, 10)
    scale = exp(-float(mean))
    beyond = sum(float(mean**value / factorial(value)) * scale for value in range(count, count + 250))
    assert tail_log10(count, float(mean)) == pytest.approx(-log10(beyond), rel=1e-6, abs=1e-9)


@given(st.floats(0.01, 3000))
def test_a_range_leaves_no_more_outside_than_it_says(mean):
    low, high = likely_range(mean)
    assert low <= mean + 1 and high >= mean - 1
    assert 10 ** -tail_log10(high + 1, mean) <= 0.025 + 1e-9 < 10 ** -tail_log10(high, mean) + 2e-9
    assert 1 - 10 ** -tail_log10(low, mean) <= 0.025 + 1e-9
