"""SQL text of the counts behind the `progress` facts: unit_code, indicator, value, one row a count that is not zero."""

from datetime import date

from xueji.checks.case_states import CLOSED_STATES
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind


def units_sql() -> str:
    """A query: code and name of the 32 units."""
    return " union all ".join(
        f"select {literal(code)} as code, {literal(name)} as name" for code, name in UNITS.items()
    )


def problem_records_sql() -> str:
    """A query: one row a record and problem type, `scope_rank` the scope in which it is a duplicate.

    Problem records are the open cases: what is settled is no longer pending, even where its finding stands. Of the other types, which
    open no case, the findings count; those about a whole file (no record_key) are no records.
    """
    pending = literal_list(ind.PENDING_TYPES)
    ranks = " ".join(f"when {literal(scope)} then {rank}" for rank, scope in enumerate(ind.SCOPES, start=1))
    return f"""
        select unit_code, problem_type, record_key, case scope {ranks} end as scope_rank
        from cases
        where closed_on is null and problem_type in {pending}
        union all
        select distinct unit_code, problem_type, record_key, cast(null as integer)
        from findings
        where severity <> 'note' and record_key is not null and problem_type not in {pending}
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
        select unit_code, indicator, count(distinct record) from ({rule_records_sql()}) as rule_records
        group by unit_code, indicator
    """


def rule_records_sql() -> str:
    """A query: unit_code, indicator of a rule, and a record (or file) that breaks it.

    Of problem records the open cases' rules, and no other findings: each rule's count is then at most its type's, and together
    they make it up, which the suppression of small cells relies on.
    """
    pending = literal_list(ind.PENDING_TYPES)
    return f"""
        select unit_code, 'rule_' || split_part(reason, ':', 1) as indicator, case_no as record
        from (
            select unit_code, case_no, unnest(string_split(reasons, ',')) as reason
            from cases
            where closed_on is null and problem_type in {pending}
        ) as open_cases
        union all
        select unit_code, case when severity = 'note' then 'note_' else 'rule_' end || rule_id, coalesce(record_key, file)
        from findings
        where severity = 'note' or problem_type not in {pending}
    """


def case_flow_sql(as_of: date) -> str:
    """A query over `earlier` and case_events: unit_code, indicator, value of what happened since the previous bulletin.

    A bulletin whose figures were not yet counted in cases opens nothing: its cases are all new after it.
    """
    closed = literal_list(CLOSED_STATES)
    in_cases = f"earlier.indicator = {literal(ind.CASES_OPENING)}"
    return f"""
        with flow as (
            select * from case_events
            where "at" <= date '{as_of}'
                and "at" > coalesce((select max(as_of) from earlier where {in_cases}), date '0001-01-01')
        )
        select code as unit_code, {literal(ind.CASES_OPENING)} as indicator, value
        from earlier
        where level = 'province' and indicator = {literal(ind.PENDING_TOTAL)}
            and exists (select 1 from earlier where {in_cases})
        union all
        select unit_code, {literal(ind.CASES_NEW)}, count(*) from flow where event = 'opened' group by unit_code
        union all
        select unit_code, {literal(ind.CASES_REOPENED)}, count(*)
        from flow where event <> 'opened' and from_state in {closed} and to_state not in {closed} group by unit_code
        union all
        select unit_code, {literal(ind.CASES_CLOSED)}, count(*)
        from flow where event <> 'opened' and from_state not in {closed} and to_state in {closed} group by unit_code
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
