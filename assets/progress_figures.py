"""The figures of `progress`: counts of every place, what is worked out from them, and which of them are not printed.

Each figure keeps the name and digest of the query that counted it and the versions of the tables it was counted from. National
figures are summed over the tables, not over the listed units, so that the checks of `progress_sums` compare two ways of counting.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from xueji.assets import progress_counts_sql as counts
from xueji.assets import progress_derived_sql as derived
from xueji.assets import progress_flow_sql as flow
from xueji.assets.engine import text_digest
from xueji.assets.progress_forms_sql import published_sql
from xueji.assets.progress_levels_sql import figures_sql, month_rows_sql, restated_figures_sql, schools_sql
from xueji.assets.progress_marks import figure_marks
from xueji.assets.progress_places_sql import areas_sql, placed_sql, places_sql, units_sql
from xueji.assets.progress_sums import check_sums
from xueji.assets.records import create_from
from xueji.checks.deadlines import settlement_due
from xueji.checks.divisions import names as division_names
from xueji.checks.model import Rule
from xueji.checks.sql_text import literal
from xueji.checks.working_days import working_days_between
from xueji.reports import indicators as ind

Versions = Mapping[str, int | None]  # of the lake's tables, by name
COLUMNS = "level, code, name, parent_code, indicator, value"


@dataclass(frozen=True)
class Period:
    """What a month's figures tell of: the day, and the previous bulletin's."""

    month: str  # YYYY-MM
    as_of: date
    previous_month: str | None
    previous_as_of: date | None

    @property
    def days(self) -> dict[str, int | None]:
        """The nation's figures of time."""
        before = self.previous_as_of
        return {
            ind.PREVIOUS_DAYS: None if before is None else (self.as_of - before).days,
            ind.WORKING_DAYS_PASSED: None if before is None else working_days_between(before, self.as_of),
            ind.WORKING_DAYS_LEFT: working_days_between(self.as_of, settlement_due(self.as_of)),
        }


def period_of(connection: duckdb.DuckDBPyConnection, month: str, as_of: date) -> Period:
    earlier = connection.execute(
        "select month, max(as_of) from progress where month < ? group by month order by month desc limit 1", [month]
    ).fetchall()
    return Period(month, as_of, *(earlier[0] if earlier else (None, None)))


@dataclass(frozen=True)
class FigureQuery:
    """A query for figures: its name and text, the lake's tables it reads, and the indicators that it always gives, zero or not."""

    name: str
    sql: str
    tables: tuple[str, ...]
    indicators: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name and digest of the query; the digest does not change from night to night."""
        return f"{self.name}:{text_digest(re.sub(r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '', self.sql))}"

    def versions(self, versions: Versions) -> str:
        """The versions of its tables: cases 12, core_students 8."""
        return ", ".join(f"{table} {versions[table]}" for table in self.tables if versions.get(table) is not None)


LEDGER = ("cases", "case_events", "core_schools")
COUNTED = ("cases", "findings", "core_students", "core_schools")


def place_queries(period: Period) -> tuple[FigureQuery, ...]:
    """Counts of every place."""
    as_of, before = period.as_of, period.previous_as_of
    return (
        FigureQuery(
            "population",
            counts.place_population_sql(),
            ("core_students", "core_schools"),
            ind.POPULATION,
        ),
        FigureQuery(
            "problems",
            counts.place_problems_sql(),
            ("cases", "findings", "core_schools"),
            ind.PROBLEMS,
        ),
        FigureQuery("flow", flow.place_flow_sql(as_of, before), LEDGER, (*ind.FLOW, *ind.FLOW_BY_TYPE)),
        FigureQuery("waiting", flow.place_waiting_sql(as_of), LEDGER, ind.WAITING),
        FigureQuery("audits", flow.place_audits_sql(as_of, before), LEDGER, ind.AUDITS),
    )


def unit_queries(period: Period) -> tuple[FigureQuery, ...]:
    """Counts of the nation and its units alone."""
    return (
        FigureQuery("scopes", counts.unit_scopes_sql(), ("cases",), ind.DUPLICATE_SCOPES),
        FigureQuery("rules", counts.unit_rules_sql(), ("cases", "findings")),
        FigureQuery(
            "deliveries", counts.unit_deliveries_sql(period.as_of), ("deliveries", "snapshots"), ind.DELIVERIES
        ),
    )


def derived_queries(period: Period) -> tuple[FigureQuery, ...]:
    """Over the counts and the previous bulletin's."""
    days = period.days
    pace = (days[ind.WORKING_DAYS_PASSED], days[ind.WORKING_DAYS_LEFT] or 0)
    return (
        FigureQuery("rates", derived.rates_sql(), COUNTED),
        FigureQuery("shares", derived.shares_sql(), COUNTED),
        FigureQuery("forecast", derived.forecast_sql(*pace), LEDGER),
        FigureQuery("changes", derived.changes_sql(), (*COUNTED, "progress")),
        FigureQuery(
            "flags", derived.flags_sql(days, period.as_of), ("core_population", "identity_answers", "snapshots")
        ),
        FigureQuery("verification", published_sql(period.as_of), ("verification_progress", "core_schools")),
        FigureQuery("restated", restated_figures_sql(period.month, period.as_of), ("progress", *LEDGER)),
    )


