"""Suspected duplicates of the night: candidate pairs weighed, put together to groups whose keys last, and told as findings."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from xueji.assets.case_ledger import table_before_sql, version_before
from xueji.assets.changes import CORE
from xueji.assets.engine import Engine
from xueji.assets.findings import result_of
from xueji.assets.lake_tables import SUSPECT_FINDINGS
from xueji.assets.partitions import delivery_dates
from xueji.assets.records import create_from
from xueji.assets.steps import stage
from xueji.assets.suspect_candidates import CANDIDATES
from xueji.checks import suspected_duplicate
from xueji.checks.suspect_blocks import name_sounds_sql, sound_sql
from xueji.checks.suspect_model import FIELDS, NAMESAKES, suspect_model

GROUPS, PAIRS = "suspect_groups", "suspect_pairs"
LEAST_TOLD = 0.05  # probability from which on a pair is kept for analysts to read


@dg.asset(
    partitions_def=delivery_dates,
    group_name="findings",
    deps=[CANDIDATES],
    check_specs=[
        dg.AssetCheckSpec(
            suspected_duplicate.RULE.id, asset=SUSPECT_FINDINGS, description=suspected_duplicate.RULE.source
        )
    ],
)
def findings_suspected_duplicate(context: dg.AssetExecutionContext, cluster: Engine) -> Iterator[dg.MaterializeResult]:
    """One row a registration that is likely of a child registered elsewhere as well."""
    with stage(SUSPECT_FINDINGS):
        update_suspected_duplicates(cluster, context.partition_key)
    yield result_of(cluster.at_hand, SUSPECT_FINDINGS, [suspected_duplicate.RULE])


def update_suspected_duplicates(engine: Engine, night: str) -> int:
    """Weigh the candidate pairs as they stand. Returns the number of findings."""
    before = version_before(engine, night, GROUPS)
    with engine.session() as connection:
        find_groups(connection, connection.sql(table_before_sql(engine, night, GROUPS)).pl(), night)
        engine.replace_table(PAIRS, recorded_pairs_sql(), connection)
        groups = "select distinct group_key, unit_code, record_key, cast(first_seen as date) as first_seen from members"
        engine.replace_table(GROUPS, groups, connection, basis={"night": night, "before": before})
        query = suspected_duplicate.findings_sql(f"({suspected_sql()})")
        return engine.replace_table(SUSPECT_FINDINGS, query, connection)


def find_groups(connection: duckdb.DuckDBPyConnection, earlier: pl.DataFrame, night: str) -> None:
    """Leave as temporary tables the pairs `told` of, their `parties`, and the `members` of the groups suspected.

    `earlier` are the rows of `suspect_groups` of the night before.
    """
    create_from(connection, "told", weighed_pairs(connection))
    connection.execute(f"create or replace temp table parties as {parties_sql()}")
    create_from(connection, "members", group_members(suspected_registrations(connection), earlier, night))


def weighed_pairs(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The pairs that are not clearly two children: hashes, probability, whether they are suspected, weights, evidence in words."""
    model = suspect_model()
    students = connection.execute(f"select count(*) from {CORE}").fetchall()[0][0]
    # Without both names nothing tells a child from its twin.
    pairs = connection.sql(f"select * from {CANDIDATES} where name_level is not null order by l_hash, r_hash").pl()
    # A name borne by nobody else in the nation speaks for a pair most of all: those whom not even that would help are left out.
    rarest = model.score(pairs, pl.repeat(1 / max(students, 1), pairs.height, eager=True).to_numpy(), students)
    pairs = pairs.filter(rarest["probability"] >= LEAST_TOLD)
    scores = model.score(pairs, name_shares(connection, pairs).to_numpy(), students)
    told = pl.concat([pairs, scores], how="horizontal").filter(pl.col("probability") >= LEAST_TOLD)
    return told.select(
        "l_hash",
        "r_hash",
        "probability",
        (pl.col("probability") >= model.threshold).alias("is_suspected"),
        suspected_duplicate.evidence_text().alias("evidence"),
        *(f"{field}_weight" for field in FIELDS),
    )


