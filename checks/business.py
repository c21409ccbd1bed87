"""Registry business (学籍异动) as units deliver it: its kinds and states, how a row is read, and why one is not taken.

A unit's delivery tells all of its business; the row of a business number that is furthest on counts.
"""

from xueji.checks.code_lists import GRADE, CodeList
from xueji.checks.core_students import date_sql
from xueji.checks.row_faults import RowFault, judged_sql
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import distinct_trimmed_sql, number_normalised_sql, trimmed_sql

TRANSFER, SUSPENSION, RESUMPTION, DROPOUT, SKIP, REPEAT = (
    "transfer", "suspension", "resumption", "dropout", "skip", "repeat",
)  # fmt: skip
ABROAD, DEATH, EMIGRATION, WITHDRAWAL, EXPULSION = "abroad", "death", "emigration", "withdrawal", "expulsion"
KIND = CodeList(
    "kind",
    "教基一厅〔2015〕2号，四：休学复学、转学、控辍保学、跳级、留级、境外就读、死亡等日常学籍异动管理",
    {
        TRANSFER: ("转学", "省内转学", "跨省转学", "跨省转入", "跨省转出", "转学转入", "转学转出"),
        SUSPENSION: ("休学",),
        RESUMPTION: ("复学",),
        DROPOUT: ("辍学",),
        SKIP: ("跳级",),
        REPEAT: ("留级",),
        ABROAD: ("境外就读", "出境学习", "出国（境）就读"),
        DEATH: ("死亡", "学生死亡"),
        EMIGRATION: ("出国（境）定居", "出国(境)定居", "出国定居", "出境定居", "出国"),
        WITHDRAWAL: ("退学",),
        EXPULSION: ("开除学籍", "开除"),
    },
)
OPEN, DONE, REFUSED = "open", "done", "refused"
STATE = CodeList(
    "state",
    "words of operating guides; no official list was found",
    {
        OPEN: ("在办", "办理中", "正在办理", "待审核", "审核中", "待办结", "未办结"),
        DONE: ("办结", "已办结", "办理完成", "审核通过", "已完成"),
        REFUSED: ("不通过", "审核不通过", "未通过", "退回", "驳回", "已驳回", "自动驳回", "撤销", "已撤销"),
    },
)
KIND_TITLES = {code: labels[0] for code, labels in KIND.labels.items()}

_DATES = {"applied_on": "申请日期", "finished_on": "办结日期", "ends_on": "截止日期", "control_on": "劝返日期"}
_GRADES = {"from_grade": "原年级", "to_grade": "现年级"}
_MOVES = f"kind in ('{SKIP}', '{REPEAT}')"
_UNREAD = {column: f"({column} is null and {column}_text is not null)" for column in (*_DATES, *_GRADES)}


def is_school_code_sql(column: str) -> str:
    """Boolean SQL: ten digits."""
    return f"(length({column}) = 10 and translate({column}, '0123456789', '') = '')"


