"""What a bulletin says, in which form, and what it must never say."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import ModuleType

import openpyxl
import pypdf
import pytest

from xueji.checks.model import UNITS, Rule, XuejiError, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports.bulletin import (
    Bulletin,
    Edition,
    build_bulletin,
    build_bulletins,
    render_html,
    render_pdf,
    render_xlsx,
)
from xueji.reports.bulletin_facts import Cell
from xueji.reports.suppression import SMALL_MARK, WITHHELD_MARK

Bulletins = Callable[[str], dict[str, Bulletin]]
DELIVERY_ANNEX = 3


def prose(html: str) -> str:
    """The visible text of a page without charts and style."""
    kept = re.sub(r"<(style|svg).*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", kept))


def edited(sample: ModuleType, rows: list, changes: dict[tuple[str, str], float | None]) -> list:
    """The rows with some values changed."""
    return [replace(row, value=changes.get((row.code, row.indicator), row.value)) for row in rows]


def test_nation_speaks_in_the_form_of_the_published_bulletins(bulletins: Bulletins) -> None:
    text = prose(render_html(bulletins("large")["00"]))
    for sentence in (
        "关于全国中小学生学籍信息管理系统截至2026年11月23日建设应用进展情况的通报",
        "学籍通报〔2026〕11号",
        "各省、自治区、直辖市教育厅（教委），新疆生产建设兵团教育局：",
        "现将截至2026年11月23日，全国中小学生学籍信息管理系统（简称全国学籍系统）建设应用进展情况通报如下。",
        "一、问题学籍处理情况",
        "全国待处理问题学籍1328740例",
        "其中，身份证号重复560823例，姓名性别出生日期重复3410例，身份证号不存在184724例，姓名与身份证号不匹配559772例",
        "待处理问题学籍总数相对上期通报数减少9.09%。",
        "二、数据质量情况",
        "全国存在缺项的学籍656000条（每万名学生40.00条）",
        "三、数据报送情况",
        "除江西、西藏外，其他30个省份已报送数据并接收。",
        "整批退回的省份1个：江西（数据行数较上次接收减少52%）。",
        "未报送数据的省份1个：西藏。",
        "沿用此前数据统计的省份2个：江西（截至11月20日）、西藏（截至11月12日）。",
        "四、下一步工作要求",
        "按照“人籍一致”原则执行删除操作",
        "谁采集谁负责、谁录入谁负责、谁审核谁负责",
        "应在2027年6月30日前处理完成",
    ):
        assert sentence in text, sentence


def test_units_are_named_above_a_threshold_in_falling_order_never_as_the_last_five(bulletins: Bulletins) -> None:
    lists = bulletins("large")["00"].units
    assert lists is not None
    above = [unit.rate.value for unit in lists.above]
    lowest = [unit.rate.value for unit in lists.lowest]
    assert above == sorted(above, reverse=True)
    assert min(above) > 1.2 * bulletins("large")["00"].total.rate.value
    assert lowest == sorted(lowest)
    assert len(lowest) == 5


def test_province_compares_its_rates_with_the_nation_without_a_rank(bulletins: Bulletins) -> None:
    text = prose(render_html(bulletins("large")["35"]))
    assert "关于福建省全国中小学生学籍信息管理系统" in text
    assert "学籍通报〔2026〕11号（福建）" in text
    assert "福建省教育厅：" in text
    assert "全国平均为81.02例" in text
    assert "排在" not in text
    for other in set(UNITS) - {"35"}:
        assert unit_short_name(other) not in text.replace("新疆生产建设兵团", "")


def test_refused_and_missing_provinces_are_told_so(bulletins: Bulletins) -> None:
    refused, missing = (prose(render_html(bulletins("large")[code])) for code in ("36", "54"))
    assert "江西报送数据未通过接收核验，整批退回（数据行数较上次接收减少52%）。" in refused
    assert "本通报沿用截至11月20日的数据，滞后3天。" in refused
    assert "西藏本期未报送数据。" in missing


def test_first_bulletin_says_so_instead_of_a_change(bulletins: Bulletins) -> None:
    text = prose(render_html(bulletins("small")["00"]))
    assert "本期为首期通报，没有上期通报数可比。" in text
    assert "相对上期" not in text


def test_says_when_nothing_was_compared_with_the_register(sample: ModuleType) -> None:
    figures = sample.month_figures(1_000_000, {**sample.NATIONAL_TYPES, "ERR_NOTFOUND": 0, "ERR_NAME": 0}, seed=5)
    rows = sample.rows_of(figures, figures, is_compared=False)
    bulletin = build_bulletin(rows, sample.MONTH, "00", sample.RULES)
    text = prose(render_html(bulletin))
    assert "本期没有国家人口基础信息数据库的比对数据，身份证号不存在、姓名与身份证号不匹配两类未统计" in text
    assert "本期与上期的身份比对范围不同，总数不作比较。" in text
    assert bulletin.annexes[0].rows[0].cells[3] == Cell("—")


def test_unit_without_records_is_not_called_clean(sample: ModuleType) -> None:
    rows = sample.large_rows()
    gone = {("54", row.indicator): 0 for row in rows if row.code == "54"} | {("54", ind.STALE_DAYS): None}
    made = {item.code: item for item in build_bulletins(edited(sample, rows, gone), sample.MONTH, sample.RULES)}
    text = prose(render_html(made["00"]))
    assert "尚无在用学籍数据、未作统计的省份1个：西藏。" in text
    assert "无待处理问题学籍的省份" not in text
    assert "西藏尚无在用的学籍数据，本期不作统计。" in prose(render_html(made["54"]))
    row = next(row for row in made["00"].annexes[0].rows if row.title == "西藏")
    assert {cell.text for cell in row.cells} == {"—"}


def test_unit_with_nothing_pending_is_named(sample: ModuleType) -> None:
    rows = sample.large_rows()
    clean = {("31", row.indicator): 0 for row in rows if row.code == "31" and row.indicator.startswith("pending_")}
    bulletin = build_bulletin(edited(sample, rows, clean), sample.MONTH, "00", sample.RULES)
    assert "无待处理问题学籍的省份1个：上海。" in prose(render_html(bulletin))


def test_annexes_list_units_in_administrative_order_with_the_corps_and_the_total_last(bulletins: Bulletins) -> None:
    for annex in bulletins("large")["00"].annexes[:4]:
        assert [row.title for row in annex.rows] == [*map(unit_short_name, UNITS), "全国"]
        assert [row.is_total for row in annex.rows] == [False] * 32 + [True]


def printed_counts(bulletin: Bulletin) -> list[Cell]:
    """Every count of records the edition prints: in its lines and in all annexes but the one about files."""
    lines = (bulletin.total, *bulletin.types, *bulletin.qualities)
    annexes = [annex for annex in bulletin.annexes if "报送" not in annex.title]
    cells = [cell for annex in annexes for row in annex.rows for cell in row.cells]
    return [cell for line in lines for cell in (line.count, line.previous)] + [c for c in cells if not c.decimals]


@pytest.mark.parametrize("month", ["large", "small"])
def test_no_edition_prints_a_count_of_one_to_four(bulletins: Bulletins, month: str) -> None:
    for bulletin in bulletins(month).values():
        assert all(cell.value == 0 or cell.value >= 5 for cell in printed_counts(bulletin) if cell.value is not None)


def test_a_figure_withheld_in_one_edition_is_withheld_in_all(bulletins: Bulletins) -> None:
    made = bulletins("small")
    pending, duplicates = made["00"].annexes[:2]
    seen = set()
    for place, code in enumerate(UNITS):
        own = made[code].annexes[0]
        national = pending.rows[place].cells[1:8]
        assert [row.cells[0] for row in own.rows[:7]] == list(national)
        assert made[code].annexes[1].rows[0].cells == duplicates.rows[place].cells[:6]
        assert duplicates.rows[place].cells[5] == national[0]
        seen |= {cell.text for cell in national}
    assert {SMALL_MARK, WITHHELD_MARK} <= seen


def test_no_rate_or_change_gives_a_withheld_count_away(bulletins: Bulletins) -> None:
    withheld = 0
    for bulletin in bulletins("small").values():
        for line in (bulletin.total, *bulletin.types, *bulletin.qualities):
            if line.count.text in (SMALL_MARK, WITHHELD_MARK):
                withheld += 1
                assert line.rate == Cell(WITHHELD_MARK)
                assert line.change.percent is None
    assert withheld > 50


def test_change_is_hidden_where_the_previous_count_was_withheld(sample: ModuleType) -> None:
    now = sample.month_figures(1_000_000, sample.NATIONAL_TYPES, seed=5)
    before = dict(now)
    for indicator in (ind.pending("ERR_ID"), ind.PENDING_TOTAL):
        for code in ("31", ind.NATIONAL_CODE):
            before[code, indicator] = (now[code, indicator] or 0) - (now["31", ind.pending("ERR_ID")] or 0) + 2
    bulletin = build_bulletin(sample.rows_of(now, before), sample.MONTH, "31", sample.RULES)
    line = next(line for line in bulletin.types if line.title == "身份证号错误")
    assert line.count.is_number
    assert line.previous == Cell(SMALL_MARK)
    assert line.change.kind == "hidden"
    assert "身份证号错误相对" not in prose(render_html(bulletin))


def test_missing_month_is_named(sample: ModuleType) -> None:
    with pytest.raises(XuejiError, match="2026-12"):
        build_bulletin(sample.small_rows(), "2026-12", "00", sample.RULES)


def test_document_number_is_printed_as_given(sample: ModuleType) -> None:
    edition = Edition(document_number="教基一司函〔2026〕0号")
    bulletin = build_bulletin(sample.small_rows(), sample.MONTH, "00", sample.RULES, edition)
    assert bulletin.document_number == "教基一司函〔2026〕0号"


def test_escapes_what_comes_from_outside(sample: ModuleType) -> None:
    rules = (Rule("id_not_found", "ERR_NOTFOUND", "<b>规则</b>&", "-"), *sample.RULES[3:])
    edition = Edition(refusal_reasons={"36": "<script>alert(1)</script>"})
    html = render_html(build_bulletin(sample.large_rows(), sample.MONTH, "00", rules, edition))
    assert "<script" not in html
    assert "&lt;b&gt;规则&lt;/b&gt;&amp;" in html


class Page(HTMLParser):
    """Tags of a page with their attributes; complains of tags closed in the wrong order."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("code", ["00", "35"])
