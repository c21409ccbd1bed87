"""What a night does for data-quality verification (数据质量核查), in order: each step one asset of the nation's run.

A night without campaign, forms or business passes through them and changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dagster as dg

from xueji.assets.business import take_in_business
from xueji.assets.campaign_windows import take_in_campaigns
from xueji.assets.core_forms import update_core_forms
from xueji.assets.docking import check_docking
from xueji.assets.engine import Engine
from xueji.assets.form_events import take_in_form_events
from xueji.assets.form_photos import take_in_photos
from xueji.assets.landing_folder import Landing
from xueji.assets.number_batch import update_number_batch
from xueji.assets.partitions import delivery_dates
from xueji.assets.rosters import take_in_rosters
from xueji.assets.steps import stage
from xueji.assets.storage_plan import plan_storage
from xueji.assets.verification_accounts import write_accounts
from xueji.assets.verification_lists import write_verification_lists
from xueji.assets.verification_matters import update_matters
from xueji.assets.verification_progress import update_verification_progress

GROUP = "verification"


@dataclass(frozen=True)
class Step:
    """One step of the night: the asset's name, what it says of itself, what it needs, what it does (rows written)."""

    name: str
    description: str
    deps: tuple[str, ...]
    work: Callable[[Engine, Landing, str], int]


STEPS = (
    Step(
        "campaign_windows",
        "The windows of the two switches, region by region, as ministry and units set them.",
        ("core_schools",),
        take_in_campaigns,
    ),
    Step(
        "verification_accounts",
        "Who may sign in with a dedicated account, from when until when.",
        ("campaign_windows",),
        lambda engine, _landing, night: write_accounts(engine, night),
    ),
    Step("business", "Registry business (学籍异动) as units deliver it.", ("core_schools",), take_in_business),
    Step("rosters", "Schools that were approved, and students found in class.", ("core_schools",), take_in_rosters),
    Step(
        "form_photos",
        "Photos of signed forms, matched by the code on them: taken, or refused with a reason.",
        ("campaign_windows",),
        take_in_photos,
    ),
    Step(
        "form_events",
        "What was said of forms, row by row: taken, or refused with a reason.",
        ("form_photos", "business", "core_students"),
        take_in_form_events,
    ),
    Step(
        "core_forms",
        "Where every student's form stands, and every change entered from one.",
        ("form_events",),
        lambda engine, _landing, night: update_core_forms(engine, night),
    ),
    Step(
        "number_batch",
        "Students without a formal number, and whether they may get one.",
        ("core_forms", "findings"),
        lambda engine, _landing, night: update_number_batch(engine, night),
    ),
    Step(
        "verification_matters",
        "What somebody still has to do, or should look into.",
        ("core_forms", "rosters", "findings"),
        lambda engine, _landing, night: update_matters(engine, night),
    ),
    Step(
        "docking_deviations",
        "The copies of provinces with their own system, held against the centre's.",
        ("core_students",),
        check_docking,
    ),
    Step(
        "storage_plan",
        "Room for uploaded forms, and when it will be full.",
        ("core_forms",),
        plan_storage,
    ),
    Step(
        "verification_progress",
        "Every figure of the campaigns, by place.",
        ("core_forms",),
        lambda engine, _landing, night: update_verification_progress(engine, night),
    ),
    Step(
        "report_verification_lists",
        "The workbooks that schools and offices verify with, of those that say something new.",
        ("verification_progress", "verification_matters", "number_batch", "storage_plan", "docking_deviations"),
        lambda engine, _landing, night: write_verification_lists(engine, night),
    ),
)


def _asset_of(step: Step) -> dg.AssetsDefinition:
    @dg.asset(
        name=step.name,
        description=step.description,
        partitions_def=delivery_dates,
        group_name=GROUP,
        deps=[deps_of(name) for name in step.deps],
    )
    def run(context: dg.AssetExecutionContext, engine: Engine, landing: Landing) -> dg.MaterializeResult:
        with stage(step.name):
            rows = step.work(engine, landing, context.partition_key)
        return dg.MaterializeResult(metadata={"dagster/row_count": rows})

    return run


def deps_of(name: str) -> dg.AssetDep:
    """Of assets by date and unit every partition counts."""
    if name == "core_students":
        return dg.AssetDep(name, partition_mapping=dg.AllPartitionMapping())
    return dg.AssetDep(name)


VERIFICATION_ASSETS: Sequence[dg.AssetsDefinition] = [_asset_of(step) for step in STEPS]
