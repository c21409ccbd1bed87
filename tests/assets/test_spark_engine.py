"""The Spark engine does with tables, tasks and files what the one-machine engine does."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from cluster_steps import run_cluster_steps
from test_incremental import DATES, lay_out, standing

from xueji.assets.engine import Engine

pytestmark = pytest.mark.spark
TABLES = (
    "core_students", "core_population", "group_candidates", "register_candidates", "number_autopsies", "suspect_candidates", "findings",
    "suggested_holders", "expected_coincidences", "coincidence_groups", "cases", "case_events", "progress",
)  # fmt: skip
CHILD = {
    "xxbsm": "2144000001", "xjh": "G1", "xm": "王小明", "xbm": "1", "csrq": "20150312", "sfzjlxm": "1", "sfzjh": "440106201503120036",
    "nj": "一年级", "bh": "1", "rxny": "202109", "mzm": "汉族",
}  # fmt: skip


@pytest.fixture
def spark_engine(tmp_path):
    from xueji.assets.spark_engine import SparkEngine

    return SparkEngine(home=str(tmp_path / "home"), threads=2, master="local[2]")


@pytest.fixture
def connection(spark_engine):
    with spark_engine.connection() as connection:
        yield connection


def test_temporary_tables_are_made_filled_and_emptied(connection):
    connection.execute("create or replace temp table pairs (l bigint, r varchar)")
    connection.execute("insert into pairs select 1, 'a' union all select 2, null")
    connection.execute("insert into pairs by name select 'b' as r, 3 as l")
    assert sorted(connection.sql("select l, r from pairs").fetchall()) == [(1, "a"), (2, None), (3, "b")]
    assert connection.execute("create temp table two as select * from pairs where l > 1").fetchall() == [(2,)]
    connection.execute("create or replace temp table two as select * from two where l = 2; delete from pairs")
    assert connection.sql("select * from two").fetchall() == [(2, None)]
    assert connection.sql("select count(*) from pairs").fetchall() == [(0,)]
    connection.execute("drop table two; drop table if exists three")
    with pytest.raises(Exception, match="two"):
        connection.sql("select * from two").fetchall()


def test_arrow_tables_go_in_and_frames_come_out(connection):
    rows = pl.DataFrame(
        {"n": pl.Series([1, None], dtype=pl.UInt8), "day": [date(2026, 11, 20), None], "text": ["某", ""]}
    )
    connection.register("rows_given", rows.to_arrow())
    back = connection.sql("select * from rows_given order by n nulls last").pl()
    assert back.rows() == rows.rows()
    assert [name for (name,) in connection.execute("select * from rows_given").description] == ["n", "day", "text"]


@pytest.mark.parametrize(
    "value",
    [
        "'王小明'", "cast(null as varchar)", "''", "5", "-105", "cast(-105 as bigint)", "cast(7 as bigint), 'a'", "date '2015-03-12'",
        "true", "cast(null as bigint), 'x', date '2026-01-01'", "extract(year from date '2015-03-12')", "length('王小明')",
        "-(extract(month from date '2015-03-12') * 100)", "hash('a'), 1",
    ],
)  # fmt: skip
def test_a_hash_is_duckdbs(spark_engine, connection, value):
    text = f"select cast(hash({value}) >> 1 as bigint) as found from (select 1 as one)"
    with Engine(home=spark_engine.home).connection() as one_machine:
        assert connection.sql(text).fetchall() == one_machine.sql(text).fetchall()


def test_functions_are_given_batches_and_groups(spark_engine, connection):
    # Within the test, so that they are carried along: workers do not see the tests.
    def grown(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(twice=pl.col("n") * 2)

    def counted(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by("key").agg(pl.len().cast(pl.Int64).alias("members"))

    numbers = " union all ".join(f"select {n} as n, {n % 3} as key" for n in range(20))
    spark_engine.mapped(connection, "doubled", numbers, grown)
    assert connection.sql("select sum(twice) from doubled").fetchall() == [(380,)]
    spark_engine.mapped(connection, "groups", numbers, counted, together="key")
    assert sorted(connection.sql("select key, members from groups").fetchall()) == [(0, 7), (1, 7), (2, 6)]
    spark_engine.mapped(connection, "none", f"select * from ({numbers}) where n > 99", grown)
    assert connection.sql("select * from none").fetchall() == []


def test_pieces_are_done_in_tasks_and_come_back_in_order(spark_engine):
    def square(engine: Engine, _connection: object, number: int) -> tuple[int, str]:
        return number * number, type(engine).__name__

    assert list(spark_engine.spread(square, [3, 1, 2])) == [(9, "Engine"), (1, "Engine"), (4, "Engine")]
    assert list(spark_engine.spread(square, [])) == []


def test_partitions_with_any_name_are_read_back(spark_engine):
    rows = """select cast(1 as bigint) as id_key, '甲' as name, cast(null as varchar) as folded_name, cast(2 as bigint) as pair_key,
        '广东 名册=1%.csv' as file"""
    for first, then in ((spark_engine, Engine(home=spark_engine.home)), (Engine(home=spark_engine.home), spark_engine)):
        with first.session() as connection:
            assert first.replace_table("core_population", rows, connection) == 1
        for reader in (first, then):
            with reader.session() as connection:
                assert connection.sql("select file, id_key from core_population").fetchall() == [
                    ("广东 名册=1%.csv", 1)
                ]


def test_nights_kept_up_on_spark_equal_nights_kept_up_by_one_machine(nation, spark_engine, tmp_path: Path):
    """Two deliveries and two registers, of which the second changes some records: patches, groups that form and fall apart, cases."""

    class OnSpark(nation):
        @property
        def engine(self):
            return spark_engine

    landing = tmp_path / "landing"
    one, many = nation(landing, tmp_path / "one"), OnSpark(landing, tmp_path / "home")
    first = [
        CHILD,
        CHILD | {"xjh": "G2", "xm": "李静"},
        CHILD | {"xjh": "G3", "sfzjh": None},
        CHILD | {"xjh": "G4", "sfzjh": None},
    ]
    second = [*first[:1], first[1] | {"sfzjh": "440106201503120037"}, first[2], first[3] | {"xm": "王小朋"}]
    histories = [
        {"44": first, "11": [CHILD | {"xxbsm": "2111000001"}], "register": [("440106201503120036", "王晓明")]},
        {"44": second, "11": None, "register": [("440106201503120036", "王小明")]},
    ]
    for night, history in zip(DATES, histories, strict=False):
        lay_out(one, night, history)
        for each in (one, many):
            each.land(night, ["44", "11"])
            run_cluster_steps(each.engine, night)
        for table in TABLES:
            assert standing(many.engine.at_hand, table) == standing(one.engine, table), table
