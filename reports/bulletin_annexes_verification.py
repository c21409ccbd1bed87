"""Annexes about data-quality verification: forms by step, pace and forecast, a row a part or a figure; a county's schools."""

from xueji.reports import verification_indicators as forms
from xueji.reports.bulletin_annexes_tables import (
    Annex,
    Column,
    Figure,
    Row,
    cells_of,
    parts_corner,
    place,
    total_title,
)
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Facts
from xueji.reports.bulletin_verification import (
    closes_on,
    completed_forms,
    form_cell,
    form_figure,
    has_campaign,
)
from xueji.reports.bulletin_wording import full_date, short_date
from xueji.reports.indicator_register import describe
from xueji.reports.verification_definitions import STEP_TITLES

FORMS_TITLE = "数据质量核查《确认表》进展情况统计表"
FORECAST_TITLE = "数据质量核查审核和进度预计情况统计表"
SCHOOLS_TITLE = "各学校数据质量核查《确认表》进展情况统计表"
COUNTS_NOTE = "应核查学生为在校且没有在办学籍异动的学生；各率为占应核查学生的比例。“—”表示无此项数据。"
WORK_NOTE = "《确认表》份数是工作进展数，不是问题学籍数，如数列出。"
PACE_NOTE = f"预计按近{forms.PACE_WORKING_DAYS}个工作日的进度推算；各地按自身进度推算，预计率不相加。窗口已关闭的，预计率为已达到的比率。"
FAR, STALLED, DONE = "十年以后", "无进展", "已完成"
_RATED = (
    forms.ISSUED,
    forms.RETURNED,
    forms.ENTERED,
    forms.UPLOADED,
)  # what is reported up, and the important indicator


def verification_annexes(facts: Facts, code: str) -> tuple[Annex, ...]:
    """None where no campaign is told of."""
    if not has_campaign(facts, code):
        return ()
    if facts.parts(code):
        return forms_annex(facts, code), forecast_annex(facts, code)
    schools = (forms_schools_annex(facts, code),) if _schools_due(facts, code) else ()
    return (*schools, own_forms_annex(facts, code))


def counted(title: str, name: str, group: str = "") -> Figure:
    return Figure(Column(title, group, name), lambda facts, code: form_cell(facts, code, name))


def shared(title: str, name: str, group: str = "", decimals: int = 2) -> Figure:
    return Figure(Column(title, group, name), lambda facts, code: form_figure(facts, code, name, decimals))


def _steps() -> tuple[Figure, ...]:
    figures = []
    for step in (forms.ISSUED, forms.RETURNED, forms.ENTERED, forms.AUDITED, forms.UPLOADED, forms.ARCHIVED):
        title = STEP_TITLES[step]
        if step in _RATED:
            figures += [counted("份数", step, title), shared("率(%)", forms.covered_percent(step), title)]
        else:
            figures.append(counted(title, step))
    return tuple(figures)


def forms_annex(facts: Facts, code: str) -> Annex:
    figures = (counted("应核查学生", forms.DUE), counted("暂不核查", forms.EXCLUDED), *_steps())
    return _parts(facts, code, "forms", FORMS_TITLE, figures, (COUNTS_NOTE, WORK_NOTE))


def forecast_annex(facts: Facts, code: str) -> Annex:
    audits, pace, ends = "录入变更（项）", "每工作日（份）", "预计窗口关闭时(%)"
    has_counties = any(facts.parts(part.code) for part in facts.parts(code))
    figures = (
        counted("关键数据", forms.KEY_CHANGES, audits),
        counted("其他信息", forms.OTHER_CHANGES, audits),
        counted("待审核", forms.AUDITS_PENDING, audits),
        counted("不通过", forms.SENT_BACK, audits),
        shared("一次通过率(%)", forms.FIRST_TIME_PERCENT),
        shared("回收", forms.per_day(forms.RETURNED), pace, 1),
        shared("拍照上传", forms.per_day(forms.UPLOADED), pace, 1),
        Figure(Column("窗口关闭", indicator=forms.DAYS_LEFT), closing_cell),
        shared("回收率", forms.forecast_percent(forms.RETURNED), ends),
        shared("拍照上传率", forms.forecast_percent(forms.UPLOADED), ends),
        Figure(Column("预计全部上传", indicator=forms.forecast_days(forms.UPLOADED)), completed_cell),
        *((counted(f"不足{forms.ENOUGH_PERCENT}%的县数", forms.COUNTIES_SHORT),) if has_counties else ()),
    )
    return _parts(facts, code, "forms_forecast", FORECAST_TITLE, figures, (PACE_NOTE,))


