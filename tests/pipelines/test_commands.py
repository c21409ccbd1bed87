"""The command line as people and scripts use it: options, exit status, exports, exchange with the register's owner."""

import csv
import shutil

import fastexcel
import polars as pl
import pytest

from xueji.assets.lake_tables import LAKE_TABLES
from xueji.checks.tables import FINDING_COLUMNS
from xueji.pipelines.doctor import plain_name

CONTRACT = {  # design.md 3.3: these columns, in this order; more may follow
    "findings": "as_of, problem_type, rule_id, reason, severity, unit_code, school_code, student_no, name, id_number, "
    "group_key, scope, detail",
    "cases": "case_no, problem_type, state, unit_code, county_code, school_code, student_no, name, id_number, group_key, scope, "
    "first_seen, last_seen, due_date, disposition, closed_on, reasons",
    "case_events": "case_no, at, event, from_state, to_state, actor_level, source, note",
    "deliveries": "date, unit_code, kind, file, sha256, rows_delivered, rows_accepted, rows_quarantined, verdict, reason",
    "quarantine": "date, unit_code, file, row, column, value, reason, raw",
    "progress": "month, level, code, name, indicator, value",
}


@pytest.mark.parametrize("table", CONTRACT)
def test_tables_have_the_contract_columns_first(table):
    columns = CONTRACT[table].split(", ")
    assert list(LAKE_TABLES[table].columns)[: len(columns)] == columns


@pytest.mark.parametrize("arguments", [[], ["run"], ["nothing"], ["run", "x", "--date", "2026-13-01"], ["bulletin", "2026"],
                                       ["sample", "x", "--students", "0", "--seed", "1"], ["run", "x", "--engine", "pandas"]],
                         ids=lambda arguments: "_".join(arguments) or "none")  # fmt: skip
