"""Refused rows go back to who sent them, and to nobody else."""

from io import BytesIO
from typing import Any

import pytest
import returned_sample as sample
from openpyxl import load_workbook

from xueji.assets.reject_files import reject_files

A = sample.case(1)
WAITING = sample.case(2, state="待审核")
UNKNOWN_ANSWER = {"answer": "合并"}


def a_book(row: dict[str, Any] = A, **options: Any) -> bytes:
    return sample.book([row], {row["case_no"]: UNKNOWN_ANSWER}, **options)


# What is handed in, the workbook that goes back, its title.
PLACES = [
    (f"returns/44/{sample.SCHOOL}.xlsx", a_book(), f"44/440106/{sample.SCHOOL}-rejects.xlsx", f"学校 {sample.SCHOOL}"),
    (f"returns/44/{sample.OTHER_SCHOOL}.xlsx", a_book(), f"44/unknown/{sample.OTHER_SCHOOL}-rejects.xlsx", f"学校 {sample.OTHER_SCHOOL}"),
    ("returns/44/清单.xlsx", a_book(), f"44/440106/{sample.SCHOOL}-rejects.xlsx", f"学校 {sample.SCHOOL}"),
    ("returns/44/示例小学2026.xlsx", b"x", "44/示例小学-2026-rejects.xlsx", "学校交回 示例小学2026.xlsx"),
    ("returns/99/123.xlsx", b"x", "00/returns-123-rejects.xlsx", "学校交回 123.xlsx"),
    ("returns/44/unknown.xlsx", a_book(owner="unknown"), "44/unknown/unknown-rejects.xlsx", "学校 unknown"),
    ("audits/44/review.xlsx", a_book(WAITING, form="review", owner="440106"), "44/review-440106-rejects.xlsx", "问题学籍审核表 440106"),
    ("audits/44/review-440106.xlsx", b"x", "44/review-440106-rejects.xlsx", "审核部门交回 review-440106.xlsx"),
    ("audits/45/a.xlsx", a_book(WAITING, form="review", owner="440106"), "45/a-rejects.xlsx", "审核部门交回 a.xlsx"),
    ("arbitration/s.xlsx", a_book(form="sheet", owner="44"), "44/sheet-44-rejects.xlsx", "问题学籍核查单 44"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "content", "path", "title"), PLACES, ids=[f"{n}-{case[2]}" for n, case in enumerate(PLACES)]
)
def test_goes_back_to_the_sender(tmp_path, file, content, path, title):
    desk = sample.Desk(tmp_path, [A, WAITING])
    sample.write_table(
        desk.engine, "core_schools", [{"school_code": sample.SCHOOL, "county_code": "440106", "unit_code": "44"}]
    )
    desk.hand_in(file, content)
    desk.night()
    with desk.engine.session() as connection:
        ((found, workbook),) = reject_files(connection, sample.NIGHT)
        assert list(reject_files(connection, "2026-11-19")) == []
    assert found == path
    sheet = load_workbook(BytesIO(workbook)).worksheets[0]
    assert sheet.cell(1, 1).value == f"交回内容退回清单（{title}）"


def test_a_nights_rejects_are_one_workbook_a_sender(tmp_path):
    desk = sample.Desk(tmp_path, [A])
    desk.hand_in(f"returns/44/{sample.SCHOOL}.xlsx", a_book())
    desk.hand_in(f"returns/44/{sample.SCHOOL}-2.xlsx", b"x")
    desk.hand_in("returns/45/x.xlsx", b"x")
    desk.night()
    with desk.engine.session() as connection:
        files = dict(reject_files(connection, sample.NIGHT))
    assert list(files) == [f"44/unknown/{sample.SCHOOL}-rejects.xlsx", "45/x-rejects.xlsx"]
