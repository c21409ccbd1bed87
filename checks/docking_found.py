"""What two linked copies differ in: queries for the deviations of a unit, over the tables of checks/docking_copies.py.

Each gives `COLUMNS` and `records`, how many it is about; `subject` is the key of a record, a field or a
school, and alike deviations beyond a limit are told of together by `group_subject`.
"""

from collections.abc import Iterator, Sequence

from xueji.checks.docking import WHOLE_SCHOOL, other_side
from xueji.checks.docking_fields import KEYS, LOCAL_NO, STUDENT_NO, is_asked_sql, is_unlisted_sql
from xueji.checks.sql_text import literal

COLUMNS = ("check_id", "school_code", "subject", "field", "group_subject", "local_value", "central_value")
ONE = "1"  # record, unless a deviation is about more
ONE_ROW = "(select 1) as one"


def items_sql(check_id: str, source: str, records: str = ONE, **values: str) -> str:
    """A query for deviations of one check from `source`, with `values` (SQL text) by column."""
    columns = {"check_id": literal(check_id)} | values
    listed = ", ".join(f"cast({columns.get(column, 'null')} as varchar) as {column}" for column in COLUMNS)
    return f"select {listed}, cast({records} as bigint) as records from {source}"


def record_subject_sql(*aliases: str) -> str:
    """Text SQL: what a record is called, by the first of the copies that has a key for it."""
    keys = [f"{alias}.{STUDENT_NO}" for alias in aliases] + [f"{alias}.{LOCAL_NO}" for alias in aliases]
    person = f"'无学籍号-' || substr(md5(concat_ws('|', {aliases[0]}.xm, {aliases[0]}.csrq, {aliases[0]}.sfzjh, {aliases[0]}.xxbsm)), 1, 12)"
    return f"coalesce({', '.join(keys)}, {person})"


def fill_sql(side: str, fields: Sequence[str]) -> str:
    """A query for one row: of each field how many records ask for it, and how many of these have it."""
    columns = (
        f'count(*) filter ({is_asked_sql(field)}), count("{field}") filter ({is_asked_sql(field)})' for field in fields
    )
    return f"select {', '.join(columns)} from {side}_copy"


def coverage_sql(side: str, fields: Sequence[str]) -> str:
    """A query for one row: of each coded field how many records have a value, and how many of these a listed one."""
    quoted = (f'"{field}"' for field in fields)
    columns = (
        f"count({name}), count({name}) filter (not {is_unlisted_sql(field, name)})"
        for field, name in zip(fields, quoted, strict=True)
    )
    return f"select {', '.join(columns)} from {side}_copy"


def lone_schools_sql(side: str) -> str:
    """A query for the schools of a copy that the other lacks: whole ones, or with records that the other lacks too."""
    other = other_side(side)
    return f"""
        select own.xxbsm as school_code, count(*) as records
        from {side}_copy as own
        left join {side}_unlinked as unlinked on unlinked.row_no = own.row_no
        where own.xxbsm is not null and own.xxbsm not in (select xxbsm from {other}_copy where xxbsm is not null)
        group by own.xxbsm
        having count(*) >= {WHOLE_SCHOOL} or count(unlinked.row_no) > 0
    """


def lone_school_items_sql(side: str) -> str:
    value = {f"{side}_value": "records || '人'"}
    return items_sql(f"docking_school_{side}_only", f"{side}_lone_schools", "records", school_code="school_code", subject="school_code", **value)  # fmt: skip


def missing_sql(side: str) -> str:
    """Records of a copy that the other lacks. Left to others: those of a school it lacks as a whole, and those that repeat a linked one."""
    repeats = " or ".join(
        f"""exists (
            select 1 from {side}_repeated_{key} as repeated
            where repeated.{key}_key = unlinked.{key}_key and exists (
                select 1 from {side}_keys as like_it join links on links.{side}_row = like_it.row_no
                where like_it.{key}_key = repeated.{key}_key))"""
        for key in KEYS
    )
    source = f"""(
        select own.* from {side}_copy as own join {side}_unlinked as unlinked on unlinked.row_no = own.row_no
        where not ({repeats}) and coalesce(own.xxbsm, '') not in (select school_code from {side}_lone_schools)
    ) as own"""
    subject = record_subject_sql("own")
    return items_sql(f"docking_missing_{other_side(side)}", source, school_code="own.xxbsm", subject=subject, group_subject="coalesce(own.xxbsm, '无学校标识码')")  # fmt: skip


