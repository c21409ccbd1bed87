"""Delivered rows of forms files held against form, student, window and item: all that needs no other row of the delivery.

Tables that the queries read, beside those of the lake: `delivered_rows` (id, unit_code, file, row and the cells, outer blanks
removed), `read_codes` (text, form_no), `read_items` (text, field), `read_evidence` (text, kinds, has_unknown, is_identity,
is_statement), `known_events` (accepted earlier, of the delivered forms).
"""

from xueji.checks.campaigns import ENTRY, EXPORT, SWITCHES, school_windows_sql
from xueji.checks.core_students import date_sql
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.form_changes import LEVEL_NAMES, is_key_sql, level_sql, office_sql, printed_item_sql, short_office_sql
from xueji.checks.form_faults import Fault
from xueji.checks.form_fields import FORM_FIELDS
from xueji.checks.form_steps import (
    ENTERED,
    EVIDENCE_KINDS,
    ISSUED,
    OFFICE_AUDIT,
    RETURNED,
    SCHOOL_AUDIT,
    STEPS,
    VERDICTS,
)
from xueji.checks.form_value_checks import STUDENT_NUMBER, value_fault_sql
from xueji.checks.form_values import printed_of_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.verification_scope import EXCLUSIONS, scope_sql

CELLS = (
    "form_no", "student_no", "step", "happened_on", "person", "field", "old_value", "new_value", "evidence", "office_code", "verdict", "note",
)  # fmt: skip
ANY_SWITCH = f"{SWITCHES[EXPORT]}、{SWITCHES[ENTRY]}"


def delivered_editions_sql(day: str) -> str:
    """A query: the editions that delivered rows name, as they were printed up to a day, with the newest of the same record."""
    return f"""
        with printed as (select * from form_editions where printed_on <= date '{day}'),
        named as (select * from printed where form_no in (select form_no from read_codes))
        select n.*, newest.edition as newest_edition, newest.printed_on as newest_printed_on
        from named as n
        join (
            select unit_code, campaign, record_key, max(edition) as edition, arg_max(printed_on, edition) as printed_on
            from printed
            where record_key in (select record_key from named)
            group by unit_code, campaign, record_key
        ) as newest using (unit_code, campaign, record_key)
    """


def delivered_scope_sql() -> str:
    """A query: who is due and who excluded, of the records that delivered rows are about (`delivered_editions`)."""
    return scope_sql(
        """(
        select * from core_students
        where unit_code in (select unit_code from delivered_editions) and record_key in (select record_key from delivered_editions)
    )"""
    )


def facts_sql(day: str) -> str:
    """A query: each delivered row read, beside what is known of its form, student, school and item."""
    labels = " ".join(f"when {literal(name)} then {literal(FIELD_LABELS[name])}" for name in FORM_FIELDS)
    return f"""
        with read as (
            select
                d.*, c.form_no as code, i.field as item, {date_sql("d.happened_on")} as "day",
                {printed_of_sql("i.field", "d.old_value")} as old_text,
                {printed_of_sql("i.field", "d.new_value")} as new_text,
                e.kinds, e.has_unknown, e.is_identity, e.is_statement as has_statement
            from delivered_rows as d
            left join read_codes as c on c.text = d.form_no
            left join read_items as i on i.text = d.field
            left join read_evidence as e on e.text = d.evidence
        ),
        id_types as (
            select code, arg_max(new_text, place) as id_type
            from (
                select code, new_text, id + 1000000000000000000 as place from read where item = 'sfzjlxm' and step = '{ENTERED}'
                union all
                select form_no, new_value, "sequence" from known_events where field = 'sfzjlxm' and step = '{ENTERED}'
            )
            group by code
        )
        select
            r.*,
            e.unit_code as form_unit, e.campaign, e.school_code, e.record_key, e.student_no as form_student_no, e.edition,
            e.printed_on, e.newest_edition, e.newest_printed_on,
            {printed_item_sql("r.item", "e")} as printed_text,
            case r.item {labels} end as item_label,
            r.item = '{STUDENT_NUMBER}' and r.new_text is null and r.step = '{ENTERED}' as is_statement,
            {is_key_sql("r.item", "e.unit_code")} as is_key,
            coalesce(t.id_type, e.sfzjlxm) as id_type,
            s.record_key is not null as is_in_registry, s.exclusion,
            {office_sql("schools", "e.unit_code")} as audit_office,
            {level_sql("schools")} as audit_level,
            {short_office_sql("r.office_code")} as office
        from read as r
        left join delivered_editions as e on e.form_no = r.code
        left join delivered_scope as s on s.unit_code = e.unit_code and s.record_key = e.record_key
        left join core_schools as schools on schools.school_code = e.school_code
        left join id_types as t on t.code = r.code
    """


