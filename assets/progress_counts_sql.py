"""SQL text of the counts behind the `progress` facts: unit_code, indicator, value, one row a count that is not zero."""

from datetime import date

from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind


def units_sql() -> str:
    """A query: code and name of the 32 units."""
    return " union all ".join(
        f"select {literal(code)} as code, {literal(name)} as name" for code, name in UNITS.items()
    )


def problem_records_sql() -> str:
    """A query: one row a record and problem type, `scope_rank` the widest scope in which it is a duplicate.

    Findings about a whole file (no record_key) are no records.
    """
    ranks = " ".join(f"when {literal(scope)} then {rank}" for rank, scope in enumerate(ind.SCOPES, start=1))
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
    scope_names = " ".join(f"when {rank} then {literal(scope)}" for rank, scope in enumerate(ind.SCOPES, start=1))
    pending = literal_list(ind.PENDING_TYPES)
    return f"""
        select unit_code, 'pending_' || lower(problem_type) as indicator, count(*) as value
        from problem_records where problem_type in {pending} group by unit_code, problem_type
        union all
        select unit_code, {literal(ind.PENDING_TOTAL)}, count(*)
        from problem_records where problem_type in {pending} group by unit_code
        union all
        select unit_code, {literal(ind.PENDING_STUDENTS)}, count(distinct record_key)
        from problem_records where problem_type in {pending} group by unit_code
        union all
        select unit_code, 'quality_' || lower(problem_type), count(*)
        from problem_records where problem_type in {literal_list(ind.QUALITY_TYPES)} group by unit_code, problem_type
        union all
        select
            unit_code,
            'pending_' || lower(problem_type) || '_scope_' || case scope_rank {scope_names} end,
            count(*)
        from problem_records
        where problem_type in {literal_list(ind.DUPLICATE_TYPES)} and scope_rank is not null
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
        select unit_code, {literal(ind.FILES)} as indicator, files as value from unit_deliveries
        union all select unit_code, {literal(ind.ROWS_DELIVERED)}, rows_delivered from unit_deliveries
        union all select unit_code, {literal(ind.ROWS_ACCEPTED)}, rows_accepted from unit_deliveries
        union all select unit_code, {literal(ind.ROWS_QUARANTINED)}, rows_quarantined from unit_deliveries
        union all select unit_code, {literal(ind.DELIVERY_ACCEPTED)}, is_accepted from unit_deliveries
        union all select unit_code, {literal(ind.DELIVERY_REFUSED)}, (1 - is_accepted) * has_refused
        from unit_deliveries
        union all select unit_code, {literal(ind.DELIVERY_MISSING)}, (1 - is_accepted) * (1 - has_refused)
        from unit_deliveries
    """


def population_counts_sql(as_of: date) -> str:
    """A query over `snapshots`: unit_code, indicator, value. Schools of no known unit are not counted."""
    return f"""
        select unit_code, {literal(ind.STUDENTS)} as indicator, students as value from snapshots
        union all select unit_code, {literal(ind.STUDENTS_WITH_NUMBER)}, students_with_number from snapshots
        union all select unit_code, {literal(ind.SNAPSHOT_STALE)}, case when as_of < date '{as_of}' then 1 else 0 end
        from snapshots
        union all
        select core_schools.unit_code, {literal(ind.SCHOOLS)}, count(*)
        from core_schools join units on units.code = core_schools.unit_code
        group by core_schools.unit_code
    """
