"""Pseudo-random draws that depend on the seed, a purpose and an index only: never on order, threads or library versions."""

import hashlib
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Choice = TypeVar("Choice")
_MASK = (1 << 64) - 1
_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64


def key(seed: int, purpose: str) -> int:
    """A 64-bit key for one purpose under one seed."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{purpose}".encode()).digest()[:8], "little")


def draw(seed: int, purpose: str, index: NDArray[np.int64]) -> NDArray[np.uint64]:
    """64 random bits for each index."""
    z = index.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64(key(seed, purpose))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_MIX_1)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_MIX_2)
    return z ^ (z >> np.uint64(31))


def whole(bits: NDArray[np.uint64], n: int) -> NDArray[np.int64]:
    """Whole numbers from 0 to n − 1."""
    return (bits % np.uint64(n)).astype(np.int64)


def share(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Numbers from 0 up to 1."""
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


@dataclass(frozen=True)
class Weighted:
    """Places 0 … n − 1 drawn in proportion to their weights."""

    cumulated: NDArray[np.float64]

    @staticmethod
    def of(weights: list[float]) -> "Weighted":
        cumulated = np.cumsum(np.array(weights, dtype=np.float64))
        return Weighted(cumulated / cumulated[-1])

    def pick(self, bits: NDArray[np.uint64]) -> NDArray[np.int64]:
        return np.searchsorted(self.cumulated, share(bits), side="right")


class Dice:
    """A sequence of draws for one record whose mistake is made by hand, so to speak."""

    def __init__(self, bits: int) -> None:
        self._state = bits & _MASK

    def roll(self, n: int) -> int:
        """A whole number from 0 to n − 1."""
        self._state = (self._state + _GOLDEN) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * _MIX_1) & _MASK
        z = ((z ^ (z >> 27)) * _MIX_2) & _MASK
        return (z ^ (z >> 31)) % n

    def choose(self, choices: "tuple[Choice, ...] | list[Choice]") -> Choice:
        return choices[self.roll(len(choices))]
