"""The DuckDB engine over the lake: the only place that opens a connection or commits a table.

A table is a Delta Lake table under `lake/`. DuckDB writes its Parquet files, then one Delta commit makes them the
table's state: a process killed before the commit leaves the state as it was, and files nobody refers to.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import dagster as dg
import duckdb
import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from xueji.assets.lake_files import LakeFile, files_of, last_commit, parquet_sql, snapshot_dates_of, texts
from xueji.assets.lake_session import lake_session
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.layers import layers_sql
from xueji.checks.sql_text import literal
from xueji.checks.tables import CORE_READ, Table

Basis = Mapping[str, object]
Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
BATCH = 1_000_000  # rows given to a Python function together: some 300 MB of pairs


class Engine(dg.ConfigurableResource):
    """Runs SQL text over lake tables and replaces tables, or partitions of them, atomically."""

    home: str
    threads: int = 0  # 0: as many as the machine has
    memory_limit: str = "10GB"  # of DuckDB's buffers; the process needs a little more
    spill_limit: str = "40GB"  # of the spill files under HOME/work/spill
    afresh: bool = False  # make everything anew, whatever is known of earlier nights

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

    @property
    def at_hand(self) -> "Engine":
        """An engine in this process, for tables of few rows: this one."""
        return self

    def table_path(self, name: str) -> Path:
        return self.home_path / "lake" / name

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees no table."""
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"set threads = {self.cores}")
            connection.execute(f"set memory_limit = '{self.memory_limit}'")
            connection.execute(f"set temp_directory = '{self.work_path / 'spill'}'")
            connection.execute(f"set max_temp_directory_size = '{self.spill_limit}'")
            connection.execute("set preserve_insertion_order = false")
            connection.execute("set enable_progress_bar = false")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def session(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees every lake table but the raw one as a view of its present state."""
        # The raw one has as many files as were delivered: it is opened by those who need it.
        views = {name: self.table_sql(name) for name in LAKE_TABLES if name != "raw_students"}
        with self.connection() as connection:
            yield lake_session(connection, views)

    def spread(
        self,
        work: Callable[["Engine", duckdb.DuckDBPyConnection, Piece], Outcome],
        pieces: Sequence[Piece],
        at_once: int = 1,
        sees_lake: bool = True,
    ) -> Iterator[Outcome]:
        """What `work` makes of each of some independent pieces, in their order; here `at_once` of them at a time.

        It is given an engine, a connection of its own, of a session if it is to see the lake's tables, and the piece. An engine of
        many machines does the pieces elsewhere: `work` is a function of a module, pieces and outcomes are plain values.
        """
        with self.session() if sees_lake else self.connection() as connection, ThreadPoolExecutor(at_once) as pool:

            def done(piece: Piece) -> Outcome:
                with connection.cursor() as cursor:
                    return work(self, cursor, piece)

            yield from pool.map(done, pieces)

    def mapped(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        query: str,
        function: Callable[[pl.DataFrame], pl.DataFrame],
        together: str | None = None,
        batch: int = BATCH,
    ) -> None:
        """Leave as the table `name` what a function makes of a query's rows, batch by batch of about so many rows: no batch looks at another.

        With `together` rows of one value of that column are in one batch. The function also takes a frame without a row, and is of
        a module: another engine carries it to other machines.
        """
        relation = connection.sql(query)
        if together:
            made = [function(relation.pl())]
        else:
            reader = relation.to_arrow_reader(batch)
            schema = reader.schema
            made = [
                function(frame_of_batches(schema, [])),
                *(function(frame) for frame in gathered(schema, reader, batch)),
            ]
        connection.register(name, pl.concat(made).to_arrow())

    def portions(self, units: Sequence[str]) -> list[list[str]]:
        """The units, cut into portions whose records are laid out together: here one by one, so that memory holds one unit's."""
        return [[unit] for unit in units]

    def files(self, name: str, version: int | None = None) -> list[LakeFile]:
        """The files of a table's present or earlier state, in the order of their paths. None before the first commit."""
        path = self.table_path(name)
        return list(files_of(path, last_commit(path), version))

    def table_sql(self, name: str, version: int | None = None) -> str:
        """A query for a table's rows, at its present or an earlier version. No row before the first commit."""
        return self.files_sql(name, self.files(name, version))

    def files_sql(self, name: str, files: Sequence[LakeFile]) -> str:
        """A query for the rows of some of a table's files, as readers see them."""
        table = LAKE_TABLES[name]
        if name == "core_students":
            return self.dated_sql(CORE_READ.read_sql(f"({layers_sql([file.path for file in files])})"))
        if not files:
            query = table.empty_sql
        elif name == "raw_students":  # a file has the columns that were delivered in it
            rows = f"select * from {parquet_sql([file.path for file in files], by_name=True)}"
            query = table.read_sql(f"(from ({table.empty_sql}) union all by name {rows})")
        else:
            query = table.read_sql(parquet_sql([file.path for file in files]))
        return self.dated_sql(query) if table.is_dated else query

    def dated_sql(self, query: str) -> str:
        """The query with `as_of`, the delivery date that each unit's records stand for."""
        days = self.snapshot_dates()
        units, dates = (", ".join(literal(value) for value in values) for values in (days.keys(), days.values()))
        as_of = f"cast(map([{units}], [{dates}])[unit_code] as date)" if days else "cast(null as date)"
        return f"select *, {as_of} as as_of from ({query}) as undated"

    def snapshot_dates(self) -> dict[str, str]:
        """The delivery date of each unit's snapshot in use, YYYY-MM-DD."""
        return dict(snapshot_dates_of(tuple(file.path for file in self.files("snapshots"))))

    def version(self, name: str) -> int | None:
        """The table's present version; None before its first commit."""
        commit = last_commit(self.table_path(name))
        return int(commit[0].split(".")[0]) if commit else None

    def basis(self, name: str) -> Basis:
        """What the table's last commit said it was made from; nothing when it did not say."""
        path = self.table_path(name)
        if last_commit(path) is None:
            return {}
        last = DeltaTable(str(path)).history(1)
        return json.loads(last[0].get("xueji_basis", "{}")) if last else {}

    def replace_table(
        self,
        name: str,
        queries: str | Iterable[tuple[str, str]],
        connection: duckdb.DuckDBPyConnection,
        partitions: Sequence[str] | None = None,
        order_by: str | None = None,
        basis: Basis | None = None,
    ) -> int:
        """Make the queries' rows the table's, or those of the named `partitions` only. Returns the number of rows written.

        `queries` is one query, or pairs of a value of the table's partition column and the query of that partition's rows.
        With `partitions` the rows of those values are replaced, all others stay; no row of another value may come.
        However many queries, one commit: all or nothing. `basis` is kept with the commit: what the rows were made from.
        """
        table = LAKE_TABLES[name]
        pairs = [(None, queries)] if isinstance(queries, str) else queries
        added: list[LakeFile] = []
        for value, query in pairs:
            keys = {} if value is None else {table.partition_by[0]: value}
            added += self.write_files(name, query, connection, keys, order_by)
        if table.partition_by and partitions is not None:
            written = {file.partition[table.partition_by[0]] for file in added}
            if strange := written - set(partitions):
                raise ValueError(f"{name}: rows of partitions {sorted(map(str, strange))} in a commit for {partitions}")
        replaced = [
            file
            for file in self.files(name)
            if partitions is None or file.partition[table.partition_by[0]] in partitions
        ]
        self.commit(name, added, replaced, basis)
        return sum(file.rows for file in added)

    def write_files(
        self,
        name: str,
        query: str,
        connection: duckdb.DuckDBPyConnection,
        keys: Mapping[str, str],
        order_by: str | None = None,
        stem: str = "part",
    ) -> list[LakeFile]:
        """Write the query's rows as Parquet files below the table's folder, for a commit: none without rows.

        With `keys` they are all rows of those partition values and go into one file: much quicker than sorting them out.
        """
        table = LAKE_TABLES[name]
        path = self.table_path(name)
        path.mkdir(parents=True, exist_ok=True)
        select = stored_sql(table, query, keys, order_by)
        options = (
            "format parquet, return_stats, compression snappy, write_bloom_filter false, dictionary_size_limit 4000"
        )
        if not keys and table.partition_by:
            target = path
            columns = ", ".join(f'"{column}"' for column in table.partition_by)  # "at" is a word of SQL
            options += f", partition_by ({columns}), overwrite_or_ignore"
            options += f", filename_pattern '{stem}-{{uuid}}'"
        else:
            target = self.partition_path(name, keys) / f"{stem}-{uuid.uuid4()}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"set preserve_insertion_order = {'true' if order_by else 'false'}")
        try:
            rows = connection.execute(f"copy ({select}) to {literal(target)} ({options})").fetchall()
        finally:
            connection.execute("set preserve_insertion_order = false")
        return [
            LakeFile(Path(file), count, size, texts(keys or written_keys or {}))
            for file, count, size, _footer, _column_stats, written_keys, _extra in rows
            if count
        ]

    def partition_path(self, name: str, keys: Mapping[str, str]) -> Path:
        """The folder of a partition's files; values are written as in an address, as Hive does."""
        return self.table_path(name).joinpath(*(f"{key}={quote(value, safe='')}" for key, value in keys.items()))

    def commit(
        self, name: str, added: Sequence[LakeFile], removed: Sequence[LakeFile] = (), basis: Basis | None = None
    ) -> None:
        """Make files part of the table's state and take others out of it, at one stroke."""
        table = LAKE_TABLES[name]
        folder = self.table_path(name)
        schema = delta_schema(table)
        partition_by = list(table.partition_by)
        now = int(datetime.now(UTC).timestamp() * 1000)
        additions = [
            AddAction(
                path=file.path.relative_to(folder).as_posix(),
                size=file.size,
                partition_values=dict(file.partition),
                modification_time=now,
                data_change=True,
                stats=json.dumps({"numRecords": file.rows}),
            )
            for file in added
        ]
        # Removals are named one by one: an overwrite by partition filter does not commit when nothing is added.
        removals = [
            RemoveAction(file.path.relative_to(folder).as_posix(), True, now, file.size, dict(file.partition))
            for file in removed
        ]
        said = CommitProperties(custom_metadata={"xueji_basis": json.dumps(basis or {}, sort_keys=True)})
        if last_commit(folder) is None:
            create_table_with_add_actions(
                str(folder), schema, additions, mode="ignore", partition_by=partition_by, commit_properties=said
            )
        elif additions or removals or basis:
            DeltaTable(str(folder)).create_write_transaction(
                [*removals, *additions], "append", schema, partition_by, commit_properties=said
            )


def stored_sql(table: Table, query: str, keys: Mapping[str, str], order_by: str | None) -> str:
    """A query for the stored columns of a table but its `keys`, over one that has them."""
    columns = ", ".join(
        f'cast("{column}" as {kind}) as "{column}"' for column, kind in table.columns.items() if column not in keys
    )
    return f"select {columns} from ({query}) as written" + (f" order by {order_by}" if order_by else "")


def gathered(schema: pa.Schema, batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pl.DataFrame]:
    """Batches put together to frames of about so many rows."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= rows:
            yield frame_of_batches(schema, waiting)
            waiting = []
    if waiting:
        yield frame_of_batches(schema, waiting)


def frame_of_batches(schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches(batches) if batches else schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def duckdb_hash(*columns: pa.Array) -> pa.Array:
    """DuckDB's own hash of rows of values, its 64 bits as a bigint: for engines that have another."""
    table = pa.table({f"c{place}": column for place, column in enumerate(columns)})
    connection = _hasher()
    connection.register("given", table)
    hashes = connection.sql(f"select hash({', '.join(table.column_names)}) as hash from given").to_arrow_table()
    return hashes["hash"].combine_chunks().view(pa.int64())


@cache
def _hasher() -> duckdb.DuckDBPyConnection:
    """This process's connection for hashing: one a batch would cost more than the hashes."""
    return duckdb.connect(":memory:", config={"threads": 1})


def text_digest(text: str) -> str:
    """A short digest of SQL text and engine: rows that another text made are made anew."""
    return sha256(f"{duckdb.__version__} {text}".encode()).hexdigest()[:16]


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
