"""SQL text of the places that figures are told for: nation, units, cities, counties, schools, and which lies in which."""

from xueji.checks.divisions import unit_of_sql
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal
from xueji.reports import indicators as ind
from xueji.reports.bulletin_places import RESIDUAL_TITLE

CITY_OWN_NAME = "市本级"  # schools of a city that are in no county of it


def units_sql() -> str:
    """A query: code and name of the 32 units."""
    return " union all ".join(
        f"select {literal(code)} as code, {literal(name)} as name" for code, name in UNITS.items()
    )


def residual_sql(unit: str) -> str:
    """Text SQL: the code of the area that takes a unit's records whose school is not in the table, or at no place of the unit."""
    return f"({unit} || '0000')"


def places_sql() -> str:
    """A query: one row a school of the table that lies in its unit: school_code, school_name, unit_code, city_code, county_code.

    A school whose place is a city and no county of it (东莞 has none) stands in the city's own area, digits 5 and 6 of whose code
    are 01, as those of 市辖区. Where the place is neither, or of another unit, the county is the unit's residual area. The city is null
    where none stands between. Divisions 6590xx are those of 兵团.
    """
    is_own = f"{unit_of_sql('county_code')} = unit_code"
    return f"""
        with placed as (
            select
                school_code, coalesce(school_name, school_code) as school_name, unit_code,
                case
                    when not coalesce({is_own}, false) then null
                    when substr(county_code, 5, 2) <> '00' then county_code
                    when county_code = city_code then substr(county_code, 1, 4) || '01'
                end as county_code,
                city_code
            from core_schools
        )
        select
            school_code, school_name, unit_code, case when county_code is not null then city_code end as city_code,
            coalesce(county_code, {residual_sql("unit_code")}) as county_code
        from placed
    """


def areas_sql() -> str:
    """A query over `units`, `places`, `division_names` and `placed_counts`: level, code, name, parent_code of nation to county.

    A residual area is there when it has anything to tell.
    """
    residual = residual_sql("units.code")
    return f"""
        select 'national' as level, {literal(ind.NATIONAL_CODE)} as code, {literal(ind.NATIONAL_NAME)} as name,
            cast(null as varchar) as parent_code
        union all
        select 'province', code, name, {literal(ind.NATIONAL_CODE)} from units
        union all
        select 'city', cities.code, coalesce(division_names.name, cities.code), cities.unit_code
        from (select distinct city_code as code, unit_code from places where city_code is not null) as cities
        join units on units.code = cities.unit_code
        left join division_names on division_names.code = cities.code
        union all
        select
            'county', counties.code,
            coalesce(division_names.name, case when substr(counties.code, 5, 2) = '01' then {literal(CITY_OWN_NAME)} else counties.code end),
            coalesce(city_code, unit_code)
        from (select distinct county_code as code, city_code, unit_code from places) as counties
        join units on units.code = counties.unit_code
        left join division_names on division_names.code = counties.code
        where counties.code <> {residual}
        union all
        select 'county', {residual}, {literal(RESIDUAL_TITLE)}, units.code
        from units
        where {residual} in (select county_code from placed_counts)
    """


def placed_sql(counts: str) -> str:
    """A query over `places`: `counts` (unit_code, school_code, indicator, value) with their city and county.

    What belongs to no school of the unit goes to its residual area, and to no school.
    """
    return f"""
        select
            counts.unit_code,
            places.city_code,
            coalesce(places.county_code, {residual_sql("counts.unit_code")}) as county_code,
            places.school_code,
            counts.indicator,
            sum(counts.value) as value
        from ({counts}) as counts
        left join places on places.school_code = counts.school_code and places.unit_code = counts.unit_code
        group by all
        having sum(counts.value) <> 0
    """
