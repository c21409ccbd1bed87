"""ID numbers as issued, and as mistyped."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xueji.data_samples import number_mistakes
from xueji.data_samples.draws import Dice
from xueji.data_samples.numbers import id_number, id_numbers

# Division, birth date, sequence: every body that can be issued holds a 0 or a 1.
BODIES = st.builds(
    lambda division, birth, sequence: int(f"{division}{birth:%Y%m%d}{sequence:03}"),
    st.integers(min_value=110101, max_value=659012),
    st.dates(min_value=date(1990, 1, 1), max_value=date(2026, 12, 31)),
    st.integers(min_value=1, max_value=999),
)
DICE = st.integers(min_value=0, max_value=2**64 - 1)


def remainder(number: str) -> int:
    """ISO 7064 MOD 11-2 over all eighteen characters: 1 for a right number."""
    values = [10 if character == "X" else int(character) for character in number]
    return sum(value * pow(2, 17 - place, 11) for place, value in enumerate(values)) % 11


def test_published_specimens() -> None:
    assert id_number(11010519491231002) == "11010519491231002X"
    assert id_number(44052418800101001) == "440524188001010014"


@given(BODIES)
def test_numbers_satisfy_the_standard(body: int) -> None:
    number = id_number(body)
    assert len(number) == 18
    assert remainder(number) == 1
    assert id_numbers(np.array([body])).to_list() == [number]


@given(BODIES, DICE)
def test_mistyped_numbers_are_well_formed_and_wrong(body: int, bits: int) -> None:
    wrong = number_mistakes.mistyped(id_number(body), Dice(bits))
    assert len(wrong) == 18
    assert wrong[:17].isdigit()
    assert wrong[17] in "0123456789X"
    assert remainder(wrong) != 1


@given(BODIES, DICE)
def test_malformed_numbers_are_not_well_formed(body: int, bits: int) -> None:
    wrong, reason = number_mistakes.malformed(id_number(body), Dice(bits))
    length = len(wrong)
    assert (reason == "fifteen_digits") == (length == 15 and wrong.isdigit())
    assert (reason == "characters") == (length == 18)
    assert length != 18 or not wrong[:17].isascii() or not wrong[:17].isdigit() or wrong[17] not in "0123456789X"


@given(BODIES, DICE)
def test_harmless_forms_keep_every_character(body: int, bits: int) -> None:
    number = id_number(body)
    text = number_mistakes.harmless(number, Dice(bits))
    assert text != number
    kept = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text).upper()
    assert "".join(c for c in kept if c in "0123456789X") == number


@given(BODIES)
def test_flattened_numbers_keep_fifteen_digits_at_most(body: int) -> None:
    number = id_number(body)
    for is_scientific in (True, False):
        flat = number_mistakes.flattened(number, is_scientific)
        if number.endswith("X"):
            assert flat == number
        else:
            assert ("E+17" in flat) if is_scientific else (flat == number[:15] + "000")
