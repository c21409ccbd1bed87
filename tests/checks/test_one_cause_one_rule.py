"""Whatever stands in the number column, one rule at most says why it is wrong (docs/rules.md, order of the number rules)."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueji.checks.catalogue import rule

# An unknown province and an impossible birth date are two causes: both may stand, at one place of the chain.
CHAIN = (
    ("id_missing",),
    ("id_format",),
    ("id_checksum",),
    ("id_region", "id_birth_date"),
    ("id_not_found",),
    ("id_name_mismatch",),
)
COMPANIONS = ("id_birth_conflict", "id_sex_conflict")
REGISTER = [
    {"id_number": "440106201503120044", "name": "李静"},
    {"id_number": "440106201503120036", "name": "王晓明"},
]

digits = st.text("0123456789", min_size=17, max_size=17)
right = digits.map(lambda body: body + check_character(body))
pupils = st.builds(
    lambda region, day, sequence: (body := f"{region}{day}{sequence:03d}") + check_character(body),
    st.sampled_from(["440106", "412723", "449999", "470106", "810000", "911156"]),
    st.sampled_from(["20150312", "20150229", "20100101", "19491231", "20250601"]),
    st.integers(0, 999),
)
numbers = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.text("0123456789Xx １Ｘ'.E+O", max_size=20),
    digits.map(lambda body: body + "0"),
    right,
    pupils,
    st.sampled_from(["440106201503120036", "440106201503120044", "11010519491231002X", "440524188001010014"]),
)


@pytest.mark.parametrize(
    "tables", ["duckdb"], indirect=True
)  # the rules' own tables of cases are there for other engines
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(numbers, min_size=1, max_size=9))
def test_one_rule_at_most_speaks_of_a_number(findings, given_numbers):
    students = [{"id_number": number, "sex": "女", "birth_date": "20150101"} for number in given_numbers]

    def found(rule_id):
        rows = findings(rule(rule_id), students, population=REGISTER)
        return {row["student_no"] for row in rows if row["severity"] != "note"}

    places = [set().union(*map(found, rule_ids)) for rule_ids in CHAIN]
    spoken_of = Counter(student for place in places for student in place)
    assert not [student for student, count in spoken_of.items() if count > 1]
    assert not set().union(*places[:4]) & set().union(*map(found, COMPANIONS))


def check_character(body: str) -> str:
    """ISO 7064 MOD 11-2 in its recursive form."""
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    return "0123456789X"[(12 - remainder) % 11]
