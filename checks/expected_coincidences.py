"""How many pairs of students equal in name, sex and birth date chance alone foresees, and how many there are.

Two students of one sex share a name with the chance that two names drawn from their unit's students of that sex are equal, and a
birth date with the chance of two dates drawn likewise; names and dates are taken as independent within a sex. Of n students of
a region, n (n - 1) / 2 times both chances pairs are to be expected. Both chances are counted without replacement,
sum of k (k - 1) over N (N - 1), so that a small unit's are not overrated by each student being equal to itself.

Considered are students whose name, sex and birth date are known, in two populations: those whom duplicate_name_sex_birth compares, who
have no number at all, and all. Names and dates are those of all the unit's students in either case. Pairs lie inside one unit, as
with the rule; the nation's figures are the sums of the units'.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from xueji.checks.chance import likely_range, tail_log10
from xueji.checks.sql_text import literal

WITHOUT_NUMBER, ALL = "without_number", "all"
POPULATIONS = {WITHOUT_NUMBER: "is_without_number", ALL: "true"}
LEVELS = {"province": "unit_code", "city": "city_code", "county": "county_code"}

LIKELY, POSSIBLE, UNLIKELY = "likely", "possible", "unlikely"
# From which share of chance among the pairs of a name on what is said of them.
SENTENCE_FROM = ((LIKELY, 0.5), (POSSIBLE, 0.05), (UNLIKELY, 0.0))
SENTENCES = {
    LIKELY: "本省同名同性别学生{namesakes}人，出生日期相同属偶然的可能较大，请先核对监护人信息",
    POSSIBLE: "本省同名同性别学生{namesakes}人，不排除出生日期偶然相同，请核对监护人信息",
    UNLIKELY: "本省同名同性别学生仅{namesakes}人，出生日期偶然相同的可能极小",
}
PLENTY = 100  # namesakes: of so many 仅 is not said
LEAST_EXCESS = 0.5  # pairs beyond chance that are reckoned with at the least


def unit_students_sql(students: str) -> str:
    """A query for the considered students: sex_code, birth_date, name_key, person_hash, county_code, city_code, is_without_number."""
    name = "coalesce(folded_name, name)"
    return f"""
        select
            sex_code,
            birth_date,
            cast(hash({name}) >> 1 as bigint) as name_key,
            cast(hash({name}, sex_code, birth_date) >> 1 as bigint) as person_hash,
            core_schools.county_code,
            core_schools.city_code,
            person_key is not null as is_without_number
        from {students} as students
        left join core_schools on core_schools.school_code = students.school_code
        where name is not null and sex_code is not null and birth_date is not null
    """


def name_counts_sql() -> str:
    """A query over `unit_students` for the names that several students of one sex have: sex_code, name_key, students."""
    return """
        select sex_code, name_key, count(*) as students from unit_students
        group by sex_code, name_key having count(*) >= 2
    """


def chances_sql() -> str:
    """A query over `unit_students` and `unit_names`: sex_code, students, same_name and same_date, the chances of two being equal, and
    discount, by how much fewer than were counted of a name are to be expected among others as many.

    It is that of absolute discounting, N1 / (N1 + 2 N2) of the names that one and that two students have: a name is looked at because two
    have it, and most rare names had their only bearers counted.
    """
    pairs = "sum(cast({0} as double) * ({0} - 1))"
    return f"""
        with dates as (select sex_code, birth_date, count(*) as students from unit_students group by all),
        dated as (
            select sex_code, sum(students) as students, {pairs.format("students")} as equal from dates group by sex_code
        ),
        named as (
            select sex_code, {pairs.format("students")} as equal, sum(students) as students, count(*) filter (students = 2) as twos
            from unit_names group by sex_code
        )
        select
            dated.sex_code,
            cast(dated.students as bigint) as students,
            coalesce(named.equal, 0) / greatest(dated.students * (dated.students - 1.0), 1) as same_name,
            dated.equal / greatest(dated.students * (dated.students - 1.0), 1) as same_date,
            (dated.students - coalesce(named.students, 0))
                / greatest(dated.students - coalesce(named.students, 0) + 2.0 * coalesce(named.twos, 0), 1) as discount
        from dated left join named on named.sex_code = dated.sex_code
    """


def region_counts_sql(unit_code: str) -> str:
    """A query over `unit_students` and `unit_chances`: one row a region of the unit, population and sex, as in `coincidence_counts`.

    Found are the pairs that lie in the region, whoever is in it.
    """
    branches = []
    for level, column in LEVELS.items():
        code = literal(unit_code) if level == "province" else column
        for population, condition in POPULATIONS.items():
            branches.append(f"""
                select {literal(level)} as level, {literal(population)} as population, counted.code, counted.sex_code,
                    counted.students, coalesce(paired.found, 0) as found
                from (
                    select {code} as code, sex_code, count(*) as students from unit_students
                    where {condition} and {code} is not null group by all
                ) as counted
                left join (
                    select code, sex_code, sum(members * (members - 1) / 2) as found
                    from (
                        select {code} as code, sex_code, person_hash, count(*) as members from unit_twice
                        where {condition} and {code} is not null group by all
                    )
                    group by all
                ) as paired on paired.code = counted.code and paired.sex_code = counted.sex_code
            """)
    return f"""
        select counts.level, counts.code, counts.population, counts.sex_code, counts.students, counts.found,
            chances.same_name, chances.same_date, chances.discount, chances.students as students_of_sex
        from ({" union all ".join(branches)}) as counts
        join unit_chances as chances on chances.sex_code = counts.sex_code
    """


def twice_sql() -> str:
    """A query over `unit_students` for those who are not alone with their name, sex and birth date."""
    return """
        select * from unit_students
        where person_hash in (select person_hash from unit_students group by person_hash having count(*) >= 2)
    """


EXPECTED = "students * (students - 1.0) / 2 * same_name * same_date"  # over a row of coincidence_counts


def regions_sql(found_tonight: str, national_code: str) -> str:
    """A query over `coincidence_counts` for the regions: level, code, population, students, expected, found.

    `found_tonight` is a query for level, code, found: the pairs of the rule as it stands, where there are any.
    """
    counted = "population, students, found, same_name, same_date"
    return f"""
        with levels as (
            select level, code, {counted} from coincidence_counts
            union all
            select 'national', {literal(national_code)}, {counted} from coincidence_counts where level = 'province'
        )
        select
            levels.level, levels.code, levels.population,
            cast(sum(students) as bigint) as students,
            -- As decimals: a sum of doubles would depend on the order in which they come.
            cast(sum(cast({EXPECTED} as decimal(38, 12))) as double) as expected,
            cast(case when levels.population = {literal(WITHOUT_NUMBER)} then coalesce(any_value(tonight.found), 0)
                else sum(levels.found) end as bigint) as found
        from levels
        left join ({found_tonight}) as tonight on tonight.level = levels.level and tonight.code = levels.code
        group by levels.level, levels.code, levels.population
    """


def found_tonight_sql(national_code: str) -> str:
    """A query over `findings` for the pairs of duplicate_name_sex_birth that lie in each region: level, code, found."""
    levels = {"national": literal(national_code), **LEVELS}
    counted = " union all ".join(
        f"select {literal(level)} as level, {code} as code, group_key, count(*) as members from parties group by all"
        for level, code in levels.items()
    )
    return f"""
        with parties as (
            select f.group_key, f.unit_code, s.city_code, s.county_code
            from findings as f left join core_schools as s on s.school_code = f.school_code
            where f.rule_id = 'duplicate_name_sex_birth' and f.reason = 'same_unit'
        )
        select level, code, cast(sum(members * (members - 1) / 2) as bigint) as found
        from ({counted}) where code is not null group by level, code
    """


def matches_sql() -> str:
    """A query for the groups of duplicate_name_sex_birth: unit_code, group_key, sex_code, name_key, members."""
    return """
        select f.unit_code, f.group_key, any_value(g.sex_code) as sex_code,
            any_value(cast(hash(coalesce(g.folded_name, g.name)) >> 1 as bigint)) as name_key, count(distinct f.record_key) as members
        from findings as f
        join group_candidates as g on g.unit_code = f.unit_code and g.record_key = f.record_key and g.person_key is not null
        where f.rule_id = 'duplicate_name_sex_birth' and f.reason = 'same_unit'
        group by f.unit_code, f.group_key
    """


def groups_sql() -> str:
    """A query for the groups of duplicate_name_sex_birth: unit_code, group_key, namesakes, expected and found pairs of the name, and
    `beyond`, the pairs of it that would be there if every name had its share of what the nation has beyond chance.

    Expected and found are of the group's name, sex and unit, on all dates. Of the namesakes one is who makes the pair.
    """
    return f"""
        with parties as ({matches_sql()}),
        named as (
            select unit_code, sex_code, name_key, sum(members * (members - 1) / 2) as found, sum(members) as members
            from parties group by unit_code, sex_code, name_key
        ),
        units as (select * from coincidence_counts where level = 'province' and population = {literal(WITHOUT_NUMBER)}),
        beyond_chance as (
            select greatest(sum(found) - sum({EXPECTED}), {LEAST_EXCESS}) / greatest(sum(students), 1) as rate from units
        ),
        counted as (
            select parties.unit_code, parties.group_key, named.found, units.students, units.students_of_sex, units.same_date, units.discount,
                greatest(coalesce(counts.students, 0), named.members) as namesakes
            from parties
            join named on named.unit_code = parties.unit_code and named.sex_code = parties.sex_code and named.name_key = parties.name_key
            join units on units.unit_code = parties.unit_code and units.sex_code = parties.sex_code
            left join name_counts as counts
                on counts.unit_code = parties.unit_code and counts.sex_code = parties.sex_code and counts.name_key = parties.name_key
        )
        select
            unit_code, group_key, cast(namesakes as integer) as namesakes, cast(found as integer) as found,
            students * (students - 1.0) / 2
                * namesakes * (namesakes - 1.0 - discount) / greatest(students_of_sex * (students_of_sex - 1.0), 1) * same_date as expected,
            students * beyond_chance.rate * namesakes / greatest(students_of_sex, 1) as beyond
        from counted cross join beyond_chance
    """


@dataclass(frozen=True)
class GroupChance:
    """What chance has to do with a group of duplicate_name_sex_birth."""

    unlikely: float  # -log10 of the chance that so many pairs of the name come about by chance
    chance: float  # share of such pairs of the name that are chance, 0 to 1
    sentence: str  # code of SENTENCES


def group_chance(expected: float, found: int, beyond: float) -> GroupChance:
    """Judge a group by the pairs of its name that chance foresees, that are there, and that are foreseen beyond chance."""
    chance = expected / (expected + beyond) if expected + beyond > 0 else 0.0
    sentence = next(code for code, least in SENTENCE_FROM if chance >= least)
    return GroupChance(tail_log10(found, expected), chance, sentence)


def group_sentence(code: str, namesakes: int) -> str:
    """What a list says of a group."""
    text = SENTENCES[code].format(namesakes=namesakes)
    return text if namesakes < PLENTY else text.replace("仅", "")


def region_rows(regions: Iterable[tuple[str, str, str, int, float, int]]) -> list[dict[str, object]]:
    """Rows of `expected_coincidences` without their date, from those of `regions_sql`."""
    rows: list[dict[str, object]] = []
    for level, code, population, students, expected, found in regions:
        low, high = likely_range(expected)
        rows.append(
            {
                "level": level,
                "code": code,
                "population": population,
                "students": students,
                "expected": expected,
                "low": low,
                "high": high,
                "found": found,
                "is_beyond_chance": found > high,
            }
        )
    return rows
