"""Which workbooks of verification say something new: their lines, a fingerprint of them, and the last edition of each."""

import json
from dataclasses import asdict
from hashlib import sha256

import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.verification_office_rows import office_lines
from xueji.assets.verification_school_rows import counts_sql, office_progress, school_lines
from xueji.assets.verification_sources import UnitNight, Words, create_sources
from xueji.checks.campaigns import ENTRY, EXPORT, school_windows_sql, unit_campaigns_sql
from xueji.checks.sql_text import literal

LAYOUT = "1"  # raised when wording or layout changes: every workbook is then written anew
PLACE = "substr(file, length('verification/YYYY-MM-DD/') + 1)"
UNIT_TABLES = ("core_forms", "form_changes", "verification_matters", "number_batch", "core_students")


def unit_nights(connection: duckdb.DuckDBPyConnection, night: str) -> list[UnitNight]:
    """The units with a campaign, open matters or workbooks that something stood in, in order. Leaves the temporary table `v_windows`."""
    connection.execute(
        f"""
        create or replace temp table v_windows as
        select w.* from ({school_windows_sql()}) as w
        join ({unit_campaigns_sql(night)}) as u on u.unit_code = w.unit_code and u.campaign = w.campaign
        """
    )
    rows = connection.execute(
        f"""
        with campaigns as ({unit_campaigns_sql(night)}),
        names as (
            select unit_code, campaign, max(campaign_name) as campaign_name from campaign_windows group by unit_code, campaign
        ),
        ends as (
            select unit_code, campaign, max(closes_on) as closes_on from v_windows where switch = '{ENTRY}' group by unit_code, campaign
        ),
        units as (
            select unit_code from campaigns
            union select unit_code from verification_matters where closed_on is null
            union select unit_code from verification_lists where "rows" > 0
        )
        select u.unit_code, c.campaign, coalesce(own.campaign_name, ministry.campaign_name, c.campaign),
            coalesce(e.closes_on < date '{night}', false)
        from units as u
        left join campaigns as c on c.unit_code = u.unit_code
        left join names as own on own.unit_code = u.unit_code and own.campaign = c.campaign
        left join names as ministry on ministry.unit_code = '00' and ministry.campaign = c.campaign
        left join ends as e on e.unit_code = u.unit_code and e.campaign = c.campaign
        where u.unit_code <> '00'
        order by u.unit_code
        """
    ).fetchall()
    return [UnitNight(unit, night, campaign, name, is_final) for unit, campaign, name, is_final in rows]


def inputs_digest(engine: Engine, connection: duckdb.DuckDBPyConnection, scope: UnitNight, words: Words) -> str:
    """A digest of all that a unit's workbooks are made from: equal to the last, they say nothing new."""
    open_schools = connection.execute(
        f"select count(distinct school_code) from v_windows where unit_code = ? and switch = '{EXPORT}' and opens_on <= ?",
        [scope.unit, scope.night],
    ).fetchall()
    plan = connection.execute(
        'select * exclude ("date") from storage_plan where unit_code = ? order by "date" desc limit 1', [scope.unit]
    ).fetchall()
    files = [
        (table, file.path.name)
        for table in UNIT_TABLES
        for file in engine.files(table)
        if file.partition.get("unit_code") == scope.unit
    ]
    schools = [file.path.name for file in engine.files("core_schools")]
    of_scope = {name: value for name, value in asdict(scope).items() if name != "night"}
    told = (LAYOUT, of_scope, asdict(words), open_schools, plan, files, schools)
    return sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()[:24]


def create_editions(engine: Engine, connection: duckdb.DuckDBPyConnection, scope: UnitNight) -> None:
    """Make the unit's temporary tables `v_lines`, one row a line of a workbook, and `v_editions`, one row a workbook."""
    create_sources(engine, connection, scope)
    connection.execute(f"create or replace temp table v_counts as {counts_sql()}")
    columns = (
        "place varchar, owner varchar, sheet varchar, is_total boolean, is_task boolean, sort varchar, cells varchar"
    )
    connection.execute(f"create or replace temp table v_lines ({columns})")
    for query in (*school_lines(), *office_progress(scope), *office_lines(scope)):
        connection.execute(f"insert into v_lines {query}")
    connection.execute(f"create or replace temp table v_editions as {editions_sql(scope)}")


def editions_sql(scope: UnitNight) -> str:
    """A query for the unit's workbooks: place, owner, tasks, and a fingerprint of what they say, the night's date aside."""
    told = literal(f"{LAYOUT} {scope.campaign_name} ")
    final = f"case when e.place = {literal(scope.numbers_place)} then '{scope.is_final}' else '' end"
    return f"""
        with hashed as (
            select place, owner, is_task, md5(sheet || chr(31) || cells) as line_hash from v_lines
        ),
        e as (
            select place, any_value(owner) as owner, count(*) filter (is_task) as tasks,
                md5(string_agg(line_hash, '' order by line_hash)) as lines_hash
            from hashed group by place
        )
        select e.place, e.owner, e.tasks, md5({told} || {final} || coalesce(s.school_name, '') || lines_hash) as content_hash
        from e
        left join v_schools as s on s.school_place = e.place
    """


def changed_editions(connection: duckdb.DuckDBPyConnection, scope: UnitNight) -> pl.DataFrame:
    """The unit's workbooks to write, ordered by place: place, owner, tasks, content_hash; also left as the table `v_to_write`.

    A school without tasks gets one only to say so after one with tasks. The last edition is that of the nights before: a night run again
    writes the same workbooks again.
    """
    is_school = "split_part(coalesce(e.place, l.place), '/', 3) <> ''"
    connection.execute(
        f"""
        create or replace temp table v_to_write as
        with last as (
            select {PLACE} as place, arg_max(office_code, "date") as owner, arg_max("rows", "date") as tasks,
                arg_max(content_hash, "date") as content_hash
            from verification_lists
            where unit_code = {literal(scope.unit)} and "date" < date '{scope.night}' and {PLACE} not like '%rejects.xlsx'
            group by {PLACE}
        )
        select coalesce(e.place, l.place) as place, coalesce(e.owner, l.owner) as owner, coalesce(e.tasks, 0) as tasks,
            coalesce(e.content_hash, 'empty') as content_hash
        from v_editions as e
        full join last as l on l.place = e.place
        where coalesce(e.content_hash, 'empty') is distinct from l.content_hash
            and (coalesce(e.tasks, 0) > 0 or coalesce(l.tasks, 0) > 0 or (e.place is not null and not {is_school}))
        """
    )
    return connection.sql("select * from v_to_write order by place").pl()
