"""Which registrations may be of one child: pairs that share one of a few keys, so that pairs stay few.

A key is a hash of values that two registrations of a child nearly always share: some of its name's sound, birth date, sex, place,
family and number. Clerks hear a name or type it by its sound, so a name counts by how its characters are read, tones aside.

Two registrations become a pair when they share
- name and sex and birth date, within a unit;
- name and sex, and birth year or birthday, and the county of the school or that of the household;
- two characters of the name, sex and birth date, and one of these counties;
- a family member's document number or the telephone number, and birth year, birthday or name, anywhere;
- a number: one's 学籍号 still carries the ID number of the other, or the only number that its broken one can have meant is the other's.

Written in DuckDB's own words: what is prepared here no rule text reads.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from xueji.checks.name_characters import canonical, readings
from xueji.checks.name_invalid import IS_NAME_INVALID

FIRST_CHARACTER, LAST_CHARACTER = 0x4E00, 0x9FFF
HEARD_CHARACTERS = 4  # of a name; of longer ones the length counts as well
MOST_SHARING = 200  # registrations under one key; with more the key says nothing (a school's telephone, 1 January)


@dataclass(frozen=True)
class BlockKey:
    """`values_sql`: bigint SQL over a row of `blocked_students_sql`, one or more of them; null for no key.

    `within`: registrations that share the key are of one unit, have their households in one province, or may be anywhere.
    """

    name: str
    values_sql: tuple[str, ...]
    within: Literal["unit", "household", "nation"]

    def keys_sql(self, rows: str) -> str:
        """A query for room, content_hash and key over `rows`, a table name or a query in brackets."""
        return " union all ".join(
            f"select room, content_hash, {value} as key from {rows} as rows where {value} is not null"
            for value in self.values_sql
        )


def _key(*values: str, condition: str = "true") -> str:
    """Bigint SQL: the hash of the values, null when one of them is null or the condition does not hold."""
    given = " and ".join((condition, *(f"{value} is not null" for value in values)))
    return f"case when {given} then cast(hash({', '.join(values)}) >> 1 as bigint) end"


def _with_family(value: str) -> tuple[str, ...]:
    """Whatever the family is known by, together with a value of the child."""
    return tuple(_key(family, value) for family in ("guardian_key", "second_guardian_key", "phone_key"))


def _with_two_characters(place: str) -> tuple[str, ...]:
    """A place, sex and birth date with two of the name's first three characters, in whatever order; of two the surname is enough."""
    child = (place, "sex_code", "birth_date")
    pairs = (
        _key(*child, f"least({one}, {other})", f"greatest({one}, {other})", condition=f"{other} is not null")
        for one, other in combinations(("heard_1", "heard_2", "heard_3"), 2)
    )
    return (*pairs, _key(*child, "heard_1", condition="heard_3 is null"))


_BIRTH_YEAR = "extract(year from birth_date)"
_BIRTHDAY = "-(extract(month from birth_date) * 100 + extract(day from birth_date))"  # below 0: no year
KEYS = (
    BlockKey("unit", (_key("unit_code", "sound", "sex_code", "birth_date"),), "unit"),
    BlockKey("county_year", (_key("county_code", "sound", "sex_code", _BIRTH_YEAR),), "unit"),
    BlockKey("county_birthday", (_key("county_code", "sound", "sex_code", _BIRTHDAY),), "unit"),
    BlockKey("county_birth", _with_two_characters("county_code"), "unit"),
    BlockKey("household_year", (_key("household_division", "sound", "sex_code", _BIRTH_YEAR),), "household"),
    BlockKey("household_birthday", (_key("household_division", "sound", "sex_code", _BIRTHDAY),), "household"),
    BlockKey("household_birth", _with_two_characters("household_division"), "household"),
    BlockKey("family_year", _with_family(_BIRTH_YEAR), "nation"),
    BlockKey("family_birthday", _with_family(_BIRTHDAY), "nation"),
    BlockKey("family_name", _with_family("sound"), "nation"),
)

# The folded name, unless `name_invalid` finds that it is none.
KNOWN_NAME = f"case when name_folded is null or {IS_NAME_INVALID} then null else name_folded end"
# The ID number that a G number was issued for.
NUMBER_OF_STUDENT_NO = """case when regexp_full_match(student_no, 'G[0-9]{17}[0-9X]')
    then cast(substr(student_no, 2, 17) as bigint) end"""


def name_sounds_sql() -> str:
    """A query of one row: `codes`, how each character of the basic block is read, as a list from U+4E00 on.

    A reading, tones aside, is a number; a character without one has a number of its own.
    """
    common = {character: found[0].rstrip("012345") for character, found in readings().items() if found}
    places = {sound: place for place, sound in enumerate(sorted(set(common.values())))}
    standard = {
        chr(point): canonical().get(chr(point), chr(point)) for point in range(FIRST_CHARACTER, LAST_CHARACTER + 1)
    }
    codes = (places.get(common.get(character, ""), -ord(character)) for character in standard.values())
    return f"select cast([{', '.join(map(str, codes))}] as integer[]) as codes"


def heard_sql(name: str, place: int) -> str:
    """Integer SQL over a row that has the `codes` of `name_sounds`: how a character of the name is read, from 1 on; null behind its end."""
    return f"list_extract(codes, unicode(nullif(substr({name}, {place}, 1), '')) - {FIRST_CHARACTER - 1})"


def sound_sql(name: str) -> str:
    """Hash SQL over such a row: equal for names that are read alike, tones aside."""
    heard = (heard_sql(name, place) for place in range(1, HEARD_CHARACTERS + 1))
    return f"hash({', '.join(heard)}, length({name}))"


def blocked_students_sql(students: str) -> str:
    """A query for content_hash and what the keys are made of, over a query in brackets for core rows.

    Reads the tables `name_sounds` and `core_schools`.
    """
    heard = ", ".join(f"{heard_sql('name', place)} as heard_{place}" for place in (1, 2, 3))
    return f"""
        select
            students.* exclude (name),
            case when name is not null then {sound_sql("name")} end as sound,
            {heard},
            core_schools.county_code
        from (
            select
                content_hash, unit_code, school_code, {KNOWN_NAME} as name, sex_code, birth_date, household_division,
                guardian_key, second_guardian_key, phone_key
            from {students} as given
        ) as students
        cross join name_sounds
        left join core_schools
            on core_schools.school_code = students.school_code and core_schools.unit_code = students.unit_code
    """


def number_links_sql(students: str) -> str:
    """A query for content_hash and `number`: each number that a registration points to beside its own, or instead of it.

    A 学籍号 that others bear as well (`student_no_duplicate`) may be another child's, and points nowhere. Reads `group_candidates`.
    """
    return f"""
        select content_hash, {NUMBER_OF_STUDENT_NO} as number
        from {students} as students
        where {NUMBER_OF_STUDENT_NO} is not null and {NUMBER_OF_STUDENT_NO} is distinct from id_key
            and student_no_key not in (
                select student_no_key from group_candidates
                where student_no_key is not null group by student_no_key having count(*) >= 2
            )
        union
        select content_hash, repaired_key
        from number_autopsies
        where repaired_key is not null
    """
