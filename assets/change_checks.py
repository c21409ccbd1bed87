"""变更 is not taken on trust: the corrected records of the night put through the same rules as every other record."""

import duckdb

from xueji.assets.case_ledger import cases_before_sql
from xueji.assets.engine import Engine
from xueji.assets.findings import own_findings_sql
from xueji.checks.catalogue import QUERY_RULES, ROW_RULES, row_findings_sql
from xueji.checks.change_check import (
    awaiting_sql,
    broken_rules_sql,
    changes_to_check_sql,
    corrected_statements,
    group_statements,
    outcomes_sql,
)
from xueji.checks.name_comparison import candidate_pairs_sql, compare_names, pair_findings_sql
from xueji.checks.tables import CHANGE_CHECKS, PART_COLUMNS
from xueji.reports.return_forms import PASS

PARTS = ", ".join(PART_COLUMNS)


def check_changes(engine: Engine, night: str) -> int:
    """Judge every change that waits for its check or passes its audit tonight, into `change_checks`. Returns how many."""
    with engine.session() as connection:
        changes = changes_to_check_sql(cases_before_sql(engine, night), night, PASS)
        if lay_out_corrected(connection, changes):
            find_broken_rules(connection)
            query = outcomes_sql(night)
        else:
            query = CHANGE_CHECKS.empty_sql
        return engine.replace_table(CHANGE_CHECKS.name, query, connection, partitions=[night], order_by="case_no")


def lay_out_corrected(connection: duckdb.DuckDBPyConnection, changes: str) -> bool:
    """Leave the corrected records of the changes as the temporary table `corrected_students`. False when there is none."""
    # Stops at the first table without a row: the nation need not be gone through for nothing.
    return all(create(connection, name, query) for name, query in corrected_statements(changes))


def create(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> int:
    """Make a temporary table. Returns its number of rows."""
    rows = connection.execute(f"create or replace temp table {name} as {query}").fetchall()
    return int(rows[0][0])


def find_broken_rules(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the corrected records through all rules that find errors; leave `broken_rules`, and `awaiting` the register."""
    for name, query in group_statements():
        create(connection, name, query)
    pairs = connection.sql(candidate_pairs_sql("corrected_students")).pl()
    connection.register("corrected_names", compare_names(pairs).to_arrow())
    found = [row_findings_sql(ROW_RULES, "corrected_students"), pair_findings_sql("corrected_names")]
    found += [
        own_findings_sql(rule, "corrected_groups" if rule.looks_at == "group_candidates" else "corrected_students")
        for rule in QUERY_RULES
        if rule.severity == "error"
    ]
    parts = "\nunion all\n".join(f"select {PARTS} from ({query}) as part" for query in found)
    for name, query in (
        ("corrected_findings", parts),
        ("broken_rules", broken_rules_sql()),
        ("awaiting", awaiting_sql()),
    ):
        create(connection, name, query)
