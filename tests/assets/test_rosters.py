"""Approved schools and students found in class, taken in row by row."""

from dataclasses import dataclass

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
TYPED = CHILD | {
    "学校标识码": "2144000901",
    "姓名": "阿依 努尔•买买提",
    "身份证件号": "’44010620150312003６ ",
    "班号": " 2024301",
}
OF_ONE_SCHOOL = CHILD | {"学校标识码": "2144000902"}
NUMBERLESS = OF_ONE_SCHOOL | {"学籍号": "", "身份证件号": "", "姓名": "李雷"}
CHILDREN_TWICE = [OF_ONE_SCHOOL, OF_ONE_SCHOOL | {"班号": "2024302"}, NUMBERLESS, NUMBERLESS]
SCHOOL = APPROVED | {"学校标识码": "2144000903", "学校名称": "又一小学"}
SCHOOL_TWICE = [SCHOOL, SCHOOL | {"批准文号": "又一号"}]
NATION = "00"


def own_school(place: int) -> dict[str, str]:
    """The school of a case, which no other case has."""
    return APPROVED | {"学校标识码": f"2144{place:06}", "学校名称": f"第{place}小学"} | APPROVED_CASES[place][1]


def own_child(place: int) -> dict[str, str]:
    return CHILD | {"姓名": f"王小明{place}", "学籍号": f"G{place}"} | CHILD_CASES[place][0]


def schools_of(unit: str | None) -> list[dict[str, str]]:
    return [own_school(place) for place, case in enumerate(APPROVED_CASES) if case[0] == unit]


FILES = {
    ("44", "approved_schools"): [*schools_of("44"), *SCHOOL_TWICE],
    (NATION, "approved_schools"): schools_of(None),
    ("44", "attending_students"): [*map(own_child, range(len(CHILD_CASES))), TYPED, *CHILDREN_TWICE],
}
CHILDREN, SCHOOLS, NATIONAL = ("44", "attending_students"), ("44", "approved_schools"), (NATION, "approved_schools")


@dataclass(frozen=True)
class TakenIn:
    """What became of all files, taken in on one night."""

    written: int
    counts: list[tuple[object, ...]]
    schools: list[tuple[object, ...]]  # unit, code, name
    children: list[tuple[object, ...]]  # school, name, and more
    refused: list[tuple[object, ...]]  # unit, kind, row of the file, rule

    def rules(self, file: tuple[str, str], *rows: dict[str, str]) -> list[object]:
        """The rules by which some rows of a file were refused."""
        places = {place for place, row in enumerate(FILES[file], start=2) if row in rows}
        assert places
        return [rule for unit, kind, place, rule in self.refused if (unit, kind) == file and place in places]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> TakenIn:
    world = World(tmp_path_factory.mktemp("rosters"))
    for (unit, kind), rows in FILES.items():
        world.deliver(DAY, None if unit == NATION else unit, f"{kind}.csv", rows)
    written = take_in_rosters(world.engine, world.landing, DAY)
    return TakenIn(
        written,
        world.rows("select sum(rows_delivered), sum(rows_accepted), sum(rows_quarantined) from deliveries"),
        world.rows("select unit_code, school_code, school_name from approved_schools"),
        world.rows(
            """select school_code, name, grade, class_no, folded_name, sex_code, cast(birth_date as varchar), id_type, id_number, id_key
            from attending_students order by school_code, name"""
        ),
        world.rows('select unit_code, kind, "row", rule_id from quarantine'),
    )


@pytest.mark.parametrize(
    ("place", "unit", "rule", "why"),
    [(place, unit, rule, why) for place, (unit, _, rule, why) in enumerate(APPROVED_CASES)],
    ids=[case[-1] for case in APPROVED_CASES],
)
def test_an_approved_school_is_taken_or_refused(taken_in, place, unit, rule, why):
    own = own_school(place)
    assert taken_in.rules(SCHOOLS if unit else NATIONAL, own) == ([rule] if rule else [])
    taken = [of for of, _, name in taken_in.schools if name == own["学校名称"]]
    assert taken == ([] if rule else [unit or NATION])


@pytest.mark.parametrize(
    ("place", "rule", "why"),
    [(place, rule, why) for place, (_, rule, why) in enumerate(CHILD_CASES)],
    ids=[case[-1] for case in CHILD_CASES],
)
def test_a_child_in_class_is_taken_or_refused(taken_in, place, rule, why):
    own = own_child(place)
    assert taken_in.rules(CHILDREN, own) == ([rule] if rule else [])
    assert [name for _, name, *_ in taken_in.children].count(own["姓名"]) == (0 if rule else 1)


def test_every_row_is_taken_or_refused_once(taken_in):
    faults = sum(case[-2] is not None for case in (*APPROVED_CASES, *CHILD_CASES)) + 3  # three rows are repeated
    given = sum(map(len, FILES.values()))
    assert len(taken_in.refused) == faults
    assert taken_in.written == given - faults
    assert len(taken_in.schools) + len(taken_in.children) == given - faults
    assert taken_in.counts == [(given, given - faults, faults)]


def test_children_are_typed_like_records(taken_in):
    assert [row for row in taken_in.children if row[0] == TYPED["学校标识码"]] == [
        (TYPED["学校标识码"], "阿依 努尔•买买提", 3, "2024301", "阿依努尔·买买提", "1", "2018-03-12", "1", "440106201503120036", 44010620150312003)
    ]  # fmt: skip


def test_a_child_listed_twice_counts_once(taken_in):
    taken = [name for school, name, *_ in taken_in.children if school == OF_ONE_SCHOOL["学校标识码"]]
    assert taken == ["李雷", "王小明"]
    assert taken_in.rules(CHILDREN, *CHILDREN_TWICE) == ["attending_repeated"] * 2


def test_a_school_listed_twice_counts_once(taken_in):
    assert [code for _, code, _ in taken_in.schools].count(SCHOOL["学校标识码"]) == 1
    assert taken_in.rules(SCHOOLS, *SCHOOL_TWICE) == ["approved_repeated"]


def test_every_rule_has_a_case():
    seen = {case[-2] for case in (*APPROVED_CASES, *CHILD_CASES)} - {None}
    assert seen | {"approved_repeated", "attending_repeated"} == set(ROSTER_RULES)
