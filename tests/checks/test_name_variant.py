"""Table of cases for name_variant."""

import pytest

from xueji.checks import name_variant

NUMBER = "440106201503120036"
CASES = [
    # name, register's name, reasons, why
    ("王小明", "王小明", [], "equal"),
    ("王 小明", "王小明", ["width"], "blank"),
    ("王小明", "王\u3000小明", ["width"], "wide blank in the register"),
    ("Ａｎｎａ", "ANNA", ["width"], "width and case"),
    ("阿卜杜拉.买买提", "阿卜杜拉·买买提", ["separator"], "full stop for separator"),
    ("阿卜杜拉•买买提", "阿卜杜拉·买买提", ["separator"], "bullet for separator"),
    ("阿卜杜拉・买买提", "阿卜杜拉·买买提", ["separator"], "Japanese dot for separator"),
    ("陳偉", "陈伟", ["variant"], "traditional"),
    ("王峯", "王峰", ["variant"], "variant"),
    ("王\ufa19", "王神", ["variant"], "compatibility character"),
    ("王\ue863", "王䶮", ["variant"], "private-use code of GBK"),
    ("葛\U000e0100明", "葛明", ["variant"], "mark that chooses a glyph"),
    ("鍾明", "锺明", ["variant"], "traditional of two characters: the one"),
    ("鍾明", "钟明", ["variant"], "traditional of two characters: the other"),
    ("靑靑", "青青", ["variant"], "old printing form"),
    ("陳 偉", "陈伟", ["variant"], "traditional, and a blank"),
    ("Ａ．陳", "A·陈", ["variant"], "width, separator and traditional"),
    ("阿卜杜拉买买提", "阿卜杜拉·买买提", ["separator"], "no separator"),
    ("王喆", "王哲", [], "two characters of the standard table: id_name_mismatch"),
    ("王昇", "王升", [], "two characters of the standard table, once variants: id_name_mismatch"),
    ("於明", "于明", [], "two surnames of the standard table: id_name_mismatch"),
    ("王小明", "王晓明", [], "same sound only: id_name_mismatch"),
    ("王?明", "王小明", [], "name_not_comparable"),
]


@pytest.mark.parametrize(("name", "register_name", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_names_equal_after_folding(findings, name, register_name, expected, why):
    rows = findings(
        name_variant.RULE,
        [{"id_number": NUMBER, "name": name}],
        population=[{"id_number": NUMBER, "name": register_name}],
    )
    assert [(row["reason"], row["severity"]) for row in rows] == [(reason, "note") for reason in expected]


def test_each_reason_has_a_suggestion():
    assert [*name_variant.RULE.reasons] == [*name_variant.RULE.suggestions]
