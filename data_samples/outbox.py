"""What schools and offices have in hand: the newest workbook of each, as handed out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import fastexcel

KEY_SHEET, CASE_COLUMN, SEAL_COLUMN = "_keys", "案件编号", "核验码"
REJECTS = "-rejects.xlsx"
STATE_COLUMN, NOT_ASKED = "办理状态", "不需填写"  # rows shown for their matter's sake


@dataclass(frozen=True)
class Offer:
    """One row of a case: its number, the turn it asks in, and what it shows by column title."""

    sheet: str
    case_no: str
    turn: int
    shown: Mapping[str, str]


@dataclass(frozen=True)
class Handout:
    """One workbook that was handed out."""

    path: Path
    form: str
    owner: str
    unit: str  # folder below the night: the unit, 00 for the ministry
    rows: tuple[Offer, ...]

    @property
    def offers(self) -> list[Offer]:
        """The rows that are to be answered."""
        return [row for row in self.rows if NOT_ASKED not in row.shown.get(STATE_COLUMN, "")]


class Outbox:
    """The newest workbook of each form and owner; what was handed out before stays valid until then."""

    def __init__(self) -> None:
        self.newest: dict[tuple[str, str], Handout] = {}

    def take(self, night_folder: Path) -> list[Handout]:
        """Take over what a night handed out. Returns it, in order of path."""
        taken = []
        for path in sorted(night_folder.rglob("*.xlsx")):
            if path.name.endswith(REJECTS):
                continue
            handout = read_handout(path, path.relative_to(night_folder).parts[0])
            if handout:
                self.newest[handout.form, handout.owner] = handout
                taken.append(handout)
        return taken

    def of_form(self, form: str) -> list[Handout]:
        return [handout for (kind, _), handout in sorted(self.newest.items()) if kind == form]


def read_handout(path: Path, unit: str) -> Handout | None:
    """A workbook as its owner reads it; None for one that does not ask to come back."""
    workbook = fastexcel.read_excel(path)
    if KEY_SHEET not in workbook.sheet_names:
        return None
    heading, values = list(rows_of(workbook, KEY_SHEET))[:2]
    keys = dict(zip(heading, values, strict=True))
    if "form" not in keys:
        return None
    rows = [offer for sheet in workbook.sheet_names if sheet != KEY_SHEET for offer in offers_of(workbook, sheet)]
    return Handout(path, keys["form"], keys["owner"], unit, tuple(rows))


def offers_of(workbook: fastexcel.ExcelReader, sheet: str) -> Iterator[Offer]:
    """The rows of a sheet that name a case and carry a seal."""
    titles: list[str] = []
    for row in rows_of(workbook, sheet):
        if CASE_COLUMN in row and SEAL_COLUMN in row:
            titles = row
        elif titles:
            shown = {title: cell for title, cell in zip(titles, row, strict=False) if title}
            turn, _, seal = shown[SEAL_COLUMN].partition(".")
            if seal and shown[CASE_COLUMN]:
                yield Offer(sheet, shown[CASE_COLUMN], int(turn), shown)


def rows_of(workbook: fastexcel.ExcelReader, sheet: str) -> Iterator[list[str]]:
    """The rows of a sheet as texts, blank cells as empty ones."""
    frame = workbook.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    for row in frame.iter_rows():
        yield [cell or "" for cell in row]
