"""School lists: what stands in which cell, what a registrar can change, and that data stay text."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import fastexcel
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xueji.checks.evidence import EVIDENCE_KINDS
from xueji.checks.model import PROBLEM_TYPES
from xueji.reports.return_forms import KEY_FIELDS, LIST
from xueji.reports.school_list import OtherParty, ProblemRow, QualityRow, SchoolList, render_school_list
from xueji.reports.workbook_template import cell_text

SEAL = "0123456789abcdef" * 2
PROBLEM = ProblemRow(
    case_no="XJ44-260110-000007",
    turn=3,
    seal=SEAL,
    problem_type="ERR_ID",
    sentence="身份证号最后一位与前十七位不符。",
    grade=3,
    class_no="2",
    name="王小明",
    student_no="G11010519491231002X",
    id_number="110105194912310021",
    due_date=date(2026, 6, 30),
    operations=("删除", "变更"),
    materials="变更：加盖学校公章的在校证明",
)
OTHER = OtherParty(
    school_code="2151000002",
    school_name="成都市示例小学",
    name="王小明",
    id_number="11010519491231002X",
    student_no="L510101201501011234",
    grade=3,
    class_no="5",
)
DUPLICATE = replace(
    PROBLEM,
    case_no="XJ44-260110-000008",
    turn=1,
    problem_type="DUP_ID",
    operations=("删除", "佐证", "变更"),
    sentence="同一身份证号另有学籍。",
    id_number="11010519491231002X",
    scope="national",
    others=(OTHER,),
)
QUALITY = QualityRow(
    record_key="2144000001/L440101201501011234",
    rule_id="code_invalid",
    problem_type="INVALID",
    sentence="民族不在规定的名称之内。",
    field_title="民族",
    value="汉",
    grade=1,
    class_no="1",
    name="李雷",
    student_no="L440101201501011234",
)


def school_list(*problems: ProblemRow, quality: tuple[QualityRow, ...] = ()) -> SchoolList:
    return SchoolList(
        school_code="2144000001",
        school_name="示例小学",
        county_name="天河区",
        issuer="天河区教育局",
        as_of=date(2026, 1, 10),
        owner="2144000001",
        edition="2144000001-20260110",
        key_id="abcd1234",
        seal=SEAL[::-1],
        problems=problems,
        quality=quality,
    )


def opened(values: SchoolList) -> Workbook:
    return load_workbook(BytesIO(render_school_list(values)))


def table(sheet: Worksheet) -> list[dict[str, str | None]]:
    """The list's rows by heading."""
    headings = [cell.value for cell in sheet[5]]
    return [
        dict(zip(headings, (cell.value for cell in line), strict=True))
        for line in sheet.iter_rows(min_row=6)
        if line[0].value
    ]


def test_says_what_is_wrong_and_what_may_be_done() -> None:
    (row,) = table(opened(school_list(PROBLEM))["问题清单"])
    assert row == {
        "序号": "1",
        "案件编号": "XJ44-260110-000007",
        "年级": "三年级",
        "班级": "2",
        "姓名": "王小明",
        "学籍号": "G11010519491231002X",
        "身份证件号": "110105194912310021",
        "问题类型": "身份证号错误",
        "问题说明": "身份证号最后一位与前十七位不符。",
        "核对建议（仅供参考）": "—",
        "涉及范围": "—",
        "对方信息": "—",
        "可选处理方式": "删除\n变更",
        "需提供的材料": "变更：加盖学校公章的在校证明",
        "处理期限": "2026-06-30",
        "处理方式": None,
        "更正后姓名": None,
        "更正后身份证件号": None,
        "更正后性别": None,
        "更正后出生日期": None,
        "说明": None,
        "核验码": f"3.{SEAL}",
    }


def test_a_case_that_came_back_says_why_first() -> None:
    (row,) = table(opened(school_list(replace(PROBLEM, remark="审核退回：户口簿不清楚")))["问题清单"])
    assert row["问题说明"] == "【审核退回：户口簿不清楚】身份证号最后一位与前十七位不符。"


def test_suggests_beside_what_is_wrong() -> None:
    text = "第18位校验码有误\n请对照户口簿核对"
    (row,) = table(opened(school_list(replace(PROBLEM, suggestion=text)))["问题清单"])
    assert row["核对建议（仅供参考）"] == text


def test_nothing_to_hand_in() -> None:
    (row,) = table(opened(school_list(replace(PROBLEM, operations=("删除",), materials="")))["问题清单"])
    assert (row["可选处理方式"], row["需提供的材料"]) == ("删除", "—")


