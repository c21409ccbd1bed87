"""Each unit's students as delivered."""

from collections.abc import Iterator

import dagster as dg

from xueji.assets.engine import Engine
from xueji.assets.intake import clear_staging, record_intakes
from xueji.assets.landing_folder import Landing
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import dates_and_units, dates_and_units_of
from xueji.assets.unit_deliveries import take_in_units, write_raw
from xueji.checks.landing_contract import EXPECTATIONS


@dg.asset(
    partitions_def=dates_and_units,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="landing",
    check_specs=[
        dg.AssetCheckSpec(name, asset="raw_students", description=text) for name, text in EXPECTATIONS.items()
    ],
)
def raw_students(
    context: dg.AssetExecutionContext, cluster: Engine, landing: Landing
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """One row a student as delivered, per unit; a refused delivery leaves the unit's last good snapshot in place."""
    date, units = dates_and_units_of(list(context.partition_keys))
    deliveries = take_in_units(cluster, landing, date, units)
    intakes = [delivery.intake for delivery in deliveries]
    accepted = [delivery for delivery in deliveries if delivery.intake.verdict == "accepted"]
    write_raw(cluster, date, accepted)
    with cluster.at_hand.session() as connection:
        record_intakes(cluster.at_hand, connection, date, "students", intakes)
    clear_staging(cluster)
    rows = sum(reading.facts.rows_accepted for delivery in accepted for reading in delivery.taken)
    with cluster.at_hand.session() as connection:
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
