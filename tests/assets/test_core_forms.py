"""Where forms stand: the fold over the ledger against a second opinion, changes against the registry, and what is worked out again."""

import random
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from ledger_machine import Form, Said
from ledger_sample import CAMPAIGN, CITY_RUN, COUNTY_RUN, PROVINCE_RUN, UNIT, Ledger, Student, back, day, row

from xueji.assets.records import create_from, schema_of
from xueji.checks.form_states import right_first_time_sql, unannounced_sql

NIGHTS = ("2026-11-09", "2026-11-12", "2026-11-16")
FIRST = date(2026, 11, 5)
UPLOADED = "2026-11-10"
NAMES = ("王晓明", "王小民")
ADDRESSES = ("新址2号", "新址3号")
NUMBER = "11010519491231002X"
OFFICE = {"部门审核": "440106", "学校审核": COUNTY_RUN}


def random_row(dice: random.Random, last: date) -> Said:
    """Something that may be said of a form on a day up to `last`."""
    on = FIRST + timedelta(days=dice.randint(0, (last - FIRST).days))
    step = dice.choices(("下发", "回收", "录入", "学校审核", "部门审核", "归档"), (1, 2, 6, 5, 5, 2))[0]
    person = dice.choice("甲乙")
    if step == "回收":
        return Said(step, on, person, verdict=dice.choice((None, "已签字", "已签字", "查无此人")))
    if step == "录入":
        item, new = dice.choice((
            (None, None), ("xm", dice.choice(NAMES)), ("xzz", dice.choice(ADDRESSES)), ("sfzjh", None), ("sfzjh", NUMBER),
        ))  # fmt: skip
        return Said(step, on, person, item, new)
    if step in OFFICE:
        items = ("xm", "sfzjh", "xzz") if step == "部门审核" else (None, None, "xzz", "sfzjh", "xm")
        return Said(step, on, person, dice.choice(items), verdict=dice.choice(("通过", "通过", "不通过")))
    return Said(step, on, person)


def random_history(dice: random.Random) -> list[list[Said]]:
    """What is delivered of a form each night; most begin as they should."""
    history = [[random_row(dice, date.fromisoformat(night)) for _ in range(dice.randint(0, 7))] for night in NIGHTS]
    if dice.random() < 0.9:
        history[0][:0] = [
            Said("下发", FIRST, "甲"),
            Said("回收", FIRST + timedelta(days=dice.randint(0, 3)), "甲", verdict="已签字"),
        ]
    return history


def as_delivered(student: Student, said: Said) -> dict[str, str]:
    printed = {"xm": "王小明", "xzz": "旧址1号", "sfzjh": "440106201503120036"}
    cells = {"person": said.person, "verdict": said.verdict or "", "item": said.item or "", "new": said.new or ""}
    if said.step == "录入" and said.item:
        cells |= {"old": printed[said.item], "evidence": "在校证明" if said.new is None else "户口簿"}
    if said.step in OFFICE:
        cells["office"] = OFFICE[said.step]
    return row(student, said.step, said.day.isoformat(), **cells)


def test_agrees_with_a_second_opinion_night_by_night_and_at_once(tmp_path):
    dice = random.Random(random.getrandbits(32))  # another one in every run; told by the seed that pytest prints
    students = [Student(place) for place in range(1, 101)]
    histories = [random_history(dice) for _ in students]
    forms = [Form(photo=day(UPLOADED) if dice.random() < 0.8 else None) for _ in students]
    ledger, at_once = (Ledger(tmp_path / name) for name in ("nights", "at-once"))
    for each in (ledger, at_once):
        each.prepare(students)
        each.photos([student for student, form in zip(students, forms, strict=True) if form.photo], UPLOADED)
    counts: list[dict[str, int]] = []
    for place, night in enumerate(NIGHTS):
        rows = [(who, said) for who, history in enumerate(histories) for said in history[place]]
        dice.shuffle(rows)
        photo_known = [form.photo for form in forms]
        for form in forms:
            form.photo = form.photo if night >= UPLOADED else None
        accepted = {who: iter(form.deliver([said for of, said in rows if of == who])) for who, form in enumerate(forms)}
        expected = [next(accepted[who]) for who, _ in rows]
        for form, known in zip(forms, photo_known, strict=True):
            form.photo = known
        for each in (ledger, at_once):
            each.deliver(night, [as_delivered(students[who], said) for who, said in rows])
        count = ledger.take(night)
        taken = {event["row"] - 2 for event in ledger.rows("form_events") if str(event["date"]) == night}
        wrong = [(rows[at], expected[at]) for at in range(len(rows)) if (at in taken) != expected[at]]
        assert not wrong
        assert count == sum(expected)
        assert len(ledger.refused(night)) == len(rows) - sum(expected)
        ledger.update(night)
        stand = {str(each["record_key"]): each for each in ledger.rows("core_forms")}
        for student, form in zip(students, forms, strict=True):
            found = stand[student.record_key]
            assert {name: found[name] for name in form.row()} == form.row()
        counts.append(steps_done(list(stand.values())))
    at_once.take(NIGHTS[-1])
    at_once.update(NIGHTS[-1])
    for table in ("form_events", "core_forms", "form_changes"):
        assert at_once.rows(table) == ledger.rows(table)
    for done in counts:
        assert (
            done["issued_on"] >= done["returned_on"] >= done["entered_on"] >= done["audited_on"] >= done["archived_on"]
        )
    for earlier, later in pairwise(counts):
        assert all(later[step] >= earlier[step] for step in later if step != "audited_on")


