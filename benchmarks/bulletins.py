"""What a month of the whole nation's bulletins costs: figures, marks, pages, PDFs, files and site; into docs/performance.md.

Areas in force, 250,000 schools, two months of invented counts (`bulletin_rows.py`). Pages are told beside the bare baseline of the same run:
jinja2 with one loop over as many table cells as a page has on average, and nothing counted, chosen or worded.
"""

import argparse
import os
import platform
import re
import resource
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import jinja2
import polars as pl
from bulletin_rows import nation_month

from xueji.assets.bulletin_files import BulletinTask
from xueji.assets.engine import Engine
from xueji.assets.progress_figures import Period, count_figures, finish_figures
from xueji.assets.records import create_from
from xueji.assets.report_bulletin import month_areas, month_editions, month_rows, render_tasks, write_facts, write_site
from xueji.checks.catalogue import RULES
from xueji.checks.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
MONTHS = (("2026-10", date(2026, 10, 31)), ("2026-11", date(2026, 11, 30)))
TITLE = "Bulletins"


@dataclass(frozen=True)
class Step:
    """One step of the month, and how many things it made."""

    name: str
    seconds: float
    count: int
    what: str


def timed(name: str, what: str, work: Callable[[], int]) -> Step:
    start = time.perf_counter()
    count = work()
    step = Step(name, time.perf_counter() - start, count, what)
    print(f"{step.name}: {step.count:,} {step.what} in {step.seconds:.1f} s", flush=True)
    return step


def fill_month(engine: Engine, period: Period, counts: pl.DataFrame) -> int:
    """Put a month's counts in the place of what the lake would tell, and go on as a night does: the rows of `progress`."""
    with engine.session() as connection:
        count_figures(connection, period, {name: engine.version(name) for name in TABLES})
        create_from(connection, "given", counts)
        for table, query in {
            "areas": "select distinct level, code, name, parent_code from given where level <> 'school'",
            "figures": """
                select given.level, code, name, parent_code, given.indicator, cast(value as double) as value,
                    coalesce(listed.query_name, 'rules') as query_name
                from given left join listed on listed.indicator = given.indicator
                where given.level <> 'school' and given.indicator <> 'pending_reported'
            """,
            "school_figures": """
                select given.level, code, name, parent_code, given.indicator, cast(value as double) as value, listed.query_name
                from given join listed on listed.indicator = given.indicator where given.level = 'school'
            """,
        }.items():
            connection.execute(f"create or replace temp table {table} as {query}")
        add_missing(connection)
        finish_figures(connection, period, RULES)
        return engine.replace_table(
            "progress", "select * from month_progress", connection, [period.month], "level, code, indicator"
        )


def add_missing(connection: duckdb.DuckDBPyConnection) -> None:
    """Zeros, for what the invented month does not tell: deliveries, schools with students."""
    connection.execute(
        """
        insert into figures
        select level, code, name, parent_code, 'schools_with_students', value, query_name from figures where indicator = 'schools'
        """
    )
    connection.execute(
        """
        insert into figures
        select areas.level, areas.code, areas.name, areas.parent_code, listed.indicator, 0.0, listed.query_name
        from areas join listed on areas.level in ('national', 'province') or not listed.is_of_units
        anti join figures on figures.code = areas.code and figures.indicator = listed.indicator
        """
    )


def render(engine: Engine, month: str, formats: tuple[str, ...], levels: tuple[str, ...]) -> int:
    """Write the bulletins of the levels in the formats, on every core. Returns the number of files."""
    folder = engine.home_path / "bulletins" / month
    folder.mkdir(parents=True, exist_ok=True)
    with engine.session() as connection:
        areas = month_areas(connection, month)
        chosen = {code: formats for code, (level, _) in areas.items() if level in levels}
        editions = month_editions(connection, month, chosen)
        units: dict[str, list[str]] = {}
        for code in chosen:
            units.setdefault(areas[code][1], []).append(code)
        rows = month_rows(connection, month, list(units))
        tasks = [
            BulletinTask(*rows[unit], RULES, {code: chosen[code] for code in codes}, editions)
            for unit, codes in units.items()
        ]
    return len(render_tasks(engine, tasks, folder))


def bare_pages(folder: Path, count: int) -> Step:
    """As many pages of as many cells each as the county pages have, with nothing but their loop."""
    sizes = [page.read_text(encoding="utf-8").count("<td") for page in sorted(folder.glob("county-*.html"))[:200]]
    cells = list(range(sum(sizes) // len(sizes)))
    template = jinja2.Template("<table>{% for cell in cells %}<td>{{ cell }}</td>{% endfor %}</table>", autoescape=True)
    bare = folder.parent / "bare"
    bare.mkdir(exist_ok=True)

    def work() -> int:
        for number in range(count):
            (bare / f"{number}.html").write_text(template.render(cells=cells), encoding="utf-8")
        return count

    return timed("bare jinja2 loop over as many cells, one core", "pages", work)


def peak_gib() -> float:
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(own, children) / 2**20


def measure(work: Path, schools: int) -> list[Step]:
    shutil.rmtree(work, ignore_errors=True)
    engine = Engine(home=str(work))
    counts = nation_month(2015, schools)
    periods = [Period(*MONTHS[0], None, None), Period(*MONTHS[1], *MONTHS[0])]
    steps = [
        timed(
            f"figures, sums and marks of {period.month}",
            "rows of progress",
            lambda of=period: fill_month(engine, of, counts),
        )
        for period in periods
    ]
    month = MONTHS[1][0]
    everywhere = ("national", "province", "city", "county")
    steps.append(timed("HTML of all areas", "pages", lambda: render(engine, month, ("html",), everywhere)))
    pages = steps[-1].count
    steps.append(
        timed("HTML and XLSX of all areas", "files", lambda: render(engine, month, ("html", "xlsx"), everywhere))
    )
    steps.append(timed("PDF of nation and units", "files", lambda: render(engine, month, ("pdf",), everywhere[:2])))
    folder = engine.home_path / "bulletins" / month
    steps.append(
        timed("facts as CSV and Parquet, dictionary", "files", lambda: len(write_facts(engine, month, folder)))
    )

    def site() -> int:
        write_site(engine)
        return sum(file.is_file() for file in (work / "site").rglob("*"))

    steps.append(timed("site of two months", "files", site))
    steps.append(bare_pages(folder, pages))
    return steps


def section(steps: list[Step], schools: int, areas: int) -> str:
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    cores = os.cpu_count() or 1
    html, bare = steps[2], steps[-1]
    lines = [
        f"## {TITLE}",
        "",
        (f"{platform.machine()}, {cores} cores, {gib} GiB; Python {platform.python_version()}, DuckDB {duckdb.__version__},"
        f" Polars {pl.__version__}; {date.today()}."),
        (f"`benchmarks/bulletins.py`: {areas:,} areas from nation to county and {schools:,} schools, counts invented. Targets: all HTML in 120 s on"
        " two cores, the PDFs of nation and units in 60 s."),
        "",
        "| step | s | made | a second |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {step.name} | {step.seconds:.1f} | {step.count:,} {step.what} | {step.count / step.seconds:,.0f} |" for step in steps),
        "",
        f"HTML takes {html.seconds * cores / bare.seconds:.1f} times the processor time of the bare loop. Peak of the largest process {peak_gib():.2f} GiB.",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="a folder that is emptied")
    parser.add_argument("--schools", type=int, default=250_000)
    options = parser.parse_args()
    steps = measure(options.work, options.schools)
    text = section(steps, options.schools, steps[2].count)
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(rf"## {TITLE}\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
