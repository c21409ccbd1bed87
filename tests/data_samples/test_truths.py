"""What the truth says beyond findings, against the delivered cells: on Parquet, three dates."""

from pathlib import Path

import polars as pl
import pytest

from xueji.checks.unit_columns import unit_columns

KEY = ["date", "unit", "school_code", "student_no"]
CELLS = ("xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "rxny", "hkszdm", "cy1xm", "cy1sfzjh")


def delivered(sample: Path) -> pl.DataFrame:
    """Every record of every date that a file holds."""
    frames = []
    for path in sorted(sample.glob("2*/??/students*.parquet")):
        frame = pl.read_parquet(path)
        unit = path.parent.name
        if unit == "31":
            frame = frame.rename(unit_columns("31"))
        day = pl.lit(path.parent.parent.name).str.to_date()
        frames.append(frame.select(*CELLS, unit=pl.lit(unit), date=day))
    return pl.concat(frames).rename({"xxbsm": "school_code", "xjh": "student_no"})


@pytest.fixture(scope="module")
def records(parquet_sample: Path) -> pl.DataFrame:
    return delivered(parquet_sample)


def truth_of(sample: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(sample / f"{name}.parquet")


def on_file(rows: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """The rows with their delivered cells, where the unit delivered on the date."""
    return rows.join(records, on=KEY, how="inner")


def test_mistyped_numbers_are_those_that_are_found(parquet_sample: Path, records: pl.DataFrame) -> None:
    mistyped, truth = truth_of(parquet_sample, "truth_numbers"), truth_of(parquet_sample, "truth")
    found = truth.filter(pl.col("rule_id").is_in(["id_format", "id_checksum"]))
    assert mistyped.join(found, on=KEY, how="anti").is_empty()
    remarks = on_file(found.join(mistyped, on=KEY, how="anti"), records)
    assert remarks["sfzjh"].str.contains(r"^[\p{Han}]+$").all()
    both = on_file(mistyped, records)
    assert both.height > 300
    assert (both["sfzjh"] != both["right_number"]).all()
    assert set(mistyped["slips"]) == {1, 2}
    assert both["sfzjh"].str.len_chars().is_between(14, 20).all()


def test_numbers_outside_the_register_are_all_found(parquet_sample: Path, records: pl.DataFrame) -> None:
    plain = records.filter(pl.col("sfzjlxm") == "1", pl.col("sfzjh").str.contains(r"^[0-9]{17}[0-9X]$"))
    plain = plain.filter(~pl.col("sfzjh").str.ends_with("000"))  # of files that a spreadsheet has flattened
    found = truth_of(parquet_sample, "truth").filter(pl.col("rule_id").str.starts_with("id_"))
    dates = plain["date"].unique().sort()
    for day in dates:
        register = pl.read_parquet(parquet_sample / str(day) / "population" / "*.parquet")
        outside = plain.filter(pl.col("date") == day, ~pl.col("sfzjh").is_in(register["身份证件号"].implode()))
        assert outside.height > 100
        assert outside.join(found, on=KEY, how="anti", nulls_equal=True).is_empty()


def test_right_numbers_are_in_the_register(parquet_sample: Path) -> None:
    mistyped = truth_of(parquet_sample, "truth_numbers")
    day = mistyped["date"].max()
    register = pl.read_parquet(parquet_sample / str(day) / "population" / "*.parquet")
    right = mistyped.filter(pl.col("date") == day)["right_number"]
    assert right.is_in(register["身份证件号"].implode()).all()


def test_suspects_are_the_findings(parquet_sample: Path) -> None:
    suspects, truth = truth_of(parquet_sample, "truth_suspects"), truth_of(parquet_sample, "truth")
    found = truth.filter(pl.col("rule_id") == "suspected_duplicate")
    assert found.select(KEY).sort(KEY).equals(suspects.select(KEY).sort(KEY))
    assert found["reason"].is_null().all()


def test_suspects_have_no_number_in_common(parquet_sample: Path, records: pl.DataFrame) -> None:
    suspects = on_file(truth_of(parquet_sample, "truth_suspects"), records)
    groups = suspects.group_by("date", "child").agg(
        pl.len().alias("parties"),
        (pl.col("kind") == "first").sum().alias("firsts"),
        pl.col("sfzjh").drop_nulls().is_duplicated().any().alias("is_shared"),
        pl.struct("unit", "xm", "xbm", "csrq").filter(pl.col("sfzjh").is_null()).is_duplicated().any().alias("is_same"),
    )
    assert groups.filter("is_shared").is_empty()
    assert groups.filter("is_same").is_empty()
    assert groups["firsts"].max() == 1
    assert groups.filter(pl.col("parties") == 2).height > groups.height * 0.8
    assert set(suspects["how"]) == {"two_numbers", "one_number", "no_number", "broken_number"}


def test_second_clerks_mostly_type_the_same_child(parquet_sample: Path, records: pl.DataFrame) -> None:
    suspects = on_file(truth_of(parquet_sample, "truth_suspects"), records)
    firsts, seconds = (suspects.filter(pl.col("kind") == kind) for kind in ("first", "second"))
    pairs = seconds.join(firsts, on=["date", "child"], suffix="_first")
    assert pairs.height > 300

    def share_of(equal: pl.Expr) -> float:
        return float(pairs.select(equal.mean()).item())

    assert 0.5 < share_of(pl.col("xm") == pl.col("xm_first")) < 0.75
    assert 0.68 < share_of(pl.col("csrq") == pl.col("csrq_first")) < 0.9
    assert share_of(pl.col("xbm") == pl.col("xbm_first")) > 0.95
    assert 0.65 < share_of(pl.col("hkszdm") == pl.col("hkszdm_first")) < 0.95
    assert 0.4 < share_of((pl.col("cy1xm") == pl.col("cy1xm_first")).fill_null(False)) < 0.75
    assert share_of((pl.col("nj").cast(pl.Int64) - pl.col("nj_first").cast(pl.Int64)).abs() <= 1) > 0.97


def test_a_number_has_one_holder(parquet_sample: Path) -> None:
    holders = truth_of(parquet_sample, "truth_holders")
    truth = truth_of(parquet_sample, "truth").filter(pl.col("rule_id") == "duplicate_id")
    count = holders.group_by("date", "child").agg(pl.col("is_holder").sum(), pl.len())
    assert count["is_holder"].max() == 1
    assert count.filter(pl.col("is_holder") == 0).height < count.height / 50
    assert count["len"].min() > 1
    assert truth.join(holders, on=KEY, how="anti").is_empty()


def test_some_children_have_moved(parquet_sample: Path, records: pl.DataFrame) -> None:
    """Then the newer registration is the right one, and the other stands where it stood."""
    holders = on_file(truth_of(parquet_sample, "truth_holders"), records).filter(pl.col("sfzjlxm") == "1")
    right, wrong = (holders.filter(pl.col("is_holder") == is_holder) for is_holder in (True, False))
    left = wrong.filter(pl.col("student_no").str.starts_with("G")).join(right, on=["date", "child", "xm", "csrq"])
    assert left.height > 50
    stale = truth_of(parquet_sample, "truth").filter(pl.col("rule_id") == "stale_record")
    assert 0.2 < left.join(stale, on=KEY).height / left.height < 0.8
