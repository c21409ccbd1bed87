"""The nightly job end to end over the committed sample: nothing lost, a bad unit stops nobody, the right findings."""

import csv
from hashlib import sha256

import polars as pl
import pytest

from xueji.assets.engine import Engine
from xueji.checks import suspected_duplicate
from xueji.checks.catalogue import RULES
from xueji.checks.model import UNITS
from xueji.pipelines.scorecard import create_comparison, rule_scores

REFUSED = {"63", "64"}  # the sample's broken deliveries of the last night


def query(home, sql):
    with Engine(home=str(home)).session() as connection:
        return connection.execute(sql).fetchall()


def test_exit_status_says_whether_a_delivery_was_refused(done):
    first, last = done
    assert (first.status, last.status) == (0, 3)
    assert {unit for unit in UNITS if f"unit {unit} " in last.err} == REFUSED


def test_the_summary_accounts_for_every_row(done, home, nights):
    lines = [line.split() for line in done[1].out.splitlines() if line[:2].isdigit()]
    assert [line[0] for line in lines] == list(UNITS)
    for line in lines:
        delivered, accepted, quarantined = (int(line[place].replace(",", "")) for place in (2, 4, 6))
        assert delivered == accepted + quarantined, line[0]


def test_delivered_is_accepted_plus_quarantined_in_every_file(home):
    rows = query(
        home, "select count(*), count(*) filter (rows_delivered <> rows_accepted + rows_quarantined) from deliveries"
    )
    assert rows[0][0] > 2 * len(UNITS) - len(REFUSED) and rows[0][1] == 0


def test_accepted_rows_are_the_registry(home, nights):
    accepted = dict(
        query(
            home,
            """select unit_code, sum(rows_accepted) from deliveries
                where kind = 'students' and verdict = 'accepted' and "date" = snapshot_date and snapshot_date = (
                    select max(d.snapshot_date) from deliveries as d
                    where d.unit_code = deliveries.unit_code and d.kind = 'students')
                group by unit_code""",
        )
    )
    assert dict(query(home, "select unit_code, count(*) from core_students group by unit_code")) == accepted
    assert set(accepted) == set(UNITS)


def test_the_rows_set_aside_are_the_broken_ones(home, nights):
    expected = pl.read_parquet(nights.landing / "expected_quarantine.parquet").filter(~pl.col("unit").is_in(REFUSED))
    made = {(str(row["date"]), row["unit"]): 0 for row in expected.to_dicts()}
    for row in expected.to_dicts():
        made[str(row["date"]), row["unit"]] += row["rows"]
    found = {
        (str(date), unit): rows
        for date, unit, rows in query(
            home,
            """select "date", unit_code, count(*) from quarantine
                where kind = 'students' and "row" is not null and unit_code not in ('63', '64') group by all""",
        )
    }
    assert found == {key: rows for key, rows in made.items() if rows}


def test_a_refused_unit_keeps_its_last_good_snapshot(home, nights):
    snapshots = dict(query(home, "select unit_code, max(as_of) from core_students group by unit_code"))
    assert {unit for unit, day in snapshots.items() if str(day) == nights.first} == REFUSED
    stale = query(
        home,
        f"""select distinct unit_code from deliveries
            where kind = 'students' and "date" = date '{nights.last}' and snapshot_date < "date" """,
    )
    assert {unit for (unit,) in stale} == REFUSED


@pytest.fixture(scope="module")
def scores(home, nights):
    with Engine(home=str(home)).session() as connection:
        create_comparison(connection, nights.landing / "truth.parquet")
        return {score.rule_id: score for score in rule_scores(connection)}


@pytest.mark.parametrize("rule_id", [rule.id for rule in RULES])
def test_findings_are_the_truth(scores, rule_id):
    score = scores[rule_id]
    assert score.expected > 0, "the sample makes this problem"
    if rule_id == suspected_duplicate.RULE.id:  # a suspicion is likely, not certain
        assert score.precision >= 0.75 and score.recall >= 0.75
    else:
        assert (score.found, score.right) == (score.expected, score.expected)


def test_every_list_of_the_manifest_is_there_and_no_other(home, nights):
    for night in (nights.first, nights.last):
        folder = home / "outbox" / night
        with (folder / "manifest.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert {row["file"] for row in rows} == {file.relative_to(home).as_posix() for file in folder.rglob("*.xlsx")}
        for row in rows:
            assert sha256((home / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_lists_hold_what_waits_for_schools(home, nights):
    """Lists written over both nights, the last edition of each school: the cases that wait for it, and its quality items."""
    listed = query(
        home,
        """select sum(errors), sum(warnings) from (
            select *, row_number() over (partition by unit_code, school_code order by "date" desc) as place
            from school_lists) where place = 1""",
    )[0]
    waiting = query(home, "select count(*) from cases where state = '待处理'")[0][0]
    quality = query(home, "select count(*) from findings where severity = 'warning' and record_key is not null")[0][0]
    assert listed == (waiting, quality)


def test_every_problem_record_has_its_case(home, nights):
    """Nobody has answered: what is found is open, what is gone is closed, and nothing else."""
    found = query(
        home,
        "select distinct unit_code, record_key, problem_type from findings where severity = 'error' and record_key is not null",
    )
    still_open = query(home, "select unit_code, record_key, problem_type from cases where closed_on is null")
    assert sorted(found) == sorted(still_open)
    assert query(home, "select distinct state from cases where closed_on is not null") == [("已消除",)]
    gone = query(home, "select count(*) from cases where closed_on is not null")[0][0]
    assert gone > 0
    assert query(home, """select count(*) from case_events where event = 'vanished'""")[0][0] == gone


def test_only_changed_lists_are_written_again(home, nights):
    first, last = (
        dict(query(home, f"""select school_code, content_hash from school_lists where "date" = date '{night}'"""))
        for night in (nights.first, nights.last)
    )
    assert last, "something changed between the nights"
    assert all(first.get(school) != content for school, content in last.items())
    assert len(last) < len(first), "some lists did not change"


def test_bulletins_of_both_months_site_and_delivery_reports(home, nights):
    for month in (nights.first[:7], nights.last[:7]):
        for code in ("national-00", *(f"province-{unit}" for unit in UNITS)):
            for ending in ("html", "xlsx"):
                assert (home / "bulletins" / month / f"{code}.{ending}").is_file()
    assert (home / "site" / "index.html").is_file()
    assert {file.stem for file in (home / "deliveries" / nights.last).iterdir()} == set(UNITS)


def test_nothing_staged_is_left_behind(home):
    assert [file for file in (home / "work").rglob("*") if file.is_file()] == []
