"""Matters of forms, and how any matter is followed: first seen, still there, gone, come again."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matter_sample import NIGHT, A, B, Tables, World, look_at_forms, student

from xueji.assets.records import frame_of
from xueji.assets.verification_matters import update_matters
from xueji.checks import form_matters
from xueji.checks.business import BUSINESS_RULES
from xueji.checks.matter import FOUND_COLUMNS
from xueji.checks.number_batch import REASONS, STAGES
from xueji.checks.rosters import ROSTER_RULES
from xueji.checks.verification_matters import GROUP_TITLES, MATTERS, single_sql, step_sql
from xueji.checks.verification_tables import VERIFICATION_MATTERS

D = date
ROUND = "2026A1"
WINDOW = {
    "unit_code": "44", "campaign": ROUND, "switch": "entry", "region_code": "44", "opens_on": D(2026, 11, 2), "closes_on": D(2026, 11, 27),
}  # fmt: skip


def form(student_no: str, school: str = A, **more: object) -> dict[str, object]:
    return {
        "unit_code": "44", "campaign": ROUND, "county_code": "440106", "school_code": school, "record_key": f"{school}/{student_no}",
        "student_no": student_no, "is_due": "exclusion" not in more, "is_not_here": False,
    } | more  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.put("campaign_windows", [WINDOW, WINDOW | {"switch": "export"}])
    return made


@pytest.fixture(scope="module")
def filled() -> Tables:
    return Tables()


@pytest.fixture
def tables(filled: Tables) -> Tables:
    """The tables as no test has left them: the round's windows, one student, no form."""
    filled.put("campaign_windows", [WINDOW, WINDOW | {"switch": "export"}])
    filled.registry([student("G0")])
    for name in ("core_forms", "form_changes", "form_editions"):
        filled.put(name, [])
    return filled


def only(found: set[tuple[str, str]], *groups: str) -> set[tuple[str, str]]:
    """Of the matters found, those of some groups, without the schools that the sample has no students for."""
    return {(kind, subject) for kind, subject in found if MATTERS[kind].group in groups and kind != "school_empty"}


def test_excluded_students_are_followed_until_they_are_ready(world):
    world.registry([student("G1", name="王小明"), student("G2"), student("G3"), student("G4")])
    world.put(
        "core_forms",
        [
            form("G1", exclusion="not_in_school"), form("G2", exclusion="open_transfer"), form("G3", exclusion="open_business"),
            form("G4"), form("G5", exclusion="not_in_school", campaign="2025A1"),
        ],
    )  # fmt: skip
    assert only(world.matters(D(2026, 11, 3)), "exclusion") == {
        ("excluded_not_in_school", f"{A}/G1"), ("excluded_open_transfer", f"{A}/G2"), ("excluded_open_business", f"{A}/G3"),
    }  # fmt: skip
    assert world.reasons("excluded_not_in_school") == ["非在校生状态：按程序恢复为在校生状态后核对"]
    world.put("core_forms", [form("G1"), form("G2", exclusion="open_transfer"), form("G3"), form("G4")])
    assert only(world.matters(D(2026, 11, 4)), "exclusion") == {("excluded_open_transfer", f"{A}/G2")}
    followed = world.rows(
        """select name, campaign, cast(first_seen as varchar), cast(last_seen as varchar), cast(closed_on as varchar)
        from verification_matters where matter = 'excluded_not_in_school'"""
    )
    assert followed == [("王小明", ROUND, "2026-11-03", "2026-11-03", "2026-11-04")]


def test_a_child_nobody_knows_is_asked_for(tables):
    tables.registry([student("G1"), student("G2")])
    tables.put("core_forms", [form("G1", is_not_here=True), form("G2")])
    assert ("form_not_here", f"{A}/G1") in tables.found(look_at_forms, D(2026, 11, 3))


def change(student_no: str, **more: object) -> dict[str, object]:
    return {
        "unit_code": "44", "campaign": ROUND, "county_code": "440106", "school_code": A, "record_key": f"{A}/{student_no}",
        "form_no": f"F{student_no}", "field": "lxdh", "state": "passed", "registry": "not_shown", "audited_on": D(2026, 11, 5),
    } | more  # fmt: skip


