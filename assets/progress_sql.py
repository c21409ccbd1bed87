"""SQL text of the `progress` facts: every figure a bulletin prints, for the nation and the 32 units.

A record is one (unit, record_key). A problem type counts records, not findings: those of open cases, or of warnings. Notes are counted apart and enter no
total. National figures are summed over the tables, not over the listed units, so that the checks of
`sum_checks_sql` compare two ways of counting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xueji.assets.progress_counts_sql import (
    case_flow_sql,
    delivery_counts_sql,
    population_counts_sql,
    problem_counts_sql,
    problem_records_sql,
    units_sql,
)
from xueji.checks.model import XuejiError
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind

TOLERANCE = 1e-6  # counts are whole numbers kept as doubles


def figures_sql() -> str:
    """Further `with` steps over `unit_counts`: `figures`, every count of every level, zero where nothing was counted.

    A rule that counted in the earlier month but not now stands at zero, so that its fall is seen.
    """
    known = " union all ".join(f"select {literal(indicator)} as indicator" for indicator in ind.COUNTS)
    return f"""
        counts as (
            select 'province' as level, unit_code as code, indicator, sum(value) as value
            from unit_counts group by unit_code, indicator
            union all
            select 'national', {literal(ind.NATIONAL_CODE)}, indicator, sum(value) from unit_counts group by indicator
        ),
        levels as (
            select 'national' as level, {literal(ind.NATIONAL_CODE)} as code, {literal(ind.NATIONAL_NAME)} as name
            union all select 'province', code, name from units
        ),
        listed_indicators as (
            {known}
            union select indicator from counts
            union select indicator from earlier where {is_found_count_sql("indicator")}
        ),
        figures as (
            select
                levels.level,
                levels.code,
                levels.name,
                listed_indicators.indicator,
                cast(coalesce(counts.value, 0) as double) as value
            from levels cross join listed_indicators
            left join counts
                on counts.level = levels.level
                and counts.code = levels.code
                and counts.indicator = listed_indicators.indicator
        )
    """


def is_found_count_sql(column: str) -> str:
    """Boolean SQL: a count by rule or note, which exists only once a rule has found something."""
    starts = f"substr({column}, 1, 5) in ('rule_', 'note_')"
    return f"({starts} and {column} not like '%_previous')"


def rates_sql() -> str:
    """A query over `figures`: counts per 10,000 students, null without students."""
    return f"""
        select
            figures.level,
            figures.code,
            figures.name,
            figures.indicator || '_per_10000' as indicator,
            case when base.value > 0 then 10000.0 * figures.value / base.value end as value
        from figures join figures as base
            on base.level = figures.level and base.code = figures.code and base.indicator = {literal(ind.STUDENTS)}
        where figures.indicator in {literal_list(ind.RATED)}
    """


def flags_sql(as_of: date) -> str:
    """A query over `levels`: whether identities were compared, and how old each unit's records are."""
    return f"""
        select
            level,
            code,
            name,
            {literal(ind.COMPARED)} as indicator,
            cast(case
                when exists (select 1 from core_population) or exists (select 1 from identity_answers) then 1 else 0
            end as double) as value
        from levels
        union all
        select 'province', units.code, units.name, {literal(ind.STALE_DAYS)},
            cast(date '{as_of}' - snapshots.as_of as double)
        from units left join snapshots on snapshots.unit_code = units.code
    """


def changes_sql(as_of: date) -> str:
    """A query over `figures`, `flags` and `earlier`: the earlier month's figures and the change against them."""
    return f"""
        with beside as (
            select facts.level, facts.code, facts.name, facts.indicator, facts.value, earlier.value as before
            from (
                select * from figures
                union all select * from flags where indicator = {literal(ind.COMPARED)}
            ) as facts
            left join earlier
                on earlier.level = facts.level
                and earlier.code = facts.code
                and earlier.indicator = facts.indicator
        )
        select level, code, name, indicator || '_previous' as indicator, before as value from beside
        union all
        select level, code, name, indicator || '_change_percent',
            case when before > 0 then 100.0 * (value - before) / before end
        from beside where indicator in {literal_list(ind.RATED)}
        union all
        select level, code, name, {literal(ind.PREVIOUS_DAYS)},
            cast(date '{as_of}' - (select max(as_of) from earlier) as double)
        from levels
    """


