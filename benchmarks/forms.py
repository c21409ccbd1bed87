"""What confirmation forms cost: from the lake's tables to files, beside a bare typst table of as many cells; into docs/performance.md.

Students of one unit are invented with every item filled. The bare baseline has labels, values and empty cells in one table a page, in as
many files and processes: no boxes, code, marks, layout or commit.
"""

import argparse
import contextlib
import json
import os
import platform
import random
import re
import shutil
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import typst

from xueji.assets.confirmation_forms import FormRequest, print_forms
from xueji.assets.core_students import update_core
from xueji.assets.engine import Engine
from xueji.assets.form_rows import choices_of
from xueji.assets.records import create_from, frame_of
from xueji.checks.form_fields import FIELDS, FORM_FIELDS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
TITLE = "Confirmation forms"
DAY = date(2026, 9, 7)
UNIT, CLASS, SCHOOL = "44", 45, 900  # students of a class and of a school
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "子涵欣怡浩宇梓轩诗雨思远嘉懿若曦明哲佳琪俊杰雅婷文博晨阳一诺可馨天佑语桐泽楷沐阳静秋立春"
PLACES = ["天河区", "越秀区", "海珠区", "番禺区", "白云区", "荔湾区"]
BARE = """
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 10mm)
#set text(font: "Noto Sans CJK SC", size: 6pt, lang: "zh")
#for page in data {
  table(columns: 6, inset: 1pt, ..page)
  pagebreak(weak: true)
}
"""


