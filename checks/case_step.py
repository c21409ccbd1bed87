"""One night's step of the ledger: cases(t) = step(cases(t-1), findings(t), answers(t), change_checks(t)), as SQL from tables to tables.

The step is a row of statements, each of which makes one table of the night. First what was found meets its cases or opens new
ones; then come the `STAGES`: answers are applied, corrected records come back from their check, the parties of a number are looked at
together, and last what the registry shows closes and reopens. A case makes at most one move a stage, by `case_states.MOVES`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

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
from xueji.checks.deadlines import STEP_WORKING_DAYS, settlement_due, step_due_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.tables import CASE_EVENTS, CASES
from xueji.checks.working_days import add_working_days

IDENTITY_TYPES = ("ERR_NOTFOUND", "ERR_NAME", "CHG_ID")  # attested against the register: the ministry issues the number
# What a stage knows of a case beside its columns.
WORKING = {
    "is_found": "boolean",  # its finding stands tonight
    "found_compared": "varchar",
    "unit_as_of": "date",  # of the records of its unit
    "state_before": "varchar",  # null for a case opened tonight
}
COLUMNS = (*CASES.columns, *WORKING)
MINISTRY_CODE = "00"


@dataclass(frozen=True)
class Night:
    """The night that is stepped to, and what the calendar says of it."""

    date: date

    @property
    def sql(self) -> str:
        return f"date '{self.date}'"

    @property
    def in_ten_days(self) -> str:
        return f"date '{add_working_days(self.date, STEP_WORKING_DAYS)}'"

    @property
    def settle_by(self) -> str:
        return f"date '{settlement_due(self.date)}'"

    def step_due(self, settle_by: str) -> str:
        return step_due_sql(self.date, settle_by)


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


def problems_sql() -> str:
    """One row a problem record and type: what was found of it tonight."""
    reason = "rule_id || coalesce(':' || reason, '')"
    # Of a duplicate the group is what was compared, not how many there are in it.
    said = f"case when group_key is null then {reason} || coalesce(':' || detail, '') else '' end"
    ranks = "case scope when 'school' then 1 when 'county' then 2 when 'city' then 3 when 'province' then 4 when 'national' then 5 end"
    scopes = "case max(scope_rank) when 1 then 'school' when 2 then 'county' when 3 then 'city' when 4 then 'province' when 5 then 'national' end"
    return f"""
        with found as (
            select distinct
                unit_code, record_key, problem_type, school_code, student_no, name, id_number, group_key, grade, class_no,
                is_out_of_school, {ranks} as scope_rank, {reason} as reason, {said} as said
            from findings
            where severity = 'error' and record_key is not null
        )
        select
            unit_code, record_key, problem_type,
            min(school_code) as school_code,
            min(student_no) as student_no,
            min(name) as name,
            min(id_number) as id_number,
            min(group_key) as group_key,
            {scopes} as scope,
            min(grade) as grade,
            min(class_no) as class_no,
            bool_or(is_out_of_school) as is_out_of_school,
            string_agg(distinct reason, ',' order by reason) as reasons,
            md5(
                coalesce(min(name), '') || '|' || coalesce(min(id_number), '') || '|' || coalesce(min(group_key), '')
                || '|' || string_agg(distinct said, ',' order by said)
            ) as compared
        from found
        group by unit_code, record_key, problem_type
    """


def problem_places_sql() -> str:
    """The problems with the offices above them: who audits, and who arbitrates a matter of several parties."""
    window = "over (partition by group_key)"

    def is_one(column: str) -> str:
        return f"count({column}) {window} = count(*) {window} and min({column}) {window} = max({column}) {window}"

    no_province = f"max(case when authority_level = 'province' then 1 else 0 end) {window} = 0"
    return f"""
        with placed as (
            select
                problems.*,
                core_schools.county_code,
                core_schools.city_code,
                case
                    when core_schools.county_code is null or core_schools.authority_level = 'province' then 'province'
                    when core_schools.authority_level = 'city' and core_schools.city_code is null then 'province'
                    when core_schools.authority_level = 'city' then 'city'
                    else 'county'
                end as authority_level
            from problems
            left join core_schools
                on core_schools.school_code = problems.school_code and core_schools.unit_code = problems.unit_code
        ),
        audited as (
            select
                placed.*,
                case authority_level when 'county' then county_code when 'city' then city_code else unit_code end
                    as authority_code
            from placed
        ),
        arbitrated as (
            select
                audited.*,
                case
                    when group_key is null or problem_type <> 'DUP_ID' then null
                    when {is_one("authority_code")} then authority_level
                    when {is_one("city_code")} and {no_province} then 'city'
                    when {is_one("unit_code")} then 'province'
                    else 'ministry'
                end as arbiter_level
            from audited
        )
        select
            arbitrated.*,
            case arbiter_level when 'county' then county_code when 'city' then city_code when 'province' then unit_code
                when 'ministry' then '{MINISTRY_CODE}' end as arbiter_code
        from arbitrated
    """


def met_sql() -> str:
    """Which problem belongs to which case: by its record, else by number and name where the record's key has changed.

    A second meeting needs a case that is open or stands attested, and one candidate on either side.
    """
    is_followed = f"(closed_on is null or is_attested) and state <> {literal(DELETED)}"
    person = "unit_code, problem_type, id_number, name"
    return f"""
        with by_record as (
            select ledger.case_no, p.unit_code, p.record_key, p.problem_type
            from ledger
            join problem_places as p
                on p.unit_code = ledger.unit_code and p.record_key = ledger.record_key
                and p.problem_type = ledger.problem_type
        ),
        left_cases as (
            select *, count(*) over (partition by {person}) as alike
            from ledger
            where {is_followed} and id_number is not null and name is not null
                and case_no not in (select case_no from by_record)
        ),
        left_problems as (
            select p.*, count(*) over (partition by {", ".join(f"p.{column}" for column in person.split(", "))}) as alike
            from problem_places as p
            left join by_record as b
                on b.unit_code = p.unit_code and b.record_key = p.record_key and b.problem_type = p.problem_type
            where b.case_no is null and p.id_number is not null and p.name is not null
        )
        select case_no, unit_code, record_key, problem_type from by_record
        union all
        select c.case_no, p.unit_code, p.record_key, p.problem_type
        from left_cases as c
        join left_problems as p
            on p.unit_code = c.unit_code and p.problem_type = c.problem_type and p.id_number = c.id_number and p.name = c.name
        where c.alike = 1 and p.alike = 1
    """


def opened_sql(tonight: Night, given: str) -> str:
    """The number of each problem without a case: that of an earlier run of the night, else the unit's next."""
    prefix = f"'XJ' || unit_code || '-{tonight.date:%y%m%d}-'"
    return f"""
        with given as ({given}),
        fresh as (
            select p.unit_code, p.record_key, p.problem_type, given.case_no
            from problem_places as p
            left join met
                on met.unit_code = p.unit_code and met.record_key = p.record_key and met.problem_type = p.problem_type
            left join given
                on given.unit_code = p.unit_code and given.record_key = p.record_key
                and given.problem_type = p.problem_type
            where met.case_no is null
        ),
        last_given as (select unit_code, max(cast(substr(case_no, 13) as integer)) as last_no from given group by unit_code),
        numbered as (
            select
                fresh.*,
                coalesce(last_given.last_no, 0) + row_number() over (
                    partition by fresh.unit_code, fresh.case_no is null order by fresh.record_key, fresh.problem_type
                ) as next_no
            from fresh
            left join last_given on last_given.unit_code = fresh.unit_code
        )
        select
            unit_code, record_key, problem_type,
            coalesce(case_no, {prefix} || lpad(cast(next_no as varchar), 6, '0')) as case_no
        from numbered
    """


