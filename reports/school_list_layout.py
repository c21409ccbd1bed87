"""How a school list looks: columns, cell styles, head block, print set-up, protection."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from xueji.reports.school_list_guide import GUIDE, GUIDE_TITLE, TYPES_HEADING
from xueji.reports.workbook_template import Template

PROBLEM_SHEET = "问题清单"
QUALITY_SHEET = "数据质量待改"
GUIDE_SHEET = "填写说明"
KEY_SHEET = "_keys"


@dataclass(frozen=True)
class Column:
    """One column of a list: heading, width in characters, style of its cells. Answer columns stand last."""

    title: str
    width: float
    style: str = "centre"


PROBLEM_COLUMNS = (
    Column("序号", 4.5),
    Column("年级", 6.5),
    Column("班级", 8),
    Column("姓名", 8),
    Column("学籍号", 20),
    Column("身份证件号", 19),
    Column("问题类型", 10),
    Column("问题说明", 27, "left"),
    Column("涉及范围", 4.5),
    Column("对方信息", 23, "left"),
    Column("可选处理方式", 5),
    Column("需提供的材料", 20, "left"),
    Column("处理期限", 10.5),
    Column("处理方式", 6.5, "answer"),
    Column("更正后姓名", 9, "answer"),
    Column("更正后身份证件号", 19, "answer"),
    Column("说明", 10, "answer"),
)
OPERATION_COLUMN = [column.title for column in PROBLEM_COLUMNS].index("处理方式")
QUALITY_COLUMNS = (
    Column("序号", 5),
    Column("年级", 8),
    Column("班级", 9),
    Column("姓名", 12),
    Column("学籍号", 21),
    Column("问题类型", 10),
    Column("有误项目", 14),
    Column("问题说明", 40, "left"),
    Column("现有内容", 22, "left"),
    Column("更正后内容", 26, "answer"),
)
KEY_COLUMNS = ("edition", "school_code", "sheet", "row_no", "record_key", "rule_id")
GUIDE_WIDTHS = (22, 96, 20)
HEAD_LINES = 5  # title, school, counts, who fills what, headings
FROZEN_COLUMNS = 4  # up to the name
LAST_LINE = 1_048_576  # of any sheet
A4 = 9
LINE_HEIGHT, ROW_PADDING, TALLEST_ROW, KEY_HEIGHT = 14, 4, 409, 15  # points

_BASE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
_CELL = {**_BASE, "border": 1, "num_format": "@"}
_HEAD = {**_BASE, "border": 1, "font_name": "黑体", "align": "center", "bg_color": "#E7E6E6"}
_ANSWER_FILL = "#FFF8DC"  # vanishes in black-and-white print
STYLES = {
    "title": {**_BASE, "font_name": "黑体", "font_size": 16, "align": "center"},
    "info": _BASE,
    "head": _HEAD,
    "answer_head": {**_HEAD, "bg_color": _ANSWER_FILL},
    "centre": {**_CELL, "align": "center"},
    "left": _CELL,
    "answer": {**_CELL, "locked": False, "bg_color": _ANSWER_FILL},
    "guide": {**_BASE, "valign": "top"},
    "guide_heading": {**_BASE, "valign": "top", "font_name": "黑体"},
}
Styles = dict[str, Format]
# Row heights and column widths are the registrar's; of the cells only the answers are. There is no password: the lock
# is against slips, and what comes back is compared with what was handed down.
PROTECTION = {"format_columns": True, "format_rows": True}


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


@lru_cache(maxsize=8)
def list_template(has_quality: bool, as_of: date) -> Template:
    """The laid-out workbook of every list of a night. Its tokens: school, issuer, foot, problem_counts, quality_counts."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    styles = {name: book.add_format(properties) for name, properties in STYLES.items()}
    sample_lines: dict[str, int | None] = {PROBLEM_SHEET: HEAD_LINES + 1}
    _lay_out_list(book.add_worksheet(PROBLEM_SHEET), "问题学籍清单", "{{problem_counts}}", PROBLEM_COLUMNS, styles)
    if has_quality:
        sample_lines[QUALITY_SHEET] = HEAD_LINES + 1
        sheet = book.add_worksheet(QUALITY_SHEET)
        _lay_out_list(sheet, "数据质量待改清单", "{{quality_counts}}", QUALITY_COLUMNS, styles)
    sample_lines[GUIDE_SHEET] = None
    _lay_out_guide(book.add_worksheet(GUIDE_SHEET), styles)
    sample_lines[KEY_SHEET] = 2
    _lay_out_keys(book.add_worksheet(KEY_SHEET))
    created = datetime(as_of.year, as_of.month, as_of.day)
    book.set_properties({"title": "问题学籍清单", "author": "{{issuer}}", "created": created})
    book.close()
    return Template.from_workbook(buffer.getvalue(), sample_lines)


