"""The annexes as a workbook: the same cells, numbers as numbers, marks as text, and what the indicators mean."""

from io import BytesIO

import annex_sample
import openpyxl
import pytest
from openpyxl.workbook import Workbook

from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes import Annex, annexes_of
from xueji.reports.bulletin_facts import Facts
from xueji.reports.bulletin_workbook import render_annexes
from xueji.reports.indicator_register import describe

TITLE = "关于福建省全国中小学生学籍信息管理系统截至2026年11月23日建设应用进展情况的通报"
CODES = ("00", "35", "350203")


@pytest.fixture(scope="module")
def facts() -> Facts:
    small = ((code, name) for code in ("35", "350203") for name in (ind.PENDING_TOTAL, ind.CASES_CLOSED))
    return annex_sample.facts_of(marks=annex_sample.marks_on(small))


def render(facts: Facts, code: str) -> tuple[tuple[Annex, ...], Workbook]:
    annexes = annexes_of(facts, code)
    content = render_annexes(annexes, TITLE, facts.as_of)
    return annexes, openpyxl.load_workbook(BytesIO(content))


@pytest.mark.parametrize("code", CODES)
def test_sheets_hold_the_cells_of_the_annexes(facts: Facts, code: str) -> None:
    annexes, workbook = render(facts, code)
    assert workbook.sheetnames == ["说明", *(f"附件{number}" for number in range(1, len(annexes) + 1)), "指标说明"]
    texts = set()
    for number, annex in enumerate(annexes, start=1):
        sheet = workbook[f"附件{number}"]
        assert sheet.cell(1, 1).value == f"附件{number}　{annex.title}"
        for place, row in enumerate(annex.rows, start=4 if annex.has_groups else 3):
            assert sheet.cell(place, 1).value == row.title
            for column, cell in enumerate(row.cells, start=2):
                found = sheet.cell(place, column)
                if cell.value is None:
                    assert (found.value, found.data_type) == (cell.text, "s")
                    texts.add(cell.text)
                else:
                    assert found.data_type == "n"
                    assert found.value == pytest.approx(float(cell.text))
                    assert found.number_format == ("0.00" if cell.decimals else "0")
    assert {"<5", "*"} <= texts


def test_heads_repeat_and_pages_are_one_wide(facts: Facts) -> None:
    annexes, workbook = render(facts, "00")
    for number, annex in enumerate(annexes, start=1):
        sheet = workbook[f"附件{number}"]
        assert sheet.print_title_rows == f"$2:${3 if annex.has_groups else 2}"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # not written: one page
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.freeze_panes == ("B4" if annex.has_groups else "B3")


def test_guide_leads_to_every_sheet_and_holds_every_note_once(facts: Facts) -> None:
    annexes, workbook = render(facts, "35")
    guide = workbook["说明"]
    lines = [row[0].value for row in guide.rows]
    assert lines[0] == TITLE
    targets = [guide.cell(place, 1).hyperlink.location for place in range(3, 4 + len(annexes))]
    assert targets == [*(f"'附件{number}'!A1" for number in range(1, len(annexes) + 1)), "'指标说明'!A1"]
    for note in {note for annex in annexes for note in annex.notes}:
        assert lines.count(note) == 1


@pytest.mark.parametrize("code", CODES)
def test_dictionary_explains_every_indicator_of_the_annexes(facts: Facts, code: str) -> None:
    annexes, workbook = render(facts, code)
    rows = {row[0]: row for row in workbook["指标说明"].iter_rows(min_row=2, values_only=True)}
    assert set(rows) == {ind.STUDENTS, *(name for annex in annexes for name in annex.indicators)}
    for name, row in rows.items():
        found = describe(name, facts.rules)
        assert (row[1], row[2], row[6], row[7]) == (found.title, found.measure, found.definition, found.source)


def test_the_same_annexes_give_the_same_bytes(facts: Facts) -> None:
    annexes = annexes_of(facts, "350203")
    first, again = (render_annexes(annexes, TITLE, facts.as_of) for _ in range(2))
    assert first == again
    assert openpyxl.load_workbook(BytesIO(first)).properties.created.date() == facts.as_of
