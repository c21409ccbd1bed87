"""Table of cases for id_format."""

import pytest

from xueji.checks import id_format

CASES = [
    # number, reasons, why
    ("11010519491231002X", [], "published specimen ending in X"),
    ("440524188001010014", [], "published specimen"),
    ("11010519491231002x", [], "lower-case x is normalised"),
    ("１１０１０５１９４９１２３１００２Ｘ", [], "full width is normalised"),
    (" 110105 19491231\u3000002X\ufeff", [], "blanks are removed"),
    ("'440524188001010014", [], "leading apostrophe is removed"),
    ("440524188001010015", [], "wrong check character: id_checksum"),
    ("440524880101001", ["fifteen_digits"], "number of the first generation"),
    ("44052488010100X", ["length"], "fifteen characters, not all digits"),
    ("44052418800101001", ["length"], "lost its last character"),
    ("4405241880010100144", ["length"], "one digit too many"),
    ("1.10105E+17", ["length"], "exponent in a file that is sound otherwise"),
    ("44052418800101O014", ["characters"], "letter O for zero"),
    ("4405241880010l0014", ["characters"], "letter l for one"),
    ("1101051949123100X2", ["characters"], "X before the end"),
    ("11010519491231002Y", ["characters"], "ends in another letter"),
    ("4405241880010100１4"[:18], [], "one full-width digit"),
    ("44052418800101００1四", ["characters"], "a Chinese numeral"),
    ("-40524188001010014", ["characters"], "sign for a digit"),
    ("4405241880010.0014", ["characters"], "point for a digit"),
    ("44052418800_010014", ["characters"], "underscore, which a cast would skip"),
    ("１２３４５６７８９０１２３４５", ["fifteen_digits"], "fifteen full-width digits"),
    (None, [], "missing: id_missing"),
]


@pytest.mark.parametrize(("id_number", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_malformed_number(reasons, id_number, expected, why):
    assert reasons(id_format.RULE, {"id_number": id_number}) == expected


@pytest.mark.parametrize("id_type", ["护照", "C", "Z", None, "不知道"])
def test_other_types_are_not_judged(reasons, id_type):
    assert reasons(id_format.RULE, {"id_type": id_type, "id_number": "E1234567"}) == []


def test_says_how_many_characters_it_found(findings):
    assert findings(id_format.RULE, [{"id_number": "12345"}])[0]["detail"] == "所填为5位"
