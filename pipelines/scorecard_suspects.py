"""How right suspected duplicates are: pairs of registrations of one child, true and suspected."""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from xueji.checks.sql_text import literal
from xueji.checks.suspect_model import suspect_model
from xueji.pipelines.scorecard_curve import Mark, at_best_f1, at_threshold, draw, precision_recall
from xueji.pipelines.scorecard_score import SCORE_HEADINGS, Score, share, table

CURVE = "suspected_duplicates.png"  # beside the page
PEER = "suspects.json"
SHARES = ("precision", "recall", "f1")
PAIR = "l_unit, l_key, r_unit, r_key"


def pairs_in_groups_sql(condition: str) -> str:
    """A query for the pairs within one group of the findings that meet the condition: `PAIR`, and `how`, the reason that they give."""
    return f"""
        with parties as (select distinct group_key, unit_code, record_key, reason from findings where {condition})
        select distinct l.unit_code as l_unit, l.record_key as l_key, r.unit_code as r_unit, r.record_key as r_key, l.reason as how
        from parties as l
        join parties as r on r.group_key = l.group_key and (l.unit_code, l.record_key) < (r.unit_code, r.record_key)
    """


def create_duplicate_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `duplicate_pairs`: the pairs that the rules on duplicates report, which count nowhere here."""
    reported = "rule_id = 'duplicate_id' or (rule_id = 'duplicate_name_sex_birth' and reason = 'same_unit')"
    connection.execute(
        f"create or replace temp table duplicate_pairs as select distinct {PAIR} from ({pairs_in_groups_sql(reported)})"
    )


def create_true_pairs(connection: duckdb.DuckDBPyConnection, truth: Path, night: str) -> int:
    """Make the temporary table `true_pairs`: l_unit, l_key, r_unit, r_key (the lesser side first) and how. Returns how many.

    Reads `duplicate_pairs`, as all that follow do.
    """
    connection.execute(
        f"""
        create or replace temp table true_pairs as
        with registrations as (
            select distinct child, unit, school_code || '/' || student_no as record_key, how, kind
            from read_parquet({literal(truth)})
            where cast("date" as date) = date '{night}'
        )
        select distinct
            l.unit as l_unit, l.record_key as l_key, r.unit as r_unit, r.record_key as r_key,
            case when l.kind = 'second' then l.how else r.how end as how
        from registrations as l
        join registrations as r on r.child = l.child and (l.unit, l.record_key) < (r.unit, r.record_key)
        where (l.unit, l.record_key, r.unit, r.record_key) not in (select ({PAIR}) from duplicate_pairs)
        """
    )
    return int(connection.execute("select count(*) from true_pairs").fetchall()[0][0])


def create_suspected_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `suspected_pairs`: all pairs within one group, with the reason that its findings give."""
    suspected = pairs_in_groups_sql("rule_id = 'suspected_duplicate'")
    connection.execute(
        f"""
        create or replace temp table suspected_pairs as
        select * from ({suspected}) where ({PAIR}) not in (select ({PAIR}) from duplicate_pairs)
        """
    )


@dataclass(frozen=True)
class KindScore(Score):
    """`recalled`: true pairs of the kind that are suspected, whatever kind the finding calls them."""

    recalled: int

    @property
    def recall(self) -> float | None:
        return self.recalled / self.expected if self.expected else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        precision, recall = self.precision, self.recall
        if precision is None or recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def pair_scores(connection: duckdb.DuckDBPyConnection) -> list[KindScore]:
    """A score per kind, then of all: found counts the suspected pairs of the kind that the finding names, right those that are true.

    A true pair counts as found whatever kind the finding calls it: of one kind right is the same on both sides only for all.
    """
    rows = connection.execute(
        f"""
        with true_ones as (
            select coalesce(how, 'all') as how, count(*) as expected, count(*) filter (is_found) as recalled
            from (
                select true_pairs.how, suspected_pairs.how is not null as is_found
                from true_pairs left join suspected_pairs using ({PAIR})
            )
            group by grouping sets ((how), ())
        ),
        found_ones as (
            select coalesce(how, 'all') as how, count(*) as found, count(*) filter (is_true) as right
            from (
                select suspected_pairs.how, true_pairs.how is not null as is_true
                from suspected_pairs left join true_pairs using ({PAIR})
            )
            group by grouping sets ((how), ())
        )
        select coalesce(t.how, f.how), coalesce(expected, 0), coalesce(found, 0), coalesce("right", 0), coalesce(recalled, 0)
        from true_ones as t full join found_ones as f on f.how = t.how
        order by coalesce(t.how, f.how) = 'all', 1
        """
    ).fetchall()
    return [KindScore(*row) for row in rows]


