"""Delimited text as units deliver it, with the broken rows that come with it."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from xueji.data_samples.dialects import Dialect
from xueji.data_samples.draws import Dice

_BAD_BYTES = b"\xff\xff"  # begin no character in UTF-8 or GB18030


@dataclass(frozen=True)
class TextFile:
    """The bytes of one delimited file, and how many of its rows cannot be read."""

    data: bytes
    broken_rows: int


def text_file(rows: pl.DataFrame, dialect: Dialect, dice: Dice | None) -> TextFile:
    """`rows` as a file in the unit's dialect. With `dice`, one or two broken rows stand among them."""
    broken = broken_lines(rows.row(0), dialect, dice) if dice and rows.height else []
    place = dice.roll(rows.height + 1) if dice and broken else rows.height
    parts = [
        encoded(delimited(rows.head(place), dialect, include_header=True), dialect, is_start=True),
        *(line + encoded(dialect.line_end, dialect) for line in broken),
        encoded(delimited(rows.slice(place), dialect, include_header=False), dialect),
    ]
    if dialect.torn_end and rows.height:
        parts.append(torn_row(rows.row(rows.height - 1), dialect))
    return TextFile(b"".join(parts), len(broken) + (dialect.torn_end and rows.height > 0))


def delimited(rows: pl.DataFrame, dialect: Dialect, include_header: bool) -> str:
    if not rows.height and not include_header:
        return ""
    return rows.write_csv(separator=dialect.delimiter, line_terminator=dialect.line_end, include_header=include_header)


def encoded(text: str, dialect: Dialect, is_start: bool = False) -> bytes:
    """Bytes of a piece of the file; the first piece carries the byte order mark of those that have one."""
    if dialect.encoding == "utf-8-sig":
        return text.encode("utf-8-sig" if is_start else "utf-8")
    if dialect.encoding == "utf-16":
        return (("\ufeff" if is_start else "") + text).encode("utf-16-le")
    return text.encode(dialect.encoding)


def broken_lines(row: Iterable[str | None], dialect: Dialect, dice: Dice) -> list[bytes]:
    """One or two lines, without line ends, that are no records: each costs the reader one row."""
    cells = [cell or "" for cell in row]
    longest = max(cells, key=len)
    place = cells.index(longest)

    def line(*changed: str) -> bytes:
        return encoded(dialect.delimiter.join(changed), dialect)

    lines = [
        line(*cells[:4]),  # too few cells
        line(*cells, "转入", "待查", longest),  # too many
        line(*cells[:place], f'"{longest}"{longest}', *cells[place + 1 :]),  # text after a closing quote
        line(*[""] * len(cells)),  # nothing but delimiters
    ]
    if dialect.encoding != "utf-16":
        start, end = line(*cells[:place]), line(*cells[place + 1 :])
        mark = dialect.delimiter.encode()
        lines.append(mark.join(piece for piece in (start, _BAD_BYTES + longest.encode(), end) if piece))
    first = dice.roll(len(lines))
    second = (first + 1 + dice.roll(len(lines) - 1)) % len(lines)
    return [lines[first]] if dice.roll(2) else [lines[first], lines[second]]


def torn_row(row: Iterable[str | None], dialect: Dialect) -> bytes:
    """A row of which only the first part was written."""
    whole = encoded(dialect.delimiter.join(cell or "" for cell in row), dialect)
    return whole[: len(whole) * 3 // 5]
