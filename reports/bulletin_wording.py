"""The set phrases of a bulletin that depend on figures: dates, names, changes, lists."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from markupsafe import Markup, escape

from xueji.checks.model import PROBLEM_TYPES
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Change
from xueji.reports.suppression import SMALL_MARK, THRESHOLD

_SYSTEM = "全国中小学生学籍信息管理系统"
_TITLE_CHARACTERS = 20  # to a line of the title
_LINE_BREAKS = re.compile(r"\s*\n\s*")
_NUMERALS = "零一二三四五六七八九十"
_FEW_RANKED = {1: "首位", 2: "前两位"}

# In the words and the order of the published bulletins.
TYPE_TITLES = {**{kind: PROBLEM_TYPES[kind].title for kind in ind.PENDING_TYPES}, "ERR_NAME": "身份证号与姓名不匹配"}
TYPE_ORDER = ("DUP_ID", "ERR_NOTFOUND", "DUP_NSB", "ERR_NAME", "ERR_ID", "CHG_ID")
REPORTED_ORDER = tuple(kind for kind in TYPE_ORDER if kind != "DUP_NSB")  # by the nation's
_RESTATED_TITLES = {
    ind.PENDING_TOTAL: "待处理问题学籍总数",
    ind.PENDING_REPORTED: "待处理问题学籍总数（不包括省内“姓名+性别+出生日期”重复）",
    ind.PENDING_STUDENTS: "涉及学生数",
    ind.CASES_NEW: "新下发数",
    ind.CASES_REOPENED: "再次出现数",
    ind.CASES_CLOSED: "办结数",
}


def full_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date) -> str:
    return f"{day.month}月{day.day}日"


def month_words(month: str) -> str:
    """2026年9月 of 2026-09."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def rank_words(listed: int) -> str:
    """How the first of a ranking are announced, by their number: 前五位."""
    return _FEW_RANKED.get(listed) or f"前{_NUMERALS[listed]}位"


def title_lines(place: str, as_of: date) -> tuple[str, ...]:
    """The title, broken where a reader would break it. `place` in full; empty for the nation's bulletin."""
    first = f"关于{place}{_SYSTEM}"
    lines = (first,) if len(first) <= _TITLE_CHARACTERS else (f"关于{place}", _SYSTEM)
    return (*lines, f"截至{full_date(as_of)}", "建设应用进展情况的通报")


def series_number(month: str, place: str) -> str:
    """The number in the bulletins' own series. `place` is empty for the nation's."""
    year, number = month.split("-")
    return f"学籍通报〔{year}〕{int(number)}号" + (f"（{place}）" if place else "")


def restated_title(indicator: str) -> str | None:
    """What a correction calls the figure; null for figures that are not told of again."""
    of_type = {ind.pending(kind): title for kind, title in TYPE_TITLES.items()}
    closed = {ind.closed(kind): f"{title}办结数" for kind, title in TYPE_TITLES.items()}
    return (_RESTATED_TITLES | of_type | closed).get(indicator)


def enumerate_names(names: Iterable[str]) -> str:
    return "、".join(names)


def counted(cell: Cell, measure: str) -> str:
    """A count with its measure word as a sentence says it, also when it is not printed."""
    if cell.is_number:
        return cell.text + measure
    return {SMALL_MARK: f"不足{THRESHOLD}{measure}", NO_FIGURE: "未统计"}.get(cell.text, f"（{measure}数不列出）")


def counted_lines(lines: Iterable[tuple[str, Cell]], measure: str, mark: str = "、") -> str:
    """Titles with their counts; those of zero or without a figure left out."""
    told = ((title, cell) for title, cell in lines if cell.is_mark or cell.value)
    return mark.join(title + counted(cell, measure) for title, cell in told)


def see_annexes(numbers: Mapping[str, int], keys: Iterable[str]) -> str:
    """Where the tables are, as a sentence; empty when there are none of them. `numbers`: annex numbers by key."""
    found = sorted(numbers[key] for key in keys if key in numbers)
    return f"统计表见附件{enumerate_names(map(str, found))}。" if found else ""


def one_line(text: str) -> Markup:
    """A paragraph of a template without the line breaks and indents it is written with."""
    return Markup(_LINE_BREAKS.sub("", escape(text)).strip())


def change_words(change: Change) -> str:
    """What a single figure says of itself; empty when there is nothing to compare with."""
    match change.kind:
        case "up" | "down":
            return f"相对上期通报数{_direction(change)}{_percent(change)}"
        case "same":
            return "与上期通报数持平"
        case "nearly_same":
            return "与上期通报数基本持平"
        case "from_zero":
            return "上期通报数为0"
    return ""


def changes_sentence(changes: Sequence[tuple[str, Change]]) -> str:
    """Changes of several figures, like ones together, falls first; empty when there is nothing to compare with."""
    clauses = []
    for kind in ("down", "up"):
        group = [(title, change) for title, change in changes if change.kind == kind]
        if group:
            apart = "分别" if len(group) > 1 else ""
            percents = enumerate_names(_percent(change) for _, change in group)
            names = enumerate_names(title for title, _ in group)
            clauses.append(f"{names}相对上期通报数{apart}{_direction(group[0][1])}{percents}")
    for kind in ("same", "nearly_same", "from_zero"):
        group = [(title, change) for title, change in changes if change.kind == kind]
        if group:
            clauses.append(enumerate_names(title for title, _ in group) + change_words(group[0][1]))
    return "，".join(clauses)


def _direction(change: Change) -> str:
    return "增加" if change.kind == "up" else "减少"


def _percent(change: Change) -> str:
    return f"{abs(change.percent or 0):.2f}%"
