"""What is wrong with the numbers that `id_format` and `id_checksum` found, and which numbers of the register they were meant for."""

from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from xueji.assets.engine import Engine, text_digest
from xueji.assets.lake_tables import ROW_FINDINGS
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import all_units_of_date, delivery_dates
from xueji.assets.steps import stage
from xueji.checks.number_autopsy import RULES, autopsies, repairs, under_their_names
from xueji.checks.number_slips import candidates
from xueji.checks.sql_text import literal_list

AUTOPSIES = "number_autopsies"
EDITION = "1"  # raised when checks/number_autopsy.py or number_slips.py comes to other verdicts: all are then made anew
BATCH = 100_000  # records looked at together: some 300 MB at most


@dg.asset(
    partitions_def=delivery_dates,
    group_name="findings",
    deps=[dg.AssetDep(ROW_FINDINGS, partition_mapping=all_units_of_date), "core_population"],
)
def number_autopsies(cluster: Engine) -> dg.MaterializeResult:
    """What is wrong with each broken number, and the number it was meant for where the register holds one under the same name."""
    with stage(AUTOPSIES):
        rows = update_number_autopsies(cluster)
    with cluster.at_hand.session() as connection:
        overview = counts_markdown(
            connection,
            f"select component, count(*) as numbers, count(*) filter (repairs = 1) as one_repair from {AUTOPSIES} "
            "group by component order by component",
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "by_component": overview})


def update_number_autopsies(engine: Engine) -> int:
    """Bring the table up to findings and register as they stand. Returns the number of rows."""
    after = {
        "findings": engine.version(ROW_FINDINGS),
        "population": engine.version("core_population"),
        "text": text_digest(EDITION + broken_numbers_sql()),
    }
    if engine.basis(AUTOPSIES) == after and not engine.afresh:
        return sum(file.rows for file in engine.files(AUTOPSIES))
    with engine.session() as connection:
        connection.execute(f"create temp table broken_numbers as {broken_numbers_sql()}")
        find_held_candidates(engine, connection)
        connection.execute(f"create temp table made as select * from {AUTOPSIES} limit 0")
        for broken, held in zip(
            batches(connection, "broken_numbers"), batches(connection, "held_candidates"), strict=True
        ):
            insert(connection, "made", autopsies(broken, repairs(under_their_names(held))))
        return engine.replace_table(AUTOPSIES, "select * from made", connection, basis=after)


def broken_numbers_sql() -> str:
    """A query for the records found, each once: what is compared, and `record_no`, by which batches are cut."""
    keys = "unit_code, record_key, content_hash"
    return f"""
        with found as (
            select content_hash, min(rule_id) as rule_id
            from {ROW_FINDINGS} where rule_id in {literal_list(RULES)}
            group by content_hash
        )
        select row_number() over (order by {keys}) as record_no, *
        from (
            select {keys}, any_value(rule_id) as rule_id, any_value(id_number) as number, any_value(name_folded) as name_folded,
                any_value(birth_date) as birth_date, any_value(sex_code) as sex_code, any_value(student_no) as student_no
            from core_students as students
            join found using (content_hash)
            where id_key is null and id_type = '1'
            group by {keys}
        )
    """


def find_held_candidates(engine: Engine, connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `held_candidates`: the candidates that the register holds, with both names.

    They are few beside the register, which is read through once, past a hash table of theirs.
    """
    # Without a register no candidate can be held.
    named = "select * from broken_numbers where name_folded is not null and exists (select 1 from core_population)"
    engine.mapped(connection, "number_candidates", named, candidates, batch=BATCH)
    connection.execute(
        """
        create temp table held_candidates as
        with held as (
            select number_candidates.*, register.name_folded as register_name_folded
            from core_population as register
            join number_candidates on number_candidates.id_key = register.id_key
        )
        select held.*, broken_numbers.name_folded
        from held
        join broken_numbers on broken_numbers.record_no = held.record_no
        """
    )


def batches(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[pl.DataFrame]:
    """The rows of `table` for every `BATCH` of broken numbers in turn."""
    last = connection.execute("select coalesce(max(record_no), 0) from broken_numbers").fetchall()[0][0]
    for first in range(1, last + 1, BATCH):
        yield connection.sql(f"select * from {table} where record_no between {first} and {first + BATCH - 1}").pl()


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Put rows into a temporary table, by the names of their columns."""
    connection.register("rows_given", rows.to_arrow())
    connection.execute(f"insert into {table} by name select * from rows_given")
    connection.unregister("rows_given")
