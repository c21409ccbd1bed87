"""Weights learned without labels are those that the pairs were drawn with."""

import numpy as np
import pytest

from xueji.checks.suspect_levels import PLACE, SEX
from xueji.checks.suspect_model import FIELDS, read_model, suspect_model, write_model
from xueji.checks.suspect_training import (
    EXPECTED_PRECISION,
    SHAPE,
    START,
    in_blocks,
    product,
    strangers_product,
    threshold_of,
    train,
)

STUDENTS = 2_000_000
PER_STUDENT = {"same": 0.0006, "kin": 0.2}
# What registrations of one child have in common, otherwise than where learning starts.
TRUE = {
    "name": (0.50, 0.24, 0.18, 0.04, 0.02, 0.02),
    "birth": (0.70, 0.18, 0.05, 0.04, 0.03),
    "sex": (0.97, 0.03),
    "home": (0.05, 0.05, 0.25, 0.10, 0.15, 0.10, 0.12, 0.18),
    "family": (0.35, 0.20, 0.25, 0.20),
    "number": (0.15, 0.05, 0.01, 0.34, 0.20, 0.10, 0.15),
}
NAME, BIRTH = (3e-6, 3e-5, 1e-4, 1e-4, 0.03, 0.97), (1 / 4000, 2e-3, 0.01, 0.07, 0.92)
STRANGERS = {
    "name": np.tile(np.array(NAME) / sum(NAME), (len(PLACE), len(SEX), 1)),
    "birth": np.tile(np.array(BIRTH) / sum(BIRTH), (len(PLACE), 1)),
    "sex": np.array((0.5, 0.5)),
    "home": np.array((1e-5, 1e-6, 3e-4, 5e-5, 0.01, 0.03, 0.01, 0.949639)),
    "family": np.array((1e-9, 1e-8, 0.9, 0.1)),
    "number": np.array((1e-9, 1e-7, 0.95, 0.03, 0.01, 0.005, 0.005)),
}


@pytest.fixture(scope="module")
def model():
    """Learned from pairs that were drawn, of which only those that share a key are seen."""
    shown = in_blocks()
    kin = {field: np.array(START[field][1]) for field in FIELDS}
    expected = (
        PER_STUDENT["same"] * STUDENTS * product({field: np.array(row) for field, row in TRUE.items()}),
        PER_STUDENT["kin"] * STUDENTS * product(kin),
        STUDENTS * (STUDENTS - 1) / 2 * strangers_product(STRANGERS),
    )
    dice = np.random.default_rng(7)
    drawn = sum(dice.poisson(one * shown) for one in expected)
    return train(np.asarray(drawn, dtype=float), STRANGERS, STUDENTS)


def test_finds_how_many_children_are_registered_twice(model):
    # Also those whose registrations share no key: they are filled in.
    assert model.same_per_student == pytest.approx(PER_STUDENT["same"], rel=0.1)


@pytest.mark.parametrize("field", FIELDS)
def test_finds_what_registrations_of_one_child_have_in_common(model, field):
    assert model.same[field] == pytest.approx(np.array(TRUE[field]), abs=0.06)


@pytest.mark.parametrize("kind", ["same", "kin", "strangers"])
def test_probabilities_of_a_field_add_up(kind):
    for table in getattr(suspect_model(), kind).values():
        assert table.sum(axis=-1) == pytest.approx(np.ones(table.shape[:-1]), abs=1e-4)


def test_levels_of_every_field_are_counted():
    assert in_blocks().shape == SHAPE == tuple(len(levels) for levels in FIELDS.values())


def test_threshold_keeps_the_precision_that_is_expected():
    probabilities = np.random.default_rng(3).beta(0.3, 0.3, 10_000)
    threshold = threshold_of(probabilities)
    taken = probabilities[probabilities >= threshold]
    assert taken.mean() >= EXPECTED_PRECISION
    more = np.sort(probabilities)[::-1][: len(taken) + 1]
    assert more.mean() < EXPECTED_PRECISION


def test_threshold_is_out_of_reach_when_nothing_is_likely():
    assert threshold_of(np.full(10, 0.5)) == 1


def test_model_is_kept_as_data(model, tmp_path):
    write_model(model, tmp_path / "model.csv")
    kept = read_model(tmp_path / "model.csv")
    assert kept.same_per_student == pytest.approx(model.same_per_student, rel=1e-5)
    for kind in ("same", "kin", "strangers"):
        for field in FIELDS:
            assert getattr(kept, kind)[field] == pytest.approx(getattr(model, kind)[field], rel=1e-5)
