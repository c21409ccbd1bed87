"""The school table: proportions, codes, authorities."""

import numpy as np
import pytest

from xueji.checks.model import UNITS
from xueji.data_samples.places import STUDENTS_BY_UNIT
from xueji.data_samples.schools import apportion, build_layout, chinese_number, unit_sizes


@pytest.mark.parametrize("students", [320_000, 2_000_000])
def test_units_have_their_national_share(students: int) -> None:
    national = np.array([STUDENTS_BY_UNIT[unit] for unit in UNITS])
    expected = national / national.sum() * students
    assert unit_sizes(students).sum() == students
    assert np.abs(unit_sizes(students) - expected).max() <= 1


@pytest.mark.parametrize("students", [960, 3_000, 50_000])
def test_small_units_are_not_lost(students: int) -> None:
    table = build_layout(students, 1).table
    assert table["size"].sum() == students
    assert table["unit_code"].n_unique() == len(UNITS)
    assert table.group_by("unit_code").len()["len"].min() >= 3


def test_school_codes_say_type_and_unit() -> None:
    table = build_layout(100_000, 1).table
    assert table["school_code"].n_unique() == table.height
    assert table["school_code"].str.contains(r"^(21|31|34|51)[0-9]{8}$").all()
    assert (table["school_code"].str.slice(2, 2) == table["unit_code"]).all()
    assert set(table["authority_level"]) == {"省", "市", "县"}
    places = table.filter(table["unit_code"] != "66")
    assert (places["county_code"].str.slice(0, 2) == places["unit_code"]).all()
    assert table.filter(table["unit_code"] == "66")["county_code"].str.starts_with("6590").all()


def test_about_eight_hundred_students_a_school() -> None:
    table = build_layout(2_000_000, 1).table
    assert 750 < table["size"].mean() < 850  # type: ignore[operator]
    assert table["size"].min() < 100  # type: ignore[operator]


def test_apportion_gives_everything_away() -> None:
    assert apportion(10, np.array([1.0, 1.0, 1.0])).sum() == 10
    assert apportion(10, np.array([1000.0, 1.0]), least=2).tolist() == [8, 2]
    with pytest.raises(ValueError, match="at least 2 each"):
        apportion(3, np.array([1.0, 1.0]), least=2)


def test_chinese_numbers() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]
