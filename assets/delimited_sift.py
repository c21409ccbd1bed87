"""The careful way through delimited text: good records copied out byte by byte, every other one named with its reason.

A record is what CSV says where its quotes are sound, and a physical line where they are torn: a quote that never
closes costs its own line, not the rest of the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from os import SEEK_END
from pathlib import Path
from typing import IO

from xueji.assets.delimited_scan import UNDECODABLE_BYTES, is_utf8
from xueji.assets.delivery_facts import (
    RAW_CHARACTERS,
    VALUE_CHARACTERS,
    FileRefusedError,
    Limits,
    QuarantineRow,
    shorten,
)

CHUNK = 1 << 20
# Spaces, tabs, line breaks and the invisible blanks of docs/rules.md, as UTF-8 bytes.
_BLANK_BYTES = rb"[ \t\r\n\x0b\x0c]|\xc2\xa0|\xe3\x80\x80|\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf"

_FILLING_BYTES = (*range(0x21, 0x7F), *range(0xC3, 0xE0), *range(0xE4, 0xEF), *range(0xF0, 0xF5))


@dataclass(frozen=True)
class Layout:
    """What the header of a delimited file fixed."""

    delimiter: bytes
    labels: tuple[str, ...]  # one a column, for the reader of the quarantine
    header_lines: int  # physical lines up to and with the header


@dataclass
class Sifted:
    """What sifting found. Physical lines = header + empty + continuation + accepted + quarantined."""

    accepted: int = 0
    empty_lines: int = 0
    continuation_lines: int = 0  # second and later lines of records that span several
    quarantine: list[QuarantineRow] = field(default_factory=list)


def sift(source: Path, target: Path, name: str, layout: Layout, limits: Limits) -> Sifted:
    """Copy the good records of `source` (UTF-8, header and all) to `target`, below a plain header; name the others."""
    with source.open("rb") as read, target.open("wb") as written:
        for _ in range(layout.header_lines):
            read.readline()
        written.write(layout.delimiter.join(b"c%d" % place for place in range(len(layout.labels))) + b"\n")
        sifter = _Sifter(read, written, name, layout, limits)
        sifter.run()
    _name_torn_end(source, sifter)
    return sifter.found


def _name_torn_end(source: Path, sifter: "_Sifter") -> None:
    """Say so when the last row is bad and the file ends without a line end: the transfer was probably cut."""
    quarantine = sifter.found.quarantine
    with source.open("rb") as file:
        file.seek(-1, SEEK_END)
        is_open = file.read(1) != b"\n"
    if is_open and quarantine and quarantine[-1].row == sifter.row - 1:
        quarantine[-1] = replace(quarantine[-1], reason=f"文件末尾不完整，此行中断（{quarantine[-1].reason}）")


class _Sifter:
    def __init__(self, read: IO[bytes], written: IO[bytes], name: str, layout: Layout, limits: Limits) -> None:
        self.blocks = _blocks(read, limits.max_record_bytes)
        self.written = written
        self.name = name
        self.labels = layout.labels
        self.delimiter = layout.delimiter
        self.delimiters = len(layout.labels) - 1
        self.limits = limits
        self.found = Sifted()
        self.row = layout.header_lines + 1  # physical number of lines[0]
        self.lines: list[bytes] = []
        self.is_all_text = True  # every line at hand is UTF-8 without NUL
        mark = re.escape(layout.delimiter)
        cell = b'(?:"[^"]*+(?:""[^"]*+)*+"|[^"\r\n' + mark + b"]*+)"
        self.has_width = re.compile(cell + (mark + cell) * self.delimiters).fullmatch
        self.is_sound = re.compile(cell + b"(?:" + mark + cell + b")*+").fullmatch
        self.cells = re.compile(b"(" + cell + b")(?:" + mark + rb"|\Z)")
        self.is_blank_cell = re.compile(b"(?:" + _BLANK_BYTES + b")*+").fullmatch
        # A byte that stands in no blank: whoever has one is not blank. The converse needs a closer look.
        filling = bytes(byte for byte in _FILLING_BYTES if byte not in b'"' + layout.delimiter)
        self.is_filled = re.compile(b"[" + re.escape(filling) + b"]").search

    def run(self) -> None:
        while self._next_block():
            if self._is_clean():
                self._accept(self.lines)
                self.row += len(self.lines)
            else:
                self._sift_lines()
            self.lines = []
            self.is_all_text = True

    def _next_block(self) -> bool:
        """Add a block of lines to those at hand. False at the end of the file."""
        block = next(self.blocks, None)
        if block is None:
            return False
        self.lines += block
        self.is_all_text = self.is_all_text and _is_text(b"\n".join(block))
        return True

    def _accept(self, records: list[bytes]) -> None:
        if records:
            self.written.write(b"\n".join(records) + b"\n")
            self.found.accepted += len(records)

    def _is_clean(self) -> bool:
        """Whether every line at hand is a good record at first sight, so that all can be copied at once."""
        return (
            self.is_all_text
            and max(map(len, self.lines)) <= self.limits.max_cell_characters
            and all(map(self.has_width, self.lines))
            and all(map(self.is_filled, self.lines))
        )

    def _sift_lines(self) -> None:
        good: list[bytes] = []
        place = 0
        while place < len(self.lines):
            line = self.lines[place].removesuffix(b"\r")
            record: bytes | None = line
            taken = 1
            if not line:
                self.found.empty_lines += 1
                record = None
            elif not self._is_plain(line):
                record, taken = self._odd_record(place)
            if record is not None:
                good.append(record)
            place += taken
        self._accept(good)
        self.row += place

    def _is_plain(self, line: bytes) -> bool:
        return bool(
            self.has_width(line)
            and self.is_filled(line)
            and len(line) <= self.limits.max_cell_characters
            and (self.is_all_text or _is_text(line))
        )

    def _odd_record(self, place: int) -> tuple[bytes | None, int]:
        """The record that begins at a line, if it is good, and how many lines it takes."""
        record, taken = self._whole_record(place)
        row = self.row + place
        fault = self._fault(record)
        if fault is None:
            self.found.continuation_lines += taken - 1
            return record, taken
        if taken > 1 and not self.has_width(record):
            # Several lines that make no record together: the quotes are torn, only the first line is given up.
            record, taken = self.lines[place].removesuffix(b"\r"), 1
            fault = self._fault(record) or ("引号没有闭合", None, None)
        self.found.continuation_lines += taken - 1
        self._quarantine(row, record, *fault)
        return None, taken

    def _whole_record(self, place: int) -> tuple[bytes, int]:
        """Lines from `place` on until the quotes pair up; the first line alone when they never do."""
        first = self.lines[place]
        open_quotes = first.count(b'"') % 2
        if not open_quotes or len(first) > self.limits.max_record_bytes:
            return first.removesuffix(b"\r"), 1
        size = len(first)
        end = place + 1
        while size <= self.limits.max_record_bytes and (end < len(self.lines) or self._next_block()):
            size += len(self.lines[end]) + 1
            end += 1
            if self.lines[end - 1].count(b'"') % 2:
                return b"\n".join(self.lines[place:end]).removesuffix(b"\r"), end - place
        return first.removesuffix(b"\r"), 1

    def _fault(self, record: bytes) -> tuple[str, str | None, str | None] | None:
        """Why a record cannot be taken: reason, column, value. None when it is good."""
        if len(record) > self.limits.max_record_bytes:
            return f"一行超过{self.limits.max_record_bytes}字节", None, None
        if b"\0" in record:
            return "含有空字符(NUL)", None, None
        if not is_utf8(record):
            return self._undecodable(record)
        if not self.is_sound(record):
            return self._unsound(record)
        if all(map(self.is_blank_cell, map(_unquoted, self._cells(record)))):
            return "空行：各列均为空", None, None
        if not self.has_width(record):
            count = len(self._cells(record))
            kind = "缺列" if count <= self.delimiters else "多列"
            return f"{kind}：应有{self.delimiters + 1}列，实有{count}列", None, None
        return self._long_cell(record) if len(record) > self.limits.max_cell_characters else None

    def _cells(self, record: bytes) -> list[bytes]:
        cells = []
        place = 0
        while match := self.cells.match(record, place):
            cells.append(match[1])
            place = match.end()
            if match.end() == match.end(1):
                break
        return cells

    def _label(self, place: int) -> str | None:
        return self.labels[place] if place < len(self.labels) else None

    def _undecodable(self, record: bytes) -> tuple[str, str | None, str | None]:
        for place, cell in enumerate(record.split(self.delimiter)):
            if not is_utf8(cell):
                return "含有无法识别的字符（编码错误）", self._label(place), _text(cell)
        return "含有无法识别的字符（编码错误）", None, None

    def _unsound(self, record: bytes) -> tuple[str, str | None, str | None]:
        place = len(self._cells(record))
        if b'"' not in record:
            return "含有孤立的回车符", self._label(place), None
        return "引号不成对或位置不对", self._label(place), None

    def _long_cell(self, record: bytes) -> tuple[str, str | None, str | None] | None:
        for place, cell in enumerate(self._cells(record)):
            if len(cell.decode()) > self.limits.max_cell_characters:
                reason = f"单元格超过{self.limits.max_cell_characters}个字符"
                return reason, self._label(place), _text(cell)
        return None

    def _quarantine(self, row: int, record: bytes, reason: str, column: str | None, value: str | None) -> None:
        if len(self.found.quarantine) >= self.limits.max_quarantine_rows:
            raise FileRefusedError(f"不合格的行超过{self.limits.max_quarantine_rows}行，整个文件不予接收")
        raw = _text(record[: 4 * RAW_CHARACTERS + 4])
        self.found.quarantine.append(
            QuarantineRow(
                self.name, row, column, shorten(value, VALUE_CHARACTERS), reason, shorten(raw, RAW_CHARACTERS)
            )
        )


def _blocks(file: IO[bytes], longest: int) -> Iterator[list[bytes]]:
    """Lines in lists of about a mebibyte. A line over `longest` bytes comes cut, but still over `longest`."""
    carry = b""
    while chunk := file.read(CHUNK):
        lines = (carry + chunk).split(b"\n")
        carry = lines.pop()[: longest + 1]
        if lines:
            yield [line[: longest + 1] for line in lines] if max(map(len, lines)) > longest else lines
    if carry:
        yield [carry]


def _is_text(data: bytes) -> bool:
    return b"\0" not in data and is_utf8(data)


def _unquoted(cell: bytes) -> bytes:
    return cell[1:-1].replace(b'""', b'"') if cell.startswith(b'"') else cell


def _text(data: bytes) -> str:
    """`data` for a human reader; what cannot be decoded shows as U+FFFD."""
    return data.replace(UNDECODABLE_BYTES, b"\xff").decode(errors="replace").replace("\0", "\ufffd")
