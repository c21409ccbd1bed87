"""ID numbers and student numbers as they are issued: GB 11643-1999, whose last character follows from the other seventeen."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

_WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))  # of the digits from the left
_CHARACTERS = pl.Series(list("10X98765432"))


def check_places(body: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weighted sum modulo 11 of seventeen-digit numbers."""
    rest, total = body.copy(), np.zeros(len(body), dtype=np.int64)
    for weight in reversed(_WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += digit * weight
    return total % 11


def id_numbers(body: NDArray[np.int64]) -> pl.Series:
    """Eighteen-character numbers with the right check character."""
    return pl.Series(body).cast(pl.String) + _CHARACTERS.gather(check_places(body))


def id_number(body: int) -> str:
    """One number with the right check character."""
    digits = f"{body:017d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def body_of(region: NDArray[np.int64], birth: NDArray[np.int64], sequence: NDArray[np.int64]) -> NDArray[np.int64]:
    """Seventeen digits: region, birth date as YYYYMMDD, sequence number."""
    return region * 10**11 + birth * 10**3 + sequence
