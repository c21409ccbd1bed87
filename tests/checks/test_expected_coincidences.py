"""What chance foresees: small cases worked out by hand, and draws of names and dates whose pairs come out as often as foreseen."""

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from xueji.checks.expected_coincidences import (
    ALL,
    LIKELY,
    POSSIBLE,
    UNLIKELY,
    WITHOUT_NUMBER,
    chances_sql,
    group_chance,
    group_sentence,
    name_counts_sql,
    region_counts_sql,
    region_rows,
    regions_sql,
    twice_sql,
    unit_students_sql,
)

SCHOOLS = pl.DataFrame(
    {"school_code": ["S1", "S2"], "county_code": ["440106", "440303"], "city_code": ["440100", "440300"]}
)
NOTHING_TONIGHT = (
    "select cast(null as varchar) as level, cast(null as varchar) as code, cast(null as bigint) as found where false"
)
DAY = date(2015, 3, 12)


def counted(students: pl.DataFrame, tonight: str = NOTHING_TONIGHT) -> dict[tuple[str, str, str], tuple]:
    """(level, code, population) → students, expected, found, of students of one unit."""
    with duckdb.connect(":memory:") as connection:
        connection.register("students", students.to_arrow())
        connection.register("core_schools", SCHOOLS.to_arrow())
        for name, query in (
            ("unit_students", unit_students_sql("students")),
            ("unit_names", name_counts_sql()),
            ("unit_chances", chances_sql()),
            ("unit_twice", twice_sql()),
            ("coincidence_counts", region_counts_sql("44")),
        ):
            connection.execute(f"create temp table {name} as {query}")
        rows = connection.execute(regions_sql(tonight, "00")).fetchall()
    return {row[:3]: row[3:] for row in rows}


def students_of(*rows: tuple) -> pl.DataFrame:
    """Students from (name, sex, days after DAY, school, whether without a number)."""
    return pl.DataFrame(
        [
            (name, None, sex, DAY + timedelta(days) if days is not None else None, school, 1 if is_without else None)
            for name, sex, days, school, is_without in rows
        ],
        schema={
            "name": pl.String, "folded_name": pl.String, "sex_code": pl.String, "birth_date": pl.Date, "school_code": pl.String,
            "person_key": pl.Int64,
        },
        orient="row",
    )  # fmt: skip


def test_a_unit_worked_out_by_hand():
    # Boys: 甲 three times, 乙 once: 6 of 12 ordered pairs share a name; two dates twice each: 4 of 12 share a date.
    # 6 pairs × 6/12 × 4/12 = 1 is to be expected. The girl adds nothing, nor do those about whom something is not known.
    found = counted(
        students_of(
            ("甲", "1", 0, "S1", True),
            ("甲", "1", 0, "S1", True),
            ("甲", "1", 1, "S2", False),
            ("乙", "1", 1, "S2", False),
            ("甲", "2", 0, "S1", False),
            (None, "1", 0, "S1", False),
            ("甲", None, 0, "S1", False),
            ("甲", "1", None, "S1", False),
        )
    )
    assert found["province", "44", ALL] == (5, pytest.approx(1.0), 1)
    assert found["national", "00", ALL] == found["province", "44", ALL]
    assert found["county", "440106", ALL] == (3, pytest.approx(1 / 6), 1)
    assert found["city", "440300", ALL] == (2, pytest.approx(1 / 6), 0)
    # Of the two without a number one pair: 1 × 6/12 × 4/12. Found are the rule's own pairs of the night: none were given.
    assert found["province", "44", WITHOUT_NUMBER] == (2, pytest.approx(1 / 6), 0)
    assert ("county", "440303", WITHOUT_NUMBER) not in found


def test_found_without_a_number_are_the_pairs_of_the_rule():
    tonight = "select 'county' as level, '440106' as code, 7 as found"
    found = counted(students_of(("甲", "1", 0, "S1", True), ("甲", "1", 0, "S1", True)), tonight)
    assert found["county", "440106", WITHOUT_NUMBER][2] == 7
    assert found["county", "440106", ALL][2] == 1


