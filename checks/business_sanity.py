"""Daily sanity of registry business (学籍异动): what was applied for, what the registry shows, and whether the two agree.

A registry that was delivered before a business was finished cannot show it, and is not held against it. The queries read `business`,
`core_schools` and `snapshots`, and three tables of `prepared_statements`, which hold the few records of core_students that matter.
"""

from collections.abc import Iterator
from datetime import date

from xueji.checks.business import (
    DEATH,
    DONE,
    DROPOUT,
    EMIGRATION,
    EXPULSION,
    KIND_TITLES,
    OPEN,
    REFUSED,
    REPEAT,
    RESUMPTION,
    SKIP,
    SUSPENSION,
    TRANSFER,
    WITHDRAWAL,
)
from xueji.checks.deadlines import STEP_WORKING_DAYS
from xueji.checks.matter import Matter, MatterNight, found_columns_sql
from xueji.checks.sql_text import literal, literal_list

PURGE_DAY = 15  # of a month: requests that are half a year old are purged at 18:00
LAST_GRADE = 12
LONGEST_SUSPENSION = "interval '1' year"  # of a suspension whose end nobody told
_TITLE = (
    f"case kind {' '.join(f'when {literal(kind)} then {literal(title)}' for kind, title in KIND_TITLES.items())} end"
)


def prepared_statements(students: str = "core_students", here: str = "core_students") -> Iterator[tuple[str, str]]:
    """Name and query of each table that the queries read beside the lake's, in order. `here` has the records of units with business."""
    yield "business_records", business_records_sql(here)
    yield "told_business", told_business_sql()
    yield "arrivals", arrivals_sql(students)


def business_records_sql(students: str) -> str:
    """A query: the records of students with business, in the unit that has it."""
    return f"""
        select
            s.unit_code, s.school_code, s.student_no, s.record_key, s.name, s.grade, s.class_no, s.number_key, s.as_of,
            coalesce(s.is_out_of_school, false) as is_out
        from {students} as s
        where exists (
            select 1 from business as b
            where b.unit_code = s.unit_code and b.student_no = s.student_no and b.state <> {literal(REFUSED)}
        )
    """


def told_business_sql() -> str:
    """A query: business that was not refused, with the county and the student's record: the one at its school, else any of the unit.

    `is_latest` tells the last of a student's business of a kind, skipping and repeating counting as one kind.
    """
    return f"""
        with records as (
            select
                b.business_no, r.*,
                row_number() over (
                    partition by b.unit_code, b.business_no
                    order by case when r.school_code = b.school_code then 1 else 2 end, r.is_out, r.record_key
                ) as place
            from business as b
            join business_records as r on r.unit_code = b.unit_code and r.student_no = b.student_no
            where b.state <> {literal(REFUSED)}
        )
        select
            b.*, schools.county_code, others.school_name as other_school_name,
            coalesce(others.unit_code, substr(b.other_school_code, 3, 2)) as other_unit_code,
            r.record_key, r.name, r.grade, r.class_no, r.number_key, r.as_of, r.is_out,
            r.school_code as record_school_code,
            row_number() over (
                partition by b.unit_code, b.student_no,
                    case when b.kind in {literal_list((SKIP, REPEAT))} then 'grade' else b.kind end
                order by b.applied_on desc, b.finished_on desc nulls first, b.business_no desc
            ) = 1 as is_latest
        from business as b
        left join records as r on r.unit_code = b.unit_code and r.business_no = b.business_no and r.place = 1
        left join core_schools as schools on schools.school_code = b.school_code
        left join core_schools as others on others.school_code = b.other_school_code
        where b.state <> {literal(REFUSED)}
    """


def arrivals_sql(students: str) -> str:
    """A query: business_no of transfers with a record of the student at the school it goes to, and whether it is in school there.

    The same student: the same student number or the same document number.
    """
    at_school = f"""
        select s.school_code, s.student_no, s.number_key, coalesce(s.is_out_of_school, false) as is_out
        from {students} as s
        where s.school_code in (select other_school_code from business where kind = {literal(TRANSFER)})
    """
    join = "join at_school as s on s.school_code = b.other_school_code"
    return f"""
        with at_school as ({at_school}),
        met as (
            select b.unit_code, b.business_no, s.is_out
            from told_business as b {join} and s.student_no = b.student_no
            where b.kind = {literal(TRANSFER)}
            union all
            select b.unit_code, b.business_no, s.is_out
            from told_business as b {join} and s.number_key = b.number_key
            where b.kind = {literal(TRANSFER)}
        )
        select unit_code, business_no, bool_or(not is_out) as is_in_school
        from met
        group by unit_code, business_no
    """


