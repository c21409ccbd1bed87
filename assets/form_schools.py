"""Which schools' forms may be printed on a day: those asked for whose export window holds it, and what their forms are headed with."""

from dataclasses import dataclass, field
from datetime import date

import duckdb

from xueji.checks.campaigns import CAMPAIGN_CODE, EXPORT, campaign_name, school_windows_sql, unit_campaigns_sql
from xueji.checks.model import UNITS, XuejiError


@dataclass(frozen=True)
class FormRequest:
    """Whose forms are wanted: the whole nation's, or those of a unit, county or school. A reissue prints the next edition."""

    unit: str | None = None
    county: str | None = None
    school: str | None = None
    campaign: str | None = None  # None: of each unit the round it is in
    reissue: tuple[str, ...] = ()  # student numbers or form codes whose forms are printed again
    is_whole_school_reissued: bool = False

    @property
    def is_reissue(self) -> bool:
        return bool(self.reissue) or self.is_whole_school_reissued

    @property
    def place(self) -> str:
        parts = (("unit", self.unit), ("county", self.county), ("school", self.school))
        return ", ".join(f"{name} {code}" for name, code in parts if code) or "the nation"


@dataclass(frozen=True)
class OpenUnit:
    """A unit with schools that may print on the day; they are the rows of `open_schools`."""

    unit_code: str
    campaign: str
    campaign_name: str
    parent_platform: str
    school_names: dict[str, str] = field(repr=False)


def open_units(connection: duckdb.DuckDBPyConnection, day: date, request: FormRequest) -> tuple[list[OpenUnit], int]:
    """The units with open schools, and how many schools asked for are not open. Leaves `open_schools`.

    Raises XuejiError when no school is asked for, or none of them is open: with the dates on which they are.
    """
    if request.unit is not None and request.unit not in UNITS:
        raise XuejiError(f"unit {request.unit}: expected one of {', '.join(UNITS)}")
    if request.campaign is not None and not CAMPAIGN_CODE.fullmatch(request.campaign):
        raise XuejiError(f"campaign {request.campaign}: expected a round such as 2026A1")
    if request.is_whole_school_reissued and not request.school:
        raise XuejiError("a whole school's forms are printed again for one school alone: name it (--school)")
    create_asked_schools(connection, day, request)
    [(asked, is_open)] = connection.execute("select count(*), count(*) filter (is_open) from asked_schools").fetchall()
    if not asked:
        raise XuejiError(f"{request.place}: no such school in the school table (schools.csv)")
    if not is_open:
        raise XuejiError(
            f"{request.place}: confirmation forms may not be printed on {day}; {dates_told(connection, request)}"
        )
    connection.execute("create or replace temp table open_schools as select * from asked_schools where is_open")
    return [
        unit_of(connection, *row)
        for row in connection.execute(
            "select unit_code, any_value(campaign) from open_schools group by unit_code order by unit_code"
        ).fetchall()
    ], asked - is_open


def create_asked_schools(connection: duckdb.DuckDBPyConnection, day: date, request: FormRequest) -> None:
    """Leave the schools asked for as `asked_schools`, and their export windows in the round as `asked_windows`."""
    campaigns = (
        "select distinct unit_code, $campaign as campaign from core_schools"
        if request.campaign
        else f"select unit_code, campaign from ({unit_campaigns_sql(day.isoformat())})"
    )
    connection.execute(
        f"""
        create or replace temp table asked_windows as
        select windows.* from ({school_windows_sql()}) as windows
        join ({campaigns}) as current on current.unit_code = windows.unit_code and current.campaign = windows.campaign
        where windows.switch = '{EXPORT}'
        """,
        {"campaign": request.campaign} if request.campaign else {},
    )
    connection.execute(
        f"""
        create or replace temp table asked_schools as
        with now as (
            select school_code, min(campaign) as campaign from asked_windows
            where date '{day}' between opens_on and closes_on group by school_code
        )
        select s.school_code, s.unit_code, s.county_code, s.school_name, now.campaign, now.campaign is not null as is_open
        from core_schools as s
        left join now on now.school_code = s.school_code
        where s.unit_code = coalesce($unit, s.unit_code)
            and ($county is null or s.county_code = $county)
            and s.school_code = coalesce($school, s.school_code)
        """,
        {"unit": request.unit, "county": request.county, "school": request.school},
    )


def dates_told(connection: duckdb.DuckDBPyConnection, request: FormRequest) -> str:
    """When the schools asked for may print, for an error."""
    spans = connection.execute(
        """
        select campaign, cast(opens_on as varchar), cast(closes_on as varchar), count(distinct school_code)
        from asked_windows where school_code in (select school_code from asked_schools)
        group by all order by all limit 6
        """
    ).fetchall()
    if not spans:
        round_ = f"round {request.campaign}" if request.campaign else "no round has begun there, and"
        return f"{round_} opens no export window for {'it' if request.school else 'any of its schools'}"
    return "open: " + "; ".join(
        f"{campaign} {opens} to {closes} ({schools} schools)" for campaign, opens, closes, schools in spans
    )


def unit_of(connection: duckdb.DuckDBPyConnection, unit: str, campaign: str) -> OpenUnit:
    """What the unit's forms of the campaign are headed with: the unit's own words, else the ministry's."""
    told = connection.execute(
        """
        select campaign_name, parent_platform
        from campaign_windows
        where campaign = $campaign and unit_code in ($unit, '00')
        order by unit_code = '00', switch <> 'export', region_code, opens_on, campaign_name, parent_platform
        """,
        {"campaign": campaign, "unit": unit},
    ).fetchall()
    name, platform = (next((row[place] for row in told if row[place]), None) for place in (0, 1))
    names = connection.execute(
        "select school_code, coalesce(school_name, '') from open_schools where unit_code = $unit", {"unit": unit}
    ).fetchall()
    return OpenUnit(unit, campaign, name or campaign_name(campaign), platform or "", dict(names))
