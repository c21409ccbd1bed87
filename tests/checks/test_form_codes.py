"""The code on a form: read as printed or as typed by hand, refused with a slip, and silent about the student."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.checks.form_codes import ALPHABET, campaign_of, form_no, read_form_no

KEY = b"a key for tests and for nothing else"
CODE = form_no(KEY, "2026A1", "2152000001/G1", 1)
records = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


def test_has_campaign_and_sixteen_characters():
    campaign, *groups = CODE.split("-")
    assert campaign == campaign_of(CODE) == "2026A1"
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)


AS_TYPED = [
    (CODE, CODE, "as printed"),
    (CODE.lower(), CODE, "small letters"),
    (f" {CODE[:11]} {CODE[11:]}\n", CODE, "blanks"),
    (CODE.replace("-", "－"), CODE, "wide hyphens"),
    (CODE.replace("-", ""), None, "without hyphens"),
    (CODE[:-1], None, "a character short"),
    (f"{CODE}0", None, "a character long"),
    (f"X{CODE[1:]}", None, "no campaign"),
    ("", None, "empty"),
    (None, None, "null"),
]


@pytest.mark.parametrize(("typed", "meant", "why"), AS_TYPED, ids=[case[-1] for case in AS_TYPED])
def test_reads_what_was_meant(typed, meant, why):
    assert read_form_no(typed) == meant


@given(record=records, edition=st.integers(1, 99), place=st.integers(0, 15), other=st.sampled_from(ALPHABET))
def test_no_single_slip_goes_unseen(record, edition, place, other):
    code = form_no(KEY, "2026A1", record, edition)
    at = [index for index, character in enumerate(code) if index > 6 and character != "-"][place]
    slipped = code[:at] + other + code[at + 1 :]
    assert (read_form_no(slipped) == slipped) == (slipped == code)


def test_a_swap_of_neighbours_is_nearly_always_seen():
    """Luhn's sum misses one pair of values in 32 × 31: 0 and 31."""
    codes = [form_no(KEY, "2026A1", f"2152000001/G{number}", 1) for number in range(2_000)]
    missed = 0
    for code in codes:
        at = random.Random(code).choice([7, 8, 9, 12, 13, 14, 17, 18, 19, 22, 23, 24])
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        missed += swapped != code and read_form_no(swapped) is not None
    assert missed < 20


@given(record=records, edition=st.integers(1, 99))
def test_editions_and_keys_tell_codes_apart(record, edition):
    code = form_no(KEY, "2026A1", record, edition)
    assert read_form_no(code) == code
    assert code != form_no(KEY, "2026A1", record, edition + 1)
    assert code != form_no(KEY + b"!", "2026A1", record, edition)
    assert code[7:] != form_no(KEY, "2026S1", record, edition)[7:]


def test_hundred_thousand_codes_are_distinct():
    assert len({form_no(KEY, "2026A1", f"2152000001/{number}", 1) for number in range(100_000)}) == 100_000
