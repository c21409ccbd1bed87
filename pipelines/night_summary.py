"""The last lines of `xueji run`: per unit what came in, what was found, what was written, and where to look."""

import sys
from pathlib import Path

from xueji.assets.engine import Engine
from xueji.checks.model import UNITS

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


def print_summary(home: Path, night: str) -> list[str]:
    """Print the night's figures per unit. Returns the units whose delivery was refused, each named on standard error."""
    with Engine(home=str(home)).session() as connection:
        rows = connection.execute(SUMMARY_SQL, {"night": night}).fetchall()
        nation = connection.execute(
            "select kind, reason from deliveries where \"date\" = cast($night as date) and unit_code = '00' and verdict = 'refused'",
            {"night": night},
        ).fetchall()
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
    for kind, reason in nation:
        refused.append(kind)
        words.append(f"{kind}: delivery refused, the last good table is kept: {reason}")
    print_places(home, night)
    sys.stdout.flush()
    for word in words:
        print(f"xueji: {word}", file=sys.stderr)
    return refused


def print_places(home: Path, night: str) -> None:
    """Name the files to open."""
    places = {
        "School lists": home / "outbox" / night / "manifest.csv",
        "Bulletin": home / "bulletins" / night[:7] / "national-00.html",
        "All bulletins": home / "site" / "index.html",
        "Delivery reports": home / "deliveries" / night,
    }
    print("\nTo open:")
    for what, place in places.items():
        print(f"  {what:<18}{place}")
