"""The figures of a bulletin over small tables whose counts can be taken by hand."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from xueji.assets import progress_sql
from xueji.assets.progress_sql import SumCheck, check_sums, sum_checks_sql
from xueji.checks.case_states import CLOSED_STATES
from xueji.checks.model import UNITS, XuejiError
from xueji.checks.tables import TABLES
from xueji.reports import indicators as ind

AS_OF = date(2026, 11, 23)
FIRST_NIGHT = date(2026, 8, 3)

# record, problem type, rule, severity, scope
FUJIAN = [
    ("a", "DUP_ID", "duplicate_id", "error", "school"),
    ("b", "DUP_ID", "duplicate_id", "error", "school"),
    ("c", "DUP_ID", "duplicate_id", "error", "national"),
    ("d", "ERR_ID", "id_sex_conflict", "error", None),
    ("d", "ERR_ID", "id_birth_conflict", "error", None),  # one record, two reasons of one type: one case
    ("c", "ERR_NAME", "id_name_mismatch", "error", None),  # one record, two types: one of each
    ("e", "MISSING", "required_missing", "warning", None),
    ("e", "MISSING", "required_missing", "warning", None),
    ("f", "DUP_NSB", "duplicate_name_sex_birth", "note", "national"),  # for information
    ("f", "ERR_ID", "id_region", "note", None),
    (None, "INVALID", "spreadsheet_damage", "warning", None),  # about a file
]
JIANGXI = [("a", "DUP_ID", "duplicate_id", "error", "national")]  # the same key as in 福建 is another record


@pytest.fixture
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty lake tables, then 福建 (4 students), 江西 (2, of an older snapshot) and nothing of the other units."""
    connection = duckdb.connect(":memory:")
    for table in TABLES.values():
        connection.execute(f"create table {table.name} as {table.empty_sql}")
    connection.execute("alter table core_students add column as_of date")
    for unit, students, as_of in (("35", 4, AS_OF), ("36", 2, date(2026, 11, 20))):
        for number in range(students):
            insert(connection, "core_students", unit_code=unit, as_of=as_of, id_number=None if number else "x")
    for unit, findings in (("35", FUJIAN), ("36", JIANGXI)):
        for key, problem_type, rule_id, severity, scope in findings:
            insert(
                connection, "findings", unit_code=unit, record_key=key, problem_type=problem_type, rule_id=rule_id,
                severity=severity, scope=scope, file="students.csv",
            )  # fmt: skip
    open_cases(connection, FIRST_NIGHT)
    insert(connection, "core_schools", school_code="2135000001", unit_code="35")
    insert(connection, "core_schools", school_code="2199000001", unit_code="99")
    delivered = {"date": AS_OF, "kind": "students"}
    insert(connection, "deliveries", **delivered, unit_code="35", file="students1.csv", rows_delivered=5,
           rows_accepted=4, rows_quarantined=1, verdict="accepted")  # fmt: skip
    insert(connection, "deliveries", **delivered, unit_code="36", file="students.csv", rows_delivered=3,
           rows_accepted=0, rows_quarantined=3, verdict="refused", reason="行数较上次减少50%")  # fmt: skip
    insert(connection, "deliveries", date=date(2026, 11, 22), kind="students", unit_code="11", file="old.csv",
           rows_delivered=9, rows_accepted=9, rows_quarantined=0, verdict="accepted")  # fmt: skip
    yield connection
    connection.close()


