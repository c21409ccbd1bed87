"""A rate of nought makes no such problem; a higher one makes more of it and of nothing else."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xueji.checks.model import XuejiError
from xueji.data_samples.generate import Rates, write_sample

LAST_DATE = date(2026, 11, 20)

# What else follows from a mistake than a finding of the rate's own name.
CONSEQUENCES = {
    "duplicate_id": {"id_name_mismatch", "id_birth_conflict", "id_sex_conflict", "stale_record"},
    "duplicate_document": {"duplicate_id"},
    "duplicate_name_sex_birth": {"id_missing"},
    "duplicate_across_units": {"duplicate_name_sex_birth", "id_missing", "suspected_duplicate"},
    "suspected_duplicate": {
        "id_missing", "id_not_found", "id_checksum", "id_format", "id_name_mismatch", "id_birth_conflict", "id_sex_conflict",
        "name_variant", "name_not_comparable",
    },
    "id_name_mismatch": {"id_birth_conflict"},
    "id_region_division": {"id_region"},
    "harmless_typing": set[str](),
    "other_document": set[str](),
    "no_document": set[str](),
    "residence_permit": set[str](),
}  # fmt: skip
ALL = [field.name for field in fields(Rates)]
NO_FINDINGS = {"harmless_typing", "other_document", "no_document", "residence_permit", "broken_rows"}


@pytest.mark.parametrize("name", ALL)
def test_each_rate_governs_its_own_problem(name: str, sample_with: Callable[..., Path]) -> None:
    none = dict.fromkeys(ALL, 0.0)
    value = 0.1 if name == "spreadsheet_damage" else 0.02
    truth = pl.read_parquet(sample_with(**none | {name: value}) / "truth.parquet")
    found = set(truth["rule_id"])
    allowed = CONSEQUENCES.get(name, set()) | {name}
    assert found <= allowed
    assert bool(found) == (name not in NO_FINDINGS)


def test_no_rates_no_findings(sample_with: Callable[..., Path]) -> None:
    assert pl.read_parquet(sample_with(**dict.fromkeys(ALL, 0.0)) / "truth.parquet").height == 0


def test_default_rates_follow_the_bulletin(tmp_path: Path) -> None:
    students = 60_000
    write_sample(tmp_path / "s", students, 1, LAST_DATE, delivery_format="parquet")
    truth = pl.read_parquet(tmp_path / "s" / "truth.parquet")
    counts = dict(truth.group_by("rule_id").len().iter_rows())
    expected = {"duplicate_id": 0.0034, "id_not_found": 0.0011, "id_name_mismatch": 0.0034}
    for rule_id, share in expected.items():
        assert counts[rule_id] / students == pytest.approx(share, rel=0.15)


@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_rates_are_shares(value: float) -> None:
    with pytest.raises(ValueError, match="id_missing"):
        Rates(id_missing=value)


def test_refuses_a_folder_in_use_and_too_few_students(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("kept")

    with pytest.raises(XuejiError, match="not empty"):
        write_sample(tmp_path, 3_000, 1, LAST_DATE)
    with pytest.raises(XuejiError, match="expected 960 or more"):
        write_sample(tmp_path / "new", 100, 1, LAST_DATE)
