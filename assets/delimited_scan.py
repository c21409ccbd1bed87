"""The first look at delimited text: its encoding, a plain UTF-8 copy, and a count of records no parser takes part in."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

CHUNK = 4 << 20
UTF8_BOM = b"\xef\xbb\xbf"
BYTE_ORDER_MARKS = ((UTF8_BOM, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UNDECODABLE = "\udcff"  # written as a byte sequence that is no UTF-8, so that its row and no other is set aside
UNDECODABLE_BYTES = UNDECODABLE.encode("utf-8", "surrogatepass")

QUOTE, LINE_FEED, CARRIAGE_RETURN = 0x22, 0x0A, 0x0D


def detect_encoding(path: Path) -> str:
    """utf-8, utf-8-sig, utf-16 or gb18030.

    A byte-order mark decides; else the lines of the first stretch that is not plain ASCII: a damaged byte or two in a
    UTF-8 file must not turn it into GB18030.
    """
    with path.open("rb") as file:
        head = file.read(4)
        for mark, encoding in BYTE_ORDER_MARKS:
            if head.startswith(mark):
                return encoding
        file.seek(0)
        while chunk := file.read(CHUNK):
            if not chunk.isascii():
                lines = [line for line in (chunk + file.readline(CHUNK)).split(b"\n") if not line.isascii()][:2_000]
                valid = sum(is_utf8(line) for line in lines)
                return "utf-8" if 2 * valid >= len(lines) else "gb18030"
    return "utf-8"


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    # A two-byte sequence cut by a line feed must not swallow it: that would join two rows.
    lost = error.object[error.start : error.end]
    line_feed = lost.find(b"\n", 1) if not _is_wide(error.encoding) else -1
    return UNDECODABLE, error.start + line_feed if line_feed > 0 else error.end


def _is_wide(encoding: str) -> bool:
    return encoding.replace("_", "-").lower().startswith("utf-16")


codecs.register_error("xueji-mark", _mark_undecodable)


def has_only_carriage_returns(path: Path) -> bool:
    """Whether lines end in a lone CR, as old Macintosh programs wrote them."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
    return b"\r" in head and b"\n" not in head


def transcode(source: Path, encoding: str, target: Path) -> None:
    """Write `source` as UTF-8 without a byte-order mark, in bounded memory. What cannot be decoded spoils only its row."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="xueji-mark")
    returns_only = has_only_carriage_returns(source)
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(CHUNK):
            _write_text(decoder.decode(chunk), returns_only, written)
        _write_text(decoder.decode(b"", final=True), returns_only, written)


def _write_text(text: str, returns_only: bool, target: IO[bytes]) -> None:
    if returns_only:
        text = text.replace("\r", "\n")
    target.write(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Scan:
    """What the bytes say. `records` (header and all) holds only where `is_sound`."""

    lines: int  # physical lines, a last one without a line feed too
    records: int
    is_sound: bool  # quotes, line ends and NULs are such that every parser must agree on the records


def scan(path: Path, delimiter: bytes) -> Scan:
    """Count lines and records of UTF-8 text, and say whether its quoting leaves no doubt."""
    counter = _Counter(delimiter)
    with path.open("rb") as file:
        if file.read(3) != UTF8_BOM:
            file.seek(0)
        while chunk := file.read(CHUNK):
            counter.add(chunk)
    return counter.result()


class _Counter:
    def __init__(self, delimiter: bytes) -> None:
        self.delimiter = delimiter[0]
        self.carry = b"\n"  # the byte before the chunk; as if the file began after a line end
        self.size = 0
        self.line_feeds = 0
        self.record_ends = 0
        self.returns_at_end = 0  # record ends that are CR LF
        self.is_quoted = False
        self.is_sound = True

    def add(self, chunk: bytes) -> None:
        """Look at one chunk. The last byte waits for the next one, so that each byte is seen with both neighbours."""
        self.size += len(chunk)
        self.line_feeds += chunk.count(b"\n")
        data = self.carry + chunk
        # The carried bytes are context: one already counted before, one not yet.
        self._look(data)
        self.carry = data[-2:]

    def _look(self, data: bytes, is_last: bool = False) -> None:
        """Judge data[1:-1], or data[1:] of the last piece."""
        if not self.is_sound:
            return
        end = len(data) if is_last else len(data) - 1
        inner = data[1:end]
        if b"\0" in inner or b"\n\n" in data or b"\n\r\n" in data:
            self.is_sound = False
        elif self.is_quoted or b'"' in inner:
            self._look_at_quotes(np.frombuffer(data, np.uint8), end)
        else:
            self.record_ends += inner.count(b"\n")
            returns = inner.count(b"\r")
            self.returns_at_end += returns
            # Every CR must stand before an LF; the byte after `inner` may be that LF.
            if returns != data[1 : end + 1].count(b"\r\n"):
                self.is_sound = False

    def _look_at_quotes(self, data: np.ndarray, end: int) -> None:
        quotes = np.flatnonzero(data[1:end] == QUOTE) + 1
        opening, closing = (quotes[1::2], quotes[0::2]) if self.is_quoted else (quotes[0::2], quotes[1::2])
        before = data[opening - 1]
        after = data[np.minimum(closing + 1, len(data) - 1)]
        after = np.where(closing + 1 < len(data), after, LINE_FEED)
        opens_well = (before == self.delimiter) | (before == LINE_FEED) | (before == QUOTE)
        closes_well = (after == self.delimiter) | (after == LINE_FEED) | (after == CARRIAGE_RETURN) | (after == QUOTE)
        line_feeds = np.flatnonzero(data[1:end] == LINE_FEED) + 1
        record_ends = line_feeds[(np.searchsorted(quotes, line_feeds) + self.is_quoted) % 2 == 0]
        returns = np.flatnonzero(data[1:end] == CARRIAGE_RETURN) + 1
        outside = returns[(np.searchsorted(quotes, returns) + self.is_quoted) % 2 == 0]
        stands_well = data[np.minimum(outside + 1, len(data) - 1)] == LINE_FEED
        self.is_sound = bool(opens_well.all() and closes_well.all() and stands_well.all())
        self.record_ends += len(record_ends)
        self.returns_at_end += len(outside)
        self.is_quoted ^= bool(len(quotes) % 2)

    def result(self) -> Scan:
        self._look(self.carry, is_last=True)
        ends_open = self.size > 0 and self.carry[-1] != LINE_FEED
        records = self.record_ends + ends_open
        is_uniform = self.returns_at_end in (0, self.record_ends)
        return Scan(self.line_feeds + ends_open, records, self.is_sound and not self.is_quoted and is_uniform)
