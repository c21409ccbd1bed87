"""Masked names and numbers: a table of cases, and that a mask depends on nothing but what it may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.reports.masking import NAME_SEPARATORS, mask_id_number, mask_name

NAMES = [
    # name, masked, why
    ("王明", "王＊", "two characters"),
    ("王小明", "王＊＊", "three characters"),
    ("欧阳小明", "欧＊＊＊", "compound surname: first character only"),
    ("阿依古丽·买买提", "阿＊＊＊·＊＊＊", "parts stay visible, their characters do not"),
    ("Smith John", "S＊＊＊＊＊＊＊＊＊", "a blank is masked like a letter"),
    ("明", "＊", "one character is all of the name"),
    ("", "", "no name"),
    ("𠮷田龙", "𠮷＊＊", "first character beyond the basic plane"),
]
NUMBERS = [
    # number, masked, why
    ("11010519491231002X", "110105***********X", "division and check character"),
    ("110105491231002", "11************2", "fifteen digits: the birth date starts at the seventh"),
    ("1101051949123100", "11*************0", "two digits lost: nobody knows which"),
    ("H12345678", "H1******8", "another document"),
    ("E123456", "*******", "short: nothing"),
    ("", "", "no number"),
]


@pytest.mark.parametrize(("name", "masked", "why"), NAMES, ids=[case[-1] for case in NAMES])
def test_masks_names(name: str, masked: str, why: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(("number", "masked", "why"), NUMBERS, ids=[case[-1] for case in NUMBERS])
def test_masks_numbers(number: str, masked: str, why: str) -> None:
    assert mask_id_number(number) == masked


@given(st.text(min_size=1, max_size=30))
def test_masked_name_tells_first_character_length_and_separators_only(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    for place, (shown, hidden) in enumerate(zip(masked, name, strict=True)):
        assert shown == "＊" or (shown == hidden and (place == 0 and len(name) > 1 or hidden in NAME_SEPARATORS))


@given(st.text(max_size=30), st.text(max_size=30))
def test_masked_number_tells_seven_characters_at_most(number: str, other: str) -> None:
    masked = mask_id_number(number)
    shown = 6 if len(number) == 18 else 2
    assert masked[shown:-1] == "*" * len(masked[shown:-1])
    # Whatever stands in the masked places, the mask is the same.
    if len(number) >= 8:
        hidden = (other * 30)[: len(number) - shown - 1].ljust(len(number) - shown - 1, "0")
        assert mask_id_number(number[:shown] + hidden + number[-1]) == masked


@given(st.dates(), st.integers(0, 999))
def test_birth_date_and_sequence_never_show(birth_date: object, sequence: int) -> None:
    number = f"440105{str(birth_date).replace('-', '')}{sequence:03}X"
    assert mask_id_number(number) == "440105***********X"
