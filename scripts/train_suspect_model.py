"""Write `checks/data/suspect_model.csv` from the registry of a HOME, without labels.

    xueji sample var/training --students 5000000 --seed 2024
    xueji run var/training --home var/training-home
    python scripts/train_suspect_model.py var/training-home

The night leaves the candidate pairs and their levels in `suspect_candidates`. How alike strangers are is counted over the whole
registry, or over pairs drawn from it; what registrations of one child have in common is learned (`checks/suspect_training.py`).
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.assets.engine import Engine
from xueji.assets.suspected_duplicates import name_shares
from xueji.checks.suspect_blocks import name_sounds_sql
from xueji.checks.suspect_levels import BIRTH, NAME, PLACE, SEX, birth_levels, compared_students_sql, name_levels
from xueji.checks.suspect_model import FIELDS, FILE, Array, field_places, write_model
from xueji.checks.suspect_training import SHAPE, threshold_of, train

DRAWN = 1_000_000  # pairs of strangers of each nearness compared name by name and date by date
FEWEST = 1e-9  # what is never seen among strangers still happens by a clerk's slip


def main(home: Path) -> None:
    with Engine(home=str(home)).session() as connection:
        connection.execute(f"create temp table name_sounds as {name_sounds_sql()}")
        connection.execute("create temp table number_links (content_hash bigint, number bigint)")
        connection.execute(f"create temp table compared as {compared_students_sql('(select * from core_students)')}")
        students = int(count(connection, "select count(*) from compared"))
        pairs = connection.sql("select * from suspect_candidates").pl()
        pairs = pairs.filter(pl.col("number_level") < len(FIELDS["number"])).drop_nulls(
            [f"{field}_level" for field in ("name", "birth", "sex", "household")]
        )
        near = Nearness(connection, students)
        strangers = {
            "sex": near.among_all("sex_code"),
            "home": homes(near),
            "family": families(connection),
            "number": numbers(connection),
            **names_and_births(connection, near),
        }
        model = train(counted(pairs), strangers, students)
        scores = model.score(pairs, name_shares(connection, pairs).to_numpy(), students)
        model = replace(model, threshold=threshold_of(scores["probability"].to_numpy()))
    write_model(model, FILE)
    print(f"{pairs.height:,} pairs of {students:,} registrations; threshold {model.threshold:.3f}; {FILE}")


def count(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    return float(connection.execute(query).fetchall()[0][0] or 0)


def counted(pairs: pl.DataFrame) -> Array:
    """How many pairs show each combination of levels."""
    places = np.ravel_multi_index(tuple(field_places(pairs, field) for field in FIELDS), SHAPE)
    return np.bincount(places, minlength=int(np.prod(SHAPE))).reshape(SHAPE).astype(np.float64)


@dataclass(frozen=True)
class Nearness:
    """How many pairs of registrations agree, by how near their schools are: in one school, else one county, one unit, or none."""

    connection: duckdb.DuckDBPyConnection
    students: int

    def agreeing(self, *columns: str) -> float:
        """Twice the pairs that agree in all of the columns."""
        given = " and ".join(f"{column} is not null" for column in columns)
        return count(
            self.connection,
            f"select sum(n * (n - 1.0)) from (select count(*) as n from compared where {given} group by {', '.join(columns)})",
        )

    def by_place(self, *columns: str) -> Array:
        """Twice the pairs that agree in the columns, for each of `PLACE`."""
        places = [self.agreeing(place, *columns) for place in ("school_code", "county_code", "unit_code")]
        places.append(self.agreeing(*columns) if columns else self.students * (self.students - 1.0))
        return np.diff(np.array(places), prepend=0)

    def among_all(self, column: str) -> Array:
        """How likely two strangers agree, and differ, in a column."""
        share = self.agreeing(column) / (self.students * (self.students - 1.0))
        return np.array([share, 1 - share])


def homes(near: Nearness) -> Array:
    """Places of two strangers' schools, each with households in one division and in two."""
    equal, every = near.by_place("household_division"), near.by_place()
    found = np.column_stack([equal, every - equal]).ravel() / every.sum()
    return np.maximum(found, FEWEST)


