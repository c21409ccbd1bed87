"""Where everything stands on a confirmation form: cells of items in mm, and how each item is corrected by hand.

The page is filled whatever items there are: rows share the height between head and signatures.
"""

from dataclasses import dataclass
from functools import cache
from itertools import groupby

from xueji.reports.form_text import POINT, Cell, face

LEFT, RIGHT, FULL_HEIGHT = 10.0, 200.0, 297.0
GROUP_WIDTH, LABEL, VALUE = 5.0, 19.5, 30.5  # of a half row: the rest is for corrections
HALF = (RIGHT - LEFT - GROUP_WIDTH) / 2
ITEMS_TOP, ITEMS_BOTTOM = 38.5, 236.5
SHORTEST_ROW, TALL = 4.6, 1.35  # mm; rows of addresses are taller
LEAST_BOX = 3.4  # mm that a handwritten character needs

GROUPS = {
    "enrolment": "学籍信息", "person": "个人信息", "contact": "联系方式", "circumstances": "个人情况", "travel": "上下学",
    "family": "家庭成员",
}  # fmt: skip
# Rows of each group; an item that stands in none is put at its group's end.
ROWS = {
    "enrolment": ("xjfh bnxh", "rxny rxfsm", "jdfsm xslym"),
    "person": (
        "xm", "xbm csrq", "sfzjlxm sfzjyxq", "sfzjh", "mzm gjdqm", "gatqwm zzmmm", "jkzkm hkxzm", "xmpy cym", "jg tc", "csdm", "hkszdm",
    ),
    "contact": ("xzz", "txdz", "jtzz", "lxdh yzbm", "dzxx zydz"),
    "family": (
        "cy1xm cy1gxm", "cy1lxdh cy1sfzjlxm", "cy1sfzjh", "cy2xm cy2gxm", "cy2lxdh cy2sfzjlxm", "cy2sfzjh",
    ),
}  # fmt: skip
WIDE = ("xm", "sfzjh", "cy1sfzjh", "cy2sfzjh", "csdm", "hkszdm", "xzz", "txdz", "jtzz")  # have a row to themselves
ADDRESSES = ("xzz", "txdz", "jtzz")
BOXES = {
    "xm": 16, "cym": 8, "cy1xm": 8, "cy2xm": 8, "sfzjh": 18, "cy1sfzjh": 18, "cy2sfzjh": 18, "lxdh": 12, "cy1lxdh": 12, "cy2lxdh": 12,
    "yzbm": 6,
}  # fmt: skip
DATES = {"csrq": "年月日", "rxny": "年月"}
CHOICE_SIZE, CHOICE_LINES = 5.8, 2  # points


@dataclass(frozen=True)
class FormItem:
    """One item as the page needs it, in printed order. `choices` are the words it may be corrected to, when they are few."""

    field: str
    label: str
    group: str
    is_key: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where an item stands, and how it is corrected: in boxes, by ticking words, or on a blank line."""

    item: FormItem
    label: Cell
    value: Cell
    entry: Cell
    boxes: tuple[Cell, ...] = ()
    signs: tuple[tuple[float, str], ...] = ()  # x of 年, 月, 日 behind boxes
    choices: tuple[str, ...] = ()  # lines of words to tick; without boxes and choices there is a blank line


@dataclass(frozen=True)
class Layout:
    """A page's places in the order of its items, and the strip of each group."""

    places: tuple[Place, ...]
    groups: tuple[tuple[str, Cell], ...]


