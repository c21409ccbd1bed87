"""SQL text of the figures of `progress` that are worked out from counts: rates, shares, index, changes, forecast.

Queries over the tables `figures` (level, code, name, parent_code, indicator, value: the counts of nation to county), `earlier`
(the rows of the previous bulletin) and `areas`. They give level, code, name, parent_code, indicator, value; null where there is no figure.
"""

from datetime import date

from xueji.checks.sql_text import literal
from xueji.reports import indicators as ind

Z_95 = 1.959964  # of the standard normal distribution


def wide_sql(indicators: tuple[str, ...]) -> str:
    """A query: one row an area with the given counts as columns."""
    columns = ", ".join(
        f'max(value) filter (indicator = {literal(indicator)}) as "{indicator}"' for indicator in indicators
    )
    return f"select level, code, name, parent_code, {columns} from figures group by level, code, name, parent_code"


def unpivoted_sql(source: str, values: dict[str, str]) -> str:
    """A query: each of `values`, double SQL by indicator, as a row of its own."""
    return " union all ".join(
        f"select level, code, name, parent_code, {literal(indicator)} as indicator, {text} as value from {source}"
        for indicator, text in values.items()
    )


def enough_sql(text: str) -> str:
    """`text`, null where there are too few students to tell a rate of."""
    return f"case when {ind.STUDENTS} >= {ind.RATE_MIN_STUDENTS} then {text} end"


def share_sql(part: str, whole: str) -> str:
    """Double SQL: `part` of `whole` in percent, null without any."""
    return f"case when {whole} > 0 then 100.0 * ({part}) / ({whole}) end"


def interval_sql(count: str, sign: int) -> str:
    """Double SQL: lower (-1) or upper (1) bound of the 95 % interval of a count, by Byar's approximation to Poisson's."""
    base = f"({count} + 1)" if sign > 0 else count
    root = f"(1 - 1.0 / (9 * {base}) {'+' if sign > 0 else '-'} {Z_95} / (3 * sqrt({base})))"
    bound = f"{base} * {root} * {root} * {root}"  # not power(): its last bit is another in another engine
    return bound if sign > 0 else f"case when {count} = 0 then 0 else {bound} end"


def rates_sql() -> str:
    """Records per 10,000 students, of all pending with its interval."""
    values = {
        ind.per_10000(indicator): enough_sql(f"10000.0 * {indicator} / {ind.STUDENTS}") for indicator in ind.RATED
    }
    for name, sign in ((ind.per_10000_low, -1), (ind.per_10000_high, 1)):
        bound = interval_sql(ind.PENDING_TOTAL, sign)
        values[name(ind.PENDING_TOTAL)] = enough_sql(f"10000.0 * ({bound}) / {ind.STUDENTS}")
    return f"""
        with wide as ({wide_sql((ind.STUDENTS, *ind.RATED))})
        {unpivoted_sql("wide", values)}
    """


def shares_sql() -> str:
    """How far the work has come, and how good the data are: completion, the parts of the index, the index and its class."""
    without = {
        ind.COMPLETENESS_PERCENT: ind.quality("MISSING"),
        ind.VALIDITY_PERCENT: ind.quality("INVALID"),
        ind.TIMELINESS_PERCENT: ind.quality("STALE"),
        ind.IDENTITY_PERCENT: ind.PENDING_STUDENTS,
    }
    parts = ", ".join(
        f'{enough_sql(share_sql(f"{ind.STUDENTS} - {count}", ind.STUDENTS))} as "{share}"'
        for share, count in without.items()
    )
    counts = (
        ind.STUDENTS, ind.SCHOOLS, ind.SCHOOLS_WITH_STUDENTS, ind.CASES_CLOSED, ind.AUDITS_DONE,
        ind.AUDITS_WAITING, ind.PENDING_TOTAL, ind.pending("DUP_NSB"), *without.values(),
    )  # fmt: skip
    classes = " ".join(
        f"when {ind.QUALITY_INDEX} >= {bound} then {place}" for place, bound in enumerate(ind.QUALITY_BOUNDS, start=1)
    )
    values = {
        ind.PENDING_REPORTED: f"{ind.PENDING_TOTAL} - {ind.pending('DUP_NSB')}",
        ind.COMPLETION_PERCENT: share_sql(ind.CASES_CLOSED, f"{ind.CASES_CLOSED} + {ind.PENDING_TOTAL}"),
        ind.AUDIT_COMPLETION_PERCENT: share_sql(ind.AUDITS_DONE, f"{ind.AUDITS_DONE} + {ind.AUDITS_WAITING}"),
        **{share: share for share in (ind.COVERAGE_PERCENT, *without, ind.QUALITY_INDEX)},
        ind.QUALITY_CLASS: f"case {classes} when {ind.QUALITY_INDEX} is not null then {len(ind.QUALITY_BOUNDS) + 1} end",
    }
    mean = f"({' + '.join(ind.QUALITY_PARTS)}) / {len(ind.QUALITY_PARTS)}"
    return f"""
        with wide as ({wide_sql(counts)}),
        shares as (
            select *, {share_sql(ind.SCHOOLS_WITH_STUDENTS, ind.SCHOOLS)} as {ind.COVERAGE_PERCENT}, {parts} from wide
        ),
        scored as (select *, {ind.COVERAGE_PERCENT} * {mean} / 100 as {ind.QUALITY_INDEX} from shares)
        {unpivoted_sql("scored", values)}
    """


