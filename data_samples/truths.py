"""Writes what is true of a sample beside it: its findings, and what no finding says.

- `truth.parquet`: one row a true finding and date.
- `truth_numbers.parquet`: mistyped numbers that a rule finds, with the right ones and the typist's slips.
- `truth_suspects.parquet`: the registrations of children that are registered more than once without a number in common.
- `truth_holders.parquet`: the parties of planned duplicates, and who of them rightly holds the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from xueji.data_samples.deliveries import Landing, damaged_file
from xueji.data_samples.group_findings import group_findings, holders, suspects, with_dates
from xueji.data_samples.sample import UNIT_CODES

TRUTH_COLUMNS = ["unit", "school_code", "student_no", "rule_id", "reason", "file", "date", "scope"]
NUMBER_COLUMNS = ["date", "unit", "school_code", "student_no", "right_number", "slips", "slip"]
SUSPECT_COLUMNS = ["date", "child", "unit", "school_code", "student_no", "record", "kind", "how"]
HOLDER_COLUMNS = ["date", "child", "unit", "school_code", "student_no", "is_holder"]


@dataclass(frozen=True)
class PartTruth:
    """What a part says of its own records (`Part`)."""

    findings: pl.DataFrame
    mistyped_numbers: pl.DataFrame
    nameless: pl.DataFrame


def write_truths(landing: Landing, parts: Sequence[PartTruth]) -> pl.DataFrame:
    """Write all files. Returns the true findings."""
    sample = landing.sample
    findings = pl.concat([part.findings for part in parts])
    nameless = pl.concat([part.nameless for part in parts])
    mistyped = pl.concat([part.mistyped_numbers for part in parts])
    groups = group_findings(sample, nameless)
    alone = with_dates(sample, findings).select(
        "unit", "school_code", "student_no", "rule_id", "reason", "scope", "month"
    )
    truth = pl.concat([alone, groups, damaged_files(landing)], how="diagonal")
    order = ["date", "unit", "school_code", "student_no", "rule_id", "reason"]
    written = write_dated(landing, "truth", truth, TRUTH_COLUMNS, order)
    write_dated(landing, "truth_numbers", with_dates(sample, mistyped), NUMBER_COLUMNS, NUMBER_COLUMNS)
    write_dated(landing, "truth_suspects", suspects(sample), SUSPECT_COLUMNS, ["date", "child", "record"])
    write_dated(landing, "truth_holders", holders(sample), HOLDER_COLUMNS, HOLDER_COLUMNS)
    return written


def damaged_files(landing: Landing) -> pl.DataFrame:
    """The true findings about files: unit, rule_id, reason, file, month."""
    sample = landing.sample
    damage = [(UNIT_CODES[sample.layout.unit[school]], how) for school, how in sample.damaged_schools.items()]
    rows = [
        (unit, "spreadsheet_damage", how, damaged_file(landing, unit), month)
        for unit, how in damage
        for month in range(sample.calendar.months)
    ]
    schema = {"unit": pl.String, "rule_id": pl.String, "reason": pl.String, "file": pl.String, "month": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def write_dated(landing: Landing, name: str, rows: pl.DataFrame, columns: list[str], order: list[str]) -> pl.DataFrame:
    """Write `rows` with the date of their `month`. Returns them as written."""
    dates = pl.DataFrame(
        {"month": list(range(landing.sample.calendar.months)), "date": list(landing.sample.calendar.dates)},
        schema_overrides={"month": pl.Int64},
    )
    dated = rows.join(dates, on="month").select(columns).sort(order)
    dated.write_parquet(landing.folder / f"{name}.parquet", compression="zstd", row_group_size=122_880)
    return dated
