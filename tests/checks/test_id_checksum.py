"""Table of cases for id_checksum, and what the published algorithm promises."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueji.checks import id_checksum

CASES = [
    # number, found, why
    ("11010519491231002X", False, "published specimen ending in X"),
    ("440524188001010014", False, "published specimen"),
    ("440106201503120036", False, "invented, right"),
    ("440524188001010015", True, "last digit off by one"),
    ("110105194912310021", True, "1 for X"),
    ("44052418800101001X", True, "X for a digit"),
    ("440524188001010041", True, "last two swapped"),
    ("４４０５２４１８８００１０１００１５", True, "wrong in full width"),
    ("000106201503120034", False, "leading zeros, right: id_region"),
    ("000106201503120035", True, "leading zeros, wrong"),
    ("44052418800101O014", False, "letter O: malformed, id_format"),
    ("440524880101001", False, "fifteen digits: id_format"),
    (None, False, "missing: id_missing"),
]
bodies = st.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize(("id_number", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_wrong_check_character(find, id_number, found, why):
    assert find(id_checksum.RULE, [{"id_number": id_number}]) == ({"G1"} if found else set())


def test_other_types_are_not_judged(find):
    assert find(id_checksum.RULE, [{"id_type": "护照", "id_number": "440524188001010015"}]) == set()


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(bodies, min_size=3, max_size=3, unique=True))
def test_every_wrong_digit_and_every_adjacent_swap_is_found(find, bodies):
    students = []
    for body in bodies:
        right = with_check_character(body)
        assert find(id_checksum.RULE, [{"id_number": right}]) == set()
        # Each in a file of its own: many numbers that end in 000 would make a file a damaged one.
        students += [{"id_number": number, "file": f"{number}.csv"} for number in sorted(slips(right))]
    assert len(find(id_checksum.RULE, students)) == len(students)


def slips(number: str) -> set[str]:
    """Every number with one wrong digit among the seventeen, and every number with two neighbours swapped."""
    wrong = {number[:at] + digit + number[at + 1 :] for at in range(17) for digit in "0123456789"}
    swapped = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(17)}
    # An X moved away from the end is malformed: id_format's business.
    return {slip for slip in wrong | swapped if slip[:17].isdigit()} - {number}


def with_check_character(body: str) -> str:
    """`body` with its check character, by the recursive form of ISO 7064 instead of the weights."""
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - remainder) % 11]
