"""Suggestions over nights: what is remembered of parties, what a night run again gives, and that no case depends on them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.cases import cases, update_cases
from xueji.assets.engine import Engine
from xueji.assets.suggested_holders import HOLDERS, SIGHTS, update_suggested_holders
from xueji.checks.case_step import step_statements
from xueji.checks.tables import CORE_COLUMNS, PART_COLUMNS

FIRST, SECOND, THIRD = "2026-11-19", "2026-11-20", "2026-11-21"
TYPES = {"varchar": pl.String, "bigint": pl.Int64, "integer": pl.Int32, "boolean": pl.Boolean, "date": pl.Date}
CORE_TYPES = CORE_COLUMNS | {"patch_no": "integer", "is_withdrawn": "boolean"}
# Two registrations with one number; the second stands in grade 2 where the calendar says 6.
ONE = {
    "unit_code": "44", "school_code": "2144000001", "student_no": "G1", "student_no_key": 1, "content_hash": 11, "name": "王小明",
    "sex_code": "1", "birth_date": date(2015, 3, 12), "id_type": "1", "id_number": "440106201503120036", "id_key": 44010620150312003,
    "id_birth_date": date(2015, 3, 12), "grade": 6, "class_no": "1", "enrolled_month": 202109,
}  # fmt: skip
TWO = ONE | {"school_code": "2144000002", "student_no": "L1", "student_no_key": 2, "content_hash": 22, "grade": 2}
ONE_KEY, TWO_KEY = "2144000001/G1", "2144000002/L1"


def frame(types: dict[str, str], rows: list[dict]) -> pl.DataFrame:
    schema = {column: TYPES[kind] for column, kind in types.items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


class Registry:
    """A lake of core rows and what was found of them."""

    def __init__(self, home: Path) -> None:
        self.engine = Engine(home=str(home), threads=2)

    def deliver(self, patch: int, *came: dict, gone: tuple[dict, ...] = ()) -> None:
        """Put rows into the core table as its base (0) or as a patch that also withdraws some."""
        rows = [row | {"patch_no": patch, "is_withdrawn": False} for row in came]
        rows += [row | {"patch_no": patch, "is_withdrawn": True} for row in gone]
        with self.engine.connection() as connection:
            connection.register("rows_given", frame(CORE_TYPES, rows).to_arrow())
            stem = f"patch-{patch:06}" if patch else "base"
            files = self.engine.write_files(
                "core_students", "select * from rows_given", connection, {"unit_code": "44"}, stem=stem
            )
        self.engine.commit("core_students", files)

    def night(self, day: str, *parties: dict) -> None:
        """Find these to be the parties of a duplicate number, and suggest."""
        rows = [
            party | {"record_key": f"{party['school_code']}/{party['student_no']}", "group_key": "ID-1", "problem_type": "DUP_ID",
                     "rule_id": "duplicate_id", "reason": "same_person", "severity": "error", "scope": "province"}
            for party in parties
        ]  # fmt: skip
        rows += [row | {"group_key": None, "problem_type": "STALE", "rule_id": "stale_record", "severity": "warning"} for row in rows if row["grade"] == 2]  # fmt: skip
        with self.engine.session() as connection:
            connection.register("rows_given", frame(PART_COLUMNS, rows).to_arrow())
            self.engine.replace_table("findings_duplicate_id", "select * from rows_given", connection)
            found = f"select date '{day}' as as_of, * exclude (content_hash) from rows_given"
            self.engine.replace_table("findings", found, connection)
            self.engine.replace_table("group_candidates", f"select * from core_students where content_hash in {tuple(row['content_hash'] for row in rows) or (0,)}", connection)  # fmt: skip
        update_suggested_holders(self.engine, day)

    def values(self, query: str) -> list[tuple]:
        with self.engine.session() as connection:
            return connection.execute(query).fetchall()

    @property
    def sights(self) -> list[tuple]:
        columns = ("first_seen", "last_seen", "came_on", "changed_on")
        days = ", ".join(f"cast({column} as varchar)" for column in columns)
        return self.values(f"select record_key, {days} from {SIGHTS} order by 1")

    @property
    def holders(self) -> list[tuple]:
        return self.values(f"select * from {HOLDERS} order by all")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def test_a_party_that_comes_is_told_from_one_that_was_there(registry: Registry):
    registry.deliver(0, ONE)
    registry.night(FIRST)
    assert registry.sights == []
    registry.deliver(1, TWO)
    registry.night(SECOND, ONE, TWO)
    assert registry.sights == [(ONE_KEY, SECOND, SECOND, None, None), (TWO_KEY, SECOND, SECOND, SECOND, None)]
    evidence = dict(registry.values(f"select record_key, evidence from {HOLDERS}"))
    assert "stood_longer" in evidence[ONE_KEY]


def test_a_core_table_made_anew_tells_the_same(registry: Registry):
    """A full run, or one after a kill, lays a unit's patches together."""
    registry.deliver(0, ONE)
    registry.night(FIRST)
    registry.deliver(1, TWO)
    registry.night(SECOND, ONE, TWO)
    told = registry.sights, registry.holders
    layers = registry.engine.files("core_students")
    registry.deliver(0, ONE, TWO)
    registry.engine.commit("core_students", [], layers)
    registry.night(SECOND, ONE, TWO)
    assert (registry.sights, registry.holders) == told


