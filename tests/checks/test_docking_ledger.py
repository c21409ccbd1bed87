"""Deviations followed from check to check: numbers stay, the mended close, what comes back opens anew, groups stay groups."""

from collections.abc import Sequence
from datetime import date

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from xueji.checks.docking import GROUP_LIMIT
from xueji.checks.docking_ledger import ledger_statements
from xueji.checks.verification_tables import DOCKING_DEVIATIONS

NIGHTS = ("2026-11-20", "2026-12-20", "2027-01-20", "2027-02-20")
DIFFERS, MISSING = "docking_value_differs", "docking_missing_local"


class Ledger:
    """A unit's deviations, checked night by night."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(f"create table unit_deviations as {DOCKING_DEVIATIONS.empty_sql}")
        self.nights: list[str] = []

    def check(self, night: str, found: Sequence[tuple[str, str, str | None, str]]) -> list[dict]:
        """`found`: check, subject, field, what it is grouped by."""
        self.connection.execute(
            """create or replace temp table found (
                check_id varchar, subject varchar, field varchar, group_subject varchar, school_code varchar, local_value varchar,
                central_value varchar, records bigint)"""
        )
        if found:
            columns = [list(column) for column in zip(*found, strict=True)]
            self.connection.execute(
                """insert into found select *, '2131000001', 'a', 'b', 1
                from (select unnest(?), unnest(?), unnest(cast(? as varchar[])), unnest(?))""",
                columns,
            )
        last = max((day for day in self.nights if day < night), default=None)
        for name, query in ledger_statements("31", night, last):
            self.connection.execute(f"create or replace temp table {name} as {query}")
        self.connection.execute("create or replace table unit_deviations as select * from next_deviations")
        self.nights.append(night)
        return self.rows()

    def rows(self) -> list[dict]:
        result = self.connection.execute("select * from unit_deviations order by deviation_no")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def differing(count: int, first: int = 0) -> list[tuple]:
    return [(DIFFERS, f"G{number:06}", "xm", "xm") for number in range(first, first + count)]


def standing(rows: list[dict]) -> list[str]:
    return [row["deviation_no"] for row in rows if row["mended_on"] is None]


def test_stands_is_mended_and_comes_back_under_another_number():
    ledger = Ledger()
    assert standing(ledger.check(NIGHTS[0], differing(2))) == ["DJ31-000001", "DJ31-000002"]
    rows = ledger.check(NIGHTS[1], differing(1))
    assert standing(rows) == ["DJ31-000001"]
    assert [str(row["mended_on"]) for row in rows] == ["None", NIGHTS[1]]
    assert [str(row["last_seen"]) for row in rows] == [NIGHTS[1], NIGHTS[0]]
    rows = ledger.check(NIGHTS[2], differing(2))
    assert standing(rows) == ["DJ31-000001", "DJ31-000003"]
    assert [str(row["first_seen"]) for row in rows] == [NIGHTS[0], NIGHTS[0], NIGHTS[2]]


def test_an_explanation_stays_while_the_deviation_stands():
    ledger = Ledger()
    ledger.check(NIGHTS[0], differing(1))
    ledger.connection.execute("update unit_deviations set explanation = '接口超时', explained_by = '李四'")
    (row,) = ledger.check(NIGHTS[1], differing(1))
    assert (row["explanation"], row["explained_by"]) == ("接口超时", "李四")


def test_up_to_the_limit_each_is_told_of_beyond_it_all_together():
    assert len(Ledger().check(NIGHTS[0], differing(GROUP_LIMIT))) == GROUP_LIMIT
    (row,) = Ledger().check(NIGHTS[0], differing(GROUP_LIMIT + 1))
    assert (row["is_grouped"], row["subject"], row["records"]) == (True, "xm", GROUP_LIMIT + 1)
    assert row["examples"] == "G000000、G000001、G000002、G000003、G000004"


def test_students_missing_are_told_of_school_by_school():
    found = [(MISSING, f"G{number:06}", None, f"213100000{number % 2}") for number in range(GROUP_LIMIT + 1)]
    rows = Ledger().check(NIGHTS[0], found)
    assert [(row["subject"], row["records"]) for row in rows] == [("2131000000", 501), ("2131000001", 500)]


def test_who_was_listed_stays_listed_when_many_more_come():
    ledger = Ledger()
    listed = standing(ledger.check(NIGHTS[0], differing(2)))
    rows = ledger.check(NIGHTS[1], differing(GROUP_LIMIT + 3))
    assert [row for row in rows if row["mended_on"]] == []
    assert standing(rows) == [*listed, "DJ31-000003"]
    assert rows[2]["records"] == GROUP_LIMIT + 1


def test_a_group_stays_a_group_until_nothing_is_left_of_it():
    ledger = Ledger()
    (group,) = standing(ledger.check(NIGHTS[0], differing(GROUP_LIMIT + 1)))
    rows = ledger.check(NIGHTS[1], differing(3))
    assert standing(rows) == [group] and rows[0]["records"] == 3
    rows = ledger.check(NIGHTS[2], [])
    assert standing(rows) == [] and str(rows[0]["mended_on"]) == NIGHTS[2]
    assert len(standing(ledger.check(NIGHTS[3], differing(3)))) == 3


CHECKS = st.lists(st.sets(st.integers(0, 8)), min_size=2, max_size=4)


@settings(max_examples=12, deadline=None)
@given(CHECKS)
def test_whatever_is_found_the_ledger_adds_up(checks: list[set[int]]):
    ledger = Ledger()
    for night, numbers in zip(NIGHTS, checks, strict=False):
        before = ledger.rows()
        rows = ledger.check(night, [item for number in sorted(numbers) for item in differing(1, number)])
        open_now = [row for row in rows if row["mended_on"] is None]
        assert {row["subject"] for row in open_now} == {f"G{number:06}" for number in numbers}
        new = [row for row in rows if str(row["first_seen"]) == night]
        mended = [row for row in rows if str(row["mended_on"]) == night]
        assert len(standing(before)) - len(mended) + len(new) == len(open_now)
        assert len({row["deviation_no"] for row in rows}) == len(rows) == len(before) + len(new)
        assert ledger.check(night, [item for number in sorted(numbers) for item in differing(1, number)]) == rows


def test_a_check_done_again_with_other_copies_takes_the_first_one_back():
    ledger = Ledger()
    ledger.check(NIGHTS[0], differing(2))
    ledger.check(NIGHTS[1], differing(1, 5))
    rows = ledger.check(NIGHTS[1], differing(1))
    assert [(row["deviation_no"], row["mended_on"]) for row in rows] == [
        ("DJ31-000001", None),
        ("DJ31-000002", date.fromisoformat(NIGHTS[1])),
    ]
