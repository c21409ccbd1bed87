"""Writes an invented, truth-labelled landing folder: `write_sample`."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from xueji.checks.model import XuejiError
from xueji.data_samples.deliveries import (
    Landing,
    PartName,
    write_faulty_deliveries,
    write_part,
    write_schools,
)
from xueji.data_samples.delivery_dates import EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT, MISSING_UNIT, Calendar
from xueji.data_samples.dialects import DeliveryFormat
from xueji.data_samples.draws import Dice, key
from xueji.data_samples.problems import Pace, plan_problems
from xueji.data_samples.rates import Rates
from xueji.data_samples.records import build_part
from xueji.data_samples.sample import UNIT_CODES, Sample
from xueji.data_samples.schools import Layout, build_layout
from xueji.data_samples.truths import PartTruth, write_truths

__all__ = ["Rates", "SampleSummary", "write_sample"]

PART_SIZE = 125_000  # students in one file at most: what bounds the memory
LEAST_STUDENTS = 32 * 30
DAMAGED_SCHOOL_SIZE = (
    16,
    400,
)  # students in a school whose file is damaged: enough to be seen, few enough to be accepted


@dataclass(frozen=True)
class SampleSummary:
    """What was written."""

    students: int
    schools: int
    dates: int
    findings: int  # true ones, on the last date

    def __str__(self) -> str:
        return (
            f"{self.students:,} students of {self.schools:,} schools, {self.dates} delivery date(s), "
            f"{self.findings:,} true findings on the last"
        )


def write_sample(
    out: Path,
    students: int,
    seed: int,
    last_date: date,
    months: int = 1,
    rates: Rates = Rates(),  # noqa: B008 - frozen
    delivery_format: DeliveryFormat = "mixed",
    threads: int | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> SampleSummary:
    """Write a landing folder of `months` delivery dates for 32 units, and what should be found in it.

    `out/YYYY-MM-DD/…` is the landing folder of the design; `out/truth.parquet` has one row per true finding and date,
    `out/truth_*.parquet` what is true beyond findings (truths.py), `out/expected_quarantine.parquet` the rows that cannot be
    read. The same arguments give the same bytes, whatever `threads` (parts worked on at a time). `out` must be missing or empty.
    """
    check_size(students)
    if out.exists() and any(out.iterdir()):
        raise XuejiError(f"{out} is not empty, expected a new or empty folder")
    landing = Landing(out, plan_sample(students, seed, Calendar.ending(last_date, months), rates), delivery_format)
    write_schools(landing)
    names = list(parts_of(landing.sample.layout))
    truths, broken = [], []

    def write(name: tuple[PartName, int, int]) -> tuple[PartTruth, list[tuple[int, str, str, int]]]:
        part = build_part(landing.sample, UNIT_CODES.index(name[0].unit_code), name[1], name[2])
        return PartTruth(part.findings(), part.mistyped_numbers(), part.nameless()), write_part(landing, part, name[0])

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for done, (truth_of_part, rows) in enumerate(pool.map(write, names), start=1):
            truths.append(truth_of_part)
            broken += rows
            if on_progress:
                on_progress(f"sample: {done} of {len(names)} parts written")
    write_faulty_deliveries(landing)
    truth = write_truths(landing, truths)
    write_expected_quarantine(landing, broken)
    last = truth.filter(pl.col("date") == last_date).height
    return SampleSummary(students, landing.sample.layout.table.height, months, last)


def check_size(students: int) -> None:
    """Raise for samples too small to have 32 units with their schools."""
    if students < LEAST_STUDENTS:
        raise XuejiError(f"students is {students}, expected {LEAST_STUDENTS} or more: 32 units with their schools")


def plan_sample(
    students: int,
    seed: int,
    calendar: Calendar,
    rates: Rates,
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> Sample:
    """Everything that is decided for the sample as a whole."""
    layout = build_layout(students, seed)
    damaged = choose_damaged_schools(layout, seed, rates)
    plan = plan_problems(layout, seed, calendar, rates, np.array(sorted(damaged), dtype=np.int64), pace)
    return Sample(seed, layout, calendar, rates, plan, damaged)


def choose_damaged_schools(layout: Layout, seed: int, rates: Rates) -> dict[int, str]:
    """A school in each of some units whose students come in a file of their own that a spreadsheet has flattened."""
    wanted = round(rates.spreadsheet_damage * len(UNIT_CODES))
    sizes = np.diff(layout.school_start)
    fitting = (sizes >= DAMAGED_SCHOOL_SIZE[0]) & (sizes <= DAMAGED_SCHOOL_SIZE[1])
    excluded = {EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT, MISSING_UNIT}
    units = sorted(
        (unit for unit in range(len(UNIT_CODES)) if UNIT_CODES[unit] not in excluded),
        key=lambda unit: -int(sizes[layout.unit == unit].sum()),
    )
    dice = Dice(key(seed, "damaged schools"))
    chosen: dict[int, str] = {}
    for unit in units:
        schools = np.flatnonzero((layout.unit == unit) & fitting).tolist()
        if len(chosen) < wanted and schools:
            smallest = sorted(schools, key=lambda school: int(sizes[school]))[:5]
            chosen[dice.choose(smallest)] = ("zero_endings", "scientific")[len(chosen) % 2]
    return chosen


def parts_of(layout: Layout) -> Iterator[tuple[PartName, int, int]]:
    """Each part's name with its first and last-plus-one student index. Whole schools where the unit needs several."""
    for number, unit_code in enumerate(UNIT_CODES):
        first, last = layout.unit_range(number)
        count = -(-(last - first) // PART_SIZE)
        bounds = [first + (last - first) * place // count for place in range(count + 1)]
        ends = [int(layout.school_start[np.searchsorted(layout.school_start, bound)]) for bound in bounds]
        for place in range(count):
            yield PartName(unit_code, place + 1, count == 1), ends[place], ends[place + 1]


def write_expected_quarantine(landing: Landing, broken: list[tuple[int, str, str, int]]) -> None:
    """Write `expected_quarantine.parquet`: date, unit, file (below the unit's folder), rows."""
    dates = landing.sample.calendar.dates
    rows = [(dates[month], unit, file, count) for month, unit, file, count in sorted(broken)]
    schema = {"date": pl.Date, "unit": pl.String, "file": pl.String, "rows": pl.Int64}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(landing.folder / "expected_quarantine.parquet")
