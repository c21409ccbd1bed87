"""The ledger of problem records: stepped once a night, from the ledger before it, the night's findings and what was answered."""

from dataclasses import dataclass
from datetime import date

import dagster as dg
import duckdb

from xueji.assets.case_ledger import CASES, cases_before_sql, version_before
from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import delivery_dates
from xueji.assets.steps import stage
from xueji.checks.case_step import balance_sql, step_statements
from xueji.checks.model import XuejiError
from xueji.checks.sql_text import literal_list

GIVEN = "select unit_code, record_key, problem_type, case_no from ({}) as run where first_seen = date '{}'"


@dataclass(frozen=True)
class Balance:
    """One unit's night: what must add up (design.md 5)."""

    unit_code: str
    opening: int
    opened: int
    reopened: int
    closed: int
    closing: int

    @property
    def is_even(self) -> bool:
        return self.opening + self.opened + self.reopened - self.closed == self.closing


@dg.asset(
    partitions_def=delivery_dates,
    group_name="cases",
    deps=["findings", "core_schools", "answers", "change_checks"],
    check_specs=[dg.AssetCheckSpec("balance", asset="cases", blocking=True)],
)
def cases(context: dg.AssetExecutionContext, cluster: Engine) -> dg.MaterializeResult:
    """One row a problem record and type, open or closed, with the night's events in `case_events`. A sum that fails stops the night."""
    with stage("cases"):
        balances = update_cases(cluster, context.partition_key)
    with cluster.at_hand.session() as connection:
        overview = counts_markdown(
            connection, "select state, problem_type, count(*) as cases from cases group by all order by 1, 2"
        )
    return dg.MaterializeResult(
        metadata={"dagster/row_count": sum(balance.closing for balance in balances), "by_state": overview},
        check_results=[
            dg.AssetCheckResult(check_name="balance", passed=True, metadata={"units": len(balances)}),
        ],
    )


def update_cases(engine: Engine, night: str) -> list[Balance]:
    """Step the ledger to the night. The same night run again starts from the same ledger and keeps the numbers it gave."""
    before = version_before(engine, night)
    is_again = engine.basis(CASES).get("night") == night
    given = GIVEN.format(engine.table_sql(CASES) if is_again else LAKE_TABLES[CASES].empty_sql, night)
    with engine.session() as connection:
        for name, query in step_statements(date.fromisoformat(night), cases_before_sql(engine, night), given):
            connection.execute(f"create or replace temp table {name} as {query}")
            if name.startswith("stage_") and name != "stage_0":  # a nation's ledger lies in memory once, not five times
                connection.execute(f"drop table stage_{int(name[-1]) - 1}")
        check_every_answer_counts(connection, night)
        balances = [Balance(*row) for row in connection.execute(balance_sql()).fetchall()]
        check_balances(balances)
        engine.replace_table(
            "case_events",
            "select * from stepped_events",
            connection,
            partitions=[night],
            order_by="unit_code, case_no, place, event",
        )
        # Last: with it the night is stepped, and before it the whole step is done again.
        basis = {"night": night, "before": before}
        engine.replace_table(CASES, "select * from stepped", connection, order_by="unit_code, case_no", basis=basis)
    return balances


def check_balances(balances: list[Balance]) -> None:
    """Raise when a unit's opening + opened + reopened - closed is not its closing."""
    uneven = [balance for balance in balances if not balance.is_even]
    if uneven:
        raise XuejiError(
            "cases: opening + new + reopened - closed = closing does not hold: "
            + "; ".join(
                f"unit {b.unit_code}: {b.opening} + {b.opened} + {b.reopened} - {b.closed} is not {b.closing}"
                for b in uneven[:5]
            )
        )


def check_every_answer_counts(connection: duckdb.DuckDBPyConnection, night: str) -> None:
    """Raise when an accepted answer moved no case: nothing that a school was told is taken may be lost."""
    rows = connection.execute(
        f"""
        select a.kind, substr(a.sha256, 1, 12), a.row from answers as a
        left join stepped_events as e
            on e.case_no = a.case_no and e.source = a.file || '#' || cast(a.row as varchar)
        where a."date" = date '{night}' and e.case_no is null and a.form in {literal_list(("list", "review", "sheet", "verdict", "issue"))}
        order by 1, 2, 3
        """
    ).fetchall()
    if rows:
        # By digest: what a sender calls a file may name a person.
        named = "; ".join(f"{kind}, file of sha256 {digest}, row {row}" for kind, digest, row in rows[:5])
        raise XuejiError(f"cases: {len(rows)} accepted answers moved no case, expected each to: {named}")
