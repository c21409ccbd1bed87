"""The site's files: what stands in them, in what order and form, whatever the order of the figures."""

import json
import re
from collections.abc import Iterable
from datetime import date

import pytest

from xueji.checks.model import UNITS
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms
from xueji.reports.site import SCRIPTS, SITE_INDICATORS, TEMPLATES, Figure, SiteMonth, figure_text, render_site
from xueji.reports.site_indicators import INDICATORS
from xueji.reports.site_tiles import OUTSIDE, tiles

NATION = ("national", "00", "全国", None)
FUJIAN = ("province", "35", "福建省", "00")
XIAMEN = ("city", "350200", "厦门市", "35")
SIMING = ("county", "350203", "思明区", "350200")
DAYS = {"2026-10": date(2026, 10, 31), "2026-11": date(2026, 11, 20)}


def figure(
    area: tuple[str, str, str, str | None], value: float | None, mark: str | None = None, name=ind.PENDING_TOTAL
) -> Figure:
    return (*area, name, value, mark)


def month(name: str, figures: Iterable[Figure] = (), editions=None, facts=()) -> SiteMonth:
    return SiteMonth(name, DAYS[name], figures, editions or {}, facts)


def content(text: str) -> dict:
    """What a data file calls `xuejiData` with."""
    call = re.fullmatch(r'xuejiData\("\w+",(.+)\);\n', text, re.DOTALL)
    assert call
    return json.loads(call[1])


def config(files: dict[str, str]) -> dict:
    found = re.search(r'id="config">(.+?)</script>', files["index.html"])
    assert found
    return json.loads(found[1])


def pending(row: list) -> object:
    return row[1 + SITE_INDICATORS.index(ind.PENDING_TOTAL)]


ROWS = [figure(NATION, 1305319), figure(FUJIAN, 7491), figure(XIAMEN, 1241), figure(SIMING, 3, "<5")]


def test_one_file_for_nation_and_units_and_one_for_each_unit() -> None:
    files = render_site([month("2026-11", ROWS)])
    assert list(files) == ["index.html", "data/00.js", "data/35.js", "data/areas.js"]
    national, fujian = content(files["data/00.js"]), content(files["data/35.js"])
    assert national["areas"] == {"00": [0, "全国"], "35": [1, "福建省"]}
    assert pending(national["figures"]["2026-11"][""]["00"]) == 1305319
    assert pending(national["figures"]["2026-11"]["00"]["35"]) == 7491
    assert pending(fujian["figures"]["2026-11"]["35"]["350200"]) == 1241
    assert pending(fujian["figures"]["2026-11"]["350200"]["350203"]) == "<5"
    assert content(files["data/areas.js"])[-1] == ["350203", "思明区", "350200"]


def test_a_marked_number_is_in_no_file() -> None:
    for mark in ("<5", "*"):
        files = render_site([month("2026-11", [figure(NATION, 87654.0), figure(FUJIAN, 98765.0, mark)])])
        assert not any("98765" in text for text in files.values())
        assert any("87654" in text for text in files.values())


@pytest.mark.parametrize(
    ("value", "mark", "text"),
    [
        (1305319.0, None, "1305319"),
        (0.0, None, "0"),
        (-10.54, None, "-10.54"),
        (95.7, None, "95.7"),
        (2.675, None, "2.67"),  # as the bulletin's own format prints it
        (99.999, None, "100"),
        (-0.001, None, "0"),
        (None, None, "null"),
        (3.0, "<5", '"<5"'),
        (None, "*", '"*"'),
    ],
)
def test_figures_as_json(value, mark, text) -> None:
    assert figure_text(value, mark) == text


def test_a_row_has_a_cell_for_every_indicator_behind_its_editions() -> None:
    rows = [*ROWS, figure(NATION, 12.0, name="rule_id_checksum")]
    editions = {("national", "00"): ("html", "xlsx")}
    row = content(render_site([month("2026-11", rows, editions)])["data/00.js"])["figures"]["2026-11"][""]["00"]
    assert len(SITE_INDICATORS) == len(set(SITE_INDICATORS))
    assert len(row) == 1 + len(INDICATORS)
    assert row[0] == 0b101
    assert sum(cell is not None for cell in row[1:]) == 1


def test_a_site_tells_of_forms_only_once_there_was_a_campaign() -> None:
    """Cells of a campaign stand behind the others, in rows that have any; the page knows of them from then on."""
    name = forms.covered_percent(forms.UPLOADED)
    plain = render_site([month("2026-10", ROWS)])
    rows = [*ROWS, figure(FUJIAN, 95.79, name=name), figure(FUJIAN, 3.0, name=forms.EXCLUDED)]
    files = render_site([month("2026-10", ROWS), month("2026-11", rows)])
    figures = content(files["data/00.js"])["figures"]
    assert figures["2026-10"] == content(plain["data/00.js"])["figures"]["2026-10"]
    assert len(figures["2026-11"][""]["00"]) == 1 + len(INDICATORS)
    fujian = figures["2026-11"]["00"]["35"]
    assert (fujian[1 + SITE_INDICATORS.index(name)], fujian[1 + SITE_INDICATORS.index(forms.EXCLUDED)]) == (95.79, 3)
    known = [one["name"] for one in config(files)["indicators"]]
    assert known == list(SITE_INDICATORS)
    assert [one["name"] for one in config(plain)["indicators"]] == list(SITE_INDICATORS)[: len(INDICATORS)]
    assert name in config(files)["mapIndicators"]
    assert not [key for key, value in config(plain).items() if "forms_" in str(value)]