def progress_sql(month: str, as_of: date) -> str:
    """A query: the rows of `progress` for `month` (YYYY-MM), as the lake stands, dated `as_of`."""
    return f"""
        with units as ({units_sql()}),
        earlier as (
            select * from progress where month = (select max(month) from progress where month < {literal(month)})
        ),
        snapshots as (
            select
                unit_code,
                count(*) as students,
                count(id_number) as students_with_number,
                max(as_of) as as_of
            from core_students group by unit_code
        ),
        problem_records as ({problem_records_sql()}),
        unit_counts as (
            select unit_code, indicator, value from ({population_counts_sql(as_of)}) as population_counts
            union all select unit_code, indicator, value from ({problem_counts_sql()}) as problem_counts
            union all select unit_code, indicator, value from ({case_flow_sql(as_of)}) as case_flow
            union all select unit_code, indicator, value from ({delivery_counts_sql(as_of)}) as delivery_counts
        ),
        {figures_sql()},
        flags as ({flags_sql(as_of)})
        select
            {literal(month)} as month,
            level,
            code,
            name,
            indicator,
            value,
            date '{as_of}' as as_of
        from (
            select level, code, name, indicator, value from figures
            union all select level, code, name, indicator, value from ({rates_sql()}) as rates
            union all select level, code, name, indicator, value from flags
            union all select level, code, name, indicator, value from ({changes_sql(as_of)}) as changes
        ) as facts
    """


def refusal_reasons_sql(as_of: date) -> str:
    """A query: unit_code and reason of the units whose delivery of the newest night was refused."""
    return f"""
        select unit_code, min(reason) as reason
        from deliveries
        where kind = 'students' and date = (
            select max(date) from deliveries where kind = 'students' and date <= date '{as_of}'
        )
        group by unit_code
        having max(case when verdict = 'accepted' then 1 else 0 end) = 0
            and max(case when verdict = 'refused' then 1 else 0 end) = 1
    """


@dataclass(frozen=True)
class SumCheck:
    """One sum that must hold: a figure and what it should be the sum of."""

    sum_name: str
    code: str
    stated: float
    summed: float


def sum_checks_sql(month: str) -> str:
    """A query over `progress`: sum_name, code, stated, summed; one row a sum of `month`, whether it holds or not."""
    types = "pending_total = sum of types"
    delivered = "rows_delivered = rows_accepted + rows_quarantined"
    flow = "cases_opening + cases_new + cases_reopened - cases_closed = pending_total"
    # What is stated, and what it must be the sum of.
    sums = [
        (types, [ind.PENDING_TOTAL], [ind.pending(kind) for kind in ind.PENDING_TYPES]),
        (delivered, [ind.ROWS_DELIVERED], [ind.ROWS_ACCEPTED, ind.ROWS_QUARANTINED]),
        (flow, [ind.PENDING_TOTAL, ind.CASES_CLOSED], [ind.CASES_OPENING, ind.CASES_NEW, ind.CASES_REOPENED]),
    ]
    for kind in ind.DUPLICATE_TYPES:
        scopes = [ind.duplicates_in(kind, scope) for scope in ind.SCOPES]
        sums.append((f"{ind.pending(kind)} = sum of scopes", [ind.pending(kind)], scopes))
    by_code = "".join(
        f"""
        union all
        select
            {literal(sum_name)},
            code,
            coalesce(sum(value) filter (where indicator in {literal_list(stated)}), 0),
            coalesce(sum(value) filter (where indicator in {literal_list(terms)}), 0)
        from facts group by code
        """
        for sum_name, stated, terms in sums
    )
    return f"""
        with facts as (select level, code, indicator, value from progress where month = {literal(month)})
        select
            'national ' || indicator || ' = sum of provinces' as sum_name,
            {literal(ind.NATIONAL_CODE)} as code,
            coalesce(sum(value) filter (where level = 'national'), 0) as stated,
            coalesce(sum(value) filter (where level = 'province'), 0) as summed
        from facts
        where indicator in {literal_list(ind.COUNTS)} or {is_found_count_sql("indicator")}
        group by indicator
        {by_code}
    """


def check_sums(rows: Iterable[SumCheck]) -> int:
    """The number of sums checked. A sum that does not hold raises, naming it with both figures."""
    count = 0
    broken = []
    for row in rows:
        count += 1
        if abs(row.stated - row.summed) > TOLERANCE:
            broken.append(f"{row.sum_name} ({row.code}): {row.stated:.0f} stated, {row.summed:.0f} summed")
    if broken:
        raise XuejiError(f"progress: {len(broken)} of {count} sums do not hold: " + "; ".join(sorted(broken)[:5]))
    if not count:
        raise XuejiError("progress: no figures for this month, expected those of 32 units and the nation")
    return count
