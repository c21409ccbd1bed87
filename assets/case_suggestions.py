"""What lists suggest about cases, for the reader to confirm: never a decision, and nothing that the ledger reads.

A branch of `SUGGESTIONS` is a query for case_no, place and text; the texts of a case stand in its cell one below the other, by place.
"""

import duckdb
import polars as pl

from xueji.assets.duplicate_suggestions import duplicate_suggestions
from xueji.assets.records import create_from
from xueji.checks.catalogue import RULES
from xueji.checks.number_autopsy_words import Autopsy, autopsy_text
from xueji.reports.masking import mask_id_number

NUMBER_SCHEMA = {"case_no": pl.String, "place": pl.Int32, "text": pl.String}
RULE_SCHEMA = {"rule_id": pl.String, "reason": pl.String, "text": pl.String}
# Cases that a list may show: open, or attested and found still.
SHOWN = "(select * from cases where closed_on is null or is_attested)"
NUMBERS = "select case_no, place, text from number_suggestions"
BY_REASON = f"""
    select distinct cases.case_no, 2 as place, r.text
    from {SHOWN} as cases
    join findings as f
        on f.unit_code = cases.unit_code and f.record_key = cases.record_key and f.problem_type = cases.problem_type
        and f.severity = 'error'
    join rule_suggestions as r on r.rule_id = f.rule_id and r.reason = coalesce(f.reason, '')
"""
DUPLICATES = "select case_no, place, text from duplicate_suggestions"
SUGGESTIONS = (NUMBERS, BY_REASON, DUPLICATES)


def create_case_suggestions(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `case_suggestions`: case_no and suggestion of each case about which something can be suggested."""
    create_from(connection, "number_suggestions", number_suggestions(connection))
    create_from(connection, "rule_suggestions", rule_suggestions())
    create_from(connection, "duplicate_suggestions", duplicate_suggestions(connection, SHOWN))
    branches = " union all ".join(f"select case_no, place, text from ({query})" for query in SUGGESTIONS)
    connection.execute(
        f"""
        create or replace temp table case_suggestions as
        select case_no, string_agg(text, chr(10) order by place, text) as suggestion
        from ({branches})
        group by case_no
        """
    )


def number_suggestions(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """What the autopsies of numbers say: columns of `NUMBER_SCHEMA`, one row a case and number."""
    rows = connection.sql(
        f"""
        select distinct cases.case_no, a.id_number, a.component, a.component_places, a.student_no_places, a.slip, a.places, a.repairs,
            a.repaired_number
        from number_autopsies as a
        join {SHOWN} as cases
            on cases.unit_code = a.unit_code and cases.record_key = a.record_key and cases.problem_type = 'ERR_ID'
            and cases.id_number = a.id_number
        """
    ).pl()
    texts = [
        (case_no, 1, autopsy_text(Autopsy(*told), mask_id_number(repaired) if repaired else None))
        for case_no, *told, repaired in rows.iter_rows()
    ]
    return pl.DataFrame(texts, NUMBER_SCHEMA, orient="row")


def rule_suggestions() -> pl.DataFrame:
    """What the rules themselves suggest for a reason: columns of `RULE_SCHEMA`."""
    rows = [(rule.id, reason, text) for rule in RULES for reason, text in rule.suggestions.items()]
    return pl.DataFrame(rows, RULE_SCHEMA, orient="row")
