"""学籍号: G and the ID number for most; J or L, made of county and birth date, for those without a number of their own.

L: four digits, for those still waiting. J: three digits and a check character, a few from before; for children born in the county only.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples.births import BORN_ELSEWHERE
from xueji.data_samples.draws import draw, share, whole
from xueji.data_samples.numbers import body_of, id_numbers
from xueji.data_samples.people import Children
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import Seats

OWN, OLD = 0.9, 0.01  # shares of the students with a G number, and with a J number from before


def student_numbers(
    layout: Layout, seed: int, seats: Seats, children: Children, is_provisional: NDArray[np.bool_]
) -> pl.Series:
    """The students' numbers, no two alike. `is_provisional`: those who have no number of their own."""
    kind = share(draw(seed, "student number", seats.index))
    is_old = np.where(is_provisional, whole(draw(seed, "provisional", seats.index), 2) == 0, kind < OWN + OLD)
    rows = np.flatnonzero(is_provisional | (kind >= OWN))
    county, birth = layout.county_codes[seats.county[rows]], children.birth[rows]
    sequence, is_local = children.body[rows] % 1000, children.is_local[rows]
    j_numbers = "J" + id_numbers(body_of(county, birth, 999 - sequence))
    four = np.where(is_local, sequence, 1000 + seats.line[rows] // BORN_ELSEWHERE)
    digits = body_of(county, birth, np.zeros_like(county)) // 1000 * 10_000 + four
    l_numbers = "L" + pl.Series(digits).cast(pl.String)
    return ("G" + children.number).scatter(rows, j_numbers.zip_with(pl.Series(is_old[rows] & is_local), l_numbers))
