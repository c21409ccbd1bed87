"""The workbooks that authorities are given on a night: of those that say something new, with the scans beside them."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.evidence_files import evidence_path
from xueji.assets.school_list_rows import dicts_by, edition_text, row_seal
from xueji.assets.seal import Seal
from xueji.checks.case_states import CHECK_SHEET, MINISTRY_CODE, ONLY_PASS_OR_BACK
from xueji.checks.code_lists import SEX
from xueji.checks.divisions import division_name, names
from xueji.checks.model import XuejiError, unit_short_name
from xueji.checks.sql_text import literal, literal_list
from xueji.reports.authorities import authority_name
from xueji.reports.office_workbook import MatterParty, OfficeRow, OfficeWorkbook
from xueji.reports.return_forms import FORMS, PASS_OR_BACK, REVIEW, REVIEW_CHOICES, SHEET, VERDICT, ReturnForm

EVIDENCE_FOLDER = "evidence"
MINISTRY_NAME = "教育部"
WITH_SCANS = (REVIEW.form, SHEET.form, VERDICT.form)  # forms whose reader looks at the evidence
SAME_FIELDS = (
    "case_no", "turn", "problem_type", "sentence", "suggestion", "unlikely", "state", "school_code", "grade", "class_no", "name", "student_no",
    "id_number", "due_date", "scope", "remark", "disposition", "new_name", "new_id_number", "new_birth_date", "answer_note",
    "answered_on", "entered_on", "sheet_answer", "unit_code", "county_code",
)  # fmt: skip


def changed_offices(connection: duckdb.DuckDBPyConnection, night: str) -> pl.DataFrame:
    """The workbooks to write, ordered by place; also left as the temporary table `offices_to_write`.

    The last edition is that of the nights before: a night run again writes the same workbooks again.
    """
    connection.execute(
        f"""
        create or replace temp table offices_to_write as
        with last as (
            select place, content_hash
            from (
                select substr(file, length('outbox/YYYY-MM-DD/') + 1) as place, content_hash,
                    row_number() over (partition by substr(file, length('outbox/YYYY-MM-DD/') + 1) order by "date" desc) as newest
                from office_lists where "date" < date '{night}'
            )
            where newest = 1
        )
        select e.*
        from office_editions as e
        left join last as l on l.place = e.place
        where e.content_hash is distinct from l.content_hash
        """
    )
    return connection.sql("select * from offices_to_write order by place").pl()


def office_workbooks(
    connection: duckdb.DuckDBPyConnection, seal: Seal, night: str, folder_unit: str
) -> Iterator[tuple[str, OfficeWorkbook]]:
    """Place and values of the workbooks in `offices_to_write` that lie in a unit's folder (00: the ministry's)."""
    chosen = f"select place from offices_to_write where split_part(place, '/', 1) = {literal(folder_unit)}"
    rows = dicts_by(connection.sql(f"select * from office_rows where place in ({chosen})").pl(), "place")
    parties = dicts_by(
        connection.sql(
            f"""
            select m.*, s.school_name
            from office_matters as m
            left join core_schools as s on s.school_code = m.school_code
            where m.group_key in (select group_key from office_rows where form = '{SHEET.form}' and place in ({chosen}))
            """
        ).pl(),
        "group_key",
    )
    for place in sorted(rows):
        yield place, office_workbook(rows[place], parties, seal, night)


def office_workbook(lines: list[dict], parties: dict[str, list[dict]], seal: Seal, night: str) -> OfficeWorkbook:
    form, owner = FORMS[lines[0]["form"]], lines[0]["office_code"]
    edition = edition_text(owner, night)
    sheets: dict[str, list[OfficeRow]] = {}
    for line in lines:
        of_matter = parties.get(line["group_key"], []) if form is SHEET else []
        row = office_row(line, form, of_matter, row_seal(seal, form.form, owner, edition, line))
        sheets.setdefault(line["sheet"], []).append(row)
    return OfficeWorkbook(
        form=form,
        owner=owner,
        office=office_name(owner),
        as_of=date.fromisoformat(night),
        edition=edition,
        key_id=seal.key_id,
        seal=seal.of_file(form.form, owner, edition),
        sheets={title: tuple(rows) for title, rows in sheets.items()},
    )


def office_row(line: dict, form: ReturnForm, of_matter: list[dict], seal: str) -> OfficeRow:
    return OfficeRow(
        **{name: line[name] for name in SAME_FIELDS},
        seal=seal,
        county=division_name(line["county_code"]) if line["county_code"] else "",
        school=school_text(line) if form is REVIEW else line["school_name"] or "学校不详",
        choices=choices_of(line, form) if line["is_asked"] else (),
        matter=line["group_key"],
        new_sex=SEX.labels[line["new_sex_code"]][0] if line["new_sex_code"] else None,
        evidence=tuple(line["evidence" if form.form in WITH_SCANS else "evidence_kinds"] or ()),
        doubts=tuple(line["doubts"] or ()),
        parties=tuple(
            matter_party(party, line["unit_code"])
            for party in of_matter
            if party["unit_code"] != line["unit_code"] or party["state"] != CHECK_SHEET  # else a row of the same sheet
        ),
    )


def school_text(line: dict) -> str:
    """The school, after its place where the office has schools of several places."""
    county = division_name(line["county_code"]) if line["county_code"] else ""
    unit = unit_short_name(line["unit_code"])
    place = {"county": "", "ministry": f"{unit}{county} "}.get(line["level"], f"{county} ")
    return f"{place}{line['school_name'] or '学校不详'}".strip()


def choices_of(line: dict, form: ReturnForm) -> tuple[str, ...]:
    """What the answer cell of a row may hold."""
    if form is REVIEW:
        return PASS_OR_BACK if line["state"] in ONLY_PASS_OR_BACK else REVIEW_CHOICES[line["sheet"]]
    return next(column.choices for column in form.answers if column.field == "answer")


def matter_party(party: dict, reading_unit: str) -> MatterParty:
    county = division_name(party["county_code"]) if party["county_code"] else ""
    return MatterParty(
        place=f"{unit_short_name(party['unit_code'])}{county}",
        school=party["school_name"] or "学校不详",
        name=party["name"],
        id_number=party["id_number"],
        student_no=party["student_no"],
        state=party["state"],
        is_own=party["unit_code"] == reading_unit,
    )


def office_name(code: str) -> str:
    """The authority of a code: 00 the ministry, two digits a province, six a city or county, told apart from others of its name."""
    if code == MINISTRY_CODE:
        return MINISTRY_NAME
    if len(code) == 2:
        return authority_name(code)
    above = (code[:2] + "0000", code[:4] + "00")
    places = [names().get(place, "") for place in above if place != code]
    # Between a province and counties that belong to no city stands 市辖区, 省直辖县级行政单位 and the like.
    named = [place for place in places if "直辖" not in place and place not in ("市辖区", "县")]
    return f"{''.join(named)}{division_name(code)}教育局"


def lay_scans(connection: duckdb.DuckDBPyConnection, home: Path, folder: Path) -> int:
    """Put the scans of the workbooks in `offices_to_write` beside them, below `folder`. Returns how many.

    As further names of the kept files, which takes no room; as copies where the file system has no such thing.
    """
    scans = connection.execute(
        f"""
        select distinct regexp_replace(r.place, '[^/]*$', ''), h.case_no || '_' || h.file_name, h.sha256, h.media_type
        from office_rows as r
        join handled_evidence as h on h.case_no = r.case_no
        where r.place in (select place from offices_to_write where form in {literal_list(WITH_SCANS)})
        order by 1, 2
        """
    ).fetchall()
    for beside, name, sha256, media_type in scans:
        target = folder / beside / EVIDENCE_FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        source = evidence_path(home, sha256, media_type)
        try:
            os.link(source, target)
        except FileNotFoundError as error:
            raise XuejiError(
                f"{source.relative_to(home)}: scan of case {name.split('_')[0]} not found, expected it where returns put it: "
                "restore HOME/evidence from its last copy"
            ) from error
        except OSError:
            shutil.copyfile(source, target)
    return len(scans)


def office_records(changed: pl.DataFrame, night: str) -> Iterator[dict]:
    """A row of `office_lists` per workbook, without its digest; also its place."""
    day = date.fromisoformat(night)
    for edition in changed.to_dicts():
        unit = edition["place"].split("/")[0]
        yield edition | {"date": day, "unit_code": unit, "file": f"outbox/{night}/{edition['place']}"}
