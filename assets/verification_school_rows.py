"""Lines of the sheets that a school gets, and of progress by place: SQL over the tables of assets/verification_sources.py.

Every query gives lines: place (of the workbook), owner, sheet, is_total, is_task, sort, cells.
"""

from collections.abc import Iterator

from xueji.assets.verification_cells import class_place, grade, line, masked_name, masked_number, plain, share, text
from xueji.assets.verification_sources import OFFICE_LEVELS, SCHOOL_ACTOR, UnitNight
from xueji.checks.sql_text import literal

LAST = "~"  # sorts behind everything
COUNTS = {  # column → what it counts, over v_forms; in the order of reports/verification_sheets.py COUNT_COLUMNS
    "students": "count(*)",
    "excluded": "count(*) filter (not is_due)",
    "due": "count(*) filter (is_due)",
    "printed": "count(*) filter (is_due and form_no is not null)",
    "issued": "count(*) filter (is_due and issued_on is not null)",
    "returned": "count(*) filter (is_due and returned_on is not null)",
    "entered": "count(*) filter (is_due and entered_on is not null)",
    "audited": "count(*) filter (is_due and audited_on is not null)",
    "uploaded": "count(*) filter (is_due and uploaded_on is not null)",
    "archived": "count(*) filter (is_due and archived_on is not null)",
    "not_here": "count(*) filter (is_due and is_not_here)",
    "pending": "coalesce(sum(audits_pending) filter (is_due), 0)",
    "sent_back": "coalesce(sum(sent_back) filter (is_due), 0)",
}
RIGHT = "count(*) filter (is_due and is_right_first_time)"
LEVEL_TITLES = " ".join(f"when '{level}' then '{title}'" for level, title in OFFICE_LEVELS.items())


def line_sql(
    sheet: str, place: str, owner: str, sort: str, cells: str, source: str, *, is_total: bool = False, is_task: bool = True
) -> str:  # fmt: skip
    """A query for lines of one sheet. `source` is what stands behind `from`."""
    return f"""
        select {place} as place, {owner} as owner, '{sheet}' as sheet, {str(is_total).lower()} as is_total,
            {str(is_task).lower()} as is_task, coalesce({sort}, '') as sort, {cells} as cells
        from {source}
    """


def counts_sql() -> str:
    """A query for the counts of each school and class: what all progress is added up from."""
    counts = ", ".join(f"{counted} as {name}" for name, counted in COUNTS.items())
    return f"""
        select s.*, c.* exclude (school_code)
        from (
            select school_code, grade, class_no, {counts}, {RIGHT} as right_first_time
            from v_forms
            group by school_code, grade, class_no
        ) as c
        join v_schools as s on s.school_code = c.school_code
    """


def progress_cells(labels: list[str]) -> str:
    """Text SQL over a group of v_counts: labels, counts and rates."""
    sums = {name: f"sum({name})" for name in COUNTS}
    rates = (share(sums["returned"], sums["due"]), share(sums["uploaded"], sums["due"]))
    return line([*labels, *(plain(f"cast({total} as bigint)") for total in sums.values()), *rates])


def class_progress() -> Iterator[str]:
    """A school's classes."""
    labels = [grade("any_value(grade)"), text("any_value(class_no)")]
    by_class = "v_counts group by school_place, school_code, grade, class_no"
    place = class_place("any_value(grade)", "any_value(class_no)")
    yield line_sql("class_progress", "school_place", "school_code", place, progress_cells(labels), by_class, is_task=False)  # fmt: skip
    total = progress_cells(["'合计'", "''"])
    by_school = "v_counts group by school_place, school_code"
    yield line_sql("class_progress", "school_place", "school_code", f"'{LAST}'", total, by_school, is_total=True, is_task=False)  # fmt: skip


def school_todo() -> str:
    """Open matters of a school. Of a record of another school only masked values are shown."""
    mine = {
        "name": f"case when is_own then name else {masked_name('name')} end",
        "student_no": f"case when is_own then student_no else {masked_number('student_no')} end",
    }
    actor = f"case when actor = '{SCHOOL_ACTOR}' then '学校' else coalesce(o.said, '学籍主管部门') end"
    cells = line(
        [
            text("title"), f"case when grade is null then '' else {grade('grade')} end", text("class_no"), text(mine["name"]),
            text(mine["student_no"]), text("reason"), text(actor), plain("first_seen"), text("remedy"),
        ]
    )  # fmt: skip
    sort = f"lpad(cast(title_place as varchar), 4, '0') || {class_place('grade', 'class_no')} || coalesce(name, '') || coalesce(subject, '')"
    source = "v_matters left join v_offices as o on o.code = office_code where school_place is not null"
    return line_sql("todo", "school_place", "school_code", sort, cells, source)


def school_audits() -> str:
    """What a school entered and an audit sent back, or has not looked at yet."""
    following = """case when c.state = 'sent_back' then '与家长核实后重新录入'
        when c.audit_level = 'school' then '学校领导审核把关' else '等待' || coalesce(o.said, '学籍主管部门') || '审核' end"""
    cells = line(
        [
            *student_cells(), *change_cells(), "case when c.state = 'sent_back' then '退回' else '待审核' end", plain("c.audited_on"),
            text(following),
        ]
    )  # fmt: skip
    sort = f"case when c.state = 'sent_back' then '0' else '1' end || {change_sort()}"
    return line_sql("audits", "s.school_place", "c.school_code", sort, cells, changes_source())