CHANGES = [
    # what differs, found, why
    ({}, True, "passed, and not in the registry delivered since"),
    ({"registry": "shown"}, False, "in the registry"),
    ({"registry": "other"}, False, "something else is in the registry"),
    ({"state": "pending", "registry": None}, False, "not passed yet"),
    ({"audited_on": D(2026, 11, 20)}, False, "the registry was delivered that day"),
    ({"campaign": "2025A1"}, False, "of an earlier round"),
]


@pytest.mark.parametrize(("differs", "found", "why"), CHANGES, ids=[case[-1] for case in CHANGES])
def test_changes_that_the_registry_does_not_show(tables, differs, found, why):
    tables.registry([student("G1")])
    tables.put("core_forms", [form("G1")])
    tables.put("form_changes", [change("G1", **differs)])
    assert (("change_not_shown", f"{A}/G1/lxdh") in tables.found(look_at_forms)) == found


def test_key_data_changed_without_a_form(tables):
    tables.registry([student("G1", name="王小明"), student("G2", name="李雷")])
    editions = [
        {"unit_code": "44", "campaign": ROUND, "record_key": f"{A}/{number}", "form_no": f"F{number}", "xm": name,
         "xbm": "男", "csrq": "2018-03-12", "sfzjlxm": "居民身份证"}
        for number, name in (("G1", "王小名"), ("G2", "李雷"))
    ]  # fmt: skip
    tables.put("form_editions", editions)
    tables.put("core_forms", [form("G1", form_no="FG1"), form("G2", form_no="FG2")])
    found = {
        item: reason for item, reason in tables.found(look_at_forms).items() if item[0] == "key_change_unannounced"
    }
    assert found == {("key_change_unannounced", f"{A}/G1/xm"): "关键数据“姓名”与确认表印制时不同，没有经审核的变更"}


STEPS = ("issued_on", "returned_on", "entered_on", "audited_on")


def forms_at(steps: int, is_uploaded: bool = False, number: str = "G1") -> dict[str, object]:
    day = D(2026, 11, 3)
    return form(number, **dict.fromkeys(STEPS[:steps], day), uploaded_on=day if is_uploaded else None)


UNFINISHED = [
    # night, forms, reason (none: nothing is said), why
    (D(2026, 11, 19), [forms_at(0)], None, "six working days are left"),
    (D(2026, 11, 20), [forms_at(0)], "录入修改窗口2026-11-27关闭，未下发1份，未上传1份", "five are"),
    (D(2026, 11, 20), [forms_at(1)], "录入修改窗口2026-11-27关闭，未回收1份，未上传1份", "not returned"),
    (D(2026, 11, 20), [forms_at(2, True)], "录入修改窗口2026-11-27关闭，未录入1份", "not entered"),
    (D(2026, 11, 20), [forms_at(3, True)], "录入修改窗口2026-11-27关闭，未审核1份", "not audited"),
    (D(2026, 11, 20), [forms_at(4, True)], None, "done"),
    (D(2026, 11, 27), [forms_at(4), forms_at(1, number="G2")], "录入修改窗口2026-11-27关闭，未回收1份，未上传2份", "the last day"),
    (D(2026, 11, 28), [forms_at(3)], "录入修改窗口已于2026-11-27关闭，未审核1份，未上传1份", "too late"),
    (D(2026, 11, 20), [forms_at(0) | {"is_due": False, "exclusion": "open_transfer"}], None, "not due"),
    (D(2026, 11, 20), [forms_at(1) | {"is_not_here": True}], None, "form_not_here tells it"),
]  # fmt: skip


def unfinished(tables: Tables, night: date = NIGHT) -> list[str]:
    found = tables.found(look_at_forms, night)
    return [reason for (kind, _), reason in found.items() if kind == "forms_unfinished"]


@pytest.mark.parametrize(("night", "forms", "reason", "why"), UNFINISHED, ids=[case[-1] for case in UNFINISHED])
def test_schools_that_are_behind_near_the_end(tables, night, forms, reason, why):
    tables.put("core_forms", forms)
    assert unfinished(tables, night) == ([] if reason is None else [reason])


def test_the_narrowest_window_counts(tables):
    tables.put("campaign_windows", [WINDOW, WINDOW | {"region_code": "440106", "closes_on": D(2026, 12, 31)}])
    tables.put("core_forms", [forms_at(0)])
    assert unfinished(tables) == []