def next_purge(night: date) -> date:
    """The first 15th of a month on or after the night."""
    if night.day <= PURGE_DAY:
        return night.replace(day=PURGE_DAY)
    return date(night.year + night.month // 12, night.month % 12 + 1, PURGE_DAY)


def half_a_year_before(day: date) -> date:
    """The same day of the month six months earlier; the day is one that every month has."""
    month = day.year * 12 + day.month - 1 - 6
    return date(month // 12, month % 12 + 1, day.day)


def _found(code: str, reason: str, where: str, more: str = "") -> str:
    columns = found_columns_sql(
        code,
        {
            "unit_code": "b.unit_code", "county_code": "b.county_code", "school_code": "b.school_code", "subject": "b.business_no",
            "student_no": "b.student_no", "name": "b.name", "grade": "b.grade", "class_no": "b.class_no", "reason": reason,
        },
    )  # fmt: skip
    return f"select {columns} from told_business as b {more} where {where}"


def transfer_slow_sql(tonight: MatterNight) -> str:
    """Transfers open for more than ten working days, and not so long that they are purged. `step_dues` tells each day's tenth."""
    cutoff = half_a_year_before(next_purge(tonight.night))
    reason = f"cast(b.applied_on as varchar) || '申请转学，{STEP_WORKING_DAYS}个工作日的办理期限为' || cast(d.due_on as varchar) || '，至今未办结'"
    where = (
        f"b.kind = '{TRANSFER}' and b.state = '{OPEN}' and d.due_on < {tonight.sql} and b.applied_on > date '{cutoff}'"
    )
    return _found("transfer_slow", reason, where, "join step_dues as d on d.applied_on = b.applied_on")


def transfer_purge_sql(tonight: MatterNight) -> str:
    """Transfers open that will be half a year old on the next 15th."""
    purge = next_purge(tonight.night)
    reason = f"cast(b.applied_on as varchar) || '申请转学，满半年未办结，将于{purge.year}年{purge.month}月{purge.day}日18时被清理'"
    where = f"b.kind = '{TRANSFER}' and b.state = '{OPEN}' and b.applied_on <= date '{half_a_year_before(purge)}'"
    return _found("transfer_purge", reason, where)


def suspension_over_sql(tonight: MatterNight) -> str:
    """Students suspended past the end, neither back by a resumption nor in school again by the registry."""
    end = f"coalesce(b.ends_on, cast(b.applied_on + {LONGEST_SUSPENSION} as date))"
    back = f"""exists (
        select 1 from told_business as r
        where r.unit_code = b.unit_code and r.student_no = b.student_no and r.kind = '{RESUMPTION}' and r.state = '{DONE}'
            and r.applied_on >= b.applied_on
    )"""
    reason = """case when b.ends_on is null then '休学满一年（未填截止日期），没有办理复学'
        else '休学至' || cast(b.ends_on as varchar) || '，期满没有办理复学' end"""
    where = f"""b.kind = '{SUSPENSION}' and b.state = '{DONE}' and b.is_latest and b.record_key is not null and b.is_out
        and {end} < {tonight.sql} and not {back}"""
    return _found("suspension_over", reason, where)


def dropout_no_control_sql(tonight: MatterNight) -> str:
    """Students who dropped out without any action of 控辍保学, and are not back."""
    back = f"""exists (
        select 1 from told_business as r
        where r.unit_code = b.unit_code and r.student_no = b.student_no and r.kind = '{RESUMPTION}' and r.state = '{DONE}'
            and r.applied_on >= b.applied_on
    )"""
    reason = "cast(b.applied_on as varchar) || '登记辍学，没有劝返记录'"
    where = f"b.kind = '{DROPOUT}' and b.is_latest and b.control_on is null and not {back}"
    return _found("dropout_no_control", reason, where)


def grade_unlike_business_sql(tonight: MatterNight) -> str:
    """Students whose grade is not the one that their last skipping or repeating leads to, school years since counted on.

    Business finished from July on is of the coming school year; a grade to be repeated that was settled before July may be this year's or
    the next one's. September is left for moving records on: both grades are right then, and nothing is judged before the school year
    has begun that the business is for.
    """

    def school_year(day: str, first_month: int) -> str:
        return f"(extract(year from {day}) - case when extract(month from {day}) >= {first_month} then 0 else 1 end)"

    began = school_year("b.finished_on", 7)
    stays = f"case when b.kind = '{REPEAT}' and b.to_grade = b.from_grade and extract(month from b.finished_on) < 7 then 1 else 0 end"
    low = f"(b.to_grade + {school_year('b.as_of', 10)} - {began} - {stays})"
    high = f"(b.to_grade + {school_year('b.as_of', 9)} - {began})"
    reason = f"""cast(b.finished_on as varchar) || '办结' || {_TITLE} || '（' || cast(b.from_grade as varchar) || '年级至'
        || cast(b.to_grade as varchar) || '年级），现应为' || cast({low} as varchar)
        || case when {low} < {high} then '或' || cast({high} as varchar) else '' end || '年级，学籍为' || cast(b.grade as varchar) || '年级'"""
    where = f"""b.kind in {literal_list((SKIP, REPEAT))} and b.state = '{DONE}' and b.is_latest and not b.is_out
        and b.as_of > b.finished_on and {low} between b.to_grade and {LAST_GRADE} and b.grade not between {low} and {high}"""
    return _found("grade_unlike_business", reason, where)


def left_still_enrolled_sql(tonight: MatterNight) -> str:
    """Students who died or emigrated, by finished business, and still are in school by the registry."""
    reason = f"cast(b.finished_on as varchar) || '办结' || {_TITLE} || '，学籍仍为在校'"
    where = f"""b.kind in {literal_list((DEATH, EMIGRATION))} and b.state = '{DONE}' and b.is_latest and b.record_key is not null
        and not b.is_out and b.as_of > b.finished_on"""
    return _found("left_still_enrolled", reason, where)


_OTHER_SCHOOL = "coalesce(b.other_school_name, b.other_school_code)"


def transfer_both_ends_sql(tonight: MatterNight) -> str:
    """Transfers whose student is in school at both ends: under one student number, or one document number."""
    reason = f"""case when b.state = '{DONE}' then '转学已办结，转出学校和转入学校（' || {_OTHER_SCHOOL} || '）学籍均为在校'
        else '转学正在办理，转入学校（' || {_OTHER_SCHOOL} || '）已另有该生在校学籍' end"""
    where = f"""b.kind = '{TRANSFER}' and b.is_latest and b.record_school_code = b.school_code and not b.is_out and a.is_in_school
        and (b.state = '{OPEN}' or b.as_of > b.finished_on)"""
    return _found(
        "transfer_both_ends", reason, where, "join arrivals as a on a.unit_code = b.unit_code and a.business_no = b.business_no"
    )  # fmt: skip


def transfer_not_arrived_sql(tonight: MatterNight) -> str:
    """Finished transfers whose student the school it goes to does not have, by a registry that its unit delivered since.

    Not when that school has let the student go since, and not of transfers finished more than a year ago: by then a student may have
    finished school there.
    """
    gone_on = f"""exists (
        select 1 from business as n
        where n.school_code = b.other_school_code and n.student_no = b.student_no and n.state <> {literal(REFUSED)}
            and n.applied_on >= b.applied_on and n.kind in {literal_list((TRANSFER, DEATH, EMIGRATION, WITHDRAWAL, EXPULSION))}
    )"""
    reason = f"cast(b.finished_on as varchar) || '转学办结，转入学校（' || {_OTHER_SCHOOL} || '）没有该生学籍'"
    where = f"""b.kind = '{TRANSFER}' and b.state = '{DONE}' and b.is_latest and a.business_no is null and n.as_of > b.finished_on
        and cast(b.finished_on + interval '1' year as date) >= {tonight.sql} and not {gone_on}"""
    return _found(
        "transfer_not_arrived",
        reason,
        where,
        """join snapshots as n on n.unit_code = b.other_unit_code
        left join arrivals as a on a.unit_code = b.unit_code and a.business_no = b.business_no""",
    )


_STEP_CLAUSE = "福建省月度通报（截至2015年6月30日）：各环节应在10个工作日内办理"
_PURGE_CLAUSE = "全国月度通报（截至2015年8月10日）：超过半年未办结的申请每月15日18时清理"
_DAILY_CLAUSE = "教基一厅〔2015〕2号，四：做好休学复学、转学、控辍保学、跳级、留级、境外就读、死亡等日常学籍异动管理"
_STATE_CLAUSE = "教基一厅〔2015〕2号，四；《中小学生学籍管理办法》：人籍一致"

MATTERS = (
    Matter("transfer_slow", "business", "转学超期未办结", "school", "尽快办理本环节；不再转学的，撤销申请", _STEP_CLAUSE, found_sql=transfer_slow_sql),
    Matter("transfer_purge", "business", "转学申请即将被清理", "school", "在清理日前办结；不再转学的，撤销申请", _PURGE_CLAUSE, found_sql=transfer_purge_sql),
    Matter("suspension_over", "business", "休学期满未复学", "school", "联系学生办理复学；不能复学的，办理延期休学", _DAILY_CLAUSE, found_sql=suspension_over_sql),
    Matter("dropout_no_control", "business", "辍学未开展劝返", "school", "开展控辍保学劝返，登记劝返日期", _DAILY_CLAUSE, found_sql=dropout_no_control_sql),
    Matter("grade_unlike_business", "business", "年级与跳级、留级结果不符", "school", "核对学生现年级，在学籍系统内更正", _DAILY_CLAUSE, found_sql=grade_unlike_business_sql),
    Matter("left_still_enrolled", "business", "死亡、出国（境）定居后学籍仍为在校", "school", "核实情况，办理离校", _DAILY_CLAUSE, found_sql=left_still_enrolled_sql),
    Matter("transfer_both_ends", "business", "转学两端学籍均为在校", "school", "与对方学校核实学生就读学校，保留就读学校学籍", _STATE_CLAUSE, found_sql=transfer_both_ends_sql),
    Matter("transfer_not_arrived", "business", "转学办结后未到转入学校", "school", "联系转入学校和学生家长，核实学生去向", _STATE_CLAUSE, found_sql=transfer_not_arrived_sql),
)  # fmt: skip
