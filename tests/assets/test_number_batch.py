"""Students without a formal number: a table of cases, each decided by eye, and the batch written night by night."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from matter_sample import A, Tables, World, student

from xueji.assets.number_batch import update_number_batch
from xueji.checks.number_batch import REASONS, STAGES, batch_statements
from xueji.checks.verification_scope import EXCLUSIONS

D = date
DAY = D(2026, 11, 5)
NIGHT = "2026-11-20"
ROUND = "2026A1"
NUMBER = "440106201503120036"
KEY = int(NUMBER[:17])
BACK = {"form_no": "F1", "issued_on": DAY, "returned_on": DAY, "entered_on": DAY, "audited_on": DAY, "uploaded_on": DAY}
Values = Mapping[str, object]


def form(**more: object) -> dict[str, object]:
    return {
        "unit_code": "44", "campaign": ROUND, "county_code": "440106", "school_code": A, "record_key": f"{A}/L1", "is_due": True,
        "is_not_here": False,
    } | BACK | more  # fmt: skip


def statement(evidence: str) -> dict[str, object]:
    """An entry of the item without a new value."""
    return {"table": "form_events", "date": DAY, "step": "录入", "field": "sfzjh", "evidence": evidence}


def change(**more: object) -> dict[str, object]:
    given = {"field": "sfzjh", "new_value": NUMBER, "evidence": "居民身份证", "state": "passed"}
    return {"table": "form_changes"} | given | more


def finding(rule: str, severity: str = "error") -> dict[str, object]:
    return {"table": "findings", "rule_id": rule, "severity": severity}


HAS_NUMBER: Values = {"id_number": NUMBER}
HELD = [KEY]  # numbers in the register
CASES = [
    # record, form, what was said and found, register, stage, class, reason (none: eligible), why
    (HAS_NUMBER, {}, [change()], HELD, "number_entered", "G", None, "the number was entered, and is in the register"),
    (HAS_NUMBER, {}, [], HELD, "number_entered", "G", None, "the registry had the number before"),
    (HAS_NUMBER, {}, [change(evidence="户口簿")], [], "number_entered", "G", "not_in_register", "the register has it not"),
    (HAS_NUMBER, {}, [finding("id_not_found")], HELD, "number_entered", "G", "not_in_register", "its owner says no"),
    (HAS_NUMBER, {}, [finding("id_name_mismatch")], HELD, "number_entered", "G", "name_mismatch", "under another name"),
    (HAS_NUMBER, {}, [finding("name_not_comparable", "note")], HELD, "number_entered", "G", "name_mismatch", "a name that cannot be compared"),
    (HAS_NUMBER, {}, [finding("name_variant", "note")], HELD, "number_entered", "G", None, "a name written otherwise"),
    (HAS_NUMBER, {}, [finding("id_region", "note")], HELD, "number_entered", "G", None, "a retired division"),
    (HAS_NUMBER, {}, [finding("duplicate_id")], HELD, "number_entered", "G", "duplicate", "another record has the number"),
    ({"id_number": NUMBER[:-1] + "7", "id_key": None}, {}, [finding("id_checksum")], HELD, "number_entered", "G", "number_wrong", "a wrong number"),
    ({}, {}, [change()], HELD, "number_entered", "G", "number_not_shown", "the registry does not show it yet"),
    ({}, {}, [change(state="pending")], HELD, "nothing", None, "no_certificate", "not passed yet"),
    (HAS_NUMBER, {}, [change(evidence="户籍部门回执")], HELD, "receipt_entered", "G", None, "the number of a receipt, in the register by now"),
    (HAS_NUMBER, {}, [change(evidence="户籍部门回执")], [], "receipt_entered", "G", "receipt_unverified", "the number of a receipt, not yet there"),
    ({}, {}, [statement("户籍部门回执")], [], "receipt_entered", None, "receipt_unverified", "a receipt without number"),
    ({}, {}, [statement("户籍部门回执、在校证明")], [], "receipt_entered", "J", None, "a receipt, and a certificate beside it"),
    ({}, {}, [statement("在校证明")], [], "certificate", "J", None, "a certificate"),
    ({"id_type": "A", "id_number": "E12345678"}, {}, [statement("在校证明")], [], "certificate", "J", None, "a passport"),
    ({}, {}, [statement("在校证明"), finding("duplicate_name_sex_birth")], [], "certificate", "J", "duplicate", "perhaps recorded twice"),
    ({}, {}, [statement("在校证明"), finding("duplicate_name_sex_birth", "note")], [], "certificate", "J", None, "a namesake in another unit"),
    ({}, {}, [statement("不是在校证明的材料")], [], "nothing", None, "no_certificate", "another paper"),
    ({}, {}, [], [], "nothing", None, "no_certificate", "nothing came with the form"),
    ({}, {"returned_on": None, "audited_on": None, "uploaded_on": None}, [], [], "to_ask", None, "form_not_back", "not asked yet"),
    (HAS_NUMBER, {"returned_on": None}, [], HELD, "number_entered", "G", "form_not_back", "a number, but no form"),
    ({}, {"audited_on": None}, [statement("在校证明")], [], "certificate", "J", "not_audited", "not audited"),
    ({}, {"uploaded_on": None}, [statement("在校证明")], [], "certificate", "J", "photo_missing", "no photo"),
    ({}, {"is_not_here": True, "returned_on": None}, [], [], "to_ask", None, "not_here", "nobody knows the child"),
    ({}, {"exclusion": "not_in_school", "is_due": False}, [statement("在校证明")], [], "certificate", "J", "not_in_school", "not in school"),
    ({}, {"exclusion": "open_transfer", "is_due": False}, [statement("在校证明")], [], "certificate", "J", "open_business", "on the way to another school"),
    ({"school_code": "2144000077"}, {"school_code": "2144000077", "record_key": "2144000077/L1"}, [statement("在校证明")], [], "certificate", "J", "school_unknown", "a school that nobody knows"),
    ({"student_no": "G1"}, {"record_key": f"{A}/G1"}, [], [], "nothing", None, "formal_number", "a formal number, and no number of the child"),
    ({"student_no": "J1"}, {"record_key": f"{A}/J1"}, [], [], "nothing", None, "formal_number", "a J number, and nothing new"),
    ({"student_no": "J1"}, {"record_key": f"{A}/J1"}, [change()], HELD, "number_entered", "G", "number_not_shown", "a J number, and a number now"),
]  # fmt: skip
BEYOND = [
    (HAS_NUMBER | {"student_no": "G1"}, {"record_key": f"{A}/G1"}, "a formal number and a number"),
    (HAS_NUMBER | {"student_no": "J1"}, {"record_key": f"{A}/J1"}, "a J number and a number"),
    ({}, {"campaign": "2025A1"}, "of an earlier round"),
]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


def fill(world: World | Tables, record: Values, of_form: Values, said: list[Values], register: list[int]) -> None:
    """Fill the tables with one student."""
    window = {
        "unit_code": "44",
        "campaign": ROUND,
        "region_code": "44",
        "opens_on": D(2026, 11, 2),
        "closes_on": D(2026, 12, 31),
    }
    world.put("campaign_windows", [window | {"switch": switch} for switch in ("export", "entry")])
    world.registry([student(**{"student_no": "L1", "school": A} | _renamed(record))])
    given = form(**of_form)
    world.put("core_forms", [given])
    shared = {"unit_code": "44", "campaign": ROUND, "record_key": given["record_key"], "form_no": "F1"}
    for table in ("form_events", "form_changes", "findings"):
        rows = [{k: v for k, v in row.items() if k != "table"} for row in said if row["table"] == table]
        keys = {"unit_code": "44", "record_key": given["record_key"]} if table == "findings" else shared
        world.put(table, [keys | row for row in rows])
    world.put("core_population", [{"file": "a.csv", "id_key": key, "name": "某"} for key in register])


def batch(tables: Tables, columns: str = "*") -> list[tuple[object, ...]]:
    """The batch of the night."""
    with tables.undone() as connection:
        for name, query in batch_statements(date.fromisoformat(NIGHT)):
            connection.execute(f"create temp table {name} as {query}")
        return connection.execute(f"select {columns} from batch").fetchall()


def _renamed(record: Values) -> dict[str, object]:
    return {"school" if name == "school_code" else name: value for name, value in record.items()}


@pytest.mark.parametrize(
    ("record", "of_form", "said", "register", "stage", "number_class", "reason", "why"),
    CASES,
    ids=[c[-1] for c in CASES],
)
def test_who_may_get_a_number(tables, record, of_form, said, register, stage, number_class, reason, why):
    fill(tables, record, of_form, said, register)
    assert batch(tables, "stage, number_class, reason, is_eligible") == [(stage, number_class, reason, reason is None)]


@pytest.mark.parametrize(("record", "of_form", "why"), BEYOND, ids=[case[-1] for case in BEYOND])
def test_others_are_not_asked(tables, record, of_form, why):
    fill(tables, record, of_form, [], HELD)
    assert batch(tables) == []


def test_every_stage_and_reason_has_a_case():
    assert {case[4] for case in CASES} == set(STAGES)
    assert {case[6] for case in CASES} - {None} == set(REASONS)
    assert set(EXCLUSIONS) == {"not_in_school", "open_transfer", "open_business"}


def test_the_answer_of_the_registers_owner_stands_for_the_register(tables):
    answers = [
        {"answered_on": DAY, "id_key": KEY, "name_folded": "生L1", "answer": "一致"},
        {"answered_on": DAY, "id_key": KEY, "name_folded": "另一人", "answer": "不存在"},
    ]
    fill(tables, HAS_NUMBER, {}, [], [])
    tables.put("identity_answers", answers)
    assert batch(tables, "is_eligible") == [(True,)]
    tables.put("identity_answers", [answers[1]])
    assert batch(tables, "reason") == [("not_in_register",)]
    tables.put("identity_answers", [])


def test_earlier_rounds_stay_and_a_night_run_again_changes_nothing(tmp_path: Path):
    world = World(tmp_path)
    fill(world, {}, {}, [statement("在校证明")], [])
    update_number_batch(world.engine, NIGHT)
    version = world.engine.version("number_batch")
    assert update_number_batch(world.engine, NIGHT) == 0, "nothing has changed"
    assert world.engine.version("number_batch") == version
    window = {
        "unit_code": "44",
        "region_code": "44",
        "campaign": "2027S1",
        "opens_on": D(2027, 3, 1),
        "closes_on": D(2027, 4, 1),
    }
    world.put("campaign_windows", [window | {"switch": switch} for switch in ("export", "entry")])
    world.put("core_forms", [form(), form(campaign="2027S1", returned_on=None)])
    update_number_batch(world.engine, "2027-03-01")
    query = "select campaign, stage, is_eligible from number_batch order by campaign"
    assert world.rows(query) == [(ROUND, "certificate", True), ("2027S1", "to_ask", False)]


def test_without_forms_there_is_no_batch(tmp_path: Path):
    world = World(tmp_path)
    assert update_number_batch(world.engine, NIGHT) == 0
    assert world.engine.version("number_batch") is None
