"""What careless schools get wrong in a return: each way once in turn, with the rule that has to refuse it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

from xueji.data_samples.actors import Answer
from xueji.data_samples.answer_files import Draft
from xueji.data_samples.outbox import CASE_COLUMN, KEY_SHEET, SEAL_COLUMN, Handout, Offer
from xueji.data_samples.registry import Registration
from xueji.data_samples.scans import other_file, scan, tiny_scan, torn_scan

OPERATION, NEW_NAME, NEW_NUMBER, NEW_SEX, NEW_BIRTH, NOTE = (
    "处理方式", "更正后姓名", "更正后身份证件号", "更正后性别", "更正后出生日期", "说明",
)  # fmt: skip
NAME, STUDENT_NO = "姓名", "学籍号"
TORN_BYTES = 2_000


@dataclass
class Filled:
    """One row of a return as it was filled in: rightly, until a fault spoils it."""

    one: Registration
    problem: str
    offer: Offer
    answer: Answer
    row: int
    scans: dict[str, bytes] = field(default_factory=dict)  # by kind of paper and extension

    @property
    def needs_papers(self) -> bool:
        return self.answer.disposition != "删除"

    @property
    def changed(self) -> frozenset[str]:
        """What a 变更 corrects."""
        corrected = self.answer.corrected
        names = ("name", "sex", "birth", "number")
        return frozenset(n for n in names if corrected and getattr(corrected, n) != getattr(self.one.shown, n))


@dataclass(frozen=True)
class Fault:
    """One way to spoil a row. `is_extra`: something beside it is refused, and the row itself stands."""

    rule_id: str
    fits: Callable[[Filled], bool]
    spoil: Callable[[Draft, Filled], None]
    is_extra: bool = False
    appends: bool = False  # writes a row below the last
    leaves_scans: bool = False  # scans beside it belong to no answer, which is said of each


class Turns:
    """Gives each way of failing its turn: of those that fit, the one that was used least."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def row_fault(self, filled: Filled, has_neighbour: bool) -> Fault:
        fitting = [
            (name, fault)
            for name, fault in ROW_FAULTS.items()
            if fault.fits(filled) and (has_neighbour or name != "row_of_other_school")
        ]
        # What fits few rows goes first.
        name, fault = min(
            fitting, key=lambda item: (self.used[item[0]], RARE.index(item[0]) if item[0] in RARE else 99)
        )
        self.used[name] += 1
        return fault

    def file_fault(self) -> str:
        name = min(FILE_FAULTS, key=lambda name: self.used[name])
        self.used[name] += 1
        return name


def _has_papers(filled: Filled) -> bool:
    return filled.needs_papers


def _is_change(filled: Filled) -> bool:
    return filled.answer.disposition == "变更"


def _any(filled: Filled) -> bool:
    return True


def _set(**cells: str | None) -> Callable[[Draft, Filled], None]:
    """A fault that is made in the answer columns alone."""
    titles = {
        "operation": OPERATION, "name": NEW_NAME, "number": NEW_NUMBER, "sex": NEW_SEX, "birth": NEW_BIRTH, "note": NOTE,
    }  # fmt: skip

    def spoil(draft: Draft, filled: Filled) -> None:
        draft.write(filled.offer, {titles[name]: value for name, value in cells.items()})

    return spoil


def _attest(draft: Draft, filled: Filled) -> None:
    draft.write(filled.offer, {OPERATION: "佐证", NEW_NAME: None, NEW_NUMBER: None, NEW_SEX: None, NEW_BIRTH: None})
    for kind in ("在校证明", "户口簿"):
        filled.scans.setdefault(f"{kind}.jpg", scan(f"{filled.offer.case_no}/{kind}", "jpg"))


def _same(draft: Draft, filled: Filled) -> None:
    shown = filled.offer.shown
    _set(name=shown[NAME], number=None, sex=None, birth=None)(draft, filled)


