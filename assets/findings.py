"""Findings: the row rules in one pass, every other rule by its query, and their union."""

from collections.abc import Iterator, Mapping

import dagster as dg
import duckdb

from xueji.assets.candidates import CORE_STUDENTS_DEP
from xueji.assets.changes import CORE, Changes, changes_since, look_at
from xueji.assets.engine import Engine, text_digest
from xueji.assets.lake_tables import FINDINGS_PARTS, IDENTITY_FINDINGS, QUERY_FINDINGS, ROW_FINDINGS, SUSPECT_FINDINGS
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import all_units_of_date, dates_and_units, delivery_dates
from xueji.assets.steps import stage
from xueji.checks.catalogue import PAIR_RULES, ROW_RULES, row_findings_sql, turned_records_sql
from xueji.checks.model import QueryRule, Rule
from xueji.checks.name_comparison import candidate_pairs_sql, compare_names, pair_findings_sql
from xueji.checks.sql_text import literal_list
from xueji.checks.tables import FINDING_COLUMNS, PART_COLUMNS

PARTS = ", ".join(PART_COLUMNS)
FINDINGS_COLUMNS = ", ".join(column for column in FINDING_COLUMNS if column != "as_of")


@dg.asset(
    partitions_def=dates_and_units,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="findings",
    deps=["core_students"],
    check_specs=[dg.AssetCheckSpec(rule.id, asset=ROW_FINDINGS, description=rule.source) for rule in ROW_RULES],
)
def findings_row_rules(cluster: Engine) -> Iterator[dg.MaterializeResult]:
    """One row per broken condition and registration, all row rules in one pass, of every unit that changed."""
    with stage(ROW_FINDINGS):
        update_row_findings(cluster)
    yield result_of(cluster.at_hand, ROW_FINDINGS, ROW_RULES)


def update_row_findings(engine: Engine) -> int:
    """Bring the row rules' findings up to the core table as it stands. Returns the number of rows.

    A record that did not change keeps its findings, unless its unit's date moved and a condition that reads the date turned.
    """
    basis = engine.basis(ROW_FINDINGS)
    dates = engine.snapshot_dates()
    after = {"core": engine.version(CORE), "dates": dates, "text": text_digest(row_findings_sql(ROW_RULES))}
    changes = changes_since(engine, basis.get("core")) if basis.get("text") == after["text"] else None
    with engine.session() as connection:
        if changes is None:
            query = row_findings_sql(ROW_RULES)
        else:
            then = {unit: day for unit, day in dict(basis["dates"]).items() if dates.get(unit) != day}  # type: ignore[call-overload]
            query = changed_row_findings_sql(connection, changes, then)
        return engine.replace_table(ROW_FINDINGS, query, connection, basis=after)


def changed_row_findings_sql(connection: duckdb.DuckDBPyConnection, changes: Changes, then: Mapping[str, str]) -> str:
    """Findings of before that still stand, and those of records that changed or that another date turned.

    `then` are the dates of before of the units whose date moved.
    """
    changes.lay_out(connection)
    moved = f"(select * from {CORE} where unit_code in {literal_list(then)})" if then else f"({changes.added} limit 0)"
    connection.execute(f"create or replace temp table turned as {turned_records_sql(ROW_RULES, moved, then)}")
    look_at(connection, "content_hash in (select content_hash from turned)")
    return f"""
        select {PARTS} from {ROW_FINDINGS}
        where content_hash not in (select content_hash from withdrawn)
            and content_hash not in (select content_hash from turned)
        union all
        select {PARTS} from ({row_findings_sql(ROW_RULES, "looked_at")}) as found
    """


def query_findings_asset(name: str, rule: QueryRule) -> dg.AssetsDefinition:
    """The asset of one set or reference rule."""

    @dg.asset(
        name=name,
        partitions_def=delivery_dates,
        group_name="findings",
        deps=[
            CORE_STUDENTS_DEP if rule.looks_at == CORE else rule.looks_at,
            "core_schools", "core_population", "identity_answers",
        ],
        check_specs=[dg.AssetCheckSpec(rule.id, asset=name, description=rule.source)],
        description=f"One row per record found by {rule.id}.",
    )  # fmt: skip
    def findings_of_rule(cluster: Engine) -> Iterator[dg.MaterializeResult]:
        with stage(name):
            update_query_findings(cluster, name, rule)
        yield result_of(cluster.at_hand, name, [rule])

    return findings_of_rule


