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


def is_well_formed(text: str) -> bool:
    return len(text) == 18 and text[:17].isascii() and text[:17].isdigit() and text[17] in "0123456789X"


@given(BODIES, DICE)
def test_mistyped_numbers_are_well_formed_and_wrong(body: int, bits: int) -> None:
    typed = number_mistakes.mistyped(id_number(body), Dice(bits), "id_checksum")
    assert is_well_formed(typed.text)
    assert remainder(typed.text) != 1
    assert (typed.rule_id, typed.reason, typed.right_number) == ("id_checksum", None, id_number(body))


@given(BODIES, DICE)
def test_malformed_numbers_are_not_well_formed(body: int, bits: int) -> None:
    typed = number_mistakes.mistyped(id_number(body), Dice(bits), "id_format")
    length = len(typed.text)
    assert (typed.reason == "fifteen_digits") == (length == 15 and typed.text.isdigit())
    assert (typed.reason == "characters") == (length == 18)
    assert not is_well_formed(typed.text)
    assert bool(typed.slips) == (typed.text not in number_mistakes.REMARKS)


@given(BODIES, st.sampled_from(sorted(number_mistakes.SLIPS, key=lambda slip: slip.__name__)), DICE)
def test_a_slip_is_one_keystroke(body: int, slip: number_mistakes.Slip, bits: int) -> None:
    right = id_number(body)
    wrong = slip(right, Dice(bits))
    if wrong is None:
        return
    changed = [place for place in range(min(len(right), len(wrong))) if right[place] != wrong[place]]
    match slip.__name__:
        case "digit" | "letter":
            assert len(wrong) == 18
            assert len(changed) <= 1
        case "swap":
            assert sorted(wrong) == sorted(right)
            assert changed[1] - changed[0] == 1
            assert len(changed) == 2
        case "lost" | "lost_x":
            assert len(wrong) == 17
        case "doubled":
            assert len(wrong) == 19
        case _:
            assert wrong == right[:6] + right[8:17]


def test_some_typists_slip_twice_and_every_slip_occurs() -> None:
    typed = [number_mistakes.mistyped(id_number(44010620150312003 + n), Dice(n)) for n in range(4_000)]
    twice = sum(len(one.slips) == 2 for one in typed)
    assert 0.04 < twice / len(typed) < 0.08
    assert {one.slips[0] for one in typed} == {slip.__name__ for slip in number_mistakes.SLIPS}


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