def changes_source() -> str:
    return """v_changes as c
        join v_schools as s on s.school_code = c.school_code
        left join v_forms as f on f.record_key = c.record_key
        left join v_names as n on n.record_key = c.record_key
        left join v_labels as l on l.code = c.field
        left join v_offices as o on o.code = c.office_code"""


def student_cells() -> list[str]:
    return [grade("f.grade"), text("f.class_no"), text("n.name"), text("f.student_no")]


def change_cells() -> list[str]:
    return [
        text("c.form_no"), text("coalesce(l.said, c.field)"), text("c.old_value"), text("c.new_value"), text("c.evidence"),
        text("c.entered_by"), plain("c.entered_on"),
    ]  # fmt: skip


def change_sort() -> str:
    return (
        f"{class_place('f.grade', 'f.class_no')} || coalesce(n.name, '') || c.record_key || coalesce(l.said, c.field)"
    )


def missing_forms() -> str:
    """Who is not through, by class; a class that all waits for the same in one line."""
    name = "case when together > 1 then '全班 ' || cast(together as varchar) || ' 人' else n.name end"
    cells = line(
        [
            grade("m.grade"), text("m.class_no"), text(name), text("m.student_no"), text("m.form_no"), text("m.missing"),
            plain("m.issued_on"), plain("m.returned_on"),
        ]
    )  # fmt: skip
    sort = f"{class_place('m.grade', 'm.class_no')} || coalesce(n.name, '') || coalesce(m.record_key, '')"
    source = "v_missing as m join v_schools as s on s.school_code = m.school_code left join v_names as n on n.record_key = m.record_key"
    return line_sql("missing", "s.school_place", "m.school_code", sort, cells, source)


def unnumbered() -> str:
    """Students of a school without a formal number."""
    cells = line(
        [
            grade("f.grade"), text("f.class_no"), text("b.name"), text("b.student_no"), text("b.id_number"),
            text("coalesce(g.said, b.stage)"), "case when b.is_eligible then '可以' else '暂不' end", text("b.number_class"),
            text("coalesce(r.said, b.reason)"),
        ]
    )  # fmt: skip
    sort = f"{class_place('f.grade', 'f.class_no')} || coalesce(b.name, '') || b.record_key"
    return line_sql("unnumbered", "s.school_place", "b.school_code", sort, cells, numbers_source())


def numbers_source() -> str:
    return """v_numbers as b
        join v_schools as s on s.school_code = b.school_code
        left join v_forms as f on f.record_key = b.record_key
        left join v_stages as g on g.code = b.stage
        left join v_reasons as r on r.code = b.reason
        left join v_divisions as d on d.code = s.county_code"""


def school_lines() -> Iterator[str]:
    """Queries for every line of the schools' workbooks."""
    yield from class_progress()
    yield from (school_todo(), school_audits(), missing_forms(), unnumbered())


def office_progress(scope: UnitNight) -> Iterator[str]:
    """Progress as offices read it: a county by school, city and province by county, and of schools that these run directly."""
    level = f"case any_value(office_level) {LEVEL_TITLES} end"
    school = progress_cells([text("any_value(school_name)"), level])
    total = progress_cells(["'合计'", "''"])
    unit = literal(scope.unit)
    groups = (
        ("school_progress", f"{unit} || '/county-' || county_code || '.xlsx'", "county_code", "county_code is not null"),
        ("own_progress", "office_place", "office_code", "office_level <> 'county'"),
    )  # fmt: skip
    for sheet, place, owner, which in groups:
        by_office = f"v_counts where {which} group by {place}, {owner}"
        yield line_sql(sheet, place, owner, "school_code", school, f"{by_office}, school_code", is_task=False)
        yield line_sql(sheet, place, owner, f"'{LAST}'", total, by_office, is_total=True, is_task=False)
    yield from area_progress(scope)


def area_progress(scope: UnitNight) -> Iterator[str]:
    """Progress by county, for city and province."""
    unit = literal(scope.unit)
    source = """(select v.*, city.said as city_name, county.said as county_name from v_counts as v
        left join v_divisions as city on city.code = v.city_code left join v_divisions as county on county.code = v.county_code)"""
    labels = [
        text("coalesce(any_value(city_name), any_value(city_code), '—')"),
        text("coalesce(any_value(county_name), any_value(county_code), '学校不详')"),
    ]
    total = progress_cells(["'合计'", "''"])
    for place, owner, which in (
        (literal(scope.province_place), unit, "true"),
        (f"{unit} || '/city-' || city_code || '.xlsx'", "city_code", "city_code is not null"),
    ):
        by_office = f"{source} where {which} group by {place}, {owner}"
        sort = f"coalesce(any_value(county_code), '{LAST}')"
        yield line_sql("area_progress", place, owner, sort, progress_cells(labels), f"{by_office}, county_code", is_task=False)  # fmt: skip
        yield line_sql("area_progress", place, owner, f"'{LAST}'", total, by_office, is_total=True, is_task=False)
