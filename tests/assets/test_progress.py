"""The figures of a bulletin over small tables whose counts can be taken by hand."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from xueji.assets.progress_counts_sql import refusal_reasons_sql
from xueji.assets.progress_figures import Period, make_figures, period_of, place_queries, unit_queries
from xueji.assets.progress_sums import check_sums
from xueji.checks.case_states import CLOSED_STATES
from xueji.checks.catalogue import RULES
from xueji.checks.model import UNITS, XuejiError
from xueji.checks.tables import TABLES
from xueji.checks.verification_tables import VERIFICATION_PROGRESS
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms

AS_OF = date(2026, 11, 23)
FIRST_NIGHT = date(2026, 8, 3)

# 福建's schools: two in 思明区, one in 鼓楼区, one at a city, one at no place of the province; 江西's at none.
SCHOOLS = {
    "2135000001": ("思明一小", "350203", "350200"),
    "2135000002": ("思明二小", "350203", "350200"),
    "2135000003": ("鼓楼小学", "350102", "350100"),
    "2135000004": ("厦门附小", "350200", "350200"),
    "2135000005": ("驻外小学", "360102", "360100"),
}
SCHOOL_OF = {"a": "2135000001", "b": "2135000001", "c": "2135000002", "d": "2135000003", "e": "2135000003"}
RESIDUAL = "350000"

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
    for table in (*TABLES.values(), VERIFICATION_PROGRESS):
        connection.execute(f"create table {table.name} as {table.empty_sql}")
    for unit, keys, as_of in (("35", "abcd", AS_OF), ("36", "ab", date(2026, 11, 20))):
        insert(connection, "snapshots", unit_code=unit, as_of=as_of)
        for key in keys:
            school = SCHOOL_OF[key] if unit == "35" else None
            insert(
                connection, "core_students", unit_code=unit, school_code=school, id_number="x" if key == "a" else None
            )
    for code, (name, county, city) in SCHOOLS.items():
        insert(connection, "core_schools", school_code=code, school_name=name, unit_code="35", county_code=county,
               city_code=city)  # fmt: skip
    for unit, findings in (("35", FUJIAN), ("36", JIANGXI)):
        for key, problem_type, rule_id, severity, scope in findings:
            insert(
                connection, "findings", unit_code=unit, record_key=key, problem_type=problem_type, rule_id=rule_id,
                severity=severity, scope=scope, file="students.csv", school_code=SCHOOL_OF.get(key) if unit == "35" else None,
            )  # fmt: skip
    open_cases(connection, FIRST_NIGHT)
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
        select unit_code || '/' || record_key || '/' || problem_type as case_no, unit_code, problem_type, record_key, school_code,
            '待处理' as state, string_agg(distinct rule_id, ',' order by rule_id) as reasons, max(scope) as scope, date '{night}' as first_seen
        from findings
        where severity = 'error' and unit_code || '/' || record_key || '/' || problem_type not in (select case_no from cases)
        group by unit_code, record_key, problem_type, school_code"""
    )
    connection.execute(
        f"""insert into case_events by name
        select case_no, unit_code, problem_type, 'opened' as event, '待处理' as to_state, date '{night}' as at
        from cases where first_seen = date '{night}'"""
    )


def move_case(connection: duckdb.DuckDBPyConnection, case_no: str, night: date, event: str, **states: str) -> None:
    """Close the case, or open it again, as the state says that it comes to."""
    closed_on = night if states["to_state"] in CLOSED_STATES else None
    connection.execute(
        "update cases set closed_on = ?, state = ? where case_no = ?", [closed_on, states["to_state"], case_no]
    )
    insert(connection, "case_events", case_no=case_no, unit_code=case_no[:2], at=night, event=event, **states)


def store_progress(connection: duckdb.DuckDBPyConnection, month: str = "2026-11", as_of: date = AS_OF) -> None:
    connection.execute("delete from progress where month = ?", [month])
    make_figures(connection, period_of(connection, month, as_of), {"cases": 3}, RULES)
    connection.execute("insert into progress select * from month_progress")


