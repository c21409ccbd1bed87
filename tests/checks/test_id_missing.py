"""Table of cases for id_missing."""

import pytest

from xueji.checks import id_missing

CASES = [
    # document type, number, found, why
    ("居民身份证", None, True, "type 1 without a number"),
    ("1", None, True, "type given as a code"),
    ("身份证", " '\u3000", True, "only blanks and an apostrophe"),
    ("1", "440106201503120036", False, "number given"),
    ("1", "x", False, "given but malformed: id_format"),
    ("护照", None, False, "other type: required_missing"),
    ("Z", None, False, "type other may be blank"),
    (None, None, False, "no type: required_missing says so"),
    ("不知道", None, False, "type in no list: code_invalid says so"),
]


@pytest.mark.parametrize(("id_type", "id_number", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_missing_number(find, id_type, id_number, found, why):
    assert find(id_missing.RULE, [{"id_type": id_type, "id_number": id_number}]) == ({"G1"} if found else set())