def test_page_is_self_contained_and_accessible(bulletins: Bulletins, code: str) -> None:
    html = render_html(bulletins("large")[code])
    page = Page(html)
    assert page.all("html") == [{"lang": "zh-CN"}]
    assert not page.all("script") and not page.all("link") and not page.all("img")
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]+"', "", html)
    assert len(page.all("table")) == len(page.all("caption")) == len(bulletins("large")[code].annexes)
    assert all(head.get("scope") for head in page.all("th"))
    stem = "national-00" if code == "00" else "province-35"
    links = [link["href"] for link in page.all("a")]
    assert links[:2] == [f"{stem}.pdf", f"{stem}.xlsx"]
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link and link.startswith("#")} <= set(ids)


@pytest.fixture(scope="module")
def national_pdf(bulletins: Bulletins) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(render_pdf(render_html(bulletins("large")["00"]))))


def test_pdf_holds_the_figures_as_text(national_pdf: pypdf.PdfReader, bulletins: Bulletins) -> None:
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in national_pdf.pages))
    for figure in ("1328740例", "560823例", "减少9.09%", "第1页/共", "附件5"):
        assert figure in text, figure
    for row in bulletins("large")["00"].annexes[0].rows:
        assert row.title + "".join(cell.text for cell in row.cells) in text


