"""The round trip of student numbers issued to a province with its own system: from the centre to its own record, and back."""

from xueji.checks.docking_fields import LOCAL_NO, STUDENT_NO
from xueji.checks.docking_found import items_sql
from xueji.checks.text_folding import number_normalised_sql

PROVISIONAL = "L"


def issued_sql(issued: str) -> str:
    """A query for the numbers issued, normalised: of a local number issued to several times the last."""
    return f"""
        select local_no, arg_max(student_no, coalesce(cast(issued_on as varchar), '') || student_no) as student_no
        from (
            select {number_normalised_sql("local_no")} as local_no, {number_normalised_sql("student_no")} as student_no, issued_on
            from ({issued}) as given
        ) as issued
        where local_no is not null and student_no is not null
        group by local_no
    """


def outcomes_sql() -> str:
    """One row an issued number: `check_id` of the one check it fails, null when it came home.

    The first that applies: it stands on another record; it did not arrive; another number stands there; the centre lacks it. A record
    that one of the copies lacks altogether is told of as missing, not here.
    """
    return f"""
        with own as (
            select
                {LOCAL_NO} as local_no,
                min(xxbsm) as school_code,
                bool_or({STUDENT_NO} = issued.student_no) as is_there,
                min({STUDENT_NO}) as held,
                bool_or(unlinked.row_no is null) as is_linked
            from local_copy join issued on issued.local_no = local_copy.{LOCAL_NO}
            left join local_unlinked as unlinked on unlinked.row_no = local_copy.row_no
            group by {LOCAL_NO}
        ),
        elsewhere as (
            select distinct issued.student_no
            from local_copy join issued on issued.student_no = local_copy.{STUDENT_NO}
            where local_copy.{LOCAL_NO} is distinct from issued.local_no
        ),
        central as (
            select distinct issued.student_no from central_copy join issued on issued.student_no = central_copy.{STUDENT_NO}
        ),
        judged as (
            select
                issued.*, own.school_code, own.held,
                case
                    when coalesce(own.is_there, false) then
                        case when central.student_no is null and own.is_linked then 'docking_number_central' end
                    when elsewhere.student_no is not null then 'docking_number_own_record'
                    when own.local_no is null then case when central.student_no is null then 'docking_number_arrived' end
                    when own.held is null or substr(own.held, 1, 1) = '{PROVISIONAL}' then 'docking_number_arrived'
                    else 'docking_number_same'
                end as check_id
            from issued
            left join own on own.local_no = issued.local_no
            left join elsewhere on elsewhere.student_no = issued.student_no
            left join central on central.student_no = issued.student_no
        )
        select
            local_no, student_no, school_code, held,
            -- Who holds a number that is another's own is that one's matter: giving it back mends both.
            case when check_id = 'docking_number_same' and held in (
                select student_no from judged where check_id = 'docking_number_own_record'
            ) then null else check_id end as check_id
        from judged
    """


def number_items_sql(check_id: str) -> str:
    """The issued numbers that fail a check."""
    return items_sql(
        check_id, f"issued_outcomes where check_id = '{check_id}'", school_code="school_code", subject="local_no",
        field=f"'{STUDENT_NO}'", group_subject=f"'{STUDENT_NO}'", local_value="held", central_value="student_no",
    )  # fmt: skip
