"""A province's campaign from the first open window to the archive: every count at every level is right every day, every fault refused.

What is true is the player's own word (xueji.data_samples.campaign_truth), which asks no rule. Days are run through the functions that the
night's assets call, one on which everything comes by the real command.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.confirmation_forms import FormRequest, print_forms
from xueji.assets.core_students import update_core
from xueji.assets.engine import Engine
from xueji.assets.intake import record_intakes
from xueji.assets.landing_folder import Landing
from xueji.assets.national_inputs import take_in_population, take_in_schools
from xueji.assets.recheck import update_findings
from xueji.assets.unit_deliveries import take_in_units, write_raw
from xueji.assets.verification_night import STEPS
from xueji.data_samples.campaign import Campaign, CampaignSize, CampaignSummary, play_campaign
from xueji.data_samples.campaign_child import COUNTS
from xueji.data_samples.campaign_faults import RULES
from xueji.data_samples.campaign_truth import Truth, compare
from xueji.pipelines.night_summary import print_summary
from xueji.reports import verification_indicators

SIZE = CampaignSize(students=1_200, days=12, fault_every=12, most_pictures=30)
KEY = b"a key for tests and for nothing else"


@dataclass
class Province:
    """A campaign, the home its nights are run in, and where the two differ."""

    campaign: Campaign
    landing: Path
    home: Path
    summary: CampaignSummary | None = None
    differences: list[str] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.home), threads=2)

    def rows(self, query: str) -> pl.DataFrame:
        with self.engine.session() as connection:
            return connection.sql(query).pl()

    def run_night(self, day: date) -> None:
        """What a night does for verification; on days on which the registry comes, the records and findings before it."""
        engine, landing, night = self.engine, Landing(path=str(self.landing)), day.isoformat()
        unit = self.campaign.size.unit
        if (landing.unit_folder(night, unit) / "students.parquet").exists():
            take_in_registry(engine, landing, night, unit)
        for step in STEPS:
            step.work(engine, landing, night)

    def print_forms(self, day: date, again: Sequence[str]) -> None:
        print_forms(self.engine, KEY, day, FormRequest(unit=self.campaign.size.unit, reissue=tuple(again)))

    def compare(self, day: date) -> None:
        self.differences += compare(self.campaign.truth, self.rows, day)


def take_in_registry(engine: Engine, landing: Landing, night: str, unit: str) -> None:
    """From delivered students to findings."""
    deliveries = take_in_units(engine, landing, night, [unit])
    write_raw(engine, night, [delivery for delivery in deliveries if delivery.intake.verdict == "accepted"])
    with engine.session() as connection:
        record_intakes(engine, connection, night, "students", [delivery.intake for delivery in deliveries])
    update_core(engine, [unit])
    take_in_schools(engine, landing, night)
    take_in_population(engine, night, landing.folder(night) / "population")
    update_findings(engine, night)


@pytest.fixture(scope="module")
def province(nights, tmp_path_factory) -> Province:
    """A campaign played to its end."""
    root = tmp_path_factory.mktemp("campaign")
    played = Province(Campaign(SIZE), root / "landing", root / "home")
    by_command = played.campaign.days.dates[played.campaign.days.registry_days[0]]

    def run_night(day: date) -> None:
        if day == by_command:
            nights.xueji("run", played.landing, "--date", day, home=played.home)
        else:
            played.run_night(day)

    def print_forms(day: date, again: Sequence[str]) -> None:
        if day == played.campaign.days.dates[0]:
            nights.xueji("forms", "--unit", SIZE.unit, "--date", day, home=played.home)
        else:
            played.print_forms(day, again)

    played.summary = play_campaign(played.campaign, played.landing, played.home, run_night, print_forms, played.compare)
    return played


def test_every_count_of_every_place_is_right_every_day(province):
    assert province.campaign.surprises == []
    assert province.differences == []


def test_the_campaign_went_all_the_way(province):
    last = province.rows(
        f"""
        select indicator, cast(value as bigint) as value from verification_progress
        where "date" = date '{province.campaign.days.dates[-1]}' and level = 'national'
        """
    )
    value = dict(last.iter_rows())
    assert value["forms_due"] > 1_000
    assert value["forms_archived"] > 0.7 * value["forms_due"]
    assert 0 < value["forms_excluded"] < 0.02 * value["forms_students"]
    assert value["form_items_sent_back"] > 10
    assert value["forms_right_first_time"] < value["forms_audited"]


def test_every_fault_was_planted(province):
    planted = {str(fault) for *_, fault, _ in province.campaign.truth.refused}
    assert planted == set(RULES)


def test_levels_of_authority_are_all_there(province):
    audited = province.rows(
        "select audit_level, count(*) as items from form_changes where state = 'passed' group by audit_level"
    )
    assert set(audited["audit_level"]) == {"school", "county", "city", "province"}


def test_the_command_says_how_far_the_round_is(province, capsys):
    print_summary(province.home, province.campaign.days.dates[-1].isoformat())
    said = capsys.readouterr().out
    assert re.search(r"verification: 1 units, 1,\d{3} forms due, [\d,]+ returned, [\d,]+ photos uploaded", said)
    assert f"{province.home}/verification/" in said


def test_workbooks_reach_schools_and_offices(province):
    folder = province.home / "verification"
    written = province.rows("select file, sha256 from verification_lists")
    assert {sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*.xlsx")} == set(written["sha256"])
    names = {Path(file).name for file in written["file"]}
    assert {"rejects.xlsx", f"numbers-{SIZE.unit}.xlsx"} <= names
    assert any(name.startswith("county-") for name in names)
    assert sum(name[:10].isdigit() for name in names) > 5  # schools


def test_bulletin_and_counts_name_nobody(province):
    """Promise 4, over what a campaign adds to what leaves the house without names."""
    people = province.rows("select name, student_no, id_number from core_students")
    numbers = {value for row in people.select("student_no", "id_number").rows() for value in row if value}
    names = {name for name in people["name"] if name and len(name) >= 4}
    pages = [
        *(province.home / "bulletins").rglob("*.html"),
        *(province.home / "verification").glob("*/accounts-*.csv"),
        *(province.home / "site").rglob("*.js"),
    ]
    assert len(pages) > 10
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not set(re.findall(r"[GJL]?[0-9]{14,17}[0-9X]+", text)) & numbers, page.name
        assert not {name for name in names if name in text}, page.name
    told = province.home / "bulletins" / f"{province.campaign.days.dates[0]:%Y-%m}" / f"province-{SIZE.unit}.html"
    assert "数据质量核查" in told.read_text(encoding="utf-8")


def test_a_night_again_changes_nothing(province):
    last = province.campaign.days.dates[-1]
    tables = (
        "core_forms",
        "form_changes",
        "verification_matters",
        "number_batch",
        "verification_progress",
        "quarantine",
    )
    before = {table: province.rows(f"select * from {table}").hash_rows().sort().to_list() for table in tables}
    province.run_night(last)
    after = {table: province.rows(f"select * from {table}").hash_rows().sort().to_list() for table in tables}
    assert before == after
    assert compare(province.campaign.truth, province.rows, last) == []


def moved(truth: Truth, day: date, by: int) -> Truth:
    """The truth with a count of one school off."""
    (figures,) = (frame for frame in truth.progress if frame["date"][0] == day)
    is_first = pl.int_range(pl.len()) == figures.height - 1
    return replace(
        truth, progress=[figures.with_columns(value=pl.col("value") + pl.when(is_first).then(by).otherwise(0))]
    )


SPOILT: list[tuple[str, Callable[[Truth, date], Truth]]] = [
    ("a count of one school", lambda truth, day: moved(truth, day, 1)),
    ("a refused row", lambda truth, day: replace(truth, refused=[row for row in truth.refused if row[0] != day])),
    ("a matter", lambda truth, day: replace(truth, counted=[*truth.counted, (day, "matters", "school_unapproved", 1)])),
]


@pytest.mark.parametrize(("what", "spoil"), SPOILT, ids=[what for what, _ in SPOILT])
def test_a_difference_is_seen(province, what, spoil):
    last = province.campaign.days.dates[-1]
    wrong = spoil(province.campaign.truth, last)
    assert compare(wrong, province.rows, last) != []


def test_the_counts_are_those_of_the_figures():
    assert COUNTS == verification_indicators.COUNTS
