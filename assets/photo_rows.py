"""Rows of manifests and pictures put together, and the forms they name: the tables that checks/photo_rules.py judges."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.delivered_rows import numbered_rows
from xueji.assets.engine import Engine
from xueji.assets.intake import Intake
from xueji.assets.photo_files import PICTURES, PictureFile
from xueji.assets.photo_reader import Picture
from xueji.assets.records import create_from
from xueji.assets.verification_columns import PHOTOS
from xueji.checks.core_students import date_sql
from xueji.checks.form_codes import read_form_no
from xueji.checks.model import unit_short_name
from xueji.checks.photo_rules import PHOTO_ROWS, UPLOADERS
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import trimmed_sql

ROWS = ", ".join(f'"{column}"' for column in PHOTO_ROWS)


def load_rows(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    manifests: Mapping[Path, Intake],
    pictures: Sequence[PictureFile],
) -> list[PictureFile]:
    """Make `photo_rows` of the manifests, by the folders they lie in, each row with the picture it means.

    Returns the pictures that no row means.
    """
    frame = pl.DataFrame(
        [(file.unit_code, file.name, file.name.rpartition("/")[2]) for file in pictures],
        ["unit_code", "name", "base"],
        schema_overrides=dict.fromkeys(("unit_code", "name", "base"), pl.String),
        orient="row",
    )
    create_from(connection, "pictures", frame)
    create_from(connection, "uploaders", pl.DataFrame(list(UPLOADERS.items()), ["text", "uploader"], orient="row"))
    connection.execute(f"create or replace temp table manifest as {_manifest_sql(engine, connection, manifests)}")
    connection.execute(f"create or replace temp table photo_rows as {_matched_sql()}")
    query = "select distinct unit_code, picture from photo_rows where picture is not null"
    meant = set(connection.execute(query).fetchall())
    return [file for file in pictures if (file.unit_code, file.name) not in meant]


def _manifest_sql(engine: Engine, connection: duckdb.DuckDBPyConnection, manifests: Mapping[Path, Intake]) -> str:
    """A query for the rows of all accepted manifests, as delivered."""
    names = ", ".join(PHOTOS.columns.names)
    empty = ", ".join(f"cast(null as varchar) as {column}" for column in ("unit_code", "file", *PHOTOS.columns.names))
    queries = [f'select {empty}, cast(null as bigint) as "row" where false']
    for folder, intake in manifests.items():
        if rows := numbered_rows(engine, connection, folder, intake):
            queries.append(f'select {literal(intake.unit_code)} as unit_code, file, {names}, "row" from ({rows})')
    return " union all by name ".join(queries)


def _matched_sql() -> str:
    """A query for `photo_rows`: a picture is meant by its path below photos/, or by its name where one picture alone has it."""
    tidy = "regexp_replace(nfc_normalize(replace(m.file_name, '\\', '/')), '^(\\./|/)*(photos/)?', '')"
    return f"""
        with tidied as (
            select
                m.*, {tidy} as tidy_name, lower({trimmed_sql("m.sha256")}) as tidy_sha256,
                {trimmed_sql("m.form_no")} as tidy_form, {date_sql(trimmed_sql("m.uploaded_on"))} as day,
                {trimmed_sql("m.uploaded_by")} as tidy_uploader
            from manifest as m
        ),
        bases as (
            select unit_code, base, min(name) as name
            from pictures
            group by unit_code, base
            having count(*) = 1
        ),
        folders as (select distinct unit_code from pictures)
        select
            row_number() over (
                order by t.unit_code, t.file, t."row", t.form_no, t.sha256, t.file_name, t.uploaded_on, t.uploaded_by, t.bytes
            ) as place,
            t.unit_code, t.file, t."row", coalesce(t.tidy_form, '') as form_text, cast(null as varchar) as form_no, t.file_name,
            t.tidy_sha256 as sha256, try_cast({trimmed_sql("t.bytes")} as bigint) as bytes, t.uploaded_on as uploaded_text,
            t.day as uploaded_on, t.tidy_uploader as uploader_text, u.uploader as uploaded_by,
            f.unit_code is not null as has_folder, coalesce(p.name, b.name) as picture,
            cast(null as varchar) as seen_form_no, cast(null as varchar) as seen_sha256,
            cast(null as varchar) as seen_media_type, cast(null as bigint) as seen_bytes, cast(null as varchar) as seen_rule
        from tidied as t
        left join folders as f on f.unit_code = t.unit_code
        left join pictures as p on p.unit_code = t.unit_code and p.name = t.tidy_name
        left join bases as b on b.unit_code = t.unit_code and b.base = split_part(t.tidy_name, '/', -1)
        left join uploaders as u on u.text = replace(replace(t.tidy_uploader, '（', '('), '）', ')')
    """


def append_pictures(connection: duckdb.DuckDBPyConnection, pictures: Mapping[PictureFile, Picture], day: str) -> None:
    """Add a row to `photo_rows` for each picture that no manifest names: by what it shows, uploaded on the day of delivery."""
    if not pictures:
        return
    (places,) = connection.execute("select coalesce(max(place), 0) from photo_rows").fetchall()[0]
    rows = [
        {
            "place": place, "unit_code": file.unit_code, "file": f"{PICTURES}/{file.name}",
            "form_no": seen.form_nos[0] if len(seen.form_nos) == 1 else None, "file_name": file.name, "sha256": seen.sha256,
            "bytes": seen.size, "has_folder": True, "picture": file.name, **_seen(seen),
        }
        for place, (file, seen) in enumerate(pictures.items(), start=places + 1)
    ]  # fmt: skip
    create_from(connection, "picture_rows", _frame(rows))
    connection.execute(
        f"""
        insert into photo_rows ({ROWS})
        select {ROWS} from (select * replace (date '{day}' as uploaded_on) from picture_rows)
        """
    )


def _seen(seen: Picture) -> dict[str, object]:
    return {
        "seen_form_no": seen.form_nos[0] if len(seen.form_nos) == 1 else None, "seen_sha256": seen.sha256,
        "seen_media_type": seen.media_type, "seen_bytes": seen.size, "seen_rule": seen.broken_rule,
    }  # fmt: skip


def _frame(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    types = {"varchar": pl.String(), "bigint": pl.Int64(), "date": pl.Date(), "boolean": pl.Boolean()}
    schema = {column: types[kind] for column, kind in PHOTO_ROWS.items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def see(connection: duckdb.DuckDBPyConnection, pictures: Mapping[PictureFile, Picture]) -> None:
    """Say in `photo_rows` what the pictures show that its rows mean."""
    rows = [{"unit_code": file.unit_code, "picture": file.name, **_seen(seen)} for file, seen in pictures.items()]
    create_from(connection, "pictures_seen", _frame(rows))
    columns = ("seen_form_no", "seen_sha256", "seen_media_type", "seen_bytes", "seen_rule")
    sets = ", ".join(f"{column} = s.{column}" for column in columns)
    connection.execute(
        f"""
        update photo_rows set {sets} from pictures_seen as s
        where s.unit_code = photo_rows.unit_code and s.picture = photo_rows.picture
        """
    )


def load_editions(engine: Engine, connection: duckdb.DuckDBPyConnection, day: str) -> None:
    """Make `photo_editions` of the forms that rows name, and say in `photo_rows` which form each names.

    Looked for among the forms of the units that delivered; what is not there as it is written is read as it was meant, and looked for
    among all. `newest_edition` is the student's newest printed by `day`.
    """
    units = {unit for (unit,) in connection.execute("select distinct unit_code from photo_rows").fetchall()}
    connection.execute("update photo_rows set form_no = form_text where form_text is not null")
    own = [file for file in engine.files("form_editions") if file.partition["unit_code"] in units]
    columns = "form_no, unit_code, campaign, school_code, record_key, edition, printed_on"
    connection.execute(
        f"""
        create or replace temp table forms_named as
        select {columns} from ({engine.files_sql("form_editions", own)}) as e
        where exists (select 1 from photo_rows as r where r.form_no = e.form_no)
        """
    )
    if _read_codes(connection):
        connection.execute(
            f"""
            insert into forms_named
            select {columns} from form_editions as e
            where exists (select 1 from codes_read as c where c.form_no = e.form_no)
                and not exists (select 1 from forms_named as f where f.form_no = e.form_no)
            """
        )
    _add_newest(engine, connection, day)


def _read_codes(connection: duckdb.DuckDBPyConnection) -> int:
    """Read the codes that are no form's as they are written; returns how many are some form's, perhaps."""
    missing = "select distinct form_no from photo_rows where form_no not in (select form_no from forms_named)"
    texts = sorted(text for (text,) in connection.execute(missing).fetchall() if text is not None)
    codes = pl.DataFrame(
        [(text, read_form_no(text)) for text in texts], {"text": pl.String, "form_no": pl.String}, orient="row"
    )
    create_from(connection, "codes_read", codes)
    connection.execute(
        "update photo_rows set form_no = c.form_no from codes_read as c where c.text = photo_rows.form_no"
    )
    return codes["form_no"].count()


def _add_newest(engine: Engine, connection: duckdb.DuckDBPyConnection, day: str) -> None:
    units = {unit for (unit,) in connection.execute("select distinct unit_code from forms_named").fetchall()}
    files = [file for file in engine.files("form_editions") if file.partition["unit_code"] in units]
    names = pl.DataFrame(
        [(unit, unit_short_name(unit)) for unit in sorted(units)],
        {"unit_code": pl.String, "unit_name": pl.String},
        orient="row",
    )
    create_from(connection, "unit_names", names)
    connection.execute(
        f"""
        create or replace temp table photo_editions as
        with newest as (
            select e.unit_code, e.campaign, e.record_key, max(e.edition) as edition
            from ({engine.files_sql("form_editions", files)}) as e
            join (select distinct unit_code, campaign, record_key from forms_named) as f
                on f.unit_code = e.unit_code and f.campaign = e.campaign and f.record_key = e.record_key
            where e.printed_on <= date '{day}'
            group by e.unit_code, e.campaign, e.record_key
        )
        select f.*, u.unit_name, coalesce(n.edition, f.edition) as newest_edition
        from forms_named as f
        join unit_names as u on u.unit_code = f.unit_code
        left join newest as n
            on n.unit_code = f.unit_code and n.campaign = f.campaign and n.record_key = f.record_key
        """
    )
