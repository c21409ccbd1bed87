"""Photos of signed forms as units deliver them: a manifest `photos*.csv`, a folder `photos/` of pictures, or both.

Pictures that no manifest names are taken by the code that stands on them, and count as uploaded on the day of their delivery. Those a
manifest names have to be what it says. Without any folder its word is taken, and `is_seen` says that nobody looked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb

from xueji.assets.delivery_facts import FileFacts, FileReading, QuarantineRow, StagedDelivery
from xueji.assets.engine import Engine
from xueji.assets.intake import Intake, clear_staging
from xueji.assets.landing_folder import Landing, delivery_dates
from xueji.assets.photo_files import PICTURES, PictureFile, keep, pictures_of, read_all
from xueji.assets.photo_reader import Picture
from xueji.assets.photo_rows import append_pictures, load_editions, load_rows, see
from xueji.assets.unit_files import record, staged_units, with_refused
from xueji.assets.verification_columns import PHOTOS
from xueji.checks.model import UNITS
from xueji.checks.photo_rules import PHOTO_RULES, form_verdicts_sql, photo_sentence, photo_verdicts_sql

TABLE = "form_photos"
Seen = dict[PictureFile, Picture]
Refused = Mapping[str, Sequence[QuarantineRow]]  # by unit


def take_in_photos(engine: Engine, landing: Landing, night: str) -> int:
    """Take the photos of every delivery date not yet taken in, and the night's own again. Returns how many were taken."""
    with engine.connection() as connection:
        deliveries = engine.table_sql("deliveries")
        query = f"""select distinct "date" from ({deliveries}) where kind = '{PHOTOS.name}'"""
        taken = {str(day) for (day,) in connection.execute(query).fetchall()} - {night}
    root = Path(landing.path)
    days = [day for day in delivery_dates(root) if day <= night and day not in taken]
    return sum(take_in_day(engine, landing, day) for day in days if has_photos(root / day))


def has_photos(folder: Path) -> bool:
    """Whether any unit delivered a manifest or pictures."""
    return any(folder.glob(f"*/{PHOTOS.pattern}")) or any(folder.glob(f"*/{PICTURES}/*"))


def take_in_day(engine: Engine, landing: Landing, day: str) -> int:
    """Take one delivery date's photos in, in place of what was taken of it before."""
    intakes = {intake.unit_code: intake for intake in staged_units(engine, landing, day, PHOTOS)}
    pictures = {unit: pictures_of(unit, landing.unit_folder(day, unit)) for unit in UNITS}
    usable = [
        file
        for unit, files in pictures.items()
        if unit not in intakes or intakes[unit].verdict == "accepted"
        for file in files
    ]
    with engine.session() as connection:
        manifests = {landing.unit_folder(day, unit): intake for unit, intake in intakes.items()}
        unnamed = load_rows(engine, connection, manifests, usable)
        seen = judge(engine, connection, day, usable, unnamed)
        written = engine.replace_table(TABLE, accepted_sql(day), connection, [day], "unit_code, form_no, sha256")
        keep(engine.home_path, taken_pictures(connection, seen), engine.cores)
        refused = refused_rows(connection)
    record(engine, day, PHOTOS, judged_intakes(intakes, pictures, seen, unnamed, refused))
    clear_staging(engine)
    return written


def judge(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    day: str,
    pictures: Iterable[PictureFile],
    unnamed: Sequence[PictureFile],
) -> Seen:
    """Make `photo_verdicts`. Returns what the pictures show: those of rows that are refused anyhow are not looked at."""
    seen: Seen = dict(zip(unnamed, read_all(unnamed, engine.cores), strict=True))
    append_pictures(connection, seen, day)
    load_editions(engine, connection, day)
    connection.execute(f"create or replace temp table form_verdicts as {form_verdicts_sql(day)}")
    by_name = {(file.unit_code, file.name): file for file in pictures}
    named = connection.execute(
        """
        select distinct r.unit_code, r.picture
        from photo_rows as r
        join form_verdicts as v on v.place = r.place
        where v.rule_id is null and r.picture is not null and r.seen_sha256 is null
        order by r.unit_code, r.picture
        """
    ).fetchall()
    files = [by_name[unit, name] for unit, name in named]
    looked_at = dict(zip(files, read_all(files, engine.cores), strict=True))
    see(connection, looked_at)
    connection.execute(f"create or replace temp table photo_verdicts as {photo_verdicts_sql(day)}")
    return seen | looked_at


