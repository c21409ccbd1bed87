"""Workbooks that were handed out, filled in and packed: what must stay stays, and what is answered stands in its row."""

import zipfile
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from xueji.checks.return_rules import RETURN_RULES
from xueji.data_samples.answer_faults import FILE_FAULTS, ROW_FAULTS, retyped, spoil_keys
from xueji.data_samples.answer_files import Draft, pack
from xueji.data_samples.outbox import KEY_SHEET, SEAL_COLUMN, Outbox, read_handout


@pytest.fixture
def handout(played):
    """The first list that was handed out."""
    night = played.home / "outbox" / played.world.turns[0].date.isoformat()
    return next(one for one in Outbox().take(night) if one.form == "list" and one.offers)


def test_a_list_is_read_as_its_school_reads_it(handout):
    offer = handout.offers[0]
    assert offer.case_no.startswith(f"XJ{handout.unit}-")
    assert offer.turn >= 1
    assert {"姓名", "学籍号", "问题类型", "处理方式"} <= offer.shown.keys()


def test_filling_in_changes_the_answers_alone(handout, tmp_path):
    offer = handout.offers[0]
    draft = Draft.of(handout)
    draft.write(offer, {"处理方式": "佐证", "说明": "在校"})
    draft.save(tmp_path / "back.xlsx")
    again = read_handout(tmp_path / "back.xlsx", handout.unit)
    assert again is not None
    assert (again.form, again.owner) == (handout.form, handout.owner)
    assert again.rows[0].shown == {**offer.shown, "处理方式": "佐证", "说明": "在校"}
    assert [row.shown for row in again.rows[1:]] == [row.shown for row in handout.rows[1:]]
    assert load_workbook(tmp_path / "back.xlsx")[KEY_SHEET].sheet_state == "veryHidden"


def test_retyped_and_spoilt_ones_are_no_longer_what_they_were(handout, tmp_path):
    draft = Draft.of(handout)
    sheet = handout.offers[0].sheet
    retyped(draft, sheet).save(tmp_path / "retyped.xlsx")
    assert read_handout(tmp_path / "retyped.xlsx", handout.unit) is None
    spoil_keys(draft, "key_id", "00000000")
    draft.save(tmp_path / "spoilt.xlsx")
    rows = list(load_workbook(tmp_path / "spoilt.xlsx")[KEY_SHEET].values)
    assert dict(zip(*rows[:2], strict=True))["key_id"] == "00000000"


def test_scans_are_packed_with_the_times_they_were_made(handout, tmp_path):
    draft = Draft.of(handout)
    draft.save(tmp_path / "list.xlsx")
    packed_at = datetime(2026, 11, 19, 10, 30)
    pack(
        tmp_path / "back.zip",
        [tmp_path / "list.xlsx"],
        {"A_户口簿.jpg": b"1", "A_在校证明.jpg": b"2"},
        packed_at,
        timedelta(minutes=2),
    )
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        times = {entry.filename: entry.date_time for entry in archive.infolist()}
    assert list(times) == ["list.xlsx", "材料/A_户口簿.jpg", "材料/A_在校证明.jpg"]
    assert max(times.values()) == (2026, 11, 19, 10, 30, 0)
    assert len(set(times.values())) == 3


def test_every_row_that_asks_carries_a_seal(handout):
    assert all(row.shown[SEAL_COLUMN] for row in handout.rows)


def test_faults_name_rules_that_exist():
    assert {fault.rule_id for fault in ROW_FAULTS.values()} | {*FILE_FAULTS} <= RETURN_RULES.keys()