def update_query_findings(engine: Engine, name: str, rule: QueryRule) -> int:
    """Bring one rule's findings up to the tables it reads. Returns the number of rows."""
    schools = engine.version("core_schools")
    after = {"core": engine.version(CORE), "schools": schools, "text": text_digest(rule.findings_sql(CORE))}
    basis = engine.basis(name)
    is_like_before = rule.judges_single_records and all(basis.get(key) == after[key] for key in ("schools", "text"))
    changes = changes_since(engine, basis.get("core")) if is_like_before else None
    with engine.session() as connection:
        if changes is None:
            query = own_findings_sql(rule, rule.looks_at)
        else:
            changes.lay_out(connection)
            query = f"""
                select {PARTS} from {name} where content_hash not in (select content_hash from withdrawn)
                union all
                select {PARTS} from ({own_findings_sql(rule, "added")}) as changed
            """
        return engine.replace_table(name, query, connection, basis=after)


def own_findings_sql(rule: QueryRule, students: str) -> str:
    """The rule's findings under its own name."""
    own = {
        "problem_type": f"'{rule.problem_type}'",
        "rule_id": f"'{rule.id}'",
        "severity": f"coalesce(severity, '{rule.severity}')",
    }
    columns = ", ".join(f"{own.get(column, column)} as {column}" for column in PART_COLUMNS)
    return f"select {columns} from ({rule.findings_sql(students)}) as found"


@dg.asset(
    partitions_def=delivery_dates,
    group_name="findings",
    deps=["register_candidates", "core_population", "identity_answers"],
    check_specs=[dg.AssetCheckSpec(rule.id, asset=IDENTITY_FINDINGS, description=rule.source) for rule in PAIR_RULES],
)
def findings_identity(cluster: Engine) -> Iterator[dg.MaterializeResult]:
    """One row per student whose name differs from the register's under the same number, or cannot be compared."""
    with stage(IDENTITY_FINDINGS):
        update_identity_findings(cluster)
    yield result_of(cluster.at_hand, IDENTITY_FINDINGS, PAIR_RULES)


def update_identity_findings(engine: Engine) -> int:
    """Compare the names of all register candidates. Returns the number of findings."""
    with engine.session() as connection:
        engine.mapped(
            connection,
            "compared_names",
            candidate_pairs_sql("register_candidates"),
            compare_names,
            together="record_no",
        )
        return engine.replace_table(IDENTITY_FINDINGS, pair_findings_sql("compared_names"), connection)


@dg.asset(partitions_def=delivery_dates, group_name="findings", deps=[
    dg.AssetDep(ROW_FINDINGS, partition_mapping=all_units_of_date), *QUERY_FINDINGS, IDENTITY_FINDINGS, SUSPECT_FINDINGS,
])  # fmt: skip
def findings(context: dg.AssetExecutionContext, cluster: Engine) -> dg.MaterializeResult:
    """One row per finding of the night, of all rules and units."""
    with stage("findings"):
        rows = unite_findings(cluster, context.partition_key)
    with cluster.at_hand.session() as connection:
        overview = counts_markdown(
            connection,
            """
            select problem_type, severity, count(*) as findings,
                round(10000.0 * count(*) / (select count(*) from core_students), 2) as per_10000_students
            from findings
            group by problem_type, severity
            order by severity, problem_type
            """,
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "by_type": overview})


def unite_findings(engine: Engine, night: str) -> int:
    """Make the parts' findings those of the night. Returns how many."""
    with engine.session() as connection:
        parts = "\nunion all\n".join(f"select {FINDINGS_COLUMNS} from {part}" for part in FINDINGS_PARTS)
        return engine.replace_table(
            "findings",
            f"select date '{night}' as as_of, * from ({parts})",
            connection,
            order_by="unit_code, school_code, student_no, record_key, rule_id, reason, file",
        )


def result_of(engine: Engine, table: str, rules: "list[Rule] | tuple[Rule, ...]") -> dg.MaterializeResult:
    """Counts per rule and unit of a findings table, and a check per rule: passed when nothing was found."""
    with engine.session() as connection:
        counts = dict(connection.execute(f"select rule_id, count(*) from {table} group by rule_id").fetchall())
        overview = counts_markdown(
            connection,
            f"select rule_id, reason, count(*) as findings from {table} group by all order by rule_id, reason",
        )
    return dg.MaterializeResult(
        metadata={"dagster/row_count": sum(counts.values()), "by_rule": overview},
        check_results=[
            # A finding is data, not a fault of the run: the check informs and never blocks.
            dg.AssetCheckResult(
                check_name=rule.id,
                passed=counts.get(rule.id, 0) == 0,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"findings": counts.get(rule.id, 0)},
            )
            for rule in rules
        ],
    )


QUERY_FINDINGS_ASSETS = [query_findings_asset(name, rule) for name, rule in QUERY_FINDINGS.items()]