def forecast_sql(working_days_passed: int | None, working_days_left: int) -> str:
    """What is left on 30 June at the pace of closing since the previous bulletin; null without one, or when no day has passed."""
    days = working_days_passed or "cast(null as integer)"
    # Whole cases; what is added keeps a zero from being -0.
    left = f"ceil(greatest({ind.PENDING_TOTAL} - {ind.CLOSED_PER_DAY} * {working_days_left}, 0) - 1e-9) + 0.0"
    values = {
        name: name
        for name in (ind.CLOSED_PER_DAY, ind.FORECAST_DAYS, ind.FORECAST_LEFT, ind.COUNTIES, ind.COUNTIES_MISSING)
    }
    return f"""
        with paced as (
            select *, cast({ind.CASES_CLOSED} as double) / {days} as {ind.CLOSED_PER_DAY}
            from ({wide_sql((ind.PENDING_TOTAL, ind.CASES_CLOSED, ind.STUDENTS))}) as wide
        ),
        foreseen as (
            select
                *,
                case
                    when {ind.PENDING_TOTAL} = 0 and {ind.CLOSED_PER_DAY} is not null then 0
                    when {ind.CLOSED_PER_DAY} > 0 then {ind.PENDING_TOTAL} / {ind.CLOSED_PER_DAY}
                end as {ind.FORECAST_DAYS},
                {left} as {ind.FORECAST_LEFT}
            from paced
        ),
        counties as (
            select foreseen.code, areas.parent_code as above, {ind.FORECAST_LEFT}
            from foreseen join areas on areas.code = foreseen.code
            where foreseen.level = 'county' and {ind.STUDENTS} > 0 and not foreseen.code like '__0000'
        ),
        held as (
            select code, code as area, {ind.FORECAST_LEFT} from counties
            union all select code, above, {ind.FORECAST_LEFT} from counties
            union all
            select counties.code, areas.parent_code, {ind.FORECAST_LEFT}
            from counties join areas on areas.code = counties.above and areas.level = 'city'
            union all select code, {literal(ind.NATIONAL_CODE)}, {ind.FORECAST_LEFT} from counties
        ),
        told as (
            select
                foreseen.*,
                cast(count(held.code) as double) as {ind.COUNTIES},
                case when {days} is not null
                    then cast(count(held.code) filter (held.{ind.FORECAST_LEFT} > 0) as double)
                end as {ind.COUNTIES_MISSING}
            from foreseen left join held on held.area = foreseen.code
            group by all
        )
        {unpivoted_sql("told", values)}
    """


def changes_sql() -> str:
    """Changes against the previous bulletin in percent; null where there was none, or nothing."""
    reported = f"""
        select level, code, name, parent_code, {literal(ind.PENDING_REPORTED)} as indicator,
            {ind.PENDING_TOTAL} - {ind.pending("DUP_NSB")} as value
        from ({wide_sql((ind.PENDING_TOTAL, ind.pending("DUP_NSB")))}) as wide
    """
    listed = ", ".join(literal(indicator) for indicator in ind.RATED)
    return f"""
        select
            now.level, now.code, now.name, now.parent_code, now.indicator || '_change_percent' as indicator,
            case when earlier.value > 0 then 100.0 * (now.value - earlier.value) / earlier.value end as value
        from (
            select level, code, name, parent_code, indicator, value from figures where indicator in ({listed})
            union all {reported}
        ) as now
        left join earlier
            on earlier.level = now.level and earlier.code = now.code and earlier.indicator = now.indicator
    """


def flags_sql(days: dict[str, int | None], as_of: date) -> str:
    """What the nation's changes and forecasts are told over, whether identities were compared, how old each unit's records are."""
    values = {
        name: "cast(null as double)" if count is None else f"cast({count} as double)" for name, count in days.items()
    }
    values[ind.COMPARED] = """cast(case
        when exists (select 1 from core_population) or exists (select 1 from identity_answers) then 1 else 0
    end as double)"""
    return f"""
        with nation as (select level, code, name, parent_code from areas where level = 'national')
        {unpivoted_sql("nation", values)}
        union all
        select areas.level, areas.code, areas.name, areas.parent_code, {literal(ind.STALE_DAYS)},
            cast(date_diff('day', snapshots.as_of, date '{as_of}') as double)
        from areas left join snapshots on snapshots.unit_code = areas.code
        where areas.level = 'province'
    """