def test_every_month_an_area_had_figures_in() -> None:
    files = render_site([month("2026-10", ROWS[:2]), month("2026-11", ROWS)])
    assert list(content(files["data/00.js"])["figures"]) == ["2026-10", "2026-11"]
    assert list(content(files["data/35.js"])["figures"]) == ["2026-11"]
    months = config(files)["months"]
    assert [one["title"] for one in months] == ["2026年10月", "2026年11月"]
    assert months[1]["asOf"] == "2026-11-20"
    assert months[1]["deadline"] == "2027-06-30"


def test_the_newest_name_is_kept() -> None:
    renamed = ("county", "350203", "新思明区", "350200")
    files = render_site([month("2026-10", ROWS), month("2026-11", [figure(renamed, 7)])])
    assert content(files["data/35.js"])["areas"]["350203"] == [3, "新思明区"]


def test_order_of_figures_does_not_matter() -> None:
    rows = [*ROWS, figure(FUJIAN, 5.0, name=ind.STUDENTS)]
    assert render_site([month("2026-11", rows)]) == render_site([month("2026-11", reversed(rows))])


def test_a_unit_without_counties_has_a_file() -> None:
    assert content(render_site([month("2026-11", [figure(FUJIAN, 1.0)])])["data/35.js"]) == {"areas": {}, "figures": {}}


def test_months_come_oldest_first() -> None:
    with pytest.raises(ValueError, match="2026-10 after 2026-11"):
        render_site([month("2026-11"), month("2026-10")])


def test_passes_over_files_that_others_left() -> None:
    editions = {("national", "00"): ["html", "bak"], ("~$national", "00"): ["xlsx"]}
    files = render_site([month("2026-11", ROWS, editions, ["Thumbs.db"])])
    assert config(files)["months"][0]["facts"] == []
    assert content(files["data/00.js"])["figures"]["2026-11"][""]["00"][0] == 0b001


def test_facts_in_a_fixed_order() -> None:
    files = render_site([month("2026-11", facts=["dictionary.csv", "facts.csv"])])
    assert [name for _, name in config(files)["months"][0]["facts"]] == ["facts.csv", "dictionary.csv"]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = render_site([month("2026-11", ROWS)])["index.html"]
    without_namespace = page.replace("http://www.w3.org/2000/svg", "")
    assert "http" not in without_namespace
    assert not re.search(r"<(link|img|iframe)\b|<script[^>]*\bsrc=|@import|url\(", without_namespace)


def test_nothing_ends_a_script_early() -> None:
    evil = ("province", "35", '</script><img src=x>"\\', "00")
    files = render_site([month("2026-11", [figure(evil, 1.0)])])
    assert all("</script><img" not in text for text in files.values())
    assert content(files["data/00.js"])["areas"]["35"][1] == evil[2]
    assert not any("</script" in (TEMPLATES / name).read_text(encoding="utf-8") for name in SCRIPTS)


def test_without_a_script_the_bulletins_are_linked_newest_first() -> None:
    editions = {("province", code): ("html",) for code in reversed(UNITS)} | {("national", "00"): ("html", "pdf")}
    page = render_site([month(name, ROWS, editions) for name in DAYS])["index.html"]
    links = re.findall(r'href="\.\./bulletins/(.+?)"', page)
    expected = ["national-00.html", "national-00.pdf", *(f"province-{code}.html" for code in UNITS)]
    assert links == [f"{name}/{file}" for name in reversed(DAYS) for file in expected]


def test_says_when_there_is_no_bulletin() -> None:
    files = render_site([])
    assert "尚无通报" in files["index.html"]
    assert list(files) == ["index.html", "data/areas.js"]


def test_every_unit_has_a_tile_of_its_own_beside_no_gap_in_the_list() -> None:
    placed = tiles()
    assert [tile.code for tile in placed] == [*UNITS, *OUTSIDE]
    assert len({(tile.row, tile.column) for tile in placed}) == len(placed)
    assert [tile.code for tile in placed if not tile.has_figures] == list(OUTSIDE)


def test_page_stays_small_after_years() -> None:
    days = {
        f"{2025 + place // 12}-{place % 12 + 1:02d}": date(2025 + place // 12, place % 12 + 1, 28)
        for place in range(25)
    }
    editions = {("province", code): ("html", "pdf", "xlsx") for code in UNITS}
    files = render_site(SiteMonth(name, day, ROWS, editions) for name, day in days.items())
    assert len(files["index.html"]) < 400_000
    assert len(files["data/35.js"]) < 25 * 2 * 6 * len(SITE_INDICATORS)
