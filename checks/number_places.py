"""Many 18-character numbers at once: their characters by place, their check sums and digits, and places as sets of bits.

Numbers of one length are a matrix of `values`, one row a place and one column a number: 0 to 9, 10 for X, -1 for whatever a
number cannot hold.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.id_number import CHECK_CHARACTERS, WEIGHTS

Values = NDArray[np.int64]
Flags = NDArray[np.bool_]

LENGTH = 18
X = 10  # value of the character X
SUM_WEIGHTS = (*WEIGHTS, 1)  # with these a right number's sum is 1 modulo 11
INVERSES = tuple(pow(weight, -1, 11) for weight in SUM_WEIGHTS)
OTHER = "?"  # stands for every character that a keyboard's digits are not mistaken for
# Signs that people read or type for a digit; numbers come in capitals.
LOOKS_LIKE = {"O": 0, "D": 0, "Q": 0, "I": 1, "L": 1, "|": 1, "!": 1, "Z": 2, "S": 5, "G": 6, "B": 8}


def _table(values: dict[str, int]) -> NDArray[np.int64]:
    table = np.full(256, -1, dtype=np.int64)
    for character, value in values.items():
        table[ord(character)] = value
    return table


_VALUE = _table({str(digit): digit for digit in range(10)} | {"X": X})
_MEANT = _table({str(digit): digit for digit in range(10)} | {"X": X} | LOOKS_LIKE)


def ascii_numbers(numbers: pl.Expr) -> pl.Expr:
    """The numbers with `OTHER` for each character that is no digit, capital, or sign that looks like a digit; blank for none."""
    return numbers.fill_null("").str.replace_all("[^0-9A-Z|!]", OTHER)


def values_of(numbers: pl.Series, length: int, by_likeness: bool = False) -> Values:
    """The values of numbers that all have `length` characters, after `ascii_numbers`.

    `by_likeness`: what looks like a digit has its value.
    """
    characters = np.frombuffer("".join(numbers.to_list()).encode("ascii"), dtype=np.uint8)
    table = _MEANT if by_likeness else _VALUE
    return table[characters.reshape(-1, length).T]


def is_wrong(values: Values) -> Flags:
    """Where a number of 18 places holds what cannot stand there: X before the last place, or no digit."""
    wrong = values < 0
    wrong[:-1] |= values[:-1] == X
    return wrong


def check_sums(values: Values) -> Values:
    """Weighted sums modulo 11 of 18 places; what is no value counts nothing."""
    total = np.zeros(values.shape[1], dtype=np.int64)
    for row, weight in zip(values, SUM_WEIGHTS, strict=True):
        total += np.maximum(row, 0) * weight
    return total % 11


def is_right(values: Values) -> Flags:
    """Which numbers of 18 places are well formed and pass the check."""
    return ~is_wrong(values).any(axis=0) & (check_sums(values) == 1)


def bodies(values: Values) -> Values:
    """The first seventeen digits as numbers; what is no digit counts as 0."""
    body = np.zeros(values.shape[1], dtype=np.int64)
    for row in values[: LENGTH - 1]:
        body = body * 10 + np.where(row < 0, 0, row)
    return body


def only_fit(sums: Values, place: int) -> Values:
    """The one value at `place` (from 0) that makes the check right, where `sums` are those of the other places.

    There always is one of the eleven; before the last place a 10 fits nothing.
    """
    return (1 - sums) * INVERSES[place] % 11


def numbers_of(keys: pl.Series) -> pl.Series:
    """The numbers, check character included, of bodies of seventeen digits; null stays null."""
    body = keys.fill_null(0).to_numpy().astype(np.int64)
    values = np.stack([body // 10 ** (LENGTH - 2 - place) % 10 for place in range(LENGTH - 1)])
    place = sum(row * weight for row, weight in zip(values, WEIGHTS, strict=True)) % 11
    last = pl.Series(list(CHECK_CHARACTERS)).gather(pl.Series(place))
    number = keys.cast(pl.String).str.zfill(LENGTH - 1) + last
    return number.rename(keys.name)


def bit(place: int) -> int:
    """The set of one place, from 1."""
    return 1 << (place - 1)


def bits(first: int, last: int) -> int:
    """The set of places `first` to `last`, from 1."""
    return sum(bit(place) for place in range(first, last + 1))


def sets_of(flags: Flags) -> Values:
    """The set of places flagged of each number."""
    places = np.zeros(flags.shape[1], dtype=np.int64)
    for place, row in enumerate(flags, start=1):
        places |= np.where(row, bit(place), 0)
    return places


def places_in(places: int) -> tuple[int, ...]:
    """The places of a set, from 1, ascending."""
    return tuple(place for place in range(1, places.bit_length() + 1) if places & bit(place))


def places_text(places: int) -> str:
    """A set as the tables keep it: 12, 11-12, 3,5; neighbours are put together."""
    runs: list[list[int]] = []
    for place in places_in(places):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