def test_a_party_that_changes_is_remembered(registry: Registry):
    registry.deliver(0, ONE, TWO)
    registry.night(FIRST, ONE, TWO)
    moved = ONE | {"class_no": "2", "content_hash": 12}
    registry.deliver(1, moved, gone=(ONE,))
    registry.night(SECOND, moved, TWO)
    registry.night(THIRD, moved, TWO)
    assert registry.sights == [(ONE_KEY, FIRST, THIRD, None, SECOND), (TWO_KEY, FIRST, THIRD, None, None)]
    evidence = dict(registry.values(f"select record_key, evidence from {HOLDERS}"))
    assert "kept_up" in evidence[ONE_KEY]


def test_a_record_that_becomes_a_party_by_a_change_is_no_new_one(registry: Registry):
    before = TWO | {"id_number": None, "id_key": None, "content_hash": 21}
    registry.deliver(0, ONE, before)
    registry.night(FIRST)
    registry.deliver(1, TWO, gone=(before,))
    registry.night(SECOND, ONE, TWO)
    assert registry.sights == [(ONE_KEY, SECOND, SECOND, None, None), (TWO_KEY, SECOND, SECOND, None, SECOND)]


def test_what_is_known_of_a_party_that_is_none_any_more_is_kept_for_a_while(registry: Registry):
    registry.deliver(0, ONE, TWO)
    registry.night(FIRST, ONE, TWO)
    registry.night(SECOND)
    assert registry.sights == [(ONE_KEY, FIRST, FIRST, None, None), (TWO_KEY, FIRST, FIRST, None, None)]
    assert registry.holders == []
    registry.night("2027-11-19")
    assert registry.sights == []


def test_a_night_run_again_gives_the_same(registry: Registry):
    registry.deliver(0, ONE)
    registry.night(FIRST)
    registry.deliver(1, TWO)
    registry.night(SECOND, ONE, TWO)
    once = registry.sights, registry.holders
    for _ in range(2):
        update_suggested_holders(registry.engine, SECOND)
        assert (registry.sights, registry.holders) == once


def test_the_cases_are_the_same_whatever_is_suggested(registry: Registry):
    """The ledger is stepped with the suggestions, with contrary ones and without any."""
    registry.deliver(0, ONE, TWO)
    registry.night(FIRST, ONE, TWO)
    assert registry.values(f"select record_key, points, evidence, is_suggested from {HOLDERS} order by 1") == [
        (ONE_KEY, 1, "grade_continuous", True),
        (TWO_KEY, -3, "grade_stale", False),
    ]
    outcomes = []
    contrary = "select * replace (not is_suggested as is_suggested)"
    for query in (f"select * from {HOLDERS}", f"{contrary} from {HOLDERS}", f"select * from {HOLDERS} where false"):
        with registry.engine.session() as connection:
            connection.execute(f"create temp table changed as {query}")
            registry.engine.replace_table(HOLDERS, "select * from changed", connection)
        update_cases(registry.engine, FIRST)
        outcomes.append([registry.values(f"select * from {table} order by all") for table in ("cases", "case_events")])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert len(outcomes[0][0]) == 2


def test_the_ledger_does_not_read_suggestions():
    read = " ".join(query for _, query in step_statements(date(2026, 11, 19), "select 1", "select 1"))
    upstream = {key.path[-1] for keys in cases.asset_deps.values() for key in keys}
    for name in (HOLDERS, SIGHTS, "coincidence_groups", "expected_coincidences"):
        assert name not in read
        assert name not in upstream
