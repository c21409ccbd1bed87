"""The few records that rules on groups and on the register need to look at, kept up from night to night.

Either table may hold more than the rules find, never less: whole groups, and every record that the register does not confirm.
The rules then read these instead of the nation.
"""

import dagster as dg
import duckdb

from xueji.assets.changes import CORE, Changes, changes_since, files_then, gone_from, look_at
from xueji.assets.engine import Basis, Engine, text_digest
from xueji.assets.lake_files import parquet_sql
from xueji.assets.partitions import all_units_of_date, delivery_dates
from xueji.assets.steps import stage
from xueji.checks.tables import CORE_COLUMNS

GROUPS, REGISTER = "group_candidates", "register_candidates"
GROUP_KEYS = ("number_key", "student_no_key", "person_key")
STORED = ", ".join(CORE_COLUMNS)
CORE_STUDENTS_DEP = dg.AssetDep(CORE, partition_mapping=all_units_of_date)


@dg.asset(partitions_def=delivery_dates, group_name="candidates", deps=[CORE_STUDENTS_DEP])
def group_candidates(cluster: Engine) -> dg.MaterializeResult:
    """The records that share a number, a student number, or name, sex and birth date with another."""
    with stage(GROUPS):
        rows = update_group_candidates(cluster)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


@dg.asset(
    partitions_def=delivery_dates,
    group_name="candidates",
    deps=[CORE_STUDENTS_DEP, "core_population", "identity_answers"],
)
def register_candidates(cluster: Engine) -> dg.MaterializeResult:
    """The records whose number and name the register does not hold as they stand, and those its owner has answered for."""
    with stage(REGISTER):
        rows = update_register_candidates(cluster)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


def update_group_candidates(engine: Engine) -> int:
    """Bring the table up to the core table as it stands. Returns the number of rows."""
    basis = engine.basis(GROUPS)
    after = {"core": engine.version(CORE), "text": text_digest(all_groups_sql())}
    changes = changes_since(engine, basis.get("core")) if basis.get("text") == after["text"] else None
    with engine.session() as connection:
        if changes is None:
            for key in GROUP_KEYS:
                connection.execute(repeated_keys_sql(key))
            query = all_groups_sql()
        else:
            query = changed_groups_sql(connection, changes)
        return engine.replace_table(GROUPS, query, connection, basis=after)


def repeated_keys_sql(key: str, condition: str = "true") -> str:
    """A statement that leaves the keys of two records or more as a table of the key's name."""
    return f"""create or replace temp table repeated_{key} as
        select {key} from {CORE} where {key} is not null and {condition} group by {key} having count(*) >= 2"""


def all_groups_sql() -> str:
    """The core rows with a repeated key, each once.

    A query a key: the engine then carries few keys into the scan, and need not unpack the other columns of most rows.
    """
    queries = []
    for place, key in enumerate(GROUP_KEYS):
        earlier = "".join(
            f" and ({before} is null or {before} not in (select {before} from repeated_{before}))"
            for before in GROUP_KEYS[:place]
        )
        queries.append(f"select {STORED} from {CORE} where {key} in (select {key} from repeated_{key}){earlier}")
    return "\nunion all\n".join(queries)


def changed_groups_sql(connection: duckdb.DuckDBPyConnection, changes: Changes) -> str:
    """The candidates of before that still stand, and the groups that changed records leave, join or make."""
    changes.lay_out(connection)
    for key in GROUP_KEYS:
        connection.execute(
            f"create or replace temp table touched_{key} as "
            f"select {key} from withdrawn where {key} is not null union select {key} from added where {key} is not null"
        )
        connection.execute(repeated_keys_sql(key, f"{key} in (select {key} from touched_{key})"))
    connection.execute(
        f"""create or replace temp table standing as
        select {STORED} from {GROUPS} where content_hash not in (select content_hash from withdrawn)"""
    )
    return f"""
        select * from standing
        union all
        select * from ({all_groups_sql()}) as grouped
        where not exists (select 1 from standing where standing.content_hash = grouped.content_hash)
    """


def update_register_candidates(engine: Engine) -> int:
    """Bring the table up to core table, register and answers as they stand. Returns the number of rows."""
    basis = engine.basis(REGISTER)
    after = {
        "core": engine.version(CORE),
        "population": engine.version("core_population"),
        "answers": engine.version("identity_answers"),
        "text": text_digest(unconfirmed_sql(CORE)),
    }
    changes = changes_since(engine, basis.get("core")) if basis.get("text") == after["text"] else None
    touched = None if changes is None else touched_numbers_sql(engine, basis)
    with engine.session() as connection:
        connection.execute("create or replace temp table answered as select distinct id_key from identity_answers")
        if changes is None or touched is None:
            answers = connection.execute("select count(*) from answered").fetchall()[0][0]
            query = unconfirmed_sql(CORE, has_answers=answers > 0)
        else:
            query = changed_register_sql(connection, changes, touched)
        return engine.replace_table(REGISTER, query, connection, basis=after)


def unconfirmed_sql(students: str, register: str = "core_population", has_answers: bool = True) -> str:
    """The rows of a table of students that the register does not confirm, and those that its owner has answered for.

    `register` may be any part of the register that holds the pairs of these students. Without a register nothing is to be confirmed.
    Without answers the second part is left out: it would go through the register once more.
    """
    is_held = f"exists (select 1 from {register} as register where register.pair_key = students.pair_key)"
    unconfirmed = f"""
        select {STORED} from {students} as students
        where id_key is not null and exists (select 1 from core_population) and not {is_held}
    """
    answered = f"""
        select {STORED} from {students} as students
        where id_key in (select id_key from answered) and (not exists (select 1 from core_population) or {is_held})
    """
    return f"{unconfirmed} union all {answered}" if has_answers else unconfirmed


def changed_register_sql(connection: duckdb.DuckDBPyConnection, changes: Changes, touched: str) -> str:
    """The candidates of before that are not touched, and what is to be looked at of changed records and changed entries."""
    changes.lay_out(connection)
    connection.execute(f"create or replace temp table touched as {touched}")
    look_at(connection, "id_key in (select id_key from touched)")
    # Which of these few the register holds: a look through the register, not a hash table of it.
    connection.execute(
        """create or replace temp table held as
        select pair_key from core_population where pair_key in (select pair_key from looked_at)"""
    )
    return f"""
        select {STORED} from {REGISTER}
        where content_hash not in (select content_hash from withdrawn)
            and content_hash not in (select content_hash from looked_at)
        union all
        {unconfirmed_sql("looked_at", "held")}
    """


def touched_numbers_sql(engine: Engine, basis: Basis) -> str | None:
    """A query for the numbers whose entries or answers changed since; None when every number may be touched, or nobody can tell."""
    queries = ["select cast(null as bigint) as id_key where false"]
    for table, kind, is_same in (
        ("core_population", "population", "other.pair_key = one.pair_key"),
        ("identity_answers", "answers", "false"),  # few: all numbers of a date that was taken or replaced
    ):
        now, then = engine.files(table), files_then(engine, table, basis.get(kind))
        if then is None and basis.get(kind) is not None:
            return None
        if table == "core_population" and bool(now) != bool(then):
            return None  # with the first register every number is judged that it does not hold
        new, gone = gone_from(now, then or []), gone_from(then or [], now)
        for rows, others in ((new, gone), (gone, new)):
            if rows:
                unlike = (
                    f"where not exists (select 1 from {parquet_sql(others)} as other where {is_same})" if others else ""
                )
                queries.append(f"select id_key from {parquet_sql(rows)} as one {unlike}")
    return " union ".join(queries)
