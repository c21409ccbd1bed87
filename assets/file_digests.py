"""Digests of files that stay where they are for months: each is read once, and again when anything about it has changed.

What was worked out lies in HOME/cache and may be lost: it is then worked out anew.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from xueji.assets.engine import Engine

SCHEMA = {"file": pl.String, "size": pl.Int64, "modified": pl.Int64, "changed": pl.Int64, "sha256": pl.String}


def file_digests(engine: Engine, paths: Mapping[str, Path]) -> dict[str, str]:
    """The sha256 of each file, by its name in `paths`. Files that vanish meanwhile are left out; a link counts by where it points."""
    cache = engine.home_path / "cache" / "returned_files.parquet"
    known = {} if engine.afresh else _known(cache)
    rows = []
    for file, path in paths.items():
        try:
            stat = path.lstat()
            marks = (file, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            rows.append((*marks, known.get(marks) or digest(path)))
        except FileNotFoundError:
            continue
    if any(row[:4] not in known for row in rows):
        cache.parent.mkdir(parents=True, exist_ok=True)
        partial = cache.with_name(f".{cache.name}.partial")
        pl.DataFrame(rows, schema=SCHEMA, orient="row").write_parquet(partial)
        partial.replace(cache)
    return {row[0]: row[4] for row in rows}


def _known(cache: Path) -> dict[tuple[str, int, int, int], str]:
    try:
        return {row[:4]: row[4] for row in pl.read_parquet(cache).iter_rows()} if cache.exists() else {}
    except (pl.exceptions.PolarsError, OSError):  # half a file: of no use
        return {}


def digest(path: Path) -> str:
    """The sha256 of a file; of a link that of its target's name, since it is never followed."""
    if path.is_symlink():
        return hashlib.sha256(str(path.readlink()).encode(errors="surrogateescape")).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
