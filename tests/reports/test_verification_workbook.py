"""The workbooks of verification as files: what kind each cell is, how they print, what hostile text does, and the same bytes."""

import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from xueji.reports.verification_layout import HEAD_LINES, SheetRows
from xueji.reports.verification_sheets import SHEETS
from xueji.reports.verification_workbook import NOTHING_TO_DO, VerificationWorkbook, render_verification_workbook

CELLS = {"centre": "文字", "left": "较长的文字", "number": "12", "percent": "0.125", "day": "2026-11-20"}
HOSTILE = [
    # text, why
    ("=1+1", "formula"),
    ("+8613800000000", "plus"),
    ("-1", "minus"),
    ("@SUM(A1)", "at"),
    ("=HYPERLINK(\"http://x\",\"y\")", "link"),
    ("</t></is></c><c><f>1+1</f></c>", "mark-up"),
    ("{{info}}{{note_1}}", "token"),
    ("440106201503120036", "long number"),
    ("2026-11-20", "date"),
    ("甲\n乙", "two lines"),
]  # fmt: skip


def values(**sheets: SheetRows) -> VerificationWorkbook:
    return VerificationWorkbook(
        "数据质量核查工作表", "学校：示例小学（学校标识码 2152000001）", "示例小学", "2026年秋季学期数据质量核查", "贵州省教育厅",
        date(2026, 11, 20), sheets,
    )  # fmt: skip


def opened(content: VerificationWorkbook) -> Workbook:
    return load_workbook(BytesIO(render_verification_workbook(content)))


def sample_rows(key: str) -> SheetRows:
    cells = [CELLS[column.kind] for column in SHEETS[key].columns]
    return SheetRows([cells, cells], ["合计", *cells[1:]])


@pytest.mark.parametrize("key", SHEETS)
def test_every_sheet_is_typed_locked_filtered_and_prints_on_a4(key: str) -> None:
    (sheet,) = opened(values(**{key: sample_rows(key)})).worksheets
    kind = SHEETS[key]
    assert sheet.title == kind.tab
    assert [cell.value for cell in sheet[HEAD_LINES]] == [column.title for column in kind.columns]
    for cell, column in zip(sheet[HEAD_LINES + 1], kind.columns, strict=True):
        expected = {"number": 12, "percent": 0.125, "day": datetime(2026, 11, 20)}.get(column.kind, CELLS[column.kind])
        assert (cell.value, cell.protection.locked) == (expected, True), column.title
    assert sheet.protection.sheet and not sheet.protection.autoFilter, "locked, yet to be filtered"
    last = get_column_letter(len(kind.columns))
    assert sheet.auto_filter.ref == f"A{HEAD_LINES}:{last}{HEAD_LINES + 2}", "the total stands outside the filter"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize), sheet.page_setup.fitToHeight) == (
        "landscape", "9", 0,
    )  # fmt: skip
    assert sheet.print_title_rows == f"${HEAD_LINES}:${HEAD_LINES}"
    assert sheet.freeze_panes == sheet.cell(HEAD_LINES + 1, kind.frozen_columns + 1).coordinate
    assert sheet.cell(HEAD_LINES + 3, 1).font.bold


def test_two_sheets_have_two_tabs_of_different_names() -> None:
    tabs = [kind.tab for kind in SHEETS.values()]
    together = (
        {"class_progress", "todo", "audits", "missing", "unnumbered"},
        set(SHEETS) - {"class_progress", "todo", "school_progress"},
    )
    for keys in together:
        names = [SHEETS[key].tab for key in keys]
        assert len(names) == len(set(names))
    assert all(len(tab) <= 31 for tab in tabs)


@pytest.mark.parametrize(("text", "why"), HOSTILE, ids=[case[-1] for case in HOSTILE])
def test_a_text_stays_a_text(text: str, why: str) -> None:
    content = values(todo=SheetRows([[text] * 7 + ["2026-11-16", text]]))
    cells = opened(content)["待办"][HEAD_LINES + 1]
    assert [cell.value for cell in cells if cell.column != 8] == [text] * 8
    assert {cell.data_type for cell in cells if cell.column != 8} == {"s"}
    with zipfile.ZipFile(BytesIO(render_verification_workbook(content))) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=60), min_size=5, max_size=5), min_size=1, max_size=5))
def test_any_text_gives_a_workbook_that_opens(texts: list[list[str]]) -> None:
    rows = [[*cells[:5], "", "", "2026-11-16", ""] for cells in texts]
    sheet = opened(values(todo=SheetRows(rows)))["待办"]
    assert sheet.max_row == HEAD_LINES + len(rows)
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize(("column", "text"), [(7, "不是日期"), (7, "=1+1")])
def test_a_day_that_is_none_makes_no_workbook(column: int, text: str) -> None:
    cells = [""] * 9
    cells[column] = text
    with pytest.raises(ValueError):
        render_verification_workbook(values(todo=SheetRows([cells])))


def test_without_rows_says_that_there_is_nothing_to_do() -> None:
    (sheet,) = opened(values()).worksheets
    assert sheet.title == "待办" and NOTHING_TO_DO in sheet["A3"].value


def test_the_same_values_give_the_same_bytes() -> None:
    content = values(todo=SheetRows([["甲"] * 7 + ["2026-11-16", "乙"]]), class_progress=sample_rows("class_progress"))
    assert render_verification_workbook(content) == render_verification_workbook(content)
