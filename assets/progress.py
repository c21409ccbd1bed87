"""The month's figures: every number that its bulletins print, and which of them are withheld."""

from datetime import date

import dagster as dg
import duckdb

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import bulletin_months
from xueji.assets.progress_figures import make_figures, period_of
from xueji.assets.steps import stage
from xueji.checks.catalogue import RULES
from xueji.checks.model import XuejiError


@dg.asset(
    partitions_def=bulletin_months,
    group_name="reports",
    deps=[
        dg.AssetDep("findings", partition_mapping=dg.AllPartitionMapping()),
        dg.AssetDep("cases", partition_mapping=dg.AllPartitionMapping()),
        dg.AssetDep("core_students", partition_mapping=dg.AllPartitionMapping()),
    ],
    check_specs=[dg.AssetCheckSpec("sums_hold", asset="progress", blocking=True)],
)
def progress(context: dg.AssetExecutionContext, cluster: Engine) -> dg.MaterializeResult:
    """Every figure the month's bulletins print, as of the month's newest night. A sum that does not hold stops the build."""
    month = context.partition_key
    with cluster.session() as connection, stage("progress"):
        period = period_of(connection, month, newest_night(connection, month))
        versions = {table: cluster.version(table) for table in LAKE_TABLES}
        # Their sums are checked before they are committed: figures that do not add up never become the month's.
        checked = make_figures(connection, period, versions, RULES)
        order = "level, code, indicator"
        written = cluster.replace_table(
            "progress", "select * from month_progress", connection, partitions=[month], order_by=order
        )
        overview = counts_markdown(
            connection,
            """
            select indicator, cast(value as bigint) as value from month_progress
            where level = 'national' and mark is null
                and (indicator = 'students' or indicator like 'pending_%' or indicator like 'quality_%')
                and value = floor(value)
            order by indicator
            """,
        )
    return dg.MaterializeResult(
        metadata={"dagster/row_count": written, "nation": overview},
        check_results=[dg.AssetCheckResult(check_name="sums_hold", passed=True, metadata={"sums": checked})],
    )


def newest_night(connection: duckdb.DuckDBPyConnection, month: str) -> date:
    """The month's newest night with findings, which is the newest of all: older months are rendered from `progress`."""
    night: date | None = connection.execute("select max(\"date\") from deliveries where kind = 'students'").fetchall()[
        0
    ][0]
    if night is None or f"{night:%Y-%m}" != month:
        raise XuejiError(f"month {month}: the newest night is {night}, expected one of that month")
    return night
