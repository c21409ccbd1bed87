"""The last lines of `xueji run`: per unit what came in, what was found, what was written, and where to look."""

import sys
from pathlib import Path

import duckdb

from xueji.assets.case_ledger import cases_before_sql
from xueji.assets.engine import Engine
from xueji.assets.returned_files import RETURN_KINDS
from xueji.checks.case_states import CLOSED_STATES
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal_list
from xueji.reports import verification_indicators as forms

SUMMARY_SQL = """
    with delivered as (
        select unit_code,
            case when bool_or(verdict = 'refused') then 'refused' when bool_or(verdict = 'missing') then 'missing'
                else 'accepted' end as verdict,
            string_agg(distinct reason, ' ') as reason, max(snapshot_date) as snapshot,
            sum(rows_delivered) as delivered, sum(rows_accepted) as accepted, sum(rows_quarantined) as quarantined
        from deliveries
        where "date" = cast($night as date) and kind = 'students'
        group by unit_code
    ),
    found as (select unit_code, count(*) filter (severity <> 'note') as findings from findings group by unit_code),
    written as (select unit_code, count(*) as lists from school_lists where "date" = cast($night as date) group by unit_code)
    select d.unit_code, d.verdict, d.reason, d.snapshot, d.delivered, d.accepted, d.quarantined,
        coalesce(f.findings, 0) as findings, coalesce(w.lists, 0) as lists
    from delivered as d
    left join found as f on f.unit_code = d.unit_code
    left join written as w on w.unit_code = d.unit_code
    order by d.unit_code
"""
# What came in for the nation and was refused. A refused answer goes back to its sender and holds nothing up.
REFUSED_SQL = f"""
    select kind, reason from deliveries
    where "date" = cast($night as date) and unit_code = '00' and verdict = 'refused' and kind not in {literal_list(RETURN_KINDS)}
"""
CLOSED = literal_list(CLOSED_STATES)
FLOW_SQL = f"""
    select
        count(*) filter (event = 'opened'),
        count(*) filter (event <> 'opened' and from_state in {CLOSED} and to_state not in {CLOSED}),
        count(*) filter (event <> 'opened' and from_state not in {CLOSED} and to_state in {CLOSED})
    from case_events
    where "at" = cast($night as date)
"""
ANSWERS_SQL = f"""
    select coalesce(sum(rows_delivered), 0), coalesce(sum(rows_accepted), 0), coalesce(sum(rows_quarantined), 0),
        count(*) filter (verdict = 'refused')
    from deliveries
    where "date" = cast($night as date) and kind in {literal_list(RETURN_KINDS)}
"""
FORMS_SQL = (
    """select form, count(*) from office_lists where "date" = cast($night as date) group by form order by form"""
)

ROUNDS_SQL = f"""
    select
        count(distinct code) filter (level = 'province'),
        cast(coalesce(sum(value) filter (level = 'national' and indicator = '{forms.DUE}'), 0) as bigint),
        cast(coalesce(sum(value) filter (level = 'national' and indicator = '{forms.RETURNED}'), 0) as bigint),
        cast(coalesce(sum(value) filter (level = 'national' and indicator = '{forms.UPLOADED}'), 0) as bigint)
    from verification_progress
    where "date" = cast($night as date)
"""


def print_summary(home: Path, night: str) -> list[str]:
    """Print the night's figures per unit. Returns the units whose delivery was refused, each named on standard error."""
    engine = Engine(home=str(home))
    with engine.session() as connection:
        rows = connection.execute(SUMMARY_SQL, {"night": night}).fetchall()
        nation = connection.execute(REFUSED_SQL, {"night": night}).fetchall()
        more = [*case_lines(engine, connection, night), *round_lines(connection, night)]
    print(f"\nNight of {night}")
    print(
        f"{'unit':<6}{'delivery':<10}{'delivered':>12} = {'accepted':>12} + {'quarantined':>11}{'findings':>10}{'lists':>8}"
    )
    refused, words = [], []
    for unit, verdict, reason, snapshot, delivered, accepted, quarantined, findings, lists in rows:
        print(
            f"{unit:<6}{verdict:<10}{delivered:>12,} = {accepted:>12,} + {quarantined:>11,}{findings:>10,}{lists:>8,}"
        )
        if verdict == "refused":
            refused.append(unit)
            kept = f"the snapshot of {snapshot} is kept" if snapshot else "there is no earlier snapshot"
            words.append(f"unit {unit} {UNITS[unit]}: delivery refused, {kept}: {reason}")
    totals = [sum(row[place] for row in rows) for place in range(4, 9)]
    print(f"{'all':<16}{totals[0]:>12,} = {totals[1]:>12,} + {totals[2]:>11,}{totals[3]:>10,}{totals[4]:>8,}")
    print("\n".join(more))
    for kind, reason in nation:
        refused.append(kind)
        words.append(f"{kind}: delivery refused, the last good table is kept: {reason}")
    print_places(home, night)
    sys.stdout.flush()
    for word in words:
        print(f"xueji: {word}", file=sys.stderr)
    return refused


def case_lines(engine: Engine, connection: duckdb.DuckDBPyConnection, night: str) -> list[str]:
    """What the night did to the ledger of the whole nation, which answers it took, and which workbooks offices get."""
    chosen = {"night": night}
    opening, closing = (
        connection.execute(f"select count(*) from ({cases}) as ledger where closed_on is null").fetchall()[0][0]
        for cases in (cases_before_sql(engine, night), "select * from cases")
    )
    new, reopened, closed = connection.execute(FLOW_SQL, chosen).fetchall()[0]
    delivered, taken, refused, files = map(int, connection.execute(ANSWERS_SQL, chosen).fetchall()[0])
    forms = connection.execute(FORMS_SQL, chosen).fetchall()
    return [
        f"cases: {opening:,} + {new:,} new + {reopened:,} reopened - {closed:,} closed = {closing:,} open",
        f"answers: {delivered:,} = {taken:,} taken + {refused:,} refused; {files:,} files refused as a whole",
        "for offices: " + (", ".join(f"{count:,} {form}" for form, count in forms) or "nothing new"),
    ]


def round_lines(connection: duckdb.DuckDBPyConnection, night: str) -> list[str]:
    """How far the rounds of verification are that figures are told of; nothing without any."""
    units, due, returned, uploaded = connection.execute(ROUNDS_SQL, {"night": night}).fetchall()[0]
    if not units:
        return []
    return [f"verification: {units} units, {due:,} forms due, {returned:,} returned, {uploaded:,} photos uploaded"]


def print_places(home: Path, night: str) -> None:
    """Name the files to open."""
    places = {
        "Lists, reviews": home / "outbox" / night / "manifest.csv",
        "For the ministry": home / "outbox" / night / "00",
        "Verification": home / "verification" / night,
        "Bulletin": home / "bulletins" / night[:7] / "national-00.html",
        "All bulletins": home / "site" / "index.html",
        "Delivery reports": home / "deliveries" / night,
    }
    print("\nTo open:")
    for what, place in places.items():
        if what not in ("For the ministry", "Verification") or place.is_dir():  # nothing new for them: no folder
            print(f"  {what:<18}{place}")
