"""The second system of the sample: same seed same copy, and what is planted stands in it."""

from datetime import date

import polars as pl
import pytest

from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.docking import NOTHING, Planted, make_docking
from xueji.data_samples.generate import parts_of, plan_sample
from xueji.data_samples.rates import Rates
from xueji.data_samples.records import build_part


@pytest.fixture(scope="module")
def students() -> pl.DataFrame:
    sample = plan_sample(60_000, 3, Calendar.ending(date(2026, 11, 20), 1), Rates())
    _, first, last = next(parts_of(sample.layout))
    return build_part(sample, 0, first, last).students(0)


FEW = Planted(values=1, blanks=0, issued=10, grouped=20)


def test_one_seed_gives_one_copy(students):
    one, again, other = (make_docking(students, "31", seed, FEW) for seed in (5, 5, 6))
    assert one.local.equals(again.local) and one.truth.equals(again.truth)
    assert not one.local.equals(other.local)


def test_the_copy_has_the_provinces_own_columns_and_order(students):
    sample = make_docking(students, "31", 5, NOTHING)
    assert {"学籍主号", "证件号码", "学籍辅号"} <= set(sample.local.columns)
    assert sample.local.height == sample.central.height and sample.truth.is_empty()
    assert sample.local["学籍主号"].to_list() != sample.central["xjh"].to_list()


def test_what_is_planted_is_written_down_once(students):
    truth = make_docking(students, "31", 5, FEW).truth
    assert truth.height == truth.unique().height
    kinds = set(truth["check_id"])
    assert len(kinds) == 12, sorted(kinds)
