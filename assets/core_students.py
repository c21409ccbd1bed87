"""Students typed, folded and keyed."""

import dagster as dg

from xueji.assets.engine import Engine
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import dates_and_units, dates_and_units_of
from xueji.assets.steps import each
from xueji.checks.core_students import core_students_sql
from xueji.checks.sql_text import literal


@dg.asset(
    partitions_def=dates_and_units,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="core",
    deps=["raw_students"],
)
def core_students(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """One row a registration, of each unit's last good snapshot."""
    _, units = dates_and_units_of(list(context.partition_keys))
    with engine.session() as connection:
        queries = (
            (unit, core_students_sql(f"(select * from raw_students where unit_code = {literal(unit)})"))
            for unit in each("core_students", units)
        )
        rows = engine.replace_table("core_students", queries, connection, partitions=units)
    with engine.session() as connection:
        overview = counts_markdown(
            connection,
            """
            select unit_code, min(as_of) as snapshot, count(*) as rows, count(id_key) as numbers_in_order,
                count(distinct school_code) as schools
            from core_students
            group by unit_code
            order by unit_code
            """,
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "units": overview})
