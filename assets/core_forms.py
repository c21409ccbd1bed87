"""Where every student's form stands: `core_forms` and `form_changes` of the campaign that each unit is in, made from the ledger.

A pure function of the tables. A unit is worked out again when anything changed that its rows are made from; the commit keeps a
digest a unit of that. Rows of earlier campaigns stay as they were when the next one began.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from xueji.assets.engine import Engine, text_digest
from xueji.assets.lake_files import LakeFile
from xueji.checks.campaigns import unit_campaigns_sql
from xueji.checks.form_changes import ITEM_PASSED, item_states_sql
from xueji.checks.form_states import core_forms_sql, form_changes_sql, newest_editions_sql, registry_sql
from xueji.checks.sql_text import literal
from xueji.checks.tables import Table
from xueji.checks.verification_scope import scope_sql
from xueji.checks.verification_tables import CORE_FORMS, FORM_CHANGES

UNIT_INPUTS = ("core_students", "business", "form_editions")  # partitioned by unit
NATIONAL_INPUTS = ("campaign_windows", "core_schools", "form_events", "form_photos", "snapshots")
EDITION = text_digest(
    core_forms_sql("u", "e", "v", "i", "s") + form_changes_sql("e", "i", "r") + item_states_sql("v") + newest_editions_sql("u")
)  # fmt: skip
UNITS, EDITIONS, EVENTS, ITEMS, SCOPE, REGISTRY = (
    "ledger_units", "ledger_editions", "ledger_events", "ledger_items", "ledger_scope", "ledger_registry",
)  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """What the tables were made from: digests of the nation's inputs and of each unit's own."""

    nation: str
    units: Mapping[str, str]


def update_core_forms(engine: Engine, night: str) -> int:
    """Bring `core_forms` and `form_changes` up to the ledger. Returns the rows of core_forms written."""
    if engine.version("campaign_windows") is None:
        return 0
    before = read_basis(engine)
    nation = nation_digest(engine, night)
    if before.nation == nation and not engine.afresh:
        return 0
    with engine.session() as connection:
        campaigns = dict(connection.execute(unit_campaigns_sql(night)).fetchall())
        units = unit_digests(engine, connection, campaigns)
        stale = [unit for unit in sorted(units) if engine.afresh or before.units.get(unit) != units[unit]]
        return write_units(engine, connection, {unit: campaigns[unit] for unit in stale}, Basis(nation, units))


def read_basis(engine: Engine) -> Basis:
    kept = engine.basis("core_forms")
    return Basis(str(kept.get("nation", "")), json.loads(str(kept.get("units", "{}"))))


def nation_digest(engine: Engine, night: str) -> str:
    """A digest that is another as soon as any input table is, or another window has opened by the night."""
    versions = {name: engine.version(name) for name in (*UNIT_INPUTS, *NATIONAL_INPUTS)}
    with engine.connection() as connection:
        opened = connection.execute(
            f"""select distinct campaign, region_code, unit_code from ({engine.table_sql("campaign_windows")})
            where opens_on <= date '{night}' order by all"""
        ).fetchall()
    return text_digest(json.dumps([EDITION, versions, opened], sort_keys=True))


def unit_digests(engine: Engine, connection: duckdb.DuckDBPyConnection, campaigns: Mapping[str, str]) -> dict[str, str]:
    """For each unit with a campaign a digest of what its rows are made from."""
    parts: dict[str, list[object]] = {
        unit: [EDITION, campaign, engine.version("core_schools")] for unit, campaign in campaigns.items()
    }
    for name in UNIT_INPUTS:
        for file in engine.files(name):
            if (unit := file.partition["unit_code"]) in parts:
                parts[unit].append(file.path.name)
    columns = {
        "snapshots": "source",
        "form_events": "form_no, sequence, step, happened_on, person, field, new_value, office_code, verdict",
        "form_photos": "form_no, sha256, uploaded_on",
    }
    for name, read in columns.items():
        rows = connection.execute(
            f"select unit_code, count(*), cast(bit_xor(hash({read})) as varchar) from {name} group by unit_code"
        ).fetchall()
        for unit, *digest in rows:
            if unit in parts:
                parts[unit] += [name, *digest]
    return {unit: text_digest(json.dumps(part)) for unit, part in parts.items()}


def write_units(
    engine: Engine, connection: duckdb.DuckDBPyConnection, campaigns: Mapping[str, str], basis: Basis
) -> int:
    forms: list[LakeFile] = []
    changes: list[LakeFile] = []
    for unit, campaign in campaigns.items():
        gather(engine, connection, unit, campaign)
        made = (
            (CORE_FORMS, forms, core_forms_sql(UNITS, EDITIONS, EVENTS, ITEMS, SCOPE), "campaign, school_code, record_key"),
            (FORM_CHANGES, changes, form_changes_sql(EDITIONS, ITEMS, REGISTRY), "campaign, school_code, record_key, field"),
        )  # fmt: skip
        for table, added, rows, order_by in made:
            query = with_earlier_sql(table, rows, unit, campaign)
            added += engine.write_files(table.name, query, connection, {"unit_code": unit}, order_by=order_by)
    for table, added, said in ((FORM_CHANGES, changes, None), (CORE_FORMS, forms, basis)):
        replaced = [file for file in engine.files(table.name) if file.partition["unit_code"] in campaigns]
        kept = None if said is None else {"nation": said.nation, "units": json.dumps(dict(said.units), sort_keys=True)}
        engine.commit(table.name, added, replaced, kept)
    return sum(file.rows for file in forms)


def gather(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, campaign: str) -> None:
    """Leave what a unit's rows are made from as the temporary tables named above."""
    students = [file for file in engine.files("core_students") if file.partition["unit_code"] == unit]
    tables = {
        UNITS: f"select {literal(unit)} as unit_code, {literal(campaign)} as campaign",
        EDITIONS: newest_editions_sql(UNITS),
        EVENTS: f"""select * from form_events
            where unit_code = {literal(unit)} and campaign = {literal(campaign)} and form_no in (select form_no from {EDITIONS})""",
        ITEMS: item_states_sql(EVENTS),
        SCOPE: scope_sql(f"({engine.files_sql('core_students', students)})"),
    }
    for name, query in tables.items():
        connection.execute(f"create or replace temp table {name} as {query}")
    connection.execute(f"create or replace temp table {REGISTRY} as {present_values_sql(engine, connection, unit)}")


def present_values_sql(engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str) -> str:
    """A query for what the registry says of the items that were passed; the raw files are opened only when there are any."""
    wanted = f"""(
        select i.form_no, e.record_key, i.field
        from {ITEMS} as i join {EDITIONS} as e on e.form_no = i.form_no
        where i.state = '{ITEM_PASSED}' and not i.is_statement)"""
    fields = [
        field for (field,) in connection.execute(f"select distinct field from {wanted} order by field").fetchall()
    ]
    raw = [file for file in engine.files("raw_students") if file.partition["unit_code"] == unit] if fields else []
    if not raw:
        empty = ", ".join(f"cast(null as varchar) as {column}" for column in ("form_no", "field", "value"))
        return f"select {empty} where false"
    return registry_sql(f"({engine.files_sql('raw_students', raw)})", wanted, fields)


def with_earlier_sql(table: Table, query: str, unit: str, campaign: str) -> str:
    """A query: the rows of a unit's campaign beside those of its other campaigns as they stand in the table."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    return f"""
        select {columns} from {table.name} where unit_code = {literal(unit)} and campaign <> {literal(campaign)}
        union all
        select {columns} from ({query}) as made
    """
