"""The printed bulletins of the nation and a province: every number is a fact, and the file is one an archive can keep."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from types import ModuleType

import pypdf
import pytest

from xueji.reports.bulletin import Bulletin, render_html, render_pdf
from xueji.reports.bulletin_facts import number_cell

Bulletins = Callable[[str, str], Bulletin]
TITLE = "全国中小学生学籍信息管理系统截至2026年11月30日建设应用进展情况的通报"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What is printed and is no fact: days, clauses of law and standards, bounds, thresholds and their steps.
_DATES = {"2026", "2027", "2015", "2", "11", "30", "31", "10", "6", "1", "27", "19"}
_BOUNDS = {"5", "4", "10", "11", "30", "31", "60", "95", "97", "99", "100", "1000", "20", "90", "0", "34"}
_THRESHOLDS = {str(digit * 10**power) for digit in (1, 2, 5) for power in range(2, 6)}


@pytest.fixture(scope="session")
def printed_files(bulletin: Bulletins) -> Callable[[str], tuple[Bulletin, pypdf.PdfReader, list[str]]]:
    """A bulletin by its code, its print, and the text of the pages."""

    def make(code: str) -> tuple[Bulletin, pypdf.PdfReader, list[str]]:
        made = bulletin("large", code)
        reader = pypdf.PdfReader(BytesIO(render_pdf(render_html(made))))
        return made, reader, [page.extract_text() for page in reader.pages]

    return cache(make)


@pytest.fixture(params=["00", "35"])
def printed(request: pytest.FixtureRequest, printed_files: Callable) -> tuple[Bulletin, pypdf.PdfReader]:
    return printed_files(request.param)[:2]


@pytest.fixture
def pages(printed: tuple[Bulletin, pypdf.PdfReader], printed_files: Callable) -> list[str]:
    return printed_files(printed[0].code)[2]


def without_charts(pages: list[str]) -> list[str]:
    """Axes have numbers that are no facts; what the bars say is tested with the charts."""
    return [page for page in pages if not page.lstrip().startswith("附图")]


def formats(value: float) -> Iterator[str]:
    for number in (value, abs(value)):
        yield f"{number:.0f}"
        yield f"{number:.2f}"


def facts_as_printed(sample: ModuleType, made: Bulletin) -> set[str]:
    """Every figure of this month and the previous that carries no mark, in the forms it may be printed in."""
    month = sample.large_month()
    rows = [row for row in (*month.rows(), *month.previous_rows()) if row.mark is None and row.value is not None]
    found = {text for row in rows for text in formats(row.value)}
    flow = made.flow
    entered = number_cell((flow.new.value or 0) + (flow.reopened.value or 0)).text  # of two counts that are printed
    growth = {line.growth.text for line in made.pending.types} | {entered}
    lists = {str(number) for number in range(1, 34)}  # annexes, parts in a list, items
    return found | growth | lists | _DATES | _BOUNDS | _THRESHOLDS


def test_every_number_in_the_print_is_a_fact(
    sample: ModuleType, printed: tuple[Bulletin, pypdf.PdfReader], pages: list[str]
) -> None:
    allowed = facts_as_printed(sample, printed[0])
    days = re.compile(r"\d+年\d+月\d+日|\d+月\d+日|GB 11643—\d+")
    text = days.sub("", "\n".join(re.sub(r"—\s*\d+\s*—\s*$", "", page) for page in without_charts(pages)))
    numbers = set(NUMBER.findall(text))
    assert len(numbers) > 300
    assert numbers <= allowed, sorted(numbers - allowed)[:20]


def test_every_cell_and_every_sentence_is_in_the_print(
    printed: tuple[Bulletin, pypdf.PdfReader], pages: list[str]
) -> None:
    made = printed[0]
    text = re.sub(r"\s+", "", "".join(pages))
    for annex in made.annexes:
        for row in annex.rows:
            if not row.is_in_print:
                continue
            assert re.sub(r"\s+", "", row.title + "".join(cell.text for cell in row.cells)) in text, (
                annex.title,
                row.title,
            )
    for cell in (made.pending.reported, made.flow.opening, made.flow.closed, made.rates.rate, made.quality.index):
        assert cell.is_number and cell.text in text


def test_has_title_language_days_and_is_tagged_for_readers_who_listen(
    printed: tuple[Bulletin, pypdf.PdfReader],
) -> None:
    made, reader = printed
    assert reader.metadata is not None
    assert reader.metadata.title == "".join(made.title)
    assert reader.metadata["/CreationDate"].startswith("D:20261130")
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    kinds = set(structure(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD"} <= kinds


def structure(element: pypdf.generic.DictionaryObject, depth: int = 0) -> Iterator[str]:
    """The kinds of a structure tree's elements."""
    if "/S" in element:
        yield element["/S"]
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        child = kid.get_object()
        if isinstance(child, pypdf.generic.DictionaryObject) and depth < 12:
            yield from structure(child, depth + 1)


