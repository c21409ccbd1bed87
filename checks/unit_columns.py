"""Column names of provinces with a system of their own, and the fields they mean."""

import csv
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "unit_columns.csv"


def unit_columns(unit_code: str) -> dict[str, str]:
    """A unit's own column names, as delivered, with their field codes; empty for a unit that uses the template."""
    if not SOURCE.is_file():
        return {}
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["column"]: row["field"] for row in csv.DictReader(file) if row["unit_code"] == unit_code}
