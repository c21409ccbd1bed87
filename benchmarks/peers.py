"""Peers beside bare DuckDB: the same work, over the same file, in the same run.

`make bench-peers` runs this in `.venv-bench`. Our side is the plain SQL below, not the product: engines are compared. Every
measurement has a process of its own, for its own peak memory. Peers are imported where they are used: the process that starts
the others must stay small, for they inherit its peak. DuckDB's own import, about 0.02 GiB, is in every process.
"""

import argparse
import os
import platform
import re
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

ROOT = Path(__file__).resolve().parent.parent
EARLIEST_BIRTH, NIGHT = "1990-01-01", "2026-11-20"
ROUNDS = 2
RECORD = ("record_no", "xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjh")  # what a finding or a link needs of a record
KEYS = {"number": ("sfzjh",), "name, sex and birth date": ("xm", "xbm", "csrq")}

# The row checks, by column. A blank cell breaks none but the first kind.
GIVEN = ("xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "nj", "bh")
FORMS = {
    "number": "^[0-9]{17}[0-9X]$", "xxbsm": "^[0-9]{10}$", "xjh": "^[GJL][0-9]{17}[0-9X]$", "xm": "^[㐀-鿿·]{2,50}$",
    "bh": "^[0-9]{7}$", "csrq": "^[0-9]{8}$", "gjdqm": "^[A-Z]{3}$", "rxny": "^(19|20)[0-9]{2}(0[1-9]|1[0-2])$",
}  # fmt: skip
LISTED = {
    "xbm": "1 2", "sfzjlxm": "1 2 3 4 5 6 7 8 9 A B C Z", "nj": "1 2 3 4 5 6 7 8 9 10 11 12", "hkxzm": "1 2", "jdfsm": "1 2",
    "jkzkm": "10 20 30 40 50", "rxfsm": "11 12 21 22 23 99", "gatqwm": "00 01 02 03 04 05 06 11 12 13 14 21 31 41 51 99",
    "mzm": " ".join(f"{nation:02d}" for nation in (*range(1, 58), 97, 98)),
    "province": "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83",
}  # fmt: skip
WEIGHTS, CHECK_CHARACTERS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_sum = " + ".join(f"body // {10 ** (16 - place)} % 10 * {weight}" for place, weight in enumerate(WEIGHTS))
# What no ready-made expectation says: SQL for a broken cell. `derived_columns` says the same in pandas.
DERIVED = {
    "number_given": "sfzjlxm = '1' and sfzjh is null",
    "check_right": f"substr(number, 18, 1) <> substr('{CHECK_CHARACTERS}', cast(({_sum}) % 11 + 1 as integer), 1)",
    "birth_possible": f"csrq is not null and coalesce(birth not between date '{EARLIEST_BIRTH}' and date '{NIGHT}', true)",
    "birth_agrees": "body is not null and birth is not null and substr(number, 7, 8) <> csrq",
    "sex_agrees": "body is not null and xbm in ('1', '2') and (body % 2 = 1) <> (xbm = '1')",
}
TYPED = f"""
    select *, case when regexp_matches(number, '{FORMS["number"]}') then cast(substr(number, 1, 17) as bigint) end as body,
        case when body is not null then substr(number, 1, 2) end as province,
        case when regexp_matches(csrq, '{FORMS["csrq"]}') then cast(try_strptime(csrq, '%Y%m%d') as date) end as birth
    from (select *, case when sfzjlxm = '1' then sfzjh end as number from students)
"""


class Outcome(NamedTuple):
    loading: float  # seconds; 0 where the file is read within `seconds`
    seconds: float
    found: tuple[int, ...]  # what both sides must agree on: counts, never a value


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def students_as(kind: str, file: Path, columns: str = "*") -> tuple[duckdb.DuckDBPyConnection, float]:
    """A DuckDB connection with `students`, a view of the file or a table loaded from it, and the seconds that took."""
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
    _, seconds = timed(lambda: connection.execute(f"create {kind} students as select {columns} from '{file}'"))
    return connection, 0 if kind == "view" else seconds


def prepare(landing: Path, file: Path) -> int:
    """Write the delivered students as one Parquet file, and the schools beside it. Returns the number of students."""
    deliveries = sorted((landing / NIGHT).glob("[0-9]*/students*.parquet"))
    # By position, not by name: one unit has headers of its own.
    union = " union all ".join(f"select * from '{path}'" for path in deliveries)
    schools = f"from read_csv('{landing / NIGHT / 'schools.csv'}', all_varchar = true)"
    duckdb.execute(f"copy ({schools}) to '{file.with_name('schools.parquet')}'")
    copy = f"copy (select row_number() over () as record_no, * from ({union})) to '{file}'"
    return duckdb.execute(copy).fetchall()[0][0]


def value_sets(file: Path) -> dict[str, list[str]]:
    """What the cells of a column may hold; of a school's code, what the schools beside the file have."""
    codes = duckdb.execute(f"""select "学校标识码" from '{file.with_name("schools.parquet")}'""").fetchall()
    return {column: values.split() for column, values in LISTED.items()} | {"xxbsm": [code for (code,) in codes]}


def duckdb_checks(file: Path, result_format: str) -> Outcome:
    """All checks in one pass over the file, with twenty examples of each, as Great Expectations gives in SUMMARY."""
    checks = [
        *((column, f"{column} is null") for column in GIVEN),
        *((column, f"not regexp_matches({column}, '{form}')") for column, form in FORMS.items()),
        *((column, f"{column} not in {tuple(values)}") for column, values in value_sets(file).items()),
        *(("sfzjh", broken) for broken in DERIVED.values()),
    ]
    counts = [f"count(*) filter (where {broken})" for _, broken in checks]
    examples = [f"(list({column}) filter (where {broken}))[:20]" for column, broken in checks]
    query = f"select {', '.join(counts + examples)} from ({TYPED})"
    connection, loading = students_as("view", file)
    row, seconds = timed(lambda: connection.execute(query).fetchall()[0])
    found = row[: len(checks)]
    return Outcome(loading, seconds, tuple(n == 0 for n in found) if result_format == "BOOLEAN_ONLY" else found)


def derived_columns(frame: Any) -> Any:
    """The pandas frame with `number`, `province` and the columns of `DERIVED`: true where right, null where not judged."""
    import numpy as np
    import pandas as pd

    number = frame["sfzjh"].where(frame["sfzjlxm"] == "1")
    sound = number.where(number.str.match(FORMS["number"]))
    births = frame["csrq"].where(frame["csrq"].str.match(FORMS["csrq"]))
    birth = pd.to_datetime(births, format="%Y%m%d", errors="coerce")
    is_man = sound.str[16].isin([*"13579"])
    body = sound.dropna().str[:17].astype("int64").to_numpy()
    remainder = sum(body // 10 ** (16 - place) % 10 * weight for place, weight in enumerate(WEIGHTS)) % 11
    check_character = pd.Series(np.array([*CHECK_CHARACTERS])[remainder], sound.dropna().index).reindex(sound.index)
    judged = {
        "number_given": (frame["sfzjh"].notna(), frame["sfzjlxm"] == "1"),
        "check_right": (sound.str[17] == check_character, sound.notna()),
        "birth_possible": (birth.between(EARLIEST_BIRTH, NIGHT), frame["csrq"].notna()),
        "birth_agrees": (sound.str[6:14] == frame["csrq"], sound.notna() & birth.notna()),
        "sex_agrees": (is_man == (frame["xbm"] == "1"), sound.notna() & frame["xbm"].isin(["1", "2"])),
    }
    columns = {name: right.astype("boolean").where(where) for name, (right, where) in judged.items()}
    return frame.assign(number=number, province=sound.str[:2], **columns)


def gx_checks(file: Path, result_format: str) -> Outcome:
    """The same checks as expectations over a pandas frame; deriving columns counts as checking."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    whole = context.data_sources.add_pandas("pd").add_dataframe_asset("all").add_batch_definition_whole_dataframe("all")
    lists = value_sets(file) | {column: [True] for column in DERIVED}
    asked = [
        *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in GIVEN),
        *(gxe.ExpectColumnValuesToMatchRegex(column=column, regex=form) for column, form in FORMS.items()),
        *(gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values) for column, values in lists.items()),
    ]
    suite = gx.ExpectationSuite(name="all", expectations=asked)
    frame, loading = timed(lambda: pd.read_parquet(file))
    validated, seconds = timed(
        lambda: whole.get_batch({"dataframe": derived_columns(frame)}).validate(suite, result_format=result_format)
    )
    # Results come in an order of their own.
    results = {(one.expectation_config.type, one.expectation_config.kwargs["column"]): one for one in validated.results}
    field = (lambda one: one.success) if result_format == "BOOLEAN_ONLY" else lambda one: one.result["unexpected_count"]
    return Outcome(loading, seconds, tuple(field(results[one.expectation_type, one.column]) for one in asked))


def pandas_duplicates(file: Path) -> Outcome:
    """Records whose number occurs more than once, with the number of parties."""
    import pandas as pd

    frame, loading = timed(lambda: pd.read_parquet(file, columns=list(RECORD)))

    def duplicates() -> Any:
        parties = frame[frame["sfzjh"].notna() & frame["sfzjh"].duplicated(keep=False)]
        return parties.assign(parties=parties.groupby("sfzjh")["record_no"].transform("size"))

    parties, seconds = timed(duplicates)
    return Outcome(loading, seconds, (len(parties), parties["sfzjh"].nunique()))


def duckdb_links(file: Path, key: tuple[str, ...], what: str) -> Outcome:
    """Every two records equal in `key`; or every record that is not alone with it, with the number of parties."""
    listed, given = ", ".join(key), " and ".join(f"{column} is not null" for column in key)
    told = ", ".join(f"l.{name} as {name}_l, r.{name} as {name}_r" for name in ("record_no", "xxbsm", "xjh", *key))
    pairs = f"select {told} from students as l join students as r using ({listed}) where l.record_no < r.record_no"
    groups = f"""
        with hits as (select {listed} from students where {given} group by {listed} having count(*) > 1)
        select students.*, count(*) over (partition by {listed}) as parties from students semi join hits using ({listed})
    """
    connection, loading = students_as("table", file, ", ".join(RECORD))
    _, seconds = timed(lambda: connection.execute(f"create table found as {groups if what == 'groups' else pairs}"))
    count = f"count(*), count(distinct ({listed}))" if what == "groups" else "count(*)"
    return Outcome(loading, seconds, connection.execute(f"select {count} from found").fetchall()[0])


def splink_links(file: Path, key: tuple[str, ...], what: str) -> Outcome:
    """Deterministic linkage as Splink documents it: blocking rules strict enough to be the match. Pairs, or clusters."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection, loading = students_as("table", file, ", ".join(RECORD))
    settings = SettingsCreator("dedupe_only", blocking_rules_to_generate_predictions=[block_on(*key)],
        unique_id_column_name="record_no", additional_columns_to_retain=["xxbsm", "xjh"])  # fmt: skip

    def link() -> Any:
        linker = Linker(DuckDBAPI(connection=connection).register("students"), settings, log_level="WARNING")
        pairs = linker.inference.deterministic_link()
        return linker.clustering.cluster_pairwise_predictions_at_threshold(pairs) if what == "groups" else pairs

    table, seconds = timed(link)
    count = f"select count(*) as n from {table.physical_name}"
    if what == "groups":
        count = f"select cast(coalesce(sum(n), 0) as bigint), count(*) from ({count} group by cluster_id having n > 1)"
    return Outcome(loading, seconds, connection.execute(count).fetchall()[0])


def in_own_process(work: Callable[..., Any], *arguments: object) -> tuple[Any, float]:
    """What `work` returns, and the peak memory of its process in GiB."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        returned, usage = pool.submit(work, *arguments).result(), pool.submit(resource.getrusage, resource.RUSAGE_SELF)
        return returned, usage.result().ru_maxrss / 1024**2


def compare(work: str, rows: int, peer_name: str, *sides: Callable[[], Outcome]) -> str:
    """A line of the table, peer first: the least seconds and the most memory of all rounds. Both sides must find the same."""
    rounds = [[in_own_process(side) for side in sides] for _ in range(ROUNDS)]
    found = {outcome.found for pair in rounds for outcome, _ in pair}
    assert len(found) == 1, f"{work}, {rows} rows: counts differ: {found}"
    cells, totals = [], []
    for side in zip(*rounds, strict=True):
        best, peak = min((outcome for outcome, _ in side), key=lambda one: one.seconds), max(peak for _, peak in side)
        cells += [f"{best.loading:.2f}" if best.loading else "–", f"{best.seconds:.2f}", f"{peak:.2f}"]
        totals.append((best.seconds, best.loading + best.seconds))
    ratios = [f"{peer / bare:.1f}" for peer, bare in zip(*totals, strict=True)]
    return f"| {' | '.join([work, f'{rows:,}', peer_name, *cells, *ratios])} |"


def students_file(work: Path, rows: int) -> Path:
    """The input of that many students, written anew from their sample, which is made where there is none."""
    landing, file = work.parent / f"landing-{rows}", work / str(rows) / "students.parquet"
    if not (landing / "truth.parquet").exists():
        options = ["--students", str(rows), "--seed", "2015", "--date", NIGHT, "--format", "parquet"]
        subprocess.run([ROOT / ".venv" / "bin" / "xueji", "sample", landing, *options], check=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    assert in_own_process(prepare, landing, file)[0] == rows, f"{landing}: expected {rows} students"
    return file


def comparisons(files: dict[int, Path], gx: int, pandas: int, splink: list[int]) -> Iterator[str]:
    """A line for each, given how many rows each peer gets."""
    for result_format in ("BOOLEAN_ONLY", "SUMMARY"):
        sides = (partial(checks, files[gx], result_format) for checks in (gx_checks, duckdb_checks))
        yield compare(f"row checks, {result_format}", gx, "Great Expectations", *sides)
    bare = partial(duckdb_links, files[pandas], KEYS["number"], "groups")
    yield compare("duplicates of numbers", pandas, "pandas", partial(pandas_duplicates, files[pandas]), bare)
    for rows, (name, key), what in product(splink, KEYS.items(), ("pairs", "groups")):
        bare = partial(duckdb_links, files[rows], key, what)
        yield compare(f"{what} equal in {name}", rows, "Splink", partial(splink_links, files[rows], key, what), bare)


def section(table: str) -> str:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30} GiB"
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "great-expectations", "pandas", "splink"))
    return f"""## Peers

{machine}; Python {platform.python_version()}, {versions}; {time.strftime("%Y-%m-%d")}.
Same file, same run, a process for each measurement, least of {ROUNDS} rounds in turn; both sides found the same counts.
Bare DuckDB is plain SQL, not the product; –: the file is read within the seconds. Imports are in no seconds, but in the peak.
Row checks: {len(GIVEN) + len(FORMS) + len(LISTED) + 1 + len(DERIVED)}, over the text as delivered. Ratios: peer / DuckDB.

| work | rows | peer | loading, s | s | peak, GiB | DuckDB: loading, s | s | peak, GiB | ratio of s | with loading |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{table}
"""


def with_section(page: str, text: str) -> str:
    """The page with its section Peers replaced, or added at the end."""
    parts = re.split(r"^## Peers\n.*?(?=^## |\Z)", page, maxsplit=1, flags=re.DOTALL | re.MULTILINE)
    return "\n\n".join(part.strip() for part in (parts[0], text, *parts[1:]) if part.strip()) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench" / "peers")
    parser.add_argument("--rows-gx", type=int, default=1_000_000)
    parser.add_argument("--rows-pandas", type=int, default=2_000_000)
    parser.add_argument("--rows-splink", default="1000000,5000000")
    parser.add_argument("--page", type=Path, help="replace the section Peers of this page, too")
    options = parser.parse_args()
    gx, pandas, splink = options.rows_gx, options.rows_pandas, [int(rows) for rows in options.rows_splink.split(",")]
    files = {rows: students_file(options.work.resolve(), rows) for rows in sorted({gx, pandas, *splink})}
    text = section("\n".join(comparisons(files, gx, pandas, splink)))
    if options.page:
        options.page.write_text(with_section(options.page.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
