"""Confirmation forms on paper: one page a student whatever it says, nothing cut in silence, and a code that a camera reads."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xueji.checks.form_codes import form_no
from xueji.checks.model import XuejiError
from xueji.reports import form_text
from xueji.reports.confirmation_form import (
    DOUBTFUL,
    MISSING,
    NO_STUDENT_NO,
    PLATFORM,
    TITLE,
    TOO_LONG,
    UNPRINTABLE,
    FormBlank,
    FormPage,
    draw,
    render_blank,
    render_forms,
    with_place,
)
from xueji.reports.form_layout import LEFT, RIGHT, FormItem, layout
from xueji.reports.form_text import POINT, Cell, face

# One item of every kind and some that no row is arranged for, as assets/form_rows.py gives them.
ITEMS = tuple(
    FormItem(*row)
    for row in (
        ("xjfh", "学籍辅号", "enrolment"),
        ("rxny", "入学年月", "enrolment"),
        ("xm", "姓名", "person", True),
        ("xbm", "性别", "person", True, ("男", "女")),
        ("csrq", "出生日期", "person", True),
        ("sfzjh", "身份证件号", "person", True),
        ("mzm", "民族", "person", True, tuple(f"民族{number}" for number in range(56))),
        ("xzz", "现住址", "contact"),
        ("lxdh", "联系电话", "contact"),
        ("sfge", "是否孤儿", "circumstances", False, ("是", "否")),
        ("sxxjl", "上下学距离", "travel"),
        ("cy1xm", "成员1姓名", "family"),
        ("cy2xm", "成员2姓名", "family"),
    )
)
BLANK = FormBlank("2026年秋季学期数据质量核查", "登录服务平台 https://example.invalid，输入学籍号", ITEMS)
VALUES = {
    "xm": "王小明", "xbm": "男", "csrq": "2015-03-12", "sfzjh": "440106201503120036", "xzz": "广东省广州市天河区某某路100号",
    "lxdh": "13800000000", "cy1xm": "王大明", "cy2xm": "李小红",
}  # fmt: skip
LONGEST_NAME = "阿卜杜热西提·买买提吐尔逊·艾合买提江·努尔麦麦提·吐尔洪江·玉苏普喀迪尔"
CODE = form_no(b"key of the test", "2026A1", "2144000001/G1", 1)


def page(values: dict[str, str] = VALUES, marks: dict[str, str] | None = None, **head: object) -> FormPage:
    form = FormPage(
        form_no=CODE,
        edition=1,
        printed_on=date(2026, 9, 1),
        school_name="示例小学",
        school_code="2144000001",
        class_name="六年级　2021001班",
        student_no="G440106201503120036",
        values=tuple(values.get(item.field) for item in ITEMS),
        marks=tuple((marks or {}).get(item.field) for item in ITEMS),
    )
    return replace(form, **head)


@pytest.fixture(scope="module")
def blank_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("blank") / "blank.pdf"
    file.write_bytes(render_blank(BLANK))
    return file


PAGES = [
    # page, what of it must stand in the text, why
    (page(), ["王小明", "440106201503120036", "2015-03-12", "示例小学", CODE], "ordinary"),
    (page(VALUES | {"xm": LONGEST_NAME}), [LONGEST_NAME[:30]], "longest name"),
    (page(VALUES | {"xzz": "某某街道" * 50}), ["某某街道某某街道"], "address of 200 characters"),
    (page({}, dict.fromkeys((item.field for item in ITEMS), MISSING)), [MISSING, "姓名"], "everything missing"),
    (page(student_no=None), [NO_STUDENT_NO], "no student number"),
    (page(VALUES | {"xm": "王\ue123明"}), ["王□〔U+E123〕明"], "private use character"),
    (page(VALUES | {"xm": "𠮷䶮𪚥"}), ["𠮷䶮□〔U+2A6A5〕"], "rare characters, one in no font"),
    (page(VALUES | {"xzz": "一\n二\t三"}), ["一 二 三"], "line ends"),
    (page(VALUES | {"xm": "#image(\"x\") *粗* $x$"}), ["#image(\"x\") *粗* $x$"], "signs of the template's language"),
    (page({item.field: "很" * 4000 for item in ITEMS}), ["全文4000字"], "far too long everywhere"),
    (page(school_name="某" * 120, class_name="六年级　" + "班" * 60, edition=123), ["第123版"], "long head"),
    (page(), ["李小红"], "two guardians"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "texts", "why"), PAGES, ids=[case[-1] for case in PAGES])
def test_every_form_is_one_page_that_can_be_read(blank_file, form, texts, why):
    reader = pypdf.PdfReader(BytesIO(render_forms(BLANK, blank_file, [form]).pdf))
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    text = reader.pages[0].extract_text()
    said = text.replace("\n", "")
    assert TITLE in said
    assert "更正须附身份证件复印件" in said
    for expected in texts:
        assert expected in said, why


def test_a_class_has_as_many_pages_as_students_each_with_its_own_code(blank_file):
    codes = [form_no(b"key of the test", "2026A1", f"2144000001/G{number}", 1) for number in range(5)]
    forms = [form for form, _, _ in PAGES[:5]]
    rendered = render_forms(
        BLANK, blank_file, [replace(form, form_no=code) for form, code in zip(forms, codes, strict=True)]
    )
    texts = [sheet.extract_text() for sheet in pypdf.PdfReader(BytesIO(rendered.pdf)).pages]
    assert [code in text for code, text in zip(codes, texts, strict=True)] == [True] * 5
    assert len(rendered.notes) == 5


NOTES = [
    ({"xm": "王小明"}, (), "as it is"),
    ({"xm": "王\ue000"}, (f"xm:{UNPRINTABLE}",), "private use"),
    ({"xm": "王\u202e小\u200b明"}, (f"xm:{UNPRINTABLE}",), "signs nobody sees"),
    ({"xzz": "地" * 2000}, (f"xzz:{TOO_LONG}",), "no room even for the smallest letters"),
    ({"xzz": "地" * 200}, (), "200 characters have room"),
    ({"xm": LONGEST_NAME}, (), "so has the longest name"),
    ({"xm": "王□明"}, (), "a box that was delivered is a character like others"),
]


@pytest.mark.parametrize(("values", "notes", "why"), NOTES, ids=[case[-1] for case in NOTES])
def test_tells_what_could_not_be_printed_as_it_is_and_marks_it(values, notes, why):
    drawn, told = draw(BLANK, page(values))
    assert told == notes
    assert [mark[-1] for mark in drawn["marks"]] == [DOUBTFUL] * len(notes)


def test_the_same_forms_are_the_same_bytes(blank_file):
    forms = [form for form, _, _ in PAGES]
    once = render_forms(BLANK, blank_file, forms)
    render_forms(BLANK, blank_file, forms[:3])
    assert render_forms(BLANK, blank_file, forms) == once
    assert render_blank(BLANK) == blank_file.read_bytes()
    told = pypdf.PdfReader(BytesIO(once.pdf)).metadata
    assert (told.title, told.creation_date.date()) == (TITLE, date(2026, 9, 1))


def picture(pdf: bytes, dpi: int = 150) -> Image.Image:
    """The first page as a scanner of that resolution would see it, in grey."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72, grayscale=True).to_pil()


