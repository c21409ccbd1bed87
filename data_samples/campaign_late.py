"""Rows of a simulated campaign that are wrong by the time at which they come, or by what has become of the child meanwhile."""

from collections.abc import Iterable

from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_desk import Desk
from xueji.data_samples.campaign_sheets import Cells, Sheets, invented_sha256

EACH = 3  # rows of a kind


def next_row(desk: Desk, child: Child, day: int) -> Cells | None:
    """The next row that a child's teacher would send, dated on a day; null when only audits are left."""
    step = (
        "下发" if not child.is_issued else "回收" if not child.is_returned else "录入" if not child.is_entered else None
    )
    return desk.row(child, step, desk.teacher(child)) | {"日期": str(desk.days.dates[day])} if step else None


def left_rows(desk: Desk, day: int, sheets: Sheets, touched: Iterable[int]) -> None:
    """What schools send all the same of children who are not to be verified any more, or not here."""
    desk.day, left = day, {"gone": EACH, "excluded": EACH}
    for place in sorted(touched):
        child = desk.children[place]
        fault = "excluded" if child.is_present else "gone"
        if child.is_due or not child.edition or not left[fault]:
            continue
        if row := next_row(desk, child, day):
            sheets.form(desk.file(child), row, fault)
            left[fault] -= 1


def late_rows(desk: Desk, day: int, sheets: Sheets) -> None:
    """What comes on the day after a wave's window has closed, of days on which it was open."""
    desk.day, left = day, {"late": 4 * EACH, "photo_late": EACH}
    for child in desk.children:
        if not child.is_due or not child.edition or not any(left.values()):
            continue
        closed = desk.days.entry(desk.wave(child)).closes
        if closed != day - 1:
            continue
        row = next_row(desk, child, closed)
        if row and left["late"]:
            sheets.form(desk.file(child), row, "late")
            left["late"] -= 1
        elif not child.is_uploaded and left["photo_late"]:
            closes = str(desk.days.dates[closed])
            cells = {
                "确认表编号": child.form_no,
                "文件名": "late.jpg",
                "sha256": invented_sha256(child.student_no),
                "上传日期": closes,
            }
            sheets.photo(cells, "photo_late")
            left["photo_late"] -= 1
