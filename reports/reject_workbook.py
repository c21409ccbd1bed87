"""What goes back to a school or office: the files and rows of its return that were not taken, each with rule and remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xueji.reports.table_workbook import Column, Sheet, render_workbook

COLUMNS = (
    Column("序号", 6),
    Column("文件", 24),
    Column("行", 9),
    Column("案件编号", 21),
    Column("栏目", 17),
    Column("填写内容", 20),
    Column("问题", 36),
    Column("规则", 18),
    Column("处理办法", 40),
)
WHOLE_FILE = "整个文件"
WHAT_TO_DO = "未列入本表的已填写行均已接收，不要重复填写；列入本表的按“处理办法”改正后重新交回。"


@dataclass(frozen=True)
class RejectRow:
    """One refused row, scan or, with `line` null and `is_whole_file`, file. `value` is what the sender wrote there."""

    file: str
    line: int | None
    case_no: str | None
    column: str | None
    value: str | None
    problem: str
    rule_id: str
    remedy: str
    is_whole_file: bool = False


@dataclass(frozen=True)
class RejectList:
    """What one sender gets back of one night."""

    sender: str  # as the title names it: 学校 3144000001
    night: date
    rows: Sequence[RejectRow]


def render_rejects(values: RejectList) -> bytes:
    """The workbook (.xlsx), one table. The same rows give the same bytes."""
    rows = sorted(values.rows, key=_place)
    files = list(dict.fromkeys(row.file for row in rows))
    night = values.night
    counts = (
        f"处理日期：{night.year}年{night.month}月{night.day}日    涉及文件 {len(files)} 个，未接收 {len(rows)} 条。"
    )
    sheet = Sheet(
        name="退回清单",
        title=f"交回内容退回清单（{values.sender}）",
        columns=COLUMNS,
        rows=[(number, *_cells(row)) for number, row in enumerate(rows, start=1)],
        notes=(counts + WHAT_TO_DO, "内含个人信息，不得外传。"),
    )
    return render_workbook([sheet], "交回内容退回清单", night)


def _place(row: RejectRow) -> tuple[str, bool, int, str, str, str, str]:
    """Sort key: whole files before their rows, these as they stand in the file, then what belongs to no row."""
    line = row.line if row.line is not None else 1 << 30
    return (row.file, not row.is_whole_file, line, row.case_no or "", row.rule_id, row.value or "", row.problem)


def _cells(row: RejectRow) -> tuple[str | int | None, ...]:
    line = WHOLE_FILE if row.is_whole_file else row.line
    return (row.file, line, row.case_no, row.column, row.value, row.problem, row.rule_id, row.remedy)
