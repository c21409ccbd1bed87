"""The parents of the invented children, and what of them a school writes down.

Brothers and sisters have the same parents, the same household and mostly the same telephone.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples import places
from xueji.data_samples.draws import draw, share, whole
from xueji.data_samples.names import draw_parents
from xueji.data_samples.numbers import body_of, id_numbers
from xueji.data_samples.people import Children
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import Seats

FATHER, MOTHER, GRANDFATHER, GRANDMOTHER = "51", "52", "61", "62"  # GB/T 4761
RELATIONS = {FATHER: "父亲", MOTHER: "母亲", GRANDFATHER: "祖父", GRANDMOTHER: "祖母"}
MEMBER_FIELDS = ("cy1xm", "cy1gxm", "cy1lxdh", "cy1sfzjlxm", "cy1sfzjh", "cy2xm", "cy2gxm", "cy2sfzjh")

SETTLED = 0.8  # of the families, those registered where the school is; the others where their first child was born
MOTHER_FIRST = 0.45
OWN_PHONE = 0.08  # of the children, those under another number than their brothers and sisters
YOUNGEST_PARENT, AGES = 22, 9  # years at the birth of the eldest: twice up to so many more
LOCAL_PARENT = 0.7  # born in the county of the household
# What schools write down of the members: shares of the children, and of the schools that ask for numbers.
HAS_FIRST, HAS_PHONE, HAS_SECOND = 0.95, 0.97, 0.8
ASK_FIRST_NUMBER, ASK_SECOND_NUMBER = 0.5, 0.2
HAS_NUMBER, HAS_NUMBER_IF_CHILD_HAS_NONE = 0.93, 0.9
FIRST_PHONE, PHONES = 10_000_000_000, 3_000_000_000  # eleven digits from 10, 11 or 12: no mobile telephone's
_MONTH_DAYS = np.array([month * 100 + day for month in range(1, 13) for day in range(1, 29)], dtype=np.int64)


@dataclass(frozen=True)
class Families:
    """The families of some children. One entry a child."""

    father: pl.Series  # names
    mother: pl.Series
    father_body: NDArray[np.int64]  # first seventeen digits of the ID numbers
    mother_body: NDArray[np.int64]
    phone: NDArray[np.int64]
    is_mother_first: NDArray[np.bool_]
    household: NDArray[np.int64]  # six-digit code of the place

    def take(self, rows: NDArray[np.int64]) -> "Families":
        return Families(
            father=self.father.gather(rows),
            mother=self.mother.gather(rows),
            father_body=self.father_body[rows],
            mother_body=self.mother_body[rows],
            phone=self.phone[rows],
            is_mother_first=self.is_mother_first[rows],
            household=self.household[rows],
        )


def families_of(layout: Layout, seed: int, school_year: int, seats: Seats, children: Children) -> Families:
    """The families of the children in these seats."""
    root, school_place = children.kin.root, layout.county_codes[seats.county]
    household = np.where(share(draw(seed, "settled", root)) < SETTLED, school_place, children.kin.region)
    father, mother = draw_parents(seed, root, children.nation)
    eldest = school_year - 6 - children.kin.usual_grade
    is_own = share(draw(seed, "own phone", seats.index)) < OWN_PHONE
    return Families(
        father=father,
        mother=mother,
        father_body=parents_bodies(seed, "father", root, household, eldest),
        mother_body=parents_bodies(seed, "mother", root, household, eldest),
        phone=phones(draw(seed, "phone", np.where(is_own, -1 - seats.index, root))),
        is_mother_first=share(draw(seed, "mother first", root)) < MOTHER_FIRST,
        household=household,
    )


def parents_bodies(
    seed: int, who: str, root: NDArray[np.int64], household: NDArray[np.int64], eldest: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Seventeen digits of the parents' numbers. `eldest`: the year in which their eldest child was born."""
    bits = draw(seed, f"{who} number", root)
    regions = places.birth_regions()
    elsewhere = regions[whole(bits, len(regions))]
    region = np.where(share(draw(seed, f"{who} region", root)) < LOCAL_PARENT, household, elsewhere)
    age = YOUNGEST_PARENT + whole(bits >> np.uint64(8), AGES) + whole(bits >> np.uint64(16), AGES)
    birth = (eldest - age) * 10_000 + _MONTH_DAYS[whole(bits >> np.uint64(24), len(_MONTH_DAYS))]
    sequence = 2 * whole(bits >> np.uint64(40), 499) + (1 if who == "father" else 2)
    return body_of(region, birth, sequence)


def phones(bits: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The number that each draw comes to."""
    return FIRST_PHONE + whole(bits, PHONES)


def asks_for_numbers(seed: int, school: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a school writes down the numbers of the first and of the second member."""
    place = share(draw(seed, "asks for numbers", school))
    return place < ASK_FIRST_NUMBER, place < ASK_SECOND_NUMBER


def member_columns(seed: int, seats: Seats, families: Families, has_no_number: NDArray[np.bool_]) -> pl.DataFrame:
    """What the schools have written down of the members: `MEMBER_FIELDS`, null where nothing. `has_no_number` tells of the children."""
    mother_first = families.is_mother_first
    is_father_first = pl.Series(~mother_first)
    first_body = np.where(mother_first, families.mother_body, families.father_body)
    second_body = np.where(mother_first, families.father_body, families.mother_body)
    bits = draw(seed, "members", seats.index)
    asks_first, asks_second = asks_for_numbers(seed, seats.school)
    has_first = (share(bits) < HAS_FIRST) | has_no_number
    has_phone = has_first & (share(bits << np.uint64(12)) < HAS_PHONE)
    has_second = has_first & (share(bits << np.uint64(24)) < HAS_SECOND)
    filled = share(bits << np.uint64(36))
    gives_first = np.where(has_no_number, filled < HAS_NUMBER_IF_CHILD_HAS_NONE, asks_first & (filled < HAS_NUMBER))
    gives_second = has_second & asks_second & (filled < HAS_NUMBER)
    names = (families.father, families.mother)
    codes = (pl.Series([FATHER]), pl.Series([MOTHER]))
    return pl.DataFrame(
        {
            "cy1xm": where(has_first, names[0].zip_with(is_father_first, names[1])),
            "cy1gxm": where(has_first, codes[0].zip_with(is_father_first, codes[1])),
            "cy1lxdh": where(has_phone, pl.Series(families.phone).cast(pl.String)),
            "cy1sfzjlxm": where(has_first & gives_first, pl.repeat("1", len(bits), eager=True)),
            "cy1sfzjh": numbers_where(has_first & gives_first, first_body),
            "cy2xm": where(has_second, names[1].zip_with(is_father_first, names[0])),
            "cy2gxm": where(has_second, codes[1].zip_with(is_father_first, codes[0])),
            "cy2sfzjh": numbers_where(gives_second, second_body),
        }
    )


def where(is_given: NDArray[np.bool_], texts: pl.Series) -> pl.Series:
    """The texts where they are given, else null."""
    return texts.zip_with(pl.Series(is_given), pl.Series([None], dtype=pl.String))


def numbers_where(is_given: NDArray[np.bool_], body: NDArray[np.int64]) -> pl.Series:
    """ID numbers where they are given, else null. Only those are made."""
    rows = np.flatnonzero(is_given)
    places_of = np.full(len(body), -1, dtype=np.int64)
    places_of[rows] = np.arange(len(rows))
    made = id_numbers(body[rows])
    return made.gather(pl.Series(places_of).replace(-1, None))
