"""Suspected duplicates beside Splink, over the same registrations, in one run.

`make bench-suspects STUDENTS=1000000` makes a sample (or takes the one that stands), runs its night, and then both sides, each in a process of
its own: ours from the core tables, Splink from one Parquet file of what ours is given. Both are scored against the sample's truth; pairs that
the rules on duplicates report count on neither side. Larger sizes time ours alone. The process that starts the others stays small, for they inherit
its peak memory. Figures go where `suspects_page` says.
"""

import argparse
import json
import shutil
import subprocess
import time
from datetime import date
from pathlib import Path

import polars as pl
from night import COLD, run_night
from peers import in_own_process
from suspects_page import ALONE, BESIDE, DOCS, OURS, SPLINK, Figures, keep, put_into_page, section

from xueji.assets.changes import CORE
from xueji.assets.engine import Engine
from xueji.assets.suspect_candidates import update_suspect_candidates
from xueji.assets.suspected_duplicates import update_suspected_duplicates
from xueji.checks.name_characters import compound_surnames, readings
from xueji.checks.sql_text import literal
from xueji.checks.suspect_blocks import name_sounds_sql, number_links_sql
from xueji.checks.suspect_levels import compared_students_sql
from xueji.checks.suspect_model import suspect_model
from xueji.data_samples.generate import write_sample
from xueji.pipelines.scorecard_curve import Mark, at_best_f1, at_threshold, draw, precision_recall
from xueji.pipelines.scorecard_suspects import create_duplicate_pairs, create_true_pairs, scored_pairs

ROOT = Path(__file__).resolve().parent.parent
CURVE = DOCS / "suspected_duplicates_splink.png"
SEED = 2015  # the model in use was trained on another
LARGEST_COMPARED = 5_000_000  # beyond that ours is timed alone
SPLINK_THRESHOLD = 0.95
OUR_TABLES = ("suspect_candidates", "suspect_pairs", "suspect_groups", "findings_suspected_duplicate")


def write_landing(landing: Path, students: int) -> None:
    write_sample(landing, students, seed=SEED, last_date=date.fromisoformat(COLD), delivery_format="parquet")


def prepare(work: Path, students: int) -> tuple[Path, Path]:
    """The landing folder, as it stands from an earlier run, and a HOME with the night's tables."""
    landing, home = work / f"landing-{students}", work / f"home-{students}"
    if not (landing / "truth_suspects.parquet").exists():
        in_own_process(write_landing, landing, students)
    shutil.rmtree(home, ignore_errors=True)
    run_night(landing, home, COLD)
    return landing, home


def time_ours(home: Path) -> Figures:
    """Pairs, comparison, weights, groups and findings from the core tables, as if for the first time."""
    engine = Engine(home=str(home))
    for name in OUR_TABLES:
        shutil.rmtree(engine.table_path(name), ignore_errors=True)
    start = time.perf_counter()
    compared = update_suspect_candidates(engine)
    paired = time.perf_counter()
    update_suspected_duplicates(engine, COLD)
    seconds = {"pairs and levels": paired - start, "weights and groups": time.perf_counter() - paired}
    return {"seconds": seconds, "compared": compared}


def run_ours(home: Path) -> Figures:
    figures, gib = in_own_process(time_ours, home)
    return {**figures, "gib": gib}


def write_registrations(home: Path, file: Path) -> None:
    """One row a registration, with what the rule is given of it: numbers that it points to are in `numbers`, its own among them."""
    with Engine(home=str(home)).session() as connection:
        connection.execute(f"create temp table name_sounds as {name_sounds_sql()}")
        connection.execute(f"create temp table number_links as {number_links_sql(CORE)}")
        connection.execute(f"create temp table compared as {compared_students_sql(f'(select * from {CORE})')}")
        names = connection.sql("select distinct name_folded from compared where name_folded is not null").pl()
        connection.register("spelt", spelt(names["name_folded"]).to_arrow())
        connection.execute(
            f"""
            copy (
                select row_number() over (order by core.unit_code, core.record_key) as record, core.unit_code, core.record_key,
                    compared.school_code, compared.county_code, schools.city_code, compared.household_division,
                    compared.name_folded as name, spelt.surname, spelt.given_name, spelt.pinyin, compared.sound, compared.sex_code as sex,
                    compared.birth_date, core.grade, compared.id_number, compared.number_key, compared.standing,
                    list_distinct(list_concat(coalesce(links, []), [compared.id_key])) as numbers,
                    list_distinct([guardian_key, second_guardian_key]) as guardians, compared.phone_key
                from (select content_hash, any_value(unit_code) as unit_code, any_value(record_key) as record_key,
                    any_value(grade) as grade from {CORE} group by content_hash) as core
                join compared using (content_hash)
                left join spelt on spelt.name_folded = compared.name_folded
                left join core_schools as schools
                    on schools.school_code = compared.school_code and schools.unit_code = compared.unit_code
            ) to {literal(file)}
            """
        )


