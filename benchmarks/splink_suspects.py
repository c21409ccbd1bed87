"""Splink over a file of registrations, as its documentation advises: the peer of `benchmarks/suspects.py`, which starts it.

    .venv-bench/bin/python benchmarks/splink_suspects.py registrations.parquet pairs.parquet [model.json]

Writes the pairs scored and prints, as JSON, seconds of each step, pairs compared and peak memory. The file holds what the rule itself is given;
blocking, comparisons and training are Splink's own: u by random sampling, m by expectation-maximisation over three blockings, the prior by
deterministic rules, names weighed by their frequency.
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEAST_KEPT = 0.001  # probability from which on pairs are kept for the curve
SAMPLED = 1e7  # pairs of strangers for u
# Not more than twins and siblings: the register holds each of the two under a number of its own.
NOT_BOTH_CONFIRMED = "not (l.standing = 'confirmed' and r.standing = 'confirmed')"
# Duplicates already, by the rules on numbers: they would teach that one child has one number.
NO_DUPLICATE = "coalesce(l.number_key <> r.number_key, true)"

BLOCKS = [
    block_on("sound", "birth_date"),
    block_on("sound", "sex", "county_code"),
    block_on("sound", "sex", "household_division"),
    f"l.birth_date = r.birth_date and l.sex = r.sex and l.county_code = r.county_code and {NOT_BOTH_CONFIRMED}",
    f"l.birth_date = r.birth_date and l.sex = r.sex and l.household_division = r.household_division and {NOT_BOTH_CONFIRMED}",
    f"l.phone_key = r.phone_key and {NOT_BOTH_CONFIRMED}",
    {
        "blocking_rule": f"l.guardians = r.guardians and {NOT_BOTH_CONFIRMED}",
        "arrays_to_explode": ["guardians"],
        "sql_dialect": "duckdb",
    },
    block_on("numbers", arrays_to_explode=["numbers"]),
]
CERTAIN = [
    f"l.name = r.name and l.birth_date = r.birth_date and l.sex = r.sex and {condition} and {NO_DUPLICATE}"
    for condition in ("l.phone_key = r.phone_key", "l.household_division = r.household_division")
]
CERTAIN_RECALL = 0.4  # of the certain rules: a guess, as the documentation has it made
TRAINING = [
    f"l.sound = r.sound and l.birth_date = r.birth_date and {NO_DUPLICATE}",
    f"l.name = r.name and l.phone_key = r.phone_key and {NOT_BOTH_CONFIRMED} and {NO_DUPLICATE}",
    f"l.phone_key = r.phone_key and l.birth_date = r.birth_date and {NOT_BOTH_CONFIRMED} and {NO_DUPLICATE}",
]


def name_comparison() -> cl.CustomComparison:
    """Chinese names are two or three characters long: one of them changed, sound apart, is what a distance can tell."""
    return cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.ExactMatchLevel("sound", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("pinyin", 0.92),
            cll.DamerauLevenshteinLevel("name", 1),
            # Told, not learned: twins of whom one has no number would teach that one child has two given names. Of the values tried,
            # those that serve Splink best.
            cll.ExactMatchLevel("given_name").configure(m_probability=0.03, fix_m_probability=True),
            cll.ExactMatchLevel("surname").configure(m_probability=0.005, fix_m_probability=True),
            cll.ElseLevel().configure(m_probability=0.003, fix_m_probability=True),
        ],
    )


def home_comparison() -> cl.CustomComparison:
    """Family, household and school in one: where brothers and sisters share the one they share the others, which three comparisons would
    count three times.
    """
    guardians, phone = cll.ArrayIntersectLevel("guardians", 1), cll.ExactMatchLevel("phone_key")
    household, school = cll.ExactMatchLevel("household_division"), cll.ExactMatchLevel("school_code")
    county = cll.ExactMatchLevel("county_code")
    return cl.CustomComparison(
        output_column_name="home",
        comparison_levels=[
            guardians,
            phone,
            cll.And(school, household),
            cll.And(county, household),
            household,
            cll.ElseLevel(),
        ],
    )


def number_comparison() -> cl.CustomComparison:
    """Numbers that either registration points to, and what the register says of both."""
    confirmed = "(standing_l = 'confirmed' or standing_r = 'confirmed')"
    one = [
        cll.CustomLevel(f"{confirmed} and (standing_l = '{other}' or standing_r = '{other}')")
        for other in ("unconfirmed", "none", "broken")
    ]
    return cl.CustomComparison(
        output_column_name="number",
        comparison_levels=[
            # Never seen in a random sample, so told instead.
            cll.ArrayIntersectLevel("numbers", 1).configure(u_probability=1e-7, fix_u_probability=True),
            cll.DamerauLevenshteinLevel("id_number", 1).configure(u_probability=1e-7, fix_u_probability=True),
            cll.CustomLevel("standing_l = 'confirmed' and standing_r = 'confirmed'"),
            *one,
            cll.ElseLevel(),
        ],
    )


def settings() -> SettingsCreator:
    birth = cl.DateOfBirthComparison(
        "birth_date", input_is_string=False, datetime_thresholds=[2], datetime_metrics=["month"]
    )
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=[
            name_comparison(),
            birth,
            cl.ExactMatch("sex"),
            home_comparison(),
            number_comparison(),
        ],
        blocking_rules_to_generate_predictions=BLOCKS,
        retain_matching_columns=False,
        max_iterations=15,  # with 25 the probability of what one child never shows may underflow, which Splink refuses
    )


def main(file: Path, out: Path, model: Path | None = None) -> None:
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    seconds: dict[str, float] = {}
    last = time.perf_counter()

    def done(step: str) -> None:
        nonlocal last
        now = time.perf_counter()
        seconds[step], last = now - last, now

    connection.execute(f"create table registrations as select * from read_parquet('{file}')")
    done("loading")
    linker = Linker(DuckDBAPI(connection=connection).register("registrations"), settings(), log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(CERTAIN, recall=CERTAIN_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED, seed=1)
    for rule in TRAINING:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    done("training")
    scored = linker.inference.predict(threshold_match_probability=0)
    done("predicting")
    pairs = scored.physical_name
    compared = connection.execute(f"select count(*) from {pairs}").fetchall()[0][0]
    connection.execute(
        f"""copy (
            select record_l as l_record, record_r as r_record, match_probability as probability
            from {pairs} where match_probability >= {LEAST_KEPT}
        ) to '{out}'"""
    )
    if model:
        linker.misc.save_model_to_json(str(model), overwrite=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": seconds, "compared": compared, "gib": peak}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
