"""What is told to the police side: students whose number or name the register does not know, attested and audited (公安部通报)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xueji.reports.bulletin_wording import full_date
from xueji.reports.school_list import GRADUATING_GRADES
from xueji.reports.table_workbook import Column, Sheet, render_workbook


@dataclass(frozen=True)
class Mismatch:
    """One attested disagreement with the register. `grade` may be unknown; `is_issued`: the student number has been issued."""

    case_no: str
    region: str
    county: str
    school: str
    grade: int | None
    name: str
    id_number: str
    problem: str  # Chinese, as printed
    evidence: tuple[str, ...]
    audited_on: date
    is_issued: bool

    @property
    def is_graduating(self) -> bool:
        return self.grade in GRADUATING_GRADES


def police_workbook(mismatches: Sequence[Mismatch], problems: Sequence[str], night: date) -> bytes:
    """Statistics by unit and type, then every student, in the order given. `problems` are the types in their order."""
    title = "佐证审核通过的身份比对不一致学生"
    counted = Sheet(
        "统计表",
        f"{title}统计（截至{full_date(night)}）",
        (
            Column("地区", 14),
            *(Column(problem, 16) for problem in problems),
            Column("合计", 10), Column("其中毕业年级", 10), Column("其中已发学籍号", 12),
        ),
        tuple(_counts(mismatches, problems)),
        total_rows=frozenset({0}),
    )  # fmt: skip
    columns = (
        Column("序号", 7), Column("地区", 10), Column("县（市、区）", 14), Column("学校", 34), Column("年级", 6),
        Column("姓名", 18), Column("身份证件号", 21), Column("问题类型", 22), Column("证明材料", 20),
        Column("审核日期", 12), Column("学籍号", 8), Column("案件编号", 21),
    )  # fmt: skip
    listed = Sheet(
        "名单",
        f"{title}名单（截至{full_date(night)}）",
        columns,
        tuple(_row(place, mismatch) for place, mismatch in enumerate(mismatches, start=1)),
        notes=("毕业年级（小学六年级、初中三年级、高中三年级）在前。本表含个人信息，仅供户籍信息核实使用。",),
    )
    return render_workbook((counted, listed), title, night)


def _row(place: int, one: Mismatch) -> tuple[str | int | date | None, ...]:
    grade = None if one.grade is None else str(one.grade)
    issued = "已发" if one.is_issued else "待发"
    return (
        place, one.region, one.county, one.school, grade, one.name, one.id_number, one.problem, "、".join(one.evidence),
        one.audited_on, issued, one.case_no,
    )  # fmt: skip


def _counts(mismatches: Sequence[Mismatch], problems: Sequence[str]) -> list[tuple[str | int, ...]]:
    """The nation's counts, then those of each unit that has some, in the order of their codes."""
    regions: dict[str, list[Mismatch]] = {}
    for mismatch in sorted(mismatches, key=lambda one: one.case_no):  # case numbers begin with the unit
        regions.setdefault(mismatch.region, []).append(mismatch)
    return [
        (
            region,
            *(sum(one.problem == problem for one in part) for problem in problems),
            len(part),
            sum(one.is_graduating for one in part),
            sum(one.is_issued for one in part),
        )
        for region, part in (("全国", list(mismatches)), *regions.items())
    ]