def test_head_names_school_issuer_date_and_counts() -> None:
    sheet = opened(school_list(PROBLEM, DUPLICATE, quality=(QUALITY,)))["问题清单"]
    head = [sheet.cell(line, 1).value for line in (1, 2, 3)]
    assert head[0] == "全国中小学生学籍信息管理系统问题学籍清单"
    assert head[1].split("    ") == [
        "学校：示例小学（学校标识码 2144000001）",
        "所在县（市、区）：天河区",
        "下发单位：天河区教育局",
        "数据截止日期：2026年1月10日",
    ]
    assert head[2].startswith(
        "本校待处理的问题学籍 2 条（身份证号重复 1 条，身份证号错误 1 条）。另有需核对更正的信息 1 条"
    )


COUNTS = [
    # problems, elsewhere, text, why
    ((), 0, "本校无待处理的问题学籍。", "nothing"),
    ((), 3, "本校无待处理的问题学籍；另有 3 条正在审核或办理，无需填写。", "all in other hands"),
    ((PROBLEM,), 2, "1 条（身份证号错误 1 条）；另有 2 条正在审核或办理，无需填写。", "some in other hands"),
    ((replace(PROBLEM, grade=9),), 0, "（身份证号错误 1 条），其中毕业年级 1 条，请优先办理。", "graduating"),
]


@pytest.mark.parametrize(("problems", "elsewhere", "text", "why"), COUNTS, ids=[case[-1] for case in COUNTS])
def test_counts_what_waits_and_what_others_have(
    problems: tuple[ProblemRow, ...], elsewhere: int, text: str, why: str
) -> None:
    sheet = opened(replace(school_list(*problems), elsewhere=elsewhere))["问题清单"]
    assert text in sheet.cell(3, 1).value


ORDER = [
    # grade, class, name
    (6, "2", "赵"),
    (9, "1", "钱"),
    (12, "1", "孙"),
    (1, "2", "丁"),
    (1, "10", "丙"),
    (2, "1", "乙"),
    (2, "1", "甲"),
    (None, None, None),
]


def test_graduating_grades_come_first() -> None:
    rows = [replace(PROBLEM, grade=grade, class_no=class_no, name=name) for grade, class_no, name in ORDER]
    expected = ["六年级", "九年级", "高三", "一年级", "一年级", "二年级", "二年级", "（不详）"]
    for given in (rows, rows[::-1]):
        listed = table(opened(school_list(*given))["问题清单"])
        assert [row["年级"] for row in listed] == expected
        assert [row["姓名"] for row in listed] == ["赵", "钱", "孙", "丁", "丙", "乙", "甲", "（空）"]


PARTIES = [
    # changes, text, why
    ({}, "成都市示例小学 王＊＊\n110105***********X", "masked"),
    ({"school_name": None}, "学校标识码 2151000002 王＊＊\n110105***********X", "school not in the school table"),
    ({"school_name": None, "school_code": None}, "学校不详 王＊＊\n110105***********X", "no school given"),
    ({"id_number": None}, "成都市示例小学 王＊＊\n无证件号", "no number"),
    ({"school_code": "2144000001"}, "本校 三年级 5 王小明\nL510101201501011234", "the school's own record"),
]


@pytest.mark.parametrize(("changes", "text", "why"), PARTIES, ids=[case[-1] for case in PARTIES])
def test_names_other_parties(changes: dict[str, str | None], text: str, why: str) -> None:
    row = replace(DUPLICATE, others=(replace(OTHER, **changes),))
    (listed,) = table(opened(school_list(row))["问题清单"])
    assert listed["对方信息"] == text
    assert listed["涉及范围"] == "跨省"


def test_counts_the_parties_it_does_not_name() -> None:
    others = tuple(replace(OTHER, school_name=f"第{place}小学") for place in range(7))
    (listed,) = table(opened(school_list(replace(DUPLICATE, others=others)))["问题清单"])
    lines = listed["对方信息"].split("\n")
    assert len(lines) == 11 and lines[-1] == "等 7 人"


def test_counts_the_parties_of_a_large_group_that_it_was_not_even_given() -> None:
    others = tuple(replace(OTHER, school_name=f"第{place}小学") for place in range(7))
    (listed,) = table(opened(school_list(replace(DUPLICATE, others=others, others_unnamed=93)))["问题清单"])
    assert listed["对方信息"].endswith("等 100 人")


