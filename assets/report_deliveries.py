"""The delivery reports of a night: one offline page per unit."""

import dagster as dg
import duckdb

from xueji.assets.engine import Engine
from xueji.assets.partitions import all_units_of_date, delivery_dates
from xueji.assets.whole_files import write_whole
from xueji.checks.catalogue import RULES
from xueji.checks.landing_contract import expectations
from xueji.checks.model import UNITS
from xueji.reports.delivery_report import (
    MAX_QUARANTINED,
    ContractLine,
    DeliveredFile,
    DeliveryReport,
    QuarantinedRow,
    ReasonCount,
    RuleCount,
    render_delivery_report,
)


@dg.asset(
    partitions_def=delivery_dates,
    group_name="reports",
    deps=[dg.AssetDep("raw_students", partition_mapping=all_units_of_date), "findings"],
)
def report_deliveries(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """One HTML page per unit: files, contract, quarantine by reason, findings by rule. Counts and reasons only."""
    night = context.partition_key
    folder = engine.home_path / "deliveries" / night
    folder.mkdir(parents=True, exist_ok=True)
    with engine.session() as connection:
        units = [
            unit
            for (unit,) in connection.execute(
                "select distinct unit_code from deliveries where kind = 'students' and \"date\" = cast(? as date) order by 1",
                [night],
            ).fetchall()
            if unit in UNITS
        ]
        for unit in units:
            page = render_delivery_report(delivery_report(connection, night, unit))
            write_whole(folder / f"{unit}.html", page.encode())
    return dg.MaterializeResult(metadata={"pages": len(units), "folder": dg.MetadataValue.path(folder)})


def delivery_report(connection: duckdb.DuckDBPyConnection, night: str, unit: str) -> DeliveryReport:
    """One unit's figures of one night."""

    def rows(query: str) -> list[dict]:
        result = connection.execute(query, {"night": night, "unit": unit})
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    of_night = '"date" = cast($night as date) and unit_code = $unit'
    files = rows(f"select * from deliveries where {of_night} and kind = 'students' order by file")
    verdicts = {file["verdict"] for file in files}
    verdict = next(word for word in ("refused", "missing", "accepted") if word in verdicts)
    clauses = {clause.name: clause for clause in expectations()}
    contract = {line["expectation"]: line for line in rows(f"select * from landing_contract where {of_night}")}
    counts = rows(
        """
        select rule_id, severity, count(*) as findings from findings
        where unit_code = $unit and as_of = cast($night as date)
        group by rule_id, severity
        """
    )
    return DeliveryReport(
        unit_code=unit,
        date=files[0]["date"],
        verdict=verdict,  # type: ignore[arg-type]
        reason=next((file["reason"] for file in files if file["verdict"] == verdict), None),
        snapshot_date=files[0]["snapshot_date"],
        files=tuple(delivered_file(file) for file in files if file["file"] is not None),
        contract=tuple(
            ContractLine(
                statement=clause.statement,
                observed=contract[name]["observed"],
                least=clause.least,
                most=clause.most,
                is_percent=clause.column.endswith("_percent"),
                passed=contract[name]["passed"],
                is_blocking=clause.is_blocking,
            )
            for name, clause in clauses.items()
            if name in contract
        ),
        quarantine_reasons=tuple(
            ReasonCount(**row)
            for row in rows(
                f"""
                select reason, count(*) as rows from quarantine
                where {of_night} and kind = 'students' and "row" is not null
                group by reason order by 2 desc, 1
                """
            )
        ),
        quarantined=tuple(
            QuarantinedRow(**row)
            for row in rows(
                f"""
                select file, "row", "column", reason from quarantine
                where {of_night} and kind = 'students'
                order by file, "row" nulls first, reason
                limit {MAX_QUARANTINED}
                """
            )
        ),
        findings=tuple(
            RuleCount(rule.problem_type, rule.title, row["severity"], row["findings"])
            for rule in RULES
            for row in sorted(counts, key=lambda row: row["severity"])
            if row["rule_id"] == rule.id
        ),
    )


def delivered_file(file: dict) -> DeliveredFile:
    """A row of `deliveries` as the page wants it."""
    names = (
        "file",
        "format",
        "encoding",
        "rows_delivered",
        "rows_accepted",
        "rows_quarantined",
        "sha256",
        "verdict",
        "reason",
    )
    return DeliveredFile(
        **{name: file[name] for name in names},
        dialect=file["dialect"] or "",
        unknown_columns=tuple((file["unknown_columns"] or "").split(",")) if file["unknown_columns"] else (),
        missing_columns=tuple((file["missing_columns"] or "").split(",")) if file["missing_columns"] else (),
    )
