"""Plain tables as a workbook: a sheet a table, numbers as numbers, everything else as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

A4 = 9
FONT = "宋体"
TITLE_HEIGHT, HEAD_HEIGHT, LINE_HEIGHT = 28, 32, 16  # points
WIDE = 100  # characters: a wider table is printed across the page
MOST_ROWS = 1_000_000  # of a sheet; Excel ends at 1,048,576 with title, heads and notes
NARROW_SIGNS = "\u2000"  # what comes before takes the width of half a Chinese character

Cell = str | int | date | None


@dataclass(frozen=True)
class Column:
    title: str
    width: float  # in characters of a Latin script


@dataclass(frozen=True)
class Sheet:
    """One table. `notes` stand below its title; `total_rows` are the places, from 0, of rows in bold."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()
    total_rows: frozenset[int] = frozenset()


def render_workbook(sheets: Sequence[Sheet], title: str, night: date) -> bytes:
    """The workbook's bytes. It was created on `night`: the same tables give the same bytes.

    A table too long for one sheet goes on in further ones, with the number of the part behind their names.
    """
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": title, "created": datetime(night.year, night.month, night.day)})
    formats = _Formats(workbook)
    for sheet in sheets:
        for part, start in enumerate(range(0, max(len(sheet.rows), 1), MOST_ROWS), start=1):
            name = sheet.name if part == 1 else f"{sheet.name}{part}"
            _write(workbook.add_worksheet(name), sheet, start, formats)
    workbook.close()
    return buffer.getvalue()


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        def add(**properties: object) -> Format:
            return workbook.add_format({"font_name": FONT, "font_size": 11, "valign": "vcenter", **properties})

        self.title = add(bold=True, font_size=14)
        self.note = add(text_wrap=True, valign="top")
        self.head = add(bold=True, bg_color="#E7E6E6", align="center", text_wrap=True, border=1)
        self.text = {bold: add(num_format="@", text_wrap=True, border=1, bold=bold) for bold in (False, True)}
        self.number = {bold: add(num_format="0_ ", border=1, bold=bold) for bold in (False, True)}


def _write(target: Worksheet, sheet: Sheet, start: int, formats: _Formats) -> None:
    for place, described in enumerate(sheet.columns):
        target.set_column(place, place, described.width)
    head = _write_head(target, sheet, formats)
    for row, values in enumerate(sheet.rows[start : start + MOST_ROWS]):
        is_total = start + row in sheet.total_rows
        place = head + 1 + row
        for column, value in enumerate(values):
            if isinstance(value, int):
                target.write_number(place, column, value, formats.number[is_total])
            else:
                target.write_string(place, column, "" if value is None else str(value), formats.text[is_total])
        target.set_row(place, LINE_HEIGHT * _lines(values, sheet.columns) + 4)
    last = head + min(len(sheet.rows) - start, MOST_ROWS)
    if last > head:
        target.autofilter(head, 0, last, len(sheet.columns) - 1)
    target.freeze_panes(head + 1, 0)
    target.repeat_rows(head)
    target.set_paper(A4)
    if sum(column.width for column in sheet.columns) > WIDE:
        target.set_landscape()
    target.fit_to_pages(1, 0)
    target.set_footer("&C第 &P 页 / 共 &N 页")


def _write_head(target: Worksheet, sheet: Sheet, formats: _Formats) -> int:
    """Title, notes and column heads. Returns the row of the heads."""
    target.write_string(0, 0, sheet.title, formats.title)
    target.set_row(0, TITLE_HEIGHT)
    last = len(sheet.columns) - 1
    width = sum(column.width for column in sheet.columns)
    for row, note in enumerate(sheet.notes, start=1):
        target.merge_range(row, 0, row, last, note, formats.note)
        target.set_row(row, LINE_HEIGHT * ceil(text_width(note) / width) + 4)
    head = 1 + len(sheet.notes)
    for place, column in enumerate(sheet.columns):
        target.write_string(head, place, column.title, formats.head)
    target.set_row(head, HEAD_HEIGHT)
    return head


def _lines(values: tuple[Cell, ...], columns: tuple[Column, ...]) -> int:
    """The lines of the row's tallest cell."""
    return max(
        sum(max(1, ceil(text_width(line) / (column.width - 1))) for line in value.split("\n"))
        if isinstance(value, str)
        else 1
        for value, column in zip(values, columns, strict=True)
    )


def text_width(text: str) -> int:
    """Width in Latin characters: Chinese ones are twice as wide."""
    return sum(1 if character < NARROW_SIGNS else 2 for character in text)
