"""The cell formats of the annexes' workbook."""

import xlsxwriter
from xlsxwriter.format import Format

from xueji.reports.bulletin_facts import Cell

FONT = "宋体"


class Formats:
    """The formats of one workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._numbers: dict[tuple[int, bool], Format] = {}
        framed = {"border": 1, "valign": "vcenter"}
        self.title = self._add(bold=True, font_size=14, align="center", valign="vcenter", text_wrap=True)
        self.guide_title = self._add(bold=True, font_size=14, valign="vcenter", text_wrap=True)
        self.head = self._add(bold=True, bg_color="#E7E6E6", align="center", text_wrap=True, **framed)
        self.note = self._add(text_wrap=True, valign="top")
        self.link = self._add(font_color="#0563C1", underline=1)
        self.text = self._add(num_format="@", text_wrap=True, border=1, valign="top")
        self.row_title = self._add(num_format="@", text_wrap=True, **framed)
        self.total_title = self._add(num_format="@", text_wrap=True, bold=True, **framed)
        self._words = {
            (align, is_total): self._add(num_format="@", align=align, bold=is_total, **framed)
            for align in ("center", "right")
            for is_total in (False, True)
        }

    def word(self, cell: Cell, is_total: bool) -> Format:
        """A mark stands where its figure would; other words in the middle."""
        return self._words["center" if cell.is_word else "right", is_total]

    def number(self, decimals: int, is_total: bool) -> Format:
        key = (decimals, is_total)
        if key not in self._numbers:
            pattern = "0" + ("." + "0" * decimals if decimals else "")
            self._numbers[key] = self._add(num_format=pattern, bold=is_total, border=1, valign="vcenter")
        return self._numbers[key]

    def _add(self, **properties: object) -> Format:
        return self._workbook.add_format({"font_name": FONT, "font_size": 11, **properties})
