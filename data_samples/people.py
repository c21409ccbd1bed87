"""The children of a sample, as they truly are. Everything about a child follows from the seed and its index.

No two children have one ID number, by construction: within a county and birth year a child's place in line decides birth day and
sequence number through a permutation; those born elsewhere draw from a line of their own, with sequence numbers from 900.

    sequence number = 4 × block + 2 (second twin) + 1 (boy)
    blocks   1 … 199  born in the school's county, in the usual year for the grade
           200 … 211  the same, a year older;   212 … 224  a year younger
           225 … 249  born elsewhere, anywhere in the country
    block 0 (sequence 002 and 003) is free for numbers that are nobody's (problems.py)
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples import places
from xueji.data_samples.draws import draw, key, share, whole
from xueji.data_samples.names import draw_names, draw_nations
from xueji.data_samples.numbers import body_of, id_numbers
from xueji.data_samples.schools import GRADES, Layout

DAYS = 365  # of a birth year, from 1 September on
BORN_ELSEWHERE = 12  # one child in so many
OTHER_AGE = 19  # one in so many is a year older or younger than its class
TWINS = 83  # one in so many is the second of twins
USUAL_BLOCKS, OLDER_BLOCKS, YOUNGER_BLOCKS, ELSEWHERE_BLOCKS = (1, 199), (200, 12), (212, 13), (225, 25)
# Multipliers of the permutations: primes that divide none of the lines' lengths.
_STEPS = np.array([33073, 53401, 50527, 27239, 41117, 53891, 46619, 54983], dtype=np.int64)


@dataclass(frozen=True)
class Seats:
    """Where students sit. One entry a student."""

    index: NDArray[np.int64]
    school: NDArray[np.int64]
    grade: NDArray[np.int64]  # on the last delivery date
    entry_grade: NDArray[np.int64]  # in which the student entered the school
    place_in_grade: NDArray[np.int64]
    county: NDArray[np.int64]
    line: NDArray[np.int64]  # place among the county's children of this grade


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
        )

    @property
    def sex(self) -> pl.Series:
        return pl.Series(np.where(self.is_male, "1", "2"))


def seats_of(layout: Layout, index: NDArray[np.int64]) -> Seats:
    """The seats of the students with these indexes."""
    school = np.searchsorted(layout.school_start, index, side="right") - 1
    offset = index - layout.school_start[school]
    size = layout.school_start[school + 1] - layout.school_start[school]
    grades = layout.grade_count[school]
    base, larger = size // grades, size % grades  # the first `larger` grades have one child more
    in_larger = offset < larger * (base + 1)
    rest = offset - larger * (base + 1)
    safe = np.maximum(base, 1)
    place = np.where(in_larger, offset // (base + 1), larger + rest // safe)
    place_in_grade = np.where(in_larger, offset % (base + 1), rest % safe)
    first = layout.first_grade[school]
    grade = first + place
    return Seats(
        index=index,
        school=school,
        grade=grade,
        entry_grade=first,
        place_in_grade=place_in_grade,
        county=layout.county[school],
        line=layout.cell_start[school, grade - 1] + place_in_grade,
    )


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
    )


def _far_step(slots: int) -> int:
    """A step coprime to `slots`, near the golden section of it, so that neighbours in line land far apart."""
    step = int(slots * 0.6180339887) | 1
    while np.gcd(step, slots) != 1:
        step += 2
    return step


def children_of(layout: Layout, seed: int, school_year: int, seats: Seats) -> Children:
    """The children in these seats in the school year that the last delivery falls in."""
    births = births_of(layout, seed, seats)
    is_male = share(draw(seed, "sex", seats.index)) < 0.526
    birth = birth_days(school_year)[births.usual_grade, births.day]
    body = body_of(births.region, birth, 4 * births.block + 2 * births.is_second_twin + is_male)
    family = seats.index - births.is_second_twin
    nation = draw_nations(seed, layout.unit[seats.school], family)
    return Children(
        body=body,
        birth=birth,
        is_male=is_male,
        region=births.region,
        is_local=births.block < ELSEWHERE_BLOCKS[0],
        number=id_numbers(body),
        name=draw_names(seed, seats.index, family, is_male, nation),
        nation=nation,
    )


def provisional_numbers(layout: Layout, seats: Seats, children: Children, prefix: str) -> pl.Series:
    """J or L student numbers, made of county, birth date and a sequence; no two alike.

    J: three digits and a check character, for children born in the county only. L: four digits.
    """
    county = layout.county_codes[seats.county]
    sequence = children.body % 1000
    if prefix == "J":
        return "J" + id_numbers(body_of(county, children.birth, 999 - sequence))
    four = np.where(children.is_local, sequence, 1000 + seats.line // BORN_ELSEWHERE)
    digits = body_of(county, children.birth, np.zeros_like(county)) // 1000 * 10_000 + four
    return "L" + pl.Series(digits).cast(pl.String)


def student_numbers(layout: Layout, seed: int, seats: Seats, children: Children) -> pl.Series:
    """学籍号 of students with an ID number: G and that number; L for those still waiting; a few J from before."""
    kind = share(draw(seed, "student number", seats.index))
    frame = pl.DataFrame(
        {
            "kind": kind,
            "local": children.is_local,
            "G": "G" + children.number,
            "J": provisional_numbers(layout, seats, children, "J"),
            "L": provisional_numbers(layout, seats, children, "L"),
        }
    )
    return frame.select(
        pl.when(pl.col("kind") < 0.9)
        .then(pl.col("G"))
        .when((pl.col("kind") < 0.91) & pl.col("local"))
        .then(pl.col("J"))
        .otherwise(pl.col("L"))
    ).to_series()
