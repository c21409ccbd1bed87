"""Who is verified, and what has to be done first for those who are not (教基一厅〔2015〕2号, 二)."""

import duckdb
import pytest

from xueji.checks.verification_scope import NOT_IN_SCHOOL, OPEN_BUSINESS, OPEN_TRANSFER, scope_sql

CASES = [
    # is_out_of_school, business (kind, state), exclusion, why
    (False, [], None, "in school"),
    (None, [], None, "the registry does not say: taken for in school"),
    (True, [], NOT_IN_SCHOOL, "not in school"),
    (False, [("transfer", "open")], OPEN_TRANSFER, "transfer open"),
    (False, [("transfer", "done")], None, "transfer finished"),
    (False, [("transfer", "refused")], None, "transfer refused"),
    (False, [("suspension", "open")], OPEN_BUSINESS, "other business open"),
    (False, [("suspension", "open"), ("transfer", "open")], OPEN_TRANSFER, "both open: the transfer is told"),
    (True, [("transfer", "open")], NOT_IN_SCHOOL, "restored first, whatever else is open"),
]


@pytest.mark.parametrize(("out", "business", "exclusion", "why"), CASES, ids=[case[-1] for case in CASES])
def test_says_what_comes_first(out, business, exclusion, why):
    assert scope([("G1", out)], business) == [("520103", exclusion)]


def test_of_records_alike_one_row():
    assert scope([("G1", True), ("G1", False)], []) == [("520103", None)]


def test_a_record_of_an_unknown_school_has_no_county():
    assert scope([("G1", False)], [], school="3152000009") == [(None, None)]


def scope(students, business, school="2152000001"):
    with duckdb.connect() as connection:
        connection.execute("create table core_schools (school_code varchar, city_code varchar, county_code varchar)")
        connection.execute("insert into core_schools values ('2152000001', '520100', '520103')")
        connection.execute("create table business (unit_code varchar, student_no varchar, kind varchar, state varchar)")
        for kind, state in business:
            connection.execute("insert into business values ('52', 'G1', ?, ?)", [kind, state])
        connection.execute(
            "insert into business values ('52', null, 'transfer', 'open'), ('51', 'G1', 'transfer', 'open')"
        )
        connection.execute(
            "create table core_students (unit_code varchar, school_code varchar, record_key varchar, student_no varchar, "
            "grade integer, class_no varchar, is_out_of_school boolean)"
        )
        for number, out in students:
            connection.execute(
                "insert into core_students values ('52', ?, ?, ?, 3, '1', ?)",
                [school, f"{school}/{number}", number, out],
            )
        return connection.execute(f"select county_code, exclusion from ({scope_sql()})").fetchall()
