"""What a night publishes of a month: every area's bulletin, the facts behind them, again and again the same, and nothing false."""

import csv
import json
import re
import shutil
from datetime import date

import dagster as dg
import polars as pl
import pypdf
import pytest

from xueji.assets.bulletin_issues import Issue, note_issue
from xueji.assets.engine import Engine
from xueji.assets.report_bulletin import chosen_formats, render_month
from xueji.checks.model import XuejiError
from xueji.pipelines.definitions import build_definitions
from xueji.pipelines.jobs import BULLETIN_JOB
from xueji.pipelines.settings import Settings
from xueji.reports import indicators as ind


def query(home, sql):
    with Engine(home=str(home)).session() as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def month(nights):
    return nights.last[:7]


@pytest.fixture(scope="module")
def facts(home, month):
    return pl.read_parquet(home / "bulletins" / month / "facts.parquet")


def test_every_area_has_its_bulletin(home, month):
    areas = query(
        home,
        f"select distinct level, code from progress where month = '{month}' and level <> 'school' and code not like '__0000'",
    )
    assert {level for level, _ in areas} == {"national", "province", "city", "county"}
    expected = {
        f"{level}-{code}.{ending}"
        for level, code in areas
        for ending in ("html", "xlsx", *(["pdf"] if level == "national" else []))
    }
    made = {file.name for file in (home / "bulletins" / month).iterdir()}
    assert made == expected | {"facts.csv", "facts.parquet", "dictionary.csv"}


def test_sums_hold_at_every_level(home, month):
    below, above = (
        dict(query(home, f"select code, value from progress where month = '{month}' and indicator = 'pending_total' and level in {levels}"))
        for levels in ("('city', 'county')", "('province')")
    )  # fmt: skip
    parents = dict(query(home, f"select distinct code, parent_code from progress where month = '{month}'"))
    sums = dict.fromkeys(above, 0)
    for code, value in below.items():
        if parents[code] in sums:
            sums[parents[code]] += value
    assert sums == above


def test_published_facts_are_the_figures_without_those_withheld(home, month, facts):
    kept = query(
        home,
        f"""select level, code, indicator, value, mark from progress where month = '{month}' order by level, code, indicator""",
    )
    shown = {(row["level"], row["code"], row["indicator"]): row for row in facts.to_dicts()}
    assert len(shown) == len(kept)
    for level, code, indicator, value, mark in kept:
        row = shown[level, code, indicator]
        assert row["mark"] == mark
        assert row["value"] == (None if mark or value is None else pytest.approx(value, abs=1e-6))
    assert facts.filter(pl.col("mark").is_not_null()).height > 100
    small = facts.filter(pl.col("indicator").is_in(ind.PROBLEMS) & pl.col("value").is_between(1, 4))
    assert small.height == 0


def test_progress_of_a_unit_is_exported_with_all_that_lies_in_it(nights, home, month, facts, tmp_path):
    file = tmp_path / "progress.parquet"
    nights.xueji("export", "progress", file, "--unit", "44", home=home)
    exported = pl.read_parquet(file).filter(pl.col("month") == month)
    assert set(exported["level"]) == {"province", "city", "county", "school"}
    assert set(exported.filter(pl.col("level") == "school")["code"].str.slice(2, 2)) == {"44"}
    assert set(exported["code"]) <= set(facts["code"])
    assert exported["versions"].str.contains("cases ").any()


