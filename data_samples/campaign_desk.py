"""What teachers, parents, schools and offices of a simulated campaign do with a form, deed by deed.

A deed is planned for a day and done then, when the child is to be verified; it writes its rows, moves the child on and plans what
follows. What the tables must say follows from the deeds alone.
"""

from collections import defaultdict
from collections.abc import Callable

from xueji.data_samples.campaign_child import LOST, NOBODY, Child, Item
from xueji.data_samples.campaign_days import CampaignDays
from xueji.data_samples.campaign_faults import FORM_FAULTS, FaultMaker, Scene
from xueji.data_samples.campaign_items import changes_wanted
from xueji.data_samples.campaign_roll import Roll
from xueji.data_samples.campaign_rows import RowWriter
from xueji.data_samples.campaign_sheets import Cells, Sheets

DEEDS = ("hand_out", "sign", "upload", "enter", "audit_school", "audit_office", "archive")  # in the order of a day
# Of a thousand: forms that parents lose, children of whom nobody knows, parents who never answer, photos and papers nobody takes care of.
LOSES, IS_NOT_HERE, NEVER_BACK, NO_PHOTO, NO_ARCHIVE, IS_SLOW = 20, 8, 40, 60, 30, 150
SCHOOL_SENDS_BACK, OFFICE_SENDS_BACK = 40, 60  # of a thousand items
OTHER_UNIT = "53"
Again = tuple[Item, ...]  # items that are entered anew; none when a deed is done for the first time


