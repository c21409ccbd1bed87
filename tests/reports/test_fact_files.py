"""The facts as files: nothing withheld in them, the same bytes each time, and every name explained."""

import csv
import io
from datetime import date

import polars as pl
import pytest

from xueji.checks.catalogue import RULES
from xueji.reports.fact_files import COLUMNS, dictionary_csv, facts_csv, facts_parquet, published_facts
from xueji.reports.indicator_register import describe_all, register

PLANTED = 31_337.0  # behind a mark
ROWS = [
    # level, code, name, indicator, value, parent_code, mark
    ("school", "2135000001", "实验小学", "pending_total", PLANTED, "350203", "*"),
    ("national", "00", "全国", "students", 164_000_000.0, None, None),
    ("national", "00", "全国", "pending_total_per_10000", 79.593841463, None, None),
    ("province", "35", "福建省", "pending_total", 7491.0, "00", None),
    ("province", "35", "福建省", "pending_total_change_percent", None, "00", None),
    ("county", "350203", "思明区", "pending_dup_nsb", 3.0, "350200", "<5"),
    ("city", "350200", "厦门市", "forecast_left", -0.0, "35", None),
    ("city", "350200", '厦门市,"特区"', "cases_new", 0.0, "35", None),
]


@pytest.fixture
def frame() -> pl.DataFrame:
    """Rows of `progress`, with the columns that stay in the house."""
    columns = ("level", "code", "name", "indicator", "value", "parent_code", "mark")
    return pl.DataFrame(ROWS, schema=columns, orient="row").with_columns(
        month=pl.lit("2026-11"),
        as_of=pl.lit(date(2026, 11, 23)),
        query=pl.lit("problems:1f2e3d"),
        versions=pl.lit("cases 12"),
    )


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_values_are_null_where_marked(frame: pl.DataFrame) -> None:
    marked = published_facts(frame).filter(pl.col("mark").is_not_null())
    assert marked["mark"].to_list() == ["<5", "*"]
    assert marked["value"].to_list() == [None, None]


def test_no_file_holds_a_value_that_is_withheld(frame: pl.DataFrame) -> None:
    assert b"31337" not in facts_csv(frame)
    assert PLANTED not in pl.read_parquet(facts_parquet(frame))["value"].to_list()


def test_columns_stay_and_table_versions_do_not_leave(frame: pl.DataFrame) -> None:
    assert tuple(published_facts(frame).columns) == COLUMNS
    assert b"cases 12" not in facts_csv(frame)


def test_rows_stand_by_level_code_and_indicator(frame: pl.DataFrame) -> None:
    found = published_facts(frame).select("level", "indicator").rows()
    assert found[:2] == [("national", "pending_total_per_10000"), ("national", "students")]
    assert [level for level, _ in found[2:]] == ["province", "province", "city", "city", "county", "school"]


def test_csv_opens_in_a_spreadsheet_and_reads_back(frame: pl.DataFrame) -> None:
    content = facts_csv(frame)
    assert content.startswith("\ufeff".encode())
    rows = read_csv(content)
    assert rows[1] == {
        "month": "2026-11", "level": "national", "code": "00", "name": "全国", "parent_code": "", "indicator": "students",
        "value": "164000000", "mark": "", "as_of": "2026-11-23", "query": "problems:1f2e3d",
    }  # fmt: skip
    assert [row["value"] for row in rows] == ["79.593841", "164000000", "7491", "", "0", "0", "", ""]
    assert {row["name"] for row in rows if row["code"] == "350200"} == {"厦门市", '厦门市,"特区"'}


def test_parquet_holds_what_the_csv_holds(frame: pl.DataFrame) -> None:
    content = facts_parquet(frame)
    assert pl.read_parquet(content).equals(published_facts(frame))
    assert pl.read_parquet_schema(io.BytesIO(content))["as_of"] == pl.Date
    assert "数据截止日期" in pl.read_parquet_metadata(io.BytesIO(content))["xueji.columns"]


def test_the_same_facts_give_the_same_bytes_in_whatever_order_they_come(frame: pl.DataFrame) -> None:
    many = pl.concat([frame.with_columns(code=pl.lit(f"{number:06d}")) for number in range(2000)])
    for write in (facts_csv, facts_parquet):
        expected = write(many)
        assert write(many) == expected
        assert write(many.reverse()) == expected
        assert write(published_facts(many)) == expected


def test_no_facts_give_a_file_with_heads_alone(frame: pl.DataFrame) -> None:
    assert facts_csv(frame.clear()).decode("utf-8-sig") == ",".join(COLUMNS) + "\n"


def test_dictionary_explains_every_column_and_indicator(frame: pl.DataFrame) -> None:
    rows = read_csv(dictionary_csv(describe_all(frame["indicator"], RULES)))
    assert [row["name"] for row in rows if row["item"] == "column"] == list(COLUMNS)
    assert {row["name"] for row in rows if row["item"] == "indicator"} == set(frame["indicator"])
    assert all(row["definition"] for row in rows)
    assert len(read_csv(dictionary_csv(register(RULES)))) == len(COLUMNS) + len(register(RULES))
