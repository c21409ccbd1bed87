"""What confirmation forms leave to be done: students to be made ready for verification, changes the registry does not show, schools behind.

The queries read `snapshots`, `core_schools`, `core_forms`, and the tables of `prepared_statements`; all are about the round that a unit is in.
"""

from collections.abc import Iterator
from datetime import date

from xueji.checks.campaigns import ENTRY, school_windows_sql, unit_campaigns_sql
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.form_changes import ITEM_PASSED, NOT_SHOWN
from xueji.checks.form_fields import FORM_FIELDS
from xueji.checks.form_states import unannounced_sql
from xueji.checks.matter import Matter, MatterNight, found_columns_sql
from xueji.checks.sql_text import literal
from xueji.checks.verification_scope import EXCLUSIONS, NOT_IN_SCHOOL, OPEN_BUSINESS, OPEN_TRANSFER

WARNED_WORKING_DAYS = 5  # before a window closes
_LABEL = (
    "case f.field "
    + " ".join(f"when '{field}' then '{FIELD_LABELS[field]}'" for field in FORM_FIELDS)
    + " else f.field end"
)


def prepared_statements(night: date, students: str = "core_students") -> Iterator[tuple[str, str]]:
    """Name and query of each table that the queries read beside the lake's, in order. `current_campaigns` is made before."""
    yield "followed_forms", followed_forms_sql()
    yield "hidden_changes", hidden_changes_sql()
    yield "followed_people", followed_people_sql(students)
    yield "entry_ends", entry_ends_sql()


def current_campaigns_sql(night: date) -> str:
    """A query: the round that each unit is in."""
    return unit_campaigns_sql(str(night))


def followed_forms_sql() -> str:
    """A query: records that are excluded from verification, or whose form came back with 查无此人."""
    return """
        select f.unit_code, f.campaign, f.county_code, f.school_code, f.record_key, f.student_no, f.grade, f.class_no, f.exclusion,
            f.returned_on, coalesce(f.is_not_here, false) as is_not_here
        from core_forms as f
        join current_campaigns as c on c.unit_code = f.unit_code and c.campaign = f.campaign
        where f.exclusion is not null or f.is_not_here
    """


def hidden_changes_sql() -> str:
    """A query: changes that passed their audit and that a registry delivered since does not show."""
    return f"""
        select f.unit_code, f.campaign, f.county_code, f.school_code, f.record_key, f.field, f.audited_on
        from form_changes as f
        join current_campaigns as c on c.unit_code = f.unit_code and c.campaign = f.campaign
        join snapshots as n on n.unit_code = f.unit_code
        where f.state = '{ITEM_PASSED}' and f.registry = '{NOT_SHOWN}' and n.as_of > f.audited_on
    """


def followed_people_sql(students: str) -> str:
    """A query: whose records those are. Of records alike in key one row."""
    return f"""
        select s.unit_code, s.record_key, min(s.name) as name, min(s.student_no) as student_no, min(s.grade) as grade,
            min(s.class_no) as class_no
        from {students} as s
        where exists (select 1 from followed_forms as f where f.unit_code = s.unit_code and f.record_key = s.record_key)
            or exists (select 1 from hidden_changes as h where h.unit_code = s.unit_code and h.record_key = s.record_key)
        group by s.unit_code, s.record_key
    """


def entry_ends_sql() -> str:
    """A query: the last day on which each school of a unit in a round may enter."""
    return f"""
        select w.unit_code, w.campaign, w.school_code, max(w.closes_on) as closes_on
        from ({school_windows_sql()}) as w
        join current_campaigns as c on c.unit_code = w.unit_code and c.campaign = w.campaign
        where w.switch = '{ENTRY}'
        group by w.unit_code, w.campaign, w.school_code
    """


def _of_record(code: str, reason: str, subject: str = "f.record_key") -> str:
    values = {column: f"f.{column}" for column in ("unit_code", "campaign", "county_code", "school_code")}
    person = {column: f"p.{column}" for column in ("student_no", "name", "grade", "class_no")}
    return found_columns_sql(code, values | person | {"subject": subject, "reason": reason})


_PERSON = "join followed_people as p on p.unit_code = f.unit_code and p.record_key = f.record_key"


def _excluded_sql(code: str, exclusion: str) -> str:
    return f"""
        select {_of_record(code, literal(EXCLUSIONS[exclusion]))}
        from followed_forms as f {_PERSON}
        where f.exclusion = '{exclusion}'
    """


def form_not_here_sql(tonight: MatterNight) -> str:
    """Records whose form came back because nobody knows the child there."""
    return f"""
        select {_of_record("form_not_here", "'确认表退回：查无此人'")}
        from followed_forms as f {_PERSON}
        where f.is_not_here
    """


def change_not_shown_sql(tonight: MatterNight) -> str:
    """Changes that passed, and that the registry still does not show. One row a record and item."""
    reason = f"'“' || {_LABEL} || '”的更正' || cast(f.audited_on as varchar) || '审核通过，学籍系统中仍为原值'"
    return f"""
        select {_of_record("change_not_shown", reason, "f.record_key || '/' || f.field")}
        from hidden_changes as f {_PERSON}
    """


