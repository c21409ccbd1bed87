"""Authorities' workbooks: what stands in which cell, what can be answered, order, masking, and that data stay text."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xueji.reports.office_workbook import MatterParty, OfficeRow, OfficeWorkbook, render_office_workbook
from xueji.reports.return_forms import FORMS, ISSUE, KEY_FIELDS, REVIEW, REVIEW_CHOICES, SHEET, VERDICT, ReturnForm

SEAL = "0123456789abcdef" * 2
ROW = OfficeRow(
    case_no="XJ44-261120-000007",
    turn=2,
    seal=SEAL,
    problem_type="DUP_ID",
    sentence="与其他学籍使用同一证件号",
    state="待审核",
    unit_code="44",
    county_code="440106",
    county="天河区",
    school="示例小学",
    school_code="2144000001",
    grade=3,
    class_no="2",
    name="王小明",
    student_no="G11010519491231002X",
    id_number="11010519491231002X",
    due_date=date(2026, 12, 4),
    choices=REVIEW_CHOICES["待审核"],
    scope="national",
    matter="ID-1",
    disposition="佐证",
    answer_note="学生在校",
    answered_on=date(2026, 11, 20),
    entered_on=date(2026, 11, 20),
    evidence=("在校证明.pdf", "户口簿.jpg"),
    doubts=("已送公安机关户籍部门核实",),
)
CHANGE = replace(
    ROW,
    case_no="XJ44-261120-000008",
    problem_type="ERR_ID",
    scope=None,
    matter=None,
    disposition="变更",
    new_name="王晓明",
    new_id_number="440524188001010014",
    new_sex="男",
    new_birth_date=date(2015, 3, 12),
    evidence=(),
    doubts=(),
)
OUTSIDER = MatterParty(
    place="四川锦江区",
    school="示例中学",
    name="欧阳震华",
    id_number="440524188001010014",
    student_no="G440524188001010014",
    state="核查中",
    is_own=False,
)


def workbook(form: ReturnForm, **sheets: tuple[OfficeRow, ...]) -> OfficeWorkbook:
    return OfficeWorkbook(
        form=form,
        owner="440106",
        office="广东省广州市天河区教育局",
        as_of=date(2026, 11, 20),
        edition="440106-20261120",
        key_id="abcd1234",
        seal=SEAL[::-1],
        sheets=sheets,
    )


def opened(values: OfficeWorkbook) -> Workbook:
    return load_workbook(BytesIO(render_office_workbook(values)))


def table(sheet: Worksheet) -> list[dict[str, str | None]]:
    """The sheet's rows by heading."""
    headings = [cell.value for cell in sheet[5]]
    return [dict(zip(headings, line, strict=True)) for line in sheet.iter_rows(min_row=6, values_only=True)]


@pytest.mark.parametrize("form", [REVIEW, SHEET, VERDICT], ids=lambda form: form.form)
def test_offices_read_the_same_suggestion(form: ReturnForm) -> None:
    title = form.sheets[0]
    book = opened(workbook(form, **{title: (replace(ROW, suggestion="请对照户口簿核对"),)}))
    assert table(book[title])[0]["核对建议（仅供参考）"] == "请对照户口簿核对"


def test_review_says_who_what_and_why() -> None:
    book = opened(workbook(REVIEW, 待审核=(ROW, CHANGE)))
    first, second = table(book["待审核"])
    assert first == {
        "序号": "1",
        "案件编号": "XJ44-261120-000007",
        "学校": "示例小学\n2144000001",
        "年级": "三年级",
        "班级": "2",
        "姓名": "王小明",
        "学籍号": "G11010519491231002X",
        "身份证件号": "11010519491231002X",
        "问题类型": "身份证号重复",
        "问题说明": "与其他学籍使用同一证件号",
        "核对建议（仅供参考）": "—",
        "办理状态": "待审核",
        "处理方式": "佐证",
        "更正后姓名": "—",
        "更正后身份证件号": "—",
        "更正后性别": "—",
        "更正后出生日期": "—",
        "学校说明": "学生在校",
        "证明材料": "在校证明.pdf\n户口簿.jpg",
        "疑点提示": "已送公安机关户籍部门核实",
        "提交日期": "2026-11-20",
        "办理期限": "2026-12-04",
        "审核意见": None,
        "审核理由": None,
        "审核人": None,
        "核验码": f"2.{SEAL}",
    }
    assert [second[f"更正后{what}"] for what in ("姓名", "身份证件号", "性别", "出生日期")] == [
        "王晓明",
        "440524188001010014",
        "男",
        "2015-03-12",
    ]


