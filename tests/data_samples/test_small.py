"""The committed small landing folder is what the generator writes, and shows every rule."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from xueji.checks.catalogue import RULES
from xueji.data_samples.small import FOLDER, LAST_DATE, STUDENTS, write_small

SIZE_LIMIT = 2_000_000


def test_is_written_again_to_the_byte(tmp_path: Path, contents: Callable[[Path], dict]) -> None:
    write_small(tmp_path / "small")
    assert contents(tmp_path / "small") == contents(FOLDER)


def test_does_not_depend_on_threads(tmp_path: Path) -> None:
    for threads in (1, 4):
        write_small(tmp_path / str(threads), threads=threads)
    one, four = tmp_path / "1", tmp_path / "4"
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(four) for path in four.rglob("*") if path.is_file())
    assert all((one / file).read_bytes() == (four / file).read_bytes() for file in files)


def test_every_rule_occurs_several_times() -> None:
    truth = pl.read_parquet(FOLDER / "truth.parquet").filter(pl.col("date") == LAST_DATE)
    counts = dict(truth.group_by("rule_id").len().iter_rows())
    assert set(counts) == {rule.id for rule in RULES}
    assert min(counts.values()) >= 2
    scopes = set(truth.filter(pl.col("rule_id") == "duplicate_id")["scope"])
    assert scopes == {"school", "county", "city", "province", "national"}


def test_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < SIZE_LIMIT
    assert STUDENTS == 3_000


def test_refused_units_keep_the_truth_of_the_month_before() -> None:
    truth = pl.read_parquet(FOLDER / "truth.parquet").filter(pl.col("unit").is_in(["63", "64"]))
    own = truth.filter(~pl.col("rule_id").str.starts_with("duplicate"))  # other units' parties come and go
    first, last = (own.filter(pl.col("date") == day).drop("date") for day in own["date"].unique().sort())
    assert first.height > 0
    assert first.equals(last)
    folder = FOLDER / LAST_DATE.isoformat()
    assert (folder / "63" / "students.csv").stat().st_size == 0
    assert not (folder / "64" / "students.xlsx").read_bytes().startswith(b"PK")
