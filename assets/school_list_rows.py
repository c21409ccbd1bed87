"""What each school's list says: its rows, the other parties of its duplicates, and a fingerprint of both."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import duckdb
import polars as pl

from xueji.assets.case_lines import (
    create_case_sentences,
    create_case_ways,
    create_group_parties,
    create_rule_sentences,
)
from xueji.assets.case_suggestions import create_case_suggestions
from xueji.assets.seal import Seal
from xueji.checks.case_states import PENDING
from xueji.checks.divisions import division_name
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal
from xueji.reports.authorities import authority_name
from xueji.reports.return_forms import LIST, UNKNOWN, sealed_texts, shown
from xueji.reports.school_list import OtherParty, ProblemRow, QualityRow, SchoolList
from xueji.reports.workbook_template import cell_text

LARGE_GROUP = 100  # parties; of more not all are looked at for each other's row, which would be the square of them
LAYOUT = "3"  # raised when a list's wording or layout changes: every list is then written anew

WAITS_FOR_SCHOOL = f"c.state = {literal(PENDING)}"
PLACE = f"coalesce(s.county_code, '{UNKNOWN}') as county_code, coalesce(s.school_code, '{UNKNOWN}') as list_school"
# The column a quality row is about, for rules whose reason does not name it; None: the whole record.
FIELD_OF_RULE = {
    "suspected_duplicate": None,
    "id_missing": "sfzjh",
    "name_invalid": "xm",
    "school_unknown": "xxbsm",
    "stale_record": "nj",
    "student_no_check": "xjh",
    "student_no_duplicate": "xjh",
}
WHOLE_RECORD = "整条学籍"
# Fields that a finding carries itself; what stands in any other is the finding's detail.
COLUMN_OF_FIELD = {"xm": "name", "xxbsm": "school_code", "xjh": "student_no"}


def create_list_rows(connection: duckdb.DuckDBPyConnection, night: str, key_id: str) -> None:
    """Make the temporary tables `problem_lines` and `quality_lines`, one row a line of a list, and `list_editions`, one row a school.

    `key_id` names the key that seals the night's lists.
    """
    create_rule_sentences(connection)
    create_case_sentences(connection, night)
    create_case_suggestions(connection)
    create_case_ways(connection, WAITS_FOR_SCHOOL, night)
    create_group_parties(connection)
    for name, query in (
        ("problem_lines", problem_lines_sql()),
        ("quality_lines", quality_lines_sql()),
        ("list_editions", list_editions_sql(key_id)),
    ):
        connection.execute(f"create or replace temp table {name} as {query}")


def problem_lines_sql() -> str:
    """A query for the cases that wait for their school, with what is said of each."""
    return f"""
        select
            c.unit_code,
            {PLACE},
            s.school_name,
            c.* exclude (unit_code, county_code),
            t.sentence,
            h.suggestion,
            w.operations,
            w.materials
        from cases as c
        left join case_sentences as t on t.case_no = c.case_no
        left join case_suggestions as h on h.case_no = c.case_no
        left join case_ways as w
            on w.problem_type = c.problem_type and w.letter is not distinct from substr(c.student_no, 1, 1)
            and w.is_out_of_school is not distinct from c.is_out_of_school
        left join core_schools as s on s.school_code = c.school_code and s.unit_code = c.unit_code
        where {WAITS_FOR_SCHOOL}
    """


def quality_lines_sql() -> str:
    """A query for what is to be put right beside the cases."""
    return f"""
        select
            f.unit_code,
            {PLACE},
            s.school_name,
            f.* exclude (unit_code, as_of, file),
            r.sentence || case when f.group_key is not null then '（' || f.detail || '）' else '' end as sentence
        from findings as f
        -- Left, so that no finding can fall out of its list: one without a sentence stops the night when it is printed.
        left join rule_sentences as r on r.rule_id = f.rule_id and r.reason is not distinct from f.reason
        left join core_schools as s on s.school_code = f.school_code and s.unit_code = f.unit_code
        where f.severity = 'warning' and f.record_key is not null
    """


def list_editions_sql(key_id: str) -> str:
    """A query for the lists: their school, counts and a fingerprint of what they say."""
    return f"""
        with party_texts as (
            -- A change of any party of a duplicate changes the lists of all its parties.
            select group_key, md5(string_agg(party, '/' order by party)) as parties
            from (
                select group_key, cast(row(record_key, school_code, school_name, name, id_number, student_no,
                    grade, class_no) as varchar) as party
                from group_parties
            )
            group by group_key
        ),
        line_texts as (
            select p.unit_code, p.county_code, p.list_school, p.school_name, 'error' as severity,
                md5(cast(row(case_no, turn, problem_type, sentence, suggestion, remark, due_date, operations, materials, scope, name, id_number,
                    student_no, grade, class_no, g.parties) as varchar)) as line_hash
            from problem_lines as p
            left join party_texts as g on g.group_key = p.group_key
            union all
            select q.unit_code, q.county_code, q.list_school, q.school_name, 'warning',
                md5(cast(row(record_key, rule_id, reason, sentence, detail, name, student_no, grade, class_no, g.parties) as varchar))
            from quality_lines as q
            left join party_texts as g on g.group_key = q.group_key
        )
        select
            unit_code,
            county_code,
            list_school,
            any_value(school_name) as school_name,
            count(*) filter (severity = 'error') as errors,
            count(*) filter (severity = 'warning') as warnings,
            md5({literal(LAYOUT)} || {literal(key_id)} || coalesce(any_value(school_name), '')
                || string_agg(line_hash, '' order by line_hash)) as content_hash
        from line_texts
        group by unit_code, county_code, list_school
    """


def school_lists(connection: duckdb.DuckDBPyConnection, seal: Seal, night: str, unit: str) -> Iterator[SchoolList]:
    """The lists of a unit's schools in the temporary table `lists_to_write`, ordered by county and school."""
    chosen = f"(select * from lists_to_write where unit_code = {literal(unit)})"
    of_chosen = f"join {chosen} as w on w.unit_code = l.unit_code and w.list_school = l.list_school"
    problems = dicts_by(connection.sql(f"select l.* from problem_lines as l {of_chosen}").pl(), "list_school")
    quality = dicts_by(connection.sql(f"select l.* from quality_lines as l {of_chosen}").pl(), "list_school")
    groups = dicts_by(
        connection.sql(
            f"""
            select * from group_parties
            where group_key in (
                select l.group_key from problem_lines as l {of_chosen} where l.group_key is not null
                union select l.group_key from quality_lines as l {of_chosen} where l.group_key is not null
            )
            order by all
            """
        ).pl(),
        "group_key",
    )
    parties = {group: Parties(rows) for group, rows in groups.items()}
    schools = connection.execute(
        f"""
        select w.list_school, w.county_code, coalesce(w.school_name, ''), e.elsewhere, snapshot.as_of
        from {chosen} as w
        left join ({elsewhere_sql(unit)}) as e on e.list_school = w.list_school
        left join snapshots as snapshot on snapshot.unit_code = {literal(unit)}
        order by w.county_code, w.list_school
        """
    ).fetchall()
    for school, county, school_name, elsewhere, snapshot in schools:
        edition = edition_text(school, night)
        yield SchoolList(
            school_code=school if school != UNKNOWN else "不详",
            school_name=school_name or "学校标识码不在本单位学校表中的学生",
            county_name=division_name(county) if county != UNKNOWN else UNITS[unit],
            issuer=authority_name(unit),
            as_of=snapshot or date.fromisoformat(night),
            owner=school,
            edition=edition,
            key_id=seal.key_id,
            seal=seal.of_file(LIST.form, school, edition),
            problems=tuple(
                problem_row(
                    line,
                    parties.get(line["group_key"], NOBODY),
                    school,
                    row_seal(seal, LIST.form, school, edition, line),
                )
                for line in problems.get(school, [])
            ),
            quality=tuple(
                quality_row(line, parties.get(line["group_key"], NOBODY), school) for line in quality.get(school, [])
            ),
            elsewhere=elsewhere or 0,
        )


