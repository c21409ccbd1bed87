"""One night's step of the ledger: cases(t) = step(cases(t-1), findings(t), answers(t), change_checks(t)), as SQL from tables to tables.

The step is a row of statements, each of which makes one table of the night. First what was found meets its cases or opens new
ones; then come the `STAGES`: answers are applied, corrected records come back from their check, the parties of a number are looked at
together, and last what the registry shows closes and reopens. A case makes at most one move a stage, by `case_states.MOVES`.
"""

from collections.abc import Iterator
from datetime import date

from xueji.checks.case_meeting import (
    Night,
    columns_sql,
    lineage_events_sql,
    met_sql,
    opened_sql,
    problem_places_sql,
    problems_sql,
    stage_0_sql,
    told_sql,
)
from xueji.checks.case_states import (
    ARBITER,
    ARBITRATION,
    CHECK_SHEET,
    CLEARED,
    CLOSED_STATES,
    DELETED,
    HELD,
    IN_HAND,
    MINISTRY,
    OFFICE,
    OTHERS,
    PASSED,
    PENDING,
    PROVINCE,
    RECHECK,
    RESOLVED,
    SCHOOL,
    VERDICT,
    moves_sql,
)
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.tables import CASE_EVENTS, CASES

IDENTITY_TYPES = ("ERR_NOTFOUND", "ERR_NAME", "CHG_ID")  # attested against the register: the ministry issues the number


def step_statements(night: date, before: str, given: str) -> Iterator[tuple[str, str]]:
    """The tables of the night in order: name and query. The last two are `stepped` (the ledger) and `stepped_events`.

    `before` is a query for the ledger before the night; `given` one for the cases which an earlier run of the same night opened:
    they keep their numbers. The queries also read findings, core_schools, snapshots, answers and change_checks.
    """
    tonight = Night(night)
    yield "case_moves", moves_sql()
    yield "ledger", before
    yield "problems", problems_sql()
    yield "problem_places", problem_places_sql()
    yield "met", met_sql()
    yield "opened", opened_sql(tonight, given)
    yield "stage_0", stage_0_sql(tonight)
    yield "events_0", lineage_events_sql()
    yield "moved_0", told_sql()
    for place, events in enumerate(STAGES, start=1):
        before_it = f"stage_{place - 1}"
        yield f"events_{place}", events(before_it, tonight)
        yield f"moved_{place}", moved_sql(before_it, place)
        yield f"stage_{place}", applied_sql(before_it, f"events_{place}", tonight)
    yield "stepped", stepped_sql(f"stage_{len(STAGES)}", tonight)
    yield "stepped_events", events_table_sql(tonight)


ANSWER_EVENT = f"""case
    when a.form = 'list' and a.answer = '删除' then
        case when coalesce(a.audit, '') = '' then 'answered_delete' else 'answered_delete_formal' end
    when a.form = 'list' and a.answer = '佐证' then 'answered_attest'
    when a.form = 'list' and a.answer = '变更' then 'answered_change'
    when a.form = 'review' and a.answer = '通过' and s.disposition = '删除' then 'passed_delete'
    when a.form = 'review' and a.answer = '通过' and s.disposition = '变更' then 'passed_change'
    when a.form = 'review' and a.answer = '通过' and s.problem_type in {literal_list(IDENTITY_TYPES)}
        then 'passed_attest_identity'
    when a.form = 'review' and a.answer = '通过' and s.problem_type = 'DUP_ID' then 'passed_attest_number'
    when a.form = 'review' and a.answer = '通过' then 'passed_attest_alone'
    when a.form = 'review' and a.answer = '退回' then 'sent_back'
    when a.form = 'review' and a.answer = '送公安核实' then 'asked_police'
    when a.form = 'review' and a.answer = '挂起' then 'held'
    when a.form = 'review' and a.answer = '解除挂起' then 'released'
    when a.form = 'review' and a.answer = '重新处理' then 'redone'
    when a.form = 'sheet' and a.answer = '坚持佐证' then 'kept'
    when a.form = 'sheet' and a.answer = '放弃佐证' then 'given_up'
    when a.form = 'verdict' and a.answer = '保留' then 'upheld'
    when a.form = 'verdict' and a.answer = '不予保留' then 'dismissed'
    when a.form = 'issue' and a.answer = '已发号' then 'number_issued'
    when a.form = 'issue' and a.answer = '不予发号' then 'number_refused'
end"""
GIVEN = ("new_name", "new_id_number", "new_sex_code", "new_birth_date")
NOTHING_GIVEN = ", ".join(
    f"cast(null as {CASES.columns[column]}) as {column}" for column in ("disposition", *GIVEN, "answer_note")
)