def row_windows_sql(day: str) -> str:
    """A query over `delivered_facts`: for each campaign, school, kind of step and day whether a window is open then, and on delivery.

    Forms are handed out while either switch is open; all else is for the window of entry.
    """
    return f"""
        select
            f.campaign, f.school_code, f.is_issue, f."day",
            coalesce(bool_or(f."day" between w.opens_on and w.closes_on), false) as is_in_window,
            coalesce(bool_or(date '{day}' between w.opens_on and w.closes_on), false) as is_open,
            cast(max(w.closes_on) filter (where f."day" between w.opens_on and w.closes_on) as varchar) as closed_on,
            string_agg(distinct w.opens_on || '至' || w.closes_on, '、' order by w.opens_on || '至' || w.closes_on) as spans
        from (select distinct campaign, school_code, step = '{ISSUED}' as is_issue, "day" from delivered_facts) as f
        left join ({school_windows_sql()}) as w
            on w.campaign = f.campaign and w.school_code = f.school_code and (w.switch = '{ENTRY}' or f.is_issue)
        group by f.campaign, f.school_code, f.is_issue, f."day"
    """


def judged_rows_sql(day: str) -> str:
    """A query: the rows of `delivered_facts` with their windows (`row_windows`) and why a new value cannot be."""
    fault = value_fault_sql("f.item", "f.new_text", "f.id_type", f"date '{day}'")
    return f"""
        select
            f.*, w.is_in_window, w.is_open, w.closed_on, w.spans,
            case
                when f.step <> '{ENTERED}' or f.item is null then null
                when f.is_statement then case when coalesce(f.has_statement, false) then null else '没有号码的，须有在校证明或户籍部门回执' end
                else {fault}
            end as value_fault
        from delivered_facts as f
        left join row_windows as w
            on w.campaign = f.campaign and w.school_code = f.school_code and w.is_issue = (f.step = '{ISSUED}')
            and w."day" = f."day"
    """


def row_faults(day: str) -> tuple[Fault, ...]:
    """What can be wrong with a row by itself, what is said first coming first."""
    return (*_form_faults(day), *_time_faults(day), *_entry_faults(), *_audit_faults())


def _form_faults(day: str) -> tuple[Fault, ...]:
    verdicts = " ".join(f"when '{step}' then {literal('或'.join(known))}" for step, known in VERDICTS.items())
    known = " ".join(f"when '{step}' then verdict in {literal_list(texts)}" for step, texts in VERDICTS.items())
    return (
        Fault("form_code_unreadable", "code is null", (), "form_no"),
        Fault("form_unknown", "form_unit is null", (), "form_no"),
        Fault("form_other_unit", "form_unit <> unit_code", ("form_unit", "unit_code"), "form_no"),
        Fault("form_other_student", "student_no is not null and student_no is distinct from form_student_no", (), "student_no"),
        Fault("form_step_unknown", f"step is null or step not in {literal_list(STEPS)}", (literal("、".join(STEPS)),), "step"),
        Fault("form_date_unreadable", '"day" is null', (), "happened_on"),
        Fault("form_date_future", f"\"day\" > date '{day}'", ('cast("day" as varchar)', literal(day)), "happened_on"),
        Fault("form_person_missing", "person is null", (), "person"),
        Fault(
            "form_verdict_unknown",
            f"not coalesce(case when step = '{RETURNED}' and verdict is null then true else case step {known} else true end end, false)",
            ("step", f"case step {verdicts} end"),
            "verdict",
        ),
        Fault(
            "form_superseded", "newest_edition > edition",
            ("cast(newest_printed_on as varchar)", "cast(newest_edition as varchar)", "cast(edition as varchar)"), "form_no",
        ),
    )  # fmt: skip


