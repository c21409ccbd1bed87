"""A play of two months: every case ends where reasoning says it ends, every planted fault is refused by its rule."""

import zipfile
from collections import Counter
from datetime import date

import polars as pl
import pytest

from xueji.data_samples.actors import cast_of
from xueji.data_samples.answer_faults import FILE_FAULTS, ROW_FAULTS
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.life import new_world, play, turns_ending
from xueji.data_samples.small import RATES

LAST_DATE = date(2026, 11, 20)
RETURNED = "kind in ('returns', 'audits', 'arbitration')"


def test_every_night_the_ledger_stands_where_it_ought_to(played):
    assert len(played.cases) > 80
    assert played.differences == []


def refused_and_expected(played):
    """Rows and files that were refused, and those that had to be: date, file, row, case, rule."""
    refused = played.rows(
        f"""
        select cast("date" as varchar) as day, file, "row", json_extract_string(raw, '$.case_no') as case_no, rule_id
        from quarantine where {RETURNED}
        """
    )
    expected = [
        (str(one.date), f"{one.date}/{one.file}", one.row, one.case_no, one.rule_id)
        for one in played.world.memory.rejects
    ]
    return Counter(refused.iter_rows()), Counter(expected)


def test_what_has_to_be_refused_is_refused_and_nothing_else(played):
    refused, expected = refused_and_expected(played)
    assert refused == expected
    planted = {fault.rule_id for fault in ROW_FAULTS.values()} | {*FILE_FAULTS, "edition_old"}
    assert len({one.rule_id for one in played.world.memory.rejects} & planted) > len(planted) * 2 / 3


@pytest.mark.slow
def test_six_months_of_life(play_months):
    """Every night of half a year the ledger stands where reasoning says; every fault is refused by its rule; sums hold (or a night stops)."""
    played = play_months(3_000, 6)
    assert played.differences == []
    refused, expected = refused_and_expected(played)
    assert refused == expected
    planted = {fault.rule_id for fault in ROW_FAULTS.values()} | {*FILE_FAULTS, "edition_old"}
    assert {one.rule_id for one in played.world.memory.rejects} >= planted
    print(f"{len(played.world.turns)} nights, {len(played.cases)} cases, {sum(expected.values())} refused")


def test_nobody_is_handed_a_case_that_nobody_expected(played):
    assert not played.world.memory.unknown


def test_answers_that_count_are_all_in_the_ledger(played):
    sent = played.rows("select form, answer, count(*) as answers from answers group by form, answer")
    assert set(sent["form"]) >= {"list", "review", "sheet", "issue"}
    assert set(sent.filter(pl.col("form") == "list")["answer"]) == {"删除", "佐证", "变更"}


def test_attested_duplicates_come_before_an_arbiter(played):
    histories = ["；".join(case.history) for case in played.cases.values()]
    assert any("核查单" in history for history in histories)
    assert {case.state for case in played.cases.values()} >= {"已解决", "已删除", "待处理"}


def test_the_next_delivery_shows_what_was_put_right_and_not_what_was_struck_off(played):
    last = LAST_DATE.isoformat()
    rows = {}
    for file in (played.landing / last).glob("??/students.parquet"):
        if file.parent.name != "31":  # has column names of its own
            records = pl.read_parquet(file, columns=["xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjh"])
            rows |= {(school, number): identity for school, number, *identity in records.iter_rows()}
    done = Counter[str]()
    for (unit, school, number, _), case in played.cases.items():
        is_prompt = played.world.cast.schools[school] != "slow" and unit != "31"
        if not is_prompt or case.closed_on is None or case.closed_on >= LAST_DATE:
            continue
        right = case.registration.right
        if case.state == "已删除":
            assert (school, number) not in rows
        elif case.state == "已解决" and case.says == "变更":
            assert rows[school, number] == [right.name, right.sex, right.birth, right.number]
        done[case.state] += 1
    assert done["已删除"] and done["已解决"]


def test_traces_lead_to_the_schools_that_cheat(played):
    signals = played.rows("select signal, school_code from integrity_signals where school_code is not null")
    assert set(signals["signal"]) >= {"same_scan", "deleted_recreated"}
    assert {played.world.cast.schools[school] for school in signals["school_code"]} == {"cheating"}


def test_expectations_are_written_beside_the_dates(played):
    cases = pl.read_parquet(played.landing / "expected_cases.parquet")
    assert cases.height == len(played.cases)
    assert set(cases["right_disposition"]) == {"删除", "佐证", "变更"}
    rejects = pl.read_parquet(played.landing / "expected_rejects.parquet")
    assert rejects.height == len(played.world.memory.rejects) > 0


def test_returns_with_papers_are_archives(played):
    archives = list(played.landing.glob("*/returns/*/*.zip"))
    assert archives
    names = [
        name
        for path in archives
        if zipfile.is_zipfile(path)
        for name in zipfile.ZipFile(path).namelist()
        if not name.endswith(".xlsx")
    ]
    assert all(name.startswith("材料/XJ") for name in names)


def test_turns_are_months_with_weeks_between():
    turns = turns_ending(Calendar.ending(LAST_DATE, 2))
    assert [(str(turn.date), turn.month) for turn in turns] == [
        ("2026-10-20", 0), ("2026-10-27", None), ("2026-11-03", None), ("2026-11-10", None), ("2026-11-17", None), ("2026-11-20", 1),
    ]  # fmt: skip


def test_the_same_seed_casts_the_same_people():
    one, other = (new_world(1_000, 5, LAST_DATE, 2, RATES) for _ in range(2))
    assert one.cast == other.cast
    assert cast_of(one.registry, one.shares) == one.cast
    assert one.registry.problems(0) == other.registry.problems(0)


def test_a_play_wants_a_new_folder(tmp_path):
    (tmp_path / "something").touch()
    world = new_world(1_000, 5, LAST_DATE, 1)
    with pytest.raises(Exception, match="not empty"):
        play(world, tmp_path, tmp_path, lambda day: None)
