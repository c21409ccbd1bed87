"""A workbook of verification: what a school, a county, a city or a province works from, and is not asked to send back.

Every text is a text: nothing delivered can become a formula. The same values give the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xueji.reports.verification_layout import SheetRows, fill, reading_template
from xueji.reports.verification_sheets import SHEETS

NOTHING_TO_DO = "目前没有待办事项。"
PREVIEW, FINAL = "预览：录入修改窗口尚未全部关闭，名单可能变化", "正式：录入修改窗口已全部关闭"


@dataclass(frozen=True)
class VerificationWorkbook:
    """`sheets` by their keys in SHEETS; rows stand in their order. `remark` comes first in every sheet's note."""

    title: str  # of the file: 数据质量核查工作表
    owner: str  # as its head names it: 学校：示例小学（学校标识码 …）
    short_owner: str  # for the foot of a page
    campaign: str | None  # its name; null outside campaigns
    issuer: str
    as_of: date
    sheets: Mapping[str, SheetRows]
    remark: str = ""


def render_verification_workbook(values: VerificationWorkbook) -> bytes:
    """The workbook (.xlsx), a sheet for each that has rows; with none, one that says that there is nothing to do."""
    chosen = {key: values.sheets[key] for key in SHEETS if key in values.sheets} or {"todo": SheetRows(())}
    kinds = tuple(SHEETS[key] for key in chosen)
    day = f"{values.as_of.year}年{values.as_of.month}月{values.as_of.day}日"
    campaign = f"核查批次：{values.campaign}    " if values.campaign else ""
    tokens = {
        "info": f"{values.owner}    {campaign}数据截止日期：{day}",
        "foot": f"{values.short_owner}  {day}".replace("&", "&&"),
        "issuer": values.issuer,
    }
    for number, (kind, part) in enumerate(zip(kinds, chosen.values(), strict=True), start=1):
        count = f"共 {len(part.rows)} 条。" if part.rows else NOTHING_TO_DO
        tokens[f"note_{number}"] = f"{values.remark}{'' if part.total is not None else count}{kind.note}"
    template = reading_template(kinds, values.title, values.as_of)
    return fill(template, kinds, tokens, tuple(chosen.values()))
