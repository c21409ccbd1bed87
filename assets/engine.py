"""The DuckDB engine over the lake: the only place that opens a connection or commits a table.

A table is a Delta Lake table under `lake/`. DuckDB writes its Parquet files, then one Delta commit makes them the
table's state: a process killed before the commit leaves the state as it was, and files nobody refers to.
"""

import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from xueji.assets.lake_tables import LAKE_TABLES
from xueji.checks.sql_text import literal
from xueji.checks.tables import Table


class Engine(dg.ConfigurableResource):
    """Runs SQL text over lake tables and replaces tables, or partitions of them, atomically."""

    home: str
    threads: int = 0  # 0: as many as the machine has
    memory_limit: str = "12GB"

    @property
    def home_path(self) -> Path:
        return Path(self.home)

    @property
    def work_path(self) -> Path:
        """Scratch space: spill files and staged deliveries. Emptied when a run starts."""
        path = self.home_path / "work"
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def cores(self) -> int:
        return self.threads or os.cpu_count() or 1

    def table_path(self, name: str) -> Path:
        return self.home_path / "lake" / name

    @contextmanager
    def session(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees every lake table as a view of its present state."""
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"set threads = {self.cores}")
            connection.execute(f"set memory_limit = '{self.memory_limit}'")
            connection.execute(f"set temp_directory = '{self.work_path / 'spill'}'")
            connection.execute("set preserve_insertion_order = false")
            connection.execute("set enable_progress_bar = false")
            for table in LAKE_TABLES.values():
                connection.execute(f"create view {table.name} as {self.table_sql(table.name)}")
            yield connection
        finally:
            connection.close()

    def table_sql(self, name: str, version: int | None = None) -> str:
        """A query for a table's rows, at its present or an earlier version. No row before the first commit."""
        table = LAKE_TABLES[name]
        path = self.table_path(name)
        if not DeltaTable.is_deltatable(str(path)):
            return table.empty_sql
        files = sorted(DeltaTable(str(path), version=version).file_uris())
        if not files:
            return table.empty_sql
        listed = ", ".join(literal(file) for file in files)
        # Partition columns live in the folder names; the cast puts every column back in the table's own order and type.
        columns = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in table.columns.items())
        return f"select {columns} from read_parquet([{listed}], hive_partitioning = true, hive_types_autocast = false)"

    def version(self, name: str) -> int | None:
        """The table's present version; None before its first commit."""
        path = str(self.table_path(name))
        return DeltaTable(path).version() if DeltaTable.is_deltatable(path) else None

    def replace_table(
        self,
        name: str,
        queries: str | Iterable[tuple[str, str]],
        connection: duckdb.DuckDBPyConnection,
        partitions: Sequence[str] | None = None,
        order_by: str | None = None,
    ) -> int:
        """Make the queries' rows the table's, or those of the named `partitions` only. Returns the number of rows written.

        `queries` is one query, or pairs of a value of the table's partition column and the query of that partition's rows.
        With `partitions` the rows of those values are replaced, all others stay; no row of another value may come.
        However many queries, one commit: all or nothing.
        """
        table = LAKE_TABLES[name]
        path = self.table_path(name)
        path.mkdir(parents=True, exist_ok=True)
        pairs = [(None, queries)] if isinstance(queries, str) else queries
        actions = [
            action for value, query in pairs for action in self._write_files(table, query, connection, value, order_by)
        ]
        if table.partition_by and partitions is not None:
            written = {action.partition_values[table.partition_by[0]] for action in actions}
            if strange := written - set(partitions):
                raise ValueError(f"{name}: rows of partitions {sorted(map(str, strange))} in a commit for {partitions}")
        self._commit(table, actions, partitions)
        return sum(json.loads(action.stats)["numRecords"] for action in actions)

    def _write_files(
        self,
        table: Table,
        query: str,
        connection: duckdb.DuckDBPyConnection,
        partition: str | None,
        order_by: str | None,
    ) -> list[AddAction]:
        """Write the query's rows as Parquet files below the table's folder: one a partition value, none without rows."""
        path = self.table_path(table.name)
        batch = uuid.uuid4().hex
        keys = {} if partition is None else {table.partition_by[0]: partition}
        columns = ", ".join(
            f'cast("{column}" as {kind}) as "{column}"' for column, kind in table.columns.items() if column not in keys
        )
        select = f"select {columns} from ({query})" + (f" order by {order_by}" if order_by else "")
        options = "format parquet, return_stats, compression zstd"
        if partition is None and table.partition_by:
            target = path
            options += f", partition_by ({', '.join(table.partition_by)}), overwrite_or_ignore"
            options += f", filename_pattern 'part-{batch}-{{i}}'"
        else:  # one file: much quicker than having the engine sort rows into partitions
            target = path.joinpath(*(f"{key}={value}" for key, value in keys.items())) / f"part-{batch}-0.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"set preserve_insertion_order = {'true' if order_by else 'false'}")
        try:
            rows = connection.execute(f"copy ({select}) to {literal(target)} ({options})").fetchall()
        finally:
            connection.execute("set preserve_insertion_order = false")
        now = int(datetime.now(UTC).timestamp() * 1000)
        return [
            AddAction(
                path=Path(file).relative_to(path).as_posix(),
                size=size,
                partition_values=texts(keys or written_keys or {}),
                modification_time=now,
                data_change=True,
                stats=json.dumps({"numRecords": count}),
            )
            for file, count, size, _footer, _column_stats, written_keys, _extra in rows
            if count
        ]

    def _commit(self, table: Table, actions: list[AddAction], partitions: Sequence[str] | None) -> None:
        path = str(self.table_path(table.name))
        schema = delta_schema(table)
        partition_by = list(table.partition_by)
        if not DeltaTable.is_deltatable(path):
            create_table_with_add_actions(path, schema, actions, mode="ignore", partition_by=partition_by)
            return
        # Removals are named one by one: an overwrite by partition filter does not commit when nothing is added.
        delta = DeltaTable(path)
        now = int(datetime.now(UTC).timestamp() * 1000)
        removals = [
            RemoveAction(file["path"], True, now, file["size_bytes"], texts(file.get("partition") or {}))
            for file in pa.table(delta.get_add_actions()).to_pylist()
            if partitions is None or str(file["partition"][partition_by[0]]) in partitions
        ]
        if actions or removals:
            delta.create_write_transaction([*removals, *actions], "append", schema, partition_by)


def texts(values: Mapping[str, object]) -> dict[str, str | None]:
    """Partition values as Delta keeps them; dates come back from it as dates."""
    return {name: None if value is None else str(value) for name, value in values.items()}


_ARROW_TYPES = {
    "varchar": pa.string(),
    "date": pa.date32(),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}


def delta_schema(table: Table) -> Schema:
    """The table's Delta schema; every column may be null."""
    return Schema.from_arrow(pa.schema([(column, _ARROW_TYPES[kind]) for column, kind in table.columns.items()]))
