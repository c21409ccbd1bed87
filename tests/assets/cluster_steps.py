"""The steps of a night that go through the nation's records, behind landing and core tables."""

from datetime import date

from xueji.assets.cases import update_cases
from xueji.assets.change_checks import check_changes
from xueji.assets.engine import Engine
from xueji.assets.expected_coincidences import update_coincidences, update_name_counts
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.progress_figures import make_figures, period_of
from xueji.assets.recheck import update_findings
from xueji.assets.suggested_holders import update_suggested_holders
from xueji.checks.catalogue import RULES


def run_cluster_steps(engine: Engine, night: str) -> None:
    """Findings to figures."""
    update_findings(engine, night)
    update_name_counts(engine, night)
    update_coincidences(engine, night)
    update_suggested_holders(engine, night)
    check_changes(engine.at_hand, night)
    update_cases(engine, night)
    with engine.session() as connection:
        period = period_of(connection, night[:7], date.fromisoformat(night))
        make_figures(connection, period, {table: engine.version(table) for table in LAKE_TABLES}, RULES)
        engine.replace_table("progress", "select * from month_progress", connection, partitions=[night[:7]])