def spelt(names: pl.Series) -> pl.DataFrame:
    """Names with surname, given name and pinyin, tones aside."""
    common = {character: found[0].rstrip("012345") for character, found in readings().items() if found}

    def surname(name: str) -> str:
        return name[:2] if name[:2] in compound_surnames() else name[:1]

    rows = [
        (name, surname(name), name[len(surname(name)) :], " ".join(common.get(one, one) for one in name))
        for name in names
    ]
    return pl.DataFrame(rows, schema=["name_folded", "surname", "given_name", "pinyin"], orient="row")


def run_splink(file: Path, pairs: Path) -> Figures:
    """Splink in its own environment; its pairs go to `pairs`."""
    command = [ROOT / ".venv-bench" / "bin" / "python", ROOT / "benchmarks" / "splink_suspects.py", file, pairs]
    printed = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    found: Figures = json.loads(printed.strip().splitlines()[-1])
    return found


def score_sides(landing: Path, home: Path, file: Path, pairs: Path) -> tuple[int, dict[str, pl.DataFrame]]:
    """How many true pairs there are, and the curve of either side."""
    with Engine(home=str(home)).session() as connection:
        create_duplicate_pairs(connection)
        true_pairs = create_true_pairs(connection, landing / "truth_suspects.parquet", COLD)
        connection.execute(
            f"""
            create temp table splink_pairs as
            select l.unit_code as l_unit_code, l.record_key as l_record_key, r.unit_code as r_unit_code, r.record_key as r_record_key, probability
            from read_parquet({literal(pairs)}) as pairs
            join read_parquet({literal(file)}) as l on l.record = l_record
            join read_parquet({literal(file)}) as r on r.record = r_record
            """
        )
        scored = {OURS: scored_pairs(connection), SPLINK: scored_pairs(connection, "splink_pairs")}
    return true_pairs, {name: precision_recall(frame, true_pairs) for name, frame in scored.items()}


def compare(work: Path, students: int) -> Figures:
    """Both sides' figures."""
    landing, home = prepare(work, students)
    file, pairs = work / "registrations.parquet", work / "splink_pairs.parquet"
    in_own_process(write_registrations, home, file)
    sides = {OURS: run_ours(home), SPLINK: run_splink(file, pairs)}
    (true_pairs, curves), _ = in_own_process(score_sides, landing, home, file, pairs)
    thresholds = {OURS: suspect_model().threshold, SPLINK: SPLINK_THRESHOLD}
    for name, curve in curves.items():
        sides[name]["used"] = {**(at_threshold(curve, thresholds[name]) or {}), "threshold": thresholds[name]}
        sides[name]["best"] = at_best_f1(curve)
    marks = [
        Mark(name, side["used"]["precision"], side["used"]["recall"], f"{name}, {thresholds[name]:.2f}")
        for name, side in sides.items()
    ]
    draw(curves, marks, CURVE)
    return {"students": students, "date": time.strftime("%Y-%m-%d"), "true_pairs": true_pairs, "sides": sides}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", default="1000000", help="sizes, separated by commas")
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench" / "suspects")
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    for students in (int(size) for size in options.students.split(",")):
        if students <= LARGEST_COMPARED:
            kept = keep(BESIDE, compare(work, students))
        else:
            _, home = prepare(work, students)
            kept = keep(f"{ALONE} {students}", {"students": students, **run_ours(home)})
        put_into_page(section(kept, CURVE))
        print(section(kept, CURVE))


if __name__ == "__main__":
    main()
