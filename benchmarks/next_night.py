"""The landing folder of the night after: one record in a hundred changed, all else as it was.

Changes are either spread over every file of every unit, as a living registry's are, or all in one file in a hundred. Unchanged
files are hard links: their bytes are the same, and they take no room.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

ONE_IN = 100


def write_next_night(landing: Path, before: str, after: str, spread: bool) -> int:
    """Write the delivery of date `after` beside that of `before`. Returns how many records changed."""
    files = sorted(path for path in (landing / before).rglob("*") if path.is_file())
    students = [path for path in files if path.name.startswith("students") and "bh" in pl.read_parquet_schema(path)]
    changing = students if spread else students[::ONE_IN]
    for path in set(files) - set(changing):
        target = landing / after / path.relative_to(landing / before)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)

    def change(path: Path) -> int:
        target = landing / after / path.relative_to(landing / before)
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = pl.read_parquet(path)
        place = pl.int_range(pl.len())
        is_changed = (place % ONE_IN == 7) if spread else pl.lit(True)
        # Of the changed records most move to another class; one in ten takes its neighbour's name, one in twenty its number.
        turn = place // ONE_IN if spread else place
        changed = rows.with_columns(
            bh=pl.when(is_changed).then(pl.lit("20991231")).otherwise("bh"),
            xm=pl.when(is_changed & (turn % 10 == 3)).then(pl.col("xm").shift(1)).otherwise("xm"),
            sfzjh=pl.when(is_changed & (turn % 20 == 4)).then(pl.col("sfzjh").shift(1)).otherwise("sfzjh"),
        )
        changed.write_parquet(target)
        return -(-rows.height // ONE_IN) if spread else rows.height

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(change, changing))
