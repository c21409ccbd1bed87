"""Cells of the workbooks of verification as SQL text: one line of a sheet is one text, its cells between separators.

Texts travel many times faster than lists, and a line is what is compared with the last edition.
"""

from collections.abc import Iterable

from xueji.reports.school_list import GRADE_TITLES, GRADUATING_GRADES

SEPARATOR = "\x1f"
UNKNOWN_GRADE = "（不详）"
_SEPARATOR_SQL = "chr(31)"


def text(expression: str) -> str:
    """Text SQL: what was delivered, as one cell. It cannot end the cell."""
    return f"coalesce(replace({expression}, {_SEPARATOR_SQL}, ' '), '')"


def plain(expression: str) -> str:
    """Text SQL: a number or a day as one cell."""
    return f"coalesce(cast({expression} as varchar), '')"


def share(part: str, whole: str) -> str:
    """Text SQL: a part of a whole as one cell, empty when there is no whole."""
    return f"case when {whole} > 0 then cast(round({part} / {whole}, 4) as varchar) else '' end"


def line(cells: Iterable[str]) -> str:
    """Text SQL: the cells as one line."""
    return f" || {_SEPARATOR_SQL} || ".join(cells)


def grade(expression: str) -> str:
    """Text SQL: a grade in words."""
    titles = " ".join(f"when {number} then '{title}'" for number, title in GRADE_TITLES.items())
    return f"case {expression} {titles} else '{UNKNOWN_GRADE}' end"


def class_place(grade_no: str, class_no: str) -> str:
    """Text SQL to sort by: graduating grades first, class 2 before class 10."""
    last = ", ".join(str(number) for number in sorted(GRADUATING_GRADES))
    return (
        f"case when {grade_no} in ({last}) then '0' else '1' end"
        f" || lpad(cast(coalesce({grade_no}, 99) as varchar), 2, '0') || lpad(coalesce({class_no}, ''), 20, '0')"
    )


def masked_name(expression: str) -> str:
    """Text SQL: the first character of a name, masks for the rest; of a single one nothing."""
    return (
        f"case when length({expression}) < 2 then repeat('＊', length({expression}))"
        f" else left({expression}, 1) || repeat('＊', length({expression}) - 1) end"
    )


def masked_number(expression: str) -> str:
    """Text SQL: the first two characters and the last of a number, masks between; of a short one nothing."""
    return (
        f"case when length({expression}) < 8 then repeat('*', length({expression}))"
        f" else left({expression}, 2) || repeat('*', length({expression}) - 3) || right({expression}, 1) end"
    )
