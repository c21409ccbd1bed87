"""What a night does for the ledger beside stepping it: answers taken in, corrected records checked, signals looked for."""

import dagster as dg

from xueji.assets.answers import take_in_answers
from xueji.assets.change_checks import check_changes
from xueji.assets.engine import Engine
from xueji.assets.landing_folder import Landing
from xueji.assets.oversight import update_integrity_signals
from xueji.assets.partitions import delivery_dates
from xueji.assets.seal import Seal
from xueji.assets.steps import stage


@dg.asset(partitions_def=delivery_dates, group_name="cases", deps=["core_schools"])
def answers(
    context: dg.AssetExecutionContext, engine: Engine, landing: Landing, seal: dg.ResourceParam[Seal]
) -> dg.MaterializeResult:
    """What schools and authorities sent back since the last night, row by row: taken, or refused with a reason."""
    with stage("answers"):
        rows = take_in_answers(engine, seal, landing, context.partition_key)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


@dg.asset(partitions_def=delivery_dates, group_name="cases", deps=["answers", "findings"])
def change_checks(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """The corrected records of changes that passed their audit, held against every rule, the nation and the register."""
    with stage("change checks"):
        rows = check_changes(engine, context.partition_key)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


@dg.asset(partitions_def=delivery_dates, group_name="cases", deps=["cases"])
def integrity_signals(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """What the ministry should look into: reasons, never verdicts."""
    with stage("integrity signals"):
        rows = update_integrity_signals(engine, context.partition_key)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})