def make_figures(
    connection: duckdb.DuckDBPyConnection, period: Period, versions: Versions, rules: Sequence[Rule]
) -> int:
    """Make the temporary table `month_progress`: the rows of `progress` for the period, from the lake's tables as they are seen.

    Returns the number of sums checked; one that does not hold raises XuejiError before any figure is marked for printing.
    """
    count_figures(connection, period, versions)
    return finish_figures(connection, period, rules)


def count_figures(connection: duckdb.DuckDBPyConnection, period: Period, versions: Versions) -> None:
    """Make the tables of what is counted: `areas`, `figures` of nation to county, `school_figures`; `earlier`, `listed`, `sources`."""
    placed, of_units = place_queries(period), unit_queries(period)
    names = pl.DataFrame(list(division_names().items()), schema=["code", "name"], orient="row")
    create_from(connection, "division_names", names)
    create_from(connection, "sources", _sources((*placed, *of_units, *derived_queries(period)), versions))
    create_from(connection, "listed", _listed(placed, of_units))
    tables = {
        "units": units_sql(),
        "places": places_sql(),
        "earlier": f"select * from progress where month = {literal(period.previous_month or '')}",
        "placed_counts": placed_sql(" union all ".join(f"({query.sql})" for query in placed)),
        "unit_counts": _named("unit_code as code, indicator, cast(value as double) as value", of_units),
        "areas": areas_sql(),
        "figures": figures_sql(),
        "school_figures": schools_sql(),
    }
    for table, query in tables.items():
        connection.execute(f"create or replace temp table {table} as {query}")


def finish_figures(connection: duckdb.DuckDBPyConnection, period: Period, rules: Sequence[Rule]) -> int:
    """Make `month_progress` from what was counted: what is worked out from it, the sums, the marks. Returns the number of sums."""
    connection.execute(
        f"""
        create or replace temp table unmarked as
            select {COLUMNS}, query_name from figures
            union all {_named(COLUMNS, derived_queries(period))}
            union all select {COLUMNS}, query_name from school_figures
        """
    )
    sums = check_sums(connection, "unmarked")
    create_from(connection, "marks", figure_marks(connection, period.previous_month is not None, rules))
    untold = [(level, name) for level in ind.LEVELS for name in ind.FLOW_BY_TYPE if not ind.is_told(level, name)]
    create_from(connection, "untold", pl.DataFrame(untold, schema=["level", "indicator"], orient="row"))
    connection.execute(f"create or replace temp table month_progress as {month_rows_sql(period.month, period.as_of)}")
    return sums


def _named(columns: str, queries: Iterable[FigureQuery]) -> str:
    """The rows of all the queries, with the name of theirs."""
    return " union all ".join(
        f"select {columns}, {literal(query.name)} as query_name from ({query.sql}) as {query.name}_query"
        for query in queries
    )


def _sources(queries: Iterable[FigureQuery], versions: Versions) -> pl.DataFrame:
    rows = [(query.name, query.label, query.versions(versions)) for query in queries]
    return pl.DataFrame(rows, schema=["query_name", "query", "versions"], orient="row")


def _listed(placed: Sequence[FigureQuery], of_units: Sequence[FigureQuery]) -> pl.DataFrame:
    """The indicators that stand in every month, zero or not."""
    rows = [
        (indicator, query.name, query in of_units) for query in (*placed, *of_units) for indicator in query.indicators
    ]
    return pl.DataFrame(rows, schema=["indicator", "query_name", "is_of_units"], orient="row")
