"""What goes back to a unit: files and rows of its verification deliveries that were not taken, each with reason and remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xueji.reports.bulletin_wording import full_date
from xueji.reports.table_workbook import Column, Sheet, render_workbook

COLUMNS = (
    Column("序号", 7),
    Column("数据种类", 14),
    Column("文件", 26),
    Column("行", 9),
    Column("栏目", 14),
    Column("填写内容", 24),
    Column("未接收的原因", 44),
    Column("处理办法", 40),
)
WHOLE_FILE = "整个文件"
NO_LINE = "—"
WHAT_TO_DO = "未列入本表的行均已接收，不要重复报送；列入本表的改正后随下一次数据报送。"
PERSONAL = "内含个人信息，不得外传。"


@dataclass(frozen=True)
class RefusedRow:
    """One row that was not taken; with `line` null and `is_whole_file` a file. `value` is what was delivered there."""

    kind: str  # as printed
    file: str
    line: int | None
    column: str | None
    value: str | None
    reason: str
    remedy: str | None
    is_whole_file: bool


def render_refused(sender: str, night: date, refused: Sequence[RefusedRow]) -> bytes:
    """The workbook (.xlsx), one table, by kind, file and line. The same rows give the same bytes in whatever order they come."""
    rows = sorted(refused, key=_place)
    files = len({(row.kind, row.file) for row in rows})
    sheet = Sheet(
        name="退回清单",
        title=f"数据质量核查报送内容退回清单（{sender}）",
        columns=COLUMNS,
        rows=[(number, *_cells(row)) for number, row in enumerate(rows, start=1)],
        notes=(f"处理日期：{full_date(night)}    涉及文件 {files} 个，未接收 {len(rows)} 条。{WHAT_TO_DO}", PERSONAL),
    )
    return render_workbook([sheet], "数据质量核查报送内容退回清单", night)


def _place(row: RefusedRow) -> tuple[str, str, bool, int, str, str, str]:
    line = row.line if row.line is not None else 1 << 40
    return (row.kind, row.file, not row.is_whole_file, line, row.column or "", row.value or "", row.reason)


def _cells(row: RefusedRow) -> tuple[str | int | None, ...]:
    line = WHOLE_FILE if row.is_whole_file else NO_LINE if row.line is None else row.line
    return (row.kind, row.file, line, row.column, row.value, row.reason, row.remedy or "按原因改正后重新报送")
