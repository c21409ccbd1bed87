"""Which party of each duplicate group is probably right, and since when each party's record is known to stand as it does."""

import dagster as dg
import duckdb

from xueji.assets.candidates import GROUPS
from xueji.assets.case_ledger import table_before_sql, version_before
from xueji.assets.changes import CORE, files_then
from xueji.assets.engine import Engine
from xueji.assets.lake_tables import FINDINGS_PARTS
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import delivery_dates
from xueji.assets.steps import stage
from xueji.checks.suggested_holder import described_sql, holders_sql, parties_sql, sights_sql

HOLDERS, SIGHTS = "suggested_holders", "party_sights"


@dg.asset(
    partitions_def=delivery_dates,
    group_name="findings",
    deps=["findings", "core_schools", "core_population", "group_candidates"],
)
def suggested_holders(context: dg.AssetExecutionContext, cluster: Engine) -> dg.MaterializeResult:
    """One row a duplicate group and party: points, evidence, and whether it is suggested. Never a decision: no case depends on it."""
    with stage(HOLDERS):
        rows = update_suggested_holders(cluster, context.partition_key)
    with cluster.at_hand.session() as connection:
        overview = counts_markdown(
            connection,
            f"""select question, count(*) as parties, count(distinct group_key) as "groups",
                count(*) filter (is_suggested) as suggestions
            from {HOLDERS} group by question order by question""",
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "suggestions": overview})


def update_suggested_holders(engine: Engine, night: str) -> int:
    """Look at the parties as they stand and suggest. Returns the number of parties. The same night run again gives the same rows."""
    with engine.session() as connection:
        connection.execute(f"create or replace temp table parties as {parties_sql(FINDINGS_PARTS)}")
        create_party_records(connection)
        update_sights(engine, connection, night)
        connection.execute(f"create or replace temp table described_parties as {described_sql()}")
        return engine.replace_table(HOLDERS, holders_sql(), connection, order_by="unit_code, group_key, record_key")


def create_party_records(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `party_records`, the core rows of the parties. Only for parties that are no group candidates the core
    table is gone through.
    """
    chosen = "content_hash in (select content_hash from {})"
    connection.execute(
        f"create or replace temp table party_records as select * from {GROUPS} where {chosen.format('parties')}"
    )
    connection.execute(
        """create or replace temp table parties_elsewhere as
        select content_hash from parties where content_hash not in (select content_hash from party_records)"""
    )
    if connection.execute("select count(*) from parties_elsewhere").fetchall()[0][0]:
        connection.execute(
            f"insert into party_records by name select * from {CORE} where {chosen.format('parties_elsewhere')}"
        )


def update_sights(engine: Engine, connection: duckdb.DuckDBPyConnection, night: str) -> None:
    """Bring `party_sights` to the night and leave it as the temporary table `sights`.

    A night that is run again starts from the table, and from the core table, that it started from the first time.
    """
    basis = engine.basis(SIGHTS)
    before = version_before(engine, night, SIGHTS)
    core_before = basis.get("core_before" if basis.get("night") == night else "core")
    # The table itself as it was, not the patches since: a full run, or one after a kill, may have laid them together.
    past = files_then(engine, CORE, core_before)
    if past is not None:
        connection.execute(
            f"""create or replace temp table past_records as
            select content_hash, student_no_key from ({engine.files_sql(CORE, past)})
            where content_hash in (select content_hash from party_records)
                or student_no_key in (select student_no_key from party_records)"""
        )
    sights = table_before_sql(engine, night, SIGHTS)
    connection.execute(f"create or replace temp table sights as {sights_sql(night, sights, past is not None)}")
    engine.replace_table(
        SIGHTS,
        "select * from sights",
        connection,
        order_by="unit_code, record_key",
        basis={"night": night, "before": before, "core": engine.version(CORE), "core_before": core_before},
    )