def answer_events(stage: str, tonight: Night) -> str:
    """The night's answers as events. An answer to a case that is no longer in the answered turn is none (`assets/answers.py`)."""
    given = ", ".join(f"a.{column}" for column in GIVEN)
    return f"""
        select s.case_no, {ANSWER_EVENT} as event, a.file || '#' || cast(a.row as varchar) as source, a.note,
            case when a.form = 'list' then a.answer end as disposition, {given},
            case when a.form = 'list' then a.note end as answer_note
        from {stage} as s
        join (select * from answers where "date" = {tonight.sql}) as a on a.case_no = s.case_no
        join ledger on ledger.case_no = s.case_no and ledger.turn = a.turn
    """


def recheck_events(stage: str, tonight: Night) -> str:
    """Corrected records come back from their check."""
    event = "case k.outcome when 'clean' then 'rechecked_clean' when 'other' then 'rechecked_other' else 'rechecked_same' end"
    return f"""
        select s.case_no, {event} as event, cast(null as varchar) as source, k.note, {NOTHING_GIVEN}
        from {stage} as s
        join change_checks as k on k.case_no = s.case_no and k."date" = {tonight.sql}
        where s.state = {literal(RECHECK)} and k.outcome <> 'waiting'
    """


def party_events(stage: str, tonight: Night) -> str:
    """At most one attestation may stand for a number: the parties found tonight are looked at together."""
    done = f"state in {literal_list((DELETED, RESOLVED))}"
    upheld = f"state = {literal(RESOLVED)} and is_attested and state_before = {literal(VERDICT)}"
    standing = f"is_attested and state in {literal_list((OTHERS, ARBITRATION, CHECK_SHEET, VERDICT, RESOLVED))}"
    return f"""
        with parties as (
            select
                case_no, state, state_before,
                ({standing}) as is_standing,
                sum(case when {standing} then 1 else 0 end) over (partition by group_key) as standing,
                sum(case when {upheld} then 1 else 0 end) over (partition by group_key) as upheld,
                sum(case when {standing} and state = {literal(RESOLVED)} then 1 else 0 end) over (partition by group_key)
                    as resolved,
                sum(case when {standing} or {done} then 0 else 1 end) over (partition by group_key) as undone
            from {stage}
            where problem_type = 'DUP_ID' and is_found
        ),
        chosen as (
            select case_no, case
                -- The arbiter has decided for one: who has not been heard of is not waited for.
                when is_standing and upheld = 1 and resolved = 1
                    and state in {literal_list((ARBITRATION, CHECK_SHEET, VERDICT))} then 'overruled'
                when is_standing and standing >= 2 and state in {literal_list((OTHERS, RESOLVED))}
                    and (upheld <> 1 or resolved >= 2) then 'contested'
                when standing = 1 and is_standing and state = {literal(OTHERS)} and undone = 0 then 'others_done'
                when standing = 1 and is_standing and state in {literal_list((ARBITRATION, CHECK_SHEET, VERDICT))}
                    then 'sole_left'
                when state = {literal(ARBITRATION)} and state_before = {literal(ARBITRATION)} then 'sheet_issued'
            end as event
            from parties
        )
        select case_no, event, cast(null as varchar) as source, cast(null as varchar) as note, {NOTHING_GIVEN}
        from chosen
        where event is not null
    """


