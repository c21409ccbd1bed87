"""How right the findings are: every rule, class of name, repair, suspicion and suggestion against the sample's truth.

`python -m xueji.pipelines.scorecard LANDING HOME FILE.md` scores HOME's newest night; the curve is drawn beside the page.
"""

import sys
from pathlib import Path

import duckdb

from xueji.assets.engine import Engine
from xueji.checks.catalogue import RULES
from xueji.checks.sql_text import literal
from xueji.pipelines import scorecard_duplicates, scorecard_names, scorecard_numbers, scorecard_suspects
from xueji.pipelines.scorecard_score import SCORE_HEADINGS, Score, table

# One registration and rule on either side. Registrations without a student number share a key: their counts are compared.
KEY = "unit, school_code, student_no, rule_id, file"


def create_comparison(connection: duckdb.DuckDBPyConnection, truth: Path) -> str:
    """Make the temporary tables `expected_findings` and `found_findings` (a row per key and reason, with its count) and `comparison`
    (a row per key with both counts). Returns the night scored.
    """
    night = str(connection.execute("select max(as_of) from findings").fetchall()[0][0])
    connection.execute(
        f"""
        create or replace temp table expected_findings as
        select {KEY}, reason, count(*) as rows
        from read_parquet({literal(truth)})
        where cast("date" as date) = date '{night}'
        group by all;
        create or replace temp table found_findings as
        select unit_code as unit, school_code, student_no, rule_id,
            case when record_key is null then file end as file, reason, count(*) as rows
        from findings
        group by all;
        create or replace temp table comparison as
        with expected as (select {KEY}, sum(rows) as rows from expected_findings group by {KEY}),
        found as (select {KEY}, sum(rows) as rows from found_findings group by {KEY})
        select coalesce(e.rule_id, f.rule_id) as rule_id, coalesce(e.rows, 0) as expected, coalesce(f.rows, 0) as found
        from expected as e
        full join found as f
            on f.unit = e.unit and f.rule_id = e.rule_id and f.school_code is not distinct from e.school_code
            and f.student_no is not distinct from e.student_no and f.file is not distinct from e.file
        """
    )
    return night


def rule_scores(connection: duckdb.DuckDBPyConnection) -> list[Score]:
    """A score per rule, in catalogue order. A truth row and a finding agree on unit, school, student and rule."""
    rows = connection.execute(
        """
        select rule_id, sum(expected), sum(found), sum(least(expected, found))
        from comparison
        group by rule_id
        """
    ).fetchall()
    scores = {
        rule_id: Score(rule_id, int(expected), int(found), int(right)) for rule_id, expected, found, right in rows
    }
    if strange := set(scores) - {rule.id for rule in RULES}:
        raise ValueError(f"truth or findings name rules outside the catalogue: {sorted(strange)}")
    return [scores.get(rule.id, Score(rule.id, 0, 0, 0)) for rule in RULES]


def score_page(connection: duckdb.DuckDBPyConnection, landing: Path, page: Path) -> str:
    """The Markdown page; the curve is drawn beside `page`."""
    night = create_comparison(connection, landing / "truth.parquet")
    students = connection.execute("select count(*) from core_students").fetchall()[0][0]
    rules = [(f"`{score.rule_id}`", *score.cells()) for score in rule_scores(connection)]
    lines = [
        "# Accuracy",
        "",
        f"Findings of the night of {night} over {students:,} invented students, against the truth that the sample's generator wrote",
        "down while making the mistakes. It knows nothing of the rules: its errors come from typing, input method, eye and sound models",
        "with sources of their own (`data_samples/README.md`). Made by `make score` after `make run`.",
        "",
        *table(("rule", *SCORE_HEADINGS), rules),
        *scorecard_names.section(connection),
        *scorecard_numbers.section(connection, landing / "truth_numbers.parquet", night),
        *scorecard_suspects.section(connection, landing / "truth_suspects.parquet", night, page),
        *scorecard_duplicates.holder_section(connection, landing / "truth_holders.parquet", night),
        *scorecard_duplicates.coincidence_section(connection, night),
    ]
    return "\n".join(lines)


def main(landing: Path, home: Path, page: Path) -> None:
    with Engine(home=str(home)).session() as connection:
        page.write_text(score_page(connection, landing, page), encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
