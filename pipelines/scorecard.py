"""How right the findings are: precision and recall of every rule against the sample's truth labels.

`python -m xueji.pipelines.scorecard LANDING HOME FILE.md` scores HOME's newest night.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from xueji.assets.engine import Engine
from xueji.checks.catalogue import PAIR_RULES, RULES
from xueji.checks.sql_text import literal

# One registration and rule on either side. Registrations without a student number share a key: their counts are compared.
KEY = "unit, school_code, student_no, rule_id, file"


@dataclass(frozen=True)
class Score:
    rule_id: str
    expected: int  # true findings
    found: int
    right: int  # found and true

    @property
    def precision(self) -> float | None:
        """None when nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """None when nothing was to be found."""
        return self.right / self.expected if self.expected else None


def create_comparison(connection: duckdb.DuckDBPyConnection, truth: Path) -> str:
    """Make the temporary table `comparison`: a row per key with its expected and found count. Returns the night scored."""
    night = str(connection.execute("select max(as_of) from findings").fetchall()[0][0])
    connection.execute(
        f"""
        create or replace temp table comparison as
        with expected as (
            select {KEY}, min(reason) as reason, count(*) as rows
            from read_parquet({literal(truth)})
            where cast("date" as date) = date '{night}'
            group by {KEY}
        ),
        found as (
            select unit_code as unit, school_code, student_no, rule_id,
                case when record_key is null then file end as file, min(reason) as reason, count(*) as rows
            from findings
            group by all
        )
        select
            coalesce(e.unit, f.unit) as unit, coalesce(e.rule_id, f.rule_id) as rule_id,
            coalesce(e.school_code, f.school_code) as school_code, coalesce(e.student_no, f.student_no) as student_no,
            coalesce(e.rows, 0) as expected, coalesce(f.rows, 0) as found,
            e.reason as expected_reason, f.reason as found_reason
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


def reason_confusion(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Reason made, reason said, how many: the name rules' findings that are true."""
    pair_rules = ", ".join(literal(rule.id) for rule in PAIR_RULES)
    return connection.execute(
        f"""
        select
            rule_id || coalesce(' / ' || expected_reason, ''), rule_id || coalesce(' / ' || found_reason, ''),
            count(*)
        from comparison
        where expected > 0 and found > 0 and rule_id in ({pair_rules})
        group by all
        order by 1, 3 desc, 2
        """
    ).fetchall()


def score_page(connection: duckdb.DuckDBPyConnection, night: str, students: int) -> str:
    """The Markdown page: a table of rules, and the confusion table of the name comparison's reasons."""
    lines = [
        "# Accuracy",
        "",
        f"Findings of the night of {night} over {students:,} invented students, against the truth that the sample's generator wrote",
        "down while making the mistakes. It knows nothing of the rules. Made by `make score` after `make run`.",
        "",
        "| rule | true | found | precision | recall |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for score in rule_scores(connection):
        lines.append(
            f"| `{score.rule_id}` | {score.expected:,} | {score.found:,} | {share(score.precision)} | {share(score.recall)} |"
        )
    lines += [
        "",
        "## Reasons of the name comparison",
        "",
        "What the generator did to a name (rows), and the reason that the finding gives (columns as pairs).",
        "",
        "| made | said | findings |",
        "| --- | --- | ---: |",
        *(f"| {made} | {said} | {count:,} |" for made, said, count in reason_confusion(connection)),
        "",
    ]
    return "\n".join(lines)


def share(value: float | None) -> str:
    """Three places, rounded down: 1.000 is all of them and nothing less."""
    return "–" if value is None else f"{int(value * 1000) / 1000:.3f}"


def main(landing: Path, home: Path, page: Path) -> None:
    with Engine(home=str(home)).session() as connection:
        night = create_comparison(connection, landing / "truth.parquet")
        students = connection.execute("select count(*) from core_students").fetchall()[0][0]
        page.write_text(score_page(connection, night, students), encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