@pytest.mark.parametrize("dpi", [72, 150, 300])
def test_the_code_is_read_back_from_the_page_and_says_nothing_else(blank_file, dpi):
    form = page(VALUES | {"xm": LONGEST_NAME})
    found = zxingcpp.read_barcodes(picture(render_forms(BLANK, blank_file, [form]).pdf, dpi))
    assert [code.text for code in found] == [form.form_no]


def test_marks_survive_copying_in_black_and_white(blank_file):
    place = next(place for place in layout(ITEMS).places if place.item.field == "mzm").value
    edges = (place.x - 0.3, place.y, place.x + 6.5, place.y + place.height)

    def ink(marks: dict[str, str]) -> int:
        """Black dots of a copy on the cell's left edge and where a sign stands."""
        grey = picture(render_forms(BLANK, blank_file, [page(VALUES, marks)]).pdf, 300)
        black = grey.point(lambda level: 0 if level < 110 else 255)
        return black.crop([round(edge / 25.4 * 300) for edge in edges]).histogram()[0]

    plain, missing, doubtful = ink({}), ink({"mzm": MISSING}), ink({"mzm": DOUBTFUL})
    assert min(missing, doubtful) > 3 * plain
    assert missing != doubtful


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("440106000000", "440106000000 广东省广州市天河区"),
        ("110105", "110105 北京市朝阳区"),
        ("429004000000", "429004000000 湖北省仙桃市"),
        ("广东省广州市", "广东省广州市"),
        ("999999000000", "999999000000"),
        (None, ""),
    ],
    ids=["county", "municipality", "directly below the province", "in words already", "no such division", "blank"],
)
def test_parents_read_the_place_beside_its_code(code, shown):
    assert with_place(code) == shown


