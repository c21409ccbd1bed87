"""Students typed, folded and keyed: a unit's first delivery as a base, each later one as what it changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg
import duckdb

from xueji.assets.changes import CORE
from xueji.assets.engine import Engine, text_digest
from xueji.assets.lake_files import LakeFile
from xueji.assets.layers import BASE, PATCH, is_patch
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import dates_and_units, dates_and_units_of
from xueji.assets.records import frame_of
from xueji.assets.steps import Steps
from xueji.checks.core_students import KNOWN_DIVISIONS, content_hash_sql, core_students_sql
from xueji.checks.spreadsheet_damage import IS_DAMAGED
from xueji.checks.tables import CORE_COLUMNS

DAMAGED_FILES = f"select unit_code, file from file_profiles where {IS_DAMAGED}"
DIVISIONS = "select code from known_divisions"
# What a withdrawn row still says: the keys by which it met other records, so that those are looked at again.
WITHDRAWN_COLUMNS = ("unit_code", "content_hash", "student_no_key", "id_key", "pair_key", "document_key", "person_key")
MOST_PATCHED_SHARE = 0.2  # rows of patches to rows; with more the unit gets a new base
EDITION = text_digest(core_students_sql())


@dataclass(frozen=True)
class Snapshot:
    """A unit's row of `snapshots`."""

    unit_code: str
    as_of: str
    source: str
    edition: str


@dataclass(frozen=True)
class UnitFiles:
    """A unit's raw files, and its snapshot before and after them."""

    raw: Sequence[LakeFile]
    before: Snapshot | None
    snapshot: Snapshot


@dataclass(frozen=True)
class Layers:
    """What a unit's core rows gain and lose: files, and the number of rows written."""

    added: Sequence[LakeFile] = ()
    removed: Sequence[LakeFile] = ()
    rows: int = 0


