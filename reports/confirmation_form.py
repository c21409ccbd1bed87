"""Confirmation forms (确认表) as PDF: a blank for a unit's campaign, and over it a page a student, with what the registry says.

The same pages give the same bytes: no clock, no system font but the one named.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import typst
import zxingcpp

from xueji.checks.divisions import names
from xueji.reports.form_layout import (
    CHOICE_SIZE,
    GROUP_WIDTH,
    GROUPS,
    HALF,
    ITEMS_TOP,
    LABEL,
    LEFT,
    VALUE,
    WIDE,
    FormItem,
    layout,
)
from xueji.reports.form_text import FAMILY, Cell, Fitted, face, system_fonts

TITLE = "全国中小学生学籍基础信息确认表"
TEMPLATES = Path(__file__).absolute().with_name("templates")
DIVISION_FIELDS = ("csdm", "hkszdm")
NOTICE = date(2015, 3, 25)  # the blank's date
MISSING, DOUBTFUL = "〔缺〕", "〔核〕"
SIGN_WIDTH = 7.4  # mm that a mark's sign takes of its cell
CODE = (176.5, 8.0, 22.0)  # x, y, side of the code in mm; white around it
CODE_TEXT = Cell(162.0, 30.9, 37.5, 3.0)
NO_STUDENT_NO = "（尚无学籍号）"
# Of the head: where a label stands, and the cell of what follows it.
HEAD = {
    "学校：": Cell(19, 20.6, 92, 5), "学校标识码：": Cell(129, 20.6, 40, 5), "年级班级：": Cell(24, 27, 44, 5),
    "学籍号：": Cell(81, 27, 41, 5), "版次：": Cell(132, 27, 29, 5),
}  # fmt: skip
HEAD_LABELS = ((10, 21.8), (112, 21.8), (10, 28.2), (70, 28.2), (123, 28.2))
PLATFORM = Cell(10, 281.4, 190, 6.6)
# What a page could not say in full, told of the item.
UNPRINTABLE, TOO_LONG = "no_glyph", "too_long"


@dataclass(frozen=True)
class FormBlank:
    """What a unit's forms of a campaign share."""

    campaign_name: str
    parent_platform: str  # how parents sign in to the service platform
    items: tuple[FormItem, ...]


@dataclass(frozen=True)
class FormPage:
    """One student's page. `values` and `marks` go with the blank's items; a mark is MISSING, DOUBTFUL or nothing."""

    form_no: str
    edition: int
    printed_on: date
    school_name: str
    school_code: str
    class_name: str  # grade and class
    student_no: str | None
    values: tuple[str | None, ...]
    marks: tuple[str | None, ...]


@dataclass(frozen=True)
class RenderedForms:
    """A PDF, and of each of its pages the items that could not be printed as they are: field:reason."""

    pdf: bytes
    notes: tuple[tuple[str, ...], ...]


def render_blank(blank: FormBlank) -> bytes:
    """The PDF page that lies under all forms of the blank."""
    page = layout(blank.items)
    platform = face().fit(blank.parent_platform or "请向班主任了解", PLATFORM, (7.5, 6.5, 5.5, 4.5, 4.0))
    data: dict[str, object] = {
        "title": TITLE,
        "font": FAMILY,
        "campaign_name": face().printable(blank.campaign_name)[:60],
        "head": [(x, y, label) for (x, y), label in zip(HEAD_LABELS, HEAD, strict=True)],
        "platform": lines_of([platform]),
        "left": LEFT, "group_width": GROUP_WIDTH, "half": HALF, "label": LABEL, "value": VALUE, "top": ITEMS_TOP,
        "choice_size": CHOICE_SIZE,
        "groups": [(GROUPS.get(group, ""), asdict(cell)) for group, cell in page.groups],
        "items": [
            {
                "label": place.item.label, "is_key": place.item.is_key, "choices": place.choices, "is_wide": place.item.field in WIDE,
                "label_cell": asdict(place.label), "value_cell": asdict(place.value), "entry_cell": asdict(place.entry),
                "boxes": [asdict(box) for box in place.boxes], "signs": place.signs,
            }
            for place in page.places
        ],
    }  # fmt: skip
    return compiled("confirmation_form_blank.typ", data, NOTICE)