def _short_number(draft: Draft, filled: Filled) -> None:
    assert filled.answer.corrected and filled.answer.corrected.number
    draft.write(filled.offer, {NEW_NUMBER: filled.answer.corrected.number[:-1]})


def _other_case(draft: Draft, filled: Filled) -> None:
    """A number that no case has; the scans keep the right one and belong to nothing."""
    case_no = filled.offer.case_no
    draft.write(filled.offer, {CASE_COLUMN: f"{case_no[:-6]}9{case_no[-5:]}"})


def _changed(title: str) -> Callable[[Draft, Filled], None]:
    """Overwrites what was handed down."""

    def spoil(draft: Draft, filled: Filled) -> None:
        text = filled.offer.shown[title]
        draft.write(
            filled.offer, {title: text[:-1] + ("7" if text[-1] != "7" else "8") if title != NAME else text + "某"}
        )

    return spoil


def _merged(draft: Draft, filled: Filled) -> None:
    _, columns = draft.heading(filled.offer.sheet)
    sheet = draft.workbook[filled.offer.sheet]
    sheet.merge_cells(
        start_row=filled.row, end_row=filled.row, start_column=columns[OPERATION], end_column=columns[NEW_NAME]
    )


def _formula(draft: Draft, filled: Filled) -> None:
    draft.write(filled.offer, {OPERATION: f'="{filled.answer.disposition}"'})


def _appended(draft: Draft, filled: Filled, cells: dict[int, object]) -> int:
    """Write a row below the last. Returns its number."""
    sheet = draft.workbook[filled.offer.sheet]
    row = sheet.max_row + 1
    for column, value in cells.items():
        sheet.cell(row, column).value = value
    return row


def _row_cells(draft: Draft, filled: Filled) -> dict[int, object]:
    sheet = draft.workbook[filled.offer.sheet]
    return {cell.column: cell.value for cell in sheet[filled.row] if cell.value is not None}


def _twice(draft: Draft, filled: Filled) -> None:
    _appended(draft, filled, _row_cells(draft, filled))


def _added(draft: Draft, filled: Filled) -> None:
    _, columns = draft.heading(filled.offer.sheet)
    cells = _row_cells(draft, filled) | {columns[CASE_COLUMN]: None, columns[SEAL_COLUMN]: None, columns[NAME]: "林新"}
    _appended(draft, filled, cells)


def _of_other_school(draft: Draft, filled: Filled) -> None:
    """A row copied from the list of the neighbouring school, seal and all."""
    assert draft.neighbour
    _, columns = draft.heading(filled.offer.sheet)
    shown = draft.neighbour.offers[0].shown
    cells: dict[int, object] = {column: shown.get(title) or None for title, column in columns.items()}
    _appended(draft, filled, cells | {columns[OPERATION]: "删除"})


def _without_second_paper(draft: Draft, filled: Filled) -> None:
    for name in [name for name in filled.scans if not name.startswith("在校证明")]:
        del filled.scans[name]


def _one_side(draft: Draft, filled: Filled) -> None:
    _without_second_paper(draft, filled)
    filled.scans["身份证正面.jpg"] = scan(f"{filled.offer.case_no}/身份证正面", "jpg")


def _content(make: Callable[[str], bytes]) -> Callable[[Draft, Filled], None]:
    """Puts something else into the last scan, under the name of a picture."""

    def spoil(draft: Draft, filled: Filled) -> None:
        name = list(filled.scans)[-1]
        del filled.scans[name]
        filled.scans[f"{name.rpartition('.')[0]}.jpg"] = make(f"{filled.offer.case_no}/{name}")

    return spoil


def _unanswered(draft: Draft, filled: Filled) -> None:
    """The scans are there, and the row says nothing."""
    draft.write(filled.offer, dict.fromkeys((OPERATION, NEW_NAME, NEW_NUMBER, NEW_SEX, NEW_BIRTH, NOTE)))


def _misnamed(draft: Draft, filled: Filled) -> None:
    """Beside the right scans one whose name says nothing."""
    filled.scans["照片.jpg"] = scan(f"{filled.offer.case_no}/照片", "jpg")


