"""Numbers of a sample that are no student's: superseded, invented, of parents, of foreigners."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples import places
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.draws import whole
from xueji.data_samples.people import Children, children_of
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import seats_of


def special_numbers(layout: Layout, seed: int, calendar: Calendar, plan: pl.DataFrame) -> pl.Series:
    """Seventeen digits for kinds that need a number which is no student's; 0 for the others.

    Each is the child's own number (of a second registration, its leader's) with one part replaced: by a block no child has, a year no
    student is born in, a region of nobody. Which makes it differ from every student's number.
    """
    index = plan["index"].to_numpy()
    children = children_of(layout, seed, calendar.last_school_year, seats_of(layout, index))
    is_forged = (plan["kind"] == "suspect_forged").to_numpy()
    leaders = children_of(
        layout, seed, calendar.last_school_year, seats_of(layout, plan["leader"].to_numpy()[is_forged])
    )
    body, bits = children.body, plan["bits"].to_numpy()
    grade = seats_of(layout, index).grade

    def with_region(region: NDArray[np.int64]) -> NDArray[np.int64]:
        return region * 10**11 + body % 10**11

    def with_year(year: NDArray[np.int64]) -> NDArray[np.int64]:
        return body + (year - body // 10**7 % 10**4) * 10**7

    def any_of(choices: NDArray[np.int64]) -> NDArray[np.int64]:
        return choices[whole(bits, len(choices))]

    year, day = body // 10**7 % 10**4, body // 10**3 % 10**4
    wrong_day = any_of(np.array([230, 431, 631, 931, 1131, 1301, 1232, 1500]))
    older = np.where(grade <= 6, 16, np.where(grade <= 9, 12, 8))  # a sibling of 22 to 29; leap years stay leap years
    province = any_of(np.array(places.UNKNOWN_PROVINCES))
    choices = {
        "superseded": body // 1000 * 1000 + 2 + children.is_male,
        "invented": body // 1000 * 1000 + 2 + children.is_male,
        "suspect_renumbered_leader": body // 1000 * 1000 + 2 + children.is_male,
        "strangers_number": with_year(year - older),
        "parents_number": with_year(year - 28),
        "infants_number": np.where(day == 229, 0, with_year(np.full_like(body, calendar.dates[-1].year - 1))),
        "no_such_date": body + (wrong_day - day) * 1000,
        "unknown_province": body % 10**15 + province * 10**15,
        "unlisted_division": with_region(any_of(places.unlisted_regions())),
        "residence_permit": with_region(any_of(np.array(places.PERMIT_REGIONS))),
        "foreigner": with_region(900_000 + body // 10**15 * 1000 + any_of(np.array([410, 392, 840, 704, 586]))),
    }
    numbers = np.zeros(len(index), dtype=np.int64)
    kinds = plan["kind"].to_numpy()
    for kind, body_of_kind in choices.items():
        numbers[kinds == kind] = body_of_kind[kinds == kind]
    numbers[is_forged] = forged(leaders, bits[is_forged])
    return pl.Series(numbers)


def forged(children: Children, bits: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Numbers with the children's birth date and sex, half of them from another place."""
    regions = places.birth_regions()
    elsewhere = regions[whole(bits >> np.uint64(8), len(regions))]
    region = np.where(bits % np.uint64(2) == 0, children.body // 10**11, elsewhere)
    return region * 10**11 + children.body % 10**11 // 1000 * 1000 + 2 + children.is_male


def without_repeats(plan: pl.DataFrame) -> pl.DataFrame:
    """The plan without the few rows whose special number could not be made or is another row's as well."""
    repeated = (pl.col("number") > 0) & ~pl.col("number").is_first_distinct()
    not_made = (pl.col("kind") == "infants_number") & (pl.col("number") == 0)
    return plan.filter(~repeated, ~not_made)
