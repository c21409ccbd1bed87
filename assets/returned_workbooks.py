"""Workbooks that come back: what they say they are, and their rows with an answer. Nothing here judges a row.

Sheets and columns are known by their titles, wherever they stand: columns may change places, others may be added, title lines
may stand above, blank lines between, and the sheet may have another name.
"""

import itertools
import zipfile
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from xueji.assets.archive_files import UNREADABLE_ZIP
from xueji.assets.columns import spelling_key
from xueji.assets.delivery_facts import FileRefusedError, Limits
from xueji.assets.workbook_cells import MOST_CELLS, Cell, SheetCells, filled_lines, read_cells, shared_strings
from xueji.assets.workbook_xml import check_package, check_parts, sheet_parts
from xueji.checks.text_folding import BLANKS
from xueji.reports.return_forms import (
    CASE_COLUMN,
    FORMS,
    KEY_FIELDS,
    KEY_SHEET,
    SEAL_COLUMN,
    SEALED_COLUMNS,
    ReturnForm,
)

UNREADABLE = (*UNREADABLE_ZIP, expat.ExpatError, KeyError, IndexError)
# Generous for a big school's list, and for the scans beside it.
RETURN_LIMITS = Limits(
    max_members=10_000, max_expanded_bytes=4 << 30, max_workbook_bytes=64 << 20, ratio_floor_bytes=16 << 20
)
HEADER_LINES = 40  # with something in them, among which the heading row is looked for
# Sheets of a list behind which no case stands: passed over unread.
OTHER_SHEETS = frozenset({"数据质量待改", "填写说明"})
FIRST_COLUMNS = (CASE_COLUMN, SEAL_COLUMN, *SEALED_COLUMNS)


@dataclass(frozen=True)
class FileKeys:
    """What the key sheet says of its workbook."""

    form: str
    owner: str
    edition: str
    key_id: str
    seal: str


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One row with an answer. `line` is the sheet's; titles are those of the answer and sealed columns."""

    sheet: str
    line: int
    case_no: str
    mark: str  # the hidden cell of turn and seal
    shown: tuple[str, ...]  # the cells of SEALED_COLUMNS as they stand
    answers: Mapping[str, str]  # field → text without outer blanks, given ones only
    numbers: frozenset[str]  # fields whose cell holds a number, not a text
    merged: tuple[str, ...]  # titles of columns merged in this row
    computed: tuple[str, ...]  # titles of columns that hold a formula or an error value


@dataclass(frozen=True)
class ReturnedWorkbook:
    """A workbook as read. Without keys, or of an unknown form, it has no rows. `missing` and `repeated` are titles of columns."""

    keys: FileKeys | None
    rows: tuple[ReturnedRow, ...] = ()
    missing: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def form(self) -> ReturnForm | None:
        return FORMS.get(self.keys.form) if self.keys else None


def read_returned(path: Path, limits: Limits = RETURN_LIMITS) -> ReturnedWorkbook:
    """Read a workbook. Raises FileRefusedError when it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > limits.max_workbook_bytes:
                raise FileRefusedError("工作簿展开后过大")
            check_package(archive, limits)
            check_parts(archive, limits)
            return _read_archive(archive)
    except UNREADABLE as error:
        raise FileRefusedError("工作簿损坏") from error


def _read_archive(archive: zipfile.ZipFile) -> ReturnedWorkbook:
    parts, shared = sheet_parts(archive), shared_strings(archive)
    key_part = next((part for name, part in parts.items() if name.lower() == KEY_SHEET), None)
    keys = read_keys(read_cells(archive, key_part, shared)) if key_part else None
    form = FORMS.get(keys.form) if keys else None
    if form is None:
        return ReturnedWorkbook(keys)
    asked = (*FIRST_COLUMNS, *form.answer_titles.values())
    rows: list[ReturnedRow] = []
    missing: tuple[str, ...] | None = None
    repeated: tuple[str, ...] = ()
    for name, part in parts.items():
        if name in OTHER_SHEETS or part == key_part:
            continue
        cells = read_cells(archive, part, shared)
        header = find_header(cells, asked)
        if header is None:
            continue
        missing = (missing or ()) + header.missing(asked)
        repeated += header.repeated
        if not header.missing(asked):
            rows += sheet_rows(name, cells, header, form)
    missing = asked if missing is None else tuple(dict.fromkeys(missing))
    return ReturnedWorkbook(keys, tuple(rows), missing, tuple(dict.fromkeys(repeated)))


def read_keys(cells: SheetCells) -> FileKeys | None:
    """The key sheet's values by its headings. None when it is no key sheet of ours."""
    lines = [line for _, line in filled_lines(cells)]
    for head, values in itertools.pairwise(lines):
        places = {cell.text.strip(): column for column, cell in head.items()}
        if set(KEY_FIELDS) <= set(places):
            texts = {field: values[places[field]].text.strip() for field in KEY_FIELDS if places[field] in values}
            return FileKeys(**texts) if len(texts) == len(KEY_FIELDS) else None
    return None


