"""The month's bulletins, the files of its facts, and the site over all months."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl

from xueji.assets.bulletin_files import EVERYWHERE, BulletinTask, write_bulletins
from xueji.assets.engine import Engine
from xueji.assets.partitions import bulletin_months
from xueji.assets.processes import executor
from xueji.assets.progress import progress
from xueji.assets.progress_counts_sql import refusal_reasons_sql
from xueji.assets.steps import Steps, stage
from xueji.assets.whole_files import write_whole
from xueji.checks.catalogue import RULES
from xueji.checks.model import UNITS, XuejiError
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind
from xueji.reports.bulletin import FORMATS, Edition
from xueji.reports.bulletin_facts import ProgressRow
from xueji.reports.fact_files import dictionary_csv, facts_csv, facts_parquet, published_facts
from xueji.reports.indicator_register import describe_all
from xueji.reports.site import SITE_INDICATORS, SITE_LEVELS, SiteMonth, render_site

FEW_TASKS = 1  # up to as many, starting processes costs more than they save
ROW_COLUMNS = ", ".join(field.name for field in fields(ProgressRow))


class Printing(dg.ConfigurableResource):
    """The levels whose bulletins are made as PDF unasked."""

    levels: list[str]


@dg.asset(partitions_def=bulletin_months, group_name="reports", deps=[progress])
def report_bulletin(context: dg.AssetExecutionContext, engine: Engine, printing: Printing) -> dg.MaterializeResult:
    """The bulletins of the nation, every unit, city and county, the files of facts, and the site."""
    files = render_month(engine, context.partition_key, printing.levels)
    return dg.MaterializeResult(metadata={"files": len(files), "first": dg.MetadataValue.path(files[0])})


def render_month(engine: Engine, month: str, printed: Sequence[str], code: str | None = None) -> list[Path]:
    """Render a month's bulletins from `progress`, or those of one area in every format, then the site.

    Those of the levels `printed` are made as PDF too. Returns the files, the nation's first. Raises XuejiError when the month has no figures, or there is no such area.
    """
    folder = engine.home_path / "bulletins" / month
    with engine.session() as connection:
        areas = month_areas(connection, month)
        if code is not None and code not in areas:
            raise XuejiError(
                f"unit {code}: no such area in {month}, expected 00, one of {', '.join(UNITS)}, or the code of a city or county"
            )
        folder.mkdir(parents=True, exist_ok=True)
        if code is None:
            formats = {area: chosen_formats(folder, level, area, printed) for area, (level, _) in areas.items()}
        else:
            formats = {code: FORMATS}
        editions = month_editions(connection, month, formats)
        by_unit = _by_unit(areas, formats)
        rows = month_rows(connection, month, list(by_unit))
        tasks = [
            BulletinTask(*rows[unit], RULES, {area: formats[area] for area in chosen}, editions)
            for unit, chosen in by_unit.items()
        ]
    files = render_tasks(engine, tasks, folder)
    if code is None:
        files += write_facts(engine, month, folder)
        _remove_others(folder, files)
    write_site(engine)
    return files


def month_areas(connection: duckdb.DuckDBPyConnection, month: str) -> dict[str, tuple[str, str]]:
    """code → level and unit of the month's areas down to the county, residual ones left out; the nation first, units in order.

    Makes the table `area_units`: level, code and unit of all of them, and of schools.
    """
    connection.execute(f"create or replace temp table area_units as {area_units_sql(month)}")
    rows = connection.execute(
        "select level, code, unit from area_units where level <> 'school' and code not like '__0000'"
    ).fetchall()
    if not rows:
        months = [name for (name,) in connection.execute("select distinct month from progress order by 1").fetchall()]
        raise XuejiError(f"month {month}: no figures, expected one of {', '.join(months) or 'no month yet'}")
    order = [ind.NATIONAL_CODE, *UNITS]
    rows.sort(key=lambda row: (order.index(row[2]), ind.LEVELS.index(row[0]), row[1]))
    return {code: (level, unit) for level, code, unit in rows}


def area_units_sql(month: str) -> str:
    """A query over `progress`: level, code and unit of the month's areas and schools; the nation's unit is its own code."""
    return f"""
        with areas as (select distinct level, code, parent_code from progress where month = {literal(month)})
        select areas.level, areas.code, case
            when areas.level in {literal_list(ind.UNIT_LEVELS)} then areas.code
            when above.level = 'province' then above.code
            when further.level = 'province' then further.code
            else further.parent_code
        end as unit
        from areas
        left join areas as above on above.code = areas.parent_code
        left join areas as further on further.code = above.parent_code
    """


def _by_unit(areas: Mapping[str, tuple[str, str]], chosen: Mapping[str, object]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for code in chosen:
        groups[areas[code][1]].append(code)
    return groups


def chosen_formats(folder: Path, level: str, code: str, printed: Sequence[str]) -> tuple[str, ...]:
    """Every format of the levels that are printed; of others those made everywhere, and what was asked for once."""
    return tuple(
        kind
        for kind in FORMATS
        if kind in EVERYWHERE or level in printed or (folder / f"{level}-{code}.{kind}").is_file()
    )


def month_editions(
    connection: duckdb.DuckDBPyConnection, month: str, formats: Mapping[str, Sequence[str]]
) -> dict[str, Edition]:
    """What each area's bulletin says beside figures: number and day of issue where it was issued by hand, reasons of refusals."""
    as_of: date = connection.execute("select max(as_of) from progress where month = ?", [month]).fetchall()[0][0]
    reasons = dict(connection.execute(refusal_reasons_sql(as_of)).fetchall())
    issued = {
        code: Edition(number, issued_on, issuer, reasons, formats=formats.get(code, ()))
        for code, number, issued_on, issuer in connection.execute(
            "select code, document_number, issued_on, issuer from bulletin_issues where month = ?", [month]
        ).fetchall()
    }
    return {code: issued.get(code, Edition(refusal_reasons=reasons, formats=formats[code])) for code in formats}


