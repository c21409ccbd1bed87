"""What is true of a simulated campaign beyond the figures: matters that somebody has to follow, numbers that may be issued, changes by state.

All of it follows from the children, their papers and the registry as they stand; how tables find it is their affair.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_files import NOT_FOUND_IN_CLASS, WITHOUT_RECORD
from xueji.data_samples.campaign_numbers import Numbers
from xueji.data_samples.campaign_registry import DONE, OPEN, Business, working_days_later
from xueji.data_samples.campaign_roll import as_printed

if TYPE_CHECKING:
    from xueji.data_samples.campaign import Campaign

STEP_DAYS, WARNING_DAYS = 10, 5  # working days: for a step of a transfer; before a window closes
KEY_FIELDS = ("xm", "csrq", "sfzjh")


class Matters:
    """Counts, night by night, what is to be followed."""

    def __init__(self, campaign: "Campaign") -> None:
        self.campaign = campaign
        self.numbers = Numbers(campaign.roll, campaign.children)
        self.delivered = 0  # day of the newest delivery of students

    def count(self, day: int) -> None:
        """Note the counts of a night."""
        campaign = self.campaign
        when = campaign.days.dates[day]
        if day in campaign.days.registry_days:
            self.delivered = day
        matters = self.of_children(when) + self.of_business(when) + self.of_schools()
        changes = Counter[str](item.state for child in campaign.children for item in child.items)
        campaign.truth.count(when, "matters", matters)
        campaign.truth.count(when, "changes", changes)
        campaign.truth.count(when, "numbers", self.numbers.verdicts())

    def of_schools(self) -> Counter[str]:
        """What the lists of schools and of children in class have against the registry."""
        return Counter(
            school_absent=1, school_empty=1, attending_elsewhere=1, attending_no_record=WITHOUT_RECORD,
            record_not_attending=NOT_FOUND_IN_CLASS,
        )  # fmt: skip

    def of_children(self, when: date) -> Counter[str]:
        found = Counter[str]()
        unfinished = set[int]()
        days = self.campaign.days
        last = working_days_later(when, WARNING_DAYS)
        is_close = [days.dates[days.known_close(wave, days.number(when))] <= last for wave in (0, 1)]
        closing = [
            *(is_close[wave] for wave in self.campaign.desk.waves),
            False,
        ]  # at the end the schools that no table knows
        for child in self.campaign.children:
            if not child.is_present:
                continue
            if child.is_excluded:
                open_business = "excluded_open_transfer" if child.business == "transfer" else "excluded_open_business"
                found["excluded_not_in_school" if child.is_out else open_business] += 1
            elif not child.is_not_here and not is_finished(child) and closing[child.school]:
                unfinished.add(child.school)
            found["form_not_here"] += child.is_not_here
            found["change_not_shown"] += self.hidden(child)
        found["key_change_unannounced"] = sum(self.unannounced())
        found["forms_unfinished"] = len(unfinished)
        return found

    def hidden(self, child: Child) -> int:
        """How many audited changes a registry delivered since does not show."""
        roll = self.campaign.roll
        return sum(
            item.state == "passed"
            and item.audited < self.delivered
            and as_printed(item.field, roll.cell(child.place, item.field)) == item.old
            for item in child.items
        )

    def unannounced(self) -> Iterator[int]:
        """Key data that the registry says otherwise than the form, without an audited change."""
        roll = self.campaign.roll
        for place in list(roll.changes):
            child = self.campaign.children[place]
            if not child.is_present or not child.edition or not child.old_cells:
                continue
            audited = {(item.field, item.new) for item in child.items if item.state == "passed"}
            for field in KEY_FIELDS:
                if field in child.old_cells:
                    now = as_printed(field, roll.cell(place, field))
                    yield int(now != child.old_cells[field] and (field, now) not in audited)

    def of_business(self, when: date) -> Counter[str]:
        """What is amiss with the unit's business."""
        found = Counter[str]()
        by_child = defaultdict[int, list[Business]](list)
        for one in self.campaign.registry.business.values():
            by_child[one.child].append(one)
        arrived = self.arrived()
        for place, business in by_child.items():
            child, kinds = self.campaign.children[place], {one.kind for one in business}
            for one in business:
                if one.kind == "转学":
                    found.update(self.of_transfer(one, child, when, arrived))
                else:
                    found.update(self.amiss(one, child, kinds, when))
        return found

    def arrived(self) -> dict[tuple[int, object], bool]:
        """By school that a transfer goes to, and student number or document there: whether such a record is in school."""
        school_of = self.campaign.roll.school_of
        goals = {school_of.get(one.other_school_code or "") for one in self.campaign.registry.business.values()}
        found = dict[tuple[int, object], bool]()
        for child in self.campaign.children:
            if child.is_present and child.school in goals:
                for who in (child.student_no, self.numbers.document(child)):
                    found[child.school, who] = found.get((child.school, who), False) or not child.is_out
        return found

    def of_transfer(
        self, one: Business, child: Child, when: date, arrived: dict[tuple[int, object], bool]
    ) -> Iterator[str]:
        """What is amiss with a transfer. A child registered twice may be at the other school before it has been let go."""
        known_by: list[object] = [child.student_no]
        if child.is_present and (document := self.numbers.document(child)):  # gone with the record
            known_by.append(document)
        goal = self.campaign.roll.school_of[one.other_school_code or ""]
        there = [arrived[goal, who] for who in known_by if (goal, who) in arrived]
        if one.state == OPEN and working_days_later(one.applied_on, STEP_DAYS) < when:
            yield "transfer_slow"
        if child.is_present and not child.is_out and any(there):
            yield "transfer_both_ends"
        if one.state == DONE and not there:
            yield "transfer_not_arrived"

    def amiss(self, one: Business, child: Child, kinds: set[str], when: date) -> Iterator[str]:
        if one.kind == "休学" and one.state == DONE and one.ends_on and one.ends_on < when and "复学" not in kinds:
            yield "suspension_over"
        elif one.kind == "辍学":
            yield "dropout_no_control"
        elif one.kind == "留级":
            yield "grade_unlike_business"
        elif one.kind == "死亡" and child.is_present:
            yield "left_still_enrolled"


def is_finished(child: Child) -> bool:
    """Whether nothing is left to do but the archive."""
    return child.is_issued and child.is_returned and child.is_entered and child.is_audited and child.is_uploaded
