"""Charts as inline SVG that read in black-and-white print: greys, outlines and direct labels, no legend by colour."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import altair as alt

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
INK, DARK, MIDDLE, LIGHT = "#111", "#555", "#aaa", "#fff"
WIDTH = 430
LABEL_SIZE = 12


@dataclass(frozen=True)
class Bar:
    """One bar: `value` is null when no number is printed, and `label` then stands where the bar would."""

    name: str
    value: float | None
    label: str


@dataclass(frozen=True)
class Series:
    title: str
    bars: tuple[Bar, ...]


def grouped_bars_svg(series: Sequence[Series], chart_id: str, description: str, value_title: str) -> str:
    """Horizontal bars, one group a name, one bar a series: the first dark, the second white with an outline."""
    rows = [
        {"name": bar.name, "series": one.title, "value": bar.value or 0, "label": bar.label}
        for one in series
        for bar in one.bars
    ]
    titles = [one.title for one in series]
    base = _bars_base(rows, [bar.name for bar in series[0].bars], value_title, max_value=_greatest(rows))
    base = base.encode(yOffset=alt.YOffset("series:N", sort=titles))
    scale = alt.Scale(domain=titles, range=[DARK, LIGHT][: len(titles)])
    legend = alt.Legend(title=None, orient="top", symbolStrokeColor=INK, symbolType="square")
    fill = alt.Fill("series:N", sort=titles, scale=scale, legend=legend)
    bars = base.mark_bar(stroke=INK, strokeWidth=0.8).encode(fill=fill)
    chart = alt.layer(bars, _labels(base)).properties(width=WIDTH, height=alt.Step(17))
    return _svg(chart, chart_id, description)


def rate_bars_svg(bars: Sequence[Bar], mean: Bar, chart_id: str, description: str, value_title: str) -> str:
    """Horizontal bars in the order given, with a dashed line at the mean."""
    rows = [{"name": bar.name, "value": bar.value or 0, "label": bar.label} for bar in bars]
    base = _bars_base(rows, [bar.name for bar in bars], value_title, max(_greatest(rows), mean.value or 0))
    layers = [base.mark_bar(fill=MIDDLE, stroke=INK, strokeWidth=0.6)]
    if mean.value is not None:
        line = alt.Chart(alt.Data(values=[{"value": mean.value, "label": f"{mean.name}{mean.label}"}]))
        label = line.mark_text(dy=-6, baseline="bottom", color=INK, fontSize=LABEL_SIZE)
        layers.append(line.mark_rule(strokeDash=[5, 3], strokeWidth=1.2, color=INK).encode(x="value:Q"))
        layers.append(label.encode(x="value:Q", y=alt.value(0), text="label:N"))
    # Labels last, on a white edge: the dashed line must not run through a figure.
    halo = base.mark_text(align="left", dx=4, color=LIGHT, stroke=LIGHT, strokeWidth=4, fontSize=LABEL_SIZE - 1)
    layers += [halo.encode(text="label:N"), _labels(base)]
    return _svg(alt.layer(*layers).properties(width=WIDTH, height=alt.Step(15)), chart_id, description)


def _bars_base(rows: Sequence[dict], names: Sequence[str], value_title: str, max_value: float) -> alt.Chart:
    """Names down the side, values along the foot, with room for the labels after the longest bar."""
    scale = alt.Scale(domainMin=0, domainMax=max_value * 1.18 or 1, nice=False)
    whole_steps = alt.Axis(grid=False, tickCount=5, tickMinStep=1, format="d")
    return alt.Chart(alt.Data(values=list(rows))).encode(
        y=alt.Y("name:N", sort=list(names), title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=220)),
        x=alt.X("value:Q", title=value_title, scale=scale, axis=whole_steps),
    )


def _labels(base: alt.Chart) -> alt.Chart:
    return base.mark_text(align="left", dx=4, color=INK, fontSize=LABEL_SIZE - 1).encode(text="label:N")


def _greatest(rows: Sequence[dict]) -> float:
    return max((row["value"] for row in rows), default=0)


def _svg(chart: alt.Chart | alt.LayerChart, chart_id: str, description: str) -> str:
    """The chart's SVG with ids of its own and a text for those who do not see it."""
    import vl_convert

    spec = chart.configure(font=FONTS, background="white").configure_view(stroke=None)
    spec = spec.configure_axis(
        labelFontSize=LABEL_SIZE, titleFontSize=LABEL_SIZE, titleFontWeight="normal", labelColor=INK, titleColor=INK
    )
    spec = spec.configure_legend(labelFontSize=LABEL_SIZE, labelColor=INK)
    svg = vl_convert.vegalite_to_svg(spec.to_dict())
    return _label_svg(_stable_ids(svg, chart_id), chart_id, description)


def _stable_ids(svg: str, chart_id: str) -> str:
    """Ids numbered within the chart: the renderer counts through its process, and two charts share a page."""
    for number, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        svg = re.sub(rf'(\bid="|url\(#|href="#){re.escape(old)}(?=["\)])', rf"\g<1>{chart_id}-{number}", svg)
    return svg


def _label_svg(svg: str, chart_id: str, description: str) -> str:
    title = f'<title id="{chart_id}-title">{escape(description)}</title>'
    head, rest = svg.split(">", 1)
    return f'{head} role="img" aria-labelledby="{chart_id}-title">{title}{rest}'
