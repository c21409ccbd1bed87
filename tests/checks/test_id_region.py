"""Table of cases for id_region."""

import pytest

from xueji.checks import id_region

CASES = [
    # number, reasons, why
    ("440106201503120036", [], "code in force"),
    ("412723201503120031", [], "retired, in use until 2000"),
    ("342401201503120039", [], "retired before the student was born"),
    ("441282201503120039", [], "retired"),
    ("810000201503120031", [], "residence permit, Hong Kong"),
    ("830000201503120035", [], "residence permit, Taiwan"),
    ("911156201503120033", [], "foreigner's card, 2023 form"),
    ("991156201503120038", [], "foreigner's card is not looked up"),
    ("710000201503120038", [], "71 is Taiwan"),
    ("449999201503120031", ["division"], "no table has the county"),
    ("470106201503120031", ["province"], "no province 47"),
    ("660101201503120035", ["province"], "66 is no division"),
    ("000106201503120034", ["province"], "leading zeros"),
    ("449999201503120030", [], "wrong check character: id_checksum"),
    ("47010620150312", [], "malformed: id_format"),
    (None, [], "missing: id_missing"),
]


@pytest.mark.parametrize(("id_number", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_unknown_address_code(reasons, id_number, expected, why):
    assert reasons(id_region.RULE, {"id_number": id_number}) == expected


def test_unknown_county_is_only_a_note(findings):
    students = [{"id_number": "449999201503120031"}, {"id_number": "470106201503120031"}]
    assert {row["student_no"]: row["severity"] for row in findings(id_region.RULE, students)} == {
        "G1": "note",
        "G2": "error",
    }
