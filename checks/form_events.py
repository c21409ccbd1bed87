"""Which delivered rows become events of the ledger: order, repetition, audits that are due, and what the archive needs.

The steps are judged one after the other, for all forms at once: each looks at what is accepted by then, of earlier deliveries and of
this one. Tables, beside those of `form_rows.py`: `judged` (the rows, `rule_id` null while nothing is wrong, `sequence` the order in
which they count) and `known_events`, to which the accepted rows of each step are added.
"""

from xueji.checks.form_changes import ITEM_PASSED, entries_sql, item_states_sql, settled_entries_sql
from xueji.checks.form_faults import FAULT_COLUMNS, Fault, first_faults_sql
from xueji.checks.form_steps import ARCHIVED, ENTERED, ISSUED, NOT_HERE, OFFICE_AUDIT, RETURNED, SCHOOL_AUDIT
from xueji.checks.sql_text import literal

PER_DAY = 1_000_000_000  # events of one unit's delivery: far more than there can be
# What makes a row the same as another of its form and step. Without item only the step counts: a form is entered once.
SAME_ROW = """case
    when step in ('录入', '学校审核', '部门审核') and field is not null
    then concat_ws('|', field, happened_on, coalesce(new_value, '-'), coalesce(evidence, '-'), coalesce(verdict, '-'), coalesce(office_code, '-'), person)
    when step = '学校审核' then concat_ws('|', happened_on, verdict, person)
    else '' end"""


def sequenced_sql(day: str) -> str:
    """A query for `judged`: the rows of `checked_rows` as events, with `sequence` in the sound ones.

    By day, then as delivered; but the first entry of an item, and the first without one, goes to the front of its day: files may list
    audits before entries.
    """
    columns = """
        id, unit_code, campaign, school_code, record_key, code as form_no, step, "day" as happened_on, person, item as field,
        old_text as old_value, new_text as new_value, kinds as evidence, office as office_code, verdict, note, file, "row", printed_on,
        audit_level, audit_office, item_label, field as field_text"""
    is_first = f"step = '{ENTERED}' and row_number() over (partition by step, code, item, \"day\" order by id) = 1"
    sequence = f"""(date '{day}' - date '2000-01-01') * {PER_DAY} + row_number() over (
        partition by unit_code order by "day", is_first desc, id)"""
    return f"""
        with sound as (
            select id, unit_code, "day", {is_first} as is_first from checked_rows where rule_id is null
        ),
        placed as (select id, {sequence} as "sequence" from sound)
        select {columns}, {", ".join(FAULT_COLUMNS)}, placed."sequence"
        from checked_rows
        left join placed using (id)
    """


def form_facts_sql(events: str = "known_events") -> str:
    """A query: one row a form with events, the first day of each step."""
    first = "min(happened_on) filter (where step = '{}' and {})"
    return f"""
        select
            form_no,
            {first.format(ISSUED, "true")} as issued_on,
            {first.format(RETURNED, f"verdict is distinct from '{NOT_HERE}'")} as returned_on,
            {first.format(RETURNED, f"verdict = '{NOT_HERE}'")} as not_here_on,
            {first.format(ENTERED, "true")} as entered_on,
            {first.format(ARCHIVED, "true")} as archived_on
        from {events}
        group by form_no
    """


REPEATED = Fault("form_repeated", "sound_before > 0", ("step",))


def _stage_sql(source: str, faults: tuple[Fault, ...], group: str, again: Fault = REPEATED) -> str:
    """A query for the faulty rows of a stage: those of `faults`, and of the sound rows of a `group` all but the first.

    Those are repeated where nothing tells them from an earlier one, and else at fault `again`.
    """
    preceding = 'order by "sequence" rows between unbounded preceding and 1 preceding'
    faults_again = (Fault("form_repeated", "same_before > 0", ("step",)), again)
    return f"""
        with faulty as ({first_faults_sql(f"({source})", faults)}),
        numbered as (
            select
                * exclude ({", ".join(FAULT_COLUMNS)}),
                count(*) over (partition by {group} {preceding}) as sound_before,
                count(*) over (partition by {group}, same_row {preceding}) as same_before
            from faulty
            where rule_id is null
        ),
        once as ({first_faults_sql("numbered", faults_again)})
        select id, {", ".join(FAULT_COLUMNS)} from faulty where rule_id is not null
        union all
        select id, {", ".join(FAULT_COLUMNS)} from once where rule_id is not null
    """


