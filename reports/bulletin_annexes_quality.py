"""Annexes about the data: quality classes and index, a row a part of the area; deliveries, a row a unit."""

from datetime import timedelta

from xueji.checks.model import PROBLEM_TYPES
from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes_tables import (
    RATE_TITLE,
    Annex,
    Column,
    Figure,
    Row,
    cells_of,
    changed,
    counted,
    derived,
    open_counted,
    parts_annex,
    place,
    rated,
)
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Facts, number_cell
from xueji.reports.bulletin_wording import short_date
from xueji.reports.indicator_definitions import CLASS_TITLES

QUALITY_NOTE = "同一学籍缺项、有误或未更新不止一处的，在该类中计1条。"
INDEX_NOTE = "综合指数＝覆盖率×（完整率、有效率、及时率、身份信息准确率的平均数）÷100。"
CLASS_NOTE = "综合指数不低于{:g}为优，不低于{:g}为良，不低于{:g}为中，其余为待提升。".format(*ind.QUALITY_BOUNDS)
DELIVERY_NOTES = (
    "送达行数等于接收行数与隔离行数之和；整批退回的，其各行均计入隔离行数。",
    "行数是报送文件的处理情况，不反映学生情况，如数列出。",
)
_VERDICTS = {ind.DELIVERY_ACCEPTED: "接收", ind.DELIVERY_REFUSED: "退回", ind.DELIVERY_MISSING: "未报送"}


def quality_annex(facts: Facts, code: str) -> Annex:
    figures = [
        figure
        for kind in ind.QUALITY_TYPES
        for name, group in ((ind.quality(kind), PROBLEM_TYPES[kind].title),)
        for figure in (
            counted("学籍数", name, group),
            rated(RATE_TITLE, name, group),
            changed("增减(%)", name, group),
        )
    ]
    note = "增减为较上期通报数增减。"
    return parts_annex(facts, code, "quality", "学籍数据质量情况统计表", figures, QUALITY_NOTE, note)


def index_annex(facts: Facts, code: str) -> Annex:
    figures = (
        open_counted("学校数", ind.SCHOOLS),
        open_counted("有学籍数据学校数", ind.SCHOOLS_WITH_STUDENTS),
        derived("覆盖率(%)", ind.COVERAGE_PERCENT),
        derived("完整率(%)", ind.COMPLETENESS_PERCENT),
        derived("有效率(%)", ind.VALIDITY_PERCENT),
        derived("及时率(%)", ind.TIMELINESS_PERCENT),
        derived("身份信息准确率(%)", ind.IDENTITY_PERCENT),
        derived("综合指数", ind.QUALITY_INDEX),
        Figure(Column("等级", indicator=ind.QUALITY_CLASS), class_cell),
    )
    return parts_annex(facts, code, "index", "学籍数据质量综合指数情况统计表", figures, INDEX_NOTE, CLASS_NOTE)


def class_cell(facts: Facts, code: str) -> Cell:
    """The class in words, or the mark in its place."""
    cell = facts.figure(code, ind.QUALITY_CLASS, 0)
    return cell if cell.value is None else Cell(CLASS_TITLES[round(cell.value) - 1])


_DELIVERY_FIGURES = (
    open_counted("文件数", ind.FILES),
    open_counted("送达行数", ind.ROWS_DELIVERED),
    open_counted("接收行数", ind.ROWS_ACCEPTED),
    open_counted("隔离行数", ind.ROWS_QUARANTINED),
)


def delivery_annex(facts: Facts, code: str) -> Annex:
    """The nation's units, or one unit alone."""
    is_national = code == ind.NATIONAL_CODE
    units = facts.parts(code) if is_national else (facts.area(code),)
    rows = [
        Row(
            unit.short_name,
            (_verdict(facts, unit.code), *cells_of(facts, unit.code, _DELIVERY_FIGURES), *_snapshot(facts, unit.code)),
        )
        for unit in units
    ]
    if is_national:
        verdict = Cell(f"接收{facts.number(code, ind.DELIVERY_ACCEPTED)}个")
        cells = (verdict, *cells_of(facts, code, _DELIVERY_FIGURES), Cell(NO_FIGURE), Cell(NO_FIGURE))
        rows.append(Row(ind.NATIONAL_NAME, cells, is_total=True))
    columns = (
        Column("报送结果"),
        *(figure.column for figure in _DELIVERY_FIGURES),
        Column("在用数据日期"),
        Column("滞后天数", indicator=ind.STALE_DAYS),
    )
    title = "各省份数据报送情况统计表" if is_national else f"{place(facts, code)}数据报送情况统计表"
    return Annex(title, "省份", columns, tuple(rows), DELIVERY_NOTES, "deliveries")


def _verdict(facts: Facts, code: str) -> Cell:
    return Cell(next((word for name, word in _VERDICTS.items() if facts.number(code, name)), "未报送"))


def _snapshot(facts: Facts, code: str) -> tuple[Cell, Cell]:
    """The day the records in use are of, and how many days before the bulletin's that is."""
    days = facts.value(code, ind.STALE_DAYS)
    if days is None:
        return Cell(NO_FIGURE), Cell(NO_FIGURE)
    return Cell(short_date(facts.as_of - timedelta(days=days))), number_cell(days)
