"""Windows as they are delivered: what a unit set last stands, and a bad row costs no good one."""

import shutil
from pathlib import Path

import pytest
from campaign_sample import Desk, csv

from xueji.assets.campaign_windows import take_in_campaigns

HEADER = "核查批次,功能开关,行政区划代码,开放日期,关闭日期"
EXPORT = "2026A1,导出确认表,44,2026-09-01,2026-11-30"
ENTRY = "2026A1,录入修改,44,2026-09-10,2026-12-31"
EXAMPLE = Path(__file__).parents[2] / "data_samples" / "campaigns" / "2015S1"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Schools alone. For copying only."""
    desk = Desk(tmp_path_factory.mktemp("prepared"))
    desk.put_schools()
    return desk


@pytest.fixture
def desk(prepared, tmp_path):
    return prepared.copy(tmp_path / "desk")


def take(desk, night):
    return take_in_campaigns(desk.engine, desk.landing, night)


def windows(desk):
    return desk.values(
        "select unit_code || ' ' || switch || ' ' || region_code || ' ' || opens_on from campaign_windows order by all"
    )


def test_a_night_without_windows_commits_nothing(desk):
    desk.deliver("2026-09-01/44/students.csv", "x")
    assert take(desk, "2026-09-01") == 0
    assert desk.engine.version("campaign_windows") is None
    assert desk.engine.version("deliveries") is None


def test_the_last_delivery_stands(desk):
    desk.deliver("2026-08-20/44/campaigns.csv", csv(HEADER, EXPORT, ENTRY))
    desk.deliver("2026-08-25/campaigns.csv", csv(HEADER, "2026A1,导出确认表,00,2026-09-02,2026-12-31"))
    desk.deliver("2026-08-30/44/campaigns.csv", csv(HEADER, EXPORT.replace("09-01", "09-05")))
    assert take(desk, "2026-08-20") == 2
    assert windows(desk) == ["44 entry 44 2026-09-10", "44 export 44 2026-09-01"]
    assert take(desk, "2026-08-25") == 1
    assert take(desk, "2026-08-26") == 0
    take(desk, "2026-08-30")
    assert windows(desk) == ["00 export 00 2026-09-02", "44 export 44 2026-09-05"]
    version = desk.engine.version("campaign_windows")
    take(desk, "2026-08-30")
    assert desk.engine.version("campaign_windows") == version, "the same again is no change"


def test_a_bad_row_costs_no_good_one(desk):
    bad = "2026A1,导出确认表,51,2026-09-01,2026-11-30"
    desk.deliver("2026-08-20/44/campaigns.csv", csv(HEADER, EXPORT, bad, ENTRY, ENTRY))
    take(desk, "2026-08-20")
    assert windows(desk) == ["44 entry 44 2026-09-10", "44 export 44 2026-09-01"]
    assert desk.balance("campaigns") == (4, 2, 2)
    refused = desk.rows('select file, "row", "column", value, reason, rule_id from quarantine order by "row"')
    assert [tuple(row.values()) for row in refused] == [
        ("campaigns.csv", 3, "行政区划代码", "51", "行政区划“51”不属于报送单位", "campaign_region_foreign"),
        (
            *("campaigns.csv", 5, "开放日期", "2026-09-10"),
            *("与广东省已设置的“录入修改”2026-09-10至2026-12-31重叠", "campaign_overlap"),
        ),
    ]


def test_a_unit_without_a_good_row_keeps_its_windows(desk):
    desk.deliver("2026-08-20/44/campaigns.csv", csv(HEADER, EXPORT))
    desk.deliver("2026-08-21/44/campaigns.csv", csv(HEADER, EXPORT.replace("44", "51")))
    desk.deliver("2026-08-22/44/campaigns.csv", csv("核查批次,功能开关", "2026A1,导出确认表"))
    for night in ("2026-08-20", "2026-08-21", "2026-08-22"):
        take(desk, night)
        assert windows(desk) == ["44 export 44 2026-09-01"]
    verdicts = desk.rows('select verdict, reason, snapshot_date from deliveries order by "date"')
    assert [row["verdict"] for row in verdicts] == ["accepted", "refused", "refused"]
    assert verdicts[1]["reason"] == "没有一行可以接收，原设置继续有效"
    assert [str(row["snapshot_date"]) for row in verdicts] == ["2026-08-20"] * 3
    assert desk.balance("campaigns") == (3, 1, 2)


def test_units_are_held_against_the_ministry_s_windows(desk):
    desk.deliver("2026-08-20/campaigns.csv", csv(HEADER, "2026A1,导出确认表,00,2026-09-05,2026-12-31"))
    desk.deliver("2026-08-20/44/campaigns.csv", csv(HEADER, ENTRY))
    desk.deliver("2026-08-21/51/campaigns.csv", csv(HEADER, ENTRY.replace("44", "51").replace("09-10", "09-04")))
    take(desk, "2026-08-20")
    take(desk, "2026-08-21")
    assert windows(desk) == ["00 export 00 2026-09-05", "44 entry 44 2026-09-10"]


def test_the_notice_s_first_round_is_taken_in(desk):
    """教基一厅〔2015〕2号: 各地应于2015年3月31日前部署启动……6月30日前完成; 设置省内分区域……时间开关."""
    shutil.copytree(EXAMPLE, desk.root / "landing" / "2015-03-25")
    assert take(desk, "2015-03-25") == 11
    assert desk.balance("campaigns") == (11, 11, 0)
    national = desk.rows("select distinct opens_on, closes_on from campaign_windows where unit_code = '00'")
    assert [tuple(map(str, row.values())) for row in national] == [("2015-03-31", "2015-06-30")]
    assert desk.values("select max(closes_on) from campaign_windows")[0].isoformat() == "2015-06-30"
    assert desk.values("select distinct campaign_name from campaign_windows") == ["2015年春季学期首次数据质量核查"]
