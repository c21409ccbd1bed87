"""How right the suggested holders are, and what chance foresaw beside what was found."""

from pathlib import Path

import duckdb

from xueji.checks.sql_text import literal
from xueji.pipelines.scorecard_score import share, table


def holder_rows(connection: duckdb.DuckDBPyConnection, truth: Path, night: str) -> list[tuple[str, int, int, int]]:
    """Per question: question, groups with a true holder, groups with a suggestion, and those where the holder is the one suggested."""
    return connection.execute(
        f"""
        with holders as (
            select distinct child, unit, school_code || '/' || student_no as record_key, is_holder
            from read_parquet({literal(truth)})
            where cast("date" as date) = date '{night}'
        ),
        judged as (
            select question, suggested.group_key, bool_or(is_suggested) as is_made, bool_or(is_suggested and coalesce(is_holder, false)) as is_right
            from suggested_holders as suggested
            left join holders on holders.unit = suggested.unit_code and holders.record_key = suggested.record_key
            group by question, suggested.group_key
            having bool_or(coalesce(is_holder, false))
        )
        select question, count(*), count(*) filter (is_made), count(*) filter (is_right) from judged group by question order by question
        """
    ).fetchall()


def holder_section(connection: duckdb.DuckDBPyConnection, truth: Path, night: str) -> list[str]:
    """Lines of the page."""
    rows = holder_rows(connection, truth, night)
    groups, made, right = sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)
    return [
        "## Suggested holders",
        "",
        f"{groups:,} groups of duplicates have a party that rightly holds the number or the record; for {made:,} one was suggested, of which",
        f"**{share(right / made if made else None)}** are right.",
        "",
        *table(
            ("question", "groups", "suggested", "right", "share suggested", "share right"),
            [
                (question, f"{of:,}", f"{given:,}", f"{true:,}", share(given / of), share(true / given if given else None))
                for question, of, given, true in rows
            ],
        ),
    ]  # fmt: skip


def coincidence_section(connection: duckdb.DuckDBPyConnection, night: str) -> list[str]:
    """Lines of the page: the nation, and in how many units what was found lies within what chance foresees."""
    rows = connection.execute(
        f"""
        select nation.population, nation.students, nation.expected, nation.low, nation.high, nation.found,
            count(units.code), count(units.code) filter (not units.is_beyond_chance)
        from expected_coincidences as nation
        left join expected_coincidences as units
            on units.population = nation.population and units.level = 'province' and units.as_of = nation.as_of
        where nation.level = 'national' and nation.as_of = date '{night}'
        group by all
        order by nation.population
        """
    ).fetchall()
    return [
        "## Expected coincidences",
        "",
        "Pairs of students of one unit who are equal in name, sex and birth date: what chance foresees by the frequency of their names, the",
        "range that holds 95 outcomes of chance in 100, and what is there. The sample puts second registrations among them, which are beyond",
        "chance.",
        "",
        *table(
            ("students", "how many", "expected", "from", "to", "found", "units not beyond chance"),
            [
                (population.replace("_", " "), f"{students:,}", f"{expected:,.1f}", f"{low:,}", f"{high:,}", f"{found:,}", f"{within} of {units}")
                for population, students, expected, low, high, found, units, within in rows
            ],
        ),
    ]  # fmt: skip
