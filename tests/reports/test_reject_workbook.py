"""The workbook of refused rows: what it says, in which order, and the same bytes for the same rows."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from xueji.reports.reject_workbook import RejectList, RejectRow, render_rejects

ROWS = (
    RejectRow("b.xlsx", 9, "XJ44-261119-000002", "处理方式", "=合并", "处理方式不在可选范围内", "answer_unknown", "从下拉列表中选择"),
    RejectRow("b.xlsx", 7, "XJ44-261119-000001", "姓名", "测试改", "下发内容被改动：姓名", "row_changed", "请恢复"),
    RejectRow("a.xlsx", None, None, None, None, "文件无法读取：空文件", "file_unreadable", "另存为", is_whole_file=True),
    RejectRow("b.xlsx", None, None, "证明材料", "IMG_1.jpg", "对不上案件编号", "evidence_name", "文件名用"),
)  # fmt: skip


@pytest.fixture
def values():
    return RejectList("学校 2144000001", date(2026, 11, 20), ROWS)


def test_says_what_was_not_taken(values):
    (sheet,) = load_workbook(BytesIO(render_rejects(values))).worksheets
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0][0] == "交回内容退回清单（学校 2144000001）"
    assert "涉及文件 2 个，未接收 4 条" in lines[1][0]
    head = lines.index(["序号", "文件", "行", "案件编号", "栏目", "填写内容", "问题", "规则", "处理办法"])
    assert [(line[0], line[1], line[2], line[7]) for line in lines[head + 1 :]] == [
        (1, "a.xlsx", "整个文件", "file_unreadable"),
        (2, "b.xlsx", 7, "row_changed"),
        (3, "b.xlsx", 9, "answer_unknown"),
        (4, "b.xlsx", "", "evidence_name"),
    ]
    cell = sheet.cell(head + 4, 6)
    assert (cell.value, cell.data_type) in (("=合并", "s"), ("=合并", "inlineStr")), "a text stays a text"
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"


def test_the_same_rows_give_the_same_bytes(values):
    turned = RejectList(values.sender, values.night, ROWS[::-1])
    assert render_rejects(values) == render_rejects(turned)
