"""A month of the whole nation as figures, and how long it takes to tell which of them are withheld.

The areas are those in force; schools and counts are invented. Prints time, peak memory and how much is withheld.
"""

import argparse
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks import divisions
from xueji.checks.catalogue import RULES
from xueji.checks.model import UNITS
from xueji.reports import indicators as ind
from xueji.reports.withholding import OPENING_OF, Area, Key, Rules, derived_marks, withheld

Counts = NDArray[np.int64]

STUDENTS = 200_000_000
PENDING_SHARE = 0.008
TYPE_SHARES = {"DUP_ID": 0.40, "DUP_NSB": 0.04, "ERR_NOTFOUND": 0.14, "ERR_NAME": 0.35, "ERR_ID": 0.06, "CHG_ID": 0.01}
CLOSED_SHARE = 0.3  # beside 100 pending cases, 30 were closed in the month
ENTERED_SHARE = 0.25  # of pending and closed cases
REOPENED_SHARE = 0.02  # of those that entered
DISPOSITION_SHARES = (0.25, 0.2, 0.35, 0.2)
AGE_SHARES = (0.3, 0.3, 0.25, 0.15)
RETURNED_SHARES = (0.02, 0.005, 0.002, 0.001)  # of pending cases, by office
OVERDUE_SHARE = 0.05
ACTOR_SHARES = (0.7, 0.2, 0.05, 0.03, 0.01, 0.01)
AUDIT_SHARES = {ind.AUDITS_WAITING: 0.1, ind.AUDITS_OVERDUE: 0.01, ind.AUDITS_DONE: 0.2}
QUALITY_SHARES = {"MISSING": 0.01, "INVALID": 0.003, "STALE": 0.0005}  # of students
SCOPE_SHARES = (0.2, 0.2, 0.15, 0.2, 0.25)
SECOND_RULE_SHARE = 0.03  # of records break a second rule of their type
CASE_RULES = tuple((kind, [r.id for r in RULES if r.problem_type == kind]) for kind in ind.PENDING_TYPES)
QUALITY_RULES = tuple((kind, [r.id for r in RULES if r.problem_type == kind]) for kind in ind.QUALITY_TYPES)
# CHG_ID has none: its cases come from the register's owner.
NATION_RULES: Rules = (
    *(
        (kind, rules)
        for kind, ids in (*CASE_RULES, *QUALITY_RULES)
        if (rules := [r for r in ids if r not in ind.FILE_RULES])
    ),
)


def counties() -> list[tuple[str, str, str]]:
    """Counties in force: code, name and the code of the area they are part of, a city or where none stands between the unit."""
    listed = pl.read_csv(Path(divisions.__file__).parent / "data" / "divisions.csv", infer_schema=False)
    in_force = listed.filter(pl.col("last_year").is_null(), pl.col("level") == "county", pl.col("name") != "市辖区")
    return [
        (code, name, parent_of(code)) for code, name, *_ in in_force.sort("code").iter_rows() if code[:2] in UNITS
    ]  # fmt: skip


def parent_of(county: str) -> str:
    if county.startswith("6590"):
        return "66"
    if county[:2] in divisions.MUNICIPALITIES or county[2:4] == "90":
        return county[:2]
    return f"{county[:4]}00"


def draw_schools(dice: np.random.Generator, county_of: Counts) -> dict[str, Counts]:
    """By school its students, and by problem type pending and closed cases."""
    size = dice.lognormal(0, 0.8, len(county_of))
    students = np.maximum(1, (size * STUDENTS / 250_000 / np.exp(0.32)).astype(np.int64))
    trouble = (
        dice.lognormal(0, 0.7, county_of.max() + 1)[county_of] * dice.lognormal(0, 0.8, len(county_of)) / np.exp(0.565)
    )
    counts = {ind.STUDENTS: students}
    for kind, share in TYPE_SHARES.items():
        counts[ind.pending(kind)] = dice.poisson(students * trouble * PENDING_SHARE * share)
        counts[ind.closed(kind)] = dice.poisson(students * trouble * PENDING_SHARE * share * CLOSED_SHARE)
    return counts


def split(dice: np.random.Generator, total: Counts, names: Sequence[str], shares: Sequence[float]) -> dict[str, Counts]:
    parts = dice.multinomial(total, np.array(shares) / sum(shares))
    return {name: parts[:, place] for place, name in enumerate(names)}


