"""Table of cases for duplicate_id: who is found, in which scope, for which reason."""

import pytest

from xueji.checks import duplicate_id

A = "440106201503120036"
B = "440106201503120052"
# school, unit, place
SCHOOLS = [
    {"school_code": "2144000001", "place_code": "440106001000"},
    {"school_code": "2144000002", "place_code": "440106002000"},  # same county
    {"school_code": "2144000003", "place_code": "440103001000"},  # same city
    {"school_code": "2144000004", "place_code": "440304001000"},  # same province
    {"school_code": "2145000001", "place_code": "450102001000"},  # another province
    {"school_code": "2111000001", "place_code": "110101001000"},  # a municipality has no cities
    {"school_code": "2111000002", "place_code": "110102001000"},
]
SCOPES = [
    # school and unit of the second party, scope, why
    ("2144000001", "44", "school", "one school"),
    ("2144000002", "44", "county", "one county"),
    ("2144000003", "44", "city", "one city"),
    ("2144000004", "44", "province", "two cities"),
    ("2145000001", "45", "national", "two provinces"),
    ("2144999999", "44", "province", "a school nobody knows has no county"),
]


def registration(number=A, school="2144000001", unit="44", **more):
    return {"id_number": number, "school_code": school, "unit_code": unit, **more}


@pytest.mark.parametrize(("school", "unit", "scope", "why"), SCOPES, ids=[case[-1] for case in SCOPES])
def test_scope_is_the_lowest_level_that_holds_all_parties(findings, school, unit, scope, why):
    rows = findings(duplicate_id.RULE, [registration(), registration(school=school, unit=unit)], schools=SCHOOLS)
    assert {(row["student_no"], row["scope"]) for row in rows} == {("G1", scope), ("G2", scope)}


def test_two_districts_of_a_municipality_share_the_province_only(findings):
    students = [registration(school="2111000001", unit="11"), registration(school="2111000002", unit="11")]
    assert {row["scope"] for row in findings(duplicate_id.RULE, students, schools=SCHOOLS)} == {"province"}


def test_two_records_of_one_unknown_school_are_in_one_school(findings):
    students = [registration(school="2144999999"), registration(school="2144999999")]
    assert {row["scope"] for row in findings(duplicate_id.RULE, students)} == {"school"}


def test_scope_is_the_groups_own(findings):
    students = [registration(A), registration(A), registration(B), registration(B, "2145000001", "45")]
    rows = findings(duplicate_id.RULE, students, schools=SCHOOLS)
    assert {row["student_no"]: row["scope"] for row in rows} == {
        "G1": "school", "G2": "school", "G3": "national", "G4": "national",
    }  # fmt: skip


CASES = [
    # records, numbers found, why
    ([registration(A), registration(A)], {"G1", "G2"}, "two records"),
    ([registration(A)] * 3, {"G1", "G2", "G3"}, "three records"),
    ([registration(A), registration(B)], set(), "two numbers"),
    ([registration(A), registration(" ４４０１０６２０１５０３１２００３６")], {"G1", "G2"}, "equal after normalising"),
    ([registration("440106201503120037")] * 2, set(), "wrong check character: id_checksum"),
    ([registration("440524880101001")] * 2, set(), "malformed: id_format"),
    ([registration("470106201503120031")] * 2, {"G1", "G2"}, "unknown province counts: form and check are right"),
    ([registration(None)] * 2, set(), "no number: id_missing"),
    ([registration("E123", id_type="护照")] * 2, {"G1", "G2"}, "one passport"),
    (
        [registration("E123", id_type="护照"), registration("e 123", id_type="A")],
        {"G1", "G2"},
        "one passport, normalised",
    ),
    ([registration("E123", id_type="护照"), registration("E123", id_type="C")], set(), "two types of document"),
    ([registration(A), registration(A, id_type="C")], set(), "one text, two types of document"),
    ([registration("E123", id_type="不知道")] * 2, set(), "type in no list: code_invalid"),
    ([registration("E123", id_type=None)] * 2, set(), "no type: required_missing"),
]


@pytest.mark.parametrize(("students", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_every_party(find, students, found, why):
    assert find(duplicate_id.RULE, students) == found


def test_numbers_of_a_damaged_file_are_left_out(find):
    damaged = [registration("440106201503120000", file="damaged.csv") for _ in range(20)]
    intact = registration(A, file="damaged.csv", student_no="D")
    assert find(duplicate_id.RULE, [*damaged, intact, registration(A, student_no="S")]) == set()


REASONS = [
    # names, reason, why
    (("王小明", "王小明"), "same_person", "one name"),
    (("王小明", "王 小 明"), "same_person", "one name after folding"),
    (("王小明", "王小朋"), "different_person", "two names"),
    (("王小明", None), "different_person", "a name is missing"),
    (("王小明", "王小明", "李静"), "different_person", "one of three differs"),
]


@pytest.mark.parametrize(("names", "reason", "why"), REASONS, ids=[case[-1] for case in REASONS])
def test_says_whether_the_names_agree(findings, names, reason, why):
    rows = findings(duplicate_id.RULE, [registration(name=name) for name in names])
    assert [row["reason"] for row in rows] == [reason] * len(names)


def test_group_key_is_one_for_the_group_and_lasts(findings):
    rows = findings(duplicate_id.RULE, [registration(A), registration(A), registration(B), registration(B)])
    keys = {row["student_no"]: row["group_key"] for row in rows}
    assert keys["G1"] == keys["G2"] != keys["G3"] == keys["G4"]
    assert keys["G1"] == "ID-" + keys["G1"][3:].lower() and len(keys["G1"]) == 19
    again = findings(duplicate_id.RULE, [registration(A, "2145000001", "45"), registration(A, student_no="X")])
    assert {row["group_key"] for row in again} == {keys["G1"]}
