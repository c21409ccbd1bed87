"""What was found tonight meets the ledger: which problem belongs to which case, and which opens one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xueji.checks.case_states import DELETED, HELD, MINISTRY_CODE, PENDING
from xueji.checks.deadlines import STEP_WORKING_DAYS, settlement_due, step_due_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.tables import CASES
from xueji.checks.working_days import add_working_days

# What a stage knows of a case beside its columns.
WORKING = {
    "is_found": "boolean",  # its finding stands tonight
    "found_compared": "varchar",
    "unit_as_of": "date",  # of the records of its unit
    "state_before": "varchar",  # null for a case opened tonight
}
COLUMNS = (*CASES.columns, *WORKING)


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


def columns_sql(changed: Mapping[str, str], source: str) -> str:
    """A select list of all columns of a stage, those of `changed` by their text."""
    return ", ".join(f"{changed.get(column, f'{source}.{column}')} as {column}" for column in COLUMNS)


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
        select {columns_sql(kept, "c")}
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


def told_sql() -> str:
    """What is told of cases without a move, and their opening."""
    return """
        select s.case_no, e.event, s.state_before as from_state, s.state as to_state, 'system' as actor_level, e.source, e.note,
            s.unit_code, s.problem_type, 0 as place
        from events_0 as e
        join stage_0 as s on s.case_no = e.case_no
    """