def test_without_the_font_nothing_is_printed(monkeypatch):
    monkeypatch.setattr(form_text, "system_fonts", lambda: ())
    with pytest.raises(XuejiError, match="fonts-noto-cjk"):
        form_text.face.__wrapped__()


cells = st.builds(Cell, st.just(10.0), st.just(20.0), st.floats(20, 120), st.floats(4, 12))
texts = st.text(st.one_of(st.sampled_from("王小明·A1 -，。（"), st.characters(exclude_categories=["Cs"])), max_size=300)


@settings(max_examples=200, deadline=None)
@given(texts, cells)
def test_text_stays_in_its_cell_and_is_all_there_or_says_so(text, cell):
    fitted = face().fit(text, cell)
    for line in fitted.lines:
        assert line.x == cell.x
        assert face().width(line.text) * line.size * POINT <= cell.width + 0.01
        assert cell.y - 0.01 <= line.y
        assert line.y + line.size * POINT <= cell.y + cell.height + 0.01
    printed = "".join(line.text for line in fitted.lines)
    assert f"全文{len(text)}字" in printed if fitted.is_cut else printed == face().printable(text)


fields = st.lists(
    st.tuples(
        st.sampled_from([*(item.field for item in ITEMS), *(f"new{number}" for number in range(20))]), st.booleans()
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda pair: pair[0],
)


@settings(max_examples=60, deadline=None)
@given(fields)
def test_any_items_fill_the_page_without_lying_on_one_another(chosen):
    known = {item.field: item for item in ITEMS}
    items = [known.get(field, FormItem(field, "新项目", "travel", is_key)) for field, is_key in chosen]
    groups = [item.group for item in ITEMS]
    items.sort(key=lambda item: groups.index(item.group))
    placed = layout(tuple(items)).places
    assert [place.item for place in placed] == items
    rectangles = [cell for place in placed for cell in (place.label, place.value, place.entry)]
    for number, one in enumerate(rectangles):
        assert one.x >= LEFT
        assert one.x + one.width <= RIGHT + 0.01
        for other in rectangles[:number]:
            assert (
                one.x + one.width <= other.x + 0.01
                or other.x + other.width <= one.x + 0.01
                or one.y + one.height <= other.y + 0.01
                or other.y + other.height <= one.y + 0.01
            )
    for place in placed:
        for box in place.boxes:
            assert place.entry.x <= box.x
            assert box.x + box.width <= place.entry.x + place.entry.width + 0.01


def test_more_items_than_a_page_holds_are_refused():
    items = tuple(FormItem(f"new{number}", "新项目", "travel") for number in range(120))
    with pytest.raises(ValueError, match="60 rows of items"):
        layout(items)


def test_a_long_way_to_sign_in_stays_below_the_instructions():
    text = face().fit("点" * 900, PLATFORM, (7.5, 6.5, 5.5, 4.5, 4.0))
    assert text.is_cut
    assert max(line.y for line in text.lines) < 288
