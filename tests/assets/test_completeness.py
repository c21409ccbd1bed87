"""No child, no school left out: tables of cases for schools, grades and children in class."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from matter_sample import FAR, SCHOOLS, A, B, C, Tables, World, student

from xueji.assets.verification_matters import find_standing
from xueji.checks import attendance, completeness

NUMBER = "440106201503120036"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


def reset(world: World | Tables, students=(), approved=(), roster=(), business=()) -> None:
    world.put("verification_matters", [])
    world.registry(students)
    world.put("approved_schools", approved)
    world.put("attending_students", roster)
    world.put("business", business)


def approval(school_code: str | None, name: str, place: str = "440106001000", unit: str = "44") -> dict[str, object]:
    return {"unit_code": unit, "school_code": school_code, "school_name": name, "place_code": place}


ALL = [approval(school["school_code"], school["school_name"], school["county_code"]) for school in SCHOOLS]  # fmt: skip
APPROVALS = [
    # approvals, schools absent, schools not approved, why
    (ALL, set(), set(), "as it should be"),
    ([*ALL, approval("2144000009", "第九小学")], {"2144000009"}, set(), "a code that the system has not"),
    ([*ALL, approval(None, "第九小学")], {"440106|第九小学"}, set(), "no code, no such name"),
    ([approval(None, "第 一小学"), *ALL[1:]], set(), set(), "by name, but for a blank"),
    ([approval(None, "第一小学", "440103"), *ALL[1:]], {"440103|第一小学"}, {A}, "the name in another county"),
    ([approval("2144000009", "第一小学"), *ALL[1:]], set(), set(), "another code, but name and county"),
    (ALL[1:], set(), {A}, "one that nobody approved"),
    ([{**row, "unit_code": "00"} for row in ALL[1:]], set(), {A}, "the ministry's list"),
    ([approval(None, "第九小学", unit="00"), approval(None, "第九小学"), *ALL], {"440106|第九小学"}, set(), "approved twice"),
    ([approval(FAR, "远方小学", "510104", "51")], set(), set(), "a list of another unit says nothing of this one"),
]  # fmt: skip


@pytest.mark.parametrize(("approved", "absent", "strange", "why"), APPROVALS, ids=[case[-1] for case in APPROVALS])
def test_schools_approved_and_in_the_system(tables, approved, absent, strange, why):
    reset(tables, [student("G1", A)], approved)
    found = tables.found(find_standing)
    assert {subject for kind, subject in found if kind == "school_absent"} == absent
    assert {subject for kind, subject in found if kind == "school_unapproved"} == strange


def test_schools_without_students_in_school(tables):
    reset(tables, [student("G1", A), student("G2", B, is_out_of_school=True)], ALL)
    assert {subject for kind, subject in tables.found(find_standing) if kind == "school_empty"} == {B, C, FAR}
    tables.put("snapshots", [{"unit_code": "44", "as_of": date(2026, 11, 20)}])
    found = {subject for kind, subject in tables.found(find_standing) if kind == "school_empty"}
    assert found == {B, C}, "a unit that never delivered has no empty schools"


DIPS = [
    # students by grade, grades found, why
    ({1: 60, 2: 60, 3: 60}, set(), "level"),
    ({1: 69, 2: 100}, {1}, "under 70 % of the grade above"),
    ({1: 70, 2: 100}, set(), "70 %"),
    ({1: 35, 2: 54}, set(), "19 fewer are not half a class"),
    ({1: 60, 2: 40, 3: 60}, {2}, "a dip between"),
    ({1: 100, 2: 100, 3: 60, 4: 60}, {3}, "a step down"),
    ({1: 60, 2: 60, 3: 60, 4: 0}, set(), "a school that grows has no upper grades yet"),
    ({2: 60, 3: 60}, {1}, "no first grade"),
    ({4: 60, 5: 60, 6: 60}, set(), "a central school, whose lower grades are at teaching points"),
    ({1: 60, 3: 60}, {2}, "no second grade"),
    ({1: 20, 2: 49}, set(), "too few to say"),
    ({6: 100, 7: 30}, set(), "junior school is another stage"),
    ({7: 30, 8: 100, 10: 100, 11: 30}, {7, 11}, "stages by themselves"),
]


def graded(counts: Mapping[int, int], school: str) -> list[dict[str, object]]:
    return [
        student(f"G{grade:02}{number:03}{school}", school, grade=grade)
        for grade, students in counts.items()
        for number in range(students)
    ]


@pytest.mark.parametrize(("counts", "found", "why"), DIPS, ids=[case[-1] for case in DIPS])
def test_grades_with_few_students(tables, counts, found, why):
    reset(tables, graded(counts, A), ALL)
    dips = {subject for kind, subject in tables.found(find_standing) if kind == "grade_dip"}
    assert dips == {f"{A}/{grade}" for grade in found}


def test_grades_of_a_county(tables):
    reset(tables, [*graded({1: 100, 2: 160}, A), *graded({1: 100, 2: 160}, B), *graded({1: 90, 2: 160}, C)], ALL)
    found = {
        subject: reason for (kind, subject), reason in tables.found(find_standing).items() if kind == "county_grade_dip"
    }
    assert set(found) == {"440106/1"}, "two schools together are enough students, the third alone is not"
    assert found["440106/1"] == "1年级200人，2年级320人，不足70%"


def child(name: str, school: str = A, **more: object) -> dict[str, object]:
    """A child found in class, who has nothing but a name and a birth date."""
    row = {
        "unit_code": school[2:4], "school_code": school, "grade": 3, "class_no": "2024301", "name": name, "folded_name": name,
        "sex_code": "1", "birth_date": date(2018, 3, 12), "id_type": "1",
    } | more  # fmt: skip
    if "id_number" in row and "id_key" not in row and row["id_type"] == "1":
        row["id_key"] = int(str(row["id_number"])[:17])
    return row


def kinds(*codes: str) -> set[str]:
    return set(codes)


NO_RECORD, ELSEWHERE, NOT_THERE = "attending_no_record", "attending_elsewhere", "record_not_attending"
MING = {"name": "王小明"}
CHILDREN = [
    # children in class, records, kinds found, why
    ([child("王小明")], [student("G1", **MING)], kinds(), "name and birth date"),
    ([child("王小明", student_no="G1", birth_date=None)], [student("G1", name="王晓明")], kinds(), "the student number"),
    ([child("王小明", id_number=NUMBER, birth_date=None)], [student("L1", name="王晓明", id_number=NUMBER)], kinds(), "the number"),
    ([child("王小明", id_type="A", id_number="E123")], [student("L1", name="王晓明", id_type="A", id_number="E123")],
     kinds(), "another document"),
    ([child("王小明", birth_date=None)], [student("G1", **MING)], kinds(), "name, grade and class"),
    ([child("王小明", birth_date=None, class_no="2024302")], [student("G1", **MING)], {NO_RECORD}, "another class, which has not counted the record's"),
    ([child("王小明")], [], {NO_RECORD}, "no record anywhere"),
    ([child("王小明")], [student("G1", name="李雷")], {NO_RECORD, NOT_THERE}, "another child's record"),
    ([child("王小明", student_no="G1")], [student("G1", B, **MING)], {ELSEWHERE}, "the record at another school"),
    ([child("王小明", id_number=NUMBER)], [student("G1", FAR, id_number=NUMBER)], {ELSEWHERE}, "in another unit"),
    ([child("王小明")], [student("G1", B, **MING)], {ELSEWHERE}, "by name, sex and birth date inside the unit"),
    ([child("王小明")], [student("G1", FAR, **MING)], {NO_RECORD}, "a namesake in another unit says nothing"),
    ([child("王小明", id_number=NUMBER)], [student("G1", B, **MING)], {NO_RECORD}, "a number goes before a name"),
    ([child("王小明", student_no="G1")], [student("G1", B, **MING, is_out_of_school=True)], {ELSEWHERE}, "not in school there"),
    ([child("王小明", student_no="G1")], [student("G1", **MING, is_out_of_school=True)], kinds(), "here, though not in school"),
    ([child("李雷")], [student("G2", name="李雷"), student("G1", **MING)], {NOT_THERE}, "on record, not in class"),
    ([child("李雷")], [student("G2", name="李雷"), student("G1", **MING, is_out_of_school=True)], kinds(), "not in school by the record either"),
    ([child("李雷")], [student("G2", name="李雷"), student("G1", **MING, class_no="2024302")], kinds(), "a class that has not counted"),
    ([child("李雷")], [student("G2", name="李雷"), student("G1", **MING, grade=4)], kinds(), "a grade that has not counted"),
    ([child("李雷", class_no=None)], [student("G2", name="李雷"), student("G1", **MING, class_no="2024302")], {NOT_THERE}, "a whole grade has"),
    ([child("李雷")], [student("G2", name="李雷"), student("G1", B, **MING)], kinds(), "a school that has not counted"),
]  # fmt: skip


@pytest.mark.parametrize(("roster", "records", "found", "why"), CHILDREN, ids=[case[-1] for case in CHILDREN])
def test_children_in_class_and_on_record(tables, roster, records, found, why):
    reset(tables, records, (), roster)
    codes = {matter.code for matter in attendance.MATTERS}
    assert {kind for kind, _ in tables.found(find_standing) if kind in codes} == found


UNDER_WAY = {"unit_code": "44", "business_no": "YW1", "kind": "transfer", "state": "open", "student_no": "G1", "school_code": B,
             "other_school_code": A, "applied_on": date(2026, 11, 18)}  # fmt: skip


def test_a_transfer_under_way_explains_both_ends(tables):
    roster = [child("王小明", A, student_no="G1"), child("李雷", B)]
    records = [student("G1", B, **MING), student("G2", B, name="李雷")]
    reset(tables, records, (), roster)
    found = tables.found(find_standing).items()
    assert [reason for (kind, _), reason in found if kind == ELSEWHERE] == ["在校就读，学籍在“第二小学”"]
    assert [reason for (kind, _), reason in found if kind == NOT_THERE] == [
        "学籍为在校，逐班核实未见该生，“第一小学”报其在该校就读"
    ]
    reset(tables, records, (), roster, [UNDER_WAY])
    assert not {kind for kind, _ in tables.found(find_standing)} & {ELSEWHERE, NOT_THERE}


def test_every_kind_is_tried():
    codes = {matter.code for matter in (*completeness.MATTERS, *attendance.MATTERS)}
    tried = {"school_absent", "school_empty", "school_unapproved", "grade_dip", "county_grade_dip"}
    assert codes == tried | {NO_RECORD, ELSEWHERE, NOT_THERE}


def test_nothing_is_looked_for_again_while_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    world = World(tmp_path)
    reset(world, [student("G1", B, **MING)], ALL, [child("王小明", student_no="G1")])
    first = world.matters(date(2026, 11, 20))
    assert {"school_empty", ELSEWHERE} <= {kind for kind, _ in first}
    calls = []
    monkeypatch.setattr("xueji.assets.verification_matters.find_standing", lambda *given: calls.append(given))
    assert world.matters(date(2026, 11, 21)) == first
    assert not calls
    reset(world, [student("G1", B, **MING)], ALL, [child("王小明", student_no="G1")])
    world.matters(date(2026, 11, 22))
    assert calls, "the registry came again"