FROM_PROBLEM = (
    "county_code", "school_code", "student_no", "name", "id_number", "group_key", "scope", "reasons", "record_key", "grade",
    "class_no", "is_out_of_school", "authority_level", "authority_code", "arbiter_level", "arbiter_code",
)  # fmt: skip


def stage_0_sql(tonight: Night) -> str:
    """Every case with what was found of it tonight, and the cases opened tonight."""
    kept = {column: f"case when p.record_key is null then c.{column} else p.{column} end" for column in FROM_PROBLEM}
    kept |= {
        "last_seen": f"case when p.record_key is null then c.last_seen else {tonight.sql} end",
        "is_found": "p.record_key is not null",
        "found_compared": "p.compared",
        "unit_as_of": "snapshots.as_of",
        "state_before": "c.state",
    }
    new = {column: f"p.{column}" for column in (*FROM_PROBLEM, "unit_code", "problem_type", "compared")}
    new |= {
        "case_no": "opened.case_no",
        "state": literal(PENDING),
        "first_seen": tonight.sql,
        "last_seen": tonight.sql,
        "due_date": tonight.step_due(tonight.settle_by),
        "settle_by": tonight.settle_by,
        "entered_on": tonight.sql,
        "turn": "1",
        "is_attested": "false",
        "is_with_police": "false",
        "is_found": "true",
        "found_compared": "p.compared",
        "unit_as_of": "snapshots.as_of",
    }
    types = CASES.columns | WORKING
    opened = ", ".join(f"{new.get(name, f'cast(null as {kind})')} as {name}" for name, kind in types.items())
    on_key = "p.unit_code = {0}.unit_code and p.record_key = {0}.record_key and p.problem_type = {0}.problem_type"
    return f"""
        select {_columns(kept, "c")}
        from ledger as c
        left join met on met.case_no = c.case_no
        left join problem_places as p on {on_key.format("met")}
        left join snapshots on snapshots.unit_code = c.unit_code
        union all
        select {opened}
        from opened
        join problem_places as p on {on_key.format("opened")}
        left join snapshots on snapshots.unit_code = opened.unit_code
    """


