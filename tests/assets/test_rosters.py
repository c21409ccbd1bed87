"""Approved schools and students found in class, taken in row by row."""

from pathlib import Path

import pytest
from matter_sample import World

from xueji.assets.rosters import take_in_rosters
from xueji.checks.rosters import ROSTER_RULES

DAY = "2026-11-20"
APPROVED = {
    "学校标识码": "2144000001", "学校名称": "第一小学", "行政区划代码": "440106001000", "批准文号": "穗教〔2010〕1号", "批准日期": "2010-06-01",
}  # fmt: skip
CHILD = {
    "学校标识码": "2144000001", "年级": "三年级", "班号": "2024301", "姓名": "王小明", "性别": "男", "出生日期": "2018-03-12",
    "身份证件类型": "居民身份证", "身份证件号": "440106201503120036", "学籍号": "G1",
}  # fmt: skip
APPROVED_CASES = [
    # unit, what differs, the rule it breaks (none: taken), why
    ("44", {}, None, "a school"),
    ("44", {"学校标识码": "", "批准日期": "", "批准文号": ""}, None, "neither code nor paper"),
    ("44", {"行政区划代码": "440106"}, None, "six digits"),
    (None, {"行政区划代码": "510104"}, None, "the ministry lists any unit's"),
    ("44", {"学校名称": " "}, "approved_name_missing", "no name"),
    ("44", {"行政区划代码": ""}, "approved_place", "no place"),
    ("44", {"行政区划代码": "4401"}, "approved_place", "four digits"),
    ("44", {"行政区划代码": "510104"}, "approved_foreign", "of another unit"),
    ("44", {"学校标识码": "44000001"}, "approved_code", "eight digits"),
    ("44", {"批准日期": "去年"}, "approved_date", "no date"),
]
CHILD_CASES = [
    ({}, None, "a child"),
    ({"学籍号": "", "身份证件号": "", "出生日期": "", "性别": "", "班号": ""}, None, "hardly a clue"),
    ({"年级": "初一"}, None, "another word for a grade"),
    ({"出生日期": "不详", "性别": "？", "身份证件类型": "学生证"}, None, "clues that cannot be read"),
    ({"学校标识码": ""}, "attending_school", "no school"),
    ({"学校标识码": "第一小学"}, "attending_school", "a name for a code"),
    ({"学校标识码": "2151000001"}, "attending_foreign", "of another unit"),
    ({"年级": "大班"}, "attending_grade", "no such grade"),
    ({"姓名": ""}, "attending_name_missing", "no name"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(("unit", "differs", "rule", "why"), APPROVED_CASES, ids=[case[-1] for case in APPROVED_CASES])
def test_an_approved_school_is_taken_or_refused(world, unit, differs, rule, why):
    other = APPROVED | {"学校名称": "第九小学", "学校标识码": "2144000009"}
    world.deliver(DAY, unit, "approved_schools.csv", [other, APPROVED | differs])
    taken = take_in_rosters(world.engine, world.landing, DAY)
    assert world.rows("select rule_id, kind from quarantine") == ([(rule, "approved_schools")] if rule else [])
    assert taken == (1 if rule else 2)
    assert world.rows("select distinct unit_code from approved_schools") == [(unit or "00",)]


@pytest.mark.parametrize(("differs", "rule", "why"), CHILD_CASES, ids=[case[-1] for case in CHILD_CASES])
def test_a_child_in_class_is_taken_or_refused(world, differs, rule, why):
    other = CHILD | {"姓名": "李雷", "学籍号": "G2"}
    world.deliver(DAY, "44", "attending_students.csv", [other, CHILD | differs])
    taken = take_in_rosters(world.engine, world.landing, DAY)
    assert world.rows("select rule_id, kind from quarantine") == ([(rule, "attending_students")] if rule else [])
    assert taken == (1 if rule else 2)


def test_children_are_typed_like_records(world):
    row = CHILD | {"姓名": "阿依 努尔•买买提", "身份证件号": "’44010620150312003６ ", "班号": " 2024301"}
    world.deliver(DAY, "44", "attending_students.csv", [row])
    take_in_rosters(world.engine, world.landing, DAY)
    query = """select grade, class_no, name, folded_name, sex_code, cast(birth_date as varchar), id_type, id_number, id_key
        from attending_students"""
    assert world.rows(query) == [
        (3, "2024301", "阿依 努尔•买买提", "阿依努尔·买买提", "1", "2018-03-12", "1", "440106201503120036", 44010620150312003)
    ]  # fmt: skip


def test_a_child_listed_twice_counts_once(world):
    twice = [CHILD, CHILD | {"班号": "2024302"}, CHILD | {"学籍号": "", "身份证件号": "", "姓名": "李雷"}] * 2
    world.deliver(DAY, "44", "attending_students.csv", [twice[0], twice[1], twice[2], twice[5]])
    assert take_in_rosters(world.engine, world.landing, DAY) == 2
    assert world.rows("select rule_id from quarantine") == [("attending_repeated",)] * 2


def test_a_school_listed_twice_counts_once(world):
    world.deliver(DAY, "44", "approved_schools.csv", [APPROVED, APPROVED | {"批准文号": "又一号"}])
    assert take_in_rosters(world.engine, world.landing, DAY) == 1
    assert world.rows("select rule_id from quarantine") == [("approved_repeated",)]


def test_every_rule_has_a_case():
    seen = {case[-2] for case in (*APPROVED_CASES, *CHILD_CASES)} - {None}
    assert seen | {"approved_repeated", "attending_repeated"} == set(ROSTER_RULES)