def test_facts_as_text_are_those_in_parquet_but_for_schools(home, month, facts):
    folder = home / "bulletins" / month
    with (folder / "facts.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == facts.filter(pl.col("level") != "school").height
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as stream:
        explained = {row["name"] for row in csv.DictReader(stream)}
    assert set(facts["indicator"]) | set(rows[0]) <= explained


def test_the_site_shows_the_same_figures(home, month, facts):
    published = {
        (row["code"], row["indicator"]): row["mark"] or row["value"]
        for row in facts.filter(pl.col("level") != "school").to_dicts()
    }
    page = (home / "site" / "index.html").read_text(encoding="utf-8")
    names = re.findall(r'"name":"([a-z0-9_]+)","title"', page)
    checked = 0
    for file in (home / "site" / "data").glob("[0-9][0-9].js"):
        content = json.loads(
            re.fullmatch(r'xuejiData\("\d\d",(.*)\);', file.read_text(encoding="utf-8").strip(), re.DOTALL)[1]
        )
        for areas in content["figures"].get(month, {}).values():
            for code, row in areas.items():
                for name, shown in zip(names, row[1:], strict=True):
                    value = published.get((code, name))
                    assert shown == (
                        value if isinstance(value, str) or value is None else pytest.approx(value, abs=0.0051)
                    )
                    checked += 1
    assert checked > 1000


def test_the_nations_pdf_says_what_the_facts_say(home, month, facts):
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(home / "bulletins" / month / "national-00.pdf").pages
    )
    text = re.sub(r"\s+", "", text)
    nation = {row["indicator"]: row for row in facts.filter(pl.col("code") == "00").to_dicts()}
    for indicator in (
        ind.PENDING_REPORTED,
        ind.CASES_OPENING,
        ind.CASES_NEW,
        ind.CASES_CLOSED,
        ind.SCHOOLS,
        ind.STUDENTS,
    ):
        row = nation[indicator]
        assert f"{row['value']:.0f}" in text if row["mark"] is None else row["mark"], indicator


def test_nation_and_units_are_printed_and_what_was_asked_for_once(tmp_path):
    (tmp_path / "county-350203.pdf").touch()
    printed = Settings.PRINTED["units"]
    assert chosen_formats(tmp_path, "national", "00", printed) == ("html", "pdf", "xlsx")
    assert chosen_formats(tmp_path, "province", "35", printed) == ("html", "pdf", "xlsx")
    assert chosen_formats(tmp_path, "province", "35", Settings.PRINTED["nation"]) == ("html", "xlsx")
    assert chosen_formats(tmp_path, "county", "350203", printed) == ("html", "pdf", "xlsx")
    assert chosen_formats(tmp_path, "county", "350205", printed) == ("html", "xlsx")


def test_an_issue_is_kept_and_a_county_has_its_pdf_on_demand(nights, home, month, tmp_path):
    again = tmp_path / "home"
    shutil.copytree(home, again)
    engine = Engine(home=str(again))
    county = query(
        home,
        f"select min(code) from progress where month = '{month}' and level = 'county' and code not like '__0000'",
    )[0][0]
    issued = ["--number", "县教发〔2026〕8号", "--issued", "2026-12-04", "--issuer", "某县教育局"]
    said = nights.xueji("bulletin", month, "--unit", county, *issued, home=again)
    pdf = again / "bulletins" / month / f"county-{county}.pdf"
    assert str(pdf) in said.out and pdf.is_file()
    render_month(engine, month, ("national",), county)  # without a word of the issue
    page = pdf.with_suffix(".html").read_text(encoding="utf-8")
    assert "县教发〔2026〕8号" in page and "2026年12月4日" in page and "某县教育局" in page
    with pytest.raises(XuejiError, match="expected a day not before its figures'"):
        note_issue(engine, month, county, Issue(None, date(2026, 1, 1), None))
    with pytest.raises(XuejiError, match="unit 999999: no such area"):
        render_month(engine, month, ("national",), "999999")


def test_a_false_sum_stops_the_build_and_is_named(nights, home, month, tmp_path, output_bytes, monkeypatch):
    """A case that the ledger's table calls open, and whose events say that it was closed."""
    again = tmp_path / "home"
    shutil.copytree(home, again)
    engine = Engine(home=str(again))
    figures = query(again, "select * from progress order by all")
    with engine.session() as connection:
        closed = connection.execute("select min(case_no) from cases where closed_on is not null").fetchall()[0][0]
        engine.replace_table(
            "cases",
            f"select * replace (case when case_no = '{closed}' then null else closed_on end as closed_on) from cases",
            connection,
        )
    monkeypatch.setenv("DAGSTER_HOME", str(again / "dagster"))
    definitions = build_definitions(Settings(again, nights.landing, 2, "4GB", "4GB", "nation"))
    with dg.DagsterInstance.get() as instance:
        job = definitions.resolve_job_def(
            BULLETIN_JOB
        )  # inside: Dagster may otherwise ask the instance of an earlier test
        result = job.execute_in_process(instance=instance, partition_key=month, raise_on_error=False)
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    word = str(failure.event_specific_data.error)
    assert (
        "cases_opening + cases_new + cases_reopened - cases_closed = pending_total" in word
        and f"({closed[2:4]})" in word
    )
    assert query(again, "select * from progress order by all") == figures
    assert output_bytes(again) == output_bytes(home)