class Desk(RowWriter):
    """Everybody's plans, and the children they are about."""

    def __init__(
        self, roll: Roll, days: CampaignDays, children: list[Child], waves: list[int], fault_every: int
    ) -> None:
        super().__init__(roll, days, waves)
        self.children = children
        self.plans: dict[tuple[int, str], list[tuple[int, Again]]] = defaultdict(list)
        self.faults = FaultMaker(fault_every)
        # Rows that are wrong by coming when they come.
        self.later: dict[int, list[tuple[Child, Cells, str]]] = defaultdict(list)
        self.lost: list[Child] = []
        self.touched: set[int] = set()
        self.sheets = Sheets(roll.unit)
        self.rows_sent = 0
        self.take_photo: Callable[[Child], bool] = lambda child: True  # campaign_photos.py

    def work(self, day: int, sheets: Sheets) -> None:
        """Do everything planned for a day. What could not be done for a fault is done on the next."""
        self.day, self.sheets = day, sheets
        for child, cells, fault in self.later.pop(day, []):
            if child.is_due:
                sheets.form(self.file(child), cells, fault)
        for deed in DEEDS:
            do: Callable[[Child, Again], bool] = getattr(self, deed)
            for place, again in self.plans.pop((day, deed), []):
                child = self.children[place]
                if child.is_due:
                    self.touched.add(place)
                if not child.is_due or not do(child, again):
                    self.plan(child, deed, 1, again)

    def plan(self, child: Child, deed: str, lag: int, again: Again = ()) -> None:
        """Plan a deed some days on. What would fall after the window is never done, and nothing of a child that has left."""
        day = self.day + lag
        if child.is_present and day <= self.days.entry(self.wave(child)).closes:
            self.plans[day, deed].append((child.place, again))

    def printed(self, child: Child, form_no: str, day: int) -> None:
        """The form has come out of the printer; the class gets it on one of the next days."""
        child.begin_again(form_no, day)
        self.touched.add(child.place)
        self.plan(child, "hand_out", 1 + int(child.class_no.endswith(("3", "7"))))

    # The deeds. False: to be done on the next day, for what was sent has to be refused.

    def hand_out(self, child: Child, _: Again) -> bool:
        if not self.write(child, "hand_out", self.row(child, "下发", self.teacher(child))):
            return False
        child.is_issued = True
        fate = child.dice.roll(1000)
        if child.edition == 1 and fate < LOSES:
            child.sign_day = LOST
            self.plan(child, "sign", 1 + child.dice.roll(2))
            return True
        if fate >= 1000 - NEVER_BACK:
            return True
        span = max(self.days.count // 6, 2)
        lag = 1 + child.dice.roll(span) + (span if child.dice.roll(1000) < IS_SLOW else 0)
        opens = self.days.entry(self.wave(child)).opens
        child.sign_day = max(self.day + lag, opens)
        self.plan(child, "sign", child.sign_day - self.day)
        if LOSES <= fate < LOSES + IS_NOT_HERE:
            child.sign_day = NOBODY
        elif child.dice.roll(1000) >= NO_PHOTO:
            self.plan(child, "upload", max(child.sign_day - 1 + child.dice.roll(4), opens, self.day + 1) - self.day)
        return True

    def sign(self, child: Child, _: Again) -> bool:
        if child.sign_day == LOST:
            if self.days.export(self.wave(child)).holds(self.day):
                self.lost.append(child)
            return True
        is_known = child.sign_day != NOBODY
        verdict = ("已签字" if child.dice.roll(2) else None) if is_known else "查无此人"
        row = self.row(child, "回收", self.teacher(child), 审核结果=verdict)
        if not self.write(child, "sign", row):
            return False
        child.is_returned, child.is_not_here = is_known, not is_known
        if is_known:
            lag = child.dice.roll(3)
            self.plan(child, "enter", lag)
            if lag and self.faults.is_turn("archived_too_early"):
                self.archive_in_vain(child, "archived_too_early")
        if not child.is_uploaded and self.faults.is_turn("repeat"):
            self.wrong_later(child, row, "repeated")
        return True

    def upload(self, child: Child, _: Again) -> bool:
        if not self.take_photo(child):
            return False
        child.is_uploaded, child.last = True, max(child.last, self.day_of(child))
        self.to_archive(child)
        return True

    def enter(self, child: Child, again: Again) -> bool:
        if child.wanted is None:
            child.wanted = changes_wanted(self.roll, child)
        items = list(again) or child.wanted
        # What was sent back is entered anew on a later day: on the same one it would be the same row again.
        child.last = max([child.last, *(item.audited + 1 for item in again)])
        rows = [self.entry(child, item) for item in items]
        if child.statement and not again:
            number = self.item(child, "sfzjh")
            rows.append(self.row(child, "录入", self.clerk(child), 项目=number, 佐证材料=child.statement))
        if not self.write(child, "enter", *(rows or [self.row(child, "录入", self.clerk(child))])):
            return False
        child.is_entered, child.items = True, child.wanted
        for item in items:
            item.state = "pending"
        if any(not item.is_key for item in items) or (child.statement and not again):
            self.plan(child, "audit_school", child.dice.roll(2))
        if any(item.is_key for item in items):
            self.plan(child, "audit_office", 1 + child.dice.roll(2))
        if any(item.is_key for item in items) and self.faults.is_turn("archived_unaudited"):
            self.archive_in_vain(child, "archived_unaudited")
        self.settle(child)
        return True

    def audit_school(self, child: Child, _: Again) -> bool:
        """The head looks at what is no key data: all at once, or item by item where something is sent back."""
        items = [item for item in child.pending if not item.is_key]
        if not items and (child.statement is None or child.is_statement_audited):
            return True
        back = [item for item in items if not item.times_sent_back and child.dice.roll(1000) < SCHOOL_SENDS_BACK]
        names: list[Item | None] = [item for item in items if back] or [None]
        self.write(child, "audit_school", *(self.verdict(child, "学校审核", item, back) for item in names))
        if child.statement and not child.is_statement_audited:
            child.is_statement_audited = not back
            if back:
                self.plan(child, "audit_school", 1)
        self.judged(child, items, back)
        if child.is_audited and not any(item.is_key for item in child.items) and self.faults.is_turn("audited_again"):
            again = self.verdict(child, "学校审核", None, []) | {"日期": self.tomorrow}
            self.wrong_later(child, again, "audited_again")
        return True

    def audit_office(self, child: Child, _: Again) -> bool:
        items = [item for item in child.pending if item.is_key]
        if not items:
            return True
        back = [item for item in items if not item.times_sent_back and child.dice.roll(1000) < OFFICE_SENDS_BACK]
        rows = [self.verdict(child, "部门审核", item, back) for item in items]
        if not self.write(child, "audit_office", *rows):
            return False
        self.judged(child, items, back)
        return True

    def judged(self, child: Child, items: list[Item], back: list[Item]) -> None:
        for item in items:
            item.state = "sent_back" if item in back else "passed"
            item.times_sent_back += item in back
            item.audited = self.day_of(child)
        if back:
            self.plan(child, "enter", 1 + child.dice.roll(2), tuple(back))
        self.settle(child)

    def settle(self, child: Child) -> None:
        if child.settle():
            self.to_archive(child)
            if not child.is_uploaded and self.faults.is_turn("archived_without_photo"):
                self.archive_in_vain(child, "archived_without_photo")

    def to_archive(self, child: Child) -> None:
        if child.is_audited and child.is_uploaded and child.dice.roll(1000) >= NO_ARCHIVE:
            self.plan(child, "archive", 1 + child.dice.roll(2))

    def archive(self, child: Child, _: Again) -> bool:
        self.write(child, "archive", self.row(child, "归档", self.clerk(child)))
        child.is_archived = True
        if self.faults.is_turn("after_archive"):
            change: Cells = {"项目": self.item(child, "xjfh"), "新值": "A1", "日期": self.tomorrow}
            self.wrong_later(child, self.row(child, "录入", self.clerk(child)) | change, "after_archive")
        return True

    # Rows

    def write(self, child: Child, deed: str, *rows: Cells) -> bool:
        """Send rows of one deed. False: one that has to be refused was sent instead."""
        self.rows_sent += len(rows)
        if deed in FORM_FAULTS and self.has_tomorrow(child):
            for row in rows:
                if made := self.faults.of(deed, self.scene(child, row)):
                    fault, cells = made
                    self.sheets.form(self.file(child), cells, fault, OTHER_UNIT if fault == "other_unit" else None)
                    return False
        for row in rows:
            self.sheets.form(self.file(child), row)
        child.last = max(child.last, self.day_of(child))
        return True

    def archive_in_vain(self, child: Child, fault: str) -> None:
        """Send word of the archive when something else has to be done first."""
        self.sheets.form(self.file(child), self.row(child, "归档", self.clerk(child)), fault)

    def has_tomorrow(self, child: Child) -> bool:
        """Whether the right row can still follow on the next day."""
        return self.day < self.days.entry(self.wave(child)).closes

    def wrong_later(self, child: Child, cells: Cells, fault: str) -> None:
        """Send a row on the next day; not when the registry changes then, nor when the window has closed."""
        day = self.day + 1
        if self.has_tomorrow(child) and day not in self.days.registry_days:
            self.later[day].append((child, cells, fault))

    def scene(self, child: Child, row: Cells) -> Scene:
        wave, school = self.wave(child), self.school(child)
        before = self.days.entry(wave).opens - 1
        neighbour = self.children[child.place - 1] if child.place else None
        others = {other.authority for other in self.roll.schools if other.level == "county"} - {school.authority}
        return Scene(
            child=child,
            cells=row,
            classmate=neighbour if neighbour and neighbour.school == child.school else None,
            tomorrow=self.tomorrow or "",
            before_window=str(self.days.dates[before]) if before >= child.last else None,
            is_entry_open=self.days.entry(wave).holds(self.day_of(child)),
            other_office=min(others),
        )

    @property
    def tomorrow(self) -> str | None:
        return str(self.days.dates[self.day + 1]) if self.day + 1 < self.days.count else None
