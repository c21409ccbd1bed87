"""The figures the site shows, and how its tables, map and small charts group them. Titles are the register's."""

from dataclasses import dataclass
from typing import Literal

from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms
from xueji.reports.bulletin_wording import TYPE_TITLES
from xueji.reports.indicator_definitions import AGE_TITLES, DISPOSITION_TITLES
from xueji.reports.indicator_register import describe
from xueji.reports.verification_definitions import STEP_TITLES

Kind = Literal["count", "rate", "percent", "index", "class", "days"]  # how a figure is printed
CHANGE_TITLE = "较上期增减"


@dataclass(frozen=True)
class SiteIndicator:
    name: str
    title: str  # says by itself what is counted
    short: str  # as a column's head
    kind: Kind = "count"


@dataclass(frozen=True)
class ColumnGroup:
    """The columns that a table of areas shows at a time."""

    title: str
    names: tuple[str, ...]


def _shown(name: str, short: str, kind: Kind = "count") -> SiteIndicator:
    return SiteIndicator(name, describe(name).title, short, kind)


_RATE = ind.per_10000(ind.PENDING_TOTAL)
_CHANGE = ind.change_percent(ind.PENDING_TOTAL)
_TYPES = tuple(map(ind.pending, ind.PENDING_TYPES))

# Their order is that of the cells of an area's row in the data files.
INDICATORS = (
    _shown(ind.STUDENTS, "学生数"),
    _shown(ind.SCHOOLS, "学校数"),
    _shown(ind.PENDING_TOTAL, "待处理"),
    _shown(_CHANGE, CHANGE_TITLE, "percent"),
    *(_shown(ind.pending(kind), TYPE_TITLES[kind]) for kind in ind.PENDING_TYPES),
    *(_shown(ind.change_percent(name), CHANGE_TITLE, "percent") for name in _TYPES),
    _shown(_RATE, "每万名学生", "rate"),
    _shown(ind.per_10000_low(ind.PENDING_TOTAL), "区间下限", "rate"),
    _shown(ind.per_10000_high(ind.PENDING_TOTAL), "区间上限", "rate"),
    _shown(ind.CASES_OPENING, "期初待处理"),
    _shown(ind.CASES_NEW, "新下发"),
    _shown(ind.CASES_REOPENED, "再次出现"),
    _shown(ind.CASES_CLOSED, "办结"),
    *(_shown(ind.closed_by(way), f"其中{title}") for way, title in DISPOSITION_TITLES.items()),
    *(_shown(ind.pending_aged(age), title) for age, title in AGE_TITLES.items()),
    _shown(ind.RETURNED_TOTAL, "审核退回"),
    _shown(ind.OVERDUE_TOTAL, "超期未办"),
    _shown(ind.COMPLETION_PERCENT, "处理完成率", "percent"),
    _shown(ind.AUDIT_COMPLETION_PERCENT, "审核完成率", "percent"),
    _shown(ind.QUALITY_INDEX, "综合指数", "index"),
    _shown(ind.QUALITY_CLASS, "等级", "class"),
    _shown(ind.COVERAGE_PERCENT, "覆盖率", "percent"),
    _shown(ind.COMPLETENESS_PERCENT, "完整率", "percent"),
    _shown(ind.VALIDITY_PERCENT, "有效率", "percent"),
    _shown(ind.TIMELINESS_PERCENT, "及时率", "percent"),
    _shown(ind.IDENTITY_PERCENT, "身份信息准确率", "percent"),
    _shown(ind.FORECAST_LEFT, "预计剩余"),
    _shown(ind.FORECAST_DAYS, "所需工作日", "days"),
    _shown(ind.COUNTIES, "县数"),
    _shown(ind.COUNTIES_MISSING, "不能如期的县"),
    _shown(ind.WORKING_DAYS_LEFT, "剩余工作日", "days"),
)