def repeated_items_sql(side: str, key: str) -> str:
    """A key that stands on several records of a copy. Records that repeat as a whole are told of by their 学籍号 alone."""
    alone = (
        f"having not (count({STUDENT_NO}) = count(*) and count(distinct {STUDENT_NO}) = 1)" if key == LOCAL_NO else ""
    )
    source = f"""(
        select own.{key} as key_value, min(own.xxbsm) as school_code, count(*) as records
        from {side}_copy as own join {side}_repeated_{key} as repeated on repeated.{key}_key = hash(own.{key})
        group by own.{key}
        {alone}
    ) as own"""
    value = {f"{side}_value": "own.records || '条'"}
    return items_sql(f"docking_key_{side}", source, "own.records", school_code="own.school_code", subject="own.key_value", field=literal(key), group_subject=literal(key), **value)  # fmt: skip


def differing_sql(compared: Sequence[str]) -> str:
    """A query for the linked pairs that differ in anything: their values side by side."""
    values = ", ".join(f'l."{field}" as "l_{field}", c."{field}" as "c_{field}"' for field in compared)
    subject = record_subject_sql("c", "l")
    return f"""
        select {subject} as subject, coalesce(c.xxbsm, l.xxbsm) as school_code, l.{LOCAL_NO} as local_no, {values}
        from (select * from links where not is_alike) as links
        join local_copy as l on l.row_no = links.local_row
        join central_copy as c on c.row_no = links.central_row
    """


def differs_sql(field: str, failed: Sequence[tuple[str, str]]) -> str:
    """The pairs that differ in a field. `failed`: check and side of what this field fails as a whole, which says it of these values."""
    left_out = []
    for check, side in failed:
        value = f'"{side[0]}_{field}"'
        left_out.append(
            f"{value} is null" if check == "required" else f"coalesce({is_unlisted_sql(field, value)}, false)"
        )
    if field == "xxbsm":
        left_out += [
            f"coalesce(\"{side[0]}_xxbsm\", '') in (select school_code from {side}_lone_schools)"
            for side in ("local", "central")
        ]
    if field == STUDENT_NO:  # the round trip of issued numbers says it
        left_out += [
            "coalesce(local_no, '') in (select local_no from issued_outcomes where check_id is not null)",
            f"coalesce(\"l_{STUDENT_NO}\", '') in (select student_no from issued_outcomes where check_id = 'docking_number_own_record')",
        ]
    source = f'differing where "l_{field}" is distinct from "c_{field}"' + "".join(
        f" and not ({condition})" for condition in left_out
    )
    return items_sql(
        "docking_value_differs", source, school_code="school_code", subject="subject", field=literal(field),
        group_subject=literal(field), local_value=f'"l_{field}"', central_value=f'"c_{field}"',
    )  # fmt: skip


def field_items_sql(check_id: str, field: str, side: str, good: int, asked: int) -> str:
    """A field that does not reach its line on one side: `good` records of those `asked`."""
    value = {f"{side}_value": literal(percent_text(good, asked))}
    return items_sql(check_id, ONE_ROW, str(asked - good), subject=literal(field), field=literal(field), **value)


def load_rate_item_sql(linked: int, rows: int) -> str:
    """The load rate below its line: of the copy's rows those linked."""
    value = literal(percent_text(linked, rows))
    return items_sql("docking_load_rate", ONE_ROW, str(rows - linked), subject=literal("入库率"), central_value=value)


def percent_text(part: int, whole: int) -> str:
    """Two decimals, cut: a line that is not reached is not printed as reached."""
    hundredths = part * 10_000 // whole if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def record_items(compared: Sequence[str], failed: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Queries for all deviations of records and schools. `failed`: check (required, codes), side and field of fields that fail as a whole."""
    for side in ("local", "central"):
        yield lone_school_items_sql(side)
        yield missing_sql(side)
        for key in KEYS:
            yield repeated_items_sql(side, key)
    for field in compared:
        yield differs_sql(field, [(check, side) for check, side, name in failed if name == field])
