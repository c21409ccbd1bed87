"""Where every student's form stands, as a fold over the ledger of its newest edition, and what came of the changes entered from it."""

from collections.abc import Sequence

from xueji.checks.code_lists import ID_TYPE, SEX
from xueji.checks.core_students import PERSON_COLUMNS, TEXTS
from xueji.checks.form_changes import (
    ITEM_PASSED,
    ITEM_PENDING,
    NOT_SHOWN,
    OTHER,
    SCHOOL,
    SHOWN,
    level_sql,
    office_sql,
)
from xueji.checks.form_events import form_facts_sql
from xueji.checks.form_steps import ENTERED, NOT_HERE, OFFICE_AUDIT, RETURNED, SCHOOL_AUDIT, SENT_BACK
from xueji.checks.form_values import printed_sql
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import distinct_trimmed_sql, number_normalised_sql, trimmed_sql


def newest_editions_sql(units: str) -> str:
    """A query: the newest edition of every record in the campaign that its unit is in (`units`: unit_code, campaign)."""
    return f"""
        select e.*
        from form_editions as e
        join {units} as u on u.unit_code = e.unit_code and u.campaign = e.campaign
        join (
            select unit_code, campaign, record_key, max(edition) as edition from form_editions group by unit_code, campaign, record_key
        ) as newest on newest.unit_code = e.unit_code and newest.campaign = e.campaign and newest.record_key = e.record_key
            and newest.edition = e.edition
    """


def steps_sql(events: str) -> str:
    """A query: one row a form with events, the day of each step and who did it; of several the last."""
    who = "arg_max(person, sequence) filter (where step = '{}' and {})"
    return f"""
        select f.*, p.collected_by, p.entered_by, p.audited_by
        from ({form_facts_sql(events)}) as f
        join (
            select
                form_no,
                {who.format(RETURNED, f"verdict is distinct from '{NOT_HERE}'")} as collected_by,
                {who.format(ENTERED, "true")} as entered_by,
                arg_max(person, sequence) filter (where step in ('{SCHOOL_AUDIT}', '{OFFICE_AUDIT}')) as audited_by
            from {events}
            group by form_no
        ) as p on p.form_no = f.form_no
    """


def core_forms_sql(units: str, editions: str, events: str, items: str, scope: str) -> str:
    """A query for `core_forms` of the units' campaigns.

    `editions` are the newest of each record, `events` and `items` (`item_states_sql`) those of their forms, `scope` all records with
    who is due. A record that was printed and is no longer in the registry stays, and is not due.
    """
    return f"""
        with totals as (
            select
                form_no,
                count(*) filter (where by_office) as key_changes,
                count(*) filter (where not by_office and not is_statement) as other_changes,
                count(*) filter (where state = '{ITEM_PENDING}') as audits_pending,
                count(*) filter (where state <> '{ITEM_PASSED}') as open_items,
                count(*) filter (where is_sent_back) as sent_back,
                max(audited_on) as audited_on
            from {items}
            group by form_no
        ),
        records as (
            select
                coalesce(s.unit_code, e.unit_code) as unit_code, u.campaign,
                coalesce(s.city_code, schools.city_code) as city_code,
                coalesce(s.county_code, e.county_code) as county_code,
                coalesce(s.school_code, e.school_code) as school_code,
                coalesce(s.record_key, e.record_key) as record_key,
                coalesce(s.student_no, e.student_no) as student_no,
                coalesce(s.grade, e.grade) as grade, coalesce(s.class_no, e.class_no) as class_no,
                s.record_key is not null and s.exclusion is null as is_due,
                s.exclusion, e.form_no, e.edition, e.printed_on
            from {scope} as s
            full join {editions} as e on e.unit_code = s.unit_code and e.record_key = s.record_key
            join {units} as u on u.unit_code = coalesce(s.unit_code, e.unit_code)
            left join core_schools as schools on schools.school_code = e.school_code
        ),
        photos as (
            select form_no, min(uploaded_on) as uploaded_on from form_photos group by form_no
        ),
        followed as (
            select
                r.*, f.issued_on, f.returned_on, f.entered_on, p.uploaded_on, f.archived_on,
                case when f.entered_on is not null and coalesce(t.open_items, 0) = 0
                    then greatest(f.entered_on, t.audited_on) end as audited_on,
                f.not_here_on is not null and f.returned_on is null as is_not_here,
                coalesce(t.key_changes, 0) as key_changes, coalesce(t.other_changes, 0) as other_changes,
                coalesce(t.audits_pending, 0) as audits_pending, coalesce(t.sent_back, 0) as sent_back,
                f.collected_by, f.entered_by, f.audited_by
            from records as r
            left join ({steps_sql(events)}) as f on f.form_no = r.form_no
            left join totals as t on t.form_no = r.form_no
            left join photos as p on p.form_no = r.form_no
        )
        select *, case when audited_on is not null then sent_back = 0 end as is_right_first_time
        from followed
    """


