"""What a unit gets back of its verification deliveries of a night: a workbook of the files and rows that were not taken."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath

import duckdb

from xueji.assets import verification_columns as columns
from xueji.assets.intake import NO_UNIT
from xueji.assets.verification_words import remedies
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal_list
from xueji.reports.verification_rejects import RefusedRow, render_refused

# The local copies of students are told of in the report of the docking check.
KIND_TITLES = {
    columns.CAMPAIGNS.name: "核查批次",
    columns.FORMS.name: "确认表办理记录",
    columns.PHOTOS.name: "确认表照片",
    columns.BUSINESS.name: "学籍异动",
    columns.APPROVED_SCHOOLS.name: "经批准的学校",
    columns.ATTENDING_STUDENTS.name: "逐班核实名册",
    columns.STORAGE.name: "存储容量",
    columns.ISSUED_NUMBERS.name: "已下发学籍号",
    columns.DOCKING_ANSWERS.name: "对接偏差说明",
}
MINISTRY_NAME = "教育部"
FILE = "rejects.xlsx"


def refused_workbooks(
    connection: duckdb.DuckDBPyConnection, night: str, known: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str, int, bytes]]:
    """Unit (00: the ministry), path below verification/<night>, rows and content of each workbook, unit by unit.

    `known` are remedies by rule id; left out: those of the rules themselves.
    """
    rows = connection.execute(
        f"""
        select unit_code, kind, file, "row", "column", value, reason, rule_id
        from quarantine
        where "date" = date '{night}' and kind in {literal_list(KIND_TITLES)}
        """
    ).fetchall()
    said = (remedies(night) if known is None else known) if rows else {}
    by_unit: dict[str, list[RefusedRow]] = defaultdict(list)
    for unit, kind, file, line, column, value, reason, rule_id in rows:
        refused = RefusedRow(
            kind=KIND_TITLES[kind],
            file=PurePosixPath(file).name,
            line=line,
            column=column,
            value=value,
            reason=reason,
            remedy=said.get(rule_id),
            is_whole_file=line is None and rule_id is None,
        )
        by_unit[unit].append(refused)
    for unit, found in sorted(by_unit.items()):
        sender = MINISTRY_NAME if unit == NO_UNIT else UNITS[unit]
        yield unit, f"{unit}/{FILE}", len(found), render_refused(sender, date.fromisoformat(night), found)
