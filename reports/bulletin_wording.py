"""The set phrases of a bulletin that depend on figures: dates, names, changes, lists."""

from collections.abc import Iterable, Sequence
from datetime import date

from xueji.checks.model import UNITS
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Change
from xueji.reports.suppression import SMALL_MARK, THRESHOLD

_SYSTEM = "全国中小学生学籍信息管理系统"
_TITLE_CHARACTERS = 20  # to a line of the title
_COMMITTEES = ("11", "12", "31", "50")  # municipalities have an education committee
_CORPS = "66"
_DEADLINE_MONTH, _DEADLINE_DAY = 6, 30  # 教基一厅〔2015〕2号, first part: settled by 30 June


def full_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date) -> str:
    return f"{day.month}月{day.day}日"


def title_lines(unit: str, as_of: date) -> tuple[str, ...]:
    """The title, broken where a reader would break it. `unit` is empty for the nation's bulletin."""
    first = f"关于{unit}{_SYSTEM}"
    lines = (first,) if len(first) <= _TITLE_CHARACTERS else (f"关于{unit}", _SYSTEM)
    return (*lines, f"截至{full_date(as_of)}建设应用进展情况的通报")


def next_deadline(as_of: date) -> date:
    """The first 30 June not before `as_of`."""
    this_year = date(as_of.year, _DEADLINE_MONTH, _DEADLINE_DAY)
    return this_year if as_of <= this_year else this_year.replace(year=as_of.year + 1)


def authority_name(unit_code: str) -> str:
    """The provincial education authority a bulletin is addressed to."""
    if unit_code == _CORPS:
        return UNITS[unit_code] + "教育局"
    return UNITS[unit_code] + ("教育委员会" if unit_code in _COMMITTEES else "教育厅")


def enumerate_names(names: Iterable[str]) -> str:
    return "、".join(names)


def counted(cell: Cell, measure: str) -> str:
    """A count with its measure word as a sentence says it, also when it is not printed."""
    if cell.is_number:
        return cell.text + measure
    return {SMALL_MARK: f"不足{THRESHOLD}{measure}", NO_FIGURE: "未统计"}.get(cell.text, f"（{measure}数不列出）")


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
