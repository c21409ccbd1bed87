"""Text that stays inside its cell: how wide each character is, where lines break, how small they must be, and what cannot be printed.

Widths are the font's own, so that what fits here fits on the page; the template only puts lines where it is told.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from xueji.checks.model import XuejiError

FAMILY = "Noto Sans CJK SC"
POINT = 0.3528  # mm
PITCH = 1.14  # of lines, in sizes
SIZES = (7.5, 6.5, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0)  # points, the largest that fits is taken
_BLANKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Line:
    """One line of text on the page: its top left corner in mm, its size in points."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True)
class Cell:
    """A rectangle on the page, in mm from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    def inner(self, left: float = 0.0, margin: float = 0.5) -> "Cell":
        """What is left of it inside its lines, and right of `left`."""
        return Cell(self.x + margin + left, self.y + 0.2, self.width - 2 * margin - left, self.height - 0.4)


@dataclass(frozen=True)
class Fitted:
    """The lines of a text in its cell, and what a reader must be told of them."""

    lines: tuple[Line, ...]
    has_unprintable: bool = False  # a character stands as □ and its code
    is_cut: bool = False  # the end is left out, and the cell says so


@dataclass(frozen=True)
class Face:
    """A font's characters, each with its width in sizes."""

    family: str
    widths: dict[str, float]

    def width(self, text: str) -> float:
        return sum(map(self.widths.__getitem__, text))

    def printable(self, text: str) -> str:
        """The text with □ and its code for each character that the font lacks or nobody would see; line ends are blanks."""
        if all(map(self.widths.__contains__, text)):
            return text
        characters = _BLANKS.sub(" ", text)
        return "".join(char if char in self.widths else f"□〔U+{ord(char):04X}〕" for char in characters)

    def fit(self, text: str, cell: Cell, sizes: tuple[float, ...] = SIZES) -> Fitted:
        """The text in as few lines and as large as the cell allows, in the middle of its height."""
        shown = self.printable(text)
        width = self.width(shown)
        if width * sizes[0] * POINT <= cell.width:
            lines, size = [shown] if shown else [], sizes[0]
        else:
            lines, size = self._broken(shown, width, cell, sizes)
        is_cut = sum(map(len, lines)) < len(shown)
        if is_cut:
            lines[-1] = self._ended(lines[-1], f"…（全文{len(text)}字，见系统）", cell.width / (size * POINT))
        pitch = size * POINT * PITCH
        top = cell.y + (cell.height - pitch * len(lines)) / 2 + (pitch - size * POINT) / 2
        placed = tuple(Line(cell.x, round(top + pitch * place, 3), size, line) for place, line in enumerate(lines))
        return Fitted(placed, shown != text and "□〔U+" in shown, is_cut)

    def _broken(self, text: str, width: float, cell: Cell, sizes: tuple[float, ...]) -> tuple[list[str], float]:
        """Lines and size; at the smallest size as many lines as there is room for."""
        for size in sizes:
            em = size * POINT
            room = max(1, int(cell.height / (em * PITCH)))
            if width * em > room * cell.width and size != sizes[-1]:
                continue
            lines = self._lines(text, cell.width / em, room)
            if size == sizes[-1] or sum(map(len, lines)) == len(text):
                break
        return lines, size

    def _lines(self, text: str, width: float, most: int) -> list[str]:
        """The text broken wherever a line is full; what comes after `most` lines is left out."""
        lines, start, used = [], 0, 0.0
        for place, character in enumerate(text):
            used += self.widths[character]
            if used > width and place > start:
                lines.append(text[start:place])
                start, used = place, self.widths[character]
                if len(lines) == most:
                    return lines
        return [*lines, text[start:]]

    def _ended(self, line: str, ending: str, width: float) -> str:
        """The line with as much of its end replaced as the ending needs."""
        while line and self.width(line) + self.width(ending) > width:
            line = line[:-1]
        return line + ending


@cache
def face() -> Face:
    """The regular face of the forms' font. Raises XuejiError when the system has no such font."""
    found = [font for font in system_fonts() if font.weight == 400]
    if not found or not found[0].path:
        raise XuejiError(f"no font {FAMILY}: forms would be boxes; install it with: apt-get install fonts-noto-cjk")
    with TTFont(found[0].path, fontNumber=found[0].index, lazy=True) as font:
        units, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        glyphs = font.getBestCmap()
        widths = {chr(code): metrics[glyph][0] / units for code, glyph in glyphs.items() if is_seen(chr(code))}
    return Face(FAMILY, widths)


def is_seen(character: str) -> bool:
    """Whether a character stands on the page as itself: no control, no direction mark, no private use, no width of zero."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@cache
def system_fonts() -> tuple[typst.FontInfo, ...]:
    """The faces of the forms' family in a fixed order."""
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).fonts()
    found = (font for font in fonts if font.family == FAMILY and font.style == "normal")
    return tuple(sorted(found, key=lambda font: (font.weight, str(font.path), font.index)))
