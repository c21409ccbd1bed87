"""The ministry's workbooks of oversight: traces to look into, and how long open cases have been waiting for whom.

Counts, places and case numbers only: no student is named.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from xueji.reports.bulletin_wording import full_date
from xueji.reports.table_workbook import Column, Sheet, render_workbook

LEVELS = {"school": "学校", "county": "县", "city": "市", "province": "省", "ministry": "教育部", "system": "系统"}
AGE_TITLES = ("10个工作日以内", "11至30个工作日", "31至60个工作日", "60个工作日以上")
NATION = "全国"
MANY_CASES, CASES_A_LINE = 12, 2  # more than that are not all named in one cell


@dataclass(frozen=True)
class SignalKind:
    title: str
    meaning: str
    amount_title: str


@dataclass(frozen=True)
class SignalRow:
    """One trace. `subject` is an office's name, or case numbers with commas between."""

    title: str
    region: str
    school: str
    subject: str
    amount: int
    reason: str


@dataclass(frozen=True)
class Waiting:
    """Open cases of one place that one level has to act on. `ages` are counts by working days since they were found."""

    region: str
    county: str
    county_code: str  # counties of one name are not rare; empty when it is not known
    level: str  # of LEVELS
    ages: tuple[int, int, int, int]
    overdue: int  # the present step's day is past
    past_deadline: int  # their 30 June is past

    @property
    def open(self) -> int:
        return sum(self.ages)


def signals_workbook(kinds: Sequence[SignalKind], rows: Sequence[SignalRow], night: date) -> bytes:
    """The traces in the order given, and what each kind means."""
    columns = (
        Column("线索", 22), Column("地区", 20), Column("学校", 30), Column("涉及案件", 46), Column("数量", 8),
        Column("理由", 60),
    )  # fmt: skip
    traces = Sheet(
        "线索",
        f"问题学籍处理线索（截至{full_date(night)}）",
        columns,
        tuple((row.title, row.region, row.school, case_list(row.subject), row.amount, row.reason) for row in rows),
        notes=("线索只说明需要核查的原因，不是结论，请向有关单位了解情况后再作判断。",),
    )
    found = {kind.title: sum(row.title == kind.title for row in rows) for kind in kinds}
    legend = Sheet(
        "说明",
        "线索的含义",
        (Column("线索", 26), Column("条数", 8), Column("数量所计", 16), Column("含义及可能的正常情况", 90)),
        tuple((kind.title, found[kind.title], kind.amount_title, kind.meaning) for kind in kinds),
    )
    return render_workbook((traces, legend), "问题学籍处理线索", night)


def case_list(subject: str) -> str:
    """Case numbers as a cell shows them, broken where a number ends: of many only the first, and how many there are."""
    cases = subject.split(",")
    shown = cases[:MANY_CASES]
    lines = ("、".join(shown[place : place + CASES_A_LINE]) for place in range(0, len(shown), CASES_A_LINE))
    return "、\n".join(lines) + (f"等{len(cases)}件" if len(cases) > len(shown) else "")


def ageing_workbook(waiting: Sequence[Waiting], night: date) -> bytes:
    """Open cases by unit and level that has to act, and by county. Regions and counties keep the order in which they come."""
    counts = (Column("在办件数", 10), *(Column(title, 14) for title in AGE_TITLES), Column("本环节已超期", 12),
              Column("已过6月30日", 12))  # fmt: skip
    notes = (
        "时间按发现问题之日起的工作日计算；“本环节已超期”指已过本环节处理期限，“已过6月30日”指已过应于6月30日前处理完毕的期限。",
        "“系统”指等待全国查重和身份比对的案件，无须学校或主管部门操作。",
    )
    units = Sheet(
        "分省分级",
        f"在办问题学籍（截至{full_date(night)}）",
        (Column("地区", 12), Column("应办层级", 10), *counts),
        tuple(_unit_rows(waiting)),
        notes=notes,
        total_rows=_total_places(waiting),
    )
    counties = Sheet(
        "分县",
        f"各县（市、区）在办问题学籍（截至{full_date(night)}）",
        (
            Column("地区", 12),
            Column("县（市、区）", 26),
            Column("区划代码", 10),
            *(Column(title, 8) for title in LEVELS.values()),
            *counts,
        ),
        tuple(_county_rows(waiting)),
        notes=notes,
    )
    return render_workbook((units, counties), "在办问题学籍", night)


def _unit_rows(waiting: Sequence[Waiting]) -> Iterable[tuple[str | int, ...]]:
    """A block a unit, the nation's first: its total, then each level that has something to do."""
    for region, part in (NATION, waiting), *_grouped(waiting, lambda row: row.region):
        yield (region, "合计", *_figures(part))
        for level, title in LEVELS.items():
            if own := [row for row in part if row.level == level]:
                yield (region, title, *_figures(own))


def _total_places(waiting: Sequence[Waiting]) -> frozenset[int]:
    return frozenset(place for place, row in enumerate(_unit_rows(waiting)) if row[1] == "合计")


def _county_rows(waiting: Sequence[Waiting]) -> Iterable[tuple[str | int, ...]]:
    for _, part in _grouped(waiting, lambda row: (row.region, row.county_code)):
        by_level = (sum(row.open for row in part if row.level == level) for level in LEVELS)
        yield (part[0].region, part[0].county, part[0].county_code, *by_level, *_figures(part))


def _figures(part: Sequence[Waiting]) -> tuple[int, ...]:
    ages = tuple(sum(row.ages[place] for row in part) for place in range(len(AGE_TITLES)))
    return (sum(ages), *ages, sum(row.overdue for row in part), sum(row.past_deadline for row in part))


def _grouped(waiting: Sequence[Waiting], key: Callable[[Waiting], object]) -> list[tuple[str, list[Waiting]]]:
    """The rows put together by `key`, under the region of the first."""
    groups: dict[object, list[Waiting]] = {}
    for row in waiting:
        groups.setdefault(key(row), []).append(row)
    return [(part[0].region, part) for part in groups.values()]
