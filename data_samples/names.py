"""Names by real frequency: 汉 names from surname and given-name shares, names of other nations in their own style."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.model import UNITS
from xueji.data_samples.draws import Weighted, draw, share, whole

FOLDER = Path(__file__).parent / "data"
STYLES = {"05": "uyghur", "17": "kazakh", "04": "tibetan", "02": "mongolian"}  # nation → style of its names
# Of a style's names, the share with a separator between the parts, and with a second part at all.
SEPARATED = {"uyghur": 1.0, "kazakh": 0.9, "tibetan": 0.12, "mongolian": 0.1}
TWO_PARTS = {"uyghur": 1.0, "kazakh": 1.0, "tibetan": 0.95, "mongolian": 0.3}
FATHERS_NAMES = ("uyghur", "kazakh")  # styles whose second part is the father's name
SEPARATOR = "·"  # U+00B7, the only right one (民委发〔2016〕33号)
ONE_CHARACTER, WHOLE_NAME, RARE = 0.12, 0.14, 0.002  # shares of 汉 given names
PARENTS_NAMES = 1_500  # made of two characters
RENAMINGS, BEYOND_INDEXES = 4, 1 << 40
NEW_FASHION = 20  # whole given names at the head of their table that no parent has


def read_table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Texts:
    """Texts with their weights."""

    texts: pl.Series
    weights: Weighted

    def pick(self, bits: NDArray[np.uint64]) -> pl.Series:
        return self.texts.gather(self.weights.pick(bits))


def texts_of(rows: list[dict[str, str]], column: str) -> Texts:
    return Texts(
        pl.Series([row[column] for row in rows], dtype=pl.String),
        Weighted.of([float(row.get("weight") or 1) for row in rows]),
    )


@cache
def surnames() -> Texts:
    return texts_of(read_table("surnames.csv"), "surname")


@cache
def given(table: str, column: str) -> dict[bool, Texts]:
    """Given names or their characters, by whether the child is a boy."""
    rows = read_table(table)
    return {is_male: texts_of([row for row in rows if row["sex"] == sex], column) for is_male, sex in SEXES}


@cache
def minority(style: str, part: str) -> dict[bool, Texts]:
    rows = [row for row in read_table("minority_names.csv") if row["style"] == style and row["part"] == part]
    return {is_male: texts_of([row for row in rows if row["sex"] == sex], "text") for is_male, sex in SEXES}


SEXES = ((True, "1"), (False, "2"))


def draw_other_names(
    seed: int,
    names: pl.Series,
    elder_names: pl.Series,
    index: NDArray[np.int64],
    family: NDArray[np.int64],
    is_male: NDArray[np.bool_],
    nations: pl.Series,
) -> pl.Series:
    """`names`, but where a child would be called as its elder: nobody names a child after its living brother or sister."""
    for turn in range(1, RENAMINGS + 1):
        rows = np.flatnonzero((names == elder_names).to_numpy())
        if not len(rows):
            break
        again = draw_names(seed, index[rows] + turn * BEYOND_INDEXES, family[rows], is_male[rows], nations.gather(rows))
        names = names.scatter(rows, again)
    return names


@cache
def parents_given_names(is_male: bool) -> pl.Series:
    """Given names of the children's parents: whole names of the older fashion, and such of two of their characters or of one."""
    wholes = given("given_names.csv", "given_name")[is_male].texts
    older = wholes.tail(len(wholes) - NEW_FASHION).to_list()
    characters = sorted(set("".join(older)))
    first, second = (whole(draw(0, f"parents {part}", np.arange(PARENTS_NAMES)), len(characters)) for part in range(2))
    made = [characters[one] + characters[other] for one, other in zip(first, second, strict=True) if one != other]
    return pl.Series([*older, *characters, *made])


@cache
def nations_of_unit(unit: int) -> Texts:
    """Codes of GB/T 3304 with their shares among a unit's children."""
    code = list(UNITS)[unit]
    rows = [row for row in read_table("nation_shares.csv") if row["unit_code"] == code]
    rest = 100 - sum(float(row["percent"]) for row in rows)
    rows = [{"nation": "01", "percent": str(rest)}, *rows]
    return texts_of([{"nation": row["nation"], "weight": row["percent"]} for row in rows], "nation")


def draw_nations(seed: int, unit: NDArray[np.int64], index: NDArray[np.int64]) -> pl.Series:
    """The nation of each child, as its code."""
    bits = draw(seed, "nation", index)
    codes = np.zeros(len(index), dtype=np.int64)
    for number in np.unique(unit):
        here = unit == number
        codes[here] = nations_of_unit(int(number)).pick(bits[here]).cast(pl.Int64).to_numpy()
    return pl.Series(codes).cast(pl.String).str.zfill(2)


