"""What the workbooks of verification are made from, of one unit: its schools with their workbooks' places, forms, changes, matters, names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.office_lists import office_name
from xueji.assets.records import create_from
from xueji.checks.divisions import names as division_names
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.sql_text import literal
from xueji.reports.return_forms import UNKNOWN

OFFICE_LEVELS = {"county": "县", "city": "市", "province": "省"}
FORM_COLUMNS = (
    "school_code", "record_key", "student_no", "grade", "class_no", "is_due", "form_no", "issued_on", "returned_on", "entered_on",
    "audited_on", "uploaded_on", "archived_on", "is_not_here", "audits_pending", "sent_back", "is_right_first_time", "collected_by",
    "entered_by", "audited_by",
)  # fmt: skip
SCHOOL_ACTOR = "school"
UNKNOWN_SCHOOL = "学校标识码不在本单位学校表中的学生"


@dataclass(frozen=True)
class MatterWords:
    """How a kind of matter is told: title, who acts (school, county, city, province), what to do, and of which sheet it is."""

    title: str
    actor: str
    remedy: str
    topic: str  # completeness, business; anything else: campaign


@dataclass(frozen=True)
class Words:
    """The words that rules of others say, by code; what they do not know stands as its code."""

    matters: Mapping[str, MatterWords]
    stages: Mapping[str, str]  # of the number batch
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class UnitNight:
    """Whose workbooks of which night. `campaign` is null in a unit that has none."""

    unit: str
    night: str
    campaign: str | None
    campaign_name: str | None
    is_final: bool  # every entry window of the campaign is closed

    @property
    def province_place(self) -> str:
        return f"{self.unit}/province-{self.unit}.xlsx"

    @property
    def numbers_place(self) -> str:
        return f"{self.unit}/numbers-{self.unit}.xlsx"

    @property
    def unknown_place(self) -> str:
        return f"{self.unit}/{UNKNOWN}/{UNKNOWN}.xlsx"


def create_words(connection: duckdb.DuckDBPyConnection, words: Words) -> None:
    """Make the temporary tables `v_words`, `v_stages`, `v_reasons`, `v_labels` and `v_divisions`."""
    rows = [
        (code, said.title, said.actor, said.remedy, said.topic, place)
        for place, (code, said) in enumerate(words.matters.items())
    ]
    columns = ["matter", "title", "actor", "remedy", "topic"]
    schema = {**dict.fromkeys(columns, pl.String), "place": pl.Int64}
    create_from(connection, "v_words", pl.DataFrame(rows, schema=schema, orient="row"))
    for name, texts in (
        ("v_stages", words.stages),
        ("v_reasons", words.reasons),
        ("v_labels", FIELD_LABELS),
        ("v_divisions", division_names()),
    ):
        pairs = pl.DataFrame(list(texts.items()), schema={"code": pl.String, "said": pl.String}, orient="row")
        create_from(connection, name, pairs)


def create_sources(engine: Engine, connection: duckdb.DuckDBPyConnection, scope: UnitNight) -> None:
    """Make the unit's temporary tables: v_schools, v_offices, v_forms, v_changes, v_matters, v_numbers, v_missing, v_names."""
    of_campaign = f"campaign = {literal(scope.campaign)}" if scope.campaign else "false"
    changes = unit_sql(engine, "form_changes", scope.unit)
    numbers = unit_sql(engine, "number_batch", scope.unit)
    connection.execute(f"create or replace temp table v_schools as {schools_sql(scope)}")
    forms = f"select {', '.join(FORM_COLUMNS)} from ({unit_sql(engine, 'core_forms', scope.unit)}) where {of_campaign} and (is_due or exclusion is not null)"
    # A view: of the few columns that a sheet needs several readings cost less than one copy of all.
    connection.execute(f"create or replace temp view v_forms as {_placed(forms)}")
    for name, query in (
        ("v_changes", _placed(f"select * from ({changes}) where {of_campaign} and state in ('pending', 'sent_back')")),
        ("v_matters", matters_sql(engine, scope)),
        ("v_numbers", _placed(f"select * from ({numbers}) where {of_campaign}")),
        ("v_missing", missing_sql(scope)),
        ("v_names", names_sql(engine, scope)),
    ):
        connection.execute(f"create or replace temp table {name} as {query}")
    create_offices(connection, scope)


def unit_sql(engine: Engine, table: str, unit: str) -> str:
    """A query for a unit's rows of a table that is partitioned by unit: no other file is opened."""
    files = [file for file in engine.files(table) if file.partition.get("unit_code") == unit]
    return engine.files_sql(table, files)


def schools_sql(scope: UnitNight) -> str:
    """A query for the unit's schools, and the unknown one: their county, their authority, the places of their workbook and of their authority's.

    The authority is that of the audits (checks/case_meeting.py): the county, but city or province for schools they run directly.
    """
    unit = literal(scope.unit)
    return f"""
        with placed as (
            select school_code, coalesce(school_name, school_code) as school_name, county_code, city_code,
                case
                    when county_code is null or authority_level = 'province' then 'province'
                    when authority_level = 'city' and city_code is null then 'province'
                    when authority_level = 'city' then 'city'
                    else 'county'
                end as office_level
            from core_schools
            where unit_code = {unit} and position('/' in school_code) = 0 -- its code names a file
        ),
        supervised as (
            select *, case office_level when 'county' then county_code when 'city' then city_code else {unit} end as office_code
            from placed
        )
        select *, {unit} || '/' || coalesce(county_code, '{UNKNOWN}') || '/' || school_code || '.xlsx' as school_place,
            {unit} || '/' || office_level || '-' || office_code || '.xlsx' as office_place
        from supervised
        union all
        select '{UNKNOWN}', '{UNKNOWN_SCHOOL}', null, null, 'province', {unit}, {literal(scope.unknown_place)}, {literal(scope.province_place)}
    """


