"""A look into a workbook's own XML, without a parser that resolves anything: sheet parts, row counts, formula cells."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from xml.parsers import expat

from xueji.assets.delivery_facts import FileRefusedError, Limits

CHUNK = 1 << 20
_ROW_START = re.compile(rb"<(?:\w+:)?row[ >/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?: [^>]*)?>[^<]|<(?:\w+:)?f[ >/]")
_ROWS_END = re.compile(rb"</(?:\w+:)?sheetData>")
LONGEST_ROW = 64 << 20
_ODD_CELL = re.compile(rb"<(?:\w+:)?f[ >/]|\bt=[\"']e[\"']")


@dataclass(frozen=True)
class SheetXml:
    """What a sheet's XML says. Rows and cells are named as a spreadsheet does: row 1, cell A1."""

    rows_with_values: int
    formulas: dict[int, str]  # row → address of its first formula cell
    errors: dict[int, str]  # row → address of its first error cell (#N/A …)


def check_package(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse a workbook that is encrypted, too large, or packed beyond what honest sheets reach."""
    entries = archive.infolist()
    if len(entries) > limits.max_members:
        raise FileRefusedError(f"工作簿内部件超过{limits.max_members}个")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefusedError("工作簿已加密，无法读取")
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > limits.max_workbook_bytes:
        raise FileRefusedError("工作簿展开后过大，请改用csv或parquet")
    if total > limits.ratio_floor_bytes and total > limits.max_ratio * packed:
        raise FileRefusedError(f"工作簿压缩比超过{limits.max_ratio}倍，疑为压缩炸弹")


def check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Read every XML part once: none may be longer than it says, or declare a document type (entity expansion)."""
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            tail, size = b"", 0
            for chunk in _chunks(archive, entry.filename):
                size += len(chunk)
                if size > limits.max_workbook_bytes:
                    raise FileRefusedError("工作簿展开后过大，疑为压缩炸弹")
                if b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk or b"\0" in chunk:
                    raise FileRefusedError("工作簿的XML含有文档类型声明或不是UTF-8，不予读取")
                tail = chunk[-16:]


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → the part that holds it. Chart sheets and the like are left out."""
    targets = _related_parts(archive, "/worksheet")
    parts = {}
    for tag, attributes in _elements(archive.read("xl/workbook.xml")):
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            if relation in targets:
                parts[attributes["name"]] = targets[relation]
    return parts


def shared_strings_part(archive: zipfile.ZipFile) -> str | None:
    """The part that holds the texts which cells refer to by number; None when every cell holds its own."""
    return next(iter(_related_parts(archive, "/sharedStrings").values()), None)


def _related_parts(archive: zipfile.ZipFile, kind: str) -> dict[str, str]:
    """Relation id → part, for relations of the workbook whose type ends in `kind`."""
    parts: dict[str, str] = {}
    for tag, attributes in _elements(archive.read("xl/_rels/workbook.xml.rels")):
        if tag == "Relationship" and attributes.get("Type", "").endswith(kind):
            target = attributes["Target"]
            parts[attributes["Id"]] = target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)
    return parts


def _elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes))
    parser.Parse(data, True)
    return found


def read_sheet_xml(archive: zipfile.ZipFile, part: str) -> SheetXml:
    """Count the rows that hold a value, and find formula and error cells."""
    rows, is_odd = 0, False
    for row in _rows(archive, part):
        rows += bool(_VALUE.search(row))
        is_odd = is_odd or bool(_ODD_CELL.search(row))
    formulas, errors = _odd_cells(archive, part) if is_odd else ({}, {})
    return SheetXml(rows, formulas, errors)


def _rows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML of each row, one after the other."""
    rest = b""
    for chunk in _chunks(archive, part):
        data = rest + chunk
        starts = [match.start() for match in _ROW_START.finditer(data)]
        for start, end in pairwise(starts):
            yield data[start:end]
        # Before the first row nothing is of interest, but the end of a chunk may hold half of its tag.
        rest = data[starts[-1] :] if starts else data if _ROW_START.match(data) else data[-64:]
        if len(rest) > LONGEST_ROW:
            raise FileRefusedError("工作表中有一行过大，不予读取")
    if _ROW_START.match(rest):
        end_of_rows = _ROWS_END.search(rest)
        yield rest[: end_of_rows.start()] if end_of_rows else rest


def _odd_cells(archive: zipfile.ZipFile, part: str) -> tuple[dict[int, str], dict[int, str]]:
    formulas: dict[int, str] = {}
    errors: dict[int, str] = {}
    row, address = 0, ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, address
        name = tag.rpartition(":")[2]
        if name == "row":
            row = int(attributes.get("r", row + 1))
        elif name == "c":
            address = attributes.get("r", "")
            if attributes.get("t") == "e":
                errors.setdefault(row, address)
        elif name == "f":
            formulas.setdefault(row, address)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    for chunk in _chunks(archive, part):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return formulas, errors


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            yield chunk
