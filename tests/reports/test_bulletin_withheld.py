"""What a bulletin must never say: figures that are withheld, on any page, in any form."""

import re
from dataclasses import replace
from io import BytesIO
from types import ModuleType

import pypdf
import pytest

from xueji.reports import indicators as ind
from xueji.reports.bulletin import build_bulletin, render_html, render_pdf
from xueji.reports.bulletin_facts import Facts

XIAMEN, SIMING = "350200", "350203"


def prose(html: str) -> str:
    """The visible text of a page without charts, style and blanks."""
    kept = re.sub(r"<(style|svg).*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", kept))


def marked(sample: ModuleType, mark: str) -> Facts:
    """A month in which every figure that may be withheld is."""
    month = sample.large_month()
    open_names = {*ind.OPEN_COUNTS, *sample.DAYS, ind.COMPARED, ind.STALE_DAYS}
    rows = [row if row.indicator in open_names else replace(row, mark=mark) for row in month.rows()]
    return Facts(rows, month.previous_rows(), sample.RULES)


@pytest.mark.parametrize("mark", ["*", "<5"])
def test_bulletin_of_a_month_all_withheld_reads_and_prints_no_rate(sample: ModuleType, mark: str) -> None:
    facts = marked(sample, mark)
    for code in ("00", "35", XIAMEN, SIMING):
        text = prose(render_html(build_bulletin(facts, code)))
        assert not re.search(r"None|，。|、。|：。|（）|—例", text)
        assert not re.search(r"\d\.\d\d", text[: text.rindex("本通报只列汇总数")])


def test_withheld_value_is_nowhere_on_any_page(sample: ModuleType) -> None:
    month = sample.large_month()
    planted = 7_654_321.0
    names = (ind.pending("DUP_NSB"), ind.CASES_REOPENED, ind.returned_by("city"), ind.COMPLETION_PERCENT, ind.FORECAST_LEFT,
             ind.change_percent(ind.pending("DUP_NSB")), ind.QUALITY_INDEX)  # fmt: skip
    rows = [
        replace(row, value=planted, mark="*") if row.indicator in names and row.code in (XIAMEN, SIMING, "35") else row
        for row in month.rows()
    ]
    before = [
        replace(row, value=planted, mark="<5") if row.indicator == names[0] else row for row in month.previous_rows()
    ]
    facts = Facts(rows, before, sample.RULES)
    pages = [render_html(build_bulletin(facts, code)) for code in ("00", "35", XIAMEN, SIMING)]
    assert not any("7654321" in page for page in pages)
    assert all("姓名性别出生日期重复（例数不列出）" in page for page in pages[1:])
    printed = pypdf.PdfReader(BytesIO(render_pdf(pages[3])))
    assert not any("7654321" in page.extract_text() for page in printed.pages)


def test_no_rate_or_change_gives_a_withheld_count_away(sample: ModuleType) -> None:
    facts = sample.small_month().facts()
    withheld = 0
    for area in sample.AREAS:
        for name in ind.RATED if area.level != "school" else ():
            if facts.count(area.code, name).is_mark:
                withheld += 1
                assert facts.rate(area.code, name).value is None
                assert facts.change(area.code, name).percent is None
    assert withheld > 20