def registry_events(stage: str, tonight: Night) -> str:
    """What the registry shows: a finding gone, changed under an answer, or there again although its case was closed."""
    is_changed = "found_compared <> compared"
    is_late = "unit_as_of > due_date"
    was_closed = f"state_before in {literal_list(CLOSED_STATES)} and state = state_before"
    return f"""
        with chosen as (
            select case_no, case
                when closed_on is null and not is_found and state in {literal_list(PASSED)} then 'settled'
                when closed_on is null and not is_found then 'vanished'
                when is_found and state in {literal_list(IN_HAND)} and {is_changed} then 'outdated'
                when is_found and {was_closed} and (
                    state = {literal(CLEARED)}
                    or (state = {literal(DELETED)} and {is_late})
                    or (state = {literal(RESOLVED)} and ({is_changed} or (not is_attested and {is_late})))
                ) then 'reopened'
            end as event,
            case
                when not is_found or state not in {literal_list(CLOSED_STATES)} then null
                when state = {literal(CLEARED)} then '问题再次出现'
                when state = {literal(DELETED)} then '删除后学籍仍在'
                when {is_changed} then '比对信息已变化'
                else '更正内容未进入学籍数据'
            end as note
            from {stage}
        )
        select case_no, event, cast(null as varchar) as source, note, {NOTHING_GIVEN}
        from chosen
        where event is not null
    """


# In this order, each over the state that the one before it left.


STAGES = (answer_events, recheck_events, party_events, registry_events)


def applied_sql(stage: str, events: str, tonight: Night) -> str:
    """The stage with its events applied, each the move that its state allows."""
    is_moved = "m.to_state is not null"
    to_school = f"{is_moved} and m.to_state = {literal(PENDING)}"
    to_closed = f"m.to_state in {literal_list(CLOSED_STATES)}"
    is_given = "e.disposition is not null"
    must_show = f"{to_closed} and s.disposition is distinct from '佐证'"
    titles = " ".join(
        f"when {literal(event)} then {literal(title)}"
        for event, title in {
            "sent_back": "审核退回", "given_up": "已放弃佐证", "dismissed": "仲裁不予保留", "overruled": "仲裁保留另一方", "number_refused": "不予发号",
            "released": "招生问题已处理", "redone": "佐证后重新处理", "rechecked_same": "自动驳回", "rechecked_other": "复查发现新问题",
            "outdated": "比对信息已变化", "reopened": "重新打开", "held": "涉及违规招生",
        }.items()
    )  # fmt: skip
    changed = {
        "state": "coalesce(m.to_state, s.state)",
        "turn": f"s.turn + case when {is_moved} then 1 else 0 end",
        "entered_on": f"case when {is_moved} then {tonight.sql} else s.entered_on end",
        "closed_on": f"case when not ({is_moved}) then s.closed_on when {to_closed} then {tonight.sql} end",
        "settle_by": f"case when e.event = 'reopened' then {tonight.settle_by} else s.settle_by end",
        "due_date": f"""case
            when not ({is_moved}) then s.due_date
            when {must_show} then {tonight.in_ten_days}
            when e.event = 'reopened' then {tonight.step_due(tonight.settle_by)}
            else {tonight.step_due("s.settle_by")} end""",
        "disposition": f"case when {to_school} then null when {is_given} then e.disposition else s.disposition end",
        "answered_on": f"case when {to_school} then null when {is_given} then {tonight.sql} else s.answered_on end",
        "answer_note": f"case when {to_school} then null when {is_given} then e.answer_note else s.answer_note end",
        "is_attested": f"""case when {to_school} then false
            when {is_moved} and e.event like 'passed_attest%' then true else s.is_attested end""",
        "is_with_police": f"""case when {is_moved} and e.event = 'asked_police' then true
            when {is_moved} then false else s.is_with_police end""",
        "remark": f"""case when not ({is_moved}) then s.remark
            else case e.event {titles} end || coalesce('：' || e.note, '') end""",
    } | {
        column: f"case when {to_school} then null when {is_given} then e.{column} else s.{column} end"
        for column in GIVEN
    }
    return f"""
        select {columns_sql(changed, "s")}
        from {stage} as s
        left join {events} as e on e.case_no = s.case_no
        left join case_moves as m on m.event = e.event and m.from_state = s.state
    """


