"""The heavy steps beside bare DuckDB over the same tables, in one run."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from xueji.assets.candidates import STORED, repeated_keys_sql, unconfirmed_sql
from xueji.assets.columns import student_columns
from xueji.assets.engine import Engine
from xueji.assets.intake import stage_files
from xueji.assets.report_school_lists import changed_lists
from xueji.assets.school_list_rows import create_list_rows, school_lists
from xueji.assets.seal import Seal
from xueji.checks.catalogue import ROW_RULES, row_findings_sql, rule
from xueji.checks.id_number import CHECK_CHARACTERS, WEIGHTS
from xueji.checks.model import UNITS, QueryRule
from xueji.checks.name_comparison import candidate_pairs_sql
from xueji.reports.school_list import render_school_list

ROUNDS = 3
CSV_ROWS = 5_000_000
# The plain way: each digit of the 64-bit body by itself.
DIGITS = " + ".join(f"((id_body // {10 ** (16 - place)}) % 10) * {weight}" for place, weight in enumerate(WEIGHTS))
BARE_CHECK = f"""
    select count(*) from core_students
    where id_body is not null and substr(id_number, 18, 1) <> substr('{CHECK_CHARACTERS}', cast(({DIGITS}) % 11 + 1 as integer), 1)
"""
# The bare queries bring what a finding needs of each record, as ours do: names and numbers, not counts alone.
RECORD = "s.unit_code, s.school_code, s.student_no, s.name, s.id_number, s.grade, s.class_no"
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
    """One step: least seconds of ours and of the bare query, and the ratio that design 6 asks for; None where it asks for none."""

    step: str
    rows: int
    ours: float
    bare: float
    target: float | None

    @property
    def line(self) -> str:
        target = "" if self.target is None else f"≤ {self.target}"
        return f"| {self.step} | {self.rows:,} | {self.ours:.2f} | {self.bare:.2f} | {self.ours / self.bare:.2f} | {target} |"


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
    duplicate_id, id_not_found = rule("duplicate_id"), rule("id_not_found")
    assert isinstance(duplicate_id, QueryRule) and isinstance(id_not_found, QueryRule)
    with engine.session() as connection:
        rows = connection.execute("select count(*) from core_students").fetchall()[0][0]
        connection.execute("create temp table answered as select distinct id_key from identity_answers")

        def table(name: str, query: str) -> None:
            connection.execute(f"create or replace temp table {name} as {query}")

        def duplicates() -> None:
            connection.execute(repeated_keys_sql("number_key"))
            found = "number_key in (select number_key from repeated_number_key)"
            table(
                "candidates", f"select {STORED}, number_key, record_key, name_folded from core_students where {found}"
            )
            table("result", duplicate_id.findings_sql("candidates"))

        def identity() -> None:
            derived = "record_key, name_folded, as_of"
            table("candidates", unconfirmed_sql("core_students").replace(STORED, f"{STORED}, {derived}"))
            table("absent", id_not_found.findings_sql("candidates"))
            table("result", candidate_pairs_sql("candidates"))

        return [
            Comparison("row rules, one pass", rows, *alternate(
                lambda: table("result", row_findings_sql(ROW_RULES)),
                lambda: connection.execute(BARE_CHECK).fetchall()), 1.5),
            Comparison("duplicates of numbers", rows, *alternate(duplicates, lambda: table("result", BARE_DUPLICATES)), 1.0),
            Comparison("identity comparison", rows, *alternate(identity, lambda: table("result", BARE_JOIN)), 1.5),
        ]  # fmt: skip


def compare_landing(engine: Engine, work: Path) -> list[Comparison]:
    """One large CSV in UTF-8, and in GB18030, read by us and, as UTF-8, by bare DuckDB; all to Parquet."""
    with engine.session() as connection:
        file = csv_folder(work, "utf-8") / "students.csv"
        rows = write_csv(connection, file)
        chinese = csv_folder(work, "gb18030")
        with file.open(encoding="utf-8") as read, (chinese / "students.csv").open("w", encoding="gb18030") as written:
            shutil.copyfileobj(read, written, 16 << 20)

        def bare() -> None:
            connection.execute(f"copy (from read_csv('{file}', all_varchar = true)) to '{work / 'bare.parquet'}'")

        def ours(folder: Path) -> None:
            staged = stage_files(engine, folder, "students*", student_columns("44"), "bench")
            assert staged is not None and sum(facts.rows_accepted for facts in staged.files) == rows, "every row staged"

        return [
            Comparison("landing a CSV in UTF-8", rows, *alternate(lambda: ours(file.parent), bare), 1.3),
            Comparison("landing it in GB18030", rows, *alternate(lambda: ours(chinese), bare), 1.3),
        ]


def csv_folder(work: Path, encoding: str) -> Path:
    folder = work / "csv" / encoding
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_csv(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    """The students as one unit might export them. Returns how many."""
    return connection.execute(
        f"""copy (
            select school_code as "学校标识码", student_no as "学籍号", name as "姓名", sex_code as "性别", birth_date as "出生日期",
                id_type as "身份证件类型", id_number as "身份证件号", grade as "年级", class_no as "班号", enrolled_month as "入学年月"
            from core_students limit {CSV_ROWS}
        ) to '{file}' (header)"""
    ).fetchall()[0][0]


def list_rate(engine: Engine, night: str) -> str:
    """Workbooks a second on one core, over the night's real lists."""
    with engine.session() as connection:
        seal = Seal(b"benchmark")
        create_list_rows(connection, night, seal.key_id)
        changed_lists(connection, night)
        lists = [values for unit in list(UNITS)[:20] for values in school_lists(connection, seal, night, unit)]
    rows = sum(len(values.problems) + len(values.quality) for values in lists)
    render_school_list(lists[0])  # lays out the template, once a process
    start = time.perf_counter()
    for values in lists:
        render_school_list(values)
    rate = len(lists) / (time.perf_counter() - start)
    return f"School lists: {rate:,.0f} workbooks/s a core ({len(lists):,} lists, {rows / len(lists):.1f} rows each; target ≥ 350)."
