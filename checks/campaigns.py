"""Rounds of data-quality verification: the windows of the two switches, region by region (教基一厅〔2015〕2号, annex 2, 一.4).

A campaign's code is the year, A (autumn) or S (spring) and the number of the round in that term: 2026A1. Days are inclusive.
"""

EXPORT, ENTRY = "export", "entry"  # 导出学籍基础信息确认表; 录入修改学籍基础信息确认表
SWITCHES = {EXPORT: "导出确认表", ENTRY: "录入修改"}


def school_windows_sql() -> str:
    """A query over `campaign_windows` and `core_schools`: campaign, switch, unit_code, county_code, school_code, opens_on, closes_on.

    One row a school and span. Of windows that cover a school those of its narrowest region count: county, city, unit, nation.
    A unit's own windows go before the ministry's for the same region.
    """
    return """
        with covering as (
            select
                w.campaign, w.switch, s.unit_code, s.county_code, s.school_code, w.opens_on, w.closes_on,
                dense_rank() over (
                    partition by w.campaign, w.switch, s.school_code
                    order by
                        case
                            when w.region_code = s.county_code then 1
                            when w.region_code = s.city_code then 2
                            when w.region_code = s.unit_code then 3
                            else 4
                        end,
                        case when w.unit_code = '00' then 2 else 1 end
                ) as place
            from campaign_windows as w
            join core_schools as s
                on w.region_code in (s.county_code, s.city_code, s.unit_code, '00') and w.unit_code in (s.unit_code, '00')
        )
        select distinct campaign, switch, unit_code, county_code, school_code, opens_on, closes_on
        from covering
        where place = 1
    """


def unit_campaigns_sql(night: str) -> str:
    """A query: unit_code and campaign of the round that each unit is in on a night, or was in last; no row before the first.

    The one whose first window opened last. It stays the unit's until the next begins.
    """
    return f"""
        select unit_code, arg_max(campaign, (opened_on, campaign)) as campaign
        from (
            select unit_code, campaign, min(opens_on) as opened_on
            from ({school_windows_sql()}) as windows
            group by unit_code, campaign
        )
        where opened_on <= date '{night}'
        group by unit_code
    """