ROW_FAULTS: dict[str, Fault] = {
    "answer_missing": Fault("answer_missing", _any, _set(operation=None, note="已核实")),
    "answer_unknown": Fault("answer_unknown", _any, _set(operation="合并")),
    "answer_not_allowed": Fault("answer_not_allowed", lambda filled: filled.problem == "ERR_ID", _attest),
    "change_empty": Fault("change_empty", _is_change, _set(name=None, number=None, sex=None, birth=None)),
    "change_same": Fault("change_same", _is_change, _same),
    "change_not_asked": Fault("change_not_asked", lambda filled: not _is_change(filled), _set(name="林新")),
    "change_name": Fault("change_name", _is_change, _set(name="林1新")),
    "change_number": Fault(
        "change_number", lambda filled: "number" in filled.changed and filled.one.shown.id_type == "1", _short_number
    ),
    "change_sex": Fault("change_sex", _is_change, _set(sex="不详")),
    "change_birth_date": Fault("change_birth_date", _is_change, _set(birth="2015-02-30")),
    "evidence_missing": Fault("evidence_missing", _has_papers, _without_second_paper),
    "evidence_one_side": Fault("evidence_one_side", _has_papers, _one_side),
    "evidence_type": Fault("evidence_type", _has_papers, _content(other_file)),
    "evidence_damaged": Fault("evidence_damaged", _has_papers, _content(torn_scan)),
    "evidence_size": Fault("evidence_size", _has_papers, _content(lambda about: tiny_scan())),
    "evidence_name": Fault("evidence_name", _has_papers, _misnamed, is_extra=True),
    "evidence_no_answer": Fault("evidence_no_answer", _has_papers, _unanswered, leaves_scans=True),
    "row_changed": Fault("row_changed", _any, _changed(NAME)),
    "student_no_changed": Fault("row_changed", _any, _changed(STUDENT_NO)),
    "case_no_changed": Fault("row_changed", _any, _other_case, leaves_scans=True),
    "row_merged": Fault("row_merged", _any, _merged),
    "row_formula": Fault("row_formula", _any, _formula),
    "row_twice": Fault("row_twice", _any, _twice, is_extra=True, appends=True),
    "row_of_other_school": Fault("case_not_yours", _any, _of_other_school, is_extra=True, appends=True),
    "row_added": Fault("row_added", _any, _added, is_extra=True, appends=True),
}
RARE = ["answer_not_allowed", "change_not_asked", "change_number"]
FILE_FAULTS = (
    "file_unreadable", "file_not_ours", "file_seal_broken", "file_other_key", "file_other_owner", "file_wrong_place",
    "file_layout", "file_columns_twice", "file_crowded",
)  # fmt: skip


def spoil_keys(draft: Draft, name: str, value: str) -> None:
    """Overwrite a value of the hidden sheet."""
    sheet = draft.workbook[KEY_SHEET]
    column = next(cell.column for cell in sheet[1] if cell.value == name)
    sheet.cell(2, column).value = value


def rename_heading(draft: Draft, sheet: str, title: str, other: str) -> None:
    row, columns = draft.heading(sheet)
    draft.workbook[sheet].cell(row, columns[title]).value = other


def retyped(draft: Draft, sheet: str) -> Workbook:
    """A new workbook into which the sheet's texts were copied."""
    book = Workbook()
    target = book.active
    assert target
    target.title = sheet
    for cells in draft.workbook[sheet].iter_rows():
        for cell in cells:
            if cell.value is not None:
                target.cell(cell.row, cell.column).value = cell.value
    return book


def torn_file(path: Path) -> None:
    """Leave only the beginning of a file, as when sending it broke off."""
    path.write_bytes(path.read_bytes()[:TORN_BYTES])


def other_handout(handouts: Sequence[Handout], own: Handout) -> Handout | None:
    """The list of another school of the unit."""
    return next((one for one in handouts if one.unit == own.unit and one.owner != own.owner and one.offers), None)
