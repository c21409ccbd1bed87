"""The workbook of refused rows of verification: what it says, in which order, and the same bytes for the same rows."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from xueji.reports.verification_rejects import RefusedRow, render_refused

NIGHT = date(2026, 11, 20)
ROWS = (
    RefusedRow("确认表办理记录", "forms.csv", 9, "新值", "=1+1", "新值不是有效日期", "按2026-09-01的样式填写", False),
    RefusedRow("确认表办理记录", "forms.csv", None, "新值", "甲", "原值与印制的不同", None, False),
    RefusedRow(
        "确认表办理记录", "forms.csv", 7, "日期", "2026-13-01", "日期不是有效日期", "按2026-09-01的样式填写", False
    ),
    RefusedRow("确认表照片", "photos.csv", None, None, None, "缺少列：sha256", None, True),
)


def test_says_what_was_not_taken() -> None:
    (sheet,) = load_workbook(BytesIO(render_refused("贵州省", NIGHT, ROWS))).worksheets
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0][0] == "数据质量核查报送内容退回清单（贵州省）"
    assert "涉及文件 2 个，未接收 4 条" in str(lines[1][0])
    head = next(place for place, line in enumerate(lines) if line[0] == "序号")
    assert [(line[0], line[2], line[3]) for line in lines[head + 1 :]] == [
        (1, "forms.csv", 7),
        (2, "forms.csv", 9),
        (3, "forms.csv", "—"),
        (4, "photos.csv", "整个文件"),
    ]
    cell = sheet.cell(head + 3, 6)
    assert (cell.value, cell.data_type) == ("=1+1", "s"), "a text stays a text"


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_rows_give_the_same_bytes(order: int) -> None:
    assert render_refused("贵州省", NIGHT, ROWS[::order]) == render_refused("贵州省", NIGHT, ROWS)
