"""What authorities are called."""

import pytest

from xueji.assets.office_lists import office_name

NAMES = [
    # code, name, why
    ("00", "教育部", "ministry"),
    ("66", "新疆生产建设兵团教育局", "corps"),
    ("11", "北京市教育委员会", "municipality"),
    ("440106", "广东省广州市天河区教育局", "county of a city"),
    ("110101", "北京市东城区教育局", "county of a municipality"),
    ("441900", "广东省东莞市教育局", "city without counties"),
    ("370100", "山东省济南市教育局", "city"),
    ("429004", "湖北省仙桃市教育局", "county of no city"),
    ("659001", "新疆维吾尔自治区石河子市教育局", "county of no city in a region"),
    ("999999", "999999教育局", "not in the table"),
]


@pytest.mark.parametrize(("code", "name", "why"), NAMES, ids=[case[-1] for case in NAMES])
def test_names_the_office_of_a_code(code: str, name: str, why: str) -> None:
    assert office_name(code) == name
