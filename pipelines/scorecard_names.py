"""How right the classes of differing names are: made by the sample's typing and sound models, said by the name comparison."""

from collections.abc import Sequence

import duckdb

from xueji.checks import id_name_mismatch, name_variant
from xueji.checks.catalogue import PAIR_RULES
from xueji.checks.sql_text import literal, literal_list
from xueji.pipelines.scorecard_score import SCORE_HEADINGS, Score, share, table

_PAIR_RULES = literal_list([rule.id for rule in PAIR_RULES])


def class_scores(connection: duckdb.DuckDBPyConnection) -> list[Score]:
    """A score per class, the rule with its reason, from the tables `expected_findings` and `found_findings` of the night.

    A true class and a found one agree on unit, school, student, rule and reason.
    """
    rows = connection.execute(
        f"""
        with told as (
            select unit, school_code, student_no, rule_id || coalesce(' / ' || nullif(reason, ''), '') as class,
                sum(expected) as expected, sum(found) as found
            from (
                select *, rows as expected, 0 as found from expected_findings
                union all by name
                select *, 0 as expected, rows as found from found_findings
            )
            where rule_id in {_PAIR_RULES}
            group by all
        )
        select class, sum(expected), sum(found), sum(least(expected, found)) from told group by class order by class
        """
    ).fetchall()
    return [Score(name, int(expected), int(found), int(right)) for name, expected, found, right in rows]


def macro_f1(scores: Sequence[Score]) -> float | None:
    """The mean F1 of the classes that are true of somebody; None without any."""
    values = [score.f1 or 0.0 for score in scores if score.expected]
    return sum(values) / len(values) if values else None


def false_mismatches(connection: duckdb.DuckDBPyConnection) -> int:
    """Mismatches found of names that are the register's once folded, or the very same."""
    rows = connection.execute(
        f"""
        select coalesce(sum(found.rows), 0)
        from found_findings as found
        where found.rule_id = {literal(id_name_mismatch.RULE.id)} and not exists (
            select 1 from expected_findings as expected
            where expected.unit = found.unit and expected.school_code is not distinct from found.school_code
                and expected.student_no is not distinct from found.student_no
                and expected.rule_id in {_PAIR_RULES} and expected.rule_id <> {literal(name_variant.RULE.id)}
        )
        """
    ).fetchall()
    return int(rows[0][0])


def reason_confusion(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Class made, class said, how many: of all registrations of which either is so."""
    side = "rule_id || coalesce(' / ' || nullif(reason, ''), '')"
    return connection.execute(
        f"""
        with made as (
            select unit, school_code, student_no, min({side}) as class, sum(rows) as rows
            from expected_findings where rule_id in {_PAIR_RULES} group by all
        ),
        said as (
            select unit, school_code, student_no, min({side}) as class, sum(rows) as rows
            from found_findings where rule_id in {_PAIR_RULES} group by all
        )
        select coalesce(made.class, 'nothing'), coalesce(said.class, 'nothing'), cast(sum(coalesce(made.rows, said.rows)) as bigint)
        from made
        full join said on made.unit = said.unit and made.school_code is not distinct from said.school_code
            and made.student_no is not distinct from said.student_no
        group by all
        order by 1, 3 desc, 2
        """
    ).fetchall()


def section(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Lines of the page."""
    scores = class_scores(connection)
    true = sum(score.expected for score in scores)
    return [
        "## Names",
        "",
        f"{true:,} names that the sample's typists, input methods and eyes made differ from the register's, by what happened to them.",
        f"Macro F1 over {sum(1 for score in scores if score.expected)} classes: **{share(macro_f1(scores))}** (wanted: 0.980).",
        f"Mismatches found of names that are equal after folding: **{false_mismatches(connection)}** (wanted: 0).",
        "",
        *table(("class", *SCORE_HEADINGS), [(f"`{score.rule_id}`", *score.cells()) for score in scores]),
        "What was made (rows), and what the finding says (columns as pairs).",
        "",
        *table(
            ("made", "said", "registrations"),
            [(made, said, f"{count:,}") for made, said, count in reason_confusion(connection)],
            texts=2,
        ),
    ]
