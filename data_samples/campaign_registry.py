"""How the registry itself changes while a simulated campaign runs: business, leavers and newcomers, and what became of audited changes.

On day 0 it is laid out; on the registry days the unit delivers its students and its business anew, so that denominators move. Matters
that somebody has to follow are counted here as they are made.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_days import CampaignDays
from xueji.data_samples.campaign_items import LAST_CHARACTERS, is_name
from xueji.data_samples.campaign_roll import UNKNOWN_SCHOOL, Roll
from xueji.data_samples.draws import Dice, draw, key

COLUMNS = (
    "业务编号", "业务类型", "办理状态", "学籍号", "学校标识码", "转入学校标识码", "申请日期", "办结日期", "截止日期", "劝返日期", "原年级", "现年级",
)  # fmt: skip
# Of a thousand records, two at least: what is so at the beginning, and what comes on the first registry day.
SUSPENDED, TRANSFERRING, APPLYING, DEAD, DROPPED_OUT, REPEATING = 10, 6, 3, 1, 1, 1
LATE_APPLYING, LEAVING, NEW, RENAMED = 3, 2, 4, 2
SHOWN, NOT_SHOWN = (
    75,
    15,
)  # of a hundred audited changes: the registry shows them on the next delivery, or not; else something else
STEP_DAYS = 10  # working days within which a transfer has to be done
GRADES = {str(grade) for grade in range(1, 13)}
OPEN, DONE, REFUSED = "办理中", "已办结", "不通过"


@dataclass(frozen=True)
class Business:
    """One row of the unit's business."""

    number: str
    kind: str
    state: str
    child: int
    school_code: str
    applied_on: date
    other_school_code: str | None = None
    finished_on: date | None = None
    ends_on: date | None = None
    grades: tuple[str | None, str | None] = (None, None)


