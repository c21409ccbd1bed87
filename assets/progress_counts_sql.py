"""SQL text of the counts behind `progress`, of what the registry and its findings hold.

`place_…` queries give unit_code, school_code, indicator, value: one row a count that is not zero. `unit_…` queries give no school:
figures of the nation and its units alone. A record is one (unit, record_key). A problem type counts records, not findings: those
of open cases, or of warnings; notes are counted apart and enter no total.
"""

from datetime import date

from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind

PENDING = literal_list(ind.PENDING_TYPES)


def place_population_sql() -> str:
    """Students and schools. Schools of no known unit are not counted."""
    return f"""
        with attended as (
            select unit_code, school_code, count(*) as students, count(id_number) as with_number
            from core_students group by unit_code, school_code
        )
        select unit_code, school_code, {literal(ind.STUDENTS)} as indicator, students as value from attended
        union all
        select unit_code, school_code, {literal(ind.STUDENTS_WITH_NUMBER)}, with_number from attended
        union all
        select places.unit_code, places.school_code, {literal(ind.SCHOOLS)}, 1
        from places join units on units.code = places.unit_code
        union all
        select attended.unit_code, attended.school_code, {literal(ind.SCHOOLS_WITH_STUDENTS)}, 1
        from attended
        join places on places.school_code = attended.school_code and places.unit_code = attended.unit_code
    """


def problem_records_sql() -> str:
    """A query: one row a record and problem type, with its school and the scope in which it is a duplicate.

    Problem records are the open cases: what is settled is no longer pending, even where its finding stands. Of the other types, which
    open no case, the findings count; those about a whole file (no record_key) are no records.
    """
    return f"""
        select unit_code, school_code, problem_type, record_key, scope
        from cases
        where closed_on is null and problem_type in {PENDING}
        union all
        select distinct unit_code, school_code, problem_type, record_key, cast(null as varchar)
        from findings
        where severity <> 'note' and record_key is not null and problem_type not in {PENDING}
    """


def place_problems_sql() -> str:
    """Pending records by type and in all, the students they are of, and records of each quality class."""
    return f"""
        with problem_records as ({problem_records_sql()})
        select unit_code, school_code, 'pending_' || lower(problem_type) as indicator, count(*) as value
        from problem_records where problem_type in {PENDING} group by unit_code, school_code, problem_type
        union all
        select unit_code, school_code, {literal(ind.PENDING_TOTAL)}, count(*)
        from problem_records where problem_type in {PENDING} group by unit_code, school_code
        union all
        select unit_code, school_code, {literal(ind.PENDING_STUDENTS)}, count(distinct record_key)
        from problem_records where problem_type in {PENDING} group by unit_code, school_code
        union all
        select unit_code, school_code, 'quality_' || lower(problem_type), count(*)
        from problem_records where problem_type in {literal_list(ind.QUALITY_TYPES)}
        group by unit_code, school_code, problem_type
    """


def unit_scopes_sql() -> str:
    """Pending duplicates of numbers by the lowest level that holds all parties."""
    return f"""
        select unit_code, {literal(ind.duplicates_in("DUP_ID", ""))} || scope as indicator, count(*) as value
        from cases
        where closed_on is null and problem_type = 'DUP_ID' and scope in {literal_list(ind.SCOPES)}
        group by unit_code, scope
    """


def unit_rules_sql() -> str:
    """Records (or files) that break each rule; findings for information apart, as `note_…`.

    Of problem records the open cases' rules, and no other findings: each rule's count is then at most its type's, and together
    they make it up, which the suppression of small cells relies on.
    """
    return f"""
        select unit_code, indicator, count(distinct record) as value
        from (
            select unit_code, 'rule_' || split_part(reason, ':', 1) as indicator, case_no as record
            from (
                select unit_code, case_no, unnest(string_split(reasons, ',')) as reason
                from cases
                where closed_on is null and problem_type in {PENDING}
            ) as open_cases
            union all
            select
                unit_code,
                case when severity = 'note' then 'note_' else 'rule_' end || rule_id,
                coalesce(record_key, file)
            from findings
            where severity = 'note' or problem_type not in {PENDING}
        ) as rule_records
        group by unit_code, indicator
    """


def unit_deliveries_sql(as_of: date) -> str:
    """What became of the student files of the newest night not after `as_of`, and whether older records are in use.

    A unit is accepted when one of its student files is, else refused when one is, else missing.
    """
    columns = {
        ind.FILES: "files",
        ind.ROWS_DELIVERED: "rows_delivered",
        ind.ROWS_ACCEPTED: "rows_accepted",
        ind.ROWS_QUARANTINED: "rows_quarantined",
        ind.DELIVERY_ACCEPTED: "is_accepted",
        ind.DELIVERY_REFUSED: "(1 - is_accepted) * has_refused",
        ind.DELIVERY_MISSING: "(1 - is_accepted) * (1 - has_refused)",
    }
    figures = " union all ".join(
        f"select unit_code, {literal(indicator)} as indicator, {text} as value from unit_deliveries"
        for indicator, text in columns.items()
    )
    return f"""
        with nightly as ({newest_deliveries_sql(as_of)}),
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
        {figures}
        union all
        select unit_code, {literal(ind.SNAPSHOT_STALE)}, case when as_of < date '{as_of}' then 1 else 0 end from snapshots
    """


def newest_deliveries_sql(as_of: date) -> str:
    """A query: the student files of the newest night not after `as_of`."""
    return f"""
        select * from deliveries
        where kind = 'students' and date = (
            select max(date) from deliveries where kind = 'students' and date <= date '{as_of}'
        )
    """


def refusal_reasons_sql(as_of: date) -> str:
    """A query: unit_code and reason of the units whose delivery of the newest night was refused."""
    return f"""
        select unit_code, min(reason) as reason
        from ({newest_deliveries_sql(as_of)}) as nightly
        group by unit_code
        having max(case when verdict = 'accepted' then 1 else 0 end) = 0
            and max(case when verdict = 'refused' then 1 else 0 end) = 1
    """
