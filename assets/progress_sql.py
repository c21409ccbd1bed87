"""SQL text of the `progress` facts: every figure a bulletin prints, for the nation and the 32 units.

A record is one (unit, record_key). A problem type counts records, not findings. Notes are counted apart and enter no
total. National figures are summed over the tables, not over the listed units, so that the checks of
`sum_checks_sql` compare two ways of counting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xueji.assets.engine import in_list, quoted
from xueji.checks.model import UNITS, XuejiError
from xueji.reports import indicators as ind

TOLERANCE = 1e-6  # counts are whole numbers kept as doubles


def units_sql() -> str:
    """A query: code and name of the 32 units."""
    return " union all ".join(f"select {quoted(code)} as code, {quoted(name)} as name" for code, name in UNITS.items())


def problem_records_sql() -> str:
    """A query: one row a record and problem type, `scope_rank` the widest scope in which it is a duplicate.

    Findings about a whole file (no record_key) are no records.
    """
    ranks = " ".join(f"when {quoted(scope)} then {rank}" for rank, scope in enumerate(ind.SCOPES, start=1))
    return f"""
        select
            unit_code,
            problem_type,
            record_key,
            max(case scope {ranks} end) as scope_rank
        from findings
        where severity <> 'note' and record_key is not null
        group by unit_code, problem_type, record_key
    """


def problem_counts_sql() -> str:
    """A query over `problem_records` and findings: unit_code, indicator, value."""
    scope_names = " ".join(f"when {rank} then {quoted(scope)}" for rank, scope in enumerate(ind.SCOPES, start=1))
    pending = in_list(ind.PENDING_TYPES)
    return f"""
        select unit_code, 'pending_' || lower(problem_type) as indicator, count(*) as value
        from problem_records where problem_type in {pending} group by unit_code, problem_type
        union all
        select unit_code, {quoted(ind.PENDING_TOTAL)}, count(*)
        from problem_records where problem_type in {pending} group by unit_code
        union all
        select unit_code, {quoted(ind.PENDING_STUDENTS)}, count(distinct record_key)
        from problem_records where problem_type in {pending} group by unit_code
        union all
        select unit_code, 'quality_' || lower(problem_type), count(*)
        from problem_records where problem_type in {in_list(ind.QUALITY_TYPES)} group by unit_code, problem_type
        union all
        select
            unit_code,
            'pending_' || lower(problem_type) || '_scope_' || case scope_rank {scope_names} end,
            count(*)
        from problem_records
        where problem_type in {in_list(ind.DUPLICATE_TYPES)} and scope_rank is not null
        group by unit_code, problem_type, scope_rank
        union all
        select
            unit_code,
            case when severity = 'note' then 'note_' else 'rule_' end || rule_id,
            count(distinct coalesce(record_key, file))
        from findings
        group by unit_code, case when severity = 'note' then 'note_' else 'rule_' end || rule_id
    """


def delivery_counts_sql(as_of: date) -> str:
    """A query: unit_code, indicator, value of the newest night not after `as_of`.

    A unit is accepted when one of its student files is, else refused when one is, else missing.
    """
    return f"""
        with nightly as (
            select * from deliveries
            where kind = 'students' and date = (
                select max(date) from deliveries where kind = 'students' and date <= date '{as_of}'
            )
        ),
        unit_deliveries as (
            select
                units.code as unit_code,
                count(nightly.file) as files,
                coalesce(sum(nightly.rows_delivered), 0) as rows_delivered,
                coalesce(sum(nightly.rows_accepted), 0) as rows_accepted,
                coalesce(sum(nightly.rows_quarantined), 0) as rows_quarantined,
                coalesce(max(case when nightly.verdict = 'accepted' then 1 else 0 end), 0) as is_accepted,
                coalesce(max(case when nightly.verdict = 'refused' then 1 else 0 end), 0) as has_refused
            from units left join nightly on nightly.unit_code = units.code
            group by units.code
        )
        select unit_code, {quoted(ind.FILES)} as indicator, files as value from unit_deliveries
        union all select unit_code, {quoted(ind.ROWS_DELIVERED)}, rows_delivered from unit_deliveries
        union all select unit_code, {quoted(ind.ROWS_ACCEPTED)}, rows_accepted from unit_deliveries
        union all select unit_code, {quoted(ind.ROWS_QUARANTINED)}, rows_quarantined from unit_deliveries
        union all select unit_code, {quoted(ind.DELIVERY_ACCEPTED)}, is_accepted from unit_deliveries
        union all select unit_code, {quoted(ind.DELIVERY_REFUSED)}, (1 - is_accepted) * has_refused
        from unit_deliveries
        union all select unit_code, {quoted(ind.DELIVERY_MISSING)}, (1 - is_accepted) * (1 - has_refused)
        from unit_deliveries
    """


def population_counts_sql(as_of: date) -> str:
    """A query over `snapshots`: unit_code, indicator, value. Schools of no known unit are not counted."""
    return f"""
        select unit_code, {quoted(ind.STUDENTS)} as indicator, students as value from snapshots
        union all select unit_code, {quoted(ind.STUDENTS_WITH_NUMBER)}, students_with_number from snapshots
        union all select unit_code, {quoted(ind.SNAPSHOT_STALE)}, case when as_of < date '{as_of}' then 1 else 0 end
        from snapshots
        union all
        select core_schools.unit_code, {quoted(ind.SCHOOLS)}, count(*)
        from core_schools join units on units.code = core_schools.unit_code
        group by core_schools.unit_code
    """


def comparison_sql(month: str, as_of: date) -> str:
    """Further `with` steps over `figures`: rates, flags, and the change against the newest earlier month."""
    return f"""
        rates as (
            select
                figures.level,
                figures.code,
                figures.name,
                figures.indicator || '_per_10000' as indicator,
                case when base.value > 0 then 10000.0 * figures.value / base.value end as value
            from figures join figures as base
                on base.level = figures.level and base.code = figures.code and base.indicator = {quoted(ind.STUDENTS)}
            where figures.indicator in {in_list(ind.RATED)}
        ),
        flags as (
            select
                level,
                code,
                name,
                {quoted(ind.COMPARED)} as indicator,
                cast(case
                    when exists (select 1 from core_population) or exists (select 1 from identity_answers)
                    then 1 else 0
                end as double) as value
            from levels
            union all
            select 'province', units.code, units.name, {quoted(ind.STALE_DAYS)},
                cast(date '{as_of}' - snapshots.as_of as double)
            from units left join snapshots on snapshots.unit_code = units.code
        ),
        earlier as (
            select * from progress where month = (select max(month) from progress where month < {quoted(month)})
        ),
        compared as (
            select figures.level, figures.code, figures.name, figures.indicator, figures.value, earlier.value as before
            from figures left join earlier
                on earlier.level = figures.level
                and earlier.code = figures.code
                and earlier.indicator = figures.indicator
        ),
        changes as (
            select level, code, name, indicator || '_previous' as indicator, before as value from compared
            union all
            select level, code, name, indicator || '_change_percent',
                case when before > 0 then 100.0 * (value - before) / before end
            from compared where indicator in {in_list(ind.RATED)}
            union all
            select flags.level, flags.code, flags.name, flags.indicator || '_previous', earlier.value
            from flags left join earlier
                on earlier.level = flags.level
                and earlier.code = flags.code
                and earlier.indicator = flags.indicator
            where flags.indicator = {quoted(ind.COMPARED)}
            union all
            select level, code, name, {quoted(ind.PREVIOUS_DAYS)},
                cast(date '{as_of}' - (select max(as_of) from earlier) as double)
            from levels
        )
    """


def progress_sql(month: str, as_of: date) -> str:
    """A query: the rows of `progress` for `month` (YYYY-MM), as the lake stands, dated `as_of`."""
    known = " union all ".join(f"select {quoted(indicator)} as indicator" for indicator in ind.COUNTS)
    return f"""
        with units as ({units_sql()}),
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
            union all select unit_code, indicator, value from ({delivery_counts_sql(as_of)}) as delivery_counts
        ),
        counts as (
            select 'province' as level, unit_code as code, indicator, sum(value) as value
            from unit_counts group by unit_code, indicator
            union all
            select 'national', {quoted(ind.NATIONAL_CODE)}, indicator, sum(value) from unit_counts group by indicator
        ),
        levels as (
            select 'national' as level, {quoted(ind.NATIONAL_CODE)} as code, {quoted(ind.NATIONAL_NAME)} as name
            union all select 'province', code, name from units
        ),
        listed_indicators as ({known} union select indicator from counts),
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
        ),
        {comparison_sql(month, as_of)}
        select
            {quoted(month)} as month,
            level,
            code,
            name,
            indicator,
            value,
            date '{as_of}' as as_of
        from (
            select level, code, name, indicator, value from figures
            union all select level, code, name, indicator, value from rates
            union all select level, code, name, indicator, value from flags
            union all select level, code, name, indicator, value from changes
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

    def parts(sum_name: str, total: str, terms: Iterable[str]) -> str:
        return f"""
            select
                {quoted(sum_name)} as sum_name,
                code,
                coalesce(sum(value) filter (where indicator = {quoted(total)}), 0) as stated,
                coalesce(sum(value) filter (where indicator in {in_list(terms)}), 0) as summed
            from facts group by code
        """

    duplicates = " union all ".join(
        parts(
            f"{ind.pending(kind)} = sum of scopes",
            ind.pending(kind),
            [ind.duplicates_in(kind, scope) for scope in ind.SCOPES],
        )
        for kind in ind.DUPLICATE_TYPES
    )
    return f"""
        with facts as (select level, code, indicator, value from progress where month = {quoted(month)}),
        additive as (
            select * from facts
            where indicator in {in_list(ind.COUNTS)}
                or ((indicator like 'rule_%' or indicator like 'note_%') and indicator not like '%_previous')
        )
        select
            'national ' || indicator || ' = sum of provinces' as sum_name,
            {quoted(ind.NATIONAL_CODE)} as code,
            coalesce(sum(value) filter (where level = 'national'), 0) as stated,
            coalesce(sum(value) filter (where level = 'province'), 0) as summed
        from additive group by indicator
        union all {parts("pending_total = sum of types", ind.PENDING_TOTAL, map(ind.pending, ind.PENDING_TYPES))}
        union all {
        parts(
            "rows_delivered = rows_accepted + rows_quarantined",
            ind.ROWS_DELIVERED,
            (ind.ROWS_ACCEPTED, ind.ROWS_QUARANTINED),
        )
    }
        union all {duplicates}
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
