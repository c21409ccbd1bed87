"""One province's acceptance check beside a bare full outer join of the two copies, as text, in DuckDB.

Puts a section into docs/performance.md. Students and the second system are invented (data_samples/docking.py); the bare join only counts
what one side lacks and how many pairs differ in any text as delivered. Each runs in a process of its own, which tells its peak memory.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.docking import check_docking
from xueji.assets.docking_check import of_unit
from xueji.assets.engine import Engine
from xueji.assets.intake import record_intakes
from xueji.assets.landing_folder import Landing
from xueji.assets.national_inputs import take_in_schools
from xueji.assets.unit_deliveries import take_in_units, write_raw
from xueji.data_samples.deliveries import school_rows
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.docking import make_docking
from xueji.data_samples.generate import parts_of, plan_sample
from xueji.data_samples.rates import Rates
from xueji.data_samples.records import build_part
from xueji.data_samples.sample import UNIT_CODES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
HEADING = "## Two copies of a province"
UNIT, NIGHT, SHARE = "44", "2026-11-20", 0.0967  # of the nation's students in the sample


def lay_out(work: Path, students: int) -> int:
    """Write a landing folder with both copies and take the centre's in. Returns the unit's students."""
    sample = plan_sample(round(students / SHARE), 7, Calendar.ending(date.fromisoformat(NIGHT), 1), Rates())
    parts = [
        build_part(sample, UNIT_CODES.index(UNIT), first, last).students(0)
        for part, first, last in parts_of(sample.layout)
        if part.unit_code == UNIT
    ]
    day = work / "landing" / NIGHT
    made = make_docking(pl.concat(parts), UNIT, 5)
    made.write(day / UNIT)
    made.truth.write_parquet(work / "truth.parquet")
    school_rows(sample).write_csv(day / "schools.csv")
    engine, landing = Engine(home=str(work / "home")), Landing(path=str(work / "landing"))
    deliveries = take_in_units(engine, landing, NIGHT, [UNIT])
    write_raw(engine, NIGHT, deliveries)
    with engine.session() as connection:
        record_intakes(engine, connection, NIGHT, "students", [each.intake for each in deliveries])
    take_in_schools(engine, landing, NIGHT)
    return len(made.central)


def check(work: Path) -> None:
    """The whole step: both files taken in, compared, followed, report and workbook written."""
    check_docking(Engine(home=str(work / "home")), Landing(path=str(work / "landing")), NIGHT)


def bare(work: Path) -> None:
    """The bare join over the lake's files."""
    engine = Engine(home=str(work / "home"))
    local, central = (
        engine.files_sql(table, of_unit(engine, table, UNIT)) for table in ("local_students", "raw_students")
    )
    with engine.connection() as connection:
        given = connection.execute(f"select columns(*) from ({central}) limit 0").description or ()
        fields = [name for name, *_ in given if name not in ("unit_code", "delivery_date", "file", "other_columns")]
        differs = " or ".join(f'l."{name}" is distinct from c."{name}"' for name in fields)
        connection.execute(
            f"""select count(*) filter (l.xjfh is null), count(*) filter (c.xjfh is null), count(*) filter ({differs})
            from ({local}) as l full outer join ({central}) as c on c.xjfh = l.xjfh"""
        ).fetchall()


def peak_gib() -> float:
    """This process's own peak: what getrusage tells includes that of the process which started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+([0-9]+) kB", status)[0]) / 1024**2


def measured(step: str, work: Path) -> tuple[float, float, float]:
    """Seconds of a step, seconds of processor time, and GiB of its process; imports are not counted in the seconds."""
    told = subprocess.run(
        [sys.executable, __file__, "--step", step, "--work", str(work)], check=True, capture_output=True, text=True
    ).stdout.split()
    seconds, processor, gib = map(float, told[-3:])
    return seconds, processor, gib


def section(students: int, times: dict[str, tuple[float, float, float]], found: str) -> str:
    """What stands on the page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    (whole, whole_cpu, whole_gib), (join, join_cpu, join_gib) = times["check"], times["bare"]
    figures = " | ".join(
        f"{figure:.2f}" if figure in (whole_gib, join_gib) else f"{figure:.1f}"
        for figure in (whole, whole_cpu, whole_gib, join, join_cpu, join_gib, whole / join, whole_cpu / join_cpu)
    )
    return "\n".join(
        [
            HEADING,
            "",
            f"{machine}; Python {platform.python_version()}, DuckDB {duckdb.__version__}; {time.strftime('%Y-%m-%d')}. `benchmarks/docking.py`:",
            "the whole step (files read, copies made comparable, linked, compared field by field, deviations followed, report and workbook",
            f"written) beside one full outer join of the copies as delivered. {found}",
            "",
            "| students | step, s | processor, s | peak, GiB | bare join, s | processor, s | peak, GiB | ratio | of processor time |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            f"| {students:,} | {figures} |",
            "",
        ]
    )


def found_words(work: Path) -> str:
    """How many of the planted deviations were found, and how many others."""
    engine = Engine(home=str(work / "home"))
    with engine.session() as connection:
        found = set(connection.sql("select check_id, subject, field from docking_deviations").fetchall())
    truth = set(pl.read_parquet(work / "truth.parquet").rows())
    return f"Planted {len(truth)}, found {len(truth & found)} of them and {len(found - truth)} others."


def put_into_page(text: str) -> None:
    """Replace the page's section, or append it."""
    page = re.sub(rf"{HEADING}\n.*?(?=\n## |\Z)", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=300_000)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench" / "docking")
    parser.add_argument("--step", choices=("check", "bare"))
    parser.add_argument("--print", action="store_true", help="leave the page as it is")
    options = parser.parse_args()
    if options.step:
        before = time.process_time()
        start = time.perf_counter()
        {"check": check, "bare": bare}[options.step](options.work)
        print(time.perf_counter() - start, time.process_time() - before, peak_gib())
        return
    shutil.rmtree(options.work, ignore_errors=True)
    students = lay_out(options.work, options.students)
    times = {step: measured(step, options.work) for step in ("check", "bare")}
    text = section(students, times, found_words(options.work))
    print(text)
    if not options.print:
        put_into_page(text)


if __name__ == "__main__":
    main()
