"""The figures of the campaigns that are under way, every night: forms by step, pace and forecast, from the nation to the school."""

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import polars as pl

from xueji.assets import progress_forms_sql as sql
from xueji.assets.engine import Engine
from xueji.assets.progress_places_sql import areas_sql, places_sql, units_sql
from xueji.assets.progress_sums import NAMED, STUDENTS_OF_FORMS, check_named_sums
from xueji.assets.records import create_from
from xueji.checks.campaigns import school_windows_sql
from xueji.checks.divisions import names as division_names
from xueji.checks.model import XuejiError
from xueji.checks.working_days import working_days_between
from xueji.reports import verification_indicators as forms

TABLE = "verification_progress"
_ONE_DAY = timedelta(days=1)


def update_verification_progress(engine: Engine, night: str) -> int:
    """Make the night's rows of `verification_progress`. Returns their number; 0 without a campaign, and then nothing is written.

    A unit has rows from the day its first window opens until `TOLD_DAYS_AFTER` days after its last has closed. Sums that do not hold
    raise XuejiError before anything is written.
    """
    with engine.session() as connection:
        told = create_campaigns(connection, date.fromisoformat(night))
        if not told:
            return _take_out(engine, connection, night)
        make_night_figures(connection, date.fromisoformat(night))
        return engine.replace_table(
            TABLE, [(night, "from night_figures")], connection, partitions=[night], order_by="level, code, indicator"
        )


def _take_out(engine: Engine, connection: duckdb.DuckDBPyConnection, night: str) -> int:
    """What an earlier run of the night wrote of campaigns that have been withdrawn since."""
    if any(file.partition["date"] == night for file in engine.files(TABLE)):
        engine.replace_table(TABLE, [], connection, partitions=[night])
    return 0


def create_campaigns(connection: duckdb.DuckDBPyConnection, night: date) -> int:
    """Make the tables `school_windows` and `told_campaigns`. Returns the number of units that figures are told of."""
    begun = connection.execute(f"select count(*) from campaign_windows where opens_on <= date '{night}'").fetchall()
    if not begun[0][0]:
        return 0
    connection.execute(f"create or replace temp table school_windows as {school_windows_sql()}")
    connection.execute(f"create or replace temp table told_campaigns as {sql.told_campaigns_sql(night)}")
    return int(connection.execute("select count(*) from told_campaigns").fetchall()[0][0])


def make_night_figures(connection: duckdb.DuckDBPyConnection, night: date) -> int:
    """Make `night_figures`, the night's rows, over the tables of `create_campaigns`. Returns the number of sums that hold."""
    names = pl.DataFrame(list(division_names().items()), schema=["code", "name"], orient="row")
    create_from(connection, "division_names", names)
    since = pace_start(night)
    tables = {
        "units": f"select * from ({units_sql()}) as every_unit where code in (select unit_code from told_campaigns)",
        "places": places_sql(),
        "area_windows": sql.area_windows_sql(),
        "form_counts": sql.form_counts_sql(since),
        "placed_counts": sql.placed_forms_sql(),
        "areas": areas_sql(),
        "counted_areas": sql.counted_areas_sql(),
    }
    for table, query in tables.items():
        connection.execute(f"create or replace temp table {table} as {query}")
    create_from(connection, "window_days", window_days(connection, night, since))
    connection.execute(f"create or replace temp table derived_areas as {sql.derived_areas_sql()}")
    connection.execute(f"create or replace temp table area_counties as {sql.counties_sql()}")
    connection.execute(f"create or replace temp table night_figures as {sql.night_figures_sql(night)}")
    return check_night(connection)


def pace_start(night: date) -> date:
    """The day before the first of the last working days that a pace is told over."""
    day = night
    while working_days_between(day, night) < forms.PACE_WORKING_DAYS:
        day -= _ONE_DAY
    return day


def window_days(connection: duckdb.DuckDBPyConnection, night: date, since: date) -> pl.DataFrame:
    """code and the figures of time of every area that has a window; null where it has none in which forms are entered."""
    rows = connection.execute(
        "select code, opened_on, entry_opens_on, closes_on from area_windows order by code"
    ).fetchall()
    schema = {"code": pl.String(), **dict.fromkeys(forms.DAYS, pl.Int64())}
    return pl.DataFrame(
        [(code, *_days(night, since, *dates)) for code, *dates in rows], schema=schema, orient="row"
    )  # fmt: skip


def _days(
    night: date, since: date, opened_on: date, entry_opens_on: date | None, closes_on: date | None
) -> Iterable[int | None]:
    """In the order of `forms.DAYS`."""
    passed = left = working = None
    if entry_opens_on is not None and closes_on is not None:
        start = max(since, entry_opens_on - _ONE_DAY)
        passed = working_days_between(start, night) if start < night else 0
        left = (closes_on - night).days
        # Before the window opens only the days in it are left.
        first = max(night, entry_opens_on - _ONE_DAY)
        working = working_days_between(first, closes_on) if first < closes_on else 0
    return max((night - opened_on).days, 0), left, working, passed


def check_night(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of sums that hold over `night_figures` and `counted_areas`; one that does not raises, naming it with both figures."""
    levels = ("national", "province", "city", "county")
    counted = (*((level, name) for level in levels for name in forms.COUNTS),)
    of_counties = tuple((level, name) for level in levels[:-1] for name in (forms.COUNTIES, forms.COUNTIES_SHORT))
    checked = check_named_sums(connection, "night_figures", (STUDENTS_OF_FORMS,), (*counted, *of_counties), TABLE)
    broken = connection.execute(f"select * from ({sql.order_broken_sql()}) order by all").fetchall()
    if broken:
        named = "; ".join(f"{name} ({code}): {part} of {whole}" for name, code, part, whole in broken[:NAMED])
        raise XuejiError(f"{TABLE}: {len(broken)} counts are more than what they are a part of: {named}")
    return checked
