"""Which cases stand in which authority's workbook, and what it says of each: doubts, evidence, the other parties."""

import duckdb

from xueji.assets.evidence_files import SUFFIXES
from xueji.checks.case_states import (
    CHECK_SHEET,
    HELD,
    MINISTRY_CODE,
    MINISTRY_REVIEW,
    NUMBER,
    OTHERS,
    PROVINCE_REVIEW,
    RESOLVED,
    REVIEW,
    VERDICT,
)
from xueji.checks.sql_text import literal, literal_list
from xueji.reports.return_forms import ISSUE, SHEET
from xueji.reports.return_forms import REVIEW as REVIEW_FORM
from xueji.reports.return_forms import VERDICT as VERDICT_FORM

LAYOUT = "2"  # raised when a workbook's wording or layout changes: every one is then written anew
RIVAL = 4  # place of the doubt that another party attests too
WAITING, HELD_SHEET, ATTESTED_SHEET = REVIEW_FORM.sheets
ROW_COLUMNS = (
    "case_no", "turn", "problem_type", "state", "school_code", "grade", "class_no", "name", "student_no", "id_number", "due_date",
    "scope", "group_key", "remark", "disposition", "new_name", "new_id_number", "new_sex_code", "new_birth_date", "answer_note",
    "answered_on", "entered_on", "unit_code", "county_code",
)  # fmt: skip


def create_office_rows(connection: duckdb.DuckDBPyConnection, night: str, key_id: str) -> None:
    """Make the temporary tables `office_rows`, one row a line of a workbook, and `office_editions`, one row a workbook.

    A workbook is known by `place`, its path below the night's outbox. Reads `case_sentences` (assets/case_lines.py) and `case_suggestions`.
    """
    for name, query in (
        ("office_matters", matters_sql(night)),
        ("office_places", places_sql(night)),
        ("handled_evidence", handled_evidence_sql()),
        ("case_doubts", doubts_sql(night)),
        ("office_rows", rows_sql()),
        ("office_editions", editions_sql(key_id)),
    ):
        connection.execute(f"create or replace temp table {name} as {query}")


def matters_sql(night: str) -> str:
    """A query for the matters that are being checked or arbitrated, with the parties that still stand in them."""
    return f"""
        select group_key, case_no, state, unit_code, county_code, school_code, name, id_number, student_no
        from cases
        where (closed_on is null or last_seen = date '{night}') and group_key in (
            select group_key from cases where state in {literal_list((CHECK_SHEET, VERDICT))}
        )
    """


def places_sql(night: str) -> str:
    """A query for the lines of all workbooks: place, form, office, sheet, case, and whether an answer is asked for."""
    passed = f"is_attested and (state in {literal_list((OTHERS, NUMBER))} or (state = {literal(RESOLVED)} and last_seen = date '{night}'))"
    columns = "unit_code, {level} as level, {code} as office_code, '{form}' as form, {sheet} as sheet, case_no"
    own = columns.format(
        level="authority_level",
        code="authority_code",
        form=REVIEW_FORM.form,
        sheet=f"case state when {literal(REVIEW)} then '{WAITING}' when {literal(HELD)} then '{HELD_SHEET}' else '{ATTESTED_SHEET}' end",
    )
    asked = {
        REVIEW_FORM: ((PROVINCE_REVIEW, "'province'", "unit_code"), (MINISTRY_REVIEW, "'ministry'", f"'{MINISTRY_CODE}'")),
        SHEET: ((CHECK_SHEET, "'province'", "unit_code"),),
        ISSUE: ((NUMBER, "'ministry'", f"'{MINISTRY_CODE}'"),),
    }  # fmt: skip
    branches = [
        f"""select {columns.format(level=level, code=code, form=form.form, sheet=f"'{form.sheets[0]}'")}, true as is_asked
            from cases where state = {literal(state)}"""
        for form, sources in asked.items()
        for state, level, code in sources
    ]
    parties = f"""
        select d.unit_code, d.arbiter_level, d.arbiter_code, '{VERDICT_FORM.form}', '{VERDICT_FORM.sheets[0]}', m.case_no, m.state = {literal(VERDICT)}
        from (
            select group_key, min(unit_code) as unit_code, min(arbiter_level) as arbiter_level, min(arbiter_code) as arbiter_code
            from cases where state = {literal(VERDICT)} and group_key not in (
                -- Whom the sheet still gives time is heard first.
                select group_key from cases where state = {literal(CHECK_SHEET)} and due_date >= date '{night}'
            )
            group by group_key
        ) as d
        join office_matters as m on m.group_key = d.group_key
    """
    return f"""
        select *, case level
            when 'county' then unit_code || '/' || office_code || '/'
            when 'ministry' then '{MINISTRY_CODE}/'
            else unit_code || '/' end || form || '-' || office_code || '.xlsx' as place
        from (
            select {own}, true as is_asked from cases where state in {literal_list((REVIEW, HELD))} or ({passed})
            union all {" union all ".join(branches)}
            union all {parties}
        ) as acting
    """


def handled_evidence_sql() -> str:
    """A query for the scans of the answers in hand: case, kind, what is said of it (户口簿.pdf), sha256, media type."""
    suffixes = " ".join(f"when {literal(kind)} then {literal(suffix)}" for kind, suffix in SUFFIXES.items())
    return f"""
        select
            case_no, kind, media_type, sha256,
            kind || case when place = 1 then '' else '_' || cast(place as varchar) end
                || case media_type {suffixes} else '' end as file_name
        from (
            select *, row_number() over (partition by case_no, kind order by sha256) as place
            from (
                select distinct e.case_no, e.kind, e.media_type, e.sha256
                from evidence as e
                join cases as c on c.case_no = e.case_no and c.answered_on = e."date"
                where e.case_no in (select case_no from office_places)
            )
        )
    """


