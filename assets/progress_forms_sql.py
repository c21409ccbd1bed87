"""SQL text of the figures of data-quality verification: forms counted by school and by every area, pace and forecast, for one night.

Queries over `core_forms`, and temporary tables that the next one reads: `told_campaigns`, `units`, `places`, `area_windows`, `form_counts`,
`placed_counts`, `areas`, `counted_areas`, `window_days`, `derived_areas`.
"""

from datetime import date, timedelta

from xueji.assets.progress_places_sql import residual_sql
from xueji.checks.campaigns import ENTRY, unit_campaigns_sql
from xueji.checks.divisions import unit_of_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms

TOLD_DAYS_AFTER = (
    31  # what is audited and archived after the window closed still counts, and a month's bulletin tells of the end
)

_DATES = {
    forms.PRINTED: "printed_on", forms.ISSUED: "issued_on", forms.RETURNED: "returned_on", forms.ENTERED: "entered_on",
    forms.AUDITED: "audited_on", forms.UPLOADED: "uploaded_on", forms.ARCHIVED: "archived_on",
}  # fmt: skip
_FLAGS = {forms.NOT_HERE: "is_not_here", forms.RIGHT_FIRST_TIME: "is_right_first_time"}
_ITEMS = {
    forms.KEY_CHANGES: "key_changes", forms.OTHER_CHANGES: "other_changes", forms.AUDITS_PENDING: "audits_pending",
    forms.SENT_BACK: "sent_back",
}  # fmt: skip


def recent(step: str) -> str:
    """The column of forms that came as far within the days the pace is told over."""
    return f"recent_{step}"


COLUMNS = (*forms.COUNTS, *map(recent, forms.PACED))


def told_campaigns_sql(night: date) -> str:
    """A query over `school_windows`: unit_code and campaign of the units that figures are told of on a night."""
    return f"""
        select current.unit_code, current.campaign
        from ({unit_campaigns_sql(f"{night}")}) as current
        join (
            select unit_code, campaign, max(closes_on) as closed_on from school_windows group by unit_code, campaign
        ) as ends on ends.unit_code = current.unit_code and ends.campaign = current.campaign
        where closed_on >= date '{night - timedelta(days=TOLD_DAYS_AFTER)}'
    """


def form_counts_sql(paced_since: date) -> str:
    """A query over `core_forms` and `told_campaigns`: one row a unit and school, a column a count.

    Records that left the registry are neither due nor excluded, and count nowhere. `paced_since`: the day before the pace's first.
    """
    due = {
        forms.DUE: "count(*)",
        **{step: f"count({column})" for step, column in _DATES.items()},
        **{name: f"count(case when {column} then 1 end)" for name, column in _FLAGS.items()},
        **{name: f"coalesce(sum({column}), 0)" for name, column in _ITEMS.items()},
        **{recent(step): f"count(case when {_DATES[step]} > date '{paced_since}' then 1 end)" for step in forms.PACED},
    }
    given = "core_forms join told_campaigns using (unit_code, campaign)"
    # Two plain counts, put together: filters on every count of one take twice as long over a nation's forms.
    return f"""
        with due as (
            select unit_code, school_code, {_columns(due)} from {given} where is_due group by unit_code, school_code
        ),
        excluded as (
            select unit_code, school_code, count(*) as {forms.EXCLUDED}
            from {given} where not is_due and exclusion is not null
            group by unit_code, school_code
        )
        select
            unit_code, school_code, coalesce({forms.DUE}, 0) + coalesce({forms.EXCLUDED}, 0) as {forms.STUDENTS},
            {", ".join(f"coalesce({name}, 0) as {name}" for name in COLUMNS if name != forms.STUDENTS)}
        from due full join excluded using (unit_code, school_code)
    """


def placed_forms_sql() -> str:
    """A query over `form_counts` and `places`: the counts with their city and county.

    What belongs to no school of the unit goes to its residual area, and to no school.
    """
    return f"""
        select
            counts.unit_code, places.city_code, coalesce(places.county_code, {residual_sql("counts.unit_code")}) as county_code,
            places.school_code, {", ".join(f"counts.{name}" for name in COLUMNS)}
        from form_counts as counts
        left join places on places.school_code = counts.school_code and places.unit_code = counts.unit_code
        where counts.{forms.STUDENTS} > 0
    """


