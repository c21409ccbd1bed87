"""Where the tile map draws the units: a diagram of who lies beside whom, without coordinates or borders."""

from dataclasses import dataclass

from xueji.checks.model import UNITS, unit_short_name

# Each unit beside a neighbour it has in truth; 71, 81, 82 stand without figures, they are in no bulletin.
GRID = """
    .. .. .. .. .. .. .. 23
    .. .. .. .. .. .. 21 22
    66 65 .. 64 15 11 12 ..
    .. 63 62 61 14 13 37 ..
    .. 54 51 50 41 34 32 31
    .. .. 53 52 42 36 33 ..
    .. .. .. 45 43 44 35 71
    .. .. .. .. 46 82 81 ..
"""
OUTSIDE = {"71": "台湾", "81": "香港", "82": "澳门"}


@dataclass(frozen=True)
class Tile:
    code: str
    name: str
    row: int  # from 1
    column: int  # from 1
    has_figures: bool


def tiles() -> tuple[Tile, ...]:
    """The units in administrative order, then what is outside the bulletins."""
    places = {
        code: (row, column)
        for row, line in enumerate(GRID.split("\n")[1:-1], start=1)
        for column, code in enumerate(line.split(), start=1)
    }
    units = [Tile(code, unit_short_name(code), *places[code], True) for code in UNITS]
    return (*units, *(Tile(code, name, *places[code], False) for code, name in OUTSIDE.items()))
