"""Table of cases for duplicate_name_sex_birth."""

import pytest

from xueji.checks import duplicate_name_sex_birth


def nobody(unit="44", **more):
    """A student without any number."""
    return {"id_type": "其他", "id_number": None, "unit_code": unit, **more}


CASES = [
    # records, (student, reason, severity) found, why
    ([nobody(), nobody()], {("G1", "same_unit", "error"), ("G2", "same_unit", "error")}, "two in one unit"),
    (
        [nobody(), nobody(id_type="1")],
        {("G1", "same_unit", "error"), ("G2", "same_unit", "error")},
        "whatever the document type",
    ),
    (
        [nobody(), nobody(name="王 小明", sex="1", birth_date="2015-3-12")],
        {("G1", "same_unit", "error"), ("G2", "same_unit", "error")},
        "equal after folding",
    ),
    ([nobody(), nobody(name="王小朋")], set(), "another name"),
    ([nobody(), nobody(sex="女")], set(), "another sex"),
    ([nobody(), nobody(birth_date="20150313")], set(), "another birth date"),
    ([nobody(), {}], set(), "the other has a number"),
    ([nobody(), nobody(id_number="x")], set(), "the other has a malformed number"),
    ([nobody(name=None), nobody(name=None)], set(), "names are missing"),
    ([nobody(sex="?"), nobody(sex="?")], set(), "sex in no list"),
    ([nobody(birth_date="0"), nobody(birth_date="0")], set(), "no such date"),
    (
        [nobody(), nobody("45")],
        {("G1", "across_units", "note"), ("G2", "across_units", "note")},
        "one in each of two units is a note",
    ),
    (
        [nobody(), nobody(), nobody("45")],
        {("G1", "same_unit", "error"), ("G2", "same_unit", "error"), ("G3", "across_units", "note")},
        "two in one unit, one in another",
    ),
]


@pytest.mark.parametrize(("students", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_equal_students_without_a_number(findings, students, found, why):
    rows = findings(duplicate_name_sex_birth.RULE, students)
    assert {(row["student_no"], row["reason"], row["severity"]) for row in rows} == found


def test_a_note_has_national_scope_and_its_own_group(findings):
    rows = findings(duplicate_name_sex_birth.RULE, [nobody(), nobody(), nobody("45")])
    scope = {row["student_no"]: row["scope"] for row in rows}
    keys = {row["student_no"]: row["group_key"] for row in rows}
    assert (scope["G1"], scope["G2"], scope["G3"]) == ("school", "school", "national")
    assert keys["G1"] == keys["G2"] != keys["G3"]
    assert all(str(key).startswith("NSB-") for key in keys.values())
