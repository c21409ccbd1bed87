"""What a unit sends on one day of a simulated campaign: rows of forms by city, photos, and which of them have to be refused."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from xueji.data_samples.delivery_files import write_text

FORM_COLUMNS = (
    "确认表编号",
    "学籍号",
    "环节",
    "日期",
    "经办人",
    "项目",
    "原值",
    "新值",
    "佐证材料",
    "审核部门",
    "审核结果",
    "说明",
)
PHOTO_COLUMNS = ("确认表编号", "文件名", "sha256", "文件大小", "上传日期", "上传人")
FIRST_ROW = 2  # the header is row 1
Cells = dict[str, str | None]


@dataclass(frozen=True)
class Refusal:
    """A row that has to be refused."""

    unit: str  # in whose folder it lies
    kind: str
    file: str
    row: int
    form_no: str | None
    fault: str  # what was done wrongly (campaign_faults.py)


@dataclass
class Sheets:
    """The files of one delivery date of one unit, while they are being filled."""

    unit: str
    forms: dict[tuple[str, str], list[Cells]] = field(default_factory=lambda: defaultdict(list))  # unit and file
    photos: list[Cells] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)  # file name → content
    refusals: list[Refusal] = field(default_factory=list)

    def form(self, file: str, cells: Cells, fault: str | None = None, unit: str | None = None) -> None:
        rows = self.forms[unit or self.unit, file]
        rows.append(cells)
        if fault:
            self.refuse("forms", file, len(rows), cells["确认表编号"], fault, unit)

    def photo(self, cells: Cells, fault: str | None = None) -> None:
        self.photos.append(cells)
        if fault:
            self.refuse("photos", "photos.csv", len(self.photos), cells["确认表编号"], fault)

    def refuse(
        self, kind: str, file: str, place: int, form_no: str | None, fault: str, unit: str | None = None
    ) -> None:
        self.refusals.append(Refusal(unit or self.unit, kind, file, place + FIRST_ROW - 1, form_no, fault))

    def write(self, folder: Path) -> None:
        """Write all files below a date's folder."""
        for (unit, file), rows in sorted(self.forms.items()):
            path = folder / unit / file
            path.parent.mkdir(parents=True, exist_ok=True)
            encoding = "gb18030" if int(path.stem[-1]) % 2 else "utf-8"  # as the cities' offices are used to
            path.write_bytes(table(rows, FORM_COLUMNS).write_csv().encode(encoding))
        if self.photos:
            write_text(folder / self.unit / "photos.csv", table(self.photos, PHOTO_COLUMNS))
        for name, content in sorted(self.pictures.items()):
            path = folder / self.unit / "photos" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def table(rows: list[Cells], columns: tuple[str, ...]) -> pl.DataFrame:
    """Rows as a table of texts; what a row does not say stays blank."""
    return pl.DataFrame(
        [[row.get(column) for column in columns] for row in rows],
        schema=dict.fromkeys(columns, pl.String),
        orient="row",
    )


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def invented_sha256(about: str) -> str:
    return sha256_of(about.encode())
