"""Rows of a campaigns file: what each means, which are refused and why; a bad row costs no good one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.checks.campaign_rules import CAMPAIGN_RULES, DeliveredRow, Window, judge, read_region
from xueji.checks.campaigns import campaign_name


def row(place=0, **cells):
    given = {
        "campaign": "2026A1", "campaign_name": None, "switch": "导出确认表", "region_code": "440000",
        "opens_on": "2026-09-01", "closes_on": "2026-11-30",
    }  # fmt: skip
    return DeliveredRow(place, **given | cells)


EXPORT = row()
MINISTRY = Window("00", "2026A1", "核查", "export", "00", date(2026, 9, 1), date(2026, 12, 31))
CASES = [
    # unit, cells of one row, rule broken, why
    ("44", {}, None, "as it should be"),
    ("44", {"switch": "导出学籍基础信息确认表"}, None, "the switch's full name"),
    ("44", {"switch": "Export"}, None, "the switch's code"),
    ("44", {"switch": "打印"}, "campaign_switch", "unknown switch"),
    ("44", {"switch": None}, "campaign_switch", "no switch"),
    ("44", {"campaign": "２０２６ａ１"}, None, "wide letters"),
    ("44", {"campaign": "2026秋1"}, "campaign_code", "term in words"),
    ("44", {"campaign": "2026B1"}, "campaign_code", "no such term"),
    ("44", {"campaign": "2026A0"}, "campaign_code", "rounds count from 1"),
    ("44", {"campaign": None}, "campaign_code", "no code"),
    ("44", {"region_code": "44"}, None, "two digits"),
    ("44", {"region_code": "440106000000"}, None, "twelve digits"),
    ("44", {"region_code": "440100"}, None, "a city"),
    ("44", {"region_code": "449999"}, "campaign_region_unknown", "no such county"),
    ("44", {"region_code": None}, "campaign_region_unknown", "no region"),
    ("31", {"region_code": "310100"}, "campaign_region_unknown", "municipalities have no cities"),
    ("31", {"region_code": "310101"}, None, "a district of a municipality"),
    ("44", {"region_code": "440171"}, None, "a development zone that has schools"),
    ("44", {"region_code": "510104"}, "campaign_region_foreign", "another province's county"),
    ("44", {"region_code": "00"}, "campaign_region_foreign", "the nation is the ministry's"),
    ("65", {"region_code": "659001"}, "campaign_region_foreign", "a city of 兵团"),
    ("66", {"region_code": "659001"}, None, "a city of 兵团, by 兵团"),
    ("66", {"region_code": "66"}, None, "兵团"),
    ("00", {"region_code": "440106"}, None, "the ministry for a county"),
    ("44", {"opens_on": "20260901", "closes_on": "2026/11/30"}, None, "dates written otherwise"),
    ("44", {"opens_on": "2026-9-1"}, None, "short month and day"),
    ("44", {"opens_on": "2026-02-30"}, "campaign_date", "no such day"),
    ("44", {"opens_on": "九月一日"}, "campaign_date", "a date in words"),
    ("44", {"opens_on": "206-09-01"}, "campaign_date", "a digit lost"),
    ("44", {"closes_on": None}, "campaign_date", "no closing date"),
    ("44", {"closes_on": "2026-08-31"}, "campaign_dates_reversed", "closes before it opens"),
    ("44", {"closes_on": "2026-09-01"}, None, "open for one day"),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "cells", "rule_id", "why"), CASES, ids=[case[-1] for case in CASES])
def test_judges_a_row_by_itself(unit, cells, rule_id, why):
    judgement = judge(unit, [row(**cells)], school_regions={"440171"})
    assert [refusal.rule_id for refusal in judgement.refusals] == ([rule_id] if rule_id else [])
    assert len(judgement.windows) == (rule_id is None)


TOGETHER = [
    # what follows an export window of the province from 09-01 to 11-30, rule broken, why
    ({"opens_on": "2026-11-30", "closes_on": "2026-12-31"}, "campaign_overlap", "one day shared"),
    ({"opens_on": "2026-12-01", "closes_on": "2026-12-31"}, None, "the day after"),
    ({}, "campaign_overlap", "the same row twice"),
    ({"region_code": "440100"}, None, "another region"),
    ({"campaign": "2026A2"}, None, "another round"),
    ({"switch": "录入修改"}, None, "entry opens on the same day"),
    ({"switch": "录入修改", "opens_on": "2026-08-31"}, "campaign_entry_first", "entry a day early"),
    ({"switch": "录入修改", "region_code": "440106"}, None, "a county's entry under the province's export"),
    ({"switch": "录入修改", "region_code": "440106", "opens_on": "2026-08-31"}, "campaign_entry_first", "a county's entry early"),
    ({"switch": "录入修改", "campaign": "2026A2"}, "campaign_no_export", "nothing is printed in that round"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "rule_id", "why"), TOGETHER, ids=[case[-1] for case in TOGETHER])
def test_judges_rows_together(cells, rule_id, why):
    judgement = judge("44", [EXPORT, row(1, **cells)])
    assert [(refusal.place, refusal.rule_id) for refusal in judgement.refusals] == ([(1, rule_id)] if rule_id else [])


def test_entry_may_open_with_the_narrowest_export_of_its_region():
    city = row(1, region_code="440100", opens_on="2026-10-01")
    entry = row(2, switch="录入修改", region_code="440106", opens_on="2026-09-15")
    assert [r.rule_id for r in judge("44", [EXPORT, city, entry]).refusals] == ["campaign_entry_first"]
    inside = row(3, region_code="440106", opens_on="2026-09-15")
    assert not judge("44", [EXPORT, city, entry, inside]).refusals
    outside = row(3, region_code="440103", opens_on="2026-09-15")
    assert judge("44", [EXPORT, city, entry, outside]).refusals, "another county's export prints nothing here"


def test_a_refused_row_costs_no_other():
    early, good = row(1, switch="录入修改", opens_on="2026-08-01"), row(2, switch="录入修改")
    assert [refusal.place for refusal in judge("44", [EXPORT, early, good]).refusals] == [1]


def test_entry_of_a_province_may_open_with_the_first_of_its_counties():
    county, entry = row(0, region_code="440106"), row(1, switch="录入修改")
    assert not judge("44", [county, entry]).refusals


def test_a_province_may_enter_what_the_ministry_lets_print():
    entry = row(0, switch="录入修改")
    assert [r.rule_id for r in judge("44", [entry]).refusals] == ["campaign_no_export"]
    assert not judge("44", [entry], [MINISTRY]).refusals
    assert judge("44", [row(0, switch="录入修改", opens_on="2026-08-20")], [MINISTRY]).refusals
    own_later = row(1, opens_on="2026-09-20")
    assert judge("44", [entry, own_later], [MINISTRY]).refusals, "its own export goes before the ministry's"


def test_a_refusal_says_what_was_found():
    rows = [EXPORT, row(1), row(2, switch="录入修改", opens_on="2026-08-31")]
    assert [refusal.reason for refusal in judge("44", rows).refusals] == [
        "与广东省已设置的“导出确认表”2026-09-01至2026-11-30重叠",
        "“录入修改”2026-08-31开放，早于“导出确认表”2026-09-01开放",
    ]
    assert all(rule.sentence.count("{}") <= 4 and rule.remedy for rule in CAMPAIGN_RULES.values())


def test_a_round_without_a_name_is_called_by_its_code():
    assert judge("44", [EXPORT]).windows[0].campaign_name == "2026年秋季学期数据质量核查"
    assert judge("44", [row(campaign_name="首次核查")]).windows[0].campaign_name == "首次核查"
    assert campaign_name("2027S2") == "2027年春季学期数据质量核查（第2次）"


def test_a_region_is_read_in_any_length():
    assert [read_region(text) for text in ("440000", "44", "440100000000", "66", "000000")] == [
        "44", "44", "440100", "66", "00",
    ]  # fmt: skip


DELIVERED = st.builds(
    row,
    campaign=st.sampled_from(["2026A1", "2026A2", "2026X1"]),
    switch=st.sampled_from(["导出确认表", "录入修改", "开关"]),
    region_code=st.sampled_from(["44", "440100", "440106", "440103", "510104"]),
    opens_on=st.dates(date(2026, 9, 1), date(2026, 10, 1)).map(str),
    closes_on=st.dates(date(2026, 9, 1), date(2026, 10, 1)).map(str),
)


@given(st.lists(DELIVERED, max_size=12))
def test_every_row_goes_somewhere_and_windows_never_overlap(rows):
    rows = [
        DeliveredRow(place, *[getattr(r, n) for n in list(r.__dataclass_fields__)[1:]]) for place, r in enumerate(rows)
    ]
    judgement = judge("44", rows)
    assert len(judgement.windows) + len(judgement.refusals) == len(rows)
    assert len({refusal.place for refusal in judgement.refusals}) == len(judgement.refusals)
    for one in judgement.windows:
        same = [
            other for other in judgement.windows
            if (other.campaign, other.switch, other.region_code) == (one.campaign, one.switch, one.region_code)
        ]  # fmt: skip
        assert sum(other.opens_on <= one.closes_on and one.opens_on <= other.closes_on for other in same) == 1
    for refusal in judgement.refusals:
        if refusal.rule_id == "campaign_overlap":
            assert any(f"{one.opens_on}至{one.closes_on}" in refusal.reason for one in judgement.windows)
    bad = {refusal.place for refusal in judgement.refusals}
    again = judge("44", [r for r in rows if r.place not in bad])
    assert (again.windows, again.refusals) == (judgement.windows, ()), "without the bad rows the good ones are the same"
