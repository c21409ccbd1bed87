"""One night: three Dagster runs, one after the other, in this process. The schedule and the sensors launch the same jobs."""

import errno
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg

from xueji.assets.engine import Engine
from xueji.assets.landing_folder import newest_date
from xueji.checks.model import UNITS, XuejiError
from xueji.pipelines.definitions import build_definitions
from xueji.pipelines.jobs import BULLETIN_JOB, NATIONAL_JOB, UNITS_JOB
from xueji.pipelines.settings import Settings, prepare_dagster_home
from xueji.pipelines.triggers import DATE_TAG, add_partitions, unit_range_tags, unit_ranges

LEAST_FREE = 32 << 20  # bytes: below this whatever failed failed for want of room
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}  # progress comes from assets/steps.py


def run_night(
    settings: Settings, landing: Path, not_after: str | None, units: Sequence[str], afresh: bool = False
) -> str:
    """Do the whole night for the newest delivery date not after `not_after`. Returns that date.

    `afresh` makes everything anew instead of what changed alone.

    Raises XuejiError for what an operator can mend; whatever a step raised otherwise.
    """
    date = newest_date(landing, not_after)
    refuse_older_date(settings, date)
    if strange := sorted(set(units) - set(UNITS)):
        raise XuejiError(f"units {', '.join(strange)}: no such unit, expected codes of {', '.join(UNITS)}")
    shutil.rmtree(settings.home / "work", ignore_errors=True)  # what a killed night left
    prepare_dagster_home(settings.home)
    definitions = build_definitions(replace(settings, landing=landing), afresh)
    with full_disk_said(settings.home), dg.DagsterInstance.get() as instance:
        add_partitions(instance, date)
        for first, last in unit_ranges(list(units) or list(UNITS)):
            run_job(definitions, instance, UNITS_JOB, tags=unit_range_tags(date, first, last))
        run_job(definitions, instance, NATIONAL_JOB, partition_key=date, tags={DATE_TAG: date})
        run_job(definitions, instance, BULLETIN_JOB, partition_key=date[:7], tags={DATE_TAG: date})
    return date


def run_job(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    tags: dict[str, str],
    partition_key: str | None = None,
) -> None:
    """Run a job here and now; what a step raises is raised."""
    definitions.resolve_job_def(job).execute_in_process(
        instance=instance, run_config=QUIET, partition_key=partition_key, tags=tags
    )


@contextmanager
def full_disk_said(home: Path) -> Iterator[None]:
    """Turn the many ways in which a full disk shows into one that an operator can mend."""
    try:
        yield
    except XuejiError:
        raise
    except Exception as error:
        free = shutil.disk_usage(home).free
        if not is_disk_full(error) and free > LEAST_FREE:
            raise
        raise XuejiError(
            f"the disk of {home} is full ({free / 1e9:.1f} GB free), or the spill files under {home / 'work' / 'spill'} reached "
            "XUEJI_SPILL; the last good state is kept: make room and run the same command again"
        ) from error


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the system, of DuckDB or of SQLite says that there is no room left."""
    words = ("No space left", "max_temp_directory_size", "database or disk is full")
    return any(word in str(error) for word in words) or getattr(error, "errno", None) == errno.ENOSPC


def refuse_older_date(settings: Settings, date: str) -> None:
    """Tables hold one state, the newest night's: an older night must not overwrite it."""
    with Engine(home=str(settings.home)).session() as connection:
        newest = connection.execute("select max(\"date\") from deliveries where kind = 'students'").fetchall()[0][0]
    if newest is not None and str(newest) > date:
        raise XuejiError(
            f"delivery date {date} is older than the last night taken, {newest}; "
            "expected a newer one (a past month is rendered again with `xueji bulletin`)"
        )