@cache
def layout(items: tuple[FormItem, ...]) -> Layout:
    """The layout of these items. Raises ValueError when they are too many for one page."""
    rows = [
        (group, row)
        for group, members in groupby(items, lambda item: item.group)
        for row in rows_of(group, list(members))
    ]
    weights = [TALL if row[0].field in ADDRESSES else 1.0 for _, row in rows]
    unit = (ITEMS_BOTTOM - ITEMS_TOP) / sum(weights)
    if unit < SHORTEST_ROW:
        raise ValueError(f"{len(rows)} rows of items: {unit:.1f} mm each, expected {SHORTEST_ROW} or more")
    top, places = ITEMS_TOP, {}
    strips: dict[str, tuple[float, float]] = {}
    for (group, row), weight in zip(rows, weights, strict=True):
        height = unit * weight
        for side, item in enumerate(row):
            places[item.field] = place_of(item, side, top, height)
        begins, tall = strips.get(group, (top, 0.0))
        strips[group] = (begins, tall + height)
        top += height
    groups = tuple((group, Cell(LEFT, begins, GROUP_WIDTH, height)) for group, (begins, height) in strips.items())
    return Layout(tuple(places[item.field] for item in items), groups)


def rows_of(group: str, members: list[FormItem]) -> list[list[FormItem]]:
    """The group's items row by row: those that are arranged, then the others two by two."""
    by_field = {item.field: item for item in members}
    arranged = [[by_field.pop(name) for name in row.split() if name in by_field] for row in ROWS.get(group, ())]
    rows = [row for row in arranged if row]
    half: list[FormItem] = []
    for item in by_field.values():
        if item.field in WIDE:
            rows.append([item])
        elif half:
            rows.append([half.pop(), item])
        else:
            half.append(item)
    return rows + ([half] if half else [])


def place_of(item: FormItem, side: int, top: float, height: float) -> Place:
    """An item's cells in the left (0) or right (1) half of its row, or in all of it."""
    left = LEFT + GROUP_WIDTH + side * HALF
    is_wide = item.field in WIDE
    label = Cell(left, top, LABEL, height)
    value = Cell(left + LABEL, top, HALF - LABEL if is_wide else VALUE, height)
    entry_left = value.x + value.width
    entry = Cell(entry_left, top, left + HALF * (2 if is_wide else 1) - entry_left, height)
    if item.field in DATES:
        return Place(item, label, value, entry, *date_boxes(entry, DATES[item.field]))
    if item.field in BOXES:
        return Place(item, label, value, entry, boxes_in(entry, BOXES[item.field]))
    return Place(item, label, value, entry, choices=choice_lines(item.choices, entry.width - 1.2))


def choice_lines(choices: tuple[str, ...], width: float) -> tuple[str, ...]:
    """The words with a box before each, in lines; none when they need too many lines."""
    lines: list[str] = []
    for choice in choices:
        word = f"□{choice}"
        longer = f"{lines[-1]}　{word}" if lines else word
        if lines and face().width(longer) * CHOICE_SIZE * POINT <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    fits = len(lines) <= CHOICE_LINES and all(face().width(line) * CHOICE_SIZE * POINT <= width for line in lines)
    return tuple(lines) if fits else ()


def boxes_in(entry: Cell, count: int) -> tuple[Cell, ...]:
    """As many boxes side by side as are wanted, no narrower than a character can be written in."""
    width = min((entry.width - 1) / count, 5.2)
    if width < LEAST_BOX:
        width, count = LEAST_BOX, int((entry.width - 1) / LEAST_BOX)
    height = min(entry.height - 0.8, 5.6)
    top = entry.y + (entry.height - height) / 2
    return tuple(Cell(round(entry.x + 0.5 + width * place, 3), top, width, height) for place in range(count))


def date_boxes(entry: Cell, parts: str) -> tuple[tuple[Cell, ...], tuple[tuple[float, str], ...]]:
    """Four boxes for the year and two for each other part, each part with its sign behind."""
    boxes: list[Cell] = []
    signs = []
    left, width, sign_width = entry.x + 0.5, 3.9, 3.0
    for count, sign in zip((4, 2, 2), parts, strict=False):
        boxes += boxes_in(Cell(left - 0.5, entry.y, width * count + 1, entry.height), count)
        left += width * count
        signs.append((round(left + 0.3, 3), sign))
        left += sign_width
    return tuple(boxes), tuple(signs)