def test_head_names_office_date_counts_and_warning() -> None:
    sheet = opened(workbook(REVIEW, 待审核=(ROW, CHANGE, replace(CHANGE, case_no="XJ44-261120-000009", grade=6))))[
        "待审核"
    ]
    head = [sheet.cell(line, 1).value for line in (1, 2, 3)]
    assert head[0] == "全国中小学生学籍信息管理系统问题学籍审核表"
    for words in ("广东省广州市天河区教育局", "2026年11月20日", "440106-20261120", "内含学生个人信息"):
        assert words in head[1]
    assert head[2].startswith("待审核 3 条（身份证号重复 1 条，身份证号错误 2 条），其中毕业年级 1 条，请优先办理。\n")
    assert "evidence" in head[2] and "audits" in head[2]


def test_only_sheets_with_rows_in_the_order_of_the_form() -> None:
    held = replace(ROW, state="挂起", choices=REVIEW_CHOICES["挂起"], remark="涉及违规招生")
    attested = replace(ROW, state="待发号", choices=REVIEW_CHOICES["已通过佐证"])
    book = opened(workbook(REVIEW, 已通过佐证=(attested,), 待审核=(), 挂起=(held,)))
    assert book.sheetnames == ["挂起", "已通过佐证", "_keys"]
    assert table(book["挂起"])[0]["问题说明"] == "【涉及违规招生】与其他学籍使用同一证件号"
    assert book["已通过佐证"]["A1"].value == "全国中小学生学籍信息管理系统问题学籍审核表（已通过佐证）"


@pytest.mark.parametrize("form", [pytest.param(form, id=form.form) for form in FORMS.values() if form.form != "list"])
def test_every_form_is_known_again_and_only_answers_can_be_edited(form: ReturnForm) -> None:
    title = form.sheets[0]
    book = opened(workbook(form, **{title: (ROW,)}))
    heads, values = book["_keys"].iter_rows(values_only=True)
    assert heads == KEY_FIELDS and values == (form.form, "440106", "440106-20261120", "abcd1234", SEAL[::-1])
    assert book["_keys"].sheet_state == "veryHidden"
    sheet = book[title]
    assert sheet.protection.sheet and not sheet.protection.password
    titles = [cell.value for cell in sheet[5]]
    assert len(titles) == len(set(titles))
    assert {"案件编号", "姓名", "学籍号", "身份证件号"} < set(titles)
    assert {sheet.cell(5, cell.column).value for cell in sheet[6] if not cell.protection.locked} == set(
        form.answer_titles.values()
    )
    last = sheet.cell(5, sheet.max_column)
    assert last.value == "核验码" and sheet.column_dimensions[last.column_letter].hidden
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$4:$5" and sheet.freeze_panes.endswith("6")
    assert sheet.oddFooter.right.text == "内含个人信息，不得外传"


def drop_downs(sheet: Worksheet) -> dict[tuple[str, int], str]:
    """What may be chosen, by heading and line."""
    return {
        (sheet.cell(5, block.min_col).value, line): validation.formula1.strip('"')
        for validation in sheet.data_validations.dataValidation
        for block in validation.sqref.ranges
        for line in range(block.min_row, block.max_row + 1)
    }


def test_drop_downs_offer_what_the_row_allows() -> None:
    deletion = replace(
        ROW, case_no="XJ44-261120-000009", state="待省级审核", disposition="删除", choices=("通过", "退回")
    )
    sheet = opened(workbook(REVIEW, 待审核=(ROW, deletion)))["待审核"]
    assert drop_downs(sheet) == {("审核意见", 6): "通过,退回,送公安核实,挂起", ("审核意见", 7): "通过,退回"}
    sheet = opened(workbook(SHEET, 核查单=(replace(ROW, choices=("坚持佐证", "放弃佐证")),)))["核查单"]
    assert drop_downs(sheet) == {("在校情况", 6): "在校,不在校", ("核查意见", 6): "坚持佐证,放弃佐证"}


def test_deletions_alone_have_words_of_their_own() -> None:
    deletion = replace(ROW, state="待教育部审核", disposition="删除", choices=("通过", "退回"))
    assert "正式学籍号原则上不予删除" in opened(workbook(REVIEW, 待审核=(deletion,)))["待审核"]["A3"].value
    assert "违规招生" in opened(workbook(REVIEW, 待审核=(deletion, ROW)))["待审核"]["A3"].value


def test_graduating_grades_come_first_then_place_and_school() -> None:
    places = [
        ("43", "430102", 3),
        ("44", "440103", 9),
        ("44", "440106", 6),
        ("11", "110101", 1),
        ("11", "110101", None),
    ]
    rows = [
        replace(
            ROW,
            case_no=f"XJ{unit}-261120-{number:06}",
            unit_code=unit,
            county_code=county,
            grade=grade,
            choices=("已发号",),
        )
        for number, (unit, county, grade) in enumerate(places)
    ]
    for given in (rows, rows[::-1]):
        listed = table(opened(workbook(ISSUE, 待发号=tuple(given)))["待发号"])
        assert [row["省份"] for row in listed] == ["广东", "广东", "北京", "北京", "湖南"]
        assert [row["年级"] for row in listed] == ["九年级", "六年级", "一年级", "（不详）", "三年级"]


