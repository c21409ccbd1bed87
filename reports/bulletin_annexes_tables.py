"""What an annex (附件) is made of: a table whose columns know their indicators, and the ways to fill a cell from the facts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from xueji.checks.divisions import CORPS, MUNICIPALITIES
from xueji.checks.model import Rule
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Facts, number_cell
from xueji.reports.bulletin_wording import REPORTED_ORDER, TYPE_ORDER

RATE_TITLE = "每万名学生"
CHANGE_TITLE = "较上期增减(%)"
MARKS_NOTE = "“<5”表示1至4；“*”表示为防止推算出小于5的数而不列出；“—”表示无此项数据。"
_MAY_BE_LEFT_OUT = ("ERR_ID", "CHG_ID")


@dataclass(frozen=True)
class Column:
    title: str
    group: str = ""  # columns of one group stand under a common head
    indicator: str = ""  # empty where the cells are words, or the rows tell the indicators


@dataclass(frozen=True)
class Row:
    title: str
    cells: tuple[Cell, ...]
    is_total: bool = False
    indicator: str = ""  # where a row is a figure and not a place
    is_in_print: bool = True  # on paper long lists keep what has to be acted on


@dataclass(frozen=True)
class Annex:
    """`corner` heads the first column, the row titles. `key` names the annex for those that refer to it.

    `rules` are those whose counts it prints.
    """

    title: str
    corner: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    key: str = ""
    rules: tuple[Rule, ...] = ()
    print_note: str = ""  # says on paper what is not in print

    @property
    def has_groups(self) -> bool:
        return any(column.group for column in self.columns)

    @property
    def head(self) -> list[tuple[str, int]]:
        """Runs of the upper head line: title and number of columns; an ungrouped column is a run of its own."""
        runs = groupby(enumerate(self.columns), lambda item: (item[1].group, "" if item[1].group else item[0]))
        counted = [(key[0], [column.title for _, column in run]) for key, run in runs]
        return [(group or titles[0], len(titles)) for group, titles in counted]

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators it prints, each once, in the order of their columns and rows."""
        names = (*(column.indicator for column in self.columns), *(row.indicator for row in self.rows))
        return tuple(dict.fromkeys(name for name in names if name))


CellOf = Callable[[Facts, str], Cell]  # of an area's code


@dataclass(frozen=True)
class Figure:
    """A column, and how its cell of an area is filled."""

    column: Column
    cell: CellOf


def counted(title: str, indicator: str, group: str = "") -> Figure:
    """A count that may carry a mark."""
    return Figure(Column(title, group, indicator), lambda facts, code: facts.count(code, indicator))


def open_counted(title: str, indicator: str, group: str = "") -> Figure:
    """A count that names nobody. `—` where an area has no records, but for schools and deliveries."""

    def cell(facts: Facts, code: str) -> Cell:
        is_of_records = indicator in (ind.STUDENTS, ind.STUDENTS_WITH_NUMBER)
        if is_of_records and not facts.has_records(code):
            return Cell(NO_FIGURE)
        return number_cell(facts.value(code, indicator))

    return Figure(Column(title, group, indicator), cell)


def derived(title: str, indicator: str, group: str = "", decimals: int = 2) -> Figure:
    """A share, pace or index."""
    return Figure(Column(title, group, indicator), lambda facts, code: facts.figure(code, indicator, decimals))


def rated(title: str, indicator: str, group: str = "") -> Figure:
    return Figure(Column(title, group, ind.per_10000(indicator)), lambda facts, code: facts.rate(code, indicator))


def previously(title: str, indicator: str, group: str = "") -> Figure:
    """The previous bulletin's count."""
    return Figure(Column(title, group, indicator), lambda facts, code: facts.previous_count(code, indicator))


def changed(title: str, indicator: str, group: str = "") -> Figure:
    return Figure(
        Column(title, group, ind.change_percent(indicator)), lambda facts, code: facts.change(code, indicator).cell
    )


def parts_annex(facts: Facts, code: str, key: str, title: str, figures: Sequence[Figure], *notes: str) -> Annex:
    """A row a part of the area, the area itself as the total."""
    columns = tuple(figure.column for figure in figures)
    rows = (
        *(Row(area.short_name, cells_of(facts, area.code, figures)) for area in facts.parts(code)),
        Row(total_title(code), cells_of(facts, code, figures), is_total=True),
    )
    return Annex(place(facts, code) + title, parts_corner(facts, code), columns, rows, (*notes, MARKS_NOTE), key)


def cells_of(facts: Facts, code: str, figures: Iterable[Figure]) -> tuple[Cell, ...]:
    return tuple(figure.cell(facts, code) for figure in figures)


def types_of(facts: Facts, code: str) -> tuple[str, ...]:
    """The problem types an area's annexes print: of the last two only those that have anything, now or before."""

    def is_there(kind: str) -> bool:
        cells = facts.count(code, ind.pending(kind)), facts.previous_count(code, ind.pending(kind))
        return any(cell.is_mark or cell.value for cell in cells)

    order = REPORTED_ORDER if code == ind.NATIONAL_CODE else TYPE_ORDER
    return tuple(kind for kind in order if kind not in _MAY_BE_LEFT_OUT or is_there(kind))


def total_of(code: str) -> str:
    """The indicator of an area's total as its bulletin counts it."""
    return ind.PENDING_REPORTED if code == ind.NATIONAL_CODE else ind.PENDING_TOTAL


def total_title(code: str) -> str:
    return ind.NATIONAL_NAME if code == ind.NATIONAL_CODE else "合计"


def place(facts: Facts, code: str) -> str:
    """The area as titles of its annexes say it: its full name, without those it lies in."""
    return facts.area(code).name


def own_word(facts: Facts, code: str) -> str:
    """The area as a column head says it of itself: 本省份, 本市, 本县（市、区）."""
    return {"province": "本省份", "city": "本市（州）", "county": "本县（市、区）"}.get(facts.area(code).level, "全国")


def parts_corner(facts: Facts, code: str) -> str:
    """What the rows of an area's parts are headed with."""
    area = facts.area(code)
    if area.level == "national":
        return "省份"
    if area.level == "city":
        return "县（市、区）"
    if code == CORPS:
        return "师（市）"
    if code in MUNICIPALITIES:
        return "区（县）"
    has_direct = any(part.level == "county" for part in facts.parts(code))
    return "市（州、盟）、县" if has_direct else "市（州、盟）"