def figure(connection: duckdb.DuckDBPyConnection, code: str, indicator: str, month: str = "2026-11") -> float | None:
    rows = connection.execute(
        "select value from progress where month = ? and code = ? and indicator = ?", [month, code, indicator]
    ).fetchall()
    assert len(rows) == 1, (code, indicator, len(rows))
    return rows[0][0]


def checked(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of sums that hold over the figures made last, told or not."""
    return check_sums(connection, "unmarked")


FIGURES = [
    # code, indicator, value
    ("35", ind.STUDENTS, 4),
    ("35", ind.STUDENTS_WITH_NUMBER, 1),
    ("35", ind.SCHOOLS, 5),
    ("00", ind.SCHOOLS, 5),
    ("350203", ind.SCHOOLS, 2),
    ("350201", ind.SCHOOLS, 1),
    ("350200", ind.SCHOOLS, 3),
    (RESIDUAL, ind.SCHOOLS, 1),
    ("350203", ind.STUDENTS, 3),
    ("350200", ind.STUDENTS, 3),
    ("350102", ind.STUDENTS, 1),
    ("350102", ind.SCHOOLS_WITH_STUDENTS, 1),
    (RESIDUAL, ind.STUDENTS, 0),
    ("360000", ind.STUDENTS, 2),  # of no school
    ("350203", ind.PENDING_TOTAL, 4),
    ("350203", ind.pending("ERR_NAME"), 1),
    ("350102", ind.pending("ERR_ID"), 1),
    ("350100", ind.quality("MISSING"), 1),
    ("2135000001", ind.PENDING_TOTAL, 2),
    ("2135000002", ind.STUDENTS, 1),
    ("35", ind.PENDING_REPORTED, 5),
    ("35", ind.entered("DUP_ID"), 3),
    ("35", ind.opening("DUP_ID"), 0),
    ("00", ind.closed("ERR_ID"), 0),
    ("35", ind.COMPLETION_PERCENT, 0),
    ("35", ind.pending_aged("older"), 5),
    ("35", ind.overdue_at("school"), 0),
    ("35", ind.COVERAGE_PERCENT, 60),
    ("35", ind.QUALITY_INDEX, None),  # of four students
    ("35", ind.CLOSED_PER_DAY, None),  # no previous bulletin
    ("35", ind.COUNTIES, 2),
    ("00", ind.COUNTIES, 2),
    ("00", ind.WORKING_DAYS_PASSED, None),
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
    ("00", ind.note_count("duplicate_name_sex_birth"), 1),
    ("00", ind.note_count("id_region"), 1),
    ("35", ind.duplicates_in("DUP_ID", "school"), 2),
    ("35", ind.duplicates_in("DUP_ID", "national"), 1),
    ("00", ind.duplicates_in("DUP_ID", "national"), 2),
    ("00", ind.PENDING_TOTAL, 6),
    ("00", ind.STUDENTS, 6),
    ("35", ind.per_10000(ind.PENDING_TOTAL), None),  # of fewer than a thousand students
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
    ("00", ind.COMPARED, 0),
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
        """select level, code, name, count(*), count(distinct indicator) from progress
        where level <> 'school' group by all order by level, code"""
    ).fetchall()
    assert [row[1:3] for row in rows if row[0] in ("national", "province")] == [("00", "全国"), *UNITS.items()]
    assert [row[:3] for row in rows if row[0] in ("city", "county")] == [
        ("city", "350100", "福州市"),
        ("city", "350200", "厦门市"),
        ("county", RESIDUAL, "学校不在学校表中的学籍"),
        ("county", "350102", "鼓楼区"),
        ("county", "350201", "市辖区"),
        ("county", "350203", "思明区"),
        ("county", "360000", "学校不在学校表中的学籍"),
    ]
    assert all(count == distinct for *_, count, distinct in rows)
    assert len({(row[0], row[3]) for row in rows}) == 4


def test_areas_lie_in_each_other(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    parents = dict(lake.execute("select distinct code, parent_code from progress where parent_code <> '00'").fetchall())
    assert parents == {
        "350100": "35", "350200": "35", RESIDUAL: "35", "360000": "36", "350102": "350100", "350203": "350200", "350201": "350200",
        "2135000001": "350203", "2135000002": "350203", "2135000003": "350102",  # those with anything to count
    }  # fmt: skip


def test_every_count_says_which_query_and_which_tables_it_is_from(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    query, versions = lake.execute(
        "select query, versions from progress where code = '00' and indicator = 'pending_total'"
    ).fetchall()[0]
    assert query.split(":")[0] == "problems"
    assert versions == "cases 3"  # the only version told
    first = dict(lake.execute("select indicator, query from progress where code = '00'").fetchall())
    store_progress(lake, "2026-12", date(2026, 12, 23))
    second = dict(
        lake.execute("select indicator, query from progress where code = '00' and month = '2026-12'").fetchall()
    )
    assert {name: second[name] for name in ind.COUNTS} == {name: first[name] for name in ind.COUNTS}


def test_flow_by_type_is_told_of_nation_and_units(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    told = lake.execute(
        "select distinct level, indicator from progress where indicator like 'cases_entered_%' order by all"
    ).fetchall()
    kinds = sorted(ind.entered(kind) for kind in ind.FLOW_TYPES)
    assert told == [(level, kind) for level in ("national", "province") for kind in kinds]


def test_every_count_has_its_query() -> None:
    period = Period("2026-11", AS_OF, None, None)
    assert sorted(name for query in place_queries(period) for name in query.indicators) == sorted(
        (*ind.COUNTS, *ind.FLOW_BY_TYPE)
    )
    assert sorted(name for query in unit_queries(period) for name in query.indicators) == sorted(ind.UNIT_COUNTS)


def test_sums_hold(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    assert checked(lake) > 1000


def test_rates_have_a_base_and_an_interval(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute(
        "insert into core_students by name select '35' as unit_code, '2135000001' as school_code from range(996)"
    )
    store_progress(lake)
    assert figure(lake, "35", ind.per_10000(ind.PENDING_TOTAL)) == 50
    # Byar's bounds of a count of 5, beside Poisson's exact 1.62 and 11.67.
    assert figure(lake, "35", ind.per_10000_low(ind.PENDING_TOTAL)) == pytest.approx(16.1, abs=0.1)
    assert figure(lake, "35", ind.per_10000_high(ind.PENDING_TOTAL)) == pytest.approx(116.7, abs=0.1)
    assert figure(lake, "350102", ind.per_10000(ind.PENDING_TOTAL)) is None
    # coverage 3 of 5 schools × mean of (999, 1000, 1000, 996) of 1000 students
    assert figure(lake, "35", ind.QUALITY_INDEX) == pytest.approx(60 * 0.99875)
    assert figure(lake, "35", ind.QUALITY_CLASS) == 4


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
    assert figure(lake, "35", ind.change_percent(ind.pending("DUP_ID"))) == -50
    assert figure(lake, "35", ind.change_percent(ind.pending("ERR_NOTFOUND"))) is None
    assert figure(lake, "350203", ind.change_percent(ind.PENDING_TOTAL)) == pytest.approx(-100 / 3)
    assert figure(lake, "00", ind.PREVIOUS_DAYS) == 54
    assert figure(lake, "35", ind.rule_count("spreadsheet_damage")) == 0
    assert figure(lake, "00", ind.COMPARED) == 1
    assert checked(lake) > 1000


def test_foresees_what_is_left_on_30_june_at_the_present_pace(lake: duckdb.DuckDBPyConnection) -> None:
    closed = {"from_state": "待处理", "to_state": "已消除"}
    for number in range(200):
        insert(lake, "cases", case_no=f"35/{number}", unit_code="35", school_code="2135000003", problem_type="ERR_ID",
               state="待处理", record_key=str(number), reasons="id_format", first_seen=FIRST_NIGHT)  # fmt: skip
        insert(
            lake,
            "case_events",
            case_no=f"35/{number}",
            unit_code="35",
            at=FIRST_NIGHT,
            event="opened",
            to_state="待处理",
        )
    store_progress(lake, "2026-10", date(2026, 10, 23))
    for number in range(21):  # as many working days
        move_case(lake, f"35/{number}", date(2026, 11, 2), "vanished", **closed)
    store_progress(lake)
    assert figure(lake, "00", ind.WORKING_DAYS_PASSED) == 21
    left = figure(lake, "00", ind.WORKING_DAYS_LEFT)
    assert left is not None and 140 < left < 160
    assert figure(lake, "350102", ind.PENDING_TOTAL) == 180
    assert figure(lake, "350102", ind.CLOSED_PER_DAY) == 1
    assert figure(lake, "350102", ind.FORECAST_DAYS) == 180
    assert figure(lake, "350102", ind.FORECAST_LEFT) == 180 - left
    # Nothing is being closed in 思明区.
    assert (figure(lake, "350203", ind.FORECAST_DAYS), figure(lake, "350203", ind.FORECAST_LEFT)) == (None, 4)
    assert [figure(lake, code, ind.COUNTIES_MISSING) for code in ("350102", "350100", "35", "36", "00")] == [
        1,
        1,
        2,
        0,
        2,
    ]


def test_an_earlier_figure_that_the_ledger_tells_otherwise_now_is_restated(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake, "2026-10", date(2026, 10, 23))
    lake.execute("update progress set mark = null")  # as if all of that had been printed
    lake.execute(
        "update cases set school_code = '2135000003' where case_no = '35/c/DUP_ID'"
    )  # the student changed schools
    store_progress(lake)
    restated = lake.execute(
        "select code, indicator, value from progress where indicator like 'restated_%' order by code, indicator"
    ).fetchall()
    total, kind = (ind.restated("2026-10", name) for name in (ind.PENDING_TOTAL, ind.pending("DUP_ID")))
    assert restated == [
        ("350100", kind, 1), ("350100", total, 2), ("350102", kind, 1), ("350102", total, 2),
        ("350200", kind, 2), ("350200", total, 3), ("350203", kind, 2), ("350203", total, 3),
    ]  # fmt: skip
    assert figure(lake, "350203", ind.CASES_OPENING) == 3
    assert checked(lake) > 1000


def test_what_is_settled_is_not_pending_although_its_finding_stands(lake: duckdb.DuckDBPyConnection) -> None:
    move_case(lake, "35/c/ERR_NAME", date(2026, 11, 1), "number_issued", from_state="待发号", to_state="已解决")
    move_case(lake, "35/c/DUP_ID", date(2026, 11, 1), "upheld", from_state="待裁定", to_state="已解决")
    store_progress(lake)
    assert figure(lake, "35", ind.pending("ERR_NAME")) == 0
    rules = lake.execute("select indicator from progress where indicator = 'rule_id_name_mismatch'").fetchall()
    assert rules == []  # a rule is counted over what is pending
    assert figure(lake, "35", ind.duplicates_in("DUP_ID", "national")) == 0
    assert (figure(lake, "35", ind.PENDING_TOTAL), figure(lake, "35", ind.PENDING_STUDENTS)) == (3, 3)
    assert checked(lake) > 100


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
    assert checked(lake) > 100


def test_tells_how_cases_were_closed_sent_back_and_are_overdue(lake: duckdb.DuckDBPyConnection) -> None:
    move_case(lake, "35/a/DUP_ID", date(2026, 11, 1), "answered_delete", from_state="待处理", to_state="已删除")
    move_case(lake, "35/b/DUP_ID", date(2026, 11, 1), "others_done", from_state="待他方处理", to_state="已解决")
    move_case(lake, "35/c/DUP_ID", date(2026, 11, 2), "settled", from_state="待复查", to_state="已解决")
    move_case(lake, "35/d/ERR_ID", date(2026, 11, 2), "vanished", from_state="待处理", to_state="已消除")
    insert(lake, "case_events", case_no="35/c/ERR_NAME", unit_code="35", at=date(2026, 11, 3), event="sent_back",
           from_state="待审核", to_state="待处理", actor_level="county")  # fmt: skip
    lake.execute("update cases set due_date = date '2026-11-10' where case_no = '35/c/ERR_NAME'")
    lake.execute(
        "update cases set state = '待审核', authority_level = 'city', due_date = date '2026-11-10' where case_no = '36/a/DUP_ID'"
    )
    store_progress(lake)
    assert [figure(lake, "35", ind.closed_by(kind)) for kind in ind.DISPOSITIONS] == [1, 1, 1, 1]
    assert (figure(lake, "350203", ind.returned_by("county")), figure(lake, "350203", ind.AUDITS_DONE)) == (1, 1)
    assert (figure(lake, "35", ind.overdue_at("school")), figure(lake, "36", ind.overdue_at("city"))) == (1, 1)
    assert (figure(lake, "36", ind.AUDITS_WAITING), figure(lake, "36", ind.AUDITS_OVERDUE)) == (1, 1)
    assert figure(lake, "00", ind.AUDIT_COMPLETION_PERCENT) == 50
    assert figure(lake, "35", ind.COMPLETION_PERCENT) == 80
    assert figure(lake, "00", ind.OVERDUE_TOTAL) == 2
    assert checked(lake) > 1000


BREAKS = [
    # statement, what the error must name
    (
        "update unmarked set value = 6 where code = '35' and indicator = 'cases_new'",
        r"cases_opening \+ cases_new \+ cases_reopened - cases_closed = pending_total \(35\): 5 stated, 6 summed",
    ),
    ("update unmarked set value = 7 where code = '00' and indicator = 'pending_total'", "pending_total = sum of ages"),
    (
        "update unmarked set value = 9 where code = '44' and indicator = 'students'",
        r"national students = sum of parts \(00\): 6 stated, 15 summed",
    ),
    (
        "update unmarked set value = 1 where code = '35' and indicator = 'rows_accepted'",
        r"rows_delivered = rows_accepted \+ rows_quarantined \(35\): 5 stated, 2 summed",
    ),
    (
        "update unmarked set value = 5 where code = '35' and indicator = 'pending_dup_id_scope_city'",
        r"pending_dup_id = sum of scopes \(35\): 3 stated, 8 summed",
    ),
    ("update unmarked set value = 5 where code = '00' and indicator = 'rule_id_sex_conflict'", "rule_id_sex_conflict"),
    (
        "update unmarked set value = 9 where code = '350203' and indicator = 'overdue_total'",
        r"city overdue_total = sum of parts \(350200\): 0 stated, 9 summed",
    ),
    (
        "update unmarked set value = 5 where code = '2135000002' and indicator = 'pending_total'",
        r"county pending_total = sum of parts \(350203\): 4 stated, 7 summed",
    ),
    (
        "update unmarked set value = 1 where code = '350102' and indicator = 'closed_by_delete'",
        r"cases_closed = sum of dispositions \(350102\): 0 stated, 1 summed",
    ),
    ("delete from unmarked", "no figures"),
]


@pytest.mark.parametrize(("statement", "named"), BREAKS, ids=range(len(BREAKS)))
def test_false_sum_is_named(lake: duckdb.DuckDBPyConnection, statement: str, named: str) -> None:
    store_progress(lake)
    lake.execute(statement)
    with pytest.raises(XuejiError, match=named):
        checked(lake)


def verify(lake: duckdb.DuckDBPyConnection, night: date = AS_OF) -> None:
    """A night's figures of a campaign in 福建: six students at 思明一小, three of them due, one form up; one has gone missing."""
    places = {
        "00": ("national", None), "35": ("province", "00"), "350200": ("city", "35"), "350203": ("county", "350200"),
        "2135000001": ("school", "350203"),
    }  # fmt: skip
    counts = {forms.STUDENTS: 6, forms.EXCLUDED: 3, forms.DUE: 3, forms.UPLOADED: 1, forms.NOT_HERE: 1}
    for code, (level, parent) in places.items():
        for name in (*forms.COUNTS, forms.covered_percent(forms.UPLOADED)):
            value = 100 / 3 if name == forms.covered_percent(forms.UPLOADED) else counts.get(name, 0)
            if level != "school" or value:
                insert(lake, "verification_progress", date=night, campaign="2026A1", level=level, code=code, parent_code=parent,
                       indicator=name, value=value)  # fmt: skip


def test_tells_of_forms_where_there_is_a_campaign_and_withholds_none(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    without = lake.execute("select * from progress order by all").fetchall()
    verify(lake)
    verify(lake, date(2026, 11, 22))  # another night's figures are not the month's
    store_progress(lake)
    told = lake.execute(
        "select level, code, name, parent_code, indicator, value, mark, query, versions from progress where indicator like 'form%'"
    ).fetchall()
    figures = {(row[1], row[4]): row[5] for row in told}
    assert len(figures) == len(told)
    assert {row[1] for row in told} == {"00", "35", "350200", "350203", "2135000001"}
    assert {row[6] for row in told} == {None}
    assert {row[7].split(":")[0] for row in told} == {"verification"}
    assert figures["350203", forms.EXCLUDED] == 3  # small, and printed
    assert figures["35", forms.covered_percent(forms.UPLOADED)] == pytest.approx(33.3333, abs=0.001)
    assert {row[2]: row[4] for row in told if row[0] == "school" and row[5] == 1} == {"思明一小": forms.UPLOADED}
    assert {row[4] for row in told if row[0] == "school"} <= {*forms.SCHOOL_TOLD}
    assert not any(row[4] == forms.NOT_HERE for row in told)  # of children, not of work
    assert lake.execute("select * from progress where indicator not like 'form%' order by all").fetchall() == without
    assert checked(lake) > 1000


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("value = 2 where code = '350203' and indicator = 'forms_uploaded'", r"city forms_uploaded = sum of parts \(350200\)"),
        ("value = 2 where code = '2135000001' and indicator = 'forms_due'", r"county forms_due = sum of parts \(350203\)"),
        ("value = 2 where indicator = 'forms_excluded'", r"forms_students = forms_due \+ forms_excluded \(00\): 6 stated, 5 summed"),
    ],
    ids=["area", "school", "whole"],
)  # fmt: skip
def test_false_sum_of_forms_is_named(lake: duckdb.DuckDBPyConnection, statement: str, named: str) -> None:
    verify(lake)
    lake.execute(f"update verification_progress set {statement}")
    with pytest.raises(XuejiError, match=named):
        store_progress(lake)