def families(connection: duckdb.DuckDBPyConnection) -> Array:
    """Strangers share no guardian and no telephone but by a slip; whether both sides name one at all is counted."""
    guardian, phone, either = (
        count(connection, f"select avg(case when {condition} then 1.0 else 0 end) from compared")
        for condition in (
            "coalesce(guardian_key, second_guardian_key) is not null",
            "phone_key is not null",
            "coalesce(guardian_key, second_guardian_key) is not null and phone_key is not null",
        )
    )
    comparable = guardian**2 + phone**2 - either**2
    return np.array([FEWEST, 10 * FEWEST, comparable, 1 - comparable])


def numbers(connection: duckdb.DuckDBPyConnection) -> Array:
    """What the register says of two strangers' numbers."""
    rows = connection.execute("select standing, count(*) from compared group by standing").fetchall()
    total = sum(n for _, n in rows)
    share = {standing: n / total for standing, n in rows}
    confirmed = share.get("confirmed", 0.0)
    one = [2 * confirmed * share.get(other, 0.0) for other in ("unconfirmed", "none", "broken")]
    known = [FEWEST, 100 * FEWEST, confirmed**2, *one]
    return np.array([*known, max(1 - sum(known), FEWEST)])


def names_and_births(connection: duckdb.DuckDBPyConnection, near: Nearness) -> dict[str, Array]:
    """Name levels by place and sexes, birth levels by place.

    What is equal, or read alike, is counted over the whole registry; the other levels are those of pairs drawn from it.
    """
    births, names = np.empty((len(PLACE), len(BIRTH))), np.empty((len(PLACE), len(SEX), len(NAME)))
    every, equal_birth = near.by_place(), near.by_place("birth_date")
    sexes = np.column_stack([near.by_place("sex_code"), every - near.by_place("sex_code")])
    alike = []
    for column in ("name_folded", "sound"):
        equal = near.by_place(column, "sex_code")
        alike.append(np.column_stack([equal, near.by_place(column) - equal]))
    for place, facts in enumerate(drawn(connection)):
        births[place] = level_shares(birth_levels(facts), len(BIRTH))
        births[place, BIRTH.index("equal")] = equal_birth[place] / every[place]
        levels = facts.select("sex_level", name_level=name_levels(facts))
        for sex in range(len(SEX)):
            of_sex = levels.filter(pl.col("sex_level") == sex)["name_level"]
            names[place, sex] = level_shares(of_sex, len(NAME))
            same, sound = (counts[place, sex] / sexes[place, sex] for counts in alike)
            names[place, sex, : NAME.index("slip")] = max(same, FEWEST), max(sound - same, FEWEST)
    return {field: table / table.sum(axis=-1, keepdims=True) for field, table in (("name", names), ("birth", births))}


def drawn(connection: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    """For each of `PLACE` pairs of registrations drawn so near, with what names and dates are compared by."""
    rows = connection.sql(
        """select name, name_folded, birth_date, sex_code, sound, school_code, county_code, unit_code from compared
        where name_folded is not null and birth_date is not null and sex_code is not null and county_code is not null
        order by unit_code, county_code, school_code, content_hash"""
    ).pl()
    dice = np.random.default_rng(1)
    for place in ("school_code", "county_code", "unit_code", None):
        one = dice.integers(0, rows.height, DRAWN)
        first, length = (0, rows.height) if place is None else runs_of(rows[place], one)
        sides = [rows[one], rows[first + (dice.random(DRAWN) * length).astype(np.int64)]]
        left, right = sides
        yield pl.DataFrame(
            {
                **{f"{side}_{new}": side_rows[old] for side, side_rows in zip("lr", sides, strict=True)
                   for new, old in (("name", "name"), ("folded", "name_folded"), ("birth", "birth_date"))},
                "is_same_name": left["name_folded"] == right["name_folded"],
                "is_same_sound": left["sound"] == right["sound"],
                "sex_level": (left["sex_code"] != right["sex_code"]).cast(pl.Int32),
            }
        )  # fmt: skip


def runs_of(column: pl.Series, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row and length of the run of equal values in which each of the places lies."""
    starts = np.flatnonzero((column != column.shift(1)).fill_null(True).to_numpy())
    lengths = np.diff(starts, append=len(column))
    run = np.searchsorted(starts, places, side="right") - 1
    return starts[run], lengths[run]


def level_shares(levels: pl.Series, length: int) -> Array:
    found = np.bincount(levels.drop_nulls().to_numpy(), minlength=length) / max(len(levels), 1)
    return np.maximum(found, FEWEST)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
