"""What happened to the core table since another table was made from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from xueji.assets.engine import Engine
from xueji.assets.lake_files import LakeFile
from xueji.assets.layers import is_patch, layers_sql, withdrawn_sql
from xueji.checks.tables import CORE_READ

CORE = "core_students"


@dataclass(frozen=True)
class Changes:
    """Queries for the records that came, as readers see them, and for what was withdrawn: content_hash and keys.

    A record that changed is withdrawn and comes again.
    """

    added: str
    withdrawn: str

    def lay_out(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Leave them as the temporary tables `added` and `withdrawn`."""
        connection.execute(f"create or replace temp table withdrawn as {self.withdrawn}")
        connection.execute(f"create or replace temp table added as {self.added}")


def look_at(connection: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Leave as the temporary table `looked_at` the records `added`, and those others of the core table that meet a condition."""
    connection.execute(
        f"""create or replace temp table looked_at as
        select * from added
        union all
        select * from {CORE} as core
        where {condition} and not exists (select 1 from added where added.content_hash = core.content_hash)"""
    )


def changes_since(engine: Engine, version: object) -> Changes | None:
    """The changes since a version of the core table; None when they cannot be told and everything must be looked at again."""
    then = None if engine.afresh else files_then(engine, CORE, version)
    now = engine.files(CORE)
    if then is None or gone_from(then, now):
        return None
    new = gone_from(now, then)
    if not all(map(is_patch, new)):
        return None
    added = CORE_READ.read_sql(f"({layers_sql([file.path for file in now], among=new)})")
    return Changes(engine.dated_sql(added), CORE_READ.read_sql(f"({withdrawn_sql(new)})"))


def files_then(engine: Engine, table: str, version: object) -> list[LakeFile] | None:
    """The files of a table's earlier version; None when there is no such version, or no longer."""
    try:
        return engine.files(table, version) if isinstance(version, int) else None
    except DeltaError:
        return None


def gone_from(earlier: Sequence[LakeFile], later: Sequence[LakeFile]) -> list[Path]:
    """Files of one state that another does not have."""
    there = {file.path for file in later}
    return [file.path for file in earlier if file.path not in there]