def test_has_bookmarks_of_title_sections_and_annexes(printed: tuple[Bulletin, pypdf.PdfReader]) -> None:
    made, reader = printed

    def titles(outline: list) -> Iterator[str]:
        for item in outline:
            if isinstance(item, list):
                yield from titles(item)
            else:
                yield item.title

    found = list(titles(reader.outline))
    sections = [
        "一、问题学籍处理情况",
        "二、数据质量情况",
        "三、数据报送情况",
        "四、统计范围",
        "五、更正说明",
        "六、下阶段工作要求",
        "附图",
    ]
    annexes = [f"附件{number}　{annex.title}" for number, annex in enumerate(made.annexes, start=1)]
    assert found == ["".join(made.title), *sections, *annexes]


def test_fonts_are_embedded_and_pages_are_a4(printed: tuple[Bulletin, pypdf.PdfReader]) -> None:
    fonts = {}
    for page in printed[1].pages:
        fonts |= {name: font.get_object() for name, font in page["/Resources"]["/Font"].items()}
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert fonts
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
        assert "CJK" in font["/BaseFont"]


def test_page_numbers_stand_at_the_outer_foot(printed: tuple[Bulletin, pypdf.PdfReader]) -> None:
    places = []
    for number, page in enumerate(printed[1].pages[:4], start=1):
        found: list[float] = []

        def visit(text: str, cm: list, tm: list, font: object, size: float, found: list[float] = found) -> None:
            if re.fullmatch(r"—\s*\d+\s*—", text.strip()):
                found.append(tm[4] * cm[0] + cm[4])

        page.extract_text(visitor_text=visit)
        assert f"— {number} —" in page.extract_text()
        places += [(number % 2, place) for place in found]
    assert places
    assert all((place > 297) == bool(odd) for odd, place in places)


def test_tables_of_the_nation_fit_a_page_each_and_long_ones_repeat_their_heads(
    printed: tuple[Bulletin, pypdf.PdfReader], pages: list[str]
) -> None:
    if printed[0].is_national:
        starts = [page for page in pages if page.lstrip().startswith("附件") and "统计表" in page[:60]]
        assert len(starts) == len(printed[0].annexes)
        assert pages[-len(starts) :] == starts


def test_of_the_counties_those_that_will_miss_the_date_are_in_print(printed_files: Callable) -> None:
    made, _, pages = printed_files("35")
    annex = next(annex for annex in made.annexes if annex.key == "counties")
    text = re.sub(r"\s+", "", "".join(pages))
    assert "纸质版只列不能如期完成的县（市、区），数不列出的和其余的见网页和电子表。" in text
    assert {row.cells[-1].text for row in annex.rows if row.is_in_print} <= {"不能如期完成"}
    assert {row.cells[-1].text for row in annex.rows if not row.is_in_print} & {"能如期完成", "已完成", "*", "—"}
