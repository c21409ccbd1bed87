"""Forms that are printed again: who is named by a list of student numbers or form codes, and who cannot be."""

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.records import create_from
from xueji.checks.form_codes import read_form_no
from xueji.checks.model import XuejiError

STUDENT_NO, FORM_NO = "学籍号", "确认表编号"
MOST_NAMED = 10  # rows that an error names
# Boolean SQL over `form_records`: named by the list that `lay_list` left.
IS_LISTED = "student_no in (select student_no from form_list) or form_no in (select form_no from form_list)"


def read_list(file: Path) -> tuple[str, ...]:
    """The entries of a CSV with a column 学籍号 or 确认表编号, row by row. Raises XuejiError when it has neither, or a row has nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise XuejiError(f"{file}: {error.strerror}; expected a CSV with a column {STUDENT_NO} or {FORM_NO}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    rows = csv.DictReader(text.splitlines())
    columns = [column for column in rows.fieldnames or [] if column.strip().strip("★") in (STUDENT_NO, FORM_NO)]
    if not columns:
        raise XuejiError(f"{file}: no column {STUDENT_NO} or {FORM_NO}")
    entries = [next((value for column in columns if (value := (row[column] or "").strip())), "") for row in rows]
    if blank := [str(place) for place, entry in enumerate(entries, start=2) if not entry]:
        raise XuejiError(f"{file}: neither {STUDENT_NO} nor {FORM_NO} in row {', '.join(blank[:MOST_NAMED])}")
    if not entries:
        raise XuejiError(f"{file}: no row")
    return tuple(entries)


def lay_list(connection: duckdb.DuckDBPyConnection, entries: Sequence[str]) -> None:
    """Leave the entries as `form_list`: place, student_no or form_no."""
    codes = [read_form_no(entry) for entry in entries]
    create_from(
        connection,
        "form_list",
        pl.DataFrame(
            {
                "place": range(1, len(entries) + 1),
                "student_no": [None if code else entry.strip() for entry, code in zip(entries, codes, strict=True)],
                "form_no": codes,
            },
            {"place": pl.Int64, "student_no": pl.String, "form_no": pl.String},
        ),
    )
    connection.execute("create or replace temp table form_met as select cast(null as bigint) as place where false")


def note_met(connection: duckdb.DuckDBPyConnection) -> None:
    """Note the entries that a due record of `form_records` with an edition answers to. Called once a unit."""
    for column in ("student_no", "form_no"):
        connection.execute(
            f"""insert into form_met
            select place from form_list where {column} in (
                select {column} from form_records where exclusion is null and edition is not null
            )"""
        )


def refuse_unmet(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises XuejiError naming the entries that nobody answers to."""
    unmet = connection.execute(
        "select place from form_list where place not in (select place from form_met) order by place"
    ).fetchall()
    if unmet:
        named = ", ".join(str(place) for (place,) in unmet[:MOST_NAMED])
        more = f" and {len(unmet) - MOST_NAMED} more" if len(unmet) > MOST_NAMED else ""
        raise XuejiError(
            f"entries {named}{more} of the list: no student of these schools who is to be verified now and whose newest form this is;"
            " nothing was printed"
        )
