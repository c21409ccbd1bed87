"""Table of cases for id_sex_conflict. Digit 17 is odd for 男, even for 女."""

import pytest

from xueji.checks import id_sex_conflict

CASES = [
    # number, recorded sex, found, why
    ("440106201503120036", "男", False, "3 is odd"),
    ("440106201503120036", "1", False, "code for 男"),
    ("440106201503120036", "女", True, "3 is odd, recorded 女"),
    ("440106201503120044", "2", False, "4 is even"),
    ("440106201503120044", "男", True, "4 is even, recorded 男"),
    ("440106201503120044", None, False, "no recorded sex: required_missing"),
    ("440106201503120044", "未知", False, "sex in no list: code_invalid"),
    ("911156201503120041", "男", False, "foreigner's card is not judged"),
    ("830000201503120035", "女", True, "residence permit is judged"),
    ("440106201502290033", "女", False, "no such date: id_birth_date"),
    ("470106201503120031", "女", False, "unknown province: id_region"),
    ("440106201503120045", "男", False, "wrong check character: id_checksum"),
    (None, "男", False, "missing: id_missing"),
]


@pytest.mark.parametrize(("id_number", "sex", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_differing_sex(find, id_number, sex, found, why):
    assert find(id_sex_conflict.RULE, [{"id_number": id_number, "sex": sex}]) == ({"G1"} if found else set())
