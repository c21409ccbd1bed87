"""The landing contract: a table of deliveries, and which clauses each one breaks."""

import polars as pl
import pytest

from xueji.assets.engine import Engine
from xueji.checks.landing_contract import (
    EXPECTATIONS,
    ContractLimits,
    check_contract,
    counts_sql,
    expectations,
    profile,
)
from xueji.checks.tables import REQUIRED_FIELDS

SOUND = {
    "xxbsm": "2131000001",
    "xjh": "G{n}",
    "xm": "测试",
    "xbm": "男",
    "csrq": "20100901",
    "sfzjlxm": "1",
    "sfzjh": "11010519491231002X",
    "nj": "一年级",
    "bh": "2016001",
}
CASES = [
    # case, rows, previous rows, {column: (how many rows, value)}, clauses broken
    ("sound", 100, 100, {}, set()),
    ("first delivery", 100, None, {}, set()),
    ("no rows", 0, None, {}, {"rows_present"}),
    ("no rows, where there were some", 0, 100, {}, {"rows_present", "rows_not_down"}),
    ("down by 20 %", 80, 100, {}, set()),
    ("down by 21 %", 79, 100, {}, {"rows_not_down"}),
    ("up by 30 %", 130, 100, {}, set()),
    ("up by 31 %", 131, 100, {}, {"rows_not_up"}),
    ("20 % flattened", 100, None, {"sfzjh": (20, "110105199001011000")}, set()),
    ("21 % flattened", 100, None, {"sfzjh": (21, "110105199001011000")}, {"numbers_not_flattened"}),
    ("scientific notation", 100, None, {"sfzjh": (21, "1.10105E+17")}, {"numbers_not_flattened"}),
    ("half a column blank", 100, None, {"xm": (50, None)}, set()),
    ("more than half a column blank", 100, None, {"xm": (51, None)}, {"filled_xm"}),
    ("20 % unknown sex", 100, None, {"xbm": (20, "?")}, set()),
    ("21 % unknown sex", 100, None, {"xbm": (21, "?")}, {"known_xbm"}),
    ("unknown document types", 100, None, {"sfzjlxm": (21, "驾驶证")}, {"known_sfzjlxm"}),
    ("unknown grades", 100, None, {"nj": (21, "十三年级")}, {"known_nj"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Engine:
    return Engine(home=str(tmp_path_factory.mktemp("home")), threads=2)


def profile_of(engine: Engine, unit_code: str, rows: int, previous: int | None, changes: dict) -> dict:
    """The profile of a delivery in two files."""
    students = [{name: value.format(n=n) for name, value in SOUND.items()} for n in range(rows)]
    for column, (count, value) in changes.items():
        for student in students[:count]:
            student[column] = value
    frame = pl.DataFrame(students, schema=dict.fromkeys(REQUIRED_FIELDS, pl.String))
    counts = []
    with engine.connection() as connection:
        for file in (frame[: rows // 3], frame[rows // 3 :]):
            connection.register("delivered", file.to_arrow())
            counts += connection.sql(counts_sql("select * from delivered")).pl().to_dicts()
    return profile(unit_code, counts, previous)


@pytest.fixture(scope="module")
def results(engine):
    """The results of all cases, checked together as the units of one night; the case's number stands for the unit."""
    return check_contract([profile_of(engine, f"{n:02}", *case[1:4]) for n, case in enumerate(CASES)])


@pytest.mark.parametrize("place", range(len(CASES)), ids=[case[0] for case in CASES])
def test_case(results, place):
    mine = [result for result in results if result.unit_code == f"{place:02}"]
    assert {result.expectation for result in mine if not result.passed} == CASES[place][-1]
    assert [result.expectation for result in mine] == list(EXPECTATIONS)


def test_what_refuses_a_delivery():
    advisory = {clause.name for clause in expectations() if not clause.is_blocking}
    assert advisory == {"rows_not_up", "known_nj"}


def test_observed_values_are_numbers_or_nothing(results):
    observed = {(result.unit_code, result.expectation): result.observed for result in results}
    assert observed["05", "rows_not_down"] == 79
    assert observed["01", "rows_not_down"] is None
    assert observed["09", "numbers_not_flattened"] == 21


def test_statements_name_the_limits():
    assert EXPECTATIONS["rows_not_down"] == "行数不少于上次接收的80%"
    changed = {clause.name: clause.statement for clause in expectations(ContractLimits(least_rows_percent=90))}
    assert changed["rows_not_down"] == "行数不少于上次接收的90%"


def test_limits_may_be_changed(engine):
    one = profile_of(engine, "44", 85, 100, {})
    failed = [
        result.expectation
        for result in check_contract([one], ContractLimits(least_rows_percent=90))
        if not result.passed
    ]
    assert failed == ["rows_not_down"]
