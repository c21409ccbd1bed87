"""How the workbooks of verification look that are read and not filled in: columns, styles, head block, print set-up, typed cells.

Laid out once by XlsxWriter, then filled in as text (reports/workbook_template.py). Here numbers and dates are cells of their own kind, so
that they can be sorted and added up; everything delivered stays inline text and can become no formula.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from string import ascii_uppercase
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from xueji.reports.list_layout import LAST_LINE, PROTECTION, STYLES, Styles, line_count, set_up_page
from xueji.reports.workbook_template import COMPRESSION, EARLIEST, SheetFrame, Template, escape, replace_tokens

CENTRE, LEFT, NUMBER, PERCENT, DAY = "centre", "left", "number", "percent", "day"
HEAD_LINES = 4  # title, whose it is, what it is for, headings
LINE_HEIGHT, ROW_PADDING, TALLEST_ROW = 14, 6, 409  # points
FIRST_DAY = date(1899, 12, 30).toordinal()  # day 0 of a spreadsheet
FILTER_END = 999_000  # stands in the template where each workbook has the last line of its filter
_TYPED = {NUMBER: {"num_format": "0"}, PERCENT: {"num_format": "0.0%"}, DAY: {"num_format": "yyyy-mm-dd"}}
_CENTRE = STYLES["centre"]
CELL_STYLES = {
    **{name: STYLES[name] for name in ("title", "info", "head", CENTRE, LEFT)},
    **{name: {**_CENTRE, **form} for name, form in _TYPED.items()},
}
TOTAL_LOOK = {"bold": True, "bg_color": "#F2F2F2"}
for _kind in (CENTRE, LEFT, NUMBER, PERCENT, DAY):
    CELL_STYLES[f"{_kind}_total"] = {**CELL_STYLES[_kind], **TOTAL_LOOK}


@dataclass(frozen=True)
class Column:
    """One column: heading, width in characters, and what stands in it: text in the middle or to the left, a number, a share, a day."""

    title: str
    width: float
    kind: str = CENTRE


@dataclass(frozen=True)
class SheetKind:
    """One kind of sheet: its tab, its title, what its reader does with it, its columns."""

    tab: str
    title: str
    note: str
    columns: tuple[Column, ...]
    frozen_columns: int = 1


@dataclass(frozen=True)
class SheetRows:
    """The rows of one sheet, each cell as text: a number in digits, a share as a fraction, a day as YYYY-MM-DD, nothing as ''.

    `total`, when there is one, stands below them and outside the filter.
    """

    rows: Sequence[Sequence[str]]
    total: Sequence[str] | None = None


@lru_cache(maxsize=128)
def reading_template(kinds: tuple[SheetKind, ...], title: str, as_of: date) -> Template:
    """The laid-out workbook of all that have these sheets. Tokens: info, foot, issuer, and for sheet n note_n and last_n."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    styles = {name: book.add_format(properties) for name, properties in CELL_STYLES.items()}
    for number, kind in enumerate(kinds, start=1):
        _lay_out(book.add_worksheet(kind.tab), kind, number, styles)
    book.set_properties(
        {"title": title, "author": "{{issuer}}", "created": datetime(as_of.year, as_of.month, as_of.day)}
    )
    book.close()
    content = _with_filter_ends(buffer.getvalue(), len(kinds))
    return Template.from_workbook(content, {kind.tab: HEAD_LINES + 1 for kind in kinds})


