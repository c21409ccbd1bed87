"""Pairs of registrations that may be of one child, and how alike they are: kept up from night to night.

The levels of a pair follow from its two registrations and from what the register says of their numbers. A night therefore compares
only pairs of which one side is new, changed, or judged otherwise by the register, and keeps all others.
"""

from collections.abc import Iterator

import dagster as dg
import duckdb

from xueji.assets.candidates import CORE_STUDENTS_DEP, GROUPS, touched_numbers_sql
from xueji.assets.changes import CORE, Changes, changes_since, look_at
from xueji.assets.engine import Basis, Engine, text_digest
from xueji.assets.partitions import delivery_dates
from xueji.assets.steps import Steps, each
from xueji.checks.suspect_blocks import (
    KEYS,
    MOST_SHARING,
    BlockKey,
    blocked_students_sql,
    name_sounds_sql,
    number_links_sql,
)
from xueji.checks.suspect_levels import compared_students_sql, pair_facts_sql, pair_levels

CANDIDATES = "suspect_candidates"
AUTOPSIES = "number_autopsies"
HOUSEHOLD_PROVINCE = "cast(household_division // 10000 as varchar)"
EDITION = "1"  # raised when pairs come to other levels by the same texts


@dg.asset(
    partitions_def=delivery_dates,
    group_name="candidates",
    deps=[CORE_STUDENTS_DEP, GROUPS, "core_schools", "core_population", AUTOPSIES],
)
def suspect_candidates(cluster: Engine) -> dg.MaterializeResult:
    """The pairs that share a key of `checks/suspect_blocks.py`, with the levels of their comparison."""
    rows = update_suspect_candidates(cluster)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


