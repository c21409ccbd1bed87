"""What each school's list says: its rows, the other parties of its duplicates, and a fingerprint of both."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl

from xueji.checks.catalogue import RULES, sentence
from xueji.checks.deadlines import settlement_due
from xueji.checks.divisions import division_name
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal
from xueji.reports.bulletin_wording import authority_name
from xueji.reports.school_list import OtherParty, ProblemRow, QualityRow, SchoolList

UNKNOWN = "unknown"  # school and county of records whose school is not in the school table
LAYOUT = "1"  # raised when a list's wording or layout changes: every list is then written anew

# The column a quality row is about, for rules whose reason does not name it.
FIELD_OF_RULE = {
    "id_missing": "sfzjh",
    "name_invalid": "xm",
    "school_unknown": "xxbsm",
    "stale_record": "nj",
    "student_no_check": "xjh",
    "student_no_duplicate": "xjh",
}
# Fields that a finding carries itself; what stands in any other is the finding's detail.
COLUMN_OF_FIELD = {"xm": "name", "xxbsm": "school_code", "xjh": "student_no"}


def create_list_rows(connection: duckdb.DuckDBPyConnection, night: str) -> None:
    """Make the temporary tables `list_rows`, one row a line of a list, and `list_editions`, one row a school."""
    connection.register("rule_sentences", rule_sentences().to_arrow())
    connection.execute(
        f"""
        create or replace temp table list_rows as
        select
            f.unit_code,
            coalesce(s.county_code, '{UNKNOWN}') as county_code,
            coalesce(s.school_code, '{UNKNOWN}') as list_school,
            s.school_name,
            f.* exclude (unit_code, school_code, as_of, file),
            f.school_code,
            r.sentence
        from findings as f
        -- Left, so that no finding can fall out of its list: one without a sentence stops the night when it is printed.
        left join rule_sentences as r on r.rule_id = f.rule_id and r.reason is not distinct from f.reason
        left join core_schools as s on s.school_code = f.school_code and s.unit_code = f.unit_code
        where f.severity <> 'note' and f.record_key is not null
        """
    )
    connection.execute(
        f"""
        create or replace temp table list_editions as
        with row_texts as (
            select
                l.*,
                -- A change of any party of a duplicate changes the lists of all its parties.
                md5(cast(row(record_key, rule_id, reason, sentence, scope, detail, name, id_number, student_no,
                    grade, class_no, g.parties) as varchar)) as row_hash
            from list_rows as l
            left join (
                select group_key, md5(string_agg(party, '/' order by party)) as parties
                from (
                    select group_key, cast(row(record_key, school_code, school_name, name, id_number, student_no,
                        grade, class_no) as varchar) as party
                    from list_rows
                )
                where group_key is not null
                group by group_key
            ) as g on g.group_key = l.group_key
        )
        select
            unit_code,
            county_code,
            list_school,
            any_value(school_name) as school_name,
            count(*) filter (severity = 'error') as errors,
            count(*) filter (severity = 'warning') as warnings,
            md5({literal(LAYOUT)} || '{settlement_due(date.fromisoformat(night))}' || coalesce(any_value(school_name), '')
                || string_agg(row_hash, '' order by row_hash)) as content_hash
        from row_texts
        group by unit_code, county_code, list_school
        """
    )


def rule_sentences() -> pl.DataFrame:
    """The sentence that a list prints for each rule and reason; reason null where a rule gives none."""
    rows = [
        (rule.id, reason or None, sentence(rule.id, reason))
        for rule in RULES
        for reason in dict.fromkeys(("", *rule.reasons))
    ]
    return pl.DataFrame(rows, schema={"rule_id": pl.String, "reason": pl.String, "sentence": pl.String}, orient="row")


def school_lists(connection: duckdb.DuckDBPyConnection, night: str, unit: str) -> Iterator[SchoolList]:
    """The lists of a unit's schools in the temporary table `lists_to_write`, ordered by county and school."""
    chosen = f"(select * from lists_to_write where unit_code = {literal(unit)})"
    rows = connection.sql(
        f"""
        select l.* from list_rows as l join {chosen} as w on w.unit_code = l.unit_code and w.list_school = l.list_school
        """
    ).pl()
    parties = connection.sql(
        f"""
        select l.group_key, l.record_key, l.school_code, coalesce(s.school_name, l.school_name) as school_name,
            s.county_code, l.name, l.id_number, l.student_no, l.grade, l.class_no
        from list_rows as l
        left join core_schools as s on s.school_code = l.school_code
        where l.group_key in (
            select r.group_key from list_rows as r
            join {chosen} as w on w.unit_code = r.unit_code and w.list_school = r.list_school
        )
        """
    ).pl()
    schools = connection.execute(
        f"""
        select list_school, county_code, coalesce(school_name, ''), snapshot
        from {chosen}
        left join (select max(as_of) as snapshot from core_students where unit_code = {literal(unit)}) on true
        order by county_code, list_school
        """
    ).fetchall()
    due = settlement_due(date.fromisoformat(night))
    rows_of, parties_of = dicts_by(rows, "list_school"), dicts_by(parties, "group_key")
    for school, county, school_name, snapshot in schools:
        lines = rows_of.get(school, [])
        yield SchoolList(
            school_code=school if school != UNKNOWN else "不详",
            school_name=school_name or "学校标识码不在本单位学校表中的学生",
            county_name=division_name(county) if county != UNKNOWN else UNITS[unit],
            issuer=authority_name(unit),
            as_of=snapshot or date.fromisoformat(night),
            edition=f"{school}-{night.replace('-', '')}",
            problems=tuple(problem_row(line, parties_of, due) for line in lines if line["severity"] == "error"),
            quality=tuple(quality_row(line) for line in lines if line["severity"] == "warning"),
        )


def dicts_by(frame: pl.DataFrame, column: str) -> dict[str, list[dict]]:
    """The rows, put together by a column's value. One pass: a frame a school would cost more than the rows in it."""
    found: dict[str, list[dict]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row[column]].append(row)
    return found


def problem_row(line: dict, parties_of: dict[str, list[dict]], due: date) -> ProblemRow:
    evidence = f"（{line['detail']}）" if line["detail"] else ""
    return ProblemRow(
        **{name: line[name] for name in PROBLEM_FIELDS},
        sentence=line["sentence"] + evidence,
        due_date=due,
        others=other_parties(line, parties_of.get(line["group_key"], [])),
    )


def quality_row(line: dict) -> QualityRow:
    field = line["reason"] if line["reason"] in FIELD_LABELS else FIELD_OF_RULE[line["rule_id"]]
    return QualityRow(
        **{name: line[name] for name in QUALITY_FIELDS},
        sentence=line["sentence"],
        field_title=FIELD_LABELS[field],
        value=line[COLUMN_OF_FIELD[field]] if field in COLUMN_OF_FIELD else line["detail"],
    )


def other_parties(line: dict, parties: list[dict]) -> tuple[OtherParty, ...]:
    """The group without this line's own record; a record delivered twice stays once."""
    own = next((place for place, party in enumerate(parties) if party["record_key"] == line["record_key"]), None)
    return tuple(
        OtherParty(**{name: party[name] for name in PARTY_FIELDS})
        for place, party in enumerate(parties)
        if place != own
    )


def shared_fields(kind: type) -> tuple[str, ...]:
    """The fields of a report row that a finding has under the same name."""
    set_here = {"sentence", "due_date", "others", "field_title", "value"}
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in set_here)


PROBLEM_FIELDS = shared_fields(ProblemRow)
QUALITY_FIELDS = shared_fields(QualityRow)
PARTY_FIELDS = shared_fields(OtherParty)
