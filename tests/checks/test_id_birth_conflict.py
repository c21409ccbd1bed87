"""Table of cases for id_birth_conflict."""

import pytest

from xueji.checks import id_birth_conflict

CASES = [
    # number, recorded birth date, found, why
    ("440106201503120036", "20150312", False, "agree"),
    ("440106201503120036", "2015-3-12", False, "agree, other notation"),
    ("440106201503120036", "2015/03/12", False, "agree, slashes"),
    ("440106201503120036", "20150313", True, "a day apart"),
    ("440106201503120036", "20151203", True, "month and day swapped"),
    ("440106201503120036", None, False, "no recorded date: required_missing"),
    ("440106201503120036", "20150230", False, "recorded date does not exist: date_invalid"),
    ("440106201503120036", "20270312", False, "recorded date to come: date_invalid"),
    ("440106201503120036", "19150312", False, "recorded date too early: date_invalid"),
    ("440106201502290033", "20150312", False, "no such date in the number: id_birth_date"),
    ("440106199511200036", "20150312", False, "implausible age: id_birth_date"),
    ("470106201503120031", "20150313", False, "unknown province: id_region"),
    ("449999201503120031", "20150313", True, "unknown county is only a note"),
    ("440106201503120037", "20150313", False, "wrong check character: id_checksum"),
    ("911156201503120033", "20150313", True, "foreigner's card holds a birth date too"),
    (None, "20150313", False, "missing: id_missing"),
]


@pytest.mark.parametrize(("id_number", "birth_date", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_differing_birth_date(find, id_number, birth_date, found, why):
    student = {"id_number": id_number, "birth_date": birth_date}
    assert find(id_birth_conflict.RULE, [student]) == ({"G1"} if found else set())