def steps_done(rows: list[dict[str, object]]) -> dict[str, int]:
    steps = ("issued_on", "returned_on", "entered_on", "audited_on", "archived_on")
    return {step: sum(each[step] is not None for each in rows) for step in steps}


def named(student: Student, new: str = "王晓明", verdict: str = "通过", office: str = "440106") -> list[dict[str, str]]:
    """A form back with another name, and the office's word on it."""
    return [
        *back(student), row(student, "录入", "2026-11-07", item="姓名", old="王小明", new=new, evidence="户口簿"),
        row(student, "部门审核", "2026-11-08", item="姓名", office=office, verdict=verdict),
    ]  # fmt: skip


def forms(ledger: Ledger) -> dict[str, dict[str, object]]:
    return {str(each["record_key"]): each for each in ledger.rows("core_forms")}


def test_a_student_excluded_later_keeps_what_the_form_had(tmp_path):
    ledger, away, gone, new = Ledger(tmp_path), Student(1), Student(2), Student(3)
    ledger.prepare([away, gone])
    ledger.deliver("2026-11-10", [*back(away), *back(gone)])
    ledger.take("2026-11-10")
    ledger.update("2026-11-10")
    ledger.students([away, new], out_of_school=[away])
    assert ledger.update("2026-11-11") == 3
    found = forms(ledger)
    assert (found[away.record_key]["is_due"], found[away.record_key]["exclusion"]) == (False, "not_in_school")
    assert (found[gone.record_key]["is_due"], found[gone.record_key]["exclusion"]) == (False, None)
    assert found[away.record_key]["returned_on"] == found[gone.record_key]["returned_on"] == day("2026-11-06")
    assert (found[new.record_key]["is_due"], found[new.record_key]["form_no"]) == (True, None)
    assert found[gone.record_key]["city_code"] == "440100"


def test_a_new_edition_begins_anew(tmp_path):
    ledger, student = Ledger(tmp_path), Student()
    ledger.prepare([student])
    ledger.deliver("2026-11-10", back(student))
    ledger.take("2026-11-10")
    ledger.editions([ledger.edition(student), ledger.edition(student, 2, "2026-11-11")])
    ledger.update("2026-11-11")
    found = forms(ledger)[student.record_key]
    assert (found["edition"], found["form_no"], found["issued_on"]) == (2, student.form(2), None)


def test_a_unit_is_worked_out_again_only_when_something_changed(tmp_path):
    ledger, student = Ledger(tmp_path), Student()
    assert ledger.update("2026-11-10") == 0
    ledger.prepare([student])
    assert ledger.update("2026-11-10") == 1
    version = ledger.engine.version("core_forms")
    assert ledger.update("2026-11-11") == 0
    assert ledger.engine.version("core_forms") == version
    ledger.deliver("2026-11-12", back(student))
    ledger.take("2026-11-12")
    assert ledger.update("2026-11-12") == 1
    assert ledger.update("2026-11-12") == 0
    ledger.photos([student])
    assert ledger.update("2026-11-12") == 1


def test_rows_of_an_earlier_campaign_stay_as_they_were(tmp_path):
    ledger, student = Ledger(tmp_path), Student()
    ledger.prepare([student])
    ledger.deliver("2026-11-10", back(student))
    ledger.take("2026-11-10")
    ledger.update("2026-11-10")
    before = ledger.rows("core_forms")
    spans = [(CAMPAIGN, "2026-11-05", "2026-12-31"), ("2027S1", "2027-03-01", "2027-06-30")]
    ledger.fill("campaign_windows", [
        {"unit_code": UNIT, "campaign": campaign, "switch": "entry", "region_code": UNIT, "opens_on": day(first), "closes_on": day(last)}
        for campaign, first, last in spans
    ])  # fmt: skip
    ledger.update("2027-02-28")
    assert ledger.rows("core_forms") == before
    ledger.update("2027-03-01")
    assert [each for each in ledger.rows("core_forms") if each["campaign"] == CAMPAIGN] == before
    assert [each["printed_on"] for each in ledger.rows("core_forms") if each["campaign"] == "2027S1"] == [None]


REGISTRY = [
    # name in the registry, what was decided, what the change says of the registry
    ("王晓明", "通过", "shown"),
    ("王小明", "通过", "not_shown"),
    (" 王晓明 ", "通过", "shown"),
    ("王大明", "通过", "other"),
    ("王晓明", "不通过", None),
]