def _placed(rows: str) -> str:
    """A query for rows whose school is the unknown one when it is not in the table."""
    return f"""
        select r.* replace (coalesce(s.school_code, '{UNKNOWN}') as school_code)
        from ({rows}) as r
        left join v_schools as s on s.school_code = r.school_code
    """


def matters_sql(engine: Engine, scope: UnitNight) -> str:
    """A query for the unit's open matters with their words and places.

    One without a school is its county's, else the province's. What is said of a record of another school (`subject`) is masked by whoever
    shows it: `is_own` says whether the record is the school's.
    """
    matters = unit_sql(engine, "verification_matters", scope.unit)
    county_place = f"{literal(scope.unit)} || '/county-' || m.county_code || '.xlsx'"
    return f"""
        with open_matters as (select * from ({matters}) where closed_on is null)
        select m.*, s.school_name, s.city_code, s.school_place,
            coalesce(s.office_level, case when m.county_code is not null then 'county' else 'province' end) as office_level,
            coalesce(s.office_code, m.county_code, m.unit_code) as office_code,
            coalesce(s.office_place, {county_place}, {literal(scope.province_place)}) as office_place,
            coalesce(position('/' in m.subject) = 0 or split_part(m.subject, '/', 1) = m.school_code, true) as is_own,
            coalesce(w.title, m.matter) as title, coalesce(w.actor, 'county') as actor, coalesce(w.remedy, '') as remedy,
            coalesce(w.topic, '') as topic, coalesce(w.place, 999) as title_place
        from open_matters as m
        left join v_schools as s on s.school_code = m.school_code
        left join v_words as w on w.matter = m.matter
    """


def missing_sql(scope: UnitNight) -> str:
    """A query over `v_forms` and `v_windows`: who is not through yet, and with what; a class that all waits for the same is one row (`together`).

    Printing counts as missing once the school may print. Those whom nobody found (查无此人) are a matter of their own.
    """
    return f"""
        with open_schools as (
            select distinct school_code from v_windows where campaign = {literal(scope.campaign)} and opens_on <= date '{scope.night}'
        ),
        standing as (
            select f.*, case
                    when form_no is null then case when o.school_code is not null then '未印制' end
                    when returned_on is not null then
                        concat_ws('、', case when entered_on is null then '未录入' end, case when uploaded_on is null then '未拍照上传' end)
                    else concat_ws('、', case when issued_on is null then '未下发' else '未回收' end,
                        case when issued_on is not null and uploaded_on is null then '未拍照上传' end)
                end as missing
            from v_forms as f
            left join open_schools as o on o.school_code = f.school_code
            where is_due and not coalesce(is_not_here, false)
        ),
        classes as (
            select school_code, grade, class_no, count(*) as students, any_value(missing) as missing
            from standing
            group by school_code, grade, class_no
            having count(*) > 1 and count(distinct missing) = 1 and count(missing) = count(*) and any_value(missing) <> ''
        )
        select school_code, grade, class_no, cast(null as varchar) as record_key, cast(null as varchar) as student_no,
            cast(null as varchar) as form_no, missing, cast(null as date) as issued_on, cast(null as date) as returned_on,
            students as together
        from classes
        union all
        select s.school_code, s.grade, s.class_no, s.record_key, s.student_no, s.form_no, s.missing, s.issued_on, s.returned_on, 1
        from standing as s
        left join classes as c
            on c.school_code = s.school_code and c.grade is not distinct from s.grade and c.class_no is not distinct from s.class_no
        where c.school_code is null and s.missing <> ''
    """


def names_sql(engine: Engine, scope: UnitNight) -> str:
    """A query for the students that are named: record_key and name. Of records alike in key the first name."""
    students = unit_sql(engine, "core_students", scope.unit)
    return f"""
        with wanted as (
            select record_key from v_missing where record_key is not null union select record_key from v_changes
        )
        select record_key, min(name) as name
        from ({students})
        where record_key in (select record_key from wanted)
        group by record_key
    """


def create_offices(connection: duckdb.DuckDBPyConnection, scope: UnitNight) -> None:
    """Make the temporary table `v_offices`: code and name of every authority that is named in the unit's workbooks."""
    found = connection.execute(
        """
        select office_code from v_schools union select office_code from v_changes where audit_level <> 'school'
        union select office_code from v_matters
        """
    ).fetchall()
    codes: Sequence[str] = sorted({code for (code,) in found if code} | {scope.unit})
    known = [(code, office_name(code)) for code in codes if len(code) in (2, 6)]
    create_from(
        connection, "v_offices", pl.DataFrame(known, schema={"code": pl.String, "said": pl.String}, orient="row")
    )
