"""The characters of names: their standard forms, their readings, the characters they are taken for.

The tables are written by `scripts/build_name_characters.py`; `checks/data/README.md` names the sources. Mappings hold only the
characters about which there is something to say.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

DATA = Path(__file__).parent / "data"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def canonical() -> Mapping[str, str]:
    """The standard form of each traditional, variant or compatibility character. Never chained: a standard form is no key.

    Characters of 通用规范汉字表 are standard forms themselves, also those that were variants of others before it: 喆 is not 哲.
    """
    return MappingProxyType({variant: row["standard"] for row in _rows("variants.csv") for variant in row["variants"]})


@cache
def also_canonical() -> Mapping[str, str]:
    """The second standard form of the few characters that are traditional for two: 鍾 is 锺 beside 钟."""
    return MappingProxyType({variant: row["standard"] for row in _rows("variants.csv") for variant in row["also"]})


@cache
def private_use() -> Mapping[str, str]:
    """The character that GB 18030 has today in the place of each private-use code point of GBK."""
    return MappingProxyType({chr(int(row["code"], 16)): row["character"] for row in _rows("private_use.csv")})


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """A character's modern readings with their tones ("shan4", a light tone is 5), the one used in given names first.

    A variant is read as its standard form is. Characters that are surnames above all come with the surname's reading: 曾 zeng1.
    """
    first: dict[str, list[str]] = {}
    further: dict[str, list[str]] = {}
    for row in _rows("readings.csv"):
        for character in row["first"]:
            first[character] = [row["reading"]]
        for character in row["further"]:
            further.setdefault(character, []).append(row["reading"])
    read = {key: (*found, *further.get(key, ())) for key, found in first.items()}
    read |= {variant: read[standard] for variant, standard in canonical().items() if standard in read}
    return MappingProxyType(read)


@cache
def surname_readings() -> Mapping[str, tuple[str, ...]]:
    """How each character of a surname is read: every compound surname, and single ones read otherwise than in given names."""
    return MappingProxyType({row["surname"]: tuple(row["readings"].split()) for row in _rows("surnames.csv")})


@cache
def compound_surnames() -> frozenset[str]:
    """Surnames of more than one character."""
    return frozenset(surname for surname in surname_readings() if len(surname) > 1)


@cache
def look_alikes() -> frozenset[tuple[str, str]]:
    """Pairs of standard forms, the lesser first, that a reader or a scanner takes for one another."""
    return frozenset((row["character"], other) for row in _rows("look_alikes.csv") for other in row["look_alikes"])


@cache
def faint_look_alikes() -> frozenset[tuple[str, str]]:
    """Further pairs, which only look enough alike to be taken for one another where all else agrees."""
    return frozenset((row["character"], other) for row in _rows("look_alikes.csv") for other in row["faintly"])
