"""Working days against arrangements the State Council published, and the steps' deadlines."""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.checks.deadlines import settlement_due, step_due_sql
from xueji.checks.working_days import add_working_days, is_working_day, last_settled_year, working_days_between

DAYS = [
    # day, worked, why
    ("2015-01-02", False, "new year 2015, a Friday"),
    ("2015-01-04", True, "Sunday worked for new year 2015"),
    ("2015-02-15", True, "Sunday worked for spring festival 2015"),
    ("2015-02-18", False, "new year's eve 2015, a Wednesday"),
    ("2015-02-24", False, "last day of spring festival 2015"),
    ("2015-02-28", True, "Saturday worked for spring festival 2015"),
    ("2015-03-25", True, "the notice"),
    ("2015-06-22", False, "dragon boat 2015 moved to Monday"),
    ("2015-09-03", False, "seventieth anniversary, 2015 only"),
    ("2015-09-06", True, "Sunday worked for the anniversary"),
    ("2015-10-10", True, "Saturday worked for national day 2015"),
    ("2020-01-31", False, "spring festival 2020, extended"),
    ("2024-02-16", False, "spring festival 2024"),
    ("2024-02-18", True, "Sunday worked for spring festival 2024"),
    ("2024-05-11", True, "Saturday worked for labour day 2024"),
    ("2024-09-14", True, "Saturday worked for mid-autumn 2024"),
    ("2025-01-26", True, "Sunday worked for spring festival 2025"),
    ("2025-02-04", False, "last day of spring festival 2025"),
    ("2025-02-08", True, "Saturday worked for spring festival 2025"),
    ("2025-05-05", False, "labour day 2025, a Monday"),
    ("2026-01-04", True, "Sunday worked for new year 2026"),
    ("2026-02-23", False, "last day of spring festival 2026"),
    ("2026-10-10", True, "Saturday worked for national day 2026"),
    ("2026-11-20", True, "a Friday"),
    ("2026-11-21", False, "a Saturday"),
    ("2030-10-01", False, "statutory, in a year not settled"),
]


@pytest.mark.parametrize(("day", "is_worked", "why"), DAYS, ids=[c[-1] for c in DAYS])
def test_knows_the_arrangements(day, is_worked, why):
    assert is_working_day(date.fromisoformat(day)) is is_worked


# Fridays to Mondays and festivals, by hand on the published calendars.
STEPS = [
    # from, count, to
    ("2026-11-20", 0, "2026-11-20"),
    ("2026-11-20", 1, "2026-11-23"),
    ("2026-11-20", 10, "2026-12-04"),
    ("2026-11-21", 1, "2026-11-23"),
    ("2015-02-13", 3, "2015-02-17"),  # Friday; Sunday 15, 16, 17 worked
    ("2015-02-17", 1, "2015-02-25"),  # the festival between
    ("2015-02-17", 4, "2015-02-28"),  # 25, 26, 27, Saturday 28
    ("2024-12-31", 1, "2025-01-02"),  # over the year
]


@pytest.mark.parametrize(("day", "count", "due"), STEPS)
def test_adds_working_days(day, count, due):
    assert add_working_days(date.fromisoformat(day), count) == date.fromisoformat(due)


def test_counts_no_days_backwards():
    with pytest.raises(ValueError, match="expected 0 or more"):
        add_working_days(date(2026, 11, 20), -1)
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0
    assert working_days_between(date(2014, 12, 31), date(2015, 12, 31)) == 249  # 365 - 104 weekend days - 17 + 5


@given(st.dates(date(2015, 1, 1), date(2032, 12, 31)), st.integers(0, 600))
def test_adding_and_counting_agree(day, count):
    due = add_working_days(day, count)
    assert working_days_between(day, due) == count
    assert count == 0 or is_working_day(due)
    walked = sum(is_working_day(day + timedelta(days=step)) for step in range(1, min(60, (due - day).days) + 1))
    assert working_days_between(day, min(due, day + timedelta(days=60))) == walked


def test_says_up_to_where_it_is_settled():
    assert last_settled_year() >= 2026


DUE = [
    # night, settle_by, due, why
    ("2026-11-20", "2027-06-30", "2026-12-04", "ten working days"),
    ("2026-06-25", "2026-06-30", "2026-06-30", "not after 30 June"),
    ("2026-06-29", "2026-06-30", "2026-06-30", "the day before"),
    ("2026-06-30", "2026-06-30", "2026-07-14", "reached: ten working days all the same"),
    ("2026-07-03", "2026-06-30", "2026-07-17", "past: ten working days"),
    ("2015-02-06", "2015-06-30", "2015-02-26", "spring festival between, one Sunday worked"),
]


def step_due(night, settle_by):
    due = step_due_sql(night, f"date '{settle_by}'")
    return duckdb.sql(f"select {due}").fetchall()[0][0]


@pytest.mark.parametrize(("night", "settle_by", "due", "why"), DUE, ids=[c[-1] for c in DUE])
def test_step_due(night, settle_by, due, why):
    assert step_due(date.fromisoformat(night), date.fromisoformat(settle_by)) == date.fromisoformat(due)


@given(st.dates(date(2015, 3, 25), date(2030, 12, 31)))
def test_a_step_of_a_timely_case_ends_by_30_june(night):
    settle_by = settlement_due(night)
    assert night < step_due(night, settle_by)
    assert night == settle_by or step_due(night, settle_by) <= settle_by
