"""The acceptance report: verdict, sums, place to sign, and what a workbook may show of a person."""

import io
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from xueji.reports.docking_deviations import Deviation, masked
from xueji.reports.docking_report import (
    BelowLine,
    CheckLine,
    DockingReport,
    FieldTally,
    Recheck,
    SchoolTally,
    percent,
    render_docking_report,
)
from xueji.reports.docking_workbook import docking_workbook

DEVIATION = Deviation(
    number="DJ31-000001", check="同一学生的项目内容一致性", school_code="2131000001", school_name="示例小学", field="姓名", subject="L1",
    local_value="王小明", central_value=None, has_values=True, mask="name", records=1, is_grouped=False, examples=None,
    first_seen=date(2026, 11, 20), mended_on=None, explanation=None, remedy=None, explained_by=None, explained_on=None,
)  # fmt: skip
GROUP = replace(
    DEVIATION, number="DJ31-000002", field="出生地", subject="出生地", local_value=None, has_values=False, mask="none",
    records=1_500, is_grouped=True, examples="L1、L2", explanation="编码表未更新", explained_by="李四", explained_on=date(2026, 12, 1),
)  # fmt: skip
REPORT = DockingReport(
    unit_code="31",
    night=date(2026, 12, 20),
    checked_on=date(2026, 12, 20),
    recheck=Recheck(date(2026, 11, 20), before=5, mended=4, new=1),
    local_rows=10_000,
    central_rows=10_001,
    linked=9_990,
    lines=(
        CheckLine("各校学生数", "两套数据中各校学生数相等", "依据", "共15所，相等15所", True, 0, 0),
        CheckLine("同一学生的项目内容一致性", "逐项一致", "依据", "29项中27项符合", False, 2, 1_501),
        CheckLine("参加比对的项目", "全部比对", "依据", "比对29项", None, 0, 0),
    ),
    below=(BelowLine("自建系统必填项完整率", "户口性质", 90, 89.999),),
    fields=(FieldTally("姓名", "xm", 1, 1), FieldTally("出生地", "csdm", 1, 1_500)),
    schools=(SchoolTally("2131000001", "示例小学", 10, 11, 1, 0, 1, 0),),
    deviations=(DEVIATION, GROUP),
    mended=(replace(DEVIATION, number="DJ31-000009", mended_on=date(2026, 12, 20)),),
    uncompared=("家庭地址",),
)
MASKS = [
    # value, mask, shown, why
    ("王小明", "name", "王＊＊", "a name"),
    ("11010519491231002X", "number", "110105***********X", "a document number"),
    ("20150312", "date", "2015-**-**", "a birth date shows its year"),
    ("去年生", "date", "***", "what is no date shows nothing"),
    ("440106001002", "place", "440106******", "a place shows its county"),
    ("01 汉族", "none", "01 汉族", "a code is no secret"),
]


@pytest.mark.parametrize(("value", "mask", "shown", "why"), MASKS, ids=[case[-1] for case in MASKS])
def test_masks_values(value, mask, shown, why):
    assert masked(value, mask) == shown


def test_a_line_not_reached_is_not_printed_as_reached():
    assert (percent(89.999), percent(90.0), percent(100.0)) == ("89.99%", "90%", "100%")


def test_the_page_says_verdict_sums_and_recheck():
    page = render_docking_report(REPORT)
    assert "上海市学籍系统对接验收检查报告" in page
    assert "共检查 2 项，符合 1 项，不符合 1 项" in page
    assert "现有偏差 2 条，涉及记录 1,501 条次；已说明原因 1 条，待说明 1 条" in page
    cells = [5, 4, 1, 1, 2]  # before, mended, standing, new, present
    assert "".join(f'<td class="number">{cell}</td>' for cell in cells) in page
    for place in ("省级负责人（签字）：", "检查人（签字）：", "日期："):
        assert place in page
    assert "家庭地址" in page and "89.99%" in page


def test_the_page_is_offline_and_holds_no_key_and_no_value():
    page = render_docking_report(REPORT)
    assert not re.search(r"<script|https?://|src=", page)
    for value in ("王小明", "L1", "DJ31"):
        assert value not in page


def test_without_deviations_it_passes():
    whole = replace(
        REPORT, lines=REPORT.lines[:1], deviations=(), mended=(), fields=(), schools=(), below=(), recheck=None
    )
    page = render_docking_report(whole)
    assert "符合要求" in page and "现无偏差" in page and "本次为首次检查" in page


def test_the_workbook_has_room_for_every_explanation_and_no_full_name():
    book = openpyxl.load_workbook(io.BytesIO(docking_workbook(REPORT)))
    assert book.sheetnames == ["偏差清单", "检查结果", "分项目", "分学校", "已整改"]
    rows = list(book["偏差清单"].iter_rows(values_only=True))
    heads = next(row for row in rows if row[0] == "偏差编号")
    assert heads[-4:] == ("原因说明", "整改措施", "说明人", "说明日期")
    first, second = rows[rows.index(heads) + 1 :]
    assert first[6:8] == ("王＊＊", "（空）") and not any(first[-4:])
    assert second[5] == "共1,500条，如：L1、L2" and [cell or None for cell in second[-4:]] == [
        "编码表未更新",
        None,
        "李四",
        "2026-12-01",
    ]
    texts = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "王小明" not in "".join(texts)
    assert any("上次检查（2026年11月20日）偏差5条" in text for text in texts)


def test_the_same_values_give_the_same_bytes():
    assert docking_workbook(REPORT) == docking_workbook(REPORT)
