"""The copy of a province with its own system (对接省份) and the numbers issued to it: what came last stands until it comes again."""

from dataclasses import replace

import duckdb

from xueji.assets.delivery_facts import VALUE_CHARACTERS, QuarantineRow, shorten
from xueji.assets.engine import Engine
from xueji.assets.intake import Intake, clear_staging, stage_files
from xueji.assets.landing_folder import Landing
from xueji.assets.unit_files import FileKind, record, rows_with_files, with_refused
from xueji.assets.verification_columns import ISSUED_NUMBERS, LOCAL_STUDENTS
from xueji.checks.core_students import date_sql
from xueji.checks.model import UNITS
from xueji.checks.sql_text import literal
from xueji.checks.tables import STUDENT_FIELDS
from xueji.checks.text_folding import trimmed_sql
from xueji.checks.unit_columns import unit_columns

# Why a row of issued numbers cannot be taken, the first that applies: rule, column, condition, reason.
ISSUED_FAULTS = (
    ("docking_issued_no_local_no", "学籍辅号", f"{trimmed_sql('local_no')} is null", "没有学籍辅号"),
    ("docking_issued_no_number", "学籍号", f"{trimmed_sql('student_no')} is null", "没有学籍号"),
    (
        "docking_issued_date", "下发日期",
        f"{trimmed_sql('issued_on')} is not null and {date_sql(trimmed_sql('issued_on'))} is null",
        "下发日期不是有效日期，请按2026-09-01的样式填写",
    ),
)  # fmt: skip


def take_in_local_copies(engine: Engine, landing: Landing, night: str) -> int:
    """Take in the copies that units delivered on the night. Returns the number of rows written."""
    intakes = _staged(engine, landing, night, LOCAL_STUDENTS)
    queries = {}
    for intake in intakes:
        rows = rows_with_files(intake.staged) if intake.staged and intake.verdict == "accepted" else None
        if rows:
            fields = ", ".join(f'"{field}"' for field in STUDENT_FIELDS)
            queries[intake.unit_code] = f"select {literal(intake.unit_code)} as unit_code, file, {fields} from ({rows})"
    return _write(engine, night, LOCAL_STUDENTS, queries, intakes)


def take_in_issued_numbers(engine: Engine, landing: Landing, night: str) -> int:
    """Take in the lists of issued numbers that units delivered on the night. Returns the number of rows written."""
    intakes, queries = [], {}
    for staged in _staged(engine, landing, night, ISSUED_NUMBERS):
        intake = staged
        rows = rows_with_files(staged.staged) if staged.staged and staged.verdict == "accepted" else None
        if rows:
            with engine.connection() as connection:
                intake = _with_faults(connection, staged, rows)
            sound = " and ".join(f"not coalesce({condition}, false)" for _, _, condition, _ in ISSUED_FAULTS)
            queries[staged.unit_code] = f"""
                select {literal(staged.unit_code)} as unit_code, {trimmed_sql("local_no")} as local_no,
                    {trimmed_sql("student_no")} as student_no, {date_sql(trimmed_sql("issued_on"))} as issued_on
                from ({rows}) as delivered where {sound}"""
        intakes.append(intake)
    return _write(engine, night, ISSUED_NUMBERS, queries, intakes)


def _staged(engine: Engine, landing: Landing, night: str, kind: FileKind) -> list[Intake]:
    """What units delivered of a kind on the night, read with their own column names where they have some."""
    intakes = []
    for unit in UNITS:
        folder = landing.unit_folder(night, unit)
        if any(folder.glob(kind.pattern)):
            columns = replace(kind.columns, unit_spellings=unit_columns(unit))
            staged = stage_files(engine, folder, kind.pattern, columns, f"{kind.name}-{night}-{unit}")
            intakes.append(Intake(unit, staged))
    return intakes


def _with_faults(connection: duckdb.DuckDBPyConnection, intake: Intake, rows: str) -> Intake:
    """The intake with the rows that cannot be taken set aside, in an order of their own."""
    first = " ".join(f"when {condition} then {place}" for place, (_, _, condition, _) in enumerate(ISSUED_FAULTS))
    found = connection.execute(
        f"""select file, fault, case when fault = 2 then issued_on end, concat_ws(chr(9), local_no, student_no, issued_on) as raw
        from (select *, case {first} end as fault from ({rows})) where fault is not null order by file, fault, raw"""
    ).fetchall()
    refused: dict[str, list[QuarantineRow]] = {}
    for file, fault, value, raw in found:
        rule, column, _, reason = ISSUED_FAULTS[fault]
        row = QuarantineRow(file, None, column, shorten(value, VALUE_CHARACTERS), reason, raw, rule)
        refused.setdefault(file, []).append(row)
    return with_refused(intake, refused)


def _write(engine: Engine, night: str, kind: FileKind, queries: dict[str, str], intakes: list[Intake]) -> int:
    """Put the units' rows in place of their former ones, then record what came."""
    rows = 0
    if queries:
        with engine.connection() as connection:
            rows = engine.replace_table(kind.name, queries.items(), connection, partitions=list(queries))
    record(engine, night, kind, intakes)
    if intakes:
        clear_staging(engine)
    return rows
