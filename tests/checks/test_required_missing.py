"""Table of cases for required_missing."""

import pytest

from xueji.checks import required_missing

CASES = [
    # what differs, reasons, why
    ({}, [], "all given"),
    ({"school_code": None}, ["xxbsm"], "school code"),
    ({"student_no": ""}, ["xjh"], "student number empty"),
    ({"name": "\u3000 \u200b"}, ["xm"], "name only blanks"),
    ({"sex": None}, ["xbm"], "sex"),
    ({"birth_date": None}, ["csrq"], "birth date"),
    ({"grade": "\t"}, ["nj"], "grade a tab"),
    ({"class_no": None}, ["bh"], "class"),
    ({"id_type": None, "id_number": None}, ["sfzjlxm"], "type and number missing: the type speaks"),
    ({"id_type": "护照", "id_number": None}, ["sfzjh"], "passport without number"),
    ({"id_type": "C", "id_number": "'"}, ["sfzjh"], "permit with an apostrophe only"),
    ({"id_type": "其他", "id_number": None}, [], "type other may be blank"),
    ({"id_number": None}, [], "type 1 without number: id_missing"),
    ({"id_type": "不知道", "id_number": None}, [], "type in no list: code_invalid"),
    ({"enrolled_month": None}, [], "enrolment month is optional"),
    ({"name": None, "sex": None}, ["xbm", "xm"], "one finding a field"),
]


@pytest.mark.parametrize(("student", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_blank_cells(reasons, student, expected, why):
    assert reasons(required_missing.RULE, student) == expected
