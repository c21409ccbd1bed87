"""The ledger in the lake: stepped once a night, again after a kill, and stopped by a sum that fails."""

from datetime import date

import pytest

from xueji.assets import cases as ledger
from xueji.assets.case_ledger import cases_before_sql
from xueji.assets.cases import Balance, check_balances, update_cases
from xueji.assets.engine import Engine
from xueji.assets.records import frame_of
from xueji.checks.model import XuejiError

FIRST, SECOND, THIRD = "2026-03-02", "2026-03-03", "2026-03-04"


@pytest.fixture
def engine(tmp_path):
    return Engine(home=str(tmp_path), threads=2)


def put(engine, table, rows, **options):
    with engine.connection() as connection:
        connection.register("rows_given", frame_of(table, rows).to_arrow())
        engine.replace_table(table, "select * from rows_given", connection, **options)


def find(engine, night, *students):
    rows = [
        {
            "as_of": date.fromisoformat(night), "problem_type": "ERR_NAME", "rule_id": "id_name_mismatch", "severity": "error", "unit_code": "44",
            "school_code": "2144000001", "student_no": name, "name": "甲", "id_number": f"N{name}", "record_key": f"2144000001/{name}",
        }
        for name in students
    ]  # fmt: skip
    put(engine, "findings", rows)


def table(engine, name):
    with engine.session() as connection:
        return connection.sql(f"select * from {name} order by all").pl().to_dicts()


def test_a_night_run_again_starts_from_the_ledger_before_it(engine):
    find(engine, FIRST, "A", "B")
    update_cases(engine, FIRST)
    find(engine, SECOND, "A")
    update_cases(engine, SECOND)
    once = table(engine, "cases"), table(engine, "case_events")
    for _ in range(2):
        (balance,) = update_cases(engine, SECOND)
        assert (balance.opening, balance.closed, balance.closing) == (2, 1, 1)
        assert (table(engine, "cases"), table(engine, "case_events")) == once
    with engine.connection() as connection:
        assert connection.sql(f"select count(*) from ({cases_before_sql(engine, SECOND)})").fetchall() == [(2,)]


def test_a_first_night_run_again_starts_from_nothing(engine):
    find(engine, FIRST, "A")
    update_cases(engine, FIRST)
    find(engine, FIRST, "A", "B")
    (balance,) = update_cases(engine, FIRST)
    assert (balance.opening, balance.opened, balance.closing) == (0, 2, 2)


def test_events_of_earlier_nights_stay_as_they_are(engine):
    for night, students in ((FIRST, "AB"), (SECOND, "A"), (THIRD, "AC")):
        find(engine, night, *students)
        before = table(engine, "case_events")
        update_cases(engine, night)
        assert [row for row in table(engine, "case_events") if row in before] == before


def test_a_night_killed_before_its_last_commit_is_done_again(engine, monkeypatch):
    find(engine, FIRST, "A", "B")
    update_cases(engine, FIRST)
    find(engine, SECOND, "A", "C")
    commit = Engine.replace_table

    def killed(self, name, *arguments, **options):
        if name == "cases":
            raise KeyboardInterrupt
        return commit(self, name, *arguments, **options)

    monkeypatch.setattr(Engine, "replace_table", killed)
    with pytest.raises(KeyboardInterrupt):
        update_cases(engine, SECOND)
    assert {row["first_seen"] for row in table(engine, "cases")} == {date(2026, 3, 2)}  # the last good state
    monkeypatch.undo()
    (balance,) = update_cases(engine, SECOND)
    assert (balance.opening, balance.opened, balance.closed, balance.closing) == (2, 1, 1, 2)
    events = table(engine, "case_events")
    assert len(events) == len({(row["case_no"], row["event"]) for row in events}) == 4


def test_a_sum_that_fails_stops_the_night_and_names_itself(engine, monkeypatch):
    check_balances([Balance("44", 2, 1, 1, 1, 3)])
    with pytest.raises(XuejiError, match=r"unit 44: 2 \+ 1 \+ 0 - 1 is not 3"):
        check_balances([Balance("11", 0, 0, 0, 0, 0), Balance("44", 2, 1, 0, 1, 3)])
    # A step that loses a case is never committed.
    statements = ledger.step_statements

    def losing(*arguments):
        for name, query in statements(*arguments):
            yield name, f"{query} order by case_no limit 1" if name == "stepped" else query

    find(engine, FIRST, "A", "B")
    monkeypatch.setattr(ledger, "step_statements", losing)
    with pytest.raises(XuejiError, match="unit 44: 0 . 2 . 0 - 0 is not 1"):
        update_cases(engine, FIRST)
    assert table(engine, "cases") == []


def test_an_accepted_answer_that_moves_no_case_stops_the_night(engine):
    find(engine, FIRST, "A")
    update_cases(engine, FIRST)
    (case,) = table(engine, "cases")
    answer = {
        "date": date(2026, 3, 3),
        "form": "list",
        "answer": "删除",
        "case_no": case["case_no"],
        "kind": "returns",
        "sha256": "5f" * 32,
        "file": "returns/44/x.xlsx",
        "row": 6,
    }
    put(engine, "answers", [answer | {"turn": case["turn"] + 1}], partitions=[SECOND])
    find(engine, SECOND, "A")
    with pytest.raises(XuejiError, match=r"returns, file of sha256 5f5f5f5f5f5f, row 6"):
        update_cases(engine, SECOND)
