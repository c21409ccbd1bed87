"""How likely two registrations are of one child: weights of evidence after Fellegi and Sunter, with a class for brothers and sisters.

Every field's level occurs with one probability among registrations of one child (`same`), with another among children of one family
(`kin`), with a third among strangers. The weight of a level is the logarithm of the first to the third; families need a class
of their own, because they share guardian, telephone, surname and place without being one child. Among strangers birth dates and
names depend on how near their schools are, and names on the sexes. How often a stranger of the same sex bears the same name
depends on the name: that probability is the name's share of the unit's children, not the model's.

The probabilities were counted or learned without labels (`checks/suspect_training.py`) and are kept in `data/suspect_model.csv`.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.suspect_levels import BIRTH, FAMILY, HOUSEHOLD, NAME, NUMBER, PLACE, SEX

Array = NDArray[np.float64]
Places = NDArray[np.int64]
FILE = Path(__file__).parent / "data" / "suspect_model.csv"
CLASSES = ("same", "kin")  # and strangers
HOME = tuple(f"{place}, household {household}" for place in PLACE for household in HOUSEHOLD)
# Where a school lies and where the household does go together: one field of both.
FIELDS = {
    "name": NAME, "birth": BIRTH, "sex": SEX, "home": HOME, "family": FAMILY,
    "number": tuple(level for level in NUMBER if level != "not_compared"),
}  # fmt: skip
# What a field's probabilities among strangers depend on.
GIVEN = {"name": ("place", "sex"), "birth": ("place",)}
NAMESAKES = (NAME.index("same"), NAME.index("sound"))  # levels whose probability among strangers is the name's share


@dataclass(frozen=True)
class SuspectModel:
    """`same`, `kin`: a probability for each level of a field. `strangers`: likewise, after an axis for each of `GIVEN`.

    `per_student` counts pairs of one child, and pairs of one family that share a key, for each student. From `threshold` on a pair is
    suspected.
    """

    same: Mapping[str, Array]
    kin: Mapping[str, Array]
    strangers: Mapping[str, Array]
    same_per_student: float
    kin_per_student: float
    threshold: float

    def score(self, pairs: pl.DataFrame, name_share: Array, students: int) -> pl.DataFrame:
        """`probability` that each pair is one child, from 0 to 1, and a weight in bits a field: `name_weight` ….

        `pairs` has the levels of `suspect_levels.LEVELS`; `name_share` is, per pair, the share of the unit's children who bear the
        name, or one that sounds like it. A missing level weighs nothing. `students` are those of the nation.
        """
        found = {field: field_places(pairs, field) for field in FIELDS}
        place = pairs["place_level"].cast(pl.Int64).to_numpy()
        sex = np.minimum(found["sex"], len(SEX) - 1)
        strangers = max(students * (students - 1) / 2, 1)
        totals = [np.full(pairs.height, np.log(max(size, 1e-9))) for size in
                  (self.same_per_student * students, self.kin_per_student * students, strangers)]  # fmt: skip
        weights = {}
        for field, places in found.items():
            given = {"place": place, "sex": sex}
            axes = tuple(given[axis] for axis in GIVEN.get(field, ()))
            logs = [
                np.log(with_missing(field, self.same[field])[places]),
                np.log(with_missing(field, self.kin[field])[places]),
                np.log(with_missing(field, self.strangers[field])[*axes, places]),
            ]
            if field == "name":
                is_namesake = np.isin(places, NAMESAKES) & (found["sex"] == SEX.index("equal"))
                logs[2] = np.where(is_namesake, np.log(name_share), logs[2])
            totals = [total + log for total, log in zip(totals, logs, strict=True)]
            weights[f"{field}_weight"] = (logs[0] - logs[2]) / np.log(2)
        highest = np.maximum.reduce(totals)
        same, kin, stranger = (np.exp(total - highest) for total in totals)
        return pl.DataFrame({"probability": same / (same + kin + stranger), **weights})


def with_missing(field: str, table: Array) -> Array:
    """The levels with one more that weighs nothing; of `home` also the places without a known household."""
    rows = [table]
    if field == "home":
        rows.append(table[..., 0::2] + table[..., 1::2])
    return np.concatenate([*rows, np.ones((*table.shape[:-1], 1))], axis=-1)


def field_places(pairs: pl.DataFrame, field: str) -> Places:
    """The place of each pair's level in the field's levels (`with_missing`)."""
    if field == "home":
        place, household = pairs["place_level"].cast(pl.Int64), pairs["household_level"].cast(pl.Int64)
        both = place * len(HOUSEHOLD) + household
        return both.fill_null(place + len(HOME)).to_numpy()
    missing = len(FIELDS[field])
    return pairs[f"{field}_level"].cast(pl.Int64).fill_null(missing).clip(0, missing).to_numpy()


@cache
def suspect_model() -> SuspectModel:
    """The model in use."""
    return read_model(FILE)


AXES = {"place": PLACE, "sex": SEX}
NUMBERS = ("same_per_student", "kin_per_student", "threshold")


def cells(field: str, kind: str) -> Iterator[tuple[tuple[int, ...], str, str]]:
    """Every cell of a field's table in a class: where it stands, what is given, and its level."""
    axes = [AXES[axis] for axis in GIVEN.get(field, ())] if kind == "strangers" else []
    shape = [*map(len, axes), len(FIELDS[field])]
    for place in np.ndindex(*shape):
        given = ", ".join(axis[at] for axis, at in zip(axes, place, strict=False))
        yield place, given, FIELDS[field][place[-1]]


def read_model(file: Path) -> SuspectModel:
    """A model as `write_model` has kept it."""
    with file.open(encoding="utf-8", newline="") as lines:
        kept = {
            (row["class"], row["field"], row["given"], row["level"]): float(row["value"])
            for row in csv.DictReader(lines)
        }
    tables: dict[str, dict[str, Array]] = {}
    for kind in (*CLASSES, "strangers"):
        for field in FIELDS:
            found = list(cells(field, kind))
            table = np.empty([last + 1 for last in found[-1][0]])
            for place, given, level in found:
                table[place] = kept[kind, field, given, level]
            tables.setdefault(kind, {})[field] = table
    numbers = (kept["", name, "", ""] for name in NUMBERS)
    return SuspectModel(tables["same"], tables["kin"], tables["strangers"], *numbers)


def write_model(model: SuspectModel, file: Path) -> None:
    """A row a probability, then one for each of the model's other numbers."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("class", "field", "given", "level", "value"))
        for kind in (*CLASSES, "strangers"):
            for field in FIELDS:
                for place, given, level in cells(field, kind):
                    writer.writerow((kind, field, given, level, f"{getattr(model, kind)[field][place]:.6g}"))
        for name in NUMBERS:
            writer.writerow(("", name, "", "", f"{getattr(model, name):.6g}"))
