"""A connection to Spark that does what the steps ask of one to DuckDB: statements, temporary tables, results.

Temporary tables are Parquet files under HOME/work: a step reads them several times, and a worker that dies costs the tasks that it
had, not the tables. All machines see HOME.
"""

import shutil
import uuid
import warnings
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import LongType, NullType, StringType, StructField, StructType
from sqlglot import exp

from xueji.assets.engine import duckdb_hash
from xueji.assets.spark_dialect import (
    DUCKDB_HASH,
    ONE_ROW_TABLES,
    parsed,
    replace_scan,
    scanned_paths,
    scans,
    spark_sql,
)

CONFIGURATION = {
    "spark.sql.ansi.enabled": "true",  # what cannot be cast is an error, as in DuckDB
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.sql.parquet.compression.codec": "snappy",
    "spark.sql.legacy.parquet.nanosAsLong": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


@cache
def spark_session(master: str | None) -> SparkSession:
    """The process's session with a master; None: the one that Spark's own configuration says."""
    # Nothing here is a pandas frame.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    builder = SparkSession.builder.appName("xueji")
    if master:
        builder = builder.master(master)
    for name, value in CONFIGURATION.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


class SparkConnection:
    """Stands for a DuckDB connection, as far as the steps that run here need one."""

    def __init__(self, spark: SparkSession, scratch: Path) -> None:
        self._spark = spark
        self._scratch = scratch
        self._tables: dict[str, Path | None] = {}  # temporary tables and where their files lie; None: a view
        self._result: DataFrame | None = None
        spark.udf.register(DUCKDB_HASH, f.arrow_udf(duckdb_hash, LongType()))

    def execute(self, text: str, parameters: Any = None) -> Self:
        for tree in parsed(text):
            self._run(tree, parameters)
        return self

    def sql(self, text: str) -> Self:
        return self.execute(text)

    def cursor(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """A cursor is this connection: nothing to close."""

    def register(self, name: str, rows: pa.Table) -> None:
        self._spark.createDataFrame(rows.cast(plain_schema(rows.schema))).createOrReplaceTempView(name)

    def unregister(self, name: str) -> None:
        self._spark.catalog.dropTempView(name)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.frame.collect()]

    def pl(self) -> pl.DataFrame:
        found = pl.from_arrow(self.frame.toArrow())
        assert isinstance(found, pl.DataFrame)
        return found

    @property
    def description(self) -> list[tuple[str]]:
        return [(name,) for name in self.frame.columns]

    @property
    def frame(self) -> DataFrame:
        assert self._result is not None
        return self._result

    def query(self, tree: exp.Expression, parameters: Any = None) -> DataFrame:
        """The frame of a query in DuckDB's words."""
        for scan in scans(tree):
            replace_scan(scan, self._scan(scanned_paths(scan)))
        text = spark_sql(tree)
        return self._spark.sql(text, args=parameters) if parameters else self._spark.sql(text)

    def create(self, name: str, frame: DataFrame) -> None:
        """Make the frame's rows a temporary table."""
        folder = self._write(frame, name)
        self._tables[name] = folder
        self._show(name, folder, frame.schema)
        self._result = self._spark.table(name).select(f.count("*"))  # DuckDB answers with the number of rows

    def _run(self, tree: exp.Expression, parameters: Any) -> None:
        if isinstance(tree, exp.Create):
            self._create(tree)
        elif isinstance(tree, exp.Insert):
            self._insert(tree)
        elif isinstance(tree, exp.Delete):
            name = tree.this.name
            self.create(name, self._spark.table(name).limit(0))
        elif isinstance(tree, exp.Drop):
            name = next(tree.find_all(exp.Table)).name
            self._spark.catalog.dropTempView(name)
            if folder := self._tables.pop(name, None):
                shutil.rmtree(folder)
        elif not isinstance(tree, exp.Set):
            self._result = self.query(tree, parameters)

    def _create(self, tree: exp.Create) -> None:
        name = tree.this.this.name if isinstance(tree.this, exp.Schema) else tree.this.name
        if isinstance(tree.this, exp.Schema):
            columns = ((column.name, column.kind.sql("spark")) for column in tree.this.expressions)
            nulls = ", ".join(f"cast(null as {kind}) as `{column}`" for column, kind in columns)
            self.create(name, self._spark.sql(f"select {nulls} limit 0"))
        elif name in ONE_ROW_TABLES:
            for column in tree.expression.selects:
                value = spark_sql(column.this)
                self._spark.sql(f"declare or replace variable {column.alias} = {value}")
        elif tree.kind == "VIEW":
            self.query(tree.expression).createOrReplaceTempView(name)
        else:
            self.create(name, self.query(tree.expression))

    def _insert(self, tree: exp.Insert) -> None:
        name = tree.this.name
        table = self._spark.table(name)
        rows = self.query(tree.expression)
        if not tree.args.get("by_name"):
            rows = rows.toDF(*table.columns[: len(rows.columns)])
        known = set(rows.columns)
        columns = [
            (f.col(field.name) if field.name in known else f.lit(None)).cast(field.dataType).alias(field.name)
            for field in table.schema
        ]
        folder = self._tables[name]
        assert folder is not None
        added = self._write(rows.select(*columns), name)
        for file in added.glob("*.parquet"):
            file.rename(folder / f"{added.name}-{file.name}")
        self._show(name, folder, table.schema)

    def _write(self, frame: DataFrame, name: str) -> Path:
        folder = self._scratch / f"{name}-{uuid.uuid4().hex}"
        void = [field.name for field in frame.schema if isinstance(field.dataType, NullType)]
        for column in void:
            frame = frame.withColumn(column, f.col(column).cast("string"))
        frame.write.parquet(str(folder))
        return folder

    def _show(self, name: str, folder: Path, schema: StructType) -> None:
        fields = [
            StructField(field.name, StringType() if isinstance(field.dataType, NullType) else field.dataType)
            for field in schema
        ]
        self._spark.read.schema(StructType(fields)).parquet(str(folder)).createOrReplaceTempView(name)

    def _scan(self, paths: Sequence[str]) -> str:
        """A view of Parquet files with their partition values, as texts."""
        view = f"files_{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(paths)).hex}"
        if view not in self._tables:
            self._tables[view] = None
            first = Path(paths[0])
            folders = list(takewhile(lambda part: "=" in part, reversed(first.parent.parts)))
            keys = [part.split("=", 1)[0] for part in reversed(folders)]
            root = first.parents[len(keys)]
            stored = from_arrow_schema(pq.read_schema(first))
            schema = StructType([*stored, *(StructField(key, StringType()) for key in keys)])
            frame = self._spark.read.schema(schema).option("basePath", str(root)).parquet(*paths)
            # Spark reads %E5%B9%BF byte by byte. Where there is none of it, files are still chosen by their partitions.
            for key in keys if any("%" in path for path in paths) else ():
                frame = frame.withColumn(key, f.decode(f.encode(key, "ISO-8859-1"), "UTF-8"))
            frame.createOrReplaceTempView(view)
        return view


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The columns as Spark takes them: no unsigned numbers, no views of texts."""

    def plain(kind: pa.DataType) -> pa.DataType:
        if pa.types.is_unsigned_integer(kind):
            return {8: pa.int16(), 16: pa.int32(), 32: pa.int64(), 64: pa.int64()}[kind.bit_width]
        return pa.string() if pa.types.is_string_view(kind) or pa.types.is_large_string(kind) else kind

    return pa.schema([pa.field(field.name, plain(field.type)) for field in schema])
