"""The layers of `core_students`: a unit's base, and patches that withdraw some of its rows and bring others.

A delivery in which one record in a hundred changed then costs writing that one, not the other ninety-nine.
"""

from collections.abc import Sequence
from pathlib import Path

from xueji.assets.lake_files import parquet_sql
from xueji.checks.tables import CORE_STUDENTS

BASE, PATCH = "base", "patch"


def is_patch(path: Path) -> bool:
    return path.name.startswith(PATCH)


def layers_sql(paths: Sequence[Path], among: Sequence[Path] | None = None) -> str:
    """A query for the rows that stand after all patches, stored columns.

    With `among` only the rows of those of the files.
    """
    patches = [path for path in paths if is_patch(path)]
    shown = paths if among is None else among
    base = _rows_sql([path for path in shown if not is_patch(path)])
    added = _rows_sql([path for path in shown if is_patch(path)])
    if not patches:
        return base
    withdrawn = f"(select content_hash, patch_no from ({_rows_sql(patches)}) where is_withdrawn)"
    return f"""
        select * from ({base}) as base
        where not exists (select 1 from {withdrawn} as withdrawn where withdrawn.content_hash = base.content_hash)
        union all
        select * from ({added}) as added
        where not is_withdrawn and not exists (
            select 1 from {withdrawn} as withdrawn
            where withdrawn.content_hash = added.content_hash and withdrawn.patch_no > added.patch_no
        )
    """


def withdrawn_sql(patches: Sequence[Path]) -> str:
    """A query for what patches withdraw: content_hash and the keys by which a record meets others, the other columns null."""
    return f"select * from ({_rows_sql(patches)}) where is_withdrawn"


def _rows_sql(paths: Sequence[Path]) -> str:
    columns = CORE_STUDENTS.columns  # named, because a file without its partition column has them in another order
    if not paths:
        nulls = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in columns.items())
        return f"select {nulls} where false"
    return f"select {', '.join(columns)} from {parquet_sql(paths)}"