def test_pdf_has_title_language_bookmarks_and_embedded_fonts(national_pdf: pypdf.PdfReader) -> None:
    assert national_pdf.metadata is not None
    assert national_pdf.metadata.title == "关于全国中小学生学籍信息管理系统截至2026年11月23日建设应用进展情况的通报"
    assert national_pdf.metadata["/CreationDate"].startswith("D:20261123")
    assert national_pdf.trailer["/Root"]["/Lang"] == "zh-CN"
    titles = [item.title for level in national_pdf.outline for item in (level if isinstance(level, list) else [level])
              if not isinstance(item, list)]  # fmt: skip
    assert "一、问题学籍处理情况" in titles
    assert "附件1　全国待处理问题学籍情况统计表" in titles
    fonts = {}
    for page in national_pdf.pages:
        fonts |= {name: font.get_object() for name, font in page["/Resources"]["/Font"].items()}
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert fonts
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
        assert "CJK" in font["/BaseFont"]


def test_every_annex_of_the_nation_fits_one_page(national_pdf: pypdf.PdfReader) -> None:
    pages = [page.extract_text() for page in national_pdf.pages]
    starts = [place for place, text in enumerate(pages) if text.lstrip().startswith("附件")]
    assert starts == list(range(len(pages) - 5, len(pages)))


