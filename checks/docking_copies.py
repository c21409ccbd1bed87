"""The two copies in comparable form, and which record of one is which of the other: SQL texts in DuckDB's own words.

`local_copy` and `central_copy` hold normal values, one row a delivered row; `local_keys` and `central_keys` their hashes by `row_no`.
Records are linked in passes, the surest first. A key links where it stands once on either side and name or document number agrees;
what is then left by name, sex, birth date and number; what is still left by a key alone, in the order of the records' content.
"""

from collections.abc import Iterator, Sequence

from xueji.checks.docking_fields import KEYS, LOCAL_NO, STUDENT_NO, folded_sql, normal_sql
from xueji.checks.tables import STUDENT_FIELDS

PERSON = ("xm", "xbm", "csrq", "sfzjh")
AGREES = "(l.name_key = c.name_key or l.number_key = c.number_key)"


def given_sql(copy: str) -> str:
    """A query over a copy as delivered: how many rows, then how many have each of `STUDENT_FIELDS`."""
    counts = ", ".join(f'count("{field}")' for field in STUDENT_FIELDS)
    return f"select count(*), {counts} from ({copy}) as delivered"


def normal_copy_sql(copy: str, fields: Sequence[str]) -> str:
    """A query for `fields` of a copy in their normal form."""
    folded, normal = (", ".join(f'{sql(field)} as "{field}"' for field in fields) for sql in (folded_sql, normal_sql))
    return f"select {normal} from (select {folded} from ({copy}) as delivered) as folded"


def keys_sql(side: str, compared: Sequence[str]) -> str:
    """A query over a normal copy: the hashes by which its rows are linked, and one of all that is compared."""
    content = ", ".join(f'"{field}"' for field in compared)
    return f"""
        select
            row_no,
            case when {LOCAL_NO} is not null then hash({LOCAL_NO}) end as {LOCAL_NO}_key,
            case when {STUDENT_NO} is not null then hash({STUDENT_NO}) end as {STUDENT_NO}_key,
            case when xm is not null then hash(xm) end as name_key,
            case when sfzjh is not null then hash(sfzjh) end as number_key,
            case when xm is not null then hash({", ".join(PERSON)}, case when sfzjh is null then xxbsm end) end as person_key,
            hash({content or "row_no"}) as content_key
        from {side}_copy
    """


def repeated_sql(side: str, key: str) -> str:
    """A query for the keys that stand more than once in a copy: their hash and how often."""
    column = f"{key}_key"
    return f"select {column}, count(*) as records from {side}_keys where {column} is not null group by {column} having count(*) > 1"


def link_statements() -> Iterator[tuple[str, str]]:
    """Name and query of the tables that lead from the keys to `links` (local_row, central_row, is_alike), in order.

    Each pass looks at what the earlier ones left: `links_1` … are its pairs, and `local_left`, `central_left` what is left after it.
    """
    rests = {side: f"{side}_keys" for side in ("local", "central")}
    passes = [
        *(once_sql(key) for key in KEYS),
        by_rank_sql("person"),
        *(by_rank_sql(key) for key in reversed(KEYS)),
    ]
    for number, pairs in enumerate(passes, start=1):
        yield f"links_{number}", pairs.format(**rests)
        for side, rest in rests.items():
            yield (
                f"{side}_left_{number}",
                f"select * from {rest} as rest where not exists (select 1 from links_{number} as links where links.{side}_row = rest.row_no)",
            )
            rests[side] = f"{side}_left_{number}"
    yield "links", " union all ".join(f"select * from links_{number}" for number in range(1, len(passes) + 1))
    for side, rest in rests.items():
        yield f"{side}_unlinked", f"select * from {rest}"


def once_sql(key: str) -> str:
    """Pairs by a key that stands once on either side, where name or number agrees."""
    column = f"{key}_key"
    unique = " and ".join(
        f"not exists (select 1 from {side}_repeated_{key} as repeated where repeated.{column} = {alias}.{column})"
        for side, alias in (("local", "l"), ("central", "c"))
    )
    return f"""
        select l.row_no as local_row, c.row_no as central_row, l.content_key = c.content_key as is_alike
        from {{local}} as l join {{central}} as c on c.{column} = l.{column}
        where {AGREES} and {unique}
    """


def by_rank_sql(key: str) -> str:
    """Pairs by a key that may stand several times: first with first, in the order of their content."""
    column = f"{key}_key"
    ranked = (
        f"select *, row_number() over (partition by {column} order by content_key, row_no) as place from {{{side}}} where {column} is not null"
        for side in ("local", "central")
    )
    local, central = ranked
    return f"""
        select l.row_no as local_row, c.row_no as central_row, l.content_key = c.content_key as is_alike
        from ({local}) as l join ({central}) as c on c.{column} = l.{column} and c.place = l.place
    """


def kept_fields(compared: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The fields that have to stand in a normal copy, in the order of the sheet."""
    wanted = {*compared, *asked, *KEYS, *PERSON, "xxbsm", "sfzjlxm"}
    return tuple(field for field in STUDENT_FIELDS if field in wanted)
