"""A campaign of data-quality verification in one province, played day by day from the first open window to the archive.

Every day the unit delivers what its teachers, parents, schools and offices have done; the night is run; new forms are printed, whose codes
the next days use. What is true after every night follows from the deeds (campaign_truth.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from xueji.checks.model import XuejiError
from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_days import CAMPAIGN, FIRST_DAY, CampaignDays
from xueji.data_samples.campaign_desk import Desk
from xueji.data_samples.campaign_files import Deliveries
from xueji.data_samples.campaign_late import late_rows, left_rows
from xueji.data_samples.campaign_matters import Matters
from xueji.data_samples.campaign_photos import PhotoDesk
from xueji.data_samples.campaign_registry import RegistryLife
from xueji.data_samples.campaign_roll import UNKNOWN_SCHOOL, Roll
from xueji.data_samples.campaign_sheets import Sheets
from xueji.data_samples.campaign_truth import Tally, Truth
from xueji.data_samples.draws import Dice, draw

RunNight = Callable[[date], object]
PrintForms = Callable[
    [date, Sequence[str]], object
]  # the day, and the codes of forms to be printed again; none: the new ones


@dataclass(frozen=True)
class CampaignSize:
    """How large a campaign is."""

    students: int
    days: int
    unit: str = "52"
    seed: int = 2015
    fault_every: int = 25  # one deed of a kind in so many goes wrong
    most_pictures: int = 40  # on each of two days
    first_day: date = FIRST_DAY


class Campaign:
    """The province and everybody in it."""

    def __init__(self, size: CampaignSize) -> None:
        self.size = size
        self.days = CampaignDays.starting(size.first_day, size.days)
        self.roll = Roll(size.unit, size.students, size.seed, size.first_day)
        self.children = children_of(self.roll)
        counties = sorted({school.county for school in self.roll.schools})
        waves = [int(counties.index(school.county) >= len(counties) / 2) for school in self.roll.schools]
        self.desk = Desk(self.roll, self.days, self.children, waves, size.fault_every)
        self.desk.take_photo = PhotoDesk(self.desk, size.most_pictures).take
        quiet = quiet_school(self.roll, self.children)
        self.registry = RegistryLife(self.roll, self.days, self.children, quiet)
        self.deliveries = Deliveries(self.roll, self.days, waves, self.children, quiet)
        self.tally = Tally(size.unit, self.roll.schools, self.children)
        self.truth = Truth()
        self.matters = Matters(self)
        self.by_number = {(self.school_code(child), child.student_no): child for child in self.children}
        self.printed: set[int] = set()  # places of those whose forms the next day counts
        self.surprises: list[str] = []  # forms that were printed and should not, or the other way round

    def school_code(self, child: Child) -> str | None:
        return None if child.school == UNKNOWN_SCHOOL else self.roll.schools[child.school].code

    def deliver(self, landing: Path, day: int) -> None:
        """Write all files of a day."""
        folder, sheets = landing / str(self.days.dates[day]), Sheets(self.size.unit)
        self.desk.touched = touched = self.printed
        self.printed = set()
        folder.mkdir(parents=True)
        if day in self.days.registry_days:
            touched |= self.registry.turn(self.days.registry_days.index(day), day)
            touched |= self.registry_shows()
            for place in self.registry.moved:
                self.by_number[self.school_code(self.children[place]), self.children[place].student_no] = self.children[
                    place
                ]
            left_rows(self.desk, day, sheets, touched)
        if day == 0 or day in self.days.registry_days:
            self.deliveries.write_standing(folder, day, sheets, self.registry.rows())
            if day == 0:
                touched |= set(range(len(self.children)))
        self.desk.work(day, sheets)
        if day == self.days.prolonged_on:
            self.deliveries.write_windows(folder, day, sheets)
        if day > self.days.closes:
            late_rows(self.desk, day, sheets)
        sheets.write(folder)
        self.tally.tell(touched)
        self.truth.progress.append(self.tally.figures(self.days.dates[day]))
        self.truth.refuse(self.days.dates[day], sheets.refusals)
        self.matters.count(day)

    def registry_shows(self) -> set[int]:
        """Enter audited changes into the registry, most of them as they were audited."""
        return self.deliveries.show_changes(self.registry)

    def to_print(self, day: int) -> set[int]:
        """Whose forms ought to come out of the printer on the evening of a day."""
        open_waves = [wave for wave in (0, 1) if self.days.export(wave).holds(day)]
        return {
            child.place
            for child in self.children
            if child.is_due and not child.edition and child.school != UNKNOWN_SCHOOL and self.desk.wave(child) in open_waves
        } if open_waves else set()  # fmt: skip

    def print(self, home: Path, day: int, print_forms: PrintForms) -> None:
        """Have forms printed, and read their codes."""
        wanted = self.to_print(day)
        lost = [
            child for child in self.desk.lost if child.is_due and self.days.export(self.desk.wave(child)).holds(day)
        ]
        self.desk.lost = []
        self.desk.day = day
        if wanted:
            print_forms(self.days.dates[day], ())
            self.take_forms(home, day, wanted)
        if lost:
            print_forms(self.days.dates[day], tuple(child.form_no or "" for child in lost))
            self.take_forms(home, day, {child.place for child in lost})

    def take_forms(self, home: Path, day: int, wanted: set[int]) -> None:
        """Read the index of printed forms, and hand the new ones to their classes."""
        file = home / "forms" / CAMPAIGN / self.size.unit / "forms.csv"
        index = pl.read_csv(file, infer_schema_length=0).filter(pl.col("印制日期") == str(self.days.dates[day]))
        printed = set[int]()
        for code, school, number, edition in index.select("确认表编号", "学校标识码", "学籍号", "版次").iter_rows():
            child = self.by_number[school, number]
            if int(edition) > child.edition:
                self.desk.printed(child, code, day)
                printed.add(child.place)
        self.printed |= printed
        if printed != wanted:
            missing, strange = len(wanted - printed), len(printed - wanted)
            self.surprises.append(
                f"{self.days.dates[day]}: {missing} forms not printed, {strange} printed and not expected"
            )


@dataclass(frozen=True)
class CampaignSummary:
    """What was played."""

    days: int
    forms: int
    rows: int  # of forms files and manifests
    refused: int

    def __str__(self) -> str:
        return f"{self.days} days, {self.forms:,} forms printed, {self.rows:,} rows delivered, {self.refused:,} of them to be refused"


def play_campaign(
    campaign: Campaign,
    landing: Path,
    home: Path,
    run_night: RunNight,
    print_forms: PrintForms,
    after_night: Callable[[date], object] | None = None,
) -> CampaignSummary:
    """Play all days: deliver, run the night, print. `landing` must be missing or empty."""
    if landing.exists() and any(landing.iterdir()):
        raise XuejiError(f"{landing} is not empty, expected a new or empty folder")
    for day, when in enumerate(campaign.days.dates):
        campaign.deliver(landing, day)
        run_night(when)
        if after_night:
            after_night(when)
        campaign.print(home, day, print_forms)
    campaign.truth.write(landing)
    forms = sum(child.edition for child in campaign.children)
    return CampaignSummary(campaign.days.count, forms, campaign.desk.rows_sent, len(campaign.truth.refused))


def children_of(roll: Roll) -> list[Child]:
    """A child for each record of the first delivery."""
    numbers, schools, grades, classes = (roll.column(field) for field in ("xjh", "xxbsm", "nj", "bh"))
    bits = draw(roll.seed, "campaign child", pl.Series(range(len(numbers))).to_numpy()).tolist()
    return [
        Child(
            place,
            roll.school_of.get(school or "", UNKNOWN_SCHOOL),
            number or "",
            grade or "",
            class_no or "",
            Dice(bits[place]),
        )
        for place, (number, school, grade, class_no) in enumerate(zip(numbers, schools, grades, classes, strict=True))
    ]


def quiet_school(roll: Roll, children: list[Child]) -> int:
    """The smallest school of some size: it counts its children class by class."""
    sizes = [0] * len(roll.schools)
    for child in children:
        if child.school != UNKNOWN_SCHOOL:
            sizes[child.school] += 1
    return min((size, place) for place, size in enumerate(sizes) if size >= 30)[1]
