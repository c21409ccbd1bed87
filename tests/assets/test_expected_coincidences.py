"""Coincidences counted in the lake: which units are counted anew, what becomes of the night's groups, and that the tables can be exported."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.engine import Engine
from xueji.assets.expected_coincidences import update_coincidences, update_name_counts
from xueji.assets.export import export_table
from xueji.checks.tables import CORE_COLUMNS

FIRST, SECOND = "2026-11-19", "2026-11-20"
SCHOOLS = "select '2144000001' as school_code, '44' as unit_code, '440106' as county_code, '440100' as city_code"
STUDENT = {"unit_code": "44", "school_code": "2144000001", "sex_code": "1", "is_withdrawn": False}
TYPES = {"varchar": pl.String, "bigint": pl.Int64, "integer": pl.Int32, "boolean": pl.Boolean, "date": pl.Date}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = Engine(home=str(tmp_path), threads=2)
    with engine.connection() as connection:
        nulls = "null as school_name, null as school_type, null as authority_code, null as authority_level"
        engine.replace_table("core_schools", f"select *, {nulls} from ({SCHOOLS})", connection)
    return engine


def add(engine: Engine, unit: str, rows: list[dict], patch: int = 0) -> None:
    """Put core rows of a unit into the lake, as its base or as a patch."""
    types = CORE_COLUMNS | {"patch_no": "integer", "is_withdrawn": "boolean"}
    schema = {column: TYPES[kind] for column, kind in types.items()}
    given = [STUDENT | {"unit_code": unit, "patch_no": patch} | row for row in rows]
    frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in given], schema=schema)
    with engine.connection() as connection:
        connection.register("rows_given", frame.to_arrow())
        stem = f"patch-{patch:06}" if patch else "base"
        files = engine.write_files(
            "core_students", "select * from rows_given", connection, {"unit_code": unit}, stem=stem
        )
    engine.commit("core_students", files)


def class_of(size: int, name: str = "王小明", first: int = 0, **more: object) -> list[dict]:
    """Children of one name, born day after day; each with a number unless `more` says so."""
    return [
        {"student_no": f"G{place}", "content_hash": place, "name": name, "birth_date": date(2015, 1, 1) + timedelta(place)} | more
        for place in range(first, first + size)
    ]  # fmt: skip


def pair(*places: int) -> list[dict]:
    """Findings of a group of children without a number."""
    return [
        {"record_key": f"2144000001/G{place}", "rule_id": "duplicate_name_sex_birth", "reason": "same_unit", "unit_code": "44",
         "school_code": "2144000001", "group_key": f"NSB-{places[0]}"}
        for place in places
    ]  # fmt: skip


def find(engine: Engine, rows: list[dict], students: list[dict]) -> None:
    """Make these the night's findings, and the students its group candidates."""
    with engine.session() as connection:
        for table, given in (("findings", rows), ("group_candidates", students)):
            connection.register("rows_given", pl.DataFrame(given, infer_schema_length=None).to_arrow())
            empty = f"select * from {table} where false"
            engine.replace_table(table, f"from ({empty}) union all by name select * from rows_given", connection)
            connection.unregister("rows_given")


def table(engine: Engine, query: str) -> list[tuple]:
    with engine.session() as connection:
        return connection.execute(query).fetchall()


def test_a_unit_is_counted_anew_when_any_of_it_changed(engine: Engine):
    """Else a night that makes everything anew would print other numbers."""
    add(engine, "44", class_of(100))
    add(engine, "45", class_of(100))
    assert update_name_counts(engine, FIRST) == ["44", "45"]
    assert update_name_counts(engine, SECOND) == []
    add(engine, "44", class_of(2, first=200), patch=1)
    assert update_name_counts(engine, SECOND) == ["44"]
    assert table(engine, "select unit_code, students from name_counts order by unit_code") == [("44", 102), ("45", 100)]
    dates = table(engine, "select distinct unit_code, cast(as_of as varchar) from coincidence_counts order by 1")
    assert dates == [("44", SECOND), ("45", FIRST)]


def test_a_unit_with_a_new_base_is_counted_anew(engine: Engine):
    add(engine, "44", class_of(3))
    update_name_counts(engine, FIRST)
    old = engine.files("core_students")
    add(engine, "44", class_of(5))
    engine.commit("core_students", [], old)
    assert update_name_counts(engine, SECOND) == ["44"]


def test_other_places_of_schools_are_counted_anew(engine: Engine):
    add(engine, "44", class_of(3))
    update_name_counts(engine, FIRST)
    with engine.session() as connection:
        moved = "select * replace ('440103' as county_code) from core_schools"
        engine.replace_table("core_schools", moved, connection)
    assert update_name_counts(engine, SECOND) == ["44"]


def test_groups_of_a_common_name_are_likelier_chance(engine: Engine):
    nobody = {"person_key": 1}
    common = class_of(300, **nobody)  # all of one name: 44,850 pairs on 300 dates
    common[1]["birth_date"] = common[0]["birth_date"]
    rare = class_of(2, "欧阳罕见", first=400, person_key=2, birth_date=date(2015, 1, 1))
    add(engine, "44", common + rare)
    find(engine, pair(0, 1) + pair(400, 401), [STUDENT | row for row in common[:2] + rare])
    update_name_counts(engine, FIRST)
    assert update_coincidences(engine, FIRST) == 8  # nation, unit, city and county, of two populations
    said = table(
        engine, "select group_key, namesakes, found, sentence, chance, unlikely from coincidence_groups order by 1"
    )
    (_, of_common, _, likely, common_chance, common_unlikely), (_, of_rare, _, _, rare_chance, rare_unlikely) = said
    assert (of_common, of_rare, likely) == (300, 2, "likely")
    assert common_chance > rare_chance and common_unlikely < rare_unlikely
    regions = table(
        engine,
        "select level, code, students, found from expected_coincidences where population = 'without_number' order by level, code",
    )
    assert regions == [(level, code, 302, 2) for level, code in (("city", "440100"), ("county", "440106"), ("national", "00"), ("province", "44"))]  # fmt: skip


def test_a_night_without_anybody_is_empty(engine: Engine):
    assert update_name_counts(engine, FIRST) == []
    assert update_coincidences(engine, FIRST) == 0


def test_the_tables_can_be_exported(engine: Engine, tmp_path: Path):
    add(engine, "44", class_of(3))
    update_name_counts(engine, FIRST)
    update_coincidences(engine, FIRST)
    file = tmp_path / "coincidences.csv"
    assert export_table(engine, "expected_coincidences", file) == 8 - 4  # nobody is without a number
    head = file.read_text().splitlines()[0]
    assert head == "as_of,level,code,population,students,expected,low,high,found,is_beyond_chance"
