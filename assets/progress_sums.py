"""The sums that must hold over the figures of a month. A false one stops the build, named."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from xueji.assets.records import create_from
from xueji.checks.model import XuejiError
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms

TOLERANCE = 1e-6  # counts are whole numbers kept as doubles
NAMED = 5  # of the sums that do not hold


@dataclass(frozen=True)
class Sum:
    """What is stated, and what it must be the sum of, in one area; figures of either side are added up."""

    name: str
    stated: tuple[str, ...]
    terms: tuple[str, ...]
    is_of_units: bool = False  # of the nation and its units alone


STUDENTS_OF_FORMS = Sum("forms_students = forms_due + forms_excluded", (forms.STUDENTS,), (forms.DUE, forms.EXCLUDED))


def row_sums() -> tuple[Sum, ...]:
    """The sums over one area's figures."""
    types = ind.PENDING_TYPES
    sums = [
        Sum("pending_total = sum of types", (ind.PENDING_TOTAL,), tuple(map(ind.pending, types))),
        Sum(
            "pending_total = pending_reported + pending_dup_nsb",
            (ind.PENDING_TOTAL,),
            (ind.PENDING_REPORTED, ind.pending("DUP_NSB")),
        ),
        Sum("pending_total = sum of ages", (ind.PENDING_TOTAL,), tuple(map(ind.pending_aged, ind.AGES))),
        Sum(
            "cases_opening + cases_new + cases_reopened - cases_closed = pending_total",
            (ind.PENDING_TOTAL, ind.CASES_CLOSED),
            (ind.CASES_OPENING, ind.CASES_NEW, ind.CASES_REOPENED),
        ),
        Sum("cases_opening = sum of types", (ind.CASES_OPENING,), tuple(map(ind.opening, types))),
        Sum(
            "cases_new + cases_reopened = sum of types",
            (ind.CASES_NEW, ind.CASES_REOPENED),
            tuple(map(ind.entered, types)),
        ),
        Sum("cases_closed = sum of types", (ind.CASES_CLOSED,), tuple(map(ind.closed, types))),
        Sum("cases_closed = sum of dispositions", (ind.CASES_CLOSED,), tuple(map(ind.closed_by, ind.DISPOSITIONS))),
        Sum("returned_total = sum of offices", (ind.RETURNED_TOTAL,), tuple(map(ind.returned_by, ind.OFFICES))),
        Sum(
            "overdue_total = sum of those who have to act", (ind.OVERDUE_TOTAL,), tuple(map(ind.overdue_at, ind.ACTORS))
        ),
        Sum(
            "rows_delivered = rows_accepted + rows_quarantined",
            (ind.ROWS_DELIVERED,),
            (ind.ROWS_ACCEPTED, ind.ROWS_QUARANTINED),
            is_of_units=True,
        ),
        Sum(
            "pending_dup_id = sum of scopes",
            (ind.pending("DUP_ID"),),
            tuple(ind.duplicates_in("DUP_ID", scope) for scope in ind.SCOPES),
            is_of_units=True,
        ),
        STUDENTS_OF_FORMS,
    ]
    for kind in types:
        name = f"{ind.opening(kind)} + {ind.entered(kind)} - {ind.closed(kind)} = {ind.pending(kind)}"
        sums.append(Sum(name, (ind.pending(kind), ind.closed(kind)), (ind.opening(kind), ind.entered(kind))))
    return tuple(sums)


def sums_sql(facts: str) -> str:
    """A query over `facts` (rows of one month) and `sum_terms`: sum_name, code, stated, summed; one row a sum, whether it holds or not.

    The parts of an area are all areas that name it as their parent; of schools only some counts stand, and no zeros.
    """
    return f"""
        with facts as (select level, code, parent_code, indicator, value from {facts}),
        parts as (
            select parent_code, indicator, sum(value) as value
            from facts where parent_code is not null group by parent_code, indicator
        )
        select
            facts.level || ' ' || facts.indicator || ' = sum of parts' as sum_name,
            facts.code,
            coalesce(facts.value, 0) as stated,
            coalesce(parts.value, 0) as summed
        from facts
        left join parts on parts.parent_code = facts.code and parts.indicator = facts.indicator
        where facts.code not like '__0000' and (
            exists (select 1 from additive where additive.level = facts.level and additive.indicator = facts.indicator)
            or (facts.level = 'national' and substr(facts.indicator, 1, 5) = 'rule_')
        )
        union all
        select
            sum_terms.sum_name,
            facts.code,
            coalesce(sum(value) filter (is_stated), 0),
            coalesce(sum(value) filter (not is_stated), 0)
        from facts join sum_terms on sum_terms.indicator = facts.indicator
        where facts.level in ('national', 'province') or (facts.level in ('city', 'county') and not sum_terms.is_of_units)
        group by sum_terms.sum_name, facts.level, facts.code
    """


def additive() -> list[tuple[str, str]]:
    """level, indicator: the counts of an area that its parts' must add up to."""
    of_forms = (*forms.TOLD_COUNTS, forms.COUNTIES, forms.COUNTIES_SHORT)
    everywhere = (*ind.COUNTS, *ind.FLOW_BY_TYPE, ind.COUNTIES, ind.COUNTIES_MISSING, *of_forms)
    levels = {
        "national": (*everywhere, *ind.UNIT_COUNTS),
        "province": everywhere,
        "city": everywhere,
        "county": (*ind.SCHOOL_COUNTS, *forms.SCHOOL_COUNTS),
    }
    return [(level, indicator) for level, indicators in levels.items() for indicator in indicators]


def check_sums(connection: duckdb.DuckDBPyConnection, facts: str) -> int:
    """The number of sums checked over the rows of a month. A sum that does not hold raises, naming it with both figures."""
    count = check_named_sums(connection, facts, row_sums(), additive(), "progress")
    if not count:
        raise XuejiError("progress: no figures for this month, expected those of 32 units and the nation")
    return count


def check_named_sums(
    connection: duckdb.DuckDBPyConnection,
    facts: str,
    sums: Sequence[Sum],
    added: Sequence[tuple[str, str]],
    table: str,
) -> int:
    """The number of sums over `facts` that hold; one that does not raises, naming it with both figures.

    `added`: levels and counts of areas that their parts' must add up to. `table` is what an error says the figures are of.
    """
    terms = [
        (one.name, indicator, is_stated, one.is_of_units)
        for one in sums
        for is_stated, side in ((True, one.stated), (False, one.terms))
        for indicator in side
    ]
    columns = ["sum_name", "indicator", "is_stated", "is_of_units"]
    create_from(connection, "sum_terms", pl.DataFrame(terms, schema=columns, orient="row"))
    create_from(connection, "additive", pl.DataFrame(added, schema=["level", "indicator"], orient="row"))
    connection.execute(f"create or replace temp table checked_sums as {sums_sql(facts)}")
    count = connection.execute("select count(*) from checked_sums").fetchall()[0][0]
    broken = connection.execute(
        f"select sum_name, code, stated, summed from checked_sums where not abs(stated - summed) <= {TOLERANCE} order by all"
    ).fetchall()
    if broken:
        named = "; ".join(
            f"{name} ({code}): {stated:.0f} stated, {summed:.0f} summed"
            for name, code, stated, summed in broken[:NAMED]
        )
        raise XuejiError(f"{table}: {len(broken)} of {count} sums do not hold: {named}")
    return int(count)
