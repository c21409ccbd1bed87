"""Charts carry their figures as text, stay the same, and draw nothing that is withheld."""

import itertools
import re
from xml.etree import ElementTree

from xueji.checks.model import UNITS, unit_short_name
from xueji.reports.charts import Bar, Series, grouped_bars_svg, rate_bars_svg

NAMES = ("身份证号重复", "身份证号不存在")
NOW = Series(
    "本期（11月23日）", tuple(Bar(name, value, str(value)) for name, value in zip(NAMES, (560823, 7), strict=True))
)
BEFORE = Series(
    "上期（10月31日）", tuple(Bar(name, value, str(value)) for name, value in zip(NAMES, (616905, 9), strict=True))
)
MEAN = Bar("全国", 79.59, "79.59")


def unit_bars() -> list[Bar]:
    bars = [Bar(unit_short_name(code), float(int(code)), f"{int(code)}.00") for code in UNITS]
    bars[3] = Bar("山西", None, "*")
    return bars


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def text_places(svg: str, names: list[str]) -> list[float]:
    """How far down each name stands."""
    found = dict(re.findall(r'transform="translate\([-\d.]+,([\d.]+)\)"[^>]*>([^<]+)</text>', svg)[::-1])
    by_name = {name: float(place) for place, name in found.items()}
    return [by_name[name] for name in names]


def test_labels_every_bar_with_its_figure() -> None:
    found = texts(grouped_bars_svg((NOW, BEFORE), "types", "说明", "例"))
    assert {"560823", "616905", "7", "9", *NAMES, "本期（11月23日）", "上期（10月31日）"} <= set(found)


def test_one_series_needs_no_second() -> None:
    found = texts(grouped_bars_svg((NOW,), "types", "说明", "例"))
    assert "560823" in found
    assert "上期（10月31日）" not in found


def test_units_stand_in_the_order_given_and_do_not_touch() -> None:
    names = [bar.name for bar in unit_bars()]
    places = text_places(rate_bars_svg(unit_bars(), MEAN, "units", "说明", "例/万名学生"), names)
    assert all(below - above >= 12 for above, below in itertools.pairwise(places))


def test_withheld_figure_is_a_mark_without_a_bar() -> None:
    svg = rate_bars_svg(unit_bars(), MEAN, "units", "说明", "例/万名学生")
    assert "*" in texts(svg)
    assert "14" not in texts(svg)


def test_greys_only() -> None:
    svg = grouped_bars_svg((NOW, BEFORE), "types", "说明", "例") + rate_bars_svg(unit_bars(), MEAN, "u", "说明", "例")
    for colour in re.findall(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", svg):
        channels = set(colour) if len(colour) == 3 else {colour[:2], colour[2:4], colour[4:]}
        assert len(channels) == 1, colour


def test_same_chart_whatever_was_drawn_before() -> None:
    first = grouped_bars_svg((NOW, BEFORE), "types", "说明", "例")
    rate_bars_svg(unit_bars(), MEAN, "units", "说明", "例/万名学生")
    assert grouped_bars_svg((NOW, BEFORE), "types", "说明", "例") == first
    assert all(found.startswith("types-") for found in re.findall(r'\bid="([^"]+)"', first))


def test_has_a_description_for_those_who_do_not_see_it_and_escapes_it() -> None:
    svg = grouped_bars_svg((NOW,), "types", "<各省份>", "例")
    assert 'role="img"' in svg
    assert "&lt;各省份&gt;</title>" in svg


def test_all_zero_draws_an_empty_axis() -> None:
    assert "0" in texts(grouped_bars_svg((Series("本期", (Bar("缺项", 0, "0"),)),), "types", "说明", "例"))
