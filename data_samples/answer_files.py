"""Filling in the workbooks that were handed out, and packing them with scans, as schools and offices do."""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xueji.data_samples.outbox import CASE_COLUMN, Handout, Offer

HEADING_WITHIN = 12  # rows


@dataclass
class Draft:
    """A workbook being filled in: its sheets, where their columns and cases are, and the scans that go with it."""

    handout: Handout
    workbook: Workbook
    neighbour: Handout | None = None  # another school's list, from which a row may be copied by mistake

    @staticmethod
    def of(handout: Handout, neighbour: Handout | None = None) -> "Draft":
        return Draft(handout, load_workbook(handout.path), neighbour)

    def heading(self, sheet: str) -> tuple[int, dict[str, int]]:
        """The heading row of a sheet, and the number of each column by title."""
        for cells in self.workbook[sheet].iter_rows(max_row=HEADING_WITHIN):
            titles = {str(cell.value): cell.column for cell in cells if cell.value is not None}
            if CASE_COLUMN in titles:
                return cells[0].row, {title: int(column) for title, column in titles.items() if column}
        raise ValueError(f"{self.handout.path.name}, {sheet}: no heading with {CASE_COLUMN}")

    def row_of(self, offer: Offer) -> int:
        """The row in which a case stands."""
        heading, columns = self.heading(offer.sheet)
        sheet: Worksheet = self.workbook[offer.sheet]
        for row in range(heading + 1, sheet.max_row + 1):
            if sheet.cell(row, columns[CASE_COLUMN]).value == offer.case_no:
                return row
        raise ValueError(f"{self.handout.path.name}, {offer.sheet}: case {offer.case_no} is not there")

    def write(self, offer: Offer, cells: Mapping[str, str | None]) -> int:
        """Fill in cells of a case by column title. Returns the row."""
        row, (_, columns) = self.row_of(offer), self.heading(offer.sheet)
        for title, value in cells.items():
            self.workbook[offer.sheet].cell(row, columns[title]).value = value
        return row

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.workbook.save(path)


def pack(
    path: Path, workbooks: Iterable[Path], scans: Mapping[str, bytes], packed_at: datetime, pace: timedelta
) -> None:
    """An archive of workbooks and scans; the scans were made before, one after another at the pace given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for workbook in workbooks:
            archive.writestr(member(workbook.name, packed_at), workbook.read_bytes())
        for place, (name, content) in enumerate(scans.items()):
            archive.writestr(member(f"材料/{name}", packed_at - timedelta(minutes=3) - place * pace), content)


def member(name: str, modified: datetime) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, modified.timetuple()[:6])
