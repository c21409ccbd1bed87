"""The charts of a bulletin of the nation or a province; those of cities and counties are on the site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xueji.reports.bulletin_facts import Cell
from xueji.reports.bulletin_pending import PendingSection, TypeLine
from xueji.reports.bulletin_places import Place
from xueji.reports.bulletin_standing import RateSection
from xueji.reports.bulletin_wording import short_date
from xueji.reports.charts import Bar, Series, grouped_bars_svg, rate_bars_svg

_LEAST_BARS = 2


@dataclass(frozen=True)
class Chart:
    caption: str
    svg: str


def bulletin_charts(
    place: Place, pending: PendingSection, rates: RateSection, as_of: date, previous_as_of: date | None
) -> tuple[Chart, ...]:
    """Types now and before; then parts by rate. None without a figure to draw."""
    charts = []
    lines = [line for line in pending.all_types if line.count.is_number or line.previous.is_number]
    if lines:
        series = [_series(f"本期（{short_date(as_of)}）", [(line, line.count) for line in lines])]
        if previous_as_of is not None:
            series.append(_series(f"上期（{short_date(previous_as_of)}）", [(line, line.previous) for line in lines]))
        caption = f"{place.name}待处理问题学籍分类情况"
        charts.append(Chart(caption, grouped_bars_svg(series, f"types-{place.code}", caption, "例")))
    if sum(cell.is_number for _, cell in rates.parts) >= _LEAST_BARS:
        caption = f"{place.whole}各{place.part_word}每万名学生待处理问题学籍数"
        bars = [_bar(name, cell) for name, cell in rates.parts]
        mean = _bar(place.whole, rates.rate)
        charts.append(Chart(caption, rate_bars_svg(bars, mean, f"parts-{place.code}", caption, "例/万名学生")))
    return tuple(charts)


def _series(title: str, bars: Iterable[tuple[TypeLine, Cell]]) -> Series:
    return Series(title, tuple(_bar(line.title, cell) for line, cell in bars))


def _bar(name: str, cell: Cell) -> Bar:
    return Bar(name, cell.value, cell.text)
