"""What the ministry's workbooks of oversight say, from the ledger: plain values for `reports/`."""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb

from xueji.checks import case_states
from xueji.checks.case_states import MINISTRY, MINISTRY_CODE, OFFICE, PROVINCE, SCHOOL, STATES
from xueji.checks.divisions import division_name
from xueji.checks.integrity_signals import REGISTER_TYPES, SIGNALS
from xueji.checks.model import PROBLEM_TYPES, UNITS, unit_short_name
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.working_days import is_working_day
from xueji.reports.authorities import authority_name
from xueji.reports.oversight_workbook import SignalKind, SignalRow, Waiting
from xueji.reports.police_list import Mismatch
from xueji.reports.school_list import GRADUATING_GRADES

AGE_BOUNDS = (10, 30, 60)  # working days
NO_PLACE = "—"
SEVERAL_UNITS = "跨省"
UNKNOWN_COUNTY = "不详（学校不在学校表中）"


def signal_kinds() -> list[SignalKind]:
    return [SignalKind(signal.title, signal.meaning, signal.amount_title) for signal in SIGNALS.values()]


def signal_rows(connection: duckdb.DuckDBPyConnection, signals: str) -> list[SignalRow]:
    """The traces of `signals`, a query for integrity_signals: by kind, then by place, the larger first."""
    order = " ".join(f"when {literal(kind)} then {place}" for place, kind in enumerate(SIGNALS))
    rows = connection.execute(
        f"""
        select s.signal, s.unit_code, s.county_code, s.school_code, schools.school_name, s.subject, s.amount, s.reason
        from ({signals}) as s
        left join core_schools as schools on schools.school_code = s.school_code
        order by
            case s.signal {order} end, s.unit_code nulls last, s.county_code nulls last, s.school_code nulls last,
            s.amount desc, s.subject, s.reason
        """
    ).fetchall()
    return [
        SignalRow(
            SIGNALS[signal].title,
            region_name(unit, county),
            school_title(school, school_name),
            office_name(subject) if subject.isdigit() else subject,
            amount,
            reason,
        )
        for signal, unit, county, school, school_name, subject, amount, reason in rows
    ]


def region_name(unit: str | None, county: str | None) -> str:
    if unit is None:
        return SEVERAL_UNITS
    if unit == MINISTRY_CODE:
        return "教育部"
    return unit_short_name(unit) + (f"{division_name(county)}（{county}）" if county else "")


def school_title(code: str | None, name: str | None) -> str:
    if code is None:
        return NO_PLACE
    return f"{name}（{code}）" if name else code


def office_name(code: str) -> str:
    """An office by its code: ministry, unit, city or county."""
    if code == MINISTRY_CODE:
        return "教育部"
    return authority_name(code) if code in UNITS else f"{division_name(code)}学籍主管部门（{code}）"


def waiting_rows(connection: duckdb.DuckDBPyConnection, cases: str, night: date) -> list[Waiting]:
    """Open cases of `cases`, a query for the ledger, by unit, county and the level that has to act."""
    since = [f"first_seen >= date '{earliest(night, bound)}'" for bound in AGE_BOUNDS]
    age = f"case {' '.join(f'when {text} then {place}' for place, text in enumerate(since))} else {len(since)} end"
    ages = ", ".join(f"sum(case when age = {place} then 1 else 0 end)" for place in range(len(since) + 1))
    rows = connection.execute(
        f"""
        with waiting as (
            select unit_code, county_code, {level_sql()} as level, {age} as age, due_date, settle_by
            from ({cases}) as ledger
            where state in {literal_list(case_states.OPEN_STATES)}
        )
        select
            unit_code, county_code, level, {ages},
            sum(case when due_date < date '{night}' then 1 else 0 end),
            sum(case when settle_by < date '{night}' then 1 else 0 end)
        from waiting
        group by unit_code, county_code, level
        order by unit_code, county_code nulls last, level
        """
    ).fetchall()
    return [
        Waiting(
            unit_short_name(unit),
            division_name(county) if county else UNKNOWN_COUNTY,
            county or "",
            level,
            (counts[0], counts[1], counts[2], counts[3]),
            *counts[4:],
        )
        for unit, county, level, *counts in rows
    ]


