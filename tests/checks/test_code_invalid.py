"""Table of cases for code_invalid: codes and labels are both accepted."""

import pytest

from xueji.checks import code_invalid
from xueji.checks.code_lists import GRADE, NATION

CASES = [
    # field, text, found, why
    ("sex", "男", False, "sex label"),
    ("sex", "2", False, "sex code"),
    ("sex", " 女\u3000", False, "sex with blanks around"),
    ("sex", "9", True, "sex code of no template"),
    ("sex", "M", True, "sex letter"),
    ("id_type", "居民身份证", False, "type label"),
    ("id_type", "a", False, "type code in lower case"),
    ("id_type", "C", False, "residence permit of Hong Kong, Macao, Taiwan"),
    ("id_type", "00", True, "type code unknown"),
    ("grade", "１２", False, "grade in full width"),
    ("grade", "初中一年级", False, "grade by stage"),
    ("grade", "高三", False, "grade by stage, short"),
    ("grade", "13", True, "no grade 13"),
    ("grade", "学前班", True, "no school grade"),
    ("nation", "汉族", False, "nation label"),
    ("nation", "汉", False, "nation without 族"),
    ("nation", "01", False, "nation code"),
    ("nation", "97", False, "nation other"),
    ("nation", "60", True, "nation code unknown"),
    ("nation", "汗族", True, "nation misspelt"),
    ("nationality", "CHN", False, "country code"),
    ("nationality", "中国", False, "country name"),
    ("nationality", "哈萨克斯坦", False, "another country name"),
    ("nationality", "CH", True, "two letters"),
    ("nationality", "chn", True, "lower case"),
    ("nationality", "中囯", True, "country name misspelt"),
    ("hmt_overseas", "00", False, "not from overseas"),
    ("hmt_overseas", "台湾同胞", False, "overseas label"),
    ("hmt_overseas", "0", True, "overseas code cut short"),
    ("health", "健康或良好", False, "health label"),
    ("health", "11", True, "health code unknown"),
    ("household_type", "1", False, "household code"),
    ("household_type", "城市", True, "household label unknown"),
    ("admission", "就近入学", False, "admission label"),
    ("admission", "13", True, "admission code unknown"),
    ("attendance", "住校", False, "attendance label"),
    ("attendance", "送教上门", False, "attendance label of local systems"),
    ("attendance", "5", True, "attendance code unknown"),
    ("nation", None, False, "blank is not judged"),
    ("sex", None, False, "blank: required_missing"),
]


@pytest.mark.parametrize(("field", "text", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_unknown_codes(find, field, text, found, why):
    assert find(code_invalid.RULE, [{field: text}]) == ({"G1"} if found else set())


def test_names_the_field(reasons):
    assert reasons(code_invalid.RULE, {"sex": "x", "nation": "x"}) == ["mzm", "xbm"]


def test_nations_are_those_of_the_standard():
    assert [NATION.labels[code][0] for code in ("01", "11", "56")] == ["汉族", "满族", "基诺族"]
    assert len(NATION.labels) == 56 + 3


def test_grades_have_many_spellings():
    assert GRADE.labels["7"][0] == "七年级"
    assert {"初一", "初中一年级", "初一年级", "7", "７", "七"} <= set(GRADE.labels["7"])
    spellings = [text for texts in GRADE.labels.values() for text in texts]
    assert len(spellings) == len(set(spellings)), "a spelling means two grades"
