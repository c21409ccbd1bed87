"""What is true of a simulated campaign after every night, and where tables say otherwise: `Truth`, `compare`.

Counts follow from each child as it stands (`Child.counts`), added up school by school; no rule and no table is asked.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from xueji.data_samples.campaign_child import COUNTS, Child
from xueji.data_samples.campaign_faults import RULES
from xueji.data_samples.campaign_roll import School
from xueji.data_samples.campaign_sheets import Refusal

NATION = "00"
PROGRESS = {"date": pl.Date, "level": pl.String, "code": pl.String, "indicator": pl.String, "value": pl.Int64}
REFUSED = {
    "date": pl.Date, "unit": pl.String, "kind": pl.String, "file": pl.String, "row": pl.Int64, "form_no": pl.String, "fault": pl.String,
    "rule_id": pl.String,
}  # fmt: skip
COUNTED = {"date": pl.Date, "table": pl.String, "what": pl.String, "rows": pl.Int64}
KINDS = ("campaigns", "forms", "photos", "business", "approved_schools", "attending_students", "storage")
# Answers a query over the tables of a home.
Rows = Callable[[str], pl.DataFrame]


@dataclass
class Truth:
    """Of every day: the counts of every place, the rows that had to be refused, and counts of other tables."""

    progress: list[pl.DataFrame] = field(default_factory=list)
    refused: list[tuple[object, ...]] = field(default_factory=list)
    counted: list[tuple[date, str, str, int]] = field(default_factory=list)

    def refuse(self, day: date, refusals: Iterable[Refusal]) -> None:
        self.refused += [
            (day, one.unit, one.kind, one.file, one.row, one.form_no, one.fault, RULES[one.fault]) for one in refusals
        ]

    def count(self, day: date, table: str, counts: Counter[str]) -> None:
        self.counted += [(day, table, what, rows) for what, rows in sorted(counts.items()) if rows]

    def write(self, folder: Path) -> None:
        """Write `truth_campaign.parquet`, `truth_campaign_refused.parquet`, `truth_campaign_counted.parquet`."""
        pl.concat(self.progress).write_parquet(folder / "truth_campaign.parquet")
        for name, rows, schema in (("refused", self.refused, REFUSED), ("counted", self.counted, COUNTED)):
            pl.DataFrame(rows, schema=schema, orient="row").write_parquet(folder / f"truth_campaign_{name}.parquet")


class Tally:
    """The counts of every school, kept up as children move on; the last line is of schools that no table knows."""

    def __init__(self, unit: str, schools: Sequence[School], children: list[Child]) -> None:
        self.unit, self.children = unit, children
        self.counts = np.zeros((len(schools) + 1, len(COUNTS)), dtype=np.int64)
        strays = ("", f"{unit}0000", None)
        self.places = pl.DataFrame(
            [*((school.code, school.county, school.city) for school in schools), strays],
            schema={"school": pl.String, "county": pl.String, "city": pl.String},
            orient="row",
        )

    def tell(self, places: Iterable[int]) -> None:
        """Count some children as they stand now instead of as they stood."""
        for place in places:
            child = self.children[place]
            counts = child.counts()
            if counts != child.told:
                self.counts[child.school] += np.subtract(counts, child.told)
                child.told = counts

    def figures(self, day: date) -> pl.DataFrame:
        """PROGRESS: every count of every place that is not zero."""
        counted = pl.DataFrame(self.counts, schema=COUNTS, orient="row").hstack(self.places)
        levels = {
            "national": pl.lit(NATION), "province": pl.lit(self.unit), "city": pl.col("city"), "county": pl.col("county"),
            "school": pl.col("school"),
        }  # fmt: skip
        parts = [
            counted.with_columns(level=pl.lit(level), code=code)
            .filter(pl.col("code").is_not_null() & (pl.col("code") != ""))
            .group_by("level", "code", maintain_order=True)
            .agg(pl.col(COUNTS).sum())
            .unpivot(COUNTS, index=["level", "code"], variable_name="indicator", value_name="value")
            for level, code in levels.items()
        ]
        figures = pl.concat(parts).filter(pl.col("value") != 0).with_columns(date=pl.lit(day))
        return figures.select(list(PROGRESS)).cast(PROGRESS)  # type: ignore[arg-type]


def compare(truth: Truth, rows: Rows, day: date) -> list[str]:
    """How the tables after a night differ from what is true, a line each; nothing when they agree."""
    return [
        *progress_differences(truth, rows, day),
        *refused_differences(truth, rows, day),
        *counted_differences(truth, rows, day),
    ]


def progress_differences(truth: Truth, rows: Rows, day: date) -> list[str]:
    """Every count of every place, zero where nothing is said."""
    names = ", ".join(f"'{name}'" for name in COUNTS)
    found = rows(
        f"""
        select level, code, indicator, cast(value as bigint) as found
        from verification_progress where "date" = date '{day}' and indicator in ({names}) and value <> 0
        """
    )
    (expected,) = (figures for figures in truth.progress if figures["date"][0] == day)
    keys = ["level", "code", "indicator"]
    both = (
        expected.drop("date")
        .join(found, on=keys, how="full", coalesce=True)
        .with_columns(pl.col("value", "found").fill_null(0))
    )
    wrong = both.filter(pl.col("value") != pl.col("found")).sort(keys)
    return [
        f"{day} {level} {code} {indicator}: {value} expected, {said} told"
        for level, code, indicator, value, said in wrong.iter_rows()
    ]


def refused_differences(truth: Truth, rows: Rows, day: date) -> list[str]:
    """Refused rows by file and rule, and by row where the table tells it."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    found = rows(
        f"""
        select unit_code, kind, file, rule_id, "row" from quarantine where "date" = date '{day}' and kind in ({kinds})
        """
    )
    expected = [
        (str(unit), str(kind), str(file), row, str(rule))
        for at, unit, kind, file, row, _, _, rule in truth.refused
        if at == day
    ]
    told = Counter((unit, kind, rule) for unit, kind, _, rule, _ in found.iter_rows())
    wanted = Counter((unit, kind, rule) for unit, kind, _, _, rule in expected)
    lines = [
        f"{day} refused {key}: {wanted[key]} expected, {told[key]} told"
        for key in sorted(told | wanted, key=str)
        if told[key] != wanted[key]
    ]
    known = {(unit, kind, file, row, rule) for unit, kind, file, row, rule in expected}
    strangers = Counter(
        (unit, kind, file, rule)
        for unit, kind, file, rule, row in found.iter_rows()
        if row is not None and kind != "photos" and (unit, kind, file, row, rule) not in known
    )
    return lines + [
        f"{day} refused {key}: {count} at rows where nothing is wrong"
        for key, count in sorted(strangers.items(), key=str)
    ]


# What is counted of other tables, by a name that stands in the truth as well.
COUNTED_SQL = {
    "matters": "select matter as what, count(*) as found from verification_matters where closed_on is null group by matter",
    "numbers": """
        select coalesce(reason, number_class, '?') as what, count(*) as found from number_batch group by 1
    """,
    "changes": "select state as what, count(*) as found from form_changes group by state",
}


def counted_differences(truth: Truth, rows: Rows, day: date) -> list[str]:
    lines = []
    tables = sorted({table for at, table, _, _ in truth.counted if at == day})
    for table in tables:
        expected = {what: count for at, name, what, count in truth.counted if at == day and name == table}
        found = dict(rows(COUNTED_SQL[table]).iter_rows())
        lines += [
            f"{day} {table} {what}: {expected.get(what, 0)} expected, {found.get(what, 0)} told"
            for what in sorted(expected.keys() | found.keys())
            if expected.get(what, 0) != found.get(what, 0)
        ]
    return lines