def draw_names(
    seed: int,
    index: NDArray[np.int64],
    family: NDArray[np.int64],
    is_male: NDArray[np.bool_],
    nations: pl.Series,
) -> pl.Series:
    """The name of each child. Children of one `family` share the surname, or the father's name.

    The same index gives the same name; so a brother may come to bear his brother's (`draw_other_names`).
    """
    names = surnames().pick(draw(seed, "surname", family)) + draw_given(seed, index, is_male)
    frame = pl.DataFrame({"place": np.arange(len(index)), "nation": nations, "is_male": is_male})
    for nation, style in STYLES.items():
        places = frame.filter(pl.col("nation") == nation)["place"].to_numpy()
        if len(places):
            styled = draw_styled(seed, style, index[places], family[places], is_male[places])
            names = names.scatter(places, styled)
    return names


def draw_parents(seed: int, family: NDArray[np.int64], nations: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Fathers' and mothers' names. The children of a `family` bear the father's surname, or his given name after their own."""
    names = []
    for who, is_male in (("father", True), ("mother", False)):
        surname = surnames().pick(draw(seed, "surname" if is_male else "mother surname", family))
        pool = parents_given_names(is_male)
        names.append(surname + pool.gather(whole(draw(seed, f"{who} given", family), len(pool))))
    for nation, style in STYLES.items():
        places = np.flatnonzero((nations == nation).to_numpy())
        if len(places):
            of_style = styled_parents(seed, style, family[places])
            names = [both.scatter(places, styled) for both, styled in zip(names, of_style, strict=True)]
    return names[0], names[1]


def styled_parents(seed: int, style: str, family: NDArray[np.int64]) -> tuple[pl.Series, pl.Series]:
    """Fathers' and mothers' names of one style."""
    fathers, mothers = (np.full(len(family), is_male) for is_male in (True, False))
    father = draw_styled(seed, style, family, family, fathers, "father ")
    mother = draw_styled(seed, style, family, family, mothers, "mother ")
    if style in FATHERS_NAMES:
        second = minority(style, "second")[True].pick(draw(seed, f"father {style} second", family))
        father = minority(style, "second")[True].pick(draw(seed, f"{style} second", family)) + SEPARATOR + second
    return father, mother


def draw_given(seed: int, index: NDArray[np.int64], is_male: NDArray[np.bool_]) -> pl.Series:
    """Given names of one or two characters, a few with a character beyond the basic plane."""
    first, second, name = (draw(seed, f"given {part}", index) for part in ("first", "second", "whole"))
    form = share(draw(seed, "given form", index))
    characters, wholes = given("given_characters.csv", "character"), given("given_names.csv", "given_name")
    rare = texts_of(read_table("rare_characters.csv"), "character")
    frame = pl.DataFrame(
        {
            "form": form,
            "first": by_sex(characters, first, is_male),
            "second": by_sex(characters, second, is_male),
            "whole": by_sex(wholes, name, is_male),
            "rare": rare.pick(second),
        }
    )
    whole_from = 1 - WHOLE_NAME
    return frame.select(
        pl.when(pl.col("form") < RARE)
        .then(pl.col("first") + pl.col("rare"))
        .when(pl.col("form") < RARE + ONE_CHARACTER)
        .then(pl.col("first"))
        .when(pl.col("form") >= whole_from)
        .then(pl.col("whole"))
        .otherwise(pl.col("first") + pl.col("second"))
    ).to_series()


def draw_styled(
    seed: int,
    style: str,
    index: NDArray[np.int64],
    family: NDArray[np.int64],
    is_male: NDArray[np.bool_],
    whose: str = "",
) -> pl.Series:
    """Names of one style: a given name and, mostly, a second part. `whose` tells parents' draws from their children's."""
    seconds = family if style in FATHERS_NAMES else index
    first = by_sex(minority(style, "given"), draw(seed, f"{whose}{style} given", index), is_male)
    second = by_sex(minority(style, "second"), draw(seed, f"{whose}{style} second", seconds), is_male)
    form = share(draw(seed, f"{whose}{style} form", index))
    has_separator = share(draw(seed, f"{whose}{style} separator", index)) < SEPARATED[style]
    frame = pl.DataFrame({"first": first, "second": second, "separator": np.where(has_separator, SEPARATOR, "")})
    return frame.select(
        pl.when(pl.Series(form < TWO_PARTS[style]))
        .then(pl.concat_str("first", "separator", "second"))
        .otherwise(pl.col("first"))
    ).to_series()


def by_sex(texts: dict[bool, Texts], bits: NDArray[np.uint64], is_male: NDArray[np.bool_]) -> pl.Series:
    """A draw from the boys' or the girls' table for each child."""
    boys, girls = texts[True], texts[False]
    both = pl.concat([boys.texts, girls.texts])
    places = np.where(is_male, boys.weights.pick(bits), len(boys.texts) + girls.weights.pick(bits))
    return both.gather(places)