def _rows_sql(steps: str, condition: str = "true") -> str:
    """A query: the sound rows of some steps with the facts of their forms, and whether the same row is known."""
    return f"""
        select
            j.* exclude ({", ".join(FAULT_COLUMNS)}),
            k.issued_on, k.returned_on, k.not_here_on, k.entered_on, k.archived_on, same.form_no is not null as is_known
        from (select *, {SAME_ROW} as same_row from judged where rule_id is null and step in {steps} and {condition}) as j
        left join ({form_facts_sql()}) as k on k.form_no = j.form_no
        left join (select distinct form_no, step, {SAME_ROW} as same_row from known_events) as same
            on same.form_no = j.form_no and same.step = j.step and same.same_row = j.same_row
    """


NOTHING_NEW, SETTLED = "上次审核后没有新的录入", "该项已审核"
ARCHIVED_ALREADY = Fault(
    "form_archived", "archived_on is not null", ("cast(archived_on as varchar)", "step"), "form_no"
)


def _repeated(condition: str) -> Fault:
    return Fault("form_repeated", condition, ("step",))


def _not_pending(condition: str, why: str, column: str) -> Fault:
    return Fault("form_not_pending", condition, (literal(why),), column)


def _order(condition: str, what: str, before: str) -> Fault:
    return Fault("form_order", condition, (what, before), "happened_on")


def _dated(step: str, day: str) -> str:
    """Text SQL: a step with the day that is known of it."""
    return f"'{step}' || coalesce('（' || {day} || '）', '')"


def _issued_sql() -> str:
    printed = "'打印（' || cast(printed_on as varchar) || '）'"
    faults = (_repeated("issued_on is not null"), _order("happened_on < printed_on", "step", printed))
    return _stage_sql(_rows_sql(f"('{ISSUED}')"), faults, "form_no")


def _returned_sql() -> str:
    not_here = f"(verdict is not distinct from '{NOT_HERE}')"
    faults = (
        _repeated(f"returned_on is not null or ({not_here} and not_here_on is not null)"),
        _order("coalesce(issued_on > happened_on, true)", "step", _dated(ISSUED, "issued_on")),
        # Nobody there, and signed later: both count. Nobody there after it was signed for does not.
        _repeated(f"{not_here} and others_before > 0"),
    )
    source = f"""
        select *, count(*) filter (where coalesce(issued_on <= happened_on, false)) over (
            partition by form_no order by "sequence" rows between unbounded preceding and 1 preceding) as others_before
        from ({_rows_sql(f"('{RETURNED}')")})
    """
    return _stage_sql(source, faults, f"form_no, {not_here}")


def _entered_sql() -> str:
    source = f"""
        select r.*, a.audited_on as item_audited_on
        from ({_rows_sql(f"('{ENTERED}')")}) as r
        left join (
            select form_no, field, max(happened_on) as audited_on from ({settled_entries_sql("known_events")}) group by form_no, field
        ) as a on a.form_no = r.form_no and a.field = r.field
    """
    faults = (
        _repeated("is_known"),
        ARCHIVED_ALREADY,
        _order("coalesce(returned_on > happened_on, true)", "step", _dated(RETURNED, "returned_on")),
        _order("item_audited_on > happened_on", "step", "'该项审核（' || item_audited_on || '）'"),
    )
    return _stage_sql(source, faults, "form_no, same_row")


def _school_audited_sql() -> str:
    """The school head's word on all that was entered by then: one for each time that something was."""
    audits = f"(select * from {{}} where step = '{SCHOOL_AUDIT}' and field is null)"
    known, given = audits.format("known_events"), audits.format("judged")
    source = f"""
        select r.*, e.entered, w.settled
        from ({_rows_sql(f"('{SCHOOL_AUDIT}')", "field is null")}) as r
        left join (select form_no, "sequence", max(entered) as entered from ({_attached_sql(given)}) group by form_no, "sequence") as e
            on e.form_no = r.form_no and e."sequence" = r."sequence"
        left join (select form_no, max(entered) as settled from ({_attached_sql(known)}) group by form_no) as w
            on w.form_no = r.form_no
    """
    faults = (
        _repeated("is_known"),
        ARCHIVED_ALREADY,
        _order("entered is null", "step", _dated(ENTERED, "entered_on")),
        _not_pending("settled >= entered", NOTHING_NEW, "step"),
    )
    return _stage_sql(source, faults, "form_no, entered", _not_pending("sound_before > 0", NOTHING_NEW, "step"))