def stepped_sql(stage: str, tonight: Night) -> str:
    """The ledger after the night. What was compared is what the case now stands for: of a settled case the values it was settled with."""
    told = "select distinct case_no from events_0 where note = '比对信息已变化'"
    is_asked_anew = f"(s.is_found and s.closed_on is null and s.state in {literal_list((PENDING, HELD))})"
    changed = {
        "compared": f"case when {is_asked_anew} then s.found_compared else s.compared end",
        "turn": "s.turn + case when told.case_no is null then 0 else 1 end",
    }
    return f"""
        select {", ".join(f"{changed.get(column, f's.{column}')} as {column}" for column in CASES.columns)}
        from {stage} as s
        left join ({told}) as told on told.case_no = s.case_no
    """


def moved_sql(stage: str, place: int) -> str:
    """The events of one stage with what they lead to and who did it."""
    who = f"""case m.actor
        when {literal(OFFICE)} then s.authority_level when {literal(ARBITER)} then s.arbiter_level
        when {literal(PROVINCE)} then 'province' when {literal(MINISTRY)} then 'ministry'
        when {literal(SCHOOL)} then 'school' else 'system' end"""
    return f"""
        select s.case_no, e.event, s.state as from_state, m.to_state, {who} as actor_level, e.source, e.note, s.unit_code,
            s.problem_type, {place} as place
        from events_{place} as e
        join {stage} as s on s.case_no = e.case_no
        join case_moves as m on m.event = e.event and m.from_state = s.state
    """


def events_table_sql(tonight: Night) -> str:
    """The night's events of all stages."""
    moved = " union all ".join(f"select * from moved_{place}" for place in range(len(STAGES) + 1))
    columns = ", ".join(f'{tonight.sql} as "at"' if column == "at" else column for column in CASE_EVENTS.columns)
    return f"select {columns} from ({moved}) as moved"


def balance_sql() -> str:
    """A query over ledger, stepped and stepped_events: per unit opening, opened, reopened, closed, closing, and the unit."""
    closed = literal_list(CLOSED_STATES)
    return f"""
        with counted as (
            select unit_code, 'opening' as what, count(*) as amount from ledger where closed_on is null group by unit_code
            union all
            select unit_code, 'closing', count(*) from stepped where closed_on is null group by unit_code
            union all
            select unit_code, 'opened', count(*) from stepped_events where event = 'opened' group by unit_code
            union all
            select unit_code, 'reopened', count(*) from stepped_events
            where from_state in {closed} and to_state not in {closed} group by unit_code
            union all
            select unit_code, 'closed', count(*) from stepped_events
            where event <> 'opened' and from_state not in {closed} and to_state in {closed} group by unit_code
        )
        select
            unit_code,
            coalesce(sum(amount) filter (where what = 'opening'), 0) as opening,
            coalesce(sum(amount) filter (where what = 'opened'), 0) as opened,
            coalesce(sum(amount) filter (where what = 'reopened'), 0) as reopened,
            coalesce(sum(amount) filter (where what = 'closed'), 0) as closed,
            coalesce(sum(amount) filter (where what = 'closing'), 0) as closing
        from counted
        group by unit_code
        order by unit_code
    """