def render_forms(blank: FormBlank, blank_file: Path, pages: list[FormPage]) -> RenderedForms:
    """The pages as one PDF over the blank, which `render_blank` made and `blank_file` holds. At least one page."""
    drawn, notes = zip(*(draw(blank, page) for page in pages), strict=True)
    day = pages[0].printed_on
    data: dict[str, object] = {
        "title": TITLE,
        "font": FAMILY,
        "blank": str(blank_file.absolute()),
        "date": (day.year, day.month, day.day),
        "code": CODE,
        "pages": drawn,
    }
    return RenderedForms(compiled("confirmation_form.typ", data, day), notes)


def draw(blank: FormBlank, page: FormPage) -> tuple[dict[str, object], tuple[str, ...]]:
    """What the template puts on a page, and which items could not be printed as they are."""
    font = face()
    fitted, marks, notes = head_of(page), [], []
    for place, value, sign in zip(layout(blank.items).places, page.values, page.marks, strict=True):
        shown = with_place(value) if place.item.field in DIVISION_FIELDS else value or ""
        text = font.fit(shown, place.value.inner(SIGN_WIDTH if sign else 0.0))
        if text.has_unprintable or text.is_cut:  # then the sign takes room too
            text = font.fit(shown, place.value.inner(SIGN_WIDTH))
            sign = sign or DOUBTFUL
            notes.append(f"{place.item.field}:{UNPRINTABLE if text.has_unprintable else TOO_LONG}")
        if sign:
            cell = place.value
            marks.append((cell.x, cell.y, cell.width, cell.height, sign))
        fitted.append(text)
    return {"lines": lines_of(fitted), "marks": marks, "code": code_svg(page.form_no)}, tuple(notes)


@cache
def with_place(value: str | None) -> str:
    """A division code with the place it means, which a parent can check: 440106000000 广东省广州市天河区."""
    code = (value or "")[:6]
    if not code or code not in names():
        return value or ""
    steps = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
    # Between some provinces and their counties stands no city, only 市辖区, 省直辖县级行政区划 and the like.
    told = [
        name for step in steps if (name := names().get(step)) and name not in ("市辖区", "县") and "直辖" not in name
    ]
    return f"{value} {''.join(told)}"


def head_of(page: FormPage) -> list[Fitted]:
    """The lines above the items, and the code in print below its picture."""
    texts = (
        page.school_name,
        page.school_code,
        page.class_name,
        page.student_no or NO_STUDENT_NO,
        f"第{page.edition}版　{page.printed_on.isoformat()}",
    )
    fitted = [
        face().fit(text, cell, (8.0, 7.0, 6.0, 5.0, 4.0, 3.5)) for text, cell in zip(texts, HEAD.values(), strict=True)
    ]
    return [*fitted, face().fit(page.form_no, CODE_TEXT, (7.0, 6.0))]


def lines_of(fitted: list[Fitted]) -> list[tuple[float, float, float, str]]:
    return [(line.x, line.y, line.size, line.text) for text in fitted for line in text.lines]


def code_svg(form_no: str) -> str:
    """A two-dimensional code of the form's code, a quarter of which may be lost, drawn as squares."""
    code = zxingcpp.create_barcode(form_no, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    svg: str = code.to_svg(add_quiet_zones=False)
    return svg


def compiled(template: str, data: dict[str, object], day: date) -> bytes:
    """A template's PDF, dated `day`. Files that the data name are absolute paths."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    pdf = press(template).compile(sys_inputs=inputs, format="pdf", timestamp=moment, pdf_tags=False)
    assert isinstance(pdf, bytes)
    return pdf


@cache
def press(template: str) -> typst.Compiler:
    """A compiler for one template, kept: it need not read fonts again."""
    folders = sorted({str(Path(font.path).parent) for font in system_fonts() if font.path})
    return typst.Compiler(str(TEMPLATES / template), root="/", font_paths=folders, ignore_system_fonts=True)
