"""One case of the ledger with all that is known of it, read from the lake."""

import re
from datetime import date

import duckdb

from xueji.assets.engine import Engine
from xueji.checks.case_states import MOVE_TITLES, STATES
from xueji.checks.catalogue import RULES, sentence
from xueji.checks.divisions import division_name
from xueji.checks.model import UNITS, XuejiError
from xueji.reports.case_history import CaseHead, CaseHistory, Event, EvidenceFile, Party

CASE_NO = re.compile(r"XJ[0-9]{2}-[0-9]{6}-[0-9]{6,}")
EXAMPLE = "XJ44-261120-000123"

_CASE_SQL = """
    select
        c.problem_type, c.state, c.unit_code, c.county_code, s.school_name, c.school_code, c.student_no, c.name, c.id_number,
        c.first_seen, c.last_seen, c.due_date, c.disposition, c.closed_on
    from cases as c
    left join core_schools as s on s.school_code = c.school_code
    where c.case_no = $case_no
"""
_PARTIES_SQL = """
    select other.case_no, other.state
    from cases as own
    join cases as other on other.group_key = own.group_key and other.problem_type = own.problem_type
    where own.case_no = $case_no and other.case_no <> own.case_no
    order by other.case_no
"""
_EVENTS_SQL = """
    select "at", event, from_state, to_state, actor_level, source, note
    from case_events
    where case_no = $case_no
    order by "at", place, event
"""
_EVIDENCE_SQL = """
    select "date", kind, media_type, bytes, sha256
    from evidence
    where case_no = $case_no
    order by "date", turn, kind, sha256
"""


def case_history(engine: Engine, case_no: str) -> CaseHistory:
    """The case, its parties, events and evidence. Raises XuejiError when there is no such case."""
    wanted = case_no.strip().upper()
    if not CASE_NO.fullmatch(wanted):
        # Not repeated: whatever was typed instead may be a person's number.
        raise XuejiError(f"this is no case number, expected one like {EXAMPLE}")
    with engine.session() as connection:
        head = read_head(connection, wanted)
        chosen = {"case_no": wanted}
        parties = connection.execute(_PARTIES_SQL, chosen).fetchall()
        events = connection.execute(_EVENTS_SQL, chosen).fetchall()
        evidence = connection.execute(_EVIDENCE_SQL, chosen).fetchall()
    return CaseHistory(
        head,
        [Party(*row) for row in parties],
        [event_of(*row) for row in events],
        [EvidenceFile(*row) for row in evidence],
    )


def event_of(
    at: date, event: str, from_state: str | None, to_state: str | None, level: str | None, source: str | None, note: str | None
) -> Event:  # fmt: skip
    """A row of `case_events` in Chinese words; what a case was opened for is told in the rules' sentences."""
    said = found_sentences(note) if event == "opened" else note
    return Event(at, MOVE_TITLES.get(event, event), from_state, to_state, level, source, said)


def found_sentences(reasons: str | None) -> str | None:
    """The sentences of what a case was opened for, from its reasons: rule_id or rule_id:reason, comma separated.

    A rule that is no longer there is named by its id.
    """
    known = {rule.id for rule in RULES}
    parts = [part.partition(":") for part in (reasons or "").split(",") if part]
    return "；".join(sentence(rule_id, reason) if rule_id in known else rule_id for rule_id, _, reason in parts) or None


def read_head(connection: duckdb.DuckDBPyConnection, case_no: str) -> CaseHead:
    rows = connection.execute(_CASE_SQL, {"case_no": case_no}).fetchall()
    if not rows:
        raise XuejiError(f"case {case_no}: no such case in the ledger, expected a number like {EXAMPLE}")
    problem_type, state, unit, county, *rest = rows[0]
    return CaseHead(
        *(case_no, problem_type, state, STATES[state].meaning),
        UNITS.get(unit, unit),
        division_name(county) if county else None,
        *rest,
    )