def name_shares(connection: duckdb.DuckDBPyConnection, pairs: pl.DataFrame) -> pl.Series:
    """Per pair the share of the unit's children of that sex, the pair's second aside, who bear the name or one of its sound; 1 where they share neither."""
    create_from(connection, "wanted_names", pairs.select("name_key").drop_nulls().unique())
    connection.execute(f"create or replace temp table name_sounds as {name_sounds_sql()}")
    same, sound = NAMESAKES
    names = f"""
        select unit_code, sex_code, {same} as level, cast(hash(name_folded) >> 1 as bigint) as name_key from {CORE}
        where cast(hash(name_folded) >> 1 as bigint) in (select name_key from wanted_names)
        union all
        select unit_code, sex_code, {sound}, name_key from (
            select unit_code, sex_code, cast({sound_sql("name_folded")} >> 1 as bigint) as name_key
            from {CORE} cross join name_sounds where name_folded is not null
        ) where name_key in (select name_key from wanted_names)
    """
    counts = connection.sql(
        f"""
        select counted.*, students from (
            select unit_code as l_unit_code, sex_code as l_sex_code, cast(level as integer) as name_level, name_key, count(*) as bearers
            from ({names}) group by all
        ) as counted
        join (select unit_code, sex_code, count(*) as students from {CORE} group by all) as everyone
            on everyone.unit_code = l_unit_code and everyone.sex_code is not distinct from l_sex_code
        """
    ).pl()
    keys = ["l_unit_code", "l_sex_code", "name_level", "name_key"]
    found = pairs.select(keys).join(counts, on=keys, how="left", maintain_order="left", nulls_equal=True)
    return found.select((pl.max_horizontal(pl.col("bearers") - 1, 1) / pl.col("students")).fill_null(1.0)).to_series()


def parties_sql() -> str:
    """A query for the core rows of the pairs told of."""
    return f"select * from {CORE} where content_hash in (select l_hash from told union select r_hash from told)"


def recorded_pairs_sql() -> str:
    """A query for the pairs told of with unit and record key of either side. Registrations alike in everything are told of once."""
    record = "(select distinct content_hash, unit_code, record_key from parties)"
    return f"""
        select
            told.*, l.unit_code as l_unit_code, l.record_key as l_record_key, r.unit_code as r_unit_code, r.record_key as r_record_key
        from told
        join {record} as l on l.content_hash = told.l_hash
        join {record} as r on r.content_hash = told.r_hash
    """


def suspected_registrations(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The pairs suspected: hash, unit and record key of either side."""
    return connection.sql(
        f"""
        select l_hash, l_unit_code, l_record_key, r_hash, r_unit_code, r_record_key
        from ({recorded_pairs_sql()}) where is_suspected
        order by l_unit_code, l_record_key, r_unit_code, r_record_key, l_hash, r_hash
        """
    ).pl()


def group_members(pairs: pl.DataFrame, earlier: pl.DataFrame, night: str) -> pl.DataFrame:
    """One row a registration of a group: content_hash, group_key, unit_code, record_key, first_seen.

    A group takes over the oldest key that one of its members had the night before; of several new groups that come from one only
    the first takes its key. Any other group is named after its first member.
    """
    records = {
        row[0]: (row[1], row[2])
        for side in (("l_hash", "l_unit_code", "l_record_key"), ("r_hash", "r_unit_code", "r_record_key"))
        for row in pairs.select(side).iter_rows()
    }
    known = {(unit, key): (first, group) for group, unit, key, first in earlier.iter_rows()}
    taken: set[str] = set()
    rows = []
    for members in sorted(sorted((records[one], one) for one in group) for group in connected(pairs)):
        keys = sorted(known[record] for record, _ in members if record in known and known[record][1] not in taken)
        first_seen, key = (str(keys[0][0]), keys[0][1]) if keys else (night, new_key(members[0][0], night))
        taken.add(key)
        rows += [(one, key, *record, first_seen) for record, one in members]
    return pl.DataFrame(rows, schema=MEMBERS, orient="row")


def connected(pairs: pl.DataFrame) -> list[list[int]]:
    """The hashes of the pairs, put together where pairs connect them."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while leader.setdefault(one, one) != one:
            leader[one] = one = leader[leader[one]]
        return one

    for left, right in pairs.select("l_hash", "r_hash").iter_rows():
        leader[find(right)] = find(left)
    groups: dict[int, list[int]] = defaultdict(list)
    for one in leader:
        groups[find(one)].append(one)
    return list(groups.values())


def new_key(record: tuple[str, str], night: str) -> str:
    digest = hashlib.md5("|".join((*record, night)).encode(), usedforsecurity=False).hexdigest()
    return f"SUS-{digest[:16]}"


def suspected_sql() -> str:
    """A query for the parties of the groups with what is said of each: its likeliest pair."""
    sides = " union all ".join(
        f"select {side}_hash as content_hash, probability, evidence from told where is_suspected" for side in "lr"
    )
    likely = "case when probability >= 0.99 then '99%以上' else cast(floor(probability * 100) as integer) || '%' end"
    return f"""
        select parties.*, members.group_key, said.detail
        from parties
        join (select distinct content_hash, group_key from members) as members using (content_hash)
        join (
            select content_hash, arg_max('可能性' || {likely} || '：' || evidence, (probability, evidence)) as detail
            from ({sides}) group by content_hash
        ) as said using (content_hash)
    """


MEMBERS = {
    "content_hash": pl.Int64,
    "group_key": pl.String,
    "unit_code": pl.String,
    "record_key": pl.String,
    "first_seen": pl.String,
}
