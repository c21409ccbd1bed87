"""Oversight for the ministry: traces to look into, how long cases wait for whom, and what is told to the police side."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

import duckdb

from xueji.assets.engine import Engine
from xueji.assets.oversight_rows import (
    mismatch_rows,
    scan_rows,
    signal_kinds,
    signal_rows,
    waiting_rows,
)
from xueji.checks.case_states import MINISTRY_CODE
from xueji.checks.integrity_signals import REGISTER_TYPES, signals_sql
from xueji.checks.model import PROBLEM_TYPES
from xueji.reports.oversight_workbook import ageing_workbook, signals_workbook
from xueji.reports.police_list import Mismatch, police_workbook

FOLDER = PurePosixPath(MINISTRY_CODE)
SIGNALS_FILE = FOLDER / f"signals-{MINISTRY_CODE}.xlsx"
AGEING_FILE = FOLDER / f"ageing-{MINISTRY_CODE}.xlsx"
POLICE_FILE = FOLDER / f"police-{MINISTRY_CODE}.zip"
SCAN_INDEX_HEAD = ("案件编号", "材料名称", "sha256", "文件名")


def update_integrity_signals(engine: Engine, night: str) -> int:
    """Look for traces in the ledger as it stands and make them the table `integrity_signals`. Returns how many there are."""
    with engine.session() as connection:
        return engine.replace_table(
            "integrity_signals",
            signals_sql(date.fromisoformat(night)),
            connection,
            order_by="signal, unit_code, county_code, school_code, subject, reason",
        )


def oversight_files(
    engine: Engine, connection: duckdb.DuckDBPyConnection, night: str
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The ministry's files of oversight: path below outbox/<night>, and content. A file that would say nothing does not come.

    `connection` is a session opened after the night's ledger was committed.
    """
    day = date.fromisoformat(night)
    if signals := signal_rows(connection, engine.table_sql("integrity_signals")):
        yield SIGNALS_FILE, signals_workbook(signal_kinds(), signals, day)
    if waiting := waiting_rows(connection, "select * from cases", day):
        yield AGEING_FILE, ageing_workbook(waiting, day)
    if mismatches := mismatch_rows(connection):
        yield POLICE_FILE, police_bundle(mismatches, list(scan_rows(connection)), day)


def police_bundle(mismatches: Sequence[Mismatch], scans: Sequence[tuple[str, str, str, str]], night: date) -> bytes:
    """A zip of the workbook and the index of scans, without the scans. The same rows give the same bytes."""
    index = io.StringIO()
    writer = csv.writer(index, lineterminator="\r\n")
    writer.writerow(SCAN_INDEX_HEAD)
    writer.writerows(scans)
    problems = [PROBLEM_TYPES[kind].title for kind in REGISTER_TYPES]
    members = {
        f"佐证审核通过名单-{night:%Y%m%d}.xlsx": police_workbook(mismatches, problems, night),
        f"证明材料索引-{night:%Y%m%d}.csv": index.getvalue().encode("utf-8-sig"),  # Excel wants the mark
    }
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, (night.year, night.month, night.day, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return bundle.getvalue()