def insert(connection: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" for _ in values)
    connection.execute(f"insert into {table} ({columns}) values ({marks})", list(values.values()))


def open_cases(connection: duckdb.DuckDBPyConnection, night: date) -> None:
    """Open a case for every problem record that has none."""
    connection.execute(
        f"""insert into cases by name
        select unit_code || '/' || record_key || '/' || problem_type as case_no, unit_code, problem_type, record_key,
            string_agg(distinct rule_id, ',' order by rule_id) as reasons, max(scope) as scope, date '{night}' as first_seen
        from findings
        where severity = 'error' and unit_code || '/' || record_key || '/' || problem_type not in (select case_no from cases)
        group by unit_code, record_key, problem_type"""
    )
    connection.execute(
        f"""insert into case_events by name
        select case_no, unit_code, problem_type, 'opened' as event, '待处理' as to_state, date '{night}' as at
        from cases where first_seen = date '{night}'"""
    )


def move_case(connection: duckdb.DuckDBPyConnection, case_no: str, night: date, event: str, **states: str) -> None:
    """Close the case, or open it again, as the state says that it comes to."""
    closed_on = night if states["to_state"] in CLOSED_STATES else None
    connection.execute("update cases set closed_on = ? where case_no = ?", [closed_on, case_no])
    insert(connection, "case_events", case_no=case_no, unit_code=case_no[:2], at=night, event=event, **states)


def store_progress(connection: duckdb.DuckDBPyConnection, month: str = "2026-11", as_of: date = AS_OF) -> None:
    connection.execute("delete from progress where month = ?", [month])
    connection.execute(f"insert into progress {progress_sql.progress_sql(month, as_of)}")


def figure(connection: duckdb.DuckDBPyConnection, code: str, indicator: str, month: str = "2026-11") -> float | None:
    rows = connection.execute(
        "select value from progress where month = ? and code = ? and indicator = ?", [month, code, indicator]
    ).fetchall()
    assert len(rows) == 1, (code, indicator, len(rows))
    return rows[0][0]


def checks(connection: duckdb.DuckDBPyConnection, month: str = "2026-11") -> list[SumCheck]:
    return [SumCheck(*row) for row in connection.execute(sum_checks_sql(month)).fetchall()]


FIGURES = [
    # code, indicator, value
    ("35", ind.STUDENTS, 4),
    ("35", ind.STUDENTS_WITH_NUMBER, 1),
    ("35", ind.SCHOOLS, 1),
    ("00", ind.SCHOOLS, 1),
    ("35", ind.pending("DUP_ID"), 3),
    ("35", ind.pending("ERR_ID"), 1),
    ("35", ind.pending("ERR_NAME"), 1),
    ("35", ind.pending("DUP_NSB"), 0),
    ("35", ind.PENDING_TOTAL, 5),
    ("35", ind.PENDING_STUDENTS, 4),
    ("35", ind.quality("MISSING"), 1),
    ("35", ind.quality("INVALID"), 0),
    ("35", ind.rule_count("id_sex_conflict"), 1),
    ("35", ind.rule_count("required_missing"), 1),
    ("35", ind.rule_count("spreadsheet_damage"), 1),
    ("36", ind.rule_count("id_sex_conflict"), 0),
    ("35", ind.note_count("duplicate_name_sex_birth"), 1),
    ("35", ind.note_count("id_region"), 1),
    ("35", ind.duplicates_in("DUP_ID", "school"), 2),
    ("35", ind.duplicates_in("DUP_ID", "national"), 1),
    ("00", ind.duplicates_in("DUP_ID", "national"), 2),
    ("00", ind.PENDING_TOTAL, 6),
    ("00", ind.STUDENTS, 6),
    ("35", ind.per_10000(ind.PENDING_TOTAL), 12_500),
    ("00", ind.per_10000(ind.PENDING_TOTAL), 10_000),
    ("11", ind.per_10000(ind.PENDING_TOTAL), None),
    ("35", ind.ROWS_DELIVERED, 5),
    ("35", ind.ROWS_QUARANTINED, 1),
    ("35", ind.DELIVERY_ACCEPTED, 1),
    ("36", ind.DELIVERY_REFUSED, 1),
    ("11", ind.DELIVERY_MISSING, 1),
    ("11", ind.ROWS_DELIVERED, 0),
    ("00", ind.DELIVERY_ACCEPTED, 1),
    ("00", ind.DELIVERY_REFUSED, 1),
    ("00", ind.DELIVERY_MISSING, 30),
    ("00", ind.FILES, 2),
    ("36", ind.STALE_DAYS, 3),
    ("35", ind.STALE_DAYS, 0),
    ("11", ind.STALE_DAYS, None),
    ("00", ind.SNAPSHOT_STALE, 1),
    ("35", ind.COMPARED, 0),
    ("35", ind.previous(ind.PENDING_TOTAL), None),
    ("35", ind.change_percent(ind.PENDING_TOTAL), None),
    ("00", ind.PREVIOUS_DAYS, None),
]


@pytest.mark.parametrize(("code", "indicator", "value"), FIGURES, ids=[f"{c[0]}-{c[1]}" for c in FIGURES])
def test_counts_what_the_tables_hold(
    lake: duckdb.DuckDBPyConnection, code: str, indicator: str, value: float | None
) -> None:
    store_progress(lake)
    assert figure(lake, code, indicator) == value


def test_every_level_has_every_figure_once(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    rows = lake.execute(
        "select code, name, count(*), count(distinct indicator) from progress group by code, name order by code"
    ).fetchall()
    assert [row[:2] for row in rows] == [("00", "全国"), *UNITS.items()]
    assert all(count == distinct for _, _, count, distinct in rows)
    assert len({row[2] for row in rows[1:]}) == 1


def test_sums_hold(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    assert check_sums(checks(lake)) > 100


def test_compares_with_the_newest_earlier_month(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake, "2026-08", date(2026, 8, 31))
    move_case(lake, "35/b/DUP_ID", date(2026, 9, 2), "vanished", from_state="待处理", to_state="已消除")
    store_progress(lake, "2026-09", date(2026, 9, 30))
    move_case(lake, "35/a/DUP_ID", date(2026, 10, 5), "others_done", from_state="待他方处理", to_state="已解决")
    lake.execute("delete from findings where rule_id = 'spreadsheet_damage'")
    insert(lake, "findings", unit_code="35", record_key="h", problem_type="ERR_NOTFOUND", rule_id="id_not_found",
           severity="error")  # fmt: skip
    open_cases(lake, date(2026, 10, 6))
    insert(lake, "core_population", id_key=1)
    store_progress(lake)
    assert figure(lake, "35", ind.previous(ind.pending("DUP_ID"))) == 2
    assert figure(lake, "35", ind.change_percent(ind.pending("DUP_ID"))) == -50
    assert figure(lake, "35", ind.previous(ind.pending("ERR_NOTFOUND"))) == 0
    assert figure(lake, "35", ind.change_percent(ind.pending("ERR_NOTFOUND"))) is None
    assert figure(lake, "00", ind.PREVIOUS_DAYS) == 54
    assert figure(lake, "35", ind.rule_count("spreadsheet_damage")) == 0
    assert figure(lake, "35", ind.previous(ind.rule_count("spreadsheet_damage"))) == 1
    assert figure(lake, "35", ind.COMPARED) == 1
    assert check_sums(checks(lake)) > 100


def test_what_is_settled_is_not_pending_although_its_finding_stands(lake: duckdb.DuckDBPyConnection) -> None:
    move_case(lake, "35/c/ERR_NAME", date(2026, 11, 1), "number_issued", from_state="待发号", to_state="已解决")
    move_case(lake, "35/c/DUP_ID", date(2026, 11, 1), "upheld", from_state="待裁定", to_state="已解决")
    store_progress(lake)
    assert figure(lake, "35", ind.pending("ERR_NAME")) == 0
    rules = lake.execute("select indicator from progress where indicator = 'rule_id_name_mismatch'").fetchall()
    assert rules == []  # a rule is counted over what is pending
    assert figure(lake, "35", ind.duplicates_in("DUP_ID", "national")) == 0
    assert (figure(lake, "35", ind.PENDING_TOTAL), figure(lake, "35", ind.PENDING_STUDENTS)) == (3, 3)
    assert check_sums(checks(lake)) > 100


FLOW = (ind.CASES_OPENING, ind.CASES_NEW, ind.CASES_REOPENED, ind.CASES_CLOSED, ind.PENDING_TOTAL)


def flow(lake: duckdb.DuckDBPyConnection, code: str, month: str) -> list[float | None]:
    return [figure(lake, code, indicator, month) for indicator in FLOW]


def test_cases_flow_from_month_to_month(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake, "2026-08", date(2026, 8, 31))
    assert flow(lake, "35", "2026-08") == [0, 5, 0, 0, 5]
    closed = {"from_state": "待处理", "to_state": "已消除"}
    move_case(lake, "35/a/DUP_ID", date(2026, 8, 31), "vanished", **closed)  # on the day of the bulletin, after it
    store_progress(lake, "2026-08", date(2026, 8, 31))
    assert flow(lake, "35", "2026-08") == [0, 5, 0, 1, 4]
    move_case(lake, "35/b/DUP_ID", date(2026, 9, 1), "vanished", **closed)
    move_case(lake, "35/c/DUP_ID", date(2026, 9, 30), "vanished", **closed)
    move_case(lake, "35/a/DUP_ID", date(2026, 9, 15), "reopened", from_state="已消除", to_state="待处理")
    insert(lake, "case_events", case_no="35/d/ERR_ID", unit_code="35", at=date(2026, 9, 2), event="answered_attest",
           from_state="待处理", to_state="待审核")  # fmt: skip
    insert(lake, "case_events", case_no="35/d/ERR_ID", unit_code="35", at=date(2026, 9, 3), event="carried",
           from_state="待审核", to_state="待审核")  # fmt: skip
    store_progress(lake, "2026-09", date(2026, 9, 30))
    assert flow(lake, "35", "2026-09") == [4, 0, 1, 2, 3]
    move_case(lake, "36/a/DUP_ID", date(2026, 10, 1), "vanished", **closed)
    move_case(lake, "36/a/DUP_ID", date(2026, 10, 1), "reopened", from_state="已消除", to_state="待处理")
    store_progress(lake)
    assert (flow(lake, "35", "2026-11"), flow(lake, "36", "2026-11")) == ([3, 0, 0, 0, 3], [1, 0, 1, 1, 1])
    assert flow(lake, "00", "2026-11") == [4, 0, 1, 1, 4]
    assert check_sums(checks(lake)) > 100


def test_a_bulletin_from_before_there_were_cases_opens_nothing(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake, "2026-10", date(2026, 10, 31))
    lake.execute("delete from progress where indicator like 'cases_%'")
    lake.execute("update progress set value = 99 where indicator = 'pending_total'")
    store_progress(lake)
    assert flow(lake, "35", "2026-11") == [0, 5, 0, 0, 5]
    assert check_sums(checks(lake)) > 100


BREAKS = [
    # statement, what the error must name
    (
        "update progress set value = 6 where code = '35' and indicator = 'cases_new'",
        r"cases_opening \+ cases_new \+ cases_reopened - cases_closed = pending_total \(35\): 5 stated, 6 summed",
    ),
    ("update progress set value = 7 where code = '00' and indicator = 'pending_total'", "pending_total = sum of types"),
    (
        "update progress set value = 9 where code = '44' and indicator = 'students'",
        r"national students = sum of provinces \(00\): 6 stated, 15 summed",
    ),
    (
        "update progress set value = 1 where code = '35' and indicator = 'rows_accepted'",
        r"rows_delivered = rows_accepted \+ rows_quarantined \(35\): 5 stated, 2 summed",
    ),
    (
        "update progress set value = 5 where code = '35' and indicator = 'pending_dup_id_scope_city'",
        r"pending_dup_id = sum of scopes \(35\): 3 stated, 8 summed",
    ),
    ("update progress set value = 5 where code = '00' and indicator = 'rule_id_sex_conflict'", "rule_id_sex_conflict"),
    ("delete from progress", "no figures"),
]


@pytest.mark.parametrize(("statement", "named"), BREAKS, ids=range(len(BREAKS)))
def test_false_sum_is_named(lake: duckdb.DuckDBPyConnection, statement: str, named: str) -> None:
    store_progress(lake)
    lake.execute(statement)
    with pytest.raises(XuejiError, match=named):
        check_sums(checks(lake))


def test_finding_of_an_unlisted_unit_is_noticed(lake: duckdb.DuckDBPyConnection) -> None:
    insert(
        lake, "findings", unit_code="99", record_key="a", problem_type="ERR_ID", severity="error", rule_id="id_format"
    )
    open_cases(lake, AS_OF)
    store_progress(lake)
    with pytest.raises(XuejiError, match="national pending_err_id = sum of provinces"):
        check_sums(checks(lake))


def test_duplicate_without_scope_is_noticed(lake: duckdb.DuckDBPyConnection) -> None:
    insert(lake, "findings", unit_code="35", record_key="z", problem_type="DUP_ID", severity="error", rule_id="d")
    open_cases(lake, AS_OF)
    store_progress(lake)
    with pytest.raises(XuejiError, match="pending_dup_id = sum of scopes"):
        check_sums(checks(lake))


def test_gives_the_reason_of_a_refusal(lake: duckdb.DuckDBPyConnection) -> None:
    reasons = lake.execute(progress_sql.refusal_reasons_sql(AS_OF)).fetchall()
    assert reasons == [("36", "行数较上次减少50%")]