def scored_pairs(connection: duckdb.DuckDBPyConnection, pairs: str = "suspect_pairs") -> pl.DataFrame:
    """The pairs of the table `pairs`, each once: probability, is_true."""
    return connection.sql(
        f"""
        select max(probability) as probability, any_value(true_pairs.how) is not null as is_true
        from (
            select
                least((l_unit_code, l_record_key), (r_unit_code, r_record_key)) as lesser,
                greatest((l_unit_code, l_record_key), (r_unit_code, r_record_key)) as greater,
                probability
            from {pairs}
        ) as told
        left join true_pairs on (l_unit, l_key) = lesser and (r_unit, r_key) = greater
        where lesser <> greater and (lesser[1], lesser[2], greater[1], greater[2]) not in (select ({PAIR}) from duplicate_pairs)
        group by lesser, greater
        """
    ).pl()


def peer_lines(kept: Path) -> list[str]:
    """Lines of the page on what `make bench-suspects` found beside Splink and kept in `kept`; none where it was not run."""
    beside = json.loads(kept.read_text(encoding="utf-8")).get("beside") if kept.exists() else None
    if not beside:
        return []
    rows = [
        (
            name,
            f"{side['used']['threshold']:.2f}",
            *(share(side["used"][column]) for column in SHARES),
            share(side["best"]["f1"]),
        )
        for name, side in beside["sides"].items()
    ]
    return [
        f"Beside Splink, which has its own blocking, comparisons and training, over {beside['students']:,} other students with {beside['true_pairs']:,} such",
        "pairs (`make bench-suspects`; times and its settings: [performance](performance.md), `benchmarks/splink_suspects.py`):",
        "",
        *table(("side", "threshold", "precision", "recall", "F1", "best F1, by the truth"), rows),
        "![Precision and recall of both](suspected_duplicates_splink.png)",
        "",
    ]


def section(connection: duckdb.DuckDBPyConnection, truth: Path, night: str, page: Path) -> list[str]:
    """Lines of the page; draws the curve beside it."""
    create_duplicate_pairs(connection)
    true_pairs = create_true_pairs(connection, truth, night)
    create_suspected_pairs(connection)
    scores = pair_scores(connection)
    curve = precision_recall(scored_pairs(connection), true_pairs)
    threshold = suspect_model().threshold
    used, best = at_threshold(curve, threshold), at_best_f1(curve)
    lines = [
        "## Suspected duplicates",
        "",
        f"Pairs of registrations of one child, of which neither number nor name, sex and birth date are the same: {true_pairs:,} there are.",
        "Found are the pairs within one suspected group. A kind's precision is that of the findings called so, its recall that of the",
        "pairs made so.",
        "",
        *table(("kind", *SCORE_HEADINGS), [(f"`{score.rule_id}`", *score.cells()) for score in scores]),
    ]
    if used and best:
        mark = Mark("this rule", used["precision"], used["recall"], f"threshold in use, {threshold:.2f}")
        draw({"this rule": curve}, [mark], page.with_name(CURVE))
        lines += [
            f"The threshold in use is {threshold:.3f}; over all thresholds the highest F1 is {share(best['f1'])},",
            f"at {best['threshold']:.3f}, which only the truth can tell.",
            "",
            f"![Precision and recall over all thresholds]({CURVE})",
            "",
        ]
    return lines + peer_lines(page.with_name(PEER))