def _lay_out(sheet: Worksheet, kind: SheetKind, number: int, styles: Styles) -> None:
    last = len(kind.columns) - 1
    width = sum(column.width for column in kind.columns)
    sheet.merge_range(0, 0, 0, last, kind.title, styles["title"])
    sheet.merge_range(1, 0, 1, last, "{{info}}", styles["info"])
    sheet.merge_range(2, 0, 2, last, f"{{{{note_{number}}}}}", styles["info"])
    note_lines = line_count(f"{kind.note}共 100000 条。", width)
    for line, height in enumerate((30, 32, LINE_HEIGHT * note_lines + ROW_PADDING, 32)):
        sheet.set_row(line, height)
    for place, column in enumerate(kind.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEAD_LINES - 1, place, column.title, styles["head"])
        sheet.write_string(HEAD_LINES, place, column.title, styles[column.kind])
        sheet.write_string(HEAD_LINES + 1, place, column.title, styles[f"{column.kind}_total"])
    sheet.autofilter(HEAD_LINES - 1, 0, FILTER_END + number - 1, last)
    sheet.freeze_panes(HEAD_LINES, kind.frozen_columns)
    sheet.repeat_rows(HEAD_LINES - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{HEAD_LINES + 1}:{xl_col_to_name(last)}{LAST_LINE}"})
    set_up_page(sheet)
    sheet.protect("", {**PROTECTION, "autofilter": True})  # locked against slips; to be filtered all the same


def _with_filter_ends(content: bytes, sheets: int) -> bytes:
    """The workbook with a token where each sheet's filter ends: in the sheet and in the name that goes with it."""
    renewed = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(renewed, "w") as target:
        for name in source.namelist():
            xml = source.read(name).decode()
            if name.startswith("xl/work"):
                for number in range(1, sheets + 1):
                    xml = xml.replace(str(FILTER_END + number), f"{{{{last_{number}}}}}")
            target.writestr(ZipInfo(name, EARLIEST), xml)
    return renewed.getvalue()


def fill(template: Template, kinds: Sequence[SheetKind], tokens: Mapping[str, str], rows: Sequence[SheetRows]) -> bytes:
    """The workbook of `rows`, one a sheet, in the order of the kinds."""
    ends = {f"last_{n}": str(HEAD_LINES + max(len(part.rows), 1)) for n, part in enumerate(rows, start=1)}
    safe = {name: escape(text) for name, text in {**tokens, **ends}.items()}
    by_tab = {kind.tab: (kind, part) for kind, part in zip(kinds, rows, strict=True)}
    buffer = BytesIO(template.fixed)
    with ZipFile(buffer, "a") as archive:
        for name, part in template.parts.items():
            xml = replace_tokens(part, safe) if isinstance(part, str) else _sheet_xml(part, safe, *by_tab[part.sheet])
            archive.writestr(ZipInfo(name, EARLIEST), xml, ZIP_DEFLATED, COMPRESSION)
    return buffer.getvalue()


def _sheet_xml(frame: SheetFrame, safe: Mapping[str, str], kind: SheetKind, content: SheetRows) -> str:
    lines = len(content.rows) + (content.total is not None)
    last = f"{ascii_uppercase[len(kind.columns) - 1]}{HEAD_LINES + lines}"
    own = {**safe, "dimension": f"A1:{last}", "drop_downs": ""}
    writers = [_WRITERS[column.kind] for column in kind.columns]
    wraps = [(place, column.width) for place, column in enumerate(kind.columns) if column.kind in (CENTRE, LEFT)]
    usual, total = ([*zip(ascii_uppercase, look, writers, strict=False)] for look in frame.styles)
    parts = [replace_tokens(frame.before, own)]
    for line, cells in enumerate(content.rows, start=HEAD_LINES + 1):
        parts.append(_row_xml(line, cells, usual, wraps))
    if content.total is not None:
        parts.append(_row_xml(HEAD_LINES + lines, content.total, total, wraps))
    parts.append(replace_tokens(frame.after, own))
    return "".join(parts)


Writer = Callable[[str], str]


def _row_xml(
    line: int, cells: Sequence[str], looks: Sequence[tuple[str, str, Writer]], wraps: Sequence[tuple[int, float]]
) -> str:
    tallest = max(
        [
            1,
            *[
                line_count(cells[place], width)
                for place, width in wraps
                if 2 * len(cells[place]) > width or "\n" in cells[place]
            ],
        ]
    )
    height = min(LINE_HEIGHT * tallest + ROW_PADDING, TALLEST_ROW)
    texts = [
        f'<c r="{letter}{line}"{style}{write(text)}' if text else f'<c r="{letter}{line}"{style}/>'
        for (letter, style, write), text in zip(looks, cells, strict=True)
    ]
    return f'<row r="{line}" ht="{height}" customHeight="1">{"".join(texts)}</row>'


@lru_cache(maxsize=8192)  # grades, classes, sentences: most cells say what others have said
def _text_xml(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _number_xml(text: str) -> str:
    float(text)  # anything but a number is a mistake of ours, and no workbook
    return f"><v>{text}</v></c>"


@lru_cache(maxsize=1024)
def _day_xml(text: str) -> str:
    return f"><v>{date.fromisoformat(text).toordinal() - FIRST_DAY}</v></c>"


_WRITERS: Mapping[str, Writer] = {
    CENTRE: _text_xml,
    LEFT: _text_xml,
    NUMBER: _number_xml,
    PERCENT: _number_xml,
    DAY: _day_xml,
}
