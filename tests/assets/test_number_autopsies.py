"""Autopsies of a small nation's broken numbers, and what its lists then suggest."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.case_suggestions import create_case_suggestions
from xueji.assets.engine import Engine
from xueji.assets.number_autopsies import BATCH, update_number_autopsies
from xueji.assets.records import frame_of
from xueji.checks import id_not_found

RIGHT, OTHER = "440106201503120036", "440106201503120335"  # invented
KEYS = {number: int(number[:17]) for number in (RIGHT, OTHER)}
STUDENTS = [
    # record, number, name, name folded where it differs, what found it, why
    (1, "440106201508120036", "王小明", None, "id_checksum", "one digit"),
    (2, "44O106201503120036", "王小明", None, "id_format", "a letter"),
    (3, "440106201503120035", "李雷", None, "id_checksum", "two repairs"),
    (4, "440106201508120036", "韩梅梅", None, "id_checksum", "under no such name"),
    (5, "440106201508120036", "王 小明", "王小明", "id_checksum", "folded"),
    (6, "440106201508120036", None, None, "id_checksum", "no name"),
    (7, RIGHT, "王小明", None, "id_not_found", "a right number"),
]


def fill(engine: Engine, register: Iterable[tuple[str, str]] | None) -> None:
    """Core students, their findings and cases, and the register, as the steps before leave them."""
    students, findings, found, cases = [], [], [], []
    for record, number, name, folded, rule, _ in STUDENTS:
        shared = {"unit_code": "44", "school_code": "S", "student_no": f"L{record}", "name": name, "id_number": number}
        is_broken = rule != "id_not_found"
        students.append(shared | {
            "content_hash": record, "folded_name": folded, "id_type": "1", "sex_code": "1", "patch_no": 0, "is_withdrawn": False,
            "id_key": None if is_broken else KEYS[number],
        })  # fmt: skip
        kind = "ERR_ID" if is_broken else "ERR_NOTFOUND"
        finding = shared | {"rule_id": rule, "record_key": f"S/L{record}", "problem_type": kind, "severity": "error"}
        findings.append(finding | {"content_hash": record})
        found.append(finding)
        cases.append(shared | {"case_no": f"C{record}", "record_key": f"S/L{record}", "problem_type": kind})
    tables = {"core_students": students, "findings_row_rules": findings, "findings": found, "cases": cases}
    if register is not None:
        tables["core_population"] = [
            {"file": "a.csv", "id_key": KEYS[number], "name": name} for number, name in register
        ]
    with engine.connection() as connection:
        for name, rows in tables.items():
            connection.register("given", frame_of(name, rows).to_arrow())
            engine.replace_table(name, "select * from given", connection)


REGISTER = [(RIGHT, "王小明"), (RIGHT, "李雷"), (OTHER, "李雷")]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(home=str(tmp_path / "home"), threads=2)


def made(engine: Engine) -> pl.DataFrame:
    with engine.session() as connection:
        return connection.sql("select * from number_autopsies order by record_key").pl()


def test_every_broken_number_has_an_autopsy_and_some_a_repair(engine: Engine) -> None:
    fill(engine, REGISTER)
    assert update_number_autopsies(engine) == 6
    rows = made(engine)
    assert rows["record_key"].to_list() == [f"S/L{record}" for record in range(1, 7)]
    assert rows["repairs"].to_list() == [1, 1, 2, 0, 1, 0]
    assert rows["slip"].to_list() == ["digit", "letter", None, None, "digit", None]
    assert rows["repaired_number"].drop_nulls().unique().to_list() == [RIGHT]
    assert rows["repaired_key"].drop_nulls().unique().to_list() == [KEYS[RIGHT]]


def test_without_a_register_the_component_is_still_told(engine: Engine) -> None:
    fill(engine, None)
    assert update_number_autopsies(engine) == 6
    assert made(engine)["repairs"].to_list() == [0] * 6
    assert made(engine)["component"].to_list()[:2] == ["check", "characters"]


def test_batches_come_to_the_same(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(engine, REGISTER)
    update_number_autopsies(engine)
    whole = made(engine)
    monkeypatch.setattr("xueji.assets.number_autopsies.BATCH", 2)
    update_number_autopsies(Engine(home=engine.home, threads=1, afresh=True))
    assert made(engine).equals(whole) and BATCH > 2


def test_is_made_again_only_when_findings_or_register_changed(engine: Engine) -> None:
    fill(engine, REGISTER)
    update_number_autopsies(engine)
    version = engine.version("number_autopsies")
    assert update_number_autopsies(engine) == 6
    assert engine.version("number_autopsies") == version
    fill(engine, [])
    update_number_autopsies(engine)
    assert made(engine)["repairs"].sum() == 0


def suggestions(engine: Engine) -> dict[str, str]:
    with engine.session() as connection:
        create_case_suggestions(connection)
        return dict(connection.execute("select case_no, suggestion from case_suggestions").fetchall())


def test_lists_suggest_the_repair_masked_and_say_when_there_are_several(engine: Engine) -> None:
    fill(engine, REGISTER)
    update_number_autopsies(engine)
    told = suggestions(engine)
    assert set(told) == {f"C{record}" for record in range(1, 7)}
    assert "440106***********6" in told["C1"] and "第12位" in told["C1"]
    assert "2个可能的号码" in told["C3"] and "登记" not in told["C4"]
    assert not any(number in text or "20150312" in text for text in told.values() for number in (RIGHT, OTHER))


def test_nothing_is_suggested_about_a_number_that_the_case_no_longer_has(engine: Engine) -> None:
    fill(engine, REGISTER)
    update_number_autopsies(engine)
    with engine.session() as connection:
        query = "select * replace (case when case_no = 'C1' then '1' else id_number end as id_number) from cases"
        engine.replace_table("cases", query, connection)
    assert set(suggestions(engine)) == {f"C{record}" for record in range(2, 7)}


def test_a_rules_own_suggestion_stands_beside_its_finding(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = replace(id_not_found.RULE, suggestions={"": "请核对号码"})
    monkeypatch.setattr("xueji.assets.case_suggestions.RULES", (rule,))
    fill(engine, REGISTER)
    update_number_autopsies(engine)
    assert suggestions(engine)["C7"] == "请核对号码"