def test_another_schools_pupil_never_stands_in_clear() -> None:
    other = replace(OTHER, name="欧阳震华", id_number="440524188001010014")
    with ZipFile(BytesIO(render_school_list(school_list(replace(DUPLICATE, others=(other,)))))) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "欧＊＊＊" in everything
    for secret in ("欧阳", "震华", "18800101", "440524188001010014", OTHER.student_no):
        assert secret not in everything


def test_drop_downs_offer_what_each_row_allows() -> None:
    allowed = [("删除", "变更"), ("删除", "佐证", "变更"), ("佐证",), ("删除", "变更"), ("佐证",)]
    rows = [replace(PROBLEM, operations=operations, student_no=f"G{place}") for place, operations in enumerate(allowed)]
    sheet = opened(school_list(*rows))["问题清单"]
    offered: dict[str, dict[int, str]] = {}
    for validation in sheet.data_validations.dataValidation:
        assert validation.type == "list" and validation.showErrorMessage
        for block in validation.sqref.ranges:
            assert block.min_col == block.max_col
            title = sheet.cell(5, block.min_col).value
            lines = range(block.min_row, block.max_row + 1)
            offered.setdefault(title, {}).update(dict.fromkeys(lines, validation.formula1))
    assert set(offered) == {"处理方式", "更正后性别"}
    for line, row in enumerate(table(sheet), start=6):
        assert offered["处理方式"][line] == '"' + row["可选处理方式"].replace("\n", ",") + '"'
        assert offered["更正后性别"][line] == '"男,女"'
        assert row["处理方式"] is None


def test_only_answers_can_be_edited() -> None:
    book = opened(school_list(PROBLEM, DUPLICATE, quality=(QUALITY,)))
    answers = {
        "问题清单": set(LIST.answer_titles.values()),
        "数据质量待改": {"更正后内容"},
        "填写说明": set(),
        "_keys": set(),
    }
    assert {sheet.title for sheet in book} == set(answers)
    for sheet in book:
        assert sheet.protection.sheet and not sheet.protection.password
        unlocked = {
            sheet.cell(5, cell.column).value
            for line in sheet.iter_rows()
            for cell in line
            if not cell.protection.locked
        }
        assert unlocked == answers[sheet.title]


def test_prints_on_a4_landscape_with_repeated_headings() -> None:
    book = opened(school_list(PROBLEM, quality=(QUALITY,)))
    for name, frozen in (("问题清单", "F6"), ("数据质量待改", "E6")):
        sheet = book[name]
        assert sheet.freeze_panes == frozen
        assert sheet.print_title_rows == "$4:$5"
    for name in ("问题清单", "数据质量待改", "填写说明"):
        sheet = book[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)  # one page wide
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert sheet.oddFooter.left.text == "示例小学（2144000001）  清单编号 2144000001-20260110"


def test_only_warnings_leave_a_first_sheet_that_says_so() -> None:
    book = opened(school_list(quality=(QUALITY,)))
    assert book.sheetnames == ["问题清单", "数据质量待改", "填写说明", "_keys"]
    (row,) = list(book["问题清单"].iter_rows(min_row=6, max_col=15, values_only=True))
    assert set(row) == {"—", "本校无待处理的问题学籍"} and row[8] != "—"
    assert not any(cell.value for cell in book["问题清单"][6][15:])
    (row,) = table(book["数据质量待改"])
    assert (row["问题类型"], row["有误项目"], row["现有内容"], row["更正后内容"]) == ("有误", "民族", "汉", None)


def test_no_warning_no_second_sheet() -> None:
    assert opened(school_list(PROBLEM)).sheetnames == ["问题清单", "填写说明", "_keys"]


def test_names_itself_on_a_hidden_sheet() -> None:
    book = opened(school_list(PROBLEM, DUPLICATE, quality=(QUALITY,)))
    assert book["_keys"].sheet_state == "veryHidden"
    heads, values = book["_keys"].iter_rows(values_only=True)
    assert heads == KEY_FIELDS
    assert values == ("list", "2144000001", "2144000001-20260110", "abcd1234", SEAL[::-1])


def test_hides_the_seals() -> None:
    sheet = opened(school_list(PROBLEM))["问题清单"]
    last = sheet.cell(5, sheet.max_column)
    assert last.value == "核验码" and sheet.column_dimensions[last.column_letter].hidden
    assert not any(sheet.column_dimensions[cell.column_letter].hidden for cell in sheet[5][:-1])