COLUMN_GROUPS = (
    ColumnGroup(
        "概况",
        (
            ind.STUDENTS, ind.PENDING_TOTAL, _CHANGE, _RATE, ind.CASES_CLOSED, ind.COMPLETION_PERCENT, ind.OVERDUE_TOTAL,
            ind.QUALITY_INDEX, ind.FORECAST_LEFT,
        ),
    ),
    ColumnGroup("问题类型", (*_TYPES, ind.PENDING_TOTAL)),
    ColumnGroup(
        "本期办理",
        (
            ind.CASES_OPENING, ind.CASES_NEW, ind.CASES_REOPENED, ind.CASES_CLOSED,
            *map(ind.closed_by, ind.DISPOSITIONS), ind.PENDING_TOTAL,
        ),
    ),
    ColumnGroup(
        "时长与逾期",
        (
            *map(ind.pending_aged, ind.AGES), ind.PENDING_TOTAL, ind.RETURNED_TOTAL, ind.OVERDUE_TOTAL,
            ind.AUDIT_COMPLETION_PERCENT,
        ),
    ),
    ColumnGroup("数据质量", (ind.COVERAGE_PERCENT, *ind.QUALITY_PARTS, ind.QUALITY_INDEX, ind.QUALITY_CLASS)),
    ColumnGroup(
        "进度预测",
        (ind.PENDING_TOTAL, ind.CASES_CLOSED, ind.FORECAST_DAYS, ind.FORECAST_LEFT, ind.COUNTIES, ind.COUNTIES_MISSING),
    ),
)  # fmt: skip
MAP_INDICATORS = (_RATE, ind.PENDING_TOTAL, _CHANGE, ind.COMPLETION_PERCENT, ind.QUALITY_INDEX, ind.FORECAST_LEFT)
SMALL_CHART_INDICATORS = (_RATE, ind.PENDING_TOTAL, ind.COMPLETION_PERCENT, ind.QUALITY_INDEX)
# Key figures of an area, in reading order; the second name is the figure's change, where it has one.
KEY_FIGURES = (
    (ind.PENDING_TOTAL, _CHANGE), (_RATE, None), (ind.CASES_NEW, None), (ind.CASES_CLOSED, None),
    (ind.COMPLETION_PERCENT, None), (ind.OVERDUE_TOTAL, None), (ind.QUALITY_INDEX, None), (ind.FORECAST_LEFT, None),
    (ind.STUDENTS, None), (ind.SCHOOLS, None),
)  # fmt: skip
TYPE_ROWS = tuple((name, ind.change_percent(name)) for name in _TYPES)

# Of a campaign (数据质量核查). They stand behind the others, so that a site without any campaign is what it was before there were such figures.
_UPLOADS, _FORESEEN = forms.covered_percent(forms.UPLOADED), forms.forecast_percent(forms.UPLOADED)
_PERCENTS = tuple(forms.covered_percent(step) for step in STEP_TITLES if step != forms.PRINTED)
FORM_INDICATORS = (
    _shown(forms.DUE, "应核查学生"),
    _shown(forms.EXCLUDED, "暂不核查"),
    *(_shown(step, f"{title}份数") for step, title in STEP_TITLES.items() if step != forms.PRINTED),
    *(_shown(forms.covered_percent(step), f"{title}率", "percent") for step, title in STEP_TITLES.items() if step != forms.PRINTED),
    _shown(_FORESEEN, "预计上传率", "percent"),
    _shown(forms.COUNTIES_SHORT, f"预计不足{forms.ENOUGH_PERCENT}%的县"),
    _shown(forms.WORKING_DAYS_LEFT, "剩余工作日", "days"),
)  # fmt: skip
FORM_COLUMNS = (ColumnGroup("数据质量核查", (forms.DUE, *_PERCENTS, _FORESEEN, forms.COUNTIES_SHORT)),)
FORM_MAP_INDICATORS = (_UPLOADS, _FORESEEN)
FORM_SMALL_CHART_INDICATORS = (_UPLOADS,)
# The steps of an area's forms, with the share of those due that each has reached.
FORM_ROWS = tuple((step, forms.covered_percent(step)) for step in STEP_TITLES if step != forms.PRINTED)
