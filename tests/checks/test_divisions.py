"""Which provincial unit a division belongs to, said in Python and in SQL alike."""

import duckdb
import pytest

from xueji.checks.divisions import unit_of, unit_of_sql

CASES = [("350203", "35"), ("650102", "65"), ("659001", "66"), ("66", "66"), ("660000", "66"), ("441901", "44")]


@pytest.mark.parametrize(("code", "unit"), CASES)
def test_a_division_belongs_to_its_unit_and_6590_to_the_corps(code: str, unit: str) -> None:
    assert unit_of(code) == unit
    assert duckdb.sql(f"select {unit_of_sql(repr(code))}").fetchall() == [(unit,)]