def update_suspect_candidates(engine: Engine) -> int:
    """Bring the pairs up to core table, schools, register and autopsies as they stand. Returns how many there are."""
    basis = engine.basis(CANDIDATES)
    after: dict[str, object] = {
        "core": engine.version(CORE),
        "schools": engine.version("core_schools"),
        "population": engine.version("core_population"),
        "answers": engine.version("identity_answers"),
        "autopsies": engine.version(AUTOPSIES),
        "text": text_digest(EDITION + " ".join(key.keys_sql("") for key in KEYS) + pair_facts_sql("")),
    }
    is_like_before = all(basis.get(name) == after[name] for name in ("schools", "text")) and not basis.get("crowded")
    changes = changes_since(engine, basis.get("core")) if is_like_before else None
    touched = None if changes is None else touched_numbers_sql(engine, basis)
    with engine.session() as connection:
        prepare(connection)
        is_kept = changes is not None and touched is not None
        if changes is not None and touched is not None:
            lay_out_changes(engine, connection, changes, touched, basis)
            find_touched_pairs(engine, connection)
            is_kept = not connection.execute("select count(*) from crowded").fetchall()[0][0]
        if not is_kept:
            connection.execute("delete from pairs; delete from crowded")
            find_all_pairs(engine, connection)
        after["crowded"] = connection.execute("select count(*) from crowded").fetchall()[0][0]
        compare_pairs(engine, connection)
        query = "select * from compared_pairs"
        if is_kept:
            query += f"""
                union all
                select * from {CANDIDATES}
                where l_hash not in (select content_hash from stale) and r_hash not in (select content_hash from stale)
            """
        return engine.replace_table(CANDIDATES, query, connection, basis=after)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that pairs are found with, and the empty ones they are put into."""
    connection.execute(f"create or replace temp table name_sounds as {name_sounds_sql()}")
    connection.execute(f"create or replace temp table number_links as {number_links_sql(CORE)}")
    connection.execute("create or replace temp table pairs (l_hash bigint, r_hash bigint)")
    connection.execute("create or replace temp table crowded (key bigint)")


def find_all_pairs(engine: Engine, connection: duckdb.DuckDBPyConnection) -> None:
    """Put every pair of the nation that shares a key into the table `pairs`: unit by unit where keys allow it.

    Households of a province are looked at with its unit, together with those whose children are at school elsewhere: 兵团, which is no
    province, counts as elsewhere.
    """
    away = f"(select * from {CORE} where {HOUSEHOLD_PROVINCE} <> unit_code)"
    connection.execute(f"create temp table away as {in_rooms_sql(HOUSEHOLD_PROVINCE, blocked_students_sql(away))}")
    for units in each_portion(engine, connection):
        visited = f"(select * from blocked union all select * from away where room in ({', '.join(units)}))"
        for key in KEYS:
            if key.within != "nation":
                find_pairs(connection, key, visited if key.within == "household" else "blocked")
    connection.execute("drop table away")
    national = [key for key in KEYS if key.within == "nation"]
    steps = Steps(CANDIDATES, len(national) + 1)
    for key in national:
        find_pairs(connection, key, f"({in_rooms_sql('0', blocked_students_sql(CORE))})")
        steps.done(f"key {key.name}")
    find_linked_pairs(connection)
    steps.done("key number")


def each_portion(engine: Engine, connection: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    """Every portion of the units that have registrations, while these stand in the table `blocked`, a room a unit."""
    files = engine.files(CORE)
    portions = engine.portions(sorted({str(file.partition["unit_code"]) for file in files}))
    for units in each(CANDIDATES, portions, lambda portion: ",".join(portion) if len(portion) == 1 else "all units"):
        rows = engine.files_sql(CORE, [file for file in files if file.partition["unit_code"] in units])
        blocked = in_rooms_sql("unit_code", blocked_students_sql(f"({rows})"))
        connection.execute(f"create or replace temp table blocked as {blocked}")
        yield units
    connection.execute("drop table if exists blocked")


def in_rooms_sql(room: str, blocked: str) -> str:
    """A query for blocked students with their room, an integer: only registrations of one room are looked at together."""
    return f"select *, cast({room} as integer) as room from ({blocked}) as blocked_students"


def find_pairs(connection: duckdb.DuckDBPyConnection, key: BlockKey, rows: str) -> None:
    """Add the pairs among `rows` (a table name or a query in brackets) that share the key, and the keys that too many share."""
    connection.execute(
        f"""create or replace temp table shared as
        select room, key, count(*) as sharing from ({key.keys_sql(rows)}) group by room, key having count(*) >= 2"""
    )
    connection.execute(f"insert into crowded select key from shared where sharing > {MOST_SHARING}")
    connection.execute(
        f"""create or replace temp table hits as
        select keyed.room, keyed.key, keyed.content_hash
        from ({key.keys_sql(rows)}) as keyed
        join shared on shared.key = keyed.key and shared.room = keyed.room
        where shared.sharing <= {MOST_SHARING}"""
    )
    add_pairs(connection)


def add_pairs(connection: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
    connection.execute(
        f"""insert into pairs
        select distinct l.content_hash, r.content_hash
        from hits as l
        join hits as r on r.key = l.key and r.room = l.room and l.content_hash < r.content_hash
        where {condition}"""
    )


def find_linked_pairs(connection: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
    """Add the pairs of which one side points to the number of the other, or both to one number."""
    connection.execute(
        f"""create or replace temp table hits as
        select number as key, content_hash from number_links
        union all
        select id_key, content_hash from {CORE} where id_key in (select number from number_links)"""
    )
    connection.execute(
        f"""insert into crowded
        select key from hits group by key having count(*) > {MOST_SHARING}"""
    )
    connection.execute(
        f"""insert into pairs
        select distinct least(l.content_hash, r.content_hash), greatest(l.content_hash, r.content_hash)
        from number_links as l
        join hits as r on r.key = l.number and r.content_hash <> l.content_hash
        where l.number not in (select key from crowded) and {condition}"""
    )


def lay_out_changes(
    engine: Engine, connection: duckdb.DuckDBPyConnection, changes: Changes, touched: str, basis: Basis
) -> None:
    """Leave as `looked_at` the registrations to be compared anew, and as `stale` the hashes whose pairs no longer stand."""
    changes.lay_out(connection)
    connection.execute(f"create or replace temp table touched as {touched}")
    version = basis.get("autopsies")
    then = engine.table_sql(AUTOPSIES, version) if isinstance(version, int) else f"select * from {AUTOPSIES} limit 0"
    judged = "select content_hash, repaired_key from"
    connection.execute(
        f"""create or replace temp table judged_otherwise as
        select content_hash from (({judged} {AUTOPSIES} except {judged} ({then}))
            union all ({judged} ({then}) except {judged} {AUTOPSIES}))"""
    )
    look_at(
        connection,
        """(id_key in (select id_key from touched) or content_hash in (select content_hash from judged_otherwise)
            or student_no_key in (select student_no_key from added union select student_no_key from withdrawn))""",
    )
    connection.execute(
        """create or replace temp table stale as
        select content_hash from withdrawn union select content_hash from looked_at"""
    )


def find_touched_pairs(engine: Engine, connection: duckdb.DuckDBPyConnection) -> None:
    """Put the pairs with a registration of `looked_at` into the table `pairs`. Reads the nation once, for all keys."""
    is_touched = "(l.content_hash in (select content_hash from looked_at) or r.content_hash in (select content_hash from looked_at))"
    looked_at = in_rooms_sql("0", blocked_students_sql("looked_at"))
    connection.execute(f"create or replace temp table blocked as {looked_at}")
    for key in KEYS:
        connection.execute(
            f"create temp table wanted_{key.name} as select distinct key from ({key.keys_sql('blocked')})"
        )
        connection.execute(f"create temp table hits_{key.name} (key bigint, content_hash bigint)")
    for _ in each_portion(engine, connection):
        for key in KEYS:
            connection.execute(
                f"""insert into hits_{key.name}
                select key, content_hash from ({key.keys_sql("blocked")})
                where key in (select key from wanted_{key.name})"""
            )
    for key in KEYS:
        connection.execute(
            f"""create or replace temp table hits as select 0 as room, key, content_hash from hits_{key.name};
            insert into crowded select key from hits group by key having count(*) > {MOST_SHARING}"""
        )
        add_pairs(connection, is_touched)
    find_linked_pairs(connection, is_touched)


def compare_pairs(engine: Engine, connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the levels of the pairs in the table `pairs` as the table `compared_pairs`, with the columns of `suspect_candidates`."""
    connection.execute("create or replace temp table proposed as select distinct l_hash, r_hash from pairs")
    connection.execute("drop table pairs")
    connection.execute(
        """create or replace temp table paired as
        select l_hash as content_hash from proposed union select r_hash from proposed"""
    )
    rows = f"(select * from {CORE} where content_hash in (select content_hash from paired))"
    connection.execute(f"create or replace temp table compared_students as {compared_students_sql(rows)}")
    engine.mapped(connection, "compared_pairs", pair_facts_sql("proposed"), pair_levels)
    connection.execute("drop table compared_students")
