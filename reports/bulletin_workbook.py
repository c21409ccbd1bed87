"""The annexes of a bulletin as a workbook: one sheet an annex, numbers as numbers, everything else as text."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xueji.reports.bulletin_annexes import Annex
from xueji.reports.bulletin_facts import Cell
from xueji.reports.bulletin_wording import full_date

A4 = 9
FONT = "宋体"
TITLE_ROW, HEAD_ROW = 0, 1
ROW_TITLE_WIDTH, WIDE_ROW_TITLE_WIDTH, GUIDE_WIDTH = 12, 44, 90
COLUMN_WIDTH = 12
ROW_HEIGHT, HEAD_HEIGHT = 18, 34  # points
NARROW_COLUMNS = 8  # more than that need a landscape page


def render_annexes(annexes: Sequence[Annex], title: str, as_of: date) -> bytes:
    """The workbook's bytes. Its creation date is the as-of date: the same annexes give the same bytes."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
    formats = Formats(workbook)
    _write_guide(workbook.add_worksheet("说明"), annexes, title, as_of, formats)
    for number, annex in enumerate(annexes, start=1):
        _write_annex(workbook.add_worksheet(f"附件{number}"), annex, number, formats)
    workbook.close()
    return buffer.getvalue()


class Formats:
    """The cell formats of one workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._numbers: dict[tuple[int, bool], Format] = {}
        framed = {"border": 1, "valign": "vcenter"}
        self.title = self._add(bold=True, font_size=14, valign="vcenter")
        self.guide_title = self._add(bold=True, font_size=14, valign="vcenter", text_wrap=True)
        self.head = self._add(bold=True, bg_color="#E7E6E6", align="center", text_wrap=True, **framed)
        self.note = self._add(text_wrap=True, valign="top")
        self.row_title = self._add(num_format="@", **framed)
        self.total_title = self._add(num_format="@", bold=True, **framed)
        self._words = {
            (align, is_total): self._add(num_format="@", align=align, bold=is_total, **framed)
            for align in ("center", "right")
            for is_total in (False, True)
        }

    def word(self, cell: Cell, is_total: bool) -> Format:
        """A mark stands where its figure would; other words in the middle."""
        return self._words["center" if cell.is_word else "right", is_total]

    def number(self, decimals: int, is_total: bool) -> Format:
        key = (decimals, is_total)
        if key not in self._numbers:
            pattern = "0" + ("." + "0" * decimals if decimals else "")
            self._numbers[key] = self._add(num_format=pattern, bold=is_total, border=1, valign="vcenter")
        return self._numbers[key]

    def _add(self, **properties: object) -> Format:
        return self._workbook.add_format({"font_name": FONT, "font_size": 11, **properties})


def _write_guide(sheet: Worksheet, annexes: Sequence[Annex], title: str, as_of: date, formats: Formats) -> None:
    lines = [
        f"数据截至{full_date(as_of)}。本工作簿为通报附件的电子表，只含汇总数，不含学生个人信息。",
        *(f"附件{number}：{annex.title}" for number, annex in enumerate(annexes, start=1)),
        *dict.fromkeys(note for annex in annexes for note in annex.notes),
    ]
    sheet.set_column(0, 0, GUIDE_WIDTH)
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_row(0, 2 * HEAD_HEIGHT)
    sheet.write_string(0, 0, title, formats.guide_title)
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line, formats.note)
    _set_page(sheet, landscape=False)


def _write_annex(sheet: Worksheet, annex: Annex, number: int, formats: Formats) -> None:
    sheet.set_default_row(ROW_HEIGHT)
    first_row = _write_head(sheet, annex, number, formats)
    longest = max(len(row.title) for row in annex.rows)
    sheet.set_column(0, 0, ROW_TITLE_WIDTH if longest <= ROW_TITLE_WIDTH // 2 else WIDE_ROW_TITLE_WIDTH)
    for column in range(1, len(annex.columns) + 1):
        texts = [len(row.cells[column - 1].text) for row in annex.rows]
        sheet.set_column(column, column, max(COLUMN_WIDTH, 2 * max(texts) if max(texts) > COLUMN_WIDTH // 2 else 0))
    for place, row in enumerate(annex.rows, start=first_row):
        sheet.write_string(place, 0, row.title, formats.total_title if row.is_total else formats.row_title)
        for column, cell in enumerate(row.cells, start=1):
            _write_cell(sheet, place, column, cell, row.is_total, formats)
    for place, note in enumerate(annex.notes, start=first_row + len(annex.rows)):
        sheet.write_string(place, 0, f"注：{note}")
    sheet.freeze_panes(first_row, 1)
    sheet.repeat_rows(HEAD_ROW, first_row - 1)
    _set_page(sheet, landscape=len(annex.columns) > NARROW_COLUMNS)


def _write_head(sheet: Worksheet, annex: Annex, number: int, formats: Formats) -> int:
    """Title and head lines. Returns the first row below them."""
    sheet.write_string(TITLE_ROW, 0, f"附件{number}　{annex.title}", formats.title)
    below = HEAD_ROW + (1 if annex.has_groups else 0)
    _write_head_cell(sheet, HEAD_ROW, 0, below, 0, annex.corner, formats)
    start = 1
    for title, width in annex.head:
        is_group = any(column.group == title for column in annex.columns)
        _write_head_cell(sheet, HEAD_ROW, start, HEAD_ROW if is_group else below, start + width - 1, title, formats)
        start += width
    for place, column in enumerate(annex.columns, start=1):
        if column.group:
            sheet.write_string(below, place, column.title, formats.head)
    sheet.set_row(below, HEAD_HEIGHT)
    return below + 1


def _write_head_cell(
    sheet: Worksheet, row: int, column: int, last_row: int, last_column: int, text: str, formats: Formats
) -> None:
    if (row, column) == (last_row, last_column):
        sheet.write_string(row, column, text, formats.head)
    else:
        sheet.merge_range(row, column, last_row, last_column, text, formats.head)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, is_total: bool, formats: Formats) -> None:
    if cell.value is None:
        sheet.write_string(row, column, cell.text, formats.word(cell, is_total))
    else:
        sheet.write_number(row, column, round(cell.value, cell.decimals), formats.number(cell.decimals, is_total))


def _set_page(sheet: Worksheet, landscape: bool) -> None:
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")
