"""The workbooks of refused rows that go back with a night's outbox, one a sender."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

import duckdb
import polars as pl

from xueji.assets.returned_files import ARBITRATION, AUDITS, RETURN_KINDS, RETURNS
from xueji.checks.return_rules import RETURN_RULES
from xueji.checks.sql_text import literal_list
from xueji.reports.reject_workbook import RejectList, RejectRow, render_rejects
from xueji.reports.return_forms import FORMS, LIST, UNKNOWN

_OWNER_CODE = re.compile(r"\d{2,10}|unknown")
_STEM = re.compile(r"[^\W\d]+(?:-[^\W\d]+)*")
KIND_TITLES = {RETURNS: "学校交回", AUDITS: "审核部门交回", ARBITRATION: "仲裁交回"}


def reject_files(connection: duckdb.DuckDBPyConnection, night: str) -> Iterator[tuple[str, bytes]]:
    """Path below outbox/<night> and content of each workbook, in the order of the paths.

    A school's goes where its list goes, an office's into its unit's folder. Of a file that does not say whose it is, or says so
    against its place, place and name decide.
    """
    rows = connection.execute(
        f"""
        select q.unit_code, q.kind, q.file, q.row, q."column", q.value, q.reason, q.rule_id, q.raw
        from quarantine as q
        where q."date" = date '{night}' and q.kind in {literal_list(RETURN_KINDS)} and q.rule_id is not null
        """
    ).fetchall()
    lists: dict[tuple[str, str], list[RejectRow]] = defaultdict(list)
    counties = school_counties(connection, {school for row in rows if (school := school_of(json.loads(row[8])))})
    for unit, kind, file, line, column, value, reason, rule_id, raw in rows:
        sender = json.loads(raw)
        is_whole_file = line is None and rule_id.startswith("file_")
        lists[place_of(unit, kind, file, sender, counties)].append(
            RejectRow(
                file=PurePosixPath(file).name,
                line=line,
                case_no=sender.get("case_no"),
                column=column,
                value=value,
                problem=reason,
                rule_id=rule_id,
                remedy=RETURN_RULES[rule_id].remedy,
                is_whole_file=is_whole_file,
            )
        )
    for (path, title), rejects in sorted(lists.items()):
        yield path, render_rejects(RejectList(title, date.fromisoformat(night), rejects))


def school_of(sender: dict[str, str]) -> str | None:
    """The school that a reject goes to: the one the file was made for, or is named after."""
    if sender.get("form", LIST.form) != LIST.form and "owner" in sender:
        return None
    return sender.get("owner") or sender.get("school_code")


def place_of(unit: str, kind: str, file: str, sender: dict[str, str], counties: dict[str, str]) -> tuple[str, str]:
    """Path below the night's outbox, and the sender as the title names it."""
    school = school_of(sender)
    if school:
        return f"{unit}/{counties.get(school, UNKNOWN)}/{school}-rejects.xlsx", f"学校 {school}"
    if owner := sender.get("owner"):
        form = sender["form"]
        return f"{unit}/{form}-{owner}-rejects.xlsx", f"{FORMS[form].title} {owner}"
    name = PurePosixPath(file).name
    stem = match[0] if (match := _STEM.match(name)) else kind
    code = match[0] if (match := _OWNER_CODE.search(name)) else ""
    return f"{unit}/{'-'.join(filter(None, (stem, code)))}-rejects.xlsx", f"{KIND_TITLES[kind]} {name}"


def school_counties(connection: duckdb.DuckDBPyConnection, schools: set[str]) -> dict[str, str]:
    """The county in whose folder a school's list lies."""
    connection.register(
        "rejected_schools", pl.DataFrame({"code": sorted(schools)}, schema={"code": pl.String}).to_arrow()
    )
    rows = connection.execute(
        """
        select school_code, county_code
        from core_schools
        join rejected_schools on code = school_code
        where county_code is not null
        """
    ).fetchall()
    return dict(rows)