def _time_faults(day: str) -> tuple[Fault, ...]:
    switch = f"case when step = '{ISSUED}' then '{ANY_SWITCH}' else '{SWITCHES[ENTRY]}' end"
    spans = "coalesce(spans, '该校没有开放窗口')"
    reasons = " ".join(f"when {literal(code)} then {literal(text)}" for code, text in EXCLUSIONS.items())
    first_steps = literal_list((ISSUED, RETURNED, ENTERED))
    return (
        Fault(
            "form_outside_window", "not coalesce(is_in_window, false)", ("step", 'cast("day" as varchar)', f"{switch} || {spans}"),
            "happened_on",
        ),
        Fault("form_late", "not is_open", (switch, "closed_on", literal(day)), "happened_on"),
        Fault("form_excluded", "exclusion is not null", (f"case exclusion {reasons} end",), "student_no"),
        # What was entered while the record was there may still be audited and archived.
        Fault("form_record_gone", f"not is_in_registry and step in {first_steps}", ("step",), "student_no"),
    )  # fmt: skip


def _entry_faults() -> tuple[Fault, ...]:
    entry = f"step = '{ENTERED}' and item is not null"
    audits = literal_list((ENTERED, SCHOOL_AUDIT, OFFICE_AUDIT))
    needs_papers = f"{entry} and is_key and not is_statement"
    return (
        Fault("form_item_unknown", f"field is not null and item is null and step in {audits}", (), "field"),
        Fault("form_item_unknown", f"step = '{ENTERED}' and field is null and new_value is not null", (), "field"),
        Fault(
            "form_old_value",
            f"{entry} and not is_statement and old_text is distinct from printed_text",
            ("item_label",),
            "old_value",
        ),
        Fault("form_new_value", "value_fault is not null", ("item_label", "value_fault"), "new_value"),
        Fault(
            "form_no_change",
            f"{entry} and not is_statement and new_text is not distinct from printed_text",
            ("item_label",),
            "new_value",
        ),
        Fault(
            "form_evidence_unknown",
            f"{entry} and (is_key or is_statement) and coalesce(has_unknown, false)",
            (literal("、".join(EVIDENCE_KINDS)),),
            "evidence",
        ),
        # A certificate of attendance says that a child is here, not who it is.
        Fault("form_evidence_missing", f"{needs_papers} and not coalesce(is_identity, false)", ("item_label",), "evidence"),
    )  # fmt: skip


def _audit_faults() -> tuple[Fault, ...]:
    levels = " ".join(f"when {literal(level)} then {literal(name)}" for level, name in LEVEL_NAMES.items())
    expected = f"(case audit_level {levels} end || '学籍主管部门' || audit_office)"
    label = "coalesce(item_label, '该表')"
    return (
        Fault("form_audit_item", f"step = '{OFFICE_AUDIT}' and item is null", (), "field"),
        Fault(
            "form_wrong_office",
            f"step = '{OFFICE_AUDIT}' and office is distinct from {short_office_sql('audit_office')}",
            (label, expected),
            "office_code",
        ),
        Fault(
            "form_wrong_office",
            f"step = '{SCHOOL_AUDIT}' and office_code is not null and office_code <> school_code",
            (label, "('学校' || school_code)"),
            "office_code",
        ),
    )