def elsewhere_sql(unit: str) -> str:
    """A query for how many open cases of each of the unit's schools are in other hands."""
    return f"""
        select coalesce(s.school_code, '{UNKNOWN}') as list_school, count(*) as elsewhere
        from cases as c
        left join core_schools as s on s.school_code = c.school_code and s.unit_code = c.unit_code
        where c.unit_code = {literal(unit)} and c.closed_on is null and not {WAITS_FOR_SCHOOL}
        group by 1
    """


def edition_text(owner: str, night: str) -> str:
    return f"{owner}-{night.replace('-', '')}"


def row_seal(seal: Seal, form: str, owner: str, edition: str, line: dict) -> str:
    """The seal of a row: over what it shows, as it can be read again."""
    cells = [cell_text(shown(line[column])) for column in ("name", "student_no", "id_number")]
    return seal.of_row(form, owner, edition, sealed_texts(line["case_no"], line["turn"], cells))


def dicts_by(frame: pl.DataFrame, column: str) -> dict[str, list[dict]]:
    """The rows, put together by a column's value. One pass: a frame a school would cost more than the rows in it."""
    found: dict[str, list[dict]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row[column]].append(row)
    return found


class Parties:
    """The parties of a duplicate group in their order, found by record and by school."""

    def __init__(self, rows: Sequence[dict] = ()) -> None:
        self.rows = rows
        self.places: dict[str, dict[str | None, list[int]]] = {"record_key": {}, "school_code": {}}
        for column, found in self.places.items():
            for place, row in enumerate(rows):
                found.setdefault(row[column], []).append(place)

    def others_of(self, line: dict, school: str) -> tuple[tuple[OtherParty, ...], int]:
        """The group without this line's own record, and how many more there are: of a large one the school's own are named, then the first.

        A record delivered twice stays once. Children under one student number have one key: the own record is then the one of this
        name and number.
        """
        of_key = self.places["record_key"].get(line["record_key"], [])
        of_child = [
            place for place in of_key if all(self.rows[place][name] == line[name] for name in ("name", "id_number"))
        ]
        own = next(iter([*of_child, *of_key]), None)
        places: Iterable[int] = range(len(self.rows))
        if len(self.rows) > LARGE_GROUP:
            first = range(LARGE_GROUP + 1)
            places = dict.fromkeys([*self.places["school_code"].get(school, [])[: len(first)], *first])
        named = [place for place in places if place != own][:LARGE_GROUP]
        others = tuple(OtherParty(**{name: self.rows[place][name] for name in PARTY_FIELDS}) for place in named)
        return others, len(self.rows) - (own is not None) - len(named)


