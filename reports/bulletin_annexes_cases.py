"""Annexes about problem records: what is pending, what came and went, who is late, by when it will be done. A row a part."""

import math

from xueji.checks.deadlines import settlement_due
from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes_tables import (
    CHANGE_TITLE,
    RATE_TITLE,
    Annex,
    Column,
    Figure,
    changed,
    counted,
    derived,
    open_counted,
    parts_annex,
    previously,
    rated,
    total_of,
    types_of,
)
from xueji.reports.bulletin_facts import Cell, Facts, number_cell
from xueji.reports.bulletin_wording import TYPE_TITLES, short_date
from xueji.reports.indicator_definitions import (
    ACTOR_TITLES,
    AGE_TITLES,
    DISPOSITION_TITLES,
    OFFICE_TITLES,
    SCOPE_TITLES,
)

COUNTING_NOTE = "问题学籍按例统计：同一学籍有两类问题的，各计1例；同一类问题有多项原因的，计1例。"
LEFT_OUT_NOTE = "合计不包括省内“姓名+性别+出生日期”重复问题学籍，该项另列。"
ALL_TYPES_NOTE = "本表含省内“姓名+性别+出生日期”重复问题学籍。"
OWN_PACE_NOTE = (
    "预计数按上期通报截止日以来每工作日办结数推算，不计今后新下发的问题学籍；各地按自身进度推算，预计剩余数不相加。"
)
FIRST_NOTE = "本期为首期通报，尚无办结进度，不作预计。"
SCOPES_TITLE = f"{TYPE_TITLES['DUP_ID']}问题学籍范围统计表"
SCOPE_NOTE = "重复范围为包含全部重复学籍的最低一级；无市级建制的，由县直接归入省。"


def pending_annex(facts: Facts, code: str) -> Annex:
    """What is pending by type, the total beside the previous bulletin's."""
    is_national = code == ind.NATIONAL_CODE
    total = total_of(code)
    apart = "DUP_NSB"
    figures = (
        *(counted(TYPE_TITLES[kind], ind.pending(kind)) for kind in types_of(facts, code)),
        counted("合计", total),
        previously("上期合计", total),
        changed(CHANGE_TITLE, total),
        *((counted(TYPE_TITLES[apart], ind.pending(apart), "另：不计入合计"),) if is_national else ()),
    )
    notes = (COUNTING_NOTE, LEFT_OUT_NOTE) if is_national else (COUNTING_NOTE,)
    return parts_annex(facts, code, "pending", "待处理问题学籍情况统计表", figures, *notes)


def changes_annex(facts: Facts, code: str) -> Annex:
    """Each type beside the previous bulletin's."""
    figures = [
        figure
        for kind in types_of(facts, code)
        for figure in (
            previously("上期", ind.pending(kind), TYPE_TITLES[kind]),
            changed("增减(%)", ind.pending(kind), TYPE_TITLES[kind]),
        )
    ]
    return parts_annex(facts, code, "changes", "待处理问题学籍较上期变化情况统计表", figures)


def flow_annex(facts: Facts, code: str) -> Annex:
    figures = (
        counted("期初", ind.CASES_OPENING),
        counted("新下发", ind.CASES_NEW),
        counted("再次出现", ind.CASES_REOPENED),
        counted("合计", ind.CASES_CLOSED, "办结"),
        *(counted(title, ind.closed_by(way), "办结") for way, title in DISPOSITION_TITLES.items()),
        counted("期末", ind.PENDING_TOTAL),
    )
    notes = ("期初＋新下发＋再次出现－办结＝期末。", *((ALL_TYPES_NOTE,) if code == ind.NATIONAL_CODE else ()))
    return parts_annex(facts, code, "flow", "问题学籍增减和办结情况统计表", figures, *notes)


def ages_annex(facts: Facts, code: str) -> Annex:
    ages, back = "待处理问题学籍积压时长（工作日）", "本期审核退回（例次）"
    short = {"10": "10个以内", "30": "11—30个", "60": "31—60个", "older": "60个以上"}
    figures = (
        *(counted(short[age], ind.pending_aged(age), ages) for age in AGE_TITLES),
        *(counted(title, ind.returned_by(office), back) for office, title in OFFICE_TITLES.items()),
        counted("合计", ind.RETURNED_TOTAL, back),
    )
    return parts_annex(facts, code, "ages", "问题学籍积压时长和审核退回情况统计表", figures)


