"""The annexes of a bulletin as a workbook: a guide, one sheet an annex, and the dictionary of the indicators in them.

Numbers are numbers; marks, names and words are text, and nothing becomes a formula.
"""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from math import ceil

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes_tables import Annex, Row
from xueji.reports.bulletin_facts import Cell
from xueji.reports.bulletin_wording import full_date
from xueji.reports.bulletin_workbook_formats import Formats
from xueji.reports.indicator_register import KIND_TITLES, LEVEL_TITLES, describe_all
from xueji.reports.table_workbook import text_width

A4 = 9
TITLE_ROW, HEAD_ROW = 0, 1
GUIDE_WIDTH = 76
ROW_TITLE_WIDTHS, COLUMN_WIDTHS = (12, 44), (9, 24)  # least and most, in Latin characters
LINE_HEIGHT, ROW_HEIGHT = 15, 18  # points
PORTRAIT_WIDTH = 100  # wider tables need a landscape page
GUIDE, DICTIONARY = "说明", "指标说明"
_DICTIONARY_COLUMNS = (
    ("名称", 30), ("指标", 28), ("单位", 10), ("类别", 9), ("统计到", 20), ("可加", 5), ("定义", 56), ("依据", 30),
)  # fmt: skip


def render_annexes(annexes: Sequence[Annex], title: str, as_of: date) -> bytes:
    """The workbook's bytes. Its creation date is the as-of date: the same annexes give the same bytes."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
    formats = Formats(workbook)
    _write_guide(workbook.add_worksheet(GUIDE), annexes, title, as_of, formats)
    for number, annex in enumerate(annexes, start=1):
        _write_annex(workbook.add_worksheet(f"附件{number}"), annex, number, formats)
    _write_dictionary(workbook.add_worksheet(DICTIONARY), annexes, formats)
    workbook.close()
    return buffer.getvalue()


def _write_guide(sheet: Worksheet, annexes: Sequence[Annex], title: str, as_of: date, formats: Formats) -> None:
    sheet.set_column(0, 0, GUIDE_WIDTH)
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_row(0, 2 * LINE_HEIGHT * _lines(title, GUIDE_WIDTH * 11 / 14))
    sheet.write_string(0, 0, title, formats.guide_title)
    about = f"数据截至{full_date(as_of)}。本工作簿为通报附件的电子表，只含汇总数，不含学生个人信息。"
    sheet.write_string(1, 0, about, formats.note)
    row = 2
    for number, annex in enumerate(annexes, start=1):
        sheet.write_url(row, 0, f"internal:'附件{number}'!A1", formats.link, f"附件{number}：{annex.title}")
        row += 1
    sheet.write_url(row, 0, f"internal:'{DICTIONARY}'!A1", formats.link, f"{DICTIONARY}：各表指标的单位、定义和依据")
    for place, note in enumerate(dict.fromkeys(note for annex in annexes for note in annex.notes), start=row + 1):
        sheet.write_string(place, 0, note, formats.note)
        sheet.set_row(place, LINE_HEIGHT * _lines(note, GUIDE_WIDTH) + 3)
    _set_page(sheet, landscape=False)


def _write_annex(sheet: Worksheet, annex: Annex, number: int, formats: Formats) -> None:
    sheet.set_default_row(ROW_HEIGHT)
    widths = _widths(annex)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    first_row = _write_head(sheet, annex, number, widths, formats)
    for place, row in enumerate(annex.rows, start=first_row):
        _write_row(sheet, place, row, widths[0], formats)
    for place, note in enumerate(annex.notes, start=first_row + len(annex.rows)):
        _write_across(sheet, place, f"注：{note}", widths, 1, formats.note)
    sheet.freeze_panes(first_row, 1)
    sheet.repeat_rows(HEAD_ROW, first_row - 1)
    _set_page(sheet, landscape=sum(widths) > PORTRAIT_WIDTH)


def _widths(annex: Annex) -> list[int]:
    """Of the row titles and each column: room for the longest cell, heads in two lines."""
    titles = max(map(text_width, (*(row.title for row in annex.rows), annex.corner)))
    widths = [_within(titles + 2, ROW_TITLE_WIDTHS)]
    for place, column in enumerate(annex.columns):
        longest = max((text_width(row.cells[place].text) for row in annex.rows), default=0)
        widths.append(_within(max(longest, ceil(text_width(column.title) / 2)) + 2, COLUMN_WIDTHS))
    return widths


def _within(width: int, bounds: tuple[int, int]) -> int:
    return min(max(width, bounds[0]), bounds[1])


def _write_head(sheet: Worksheet, annex: Annex, number: int, widths: Sequence[int], formats: Formats) -> int:
    """Title and head lines. Returns the first row below them."""
    _write_across(sheet, TITLE_ROW, f"附件{number}　{annex.title}", widths, 14 / 11, formats.title)
    below = HEAD_ROW + (1 if annex.has_groups else 0)
    _merge(sheet, (HEAD_ROW, 0, below, 0), annex.corner, formats)
    start = 1
    for title, width in annex.head:
        is_group = bool(annex.columns[start - 1].group)
        _merge(sheet, (HEAD_ROW, start, HEAD_ROW if is_group else below, start + width - 1), title, formats)
        start += width
    lines = 1
    for place, column in enumerate(annex.columns, start=1):
        lines = max(lines, _lines(column.title, widths[place] - 1))
        if column.group:
            sheet.write_string(below, place, column.title, formats.head)
    sheet.set_row(below, LINE_HEIGHT * lines + 5)
    if annex.has_groups:
        sheet.set_row(HEAD_ROW, LINE_HEIGHT * _group_lines(annex, widths) + 5)
    return below + 1


def _group_lines(annex: Annex, widths: Sequence[int]) -> int:
    """The lines of the tallest group head."""
    lines, start = 1, 1
    for title, width in annex.head:
        if annex.columns[start - 1].group:
            lines = max(lines, _lines(title, sum(widths[start : start + width]) - 1))
        start += width
    return lines


def _merge(sheet: Worksheet, area: tuple[int, int, int, int], text: str, formats: Formats) -> None:
    if area[:2] == area[2:]:
        sheet.write_string(*area[:2], text, formats.head)
    else:
        sheet.merge_range(*area, text, formats.head)


def _write_across(
    sheet: Worksheet, row: int, text: str, widths: Sequence[int], scale: float, cell_format: object
) -> None:
    """A line over the table's whole width, broken where it has to be. `scale`: of its characters' width."""
    sheet.merge_range(row, 0, row, len(widths) - 1, text, cell_format)
    sheet.set_row(row, scale * LINE_HEIGHT * _lines(text, sum(widths) / scale - 1) + 5)


def _write_row(sheet: Worksheet, place: int, row: Row, title_width: int, formats: Formats) -> None:
    sheet.write_string(place, 0, row.title, formats.total_title if row.is_total else formats.row_title)
    if (lines := _lines(row.title, title_width - 1)) > 1:
        sheet.set_row(place, LINE_HEIGHT * lines + 3)
    for column, cell in enumerate(row.cells, start=1):
        _write_cell(sheet, place, column, cell, row.is_total, formats)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, is_total: bool, formats: Formats) -> None:
    if cell.value is None:
        sheet.write_string(row, column, cell.text, formats.word(cell, is_total))
    else:
        sheet.write_number(row, column, round(cell.value, cell.decimals), formats.number(cell.decimals, is_total))


def _write_dictionary(sheet: Worksheet, annexes: Sequence[Annex], formats: Formats) -> None:
    """What the figures of the annexes mean."""
    names = {ind.STUDENTS, *(name for annex in annexes for name in annex.indicators)}  # rates are told of the students
    rules = [rule for annex in annexes for rule in annex.rules]
    for place, (title, width) in enumerate(_DICTIONARY_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, formats.head)
    for row, item in enumerate(describe_all(names, rules), start=1):
        levels = "、".join(LEVEL_TITLES[level] for level in item.levels)
        additive = "是" if item.is_additive else "否"
        cells = (
            item.name, item.title, item.measure, KIND_TITLES[item.kind], levels, additive, item.definition, item.source,
        )  # fmt: skip
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, formats.text)
        widths = (width - 1 for _, width in _DICTIONARY_COLUMNS)
        sheet.set_row(row, LINE_HEIGHT * max(map(_lines, cells, widths)) + 3)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    _set_page(sheet, landscape=True)


def _lines(text: str, width: float) -> int:
    return max(1, ceil(text_width(text) / width))


def _set_page(sheet: Worksheet, landscape: bool) -> None:
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")
