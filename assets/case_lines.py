"""What lists say of cases: the sentence of each, what may be done about it, and the parties of its matter."""

from datetime import date

import duckdb
import polars as pl

from xueji.assets.records import create_from
from xueji.checks.catalogue import RULES, sentence
from xueji.checks.dispositions import allowed_operations, materials_text

SENTENCES_SCHEMA = {"rule_id": pl.String, "reason": pl.String, "sentence": pl.String, "place": pl.Int32}

WAYS_SCHEMA: pl.Schema | dict[str, pl.DataType | type[pl.DataType]] = {
    "problem_type": pl.String, "letter": pl.String, "is_out_of_school": pl.Boolean,
    "operations": pl.List(pl.String), "materials": pl.String,
}  # fmt: skip


def create_rule_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `rule_sentences`: what a list prints for each rule and reason, and the order of the rules.

    The row whose reason is null is the rule's only reason, or stands for one that the rule does not name.
    """
    rows = [
        (rule.id, reason or None, sentence(rule.id, reason), place)
        for place, rule in enumerate(RULES)
        for reason in dict.fromkeys(("", *rule.reasons))
    ]
    create_from(connection, "rule_sentences", pl.DataFrame(rows, schema=SENTENCES_SCHEMA, orient="row"))


def create_case_sentences(connection: duckdb.DuckDBPyConnection, night: str) -> None:
    """Make the temporary table `case_sentences`: what was found of each case that is open or found tonight, in the order of the rules.

    A case whose finding does not stand tonight is told by its reasons. Reads `rule_sentences`.
    """
    told = "coalesce(r.sentence, d.sentence)"
    joined = """
        left join rule_sentences as r on r.rule_id = f.rule_id and r.reason = f.reason
        left join rule_sentences as d on d.rule_id = f.rule_id and d.reason is null
    """
    connection.execute(
        f"""
        create or replace temp table case_sentences as
        with chosen as (
            select case_no, unit_code, record_key, problem_type, reasons from cases
            where closed_on is null or last_seen = date '{night}'
        ),
        found as (
            select distinct
                chosen.case_no, d.place, {told} || coalesce('（' || f.detail || '）', '') as text
            from chosen
            join findings as f
                on f.unit_code = chosen.unit_code and f.record_key = chosen.record_key
                and f.problem_type = chosen.problem_type and f.severity = 'error'
            {joined}
        ),
        remembered as (
            select case_no, split_part(given, ':', 1) as rule_id, nullif(split_part(given, ':', 2), '') as reason
            from (select case_no, unnest(string_split(reasons, ',')) as given from chosen)
            where case_no not in (select case_no from found)
        )
        select case_no, string_agg(text, '；' order by place, text) as sentence
        from (
            select * from found
            union all
            select f.case_no, d.place, {told} from remembered as f {joined}
        )
        group by case_no
        """
    )


def create_case_ways(connection: duckdb.DuckDBPyConnection, chosen: str, night: str) -> None:
    """Make the temporary table `case_ways`: for each type, first letter of a number and attendance among the chosen cases the
    operations allowed on the night and what has to be handed in for them.
    """
    kinds = connection.execute(
        f"select distinct problem_type, substr(student_no, 1, 1) as letter, is_out_of_school from cases as c where {chosen}"
    ).fetchall()
    day = date.fromisoformat(night)
    rows = [
        (
            kind,
            letter,
            is_out,
            list(allowed_operations(kind, letter, is_out, day)),
            materials_text(kind, letter, is_out, day),
        )
        for kind, letter, is_out in kinds
    ]
    create_from(connection, "case_ways", pl.DataFrame(rows, schema=WAYS_SCHEMA, orient="row"))


def create_group_parties(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `group_parties`: one row a record found tonight in a group of duplicates, or of suspected ones."""
    connection.execute(
        """
        create or replace temp table group_parties as
        select f.group_key, f.record_key, f.school_code, s.school_name, f.name, f.id_number, f.student_no, f.grade, f.class_no
        from findings as f
        left join core_schools as s on s.school_code = f.school_code
        where f.group_key is not null and f.severity <> 'note' and f.record_key is not null
        """
    )
