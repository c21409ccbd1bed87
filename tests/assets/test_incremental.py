"""What nights keep up piece by piece equals what one night makes from everything, whatever is delivered in which order."""

import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueji.assets import core_students
from xueji.assets.engine import Engine
from xueji.assets.recheck import recheck

# Numbers of children who turn 3 and 31 between the nights, of an unknown province, of one that is in no register, a wrong one.
NUMBERS = [
    "44010620150312003", "44010620231005001", "11010119951003002", "11010120130229001", "99010120130101001",
    "44010620140506001",
]  # fmt: skip
DATES = ["2026-09-28", "2026-10-02", "2026-10-06", "2026-11-20", "2026-11-21"]
FIELDS = ("xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "bh", "rxny", "mzm")


def with_check_character(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


numbers = st.sampled_from([*map(with_check_character, NUMBERS), "440106201503120037", "12345", None])
students = st.fixed_dictionaries(
    {
        "xxbsm": st.sampled_from(["2144000001", "2144000002", "2111000001", "9999999999"]),
        "xjh": st.sampled_from(["G1", "G2", "G3", "G4", None]),
        "xm": st.sampled_from(["王小明", "李静", "王 小明", "赵"]),
        "xbm": st.sampled_from(["1", "2", "男", "?"]),
        "csrq": st.sampled_from(["20150312", "20231005", "20261001", "20130229", None]),
        "sfzjlxm": st.sampled_from(["1", "1", "1", "A", "Z"]),
        "sfzjh": numbers,
        "nj": st.sampled_from(["一年级", "六年级", None]),
        "bh": st.just("1"),
        "rxny": st.sampled_from(["202109", "202609", "某月"]),
        "mzm": st.sampled_from(["汉族", "外星族"]),
    }
)
deliveries = st.one_of(st.none(), st.lists(students, min_size=1, max_size=6))
entries = st.lists(st.tuples(numbers.filter(bool), st.sampled_from(["王小明", "李静"])), max_size=6)
nights = st.lists(
    st.fixed_dictionaries({"44": deliveries, "11": deliveries, "register": st.one_of(st.none(), entries)}),
    min_size=2,
    max_size=4,
)


def lay_out(nation, date: str, night: dict) -> None:
    folder = nation.landing / date
    folder.mkdir(parents=True)
    (folder / "schools.csv").write_text(
        "学校标识码,学校名称,行政区划代码\n2144000001,甲小学,440106\n2144000002,乙小学,440103\n2111000001,丙小学,110101\n"
    )
    for unit in ("44", "11"):
        if night[unit] is not None:
            # Two files, one of which often comes again as it was.
            rows = pl.DataFrame(night[unit], schema=dict.fromkeys(FIELDS, pl.String))
            nation.deliver(date, unit, rows[:2], "students-1.parquet")
            nation.deliver(date, unit, rows[2:], "students-2.parquet")
    if night["register"]:
        (folder / "population").mkdir()
        register = pl.DataFrame(night["register"], schema={"sfzjh": pl.String, "xm": pl.String}, orient="row")
        register.write_parquet(folder / "population" / "register.parquet")


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights)
def test_incremental_equals_full(nation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, history: list[dict]):
    monkeypatch.setattr(core_students, "MOST_PATCHED_SHARE", 1000.0)  # so few records change by patches alone
    shutil.rmtree(tmp_path)
    landing = tmp_path / "landing"
    kept, fresh = nation(landing, tmp_path / "kept"), nation(landing, tmp_path / "fresh", afresh=True)
    for date, night in zip(DATES, history, strict=False):
        lay_out(kept, date, night)
        kept.run(date, ["44", "11"])
        fresh.run(date, ["44", "11"])
        for table in ("core_students", "findings"):
            assert standing(kept.engine, table) == standing(fresh.engine, table)
    assert recheck(kept.engine) == []


def standing(engine: Engine, table: str) -> Counter:
    """The table's rows as readers see them."""
    with engine.session() as connection:
        return Counter(connection.sql(f"select * from {table}").fetchall())
