"""The true children and their seats."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from xueji.data_samples.people import Children, children_of
from xueji.data_samples.places import birth_regions, counties, divisions
from xueji.data_samples.schools import Layout, build_layout
from xueji.data_samples.seats import Seats, seats_of
from xueji.data_samples.student_numbers import student_numbers

STUDENTS, SEED, SCHOOL_YEAR = 60_000, 5, 2026


@pytest.fixture(scope="module")
def layout() -> Layout:
    return build_layout(STUDENTS, SEED)


@pytest.fixture(scope="module")
def seats(layout: Layout) -> Seats:
    return seats_of(layout, np.arange(STUDENTS))


@pytest.fixture(scope="module")
def children(layout: Layout, seats: Seats) -> Children:
    return children_of(layout, SEED, SCHOOL_YEAR, seats)


def test_no_two_children_have_one_number(children: Children) -> None:
    assert children.number.n_unique() == STUDENTS


def test_no_two_students_have_one_student_number(layout: Layout, seats: Seats, children: Children) -> None:
    for every in (1, 2):  # nobody, and every second one, without a number of their own
        is_provisional = np.arange(STUDENTS) % every > 0
        assert student_numbers(layout, SEED, seats, children, is_provisional).n_unique() == STUDENTS


def test_numbers_agree_with_birth_and_sex(children: Children) -> None:
    frame = pl.DataFrame({"number": children.number, "birth": children.birth, "is_male": children.is_male})
    assert (frame["number"].str.slice(6, 8).cast(pl.Int64) == frame["birth"]).all()
    assert ((frame["number"].str.slice(16, 1).cast(pl.Int64) % 2 == 1) == frame["is_male"]).all()
    assert frame["number"].str.slice(6, 8).str.to_date("%Y%m%d").is_not_null().all()


def test_ages_match_grades(seats: Seats, children: Children) -> None:
    usual = SCHOOL_YEAR - 6 - seats.grade
    years = np.where(children.birth % 10_000 >= 901, children.birth // 10_000, children.birth // 10_000 - 1)
    assert set(np.unique(years - usual)) == {-1, 0, 1}
    assert np.mean(years == usual) > 0.9


def test_some_are_born_elsewhere_some_under_retired_codes(children: Children) -> None:
    assert 0.06 < 1 - children.is_local.mean() < 0.1
    retired = {int(d.code) for d in divisions() if d.last_year is not None}
    assert 0.005 < np.isin(children.region, list(retired)).mean() < 0.05


def test_twins_share_surname_birth_and_school(seats: Seats, children: Children) -> None:
    second = np.flatnonzero(children.body % 1000 // 2 % 2 == 1)
    assert len(second) > STUDENTS / 200
    assert (children.birth[second] == children.birth[second - 1]).all()
    assert (seats.school[second] == seats.school[second - 1]).all()
    han = second[(children.nation.gather(second) == "01").to_numpy()]
    family = children.name.str.slice(0, 1)
    assert (family.gather(han) == family.gather(han - 1)).all()


def test_minority_names_and_rare_characters_occur(children: Children) -> None:
    assert children.name.str.contains("·").sum() > STUDENTS / 200
    assert sum(any(ord(character) > 0xFFFF for character in name) for name in children.name) > 20


def test_every_seat_is_in_its_schools_grades(layout: Layout, seats: Seats) -> None:
    first = layout.first_grade[seats.school]
    assert ((seats.grade >= first) & (seats.grade < first + layout.grade_count[seats.school])).all()


def test_same_children_from_any_selection(layout: Layout, seats: Seats, children: Children) -> None:
    chosen = np.array([59_000, 7, 7, 30_000, 12_345, 55_555])
    again = children_of(layout, SEED, SCHOOL_YEAR, seats_of(layout, chosen))
    assert again.name.to_list() == children.name.gather(chosen).to_list()
    assert again.number.to_list() == children.number.gather(chosen).to_list()


def test_counties_are_real_and_current() -> None:
    assert sum(len(places) for places in counties().values()) in range(2_800, 2_900)
    assert [place.code for place in counties()["66"]] == [f"6590{n:02d}" for n in range(1, 13)]
    assert len(birth_regions()) == len(set(birth_regions().tolist()))
    assert date.today().year > max(d.last_year or 0 for d in divisions())


def test_no_child_is_called_as_its_twin_or_elder(seats: Seats, children: Children) -> None:
    twins = np.flatnonzero(children.body % 1000 // 2 % 2 == 1)
    assert (children.name.gather(twins) != children.name.gather(twins - 1)).all()
    younger = np.flatnonzero(children.kin.root != seats.index)
    namesakes = children.name.gather(younger) == children.name.gather(children.kin.root[younger])
    assert namesakes.sum() <= 2  # a twin of a younger child