def form_changes_sql(editions: str, items: str, registry: str) -> str:
    """A query for `form_changes`: one row an item that was entered as changed, by its newest entry.

    `registry` holds form_no, field and value: what the registry says now of the items that were passed, as it would be printed.
    """
    return f"""
        select
            e.unit_code, e.campaign, e.county_code, e.school_code, e.record_key, e.form_no, i.field,
            i.by_office as is_key, i.old_value, i.new_value, i.happened_on as entered_on, i.person as entered_by, i.evidence,
            case when i.by_office then {level_sql("schools")} else '{SCHOOL}' end as audit_level,
            case when i.by_office then {office_sql("schools", "e.unit_code")} else e.school_code end as office_code,
            i.audited_on, i.audited_by, i.state,
            case
                when i.state <> '{ITEM_PASSED}' or r.form_no is null then null
                when r.value is not distinct from i.new_value then '{SHOWN}'
                when r.value is not distinct from i.old_value then '{NOT_SHOWN}'
                else '{OTHER}'
            end as registry
        from {items} as i
        join {editions} as e on e.form_no = i.form_no
        left join core_schools as schools on schools.school_code = e.school_code
        left join {registry} as r on r.form_no = i.form_no and r.field = i.field
        where not i.is_statement
    """


def right_first_time_sql() -> str:
    """A query over `core_forms` and `form_events`: unit_code, campaign, office_code, audited, right_first_time, one row an office.

    Counts forms. Of a school: those that are through all audits, and those of which nothing was ever sent back (谁录入谁负责). Of an office
    that audits key data: those it audited items of, and those of which it sent nothing back.
    """
    return f"""
        select
            unit_code, campaign, school_code as office_code, count(*) as audited,
            count(*) filter (where is_right_first_time) as right_first_time
        from core_forms
        where audited_on is not null
        group by unit_code, campaign, school_code
        union all
        select unit_code, campaign, office_code, count(*) as audited, count(*) filter (where not is_sent_back) as right_first_time
        from (
            select unit_code, campaign, office_code, form_no, bool_or(verdict = '{SENT_BACK}') as is_sent_back
            from form_events
            where step = '{OFFICE_AUDIT}'
            group by unit_code, campaign, office_code, form_no
        )
        group by unit_code, campaign, office_code
    """


def unannounced_sql() -> str:
    """A query: key data that the registry says otherwise than the newest form, with no passed change to the registry's value.

    Columns: unit_code, campaign, county_code, school_code, record_key, student_no, grade, class_no, name, field. Over `core_forms`,
    `form_editions`, `core_students` and `form_changes`; of nation and nationality `core_students` keeps no value to compare. A record
    without student number is another one once its data change, and is not found here.
    """
    values = {
        "xm": "s.name",
        "xbm": f"coalesce({printed_sql(SEX.field, 's.sex_code')}, s.sex_unlisted)",
        "csrq": "coalesce(cast(s.birth_date as varchar), s.birth_date_unread)",
        "sfzjlxm": f"coalesce({printed_sql(ID_TYPE.field, 's.id_type')}, s.id_type_unlisted)",
        "sfzjh": "s.id_number",
    }
    compared = " union all ".join(
        f"select *, '{field}' as field, {field}_now as value, {field} as printed from pairs" for field in values
    )
    now = ", ".join(f"{value} as {field}_now, e.{field}" for field, value in values.items())
    # Editions by the form's number alone: with the unit beside it DuckDB joins them to all the unit's students.
    return f"""
        with pairs as (
            select
                f.unit_code, f.campaign, f.county_code, f.school_code, f.record_key, f.student_no, f.grade, f.class_no, f.form_no, s.name,
                {now}
            from core_forms as f
            join form_editions as e on e.form_no = f.form_no
            join core_students as s on s.unit_code = f.unit_code and s.record_key = f.record_key
        )
        select distinct
            c.unit_code, c.campaign, c.county_code, c.school_code, c.record_key, c.student_no, c.grade, c.class_no, c.name, c.field
        from ({compared}) as c
        left join form_changes as h
            on h.unit_code = c.unit_code and h.form_no = c.form_no and h.field = c.field and h.state = '{ITEM_PASSED}'
            and h.new_value is not distinct from c.value
        where c.value is distinct from c.printed and h.form_no is null
    """


def registry_sql(raw: str, wanted: str, fields: Sequence[str]) -> str:
    """A query: form_no, field, value: what the delivered rows in `raw` say now of each of the `wanted` (form_no, record_key, field).

    As it would be printed; no row for a record that is gone. `fields` are the items that are wanted at all.
    """
    person = {
        "name": distinct_trimmed_sql("r.xm"),
        **{text: trimmed_sql(f"r.{TEXTS[text]}") for text in ("sex_text", "birth_date_text", "id_type_text")},
        "id_number": number_normalised_sql("r.sfzjh"),
    }
    unnumbered = f"md5(concat_ws('|', {', '.join(person[column] for column in PERSON_COLUMNS)}))"
    number = distinct_trimmed_sql("r.xjh")
    key = f"coalesce({trimmed_sql('r.xxbsm')}, '') || '/' || coalesce({number}, {unnumbered})"
    cells = " ".join(f"when {literal(field)} then {printed_sql(field, field)}" for field in fields)
    columns = ", ".join(f'r."{field}"' for field in fields)
    return f"""
        select w.form_no, w.field, min(case w.field {cells} end) as value
        from {wanted} as w
        join (select {key} as raw_key, {columns} from {raw} as r) as r on r.raw_key = w.record_key
        group by w.form_no, w.field
    """
