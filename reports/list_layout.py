"""How the lists look that go out to be filled in: cell styles, head block, row heights, print set-up, protection, key sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from xueji.reports.return_forms import KEY_FIELDS, SEAL_COLUMN, ReturnForm

ANSWER, HIDDEN = "answer", "hidden"  # styles of the columns that are filled in, and of the seal's


@dataclass(frozen=True)
class Column:
    """One column of a list: heading, width in characters, style of its cells. Answer columns stand last but for the hidden one."""

    title: str
    width: float
    style: str = "centre"


@dataclass(frozen=True)
class ListSheet:
    """One list sheet: title, the texts of its head, the columns, who fills in the answers, and how rows may look.

    `looks` turns a column's style into that of a sample row: one mapping for each kind of row.
    """

    title: str
    info: str
    counts: str
    columns: tuple[Column, ...]
    answers_heading: str
    frozen_columns: int
    counts_height: float = 28
    looks: tuple[dict[str, str], ...] = ({},)


HEAD_LINES = 5  # title, school or office, counts, who fills what, headings
LAST_LINE = 1_048_576  # of any sheet
A4 = 9
LINE_HEIGHT, ROW_PADDING, TALLEST_ROW = 14, 4, 409  # points
SEAL_WIDTH = 12

_BASE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
_CELL = {**_BASE, "border": 1, "num_format": "@"}
_HEAD = {**_BASE, "border": 1, "font_name": "黑体", "align": "center", "bg_color": "#E7E6E6"}
_ANSWER_FILL = "#FFF8DC"  # vanishes in black-and-white print
_FIRST = {"top": 2}  # a thick line above the first row of a matter
_OTHER = {"font_color": "#595959"}  # shown for its matter's sake, not to be answered
STYLES = {
    "title": {**_BASE, "font_name": "黑体", "font_size": 16, "align": "center"},
    "info": _BASE,
    "head": _HEAD,
    "answer_head": {**_HEAD, "bg_color": _ANSWER_FILL},
    "centre": {**_CELL, "align": "center"},
    "left": _CELL,
    ANSWER: {**_CELL, "locked": False, "bg_color": _ANSWER_FILL},
    HIDDEN: _CELL,
    "centre_first": {**_CELL, "align": "center", **_FIRST},
    "left_first": {**_CELL, **_FIRST},
    "answer_first": {**_CELL, "locked": False, "bg_color": _ANSWER_FILL, **_FIRST},
    "centre_other": {**_CELL, "align": "center", **_OTHER},
    "left_other": {**_CELL, **_OTHER},
    "centre_other_first": {**_CELL, "align": "center", **_OTHER, **_FIRST},
    "left_other_first": {**_CELL, **_OTHER, **_FIRST},
    "guide": {**_BASE, "valign": "top"},
    "guide_heading": {**_BASE, "valign": "top", "font_name": "黑体"},
}
Styles = dict[str, Format]
# Row heights and column widths are the reader's; of the cells only the answers are. There is no password: the lock
# is against slips, and what comes back is compared with what was handed down.
PROTECTION = {"format_columns": True, "format_rows": True}


def answer_columns(form: ReturnForm) -> tuple[Column, ...]:
    """The columns to be filled in, and the hidden one of turn and seal."""
    answers = (Column(column.title, column.width, ANSWER) for column in form.answers)
    return (*answers, Column(SEAL_COLUMN, SEAL_WIDTH, HIDDEN))


def row_height(cells: Iterable[str], columns: Sequence[Column]) -> float:
    """Points that the tallest of `cells` needs, since not every program finds out by itself; at most what a row may be."""
    lines = max(line_count(text, column.width) for text, column in zip(cells, columns, strict=False))
    return min(LINE_HEIGHT * lines + ROW_PADDING, TALLEST_ROW)


def line_count(text: str, width: float) -> int:
    """Lines that `text` takes in a column of `width` characters, a Chinese character being as wide as two."""
    if "\n" in text:
        return sum(line_count(line, width) for line in text.split("\n"))
    if 2 * len(text) <= width:
        return 1
    wide = (len(text.encode(errors="replace")) - len(text)) // 2  # three bytes for one character
    return ceil((wide * 2 + (len(text) - wide) * 1.1) / width)


def lay_out_list(sheet: Worksheet, content: ListSheet, styles: Styles) -> None:
    """Head block, widths, frozen panes and print set-up of a list sheet, and its sample rows."""
    columns = content.columns
    last = max(place for place, column in enumerate(columns) if column.style != HIDDEN)
    first_answer = next(place for place, column in enumerate(columns) if column.style == ANSWER)
    sheet.merge_range(0, 0, 0, last, f"全国中小学生学籍信息管理系统{content.title}", styles["title"])
    sheet.merge_range(1, 0, 1, last, content.info, styles["info"])
    sheet.merge_range(2, 0, 2, last, content.counts, styles["info"])
    sheet.merge_range(3, 0, 3, first_answer - 1, "下发内容（已锁定，请勿改动）", styles["head"])
    if first_answer < last:
        sheet.merge_range(3, first_answer, 3, last, content.answers_heading, styles["answer_head"])
    else:
        sheet.write_string(3, last, content.answers_heading, styles["answer_head"])
    for line, height in enumerate((30, 28, content.counts_height, 18, 44)):
        sheet.set_row(line, height)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, None, {"hidden": column.style == HIDDEN})
        heading = "answer_head" if column.style == ANSWER else "head"
        sheet.write_string(HEAD_LINES - 1, place, column.title, styles[heading])
        for kind, look in enumerate(content.looks):
            sheet.write_string(HEAD_LINES + kind, place, column.title, styles[look.get(column.style, column.style)])
    sheet.freeze_panes(HEAD_LINES, content.frozen_columns)
    sheet.repeat_rows(HEAD_LINES - 2, HEAD_LINES - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{HEAD_LINES + 1}:{xl_col_to_name(len(columns) - 1)}{LAST_LINE}"})
    set_up_page(sheet)


def lay_out_keys(sheet: Worksheet, form: ReturnForm) -> None:
    """The hidden sheet by which the workbook is known again. Tokens: owner, edition, key_id, seal."""
    for place, field in enumerate(KEY_FIELDS):
        sheet.write_string(0, place, field)
        sheet.write_string(1, place, form.form if field == "form" else f"{{{{{field}}}}}")
    sheet.protect()
    sheet.very_hidden()


def set_up_page(sheet: Worksheet) -> None:
    """A4 landscape, one page wide, page numbers below; cells locked but for the answers."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&L{{foot}}&C第 &P 页，共 &N 页&R内含个人信息，不得外传")
    sheet.protect("", PROTECTION)