def test_finding_of_an_unlisted_unit_is_noticed(lake: duckdb.DuckDBPyConnection) -> None:
    insert(
        lake, "findings", unit_code="99", record_key="a", problem_type="ERR_ID", severity="error", rule_id="id_format"
    )
    open_cases(lake, AS_OF)
    with pytest.raises(XuejiError, match=r"national pending_err_id = sum of parts"):
        store_progress(lake)


def test_duplicate_without_scope_is_noticed(lake: duckdb.DuckDBPyConnection) -> None:
    insert(lake, "findings", unit_code="35", record_key="z", problem_type="DUP_ID", severity="error", rule_id="d")
    open_cases(lake, AS_OF)
    with pytest.raises(XuejiError, match="pending_dup_id = sum of scopes"):
        store_progress(lake)


def test_small_counts_carry_marks(lake: duckdb.DuckDBPyConnection) -> None:
    store_progress(lake)
    marks = {
        (code, indicator): mark
        for code, indicator, mark in lake.execute("select code, indicator, mark from progress").fetchall()
    }
    assert marks["35", ind.pending("DUP_ID")] == "<5"
    assert marks["2135000001", ind.PENDING_TOTAL] == "<5"
    assert marks["350203", ind.PENDING_TOTAL] is not None
    assert marks["00", ind.STUDENTS] is None
    assert marks["00", ind.COMPLETION_PERCENT] == "*"  # 0 of 6 would give the pending 6 away, and with them 江西's 1


def test_gives_the_reason_of_a_refusal(lake: duckdb.DuckDBPyConnection) -> None:
    reasons = lake.execute(refusal_reasons_sql(AS_OF)).fetchall()
    assert reasons == [("36", "行数较上次减少50%")]
