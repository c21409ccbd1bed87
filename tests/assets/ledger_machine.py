"""A second opinion on the ledger of forms: one form at a time, one row after the other, in plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

RANK = {"下发": 0, "回收": 1}
KEY_ITEMS = {"xm"}


@dataclass(frozen=True)
class Said:
    """A row of a forms file that is sound by itself."""

    step: str
    day: date
    person: str
    item: str | None = None
    new: str | None = None
    verdict: str | None = None

    @property
    def is_entry(self) -> bool:
        return self.step == "录入"

    @property
    def is_audit(self) -> bool:
        return self.step in ("学校审核", "部门审核")

    @property
    def needs_office(self) -> bool:
        """Of an entry: the office has to audit it."""
        return self.item in KEY_ITEMS or (self.item == "sfzjh" and self.new is not None)


@dataclass
class Form:
    """A form and the rows accepted of it, in the order in which they count."""

    photo: date | None = None
    events: list[Said] = field(default_factory=list)

    def deliver(self, rows: Sequence[Said]) -> list[bool]:
        """Judge a delivery's rows; which of them were accepted, in their order."""
        first: set[tuple[date, str | None]] = set()
        keys = []
        for place, said in enumerate(rows):
            rank = RANK.get(said.step, 3)
            if said.is_entry and (said.day, said.item) not in first:
                first.add((said.day, said.item))
                rank = 2
            keys.append((said.step == "归档", said.day, rank, place))
        verdicts = [False] * len(rows)
        for *_, place in sorted(keys):
            if self.is_acceptable(rows[place]):
                self.events.append(rows[place])
                verdicts[place] = True
        return verdicts

    def first(self, step: str, *verdicts: str | None) -> date | None:
        return min(
            (e.day for e in self.events if e.step == step and (not verdicts or e.verdict in verdicts)), default=None
        )

    def is_acceptable(self, said: Said) -> bool:
        if said.step == "下发":
            return self.first("下发") is None
        if said.step == "回收":
            before = self.first("下发")
            if before is None or before > said.day or self.first("回收", None, "已签字"):
                return False
            return said.verdict != "查无此人" or self.first("回收") is None
        if self.first("归档"):
            return False
        if said.is_entry:
            return self.may_enter(said)
        if said.is_audit:
            return self.may_audit(said)
        return self.may_archive(said)

    def may_enter(self, said: Said) -> bool:
        back = self.first("回收", None, "已签字")
        if back is None or back > said.day or said in self.events:
            return False
        if said.item is None:
            return not any(e.is_entry and e.item is None for e in self.events)
        return all(self.events[place].day <= said.day for place in self.audits_of(said.item).values())

    def may_audit(self, said: Said) -> bool:
        if said in self.events:
            return False
        entry = self.entry_for(said, len(self.events))
        if entry is None:
            return False
        if said.item is None:
            words = [(at, e) for at, e in enumerate(self.events) if e.step == "学校审核" and e.item is None]
            return all((self.entry_for(e, at) or 0) < entry for at, e in words)
        return entry not in self.audits_of(said.item)

    def may_archive(self, said: Said) -> bool:
        entered, states = self.first("录入"), self.items()
        days = [self.photo, entered, *(audited for _, _, audited in states.values())]
        return all(day is not None and day <= said.day for day in days) and all(
            state == "passed" for _, state, _ in states.values()
        )

    def entry_for(self, audit: Said, place: int, item: str | None = None) -> int | None:
        """The newest entry before a place that an audit can be about; with `item` of that item."""
        for at in range(place - 1, -1, -1):
            e = self.events[at]
            if not e.is_entry or e.day > audit.day:
                continue
            if item is None and audit.item is None:
                return at
            wanted = item or audit.item
            if e.item == wanted and e.needs_office == (audit.step == "部门审核"):
                return at
        return None

    def audits_of(self, item: str) -> dict[int, int]:
        """Places of the item's entries that were audited, each with that of its first audit."""
        found: dict[int, int] = {}
        for at, audit in enumerate(self.events):
            if audit.is_audit and audit.item in (None, item):
                entry = self.entry_for(audit, at, item)
                if entry is not None:
                    found.setdefault(entry, at)
        return found

    def items(self) -> dict[str, tuple[Said, str, date | None]]:
        """The newest entry of each item, its state and the day of its audit."""
        newest = {e.item: at for at, e in enumerate(self.events) if e.is_entry and e.item is not None}
        states = {}
        for item, at in newest.items():
            audit = self.audits_of(item).get(at)
            if audit is None:
                states[item] = (self.events[at], "pending", None)
            else:
                word = "passed" if self.events[audit].verdict == "通过" else "sent_back"
                states[item] = (self.events[at], word, self.events[audit].day)
        return states

    def sent_back(self) -> int:
        """Items that an audit did not pass, ever."""
        items = {e.item for e in self.events if e.is_entry and e.item is not None}
        return sum(any(self.events[at].verdict == "不通过" for at in self.audits_of(item).values()) for item in items)

    def row(self) -> dict[str, object]:
        """What `core_forms` should say of it."""
        states = self.items()
        entered = self.first("录入")
        is_open = entered is None or any(state != "passed" for _, state, _ in states.values())
        audited = None if is_open else max([entered, *(day for *_, day in states.values() if day)])
        changed = [said for said, *_ in states.values() if said.new is not None]
        return {
            "issued_on": self.first("下发"),
            "returned_on": self.first("回收", None, "已签字"),
            "entered_on": entered,
            "audited_on": audited,
            "archived_on": self.first("归档"),
            "is_not_here": bool(self.first("回收", "查无此人")) and not self.first("回收", None, "已签字"),
            "key_changes": sum(said.needs_office for said in changed),
            "other_changes": sum(not said.needs_office for said in changed),
            "audits_pending": sum(state == "pending" for _, state, _ in states.values()),
            "sent_back": self.sent_back(),
            "is_right_first_time": None if audited is None else self.sent_back() == 0,
        }
