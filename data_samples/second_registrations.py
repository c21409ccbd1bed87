"""Children who are registered a second time, and what a second clerk makes of them.

Under the number they have: a duplicate. Under another number, a mistyped one or none: nothing in the number says that it is the same child
(suspected duplicates).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from xueji.data_samples import number_mistakes
from xueji.data_samples.dates_mistyped import mistyped_date
from xueji.data_samples.draws import Dice
from xueji.data_samples.families import FIRST_PHONE, GRANDFATHER, GRANDMOTHER, MEMBER_FIELDS, PHONES
from xueji.data_samples.name_mistakes import Typed, folded, typed_again
from xueji.data_samples.numbers import id_number
from xueji.data_samples.record_facts import Family, Member, Outcome, Person, Record

# How the registrations of a suspected duplicate come apart: by the kind of the second one.
SUSPECTS = {
    "suspect_forged": "two_numbers",
    "suspect_renumbered": "two_numbers",
    "suspect_without": "one_number",
    "suspect_numbered": "one_number",
    "suspect_nameless": "no_number",
    "suspect_broken": "broken_number",
}
# First registrations that a suspect belongs to: the child's number; its old number; none.
SUSPECT_LEADERS = ("suspect_leader", "suspect_renumbered_leader", "suspect_nameless_leader")
# Not there before the problem begins, struck off when it is solved.
SECOND_REGISTRATIONS = {"same_child", "document_same", "nameless_same", *SUSPECTS}
LEFT_OVER = {"left_behind"}  # of a child that has moved: struck off when the problem is solved
MOVED = {"moved_child"}  # not there before the problem begins, there to stay
ANOTHERS_SEAT = SECOND_REGISTRATIONS | MOVED  # records of the leader's child, in a seat of nobody's


def is_there(kind: str, start: int, end: int, month: int) -> bool:
    """Whether a planned record stands in the registry in a month, its school year apart."""
    if kind in SECOND_REGISTRATIONS:
        return start <= month < end
    if kind in LEFT_OVER:
        return month < end
    return kind not in MOVED or month >= start


def identity_of(person: Person) -> dict[str, str | None]:
    """The cells that say who the child is."""
    return {
        "xm": person.name,
        "xbm": person.sex,
        "csrq": str(person.birth),
        "mzm": person.nation,
        "csdm": person.birth_place + "000000",
    }


def family_cells(record: Record, person: Person, dice: Dice, needs_number: bool = False) -> dict[str, str | None]:
    """Household and family as a second school has them from whoever came to register the child."""
    family = person.family
    cells = member_cells(record, *who_came(family, dice), dice, needs_number)
    if cells["cy1xm"]:
        cells["cy1lxdh"] = family.phone if dice.roll(100) < 60 else str(FIRST_PHONE + dice.roll(PHONES))
    household = family.household if dice.roll(100) < 75 else record.place
    return cells | {"hkszdm": household + "000000"}


def who_came(family: Family, dice: Dice) -> tuple[Member | None, Member | None]:
    """The members that the second school has written down."""
    turn = dice.roll(100)
    if turn < 60:
        return family.first, family.second
    if turn < 82:
        return family.second, family.first
    return (grandparent(family, dice), family.first) if turn < 92 else (None, None)


def member_cells(
    record: Record, first: Member | None, second: Member | None, dice: Dice, needs_number: bool
) -> dict[str, str | None]:
    """The members' cells, telephone apart, with as many numbers as the school asks for."""
    cells: dict[str, str | None] = dict.fromkeys(MEMBER_FIELDS)
    if first:
        has_number = dice.roll(100) < 90 and (needs_number or record.habits.asks_first_number)
        cells |= {"cy1xm": first.name, "cy1gxm": first.relation}
        cells |= {"cy1sfzjlxm": "1", "cy1sfzjh": first.number} if has_number else {}
    if second and dice.roll(100) < 80:
        has_number = dice.roll(100) < 90 and record.habits.asks_second_number
        cells |= {"cy2xm": second.name, "cy2gxm": second.relation, "cy2sfzjh": second.number if has_number else None}
    return cells


def grandparent(family: Family, dice: Dice) -> Member:
    """A father's father or mother, some 25 years older than the father."""
    body, years = int(family.father.number[:17]), 22 + dice.roll(8)
    is_male = dice.roll(2) == 0
    other = body - years * 10**7 - body % 1000 + 2 * dice.roll(490) + (1 if is_male else 2)
    name = (
        family.father.name[0]
        + dice.choose(("国", "德", "玉", "秀", "文", "桂"))
        + dice.choose(("英", "兰", "福", "珍", "才", "华"))
    )
    return Member(name, GRANDFATHER if is_male else GRANDMOTHER, id_number(other))


