"""The school table: unit, county and city of a school."""

import pytest

from xueji.checks.catalogue import RULES
from xueji.checks.divisions import division_name, names

CASES = [
    # place, county, city, why
    ("440106001000", "440106", "440100", "twelve digits"),
    ("440106", "440106", "440100", "six digits"),
    ("110101001000", "110101", None, "a municipality has no cities"),
    ("500101", "500101", None, "Chongqing"),
    ("429004000000", "429004", None, "county directly under its province"),
    ("659001", "659001", None, "city of 兵团"),
    ("441900", "441900", "441900", "city without counties"),
    ("4401", None, None, "too short"),
    (None, None, None, "missing"),
]


@pytest.mark.parametrize(("place", "county", "city", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_county_and_city(findings, tables, place, county, city, why):
    findings(RULES[0], [], schools=[{"place_code": place}])
    (row,) = tables.rows("select * from core_schools").to_dicts()
    assert (row["county_code"], row["city_code"], row["unit_code"]) == (county, city, "44")


@pytest.mark.parametrize(
    ("text", "level"), [("省", "province"), ("市", "city"), ("县", "county"), ("?", None), (None, None)]
)
def test_reads_the_authoritys_level(findings, tables, text, level):
    findings(RULES[0], [], schools=[{"authority_level_text": text}])
    assert tables.rows("select authority_level from core_schools").to_series().to_list() == [level]


def test_each_school_stands_once(findings, tables):
    findings(RULES[0], [], schools=[{"school_name": "乙校"}, {"school_name": "甲校"}, {"school_code": None}])
    assert tables.rows("select * from core_schools").height == 1


def test_divisions_in_force_and_retired_have_names():
    assert (division_name("440106"), division_name("659001")) == ("天河区", "石河子市")
    assert {"412723", "370284", "342401", "810000", "820000", "830000"} <= set(names())
    assert division_name("999999") == "999999"
