"""Table of cases for name_not_comparable."""

import pytest

from xueji.checks import name_not_comparable

NUMBER = "440106201503120036"
CASES = [
    # name, register's name, found, why
    ("王?明", "王小明", True, "question mark"),
    ("王？明", "王小明", True, "full-width question mark"),
    ("王□", "王小明", True, "box"),
    ("王\ufffd明", "王小明", True, "replacement character"),
    ("王\ue000明", "王小明", True, "private use"),
    ("王\U000f0000明", "王小明", True, "private use beyond the basic plane"),
    ("王小明", "王\ue000明", True, "private use in the register"),
    ("王?明", "王?明", False, "equal all the same"),
    ("王𠮷", "王吉", False, "a rare character is one: id_name_mismatch"),
    ("王小明", "李静", False, "comparable"),
]


@pytest.mark.parametrize(("name", "register_name", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_names_nobody_can_compare(findings, name, register_name, found, why):
    rows = findings(
        name_not_comparable.RULE,
        [{"id_number": NUMBER, "name": name}],
        population=[{"id_number": NUMBER, "name": register_name}],
    )
    assert [(row["reason"], row["severity"]) for row in rows] == ([(None, "note")] if found else [])