@dataclass(frozen=True)
class Header:
    """The heading row of a sheet: its line, and the column of each title asked for."""

    line: int
    columns: Mapping[str, int]
    repeated: tuple[str, ...]

    def missing(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(title for title in asked if title not in self.columns)


def find_header(cells: SheetCells, asked: tuple[str, ...]) -> Header | None:
    """The row that has most of the titles. None when no row names cases or seals, or half of what is asked for."""
    keys = {spelling_key(title): title for title in asked}
    best: Header | None = None
    for place, (line, texts) in enumerate(filled_lines(cells)):
        if place >= HEADER_LINES:
            break
        columns: dict[str, int] = {}
        repeated: list[str] = []
        for column, cell in sorted(texts.items()):
            if title := keys.get(spelling_key(cell.text)):
                if title in columns:
                    repeated.append(title)
                columns.setdefault(title, column)
        if best is None or len(columns) > len(best.columns):
            best = Header(line, columns, tuple(repeated))
    if best is None:
        return None
    is_asking = CASE_COLUMN in best.columns or SEAL_COLUMN in best.columns or 2 * len(best.columns) >= len(asked)
    return best if is_asking else None


def sheet_rows(sheet: str, cells: SheetCells, header: Header, form: ReturnForm) -> list[ReturnedRow]:
    """The rows below the heading in which anything is answered: a text, a formula, or a merged cell that holds one."""
    merged = _merged_columns(cells, header)
    answered = {field: header.columns[title] for field, title in form.answer_titles.items()}
    rows = []
    for line, texts in filled_lines(cells):
        if line <= header.line:
            continue
        given = {field: texts[column] for field, column in answered.items() if column in texts}
        given = {field: cell for field, cell in given.items() if cell.kind != "text" or cell.text.strip(BLANKS)}
        merged_here = merged.get(line, {})
        if given or any(merged_here.get(column) for column in answered.values()):
            rows.append(_row(sheet, line, texts, given, header, merged_here.keys()))
    return rows


def _merged_columns(cells: SheetCells, header: Header) -> dict[int, dict[int, bool]]:
    """Lines below the heading with merged columns among those asked for; of each whether the merged cell holds anything."""
    lines = sorted(line for line in cells.lines if line > header.line)
    asked = set(header.columns.values())
    merged: dict[int, dict[int, bool]] = defaultdict(dict)
    count = 0
    for merge in cells.merges:
        columns = [column for column in asked if merge.first_column <= column <= merge.last_column]
        here = lines[bisect_left(lines, merge.first_line) : bisect_right(lines, merge.last_line)] if columns else []
        anchor = cells.lines.get(merge.first_line, {}).get(merge.first_column)
        count += len(here) * len(columns)
        if count > MOST_CELLS:  # more than there can be: merges that lie over one another
            raise FileRefusedError("工作簿损坏")
        for line in here:
            merged[line] |= dict.fromkeys(columns, bool(anchor and anchor.text.strip(BLANKS)))
    return merged


def _row(
    sheet: str,
    line: int,
    texts: Mapping[int, Cell],
    given: Mapping[str, Cell],
    header: Header,
    merged: AbstractSet[int],
) -> ReturnedRow:
    def text(title: str) -> str:
        cell = texts.get(header.columns[title])
        return cell.text if cell else ""

    computed = {column for column, cell in texts.items() if cell.kind in ("formula", "error")}
    return ReturnedRow(
        sheet=sheet,
        line=line,
        case_no=text(CASE_COLUMN).strip(),
        mark=text(SEAL_COLUMN).strip(),
        shown=tuple(text(title) for title in SEALED_COLUMNS),
        answers={field: cell.text.strip(BLANKS) for field, cell in given.items()},
        numbers=frozenset(field for field, cell in given.items() if cell.kind == "number"),
        merged=tuple(title for title, column in header.columns.items() if column in merged),
        computed=tuple(title for title, column in header.columns.items() if column in computed),
    )
