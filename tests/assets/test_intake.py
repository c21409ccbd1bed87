"""A delivery is taken as a whole or not at all, and every row of it is accounted for."""

import pytest

from xueji.assets.delivery_facts import FileFacts, FileReading, StagedDelivery
from xueji.assets.intake import Intake
from xueji.checks.landing_contract import ContractResult


def facts(file="a.csv", delivered=10, accepted=9, verdict="accepted", reason=None):
    return FileFacts(
        file=file,
        sha256="0" * 64,
        format="csv",
        encoding="utf-8",
        dialect="labels",
        rows_delivered=delivered,
        rows_accepted=accepted,
        rows_quarantined=delivered - accepted,
        unknown_columns=(),
        missing_columns=(),
        verdict=verdict,
        reason=reason,
    )


def staged(tmp_path, *files):
    return StagedDelivery(tuple(map(FileReading, files)), tmp_path / "columns.parquet")


def clause(passed, is_blocking):
    return ContractResult("44", "rows_not_down", "行数不少于上次接收的80%", 50.0, passed, is_blocking)


def test_a_file_whose_rows_do_not_add_up_is_a_bug():
    with pytest.raises(ValueError, match="10 rows delivered, 9 accepted"):
        FileFacts(**{**vars(facts()), "rows_quarantined": 0})


def test_nothing_delivered_is_missing():
    assert Intake("44", None).verdict == "missing"
    assert Intake("44", None).files == []


def test_a_good_delivery_is_accepted_as_it_is(tmp_path):
    intake = Intake("44", staged(tmp_path, facts()), (clause(True, True), clause(False, False)))
    assert intake.verdict == "accepted"
    assert intake.files == [facts()]


def test_one_unreadable_file_refuses_the_others_too(tmp_path):
    bad = facts("b.csv", 5, 0, "refused", "空文件")
    intake = Intake("44", staged(tmp_path, facts(), bad))
    assert intake.verdict == "refused"
    good, refused = intake.files
    assert (good.rows_accepted, good.rows_quarantined, good.verdict) == (0, 10, "refused")
    assert good.reason == "整批拒收：b.csv：空文件"
    assert refused == bad


def test_a_broken_blocking_clause_refuses_and_an_advisory_one_does_not(tmp_path):
    assert Intake("44", staged(tmp_path, facts()), (clause(False, True),)).refusals == ["行数不少于上次接收的80%"]
    assert Intake("44", staged(tmp_path, facts()), (clause(False, False),)).refusals == []


def test_a_workbook_without_a_table_is_refused(tmp_path):
    intake = Intake("44", staged(tmp_path, facts("a.xlsx#填写说明", 0, 0, "skipped", "没有可识别的表头")))
    assert intake.verdict == "refused"
    assert intake.refusals == ["没有可读取的数据表"]
