"""A province in which so many students share one number: `python skewed_night.py FOLDER STUDENTS duckdb|spark` takes it in and steps it."""

import os
import sys
from pathlib import Path

import polars as pl
from cluster_steps import run_cluster_steps
from conftest import Nation

from xueji.assets.engine import Engine

NIGHT, NUMBER, SCHOOLS = "2026-11-20", "440106201503120036", 40
SPELLINGS = ("王小明", "李静", "赵丽华", "陈思远")


def lay_out(landing: Path, students: int) -> None:
    """Deliver the province: one number throughout, under names that are mostly borne by few."""
    folder = landing / NIGHT
    for place in (folder / "44", folder / "population"):
        place.mkdir(parents=True, exist_ok=True)
    places = range(students)
    pl.DataFrame(
        {
            "xxbsm": [f"21440000{place % SCHOOLS + 1:02}" for place in places],
            "xjh": [f"L44010620150312{place:06}" for place in places],
            "xm": [SPELLINGS[place % 4] + chr(0x4E00 + place % 500) for place in places],
            "xbm": ["1"] * students,
            "csrq": ["20150312"] * students,
            "sfzjlxm": ["1"] * students,
            "sfzjh": [NUMBER] * students,
            "nj": ["一年级"] * students,
            "bh": [f"2021{place % 30:03}" for place in places],
            "rxny": ["202109"] * students,
        }
    ).write_parquet(folder / "44" / "students.parquet")
    lines = "".join(f"21440000{place:02},第{place}小学,440106\n" for place in range(1, SCHOOLS + 1))
    (folder / "schools.csv").write_text("学校标识码,学校名称,行政区划代码\n" + lines, encoding="utf-8")
    pl.DataFrame({"sfzjh": [NUMBER], "xm": ["王小明"]}).write_parquet(folder / "population" / "register.parquet")


def step(folder: Path, engine: Engine) -> None:
    class Here(Nation):
        @property
        def engine(self) -> Engine:
            return engine

    Here(folder / "landing", Path(engine.home)).land(NIGHT, ["44"])
    run_cluster_steps(engine, NIGHT)


if __name__ == "__main__":
    folder, students, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    home = str(folder / kind)
    lay_out(folder / "landing", students)
    if kind == "duckdb":
        step(folder, Engine(home=home))
    else:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        from xueji.assets.spark_engine import SparkEngine

        step(folder, SparkEngine(home=home, threads=2, master=sys.argv[4]))
