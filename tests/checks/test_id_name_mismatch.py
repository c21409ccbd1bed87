"""Table of cases for id_name_mismatch: a student's name, the register's, and how they differ."""

from datetime import date

import pytest

from xueji.checks import id_name_mismatch
from xueji.checks.name_mismatch import REASONS

NUMBER = "440106201503120036"
CASES = [
    # name, register's name, reasons, why
    ("王小明", "王小明", [], "equal"),
    ("王小明", "王晓明", ["homophone"], "same sound, other character"),
    ("王小明", "汪晓铭", ["homophone_tone"], "same sounds throughout, one in another tone"),
    ("单丽", "丹丽", ["homophone_reading"], "a surname read otherwise"),
    ("王能", "王奈", ["different"], "alike in a reading of old only"),
    ("王末", "王未", ["shape"], "look-alikes"),
    ("陈辰", "阵辰", ["shape"], "look-alike surname"),
    ("王小明", "王明小", ["order"], "order"),
    ("明小王", "王小明", ["order"], "order of three"),
    ("王小明", "王明", ["added_character"], "one too many"),
    ("王明", "王小明", ["missing_character"], "one too few"),
    ("阿卜杜拉", "阿卜杜拉·买买提", ["missing_character"], "family name left out"),
    ("王小明", "张小明", ["surname"], "surname changed"),
    ("王小明", "李静", ["different"], "another person"),
    ("王小明", "王大明", ["different"], "another character"),
    ("王晓末", "王小未", ["different"], "one by sound and one by shape is neither"),
    ("王鑫鑫", "王鑫", ["added_character"], "doubled character"),
    ("王 小明", "王小明", [], "blank: name_variant"),
    ("陳偉", "陈伟", [], "traditional: name_variant"),
    ("王?明", "王小明", [], "untyped character: name_not_comparable"),
    ("王小明1", "王小明", [], "digit: name_invalid"),
    (None, "王小明", [], "missing: required_missing"),
]


@pytest.mark.parametrize(("name", "register_name", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_says_how_names_differ(reasons, name, register_name, expected, why):
    student = {"id_number": NUMBER, "name": name}
    register = [{"id_number": NUMBER, "name": register_name}]
    assert reasons(id_name_mismatch.RULE, student, population=register) == expected


def test_each_reason_has_its_sentence_and_a_suggestion_that_is_one():
    assert [*id_name_mismatch.RULE.reasons] == [*id_name_mismatch.RULE.suggestions] == [*REASONS, "answered"]
    for text in id_name_mismatch.RULE.suggestions.values():
        assert text.endswith("。") and ("变更" in text or "佐证" in text)


SEVERAL = [
    # the register's names under the number, reasons, why
    (("李静", "王小明"), [], "one of them is equal"),
    (("李静", "王 小明"), [], "one of them is equal after folding"),
    (("李静", "王晓明"), ["homophone"], "the nearest of them"),
    (("李静", "王小明", "王小明"), [], "listed twice"),
]


@pytest.mark.parametrize(("names", "expected", "why"), SEVERAL, ids=[case[-1] for case in SEVERAL])
def test_several_register_names(reasons, names, expected, why):
    register = [{"id_number": NUMBER, "name": name} for name in names]
    assert reasons(id_name_mismatch.RULE, {"id_number": NUMBER}, population=register) == expected


ANSWERS = [
    # answer, register's name, reasons, why
    ("姓名不匹配", None, ["answered"], "denied"),
    ("姓名不匹配", "王小明", ["answered"], "denied, whatever the register says"),
    ("一致", "李静", [], "confirmed, whatever the register says"),
    ("不存在", "李静", [], "no such number: id_not_found"),
]


@pytest.mark.parametrize(("answer", "register_name", "expected", "why"), ANSWERS, ids=[case[-1] for case in ANSWERS])
def test_the_owners_answer_goes_first(reasons, answer, register_name, expected, why):
    register = [{"id_number": NUMBER, "name": register_name}] if register_name else []
    answers = [{"id_number": NUMBER, "name": "王小明", "answer": answer, "answered_on": date(2026, 11, 1)}]
    student = {"id_number": NUMBER, "name": "王小明"}
    assert reasons(id_name_mismatch.RULE, student, population=register, answers=answers) == expected


def test_a_number_that_is_not_sound_is_not_compared(find):
    register = [{"id_number": "440106199511200036", "name": "李静"}]
    assert find(id_name_mismatch.RULE, [{"id_number": "440106199511200036"}], population=register) == set()


def test_stands_as_an_error(findings):
    rows = findings(id_name_mismatch.RULE, [{"id_number": NUMBER}], population=[{"id_number": NUMBER, "name": "李静"}])
    assert [row["severity"] for row in rows] == ["error"]