def _lay_out_list(sheet: Worksheet, title: str, counts: str, columns: Sequence[Column], styles: Styles) -> None:
    """Head block, widths, frozen panes and print set-up of a list sheet, and its sample row."""
    last = len(columns) - 1
    first_answer = next(place for place, column in enumerate(columns) if column.style == "answer")
    sheet.merge_range(0, 0, 0, last, f"全国中小学生学籍信息管理系统{title}", styles["title"])
    sheet.merge_range(1, 0, 1, last, "{{school}}", styles["info"])
    sheet.merge_range(2, 0, 2, last, counts, styles["info"])
    sheet.merge_range(3, 0, 3, first_answer - 1, "下发内容（已锁定，请勿改动）", styles["head"])
    if first_answer < last:
        sheet.merge_range(3, first_answer, 3, last, "学校填写", styles["answer_head"])
    else:
        sheet.write_string(3, last, "学校填写", styles["answer_head"])
    for line, height in enumerate((30, 28, 28, 18, 44)):
        sheet.set_row(line, height)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        heading = "answer_head" if column.style == "answer" else "head"
        sheet.write_string(HEAD_LINES - 1, place, column.title, styles[heading])
        sheet.write_string(HEAD_LINES, place, column.title, styles[column.style])
    sheet.freeze_panes(HEAD_LINES, FROZEN_COLUMNS)
    sheet.repeat_rows(HEAD_LINES - 2, HEAD_LINES - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{HEAD_LINES + 1}:{xl_col_to_name(last)}{LAST_LINE}"})
    _set_up_page(sheet)


def _lay_out_guide(sheet: Worksheet, styles: Styles) -> None:
    for column, width in enumerate(GUIDE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, len(GUIDE_WIDTHS) - 1, GUIDE_TITLE, styles["title"])
    for line, guide in enumerate(GUIDE, start=1):
        table_style = "head" if guide is TYPES_HEADING else "centre"
        sheet.set_row(line, line_count(guide.text, GUIDE_WIDTHS[1]) * LINE_HEIGHT + ROW_PADDING)
        if guide.operations:
            sheet.write_string(line, 0, guide.heading, styles[table_style])
            sheet.write_string(line, 1, guide.text, styles["head" if guide is TYPES_HEADING else "left"])
            sheet.write_string(line, 2, guide.operations, styles[table_style])
        else:
            sheet.write_string(line, 0, guide.heading, styles["guide_heading"])
            sheet.write_string(line, 1, guide.text, styles["guide"])
    _set_up_page(sheet, pages_tall=1)


def _lay_out_keys(sheet: Worksheet) -> None:
    for line in range(2):  # headings, and the sample row
        for place, title in enumerate(KEY_COLUMNS):
            sheet.write_string(line, place, title)
    sheet.protect()
    sheet.very_hidden()


def _set_up_page(sheet: Worksheet, pages_tall: int = 0) -> None:
    """A4 landscape, one page wide (tall: 0 for any number), page numbers below; cells locked but for the answers."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, pages_tall)
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&L{{foot}}&C第 &P 页，共 &N 页&R内含个人信息，不得外传")
    sheet.protect("", PROTECTION)
