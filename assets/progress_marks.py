"""Which figures of a month are not printed: `reports/withholding.py` over the figures just counted."""

from collections.abc import Sequence

import duckdb
import polars as pl

from xueji.checks.model import Rule
from xueji.checks.sql_text import literal_list
from xueji.reports import indicators as ind
from xueji.reports.suppression import SMALL_MARK, is_small
from xueji.reports.withholding import derived_marks, withheld


def figure_marks(connection: duckdb.DuckDBPyConnection, has_previous: bool, rules: Sequence[Rule]) -> pl.DataFrame:
    """code, indicator, mark of every figure that is not printed. Reads `areas`, `unmarked`, `listed`, and `earlier` for the previous bulletin's."""
    areas = connection.execute(
        """
        select level, code, parent_code from areas
        union all select distinct level, code, parent_code from unmarked where level = 'school'
        order by all
        """
    ).fetchall()
    of_files = literal_list(map(ind.rule_count, ind.FILE_RULES))  # name no student
    counts = {
        (code, indicator): round(value)
        for code, indicator, value in connection.execute(
            f"""
            select code, indicator, value from unmarked
            where query_name in (select query_name from listed)
                or (substr(indicator, 1, 5) = 'rule_' and indicator not in {of_files})
            """
        ).fetchall()
    }
    before = None
    if has_previous:
        before = {
            (code, indicator): mark
            for code, indicator, mark in connection.execute(
                "select code, indicator, mark from earlier where mark is not null"
            ).fetchall()
        }
    by_type = [
        (kind, [rule.id for rule in rules if rule.problem_type == kind and rule.id not in ind.FILE_RULES])
        for kind in (*ind.PENDING_TYPES, *ind.QUALITY_TYPES)
    ]
    marks = withheld(areas, counts, before, by_type)
    marks |= derived_marks(areas, marks, before)
    marks |= {
        (code, indicator): SMALL_MARK
        for code, indicator, value in connection.execute(
            "select code, indicator, value from unmarked where query_name = 'restated' or substr(indicator, 1, 5) = 'note_'"
        ).fetchall()
        if is_small(round(value))
    }
    rows = [(code, indicator, mark) for (code, indicator), mark in marks.items()]
    return pl.DataFrame(rows, schema={"code": pl.String, "indicator": pl.String, "mark": pl.String}, orient="row")
