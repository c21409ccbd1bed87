"""Precision and recall over all thresholds, and their drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import polars as pl


@dataclass(frozen=True)
class Mark:
    """A point of a curve that is told apart, with what stands beside it."""

    curve: str
    precision: float
    recall: float
    label: str


def precision_recall(scored: pl.DataFrame, true_pairs: int) -> pl.DataFrame:
    """One row a threshold, descending: threshold, found (pairs at or above it), right, precision, recall, f1.

    `scored` has `probability` and `is_true`, one row a pair found; `true_pairs` are all there are, found or not.
    """
    return (
        scored.group_by("probability")
        .agg(found=pl.len(), right=pl.col("is_true").sum())
        .sort("probability", descending=True)
        .select(threshold="probability", found=pl.col("found").cum_sum(), right=pl.col("right").cum_sum())
        .with_columns(precision=pl.col("right") / pl.col("found"), recall=pl.col("right") / max(true_pairs, 1))
        .with_columns(f1=2 * pl.col("right") / (pl.col("found") + true_pairs))
    )


def at_threshold(curve: pl.DataFrame, threshold: float) -> dict[str, float] | None:
    """The curve's row for all pairs at or above `threshold`; None when there are none."""
    reached = curve.filter(pl.col("threshold") >= threshold).tail(1)
    return reached.row(0, named=True) if reached.height else None


def at_best_f1(curve: pl.DataFrame) -> dict[str, float] | None:
    """The curve's row with the highest F1; None for an empty curve."""
    best = curve.sort("f1", descending=True, maintain_order=True).head(1)
    return best.row(0, named=True) if best.height else None


def draw(curves: Mapping[str, pl.DataFrame], marks: Sequence[Mark], file: Path) -> None:
    """Write a PNG: recall along the foot, precision up the side, a line a curve."""
    points = pl.concat([curve.select("precision", "recall", curve=pl.lit(name)) for name, curve in curves.items()])
    shown = [
        {"precision": one.precision, "recall": one.recall, "curve": one.curve, "label": one.label} for one in marks
    ]

    # The upper half, unless a mark lies elsewhere: it is near the corner that curves differ.
    least = 0.5 if all(min(one.precision, one.recall) > 0.5 for one in marks) else 0.0
    scale = alt.Scale(domain=[least, 1], nice=False)
    x = alt.X("recall:Q", scale=scale, title="recall: share of the true pairs that are found")
    y = alt.Y("precision:Q", scale=scale, title="precision: share of the pairs found that are true")
    legend = alt.Legend(title=None, orient="bottom", labelLimit=400) if len(curves) > 1 else None
    colour = alt.Color("curve:N", sort=list(curves), legend=legend)
    rows = thinned(points).to_dicts()
    lines = alt.Chart(alt.Data(values=rows)).mark_line(interpolate="step-after", clip=True, strokeWidth=2)
    spots = alt.Chart(alt.Data(values=shown)).mark_point(filled=True, size=80, opacity=1, clip=True)
    texts = alt.Chart(alt.Data(values=shown)).mark_text(align="right", dx=-9, dy=12, fontSize=12)
    layers = [lines.encode(x=x, y=y, color=colour, detail="curve:N", order="recall:Q")]
    layers += [spots.encode(x=x, y=y, color=colour), texts.encode(x=x, y=y, text="label:N", color=colour)]
    chart = alt.layer(*layers).properties(width=520, height=380)
    chart.configure_axis(labelFontSize=12, titleFontSize=13).configure_legend(labelFontSize=12).save(
        str(file), scale_factor=2
    )


def thinned(points: pl.DataFrame, places: int = 4) -> pl.DataFrame:
    """The points of which the eye can see a difference: one for each recall, rounded, and curve."""
    return points.with_columns(pl.col("recall").round(places)).unique(
        ["curve", "recall"], keep="last", maintain_order=True
    )