def test_workbook_keeps_numbers_as_numbers_and_marks_as_text(bulletins: Bulletins) -> None:
    bulletin = bulletins("small")["00"]
    workbook = openpyxl.load_workbook(BytesIO(render_xlsx(bulletin)))
    assert workbook.sheetnames == ["说明", "附件1", "附件2", "附件3", "附件4", "附件5"]
    assert workbook.properties.created == datetime(2026, 11, 23)
    for number, annex in enumerate(bulletin.annexes, start=1):
        sheet = workbook[f"附件{number}"]
        first = 4 if annex.has_groups else 3
        assert sheet.freeze_panes == f"B{first}"
        assert sheet.print_title_rows == f"$2:${first - 1}"
        assert sheet.page_setup.paperSize == 9
        for place, row in enumerate(annex.rows, start=first):
            values = [cell.value for cell in sheet[place]][: len(row.cells) + 1]
            assert values[0] == row.title
            for value, cell in zip(values[1:], row.cells, strict=True):
                expected = cell.text if cell.value is None else pytest.approx(cell.value, abs=0.5 / 10**cell.decimals)
                assert value == expected
                assert isinstance(value, str) == (cell.value is None)
    assert SMALL_MARK in {cell.value for row in workbook["附件1"].rows for cell in row}


RENDER = """
import hashlib, importlib.util, sys
spec = importlib.util.spec_from_file_location("bulletin_sample", sys.argv[1])
sample = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sample)
from xueji.reports.bulletin import build_bulletin, render_html, render_pdf, render_xlsx
codes = sys.argv[2].split(",")
rows = sample.small_rows()
made = {}
for code in codes:
    bulletin = build_bulletin(rows if code == codes[0] else rows[::-1], sample.MONTH, code, sample.RULES)
    made[code] = (render_pdf(render_html(bulletin)), render_html(bulletin).encode(), render_xlsx(bulletin))
for code in sorted(made):
    print(code, *(hashlib.sha256(part).hexdigest() for part in made[code]))
"""


def test_two_processes_give_the_same_bytes_in_any_order() -> None:
    sample = Path(__file__).with_name("bulletin_sample.py")
    outputs = [
        subprocess.run(
            [sys.executable, "-c", RENDER, str(sample), codes],
            check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin", "HOME": "/tmp"},
        ).stdout
        for seed, codes in (("1", "00,35"), ("2", "35,00"))
    ]  # fmt: skip
    assert len(outputs[0].split()) == 8
    assert outputs[0] == outputs[1]
