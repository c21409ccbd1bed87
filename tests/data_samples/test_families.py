"""Parents, brothers and sisters of the invented children."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from xueji.data_samples.families import Families, families_of, member_columns
from xueji.data_samples.people import Children, children_of
from xueji.data_samples.schools import Layout, build_layout
from xueji.data_samples.seats import Seats, seats_of

STUDENTS, SEED, SCHOOL_YEAR = 40_000, 5, 2026


@dataclass(frozen=True)
class World:
    layout: Layout
    seats: Seats
    children: Children
    families: Families

    @property
    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "root": self.children.kin.root,
                "birth": pl.Series(self.children.birth).cast(pl.String).str.to_date("%Y%m%d"),
                "nation": self.children.nation,
                "school": self.seats.school,
                "county": self.seats.county,
                "father": self.families.father_body,
                "mother": self.families.mother_body,
                "household": self.families.household,
                "phone": self.families.phone,
            }
        )


@pytest.fixture(scope="module")
def world() -> World:
    layout = build_layout(STUDENTS, SEED)
    seats = seats_of(layout, np.arange(STUDENTS))
    children = children_of(layout, SEED, SCHOOL_YEAR, seats)
    return World(layout, seats, children, families_of(layout, SEED, SCHOOL_YEAR, seats, children))


def test_two_children_in_five_have_a_brother_or_sister(world: World) -> None:
    size = world.frame.select(pl.len().over("root")).to_series()
    assert 0.36 < (size > 1).mean() < 0.48
    assert size.max() <= 4
    elsewhere = world.frame.filter(pl.len().over("root") > 1).group_by("root").agg(pl.col("school").n_unique() > 1)
    assert 0.1 < elsewhere["school"].mean() < 0.35


def test_brothers_and_sisters_have_the_same_parents_and_household(world: World) -> None:
    shared = ("father", "mother", "household", "nation", "county")
    families = world.frame.group_by("root").agg(pl.col(*shared).n_unique(), pl.col("phone").n_unique() == 1)
    assert families.select(pl.max(*shared)).row(0) == (1,) * len(shared)
    assert families["phone"].mean() > 0.9


def test_nobody_is_born_within_a_year_of_another_but_twins(world: World) -> None:
    births = world.frame.sort("root", "birth").select("root", "birth", gap=pl.col("birth").diff().over("root"))
    days = births["gap"].dt.total_days().drop_nulls()
    assert ((days == 0) | (days > 300)).all()
    assert (days == 0).any()


def test_parents_are_grown_up_and_as_good_as_unique(world: World) -> None:
    frame = world.frame
    for parent in ("father", "mother"):
        years = frame["birth"].dt.year() - frame[parent] // 10**7 % 10**4
        assert years.min() >= 20
        assert years.max() <= 55
        numbers = frame.group_by("root").agg(pl.col(parent).first())[parent]
        assert numbers.is_duplicated().mean() < 0.001
    assert (frame["father"] % 2 == 1).all()
    assert (frame["mother"] % 2 == 0).all()


def test_children_bear_the_fathers_surname(world: World) -> None:
    is_han = world.children.nation == "01"
    names, fathers = world.children.name.filter(is_han), world.families.father.filter(is_han)
    assert (names.str.slice(0, 1) == fathers.str.slice(0, 1)).all()


def test_uyghur_children_bear_the_fathers_given_name(world: World) -> None:
    is_uyghur = world.children.nation == "05"
    names, fathers = world.children.name.filter(is_uyghur), world.families.father.filter(is_uyghur)
    assert len(names) > 100
    assert (names.str.split("·").list.last() == fathers.str.split("·").list.first()).all()


def test_schools_ask_for_numbers_or_do_not(world: World) -> None:
    nobody, everybody = (np.full(STUDENTS, value) for value in (False, True))
    usual = member_columns(SEED, world.seats, world.families, nobody)
    assert 0.93 < usual["cy1xm"].is_not_null().mean() < 0.97
    assert 0.35 < usual["cy1sfzjh"].is_not_null().mean() < 0.6
    assert 0.05 < usual["cy2sfzjh"].is_not_null().mean() < 0.3
    assert (usual["cy1sfzjh"].is_not_null() == usual["cy1sfzjlxm"].is_not_null()).all()
    assert not (usual["cy1sfzjh"].is_not_null() & usual["cy1xm"].is_null()).any()
    asked = member_columns(SEED, world.seats, world.families, everybody)
    assert 0.88 < asked["cy1sfzjh"].is_not_null().mean() < 0.92


def test_telephones_are_nobodys(world: World) -> None:
    assert set(np.unique(world.families.phone // 10**9).tolist()) == {10, 11, 12}


def test_same_families_from_any_selection(world: World) -> None:
    chosen = np.array([39_000, 7, 7, 30_000, 12_345, 25_555])
    seats = seats_of(world.layout, chosen)
    children = children_of(world.layout, SEED, SCHOOL_YEAR, seats)
    again = families_of(world.layout, SEED, SCHOOL_YEAR, seats, children)
    rows = world.families.take(chosen)
    assert again.father.to_list() == rows.father.to_list()
    assert again.mother_body.tolist() == rows.mother_body.tolist()
    assert again.household.tolist() == rows.household.tolist()
