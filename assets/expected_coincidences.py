"""Pairs of students equal in name, sex and birth date: what chance foresees beside what was found, by region and by group.

Counting how often a name occurs means reading every student's name. So only units that changed since are counted anew: all of
those, or a night that makes everything anew would print other numbers.
"""

from collections.abc import Mapping, Sequence

import dagster as dg
import duckdb
import polars as pl

from xueji.assets.changes import CORE
from xueji.assets.engine import Engine, text_digest
from xueji.assets.lake_files import LakeFile
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.metadata import counts_markdown
from xueji.assets.partitions import delivery_dates
from xueji.assets.records import frame_of
from xueji.assets.steps import Steps, stage
from xueji.checks.expected_coincidences import (
    chances_sql,
    found_tonight_sql,
    group_chance,
    groups_sql,
    name_counts_sql,
    region_counts_sql,
    region_rows,
    regions_sql,
    twice_sql,
    unit_students_sql,
)
from xueji.reports.indicators import NATIONAL_CODE

NAMES, COUNTS = "name_counts", "coincidence_counts"
REGIONS, GROUPS = "expected_coincidences", "coincidence_groups"
TEXT = text_digest(unit_students_sql(CORE) + name_counts_sql() + chances_sql() + twice_sql() + region_counts_sql("00"))
COUNTED_COLUMNS = "level, code, population, sex_code, students, found, same_name, same_date, discount, students_of_sex"


@dg.asset(partitions_def=delivery_dates, group_name="findings", deps=["findings", "core_schools", "group_candidates"])
def expected_coincidences(context: dg.AssetExecutionContext, cluster: Engine) -> dg.MaterializeResult:
    """One row a region and population: pairs that chance foresees beside those found; the groups are judged in `coincidence_groups`."""
    night = context.partition_key
    update_name_counts(cluster, night)
    with stage(REGIONS):
        rows = update_coincidences(cluster, night)
    with cluster.at_hand.session() as connection:
        overview = counts_markdown(
            connection,
            f"""select population, students, round(expected, 1) as expected, low, high, found
            from {REGIONS} where level = 'national' order by population""",
        )
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "nation": overview})


def update_name_counts(engine: Engine, night: str) -> list[str]:
    """Count the units that changed since they were counted last. Returns them."""
    core: dict[str, list[LakeFile]] = {}
    for file in engine.files(CORE):
        core.setdefault(str(file.partition["unit_code"]), []).append(file)
    basis = engine.basis(COUNTS)
    is_known = (
        basis.get("text") == TEXT and basis.get("schools") == engine.version("core_schools") and not engine.afresh
    )
    counted: Mapping[str, list[str]] = basis.get("files", {}) if is_known else {}  # type: ignore[assignment]
    names = {unit: [file.path.name for file in files] for unit, files in sorted(core.items())}
    units = [unit for unit in names if names[unit] != counted.get(unit)]
    if not units and is_known:
        return []
    after = {
        "text": TEXT,
        "schools": engine.version("core_schools"),
        "files": {unit: names[unit] if unit in units else counted[unit] for unit in names},
    }
    steps = Steps(NAMES, len(units))
    written: list[LakeFile] = []
    regions: list[LakeFile] = []
    pieces = [(unit, night, core[unit]) for unit in units]
    for unit, (of_names, of_regions) in zip(units, engine.spread(write_unit_counts, pieces), strict=True):
        written += of_names
        regions += of_regions
        steps.done(unit, sum(file.rows for file in core[unit]))
    engine.commit(NAMES, written, files_of_units(engine, NAMES, units))
    # Last: with it the units are counted.
    engine.commit(COUNTS, regions, files_of_units(engine, COUNTS, units), after)
    return units


def files_of_units(engine: Engine, table: str, units: Sequence[str]) -> list[LakeFile]:
    return [file for file in engine.files(table) if file.partition["unit_code"] in units]


def write_unit_counts(
    engine: Engine, connection: duckdb.DuckDBPyConnection, piece: tuple[str, str, Sequence[LakeFile]]
) -> tuple[list[LakeFile], list[LakeFile]]:
    """Write a unit's rows of `name_counts` and of `coincidence_counts`, for commits. The piece is unit, night and core files."""
    unit, night, core = piece
    for name, query in (
        ("unit_students", unit_students_sql(f"({engine.files_sql(CORE, core)})")),
        ("unit_names", name_counts_sql()),
        ("unit_chances", chances_sql()),
        ("unit_twice", twice_sql()),
    ):
        connection.execute(f"create or replace temp table {name} as {query}")
    keys = {"unit_code": unit}
    names = engine.write_files(NAMES, "select * from unit_names", connection, keys)
    counted = f"select date '{night}' as as_of, {COUNTED_COLUMNS} from ({region_counts_sql(unit)})"
    return names, engine.write_files(COUNTS, counted, connection, keys)


def update_coincidences(engine: Engine, night: str) -> int:
    """Lay what chance foresees beside what the night found, by region and by group. Returns the number of regions' rows."""
    with engine.session() as connection:
        regions = connection.execute(regions_sql(found_tonight_sql(NATIONAL_CODE), NATIONAL_CODE)).fetchall()
        groups = connection.sql(groups_sql()).pl()
        judged = [group_chance(*values) for values in groups["expected", "found", "beyond"].rows()]
        frame = groups.with_columns(
            unlikely=pl.Series([one.unlikely for one in judged], dtype=pl.Float64),
            chance=pl.Series([one.chance for one in judged], dtype=pl.Float64),
            sentence=pl.Series([one.sentence for one in judged], dtype=pl.String),
        )
        connection.register("judged_groups", frame.to_arrow())
        engine.replace_table(GROUPS, "select * from judged_groups", connection, order_by="unit_code, group_key")
        told = ", ".join(column for column in LAKE_TABLES[REGIONS].columns if column != "as_of")
        connection.register("judged_regions", frame_of(REGIONS, region_rows(regions)).to_arrow())
        return engine.replace_table(
            REGIONS,
            f"select {told}, date '{night}' as as_of from judged_regions",
            connection,
            order_by="case level when 'national' then 1 when 'province' then 2 when 'city' then 3 else 4 end, code, population desc",
        )
