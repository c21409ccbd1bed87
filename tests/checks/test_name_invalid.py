"""Table of cases for name_invalid."""

import pytest

from xueji.checks import name_invalid

CASES = [
    # name, reasons, why
    ("王小明", [], "ordinary"),
    ("欧阳娜", [], "compound surname"),
    ("阿卜杜拉·买买提", [], "separator"),
    ("阿卜杜拉.买买提", [], "full stop as separator"),
    ("阿卜杜拉•买买提", [], "bullet as separator"),
    ("𠮷田明", [], "character beyond the basic plane"),
    ("王〇明", [], "the numeral 〇 is a name character"),
    ("ANNA-MARIA O'NEIL", [], "Latin name with hyphen, apostrophe, blank"),
    ("王?明", [], "question mark: name_not_comparable"),
    ("王□", [], "box: name_not_comparable"),
    ("王\ue123明", [], "private-use character: name_not_comparable"),
    ("王", ["one_character"], "one character"),
    (" 王 ", ["one_character"], "one character between blanks"),
    ("王小明1", ["characters"], "digit"),
    ("王小明２", ["characters"], "full-width digit"),
    ("王①明", ["characters"], "circled number"),
    ("王小明(转)", ["characters"], "brackets"),
    ("王小明（转）", ["characters"], "full-width brackets"),
    ("王小明,", ["characters"], "comma"),
    ("王、明", ["characters"], "Chinese comma"),
    ("王*明", ["characters"], "masked"),
    ("王Ⅱ", ["characters"], "Roman numeral character"),
    ("3", ["characters"], "one finding though also one character"),
    ("测试", ["placeholder"], "placeholder"),
    ("未 知", ["placeholder"], "placeholder with a blank"),
    ("null", ["placeholder"], "placeholder in lower case"),
    ("ｔｅｓｔ", ["placeholder"], "placeholder in full width"),
    ("未知之", [], "begins like a placeholder"),
    ("阿" * 50, [], "fifty characters"),
    ("阿" * 51, ["length"], "fifty-one characters"),
    (None, [], "missing: required_missing"),
]


@pytest.mark.parametrize(("name", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_what_is_no_name(reasons, name, expected, why):
    assert reasons(name_invalid.RULE, {"name": name}) == expected
