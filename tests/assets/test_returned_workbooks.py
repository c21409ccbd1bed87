"""Workbooks are read the same however they were saved: columns and rows in any order, by any program."""

import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import fastexcel
import pytest
import returned_sample as sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from xueji.assets.answer_rows import row_fault
from xueji.assets.delivery_facts import FileRefusedError, Limits
from xueji.assets.returned_workbooks import ReturnedRow, read_returned
from xueji.assets.workbook_cells import column_of, read_cells, shared_strings, unescaped
from xueji.reports.return_forms import sealed_texts, shown
from xueji.reports.school_list import ProblemRow, QualityRow, SchoolList, render_school_list

CASES = [sample.case(number, name=None if number == 3 else "测试·甲 ") for number in range(1, 9)]
ANSWERS = {
    CASES[0]["case_no"]: {"answer": "删除"},
    CASES[1]["case_no"]: {"answer": "变更", "new_name": "测试新", "new_birth_date": sample.BIRTH, "note": "一行\n二行"},
    CASES[4]["case_no"]: {"answer": "变更", "new_birth_date": 42075},
    CASES[6]["case_no"]: {"note": "只有说明"},
}


def read(content: bytes, folder: Path) -> Any:
    file = folder / "book.xlsx"
    file.write_bytes(content)
    return read_returned(file)


def answers(rows: tuple[ReturnedRow, ...]) -> set[tuple[Any, ...]]:
    """What the rows say, wherever they stand."""
    return {(row.case_no, row.mark, row.shown, *sorted(row.answers.items())) for row in rows}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[Any, ...]]:
    rows = read(sample.book(CASES, ANSWERS), tmp_path_factory.mktemp("expected")).rows
    assert [row.line for row in rows] == [6, 7, 10, 12]
    return answers(rows)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), above=st.integers(1, 20), blanks=st.integers(0, 5), left=st.integers(0, 3))
def test_order_and_blank_lines_do_not_matter(tmp_path, expected, seed, above, blanks, left):
    draw = random.Random(seed)

    def spread(sheet: Any, columns: dict[str, int]) -> None:
        for _ in range(blanks):
            sheet.insert_rows(draw.randint(above + 2, sheet.max_row))
        for _ in range(left):
            sheet.insert_cols(draw.randint(1, len(columns)))
        sheet.title = "另一个名字"

    def order(titles: list[str]) -> list[str]:
        return draw.sample([*titles, "学校备注", "（空列）"], len(titles) + 2)

    shuffled = draw.sample(CASES, len(CASES))
    book = read(sample.book(shuffled, ANSWERS, order=order, above=above, spoil=spread), tmp_path)
    assert (book.missing, book.repeated) == ((), ())
    assert answers(book.rows) == expected


@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here")
def test_a_file_saved_again_by_libreoffice_reads_the_same(tmp_path, expected):
    def odd(sheet: Any, columns: dict[str, int]) -> None:
        sheet.cell(8, columns["处理方式"], '="删"&"除"')
        sheet.merge_cells(start_row=9, end_row=9, start_column=columns["处理方式"], end_column=columns["更正后姓名"])

    source = tmp_path / "source" / "book.xlsx"
    source.parent.mkdir()
    source.write_bytes(sample.book(CASES, ANSWERS | {CASES[3]["case_no"]: {"answer": "删除"}}, spoil=odd))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    before, after = read_returned(source), read_returned(tmp_path / "book.xlsx")
    assert after.keys == before.keys
    by_line = {row.line: row for row in after.rows}
    assert by_line[8].computed == ("处理方式",) and by_line[9].merged == ("处理方式", "更正后姓名")
    plain = tuple(row for row in after.rows if row.line not in (8, 9))
    assert {row[:3] for row in answers(plain)} == {row[:3] for row in expected}
    # A date stays a day, told by its number or its name.
    assert {row.line: dict(row.answers) for row in plain} == {
        row.line: dict(row.answers) for row in before.rows if row.line not in (8, 9)
    }


def edited(content: bytes, edit: Callable[[bytes], bytes | None], parts: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook with the XML of some parts edited; one for which nothing comes back is left out."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = edit(source.read(name)) if re.fullmatch(parts, name) else source.read(name)
            if part is not None:
                target.writestr(name, part)
    return buffer.getvalue()


def prefixed(xml: bytes) -> bytes:
    return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")


def test_other_prefixes_are_read_the_same(tmp_path, expected):
    parts = "xl/worksheets/sheet.*|xl/sharedStrings.xml|xl/workbook.xml"
    assert answers(read(edited(sample.book(CASES, ANSWERS), prefixed, parts), tmp_path).rows) == expected


def test_cells_without_addresses_follow_one_another(tmp_path):
    def bare(xml: bytes) -> bytes:
        return re.sub(rb'(<(?:row|c)\b[^>]*?) r="[A-Z]*[0-9]+"', rb"\1", xml)

    book = read(edited(sample.book(CASES[:1], ANSWERS), bare), tmp_path)
    assert book.missing == () and [row.case_no for row in book.rows] == [CASES[0]["case_no"]]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.none() | st.text("甲a1 _x\n·<&'\"", max_size=6), min_size=1, max_size=5), min_size=1, max_size=6
    )
)
def test_texts_are_those_that_calamine_reads(tmp_path, texts):
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.cell(1, 1, "anchor")
    for line, row in enumerate(texts, start=2):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(line, column)
            cell.value, cell.data_type = text, "s" if text else "n"
    file = tmp_path / "book.xlsx"
    workbook.save(file)
    loaded = fastexcel.read_excel(file).load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars().rows()
    with zipfile.ZipFile(file) as archive:
        cells = read_cells(archive, "xl/worksheets/sheet1.xml", shared_strings(archive))
    ours = [
        tuple(
            cell.text.strip() or None if (cell := cells.lines.get(line, {}).get(column)) else None
            for column in range(len(row))
        )
        for line, row in enumerate(loaded, start=1)
    ]
    assert ours == [tuple((text or "").strip() or None for text in row) for row in loaded]


