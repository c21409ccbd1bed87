"""A million broken numbers, looked at and repaired against a register, as a night does it.

Puts a section into docs/performance.md. Children, numbers and slips are invented; the register holds every child and as many others
as are asked for. Peak memory is that of the whole process.
"""

import argparse
import os
import platform
import re
import resource
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.number_autopsies import update_number_autopsies
from xueji.checks.divisions import names

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
HEADING = "## Broken numbers"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "子涵宇轩浩然欣怡梓萱雨泽思佳明俊杰文博诗琪若曦梦瑶一诺晨曦嘉怡"
CHUNK = 5_000_000
BIRTHS = np.arange(np.datetime64("2008-01-01"), np.datetime64("2020-12-31"))


@dataclass(frozen=True)
class Outcome:
    """What one run came to. `right` counts the unique repairs that are the number meant."""

    numbers: int
    register: int
    seconds: float
    gib: float
    gib_before: float  # the peak before the step: of inventing children and register
    unique: int
    right: int
    several: int

    @property
    def line(self) -> str:
        return (
            f"| {self.numbers:,} | {self.register:,} | {self.seconds:.1f} | {self.numbers / self.seconds:,.0f} | {self.gib:.2f} | {self.gib_before:.2f} | "
            f"{100 * self.unique / self.numbers:.1f} % | {100 * self.right / max(self.unique, 1):.3f} % | {self.several:,} |"
        )


def draw_bodies(dice: np.random.Generator, count: int) -> tuple[NDArray[np.int64], NDArray[np.datetime64]]:
    """First seventeen digits and birth dates."""
    regions = np.array([int(code) for code in names() if not code.endswith("00") and code < "66"])
    born = dice.choice(BIRTHS, count)
    parts = [born.astype("datetime64[Y]").astype(int) + 1970, born.astype("datetime64[M]").astype(int) % 12 + 1]
    days = (born - born.astype("datetime64[M]")).astype(int) + 1
    birth = parts[0] * 10_000 + parts[1] * 100 + days
    return dice.choice(regions, count) * 10**11 + birth * 1000 + dice.integers(1, 1000, count), born


def draw_names(dice: np.random.Generator, count: int) -> pl.Series:
    """Names of two or three characters, a few hundred thousand different ones at most."""
    characters = pl.Series(list(GIVEN))
    surname = pl.Series(list(SURNAMES)).gather(dice.integers(0, len(SURNAMES), count))
    first, second = (characters.gather(dice.integers(0, len(GIVEN), count)) for _ in range(2))
    return (
        surname
        + first
        + pl.select(pl.when(pl.Series(dice.random(count) < 0.8)).then(second).otherwise(pl.lit(""))).to_series()
    )