def test_kinds_are_told_apart():
    assert {matter.group for matter in MATTERS.values()} == set(GROUP_TITLES)
    assert len({matter.title for matter in MATTERS.values()}) == len(MATTERS)
    assert all(matter.to_do and matter.source for matter in MATTERS.values())
    assert {matter.code for matter in form_matters.MATTERS} <= set(MATTERS)


def test_the_document_tells_every_kind_rule_and_reason():
    text = (Path(__file__).parents[2] / "docs/verification/matters.md").read_text(encoding="utf-8")
    for code in (*MATTERS, *BUSINESS_RULES, *ROSTER_RULES, *STAGES, *REASONS):
        assert f"`{code}`" in text, code


def table(world: World) -> list[tuple[object, ...]]:
    return world.rows("select * from verification_matters order by all")


def test_a_night_run_again_changes_nothing(world):
    world.put("core_forms", [form("G0", exclusion="open_transfer")])
    update_matters(world.engine, "2026-11-03")
    world.put("core_forms", [form("G0", exclusion="open_business")])
    update_matters(world.engine, "2026-11-04")
    after = table(world)
    files = [file.path.read_bytes() for file in world.engine.files("verification_matters")]
    update_matters(world.engine, "2026-11-04")
    assert table(world) == after
    assert [file.path.read_bytes() for file in world.engine.files("verification_matters")] == files
    world.put("core_forms", [form("G0")])
    update_matters(world.engine, "2026-11-04")
    closed = world.rows("select matter, cast(last_seen as varchar), cast(closed_on as varchar) from verification_matters where campaign is not null")  # fmt: skip
    assert closed == [("excluded_open_transfer", "2026-11-03", "2026-11-04")], "as if it had been so from the first"


def test_matters_close_when_their_source_has_gone(world):
    world.put("campaign_windows", [])
    world.put("business", [{
        "unit_code": "51", "business_no": "YW1", "kind": "dropout", "state": "open", "student_no": "G9", "school_code": B,
        "applied_on": D(2026, 11, 2),
    }])  # fmt: skip
    assert world.matters(D(2026, 11, 3)) == {("dropout_no_control", "YW1")}
    world.put("business", [])
    assert world.matters(D(2026, 11, 4)) == set()
    assert world.rows("select cast(closed_on as varchar) from verification_matters") == [("2026-11-04",)]
    version = world.engine.version("verification_matters")
    assert world.matters(D(2026, 11, 5)) == set()
    assert world.engine.version("verification_matters") == version, "nothing is open and nothing can come"


def followed(history: list[frozenset[str]]) -> dict[tuple[str, date], tuple[date, date | None]]:
    """A second opinion: subject and first night → last night seen, night closed."""
    rows: dict[tuple[str, date], tuple[date, date | None]] = {}
    current: dict[str, date] = {}
    for place, found in enumerate(history):
        night = D(2026, 11, 2) + timedelta(days=place)
        for subject in sorted(set(current) - found):
            first = current.pop(subject)
            rows[subject, first] = (rows[subject, first][0], night)
        for subject in found:
            first = current.setdefault(subject, night)
            rows[subject, first] = (night, None)
    return rows


def found_frame(subjects: frozenset[str]) -> pl.DataFrame:
    rows: list[Mapping[str, object]] = [
        {"unit_code": "44", "matter": "form_not_here", "subject": subject, "reason": subject} for subject in subjects
    ]
    return frame_of("verification_matters", [*rows, *rows[:1]]).select(list(FOUND_COLUMNS))


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect(":memory:", config={"threads": 1})
    yield made
    made.close()


@settings(deadline=None, max_examples=30)
@given(history=st.lists(st.frozensets(st.sampled_from("abc")), max_size=6))
def test_every_history_is_followed(connection, history):
    connection.execute(f"create or replace table matters as {VERIFICATION_MATTERS.empty_sql}")
    for place, subjects in enumerate(history):
        connection.register("given", found_frame(subjects).to_arrow())
        connection.execute(f"create or replace table single as {single_sql('given')}")
        night = D(2026, 11, 2) + timedelta(days=place)
        connection.execute(f"create or replace table matters as {step_sql('select * from matters', 'single', night)}")
    rows = connection.execute("select subject, first_seen, last_seen, closed_on from matters").fetchall()
    assert len(rows) == len(followed(history))
    assert {(subject, first): (last, closed) for subject, first, last, closed in rows} == followed(history)
