"""What lists suggest about the parties of duplicates: whether chance explains the match, and who is probably right."""

import duckdb
import polars as pl

from xueji.checks.expected_coincidences import LIKELY, group_sentence
from xueji.checks.suggested_holder import holder_sentence

COINCIDENCE_PLACE, HOLDER_PLACE = 3, 4
SCHEMA = {"case_no": pl.String, "place": pl.Int32, "text": pl.String}


def duplicate_suggestions(connection: duckdb.DuckDBPyConnection, cases: str) -> pl.DataFrame:
    """The suggestions of those of the `cases` that are duplicates: case_no, place among a case's suggestions, text.

    Where chance is the likely reason of a match, nothing is said of who should stay: there are probably two children.
    """
    chances = connection.sql(
        f"""select c.case_no, g.sentence, g.namesakes
        from coincidence_groups as g
        join {cases} as c on c.group_key = g.group_key and c.problem_type = 'DUP_NSB'"""
    ).pl()
    holders = connection.sql(
        f"""select c.case_no, h.question, h.is_suggested, h.has_suggestion, h.evidence
        from suggested_holders as h
        join {cases} as c on c.group_key = h.group_key and c.unit_code = h.unit_code and c.record_key = h.record_key
        where h.group_key not in (select group_key from coincidence_groups where sentence = '{LIKELY}')"""
    ).pl()
    texts = [(case_no, COINCIDENCE_PLACE, group_sentence(*values)) for case_no, *values in chances.iter_rows()]
    texts += [(case_no, HOLDER_PLACE, holder_sentence(*values)) for case_no, *values in holders.iter_rows()]
    return pl.DataFrame(texts, SCHEMA, orient="row")
