"""Lines of the sheets that counties, cities and provinces get: SQL over the tables of assets/verification_sources.py."""

from collections.abc import Iterator

from xueji.assets.verification_cells import grade, line, plain, share, text
from xueji.assets.verification_school_rows import (
    change_cells,
    change_sort,
    changes_source,
    line_sql,
    numbers_source,
    student_cells,
)
from xueji.assets.verification_sources import SCHOOL_ACTOR, UnitNight
from xueji.checks.sql_text import literal
from xueji.checks.storage_plan import ALARMS, ASSUMED_BYTES, ENOUGH_PHOTOS, GB, PACE_DAYS, TIMES_PHOTOS
from xueji.reports.return_forms import UNKNOWN

TOPIC_SHEETS = ("completeness", "business")  # matters with a sheet of their own


def office_lines(scope: UnitNight) -> Iterator[str]:
    """Queries for every line of the offices' workbooks but their progress."""
    yield pending_audits(scope)
    for sheet in ("office_todo", *TOPIC_SHEETS):
        yield matters(sheet)
    yield from matter_totals(scope)
    yield duties()
    yield from first_time(scope)
    yield storage(scope)
    yield from number_summary(scope)
    yield from number_lists(scope)


def pending_audits(scope: UnitNight) -> str:
    """Changes that wait for an office, item by item."""
    place = f"{literal(scope.unit)} || '/' || c.audit_level || '-' || coalesce(c.office_code, s.office_code) || '.xlsx'"
    cells = line([text("s.school_name"), *student_cells(), *change_cells()])
    source = f"{changes_source()} where c.state = 'pending' and c.audit_level in ('county', 'city', 'province')"
    return line_sql(
        "pending_audits",
        place,
        "coalesce(c.office_code, s.office_code)",
        f"c.school_code || {change_sort()}",
        cells,
        source,
    )


def matters(sheet: str) -> str:
    """Matters that an office has to act on, or those of a topic in the schools that it runs, whoever acts."""
    topics = ", ".join(literal(topic) for topic in TOPIC_SHEETS)
    which = (
        f"(actor <> '{SCHOOL_ACTOR}' or school_place is null) and topic not in ({topics})"
        if sheet == "office_todo"
        else f"topic = {literal(sheet)}"
    )
    cells = line(
        [
            text("title"), text("school_name"), f"case when grade is null then '' else {grade('grade')} end", text("class_no"),
            text("name"), text("student_no"), text("reason"), plain("first_seen"),
        ]
    )  # fmt: skip
    sort = "lpad(cast(title_place as varchar), 4, '0') || coalesce(school_code, '') || coalesce(name, '') || coalesce(subject, '')"
    return line_sql(sheet, "office_place", "office_code", sort, cells, f"v_matters where {which}")


def matter_totals(scope: UnitNight) -> Iterator[str]:
    """Open matters counted: a county's by school; the province's and a city's by the office that runs the school."""
    by_title = "title, actor, title_place"
    sort = "lpad(cast(title_place as varchar), 4, '0')"
    actor = f"case actor when '{SCHOOL_ACTOR}' then '学校' else '学籍主管部门' end"
    counted = [text("title"), text(actor), plain("count(*)"), plain("min(first_seen)")]
    school = line([text("any_value(school_name)"), *counted])
    source = "v_matters where school_code is not null and school_name is not null"
    yield line_sql(
        "matter_totals", "office_place", "office_code", f"school_code || {sort}", school,
        f"{source} and office_level = 'county' group by office_place, office_code, school_code, {by_title}",
    )  # fmt: skip
    unit = literal(scope.unit)
    office = line([text("coalesce(any_value(o.said), m.office_code)"), *counted])
    for place, owner, which in (
        (literal(scope.province_place), unit, "true"),
        (f"{unit} || '/city-' || city_code || '.xlsx'", "city_code", "city_code is not null and m.office_level <> 'province'"),
    ):  # fmt: skip
        group = (
            f"v_matters as m left join v_offices as o on o.code = m.office_code where {which} "
            f"group by {place}, {owner}, m.office_code, {by_title}"
        )
        yield line_sql("matter_totals", place, owner, f"m.office_code || {sort}", office, group)


def duties() -> str:
    """Who collected, entered and audited how many forms of which school, and how many of them were right at once."""
    steps = (
        ("采集", "collected_by", "returned_on"), ("录入", "entered_by", "entered_on"), ("审核", "audited_by", "audited_on"),
    )  # fmt: skip
    done = " union all ".join(
        f"""select school_code, {place} as step_place, '{step}' as step,
                {person} as person, is_right_first_time, sent_back
            from v_forms where is_due and {day} is not null"""
        for place, (step, person, day) in enumerate(steps)
    )
    audited, right = "count(is_right_first_time)", "count(*) filter (is_right_first_time)"
    cells = line(
        [
            text("any_value(step)"), text("any_value(school_name)"), text("coalesce(person, '（未填写）')"), plain("count(*)"),
            plain(audited), plain(right), share(right, audited), plain("cast(coalesce(sum(sent_back), 0) as bigint)"),
        ]
    )  # fmt: skip
    group = f"({done}) as d join v_schools as s on s.school_code = d.school_code group by office_place, office_code, s.school_code, step_place, person"
    sort = "s.school_code || cast(step_place as varchar) || coalesce(person, '')"
    return line_sql("duties", "office_place", "office_code", sort, cells, group, is_task=False)


