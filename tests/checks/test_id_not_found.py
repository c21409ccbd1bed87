"""Table of cases for id_not_found."""

from datetime import date

import pytest

from xueji.checks import id_not_found

NUMBER = "440106201503120036"
HELD = {"id_number": NUMBER, "name": "王小明"}
OTHER = {"id_number": "440106201503120044", "name": "李静"}


def answer(text, name="王小明", day=1):
    return {"id_number": NUMBER, "name": name, "answer": text, "answered_on": date(2026, 11, day)}


CASES = [
    # what differs in the student, register, answers, found, why
    ({}, [HELD], [], False, "register holds it"),
    ({}, [OTHER], [], True, "register does not hold it"),
    ({}, [], [], False, "no register, no answer"),
    ({"name": "李静"}, [HELD], [], False, "held under another name: id_name_mismatch"),
    ({"name": None}, [OTHER], [], True, "no name, still judged"),
    ({"name": "测试"}, [OTHER], [], True, "invalid name, still judged"),
    ({}, [HELD], [answer("不存在")], True, "the answer goes before the register"),
    ({}, [OTHER], [answer("一致")], False, "the answer goes before the register, too"),
    ({}, [], [answer("不存在")], True, "answer without a register"),
    ({}, [], [answer("姓名不匹配")], False, "answer about the name: id_name_mismatch"),
    ({}, [], [answer("不存在", day=1), answer("一致", day=2)], False, "the latest answer counts"),
    ({}, [], [answer("一致", day=1), answer("不存在", day=2)], True, "the latest answer counts, again"),
    ({}, [OTHER], [answer("一致", name="李静")], True, "an answer for another name is none"),
    ({"id_number": "440106201503120037"}, [OTHER], [], False, "wrong check character: id_checksum"),
    ({"id_number": "470106201503120031"}, [OTHER], [], False, "unknown province: id_region"),
    ({"id_number": "440106201502290033"}, [OTHER], [], False, "no such date: id_birth_date"),
    ({"id_number": "449999201503120031"}, [OTHER], [], True, "unknown county is only a note"),
    ({"id_number": None}, [OTHER], [], False, "missing: id_missing"),
    ({"id_type": "护照"}, [OTHER], [], False, "another type"),
]


@pytest.mark.parametrize(("student", "register", "answers", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_numbers_the_register_lacks(find, student, register, answers, found, why):
    expected = {"G1"} if found else set()
    assert find(id_not_found.RULE, [student], population=register, answers=answers) == expected