def month_rows(
    connection: duckdb.DuckDBPyConnection, month: str, units: Sequence[str]
) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
    """By unit the rows that its bulletins are told from, of the month and of earlier ones: the nation's and all the unit's.

    Over `area_units`. Of the nation's own bulletin (00) those of nation and units. Of earlier months those of the previous bulletin, and what they
    printed of figures that are told otherwise now.
    """
    every = ind.NATIONAL_CODE in units
    joined = f"""
        select {ROW_COLUMNS.replace("level", "progress.level")}, unit
        from progress join area_units using (code)
        where {"true" if every else f"unit in {literal_list((ind.NATIONAL_CODE, *units))}"}
    """
    now = connection.sql(f"{joined} and month = {literal(month)} order by progress.level, code, indicator").pl()
    before = connection.sql(
        f"""
        with restated as (select code, indicator from progress where month = {literal(month)} and indicator like 'restated_%')
        {joined} and month < {literal(month)} and progress.level <> 'school' and (
            month = (select max(month) from progress where month < {literal(month)})
            or (code, 'restated_' || month || '_' || indicator) in (select code, indicator from restated)
        )
        order by month, progress.level, code, indicator
        """
    ).pl()
    return {unit: (rows_of_unit(now, unit), rows_of_unit(before, unit)) for unit in units}


def rows_of_unit(rows: pl.DataFrame, unit: str) -> pl.DataFrame:
    if unit == ind.NATIONAL_CODE:  # of what lies below the units it must know that it is there
        chosen = pl.col("level").is_in(ind.UNIT_LEVELS) | (
            (pl.col("level") != "school") & (pl.col("indicator") == ind.STUDENTS)
        )
    else:
        chosen = pl.col("unit").is_in([ind.NATIONAL_CODE, unit])
    return rows.filter(chosen).drop("unit")


def render_tasks(engine: Engine, tasks: Sequence[BulletinTask], folder: Path) -> list[Path]:
    """Write the tasks' bulletins on every core, the largest first, so that none is left waiting for the last."""
    steps = Steps("bulletins", len(tasks), "pages")
    order = sorted(range(len(tasks)), key=lambda place: -tasks[place].rows.height)
    written: dict[int, list[Path]] = {}
    with executor(engine.cores, len(tasks), FEW_TASKS) as pool:
        ordered = [tasks[place] for place in order]
        results = (pool.map if pool else map)(write_bulletins, ordered, [folder] * len(tasks))
        for place, files in zip(order, results, strict=True):
            written[place] = files
            steps.done(next(iter(tasks[place].formats)), len(tasks[place].formats))
    return [file for place in range(len(tasks)) for file in written[place]]


def write_facts(engine: Engine, month: str, folder: Path) -> list[Path]:
    """The month's facts as they may leave the house, and their dictionary. Schools stand in the Parquet file alone."""
    with engine.session() as connection, stage("facts"):
        frame = published_facts(
            connection.sql(f"select * exclude (versions) from progress where month = {literal(month)}").pl()
        )
    contents = {
        "facts.csv": facts_csv(frame.filter(pl.col("level") != "school")),
        "facts.parquet": facts_parquet(frame),
        "dictionary.csv": dictionary_csv(describe_all(frame["indicator"].unique().sort(), RULES)),
    }
    for name, content in contents.items():
        write_whole(folder / name, content)
    return [folder / name for name in contents]


def _remove_others(folder: Path, files: Sequence[Path]) -> None:
    """Take away what an earlier rendering of the month left of areas that are no longer there."""
    for file in set(folder.iterdir()) - set(files):
        file.unlink()


def write_site(engine: Engine) -> None:
    """The pages over all months that have figures."""
    site = engine.home_path / "site"
    (site / "data").mkdir(parents=True, exist_ok=True)
    with engine.session() as connection, stage("site"):
        files = render_site(site_months(connection, engine.home_path / "bulletins"))
    for name, content in files.items():
        write_whole(site / name, content.encode())


def site_months(connection: duckdb.DuckDBPyConnection, bulletins: Path) -> Iterator[SiteMonth]:
    """Oldest first."""
    months = connection.execute("select month, max(as_of) from progress group by month order by month").fetchall()
    for month, as_of in months:
        figures = connection.sql(
            f"""
            select level, code, name, parent_code, indicator, value, mark from progress
            where month = {literal(month)} and level in {literal_list(SITE_LEVELS)} and indicator in {literal_list(SITE_INDICATORS)}
            order by level, code, indicator
            """
        ).pl()
        editions: dict[tuple[str, str], list[str]] = defaultdict(list)
        facts = []
        for file in sorted((bulletins / month).glob("*.*")):
            level, _, code = file.stem.partition("-")
            if code:
                editions[level, code].append(file.suffix[1:])
            else:
                facts.append(file.name)
        yield SiteMonth(month, as_of, figures.iter_rows(), editions, facts)
