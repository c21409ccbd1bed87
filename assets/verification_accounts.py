"""Dedicated accounts of data-quality verification (数据质量核查专用账号): who may sign in, from when until when (annex 2, 一.3).

They follow the windows: nobody opens or closes one by hand. The account system reads HOME/verification/<round>/accounts-<unit>.csv: what
does not stand in it as 已开通 is not open.
"""

import io
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.records import create_from
from xueji.assets.whole_files import write_whole
from xueji.checks.campaigns import accounts_sql
from xueji.checks.divisions import names
from xueji.checks.sql_text import literal
from xueji.checks.verification_tables import VERIFICATION_ACCOUNTS

TABLE = "verification_accounts"
ORDER = "campaign, county_code, office_level, office_code"
LEVELS = {"county": "区县", "school": "学校"}
HEADERS = {
    "account": "账号",
    "campaign": "核查批次",
    "office_level": "使用单位级别",
    "office_code": "使用单位代码",
    "office_name": "使用单位名称",
    "county_code": "所在区县",
    "opens_on": "开通日期",
    "closes_on": "关闭日期",
    "most_sessions": "最多同时登录数",
    "state": "状态",
}


def write_accounts(engine: Engine, night: str) -> int:
    """Bring the register of accounts up to a night; returns how many rows were written. Of units in which nothing changed none is."""
    if not engine.files("campaign_windows") and not engine.files(TABLE):
        return 0
    with engine.session() as connection:
        create_from(connection, "division_names", pl.DataFrame(list(names().items()), ["code", "name"], orient="row"))
        connection.execute(f"create temp table accounts_now as {accounts_sql(night)}")
        changed = changed_units(connection)
        written = 0
        if changed:
            queries = [(unit, f"select * from accounts_now where unit_code = {literal(unit)}") for unit in changed]
            written = engine.replace_table(TABLE, queries, connection, changed, ORDER)
        for unit in units_to_tell(engine, connection, changed):
            write_unit_files(engine, connection, unit)
    return written


def changed_units(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Units whose accounts are others than the table says, in administrative order."""
    columns = ", ".join(VERIFICATION_ACCOUNTS.columns)
    digest = f"count(*) as accounts, sum(hash({columns})) as digest"
    return [
        unit
        for (unit,) in connection.execute(
            f"""
            select coalesce(n.unit_code, b.unit_code) as unit
            from (select unit_code, {digest} from accounts_now group by unit_code) as n
            full join (select unit_code, {digest} from {TABLE} group by unit_code) as b on b.unit_code = n.unit_code
            where n.digest is distinct from b.digest or n.accounts is distinct from b.accounts
            order by unit
            """
        ).fetchall()
    ]


def units_to_tell(engine: Engine, connection: duckdb.DuckDBPyConnection, changed: Iterable[str]) -> list[str]:
    """Units whose files are to be looked at: those that changed, and those that lack one."""
    rows = connection.execute("select distinct campaign, unit_code from accounts_now").fetchall()
    lacking = {unit for campaign, unit in rows if not accounts_file(engine.home_path, campaign, unit).exists()}
    return sorted({*changed, *lacking})


def write_unit_files(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str) -> None:
    """Write a unit's file of each round that has something new to say. A round that was withdrawn keeps a file without any account."""
    frame = connection.sql(f"select * from accounts_now where unit_code = {literal(unit)} order by {ORDER}").pl()
    folder = engine.home_path / "verification"
    before = {file.parent.name for file in folder.glob(f"*/accounts-{unit}.csv")}
    for campaign in sorted(before | set(frame["campaign"])):
        content = accounts_csv(frame.filter(pl.col("campaign") == campaign))
        file = accounts_file(engine.home_path, campaign, unit)
        if not file.exists() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, content)


def accounts_file(home: Path, campaign: str, unit: str) -> Path:
    return home / "verification" / campaign / f"accounts-{unit}.csv"


def accounts_csv(accounts: pl.DataFrame) -> bytes:
    """The accounts as the account system reads them, a spreadsheet too: UTF-8 with a mark, Chinese headers."""
    buffer = io.BytesIO()
    columns = accounts.with_columns(pl.col("office_level").replace(LEVELS)).select(*HEADERS).rename(HEADERS)
    columns.write_csv(buffer, include_bom=True, line_terminator="\r\n")
    return buffer.getvalue()
