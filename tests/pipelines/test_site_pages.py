"""The site, opened from disk in a real browser: every way through it by mouse and keyboard, on desk, phone and paper."""

import random
from collections.abc import Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from xueji.checks.model import UNITS
from xueji.reports.site import SITE_INDICATORS, Figure, SiteMonth, render_site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
MONTHS = {"2026-09": date(2026, 9, 30), "2026-10": date(2026, 10, 31), "2026-11": date(2026, 11, 20)}
FUJIAN = {
    "350100": ("福州市", {"350102": "鼓楼区", "350103": "台江区", "350121": "闽侯县"}),
    "350200": ("厦门市", {"350203": "思明区", "350205": "海沧区", "350206": "湖里区"}),
    "350600": ("漳州市", {"350602": "芗城区", "350603": "龙文区", "350622": "云霄县"}),
}
PENDING = {"350100": 2075, "350200": 1241, "350600": 1861}  # as of the last month, sorts otherwise than by code
FORECAST_DONE = "350200"


def areas() -> Iterator[tuple[str, str, str, str | None]]:
    yield "national", "00", "全国", None
    for unit, name in UNITS.items():
        yield "province", unit, name, "00"
    for city, (name, counties) in FUJIAN.items():
        yield "city", city, name, "35"
        yield from (("county", county, name, city) for county, name in counties.items())
    yield "county", "350000", "学校不在学校表中的学籍", "35"
    yield "county", "110101", "东城区", "11"
    yield "county", "659001", "石河子市", "66"  # 兵团's, whose codes begin as 新疆's


