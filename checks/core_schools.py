"""The school table: each school's unit, county, city and supervising authority."""

from xueji.checks.divisions import city_code_sql, county_code_sql
from xueji.checks.text_folding import number_normalised_sql, trimmed_sql

AUTHORITY_LEVELS = {
    "province": ("省", "省级", "省直属"),
    "city": ("市", "市级", "市直属", "地市"),
    "county": ("县", "县级", "区", "区县", "县直属"),
}


def core_schools_sql(staged: str) -> str:
    """A query for `core_schools`, one row a school. Of rows with one code the first by name stays."""
    levels = " ".join(
        f"when authority_level_text in ({', '.join(repr(text) for text in texts)}) then '{level}'"
        for level, texts in AUTHORITY_LEVELS.items()
    )
    return f"""
        with delivered as (
            select
                {number_normalised_sql("school_code")} as school_code,
                {trimmed_sql("school_name")} as school_name,
                {trimmed_sql("school_type")} as school_type,
                {number_normalised_sql("place_code")} as place_code,
                {number_normalised_sql("authority_code")} as authority_code,
                {trimmed_sql("authority_level_text")} as authority_level_text
            from {staged} as staged
        ),
        numbered as (
            select *, row_number() over (partition by school_code order by school_name, place_code, authority_code) as place
            from delivered
            where school_code is not null
        )
        select
            school_code,
            school_name,
            school_type,
            substr(school_code, 3, 2) as unit_code,
            {county_code_sql("place_code")} as county_code,
            {city_code_sql("place_code")} as city_code,
            authority_code,
            case {levels} end as authority_level
        from numbered
        where place = 1
    """
