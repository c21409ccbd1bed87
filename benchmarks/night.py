"""Whole nights over an invented registry, and each heavy step beside bare DuckDB in the same run.

`make bench STUDENTS=2000000` puts a section into docs/performance.md, a line a night into docs/nights.csv, and draws the growth.
A cold night takes everything in; two quiet nights follow, in which one record in a hundred changed: all in a few files, or spread
over all of them. Steps are timed in turn with their baselines and the least is taken; ratios are ours / bare. Peak memory is that of
the largest process.
"""

import argparse
import csv
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import altair as alt
import dagster as dg
import duckdb
import polars as pl
from next_night import write_next_night
from steps_beside_bare import Comparison, compare_landing, compare_steps, list_rate

from xueji.assets.engine import Engine
from xueji.data_samples.generate import write_sample

ROOT = Path(__file__).resolve().parent.parent
PAGE, NIGHTS, GROWTH = ROOT / "docs" / "performance.md", ROOT / "docs" / "nights.csv", ROOT / "docs" / "growth.png"
COLD, FILES, SPREAD = "2026-11-20", "2026-11-21", "2026-11-22"
KINDS = {COLD: "cold", FILES: "1 % changed, in a few files", SPREAD: "1 % changed, spread over all files"}
LARGEST_COMPARED = 20_000_000  # beyond that the steps are timed in the night itself, not beside their baselines


@dataclass(frozen=True)
class Night:
    """One `xueji run`: wall seconds, peak GiB of the largest process, seconds by asset."""

    kind: str
    seconds: float
    gib: float
    steps: dict[str, float]

    @property
    def outside_steps(self) -> float:
        """Interpreter, Dagster, and the summary."""
        return self.seconds - sum(self.steps.values())


def run_night(landing: Path, home: Path, day: str) -> Night:
    """`xueji run` in a process of its own."""
    command = [str(Path(sys.executable).with_name("xueji")), "run", str(landing), "--home", str(home), "--date", day]
    measured = f"import resource, subprocess, sys; subprocess.run({command!r}, check=True, stdout=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    start = time.perf_counter()
    peak = subprocess.run([sys.executable, "-c", measured], check=True, stdout=subprocess.PIPE, text=True).stdout
    return Night(KINDS[day], time.perf_counter() - start, int(peak) / 1024**2, step_seconds(home))


def step_seconds(home: Path) -> dict[str, float]:
    """Wall seconds of each asset of the last night."""
    os.environ["DAGSTER_HOME"] = str(home / "dagster")
    seconds: dict[str, float] = {}
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs(limit=3):
            for step in instance.get_run_step_stats(run.run_id):
                if step.start_time and step.end_time:
                    seconds[step.step_key] = step.end_time - step.start_time
    return seconds


def section(students: int, nights: list[Night], comparisons: list[Comparison], lists: str) -> str:
    """What is appended to the page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30} GiB"
    beside = [
        "| step | rows | ours, s | bare DuckDB, s | ratio | target |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(comparison.line for comparison in comparisons),
        "",
    ]
    assets = sorted({name for night in nights for name in night.steps}, key=lambda name: -nights[0].steps.get(name, 0))
    lines = [
        f"## {students:,} students",
        "",
        f"{machine}; Python {platform.python_version()}, DuckDB {duckdb.__version__}; {time.strftime('%Y-%m-%d')}. From Parquet.",
        "",
        "| night | wall, s | students/s | peak memory, GiB | outside the steps, s |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {night.kind} | {night.seconds:.0f} | {students / night.seconds:,.0f} | {night.gib:.2f} | {night.outside_steps:.1f} |"
            for night in nights
        ),
        "",
        *([lists, ""] if lists else []),
        *(beside if comparisons else []),
        "| asset, s | " + " | ".join(night.kind for night in nights) + " |",
        "| --- |" + " ---: |" * len(nights),
        *(
            f"| `{name}` | " + " | ".join(f"{night.steps.get(name, 0):.1f}" for night in nights) + " |"
            for name in assets
        ),
        "",
    ]
    return "\n".join(lines)


def put_into_page(students: int, text: str) -> None:
    """Replace the page's section of this size, or append it."""
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(rf"## {students:,} students\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text}", encoding="utf-8")


def keep_nights(students: int, nights: list[Night]) -> None:
    """Put the nights into nights.csv, in place of earlier ones of this size, and draw them all."""
    rows = []
    if NIGHTS.exists():
        with NIGHTS.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["students"] != str(students)]
    rows += [
        {"students": str(students), "night": night.kind, "seconds": f"{night.seconds:.1f}", "peak_gib": f"{night.gib:.2f}",
         "date": time.strftime("%Y-%m-%d")} for night in nights
    ]  # fmt: skip
    rows.sort(key=lambda row: (int(row["students"]), list(KINDS.values()).index(row["night"])))
    with NIGHTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draw_growth()


def draw_growth() -> None:
    """Seconds and memory against size, both axes logarithmic, with the design's targets as crosses."""
    frame = pl.read_csv(NIGHTS)
    targets = pl.DataFrame(
        {
            "students": [200_000_000] * 2,
            "seconds": [900, 180],
            "night": ["cold", KINDS[SPREAD]],
            "peak_gib": [12.0, None],
        }
    )

    def panel(column: str, title: str) -> alt.LayerChart:
        x = alt.X("students:Q", scale=alt.Scale(type="log"), title="students", axis=alt.Axis(format="~s"))
        y = alt.Y(f"{column}:Q", scale=alt.Scale(type="log"), title=title)
        colour = alt.Color("night:N", sort=list(KINDS.values()), title="night", legend=alt.Legend(labelLimit=300))
        lines = alt.Chart(frame).mark_line(point=True).encode(x=x, y=y, color=colour)
        crosses = (
            alt.Chart(targets.drop_nulls(column)).mark_point(shape="cross", size=120).encode(x=x, y=y, color=colour)
        )
        return alt.layer(lines, crosses).properties(width=330, height=260)

    chart = alt.hconcat(
        panel("seconds", "wall seconds (cross: target)"), panel("peak_gib", "peak memory, GiB (cross: target)")
    )
    chart.save(str(GROWTH), scale_factor=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", default="2000000", help="sizes, separated by commas")
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench")
    options = parser.parse_args()
    for students in (int(size) for size in options.students.split(",")):
        landing, home = options.work / f"landing-{students}", options.work / "home"
        if not (landing / "truth.parquet").exists():
            write_sample(landing, students, seed=2015, last_date=date.fromisoformat(COLD), delivery_format="parquet")
        shutil.rmtree(home, ignore_errors=True)
        nights = [run_night(landing, home, COLD)]
        comparisons, lists = [], ""
        engine = Engine(home=str(home))
        if students <= LARGEST_COMPARED:
            comparisons = [*compare_landing(engine, options.work), *compare_steps(engine)]
            lists = list_rate(engine, COLD)
        for before, after, spread in ((COLD, FILES, False), (FILES, SPREAD, True)):
            if not (landing / after).exists():
                write_next_night(landing, before, after, spread)
            nights.append(run_night(landing, home, after))
        put_into_page(students, section(students, nights, comparisons, lists))
        keep_nights(students, nights)


if __name__ == "__main__":
    main()