def students(count: int, seed: int) -> pl.DataFrame:
    """Invented rows of the student sheet, as a unit delivers them."""
    draw = random.Random(seed)

    def name() -> str:
        return draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2))))

    def row(place: int) -> dict[str, str]:
        born = f"{2012 + place % 6}{1 + place % 12:02d}{1 + place % 28:02d}"
        values = {field: draw.choice(choices_of(field)) for field in FORM_FIELDS if choices_of(field)}
        address = f"广东省广州市{draw.choice(PLACES)}{draw.choice(GIVEN)}{draw.choice(GIVEN)}路{draw.randrange(1, 999)}号{draw.randrange(1, 40)}栋"
        texts = {"xm": name(), "cy1xm": name(), "cy2xm": name(), "csrq": born, "rxny": "202609", "sfzjlxm": "居民身份证",
                 "sfzjh": f"440106{born}{place % 10000:04d}", "lxdh": f"138{place:08d}", "cy1lxdh": f"138{place:08d}",
                 "xzz": address, "txdz": address, "jtzz": address, "hkszdm": "440106001001", "csdm": "440106000000", "yzbm": "510000"}  # fmt: skip
        keys = {"xxbsm": f"21440{place // SCHOOL:05d}", "xjh": f"G440106{born}{place % 10000:04d}{place // 10000}",
                "nj": str(1 + place % SCHOOL // CLASS % 6), "bh": f"2026{place % SCHOOL // CLASS:03d}"}  # fmt: skip
        others = {field: f"{draw.choice(GIVEN)}{place % 97}" for field in FORM_FIELDS if field not in values}
        return others | values | texts | keys

    return pl.DataFrame([row(place) for place in range(count)])


def lay_lake(engine: Engine, count: int) -> None:
    """The tables of a unit whose night is done, and a window that is open."""
    given = students(count, 2015).with_columns(
        unit_code=pl.lit(UNIT), delivery_date=pl.lit(DAY), file=pl.lit("students.parquet")
    )
    raw = frame_of("raw_students", []).clear()
    codes = given["xxbsm"].unique(maintain_order=True).to_list()
    tables = {
        "raw_students": pl.concat([raw, given], how="diagonal_relaxed").select(raw.columns),
        "core_schools": frame_of("core_schools", [
            {"school_code": code, "school_name": f"示例{place}小学", "unit_code": UNIT, "county_code": "440106", "city_code": "440100"}
            for place, code in enumerate(codes)
        ]),
        "deliveries": frame_of("deliveries", [{"date": DAY, "unit_code": UNIT, "kind": "students", "verdict": "accepted"}]),
        "campaign_windows": frame_of("campaign_windows", [
            {"unit_code": "00", "campaign": "2026A1", "switch": "export", "region_code": "00", "opens_on": DAY, "closes_on": DAY,
             "parent_platform": "登录 https://example.invalid，输入学籍号"}
        ]),
    }  # fmt: skip
    for name, rows in tables.items():
        with engine.connection() as connection:
            create_from(connection, "given", rows)
            engine.replace_table(name, "select * from given", connection)
    update_core(engine, [UNIT])


@cache
def bare_compiler(folder: Path) -> typst.Compiler:
    (folder / "bare.typ").write_text(BARE, encoding="utf-8")
    return typst.Compiler(str(folder / "bare.typ"))


def bare_class(folder: Path, first: int) -> int:
    """A class of bare pages: of each item its label, a value that no other page has, and an empty cell."""
    labels = [item.label for item in FIELDS.values()]
    pages = [
        [text for place, label in enumerate(labels) for text in (label, f"{SURNAMES[place % len(SURNAMES)]}{GIVEN[number % len(GIVEN)]}{number}", "")]
        for number in range(first, first + CLASS)
    ]  # fmt: skip
    pdf = bare_compiler(folder).compile(sys_inputs={"data": json.dumps(pages, ensure_ascii=False)}, pdf_tags=False)
    assert isinstance(pdf, bytes)
    return (folder / f"{first}.pdf").write_bytes(pdf)


def bare_pages(folder: Path, count: int, cores: int) -> float:
    """Seconds for `count` bare pages on every core."""
    folder.mkdir(parents=True)
    start = time.perf_counter()
    with ProcessPoolExecutor(cores, mp_context=get_context("forkserver")) as pool:
        list(pool.map(partial(bare_class, folder), range(0, count, CLASS)))
    return time.perf_counter() - start


class Peaks(threading.Thread):
    """The largest memory of this process and of any other of its group, in GiB, looked at ten times a second until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own = self.other = 0.0
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(0.1):
            for folder in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError, ValueError, StopIteration):
                    if os.getpgid(int(folder.name)) == os.getpgid(0):
                        status = (folder / "status").read_text().splitlines()
                        peak = int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 2**20
                        if int(folder.name) == os.getpid():
                            self.own = max(self.own, peak)
                        else:
                            self.other = max(self.other, peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="a folder that is emptied")
    parser.add_argument("--students", type=int, default=20_700)
    parser.add_argument("--page", type=Path, default=PAGE, help="where the figures go")
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    engine = Engine(home=str(options.work / "home"))
    lay_lake(engine, options.students)
    peaks = Peaks()
    peaks.start()
    start = time.perf_counter()
    printed = print_forms(engine, b"a key for benchmarks and nothing else", DAY, FormRequest())
    seconds = time.perf_counter() - start
    peaks.is_over.set()
    size = sum(file.stat().st_size for file in (options.work / "home" / "forms").rglob("*.pdf"))
    start = time.perf_counter()
    print_forms(engine, b"a key for benchmarks and nothing else", DAY, FormRequest())
    again = time.perf_counter() - start
    bare = bare_pages(options.work / "bare", options.students, engine.cores)
    text = section(printed.forms, printed.files, seconds, again, bare, peaks, size)
    print(text)
    if options.page.exists():
        page = re.sub(rf"## {TITLE}\n.*?(?=\n## |\Z)", "", options.page.read_text(encoding="utf-8"), flags=re.DOTALL)
        options.page.write_text(f"{page.rstrip()}\n\n{text}", encoding="utf-8")


def section(forms: int, files: int, seconds: float, again: float, bare: float, peaks: Peaks, size: int) -> str:
    machine = f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, typst {typst_version()}; {date.today()}."
    lines = [
        f"## {TITLE}",
        "",
        machine,
        (
            f"`benchmarks/forms.py`: {forms:,} students of one unit, {len(FORM_FIELDS)} items each, from the lake's tables to {files:,} files and the"
            " commit of their editions. Target: 400 pages a second."
        ),
        "",
        "| work | s | pages a second |",
        "| --- | ---: | ---: |",
        f"| `xueji forms`, all of it | {seconds:.1f} | {forms / seconds:,.0f} |",
        f"| bare typst table of {3 * len(FORM_FIELDS)} cells a page, nothing else | {bare:.1f} | {forms / bare:,.0f} |",
        f"| the same command again: nothing left to print | {again:.1f} | |",
        "",
        (
            f"The forms take {seconds / bare:.2f} times the bare tables. Peak {peaks.own:.2f} GiB in the process that leads, {peaks.other:.2f} GiB in one that"
            f" renders; {size / forms / 1024:.1f} KiB a page."
        ),
        "",
    ]
    return "\n".join(lines)


def typst_version() -> str:
    from importlib.metadata import version

    return version("typst")


if __name__ == "__main__":
    main()