def first_time(scope: UnitNight) -> Iterator[str]:
    """Share of forms that passed at once, by the authority of the schools: for city and province."""
    unit = literal(scope.unit)
    audited, right = "cast(sum(audited) as bigint)", "cast(sum(right_first_time) as bigint)"
    cells = line(
        [
            text("coalesce(any_value(o.said), office_code)"), plain(f"count(distinct school_code) filter (school_code <> '{UNKNOWN}')"), plain(audited), plain(right),
            share(right, audited), plain("cast(sum(sent_back) as bigint)"),
        ]
    )  # fmt: skip
    for place, owner, which in (
        (literal(scope.province_place), unit, "true"),
        (f"{unit} || '/city-' || city_code || '.xlsx'", "city_code", "city_code is not null and office_level <> 'province'"),
    ):  # fmt: skip
        group = (
            f"v_counts left join v_offices as o on o.code = office_code where {which} "
            f"group by {place}, {owner}, office_code"
        )
        yield line_sql("first_time", place, owner, "office_code", cells, group, is_task=False)


def storage(scope: UnitNight) -> str:
    """The newest storage plan of the unit, an item a line."""
    alarms = " ".join(f"when '{code}' then '{said}'" for code, said in ALARMS.items())
    gigabytes = "format('{{:.2f}} GB', {} / " + str(GB) + ".0)"
    items = (
        ("应核查学生人数", plain("students_due"), ""),
        ("已上传确认表电子文件", plain("photos"), "份"),
        (
            "每份平均大小",
            "format('{:.0f} KB', mean_bytes / 1000)",
            f"已上传不足{ENOUGH_PHOTOS}份时按每份{ASSUMED_BYTES // 1000} KB测算",
        ),
        ("全部上传所需容量", gigabytes.format("needed_bytes"), "应核查学生人数×每份平均大小"),
        ("应准备的容量", gigabytes.format("required_bytes"), f"学生照片存储设备容量的{TIMES_PHOTOS}倍"),
        ("现有容量", gigabytes.format("capacity_bytes"), ""),
        ("已用容量", gigabytes.format("used_bytes"), ""),
        ("日均增长", gigabytes.format("daily_bytes"), f"近{PACE_DAYS}日平均"),
        ("预计用满日期", plain("full_on"), "按目前进度；空白为不会用满"),
        ("结论", f"case alarm {alarms} else coalesce(alarm, '') end", ""),
    )
    newest = f'(select * from storage_plan where unit_code = {literal(scope.unit)} order by "date" desc limit 1)'
    rows = " union all ".join(
        f"select '{place:02}' as place_no, '{title}' as title, coalesce({value}, '') as value, '{remark}' as remark from newest"
        for place, (title, value, remark) in enumerate(items)
    )
    cells = line([text("title"), text("value"), text("remark")])
    source = f"(with newest as {newest} {rows})"
    return line_sql("storage", literal(scope.province_place), literal(scope.unit), "place_no", cells, source, is_task=False)  # fmt: skip


def number_summary(scope: UnitNight) -> Iterator[str]:
    """How many students have no formal number, may get which, or not and why: for the province."""
    place, owner = literal(scope.province_place), literal(scope.unit)
    counts = [
        plain("count(*)"),
        *(plain(f"count(*) filter (is_eligible and number_class = '{letter}')") for letter in "GJ"),
        plain("count(*) filter (not coalesce(is_eligible, false))"),
    ]
    county = line([text("coalesce(any_value(d.said), s.county_code, '学校不详')"), *counts])
    by_county = f"{numbers_source()} group by s.county_code"
    yield line_sql("number_counts", place, owner, "coalesce(s.county_code, '~')", county, by_county, is_task=False)
    total = line(["'合计'", *counts])
    some = f"{numbers_source()} having count(*) > 0"
    yield line_sql("number_counts", place, owner, "'~'", total, some, is_total=True, is_task=False)
    reason = line([text("coalesce(any_value(r.said), b.reason)"), plain("count(*)")])
    refused = f"{numbers_source()} where not coalesce(b.is_eligible, false) group by b.reason"
    most_first = "lpad(cast(1000000000 - count(*) as varchar), 10, '0') || coalesce(b.reason, '')"
    yield line_sql("number_reasons", place, owner, most_first, reason, refused, is_task=False)


def number_lists(scope: UnitNight) -> Iterator[str]:
    """Who gets a formal number, and who does not and why: the province's own workbook."""
    place, owner = literal(scope.numbers_place), literal(scope.unit)
    student = [
        text("coalesce(d.said, s.county_code)"), text("b.school_code"), text("s.school_name"), text("b.name"), text("b.student_no"),
        text("b.id_number"),
    ]  # fmt: skip
    sort = "coalesce(s.county_code, '~') || b.school_code || b.record_key"
    eligible = line([*student, text("b.number_class")])
    yield line_sql("number_list", place, owner, sort, eligible, f"{numbers_source()} where b.is_eligible")
    refused = line([*student, text("coalesce(g.said, b.stage)"), text("coalesce(r.said, b.reason)")])
    yield line_sql(
        "number_refused", place, owner, sort, refused, f"{numbers_source()} where not coalesce(b.is_eligible, false)"
    )
