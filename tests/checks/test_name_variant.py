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
