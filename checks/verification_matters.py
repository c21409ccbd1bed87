"""Matters of verification: what somebody still has to do, or should look into. Their kinds, and how they are followed night by night.

A matter is known by unit, kind, campaign and subject. It stays one row from the night on which it was first seen until it is gone; one
that comes again is a new row. Reasons, never verdicts.
"""

from collections.abc import Iterable
from datetime import date

from xueji.checks import attendance, business_sanity, completeness, form_matters
from xueji.checks.matter import FOUND_COLUMNS, Matter, MatterNight
from xueji.checks.sql_text import literal_list
from xueji.checks.verification_tables import VERIFICATION_MATTERS
from xueji.checks.working_days import add_working_days

# In the order in which lists print them.
MATTERS = {
    matter.code: matter
    for matter in (*form_matters.MATTERS, *completeness.MATTERS, *attendance.MATTERS, *business_sanity.MATTERS)
}
KEY = ("unit_code", "matter", "coalesce(campaign, '')", "subject")
GROUP_TITLES = {"exclusion": "须先办理", "forms": "确认表", "completeness": "一校一生", "business": "学籍异动"}


def matter_night(night: date) -> MatterNight:
    return MatterNight(night, add_working_days(night, form_matters.WARNED_WORKING_DAYS))


def single_sql(found: str) -> str:
    """A query for the rows of `found`, a table; of rows with one key the first by what they say."""
    columns = ", ".join(FOUND_COLUMNS)
    return f"""
        select {columns}
        from (
            select *, row_number() over (
                partition by {", ".join(KEY)} order by school_code, student_no, name, grade, class_no, reason
            ) as place
            from {found}
        ) as placed
        where place = 1
    """


def step_sql(before: str, found: str, night: date) -> str:
    """A query for `verification_matters` after the night.

    `before` is a query for the table before it, `found` a table of what was found, one row a key.
    """
    tonight = f"date '{night}'"
    columns = ", ".join(f"f.{column}" for column in FOUND_COLUMNS)
    kept = ", ".join(f"b.{column}" for column in VERIFICATION_MATTERS.columns if column != "closed_on")
    same = " and ".join(_of(column, "b") + " = " + _of(column, "f") for column in KEY)
    return f"""
        with before as ({before}),
        open_before as (select * from before where closed_on is null)
        select {columns}, coalesce(b.first_seen, {tonight}) as first_seen, {tonight} as last_seen, cast(null as date) as closed_on
        from {found} as f
        left join open_before as b on {same}
        union all
        select {kept}, {tonight} as closed_on
        from open_before as b
        where not exists (select 1 from {found} as f where {same})
        union all
        select {kept}, b.closed_on from before as b where b.closed_on is not null
    """


def _of(column: str, alias: str) -> str:
    return f"coalesce({alias}.campaign, '')" if "campaign" in column else f"{alias}.{column}"


def open_again_sql(kinds: Iterable[Matter], table: str) -> str:
    """A query: what was found of some kinds on the night that a table of matters stands for."""
    codes = literal_list(matter.code for matter in kinds)
    return f"select {', '.join(FOUND_COLUMNS)} from {table} where closed_on is null and matter in {codes}"


def group_of(*groups: str) -> list[Matter]:
    """The kinds of some groups, in the order of lists."""
    return [matter for matter in MATTERS.values() if matter.group in groups]
