"""How units write what they deliver, on the committed small folder."""

import csv
import gzip
import zipfile

import polars as pl
import pytest

from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import UNITS
from xueji.checks.tables import REQUIRED_FIELDS
from xueji.checks.unit_columns import unit_columns
from xueji.data_samples.dialects import DIALECTS, FIELDS, dialect_of
from xueji.data_samples.small import FOLDER

FIRST = FOLDER / "2026-10-20"
TEXT = [unit for unit, dialect in DIALECTS.items() if dialect.file_format in ("csv", "csv.gz", "zip")]


def test_every_unit_has_a_dialect_and_all_kinds_occur() -> None:
    assert list(DIALECTS) == list(UNITS)
    assert {d.file_format for d in DIALECTS.values()} == {"csv", "csv.gz", "zip", "xlsx", "parquet"}
    assert {d.encoding for d in DIALECTS.values()} == {"utf-8", "utf-8-sig", "gb18030", "utf-16"}
    assert {d.header for d in DIALECTS.values()} == {"labels", "codes", "own"}
    assert sum(d.torn_end for d in DIALECTS.values()) == 1


def test_shanghai_has_its_own_column_names() -> None:
    own = unit_columns("31")
    assert set(own.values()) == set(FIELDS)
    assert not set(own) & {*FIELD_LABELS.values(), *FIELD_LABELS}
    assert set(REQUIRED_FIELDS) <= set(FIELDS)


@pytest.mark.parametrize("unit", TEXT)
def test_header_can_be_read_in_the_units_encoding(unit: str) -> None:
    dialect = DIALECTS[unit]
    path = FIRST / unit / f"students.{dialect.file_format}"
    data = path.read_bytes()
    if dialect.file_format == "csv.gz":
        data = gzip.decompress(data)
    if dialect.file_format == "zip":
        with zipfile.ZipFile(path) as archive:
            data = archive.read(archive.namelist()[0])
    header = next(csv.reader([data.decode(dialect.encoding, "replace").splitlines()[0]], delimiter=dialect.delimiter))
    names = {"labels": [FIELD_LABELS[f] for f in FIELDS], "codes": list(FIELDS), "own": list(unit_columns(unit))}
    assert sorted(set(header) - {dialect.extra_column}) == sorted(names[dialect.header])


def test_workbooks_have_a_sheet_a_stage() -> None:
    with zipfile.ZipFile(FIRST / "46" / "students.xlsx") as archive:
        assert sum(name.startswith("xl/worksheets/sheet") for name in archive.namelist()) >= 2


def test_large_units_write_no_workbooks() -> None:
    assert dialect_of("46", 50_000, "mixed").file_format == "csv.gz"
    assert dialect_of("46", 500, "mixed").file_format == "xlsx"
    assert {dialect_of(unit, 500, "parquet").file_format for unit in UNITS} == {"parquet"}


def test_expected_quarantine_names_files_that_are_there() -> None:
    expected = pl.read_parquet(FOLDER / "expected_quarantine.parquet")
    assert expected["rows"].min() >= 1  # type: ignore[operator]
    for day, unit, file in expected.select("date", "unit", "file").iter_rows():
        assert (FOLDER / day.isoformat() / unit / file.split("/")[0]).is_file()
    assert "52" in set(expected["unit"])
