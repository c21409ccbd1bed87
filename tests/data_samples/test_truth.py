"""The truth against the delivered cells themselves, by plain counting: on Parquet, three dates."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from xueji.checks.unit_columns import unit_columns
from xueji.data_samples.delivery_dates import EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT, MISSING_UNIT

KEY = ["unit", "school_code", "student_no"]


def delivered(sample: Path, day: str) -> pl.DataFrame:
    """Every record of a date that a file holds, its own unit's name for it put back into codes."""
    frames = []
    for path in sorted((sample / day).glob("??/students*.parquet")):
        frame = pl.read_parquet(path)
        if path.parent.name == "31":
            frame = frame.rename(unit_columns("31"))
        columns = ("xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "rxny")
        frames.append(frame.select(*columns, unit=pl.lit(path.parent.name), file=pl.lit(path.name)))
    return pl.concat(frames).rename({"xxbsm": "school_code", "xjh": "student_no"})


@pytest.fixture
def first_date(parquet_sample: Path) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Records and truth of the first date, on which every unit delivers."""
    day = min(path.name for path in parquet_sample.glob("2*"))
    truth = pl.read_parquet(parquet_sample / "truth.parquet").filter(pl.col("date").cast(pl.String) == day)
    yield delivered(parquet_sample, day), truth


def keys_of(truth: pl.DataFrame, rule_id: str, reason: str | None = None) -> list[tuple]:
    rows = truth.filter(pl.col("rule_id") == rule_id)
    return sorted_rows(rows if reason is None else rows.filter(pl.col("reason") == reason))


def sorted_rows(rows: pl.DataFrame) -> list[tuple]:
    return sorted(rows.select(KEY).iter_rows(), key=str)


def test_repeated_numbers_are_the_duplicates(first_date: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    records, truth = first_date
    sound = records.filter(pl.col("sfzjh").str.len_chars() <= 18, ~pl.col("file").str.contains("supplement"))
    is_type = pl.col("sfzjlxm").is_in(["1", "6", "7", "8", "9", "A", "C"])
    words = pl.col("sfzjh").str.contains(r"^[\p{Han}]+$")
    repeated = sound.filter(is_type, ~words).filter(pl.len().over("sfzjlxm", "sfzjh") > 1)
    assert sorted_rows(repeated) == keys_of(truth, "duplicate_id")


def test_repeated_student_numbers_are_the_duplicates(first_date: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    records, truth = first_date
    repeated = records.filter(pl.col("student_no").is_not_null()).filter(pl.len().over("unit", "student_no") > 1)
    assert sorted_rows(repeated) == keys_of(truth, "student_no_duplicate")


def test_nameless_coincidences_are_the_duplicates(first_date: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    records, truth = first_date
    nameless = records.filter(pl.col("sfzjh").is_null())
    inside = nameless.filter(pl.len().over("unit", "xm", "xbm", "csrq") > 1)
    assert sorted_rows(inside) == keys_of(truth, "duplicate_name_sex_birth", "same_unit")
    assert keys_of(truth, "duplicate_name_sex_birth", "across_units")


def test_blank_cells_are_the_missing_ones(first_date: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    records, truth = first_date
    missing = records.filter(pl.col("sfzjh").is_null(), pl.col("sfzjlxm") == "1")
    assert sorted_rows(missing) == keys_of(truth, "id_missing")
    for field in ("xm", "xbm", "csrq", "sfzjlxm", "nj"):
        assert sorted_rows(records.filter(pl.col(field).is_null())) == keys_of(truth, "required_missing", field)
    assert sorted_rows(records.filter(pl.col("school_code").is_null())) == keys_of(truth, "required_missing", "xxbsm")


def test_numbers_outside_the_register_are_not_found(
    parquet_sample: Path, first_date: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    _, truth = first_date
    day = truth["date"][0].isoformat()
    register = pl.read_parquet(parquet_sample / day / "population" / "*.parquet")
    assert register["身份证件号"].is_unique().all()
    records, _ = first_date
    keys = truth.filter(pl.col("rule_id") == "id_not_found").select(KEY)
    lost = records.join(keys, on=KEY).filter(pl.col("sfzjh").is_in(register["身份证件号"].implode()))
    assert keys.height > 0
    assert lost.height == 0
    wrong_name = truth.filter(pl.col("rule_id") == "id_name_mismatch").select(KEY)
    pairs = records.join(wrong_name, on=KEY).join(register, left_on="sfzjh", right_on="身份证件号")
    assert pairs.height == wrong_name.height
    assert (pairs["xm"] != pairs["姓名"]).all()


def test_problems_come_and_go(parquet_sample: Path) -> None:
    truth = pl.read_parquet(parquet_sample / "truth.parquet").filter(pl.col("rule_id") == "id_checksum")
    first, _, last = (set(truth.filter(pl.col("date") == day)["student_no"]) for day in truth["date"].unique().sort())
    assert first - last, "some are solved"
    assert last - first, "some are new"
    assert first & last, "some stay"


def test_some_units_do_not_deliver(parquet_sample: Path) -> None:
    days = sorted(path for path in parquet_sample.glob("2*"))
    assert not (days[1] / MISSING_UNIT).exists()
    assert (days[0] / MISSING_UNIT).exists()
    assert (days[2] / MISSING_UNIT).exists()
    for unit in (EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT):
        assert next(path.name for path in (days[2] / unit).iterdir()) in ("students.csv", "students.xlsx")
