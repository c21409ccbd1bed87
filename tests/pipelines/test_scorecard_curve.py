"""Precision and recall over thresholds."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.pipelines.scorecard_curve import Mark, at_best_f1, at_threshold, draw, precision_recall

PAIRS = pl.DataFrame({"probability": [0.9, 0.9, 0.6, 0.3], "is_true": [True, True, False, True]})


def test_curve_counts_all_pairs_at_or_above_a_threshold():
    rows = precision_recall(PAIRS, true_pairs=4).select("threshold", "found", "right", "precision", "recall").rows()
    assert rows == [(0.9, 2, 2, 1.0, 0.5), (0.6, 3, 2, 2 / 3, 0.5), (0.3, 4, 3, 0.75, 0.75)]


THRESHOLDS = [(1.0, None), (0.9, 0.9), (0.7, 0.9), (0.6, 0.6), (0.0, 0.3)]


@pytest.mark.parametrize(("threshold", "row"), THRESHOLDS)
def test_row_at_a_threshold(threshold, row):
    found = at_threshold(precision_recall(PAIRS, 4), threshold)
    assert (found and found["threshold"]) == row


def test_best_f1():
    best = at_best_f1(precision_recall(PAIRS, 4))
    assert best is not None and (best["threshold"], best["f1"]) == (0.3, 0.75)
    assert at_best_f1(precision_recall(PAIRS.clear(), 4)) is None


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans())), st.integers(0, 5))
def test_recall_only_grows_and_nothing_passes_one(pairs, missed):
    frame = pl.DataFrame(pairs, schema={"probability": pl.Float64, "is_true": pl.Boolean}, orient="row")
    curve = precision_recall(frame, missed + int(frame["is_true"].sum()))
    assert curve["recall"].is_sorted() and curve["threshold"].is_sorted(descending=True)
    assert all(0 <= value <= 1 for column in ("precision", "recall", "f1") for value in curve[column])


def test_drawing_is_a_picture(tmp_path):
    file = tmp_path / "curve.png"
    draw({"ours": precision_recall(PAIRS, 4)}, [Mark("ours", 0.75, 0.75, "threshold")], file)
    assert file.read_bytes().startswith(b"\x89PNG")
