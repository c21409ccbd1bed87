"""Names as matrices of code points, and what each code point stands for, as arrays to look it up in.

One row is a name, one column a place, 0 fills what is left of a row. So a step over a hundred thousand names is one step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.name_characters import (
    also_canonical,
    canonical,
    faint_look_alikes,
    look_alikes,
    private_use,
    readings,
    surname_readings,
)

Codes = NDArray[np.uint32]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int32]

CODE_POINTS = 0x110000
NOT_TYPED = "?？□〓\ufffd"  # what stands for a character that could not be typed
_PRIVATE_USE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_IDEOGRAPHS = ((0x3007, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD))


def codes_of(names: pl.Series) -> Codes:
    """The code points of each name; as many columns as the longest has characters, one at least."""
    texts = np.array(names.to_list(), dtype=np.str_)
    return texts.view(np.uint32).reshape(len(texts), -1) if texts.itemsize else np.zeros((len(texts), 1), np.uint32)


def widened(codes: Codes, width: int) -> Codes:
    """The same names in `width` columns."""
    return np.pad(codes, ((0, 0), (0, width - codes.shape[1])))


def pair_keys(ours: Codes, theirs: Codes) -> NDArray[np.int64]:
    """One number for each two code points, whichever way round."""
    low, high = np.minimum(ours, theirs).astype(np.int64), np.maximum(ours, theirs).astype(np.int64)
    return low * CODE_POINTS + high


def two_codes(first: Codes, second: Codes) -> NDArray[np.int64]:
    """One number for two code points in their order."""
    return first.astype(np.int64) * CODE_POINTS + second


def _mapped(*steps: Mapping[str, str]) -> Codes:
    """For each code point the one that it becomes, one step after the other."""
    result = np.arange(CODE_POINTS, dtype=np.uint32)
    for step in steps:
        target = np.arange(CODE_POINTS, dtype=np.uint32)
        target[[ord(key) for key in step]] = [ord(value) for value in step.values()]
        result = target[result]
    return result


def _flagged(ranges: tuple[tuple[int, int], ...], characters: str = "") -> Flags:
    flags = np.zeros(CODE_POINTS, np.bool_)
    for first, last in ranges:
        flags[first : last + 1] = True
    flags[[ord(character) for character in characters]] = True
    return flags


@dataclass(frozen=True)
class Forms:
    """By code point: its standard form, and a second one, which is the same for nearly all."""

    standard: Codes
    also_standard: Codes


@dataclass(frozen=True)
class Kinds:
    """By code point: does it stand for an untyped character, is it an ideograph, a Latin letter."""

    untyped: Flags
    ideograph: Flags
    letter: Flags


@dataclass(frozen=True)
class Sounds:
    """Readings as numbers from 1 on, 0 for none. `given` and `surname`: by code point, with tone, as read there.

    `toneless`: by reading, without its tone. `every`: by code point the row of `syllables`, all its readings without tone.
    `compounds`: sorted keys of the compound surnames; `compound_readings` how their two characters are read.
    """

    given: Numbers
    surname: Numbers
    toneless: Numbers
    every: Numbers
    syllables: Numbers
    compounds: NDArray[np.int64]
    compound_readings: Numbers


@cache
def forms() -> Forms:
    standard, also = _mapped(private_use(), canonical()), _mapped(also_canonical())
    return Forms(standard, np.where(also == np.arange(CODE_POINTS), standard, also))


@cache
def kinds() -> Kinds:
    return Kinds(_flagged(_PRIVATE_USE, NOT_TYPED), _flagged(_IDEOGRAPHS), _flagged(((0x41, 0x5A), (0xC0, 0x24F))))


@cache
def look_alike_keys() -> NDArray[np.int64]:
    """The sorted keys of the pairs of look-alikes."""
    return _keys_of(look_alikes())


@cache
def faint_look_alike_keys() -> NDArray[np.int64]:
    """The sorted keys of the pairs that are alike enough where all else agrees."""
    return _keys_of(faint_look_alikes())


def _keys_of(pairs: frozenset[tuple[str, str]]) -> NDArray[np.int64]:
    codes = np.array([[ord(one), ord(other)] for one, other in pairs], np.uint32)
    return np.sort(pair_keys(codes[:, 0], codes[:, 1]))


@cache
def sounds() -> Sounds:
    read, surnames = readings(), surname_readings()
    numbers = {name: number for number, name in enumerate(sorted({one for every in read.values() for one in every}), 1)}
    bare = {name: number for number, name in enumerate(sorted({name[:-1] for name in numbers}), 1)}
    given, surname, every = (np.zeros(CODE_POINTS, np.int32) for _ in range(3))
    syllables = np.zeros((len(read) + 1, max(map(len, read.values()))), np.int32)
    for row, (character, found) in enumerate(read.items(), 1):
        given[ord(character)] = surname[ord(character)] = numbers[found[0]]
        every[ord(character)] = row
        syllables[row, : len(found)] = [bare[name[:-1]] for name in found]
    for name, found in surnames.items():
        if len(name) == 1:
            surname[ord(name)] = numbers[found[0]]
    compounds = sorted(
        (ord(name[0]) * CODE_POINTS + ord(name[1]), found) for name, found in surnames.items() if len(name) == 2
    )
    return Sounds(
        given,
        surname,
        np.array([0, *(bare[name[:-1]] for name in numbers)], np.int32),
        every,
        syllables,
        np.array([key for key, _ in compounds], np.int64),
        np.array([[numbers[reading] for reading in found] for _, found in compounds], np.int32),
    )


def is_among(keys: NDArray[np.int64], sorted_keys: NDArray[np.int64]) -> Flags:
    """Whether each key is one of the sorted ones."""
    places = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.asarray(sorted_keys[places] == keys)