def _attached_sql(audits: str) -> str:
    """A query: form_no and sequence of each audit with `entered`, the sequences of its form's entries before it."""
    return f"""
        select a.form_no, a."sequence", e."sequence" as entered
        from {audits} as a
        join known_events as e
            on e.form_no = a.form_no and e.step = '{ENTERED}' and e.happened_on <= a.happened_on and e."sequence" < a."sequence"
    """


def _items_audited_sql() -> str:
    """Audits of single items: one for each entry, by the office that has to."""
    source = f"""
        select r.*, e.entered, e.other_entered, s."sequence" as settled
        from ({_rows_sql(f"('{SCHOOL_AUDIT}', '{OFFICE_AUDIT}')", "field is not null")}) as r
        left join (
            select
                a.id,
                max(e."sequence") filter (where e.by_office = (a.step = '{OFFICE_AUDIT}')) as entered,
                max(e."sequence") as other_entered
            from judged as a
            join ({entries_sql("known_events")}) as e
                on e.form_no = a.form_no and e.field = a.field and e.happened_on <= a.happened_on and e."sequence" < a."sequence"
            where a.rule_id is null and a.step in ('{SCHOOL_AUDIT}', '{OFFICE_AUDIT}')
            group by a.id
        ) as e on e.id = r.id
        left join ({settled_entries_sql("known_events")}) as s
            on s.form_no = r.form_no and s.field = r.field and s.entered = e.entered and s."sequence" < r."sequence"
    """
    owner = f"case when step = '{SCHOOL_AUDIT}' then '学籍主管部门' || audit_office else '学校' || school_code end"
    faults = (
        _repeated("is_known"),
        ARCHIVED_ALREADY,
        Fault("form_wrong_office", "entered is null and other_entered is not null", ("item_label", owner), "step"),
        _order("entered is null", "step", "'该项录入'"),
        _not_pending("settled is not null", SETTLED, "field_text"),
    )
    return _stage_sql(
        source, faults, "form_no, field, entered", _not_pending("sound_before > 0", SETTLED, "field_text")
    )


def _archived_sql(day: str) -> str:
    source = f"""
        select r.*, i.open_items, i.audited_on, p.form_no is not null as has_photo
        from ({_rows_sql(f"('{ARCHIVED}')")}) as r
        left join (
            select form_no, count(*) filter (where state <> '{ITEM_PASSED}') as open_items, max(audited_on) as audited_on
            from ({item_states_sql("known_events")})
            group by form_no
        ) as i on i.form_no = r.form_no
        left join (
            select form_no, min(uploaded_on) as uploaded_on from form_photos where "date" <= date '{day}' group by form_no
        ) as p on p.form_no = r.form_no and p.uploaded_on <= r.happened_on
    """
    faults = (
        _repeated("archived_on is not null"),
        _order("coalesce(entered_on > happened_on, true)", "step", _dated(ENTERED, "entered_on")),
        Fault("form_audits_pending", "coalesce(open_items, 0) > 0", ("cast(open_items as varchar)",), "step"),
        _order("audited_on > happened_on", "step", "'审核（' || audited_on || '）'"),
        Fault("form_photo_missing", "not has_photo", (), "step"),
    )
    return _stage_sql(source, faults, "form_no")


def stages(day: str) -> tuple[tuple[str, str], ...]:
    """For each stage, in order: boolean SQL for its rows of `judged`, and a query for those of them that are refused."""
    return (
        (f"step = '{ISSUED}'", _issued_sql()),
        (f"step = '{RETURNED}'", _returned_sql()),
        (f"step = '{ENTERED}'", _entered_sql()),
        (f"step = '{SCHOOL_AUDIT}' and field is null", _school_audited_sql()),
        (f"step in ('{SCHOOL_AUDIT}', '{OFFICE_AUDIT}') and field is not null", _items_audited_sql()),
        (f"step = '{ARCHIVED}'", _archived_sql(day)),
    )
