"""Everything Dagster knows of Xueji: assets, the three jobs of a night, schedule and sensors, resources."""

import dagster as dg

from xueji.assets.candidates import group_candidates, register_candidates
from xueji.assets.case_night import answers, change_checks, integrity_signals
from xueji.assets.cases import cases
from xueji.assets.core_students import core_students
from xueji.assets.expected_coincidences import expected_coincidences
from xueji.assets.findings import QUERY_FINDINGS_ASSETS, findings, findings_identity, findings_row_rules
from xueji.assets.landing_folder import Landing
from xueji.assets.national_inputs import core_population, core_schools, identity_answers
from xueji.assets.number_autopsies import number_autopsies
from xueji.assets.progress import progress
from xueji.assets.raw_students import raw_students
from xueji.assets.recheck import weekly_recheck
from xueji.assets.report_bulletin import Printing, report_bulletin
from xueji.assets.report_deliveries import report_deliveries
from xueji.assets.report_school_lists import report_school_lists
from xueji.assets.suggested_holders import suggested_holders
from xueji.assets.suspect_candidates import suspect_candidates
from xueji.assets.suspected_duplicates import findings_suspected_duplicate
from xueji.assets.verification_night import VERIFICATION_ASSETS
from xueji.pipelines.jobs import JOBS
from xueji.pipelines.seal_key import seal_of
from xueji.pipelines.settings import Settings, cluster_of, engine_of, read_settings
from xueji.pipelines.triggers import SCHEDULES, SENSORS

ASSETS = [
    raw_students,
    core_students,
    core_schools,
    core_population,
    identity_answers,
    group_candidates,
    register_candidates,
    findings_row_rules,
    number_autopsies,
    *QUERY_FINDINGS_ASSETS,
    findings_identity,
    suspect_candidates,
    findings_suspected_duplicate,
    findings,
    expected_coincidences,
    suggested_holders,
    answers,
    change_checks,
    cases,
    integrity_signals,
    *VERIFICATION_ASSETS,
    report_school_lists,
    report_deliveries,
    progress,
    report_bulletin,
    weekly_recheck,
]


def build_definitions(settings: Settings, afresh: bool = False) -> dg.Definitions:
    """The definitions for one HOME and landing folder. `afresh`: runs make everything anew."""
    return dg.Definitions(
        assets=ASSETS,
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources={
            "engine": engine_of(settings, afresh),
            # Of the steps that go through the nation's records; the same, or Spark. The others read what these leave in the lake.
            "cluster": cluster_of(settings, afresh),
            # Made when a step asks for it: a resource's fields would stand in Dagster's pages.
            "seal": dg.ResourceDefinition(lambda _context: seal_of(settings)),
            "printing": Printing(levels=list(settings.printed_levels)),
            "landing": Landing(path=str(settings.landing or settings.home / "landing")),
        },
        executor=dg.in_process_executor,  # DuckDB's own threads do the parallel work; a process a step would cost seconds
    )


defs = build_definitions(read_settings())
