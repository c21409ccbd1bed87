"""A whole night over an invented registry, and each heavy step beside bare DuckDB in the same run.

`make bench STUDENTS=2000000` appends a section to docs/performance.md. Steps are timed alternately with their baselines, three
times each, and the least is taken; ratios are ours / bare. Peak memory is that of the largest process.
"""

import argparse
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb

from xueji.assets.columns import student_columns
from xueji.assets.engine import Engine
from xueji.assets.intake import delivery_sql, stage_files
from xueji.assets.report_school_lists import changed_lists
from xueji.assets.school_list_rows import create_list_rows, school_lists
from xueji.checks.catalogue import ROW_RULES, row_findings_sql, rule
from xueji.checks.id_number import body_check_character_sql
from xueji.checks.model import UNITS
from xueji.checks.name_comparison import candidate_pairs_sql
from xueji.data_samples.generate import write_sample
from xueji.reports.school_list import render_school_list

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
NIGHT = date(2026, 11, 20)
ROUNDS = 3
BARE_CHECK = f"""
    select count(*) from core_students
    where id_body is not null and substr(id_number, 18, 1) <> {body_check_character_sql("id_body")}
"""
# The bare queries bring what a finding needs of each record, as ours do: names and numbers, not counts alone.
RECORD = "s.unit_code, s.school_code, s.student_no, s.name, s.id_number, s.record_key, s.grade, s.class_no"
BARE_DUPLICATES = f"""
    with hits as (select id_number from core_students where id_number is not null group by id_number having count(*) > 1)
    select {RECORD}, count(*) over (partition by s.id_number) as parties
    from core_students as s semi join hits on hits.id_number = s.id_number
"""
BARE_JOIN = f"""
    select {RECORD}, p.name as register_name
    from core_students as s join core_population as p on p.id_key = s.id_key
    where p.name <> s.name
"""


@dataclass(frozen=True)
class Comparison:
    step: str
    rows: int
    ours: float  # seconds
    bare: float
    target: float  # of design 6

    @property
    def line(self) -> str:
        return f"| {self.step} | {self.rows:,} | {self.ours:.2f} | {self.bare:.2f} | {self.ours / self.bare:.2f} | ≤ {self.target} |"


def alternate(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """The least seconds of either, taken in turn."""

    def seconds(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    pairs = [(seconds(ours), seconds(bare)) for _ in range(ROUNDS)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def compare_steps(engine: Engine) -> list[Comparison]:
    """Row rules, duplicates and identity over the lake's core tables, beside the bare queries."""
    duplicates = rule("duplicate_id").findings_sql()  # type: ignore[attr-defined]
    with engine.session() as connection:
        rows = connection.execute("select count(*) from core_students").fetchall()[0][0]

        def into_table(query: str) -> Callable[[], object]:
            return lambda: connection.execute(f"create or replace temp table result as {query}")

        def fetched(query: str) -> Callable[[], object]:
            return lambda: connection.execute(query).fetchall()

        return [
            Comparison("row rules, one pass", rows, *alternate(
                into_table(row_findings_sql(ROW_RULES, "core_students")), fetched(BARE_CHECK)), 1.5),
            Comparison("duplicates of numbers", rows, *alternate(into_table(duplicates), into_table(BARE_DUPLICATES)), 1.0),
            Comparison("identity comparison", rows, *alternate(into_table(candidate_pairs_sql()), into_table(BARE_JOIN)), 1.5),
        ]  # fmt: skip


def compare_landing(engine: Engine, work: Path) -> Comparison:
    """One large UTF-8 CSV, read by us and by bare DuckDB, both to Parquet."""
    folder = work / "csv" / "44"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "students.csv"
    with engine.session() as connection:
        connection.execute(
            f"""copy (select school_code as "学校标识码", student_no as "学籍号", name as "姓名", sex_text as "性别",
                birth_date_text as "出生日期", id_type_text as "身份证件类型", id_number_text as "身份证件号", grade_text as "年级",
                class_no as "班号", enrolled_month as "入学年月" from core_students) to '{file}' (header)"""
        )
        rows = connection.execute("select count(*) from core_students").fetchall()[0][0]

        def bare() -> None:
            connection.execute(f"copy (from read_csv('{file}', all_varchar = true)) to '{work / 'bare.parquet'}'")

        delivered = []

        def ours() -> None:
            delivered.append(stage_files(engine, folder, "students*", student_columns("44"), "bench"))

        seconds = alternate(ours, bare)
        staged = connection.execute(f"select count(*) from ({delivery_sql(delivered[-1])})").fetchall()[0][0]
    assert staged == rows, "every row staged"
    return Comparison("landing a UTF-8 CSV", rows, *seconds, 1.3)


def list_rate(engine: Engine, night: str) -> str:
    """Workbooks a second on one core, over the night's real lists."""
    with engine.session() as connection:
        create_list_rows(connection, night)
        changed_lists(connection, night)
        lists = [values for unit in UNITS for values in school_lists(connection, night, unit)]
    rows = sum(len(values.problems) + len(values.quality) for values in lists)
    render_school_list(lists[0])  # lays out the template, once a process
    start = time.perf_counter()
    for values in lists:
        render_school_list(values)
    rate = len(lists) / (time.perf_counter() - start)
    return f"School lists: {rate:,.0f} workbooks/s a core ({len(lists):,} lists, {rows / len(lists):.1f} rows each; target ≥ 350)."


def run_night(landing: Path, home: Path) -> tuple[float, int]:
    """Seconds and peak kilobytes of `xueji run` in a process of its own."""
    start = time.perf_counter()
    command = [str(Path(sys.executable).with_name("xueji")), "run", str(landing), "--home", str(home)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


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


def section(
    students: int, night: tuple[float, int], steps: dict[str, float], comparisons: list[Comparison], lists: str
) -> str:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30} GiB"
    lines = [
        f"## {students:,} students",
        "",
        f"{machine}; Python {platform.python_version()}, DuckDB {duckdb.__version__}; {time.strftime('%Y-%m-%d')}.",
        f"A cold night from Parquet, `xueji run`: {night[0]:.1f} s, {students / night[0]:,.0f} students/s.",
        f"Peak memory {night[1] / 1024**2:.2f} GiB.",
        lists,
        "",
        "| step | rows | ours, s | bare DuckDB, s | ratio | target |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(comparison.line for comparison in comparisons),
        "",
        "| asset | wall, s |",
        "| --- | ---: |",
        *(f"| `{name}` | {seconds:.2f} |" for name, seconds in sorted(steps.items(), key=lambda step: -step[1])),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=2_000_000)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench")
    options = parser.parse_args()
    landing, home = options.work / f"landing-{options.students}", options.work / "home"
    if not (landing / "truth.parquet").exists():
        write_sample(landing, options.students, seed=2015, last_date=NIGHT, delivery_format="parquet")
    shutil.rmtree(home, ignore_errors=True)
    night = run_night(landing, home)
    engine = Engine(home=str(home))
    comparisons = [compare_landing(engine, options.work), *compare_steps(engine)]
    text = section(options.students, night, step_seconds(home), comparisons, list_rate(engine, str(NIGHT)))
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(rf"## {options.students:,} students\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