def level_sql() -> str:
    """Text SQL: the level that has to act on an open case; that of its audit or arbitration where the state leaves it open."""

    def states(actor: str) -> str:
        return literal_list(state.name for state in STATES.values() if state.actor == actor)

    return f"""case
        when state in {states(SCHOOL)} then 'school'
        when state in {states(OFFICE)} then coalesce(authority_level, 'province')
        when state in {states(PROVINCE)} then 'province'
        when state in {states(MINISTRY)} then 'ministry'
        when state in {states(case_states.ARBITER)} then coalesce(arbiter_level, 'province')
        else 'system'
    end"""


def earliest(night: date, working_days: int) -> date:
    """The first day after which no more than `working_days` working days have gone by up to `night`."""
    day, count = night, 0
    while count + is_working_day(day) <= working_days:
        count += is_working_day(day)
        day -= timedelta(days=1)
    return day


MISMATCHES = f"""
    with audited as (
        select case_no, max("at") as audited_on from case_events where event = 'passed_attest_identity' group by case_no
    ),
    issued as (select distinct case_no from case_events where event = 'number_issued')
    select cases.*, audited.audited_on
    from cases
    join audited on audited.case_no = cases.case_no
    left join issued on issued.case_no = cases.case_no
    where cases.is_attested and cases.problem_type in {literal_list(REGISTER_TYPES)}
        and (cases.state = {literal(case_states.NUMBER)}
            or (cases.state = {literal(case_states.RESOLVED)} and issued.case_no is not null))
"""
"""Attested disagreements with the register, from their audit on: waiting for a number, or settled by one."""

# The scans of the answer that was attested: a case sent back and answered again has others, too.
ATTESTED_SCANS = f"""
    with mismatches as ({MISMATCHES}),
    attested as (
        select case_no, max(turn) as turn from answers
        where form = 'list' and answer = '佐证' and case_no in (select case_no from mismatches)
        group by case_no
    )
    select evidence.case_no, evidence.kind, evidence.sha256, evidence.file
    from evidence
    join attested on attested.case_no = evidence.case_no and attested.turn = evidence.turn
"""


def mismatch_rows(connection: duckdb.DuckDBPyConnection) -> list[Mismatch]:
    """Graduating grades first, then by unit, county, school and case."""
    rows = connection.execute(
        f"""
        select
            m.case_no, m.unit_code, m.county_code, m.school_code, schools.school_name, m.grade, m.name, m.id_number,
            m.problem_type, kinds.kinds, m.audited_on, m.state = {literal(case_states.RESOLVED)} as is_issued
        from ({MISMATCHES}) as m
        left join core_schools as schools on schools.school_code = m.school_code
        left join (
            select case_no, string_agg(distinct kind, ',' order by kind) as kinds from ({ATTESTED_SCANS}) group by case_no
        ) as kinds on kinds.case_no = m.case_no
        order by
            case when m.grade in ({", ".join(map(str, sorted(GRADUATING_GRADES)))}) then 0 else 1 end,
            m.unit_code, m.county_code nulls last, m.school_code nulls last, m.case_no
        """
    ).fetchall()
    return [
        Mismatch(
            case_no,
            unit_short_name(unit),
            division_name(county) if county else NO_PLACE,
            school_title(school, school_name),
            grade,
            name or "",
            id_number or "",
            PROBLEM_TYPES[problem].title,
            tuple((kinds or "").split(",")),
            audited_on,
            is_issued,
        )
        for case_no, unit, county, school, school_name, grade, name, id_number, problem, kinds, audited_on, is_issued in rows
    ]


def scan_rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, str]]:
    """Case number, kind, sha256 and file name of every scan behind `mismatch_rows`, ordered."""
    rows = connection.execute(
        f"select distinct case_no, kind, sha256, file from ({ATTESTED_SCANS}) order by case_no, kind, file, sha256"
    ).fetchall()
    for case_no, kind, sha256, file in rows:
        yield case_no, kind, sha256, file.rsplit("/", 1)[-1]
