"""Table of cases for student_no_duplicate."""

import pytest

from xueji.checks import student_no_duplicate

CASES = [
    # (unit, student number) of the records, found, why
    ([("44", "G7"), ("44", "G7")], {"G7"}, "twice in a unit"),
    ([("44", "G7"), ("44", " G7 ")], {"G7"}, "blanks around"),
    ([("44", "G7"), ("45", "G7")], set(), "once in each of two units"),
    ([("44", "G7"), ("44", "G8")], set(), "two numbers"),
    ([("44", None), ("44", None)], set(), "missing: required_missing"),
]


@pytest.mark.parametrize(("records", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_a_number_used_twice(find, records, found, why):
    students = [{"unit_code": unit, "student_no": number} for unit, number in records]
    assert find(student_no_duplicate.RULE, students) == found


def test_lists_each_party(findings):
    rows = findings(
        student_no_duplicate.RULE, [{"student_no": "G7"}, {"student_no": "G7", "school_code": "2144000002"}]
    )
    assert sorted((row["school_code"], row["group_key"] == rows[0]["group_key"]) for row in rows) == [
        ("2144000001", True), ("2144000002", True),
    ]  # fmt: skip
