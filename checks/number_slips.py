"""Numbers that one slip of the hand would have turned into the number as it stands, worked out for many numbers at once.

The check character leaves little room: at a given place at most one digit makes a number right. What is more, a candidate must
agree with the birth date and the sex that the record gives.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from xueji.checks.id_region import FOREIGNER
from xueji.checks.number_places import (
    LENGTH,
    SUM_WEIGHTS,
    Flags,
    Values,
    X,
    ascii_numbers,
    bit,
    bodies,
    check_sums,
    is_right,
    is_wrong,
    only_fit,
    sets_of,
    values_of,
)

# In the order of preference, where two of them lead to one number.
SLIPS = (
    "digit",  # one digit wrong
    "swap",  # two neighbours swapped
    "letter",  # letters or signs typed for digits
    "lost",  # one character left out
    "lost_x",  # the X at the end left out
    "doubled",  # one character typed twice
    "sign",  # blanks, hyphens, brackets, words among the digits
    "added",  # one character too many
    "old_fifteen",  # the form of GB 11643-1989: no century, no check character
    "student_no",  # no slip: the number that the student number was made from
)
CANDIDATE_SCHEMA = {"record_no": pl.Int64, "id_key": pl.Int64, "slip": pl.UInt8, "places": pl.Int32}
CENTURIES = (19, 20)


@dataclass(frozen=True)
class Numbers:
    """Numbers of one length, with what their records say beside them. `birth` is YYYYMMDD; 0 where not said."""

    record_no: Values
    birth: Values
    sex: Values
    text: pl.Series

    def where(self, chosen: Flags) -> "Numbers":
        text = self.text.filter(pl.Series(chosen))
        return Numbers(self.record_no[chosen], self.birth[chosen], self.sex[chosen], text)

    def values(self, length: int, by_likeness: bool = False) -> Values:
        return values_of(self.text, length, by_likeness)

    def found(self, slip: str, places: int | Values, body: Values, fits: Flags) -> pl.DataFrame:
        """The candidates among `body` that fit and agree with what the records say."""
        birth, sex = self.birth, self.sex
        fits = fits & ((birth == 0) | (body // 1000 % 10**8 == birth))
        fits &= (sex == 0) | (body % 2 == sex % 2) | (body >= FOREIGNER)
        chosen = np.flatnonzero(fits)
        return pl.DataFrame(
            {
                "record_no": self.record_no[chosen],
                "id_key": body[chosen],
                "slip": np.full(len(chosen), SLIPS.index(slip), dtype=np.uint8),
                "places": places[chosen] if isinstance(places, np.ndarray) else np.full(len(chosen), places),
            },
            schema_overrides=CANDIDATE_SCHEMA,
        )


def candidates(broken: pl.DataFrame) -> pl.DataFrame:
    """The numbers that each broken one may have been meant for: columns of `CANDIDATE_SCHEMA`, a number and slip may come twice.

    `broken` has record_no, number (as the core tables normalise it), birth_date, sex_code and student_no; all but the first may be
    null. `id_key` is a number's first seventeen digits, `places` a set of bits: of the number as it stands, of the number meant where
    a character was lost. A number that has nothing wrong has no candidate but itself as another would write it.
    """
    frame = broken.select(
        "record_no",
        birth=pl.col("birth_date").dt.strftime("%Y%m%d").cast(pl.Int64).fill_null(0),
        sex=pl.col("sex_code").cast(pl.Int64, strict=False).fill_null(0),
        number=ascii_numbers(pl.col("number")),
        bare=pl.col("number").fill_null("").str.replace_all("[^0-9A-Z]", ""),
        issued=ascii_numbers(pl.col("student_no").str.to_uppercase()),
    )
    length = pl.col("number").str.len_chars()
    of_length = {size: numbers_in(frame.filter(length == size), "number") for size in (15, 17, 18, 19)}
    is_signed = (pl.col("bare").str.len_chars() == LENGTH) & (pl.col("bare") != pl.col("number"))
    is_issued = pl.col("issued").str.contains("^G[0-9]{17}[0-9X]$")
    issued = frame.filter(is_issued).with_columns(pl.col("issued").str.slice(1))
    found = [
        *wrong_places(of_length[18]),
        *swaps(of_length[18]),
        *habitual_letters(of_length[18]),
        *lost_characters(of_length[17]),
        *added_characters(of_length[19]),
        *old_forms(of_length[15]),
        *as_they_stand(numbers_in(frame.filter(is_signed), "bare"), "sign"),
        *as_they_stand(numbers_in(issued, "issued"), "student_no"),
    ]
    return pl.concat([pl.DataFrame(schema=CANDIDATE_SCHEMA), *found])


def numbers_in(frame: pl.DataFrame, column: str) -> Numbers:
    """The texts of a column, all of one length, with what their records say."""
    record_no, birth, sex = (frame[name].to_numpy() for name in ("record_no", "birth", "sex"))
    return Numbers(record_no, birth, sex, frame[column])


def wrong_places(numbers: Numbers) -> Iterator[pl.DataFrame]:
    """One digit wrong, or one character that is no digit: at each place the only one that fits."""
    values = numbers.values(LENGTH)
    wrong = is_wrong(values)
    sums, body, count = check_sums(values), bodies(values), wrong.sum(axis=0)
    known = np.maximum(values, 0)
    for place in range(LENGTH):
        here = known[place]
        value = only_fit(sums - here * SUM_WEIGHTS[place], place)
        is_last = place == LENGTH - 1
        meant = body if is_last else body + (value - here) * 10 ** (LENGTH - 2 - place)
        fits = (value < X) | is_last
        yield numbers.found("digit", bit(place + 1), meant, fits & (count == 0) & (value != here))
        yield numbers.found("letter", bit(place + 1), meant, fits & (count == 1) & wrong[place])


def swaps(numbers: Numbers) -> Iterator[pl.DataFrame]:
    """Two neighbours swapped; the X of the last place may have come before it."""
    values = numbers.values(LENGTH)
    for place in range(LENGTH - 1):
        swapped = values.copy()
        swapped[[place, place + 1]] = values[[place + 1, place]]
        is_swap = values[place] != values[place + 1]
        yield numbers.found("swap", bit(place + 1) | bit(place + 2), bodies(swapped), is_right(swapped) & is_swap)


def habitual_letters(numbers: Numbers) -> Iterator[pl.DataFrame]:
    """Several letters that look like digits: who types O for 0 does it throughout."""
    wrong = is_wrong(numbers.values(LENGTH))
    several = wrong.sum(axis=0) > 1
    chosen = numbers.where(several)
    meant = chosen.values(LENGTH, by_likeness=True)
    yield chosen.found("letter", sets_of(wrong[:, several]), bodies(meant), is_right(meant))


def lost_characters(numbers: Numbers) -> Iterator[pl.DataFrame]:
    """One character left out: at each place the only one that fits."""
    values = numbers.values(LENGTH - 1)
    for place in range(LENGTH):
        filled = np.insert(values, place, 0, axis=0)
        value = only_fit(check_sums(filled), place)
        is_last = place == LENGTH - 1
        filled[place] = value
        fits = ~is_wrong(filled).any(axis=0)
        is_x = is_last & (value == X)
        yield numbers.found("lost", bit(place + 1), bodies(filled), fits & ~is_x)
        yield numbers.found("lost_x", bit(place + 1), bodies(filled), fits & is_x)


def added_characters(numbers: Numbers) -> Iterator[pl.DataFrame]:
    """One character too many, perhaps its neighbour typed twice."""
    values = numbers.values(LENGTH + 1)
    for place in range(LENGTH + 1):
        rest = np.delete(values, place, axis=0)
        fits = is_right(rest)
        beside = [values[near] for near in (place - 1, place + 1) if 0 <= near <= LENGTH]
        is_doubled: Flags = np.logical_or.reduce([values[place] == near for near in beside])
        yield numbers.found("doubled", bit(place + 1), bodies(rest), fits & is_doubled)
        yield numbers.found("added", bit(place + 1), bodies(rest), fits & ~is_doubled)


def old_forms(numbers: Numbers) -> Iterator[pl.DataFrame]:
    """Fifteen digits with the century put in; the check character follows."""
    values = numbers.values(15)
    is_all_digits: Flags = np.logical_and.reduce((values >= 0) & (values < X))
    for century in CENTURIES:
        digits = [np.full(values.shape[1], digit) for digit in (century // 10, century % 10)]
        unchecked = np.zeros(values.shape[1], dtype=np.int64)
        body = bodies(np.vstack([values[:6], *digits, values[6:], unchecked]))
        yield numbers.found("old_fifteen", 0, body, is_all_digits)


def as_they_stand(numbers: Numbers, slip: str) -> Iterator[pl.DataFrame]:
    """Numbers that are right by themselves."""
    values = numbers.values(LENGTH)
    yield numbers.found(slip, 0, bodies(values), is_right(values))
