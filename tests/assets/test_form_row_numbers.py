"""The number of a delivered row in its file: told for every kind of file, or not at all."""

import gzip
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from ledger_sample import LABELS, Ledger, Student, row

from xueji.assets.form_row_numbers import numbers_between

DELIVERED = "2026-11-12"
Rows = list[dict[str, str]]


def csv_text(rows: Rows, blank_after: int | None = None) -> str:
    lines = [",".join(LABELS), *(",".join(each.get(label, "") for label in LABELS) for each in rows)]
    if blank_after is not None:
        lines.insert(blank_after, "")
    return "\n".join(lines) + "\n"


def broken(students: Sequence[Student]) -> str:
    """Rows 2 and 4 are torn, row 5 is of no form; all others are handed out."""
    lines = csv_text([row(student, "下发", "2026-11-05") for student in students]).splitlines()
    lines.insert(1, "一,二")
    lines.insert(3, '"' + lines[2])
    lines.insert(4, lines[2].replace("2026A1-", "2026A2-"))
    return "\n".join(lines) + "\n"


def write_workbook(path: Path, rows: Rows, first_row: int = 0) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("确认表")
        sheet.write_row(first_row, 0, LABELS)
        for place, each in enumerate(rows, start=first_row + 1):
            sheet.write_row(place, 0, [each.get(label, "") for label in LABELS])


def write_zip(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("县/甲.csv", text)


FILES: list[tuple[str, str, Callable[[Path, Sequence[Student]], object], list[int | None]]] = [
    ("torn rows", "forms.csv", lambda path, s: path.write_text(broken(s)), [3, 6, 7]),
    ("torn rows, GB18030", "forms.csv", lambda path, s: path.write_bytes(broken(s).encode("gb18030")), [3, 6, 7]),
    ("torn rows, UTF-16", "forms.csv", lambda path, s: path.write_bytes(broken(s).encode("utf-16")), [3, 6, 7]),
    ("torn rows, packed", "forms.csv.gz", lambda path, s: path.write_bytes(gzip.compress(broken(s).encode())), [3, 6, 7]),
    ("torn rows in an archive", "forms.zip", lambda path, s: write_zip(path, broken(s)), [3, 6, 7]),
    ("blank line", "forms.csv",
     lambda path, s: path.write_text(csv_text([row(each, "下发", "2026-11-05") for each in s], 2)), [None] * 3),
    ("workbook", "forms.xlsx", lambda path, s: write_workbook(path, [row(each, "下发", "2026-11-05") for each in s]), [2, 3, 4]),
    ("workbook with a title", "forms.xlsx",
     lambda path, s: write_workbook(path, [row(each, "下发", "2026-11-05") for each in s], 2), [None] * 3),
]  # fmt: skip


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[list[object], list[object]]]:
    """Row numbers of what was taken of each file, and of what was refused: all delivered at once, each with its own students."""
    ledger = Ledger(tmp_path_factory.mktemp("files"))
    students = [[Student(3 * place + each) for each in (1, 2, 3)] for place in range(len(FILES))]
    ledger.prepare([student for of_file in students for student in of_file])
    folder = ledger.deliver(DELIVERED, []).parent
    (folder / "forms.csv").unlink()
    for place, (_, file, write, _) in enumerate(FILES):
        write(folder / file.replace("forms", f"forms-{place}"), students[place])
    ledger.take(DELIVERED)
    events, refused = ledger.rows("form_events", "record_key"), ledger.rows("quarantine", '"row"')
    found = []
    for place, of_file in enumerate(students):
        keys = {student.record_key for student in of_file}
        found.append((
            [each["row"] for each in events if each["record_key"] in keys],
            [each["row"] for each in refused if str(each["file"]).startswith(f"forms-{place}.")],
        ))  # fmt: skip
    assert sum(len(aside) for _, aside in found) == len(refused)
    return found


@pytest.mark.parametrize("place", range(len(FILES)), ids=[case[0] for case in FILES])
def test_rows_are_numbered_as_in_the_file_or_not_at_all(numbered, place):
    why, _, _, numbers = FILES[place]
    taken, refused = numbered[place]
    assert taken == numbers
    assert refused == ([2, 4, 5] if "torn" in why else [])


def test_long_files_keep_their_order(tmp_path):
    ledger, student = Ledger(tmp_path), Student()
    ledger.prepare([student])
    ledger.deliver(DELIVERED, [row(student, "发放", f"第{place}行") for place in range(2, 20_000)])
    assert ledger.take(DELIVERED) == 0
    wrong = [each for each in ledger.rows("quarantine") if f"第{each['row']}行" not in each["raw"]]
    assert not wrong


@given(st.sets(st.integers(2, 60)), st.integers(0, 40))
def test_numbers_between_skips_what_is_set_aside(aside, count):
    free = [number for number in range(2, 120) if number not in aside]
    assert numbers_between(aside, count).to_list() == free[:count]
