"""Items entered from confirmation forms, and where each stands with the audit that it needs.

Key data (关键数据) are audited item by item by the school's authority, other items by the school head, with one word for all that
was entered or item by item. An audit settles the newest entry before it; of several for one entry the first counts. What was not
passed must be entered anew. Events count in the order of their `sequence`: by delivery, then by day, then as delivered.
"""

from xueji.checks.form_fields import ALL_UNITS, FIELDS, FORM_FIELDS
from xueji.checks.form_steps import ENTERED, OFFICE_AUDIT, PASSED, SCHOOL_AUDIT, SENT_BACK
from xueji.checks.sql_text import literal, literal_list

ITEM_PENDING, ITEM_PASSED, ITEM_SENT_BACK = "pending", "passed", "sent_back"
SHOWN, NOT_SHOWN, OTHER = (
    "shown",
    "not_shown",
    "other",
)  # what the registry says: the new value, the printed one, a third
SCHOOL = "school"
LEVEL_NAMES = {"county": "县级", "city": "市级", "province": "省级"}


def is_key_sql(field: str, unit_code: str) -> str:
    """Boolean SQL: the item named in `field` is key data in a unit."""
    everywhere = literal_list(item.field for item in FIELDS.values() if ALL_UNITS in item.key_units)
    pairs = [
        f"({field} = {literal(item.field)} and {unit_code} in {literal_list(item.key_units)})"
        for item in FIELDS.values()
        if item.key_units and ALL_UNITS not in item.key_units
    ]
    return f"({' or '.join([f'{field} in {everywhere}', *pairs])})"


def printed_item_sql(field: str, edition: str) -> str:
    """Text SQL: what the edition (an alias) says of the item named in `field`."""
    cases = " ".join(f'when {literal(name)} then {edition}."{name}"' for name in FORM_FIELDS)
    return f"case {field} {cases} end"


def office_sql(schools: str, unit_code: str) -> str:
    """Text SQL: the code of the office that audits key data of a school (an alias of `core_schools`)."""
    authority = short_office_sql(f"{schools}.authority_code")
    return f"""case {level_sql(schools)}
        when 'province' then {unit_code}
        when 'city' then coalesce({authority}, {schools}.city_code)
        else coalesce({authority}, {schools}.county_code)
    end"""


def level_sql(schools: str) -> str:
    """Text SQL: county, city for schools directly under a city, province for those directly under a province."""
    return f"coalesce({schools}.authority_level, 'county')"


def short_office_sql(code: str) -> str:
    """Text SQL: a division code of twelve digits as six, and of a whole province as two."""
    six = f"case when length({code}) = 12 and substr({code}, 7) = '000000' then substr({code}, 1, 6) else {code} end"
    return f"case when length({six}) = 6 and substr({six}, 3) = '0000' then substr({six}, 1, 2) else {six} end"


def entries_sql(events: str) -> str:
    """A query: the entries of items among events. A number not entered (blank) is a statement and audited by the school.

    Columns: unit_code, form_no, field, sequence, happened_on, person, old_value, new_value, evidence, is_statement, by_office.
    """
    return f"""
        select
            unit_code, form_no, field, sequence, happened_on, person, old_value, new_value, evidence,
            new_value is null and field = 'sfzjh' as is_statement,
            {is_key_sql("field", "unit_code")} and not (new_value is null and field = 'sfzjh') as by_office
        from {events}
        where step = '{ENTERED}' and field is not null
    """


def settled_entries_sql(events: str) -> str:
    """A query: each entry with an audit, `entered` its sequence, and of its first audit sequence, verdict, happened_on, person, office_code."""
    return f"""
        with entries as ({entries_sql(events)}),
        audits as (
            select form_no, field, step, sequence, happened_on, person, verdict, office_code
            from {events}
            where step in ('{SCHOOL_AUDIT}', '{OFFICE_AUDIT}')
        ),
        attached as (
            select e.form_no, e.field, a.sequence, max(e.sequence) as entered
            from audits as a
            join entries as e
                on e.form_no = a.form_no and e.sequence < a.sequence and e.happened_on <= a.happened_on
                and case when a.field is null then true else a.field = e.field end
                and e.by_office = (a.step = '{OFFICE_AUDIT}')
            group by e.form_no, e.field, a.sequence
        ),
        first_audits as (
            select form_no, field, entered, min(sequence) as sequence from attached group by form_no, field, entered
        )
        select f.form_no, f.field, f.entered, a.sequence, a.verdict, a.happened_on, a.person, a.office_code
        from first_audits as f
        join audits as a on a.form_no = f.form_no and a.sequence = f.sequence
    """


def item_states_sql(events: str) -> str:
    """A query: one row a form and item that was entered, by its newest entry.

    The columns of `entries_sql`, and state, audited_on, audited_by, is_sent_back (ever).
    """
    return f"""
        with entries as ({entries_sql(events)}),
        settled as ({settled_entries_sql(events)}),
        newest as (
            select form_no, field, max(sequence) as sequence from entries group by form_no, field
        ),
        faults as (
            select distinct form_no, field from settled where verdict = '{SENT_BACK}'
        )
        select
            e.*,
            case s.verdict when '{PASSED}' then '{ITEM_PASSED}' when '{SENT_BACK}' then '{ITEM_SENT_BACK}' else '{ITEM_PENDING}' end as state,
            s.happened_on as audited_on,
            s.person as audited_by,
            faults.field is not null as is_sent_back
        from newest as n
        join entries as e on e.form_no = n.form_no and e.sequence = n.sequence and e.field = n.field
        left join settled as s on s.form_no = e.form_no and s.field = e.field and s.entered = e.sequence
        left join faults on faults.form_no = e.form_no and faults.field = e.field
    """
