"""How alike two registrations are, field by field: each comparison has a few levels, from agreement to its absence.

The levels are what the weights of `checks/suspect_model.py` stand for. A level is stored as its place in its tuple.
"""

import operator

import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from xueji.checks.name_characters import canonical
from xueji.checks.name_difference import NAME_COLUMNS, name_differences
from xueji.checks.suspect_blocks import KNOWN_NAME, sound_sql

NAME = ("same", "sound", "slip", "surname", "kin", "other")
BIRTH = ("equal", "slip", "near", "year", "other")
SEX = ("equal", "differ")
PLACE = ("school", "county", "unit", "elsewhere")
HOUSEHOLD = ("equal", "differ")
FAMILY = ("guardian", "phone", "differ", "unknown")
NUMBER = (
    "linked", "near", "both_confirmed", "one_unconfirmed", "one_none", "one_broken", "neither", "not_compared",
)  # fmt: skip
LEVELS = {
    "name_level": NAME, "birth_level": BIRTH, "sex_level": SEX, "place_level": PLACE,
    "household_level": HOUSEHOLD, "family_level": FAMILY, "number_level": NUMBER,
}  # fmt: skip
CONFIRMED, UNCONFIRMED, BROKEN, NONE = "confirmed", "unconfirmed", "broken", "none"
NEAR_DAYS = 60  # a date of the lunar calendar lies up to so many days before its own

# Reasons of the name comparison that a slip of a clerk explains: one character misread, lost, added, in another place.
_SLIPS = ("shape", "order", "missing_character", "added_character", "homophone_reading", "encoding_twin")
_SURNAME = "surname"


def compared_students_sql(students: str) -> str:
    """A query for what is compared of registrations; `students` is a query in brackets for their core rows.

    `standing` says what the register knows of the number: confirmed (held under this name), unconfirmed (not so), broken (no right
    number), none. `links` are other numbers that the registration points to. Reads `core_population`, and the tables `name_sounds`,
    `core_schools` and `number_links`.
    """
    return f"""
        with students as (
            select distinct on (content_hash) *, {KNOWN_NAME} as known_name from {students} as given
        ),
        held as (
            select distinct students.content_hash
            from students
            join core_population
                on core_population.id_key = students.id_key and core_population.name_folded = students.known_name
        ),
        linked as (select content_hash, list(distinct number) as links from number_links group by content_hash)
        select
            students.content_hash,
            students.unit_code,
            students.school_code,
            core_schools.county_code,
            students.name,
            students.known_name as name_folded,
            case when students.known_name is not null then {sound_sql("students.known_name")} end as sound,
            students.sex_code,
            students.birth_date,
            students.household_division,
            students.guardian_key,
            students.second_guardian_key,
            students.phone_key,
            students.student_no,
            students.id_number,
            students.number_key,
            students.person_key,
            students.id_key,
            linked.links,
            case
                when held.content_hash is not null then '{CONFIRMED}'
                when students.id_key is not null or students.document_key is not null then '{UNCONFIRMED}'
                when students.id_number is not null then '{BROKEN}'
                else '{NONE}'
            end as standing
        from students
        cross join name_sounds
        left join held on held.content_hash = students.content_hash
        left join linked on linked.content_hash = students.content_hash
        left join core_schools
            on core_schools.school_code = students.school_code and core_schools.unit_code = students.unit_code
    """


def pair_facts_sql(pairs: str) -> str:
    """A query for pairs with the levels that SQL can tell, and what the others are told from.

    `pairs` is a table of l_hash and r_hash; the registrations stand in the table `compared_students`. Left out are the pairs that
    are duplicates already: one document number, or neither with a number and equal in name, sex, birth date and unit.
    """
    compared = "exists (select 1 from core_population)"
    guardians = """(l.guardian_key in (r.guardian_key, r.second_guardian_key)
        or l.second_guardian_key in (r.guardian_key, r.second_guardian_key))"""
    # Who took another's 学籍号 carries that one's number in it (student_no_duplicate): that links nobody.
    links = """(l.student_no is distinct from r.student_no
        and (list_contains(l.links, r.id_key) or list_contains(r.links, l.id_key) or list_has_any(l.links, r.links)))"""
    one = "(l.standing = '{}' or r.standing = '{}')"
    confirmed = f"(l.standing = '{CONFIRMED}' or r.standing = '{CONFIRMED}')"
    number_cases = "\n".join(
        f"when {condition} then {NUMBER.index(level)}"
        for level, condition in (
            ("linked", links),
            ("not_compared", f"not {compared}"),
            ("both_confirmed", f"l.standing = '{CONFIRMED}' and r.standing = '{CONFIRMED}'"),
            ("one_unconfirmed", f"{confirmed} and {one.format(UNCONFIRMED, UNCONFIRMED)}"),
            ("one_none", f"{confirmed} and {one.format(NONE, NONE)}"),
            ("one_broken", f"{confirmed} and {one.format(BROKEN, BROKEN)}"),
        )
    )
    return f"""
        select
            pairs.l_hash,
            pairs.r_hash,
            l.unit_code as l_unit_code,
            l.name_folded is not distinct from r.name_folded as is_same_name,
            l.sound = r.sound as is_same_sound,
            cast(hash(l.name_folded) >> 1 as bigint) as l_name_key,
            cast(l.sound >> 1 as bigint) as l_sound_key,
            l.name as l_name, l.name_folded as l_folded, r.name as r_name, r.name_folded as r_folded,
            l.birth_date as l_birth, r.birth_date as r_birth,
            l.sex_code as l_sex_code,
            case when l.standing = '{BROKEN}' or r.standing = '{BROKEN}' then l.id_number end as l_number,
            case when l.standing = '{BROKEN}' or r.standing = '{BROKEN}' then r.id_number end as r_number,
            case when l.sex_code = r.sex_code then 0 when l.sex_code <> r.sex_code then 1 end as sex_level,
            case when l.school_code = r.school_code then 0 when l.county_code = r.county_code then 1
                when l.unit_code = r.unit_code then 2 else 3 end as place_level,
            case when l.household_division = r.household_division then 0
                when l.household_division <> r.household_division then 1 end as household_level,
            case when {guardians} then 0 when l.phone_key = r.phone_key then 1
                when (coalesce(l.guardian_key, l.second_guardian_key) is not null
                        and coalesce(r.guardian_key, r.second_guardian_key) is not null)
                    or (l.phone_key is not null and r.phone_key is not null) then 2
                else 3 end as family_level,
            case {number_cases} else {NUMBER.index("neither")} end as number_level
        from {pairs} as pairs
        join compared_students as l on l.content_hash = pairs.l_hash
        join compared_students as r on r.content_hash = pairs.r_hash
        where not coalesce(l.number_key = r.number_key, false)
            and not coalesce(l.person_key = r.person_key and l.unit_code = r.unit_code and l.name_folded = r.name_folded, false)
    """


