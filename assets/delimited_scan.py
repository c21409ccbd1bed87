"""The first look at delimited text: its encoding, a plain UTF-8 copy, and a count of records no parser takes part in."""

import codecs
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

CHUNK = 4 << 20
SCAN_CHUNK = 256 << 10  # stays in the processor's cache
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
    """What the bytes say, before any parsing."""

    lines: int  # physical lines, a last one without a line feed too
    records: int  # header and all, empty lines too; holds only where `is_sound`
    is_sound: bool  # quotes, line ends and NULs are such that every parser must agree on the records


def scan(path: Path, delimiter: bytes) -> Scan:
    """Count lines and records of UTF-8 text, and say whether its quoting leaves no doubt."""
    counter = _Counter(delimiter)
    # Two bytes stay from chunk to chunk, one judged and one not: each byte is judged once, with both its neighbours in
    # sight. The buffer is reused, so that no byte is copied twice.
    buffer = bytearray(2 + SCAN_CHUNK)
    buffer[1] = LINE_FEED  # as if the file began after a line end
    first, end = 2, 2
    with path.open("rb", buffering=0) as file:
        if file.read(3) != UTF8_BOM:
            file.seek(0)
        while size := file.readinto(memoryview(buffer)[2:]):
            end = 2 + size
            counter.judge(buffer, first, end - 1, end)
            buffer[:2] = buffer[end - 2 : end]
            first = 1
    if end > 2:
        counter.judge(buffer, 1, 2, 2)
    return counter.result(ends_open=end > 2 and buffer[1] != LINE_FEED)


class _Counter:
    def __init__(self, delimiter: bytes) -> None:
        # What may stand before a quote that opens, and after one that closes; a doubled quote closes and opens again.
        self.may_precede = np.isin(np.arange(256), [delimiter[0], LINE_FEED, QUOTE])
        self.may_follow = np.isin(np.arange(256), [delimiter[0], LINE_FEED, CARRIAGE_RETURN, QUOTE])
        self.line_feeds = 0
        self.record_ends = 0
        self.returns_at_end = 0  # record ends that are CR LF
        self.is_quoted = False
        self.is_sound = True

    def judge(self, data: bytearray, first: int, end: int, known: int) -> None:
        """Judge data[first:end]; the bytes before `first` and up to `known` are context."""
        line_feeds = data.count(b"\n", first, end)
        self.line_feeds += line_feeds
        if not self.is_sound:
            return
        if data.find(b"\0", first, end) >= 0:
            self.is_sound = False
        elif self.is_quoted or data.find(b'"', first, end) >= 0:
            self._judge_quotes(np.frombuffer(data, np.uint8, known), first, end)
        else:
            self.record_ends += line_feeds
            returns = data.count(b"\r", first, end)
            self.returns_at_end += returns
            # Every CR must stand before an LF; the byte after the last one judged may be that LF.
            self.is_sound = not returns or returns == data.count(b"\r\n", first, min(end + 1, known))

    def _judge_quotes(self, data: np.ndarray, first: int, end: int) -> None:
        judged, before = data[first:end], data[first - 1 : end - 1]
        after = data[first + 1 : end + 1]
        if len(after) < len(judged):
            after = np.append(after, np.uint8(LINE_FEED))  # as if the file ended with a line end
        quotes = np.flatnonzero(judged == QUOTE)
        opening, closing = (quotes[1::2], quotes[::2]) if self.is_quoted else (quotes[::2], quotes[1::2])
        returns = self._outside(judged, CARRIAGE_RETURN, quotes)
        self.is_sound = bool(
            self.may_precede[before[opening]].all()
            and self.may_follow[after[closing]].all()
            and (after[returns] == LINE_FEED).all()
        )
        self.record_ends += len(self._outside(judged, LINE_FEED, quotes))
        self.returns_at_end += len(returns)
        self.is_quoted ^= bool(len(quotes) % 2)

    def _outside(self, data: np.ndarray, byte: int, quotes: np.ndarray) -> np.ndarray:
        """Places of a byte that stand outside quotes."""
        places = np.flatnonzero(data == byte)
        return places[(np.searchsorted(quotes, places) + self.is_quoted) % 2 == 0]

    def result(self, ends_open: bool) -> Scan:
        is_uniform = self.returns_at_end in (0, self.record_ends)
        return Scan(
            lines=self.line_feeds + ends_open,
            records=self.record_ends + ends_open,
            is_sound=self.is_sound and not self.is_quoted and is_uniform,
        )


def empty_lines(path: Path) -> int:
    """Lines with nothing in them, wherever they stand."""
    with path.open("rb") as file:
        return sum(line in (b"\n", b"\r\n") for line in iter(partial(file.readline, CHUNK), b""))
