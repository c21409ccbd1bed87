"""Each unit's students as delivered."""

from collections.abc import Iterator

import dagster as dg

from xueji.assets.engine import Engine
from xueji.assets.intake import clear_staging, delivery_sql, record_intakes, take_in_units
from xueji.assets.landing_folder import Landing
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import dates_and_units, dates_and_units_of
from xueji.checks.landing_contract import EXPECTATIONS
from xueji.checks.sql_text import literal
from xueji.checks.tables import RAW_STUDENTS


@dg.asset(
    partitions_def=dates_and_units,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="landing",
    check_specs=[
        dg.AssetCheckSpec(name, asset="raw_students", description=text) for name, text in EXPECTATIONS.items()
    ],
)
def raw_students(
    context: dg.AssetExecutionContext, engine: Engine, landing: Landing
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """One row a student as delivered, per unit; a refused delivery leaves the unit's last good snapshot in place."""
    date, units = dates_and_units_of(list(context.partition_keys))
    intakes = take_in_units(engine, landing, date, units)
    accepted = [intake for intake in intakes if intake.verdict == "accepted"]
    with engine.session() as connection:
        rows = engine.replace_table(
            "raw_students",
            (
                (
                    intake.unit_code,
                    f"""
                    select {literal(intake.unit_code)} as unit_code, date '{date}' as delivery_date,
                        * exclude (unit_code, delivery_date)
                    from (select * from ({RAW_STUDENTS.empty_sql}) union all by name ({delivery_sql(intake.staged)}))
                    """,
                )
                for intake in accepted
                if intake.staged
            ),
            connection,
            partitions=[intake.unit_code for intake in accepted],
        )
        record_intakes(engine, connection, date, "students", intakes)
    clear_staging(engine)
    with engine.session() as connection:
        overview = counts_markdown(
            connection,
            f"""
            select unit_code, verdict, count(*) as files, sum(rows_delivered) as delivered,
                sum(rows_accepted) as accepted, sum(rows_quarantined) as quarantined,
                round(100.0 * sum(rows_quarantined) / nullif(sum(rows_delivered), 0), 3) as quarantined_percent
            from deliveries
            where kind = 'students' and "date" = date '{date}'
            group by unit_code, verdict
            order by unit_code, verdict
            """,
        )
    yield dg.MaterializeResult(metadata={"dagster/row_count": rows, "deliveries": overview})
    for name in EXPECTATIONS:
        failed = [
            result
            for intake in intakes
            for result in intake.contract
            if result.expectation == name and not result.passed
        ]
        # Never an error: one bad unit must not turn the nation's run red. The verdict is in `deliveries`.
        yield dg.AssetCheckResult(
            check_name=name,
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"units": ", ".join(result.unit_code for result in failed) or "none"},
        )
