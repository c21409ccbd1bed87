"""One record of the registry in a simulated campaign, and where its form stands: moved by what its people do, counted as it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from xueji.data_samples.draws import Dice

ItemState = Literal["pending", "passed", "sent_back"]
# The counts of a place in the order of `Child.counts`; the names are those under which they are told.
COUNTS = (
    "forms_students", "forms_excluded", "forms_due", "forms_printed", "forms_issued", "forms_returned", "forms_entered", "forms_audited",
    "forms_uploaded", "forms_archived", "forms_not_here", "forms_right_first_time", "form_key_changes", "form_other_changes",
    "form_audits_pending", "form_items_sent_back",
)  # fmt: skip
NOTHING = (0,) * len(COUNTS)
LOST, NOBODY = -1, -2  # instead of the day on which a form comes back


@dataclass(slots=True)
class Item:
    """One change that the parents ask for."""

    field: str
    is_key: bool
    old: str | None  # as printed
    new: str
    evidence: str | None
    state: ItemState = "pending"
    times_sent_back: int = 0
    audited: int = 0  # day on which it was
    is_in_registry: bool = False  # as it was audited, or otherwise


@dataclass(slots=True)
class Child:
    """One record. Days are numbers of the campaign's days."""

    place: int
    school: int  # number of the school; below 0 when no table knows it
    student_no: str
    grade: str
    class_no: str
    dice: Dice
    is_present: bool = True  # in the newest delivery
    is_out: bool = False  # the registry says: not in school
    business: str | None = None  # kind of the open one
    form_no: str | None = None
    edition: int = 0
    superseded: str | None = None  # code of the edition before
    is_issued: bool = False
    is_returned: bool = False
    is_not_here: bool = False
    is_entered: bool = False
    is_audited: bool = False
    is_uploaded: bool = False
    is_archived: bool = False
    wanted: list[Item] | None = None  # what the parents have corrected; null before anybody has asked
    items: list[Item] = field(default_factory=list)  # of these, what was entered
    statement: str | None = None  # evidence that stands in place of a number
    is_statement_audited: bool = False
    last: int = 0  # day of what was done last
    sign_day: int = 0  # on which the form comes back; LOST and NOBODY below
    old_cells: dict[str, str | None] | None = None  # as printed, where the registry says something else by now
    told: tuple[int, ...] = NOTHING  # the counts last told

    @property
    def is_excluded(self) -> bool:
        return self.is_out or self.business is not None

    @property
    def is_due(self) -> bool:
        return self.is_present and not self.is_excluded

    @property
    def pending(self) -> list[Item]:
        return [item for item in self.items if item.state == "pending"]

    @property
    def is_statement_pending(self) -> bool:
        return self.is_entered and self.statement is not None and not self.is_statement_audited

    @property
    def times_sent_back(self) -> int:
        return sum(item.times_sent_back for item in self.items)

    def counts(self) -> tuple[int, ...]:
        """What this record adds to the figures of the places it lies in."""
        if not self.is_present:
            return NOTHING
        if self.is_excluded:
            return (1, 1) + NOTHING[2:]
        keys = sum(item.is_key for item in self.items)
        return (
            1, 0, 1, int(self.edition > 0), int(self.is_issued), int(self.is_returned), int(self.is_entered), int(self.is_audited),
            int(self.is_uploaded), int(self.is_archived), int(self.is_not_here), int(self.is_audited and not self.times_sent_back), keys,
            len(self.items) - keys, len(self.pending) + self.is_statement_pending, self.times_sent_back,
        )  # fmt: skip

    def settle(self) -> bool:
        """Whether the last audit that was needed has just passed."""
        was_audited = self.is_audited
        self.is_audited = (
            self.is_entered
            and all(item.state == "passed" for item in self.items)
            and (self.statement is None or self.is_statement_audited)
        )
        return self.is_audited and not was_audited

    def begin_again(self, form_no: str, day: int) -> None:
        """A new edition was printed: what is done from now on is done with it."""
        self.superseded, self.form_no = self.form_no, form_no
        self.edition += 1
        self.is_issued, self.last, self.old_cells = False, day, None


def every(number: int) -> Iterator[bool]:
    """True once in so many times, the first time early."""
    return (turn % number == number // 3 for turn in count())
