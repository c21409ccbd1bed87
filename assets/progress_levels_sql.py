"""SQL text of the figures of all areas: counts grouped by each level, schools, earlier bulletins' restated, and the rows of `progress`."""

from datetime import date

from xueji.assets.progress_flow_sql import restated_sql
from xueji.assets.progress_places_sql import placed_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.reports import indicators as ind


def figures_sql() -> str:
    """A query for the counts of nation to county, zero where nothing was counted.

    A rule that counted in the earlier month but not now stands at zero, so that its fall is seen.
    """
    of_rule = "substr(indicator, 1, 5) in ('rule_', 'note_')"
    return f"""
        with counts as (
            {levels_sql("placed_counts")}
            union all
            select 'province', code, indicator, sum(value) from unit_counts group by code, indicator
            union all
            select 'national', {literal(ind.NATIONAL_CODE)}, indicator, sum(value) from unit_counts group by indicator
        ),
        indicators as (
            select * from listed
            union
            select indicator, 'rules', true from unit_counts where {of_rule}
            union
            select indicator, 'rules', true from earlier where {of_rule}
        )
        select
            areas.level, areas.code, areas.name, areas.parent_code, indicators.indicator,
            cast(coalesce(counts.value, 0) as double) as value, indicators.query_name
        from areas
        join indicators
            on areas.level = 'national'
            or (areas.level = 'province' and substr(indicators.indicator, 1, 5) <> 'note_')
            or not indicators.is_of_units
        left join counts
            on counts.level = areas.level and counts.code = areas.code and counts.indicator = indicators.indicator
    """


def levels_sql(placed: str) -> str:
    """A query: level, code, indicator, value of nation to county, added up over the rows of `placed` (`placed_sql`)."""
    return f"""
        select 'county' as level, county_code as code, indicator, sum(value) as value
        from {placed} group by county_code, indicator
        union all
        select 'city', city_code, indicator, sum(value) from {placed} where city_code is not null group by city_code, indicator
        union all
        select 'province', unit_code, indicator, sum(value) from {placed} group by unit_code, indicator
        union all
        select 'national', {literal(ind.NATIONAL_CODE)}, indicator, sum(value) from {placed} group by indicator
    """


def schools_sql() -> str:
    """A query for the counts of schools, those that are not zero."""
    chosen = ", ".join(literal(indicator) for indicator in ind.SCHOOL_COUNTS)
    return f"""
        select
            'school' as level, placed_counts.school_code as code, places.school_name as name,
            placed_counts.county_code as parent_code, placed_counts.indicator, cast(value as double) as value, query_name
        from placed_counts
        join places on places.school_code = placed_counts.school_code
        join listed on listed.indicator = placed_counts.indicator
        where placed_counts.indicator in ({chosen})
    """


def restated_figures_sql(month: str, as_of: date) -> str:
    """A query over `areas`: earlier bulletins' pending records as the ledger now tells them, where that is not what was printed."""
    return f"""
        with earlier_nights as (
            select month, max(as_of) as as_of from progress where month < {literal(month)} group by month
        ),
        placed as ({placed_sql(restated_sql(as_of))}),
        counts as ({levels_sql("placed")}),
        printed as (
            select *, 'restated_' || month || '_' || indicator as restated from progress
            where month < {literal(month)} and mark is null
                and indicator in {literal_list((ind.PENDING_TOTAL, *map(ind.pending, ind.PENDING_TYPES)))}
        )
        select
            areas.level, areas.code, areas.name, areas.parent_code, printed.restated as indicator,
            cast(coalesce(counts.value, 0) as double) as value
        from printed
        join areas on areas.code = printed.code and areas.level = printed.level
        left join counts
            on counts.level = printed.level and counts.code = printed.code and counts.indicator = printed.restated
        where coalesce(counts.value, 0) <> printed.value
    """


def month_rows_sql(month: str, as_of: date) -> str:
    """A query for the rows of `progress`, over `unmarked`, `untold`, `marks` and `sources`."""
    return f"""
        select
            {literal(month)} as month, unmarked.level, unmarked.code, unmarked.name, unmarked.indicator, unmarked.value,
            date '{as_of}' as as_of, unmarked.parent_code, marks.mark, sources.query, sources.versions
        from unmarked
        join sources on sources.query_name = unmarked.query_name
        left join marks on marks.code = unmarked.code and marks.indicator = unmarked.indicator
        anti join untold on untold.level = unmarked.level and untold.indicator = unmarked.indicator
    """
