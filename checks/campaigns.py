"""Rounds of data-quality verification: the windows of the two switches, region by region (教基一厅〔2015〕2号, annex 2, 一.4).

A campaign's code is the year, A (autumn) or S (spring) and the number of the round in that term: 2026A1. Days are inclusive.
"""

import re

from xueji.checks.divisions import names
from xueji.checks.sql_text import literal

EXPORT, ENTRY = "export", "entry"  # 导出学籍基础信息确认表; 录入修改学籍基础信息确认表
SWITCHES = {EXPORT: "导出确认表", ENTRY: "录入修改"}
SWITCH_SPELLINGS = {
    **{code: code for code in SWITCHES},
    **{label: code for code, label in SWITCHES.items()},
    "导出学籍基础信息确认表": EXPORT,
    "录入修改学籍基础信息确认表": ENTRY,
}
CAMPAIGN_CODE = re.compile(r"(2\d{3})([AS])([1-9])")
TERMS = {"A": "秋季", "S": "春季"}

NATION = "00"
NOT_OPEN, OPEN, CLOSED = "未开通", "已开通", "已关闭"  # states of a dedicated account
MOST_SESSIONS = 20  # of one account at a time: told of school accounts, taken for county ones too


def campaign_name(campaign: str) -> str:
    """What a round is called when nobody named it: 2026年秋季学期数据质量核查, with its number from the second on."""
    match = CAMPAIGN_CODE.fullmatch(campaign)
    if match is None:
        return campaign
    year, term, number = match.groups()
    return f"{year}年{TERMS[term]}学期数据质量核查" + ("" if number == "1" else f"（第{number}次）")


def region_name(code: str) -> str:
    """The region of a window: the nation, a unit, a city or a county."""
    return "全国" if code == NATION else names().get(code.ljust(6, "0"), code)


def school_windows_sql() -> str:
    """A query over `campaign_windows` and `core_schools`: campaign, switch, unit_code, county_code, school_code, opens_on, closes_on.

    One row a school and span. Of windows that cover a school those of its narrowest region count: county, city, unit, nation.
    A unit's own windows go before the ministry's for the same region.
    """
    regions = ("county_code", "city_code", "unit_code", "nation_code")  # the narrowest first
    # By place, of which there are few, and a join a kind of region: joined by `in (…)` schools and windows are all tried in pairs.
    covering = " union all ".join(
        f"""
            select
                w.campaign, w.switch, w.opens_on, w.closes_on, p.unit_code, p.city_code, p.county_code,
                {breadth} * 2 + case when w.unit_code = {literal(NATION)} then 1 else 0 end as place
            from places as p
            join campaign_windows as w on w.region_code = p.{region}
            where w.unit_code = p.unit_code or w.unit_code = {literal(NATION)}
        """
        for breadth, region in enumerate(regions)
    )
    return f"""
        with places as (
            select distinct unit_code, city_code, county_code, {literal(NATION)} as nation_code from core_schools
        ),
        covering as ({covering}),
        nearest as (
            select *, min(place) over (partition by campaign, switch, unit_code, city_code, county_code) as nearest_place from covering
        )
        select distinct n.campaign, n.switch, s.unit_code, s.county_code, s.school_code, n.opens_on, n.closes_on
        from nearest as n
        join core_schools as s
            on s.unit_code = n.unit_code
            and s.city_code is not distinct from n.city_code
            and s.county_code is not distinct from n.county_code
        where n.place = n.nearest_place
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


def accounts_sql(night: str) -> str:
    """A query for `verification_accounts` as of a night, over `campaign_windows`, `core_schools` and `division_names` (code, name).

    One row a round and school with windows in it, and one a county of such schools. An account opens with the first window of either
    switch and closes with the last; it stays open between two windows. Its name says whose it is, and nothing of a person.
    """
    return f"""
        with windows as (
            select campaign, unit_code, county_code, school_code, min(opens_on) as opens_on, max(closes_on) as closes_on
            from ({school_windows_sql()}) as spans
            group by campaign, unit_code, county_code, school_code
        ),
        offices as (
            select
                w.campaign, w.unit_code, w.county_code, 'school' as office_level, w.school_code as office_code,
                s.school_name as office_name, w.opens_on, w.closes_on
            from windows as w
            join core_schools as s on s.school_code = w.school_code
            union all
            select
                w.campaign, w.unit_code, w.county_code, 'county' as office_level, w.county_code as office_code,
                coalesce(max(d.name), w.county_code) as office_name, min(w.opens_on) as opens_on, max(w.closes_on) as closes_on
            from windows as w
            left join division_names as d on d.code = w.county_code
            where w.county_code is not null
            group by w.campaign, w.unit_code, w.county_code
        )
        select
            campaign, unit_code, county_code, office_level, office_code, office_name,
            'HC' || campaign || '-' || office_code as account, opens_on, closes_on, {MOST_SESSIONS} as most_sessions,
            case
                when opens_on > date '{night}' then '{NOT_OPEN}'
                when closes_on < date '{night}' then '{CLOSED}'
                else '{OPEN}'
            end as state
        from offices
    """