def area_windows_sql() -> str:
    """A query over `school_windows`, `told_campaigns`, `places`: code of nation to county, when work began there and when it ends.

    opened_on of any window; entry_opens_on, closes_on of the windows in which forms are entered and photos taken in.
    """
    levels = ("county_code", "city_code", "unit_code", literal(ind.NATIONAL_CODE))
    placed = " union all ".join(f"select {level} as code, switch, opens_on, closes_on from placed" for level in levels)
    return f"""
        with placed as (
            select distinct places.county_code, places.city_code, windows.unit_code, switch, opens_on, closes_on
            from school_windows as windows
            join told_campaigns using (unit_code, campaign)
            join places on places.school_code = windows.school_code and places.unit_code = windows.unit_code
        )
        select
            code, min(opens_on) as opened_on, min(opens_on) filter (switch = {literal(ENTRY)}) as entry_opens_on,
            max(closes_on) filter (switch = {literal(ENTRY)}) as closes_on
        from ({placed}) as windows
        where code is not null
        group by code
    """


def counted_areas_sql() -> str:
    """A query over `placed_counts` and `areas`: level, code, parent_code, campaign, a column a count; nation to county, then schools.

    Each level is counted by itself. Areas where nobody is due stand at zero, schools stand only where there is somebody.
    """
    sums = ", ".join(f"sum({name}) as {name}" for name in COLUMNS)
    codes = {
        "county": "county_code",
        "city": "city_code",
        "province": "unit_code",
        "national": literal(ind.NATIONAL_CODE),
    }
    levels = " union all ".join(
        f"select {literal(level)} as level, {code} as code, {sums} from placed_counts where {code} is not null group by {code}"
        for level, code in codes.items()
    )
    zeros = ", ".join(f"coalesce(counts.{name}, 0) as {name}" for name in COLUMNS)
    return f"""
        with counts as ({levels})
        select areas.level, areas.code, areas.parent_code, {campaign_sql("areas.code")} as campaign, {zeros}
        from areas left join counts on counts.level = areas.level and counts.code = areas.code
        union all
        select 'school', school_code, county_code, {campaign_sql("placed.county_code")}, {", ".join(COLUMNS)}
        from placed_counts as placed where school_code is not null
    """


def campaign_sql(code: str) -> str:
    """Text SQL: the round of the unit that a code lies in; of the nation the latest of all."""
    newest = "(select max(campaign) from told_campaigns)"
    return f"coalesce((select told.campaign from told_campaigns as told where told.unit_code = {unit_of_sql(code)}), {newest})"


def derived_areas_sql() -> str:
    """A query over `counted_areas` and `window_days`: the areas' counts with all that is worked out from them, a column a figure."""
    columns = {
        **{forms.covered_percent(step): share_sql(step, forms.DUE) for step in forms.STEPS},
        forms.FIRST_TIME_PERCENT: share_sql(forms.RIGHT_FIRST_TIME, forms.AUDITED),
        **{forms.per_day(step): f"1.0 * {recent(step)} / nullif({forms.PACE_DAYS}, 0)" for step in forms.PACED},
    }
    foreseen = {
        **{forms.forecast_days(step): _needed_sql(step) for step in forms.PACED},
        **{forms.forecast_percent(step): _foreseen_sql(step) for step in forms.PACED},
    }
    return f"""
        with paced as (
            select counted.*, {", ".join(forms.DAYS)}, {_columns(columns)}
            from counted_areas as counted left join window_days using (code)
            where level <> 'school'
        )
        select *, {_columns(foreseen)} from paced
    """


def _columns(texts: dict[str, str]) -> str:
    return ", ".join(f"{text} as {name}" for name, text in texts.items())


def share_sql(part: str, whole: str) -> str:
    """Double SQL: `part` of `whole` in percent, null without any."""
    return f"case when {whole} > 0 then 100.0 * {part} / {whole} end"


