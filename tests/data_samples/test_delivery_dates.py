"""Delivery dates and which records stand on them."""

from datetime import date

import numpy as np
import pytest

from xueji.data_samples.delivery_dates import Calendar, month_before, school_year


def test_dates_are_one_month_apart_and_end_on_the_last() -> None:
    calendar = Calendar.ending(date(2026, 3, 31), 3)
    assert calendar.dates == (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
    assert month_before(date(2026, 1, 15), 1) == date(2025, 12, 15)
    with pytest.raises(ValueError, match="1 or more"):
        Calendar.ending(date(2026, 3, 31), 0)


def test_students_move_on_in_october() -> None:
    assert [school_year(date(2026, month, 1)) for month in (8, 9, 10, 12)] == [2025, 2025, 2026, 2026]
    assert Calendar.ending(date(2026, 11, 20), 3).years_back == (1, 0, 0)


def test_first_graders_are_not_there_a_year_before() -> None:
    calendar = Calendar.ending(date(2026, 11, 20), 3)
    first = calendar.first_month(np.array([1, 2, 7, 7]), np.array([1, 1, 7, 1]))
    assert first.tolist() == [1, 0, 1, 0]


def test_units_that_deliver_nothing_keep_their_last_state() -> None:
    calendar = Calendar.ending(date(2026, 12, 20), 4)
    assert [calendar.state_month("62", month) for month in range(4)] == [0, 1, 1, 3]
    assert [calendar.state_month("63", month) for month in range(4)] == [0, 1, 2, 2]
    assert [calendar.state_month("44", month) for month in range(4)] == [0, 1, 2, 3]
    assert Calendar.ending(date(2026, 12, 20), 1).delivers("63", 0)
