"""Delivery reports: verdicts, sums, marks, and what must not stand on a page that is passed around."""

import re
from dataclasses import replace
from datetime import date

import pytest

from xueji.reports.delivery_report import (
    ContractLine,
    DeliveredFile,
    DeliveryReport,
    QuarantinedRow,
    ReasonCount,
    RuleCount,
    render_delivery_report,
)

FILE = DeliveredFile(
    file="students.csv",
    format="csv",
    encoding="GB18030",
    dialect="labels",
    rows_delivered=12_345,
    rows_accepted=12_300,
    rows_quarantined=45,
    sha256="ab" * 32,
    unknown_columns=("本地备注",),
    missing_columns=(),
    verdict="accepted",
    reason=None,
)
CLAUSE = ContractLine(
    statement="性别可识别的不少于80%",
    observed=99.96,
    least=80,
    most=None,
    is_percent=True,
    passed=True,
    is_blocking=True,
)
REPORT = DeliveryReport(
    unit_code="44",
    date=date(2026, 1, 10),
    verdict="accepted",
    reason=None,
    snapshot_date=date(2026, 1, 10),
    files=(FILE, replace(FILE, file="b.xlsx#Sheet1", format="xlsx", encoding=None, dialect="codes")),
    contract=(CLAUSE,),
    quarantine_reasons=(ReasonCount("列数不符", 90),),
    quarantined=(QuarantinedRow("students.csv", 17, "姓名", "单元格超过32767个字符"),),
    findings=(
        RuleCount("ERR_ID", "身份证号校验码错误", "error", 1_200),
        RuleCount("DUP_ID", "身份证号重复", "error", 30),
        RuleCount("ERR_ID", "身份证号格式错误", "error", 34),
        RuleCount("ERR_ID", "身份证号地区码未知", "note", 5),
    ),
)


def text(page: str) -> str:
    """What a reader sees: the page's body without tags, blanks joined."""
    body = page[page.index("<body>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


VERDICTS = [
    # changes, sayings, why
    ({}, ["接收 本次报送已接收", "现用数据：2026年1月10日报送（本次）"], "accepted"),
    (
        {"verdict": "refused", "reason": "行数比上次少一半", "snapshot_date": date(2025, 12, 31)},
        ["拒收 本次报送整体拒收", "原因：行数比上次少一半", "2025年12月31日报送", "数据未更新，已沿用 10 天"],
        "refused, an older snapshot stays",
    ),
    (
        {"verdict": "missing", "files": (), "snapshot_date": None},
        ["未报送", "没有文件", "尚无可用的数据"],
        "never came",
    ),
]


@pytest.mark.parametrize(("changes", "sayings", "why"), VERDICTS, ids=[case[-1] for case in VERDICTS])
def test_says_what_became_of_the_delivery(changes: dict, sayings: list[str], why: str) -> None:
    page = text(render_delivery_report(replace(REPORT, **changes)))
    assert "广东省学籍数据报送情况" in page
    for saying in sayings:
        assert saying in page
    assert ("数据未更新" in page) == ("2025" in str(changes))


def test_sums_every_file() -> None:
    page = text(render_delivery_report(REPORT))
    assert "students.csv csv GB18030 中文列名 12,345 12,300 45 √ 接收" in page
    assert "b.xlsx#Sheet1 xlsx — 字段代码" in page
    assert "报送 24,690 行 ＝ 接收 24,600 行 ＋ 隔离 90 行" in page
    assert "模板之外的列（原样保留）：本地备注" in page
    assert "ab" * 32 in page


def test_refuses_a_sum_that_fails() -> None:
    with pytest.raises(ValueError, match="12345 rows delivered, 12299 accepted"):
        replace(FILE, rows_accepted=12_299)


CLAUSES = [
    # changes, line, why
    ({}, "≥ 80% 99.96% √ 通过", "passed"),
    ({"observed": 79.9, "passed": False}, "≥ 80% 79.9% × 未通过", "failed"),
    ({"observed": 79.9, "passed": False, "is_blocking": False}, "≥ 80% 79.9% △ 提示", "advice"),
    ({"observed": None}, "≥ 80% — √ 通过", "nothing to compare"),
    ({"least": None, "most": 5, "observed": 1}, "≤ 5% 1% √ 通过", "upper limit"),
    ({"least": 1, "most": 9000, "observed": 8000.0, "is_percent": False}, "≥ 1，≤ 9,000 8,000 √ 通过", "counts"),
]


@pytest.mark.parametrize(("changes", "line", "why"), CLAUSES, ids=[case[-1] for case in CLAUSES])
def test_marks_each_clause(changes: dict, line: str, why: str) -> None:
    page = text(render_delivery_report(replace(REPORT, contract=(replace(CLAUSE, **changes),))))
    assert f"{CLAUSE.statement} {line}" in page


def test_counts_findings_by_type_and_rule() -> None:
    page = text(render_delivery_report(REPORT))
    assert page.index("身份证号重复 30") < page.index("身份证号错误 1,239")
    assert "身份证号校验码错误 问题学籍 1,200" in page
    assert "身份证号地区码未知 提示 5" in page


def test_names_fifty_quarantined_rows() -> None:
    rows = tuple(QuarantinedRow("students.csv", row, None, "列数不符") for row in range(1001, 1061))
    page = text(render_delivery_report(replace(REPORT, quarantined=rows)))
    assert "列数不符 90" in page and "以下列出前 50 条" in page
    assert "1,050 — 列数不符" in page and "1,051" not in page


def test_names_a_whole_file_that_was_not_taken() -> None:
    whole_file = QuarantinedRow("b.xlsx", None, None, "文件损坏")
    page = text(render_delivery_report(replace(REPORT, quarantine_reasons=(), quarantined=(whole_file,))))
    assert "逐条列出如下" in page and "b.xlsx 整个文件 — 文件损坏" in page


def test_a_file_without_headings_does_not_show_its_first_row() -> None:
    headless = replace(FILE, verdict="refused", reason="缺少必需的列", unknown_columns=("王小明", "11010519491231002X"))
    page = render_delivery_report(replace(REPORT, files=(headless,)))
    assert "王小明" not in page and "11010519491231002X" not in page
    assert "未能识别的列：2 列" in page


def test_page_is_whole_offline() -> None:
    page = render_delivery_report(REPORT)
    assert not re.search(r"(src|href)=|url\(|@import|https?:|<script", page)
    assert "default-src 'none'" in page


def test_delivered_text_is_not_markup() -> None:
    hostile = '<script>alert("1")</script>{{ 7 * 7 }}'
    page = render_delivery_report(
        replace(
            REPORT,
            reason=hostile,
            files=(replace(FILE, file=hostile, unknown_columns=(hostile,)),),
            quarantined=(QuarantinedRow(hostile, 2, hostile, hostile),),
        )
    )
    assert "<script" not in page and "49" not in text(page)
    assert page.count("&lt;script&gt;") == 6


def test_same_values_same_page() -> None:
    assert render_delivery_report(REPORT) == render_delivery_report(REPORT)
