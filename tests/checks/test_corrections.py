"""Corrected values, by their form alone."""

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.checks import corrections
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import number_normalised_sql, sign_in_name_sql

NAMES = [
    ("测试甲", True), ("测试·甲", True), ("O'Neil-Test", True), ("〇测试", True), ("测\ue000试", True),
    ("测", False), ("测试1", False), ("测试?", False), ("测□", False), ("未知", False), ("ｔｅｓｔ", False), ("测" * 51, False),
    ("测试、甲", False), ("测试Ⅱ", False), ("·", False),
]  # fmt: skip
NUMBERS = [
    ("11010519491231002X", True, "specimen of the standard"),
    (" 1101051949 1231002x", True, "blanks, lower case"),
    ("'１１０１０５１９４９１２３１００２Ｘ", True, "apostrophe, width"),
    ("110105194912310021", False, "check character"),
    ("110105491231002", False, "fifteen digits"),
    ("11010519491231002", False, "one short"),
    ("1101051949123100ZX", False, "letter"),
    ("11010519491231002²", False, "no ASCII digit"),
    ("1.10105E+17", False, "flattened by a spreadsheet"),
]
DATES = [
    ("2015-03-12", True), ("2015/3/12", True), ("20150312", True), ("2015-03-12 00:00:00", True), ("42075", True), ("42075.0", True),
    ("2015年3月12日", True), ("2015.3.12", True), ("２０１５-03-12", True),
    ("2015-02-30", False), ("2015-03", False), ("15-03-12", False), ("3/12/2015", False), ("", False), ("现在", False),
    ("1989-12-31", False), ("2026-11-21", False), ("00042", False), ("2015-03-12x", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "is_good"), NAMES, ids=range(len(NAMES)))
def test_names(name, is_good):
    assert (corrections.name_fault(name) is None) == is_good


@pytest.mark.parametrize(("number", "is_good", "why"), NUMBERS, ids=[case[-1] for case in NUMBERS])
def test_numbers(number, is_good, why):
    assert (corrections.resident_number_fault(corrections.normalised_number(number)) is None) == is_good


@pytest.mark.parametrize(("text", "is_good"), DATES, ids=range(len(DATES)))
def test_birth_dates(text, is_good):
    found = corrections.birth_date(text, date(2026, 11, 20))
    assert found == (date(2015, 3, 12) if is_good else None)


def test_other_documents():
    assert [corrections.other_number_fault(text) is None for text in ("P1234567", "H0123(4)", "P1", "护照1234", "P" * 31)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_sexes():
    assert [corrections.sex_code(text) for text in ("男", " 女 ", "１", "男性", "不详")] == ["1", "2", "1", "1", None]


# Letters that become two when they are made capital differ between the two, and stand in no number and in no Chinese name.
CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0").filter(
    lambda sign: len(sign.upper()) == 1
)


@given(st.text(CHARACTERS, min_size=1, max_size=8))
def test_reads_texts_as_the_core_table_does(text):
    sign, number = duckdb.execute(
        f"select {sign_in_name_sql('t')}, {number_normalised_sql('t')} from (select {literal(text)} as t)"
    ).fetchall()[0]
    assert any(map(corrections.is_sign, text)) == sign or any(mark in text for mark in corrections.STAND_INS)
    assert (corrections.normalised_number(text) or None) == number