HOSTILE = [
    # text, as read back, why
    ("=1+1", "=1+1", "formula"),
    ("+1", "+1", "plus"),
    ("-1", "-1", "minus"),
    ("@SUM(A1)", "@SUM(A1)", "at sign"),
    ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", "dynamic data exchange"),
    ("000123", "000123", "leading zeros"),
    ("1.10105E+17", "1.10105E+17", "scientific notation"),
    ('<b>&amp;"x"</b>', '<b>&amp;"x"</b>', "mark-up"),
    ("</t></is></c></row></sheetData>", "</t></is></c></row></sheetData>", "the sheet's own mark-up"),
    ("<r><t>x</t></r>", "<r><t>x</t></r>", "rich text mark-up"),
    ("{{school}}", "{{school}}", "token of the template"),
    (" 两端 空格 ", " 两端 空格 ", "outer blanks"),
    ("𠮷·\u3400", "𠮷·\u3400", "rare characters"),
    ("甲\x00乙\uffff", "甲\ufffd乙\ufffd", "characters XML cannot hold"),
    ("_x0041_", "_x0041_", "spreadsheet escape"),
    ("长" * 2000, "长" * 999 + "…", "too long"),
]


@pytest.mark.parametrize(("text", "read", "why"), HOSTILE, ids=[case[-1] for case in HOSTILE])
def test_delivered_text_stays_text(text: str, read: str, why: str) -> None:
    values = replace(
        school_list(
            replace(PROBLEM, name=text, student_no=text, id_number=text, class_no=text, sentence=text, materials=text),
            quality=(replace(QUALITY, value=text, field_title=text),),
        ),
        school_name=text[:40],
        issuer=text[:40],
        edition=text[:40],
    )
    content = render_school_list(values)
    sheet = load_workbook(BytesIO(content))["问题清单"]
    cells = [sheet.cell(6, column) for column in (4, 5, 6, 7, 9)]
    # openpyxl decodes _x0041_ of shared text but not of inline text; both stand for the same text.
    assert [cell.value.replace("_x005F_", "_") for cell in cells] == [read] * 5
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert cell_text(text) == read  # what the seal covers
    with ZipFile(BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets" in name)


def test_every_cell_reads_as_text_in_another_reader() -> None:
    values = school_list(replace(PROBLEM, class_no="007"), DUPLICATE, quality=(QUALITY,))
    reader = fastexcel.read_excel(render_school_list(values))
    assert reader.sheet_names == ["问题清单", "数据质量待改", "填写说明", "_keys"]
    frame = reader.load_sheet("问题清单", header_row=4).to_polars()
    assert frame.height == 2
    assert frame["身份证件号"].to_list() == ["11010519491231002X", "110105194912310021"]
    assert frame["班级"].to_list() == ["2", "007"]


def test_row_is_as_tall_as_its_text() -> None:
    def height(values: SchoolList) -> float:
        return opened(values)["问题清单"].row_dimensions[6].height

    long = replace(PROBLEM, sentence="身份证号最后一位与前十七位不符。" * 10)
    assert 400 > height(school_list(long)) > 2 * height(school_list(PROBLEM))


GUIDE_WORDS = [
    "人籍一致", "学生在校证明", "户口簿", "回执", "违规招生", "不得外传", "教基一厅〔2015〕2号", "10 个工作日", "zip",
    "案件编号_材料名称", "rejects", "可选处理方式", *EVIDENCE_KINDS,
]  # fmt: skip


def test_guide_explains_every_type_and_the_notice() -> None:
    cells = [cell for line in opened(school_list(PROBLEM))["填写说明"].iter_rows(values_only=True) for cell in line]
    text = "\n".join(cell for cell in cells if cell)
    for word in [*GUIDE_WORDS, *(kind.title for kind in PROBLEM_TYPES.values())]:
        assert word in text


def test_same_list_same_bytes() -> None:
    values = school_list(PROBLEM, DUPLICATE, quality=(QUALITY,))
    shuffled = replace(values, problems=values.problems[::-1])
    assert render_school_list(values) == render_school_list(values) == render_school_list(shuffled)
    assert opened(values).properties.created.date() == values.as_of


RENDER = """
import hashlib
from datetime import date
from xueji.reports.school_list import ProblemRow, SchoolList, render_school_list
rows = tuple(
    ProblemRow("k", 1, "s", kind, "", 1, "1", "甲", str(number), None, date(2026, 6, 30), ("删除",), "")
    for number, kind in enumerate(["DUP_ID", "ERR_ID", "DUP_NSB", "ERR_NAME"])
)
values = SchoolList("2144000001", "示例小学", "天河区", "教育局", date(2026, 1, 10), "1", "1", "1", "1", rows, ())
print(hashlib.sha256(render_school_list(values)).hexdigest())
"""


def test_bytes_do_not_depend_on_the_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", RENDER],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(digests) == 1
