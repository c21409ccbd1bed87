"""The files that a lake table consists of, read from its Delta log: asked for again and again in a night, read once a commit."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
import pyarrow as pa
from deltalake import DeltaTable

from xueji.checks.sql_text import literal


@dataclass(frozen=True)
class LakeFile:
    """One Parquet file of a table's state. `path` is absolute."""

    path: Path
    rows: int
    size: int
    partition: Mapping[str, str | None]


def last_commit(path: Path) -> tuple[str, int] | None:
    """The file name of a table's last commit and when it was written; None before the first."""
    log = path / "_delta_log"
    if not log.is_dir():
        return None
    with os.scandir(log) as entries:
        commits = ((entry.name, entry.stat().st_mtime_ns) for entry in entries if entry.name.endswith(".json"))
        return max(commits, default=None)


@lru_cache(maxsize=256)
def files_of(path: Path, commit: tuple[str, int] | None, version: int | None) -> tuple[LakeFile, ...]:
    """The files of a table's state as of a commit: asked for again and again in a night, read once. No two have one name."""
    if commit is None:
        return ()
    delta = DeltaTable(str(path), version=version)
    actions = {Path(action["path"]).name: action for action in pa.table(delta.get_add_actions()).to_pylist()}
    return tuple(
        LakeFile(Path(uri), action["num_records"], action["size_bytes"], texts(action.get("partition") or {}))
        for uri in sorted(delta.file_uris())
        for action in [actions[Path(uri).name]]
    )


@lru_cache(maxsize=256)
def snapshot_dates_of(snapshots: tuple[Path, ...]) -> tuple[tuple[str, str], ...]:
    if not snapshots:
        return ()
    rows = pl.read_parquet(list(snapshots), columns=["unit_code", "as_of"])
    return tuple(sorted((unit, str(day)) for unit, day in rows.rows()))


def parquet_sql(paths: Sequence[Path], by_name: bool = False) -> str:
    """Table SQL: the rows of Parquet files with their partition values. `by_name` opens every file to see its columns."""
    listed = ", ".join(literal(path) for path in paths)
    options = f"hive_partitioning = true, hive_types_autocast = false, union_by_name = {str(by_name).lower()}"
    return f"read_parquet([{listed}], {options})"


def texts(values: Mapping[str, object]) -> dict[str, str | None]:
    """Partition values as Delta keeps them; dates come back from it as dates."""
    return {name: None if value is None else str(value) for name, value in values.items()}
