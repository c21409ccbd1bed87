"""Where and when the children of a sample were born, so that no two have one ID number.

By construction: within a county and birth year a child's place in line decides birth day and sequence number through a permutation; those
born elsewhere draw from a line of their own, with sequence numbers from 900.

    sequence number = 4 × block + 2 (second twin) + 1 (boy)
    blocks   1 … 199  born in the school's county, in the usual year for the grade
           200 … 211  the same, a year older;   212 … 224  a year younger
           225 … 249  born elsewhere, anywhere in the country
    block 0 (sequence 002 and 003) is free for numbers that are nobody's (special_numbers.py)
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from xueji.data_samples import places
from xueji.data_samples.draws import draw, key, whole
from xueji.data_samples.schools import GRADES, Layout
from xueji.data_samples.seats import Seats

DAYS = 365  # of a birth year, from 1 September on
BORN_ELSEWHERE = 12  # one child in so many
OTHER_AGE = 19  # one in so many is a year older or younger than its class
TWINS = 83  # one in so many is the second of twins
USUAL_BLOCKS, OLDER_BLOCKS, YOUNGER_BLOCKS, ELSEWHERE_BLOCKS = (1, 199), (200, 12), (212, 13), (225, 25)
# Multipliers of the permutations: primes that divide none of the lines' lengths.
_STEPS = np.array([33073, 53401, 50527, 27239, 41117, 53891, 46619, 54983], dtype=np.int64)


@cache
def birth_days(school_year: int) -> NDArray[np.int64]:
    """Birth dates as YYYYMMDD by birth year and day. Row c: the children who are in grade c in `school_year`."""

    def row(grade: int) -> list[int]:
        first = date(school_year - 6 - grade, 9, 1)
        days = (first + timedelta(days=day) for day in range(DAYS))
        return [day.year * 10_000 + day.month * 100 + day.day for day in days]

    return np.array([row(grade) for grade in range(GRADES + 2)], dtype=np.int64)


@dataclass(frozen=True)
class Births:
    """Region, birth year (as the grade usual for it), day and sequence block of each child."""

    region: NDArray[np.int64]
    usual_grade: NDArray[np.int64]
    day: NDArray[np.int64]
    block: NDArray[np.int64]
    is_second_twin: NDArray[np.bool_]
    is_other_age: NDArray[np.bool_]  # a year older or younger than the class

    def take(self, rows: NDArray[np.int64]) -> "Births":
        return Births(
            region=self.region[rows],
            usual_grade=self.usual_grade[rows],
            day=self.day[rows],
            block=self.block[rows],
            is_second_twin=self.is_second_twin[rows],
            is_other_age=self.is_other_age[rows],
        )


def births_of(layout: Layout, seed: int, seats: Seats) -> Births:
    """Where and when the children were born; see the module's docstring for the lines they stand in."""
    cell = seats.county * GRADES + seats.grade - 1
    start = draw(seed, "line start", cell)
    step = _STEPS[whole(draw(seed, "line step", cell), len(_STEPS))]
    shift = whole(start, 10_000)

    def is_elsewhere(line: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (line + shift) % BORN_ELSEWHERE == 0

    def is_other_age(line: NDArray[np.int64]) -> NDArray[np.bool_]:
        return ~is_elsewhere(line) & ((line + shift) % OTHER_AGE == 0)

    def is_usual(line: NDArray[np.int64]) -> NDArray[np.bool_]:
        return ~is_elsewhere(line) & ~is_other_age(line)

    line = seats.line
    twin = (line + shift) % TWINS == 0
    twin &= (seats.place_in_grade > 0) & is_usual(line) & is_usual(line - 1)
    line = line - twin
    elsewhere, other_age = is_elsewhere(line), is_other_age(line)
    older = other_age & (line // OTHER_AGE % 2 == 0)
    younger = other_age & ~older

    def places_in(blocks: tuple[int, int], place: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        slot = (place * step + shift) % (blocks[1] * DAYS)
        return slot % DAYS, blocks[0] + slot // DAYS

    day, block = places_in(USUAL_BLOCKS, line)
    for group, blocks in ((older, OLDER_BLOCKS), (younger, YOUNGER_BLOCKS)):
        days, numbers = places_in(blocks, line // OTHER_AGE // 2)
        day, block = np.where(group, days, day), np.where(group, numbers, block)
    regions = places.birth_regions()
    queue = layout.outsider_start[seats.county, seats.grade - 1] + line // BORN_ELSEWHERE
    slots = len(regions) * DAYS * ELSEWHERE_BLOCKS[1]
    slot = (queue * _far_step(slots) + key(seed, "elsewhere") % slots) % slots
    return Births(
        region=np.where(elsewhere, regions[slot % len(regions)], layout.county_codes[seats.county]),
        usual_grade=seats.grade + older - younger,
        day=np.where(elsewhere, slot // len(regions) % DAYS, day),
        block=np.where(elsewhere, ELSEWHERE_BLOCKS[0] + slot // (len(regions) * DAYS), block),
        is_second_twin=twin,
        is_other_age=other_age,
    )


def _far_step(slots: int) -> int:
    """A step coprime to `slots`, near the golden section of it, so that neighbours in line land far apart."""
    step = int(slots * 0.6180339887) | 1
    while np.gcd(step, slots) != 1:
        step += 2
    return step