def with_check(bodies: NDArray[np.int64]) -> list[str]:
    """The numbers; ISO 7064 by its recursive form."""
    remainder = np.zeros(len(bodies), dtype=np.int64)
    for place in range(17):
        remainder = (remainder + bodies // 10 ** (16 - place) % 10) * 2 % 11
    last = np.array(list("0123456789X"))[(12 - remainder) % 11]
    return [f"{body:017}{check}" for body, check in zip(bodies.tolist(), last.tolist(), strict=True)]


def slip(number: str, kind: int, place: int, digit: str) -> str:
    """The number as somebody mistypes it; now and then it stays as it was."""
    if kind < 4:
        return number[:place] + digit + number[place + 1 :]
    if kind < 6:
        place = min(place, 15)
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if kind == 6:
        return number.replace("0", "O", 1)
    if kind == 7:
        return number[:place] + number[place + 1 :]
    if kind == 8:
        return number[:place] + number[place] + number[place:]
    return number[:6] + number[8:17]


def invent(dice: np.random.Generator, count: int) -> pl.DataFrame:
    """Children with the numbers that somebody typed for them: columns of core_students, `meant` and `is_broken`."""
    bodies, born = draw_bodies(dice, count)
    right = with_check(bodies)
    kinds, places = dice.integers(0, 10, count).tolist(), dice.integers(0, 17, count).tolist()
    digits = dice.integers(0, 10, count).astype(str).tolist()
    typed = [slip(*given) for given in zip(right, kinds, places, digits, strict=True)]
    return pl.DataFrame(
        {
            "unit_code": pl.Series([str(unit) for unit in range(31, 37)]).gather(np.arange(count) % 6),
            "content_hash": pl.int_range(count, eager=True),
            "school_code": pl.repeat("2131000001", count, eager=True),
            "student_no": pl.select("L" + pl.int_range(count).cast(pl.String)).to_series(),
            "name": draw_names(dice, count),
            "sex_code": pl.Series(["2", "1"]).gather(bodies % 2),
            "birth_date": pl.Series(born).cast(pl.Date),
            "id_type": pl.repeat("1", count, eager=True),
            "id_number": pl.Series(typed),
            "meant": pl.Series(bodies),
            "is_broken": pl.Series(typed) != pl.Series(right),
        }
    )


def lay_out(engine: Engine, students: pl.DataFrame, others: int, dice: np.random.Generator) -> None:
    """Fill the tables that the step reads: the students, their findings, and a register of them and of others."""
    with engine.session() as connection:
        connection.register("students", students.to_arrow())
        own = "select *, case when not is_broken then meant end as id_key, 0 as patch_no, false as is_withdrawn from students"
        found = "select *, 'id_checksum' as rule_id, school_code || '/' || student_no as record_key from students where is_broken"
        engine.replace_table("core_students", whole_rows("core_students", own), connection)
        engine.replace_table("findings_row_rules", whole_rows("findings_row_rules", found), connection)
        parts = [("students", "select meant as id_key, name, 'students' as file from students")]
        for first in range(0, others, CHUNK):
            keys, _ = draw_bodies(dice, min(CHUNK, others - first))
            path = engine.work_path / f"others-{first}.parquet"
            pl.DataFrame({"id_key": keys, "name": draw_names(dice, len(keys))}).write_parquet(path)
            parts.append((path.stem, f"select *, '{path.stem}' as file from '{path}'"))
        register = ((file, whole_rows("core_population", query)) for file, query in parts)
        engine.replace_table("core_population", register, connection)


def whole_rows(table: str, query: str) -> str:
    """The query with the table's other columns, null."""
    columns = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in LAKE_TABLES[table].columns.items())
    return f"(select {columns} where false) union all by name {query}"


def peak_gib() -> float:
    """The process's peak so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def measure(engine: Engine, students: pl.DataFrame, others: int) -> Outcome:
    """The step by itself, and how many of its repairs are the number meant."""
    gib_before = peak_gib()
    start = time.perf_counter()
    rows = update_number_autopsies(engine)
    seconds = time.perf_counter() - start
    gib = peak_gib()
    with engine.session() as connection:
        connection.register("students", students.to_arrow())
        ((unique, right, several),) = connection.execute(
            """
            select count(repaired_key), count(*) filter (repaired_key = meant), count(*) filter (repairs > 1)
            from number_autopsies join students using (content_hash)
            """
        ).fetchall()
    return Outcome(rows, len(students) + others, seconds, gib, gib_before, unique, right, several)


def section(outcomes: list[Outcome]) -> str:
    """What stands on the page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30} GiB"
    return "\n".join(
        [
            HEADING,
            "",
            f"{machine}; Python {platform.python_version()}, DuckDB {duckdb.__version__}, Polars {pl.__version__}; {time.strftime('%Y-%m-%d')}.",
            "`benchmarks/number_autopsy.py`: the whole step from the lake's tables to the table `number_autopsies`, children, names and slips invented;",
            "every child and many others stand in the register. Target: a million in under a minute. The peak is that of the process that also invents them.",
            "",
            "| broken numbers | register | s | numbers/s | peak, GiB | before the step | one repair | of these right | several |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *(outcome.line for outcome in outcomes),
            "",
        ]
    )


def put_into_page(text: str) -> None:
    """Replace the page's section, or append it."""
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(rf"{HEADING}\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=1_070_000)
    parser.add_argument(
        "--others", default="1000000", help="further entries of the register; sizes, separated by commas, ascending"
    )
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench" / "numbers")
    options = parser.parse_args()
    outcomes = []
    for others in map(int, options.others.split(",")):
        shutil.rmtree(options.work, ignore_errors=True)
        dice = np.random.default_rng(2015)
        students = invent(dice, options.numbers)
        engine = Engine(home=str(options.work))
        lay_out(engine, students, others, dice)
        outcomes.append(measure(engine, students, others))
        print(outcomes[-1].line)
    put_into_page(section(outcomes))


if __name__ == "__main__":
    main()