def test_wrong_usage_is_status_2(nights, tmp_path, arguments):
    assert "usage" in nights.xueji(*arguments, home=tmp_path, expected=2).err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["run", "{tmp}/none"], "no such folder"),
        (["run", "{landing}", "--date", "2001-01-01"], "no delivery date not after 2001-01-01"),
        (["run", "{landing}", "--units", "44,99"], "units 99: no such unit"),
        (["export", "nothing", "{tmp}/x.csv"], "no such table"),
        (["export", "findings", "{tmp}/x.doc"], "expected .csv, .parquet or .xlsx"),
        (["bulletin", "2001-01"], "no figures"),
        (["sample", "{tmp}/s", "--students", "100", "--seed", "1", "--rate", "nothing=0.1"], "expected NAME=SHARE"),
        (["sample", "{tmp}/s", "--students", "1200", "--seed", "1", "--campaign", "12"], "expected --home too"),
        (["forms", "--school", "2144000001"], "no such school in the school table"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_an_operator_can_mend_is_one_line_and_status_1(nights, tmp_path, arguments, word):
    filled = [argument.format(tmp=tmp_path, landing=nights.landing) for argument in arguments]
    failed = nights.xueji(*filled, home=tmp_path / "home", expected=1)
    assert word in failed.err and "Traceback" not in failed.err


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_export_gives_the_same_rows_in_every_format(nights, home, tmp_path, ending):
    file = tmp_path / f"findings.{ending}"
    nights.xueji("export", "findings", file, "--unit", "44", home=home)
    frame = {
        "csv": lambda: pl.read_csv(file, infer_schema=False),
        "parquet": lambda: pl.read_parquet(file),
        "xlsx": lambda: fastexcel.read_excel(file).load_sheet(0, dtypes="string").to_polars(),
    }[ending]()
    assert frame.columns == list(FINDING_COLUMNS)
    assert set(frame["unit_code"]) == {"44"}
    with_number = frame.filter(pl.col("id_number").is_not_null())
    assert with_number.height > 0 and with_number["id_number"].str.len_chars().max() >= 18
    nights.xueji("export", "findings", tmp_path / "again.parquet", "--unit", "44", home=home)
    assert frame.height == pl.read_parquet(tmp_path / "again.parquet").height


def test_identity_exchange_answers_take_the_register_s_place(nights, tmp_path):
    """Without a register, pairs are asked for; answers that land on a later date decide; answered pairs are asked no more."""
    landing = tmp_path / "landing"
    shutil.copytree(nights.landing / nights.first, landing / nights.first)
    shutil.rmtree(landing / nights.first / "population")
    home = tmp_path / "home"
    nights.xueji("run", landing, home=home)
    nights.xueji("export", "findings", tmp_path / "before.parquet", home=home)
    rules = set(pl.read_parquet(tmp_path / "before.parquet")["rule_id"])
    assert not rules & {"id_not_found", "id_name_mismatch"}

    nights.xueji("identity", "request", tmp_path / "pairs.csv", home=home)
    pairs = pl.read_csv(tmp_path / "pairs.csv", infer_schema=False)
    assert pairs.columns == ["身份证件号", "姓名"] and pairs.height > 500
    answers = (
        pairs.head(300)
        .with_row_index()
        .with_columns(pl.col("index").replace_strict({0: "不存在", 1: "姓名不匹配"}, default="一致").alias("比对结果"))
    )
    shutil.copytree(landing / nights.first, landing / nights.last)
    (landing / nights.last / "population").mkdir()
    answers.drop("index").write_csv(landing / nights.last / "population" / "answers.csv")
    nights.xueji("run", landing, home=home)
    nights.xueji("export", "findings", tmp_path / "after.csv", home=home)
    with (tmp_path / "after.csv").open(encoding="utf-8", newline="") as stream:
        found = {(row["rule_id"], row["reason"], row["id_number"]) for row in csv.DictReader(stream)}
    assert ("id_not_found", "", pairs["身份证件号"][0]) in found
    assert ("id_name_mismatch", "answered", pairs["身份证件号"][1]) in found
    nights.xueji("identity", "request", tmp_path / "rest.csv", home=home)
    rest = pl.read_csv(tmp_path / "rest.csv", infer_schema=False)
    assert rest.height == pairs.height - 300


def test_one_unit_alone(nights, tmp_path):
    """A late unit is run alone; the nation's steps follow with what is there."""
    home = tmp_path / "home"
    nights.xueji("run", nights.landing, "--date", nights.first, "--units", "44,51", home=home)
    nights.xueji("export", "deliveries", tmp_path / "deliveries.parquet", home=home)
    frame = pl.read_parquet(tmp_path / "deliveries.parquet").filter(pl.col("kind") == "students")
    assert set(frame["unit_code"]) == {"44", "51"}
    nights.xueji("run", nights.landing, "--date", nights.first, "--units", "11", home=home)
    nights.xueji("export", "deliveries", tmp_path / "deliveries.parquet", home=home)
    frame = pl.read_parquet(tmp_path / "deliveries.parquet").filter(pl.col("kind") == "students")
    assert set(frame["unit_code"]) == {"11", "44", "51"}


def test_no_form_is_printed_without_a_round(nights, home):
    refused = nights.xueji("forms", "--unit", "44", "--date", nights.last, home=home, expected=1)
    assert "no round has begun there" in refused.err
    assert not (home / "forms").exists() or not list((home / "forms").rglob("*.pdf"))


def test_a_missing_unit_and_a_missing_school_table(nights, tmp_path):
    landing = tmp_path / "landing"
    shutil.copytree(nights.landing / nights.first, landing / nights.first)
    shutil.rmtree(landing / nights.first / "54")
    (landing / nights.first / "schools.csv").rename(tmp_path / "schools.csv")
    refused = nights.xueji("run", landing, home=tmp_path / "home", expected=1)
    assert "schools.csv" in refused.err and "expected a school table" in refused.err
    shutil.copy(tmp_path / "schools.csv", landing / nights.first / "schools.csv")
    done = nights.xueji("run", landing, home=tmp_path / "home", expected=0)
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("54 ")] == ["missing"]


def test_doctor_finds_this_machine_well(nights, tmp_path):
    """`make test` has installed all of it."""
    said = nights.xueji("doctor", home=tmp_path).out
    assert "MISSING" not in said
    for part in ("Python", "libraries", "Chinese font", "pango", "chromium", "Spark", "home", "disk"):
        assert f"ok      {part}: " in said


@pytest.mark.parametrize("spelling", ["Ruamel.Yaml", "ruamel-yaml", "ruamel_yaml"])
def test_doctor_knows_a_library_by_any_spelling(spelling):
    assert plain_name(spelling) == "ruamel-yaml"
