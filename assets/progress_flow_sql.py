"""SQL text of the counts behind `progress`, of what the ledger of cases tells: what came and went, who has to act, for how long.

As in `progress_counts_sql`: unit_code, school_code, indicator, value, one row a count that is not zero. Cases stand where their
student is now.
"""

from datetime import date

from xueji.assets.oversight_rows import AGE_BOUNDS, earliest, level_sql
from xueji.checks import case_states
from xueji.checks.case_states import CLOSED_STATES
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind

CLOSED = literal_list(CLOSED_STATES)
AUDITED = literal_list((case_states.REVIEW, case_states.PROVINCE_REVIEW, case_states.MINISTRY_REVIEW))
LONG_AGO = date(1, 1, 1)


def transitions_sql(as_of: date) -> str:
    """A query: every opening (step 1) and closing (step -1) of a case up to `as_of`, with the case's place and type."""
    return f"""
        select
            cases.unit_code, cases.school_code, cases.problem_type, events."at", events.event, events.from_state, events.to_state,
            case when events.to_state in {CLOSED} then -1 else 1 end as step
        from case_events as events join cases on cases.case_no = events.case_no
        where events."at" <= date '{as_of}' and (
            events.event = 'opened'
            or (events.from_state in {CLOSED} and events.to_state not in {CLOSED})
            or (events.from_state not in {CLOSED} and events.to_state in {CLOSED})
        )
    """


def disposition_sql() -> str:
    """Text SQL over a closing: what closed the case."""
    changed = f"event = 'rechecked_clean' or (event = 'settled' and from_state = {literal(case_states.RECHECK)})"
    return f"""case
        when to_state = {literal(case_states.DELETED)} then 'delete'
        when to_state = {literal(case_states.CLEARED)} then 'cleared'
        when {changed} then 'change'
        else 'attest'
    end"""


def place_flow_sql(as_of: date, previous: date | None) -> str:
    """Cases open on the day of the previous bulletin, and those that came and went since. Without one, none were open."""
    since = since_sql(previous)
    opening, entered, closed = (
        f"sum(step) filter (not {since})",
        f"count(*) filter ({since} and step = 1)",
        f"count(*) filter ({since} and step = -1)",
    )
    kind = "lower(problem_type)"
    columns = {
        literal(ind.CASES_OPENING): opening,
        literal(ind.CASES_NEW): f"count(*) filter ({since} and event = 'opened')",
        literal(ind.CASES_REOPENED): f"count(*) filter ({since} and step = 1 and event <> 'opened')",
        literal(ind.CASES_CLOSED): closed,
        f"{literal(ind.opening(''))} || {kind}": opening,
        f"{literal(ind.entered(''))} || {kind}": entered,
        f"{literal(ind.closed(''))} || {kind}": closed,
    }
    figures = " union all ".join(
        f"select unit_code, school_code, {name} as indicator, {count} as value from transitions "
        "group by unit_code, school_code, problem_type"
        for name, count in columns.items()
    )
    return f"""
        with transitions as ({transitions_sql(as_of)})
        {figures}
        union all
        select unit_code, school_code, 'closed_by_' || {disposition_sql()}, count(*)
        from transitions where step = -1 and {since} group by all
    """


def since_sql(previous: date | None) -> str:
    """Boolean SQL over an event: it came after the previous bulletin. All did when there was none."""
    return f"(\"at\" > date '{previous or LONG_AGO}')"


def place_waiting_sql(as_of: date) -> str:
    """Open cases by age in working days, those overdue by who has to act, and those in audit."""
    ages = " ".join(
        f"when first_seen >= date '{earliest(as_of, bound)}' then {literal(age)}"
        for age, bound in zip(ind.AGES[:-1], AGE_BOUNDS, strict=True)
    )
    return f"""
        with waiting as (
            select
                unit_code, school_code, case {ages} else {literal(ind.AGES[-1])} end as age, {level_sql()} as actor,
                coalesce(due_date < date '{as_of}', false) as is_overdue, state in {AUDITED} as is_audited
            from cases where closed_on is null
        )
        select unit_code, school_code, 'pending_age_' || age as indicator, count(*) as value
        from waiting group by unit_code, school_code, age
        union all
        select unit_code, school_code, 'overdue_at_' || actor, count(*)
        from waiting where is_overdue group by unit_code, school_code, actor
        union all
        select unit_code, school_code, {literal(ind.OVERDUE_TOTAL)}, count(*)
        from waiting where is_overdue group by unit_code, school_code
        union all
        select unit_code, school_code, {literal(ind.AUDITS_WAITING)}, count(*)
        from waiting where is_audited group by unit_code, school_code
        union all
        select unit_code, school_code, {literal(ind.AUDITS_OVERDUE)}, count(*)
        from waiting where is_audited and is_overdue group by unit_code, school_code
    """


def place_audits_sql(as_of: date, previous: date | None) -> str:
    """Audits done since the previous bulletin, and what was sent back, by the office that did."""
    return f"""
        with audits as (
            select cases.unit_code, cases.school_code, events.event, events.actor_level
            from case_events as events join cases on cases.case_no = events.case_no
            where events.from_state in {AUDITED} and (events.event = 'sent_back' or events.event like 'passed\\_%' escape '\\')
                and {since_sql(previous)} and events."at" <= date '{as_of}'
        )
        select unit_code, school_code, {literal(ind.AUDITS_DONE)} as indicator, count(*) as value
        from audits group by unit_code, school_code
        union all
        select unit_code, school_code, {literal(ind.RETURNED_TOTAL)}, count(*)
        from audits where event = 'sent_back' group by unit_code, school_code
        union all
        select unit_code, school_code, 'returned_by_' || coalesce(actor_level, 'province'), count(*)
        from audits where event = 'sent_back' group by unit_code, school_code, actor_level
    """


def restated_sql(as_of: date) -> str:
    """What was open on the day of each earlier bulletin as the ledger now tells it, by type and in all: `restated_<month>_…`.

    Over `earlier_nights` (month, as_of).
    """
    return f"""
        with steps as (
            select unit_code, school_code, problem_type, "at", sum(step) as step
            from ({transitions_sql(as_of)}) as transitions group by all
        ),
        open_cases as (
            select earlier_nights.month, unit_code, school_code, problem_type, sum(step) as value
            from steps join earlier_nights on steps."at" <= earlier_nights.as_of
            group by all
        )
        select unit_code, school_code, 'restated_' || month || '_pending_' || lower(problem_type) as indicator, value
        from open_cases
        union all
        select unit_code, school_code, 'restated_' || month || {literal("_" + ind.PENDING_TOTAL)}, sum(value)
        from open_cases group by all
    """
