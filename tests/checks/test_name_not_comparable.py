"""Table of cases for name_not_comparable."""

import pytest

from xueji.checks import name_not_comparable

NUMBER = "440106201503120036"
TWIN, NEITHER = ["encoding_twin"], [None]
CASES = [
    # name, register's name, reasons, why
    ("王?明", "王小明", TWIN, "question mark"),
    ("王？明", "王小明", TWIN, "full-width question mark"),
    ("王□", "王小", TWIN, "box"),
    ("王小明", "王〓明", TWIN, "getaway mark in the register"),
    ("王\ufffd明", "王小明", TWIN, "replacement character"),
    ("王\ue000明", "王小明", TWIN, "private use"),
    ("王\U000f0000明", "王小明", TWIN, "private use beyond the basic plane"),
    ("王小明", "王\ue000明", TWIN, "private use in the register"),
    ("王\ue863", "王小", TWIN, "private use with a twin, which is another character: the code may be another system's"),
    ("王??明", "王䶮明", TWIN, "a mark for each byte of a character"),
    ("?小?", "王小明", TWIN, "two characters lost"),
    ("王YAN明", "王䶮明", TWIN, "pinyin for a character"),
    ("陳?", "陈䶮", TWIN, "the rest equal when folded"),
    ("阿卜杜拉·买?提", "阿卜杜拉・买买提", TWIN, "separators left out"),
    ("王□", "王小明", NEITHER, "one character too few besides"),
    ("王?明", "李小明", NEITHER, "the surname differs too"),
    ("?", "王", [], "one character: name_invalid"),
    ("??", "王明", NEITHER, "nothing left to compare"),
    ("王?", "王\ue000", NEITHER, "lost on both sides"),
    ("王?明", "王?明", [], "equal all the same"),
    ("王\ue863", "王䶮", [], "private use with a twin: name_variant"),
    ("王𠮷", "王吉", [], "a rare character is one: id_name_mismatch"),
    ("王小明", "李静", [], "comparable"),
]


@pytest.mark.parametrize(("name", "register_name", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_names_nobody_can_compare(findings, name, register_name, expected, why):
    rows = findings(
        name_not_comparable.RULE,
        [{"id_number": NUMBER, "name": name}],
        population=[{"id_number": NUMBER, "name": register_name}],
    )
    assert [(row["reason"], row["severity"]) for row in rows] == [(reason, "note") for reason in expected]


def test_each_reason_has_a_suggestion():
    assert [*name_not_comparable.RULE.reasons] == [*name_not_comparable.RULE.suggestions]