@dg.asset(
    partitions_def=dates_and_units,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="core",
    deps=["raw_students"],
)
def core_students(context: dg.AssetExecutionContext, cluster: Engine) -> dg.MaterializeResult:
    """One row a registration, of each unit's last good snapshot."""
    _, units = dates_and_units_of(list(context.partition_keys))
    changes = update_core(cluster, units)
    with cluster.session() as connection:
        overview = counts_markdown(
            connection,
            f"""
            select unit_code, as_of as snapshot, rows
            from snapshots
            join (select unit_code, count(*) as rows from {CORE} group by unit_code) as counted using (unit_code)
            order by unit_code
            """,
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": changes, "units": overview})


def update_core(engine: Engine, units: Sequence[str]) -> int:
    """Bring the core rows of these units up to their raw files. Returns the number of rows written."""
    raw: dict[str, list[LakeFile]] = {unit: [] for unit in units}
    for file in engine.files("raw_students"):
        raw.setdefault(str(file.partition["unit_code"]), []).append(file)
    before = {snapshot.unit_code: snapshot for snapshot in snapshots(engine.at_hand)}
    dates = accepted_dates(engine.at_hand)
    after = dict(before)
    units = [unit for unit in units if raw[unit] and unit in dates]
    deliveries = [
        UnitFiles(raw[unit], before.get(unit), Snapshot(unit, dates[unit], source_of(raw[unit]), EDITION))
        for unit in units
    ]
    written = 0
    steps = Steps(CORE, len(units))
    for delivery, layers in zip(deliveries, engine.spread(unit_layers, deliveries), strict=True):
        engine.commit(CORE, layers.added, layers.removed)
        written += layers.rows
        unit = delivery.snapshot.unit_code
        after[unit] = delivery.snapshot
        steps.done(unit, sum(file.rows for file in delivery.raw))
    if after != before:
        rows = [vars(snapshot) for _, snapshot in sorted(after.items())]
        with engine.at_hand.connection() as connection:
            connection.register("taken", frame_of("snapshots", rows, dates_as_text=True).to_arrow())
            engine.at_hand.replace_table("snapshots", "select * from taken", connection)
    return written


def snapshots(engine: Engine) -> list[Snapshot]:
    with engine.connection() as connection:
        query = f"select unit_code, cast(as_of as varchar), source, edition from ({engine.table_sql('snapshots')})"
        return [Snapshot(*row) for row in connection.execute(query).fetchall()]


def accepted_dates(engine: Engine) -> dict[str, str]:
    """The date of each unit's last accepted delivery."""
    with engine.connection() as connection:
        return dict(
            connection.execute(
                f"""select unit_code, cast(max("date") as varchar) from ({engine.table_sql("deliveries")})
                where kind = 'students' and verdict = 'accepted' group by unit_code"""
            ).fetchall()
        )


def source_of(files: Sequence[LakeFile]) -> str:
    """A digest of a unit's raw files: another as soon as one of them is."""
    return hashlib.sha256("\n".join(sorted(file.path.name for file in files)).encode()).hexdigest()


def unit_layers(engine: Engine, connection: duckdb.DuckDBPyConnection, delivery: UnitFiles) -> Layers:
    """Write the files of what a unit's raw files changed, or of all of them, for a commit."""
    raw, before, snapshot = delivery.raw, delivery.before, delivery.snapshot
    unit = snapshot.unit_code
    files = [file for file in engine.files(CORE) if file.partition["unit_code"] == unit]
    delivered = f"({engine.files_sql('raw_students', raw)})"
    is_like_before = before is not None and before.edition == snapshot.edition and files and not engine.afresh
    if is_like_before and before is not None and before.source == snapshot.source:
        return Layers()
    connection.execute(f"create or replace temp table known_divisions as {KNOWN_DIVISIONS}")
    if not is_like_before:
        return write_base(engine, connection, unit, delivered, files)
    find_changes(engine, connection, delivered, files)
    added, withdrawn = (
        connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in ("added", "withdrawn")
    )
    rows = sum(file.rows for file in raw)
    if withdrawn + sum(file.rows for file in files if is_patch(file.path)) > MOST_PATCHED_SHARE * rows:
        return write_base(engine, connection, unit, delivered, files)
    patch = write_patch(engine, connection, unit, files) if added or withdrawn else []
    return Layers(patch, rows=int(added + withdrawn))


def write_base(
    engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, delivered: str, files: Sequence[LakeFile]
) -> Layers:
    query = f"select *, 0 as patch_no, false as is_withdrawn from ({core_students_sql(delivered, DAMAGED_FILES, DIVISIONS)})"
    base = engine.write_files(CORE, query, connection, {"unit_code": unit}, stem=BASE)
    return Layers(base, files, sum(file.rows for file in base))


def find_changes(
    engine: Engine, connection: duckdb.DuckDBPyConnection, delivered: str, files: Sequence[LakeFile]
) -> None:
    """Leave the delivered rows that are new as the table `added`, and what no longer stands as `withdrawn`.

    Rows are compared by their content_hash. Rows that are all alike are withdrawn together, and those of them that stay are
    added again.
    """
    content = content_hash_sql("raw.unit_code", "damaged_files.file")
    hashed = f"""
        select {{columns}}
        from {delivered} as raw
        left join ({DAMAGED_FILES}) as damaged_files
            on damaged_files.unit_code = raw.unit_code and damaged_files.file = raw.file
    """
    core = f"({engine.files_sql(CORE, files)})"
    columns = ", ".join(WITHDRAWN_COLUMNS)
    connection.execute(f"create or replace temp table hashes as {hashed.format(columns=f'{content} as content_hash')}")
    connection.execute(
        f"""create or replace temp table withdrawn as
        select {columns} from {core} as core
        where not exists (select 1 from hashes where hashes.content_hash = core.content_hash)"""
    )
    connection.execute(
        f"""create or replace temp table new_hashes as
        select content_hash from hashes
        where not exists (select 1 from {core} as core where core.content_hash = hashes.content_hash)"""
    )
    delivered_rows, standing, gone, new = (
        connection.execute(f"select count(*) from {rows}").fetchall()[0][0]
        for rows in ("hashes", f"{core} as core", "withdrawn", "new_hashes")
    )
    if delivered_rows != standing - gone + new:
        find_repeats(connection, core, columns)
    connection.execute(
        f"""create or replace temp table added as
        select delivered.* exclude (content_hash)
        from ({hashed.format(columns=f"raw.*, {content} as content_hash")}) as delivered
        where content_hash in (select content_hash from new_hashes)"""
    )


def find_repeats(connection: duckdb.DuckDBPyConnection, core: str, columns: str) -> None:
    """Some rows stand in the delivery another number of times than before: withdraw all that are like them, and add them anew."""
    connection.execute(
        f"""create or replace temp table repeats as
        select content_hash
        from (select content_hash, count(*) as rows from hashes group by content_hash) as now
        join (select content_hash, count(*) as rows from {core} as core group by content_hash) as before
            using (content_hash)
        where now.rows <> before.rows"""
    )
    connection.execute(
        f"""insert into withdrawn
        select {columns} from {core} as core where content_hash in (select content_hash from repeats)"""
    )
    connection.execute("insert into new_hashes select content_hash from repeats")


def write_patch(
    engine: Engine, connection: duckdb.DuckDBPyConnection, unit: str, files: Sequence[LakeFile]
) -> list[LakeFile]:
    """Write the tables `added` and `withdrawn` as a new layer of the unit."""
    patches = [int(file.path.name.split("-")[1]) for file in files if is_patch(file.path)]
    number = max(patches, default=0) + 1
    nulls = ", ".join(
        column if column in WITHDRAWN_COLUMNS else f"cast(null as {kind}) as {column}"
        for column, kind in CORE_COLUMNS.items()
    )
    query = f"""
        select *, {number} as patch_no, false as is_withdrawn from ({core_students_sql("added", DAMAGED_FILES, DIVISIONS)})
        union all by name
        select distinct on (content_hash) {nulls}, {number} as patch_no, true as is_withdrawn from withdrawn
    """
    return engine.write_files(CORE, query, connection, {"unit_code": unit}, stem=f"{PATCH}-{number:06}")
