"""Which children have the same parents: twins, and brothers and sisters in other grades.

Everything follows from the seed and the indexes: a student's partner is found by a fixed distance, there and back, in the same school or
else in the same county. A pair that may be one family is one when a draw says so.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xueji.data_samples.births import Births, births_of
from xueji.data_samples.draws import draw, share, whole
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import Seats, seats_of

# Of the pairs that may be one family, those that are: so that two children in five have a brother or sister at school.
IN_SCHOOL, IN_COUNTY = 0.42, 0.42
LEAST_GAP = 2  # grades between brothers and sisters: none is born within nine months of another


@dataclass(frozen=True)
class Kin:
    """The families of some children. One entry a child.

    A family is known by its `root`, the index of one of its children.
    """

    root: NDArray[np.int64]
    region: NDArray[np.int64]  # where the root was born
    usual_grade: NDArray[np.int64]  # the grade usual for the age of the eldest

    def take(self, rows: NDArray[np.int64]) -> "Kin":
        return Kin(self.root[rows], self.region[rows], self.usual_grade[rows])


@dataclass(frozen=True)
class _Pairs:
    """Children whose partner is of their family: their rows, and the partners' seats and births."""

    rows: NDArray[np.int64]
    seats: Seats
    births: Births


def kin_of(layout: Layout, seed: int, seats: Seats, births: Births) -> Kin:
    """The families of the children in these seats."""
    twin = births.is_second_twin.astype(np.int64)
    first = replace(seats, index=seats.index - twin, place_in_grade=seats.place_in_grade - twin, line=seats.line - twin)
    born = replace(births, is_second_twin=np.zeros(len(twin), dtype=np.bool_))
    kin = Kin(first.index.copy(), births.region.copy(), births.usual_grade.copy())
    for pairs in pairs_of(layout, seed, first, born):
        rows, is_earlier = pairs.rows, pairs.seats.index < first.index[pairs.rows]
        kin.root[rows[is_earlier]] = pairs.seats.index[is_earlier]
        kin.region[rows[is_earlier]] = pairs.births.region[is_earlier]
        kin.usual_grade[rows] = np.maximum(born.usual_grade[rows], pairs.births.usual_grade)
    return kin


def pairs_of(layout: Layout, seed: int, seats: Seats, births: Births) -> tuple[_Pairs, _Pairs]:
    """Pairs in one school, and pairs over the county of children that have none in their school."""
    in_school = pairs_by(layout, seed, seats, births, "school")
    is_free = np.ones(len(seats.index), dtype=np.bool_)
    is_free[in_school.rows] = False
    in_county = pairs_by(layout, seed, seats, births, "county", is_free)
    partners_pairs = pairs_by(layout, seed, in_county.seats, in_county.births, "school")
    is_open = np.ones(len(in_county.rows), dtype=np.bool_)
    is_open[partners_pairs.rows] = False
    kept = np.flatnonzero(is_open)
    return in_school, _Pairs(in_county.rows[kept], in_county.seats.take(kept), in_county.births.take(kept))


def pairs_by(
    layout: Layout,
    seed: int,
    seats: Seats,
    births: Births,
    area: str,
    is_free: NDArray[np.bool_] | None = None,
) -> _Pairs:
    """The pairs of one sort: a partner at the area's distance, a draw, and nothing that speaks against one family."""
    bounds = (layout.area_school if area == "school" else layout.area_county)[seats.school]
    offset, size = seats.index - bounds[:, 0], bounds[:, 1] - bounds[:, 0]
    distance = np.maximum(distance_in(layout, seed, seats.school, size, area), 1)
    is_upper = offset // distance % 2 == 1
    partner = np.where(is_upper, offset - distance, offset + distance)
    is_pair = (partner < size) & may_have_kin(births)
    lower = bounds[:, 0] + np.minimum(offset, partner)
    is_pair &= share(draw(seed, f"kin in {area}", lower)) < (IN_SCHOOL if area == "school" else IN_COUNTY)
    if is_free is not None:
        is_pair &= is_free
    rows = np.flatnonzero(is_pair)
    partners = seats_of(layout, bounds[rows, 0] + partner[rows])
    apart = np.flatnonzero(np.abs(partners.grade - seats.grade[rows]) >= LEAST_GAP)
    rows, partners = rows[apart], partners.take(apart)
    theirs = births_of(layout, seed, partners)
    kept = np.flatnonzero(may_have_kin(theirs))
    return _Pairs(rows[kept], partners.take(kept), theirs.take(kept))


def distance_in(
    layout: Layout, seed: int, school: NDArray[np.int64], size: NDArray[np.int64], area: str
) -> NDArray[np.int64]:
    """How far apart the partners are: two or three grades of a school, half of a county."""
    if area == "county":
        return size // 2
    grades = 2 + whole(draw(seed, "kin grades", school), 2)
    return size // layout.grade_count[school] * np.minimum(grades, layout.grade_count[school] - 1)


def may_have_kin(births: Births) -> NDArray[np.bool_]:
    """Whether a child can be one of a pair: second twins go with the first, and ages other than usual could fall together."""
    return ~births.is_second_twin & ~births.is_other_age
