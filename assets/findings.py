"""Findings: the row rules in one pass, every other rule by its query, and their union."""

from collections.abc import Iterator

import dagster as dg

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import FINDINGS_PARTS, IDENTITY_FINDINGS, QUERY_FINDINGS, ROW_FINDINGS
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import all_units_of_date, dates_and_units, dates_and_units_of, delivery_dates
from xueji.assets.steps import stage
from xueji.checks.catalogue import PAIR_RULES, ROW_RULES, row_findings_sql
from xueji.checks.model import QueryRule, Rule
from xueji.checks.name_comparison import candidate_pairs_sql, compare_names, pair_findings_sql
from xueji.checks.sql_text import literal_list
from xueji.checks.tables import PART_COLUMNS

CORE_STUDENTS_DEP = dg.AssetDep("core_students", partition_mapping=all_units_of_date)
LISTED = ", ".join(PART_COLUMNS)


@dg.asset(
    partitions_def=dates_and_units,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="findings",
    deps=["core_students"],
    check_specs=[dg.AssetCheckSpec(rule.id, asset=ROW_FINDINGS, description=rule.source) for rule in ROW_RULES],
)
def findings_row_rules(context: dg.AssetExecutionContext, engine: Engine) -> Iterator[dg.MaterializeResult]:
    """One row per broken condition and registration, all row rules in one pass."""
    _, units = dates_and_units_of(list(context.partition_keys))
    with engine.session() as connection, stage(ROW_FINDINGS):
        core = f"(select * from core_students where unit_code in {literal_list(units)})"
        engine.replace_table(ROW_FINDINGS, row_findings_sql(ROW_RULES, core), connection, partitions=units)
    yield result_of(engine, ROW_FINDINGS, ROW_RULES)


def query_findings_asset(name: str, rule: QueryRule) -> dg.AssetsDefinition:
    """The asset of one set or reference rule."""

    @dg.asset(
        name=name,
        partitions_def=delivery_dates,
        group_name="findings",
        deps=[CORE_STUDENTS_DEP, "core_schools", "core_population", "identity_answers"],
        check_specs=[dg.AssetCheckSpec(rule.id, asset=name, description=rule.source)],
        description=f"One row per record found by {rule.id}.",
    )
    def findings_of_rule(engine: Engine) -> Iterator[dg.MaterializeResult]:
        with engine.session() as connection, stage(name):
            query = f"""
                select '{rule.problem_type}' as problem_type, '{rule.id}' as rule_id,
                    * replace (coalesce(severity, '{rule.severity}') as severity)
                from ({rule.findings_sql()})
            """
            engine.replace_table(name, f"select {LISTED} from ({query})", connection)
        yield result_of(engine, name, [rule])

    return findings_of_rule


@dg.asset(
    partitions_def=delivery_dates,
    group_name="findings",
    deps=[CORE_STUDENTS_DEP, "core_population", "identity_answers"],
    check_specs=[dg.AssetCheckSpec(rule.id, asset=IDENTITY_FINDINGS, description=rule.source) for rule in PAIR_RULES],
)
def findings_identity(engine: Engine) -> Iterator[dg.MaterializeResult]:
    """One row per student whose name differs from the register's under the same number, or cannot be compared."""
    with engine.session() as connection, stage(IDENTITY_FINDINGS):
        pairs = connection.sql(candidate_pairs_sql()).pl()
        connection.register("compared_names", compare_names(pairs).to_arrow())
        engine.replace_table(IDENTITY_FINDINGS, pair_findings_sql("compared_names"), connection)
    yield result_of(engine, IDENTITY_FINDINGS, PAIR_RULES)


@dg.asset(partitions_def=delivery_dates, group_name="findings", deps=[
    dg.AssetDep(ROW_FINDINGS, partition_mapping=all_units_of_date), *QUERY_FINDINGS, IDENTITY_FINDINGS,
])  # fmt: skip
def findings(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """One row per finding of the night, of all rules and units."""
    with engine.session() as connection, stage("findings"):
        parts = "\nunion all\n".join(f"select {LISTED} from {part}" for part in FINDINGS_PARTS)
        rows = engine.replace_table(
            "findings",
            f"select date '{context.partition_key}' as as_of, * from ({parts})",
            connection,
            order_by="unit_code, school_code, student_no, record_key, rule_id, reason, file",
        )
    with engine.session() as connection:
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
