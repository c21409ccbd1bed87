"""The whole page, over the sample's last night."""

import pytest

from xueji.assets.engine import Engine
from xueji.pipelines import scorecard_names, scorecard_numbers
from xueji.pipelines.scorecard import create_comparison, score_page
from xueji.pipelines.scorecard_suspects import CURVE

SECTIONS = (
    "# Accuracy", "## Names", "## Repairs of broken numbers", "## Suspected duplicates", "## Suggested holders",
    "## Expected coincidences",
)  # fmt: skip


@pytest.fixture
def scored(home):
    with Engine(home=str(home)).session() as connection:
        yield connection


def test_every_section_is_there_and_the_curve_beside(scored, nights, tmp_path):
    page = score_page(scored, nights.landing, tmp_path / "accuracy.md")
    assert tuple(line for line in page.splitlines() if line.startswith("#")) == SECTIONS
    assert (tmp_path / CURVE).read_bytes().startswith(b"\x89PNG")


def test_what_is_promised_holds_in_the_small(scored, nights):
    night = create_comparison(scored, nights.landing / "truth.parquet")
    assert scorecard_names.false_mismatches(scored) == 0
    assert (scorecard_names.macro_f1(scorecard_names.class_scores(scored)) or 0) >= 0.9
    found = scorecard_numbers.total(scorecard_numbers.repairs(scored, nights.landing / "truth_numbers.parquet", night))
    assert found.unique > 0 and found.right == found.unique
