"""The pages a night writes, opened from disk in a real browser: whole, offline, and readable on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def opened(open_page, home):
    """Open a page of HOME."""

    def open_path(path, viewport):
        return open_page((home / path).as_uri(), viewport)

    return open_path


def paths(nights):
    month = nights.last[:7]
    return ["site/index.html", f"bulletins/{month}/national-00.html", f"bulletins/{month}/province-44.html",
            f"bulletins/{month}/city-440100.html", f"bulletins/{month}/county-110101.html",
            f"deliveries/{nights.last}/44.html", f"deliveries/{nights.last}/63.html"]  # fmt: skip


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_runs_out_of_the_window(opened, nights, viewport):
    for path in paths(nights):
        page = opened(path, viewport)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        assert page.title()


def test_tables_have_captions_or_headings_and_charts_are_drawn(opened, nights):
    page = opened(f"bulletins/{nights.last[:7]}/national-00.html", DESK)
    assert page.locator("table").count() >= 4
    assert page.locator("table:not(:has(caption)):not([aria-labelledby])").count() == 0
    assert page.locator("th:not([scope])").count() == 0
    for chart in page.locator("svg").all():
        box = chart.bounding_box()
        assert box["width"] > 300 and box["height"] > 100
        assert chart.locator("text").count() > 5


def test_from_the_index_to_a_bulletin_and_its_files(opened, nights, home):
    month = nights.last[:7]
    page = opened("site/index.html", DESK)
    page.locator("a[href$='province-44.html'], a[href*='/44']").first.click()
    page.wait_for_function("location.hash.endsWith('/44')")
    files = page.eval_on_selector_all("a[href*='bulletins/']", "nodes => nodes.map(node => node.getAttribute('href'))")
    assert {file.rsplit("/", 1)[1] for file in files} >= {
        "province-44.html", "province-44.xlsx", "facts.csv", "facts.parquet", "dictionary.csv"
    }  # fmt: skip
    for file in files:
        assert (home / "site" / file).resolve().is_file(), file
    page.locator(f"a[href='../bulletins/{month}/province-44.html']").first.click()
    page.wait_for_selector("h1")
    assert "广东省" in page.title()
    for link in page.eval_on_selector_all("nav.files a[href]", "nodes => nodes.map(node => node.getAttribute('href'))"):
        assert (home / "bulletins" / month / link.split("#")[0]).resolve().is_file(), link


def test_a_real_night_s_pages_have_no_axe_violations(opened, nights):
    month = nights.last[:7]
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    for path in ("site/index.html", f"bulletins/{month}/province-11.html", f"deliveries/{nights.last}/44.html"):
        page = opened(path, DESK)
        found = Axe().run(page, options=rules)
        assert found.violations_count == 0, (path, [one["id"] for one in found.response["violations"]])
