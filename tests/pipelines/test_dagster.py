"""What Dagster is told: partitions, checks, metadata, the schedule, the sensors; through a real instance."""

import re
import shutil

import dagster as dg
import pytest

from xueji.checks.catalogue import RULES
from xueji.pipelines.definitions import build_definitions
from xueji.pipelines.jobs import RECHECK_JOB
from xueji.pipelines.settings import Settings
from xueji.pipelines.triggers import new_deliveries, nightly, unit_ranges, weekly


@pytest.fixture(scope="module")
def definitions(home, nights):
    return build_definitions(Settings(home, nights.landing, 2, "4GB", "4GB"))


@pytest.fixture
def instance(home, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(home / "dagster"))
    with dg.DagsterInstance.get() as instance:
        yield instance


def test_the_instance_keeps_quiet_and_stays_under_home(instance, home):
    assert instance.telemetry_enabled is False
    assert instance.root_directory.startswith(str(home))


def test_every_step_of_both_nights_is_recorded(instance, nights):
    units = instance.get_materialized_partitions(dg.AssetKey("raw_students"))
    assert {f"{night}|44" for night in (nights.first, nights.last)} <= units and len(units) == 64
    assert instance.get_materialized_partitions(dg.AssetKey("findings")) == {nights.first, nights.last}
    assert instance.get_materialized_partitions(dg.AssetKey("report_bulletin")) == {nights.first[:7], nights.last[:7]}


def test_metadata_shows_counts_as_tables(instance):
    event = instance.get_latest_materialization_event(dg.AssetKey("raw_students"))
    metadata = event.asset_materialization.metadata
    assert "| unit_code | verdict | files | delivered | accepted | quarantined |" in metadata["deliveries"].value
    event = instance.get_latest_materialization_event(dg.AssetKey("findings"))
    assert "| DUP_ID | error |" in event.asset_materialization.metadata["by_type"].value


def test_every_rule_is_an_asset_check_of_its_name(definitions, instance):
    names = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    assert {rule.id for rule in RULES} <= names


def test_assets_are_grouped_by_layer(definitions, instance):
    graph = definitions.resolve_asset_graph()
    assert {graph.get(key).group_name for key in graph.get_all_asset_keys()} == {
        "landing",
        "core",
        "candidates",
        "findings",
        "cases",
        "verification",
        "reports",
        "recheck",
    }


def test_nightly_schedule_asks_for_all_units_at_two_in_shanghai(definitions, nights, tmp_path):
    assert (nightly.cron_schedule, nightly.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        context = dg.build_schedule_context(instance=instance, resources=definitions.resources)
        request = nightly(context)
        assert request.tags["dagster/asset_partition_range_start"] == f"{nights.last}|11"
        assert request.tags["dagster/asset_partition_range_end"] == f"{nights.last}|66"
        assert instance.get_dynamic_partitions("delivery_date") == [nights.last]


def test_weekly_recheck_is_scheduled_and_finds_nothing(definitions, home, tmp_path):
    assert (weekly.cron_schedule, weekly.execution_timezone) == ("0 10 * * 0", "Asia/Shanghai")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        result = definitions.resolve_job_def(RECHECK_JOB).execute_in_process(instance=instance)
    assert result.success
    assert not (home / "work" / "recheck").exists()


def test_progress_stands_among_a_runs_events(instance):
    said: dict[str, list[str]] = {}
    for run in instance.get_runs(limit=6):
        for entry in instance.all_logs(run.run_id):
            if entry.step_key and not entry.is_dagster_event:
                said.setdefault(entry.step_key, []).append(entry.user_message)
    assert any(re.fullmatch(r"landing 66: 32 of 32, [\d.]+ s, [\d,]+ rows, [\d,]+ rows/s, about 0 s left", line) for line in said["raw_students"])  # fmt: skip
    assert any(
        re.match(r"core_students 44: \d+ of 32, .* rows/s, about \d+ s left", line) for line in said["core_students"]
    )
    assert any(re.match(r"bulletins 44: \d+ of 33", line) for line in said["report_bulletin"])
    assert {"findings_row_rules", "group_candidates", "register_candidates", "findings"} <= said.keys()


def look(definitions, instance, cursor):
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=definitions.resources)
    result = new_deliveries(context)
    if isinstance(result, dg.SkipReason):
        return [], context.cursor
    tags = [request.tags for request in result.run_requests]
    ranges = [
        (tag["dagster/asset_partition_range_start"][-2:], tag["dagster/asset_partition_range_end"][-2:]) for tag in tags
    ]
    return ranges, result.cursor


def test_sensor_takes_a_settled_delivery_once_and_a_late_unit_alone(nights, tmp_path):
    landing = tmp_path / "landing"
    shutil.copytree(nights.landing / nights.first, landing / nights.first)
    shutil.move(landing / nights.first / "51", tmp_path / "51")
    definitions = build_definitions(Settings(tmp_path / "home", landing, 2, "4GB", "4GB"))
    with dg.DagsterInstance.ephemeral() as instance:
        requests, cursor = look(definitions, instance, None)
        assert requests == [], "seen for the first time: it may still be copied"
        requests, cursor = look(definitions, instance, cursor)
        assert requests == [("11", "66")], "unchanged at the second look"
        requests, cursor = look(definitions, instance, cursor)
        assert requests == []
        shutil.move(tmp_path / "51", landing / nights.first / "51")
        requests, cursor = look(definitions, instance, cursor)
        assert requests == []
        requests, cursor = look(definitions, instance, cursor)
        assert requests == [("51", "51")], "late: alone"
        requests, cursor = look(definitions, instance, cursor)
        assert requests == []


def test_sensor_says_so_when_nothing_is_there(tmp_path):
    (tmp_path / "landing").mkdir()
    definitions = build_definitions(Settings(tmp_path, tmp_path / "landing", 2, "4GB", "4GB"))
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, resources=definitions.resources)
        assert "no delivery date" in new_deliveries(context).skip_message


@pytest.mark.parametrize(
    ("units", "ranges"),
    [(["44"], [("44", "44")]), (["51", "44", "45"], [("44", "45"), ("51", "51")]), (["15", "21"], [("15", "21")])],
    ids=["one", "two_runs", "neighbours_in_order"],
)
def test_units_are_cut_into_contiguous_ranges(units, ranges):
    assert unit_ranges(units) == ranges
