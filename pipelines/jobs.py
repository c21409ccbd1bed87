"""The three jobs of a night, each of one partitioning: units of a date, the nation on a date, a month."""

import dagster as dg

UNITS_JOB = "nightly_units"
NATIONAL_JOB = "nightly_national"
BULLETIN_JOB = "nightly_bulletin"
RECHECK_JOB = "weekly_recheck_job"

JOBS = [
    dg.define_asset_job(
        UNITS_JOB,
        selection=["raw_students", "core_students", "findings_row_rules"],
        description="Landing to row findings, all units of a delivery date in one run.",
    ),
    dg.define_asset_job(
        NATIONAL_JOB,
        selection=dg.AssetSelection.groups("core", "candidates", "findings", "cases", "verification", "reports")
        - dg.AssetSelection.assets("core_students", "findings_row_rules", "progress", "report_bulletin"),
        description="What needs the whole nation: set and reference rules, cases, verification, school lists, delivery reports.",
    ),
    dg.define_asset_job(
        BULLETIN_JOB,
        selection=["progress", "report_bulletin"],
        description="The month's figures, bulletins and site.",
    ),
    dg.define_asset_job(
        RECHECK_JOB,
        selection=["weekly_recheck"],
        description="Everything made anew and compared with what the nights kept up; a difference fails the run.",
    ),
]
