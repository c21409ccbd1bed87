"""Registry business taken in: each row rule by a case, one bad row never costs a good one, the last delivery stands."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from matter_sample import World

from xueji.assets.business import take_in_business
from xueji.checks.business import BUSINESS_RULES, KIND, STATE

DAY = "2026-11-20"
GOOD = {
    "业务编号": "YW1", "业务类型": "转学", "办理状态": "在办", "学籍号": "G1", "学校标识码": "2144000001", "转入学校标识码": "2144000002",
    "申请日期": "2026-11-02", "办结日期": "", "截止日期": "", "劝返日期": "", "原年级": "", "现年级": "",
}  # fmt: skip
DONE = {"办理状态": "办结", "办结日期": "2026-11-10"}
CASES = [
    # what differs, the rule it breaks (none: taken), why
    ({}, None, "a transfer under way"),
    ({"业务类型": "transfer", "办理状态": "open", "申请日期": "20261102"}, None, "codes, another way to write a date"),
    ({"业务类型": "休学", "转入学校标识码": "", "截止日期": "2027-11-02", **DONE}, None, "a suspension"),
    ({"业务类型": "留级", "原年级": "三年级", "现年级": "3", **DONE}, None, "a grade repeated"),
    ({"业务类型": "跳级", "原年级": "三年级", "现年级": "五年级", **DONE}, None, "a grade skipped"),
    ({"业务类型": "辍学", "劝返日期": "2026-10-01"}, None, "sought before it was registered"),
    ({"转入学校标识码": "2151000001"}, None, "to another unit"),
    ({"业务编号": " "}, "business_no_missing", "no number"),
    ({"业务类型": "请假"}, "business_kind", "no such kind"),
    ({"业务类型": ""}, "business_kind", "no kind"),
    ({"办理状态": "不知道"}, "business_state", "no such state"),
    ({"学籍号": ""}, "business_student_missing", "no student"),
    ({"学校标识码": "21440001"}, "business_school", "eight digits"),
    ({"学校标识码": ""}, "business_school", "no school"),
    ({"申请日期": ""}, "business_applied_missing", "no date"),
    ({"申请日期": "2026-02-30"}, "business_applied_on", "no such date"),
    ({"办结日期": "上周"}, "business_finished_on", "not a date"),
    ({"业务类型": "休学", "截止日期": "2027"}, "business_ends_on", "a year alone"),
    ({"业务类型": "辍学", "劝返日期": "20261301"}, "business_control_on", "month 13"),
    ({"办理状态": "办结"}, "business_finish_missing", "done, and no day"),
    ({"办结日期": "2026-11-10"}, "business_finish_early", "under way, and a day of its end"),
    ({"办理状态": "办结", "办结日期": "2026-11-01"}, "business_finish_reversed", "done before it began"),
    ({"业务类型": "休学", "截止日期": "2026-11-01", **DONE}, "business_end_reversed", "over before it began"),
    ({"申请日期": "2026-11-21"}, "business_future", "applied for tomorrow"),
    ({"转入学校标识码": ""}, "business_other_missing", "a transfer to nowhere"),
    ({"转入学校标识码": "第二小学"}, "business_other", "a name for a code"),
    ({"转入学校标识码": "2144000001"}, "business_other_same", "to the school itself"),
    ({"业务类型": "跳级", "现年级": "五年级", **DONE}, "business_grades_missing", "from where"),
    ({"业务类型": "跳级", "原年级": "大班", "现年级": "五年级", **DONE}, "business_from_grade", "no such grade"),
    ({"业务类型": "留级", "原年级": "三年级", "现年级": "13", **DONE}, "business_to_grade", "no such grade either"),
    ({"业务类型": "跳级", "原年级": "五年级", "现年级": "五年级", **DONE}, "business_skip_reversed", "nothing skipped"),
    (
        {"业务类型": "留级", "原年级": "三年级", "现年级": "四年级", **DONE},
        "business_repeat_reversed",
        "nothing repeated",
    ),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@dataclass(frozen=True)
class TakenIn:
    """What became of all the cases, delivered in one file in their order, each under a number of its own."""

    written: int
    taken: list[str]
    refused: list[tuple[object, ...]]  # row of the file, rule, kind
    counts: list[tuple[object, ...]]


def number_of(place: int) -> str:
    return f"YW{place:03}"


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> TakenIn:
    world = World(tmp_path_factory.mktemp("business"))
    rows = [GOOD | {"业务编号": number_of(place)} | differs for place, (differs, _, _) in enumerate(CASES)]
    world.deliver(DAY, "44", "business.csv", rows)
    return TakenIn(
        take_in_business(world.engine, world.landing, DAY),
        [str(number) for (number,) in world.rows("select business_no from business")],
        world.rows('select "row", rule_id, kind from quarantine'),
        world.rows("select rows_delivered, rows_accepted, rows_quarantined from deliveries"),
    )


@pytest.mark.parametrize(
    ("place", "rule", "why"),
    [(place, rule, why) for place, (_, rule, why) in enumerate(CASES)],
    ids=[case[-1] for case in CASES],
)
def test_a_row_is_taken_or_refused_by_one_rule(taken_in, place, rule, why):
    row = place + 2  # the file's first has the column names
    refused = [told for at, *told in taken_in.refused if at == row]
    assert refused == ([] if rule is None else [[rule, "business"]])
    assert taken_in.taken.count(number_of(place)) == (1 if rule is None else 0)


def test_every_row_is_counted_once(taken_in):
    good = sum(rule is None for _, rule, _ in CASES)
    assert taken_in.written == len(taken_in.taken) == good
    assert len(taken_in.refused) == len(CASES) - good
    assert taken_in.counts == [(len(CASES), good, len(CASES) - good)]


def test_every_rule_has_a_case():
    assert {rule for _, rule, _ in CASES if rule} | {"business_repeated"} == set(BUSINESS_RULES)


def test_a_refusal_says_where_and_what_without_the_student(world):
    world.deliver(DAY, "44", "business.csv", [GOOD, GOOD | {"业务编号": "YW2", "业务类型": "请假", "学籍号": "G9876"}])
    take_in_business(world.engine, world.landing, DAY)
    ((file, row, column, value, reason, raw),) = world.rows(
        'select file, "row", "column", "value", reason, raw from quarantine'
    )
    assert (file, row, column, value) == ("business.csv", 3, "业务类型", "请假")
    assert reason == "业务类型“请假”不在可选范围内"
    assert "G9876" in raw and "G9876" not in reason


def test_of_a_number_repeated_the_row_furthest_on_counts(world):
    rows = [GOOD, GOOD | DONE, GOOD | DONE | {"办结日期": "2026-11-12"}, GOOD]
    world.deliver(DAY, "44", "business.csv", rows)
    assert take_in_business(world.engine, world.landing, DAY) == 1
    assert world.rows("select state, cast(finished_on as varchar) from business") == [("done", "2026-11-12")]
    assert world.rows("select rule_id from quarantine") == [("business_repeated",)] * 3


def test_what_was_delivered_last_stands(world):
    world.deliver(DAY, "44", "business.csv", [GOOD])
    world.deliver(DAY, "51", "business.csv", [GOOD | {"学校标识码": "2151000001"}])
    assert take_in_business(world.engine, world.landing, DAY) == 2
    world.deliver("2026-11-21", "44", "business.csv", [GOOD | {"业务编号": "YW2"}])
    assert take_in_business(world.engine, world.landing, "2026-11-21") == 1
    standing = [("44", "YW2"), ("51", "YW1")]
    assert world.rows("select unit_code, business_no from business order by all") == standing
    assert take_in_business(world.engine, world.landing, "2026-11-21") == 1, "the night run again"
    assert world.rows("select unit_code, business_no from business order by all") == standing
    version = world.engine.version("business")
    assert take_in_business(world.engine, world.landing, "2026-11-22") == 0, "nothing came"
    assert world.engine.version("business") == version


def test_an_empty_list_ends_all_business_and_a_useless_one_nothing(world):
    world.deliver(DAY, "44", "business.csv", [GOOD])
    take_in_business(world.engine, world.landing, DAY)
    world.deliver("2026-11-21", "44", "business.csv", [GOOD | {"业务类型": "请假"}])
    take_in_business(world.engine, world.landing, "2026-11-21")
    assert world.rows("select business_no from business") == [("YW1",)]
    assert world.rows("select verdict from deliveries where \"date\" = '2026-11-21'") == [("refused",)]
    world.deliver("2026-11-22", "44", "business.csv", [GOOD])
    (world.folder / "2026-11-22/44/business.csv").write_text(",".join(GOOD) + "\n", encoding="utf-8")
    take_in_business(world.engine, world.landing, "2026-11-22")
    assert world.rows("select business_no from business") == []


def test_kinds_and_states_have_distinct_words():
    for codes in (KIND, STATE):
        words = [word for labels in codes.labels.values() for word in labels]
        assert len(words) == len(set(words))