def doubts_sql(night: str) -> str:
    """A query for what the police might be asked about: one row a case and doubt, in the order of `place`."""
    attests = "c.disposition = '佐证'"
    return f"""
        with shown as (select * from cases where case_no in (select case_no from office_places)),
        used as (
            select distinct e.sha256, e.case_no, c.unit_code, c.record_key
            from evidence as e join cases as c on c.case_no = e.case_no
            where e.sha256 in (select sha256 from handled_evidence)
        ),
        shared as (
            select h.case_no, h.kind, count(distinct u.unit_code || '/' || u.record_key) as others, min(u.case_no) as example
            from handled_evidence as h
            join shown as c on c.case_no = h.case_no
            join used as u on u.sha256 = h.sha256 and (u.unit_code <> c.unit_code or u.record_key <> c.record_key)
            group by h.case_no, h.kind
        ),
        rivals as (
            select c.case_no, bool_or(coalesce(o.is_attested, false)) as is_attested
            from shown as c
            join cases as o on o.group_key = c.group_key and o.case_no <> c.case_no
                and (o.closed_on is null or o.last_seen = date '{night}')
                and (o.is_attested or (o.disposition = '佐证' and o.state = {literal(REVIEW)}))
            where c.problem_type = 'DUP_ID' and {attests}
            group by c.case_no
        )
        select case_no, 1 as place, '已送公安机关户籍部门核实' as doubt from shown where is_with_police
        union all
        select case_no, 2, '“' || kind || '”与其他 ' || cast(others as varchar) || ' 名学生的材料相同（如 ' || example || '）'
        from shared
        union all
        select c.case_no, 3, '姓名与人口信息登记的完全不同，申请佐证'
        from shown as c
        where {attests} and c.problem_type = 'ERR_NAME'
            and list_contains(string_split(c.reasons, ','), 'id_name_mismatch:different')
        union all
        select case_no, {RIVAL}, case when is_attested then '同一证件号另一方的佐证已通过审核' else '同一证件号另一方也申请佐证' end
        from rivals
    """


def rows_sql() -> str:
    """A query for the lines with all that is said of their cases."""
    return f"""
        with evidence_names as (
            select case_no, list(file_name order by file_name) as evidence, list(distinct kind order by kind) as evidence_kinds,
                string_agg(sha256, '' order by file_name) as scans
            from handled_evidence group by case_no
        ),
        case_doubt_texts as (
            select case_no, list(doubt order by place, doubt) as doubts,
                list(doubt order by place, doubt) filter (place <> {RIVAL}) as doubts_beside_rivals
            from case_doubts group by case_no
        ),
        sheet_answers as (
            select case_no, answer || coalesce('：' || note, '') as sheet_answer
            from (
                select *, row_number() over (partition by case_no order by "date" desc, "row" desc) as place
                from answers where form = '{SHEET.form}' and case_no in (select case_no from office_places)
            )
            where place = 1
        ),
        matter_texts as (
            select group_key, md5(string_agg(cast(row(case_no, state, unit_code, county_code, school_code, name, id_number, student_no)
                as varchar), '/' order by case_no)) as parties
            from office_matters group by group_key
        )
        select
            p.place, p.unit_code as folder_unit, p.level, p.office_code, p.form, p.sheet, p.is_asked,
            {", ".join(f"c.{column}" for column in ROW_COLUMNS)},
            s.school_name, t.sentence, e.evidence, e.evidence_kinds, e.scans,
            -- Where a matter is checked or arbitrated, that there are rivals goes without saying.
            case when p.form = '{REVIEW_FORM.form}' then d.doubts else d.doubts_beside_rivals end as doubts,
            case when p.form <> '{ISSUE.form}' then h.suggestion end as suggestion, g.unlikely,
            case when p.form = '{VERDICT_FORM.form}' then a.sheet_answer end as sheet_answer,
            case when p.form = '{SHEET.form}' then m.parties end as parties_hash
        from office_places as p
        join cases as c on c.case_no = p.case_no
        left join core_schools as s on s.school_code = c.school_code
        left join case_sentences as t on t.case_no = c.case_no
        left join case_suggestions as h on h.case_no = c.case_no
        left join coincidence_groups as g on g.group_key = c.group_key and c.problem_type = 'DUP_NSB'
        left join evidence_names as e on e.case_no = c.case_no
        left join case_doubt_texts as d on d.case_no = c.case_no
        left join sheet_answers as a on a.case_no = c.case_no
        left join matter_texts as m on m.group_key = c.group_key
    """


def editions_sql(key_id: str) -> str:
    """A query for the workbooks: place, office and a fingerprint of what they say."""
    said = ", ".join(
        (
            "sheet",
            "is_asked",
            *ROW_COLUMNS,
            "school_name",
            "sentence",
            "suggestion",
            "evidence",
            "scans",
            "doubts",
            "sheet_answer",
            "parties_hash",
        )
    )
    return f"""
        select
            place, min(folder_unit) as folder_unit, level, office_code, form, count(*) as rows,
            md5({literal(LAYOUT)} || {literal(key_id)} || string_agg(line_hash, '' order by line_hash)) as content_hash
        from (select *, md5(cast(row({said}) as varchar)) as line_hash from office_rows)
        group by place, level, office_code, form
    """
