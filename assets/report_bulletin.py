"""The month's figures, its bulletins and the site that lists them all."""

from datetime import date
from pathlib import Path

import dagster as dg
import duckdb

from xueji.assets.bulletin_files import write_bulletin
from xueji.assets.engine import Engine
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import bulletin_months
from xueji.assets.processes import executor
from xueji.assets.progress_sql import SumCheck, check_sums, progress_sql, refusal_reasons_sql, sum_checks_sql
from xueji.assets.steps import each, stage
from xueji.assets.whole_files import write_whole
from xueji.checks.catalogue import RULES
from xueji.checks.model import UNITS, XuejiError
from xueji.checks.tables import PROGRESS
from xueji.reports.bulletin import Edition, build_bulletins
from xueji.reports.bulletin_facts import ProgressRow
from xueji.reports.site import FORMATS, SiteEntry, render_site_index

FEW_BULLETINS = 4  # up to as many, starting processes costs more than they save


@dg.asset(
    partitions_def=bulletin_months,
    group_name="reports",
    deps=[
        dg.AssetDep("findings", partition_mapping=dg.AllPartitionMapping()),
        dg.AssetDep("cases", partition_mapping=dg.AllPartitionMapping()),
        dg.AssetDep("core_students", partition_mapping=dg.AllPartitionMapping()),
    ],
    check_specs=[dg.AssetCheckSpec("sums_hold", asset="progress", blocking=True)],
)
def progress(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """Every figure the month's bulletins print, as of the month's newest night. A sum that does not hold stops the build."""
    month = context.partition_key
    with engine.session() as connection, stage("progress"):
        as_of = newest_night(connection, month)
        rows = connection.sql(progress_sql(month, as_of)).to_arrow_table()
        connection.execute("drop view progress")
        connection.register("progress", rows)
        # Checked before they are committed: figures that do not add up never become the month's.
        checked = check_sums(SumCheck(*row) for row in connection.execute(sum_checks_sql(month)).fetchall())
        written = engine.replace_table("progress", "select * from progress", connection, partitions=[month])
        overview = counts_markdown(
            connection,
            """
            select indicator, cast(value as bigint) as value from progress
            where level = 'national' and (indicator = 'students' or indicator like 'pending_%' or indicator like 'quality_%')
                and value = floor(value) and indicator not like '%\\_previous' escape '\\'
            order by indicator
            """,
        )
    return dg.MaterializeResult(
        metadata={"dagster/row_count": written, "nation": overview},
        check_results=[dg.AssetCheckResult(check_name="sums_hold", passed=True, metadata={"sums": checked})],
    )


@dg.asset(partitions_def=bulletin_months, group_name="reports", deps=[progress])
def report_bulletin(context: dg.AssetExecutionContext, engine: Engine) -> dg.MaterializeResult:
    """The nation's and every unit's bulletin as HTML, PDF and XLSX, and the site's index."""
    files = write_bulletins(engine, context.partition_key)
    return dg.MaterializeResult(metadata={"files": len(files), "first": dg.MetadataValue.path(files[0])})


def newest_night(connection: duckdb.DuckDBPyConnection, month: str) -> date:
    """The month's newest night with findings, which is the newest of all: older months are rendered from `progress`."""
    night: date | None = connection.execute("select max(\"date\") from deliveries where kind = 'students'").fetchall()[
        0
    ][0]
    if night is None or f"{night:%Y-%m}" != month:
        raise XuejiError(f"month {month}: the newest night is {night}, expected one of that month")
    return night


def write_bulletins(engine: Engine, month: str, unit: str | None = None) -> list[Path]:
    """Render a month's bulletins, or one unit's, from `progress`, and the site. Returns the files, the nation's first.

    Raises XuejiError when the month has no figures or there is no such unit.
    """
    with engine.session() as connection:
        rows = progress_rows(connection, month)
        if not rows:
            months = [
                name for (name,) in connection.execute("select distinct month from progress order by 1").fetchall()
            ]
            raise XuejiError(f"month {month}: no figures, expected one of {', '.join(months) or 'no month yet'}")
        reasons = dict(connection.execute(refusal_reasons_sql(rows[0].as_of)).fetchall())
    if unit is not None and unit not in UNITS:
        raise XuejiError(f"unit {unit}: no such unit, expected one of {', '.join(UNITS)}")
    folder = engine.home_path / "bulletins" / month
    folder.mkdir(parents=True, exist_ok=True)
    bulletins = {
        bulletin.code: bulletin for bulletin in build_bulletins(rows, month, RULES, Edition(refusal_reasons=reasons))
    }
    codes = [unit] if unit is not None else list(bulletins)
    with executor(engine.cores, len(codes), FEW_BULLETINS) as pool:
        tasks = ([bulletins[code] for code in codes], [folder] * len(codes))
        results = pool.map(write_bulletin, *tasks) if pool else map(write_bulletin, *tasks)
        files = [file for code, written in zip(each("bulletins", codes), results, strict=True) for file in written]
    write_site(engine)
    return files


def progress_rows(connection: duckdb.DuckDBPyConnection, month: str) -> list[ProgressRow]:
    columns = ", ".join(PROGRESS.columns)
    query = f"select {columns} from progress where month = ? order by level, code, indicator"
    return [ProgressRow(*row) for row in connection.execute(query, [month]).fetchall()]


def write_site(engine: Engine) -> None:
    """The index of all bulletins that are there."""
    site = engine.home_path / "site"
    site.mkdir(exist_ok=True)
    bulletins = engine.home_path / "bulletins"
    entries = []
    for page in sorted(bulletins.glob("*/*.html")):
        level, code = page.stem.split("-")
        links = tuple(
            (kind, f"../bulletins/{page.parent.name}/{page.stem}.{kind}")
            for kind in FORMATS
            if page.with_suffix(f".{kind}").is_file()
        )
        entries.append(SiteEntry(page.parent.name, level, code, links))
    write_whole(site / "index.html", render_site_index(entries).encode())
