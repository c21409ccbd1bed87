"""The Spark engine over the same lake: queries run on a cluster, files are written by its workers, and one Delta commit makes them the table's state.

What is a step of set SQL runs as Spark SQL (`spark_dialect.py`). What reads delivered files or types them, in DuckDB's own words, runs
as tasks: a DuckDB in the worker does a file or a unit (`spread`). Both write the very rows that DuckDB writes on one machine.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from xueji.assets.engine import BATCH, Engine, Outcome, Piece, frame_of_batches, gathered, stored_sql
from xueji.assets.lake_files import LakeFile
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.spark_session import SparkConnection, plain_schema, spark_session

GROUP, GROUPS = "group_of_rows", 1_000  # rows that belong together are put into so many groups
NO_PARTITION = "__HIVE_DEFAULT_PARTITION__"


class SparkEngine(Engine):
    """Does on a Spark cluster what `Engine` does in one process. HOME lies where all its machines see it."""

    master: str | None = None  # as Spark writes it: spark://host:7077, yarn; None: what its own configuration says

    @property
    def at_hand(self) -> Engine:
        """A DuckDB in this process."""
        return Engine(**self.on_one_machine | {"threads": self.threads})

    @property
    def on_one_machine(self) -> dict[str, Any]:
        """The fields of the engine that a task has: one core of its worker's."""
        return {
            "home": self.home,
            "threads": 1,
            "memory_limit": self.memory_limit,
            "spill_limit": self.spill_limit,
            "afresh": self.afresh,
        }

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to Spark that sees no table."""
        scratch = self.work_path / "spark" / uuid.uuid4().hex
        spark = spark_session(self.master).newSession()
        connection: Any = SparkConnection(spark, scratch)
        try:
            yield connection
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def spread(
        self,
        work: Callable[[Engine, duckdb.DuckDBPyConnection, Piece], Outcome],
        pieces: Sequence[Piece],
        at_once: int = 1,
        sees_lake: bool = True,
    ) -> Iterator[Outcome]:
        """A task a piece, with a DuckDB of its own in the worker."""
        fields = self.on_one_machine

        def task(piece: Piece) -> Outcome:
            engine = Engine(**fields)
            with engine.session() if sees_lake else engine.connection() as connection:
                return work(engine, connection, piece)

        context = spark_session(self.master).sparkContext
        pieces = list(pieces)
        if pieces:
            yield from context.parallelize(pieces, len(pieces)).map(task).collect()

    def mapped(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        query: str,
        function: Callable[[pl.DataFrame], pl.DataFrame],
        together: str | None = None,
        batch: int = BATCH,
    ) -> None:
        """The function over Arrow batches in the workers (`mapInArrow`); rows that belong together as one group (`applyInArrow`)."""
        spark: SparkConnection = connection
        frame = spark.sql(query).frame
        given = to_arrow_schema(frame.schema)
        made = plain_schema(function(frame_of_batches(given, [])).to_arrow().schema)

        def of_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for rows in gathered(given, batches, batch):
                yield from function(rows).to_arrow().cast(made).to_batches()

        def of_group(rows: pa.Table) -> pa.Table:
            return function(frame_of_batches(given, rows.drop_columns([GROUP]).to_batches())).to_arrow().cast(made)

        schema = from_arrow_schema(made)
        if together:
            groups = f.pmod(f.hash(together), f.lit(GROUPS))
            result = frame.withColumn(GROUP, groups).groupBy(GROUP).applyInArrow(of_group, schema)
        else:
            result = frame.mapInArrow(of_batches, schema)
        spark.create(name, result)

    def portions(self, units: Sequence[str]) -> list[list[str]]:
        """All units at once: the cluster's memory holds what it likes of them."""
        return [list(units)]

    def write_files(
        self,
        name: str,
        query: str,
        connection: duckdb.DuckDBPyConnection,
        keys: Mapping[str, str],
        order_by: str | None = None,
        stem: str = "part",
    ) -> list[LakeFile]:
        """Write the query's rows as `Engine.write_files` does; a worker's part becomes a file, or one in each partition."""
        table = LAKE_TABLES[name]
        partition_by = [] if keys else list(table.partition_by)
        spark: SparkConnection = connection
        frame = spark.execute(stored_sql(table, query, keys, order_by)).frame
        scratch = self.work_path / "spark" / uuid.uuid4().hex
        writer = frame.write.partitionBy(*partition_by) if partition_by else frame.write
        writer.parquet(str(scratch))
        written = []
        for file in sorted(scratch.rglob("*.parquet")):
            rows = pq.read_metadata(file).num_rows
            if not rows:
                continue
            values = dict(keys) if keys else partition_values(file.relative_to(scratch))
            target = (
                self.partition_path(name, {key: value or "" for key, value in values.items()})
                / f"{stem}-{uuid.uuid4()}.parquet"
            )
            target.parent.mkdir(parents=True, exist_ok=True)
            file.rename(target)
            written.append(LakeFile(target, rows, target.stat().st_size, values))
        shutil.rmtree(scratch, ignore_errors=True)
        return written


def partition_values(file: Path) -> dict[str, str | None]:
    """The values in a path that Spark wrote."""
    pairs = (part.split("=", 1) for part in file.parent.parts)
    return {key: None if value == NO_PARTITION else unquote(value) for key, value in pairs}