NOBODY = Parties()


def problem_row(line: dict, parties: Parties, school: str, seal: str) -> ProblemRow:
    others, unnamed = parties.others_of(line, school)
    return ProblemRow(
        **{name: line[name] for name in PROBLEM_FIELDS},
        seal=seal,
        operations=tuple(line["operations"]),
        others=others,
        others_unnamed=unnamed,
    )


def quality_row(line: dict, parties: Parties, school: str) -> QualityRow:
    others, unnamed = parties.others_of(line, school)
    field = line["reason"] if line["reason"] in FIELD_LABELS else FIELD_OF_RULE[line["rule_id"]]
    return QualityRow(
        **{name: line[name] for name in QUALITY_FIELDS},
        field_title=FIELD_LABELS[field] if field else WHOLE_RECORD,
        value=line[COLUMN_OF_FIELD[field]] if field in COLUMN_OF_FIELD else line["detail"],
        others=others,
        others_unnamed=unnamed,
    )


def shared_fields(kind: type) -> tuple[str, ...]:
    """The fields of a report row that a case or finding has under the same name."""
    set_here = {"seal", "operations", "others", "others_unnamed", "field_title", "value"}
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in set_here)


PROBLEM_FIELDS = shared_fields(ProblemRow)
QUALITY_FIELDS = shared_fields(QualityRow)
PARTY_FIELDS = shared_fields(OtherParty)