def _needed_sql(step: str) -> str:
    """Whole working days; 0 when it is done, null while nothing moves."""
    rest, pace = f"({forms.DUE} - {step})", forms.per_day(step)
    return f"case when {forms.DUE} > 0 and {rest} = 0 then 0 when {pace} > 0 then ceil({rest} / {pace} - 1e-9) end"


def _foreseen_sql(step: str) -> str:
    """Null where a place has no window or no pace yet. After the window has closed, what was reached."""
    reached = f"least({step} + {forms.per_day(step)} * {forms.WORKING_DAYS_LEFT}, {forms.DUE})"
    return (
        f"case when {forms.DAYS_LEFT} < 0 then {forms.covered_percent(step)} else {share_sql(reached, forms.DUE)} end"
    )


def counties_sql() -> str:
    """A query over `derived_areas` and `areas`: code, number of counties below with students due, and of those that fall short."""
    foreseen = forms.forecast_percent(forms.UPLOADED)
    return f"""
        with counties as (
            select derived.code, derived.parent_code as above, coalesce({foreseen} < {forms.ENOUGH_PERCENT}, false) as is_short
            from derived_areas as derived
            where level = 'county' and {forms.DUE} > 0 and not code like '__0000'
        ),
        held as (
            select code as area, is_short from counties
            union all select above, is_short from counties
            union all
            select cities.parent_code, is_short
            from counties join areas as cities on cities.code = counties.above and cities.level = 'city'
            union all select {literal(ind.NATIONAL_CODE)}, is_short from counties
        )
        select area as code, count(*) as {forms.COUNTIES}, count(*) filter (is_short) as {forms.COUNTIES_SHORT}
        from held group by area
    """


def night_figures_sql(night: date) -> str:
    """A query over `derived_areas`, `area_counties` and `counted_areas`: the rows of `verification_progress`; none where there is no figure."""
    keys = '"date", campaign, level, code, parent_code'
    named = f"select date '{night}' as {keys}"
    counties = f"coalesce({forms.COUNTIES}, 0) as {forms.COUNTIES}, coalesce({forms.COUNTIES_SHORT}, 0) as {forms.COUNTIES_SHORT}"
    areas = f"{named}, {_doubles((*forms.COUNTS, *forms.DERIVED))} from (select derived.*, {counties} from derived_areas as derived left join area_counties using (code))"
    percent = forms.covered_percent(forms.UPLOADED)
    school = f"select *, {share_sql(forms.UPLOADED, forms.DUE)} as {percent} from counted_areas where level = 'school'"
    schools = f"{named}, {_doubles((*forms.COUNTS, percent))} from ({school})"
    return f"""
        select {keys}, indicator, value from (unpivot ({areas}) on {", ".join((*forms.COUNTS, *forms.DERIVED))} into name indicator value value)
        union all
        select {keys}, indicator, value from (unpivot ({schools}) on {", ".join((*forms.COUNTS, percent))} into name indicator value value)
        where value <> 0
    """


def _doubles(names: tuple[str, ...]) -> str:
    return ", ".join(f"cast({name} as double) as {name}" for name in names)


def order_broken_sql() -> str:
    """A query over `counted_areas`: name of the order, code, the part and the whole, where a part is more than its whole."""
    return " union all ".join(
        f"select '{part} <= {whole}' as name, code, {part} as part, {whole} as whole from counted_areas where {part} > {whole}"
        for part, whole in forms.PARTS_OF
    )


def published_sql(as_of: date) -> str:
    """A query over `verification_progress`, `areas` and `places`: the night's figures that bulletins tell, as rows of `progress`.

    No row where no campaign is told of.
    """
    of_night = f"told.\"date\" = date '{as_of}'"
    return f"""
        select areas.level, areas.code, areas.name, areas.parent_code, told.indicator, told.value
        from verification_progress as told join areas on areas.level = told.level and areas.code = told.code
        where {of_night} and told.indicator in {literal_list(forms.TOLD)}
        union all
        select told.level, told.code, places.school_name, told.parent_code, told.indicator, told.value
        from verification_progress as told join places on places.school_code = told.code
        where {of_night} and told.level = 'school'
            and told.indicator in {literal_list(forms.SCHOOL_TOLD)}
    """
