"""What starts a night by itself: the schedule at 02:00, a sensor on late deliveries, and each job's success the next job."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from xueji.assets.landing_folder import Landing, delivered_units, newest_date
from xueji.assets.partitions import bulletin_months, delivery_dates
from xueji.checks.model import UNITS, XuejiError
from xueji.pipelines.jobs import BULLETIN_JOB, JOBS, NATIONAL_JOB, RECHECK_JOB, UNITS_JOB

DATE_TAG = "xueji/delivery_date"


def unit_range_tags(date: str, first_unit: str, last_unit: str) -> dict[str, str]:
    """Run tags for the units from first to last, in administrative order, of one delivery date."""
    return {
        ASSET_PARTITION_RANGE_START_TAG: f"{date}|{first_unit}",
        ASSET_PARTITION_RANGE_END_TAG: f"{date}|{last_unit}",
        DATE_TAG: date,
    }


def unit_ranges(units: list[str]) -> list[tuple[str, str]]:
    """Cut units into ranges that are contiguous in administrative order: a run covers one range."""
    order = list(UNITS)
    ranges: list[tuple[str, str]] = []
    for unit in sorted(units, key=order.index):
        if ranges and order.index(unit) == order.index(ranges[-1][1]) + 1:
            ranges[-1] = (ranges[-1][0], unit)
        else:
            ranges.append((unit, unit))
    return ranges


def add_partitions(instance: dg.DagsterInstance, date: str) -> None:
    """Make the delivery date and its month partitions, when they are not yet."""
    instance.add_dynamic_partitions(str(delivery_dates.name), [date])
    instance.add_dynamic_partitions(str(bulletin_months.name), [date[:7]])


def all_units() -> tuple[str, str]:
    order = list(UNITS)
    return order[0], order[-1]


@dg.schedule(
    job_name=UNITS_JOB,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext, landing: Landing) -> dg.RunRequest | dg.SkipReason:
    """Every night at 02:00 the newest delivery date, all units."""
    try:
        date = newest_date(Path(landing.path))
    except XuejiError as error:
        return dg.SkipReason(str(error))
    add_partitions(context.instance, date)
    return dg.RunRequest(tags=unit_range_tags(date, *all_units()))


@dg.schedule(
    job_name=RECHECK_JOB,
    cron_schedule="0 10 * * 0",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekly() -> dg.RunRequest:
    """Every Sunday at 10:00, when the nights of the week are done."""
    return dg.RunRequest()


@dg.sensor(job_name=UNITS_JOB, minimum_interval_seconds=300, default_status=dg.DefaultSensorStatus.RUNNING)
def new_deliveries(context: dg.SensorEvaluationContext, landing: Landing) -> dg.SensorResult | dg.SkipReason:
    """A new delivery folder starts a run of all units; a unit that delivers late into a known one is run alone.

    A unit's folder counts once its files look the same at two looks in a row: half-copied deliveries are left for later.
    """
    try:
        date = newest_date(Path(landing.path))
    except XuejiError as error:
        return dg.SkipReason(str(error))
    before = json.loads(context.cursor or "{}")
    if before.get("date") != date:
        before = {"looked": {}, "taken": {}}
    present = {
        unit: folder_state(landing.unit_folder(date, unit)) for unit in delivered_units(Path(landing.path), date)
    }
    fresh = [unit for unit, state in present.items() if before["taken"].get(unit) != state]
    if not fresh or before["looked"] != present:
        context.update_cursor(json.dumps({"date": date, "looked": present, "taken": before["taken"]}))
        return dg.SkipReason(f"{date}: {len(present)} units delivered, {len(fresh)} of them new or still changing")
    add_partitions(context.instance, date)
    ranges = unit_ranges(fresh) if before["taken"] else [all_units()]
    return dg.SensorResult(
        run_requests=[dg.RunRequest(tags=unit_range_tags(date, first, last)) for first, last in ranges],
        cursor=json.dumps({"date": date, "looked": present, "taken": present}),
    )


def folder_state(folder: Path) -> str:
    """A digest of the folder's file names, sizes and times: equal as long as nobody writes there."""
    files = sorted((str(file.relative_to(folder)), file.stat()) for file in folder.rglob("*") if file.is_file())
    lines = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in files]
    return sha256("\n".join(lines).encode()).hexdigest()


def chained(name: str, after: str, then: str, partition: Callable[[str], str]) -> dg.SensorDefinition:
    """A sensor that starts job `then` when job `after` has ended well, for the same delivery date."""
    jobs = {job.name: job for job in JOBS}

    @dg.run_status_sensor(
        name=name,
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[jobs[after]],
        request_job=jobs[then],
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def start(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        date = context.dagster_run.tags[DATE_TAG]
        return dg.RunRequest(run_key=context.dagster_run.run_id, partition_key=partition(date), tags={DATE_TAG: date})

    return start


SCHEDULES = [nightly, weekly]
SENSORS = [
    new_deliveries,
    chained("nation_after_units", UNITS_JOB, NATIONAL_JOB, lambda date: date),
    chained("bulletin_after_nation", NATIONAL_JOB, BULLETIN_JOB, lambda date: date[:7]),
]
