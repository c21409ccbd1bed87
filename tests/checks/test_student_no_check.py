"""Table of cases for student_no_check."""

import pytest

from xueji.checks import student_no_check

CASES = [
    # student number, reasons, why
    ("J440106201503120036", [], "right"),
    ("J11010519491231002X", [], "check character X"),
    ("J440106201503120037", ["check_character"], "last digit off by one"),
    ("J44010620150312003", ["form"], "a character short"),
    ("J4401062015031200366", ["form"], "a character too long"),
    ("J44010620150312O036", ["form"], "letter O for zero"),
    ("J", ["form"], "nothing after the J"),
    ("G440106201503120037", [], "G keeps a past ID number"),
    ("L440106201503121234", [], "L ends in chance digits"),
    (None, [], "missing: required_missing"),
]


@pytest.mark.parametrize(("student_no", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_checks_j_numbers(reasons, student_no, expected, why):
    assert reasons(student_no_check.RULE, {"student_no": student_no}) == expected
