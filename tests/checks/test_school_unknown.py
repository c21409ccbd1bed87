"""Table of cases for school_unknown."""

import pytest

from xueji.checks import school_unknown

SCHOOLS = [{"school_code": "2144000001"}, {"school_code": "2145000001"}, {"school_code": "2166000001"}]
CASES = [
    # school code, unit, reasons, why
    ("2144000001", "44", [], "listed"),
    (" 2144000001 ", "44", [], "blanks around"),
    ("2144000009", "44", ["not_listed"], "not listed"),
    ("2145000001", "44", ["other_unit"], "listed in another unit"),
    ("2166000001", "66", [], "兵团"),
    ("2166000001", "65", ["other_unit"], "兵团 is not its province"),
    (None, "44", [], "missing: required_missing"),
]


@pytest.mark.parametrize(("school_code", "unit", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_unknown_schools(reasons, school_code, unit, expected, why):
    student = {"school_code": school_code, "unit_code": unit}
    assert reasons(school_unknown.RULE, student, schools=SCHOOLS) == expected


def test_without_a_school_table_nothing_is_judged(find):
    assert find(school_unknown.RULE, [{}], schools=[]) == set()