def add_flow(dice: np.random.Generator, counts: dict[str, Counts]) -> None:
    """What was open, came and was closed, from pending and closed cases by type."""
    counts[ind.PENDING_TOTAL] = sum_of(counts, map(ind.pending, ind.PENDING_TYPES))
    counts[ind.CASES_CLOSED] = sum_of(counts, map(ind.closed, ind.PENDING_TYPES))
    for kind in ind.PENDING_TYPES:
        through = counts[ind.pending(kind)] + counts[ind.closed(kind)]
        counts[ind.entered(kind)] = dice.binomial(through, ENTERED_SHARE)
        counts[ind.opening(kind)] = through - counts[ind.entered(kind)]
    entered = sum_of(counts, map(ind.entered, ind.PENDING_TYPES))
    counts[ind.CASES_OPENING] = sum_of(counts, map(ind.opening, ind.PENDING_TYPES))
    counts[ind.CASES_REOPENED] = dice.binomial(entered, REOPENED_SHARE)
    counts[ind.CASES_NEW] = entered - counts[ind.CASES_REOPENED]


def add_details(dice: np.random.Generator, counts: dict[str, Counts]) -> None:
    """What is told of a county's pending and closed cases beside their types."""
    pending, students = counts[ind.PENDING_TOTAL], counts[ind.STUDENTS]
    counts |= split(dice, counts[ind.CASES_CLOSED], [*map(ind.closed_by, ind.DISPOSITIONS)], DISPOSITION_SHARES)
    counts |= split(dice, pending, [*map(ind.pending_aged, ind.AGES)], AGE_SHARES)
    for office, share in zip(ind.OFFICES, RETURNED_SHARES, strict=True):
        counts[ind.returned_by(office)] = dice.binomial(pending, share)
    counts[ind.RETURNED_TOTAL] = sum_of(counts, map(ind.returned_by, ind.OFFICES))
    counts |= split(dice, counts[ind.OVERDUE_TOTAL], [*map(ind.overdue_at, ind.ACTORS)], ACTOR_SHARES)
    counts |= {name: dice.binomial(pending, share) for name, share in AUDIT_SHARES.items()}
    counts |= {ind.quality(kind): dice.binomial(students, share) for kind, share in QUALITY_SHARES.items()}
    counts[ind.PENDING_STUDENTS] = pending - dice.binomial(pending, 0.03)
    counts[ind.PENDING_REPORTED] = pending - counts[ind.pending("DUP_NSB")]


def add_unit_figures(dice: np.random.Generator, counts: dict[str, Counts]) -> None:
    """What only units tell: scopes of duplicates, and rules, of which a record may break two."""
    counts |= split(dice, counts[ind.pending("DUP_ID")], ind.DUPLICATE_SCOPES, SCOPE_SHARES)
    for kind, ids in NATION_RULES:
        broken = counts[ind.problem_count(kind)]
        names = [*map(ind.rule_count, ids)]
        counts |= split(dice, broken, names, [1 / (place + 1) ** 3 for place in range(len(names))])
        if len(names) > 1:
            counts[names[1]] = counts[names[1]] + dice.binomial(broken - counts[names[1]], SECOND_RULE_SHARE)


def sum_of(counts: dict[str, Counts], names: Iterator[str]) -> Counts:
    return np.sum([counts[name] for name in names], axis=0)


def rolled_up(counts: dict[str, Counts], place: Counts, size: int) -> dict[str, Counts]:
    """Sums by the area that each count's own area is part of."""
    return {name: np.bincount(place, column, size).astype(np.int64) for name, column in counts.items()}


def rows(level: str, areas: pl.DataFrame, counts: dict[str, Counts]) -> pl.DataFrame:
    frame = areas.with_columns(pl.lit(level).alias("level")).with_columns(pl.Series(n, v) for n, v in counts.items())
    return frame.unpivot(index=["level", "code", "name", "parent_code"], variable_name="indicator")


def nation_month(seed: int, schools: int = 250_000) -> pl.DataFrame:
    """Additive counts of one month: level, code, name, parent_code, indicator, value; all sums hold.

    Zero counts stand as rows but for the schools'. Schools have `SCHOOL_COUNTS` only.
    """
    dice = np.random.default_rng(seed)
    county = pl.DataFrame(counties(), schema=["code", "name", "parent_code"], orient="row")
    county_of = np.sort(dice.integers(0, county.height, schools))
    by_school = draw_schools(dice, county_of)
    by_school[ind.PENDING_TOTAL] = sum_of(by_school, map(ind.pending, ind.PENDING_TYPES))
    by_school[ind.CASES_CLOSED] = sum_of(by_school, map(ind.closed, ind.PENDING_TYPES))
    by_school[ind.OVERDUE_TOTAL] = dice.binomial(by_school[ind.PENDING_TOTAL], OVERDUE_SHARE)
    by_county = rolled_up(by_school, county_of, county.height)
    by_county[ind.SCHOOLS] = np.bincount(county_of, minlength=county.height)
    add_flow(dice, by_county)
    add_details(dice, by_county)
    parts = [school_rows(county, county_of, by_school), rows("county", county, by_county)]
    unit_rows, by_unit = rows_above(county, by_county)
    parts.extend(unit_rows)
    units = pl.DataFrame({"code": [*UNITS], "name": [*UNITS.values()]}, schema=["code", "name"]).with_columns(
        parent_code=pl.lit("00")
    )
    add_unit_figures(dice, by_unit)
    nation = pl.DataFrame(
        {"code": ["00"], "name": [ind.NATIONAL_NAME], "parent_code": [None]},
        schema_overrides={"parent_code": pl.String},
    )
    top = rolled_up(by_unit, np.zeros(len(UNITS), np.int64), 1)
    parts += [rows("province", units, by_unit), rows("national", nation, top)]
    return pl.concat(part.with_columns(pl.col("value").cast(pl.Int64)) for part in reversed(parts))