class RegistryLife:
    """Who is affected is decided at the beginning; each kind takes its own children."""

    def __init__(self, roll: Roll, days: CampaignDays, children: list[Child], quiet_school: int) -> None:
        self.roll, self.days, self.children = roll, days, children
        self.dice = Dice(key(roll.seed, "campaign registry"))
        self.business: dict[str, Business] = {}
        self.quiet_school = quiet_school  # has been counted class by class: nothing happens there
        self.moved: list[int] = []  # places of new records
        self.free: list[int] = []
        self.groups = self.chosen()
        self.begin()

    def chosen(self) -> dict[str, list[int]]:
        """The children of each kind of event, none in two."""
        order = (
            draw(self.roll.seed, "campaign events", pl.Series(range(len(self.children))).to_numpy()).argsort().tolist()
        )
        wanted = {
            "suspended": SUSPENDED, "transferring": TRANSFERRING, "applying": APPLYING, "dead": DEAD, "dropped_out": DROPPED_OUT,
            "repeating": REPEATING, "new": NEW, "renamed": RENAMED,
        }  # fmt: skip
        self.free = [
            place
            for place in order
            if self.children[place].school not in (UNKNOWN_SCHOOL, self.quiet_school)
            and self.children[place].grade in GRADES
        ]
        return {kind: self.take(share) for kind, share in wanted.items()}

    def take(self, share: int) -> list[int]:
        """Children to whom nothing else happens, in an order of chance."""
        count = max(len(self.children) * share // 1000, 4)
        taken, self.free = self.free[:count], self.free[count:]
        return taken

    def on(self, day: int) -> date:
        """The date of a day; days before the campaign are below 0."""
        return self.days.dates[0] + timedelta(day)

    def begin(self) -> None:
        """Lay out what is so on day 0."""
        for turn, place in enumerate(self.groups["suspended"]):
            ends = self.on(-20 if turn % 2 else 200)
            self.apply(place, "休学", -150, state=DONE, finished_on=self.on(-140), ends_on=ends)
            self.out(place, True)
        schools = [school.code for school in self.roll.schools]
        for turn, place in enumerate(self.groups["transferring"]):
            own = self.children[place].school
            other = schools[self.fitting_school(place, own)]
            self.apply(place, "转学", -40 if turn % 2 else -1, other_school_code=other)
            self.children[place].business = "transfer"
        for place in self.groups["applying"]:
            self.apply(place, "休学", -2)
            self.children[place].business = "other"
        for place in self.groups["dead"]:
            self.apply(place, "死亡", -9, state=DONE, finished_on=self.on(-5))
        for place in self.groups["dropped_out"]:
            self.apply(place, "辍学", -30, state=DONE, finished_on=self.on(-30))
        for place in self.groups["repeating"]:
            own_grade = int(self.children[place].grade)
            grade = str(own_grade + 1 if own_grade < 12 else own_grade - 1)
            self.apply(place, "留级", -100, state=DONE, finished_on=self.on(-95), grades=(grade, grade))
        for place in self.groups["new"]:
            self.roll.remove(place)
            self.children[place].is_present = False

    def turn(self, number: int, day: int) -> set[int]:
        """What has happened by a registry day, 0 or 1. Returns the places of the records that it happened to."""
        if (
            number == 0
        ):  # those whose forms are not through come first: what is sent of them all the same has to be refused
            self.free.sort(key=lambda place: self.children[place].is_entered)
            self.groups |= {"leaving": self.take(LEAVING), "late_applying": self.take(LATE_APPLYING)}
        before = {place: self.state_of(place) for group in self.groups.values() for place in group}
        if number == 0:
            self.first_turn(day)
        else:
            for turn, place in enumerate(self.groups["late_applying"]):
                if turn % 2:
                    self.settle(place, "休学", REFUSED, None)
                    self.children[place].business = None
            for place in self.groups["dead"]:
                self.leave(place)
        return {place for place, state in before.items() if self.state_of(place) != state} | set(self.moved)

    def first_turn(self, day: int) -> None:
        for turn, place in enumerate(self.groups["suspended"]):
            if turn % 3 == 0:
                self.apply(place, "复学", day - 3, state=DONE, finished_on=self.on(day - 1))
                self.out(place, False)
        for turn, place in enumerate(self.groups["transferring"]):
            if turn % 4 != 3:
                self.settle(place, "转学", DONE, self.on(day - 1))
                self.children[place].business = None
                if turn % 4 != 1:  # arrives
                    self.arrive(place)
                if turn % 4 != 2:  # is let go
                    self.leave(place)
        for place in self.groups["applying"]:
            self.settle(place, "休学", REFUSED, None)
            self.children[place].business = None
        for place in self.groups["late_applying"]:
            self.apply(place, "休学", day - 1)
            self.children[place].business = "other"
        for place in self.groups["leaving"]:
            self.leave(place)
        for place in self.groups["new"]:
            self.roll.restore(place)
            self.children[place].is_present = True
        for place in self.groups["renamed"]:
            self.rename(place)

    def state_of(self, place: int) -> tuple[bool, bool, str | None]:
        child = self.children[place]
        return child.is_present, child.is_out, child.business

    def apply(self, place: int, kind: str, day: int, state: str = OPEN, **more: object) -> None:
        number = f"YW{len(self.business) + 1:06d}"
        school = self.roll.schools[self.children[place].school].code
        self.business[number] = Business(number, kind, state, place, school, self.on(day), **more)  # type: ignore[arg-type]

    def settle(self, place: int, kind: str, state: str, day: date | None) -> None:
        for number, one in self.business.items():
            if one.child == place and one.kind == kind and one.state == OPEN:
                self.business[number] = replace(one, state=state, finished_on=day)

    def out(self, place: int, is_out: bool) -> None:
        self.roll.change(place, "sfzx", "0" if is_out else "1")
        self.children[place].is_out = is_out

    def leave(self, place: int) -> None:
        self.roll.remove(place)
        self.children[place].is_present = False

    def fitting_school(self, place: int, own: int) -> int:
        """Another school of the unit with the child's grade; the one before when there is none."""
        grade = int(self.children[place].grade)
        fitting = (
            number
            for number, school in enumerate(self.roll.schools)
            if number not in (own, self.quiet_school) and school.first_grade <= grade <= school.last_grade
        )
        return next(fitting, own - 1 if own else 1)

    def arrive(self, place: int) -> None:
        """The child's new record, at the school that its transfer goes to."""
        child = self.children[place]
        (one,) = (one for one in self.business.values() if one.child == place and one.kind == "转学")
        new = self.roll.add(place, xxbsm=one.other_school_code)
        bits = Dice(key(self.roll.seed, f"campaign arrival/{place}"))
        school = self.roll.school_of[one.other_school_code or ""]
        self.children.append(Child(new, school, child.student_no, child.grade, child.class_no, bits))
        self.moved.append(new)

    def rename(self, place: int) -> None:
        """The registry has another name than was printed, and nobody has said so."""
        child, name = self.children[place], (self.roll.cell(place, "xm") or "").strip(" \u3000")
        new = name[:-1] + LAST_CHARACTERS[(LAST_CHARACTERS.find(name[-1:]) + 3) % len(LAST_CHARACTERS)]
        if is_name(name) and not any(item.field == "xm" for item in child.wanted or ()):
            self.show(child, "xm", new, name)

    def show(self, child: Child, field: str, value: str, printed: str | None) -> None:
        """Write something into the registry; the printed form still says what it said."""
        if child.edition:
            child.old_cells = {field: printed} | (child.old_cells or {})
        self.roll.change(child.place, field, value)

    def rows(self) -> pl.DataFrame:
        """The unit's business as it is delivered."""
        rows = [
            (
                one.number, one.kind, one.state, self.children[one.child].student_no, one.school_code, one.other_school_code,
                str(one.applied_on), text(one.finished_on), text(one.ends_on), None, *one.grades,
            )
            for one in self.business.values()
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def text(day: date | None) -> str | None:
    return str(day) if day else None


def working_days_later(day: date, count: int) -> date:
    """So many Mondays to Fridays on; no holiday falls into the campaign."""
    while count:
        day += timedelta(1)
        count -= day.weekday() < 5
    return day