def key_change_unannounced_sql(tonight: MatterNight) -> str:
    """Key data that the registry says otherwise than the form printed, without a change that passed. One row a record and item."""
    values = {
        column: f"f.{column}"
        for column in (
            "unit_code", "campaign", "county_code", "school_code", "student_no", "name", "grade", "class_no",
        )
    }  # fmt: skip
    reason = f"'关键数据“' || {_LABEL} || '”与确认表印制时不同，没有经审核的变更'"
    columns = found_columns_sql(
        "key_change_unannounced", values | {"subject": "f.record_key || '/' || f.field", "reason": reason}
    )
    return f"""
        select {columns}
        from ({unannounced_sql()}) as f
        join current_campaigns as c on c.unit_code = f.unit_code and c.campaign = f.campaign
    """


def forms_unfinished_sql(tonight: MatterNight) -> str:
    """Schools with unfinished forms when five working days or less of their entry window are left, or none. One row a school."""
    counts = {
        "未下发": "issued_on is null",
        "未回收": "issued_on is not null and returned_on is null",
        "未录入": "returned_on is not null and entered_on is null",
        "未审核": "entered_on is not null and audited_on is null",
        "未上传": "uploaded_on is null",
    }
    columns = ", ".join(f'count(*) filter (where {where}) as "{title}"' for title, where in counts.items())
    total = " + ".join(f'"{title}"' for title in counts)
    parts = " || ".join(
        f"""case when "{title}" > 0 then '，{title}' || cast("{title}" as varchar) || '份' else '' end"""
        for title in counts
    )
    closing = f"""'录入修改窗口' || case when f.closes_on < {tonight.sql} then '已于' else '' end || cast(f.closes_on as varchar)
        || '关闭' || {parts}"""
    values = {column: f"f.{column}" for column in ("unit_code", "campaign", "county_code", "school_code")}
    return f"""
        select {found_columns_sql("forms_unfinished", values | {"subject": "f.school_code", "reason": closing})}
        from (
            select f.unit_code, f.campaign, min(f.county_code) as county_code, f.school_code, e.closes_on, {columns}
            from core_forms as f
            join entry_ends as e on e.unit_code = f.unit_code and e.campaign = f.campaign and e.school_code = f.school_code
            where f.is_due and not coalesce(f.is_not_here, false) and e.closes_on <= date '{tonight.close_by}'
            group by f.unit_code, f.campaign, f.school_code, e.closes_on
        ) as f
        where {total} > 0
    """


_SCOPE = "教基一厅〔2015〕2号，二：非在校生状态的学生，须按程序恢复为在校生状态后核对；正在办理转学等异动业务的学生，须完成异动处理后核对"
_MATCH = "教基一厅〔2015〕2号，三：核实学生“人籍”是否一致"
_UPDATE = "教基一厅〔2015〕2号，四：《确认表》中学生信息内容发生变化的，学校要及时更新全国学籍系统中有关信息，学籍主管部门及时核办"
_AUDIT = "教基一厅〔2015〕2号，二：重要身份信息变更的，须提交身份证件佐证；附件2，三.3：逐条审核各学校的关键数据变更"
_TIME = "教基一厅〔2015〕2号，附件2：按时间开关完成下发、回收、录入、审核、拍照上传"

MATTERS = (
    Matter("excluded_not_in_school", "exclusion", "非在校生状态，不能核对", "school", "按程序恢复为在校生状态；已离校的，办理离校", _SCOPE, found_sql=lambda _: _excluded_sql("excluded_not_in_school", NOT_IN_SCHOOL)),
    Matter("excluded_open_transfer", "exclusion", "转学正在办理，不能核对", "school", "办结转学后，由学籍所在学校核对", _SCOPE, found_sql=lambda _: _excluded_sql("excluded_open_transfer", OPEN_TRANSFER)),
    Matter("excluded_open_business", "exclusion", "学籍异动正在办理，不能核对", "school", "办结异动后，由学籍所在学校核对", _SCOPE, found_sql=lambda _: _excluded_sql("excluded_open_business", OPEN_BUSINESS)),
    Matter("form_not_here", "completeness", "确认表退回：查无此人", "school", "核实学生去向：已离校的办理异动或删除学籍；在校的，重新下发确认表", _MATCH, found_sql=form_not_here_sql),
    Matter("key_change_unannounced", "forms", "关键数据未经审核已变更", "county", "核实变更依据；没有依据的，恢复原值后按程序变更", _AUDIT, found_sql=key_change_unannounced_sql),
    Matter("change_not_shown", "forms", "审核通过的更正未进入学籍系统", "school", "在学籍系统内完成修改；已修改的，核对是否改对项目", _UPDATE, found_sql=change_not_shown_sql),
    Matter("forms_unfinished", "forms", "确认表临近关闭或逾期未完成", "school", "在关闭前完成；不能完成的，向学籍主管部门申请延期", _TIME, found_sql=forms_unfinished_sql),
)  # fmt: skip
