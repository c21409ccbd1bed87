"""The children of a sample, as they truly are. Everything about a child follows from the seed and its index."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples.births import ELSEWHERE_BLOCKS, birth_days, births_of
from xueji.data_samples.draws import draw, share
from xueji.data_samples.kinship import Kin, kin_of
from xueji.data_samples.names import draw_names, draw_nations, draw_other_names
from xueji.data_samples.numbers import body_of, id_numbers
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import Seats

BOYS = 0.526


@dataclass(frozen=True)
class Children:
    """Who the children are. One entry a child."""

    body: NDArray[np.int64]  # first seventeen digits of the ID number
    birth: NDArray[np.int64]  # YYYYMMDD
    is_male: NDArray[np.bool_]
    region: NDArray[np.int64]  # of birth
    is_local: NDArray[np.bool_]
    number: pl.Series
    name: pl.Series
    nation: pl.Series
    kin: Kin

    def take(self, rows: NDArray[np.int64]) -> "Children":
        return Children(
            body=self.body[rows],
            birth=self.birth[rows],
            is_male=self.is_male[rows],
            region=self.region[rows],
            is_local=self.is_local[rows],
            number=self.number.gather(rows),
            name=self.name.gather(rows),
            nation=self.nation.gather(rows),
            kin=self.kin.take(rows),
        )

    @property
    def sex(self) -> pl.Series:
        return pl.Series(np.where(self.is_male, "1", "2"))


def children_of(layout: Layout, seed: int, school_year: int, seats: Seats) -> Children:
    """The children in these seats in the school year that the last delivery falls in."""
    births = births_of(layout, seed, seats)
    is_male = sex_of(seed, seats.index)
    birth = birth_days(school_year)[births.usual_grade, births.day]
    body = body_of(births.region, birth, 4 * births.block + 2 * births.is_second_twin + is_male)
    kin = kin_of(layout, seed, seats, births)
    nation = draw_nations(seed, layout.unit[seats.school], kin.root)
    return Children(
        body=body,
        birth=birth,
        is_male=is_male,
        region=births.region,
        is_local=births.block < ELSEWHERE_BLOCKS[0],
        number=id_numbers(body),
        name=names_of(seed, seats.index, births.is_second_twin, kin, is_male, nation),
        nation=nation,
        kin=kin,
    )


def sex_of(seed: int, index: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each child is a boy."""
    return share(draw(seed, "sex", index)) < BOYS


def names_of(
    seed: int,
    index: NDArray[np.int64],
    is_second_twin: NDArray[np.bool_],
    kin: Kin,
    is_male: NDArray[np.bool_],
    nation: pl.Series,
) -> pl.Series:
    """The children's names, no child called as its twin or as the child by whom the family is known."""
    names = draw_names(seed, index, kin.root, is_male, nation)
    elder = np.where(is_second_twin, index - 1, kin.root)
    rows = np.flatnonzero(elder != index)
    family, own = kin.root[rows], nation.gather(rows)
    elder_names = draw_names(seed, elder[rows], family, sex_of(seed, elder[rows]), own)
    others = draw_other_names(seed, names.gather(rows), elder_names, index[rows], family, is_male[rows], own)
    return names.scatter(rows, others)