def overdue_annex(facts: Facts, code: str) -> Annex:
    late, audits = "超期未办（按应办理的一方）", "待审核"
    figures = (
        *(counted(title, ind.overdue_at(actor), late) for actor, title in ACTOR_TITLES.items()),
        counted("合计", ind.OVERDUE_TOTAL, late),
        counted("合计", ind.AUDITS_WAITING, audits),
        counted("超过10个工作日", ind.AUDITS_OVERDUE, audits),
    )
    note = "每一办理环节的期限为10个工作日，且不晚于6月30日；案件新进入环节时已过6月30日的，仍为10个工作日。"
    return parts_annex(facts, code, "overdue", "问题学籍超期未办情况统计表", figures, note)


def completion_annex(facts: Facts, code: str) -> Annex:
    has_counties = any(facts.parts(part.code) for part in facts.parts(code))
    figures = (
        counted("本期办结", ind.CASES_CLOSED, "处理"),
        counted("待处理", ind.PENDING_TOTAL, "处理"),
        derived("完成率(%)", ind.COMPLETION_PERCENT, "处理"),
        counted("本期审核", ind.AUDITS_DONE, "审核"),
        derived("完成率(%)", ind.AUDIT_COMPLETION_PERCENT, "审核"),
        derived("每工作日办结", ind.CLOSED_PER_DAY, "预计"),
        left_figure(due_title(facts), "预计"),
        *((open_counted("不能如期完成的县数", ind.COUNTIES_MISSING, "预计"),) if has_counties else ()),
    )
    forecast_note = FIRST_NOTE if facts.is_first else OWN_PACE_NOTE
    return parts_annex(facts, code, "completion", "问题学籍处理完成和预计完成情况统计表", figures, forecast_note)


def due_title(facts: Facts) -> str:
    """The next 30 June as column heads say it."""
    return short_date(settlement_due(facts.as_of))


def left_figure(due: str, group: str = "") -> Figure:
    return Figure(Column(f"{due}剩余", group, ind.FORECAST_LEFT), left_cell)


def left_cell(facts: Facts, code: str) -> Cell:
    """What is left on the next 30 June, in whole records: a record is done or it is not."""
    cell = facts.figure(code, ind.FORECAST_LEFT)
    return cell if cell.value is None else number_cell(math.ceil(cell.value))


def rates_annex(facts: Facts, code: str) -> Annex:
    types = types_of(facts, code)
    interval = Figure(
        Column("95%置信区间", RATE_TITLE, ind.per_10000_low(ind.PENDING_TOTAL)), lambda of, area: of.interval(area)
    )
    figures = (
        open_counted("学生数", ind.STUDENTS),
        counted("涉及学生", ind.PENDING_STUDENTS),
        counted("待处理合计", ind.PENDING_TOTAL),
        rated("合计", ind.PENDING_TOTAL, RATE_TITLE),
        interval,
        *(rated(TYPE_TITLES[kind], ind.pending(kind), RATE_TITLE) for kind in types),
    )
    notes = (
        f"学生数不足{ind.RATE_MIN_STUDENTS}名的，不计算每万名学生数；置信区间按Byar近似法计算。",
        *((ALL_TYPES_NOTE,) if code == ind.NATIONAL_CODE else ()),
    )
    return parts_annex(facts, code, "rates", "每万名学生待处理问题学籍情况统计表", figures, *notes)


def scopes_annex(facts: Facts) -> Annex:
    """The nation's duplicates of numbers by the level that holds all parties, a row a unit."""
    figures = [counted(SCOPE_TITLES[scope], ind.duplicates_in("DUP_ID", scope)) for scope in ind.SCOPES]
    total = counted("合计", ind.pending("DUP_ID"))
    return parts_annex(facts, ind.NATIONAL_CODE, "scopes", SCOPES_TITLE, (*figures, total), SCOPE_NOTE)
