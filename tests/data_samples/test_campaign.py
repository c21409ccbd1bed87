"""The simulated campaign by itself: deeds follow one another, figures follow from deeds, one seed plays the same.

Forms come from a printer of the test's own; no night is run.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
import zxingcpp
from PIL import Image

from xueji.checks.form_codes import form_no
from xueji.data_samples.campaign import Campaign, CampaignSize, play_campaign
from xueji.data_samples.campaign_child import COUNTS, Child, Item
from xueji.data_samples.campaign_days import CAMPAIGN, CampaignDays
from xueji.data_samples.campaign_faults import FORM_FAULTS, PHOTO_FAULTS, PICTURE_FAULTS, RULES
from xueji.data_samples.campaign_photos import phone_picture
from xueji.data_samples.campaign_registry import working_days_later
from xueji.data_samples.draws import Dice

SIZE = CampaignSize(students=1_200, days=12, fault_every=12, most_pictures=30)
ORDER = ("forms_due", "forms_printed", "forms_issued", "forms_returned", "forms_entered", "forms_audited")


@dataclass
class Played:
    campaign: Campaign
    landing: Path


def play(size: CampaignSize, root: Path) -> Played:
    campaign, printed = Campaign(size), []

    def print_forms(day: date, again) -> None:
        """Prints what ought to be printed, with codes of its own."""
        number = campaign.days.number(day)
        lost = {child.form_no: child for child in campaign.children if child.form_no} if again else {}
        wanted = [lost[code] for code in again] or [
            campaign.children[place] for place in sorted(campaign.to_print(number))
        ]
        for child in wanted:
            school, edition = campaign.school_code(child), child.edition + 1
            code = form_no(b"test", CAMPAIGN, f"{school}/{child.student_no}", edition)
            printed.append((code, school, child.student_no, str(edition), str(day)))
        index = root / "home" / "forms" / CAMPAIGN / size.unit / "forms.csv"
        index.parent.mkdir(parents=True, exist_ok=True)
        columns = ["确认表编号", "学校标识码", "学籍号", "版次", "印制日期"]
        pl.DataFrame(printed, schema=columns, orient="row").write_csv(index)

    play_campaign(campaign, root / "landing", root / "home", lambda day: None, print_forms)
    return Played(campaign, root / "landing")


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Played:
    return play(SIZE, tmp_path_factory.mktemp("campaign"))


@pytest.fixture(scope="module")
def figures(played) -> pl.DataFrame:
    return pl.read_parquet(played.landing / "truth_campaign.parquet")


def test_each_step_is_part_of_the_one_before(figures):
    by_place = figures.pivot("indicator", index=["date", "level", "code"], values="value").fill_null(0)
    for earlier, later in pairwise(ORDER):
        assert (by_place[later] <= by_place[earlier]).all(), later
    assert (by_place["forms_archived"] <= by_place["forms_uploaded"]).all()
    assert (by_place["forms_right_first_time"] <= by_place["forms_audited"]).all()
    assert (by_place["forms_due"] + by_place["forms_excluded"] == by_place["forms_students"]).all()


@pytest.mark.parametrize("indicator", COUNTS)
def test_places_add_up(figures, indicator):
    counted = figures.filter(pl.col("indicator") == indicator).group_by("date", "level").agg(pl.col("value").sum())
    by_level = counted.pivot("level", index="date", values="value").fill_null(0)
    assert (by_level["national"] == by_level["province"]).all()
    assert (by_level["national"] == by_level["county"]).all()  # strays stand in the area that is no county's
    assert ((by_level["county"] - by_level["school"]).is_between(0, 2)).all()


def test_denominators_move_with_the_registry(played, figures):
    nation = figures.filter((pl.col("level") == "national") & (pl.col("indicator") == "forms_due")).sort("date")
    changed = nation.filter(pl.col("value").diff().fill_null(0) != 0)["date"].to_list()
    assert changed == [played.campaign.days.dates[day] for day in played.campaign.days.registry_days]


def test_every_fault_is_planted_and_has_its_rule(played):
    planted = Counter(str(row[6]) for row in played.campaign.truth.refused)
    assert set(planted) == set(RULES)
    made = {*PHOTO_FAULTS, *PICTURE_FAULTS, *(fault for faults in FORM_FAULTS.values() for fault in faults)}
    assert made <= set(RULES)


def test_rows_that_have_to_be_refused_stand_where_the_truth_says(played):
    for day, unit, kind, file, row, code, _, _ in played.campaign.truth.refused:
        if kind in ("forms", "photos"):
            content = (played.landing / str(day) / unit / file).read_bytes()
            text = content.decode("utf-8" if is_utf8(content) else "gb18030")
            assert list(csv.reader(io.StringIO(text)))[row - 1][0] == code


def is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_pictures_show_the_code_of_the_form():
    code = form_no(b"test", CAMPAIGN, "a record", 1)
    for bits in range(10):
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(phone_picture(code, Dice(bits)))))
        assert read.text == code


def test_one_seed_plays_the_same(tmp_path, contents):
    size = replace(SIZE, students=400, days=12, most_pictures=3)
    one, other = play(size, tmp_path / "one"), play(size, tmp_path / "other")
    assert contents(one.landing) == contents(other.landing)
    third = play(replace(size, seed=7), tmp_path / "third")
    assert third.campaign.truth.refused != one.campaign.truth.refused


def child(**given) -> Child:
    return Child(
        0, 0, "G1", "1", "2021101", Dice(1), edition=1, is_issued=True, is_returned=True, is_entered=True, **given
    )


def item(is_key: bool, state: str = "pending", back: int = 0) -> Item:
    return Item("xm" if is_key else "jtzz", is_key, "甲", "乙", None, state, back)


CASES = [
    # child, indicators that are not 0 besides students, due, printed, issued, returned, entered; why
    (child(), {}, "entered, nothing settled"),
    (child(items=[item(True), item(False)]), {"form_key_changes": 1, "form_other_changes": 1, "form_audits_pending": 2}, "two wait"),
    (child(items=[item(True, "sent_back", 1)]), {"form_key_changes": 1, "form_items_sent_back": 1}, "sent back: waits for no audit"),
    (child(statement="在校证明"), {"form_audits_pending": 1}, "a statement waits for the head"),
    (child(is_audited=True), {"forms_audited": 1, "forms_right_first_time": 1}, "right first time"),
    (
        child(is_audited=True, items=[item(True, "passed", 1)]),
        {"forms_audited": 1, "form_key_changes": 1, "form_items_sent_back": 1},
        "audited at the second time",
    ),
]  # fmt: skip
ALL = ("forms_students", "forms_due", "forms_printed", "forms_issued", "forms_returned", "forms_entered")


@pytest.mark.parametrize(("one", "more", "why"), CASES, ids=[case[-1] for case in CASES])
def test_counts_of_one_child(one, more, why):
    counted = {name: value for name, value in zip(COUNTS, one.counts(), strict=True) if value}
    assert counted == dict.fromkeys(ALL, 1) | more


def test_an_excluded_child_counts_as_excluded_alone():
    one = child(is_audited=True, business="transfer")
    assert {name for name, value in zip(COUNTS, one.counts(), strict=True) if value} == {
        "forms_students",
        "forms_excluded",
    }
    one.is_present = False
    assert not any(one.counts())


def test_windows_of_the_waves():
    days = CampaignDays.starting(date(2026, 11, 16), 14)
    assert [(days.export(wave).opens, days.export(wave).closes) for wave in (0, 1)] == [(0, 9), (2, 9)]
    assert [(days.entry(wave).opens, days.entry(wave).closes) for wave in (0, 1)] == [(2, 11), (4, 12)]
    assert [days.known_close(1, day) for day in (9, 10)] == [11, 12]
    with pytest.raises(ValueError, match="expected 12 days or more"):
        CampaignDays.starting(date(2026, 11, 16), 11)


def test_working_days_leave_weekends_out():
    assert working_days_later(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert working_days_later(date(2026, 11, 15), 10) == date(2026, 11, 27)


TINY = CampaignSize(students=120, days=12)  # with fewer no school may be large enough to be counted class by class
BUSINESS = {"left_still_enrolled": 4, "dropout_no_control": 4, "grade_unlike_business": 4, "suspension_over": 2, "transfer_slow": 2}  # fmt: skip
SECOND_RECORDS = [
    # cells unlike the first record's, is_out, is_broken, transfers at both ends, why
    (None, False, False, 0, "no second record"),
    ({}, False, False, 1, "same document, in school"),
    ({"sfzjlxm": "A"}, False, False, 0, "same number of another type of document"),
    ({}, False, True, 0, "same number, its check character wrong in both: nobody's"),
    ({}, True, False, 0, "same document, out of school"),
]


@pytest.mark.parametrize(
    ("cells", "is_out", "is_broken", "both_ends", "why"), SECOND_RECORDS, ids=[case[-1] for case in SECOND_RECORDS]
)
def test_transfer_of_a_child_registered_twice(cells, is_out, is_broken, both_ends, why):
    campaign = Campaign(TINY)
    transfer = next(one for one in campaign.registry.business.values() if one.kind == "转学")
    if cells is not None:
        first = campaign.children[transfer.child]
        second = register_again(campaign, first, transfer.other_school_code, cells)
        campaign.registry.out(second.place, is_out)
        if is_broken:
            campaign.matters.numbers.findings |= {one.student_no: {"id_checksum"} for one in (first, second)}
    found = campaign.matters.of_business(campaign.days.dates[0])
    assert found == Counter(BUSINESS, transfer_both_ends=both_ends)


def register_again(campaign: Campaign, first: Child, school_code: str, cells: dict[str, str]) -> Child:
    """Another record of a child, at another school, under another student number."""
    place = campaign.roll.add(first.place, xjh="L1", xxbsm=school_code, **cells)
    school = campaign.roll.school_of[school_code]
    second = Child(place, school, "L1", first.grade, first.class_no, Dice(1))
    campaign.children.append(second)
    return second
