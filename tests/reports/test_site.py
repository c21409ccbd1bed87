"""The index finds every bulletin, newest first, without a script or anything from elsewhere."""

import re

import pytest

from xueji.checks.model import UNITS, XuejiError, unit_short_name
from xueji.reports.site import SiteEntry, bulletin_entry, render_site_index


def entries(months: list[str]) -> list[SiteEntry]:
    provinces = [bulletin_entry(month, "province", code) for month in months for code in reversed(UNITS)]
    return provinces + [bulletin_entry(month, "national", "00") for month in months]


def test_lists_months_newest_first_and_units_in_administrative_order() -> None:
    page = render_site_index(entries(["2026-09", "2026-11", "2026-10"]))
    assert re.findall(r'<h2 id="m-([\d-]+)"', page) == ["2026-11", "2026-10", "2026-09"]
    names = re.findall(r'class="name">(.+?)<', page)
    assert names[:33] == ["全国", *map(unit_short_name, UNITS)]
    assert names[32] == "兵团"
    assert len(names) == 3 * 33


def test_links_every_format_by_relative_address() -> None:
    page = render_site_index(entries(["2026-11"]))
    links = re.findall(r'href="(\.\..+?)"', page)
    assert len(links) == 33 * 3
    assert "../bulletins/2026-11/province-66.xlsx" in links
    assert "http" not in page
    assert "<script" not in page


def test_offers_only_the_files_that_exist() -> None:
    page = render_site_index([bulletin_entry("2026-11", "national", "00", ["html"])])
    assert re.findall(r'href="\.\.(.+?)"', page) == ["/bulletins/2026-11/national-00.html"]


def test_says_when_there_is_no_bulletin() -> None:
    assert "尚无通报" in render_site_index([])


def test_order_of_entries_does_not_matter() -> None:
    listed = entries(["2026-10", "2026-11"])
    assert render_site_index(listed) == render_site_index(reversed(listed))


def test_names_an_unknown_format() -> None:
    with pytest.raises(XuejiError, match="docx"):
        render_site_index([bulletin_entry("2026-11", "national", "00", ["docx"])])


def test_escapes_addresses() -> None:
    page = render_site_index([SiteEntry("2026-11", "national", "00", (("html", 'a"><script>.html'),))])
    assert "<script>" not in page
