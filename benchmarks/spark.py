"""A night on Spark beside the same night of one machine: every table compared row by row, seconds, processor time and shuffled bytes a step.

`make bench-spark STUDENTS=2000000` runs both here, on Spark's standalone cluster of two workers with a core each, and puts a section
into docs/performance.md. One machine shows what Spark costs, not what many machines bring.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
from spark_cluster import cluster

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.data_samples.generate import write_sample

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
TITLE = "## On Spark"
NIGHT = "2026-11-20"
# What names files and versions by chance, not rows by content.
OTHERWISE = {
    "snapshots": ("source",), "core_students": ("patch_no", "is_withdrawn"), "raw_students": (), "progress": ("versions",),
}  # fmt: skip


@dataclass
class Tasks:
    """What Spark's tasks of a step came to."""

    tasks: int = 0
    processor: float = 0.0  # seconds, of the JVM alone: Python workers count in `seconds`
    seconds: float = 0.0  # of all tasks together
    shuffled: int = 0  # bytes written for other tasks
    spilled: int = 0  # bytes on disk


@dataclass(frozen=True)
class Step:
    name: str
    begin: float
    end: float


def run_night(landing: Path, home: Path, day: str, environment: Mapping[str, str], engine: str) -> float:
    """`xueji run` in a process of its own. Returns its wall seconds."""
    xueji = str(Path(sys.executable).with_name("xueji"))
    command = [xueji, "run", str(landing), "--home", str(home), "--date", day, "--engine", engine]
    start = time.perf_counter()
    with (home.parent / f"{home.name}.log").open("wb") as log:
        done = subprocess.run(command, check=False, stdout=log, stderr=log, env=os.environ | dict(environment))
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}: status {done.returncode}, see {home.parent / f'{home.name}.log'}")
    return time.perf_counter() - start


def steps_of(home: Path) -> list[Step]:
    """When each step of the last night began and ended."""
    os.environ["DAGSTER_HOME"] = str(home / "dagster")
    with dg.DagsterInstance.get() as instance:
        return [
            Step(one.step_key, one.start_time, one.end_time)
            for run in instance.get_runs(limit=3)
            for one in instance.get_run_step_stats(run.run_id)
            if one.start_time and one.end_time
        ]


def tasks_of(events: Path, steps: list[Step]) -> dict[str, Tasks]:
    """The tasks of an event log by the step in which they ended."""
    found: dict[str, Tasks] = defaultdict(Tasks)
    for line in (text for file in events.iterdir() for text in file.open(encoding="utf-8")):
        event = json.loads(line)
        if event["Event"] != "SparkListenerTaskEnd" or not event.get("Task Metrics"):
            continue
        info, metrics = event["Task Info"], event["Task Metrics"]
        ended = info["Finish Time"] / 1000
        name = next((step.name for step in steps if step.begin <= ended <= step.end), "between the steps")
        tasks = found[name]
        tasks.tasks += 1
        tasks.processor += metrics["Executor CPU Time"] / 1e9
        tasks.seconds += (info["Finish Time"] - info["Launch Time"]) / 1000
        tasks.shuffled += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        tasks.spilled += metrics["Disk Bytes Spilled"]
    return found


def differences(one: Engine, other: Engine) -> dict[str, tuple[int, int]]:
    """By table with any: rows that one has and the other has not, and the other way."""
    found = {}
    for name, table in LAKE_TABLES.items():
        columns = ", ".join(f'"{column}"' for column in table.columns if column not in OTHERWISE.get(name, ()))
        left, right = (f"(select {columns} from ({engine.table_sql(name)}))" for engine in (one, other))
        with one.connection() as connection:
            counts = connection.execute(
                f"select (select count(*) from ({left} except all {right})), (select count(*) from ({right} except all {left}))"
            ).fetchall()[0]
        if any(counts):
            found[name] = counts
    return found


def rows_of(engine: Engine, table: str) -> int:
    with engine.session() as connection:
        return int(connection.execute(f"select count(*) from {table}").fetchall()[0][0])


def section(
    students: int,
    seconds: tuple[float, float],
    steps: tuple[list[Step], list[Step]],
    tasks: Mapping[str, Tasks],
    said: str,
) -> str:
    alone, spread = ({step.name: step.end - step.begin for step in each} for each in steps)
    names = sorted((name for name in spread if name in tasks), key=lambda name: -spread[name])
    total = Tasks()
    for one in tasks.values():
        total.tasks += one.tasks
        total.processor += one.processor
        total.seconds += one.seconds
        total.shuffled += one.shuffled
        total.spilled += one.spilled

    def line(name: str, before: float, now: float, one: Tasks) -> str:
        cells = (f"{before:.1f}", f"{now:.1f}", f"{one.tasks:,}", f"{one.seconds:.1f}", f"{one.processor:.1f}",
                 f"{one.shuffled / 1e6:,.1f}", f"{one.spilled / 1e6:,.1f}")  # fmt: skip
        return f"| {name} | {' | '.join(cells)} |"

    lines = [
        TITLE,
        "",
        f"{students:,} students, one cold night, {time.strftime('%Y-%m-%d')}: {seconds[0]:.0f} s on DuckDB with both cores, {seconds[1]:.0f} s on",
        f"Spark's standalone cluster on the same machine (two workers, a core each). {said}",
        "",
        "| step on the cluster | DuckDB, s | Spark, s | tasks | their seconds together | processor seconds of the JVM | shuffled, MB | spilled, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(line(f"`{name}`", alone.get(name, 0), spread[name], tasks[name]) for name in names),
        line("all", sum(alone.get(name, 0) for name in names), sum(spread[name] for name in names), total),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=2_000_000)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench" / "spark")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    landing, alone, spread = (options.work / name for name in (f"landing-{options.students}", "alone", "spread"))
    if not (landing / "truth.parquet").exists():
        write_sample(
            landing, options.students, seed=2015, last_date=date.fromisoformat(NIGHT), delivery_format="parquet"
        )
    for home in (alone, spread):
        shutil.rmtree(home, ignore_errors=True)
    fixed = {"XUEJI_PRINT": "nation", "XUEJI_SEAL_KEY": "a key for this benchmark and nothing else"}
    events = options.work / "events"
    shutil.rmtree(events, ignore_errors=True)
    events.mkdir()
    logged = {
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": events.resolve().as_uri(), "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false", "spark.executor.memory": "3g", "spark.driver.memory": "3g",
        "spark.sql.shuffle.partitions": "8",
    }  # fmt: skip
    first = run_night(landing, alone, NIGHT, fixed, "duckdb")
    with cluster(options.work / "cluster", memory="4g", options=logged) as running:
        second = run_night(landing, spread, NIGHT, fixed | running.environment, "spark")
    engines = Engine(home=str(alone)), Engine(home=str(spread))
    wrong = differences(*engines)
    compared = ", ".join(
        f"{rows_of(engines[0], table):,} {table}" for table in ("findings", "cases", "case_events", "progress")
    )
    said = f"All {len(LAKE_TABLES)} tables compared row by row, {compared} among them: " + (
        "no difference." if not wrong else f"differences in {wrong}."
    )
    steps = steps_of(alone), steps_of(spread)
    text = section(options.students, (first, second), steps, tasks_of(events, steps[1]), said)
    page = re.sub(rf"{TITLE}\n.*?(?=\n## |\Z)", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text}", encoding="utf-8")
    print(text)
    if wrong:
        raise SystemExit("the engines do not agree")


if __name__ == "__main__":
    main()