def lineage_events_sql() -> str:
    """What is told of cases before anything happens to them: opened, carried to another record, moved to another group."""
    was = "c.group_key is not null and s.group_key is not null and c.group_key <> s.group_key"
    return f"""
        with before_groups as (select distinct group_key from ledger where group_key is not null),
        present_groups as (
            select distinct s.group_key
            from stage_0 as s
            join ledger as c on c.case_no = s.case_no and c.group_key = s.group_key
            where s.is_found
        )
        select case_no, 'opened' as event, cast(null as varchar) as source, reasons as note
        from stage_0 where state_before is null
        union all
        select s.case_no, 'carried', null,
            case when c.school_code is distinct from s.school_code then '学校变为' || coalesce(s.school_code, '不详')
                else '学籍号变化' end
        from stage_0 as s join ledger as c on c.case_no = s.case_no
        where s.is_found and c.record_key <> s.record_key
        union all
        select s.case_no,
            case when s.group_key in (select group_key from before_groups) then 'merged'
                when c.group_key in (select group_key from present_groups) then 'split' else 'carried' end,
            null, c.group_key || ' → ' || s.group_key
        from stage_0 as s join ledger as c on c.case_no = s.case_no
        where s.is_found and {was}
        union all
        -- The school has not answered yet: it is asked anew, about the values as they are now.
        select s.case_no, 'carried', null, '比对信息已变化'
        from stage_0 as s
        where s.is_found and s.state_before in {literal_list((PENDING, HELD))} and s.found_compared <> s.compared
    """


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
                max(case when {upheld} then 1 else 0 end) over (partition by group_key) as upheld,
                sum(case when {standing} and state <> {literal(RESOLVED)} then 1 else 0 end) over (partition by group_key) as undecided,
                sum(case when {standing} or {done} then 0 else 1 end) over (partition by group_key) as undone
            from {stage}
            where problem_type = 'DUP_ID' and is_found
        ),
        chosen as (
            select case_no, case
                -- The arbiter has decided: who has not been heard of is not waited for.
                when is_standing and upheld = 1 and state in {literal_list((ARBITRATION, CHECK_SHEET, VERDICT))} then 'overruled'
                when is_standing and standing >= 2 and state in {literal_list((OTHERS, RESOLVED))}
                    and (upheld = 0 or undecided = 0) then 'contested'
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
        select {_columns(changed, "s")}
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


def told_sql() -> str:
    """What is told of cases without a move, and their opening."""
    return """
        select s.case_no, e.event, s.state_before as from_state, s.state as to_state, 'system' as actor_level, e.source, e.note,
            s.unit_code, s.problem_type, 0 as place
        from events_0 as e
        join stage_0 as s on s.case_no = e.case_no
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


def _columns(changed: Mapping[str, str], source: str) -> str:
    """A select list of all columns of a stage, those of `changed` by their text."""
    return ", ".join(f"{changed.get(column, f'{source}.{column}')} as {column}" for column in COLUMNS)


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