def school_rows(county: pl.DataFrame, county_of: Counts, counts: dict[str, Counts]) -> pl.DataFrame:
    first = np.searchsorted(county_of, county_of)
    codes = [
        f"{county['code'][int(c)]}{place:04}"
        for c, place in zip(county_of, np.arange(len(county_of)) - first, strict=True)
    ]
    areas = pl.DataFrame(
        {"code": codes, "name": [f"第{code[6:]}学校" for code in codes], "parent_code": [code[:6] for code in codes]}
    )
    told = rows("school", areas, {name: counts[name] for name in ind.SCHOOL_COUNTS})
    return told.filter((pl.col("value") > 0) | (pl.col("indicator") == ind.STUDENTS))


def rows_above(county: pl.DataFrame, by_county: dict[str, Counts]) -> tuple[list[pl.DataFrame], dict[str, Counts]]:
    """The cities' rows, and the units' counts."""
    names = divisions.names()
    codes = sorted({code for code in county["parent_code"] if len(code) == 6})
    cities = pl.DataFrame({"code": codes, "name": [names[c] for c in codes], "parent_code": [c[:2] for c in codes]})
    numbers = {code: number for number, code in enumerate([*codes, ""])}
    city_of = np.array([numbers.get(code, len(codes)) for code in county["parent_code"]])
    by_city = {name: column[:-1] for name, column in rolled_up(by_county, city_of, len(codes) + 1).items()}
    units = {code: number for number, code in enumerate(UNITS)}
    unit_of = np.array([units[code[:2]] for code in county["parent_code"]])
    return [rows("city", cities, by_city)], rolled_up(by_county, unit_of, len(units))


def areas_of(month: pl.DataFrame) -> list[Area]:
    return [*month.select("level", "code", "parent_code").unique(maintain_order=True).iter_rows()]


def counts_of(month: pl.DataFrame) -> dict[Key, int]:
    return {(code, name): value for code, name, value in month.select("code", "indicator", "value").iter_rows()}


def shares(month: pl.DataFrame, marks: dict[Key, str]) -> pl.DataFrame:
    """By level: counts that are small, and printed as `<5` and `*`, in percent of those not zero and not open to all."""
    marked = pl.DataFrame(
        [(*key, mark) for key, mark in marks.items()], schema=["code", "indicator", "mark"], orient="row"
    )
    counts = month.filter(pl.col("value") > 0, ~pl.col("indicator").is_in(ind.OPEN_COUNTS)).join(
        marked, on=["code", "indicator"], how="left"
    )
    return counts.group_by("level", maintain_order=True).agg(
        pl.len().alias("counts"),
        (100 * pl.col("value").lt(5).mean()).round(2).alias("small_percent"),
        (100 * pl.col("mark").eq("<5").fill_null(False).mean()).round(2).alias("below_five_percent"),
        (100 * pl.col("mark").eq("*").fill_null(False).mean()).round(2).alias("star_percent"),
    )


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=250_000)
    parser.add_argument("--seed", type=int, default=2015)
    options = parser.parse_args()
    month = nation_month(options.seed, options.schools)
    areas, counts, peak_before = areas_of(month), counts_of(month), peak_gib()
    before: dict[Key, str] | None = None
    for title in ("first bulletin", "later bulletin"):
        start = time.perf_counter()
        marks = withheld(areas, counts, before, NATION_RULES)
        derived = derived_marks(areas, marks, before)
        seconds = time.perf_counter() - start
        print(
            f"{title}: {len(areas):,} areas, {len(counts):,} counts, {len(marks):,} withheld, {len(derived):,} derived figures"
        )
        print(f"{seconds:.1f} s, peak {peak_gib():.2f} GiB ({peak_before:.2f} before)")
        print(shares(month, marks))
        # As if the bulletin before had withheld as pending what this one did as opening.
        pending_of = {opening: pending for pending, opening in OPENING_OF.items()}
        before = {(code, pending_of[name]): mark for (code, name), mark in marks.items() if name in pending_of}


if __name__ == "__main__":
    main()
