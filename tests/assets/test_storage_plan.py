"""Capacities as units deliver them, and the plan that stands in the lake."""

from datetime import date

import pytest
from campaign_sample import Desk, csv, window

from xueji.assets.storage_plan import plan_storage

HEADER = "照片存储容量GB,照片已用GB,照片数量,确认表存储容量GB,确认表已用GB"
NIGHT = "2026-10-10"


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.put_schools()
    return desk


def plan(desk, night=NIGHT):
    return plan_storage(desk.engine, desk.landing, night)


def test_without_round_or_capacity_nothing_is_written(desk):
    assert plan(desk) == 0
    assert desk.engine.version("storage_plan") is None and desk.engine.version("deliveries") is None


def test_a_unit_is_planned_for(desk):
    desk.put("campaign_windows", [window("entry", "44", "2026-09-01", "2026-12-31", "44")])
    desk.put("core_forms", [{"unit_code": "44", "campaign": "2026A1", "is_due": True}] * 500)
    desk.deliver("2026-10-10/44/storage.csv", csv(HEADER, "1000,880.5,14710000,1500,0.5"))
    desk.deliver("2026-10-10/51/storage.csv", csv(HEADER, "10,1,100,30,0"))
    assert plan(desk) == 2
    rows = desk.rows("select * from storage_plan order by unit_code")
    assert [(row["unit_code"], row["students_due"], row["alarm"]) for row in rows] == [
        ("44", 500, "short"),
        ("51", 0, "none"),
    ]
    assert (rows[0]["required_bytes"], rows[0]["capacity_bytes"]) == (2 * 10**12, 1500 * 10**9)
    assert rows[0]["used_bytes"] == 500_000_000 and rows[0]["needed_bytes"] == 500_000_000 + 500 * 120_000
    assert plan(desk) == 2
    assert desk.rows("select * from storage_plan order by unit_code") == rows, "the night run again"
    assert plan(desk, "2026-10-11") == 2
    assert desk.values("select count(*) from storage_plan") == [4]


def test_a_bad_row_leaves_what_was_told_before(desk):
    desk.deliver("2026-10-10/44/storage.csv", csv(HEADER, "1000,880.5,14710000,2000,0.5"))
    desk.deliver("2026-10-11/44/storage.csv", csv(HEADER, "1000,880.5,14710000,2 TB,0.5"))
    desk.deliver("2026-10-12/44/storage.csv", csv(HEADER, "1000,-1,1,2000,0.5", "1000,1,1,3000,0", "1000,1,1,4000,0"))
    for night in (NIGHT, "2026-10-11"):
        plan(desk, night)
        assert desk.values("select form_bytes from storage_capacity") == [2 * 10**12]
    plan(desk, "2026-10-12")
    rows = desk.rows("select form_bytes, as_of from storage_capacity")
    assert [tuple(row.values()) for row in rows] == [(3 * 10**12, date(2026, 10, 12))]
    assert desk.balance("storage") == (5, 2, 3)
    refused = desk.rows('select "row", "column", reason, rule_id from quarantine order by "date", "row"')
    assert [tuple(row.values()) for row in refused] == [
        (2, "确认表存储容量GB", "“确认表存储容量GB”应为不小于0的数", "storage_number"),
        (2, "照片已用GB", "“照片已用GB”应为不小于0的数", "storage_number"),
        (4, "照片存储容量GB", "本次报送已有一行存储设备情况", "storage_twice"),
    ]