def test_a_pair_of_two_counties_is_the_units_and_no_countys():
    found = counted(students_of(("甲", "1", 0, "S1", False), ("甲", "1", 0, "S2", False)))
    assert (found["province", "44", ALL][2], found["county", "440106", ALL][2], found["city", "440300", ALL][2]) == (
        1,
        0,
        0,
    )


def test_a_school_nobody_knows_counts_for_the_unit_alone():
    found = counted(students_of(("甲", "1", 0, "S9", False), ("乙", "1", 0, "S9", False)))
    assert {level for level, _, _ in found} == {"province", "national"}


def draw(rng: np.random.Generator, size: int) -> pl.DataFrame:
    """Children of two sexes with names of their own, common and rare, dates uneven over a year, a third of them without a number."""
    names = rng.zipf(1.6, size) % 3000
    sexes = rng.integers(1, 3, size)
    days = (365 * rng.beta(2, 3, size)).astype(int)
    return pl.DataFrame(
        {
            "name": [
                f"名{name}男" if sex == 1 else f"名{name % 1500}女" for name, sex in zip(names, sexes, strict=True)
            ],
            "folded_name": pl.Series([None] * size, dtype=pl.String),
            "sex_code": sexes.astype(str).tolist(),
            "birth_date": [DAY + timedelta(int(day)) for day in days],
            "school_code": rng.choice(["S1", "S2"], size, p=[0.7, 0.3]).tolist(),
            "person_key": pl.Series(np.where(rng.random(size) < 1 / 3, 1, None).tolist(), dtype=pl.Int64),
        }
    )


def test_pairs_come_out_as_often_as_foreseen():
    """Over many nations of children who share nothing but by chance, found and expected agree within the error of their mean."""
    rng = np.random.default_rng(20261120)
    differences: dict[tuple, list[float]] = {}
    for _ in range(40):
        for region, (_, expected, found) in counted(draw(rng, 800)).items():
            if region[2] == ALL:  # of those without a number what is found comes from the rule
                differences.setdefault(region, []).append(found - expected)
    assert len(differences) == 6
    for region, values in differences.items():
        error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert abs(np.mean(values)) < 4 * error, region


def test_found_lies_in_the_range_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    rows = [
        row
        for _ in range(30)
        for row in region_rows((*region, *values) for region, values in counted(draw(rng, 800)).items())
        if row["population"] == ALL
    ]
    within = [row["low"] <= row["found"] <= row["high"] for row in rows]
    assert np.mean(within) > 0.85


JUDGED = [
    # expected, found, pairs beyond chance, sentence
    (2.0, 1, 0.5, LIKELY),
    (0.1, 1, 0.9, POSSIBLE),
    (0.0001, 1, 0.5, UNLIKELY),
    (0.0, 1, 0.5, UNLIKELY),
    (0.0, 1, 0.0, UNLIKELY),
]


@pytest.mark.parametrize(("expected", "found", "beyond", "sentence"), JUDGED)
def test_a_group_is_judged_by_chance_beside_what_is_beyond_chance(expected, found, beyond, sentence):
    judged = group_chance(expected, found, beyond)
    assert judged.sentence == sentence
    assert 0 <= judged.chance <= 1


def test_more_pairs_of_a_name_are_less_likely_chance():
    assert group_chance(0.1, 3, 0.5).unlikely > group_chance(0.1, 1, 0.5).unlikely > group_chance(1.0, 1, 0.5).unlikely


def test_sentences_say_how_many_have_the_name():
    assert group_sentence(LIKELY, 212) == "本省同名同性别学生212人，出生日期相同属偶然的可能较大，请先核对监护人信息"
    assert group_sentence(UNLIKELY, 2) == "本省同名同性别学生仅2人，出生日期偶然相同的可能极小"
    assert "仅" not in group_sentence(UNLIKELY, 1200)
