"""The weekly recheck: everything that nights keep up piece by piece is made anew from the raw tables, and must come out the same."""

import shutil
from dataclasses import dataclass

import dagster as dg

from xueji.assets.candidates import update_group_candidates, update_register_candidates
from xueji.assets.core_students import snapshots, update_core
from xueji.assets.engine import Engine
from xueji.assets.findings import unite_findings, update_identity_findings, update_query_findings, update_row_findings
from xueji.assets.lake_tables import QUERY_FINDINGS
from xueji.assets.number_autopsies import update_number_autopsies
from xueji.assets.steps import stage
from xueji.assets.suspect_candidates import update_suspect_candidates
from xueji.assets.suspected_duplicates import update_suspected_duplicates
from xueji.checks import suspected_duplicate
from xueji.checks.model import XuejiError
from xueji.checks.tables import CORE_COLUMNS, FINDING_COLUMNS

# What the recheck starts from, as the nights left it.
GIVEN = ("raw_students", "file_profiles", "deliveries", "core_schools", "core_population", "identity_answers")
KEY_MADE_ANEW = f"case when rule_id <> '{suspected_duplicate.RULE.id}' then group_key end"
# What is compared: table → columns that rows are counted by, columns that must agree.
COMPARED = {
    "core_students": (("unit_code",), (*CORE_COLUMNS, "as_of")),
    "findings": (
        ("unit_code", "rule_id"),
        # A suspected group keeps the key of the night that first saw it: that cannot be made anew.
        tuple(KEY_MADE_ANEW if column == "group_key" else column for column in FINDING_COLUMNS),
    ),
}


@dataclass(frozen=True)
class Difference:
    """Rows of a table, under one unit (and rule), that a full recompute finds otherwise. Counts only."""

    table: str
    key: str
    kept: int  # rows as the nights left them
    recomputed: int

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.kept} rows kept, {self.recomputed} recomputed"


@dg.asset(group_name="recheck", deps=["findings"])
def weekly_recheck(engine: Engine) -> dg.MaterializeResult:
    """Core and findings made anew and compared with what the nights kept up. A difference fails the run."""
    differences = recheck(engine)
    if differences:
        raise XuejiError(
            f"the weekly recheck found {len(differences)} differences, run `xueji run … --full`: "
            + "; ".join(map(str, differences[:20]))
        )
    return dg.MaterializeResult(metadata={"differences": 0})


def recheck(engine: Engine) -> list[Difference]:
    """What a full recompute finds otherwise than the nights left it; nothing, when all is well."""
    scratch = Engine(**engine.model_dump() | {"home": str(engine.work_path / "recheck"), "afresh": True})
    shutil.rmtree(scratch.home_path, ignore_errors=True)
    (scratch.home_path / "lake").mkdir(parents=True)
    for table in GIVEN:
        scratch.table_path(table).symlink_to(engine.table_path(table).resolve())
    try:
        with engine.session() as connection:
            nights = connection.execute("select cast(max(as_of) as varchar) from findings").fetchall()
        night = nights[0][0]
        if night is None:
            return []
        with stage("recheck: core"):
            update_core(scratch, [snapshot.unit_code for snapshot in snapshots(engine)])
        with stage("recheck: findings"):
            update_findings(scratch, night)
        return [difference for table in COMPARED for difference in compare(engine, scratch, table)]
    finally:
        shutil.rmtree(scratch.home_path, ignore_errors=True)


def update_findings(engine: Engine, night: str) -> None:
    """Bring every findings table up to the core tables as they stand."""
    update_row_findings(engine)
    update_number_autopsies(engine)
    update_group_candidates(engine)
    update_register_candidates(engine)
    for name, rule in QUERY_FINDINGS.items():
        update_query_findings(engine, name, rule)
    update_identity_findings(engine)
    update_suspect_candidates(engine)
    update_suspected_duplicates(engine, night)
    unite_findings(engine, night)


def compare(engine: Engine, scratch: Engine, table: str) -> list[Difference]:
    """Differences of one table, by count and by a sum over a hash of every row."""
    keys, columns = COMPARED[table]
    listed, by = ", ".join(columns), " || ' ' || ".join(f"coalesce({key}, '')" for key in keys)

    def counted(side: Engine) -> dict[str, tuple[int, int]]:
        query = f"select {by} as key, count(*), sum(hash({listed})) from {table} group by 1"
        with side.session() as connection:
            return {key: (rows, digest) for key, rows, digest in connection.execute(query).fetchall()}

    kept, recomputed = counted(engine), counted(scratch)
    nothing = (0, 0)
    return [
        Difference(table, key, kept.get(key, nothing)[0], recomputed.get(key, nothing)[0])
        for key in sorted(kept.keys() | recomputed.keys())
        if kept.get(key) != recomputed.get(key)
    ]
