"""What the columns of a delivery may be called, for each kind of table that is delivered."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.tables import REQUIRED_FIELDS, STUDENT_FIELDS
from xueji.checks.unit_columns import unit_columns

# Beside the template's labels and the field codes: what provinces also print, and other codes of the live system.
STUDENT_SPELLINGS = {
    "身份证号": "sfzjh",
    "身份证号码": "sfzjh",
    "身份证件号码": "sfzjh",
    "学籍号码": "xjh",
    "班级(班号)": "bh",
    "班级": "bh",
    "所在年级": "nj",
    "xxnjxxid": "nj",
    "grbsm": "xjh",
}
SCHOOL_LABELS = {
    "学校标识码": "school_code",
    "学校名称": "school_name",
    "办学类型": "school_type",
    "行政区划代码": "place_code",
    "主管部门区划代码": "authority_code",
    "直属级别": "authority_level_text",
}
REGISTER_LABELS = {"身份证件号": "sfzjh", "身份证号": "sfzjh", "姓名": "xm", "性别": "xbm", "出生日期": "csrq"}
ANSWER_LABELS = {"身份证件号": "sfzjh", "身份证号": "sfzjh", "姓名": "xm", "比对结果": "answer"}

_MARKS = re.compile(r"[★☆*\s\u200b-\u200d\u2060\ufeff]")
_TRAILING_BRACKET = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Header:
    """A delivered header row, matched. `fields` holds, cell by cell, the field it means; None when nobody knows it."""

    cells: tuple[str, ...]  # as delivered; a blank or repeated unknown cell is made distinct by its position
    fields: tuple[str | None, ...]
    dialect: str  # labels, codes, mixed or unit mapping
    missing: tuple[str, ...]  # required fields nobody delivered
    repeated: tuple[str, ...]  # header cells that mean a field which another cell already means

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(cell for cell, name in zip(self.cells, self.fields, strict=True) if name is None)

    @property
    def known_count(self) -> int:
        return len(self.fields) - self.fields.count(None)


@dataclass(frozen=True)
class Columns:
    """One kind of delivered table: the columns it is staged with, the required ones, and what each may be called."""

    names: tuple[str, ...]
    required: tuple[str, ...]
    spellings: Mapping[str, str]  # label → field, beside the field codes themselves
    unit_spellings: Mapping[str, str] = field(default_factory=dict)  # a unit's own column names; these go first

    @cached_property
    def _labels(self) -> dict[str, str]:
        labels = {spelling_key(label): name for label, name in self.spellings.items()}
        bare = {_TRAILING_BRACKET.sub("", key): name for key, name in labels.items()}
        return bare | labels

    @cached_property
    def _unit_labels(self) -> dict[str, str]:
        return {spelling_key(label): name for label, name in self.unit_spellings.items()}

    def label_of(self, name: str) -> str:
        """The Chinese label of a field, for a reader."""
        return next((label for label, known in self.spellings.items() if known == name), name)

    def header_fault(self, header: Header) -> str | None:
        """Chinese: why a file with this header cannot be taken. None when it can."""
        if header.missing:
            return "缺少必需的列：" + "、".join(self.label_of(name) for name in header.missing)
        if header.repeated:
            return "表头重复：" + "、".join(header.repeated)
        return None

    def match(self, cells: list[str]) -> Header:
        """Say what each cell of a header row means."""
        matched = [self._match_cell(cell) for cell in cells]
        fields = tuple(name for name, _ in matched)
        repeated = tuple(
            cell.strip() for place, cell in enumerate(cells) if fields[place] and fields[place] in fields[:place]
        )
        return Header(
            cells=_distinct(cells, fields),
            fields=fields,
            dialect=_dialect({kind for _, kind in matched if kind}),
            missing=tuple(name for name in self.required if name not in fields),
            repeated=repeated,
        )

    def _match_cell(self, cell: str) -> tuple[str | None, str | None]:
        key = spelling_key(cell)
        if name := self._unit_labels.get(key):
            return name, "unit mapping"
        if key in self.names:
            return key, "codes"
        name = self._labels.get(key) or self._labels.get(_TRAILING_BRACKET.sub("", key))
        if name is None:
            return None, None
        return name, "codes" if key.isascii() else "labels"


def spelling_key(cell: str) -> str:
    """A header cell without what does not count: ★ marks, blanks, width and case."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", cell)).lower()


def _dialect(kinds: set[str]) -> str:
    if "unit mapping" in kinds:
        return "unit mapping"
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _distinct(cells: list[str], fields: tuple[str | None, ...]) -> tuple[str, ...]:
    seen: set[str] = set()
    names = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip() or f"第{place}列"
        if fields[place - 1] is None and name in seen:
            name = f"{name}_{place}"
        seen.add(name)
        names.append(name)
    return tuple(names)


def student_columns(unit_code: str) -> Columns:
    """Student columns, with the unit's own column names where `checks/unit_columns.py` knows some."""
    labels = {label: name for name, label in FIELD_LABELS.items()}
    return Columns(STUDENT_FIELDS, REQUIRED_FIELDS, labels | STUDENT_SPELLINGS, unit_columns(unit_code))


def school_columns() -> Columns:
    names = tuple(SCHOOL_LABELS.values())
    return Columns(names, ("school_code", "school_name", "place_code"), SCHOOL_LABELS)


def population_columns() -> Columns:
    return Columns(("sfzjh", "xm", "xbm", "csrq"), ("sfzjh", "xm"), REGISTER_LABELS)


def answer_columns() -> Columns:
    """Answers of the register's owner to pairs sent by `xueji identity request`."""
    return Columns(("sfzjh", "xm", "answer"), ("sfzjh", "xm", "answer"), ANSWER_LABELS)
