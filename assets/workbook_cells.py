"""The cells of one sheet as its XML has them: text, where it stands, and whether a formula, an error or a number made it.

For workbooks that were filled in and come back. What was done to a cell matters there as much as its text, so both are read in
one pass: a second reader would have to be brought into line cell by cell, and lays a sheet out in full, which a value in the
last cell of an empty sheet makes a matter of gigabytes.
"""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.parsers import expat

from xueji.assets.delivery_facts import FileRefusedError
from xueji.assets.workbook_xml import shared_strings_part

Kind = Literal["text", "number", "formula", "error"]
MOST_CELLS = 2_000_000  # of a sheet, empty ones not counted
BOOLEANS = {"1": "TRUE", "0": "FALSE"}
_ESCAPED = re.compile("_x(?!0000|[Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")  # halves of a surrogate pair are no characters
_ADDRESS = re.compile("([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. A number's text is as stored, a date's the number of its day."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class Merge:
    """A range of merged cells, first and last of its lines and columns."""

    first_line: int
    last_line: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class SheetCells:
    """Cells by line (from 1) and column (from 0), empty ones left out; merged ranges."""

    lines: Mapping[int, Mapping[int, Cell]]
    merges: tuple[Merge, ...]


def shared_strings(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells refer to by number."""
    part = shared_strings_part(archive)
    if part is None or part not in archive.namelist():
        return []
    texts: list[str] = []
    pieces: list[str] = []
    is_text, phonetic = False, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_text, phonetic
        name = tag.rpartition(":")[2]
        if name == "si":
            pieces.clear()
        phonetic += name == "rPh"
        is_text = name == "t" and not phonetic

    def end(tag: str) -> None:
        nonlocal is_text, phonetic
        name = tag.rpartition(":")[2]
        is_text = False
        phonetic -= name == "rPh"
        if name == "si":
            texts.append(unescaped("".join(pieces)))

    def characters(data: str) -> None:
        if is_text:
            pieces.append(data)

    _parse(archive.read(part), start, end, characters)
    return texts


def read_cells(archive: zipfile.ZipFile, part: str, shared: Sequence[str]) -> SheetCells:
    """Every cell of a sheet that holds something."""
    reader = _SheetReader(shared)
    _parse(archive.read(part), reader.start, reader.end, reader.characters)
    return SheetCells(reader.lines, tuple(reader.merges))


class _SheetReader:
    """Takes a sheet's elements as they come. Lines and cells without an address follow the one before."""

    def __init__(self, shared: Sequence[str]) -> None:
        self.shared = shared
        self.lines: dict[int, dict[int, Cell]] = defaultdict(dict)
        self.merges: list[Merge] = []
        self.count = 0
        self.line, self.column = 0, -1
        self.type = ""
        self.pieces: list[str] = []
        self.is_text = self.is_formula = self.is_filled = False
        self.phonetic = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self.column = column_of(attributes["r"]) if "r" in attributes else self.column + 1
            self.type = attributes.get("t", "n")
            self.pieces = []
            self.is_formula = self.is_filled = False
        elif name == "v" or name == "t":
            self.is_text = not self.phonetic
            self.is_filled = True
        elif name == "f":
            self.is_formula = True
        elif name == "row":
            self.line = int(attributes["r"]) if "r" in attributes else self.line + 1
            self.column = -1
        elif name == "rPh":
            self.phonetic += 1
        elif name == "mergeCell":
            self.merges.append(merge_of(attributes["ref"]))

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v" or name == "t":
            self.is_text = False
        elif name == "rPh":
            self.phonetic -= 1
        elif name == "c" and (self.is_filled or self.is_formula):
            self._keep("".join(self.pieces))

    def characters(self, data: str) -> None:
        if self.is_text:
            self.pieces.append(data)

    def _keep(self, value: str) -> None:
        if self.type == "s" and value:
            text = self.shared[int(value)]
        elif self.type == "b":
            text = BOOLEANS.get(value, value)
        else:
            text = unescaped(value)
        kind: Kind = "text"
        if self.type == "e":
            kind = "error"
        elif self.is_formula:
            kind = "formula"
        elif self.type == "n":
            kind = "number"
        if text or kind in ("formula", "error"):
            self.count += 1
            if self.count > MOST_CELLS:
                raise FileRefusedError(f"工作表中有内容的单元格超过{MOST_CELLS}个，不予读取")
            self.lines[self.line][self.column] = Cell(text, kind)


def _parse(data: bytes, start: object, end: object, characters: object) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = characters  # type: ignore[assignment]
    parser.Parse(data, True)


def unescaped(text: str) -> str:
    """A cell's text with _x0041_ read as the character it stands for."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def column_of(address: str) -> int:
    """Column number, from 0, of a cell's address."""
    return _place(address)[1]


def merge_of(ref: str) -> Merge:
    """A merged range by its address, A1:B2."""
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return Merge(top, bottom, left, right)


def _place(address: str) -> tuple[int, int]:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError("an address that is none of a cell's")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column - 1


def filled_lines(cells: SheetCells) -> Iterator[tuple[int, Mapping[int, Cell]]]:
    """Lines with something in them, from the top."""
    return iter(sorted(cells.lines.items()))