def business_faults(delivered_on: str) -> tuple[RowFault, ...]:
    """The row rules, in the order in which they are asked, for a delivery of a date."""
    day = f"date '{delivered_on}'"
    unread = tuple(
        RowFault(f"business_{column}", f"{label}“{{}}”不是有效日期", "按2026-09-01的样式填写", column, _UNREAD[column], f"{column}_text")
        for column, label in _DATES.items()
    ) + tuple(
        RowFault(f"business_{column}", f"{label}“{{}}”不是年级", "填写小学一年级至高中三年级，如七年级、初一", column, _UNREAD[column], f"{column}_text")
        for column, label in _GRADES.items()
    )  # fmt: skip
    return (
        RowFault("business_no_missing", "没有业务编号", "填写学籍系统中的业务编号", "business_no", "business_no is null"),
        RowFault("business_kind", "业务类型“{}”不在可选范围内", f"填写{'、'.join(KIND_TITLES.values())}之一", "kind", "kind is null", "coalesce(kind_text, '')"),
        RowFault("business_state", "办理状态“{}”不在可选范围内", "填写在办、办结或不通过", "state", "state is null", "coalesce(state_text, '')"),
        RowFault("business_student_missing", "没有学籍号", "填写学生的学籍号", "student_no", "student_no is null"),
        RowFault("business_school", "学校标识码“{}”不是10位数字", "填写学生学籍所在学校的10位标识码", "school_code", f"school_code is null or not {is_school_code_sql('school_code')}", "coalesce(school_code_text, '')"),
        RowFault("business_applied_missing", "没有申请日期", "填写申请日期", "applied_on", "applied_on is null and applied_on_text is null"),
        *unread,
        RowFault("business_finish_missing", "状态为办结，没有办结日期", "填写办结日期，或者把状态改为在办", "finished_on", f"state = '{DONE}' and finished_on is null"),
        RowFault("business_finish_early", "状态为在办，却有办结日期{}", "已经办结的，状态填写办结；没有办结的，清空办结日期", "finished_on", f"state = '{OPEN}' and finished_on is not null", "cast(finished_on as varchar)"),
        RowFault("business_finish_reversed", "办结日期{}早于申请日期", "核对申请日期和办结日期", "finished_on", "finished_on < applied_on", "cast(finished_on as varchar)"),
        RowFault("business_end_reversed", "截止日期{}早于申请日期", "核对申请日期和截止日期", "ends_on", "ends_on < applied_on", "cast(ends_on as varchar)"),
        RowFault("business_future", f"申请日期或办结日期晚于报送日期{delivered_on}", "核对申请日期和办结日期", "applied_on", f"applied_on > {day} or finished_on > {day}"),
        RowFault("business_other_missing", "转学没有转入学校标识码", "填写转入学校的10位标识码", "other_school_code", f"kind = '{TRANSFER}' and other_school_code is null"),
        RowFault("business_other", "转入学校标识码“{}”不是10位数字", "填写转入学校的10位标识码", "other_school_code", f"not {is_school_code_sql('other_school_code')}", "other_school_code_text"),
        RowFault("business_other_same", "转出学校和转入学校是同一所学校", "核对转入学校标识码", "other_school_code", f"kind = '{TRANSFER}' and other_school_code = school_code"),
        RowFault("business_grades_missing", "跳级、留级没有填写原年级和现年级", "填写原年级和现年级", "to_grade", f"{_MOVES} and (from_grade is null or to_grade is null)"),
        RowFault("business_skip_reversed", "跳级的现年级应高于原年级", "核对原年级和现年级", "to_grade", f"kind = '{SKIP}' and to_grade <= from_grade"),
        RowFault("business_repeat_reversed", "留级的现年级不应高于原年级", "核对原年级和现年级", "to_grade", f"kind = '{REPEAT}' and to_grade > from_grade"),
    )  # fmt: skip


REPEATED = RowFault(
    "business_repeated",
    "业务编号重复，已采用其中办理进度最新的一行",
    "每个业务编号只保留最新的一行",
    "business_no",
    "false",
)
BUSINESS_RULES = {fault.id: fault for fault in (*business_faults("2026-09-01"), REPEATED)}


def typed_business_sql(rows: str) -> str:
    """A query over delivered rows, a query with `file`: the columns of `business`, the texts they were read from, `file` and `raw`."""
    texts = ("kind", "state", "school_code", "other_school_code", *_DATES, *_GRADES)
    return f"""
        with delivered as (
            select
                file, "row",
                concat_ws(',', business_no, {", ".join(texts)}, student_no) as raw,
                {distinct_trimmed_sql("business_no")} as business_no,
                {distinct_trimmed_sql("business_no")} as business_no_text,
                {distinct_trimmed_sql("student_no")} as student_no,
                {distinct_trimmed_sql("student_no")} as student_no_text,
                {", ".join(f"{trimmed_sql(column)} as {column}_text" for column in texts)}
            from ({rows}) as rows_given
        )
        select
            *,
            {KIND.code_sql("kind_text")} as kind,
            {STATE.code_sql("state_text")} as state,
            {number_normalised_sql("school_code_text")} as school_code,
            {number_normalised_sql("other_school_code_text")} as other_school_code,
            {", ".join(f"{date_sql(f'{column}_text')} as {column}" for column in _DATES)},
            {", ".join(f"cast({GRADE.code_sql(f'{column}_text')} as integer) as {column}" for column in _GRADES)}
        from delivered
    """


def judged_business_sql(rows: str, unit: str, delivered_on: str) -> str:
    """A query for `business` rows with the rule that each breaks (`judged_sql`)."""
    typed = f"select {literal(unit)} as unit_code, * from ({typed_business_sql(rows)}) as read"
    furthest = f"""
        case state when '{OPEN}' then 2 else 1 end, finished_on desc nulls last, applied_on desc, kind, state, student_no, school_code,
        other_school_code, ends_on, control_on desc, from_grade, to_grade, file, raw
    """
    return judged_sql(typed, business_faults(delivered_on), REPEATED, ("business_no",), furthest)
