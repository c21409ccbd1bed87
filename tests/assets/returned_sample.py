"""Workbooks as they go out, filled in and sent back; a ledger of a few invented cases; scans."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from xueji.assets.answers import take_in_answers
from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.landing_folder import Landing
from xueji.assets.records import frame_of
from xueji.assets.seal import Seal
from xueji.reports.return_forms import (
    CASE_COLUMN,
    FORMS,
    KEY_FIELDS,
    KEY_SHEET,
    SEAL_COLUMN,
    SEALED_COLUMNS,
    sealed_texts,
    shown,
)

NIGHT = "2026-11-20"
SEAL = Seal(b"k" * 32)
SCHOOL, OTHER_SCHOOL = "2144000001", "2144000002"
OFFICE, OTHER_OFFICE = "440106", "440103"
NUMBER, OTHER_NUMBER, BIRTH = "440106201503120036", "11010519491231002X", date(2015, 3, 12)
Row = dict[str, Any]
Spoil = Callable[[Worksheet, dict[str, int]], None]


def case(number: int, **changes: Any) -> Row:
    """An invented case that waits for its school; `number` makes it a case of its own."""
    row = {
        "case_no": f"XJ44-261119-{number:06}",
        "problem_type": "ERR_NAME",
        "state": "待处理",
        "unit_code": "44",
        "county_code": "440106",
        "school_code": SCHOOL,
        "student_no": f"L44010620150312{number:04}",
        "name": f"测试{'甲乙丙丁戊己庚辛壬癸'[number % 10]}",
        "id_number": NUMBER,
        "first_seen": date(2026, 11, 19),
        "turn": 1,
        "authority_level": "county",
        "authority_code": OFFICE,
    }
    return row | changes


def write_table(engine: Engine, table: str, rows: Iterable[Row], basis: Mapping[str, object] | None = None) -> None:
    with engine.connection() as connection:
        connection.register("rows", frame_of(table, list(rows)).to_arrow())
        columns = ", ".join(f'"{column}"' for column in LAKE_TABLES[table].columns)
        engine.replace_table(table, f"select {columns} from rows", connection, basis=basis)


def write_ledger(engine: Engine, cases: Iterable[Row]) -> None:
    write_table(engine, "cases", cases, {"night": "2026-11-19", "before": None})


def book(
    cases: Iterable[Row],
    answers: Mapping[str, Row],
    form: str = "list",
    owner: str = SCHOOL,
    edition: str | None = None,
    seal: Seal = SEAL,
    spoil: Spoil | None = None,
    order: Callable[[list[str]], list[str]] = list,
    keys: Mapping[str, str] | None = None,
    above: int = 4,
) -> bytes:
    """A workbook of the form. `answers` gives by case number the answer cells by field; `spoil` may do what it likes to the sheet."""
    edition = edition or f"{owner}-20261119"
    fields = FORMS[form].answer_titles
    titles = order(["序号", "问题说明", CASE_COLUMN, *SEALED_COLUMNS, *fields.values(), SEAL_COLUMN])
    columns = {title: place for place, title in enumerate(titles, start=1)}
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = FORMS[form].sheets[0]
    sheet.cell(1, 1, "全国中小学生学籍信息管理系统")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(titles))
    for title, place in columns.items():
        sheet.cell(above + 1, place, title)
    for line, row in enumerate(cases, start=above + 2):
        cells = [shown(row["name"]), shown(row["student_no"]), shown(row["id_number"])]
        mark = seal.of_row(form, owner, edition, sealed_texts(row["case_no"], row["turn"], cells))
        texts = {"序号": str(line - above - 1), "问题说明": "姓名与身份证号不匹配", CASE_COLUMN: row["case_no"]}
        texts |= dict(zip(SEALED_COLUMNS, cells, strict=True)) | {SEAL_COLUMN: f"{row['turn']}.{mark}"}
        texts |= {fields[field]: value for field, value in answers.get(row["case_no"], {}).items()}
        for title, text in texts.items():
            sheet.cell(line, columns[title], text).number_format = "@"
    sheet.column_dimensions[get_column_letter(columns[SEAL_COLUMN])].hidden = True
    key_sheet = workbook.create_sheet(KEY_SHEET)
    key_sheet.sheet_state = "veryHidden"
    values = {"form": form, "owner": owner, "edition": edition, "key_id": seal.key_id}
    values |= {"seal": seal.of_file(form, owner, edition)} | dict(keys or {})
    key_sheet.append(KEY_FIELDS)
    key_sheet.append([values[field] for field in KEY_FIELDS])
    if spoil:
        spoil(sheet, columns)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def archive(members: Mapping[str, bytes], encoding: str = "utf-8") -> bytes:
    """A zip file; with `gbk` the names are written as Chinese Windows does, without saying so."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 20, 9, 30, 12))
            if encoding == "gbk":  # as long in this alphabet, and put in the place of it afterwards
                entry.filename = name.encode("gbk").decode("latin-1").translate(_ASCII)
            packed.writestr(entry, content)
    data = buffer.getvalue()
    for name in members if encoding == "gbk" else ():
        stand_in = name.encode("gbk").decode("latin-1").translate(_ASCII).encode()
        data = data.replace(stand_in, name.encode("gbk"))
    return data


_ASCII = {code: chr(code - 128 + 33) if code - 128 + 33 < 127 else "~" for code in range(128, 256)}


def jpeg(size: int = 200) -> bytes:
    """A picture of more than 1 KB."""
    buffer = io.BytesIO()
    Image.effect_noise((size, size), 90).save(buffer, "JPEG")
    return buffer.getvalue()


def png(size: int = 100) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((size, size), 90).save(buffer, "PNG")
    return buffer.getvalue()


def pdf() -> bytes:
    return b"%PDF-1.4\n" + b"1 0 obj <<>> endobj\n" * 100 + b"trailer\nstartxref\n9\n%%EOF\n"


def proof(row: Row) -> dict[str, bytes]:
    """Scans that prove 佐证 and 变更 of a case."""
    return {f"材料/{row['case_no']}_在校证明.jpg": jpeg(), f"材料/{row['case_no']}_户口簿.pdf": pdf()}


class Desk:
    """A landing folder and a HOME with a ledger: files are handed in, a night takes them."""

    def __init__(self, folder: Path, cases: Iterable[Row]) -> None:
        self.landing = folder / "landing"
        self.engine = Engine(home=str(folder / "home"), threads=1)
        (self.landing / NIGHT).mkdir(parents=True)
        write_ledger(self.engine, cases)

    def hand_in(self, file: str, content: bytes, day: str = NIGHT) -> None:
        path = self.landing / day / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def night(self, night: str = NIGHT) -> int:
        return take_in_answers(self.engine, SEAL, Landing(path=str(self.landing)), night)

    def rows(self, table: str) -> list[Row]:
        with self.engine.connection() as connection:
            frame: pl.DataFrame = connection.sql(f"select * from ({self.engine.table_sql(table)}) order by all").pl()
        return frame.to_dicts()

    def rejects(self) -> list[Row]:
        return [row | json.loads(row["raw"] or "{}") for row in self.rows("quarantine")]