def _parts(facts: Facts, code: str, key: str, title: str, figures: tuple[Figure, ...], notes: tuple[str, ...]) -> Annex:
    """A row a part that has a campaign, the area itself as the total."""
    rows = (
        *(
            Row(area.short_name, cells_of(facts, area.code, figures))
            for area in facts.parts(code)
            if has_campaign(facts, area.code)
        ),
        Row(total_title(code), cells_of(facts, code, figures), is_total=True),
    )
    columns = tuple(figure.column for figure in figures)
    return Annex(place(facts, code) + title, parts_corner(facts, code), columns, rows, notes, key)


def closing_cell(facts: Facts, code: str) -> Cell:
    """The last day of the entry windows."""
    day = closes_on(facts, code)
    return Cell(short_date(day) if day else NO_FIGURE)


def completed_cell(facts: Facts, code: str) -> Cell:
    """The day on which the last photo would be up at the present pace."""
    completed = completed_forms(facts, code, forms.UPLOADED)
    if completed is None:
        return Cell(NO_FIGURE)
    if completed.is_stalled or completed.is_far:
        return Cell(STALLED if completed.is_stalled else FAR)
    is_done = facts.value(code, forms.UPLOADED) == facts.value(code, forms.DUE)
    return Cell(DONE if is_done or completed.on is None else full_date(completed.on))


def _schools_due(facts: Facts, code: str) -> bool:
    return any(facts.number(school.code, forms.DUE) for school in facts.schools(code))


def forms_schools_annex(facts: Facts, code: str) -> Annex:
    """Every school where somebody is due."""
    percent = forms.covered_percent(forms.UPLOADED)
    figures = (
        counted("应核查学生", forms.DUE),
        *(counted(STEP_TITLES[step], step) for step in forms.SCHOOL_COUNTS[1:]),
        shared("拍照上传率(%)", percent),
    )
    schools = [school for school in facts.schools(code) if facts.number(school.code, forms.DUE)]
    rows = (
        *(Row(school.name, cells_of_school(facts, school.code, figures, percent)) for school in schools),
        Row("合计", cells_of(facts, code, figures), is_total=True),
    )
    columns = tuple(figure.column for figure in figures)
    return Annex(
        place(facts, code) + SCHOOLS_TITLE, "学校", columns, rows, (COUNTS_NOTE, WORK_NOTE), "forms_schools"
    )  # fmt: skip


def cells_of_school(facts: Facts, code: str, figures: tuple[Figure, ...], percent: str) -> tuple[Cell, ...]:
    """A school has no rows of zeros: where nothing is up its rate is 0."""
    cells = cells_of(facts, code, figures)
    return cells if facts.value(code, percent) is not None else (*cells[:-1], Cell("0.00", 0.0, 2))


def own_forms_annex(facts: Facts, code: str) -> Annex:
    """The figures of an area that is not divided: a row a step or a kind of change."""
    counts = (forms.STUDENTS, forms.EXCLUDED, forms.DUE, *forms.STEPS, forms.RIGHT_FIRST_TIME, forms.KEY_CHANGES,
              forms.OTHER_CHANGES, forms.AUDITS_PENDING, forms.SENT_BACK)  # fmt: skip
    rows = tuple(Row(describe(name).title, _own_cells(facts, code, name), indicator=name) for name in counts)
    columns = (Column("单位"), Column("数量"), Column("率(%)"))
    title = place(facts, code) + FORMS_TITLE
    notes = ("一次通过率为占审核《确认表》的比例，其余为占应核查学生的比例。“—”表示无此项数据。", WORK_NOTE)
    return Annex(title, "项目", columns, rows, notes, "forms")


def _own_cells(facts: Facts, code: str, name: str) -> tuple[Cell, ...]:
    percents = {step: forms.covered_percent(step) for step in forms.STEPS}
    percents[forms.RIGHT_FIRST_TIME] = forms.FIRST_TIME_PERCENT
    rate = form_figure(facts, code, percents[name]) if name in percents else Cell(NO_FIGURE)
    return Cell(describe(name).measure), form_cell(facts, code, name), rate
