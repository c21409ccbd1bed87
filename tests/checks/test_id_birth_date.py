"""Table of cases for id_birth_date, on the night of 2026-11-20."""

import pytest

from xueji.checks import id_birth_date

CASES = [
    # number, reasons, why
    ("440106201503120036", [], "eleven years old"),
    ("440106201602290030", [], "29 February of a leap year"),
    ("440106201502290033", ["no_such_date"], "29 February of a common year"),
    ("440106210002290031", ["no_such_date"], "2100 is no leap year"),
    ("440106201513010033", ["no_such_date"], "month 13"),
    ("440106201504310034", ["no_such_date"], "31 April"),
    ("440106201504000036", ["no_such_date"], "day 0"),
    ("440106000003120039", ["no_such_date"], "year 0"),
    ("440106202311200036", [], "three today"),
    ("440106202311210031", ["implausible_age"], "three tomorrow"),
    ("440106199511210031", [], "thirty-one tomorrow"),
    ("440106199511200036", ["implausible_age"], "thirty-one today"),
    ("440106202611210033", ["implausible_age"], "born tomorrow"),
    ("11010519491231002X", ["implausible_age"], "published specimen, born 1949"),
    ("440524188001010014", ["implausible_age"], "published specimen, born 1880"),
    ("440106201513010034", [], "wrong check character: id_checksum"),
    ("440106201513", [], "malformed: id_format"),
    (None, [], "missing: id_missing"),
]


@pytest.mark.parametrize(("id_number", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_impossible_birth_date(reasons, id_number, expected, why):
    assert reasons(id_birth_date.RULE, {"id_number": id_number}) == expected
