"""Every SQL text of the steps that a cluster does: are its functions known, and what do the rewritten ones become."""

from collections.abc import Iterator

import polars as pl
import pytest
from cluster_steps import run_cluster_steps
from sqlglot import exp
from sqlglot.errors import UnsupportedError

from xueji.assets import spark_dialect
from xueji.assets.lake_session import LakeSession
from xueji.checks.catalogue import QUERY_RULES, ROW_RULES, row_findings_sql
from xueji.checks.name_comparison import candidate_pairs_sql, pair_findings_sql
from xueji.checks.suspect_blocks import KEYS
from xueji.checks.suspect_levels import pair_facts_sql

NIGHTS = ("2026-10-20", "2026-11-20")
CHILD = {
    "xxbsm": "2144000001", "xjh": "G440106201503120036", "xm": "王小明", "xbm": "1", "csrq": "20150312", "sfzjlxm": "1",
    "sfzjh": "440106201503120036", "nj": "六年级", "bh": "2021001", "rxny": "202109", "mzm": "汉族",
}  # fmt: skip
CHILDREN = [
    CHILD,
    CHILD | {"xjh": "G2", "xxbsm": "2144000002"},
    CHILD | {"xjh": "G3", "sfzjh": None},
    CHILD | {"xjh": "G4", "sfzjh": None},
    CHILD | {"xjh": "G5", "sfzjh": "440106201503120037"},
]

REWRITTEN = [
    # DuckDB's text, Spark's
    ("cast(hash(a, b) >> 1 as bigint)", "CAST(SHIFTRIGHTUNSIGNED(DUCKDB_HASH(a, b), 1) AS BIGINT)"),
    ("extract(year from d)", "CAST(EXTRACT(YEAR FROM d) AS BIGINT)"),
    ("length(a)", "CAST(LENGTH(a) AS BIGINT)"),
    ("1.5 * a", "CAST(1.5 AS DOUBLE) * a"),
    ("a / b", "TRY_DIVIDE(CAST(a AS DOUBLE), CAST(b AS DOUBLE))"),
    ("a // b", "a DIV b"),
    ("trim(a, ' x')", "TRIM(' x' FROM a)"),
    ("regexp_full_match(a, 'G[0-9]')", "a RLIKE '\\\\A(?:G[0-9])\\\\z'"),
    (
        "hash(hash(a), length(b)) / (c / d)",
        "TRY_DIVIDE(CAST(DUCKDB_HASH(DUCKDB_HASH(a), CAST(LENGTH(b) AS BIGINT)) AS DOUBLE), CAST((TRY_DIVIDE(CAST(c AS DOUBLE), CAST(d AS DOUBLE))) AS DOUBLE))",
    ),
    ("list_extract(a, n)", "TRY_ELEMENT_AT(a, NULLIF(CAST(n AS INT), 0))"),
    ("list_has_any(a, b)", "ARRAYS_OVERLAP(a, b)"),
    ("arg_max(a, (b, c))", "MAX_BY(a, STRUCT(b, c))"),
    (
        "string_agg(distinct a, ',' order by a)",
        "CASE WHEN COUNT(a) > 0 THEN ARRAY_JOIN(array_sort(collect_set(a)), ',') END",
    ),
    ("any_value(a)", "ANY_VALUE(a) IGNORE NULLS"),
    ("date_diff('day', a, b)", "DATEDIFF(DAY, a, b)"),
    ("row_number() over (order by a)", "ROW_NUMBER() OVER (ORDER BY a NULLS LAST)"),
]
REFUSED = [
    ("levenshtein(a, b)", "counts bytes in DuckDB, characters in Spark"),
    ("date_sub('year', a, b)", "not tried"),
    ("jaro_winkler_similarity(a, b)", "DuckDB's alone"),
    ("trim(a)", "other blanks"),
    ("power(a, 3)", "another last bit"),
    ("list(a order by b)", "its order would be dropped"),
    ("string_agg(a, ',' order by b)", "its order would be lost"),
    ("max(a) over (order by b rows between 1 preceding and 1 following exclude current row)", "no EXCLUDE in Spark"),
]


@pytest.mark.parametrize(("text", "in_spark"), REWRITTEN, ids=[text for text, _ in REWRITTEN])
def test_what_means_something_else_is_rewritten(text, in_spark):
    (tree,) = spark_dialect.parsed(f"select {text} as found from rows_given")
    assert spark_dialect.spark_sql(tree) == f"SELECT {in_spark} AS found FROM rows_given"


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_has_no_like_is_refused(text, why):
    (tree,) = spark_dialect.parsed(f"select {text} as found from rows_given")
    with pytest.raises((ValueError, UnsupportedError)):
        spark_dialect.spark_sql(tree)


RULE_TEXTS = {
    "row_rules": row_findings_sql(ROW_RULES),
    **{rule.id: rule.findings_sql("core_students") for rule in QUERY_RULES},
    "candidate_pairs": candidate_pairs_sql("core_students"),
    "pair_findings": pair_findings_sql("compared_names"),
    "pair_facts": pair_facts_sql("proposed"),
    **{f"key_{key.name}": key.keys_sql("blocked") for key in KEYS},
}


@pytest.mark.parametrize("text", RULE_TEXTS.values(), ids=RULE_TEXTS)
def test_rules_use_known_functions_alone(text):
    for tree in spark_dialect.parsed(text):
        assert not spark_dialect.unknown_functions(tree)
        spark_dialect.spark_sql(tree)


@pytest.fixture
def said(nation, tmp_path, monkeypatch) -> Iterator[set[str]]:
    """All that the steps of a night say to their connection: of what changed, and of everything."""
    here = nation(tmp_path / "landing", tmp_path / "home")
    for night in NIGHTS:
        here.deliver(night, "44", pl.DataFrame(CHILDREN[: 4 if night == NIGHTS[0] else 5]))
        folder = here.landing / night
        (folder / "population").mkdir()
        (folder / "schools.csv").write_text(
            "学校标识码,学校名称,行政区划代码\n2144000001,甲小学,440106\n2144000002,乙小学,440103\n"
        )
        pl.DataFrame({"sfzjh": [CHILD["sfzjh"]], "xm": ["王晓明"]}).write_parquet(
            folder / "population" / "register.parquet"
        )
    here.land(NIGHTS[0], ["44"])
    run_cluster_steps(here.engine, NIGHTS[0])
    here.land(NIGHTS[1], ["44"])
    texts: set[str] = set()
    for name in ("execute", "sql"):
        method = getattr(LakeSession, name)

        def listened(session, text, *more, method=method):
            texts.add(text)
            return method(session, text, *more)

        monkeypatch.setattr(LakeSession, name, listened)
    run_cluster_steps(here.engine, NIGHTS[1])
    run_cluster_steps(nation(here.landing, here.home, afresh=True).engine, NIGHTS[1])
    yield texts


def test_every_text_of_a_night_can_be_said_to_spark(said):
    assert len(said) > 100
    for text in said:
        for tree in spark_dialect.parsed(text):
            for scan in spark_dialect.scans(tree):
                spark_dialect.replace_scan(scan, "files_given")
            if not isinstance(tree, exp.Set):
                assert not spark_dialect.unknown_functions(tree), text
                spark_dialect.spark_sql(tree)
