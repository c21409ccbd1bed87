"""Dedicated accounts open and close by themselves: they follow the windows, night by night."""

from datetime import date

import pytest
from campaign_sample import Desk, days, window

from xueji.assets.verification_accounts import write_accounts

WINDOWS = [
    window("export", "00", "2026-09-01", "2026-09-05"),
    window("entry", "00", "2026-09-03", "2026-09-08"),
    window("export", "440106", "2026-09-02", "2026-09-03", "44"),
    window("entry", "440106", "2026-09-06", "2026-09-07", "44"),
    window("entry", "440103", "2026-09-03", "2026-09-12", "44"),
]
SPANS = {  # office: first and last day, worked out by hand
    "2144000001": ("2026-09-02", "2026-09-07"),
    "2144000002": ("2026-09-02", "2026-09-07"),
    "2144000003": ("2026-09-01", "2026-09-12"),  # 越秀区: the ministry's export, its own entry
    "2144000004": ("2026-09-01", "2026-09-08"),
    "2131000001": ("2026-09-01", "2026-09-08"),
    "2151000001": ("2026-09-01", "2026-09-08"),
    "2151000002": ("2026-09-01", "2026-09-08"),
    "440106": ("2026-09-02", "2026-09-07"),
    "440103": ("2026-09-01", "2026-09-12"),
    "440304": ("2026-09-01", "2026-09-08"),
    "310101": ("2026-09-01", "2026-09-08"),
    "510104": ("2026-09-01", "2026-09-08"),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Schools alone. For copying only."""
    desk = Desk(tmp_path_factory.mktemp("prepared"))
    desk.put_schools()
    return desk


@pytest.fixture
def desk(prepared, tmp_path):
    return prepared.copy(tmp_path / "desk")


def state(night, opens, closes):
    return "未开通" if night < opens else "已关闭" if night > closes else "已开通"


def states(desk):
    rows = desk.rows("select office_code, state from verification_accounts")
    return {row["office_code"]: row["state"] for row in rows}


def file(desk, unit, campaign="2026A1"):
    return desk.root / "home" / "verification" / campaign / f"accounts-{unit}.csv"


def test_without_windows_nothing_is_written(desk):
    assert write_accounts(desk.engine, "2026-09-01") == 0
    assert desk.engine.version("verification_accounts") is None
    assert not (desk.root / "home" / "verification").exists()


def test_accounts_follow_the_windows_on_every_day(desk):
    desk.put("campaign_windows", WINDOWS)
    written = {}
    for night in days("2026-08-30", "2026-09-14"):
        written[night] = write_accounts(desk.engine, night)
        expected = {office: state(night, *span) for office, span in SPANS.items()}
        assert states(desk) == expected, night
        told = {}
        for unit in ("31", "44", "51"):
            for line in file(desk, unit).read_text("utf-8-sig").splitlines()[1:]:
                cells = line.split(",")
                told[cells[3]] = cells[-1]
        assert told == expected, night
    busy = {night for night, rows in written.items() if rows}
    changes = {"2026-08-30", "2026-09-01", "2026-09-02", "2026-09-08", "2026-09-09", "2026-09-13"}
    assert busy == changes, "only nights on which an account opens or closes write anything"
    assert written["2026-09-02"] == written["2026-09-08"] == written["2026-09-13"] == 7, "and only that unit's"


def test_what_an_account_says(desk):
    desk.put("campaign_windows", WINDOWS)
    write_accounts(desk.engine, "2026-09-03")
    assert file(desk, "31").read_bytes().decode("utf-8-sig").split("\r\n") == [
        "账号,核查批次,使用单位级别,使用单位代码,使用单位名称,所在区县,开通日期,关闭日期,最多同时登录数,状态",
        "HC2026A1-310101,2026A1,区县,310101,黄浦区,310101,2026-09-01,2026-09-08,20,已开通",
        "HC2026A1-2131000001,2026A1,学校,2131000001,学校2131000001,310101,2026-09-01,2026-09-08,20,已开通",
        "",
    ]
    assert len(set(desk.values("select account from verification_accounts"))) == len(SPANS)


def test_a_night_run_again_changes_nothing(desk):
    desk.put("campaign_windows", WINDOWS)
    write_accounts(desk.engine, "2026-09-03")
    version, before = desk.engine.version("verification_accounts"), file(desk, "44").stat()
    assert write_accounts(desk.engine, "2026-09-03") == 0
    assert desk.engine.version("verification_accounts") == version
    assert file(desk, "44").stat().st_mtime_ns == before.st_mtime_ns
    content = file(desk, "44").read_bytes()
    file(desk, "44").unlink()
    write_accounts(desk.engine, "2026-09-03")
    assert file(desk, "44").read_bytes() == content, "a file that was lost is written again"


def test_a_later_round_has_accounts_of_its_own(desk):
    desk.put("campaign_windows", WINDOWS)
    write_accounts(desk.engine, "2026-09-03")
    later = [window("export", "00", "2027-03-01", "2027-03-05", campaign="2027S1")]
    desk.put("campaign_windows", [*WINDOWS, *later])
    write_accounts(desk.engine, "2026-12-01")
    rows = desk.rows("select distinct campaign, state from verification_accounts order by all")
    assert [tuple(row.values()) for row in rows] == [("2026A1", "已关闭"), ("2027S1", "未开通")]
    assert file(desk, "44", "2027S1").exists()


def test_of_a_round_that_was_withdrawn_no_account_is_open(desk):
    desk.put("campaign_windows", WINDOWS)
    write_accounts(desk.engine, "2026-09-03")
    desk.put("campaign_windows", [row for row in WINDOWS if row["unit_code"] == "44"])
    write_accounts(desk.engine, "2026-09-03")
    assert set(states(desk)) == {"2144000001", "2144000002", "2144000003", "440106", "440103"}
    assert file(desk, "31").read_text("utf-8-sig").count("\n") == 1, "a header, and nobody below it"
    desk.put("campaign_windows", [])
    write_accounts(desk.engine, "2026-09-04")
    assert states(desk) == {}


def test_a_window_that_is_prolonged_keeps_its_accounts_open(desk):
    desk.put("campaign_windows", WINDOWS)
    write_accounts(desk.engine, "2026-09-08")
    assert states(desk)["440106"] == "已关闭"
    longer = [row | {"closes_on": date(2026, 9, 20)} if row["region_code"] == "440106" else row for row in WINDOWS]
    desk.put("campaign_windows", longer)
    write_accounts(desk.engine, "2026-09-08")
    assert states(desk)["440106"] == "已开通"