@pytest.fixture(scope="module")
def registry_words(tmp_path_factory) -> list[list[tuple[object, object]]]:
    """Field and what is said of the registry for the changes of each case, each of a student of its own."""
    ledger = Ledger(tmp_path_factory.mktemp("registry"))
    cases = [(Student(place), name, verdict) for place, (name, verdict, _) in enumerate(REGISTRY, start=1)]
    ledger.prepare([student for student, *_ in cases])
    raw(ledger, [{"xxbsm": student.school, "xjh": student.student_no, "xm": name} for student, name, _ in cases])
    ledger.deliver("2026-11-10", [each for student, _, verdict in cases for each in named(student, verdict=verdict)])
    ledger.take("2026-11-10")
    ledger.update("2026-11-10")
    changes = ledger.rows("form_changes")
    assert len(changes) == len(cases)
    return [
        [(each["field"], each["registry"]) for each in changes if each["record_key"] == student.record_key]
        for student, *_ in cases
    ]


@pytest.mark.parametrize("place", range(len(REGISTRY)), ids=["-".join(map(str, case)) for case in REGISTRY])
def test_passed_changes_are_looked_for_in_the_registry(registry_words, place):
    *_, registry = REGISTRY[place]
    assert registry_words[place] == [("xm", registry)]


def raw(ledger: Ledger, rows: list[dict[str, str]]) -> None:
    """Students as delivered."""
    whole = [{"unit_code": UNIT, "delivery_date": "2026-11-01", "file": "students.csv", **each} for each in rows]
    schema = schema_of("raw_students", dates_as_text=True)
    frame = pl.DataFrame([{column: each.get(column) for column in schema} for each in whole], schema=schema)
    with ledger.engine.connection() as connection:
        create_from(connection, "given", frame)
        ledger.engine.replace_table("raw_students", "select * from given", connection)


def test_the_audit_level_is_that_of_the_school(tmp_path):
    ledger, students = Ledger(tmp_path), [Student(1, COUNTY_RUN), Student(2, CITY_RUN), Student(3, PROVINCE_RUN)]
    ledger.prepare(students)
    offices = ("440106", "440100", "44")
    rows = [each for student, office in zip(students, offices, strict=True) for each in named(student, office=office)]
    rows += [row(students[0], "录入", "2026-11-07", item="现住址", old="旧址1号", new="新址2号")]
    ledger.deliver("2026-11-10", rows)
    assert ledger.take("2026-11-10") == len(rows)
    ledger.update("2026-11-10")
    found = [
        (each["audit_level"], each["office_code"], each["state"]) for each in ledger.rows("form_changes", "audit_level")
    ]
    assert found == [
        ("city", "440100", "passed"), ("county", "440106", "passed"), ("province", "44", "passed"), ("school", COUNTY_RUN, "pending"),
    ]  # fmt: skip


def test_first_time_right_per_office(tmp_path):
    ledger, students = Ledger(tmp_path), [Student(place) for place in (1, 2, 3)]
    ledger.prepare(students)
    again = [
        row(students[1], "录入", "2026-11-09", item="姓名", old="王小明", new="王小民", evidence="户口簿"),
        row(students[1], "部门审核", "2026-11-10", item="姓名", office="440106", verdict="通过"),
    ]  # fmt: skip
    ledger.deliver("2026-11-12", [*named(students[0]), *named(students[1], verdict="不通过"), *again, *back(students[2]),
                                  row(students[2], "录入", "2026-11-07")])  # fmt: skip
    ledger.take("2026-11-12")
    ledger.update("2026-11-12")
    with ledger.engine.session() as connection:
        rows = sorted(connection.execute(right_first_time_sql()).fetchall())
    assert rows == [(UNIT, CAMPAIGN, COUNTY_RUN, 3, 2), (UNIT, CAMPAIGN, "440106", 2, 1)]


def test_key_data_changed_behind_the_forms_back_are_found(tmp_path):
    told, untold, same = Student(1), Student(2), Student(3)
    ledger = Ledger(tmp_path)
    ledger.prepare([told, untold, same])
    ledger.editions([
        ledger.edition(told, xm="王晓明"), ledger.edition(untold, csrq="2015-03-13", mzm="回族"), ledger.edition(same, xzz="别处"),
    ])  # fmt: skip
    ledger.deliver("2026-11-10", [
        *back(told), row(told, "录入", "2026-11-07", item="姓名", old="王晓明", new="王小明", evidence="户口簿"),
        row(told, "部门审核", "2026-11-08", item="姓名", office="440106", verdict="通过"),
    ])  # fmt: skip
    ledger.take("2026-11-10")
    ledger.update("2026-11-10")
    with ledger.engine.session() as connection:
        found = connection.sql(unannounced_sql()).pl().to_dicts()
    assert [(each["record_key"], each["field"]) for each in found] == [(untold.record_key, "csrq")]