def pair_levels(facts: pl.DataFrame) -> pl.DataFrame:
    """One row a pair of `pair_facts_sql`: its hashes, unit, `name_key` and a level of each field; null where a side says nothing.

    `name_key` tells how many others bear the name: of the very name, or of all that sound like it.
    """
    name = name_levels(facts)
    return facts.with_columns(
        name_level=name, birth_level=birth_levels(facts), number_level=number_levels(facts)
    ).select(
        "l_hash",
        "r_hash",
        "l_unit_code",
        "l_sex_code",
        pl.when(name == NAME.index("same"))
        .then("l_name_key")
        .when(name == NAME.index("sound"))
        .then("l_sound_key")
        .alias("name_key"),
        *(pl.col(column).cast(pl.Int32) for column in LEVELS),
    )


def name_levels(facts: pl.DataFrame) -> pl.Series:
    """How alike the names are; null where one is missing. Names that are read alike never count for less."""
    is_given = facts["l_folded"].is_not_null() & facts["r_folded"].is_not_null()
    sides = ("l_name", "l_folded", "r_name", "r_folded")
    differing = facts.select(sides).filter(is_given & ~facts["is_same_name"]).unique()
    compared = name_differences(differing.rename(dict(zip(sides, NAME_COLUMNS, strict=True))))
    found = differing.with_columns(compared["rule_id"], compared["reason"])
    reason = pl.col("reason")
    surnames = (pl.col(column).str.head(1).replace(canonical()) for column in ("l_folded", "r_folded"))
    same_surname = operator.eq(*surnames)
    level = (
        pl.when(pl.col("l_folded").is_null() | pl.col("r_folded").is_null())
        .then(None)
        .when(pl.col("is_same_name") | (pl.col("rule_id") == "name_variant"))
        .then(pl.lit("same"))
        .when("is_same_sound")
        .then(pl.lit("sound"))
        .when(reason.is_in(_SLIPS))
        .then(pl.lit("slip"))
        .when(reason == _SURNAME)
        .then(pl.lit("surname"))
        .when(same_surname)
        .then(pl.lit("kin"))
        .otherwise(pl.lit("other"))
    )
    named = facts.join(found, on=sides, how="left", maintain_order="left", nulls_equal=True)
    return named.select(
        level.replace_strict({text: place for place, text in enumerate(NAME)}, return_dtype=pl.Int32)
    ).to_series()


def birth_levels(facts: pl.DataFrame) -> pl.Series:
    """How alike the birth dates are; null where one is missing.

    A slip is one digit, two neighbours swapped, or month and day swapped. Near are dates of one year a lunar month or two apart.
    """
    left, right = (pl.col(column) for column in ("l_birth", "r_birth"))
    texts = [facts[column].dt.strftime("%Y%m%d").fill_null("") for column in ("l_birth", "r_birth")]
    is_swapped = (
        (left.dt.year() == right.dt.year()) & (left.dt.month() == right.dt.day()) & (left.dt.day() == right.dt.month())
    )
    same_year = left.dt.year() == right.dt.year()
    return facts.select(
        pl.when(left.is_null() | right.is_null())
        .then(None)
        .when(left == right)
        .then(BIRTH.index("equal"))
        .when((pl.Series(cpdist(*texts, scorer=OSA.distance, score_cutoff=1, workers=1)) <= 1) | is_swapped)
        .then(BIRTH.index("slip"))
        .when(same_year & ((left - right).dt.total_days().abs() <= NEAR_DAYS))
        .then(BIRTH.index("near"))
        .when(same_year)
        .then(BIRTH.index("year"))
        .otherwise(BIRTH.index("other"))
        .cast(pl.Int32)
    ).to_series()


def number_levels(facts: pl.DataFrame) -> pl.Series:
    """The level of the numbers: where one is broken it may be one slip from the other."""
    texts = [facts[column].fill_null("") for column in ("l_number", "r_number")]
    is_near = pl.Series(cpdist(*texts, scorer=OSA.distance, score_cutoff=1, workers=1)) <= 1
    both = facts["l_number"].is_not_null() & facts["r_number"].is_not_null()
    return facts.select(
        pl.when(is_near & both & (pl.col("number_level") != NUMBER.index("linked")))
        .then(NUMBER.index("near"))
        .otherwise("number_level")
        .cast(pl.Int32)
    ).to_series()
