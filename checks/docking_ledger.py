"""How deviations are followed from check to check: those that stand keep their number, mended ones stay with their date.

One that comes back after it was mended opens anew. Alike ones beyond `GROUP_LIMIT` become one deviation with a count; who was listed one by
one before stays so, and a group stays a group until nothing of it is left: nothing looks mended because it was told of in another way.
"""

from xueji.checks.docking import CHECKS, EXAMPLES, GROUP_LIMIT
from xueji.checks.sql_text import literal
from xueji.checks.verification_tables import DOCKING_DEVIATIONS

SAME = "own.check_id = found.check_id and own.subject = found.subject and coalesce(own.field, '') = coalesce(found.field, '')"
TOLD = ("school_code", "local_value", "central_value")


def before_sql(night: str, last_check: str | None) -> str:
    """A query over a unit's deviations for them as they stood before a night, which may have been done already."""
    earlier = f"date '{last_check}'" if last_check else "cast(null as date)"
    columns = {
        "last_seen": f"case when last_seen >= date '{night}' then {earlier} else last_seen end",
        "mended_on": f"case when mended_on < date '{night}' then mended_on end",
    }
    listed = ", ".join(f"{columns.get(column, column)} as {column}" for column in DOCKING_DEVIATIONS.columns)
    return f"select {listed} from unit_deviations where first_seen < date '{night}'"


def listed_sql() -> str:
    """A query over `found` and `before` for the deviations that were listed one by one already, and stand."""
    return f"""
        select own.deviation_no, any_value(found.school_code) as school_code, min(found.local_value) as local_value,
            min(found.central_value) as central_value, sum(found.records) as records
        from found join before as own on {SAME}
        where own.mended_on is null and not own.is_grouped
        group by own.deviation_no
    """


def rest_sql() -> str:
    """A query over `found` and `before` for what was not listed before: one row a deviation."""
    return f"""
        select check_id, subject, field, min(group_subject) as group_subject, min(school_code) as school_code,
            min(local_value) as local_value, min(central_value) as central_value, sum(records) as records
        from found
        where not exists (select 1 from before as own where {SAME} and own.mended_on is null and not own.is_grouped)
        group by check_id, subject, field
    """


def rest_grouped_sql() -> str:
    """A query over `rest` and `before`: the same, and whether each is told of in a group."""
    return f"""
        select rest.*, rest.group_subject is not null and (own.deviation_no is not null or many.check_id is not null) as is_grouped
        from rest
        left join (
            select check_id, coalesce(field, '') as field from rest group by all having count(*) > {GROUP_LIMIT}
        ) as many on many.check_id = rest.check_id and many.field = coalesce(rest.field, '')
        left join before as own
            on own.check_id = rest.check_id and own.subject = rest.group_subject and coalesce(own.field, '') = coalesce(rest.field, '')
            and own.is_grouped and own.mended_on is null
    """


def groups_sql() -> str:
    """A query over `rest_grouped` for the groups, with the keys of their first records."""
    return f"""
        select
            check_id, group_subject as subject, field,
            case when count(distinct coalesce(school_code, '')) = 1 then min(school_code) end as school_code,
            sum(records) as records,
            string_agg(subject, '、' order by subject) filter (place <= {EXAMPLES}) as examples
        from (
            select *, row_number() over (partition by check_id, group_subject, field order by subject) as place
            from rest_grouped where is_grouped
        ) as members
        group by check_id, group_subject, field
    """


def tonight_sql() -> str:
    """A query for all that stands tonight; deviation_no is null for what is new."""
    return f"""
        select own.deviation_no, own.check_id, own.subject, own.field, listed.school_code, listed.local_value, listed.central_value,
            listed.records, false as is_grouped, cast(null as varchar) as examples
        from listed join before as own on own.deviation_no = listed.deviation_no
        union all
        select null, check_id, subject, field, school_code, local_value, central_value, records, false, null
        from rest_grouped where not is_grouped
        union all
        select own.deviation_no, found.check_id, found.subject, found.field, found.school_code, null, null, found.records, true,
            found.examples
        from groups as found
        left join before as own on {SAME} and own.is_grouped and own.mended_on is null
    """


def next_sql(unit: str, night: str) -> str:
    """A query for the unit's deviations after a night, over `before` and `tonight`."""
    places = ", ".join(f"({literal(check)}, {place})" for place, check in enumerate(CHECKS))
    day = f"date '{night}'"
    standing = {column: f"tonight.{column}" for column in (*TOLD, "records", "examples")} | {"last_seen": day}
    mended = {"mended_on": f"coalesce(own.mended_on, {day})"}
    kept = (
        ", ".join(f"{values.get(column, f'own.{column}')} as {column}" for column in DOCKING_DEVIATIONS.columns)
        for values in (standing, mended)
    )
    new = {
        "unit_code": literal(unit), "first_seen": day, "last_seen": day,
        "deviation_no": f"""format('DJ{unit}-{{:06d}}', row_number() over (order by checks.place, tonight.field nulls first, tonight.subject)
            + (select coalesce(max(cast(substr(deviation_no, 6) as bigint)), 0) from before))""",
        **dict.fromkeys(("mended_on", "explained_on"), "cast(null as date)"),
        **dict.fromkeys(("explanation", "explained_by", "remedy"), "cast(null as varchar)"),
    }  # fmt: skip
    opened = ", ".join(f"{new.get(column, f'tonight.{column}')} as {column}" for column in DOCKING_DEVIATIONS.columns)
    of_standing, of_mended = kept
    return f"""
        select {of_standing} from before as own join tonight on tonight.deviation_no = own.deviation_no
        union all
        select {of_mended} from before as own
        where not exists (select 1 from tonight where tonight.deviation_no = own.deviation_no)
        union all
        select {opened} from tonight join (values {places}) as checks(check_id, place) on checks.check_id = tonight.check_id
        where tonight.deviation_no is null
    """


def ledger_statements(unit: str, night: str, last_check: str | None) -> list[tuple[str, str]]:
    """Name and query of the tables that lead from `found` and `unit_deviations` to `next_deviations`, in order."""
    return [
        ("before", before_sql(night, last_check)),
        ("listed", listed_sql()),
        ("rest", rest_sql()),
        ("rest_grouped", rest_grouped_sql()),
        ("groups", groups_sql()),
        ("tonight", tonight_sql()),
        ("next_deviations", next_sql(unit, night)),
    ]
