"""Annexes that name counties by when they will be done, and a county's schools."""

from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes_cases import FIRST_NOTE, OWN_PACE_NOTE, due_title, left_cell, left_figure
from xueji.reports.bulletin_annexes_tables import (
    MARKS_NOTE,
    Annex,
    Column,
    Figure,
    Row,
    cells_of,
    counted,
    derived,
    place,
)
from xueji.reports.bulletin_facts import NO_FIGURE, Area, Cell, Facts, number_cell
from xueji.reports.bulletin_forecast import completed_at_pace, counties_below
from xueji.reports.bulletin_wording import full_date
from xueji.reports.suppression import WITHHELD_MARK

MISSES, KEEPS, DONE = "不能如期完成", "能如期完成", "已完成"
DIRECT = "省直管"  # counties of no city, beside others that have one
_PRINT_NOTE = f"纸质版只列{MISSES}的县（市、区），数不列出的和其余的见网页和电子表。"
FAR = "十年以后"  # a pace that slow gives no date
_SCHOOL_COLUMNS = (
    Column("学生数", indicator=ind.STUDENTS),
    Column("待处理", indicator=ind.PENDING_TOTAL),
    Column("本期办结", indicator=ind.CASES_CLOSED),
    Column("超期未办", indicator=ind.OVERDUE_TOTAL),
)


def counties_annex(facts: Facts, code: str) -> Annex:
    """All counties below an area in administrative order, by when they will be done at their present pace.

    The residual is no county, and has nobody to be done by.
    """
    counties = [area for area in counties_below(facts, code) if not area.is_residual]
    has_cities = any(part.level == "city" for part in facts.parts(code))
    figures = (
        counted("待处理", ind.PENDING_TOTAL),
        counted("本期办结", ind.CASES_CLOSED),
        derived("每工作日办结", ind.CLOSED_PER_DAY),
        left_figure(due_title(facts)),
        Figure(Column("预计完成日期"), done_cell),
        Figure(Column("预计完成情况"), verdict_cell),
    )
    rows = tuple(
        Row(
            county.short_name,
            (*((Cell(_city(facts, county)),) if has_cities else ()), *cells_of(facts, county.code, figures)),
            is_in_print=verdict_cell(facts, county.code).text == MISSES,
        )
        for county in counties
    )
    columns = (*((Column("所属市（州、盟）"),) if has_cities else ()), *(figure.column for figure in figures))
    notes = (FIRST_NOTE if facts.is_first else OWN_PACE_NOTE, MARKS_NOTE)
    title = f"{place(facts, code)}县级问题学籍预计完成情况统计表"
    return Annex(title, "县（市、区）", columns, rows, notes, "counties", print_note=_PRINT_NOTE)


def _city(facts: Facts, county: Area) -> str:
    """The name of the county's city; a city without counties stands for itself."""
    if county.level == "city":
        return county.name
    above = facts.area(county.parent_code or ind.NATIONAL_CODE)
    return above.name if above.level == "city" else DIRECT


def done_cell(facts: Facts, code: str) -> Cell:
    """The working day on which the last pending record will be done at the present pace."""
    completed = completed_at_pace(facts, code)
    if completed is None or facts.count(code, ind.PENDING_TOTAL).value == 0:
        return Cell(WITHHELD_MARK if facts.figure(code, ind.FORECAST_DAYS).is_mark else NO_FIGURE)
    if completed.is_far:
        return Cell(FAR)
    return Cell(full_date(completed.on) if completed.on else NO_FIGURE)


def verdict_cell(facts: Facts, code: str) -> Cell:
    """Whether an area will be done by 30 June, in a word; withheld with the figures it would give away."""
    pending, left = facts.count(code, ind.PENDING_TOTAL), left_cell(facts, code)
    if pending.value == 0:
        return Cell(DONE)
    if left.value is None:
        return left
    return Cell(MISSES if left.value else KEEPS)


def schools_annex(facts: Facts, code: str) -> Annex:
    """The schools with anything pending, closed or overdue; the others, whose figures are zero, in one row."""
    rows, others = [], []
    for school in facts.schools(code):
        cells = tuple(facts.count(school.code, name) for name in ind.SCHOOL_COUNTS[1:])
        if any(cell.is_mark or cell.value for cell in cells):
            rows.append(Row(school.name, (number_cell(facts.value(school.code, ind.STUDENTS)), *cells)))
        else:
            others.append(school)
    if others:
        students = sum(facts.number(school.code, ind.STUDENTS) for school in others)
        rows.append(Row(f"其他{len(others)}所学校", (number_cell(students), *(number_cell(0) for _ in range(3)))))
    total = tuple(facts.count(code, name) for name in ind.SCHOOL_COUNTS)
    note = "没有待处理、本期办结和超期未办问题学籍的学校合并为一行。"
    title = f"{place(facts, code)}各学校问题学籍情况统计表"
    rows.append(Row("合计", total, is_total=True))
    return Annex(title, "学校", _SCHOOL_COLUMNS, tuple(rows), (*((note,) if others else ()), MARKS_NOTE), "schools")
