"""Tables are replaced whole or by partition, all or nothing, and their earlier versions can be read."""

import pytest

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES

FINDING = """
    select '{unit}' as unit_code, date '2026-11-20' as as_of, 'ERR_ID' as problem_type, 'id_checksum' as rule_id,
        null as reason, 'error' as severity, 'S{unit}' as school_code, 'G{number}' as student_no, null as name,
        null as id_number, null as group_key, null as scope, null as detail, 'k{number}' as record_key,
        3 as grade, '1' as class_no, null as file, null as is_out_of_school
"""


@pytest.fixture
def engine(tmp_path):
    return Engine(home=str(tmp_path), threads=2)


def rows_sql(*pairs):
    return " union all ".join(FINDING.format(unit=unit, number=number) for unit, number in pairs)


def students(engine, version=None):
    with engine.session() as connection:
        query = f"select unit_code, student_no from ({engine.table_sql('findings', version)}) order by all"
        return connection.execute(query).fetchall()


def write(engine, *pairs, partitions=None):
    with engine.session() as connection:
        return engine.replace_table("findings", rows_sql(*pairs), connection, partitions)


def test_a_table_never_written_has_its_columns_and_no_row(engine):
    assert students(engine) == []
    assert engine.version("findings") is None


def test_partitions_named_are_replaced_and_others_stay(engine):
    assert write(engine, ("44", 1), ("44", 2), ("51", 3)) == 3
    assert write(engine, ("44", 4), partitions=["44"]) == 1
    assert students(engine) == [("44", "G4"), ("51", "G3")]


def test_a_partition_without_rows_is_emptied(engine):
    write(engine, ("44", 1), ("51", 2))
    with engine.session() as connection:
        engine.replace_table("findings", rows_sql(("44", 9)) + " where false", connection, partitions=["44"])
    assert students(engine) == [("51", "G2")]


def test_rows_of_another_partition_are_refused_and_nothing_changes(engine):
    write(engine, ("44", 1), ("51", 2))
    with pytest.raises(ValueError, match="partitions"):
        write(engine, ("51", 9), partitions=["44"])
    assert students(engine) == [("44", "G1"), ("51", "G2")]


def test_several_queries_are_one_commit(engine):
    write(engine, ("44", 1))
    before = engine.version("findings")
    with engine.session() as connection:
        queries = ((unit, rows_sql((unit, 5))) for unit in ("44", "51", "52"))
        engine.replace_table("findings", queries, connection, partitions=["44", "51", "52"])
    assert engine.version("findings") == before + 1
    assert students(engine) == [("44", "G5"), ("51", "G5"), ("52", "G5")]


def test_a_query_that_fails_half_way_leaves_the_table_as_it_was(engine):
    write(engine, ("44", 1), ("51", 2))

    def queries():
        yield "44", rows_sql(("44", 7))
        raise RuntimeError("killed between two units")

    with engine.session() as connection, pytest.raises(RuntimeError):
        engine.replace_table("findings", queries(), connection, partitions=["44", "51"])
    assert students(engine) == [("44", "G1"), ("51", "G2")]


def test_an_earlier_version_can_be_read(engine):
    write(engine, ("44", 1))
    version = engine.version("findings")
    write(engine, ("44", 2))
    assert students(engine, version) == [("44", "G1")]
    assert students(engine) == [("44", "G2")]


def test_a_night_is_replaced_by_its_date(engine):
    row = "select date '{day}' as \"date\", '44' as unit_code, 'students' as kind, {rows} as rows_delivered"
    nothing = ", ".join(
        f"null as {column}"
        for column in ("file", "sha256", "rows_accepted", "rows_quarantined", "verdict", "reason", "format", "encoding",
                       "dialect", "unknown_columns", "missing_columns", "snapshot_date")
    )  # fmt: skip
    for day, rows in (("2026-10-20", 1), ("2026-11-20", 2), ("2026-11-20", 3)):
        with engine.session() as connection:
            query = row.format(day=day, rows=rows) + ", " + nothing
            engine.replace_table("deliveries", query, connection, partitions=[day])
    with engine.session() as connection:
        assert connection.execute("select rows_delivered from deliveries order by 1").fetchall() == [(1,), (3,)]


@pytest.mark.parametrize("name", ["students-1.parquet", "学生 甲.zip/小学#1 50%.csv", "a=b&c?.csv", "名单 (2)'.csv"])
def test_files_under_any_delivered_name_come_and_go(engine, name):
    keys = {"unit_code": "44", "delivery_date": "2026-11-20", "file": name}
    texts = (f"'x' as \"{column}\"" for column in LAKE_TABLES["raw_students"].columns if column not in keys)
    with engine.connection() as connection:
        added = engine.write_files("raw_students", f"select {', '.join(texts)}", connection, keys)
        engine.commit("raw_students", added)
        rows = connection.sql(f"select distinct file, xm from ({engine.table_sql('raw_students')})").fetchall()
    assert rows == [(name, "x")]
    assert engine.files("raw_students") == added
    engine.commit("raw_students", [], engine.files("raw_students"))
    assert engine.files("raw_students") == []


def test_a_commit_keeps_what_its_rows_were_made_from(engine):
    assert engine.basis("findings") == {}
    basis = {"core": 7, "dates": {"44": "2026-11-20"}}
    with engine.session() as connection:
        engine.replace_table("findings", rows_sql(("44", 1)), connection, basis=basis)
    assert engine.basis("findings") == basis
    write(engine, ("44", 2))
    assert engine.basis("findings") == {}