def test_a_value_in_the_last_cell_costs_nothing(tmp_path):
    far = sample.book(CASES, ANSWERS, spoil=lambda sheet, columns: sheet.cell(1_048_576, 16_384, "x"))
    assert len(read(far, tmp_path).rows) == 4


def test_a_merge_of_the_whole_sheet_costs_nothing(tmp_path):
    merge = b'<mergeCell ref="A1:'
    book = read(
        edited(
            sample.book(CASES, ANSWERS), lambda xml: xml.replace(merge, b'<mergeCell ref="A8:XFD1048576"/>' + merge)
        ),
        tmp_path,
    )
    assert [bool(row.merged) for row in book.rows] == [False, False] + [True] * 6


HOSTILE = [
    ("entities", lambda xml: xml.replace(b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"), "文档类型声明"),
    ("cut off", lambda xml: xml[: len(xml) // 2], "损坏"),
    (
        "no such text",
        lambda xml: xml.replace(b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
        "损坏",
    ),
    ("no such cell", lambda xml: xml.replace(b'r="A6"', b'r="6A"'), "损坏"),
    ("not a part", lambda xml: None, "损坏"),
]


@pytest.mark.parametrize(("what", "spoil", "reason"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_harmful_files_are_refused(tmp_path, what, spoil, reason):
    with pytest.raises(FileRefusedError, match=reason):
        read(edited(sample.book(CASES, ANSWERS), spoil), tmp_path)


def test_a_workbook_too_large_to_read_is_refused(tmp_path):
    file = tmp_path / "book.xlsx"
    file.write_bytes(sample.book(CASES, ANSWERS))
    with pytest.raises(FileRefusedError, match="展开后过大"):
        read_returned(file, Limits(max_workbook_bytes=1000))


def test_addresses_and_escapes():
    assert [column_of(address) for address in ("A1", "Z9", "AA10", "XFD1048576")] == [0, 25, 26, 16383]
    assert unescaped("_x0041_ _x005F_x0041_ _xD83D_ _x0000_ _x1") == "A _x0041_ _xD83D_ _x0000_ _x1"


def written_list() -> bytes:
    """A school's list as the night writes it."""
    row = CASES[2]
    owner, edition = sample.SCHOOL, f"{sample.SCHOOL}-20261119"
    cells = [shown(row["name"]), row["student_no"], row["id_number"]]
    problem = ProblemRow(
        case_no=row["case_no"],
        turn=row["turn"],
        seal=sample.SEAL.of_row("list", owner, edition, sealed_texts(row["case_no"], row["turn"], cells)),
        problem_type=row["problem_type"],
        sentence="姓名与身份证号不匹配",
        grade=6,
        class_no="2021001",
        name=row["name"],
        student_no=row["student_no"],
        id_number=row["id_number"],
        due_date=date(2026, 12, 3),
        operations=("删除", "佐证", "变更"),
        materials="在校证明",
    )
    quality = QualityRow("r", "required_missing", "MISSING", "缺项", "民族", None, 6, "2021001", "测试甲", "L1")
    return render_school_list(
        SchoolList(
            school_code=owner,
            school_name="示例小学",
            county_name="天河区",
            issuer="示例局",
            as_of=date(2026, 11, 19),
            owner=owner,
            edition=edition,
            key_id=sample.SEAL.key_id,
            seal=sample.SEAL.of_file("list", owner, edition),
            problems=(problem,),
            quality=(quality,),
        )
    )


def test_reads_what_the_night_writes(tmp_path):
    workbook = load_workbook(BytesIO(written_list()))
    for sheet in workbook.worksheets[:2]:
        for place, cell in enumerate(sheet[5], start=1):
            if cell.value in ("处理方式", "更正后内容"):
                sheet.cell(6, place).value = "删除"
    book = read(sample.saved(workbook), tmp_path)
    (row,) = book.rows
    assert (book.missing, book.repeated, dict(row.answers)) == ((), (), {"answer": "删除"})
    assert row_fault(row, book.keys, sample.SEAL, None) is None