@dataclass(frozen=True)
class TypedAgain:
    """A child as a second clerk has typed it."""

    name: Typed
    birth: str
    sex: str
    cells: dict[str, str | None]

    def findings(self, person: Person) -> list[tuple[str, str | None]]:
        """What is found when the child's own number stands beside it."""
        found: list[tuple[str, str | None]] = []
        if self.name.rule_id:
            found.append((self.name.rule_id, self.name.reason))
        return found + self.conflicts(person)

    def conflicts(self, person: Person) -> list[tuple[str, str | None]]:
        """What is found when a well-formed number with the child's birth date and sex stands beside it."""
        found: list[tuple[str, str | None]] = []
        if self.birth != str(person.birth):
            found.append(("id_birth_conflict", None))
        if self.sex != person.sex:
            found.append(("id_sex_conflict", None))
        return found


def second_clerk(record: Record, dice: Dice, needs_number: bool = False, is_other: bool = False) -> TypedAgain:
    """The leader's child typed a second time. `is_other`: not so that name, sex and birth date all come out the same."""
    assert record.leader
    person = record.leader
    while True:
        name = typed_again(person.name, person.sex, person.family.mother.name, dice)
        birth = str(person.birth)
        if dice.roll(100) >= 78:
            birth = mistyped_date(person.birth, record.last_date, dice)
        sex = person.sex if dice.roll(100) else "2" if person.sex == "1" else "1"
        is_same = (folded(name.text), birth, sex) == (folded(person.name), str(person.birth), person.sex)
        if not is_same or not is_other:
            break
    cells = identity_of(person) | {"xm": name.text, "csrq": birth, "xbm": sex}
    return TypedAgain(name, birth, sex, cells | family_cells(record, person, dice, needs_number))


def same_child(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    cells = identity_of(record.leader) | family_cells(record, record.leader, dice)
    return Outcome(cells | {"sfzjh": record.leader.number}, is_registered=False)


def moved_child(record: Record, dice: Dice) -> Outcome:
    """The registration at the new school: the child sits there, and often the family has moved as well."""
    assert record.leader
    family = record.leader.family
    moved = replace(family, household=record.place) if dice.roll(2) else family
    cells = identity_of(record.leader) | family_cells(record, replace(record.leader, family=moved), dice)
    return Outcome(cells | {"sfzjh": record.leader.number, "rxny": record.moved_in}, is_registered=False)


def left_behind(record: Record, dice: Dice) -> Outcome:
    """What stands on at the old school; where it can be, in the grade in which the child left."""
    if record.can_lag and dice.roll(3):
        return Outcome({}, [("stale_record", "grade")], grades_behind=1)
    return Outcome()


def nameless_leader(record: Record, dice: Dice) -> Outcome:
    return Outcome({"sfzjh": None}, [("id_missing", None)])


def nameless_same(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    cells = identity_of(record.leader) | family_cells(record, record.leader, dice, needs_number=True)
    return Outcome(cells | {"sfzjh": None}, [("id_missing", None)], is_registered=False)


def suspect_forged(record: Record, dice: Dice) -> Outcome:
    """A well-formed number that is nobody's."""
    assert record.leader
    again = second_clerk(record, dice)
    findings = [("id_not_found", None), *again.conflicts(record.leader)]
    return Outcome(again.cells | {"sfzjh": record.special_number}, findings, is_registered=False)


def suspect_renumbered_leader(record: Record, dice: Dice) -> Outcome:
    """The number from before the register gave the child another."""
    return Outcome({}, [("id_not_found", None)], register_number=record.special_number)


def suspect_renumbered(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    again = second_clerk(record, dice)
    cells = again.cells | {"sfzjh": record.leader_number}
    return Outcome(cells, again.findings(record.leader), is_registered=False)


def suspect_without(record: Record, dice: Dice) -> Outcome:
    again = second_clerk(record, dice, needs_number=True)
    return Outcome(again.cells | {"sfzjh": None}, [("id_missing", None)], is_registered=False)


def suspect_numbered(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    again = second_clerk(record, dice)
    return Outcome(again.cells | {"sfzjh": record.leader.number}, again.findings(record.leader), is_registered=False)


def suspect_nameless(record: Record, dice: Dice) -> Outcome:
    again = second_clerk(record, dice, needs_number=True, is_other=True)
    return Outcome(again.cells | {"sfzjh": None}, [("id_missing", None)], is_registered=False)


def suspect_broken(record: Record, dice: Dice) -> Outcome:
    """The child's number, mistyped."""
    assert record.leader
    again = second_clerk(record, dice)
    typed = number_mistakes.mistyped(record.leader_number or record.leader.number, dice)
    cells = again.cells | {"sfzjh": typed.text}
    return Outcome(cells, [(typed.rule_id, typed.reason)], is_registered=False, mistyped=typed)


def suspect_leader(record: Record, dice: Dice) -> Outcome:
    return Outcome()


def suspect_nameless_leader(record: Record, dice: Dice) -> Outcome:
    return nameless_leader(record, dice)


MISTAKES: dict[str, Callable[[Record, Dice], Outcome]] = {
    mistake.__name__: mistake
    for mistake in (
        same_child, moved_child, left_behind, nameless_leader, nameless_same, suspect_leader, suspect_renumbered_leader,
        suspect_nameless_leader, suspect_forged, suspect_renumbered, suspect_without, suspect_numbered, suspect_nameless, suspect_broken,
    )
}  # fmt: skip