def accepted_sql(day: str) -> str:
    """A query for the `form_photos` rows of a day."""
    return f"""
        select
            date '{day}' as "date", r.unit_code, f.campaign, f.school_code, f.record_key, r.form_no,
            case when r.picture is null then r.file_name else '{PICTURES}/' || r.picture end as file, r.sha256,
            coalesce(r.seen_media_type, case
                when lower(r.file_name) like '%.png' then 'image/png'
                when lower(r.file_name) like '%.jpg' or lower(r.file_name) like '%.jpeg' then 'image/jpeg'
            end) as media_type,
            coalesce(r.seen_bytes, r.bytes) as bytes, r.uploaded_on, r.uploaded_by, r.picture is not null as is_seen
        from photo_rows as r
        join photo_verdicts as v on v.place = r.place
        join form_verdicts as f on f.place = r.place
        where v.rule_id is null
    """


def taken_pictures(connection: duckdb.DuckDBPyConnection, seen: Seen) -> Seen:
    """The pictures that were taken."""
    query = """
        select r.unit_code, r.picture
        from photo_rows as r
        join photo_verdicts as v on v.place = r.place
        where v.rule_id is null and r.picture is not null
    """
    taken = set(connection.execute(query).fetchall())
    return {file: picture for file, picture in seen.items() if (file.unit_code, file.name) in taken}


def refused_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[QuarantineRow]]]:
    """The refused rows by unit, then by manifest, "photos/" for pictures that no manifest names."""
    refused: dict[str, dict[str, list[QuarantineRow]]] = defaultdict(lambda: defaultdict(list))
    rows = connection.execute(
        """
        select r.unit_code, r.file, r."row", r.form_text, r.file_name, r.sha256, r.uploaded_text, r.uploader_text,
            v.rule_id, v.found_1, v.found_2
        from photo_rows as r
        join photo_verdicts as v on v.place = r.place
        where v.rule_id is not null
        order by r.place
        """
    ).fetchall()
    for unit, file, row, form_text, file_name, digest, day, uploader, rule_id, *found in rows:
        reason, column = photo_sentence(rule_id, *found), PHOTO_RULES[rule_id].column
        values = {
            "form_no": form_text,
            "file_name": file_name,
            "sha256": digest,
            "uploaded_on": day,
            "uploaded_by": uploader,
        }
        if form_text is None:  # a picture by itself
            refused[unit][f"{PICTURES}/"].append(QuarantineRow(file, None, None, None, reason, None, rule_id))
        else:
            label = PHOTOS.columns.label_of(column)
            refused[unit][file].append(QuarantineRow(file, row, label, values[column] or None, reason, None, rule_id))
    return refused


def judged_intakes(
    intakes: Mapping[str, Intake],
    pictures: Mapping[str, Sequence[PictureFile]],
    seen: Seen,
    unnamed: Iterable[PictureFile],
    refused: Mapping[str, Mapping[str, Sequence[QuarantineRow]]],
) -> list[Intake]:
    """What became of each unit's manifests and pictures, in administrative order."""
    alone: dict[str, list[PictureFile]] = defaultdict(list)
    for file in unnamed:
        alone[file.unit_code].append(file)
    judged = []
    for unit in UNITS:
        intake, rows = intakes.get(unit), refused.get(unit, {})
        if intake is not None:
            intake = with_refused(intake, rows)
        if pictures[unit]:
            is_whole = intake is None or intake.verdict == "accepted"
            files = alone[unit] if is_whole else pictures[unit]
            intake = with_folder(unit, intake, files, seen, rows.get(f"{PICTURES}/", ()))
        if intake is not None:
            judged.append(intake)
    return judged


def with_folder(
    unit: str, intake: Intake | None, files: Sequence[PictureFile], seen: Seen, refused: Sequence[QuarantineRow]
) -> Intake:
    """The intake with the pictures that no manifest names as one more file, `photos/`."""
    listed = "\n".join(f"{seen[file].sha256} {file.name}" for file in files if file in seen)
    facts = FileFacts(
        file=f"{PICTURES}/", sha256=sha256(listed.encode()).hexdigest(), format="folder", encoding=None, dialect="",
        rows_delivered=len(files), rows_accepted=len(files) - len(refused), rows_quarantined=len(refused),
        unknown_columns=(), missing_columns=(), verdict="accepted", reason=None,
    )  # fmt: skip
    reading = FileReading(facts, quarantine=tuple(refused))
    if intake is None or intake.staged is None:
        return Intake(unit, StagedDelivery((reading,), Path()))
    return replace(intake, staged=replace(intake.staged, readings=(*intake.staged.readings, reading)))