def test_matches_that_chance_may_explain_come_last_the_least_likely_chance_first() -> None:
    rows = [
        replace(
            ROW,
            case_no=case_no,
            grade=grade,
            problem_type="DUP_NSB" if unlikely is not None else "ERR_ID",
            unlikely=unlikely,
        )
        for case_no, grade, unlikely in (
            ("A", 3, 0.2),
            ("B", 1, 7.5),
            ("C", 5, None),
            ("D", 6, 0.1),
            ("E", 2, 7.5),
            ("F", 4, None),
        )
    ]
    for given in (rows, rows[::-1]):
        listed = table(opened(workbook(REVIEW, 待审核=tuple(given)))["待审核"])
        assert [row["案件编号"] for row in listed] == ["D", "F", "C", "B", "E", "A"]


def test_parties_of_a_matter_stand_together_and_only_those_asked_can_be_answered() -> None:
    asked = replace(ROW, state="待裁定", choices=("保留", "不予保留"), sheet_answer="坚持佐证：在校。")
    rows = (
        replace(asked, case_no="A1", matter="ID-a", grade=1),
        replace(asked, case_no="B1", matter="ID-b", grade=1, school_code="2144000000"),
        replace(asked, case_no="B2", matter="ID-b", grade=9, state="待处理", choices=()),
        replace(asked, case_no="A2", matter="ID-a", grade=2),
    )
    sheet = opened(workbook(VERDICT, 待裁定=rows))["待裁定"]
    listed = table(sheet)
    assert [(row["事项"], row["案件编号"]) for row in listed] == [("1", "B2"), ("1", "B1"), ("2", "A1"), ("2", "A2")]
    assert [row["办理状态"] for row in listed] == ["待处理\n（不需填写）", "待裁定", "待裁定", "待裁定"]
    answer = [cell.value for cell in sheet[5]].index("仲裁结论") + 1
    assert [sheet.cell(line, answer).protection.locked for line in range(6, 10)] == [True, False, False, False]
    assert {line for _, line in drop_downs(sheet)} == {7, 8, 9}
    assert [sheet.cell(line, 1).border.top.style for line in range(6, 10)] == ["medium", "thin", "medium", "thin"]
    assert sheet["A3"].value.startswith("待裁定 3 条（身份证号重复 3 条），涉及 2 个重复事项。")


def test_check_sheet_masks_who_belongs_to_another_unit() -> None:
    own = replace(OUTSIDER, place="广东越秀区", school="示例学校", name="李雷", state="待处理", is_own=True)
    asked = replace(ROW, state="核查中", choices=("坚持佐证", "放弃佐证"), parties=(OUTSIDER, own))
    values = workbook(SHEET, 核查单=(asked, replace(asked, case_no="XJ44-261120-000009")))
    (text, _) = [row["对方信息"] for row in table(opened(values)["核查单"])]
    assert text.split("\n") == [
        "广东越秀区 示例学校 李雷（待处理）",
        "G440524188001010014",
        "四川锦江区 示例中学 欧＊＊＊（核查中）",
        "440524***********4",
        "本表同一事项另有 1 条",
    ]
    alone = workbook(SHEET, 核查单=(replace(asked, parties=(OUTSIDER,)),))
    with ZipFile(BytesIO(render_office_workbook(alone))) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    for secret in ("欧阳", "震华", "18800101", "440524188001010014"):
        assert secret not in everything


def test_counts_the_parties_it_does_not_name() -> None:
    many = tuple(replace(OUTSIDER, school=f"第{place:02}中学") for place in range(12))
    asked = replace(ROW, choices=("坚持佐证", "放弃佐证"), parties=many)
    (row,) = table(opened(workbook(SHEET, 核查单=(asked,)))["核查单"])
    lines = str(row["对方信息"]).split("\n")
    assert len(lines) == 21 and lines[-1] == "等 12 方"


HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "000123",
    "<r><t>x</t></r>",
    "</t></is></c></row></sheetData>",
    "{{office}}",
    "𠮷·\u3400",
]


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_given_text_stays_text(place: int) -> None:
    text = HOSTILE[place]
    row = replace(ROW, name=text, student_no=text, id_number=text, answer_note=text, remark=text, new_name=text)
    content = render_office_workbook(replace(workbook(REVIEW, 待审核=(row,)), office=text))
    (listed,) = table(load_workbook(BytesIO(content))["待审核"])
    assert [listed[title] for title in ("姓名", "学籍号", "身份证件号", "学校说明", "更正后姓名")] == [text] * 5
    with ZipFile(BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets" in name)


def test_same_values_same_bytes() -> None:
    values = workbook(REVIEW, 待审核=(ROW, CHANGE))
    shuffled = workbook(REVIEW, 待审核=(CHANGE, ROW))
    assert render_office_workbook(values) == render_office_workbook(values) == render_office_workbook(shuffled)
    assert opened(values).properties.created.date() == values.as_of