def values_of(level: str, code: str, place: int) -> dict[str, float]:
    """Invented figures of an area in the month at `place`, the same at every call."""
    chance = random.Random(f"{place} {code}")
    size = {"national": 1_300_000, "province": 40_000, "city": 2_000, "county": 300}[level]
    base = PENDING.get(code, random.Random(code).randint(size // 3, size))
    pending = round(base * (1 + 0.1 * (len(MONTHS) - 1 - place)))
    rate = random.Random(f"rate {code}").uniform(20, 90) - 3 * place
    values = {name: float(chance.randint(5, max(6, pending // 4))) for name in SITE_INDICATORS}
    for name in SITE_INDICATORS:
        if name.endswith("_percent"):
            values[name] = chance.uniform(-12, 4) if "change" in name else chance.uniform(93, 100)
    return values | {
        "students": 300.0 * pending,
        "pending_total": float(pending),
        "pending_total_per_10000": rate,
        "pending_total_per_10000_low": rate - 1.5,
        "pending_total_per_10000_high": rate + 1.5,
        "quality_index": chance.uniform(93, 99.9),
        "quality_class": 2.0,
        "counties": 13.0,
        "counties_missing": 5.0,
        "forecast_left": 0.0 if code == FORECAST_DONE else pending * 0.3,
        "forecast_working_days": 60.0 if code == FORECAST_DONE else 400.0,
        "working_days_left": 150.0 - 20 * place,
    }


def mark_of(code: str, indicator: str) -> str | None:
    """Of two counties everything that tells what is pending there is withheld."""
    if code == "350205" and indicator in ("pending_total", "pending_dup_id"):
        return "<5"
    return "*" if code in ("350203", "350205") and indicator.startswith(("pending", "forecast")) else None


def figures(month: str) -> Iterator[Figure]:
    for level, code, name, parent in areas():
        for indicator, value in values_of(level, code, list(MONTHS).index(month)).items():
            if level == "county" and indicator.startswith("counties"):
                continue
            is_missing = code == "350000" and "per_10000" in indicator
            yield level, code, name, parent, indicator, None if is_missing else value, mark_of(code, indicator)


def site_months() -> Iterator[SiteMonth]:
    for month, as_of in MONTHS.items():
        editions = {
            (level, code): ("html", "pdf", "xlsx") if len(code) == 2 else ("html",) for level, code, *_ in areas()
        }
        yield SiteMonth(month, as_of, figures(month), editions, ("facts.csv", "facts.parquet", "dictionary.csv"))


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> str:
    """Address of the page of a site in a folder of its own."""
    folder = tmp_path_factory.mktemp("home") / "site"
    for path, content in render_site(site_months()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return (folder / "index.html").as_uri()


@pytest.fixture
def opened(open_page, site):
    """Open the site at an area."""

    def open_site(address: str = "", viewport=DESK, **options):
        return open_page(site + address, viewport, **options)

    return open_site


def heading(page) -> str:
    return page.locator("h1").inner_text()


def column(page, place: int) -> list[str]:
    """The cells of a column of the table of areas; 1 holds the names."""
    return page.locator(f"table.areas tbody tr > :nth-child({place})").all_inner_texts()


def numbers(texts: list[str]) -> list[float]:
    return [float(text.replace(",", "").replace("%", "").replace("−", "-")) for text in texts]


def loaded(page) -> set[str]:
    return set(page.eval_on_selector_all("script[src]", "nodes => nodes.map(node => node.getAttribute('src'))"))


def test_down_to_a_county_and_back(opened):
    page = opened()
    expect(page.locator("h1")).to_have_text("全国 2026年11月")
    assert loaded(page) == {"data/00.js"}
    page.locator(".tiles").get_by_role("link", name="福建").click()
    expect(page.locator("h1")).to_have_text("福建省 2026年11月")
    assert loaded(page) == {"data/00.js", "data/35.js"}
    assert column(page, 1) == ["福州市", "厦门市", "漳州市", "学校不在学校表中的学籍"]
    page.locator("table.areas").get_by_role("link", name="厦门市").click()
    page.locator("table.areas").get_by_role("link", name="思明区").click()
    expect(page.locator("h1")).to_have_text("思明区 2026年11月")
    assert page.locator("#trail li").all_inner_texts() == ["全国", "福建省", "厦门市", "思明区"]
    assert page.locator("h1").evaluate("node => node === document.activeElement")
    for name in ("厦门市", "福建省", "全国"):
        page.go_back()
        expect(page.locator("h1")).to_have_text(f"{name} 2026年11月")
    page.go_forward()
    expect(page.locator("h1")).to_have_text("福建省 2026年11月")


def test_address_opens_area_and_month(opened):
    page = opened("#/2026-10/350203")
    expect(page.locator("h1")).to_have_text("思明区 2026年10月")
    page.locator("#trail").get_by_role("link", name="厦门市").click()
    expect(page.locator("h1")).to_have_text("厦门市 2026年10月")


def test_an_area_that_is_not_there_is_told(opened):
    page = opened("#/2026-11/359999")
    expect(page.locator("main")).to_contain_text("本期没有此地区的数据")


def test_sorts_with_withheld_and_missing_figures_last(opened):
    page = opened("#/2026-11/35")
    rate = page.get_by_role("button", name="每万名学生")
    for order in ("descending", "ascending"):
        rate.click()
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == order
        *printed, last = column(page, 5)
        assert last == "—"
        assert numbers(printed) == sorted(numbers(printed), reverse=order == "descending")
        assert rate.evaluate("node => node === document.activeElement")
    page.get_by_role("button", name="地区").click()
    assert column(page, 1)[0] == "福州市"
    page.goto(page.url.replace("/35", "/350200"))
    pending = page.get_by_role("button", name="待处理", exact=True)
    for _ in range(2):
        pending.click()
        assert column(page, 3)[1:] == ["*", "<5"]


def test_units_stand_in_administrative_order(opened):
    assert column(opened(), 1) == list(UNITS.values())


def test_filters_by_words_and_by_forecast(opened):
    page = opened("#/2026-11/35")
    status = page.locator("main [role=status]")
    page.get_by_label("筛选地区").fill("漳")
    expect(status).to_contain_text("共4个地区，列出1个")
    assert column(page, 1) == ["漳州市"]
    page.get_by_label("筛选地区").fill("")
    page.get_by_label("只看预计6月30日有剩余的").check()
    assert column(page, 1) == ["福州市", "漳州市", "学校不在学校表中的学籍"]
    page.get_by_label("列到").select_option("县级")
    expect(status).to_contain_text("共10个地区")
    assert "思明区" in column(page, 1), "a withheld forecast must not be given away by the filter"


def test_columns_by_group(opened):
    page = opened("#/2026-11/35")
    page.get_by_label("指标", exact=True).select_option("数据质量")
    assert column(page, 8) == ["良"] * 4


def test_search_by_keyboard_alone(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    search = page.get_by_role("combobox", name="查找地区")
    expect(search).to_be_focused()
    page.keyboard.type("厦门 区")
    options = page.locator("#suggestions [role=option]")
    expect(options).to_have_count(3)
    assert search.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    assert search.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("湖里区 2026年11月")


def test_search_by_code_and_for_nothing(opened):
    page = opened()
    search = page.get_by_role("combobox", name="查找地区")
    search.fill("350602")
    expect(page.locator("#suggestions [role=option]")).to_have_count(1)
    search.press("Enter")
    expect(page.locator("h1")).to_have_text("芗城区 2026年11月")
    search.fill("无此地")
    expect(page.locator("#search-status")).to_have_text("没有符合的地区")
    search.press("Enter")
    assert heading(page) == "芗城区 2026年11月"


def test_month_is_switched_and_the_change_is_told(opened):
    page = opened("#/2026-11/35")
    now = page.locator(".cards .figure").first.inner_text()
    expect(page.locator(".cards > div").first).to_contain_text("较上期增减：")
    page.get_by_label("月份").focus()
    page.get_by_label("月份").select_option("2026年10月")
    expect(page.locator("h1")).to_have_text("福建省 2026年10月")
    assert page.locator(".cards .figure").first.inner_text() != now
    assert page.evaluate("document.activeElement.id") == "month"
    page.get_by_label("月份").select_option("2026年9月")
    expect(page.locator("h1")).to_have_text("福建省 2026年9月")
    assert "上期：" not in page.locator(".cards").inner_text()
    page.go_back()
    expect(page.locator("#month")).to_have_value("2026-10")


def test_links_to_the_files_that_exist(opened):
    page = opened("#/2026-11/350203")
    addresses = page.eval_on_selector_all(".files a", "nodes => nodes.map(node => node.getAttribute('href'))")
    folder = "../bulletins/2026-11"
    assert addresses == [
        f"{folder}/county-350203.html",
        *(f"{folder}/{name}" for name in ("facts.csv", "facts.parquet", "dictionary.csv")),
    ]


def test_map_shows_the_indicator_chosen(opened):
    page = opened()
    tile = page.locator(".tiles").get_by_role("link", name="福建")
    assert page.locator(".tiles a").count() == 32
    rate = tile.inner_text()
    page.get_by_label("地图指标").select_option("待处理问题学籍")
    assert tile.inner_text() != rate
    assert page.locator(".tiles a[class*=step5]").count() in (6, 7)


def test_nothing_withheld_is_drawn_or_told(opened):
    page = opened("#/2026-11/350205")
    assert page.locator(".charts:not(.forms) svg circle").count() == 0
    assert page.locator(".cards .figure").first.inner_text() == "<5"
    page.locator("#trail").get_by_role("link", name="厦门市").click()
    expect(page.locator("h1")).to_have_text("厦门市 2026年11月")
    small = page.locator(".multiples li", has_text="海沧区")
    assert small.locator("circle").count() == 0
    assert small.locator("title").first.text_content().endswith("本期*")


def test_forms_of_a_campaign_are_told_step_by_step(opened):
    page = opened("#/2026-11/350205")
    section = page.locator("section:has(> h2:text-is('数据质量核查'))")
    rows = section.get_by_role("region", name="《确认表》进展情况").locator("tbody tr")
    assert [row.locator("th, td").first.inner_text() for row in rows.all()] == [
        "应核查学生数", "暂不核查学生数", "下发《确认表》", "回收《确认表》", "录入《确认表》", "审核《确认表》", "拍照上传《确认表》",
        "归档《确认表》",
    ]  # fmt: skip
    assert section.locator("svg circle").count() == len(MONTHS)
    page.locator("#trail").get_by_role("link", name="全国").click()
    page.get_by_label("地图指标").select_option("forms_uploaded_percent")
    expect(page.locator(".tiles a").first).to_contain_text("%")


def test_every_chart_is_named_and_has_its_table(opened):
    page = opened("#/2026-11/35")
    for chart in page.locator("svg[role=img]").all():
        assert chart.locator("> title").text_content()
    assert page.locator("figure:has(svg[role=img])").count() == page.locator("figure details").count() == 3
    page.get_by_text("数据表：福建省各月待处理问题学籍").click()
    expect(page.locator("figure details table").first).to_be_visible()
    assert page.locator("figure details").first.locator("tbody tr").count() == len(MONTHS)


@pytest.mark.parametrize("code", ["00", "35", "350200", "350203", "350205"])
def test_phone_scrolls_only_inside_tables(opened, code):
    page = opened(f"#/2026-11/{code}", PHONE)
    page.locator("h1").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_paper_has_whole_tables_and_no_controls(opened):
    page = opened("#/2026-11/00")
    page.locator("h1").wait_for()
    page.emulate_media(media="print")
    for hidden in ("#month", "#search", ".controls", ".areas thead button", "#skip"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("figure details table").first).to_be_visible()
    assert page.locator(".scroll:has(.areas)").evaluate("node => node.scrollHeight <= node.clientHeight + 1")
    page.emulate_media(media="screen")
    expect(page.locator("figure details table").first).to_be_hidden()


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("code", ["00", "35", "350200", "350203"])
def test_axe_finds_nothing(opened, code, viewport):
    page = opened(f"#/2026-11/{code}", viewport)
    page.locator("h1").wait_for()
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_in_open_suggestions(opened):
    page = opened()
    page.get_by_role("combobox", name="查找地区").fill("福")
    page.keyboard.press("ArrowDown")
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()


def test_without_a_script_the_bulletins_are_linked(opened):
    page = opened(java_script_enabled=False)
    expect(page.locator("h1")).to_have_text("各期通报")
    assert page.locator("main a").count() == len(MONTHS) * 33 * 3
    expect(page.locator("#month")).to_be_hidden()


def test_the_corps_has_its_own_counties(opened):
    page = opened("#/2026-11/66")
    expect(page.locator("h1, h2").first).to_be_visible()
    page.locator("a", has_text="石河子市").first.click()
    page.wait_for_function("location.hash.endsWith('/659001')")
    expect(page.get_by_role("navigation").filter(has_text="兵团").first).to_be_visible()
