"""The registry of a played sample: which records have a problem, what is true of them, and what has been put right since.

What is true comes from the plan and the mistakes themselves, never from a rule.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from xueji.data_samples.draws import Dice, key
from xueji.data_samples.group_findings import ID_PARTIES, NAMELESS_PARTIES, SUSPECT_PARTIES
from xueji.data_samples.mistakes import document_number
from xueji.data_samples.name_mistakes import folded
from xueji.data_samples.outcomes import Planned, leaders_of
from xueji.data_samples.records import Part, build_part
from xueji.data_samples.sample import UNIT_CODES, Sample
from xueji.data_samples.second_registrations import ANOTHERS_SEAT, LEFT_OVER, MOVED

# The class of problem records that a mistake's findings belong to; others open no case.
PROBLEM_OF_FINDING = {
    "id_not_found": "ERR_NOTFOUND",
    "id_name_mismatch": "ERR_NAME",
    **dict.fromkeys(
        ("id_format", "id_checksum", "id_birth_date", "id_birth_conflict", "id_sex_conflict", "id_region"), "ERR_ID"
    ),
}
# The record is right as it stands, and what it is held against is wrong or out of date.
RIGHT_AS_THEY_STAND = {
    "leader", "document_leader", "not_registered", "name_changed", "surname_in_register", "id_missing", "no_document", *MOVED,
}  # fmt: skip
# A number is taken from these by nothing but a deletion: of a child that has a new number, the record under the old one goes.
GONE = {*LEFT_OVER, "suspect_renumbered_leader"}
NAMELESS = (
    "id_missing", "document_number_missing", "no_document", *NAMELESS_PARTIES, "suspect_nameless_leader", "suspect_without", "suspect_nameless",
)  # fmt: skip
GONE_IN = {"invented": 2}  # one child in so many has left the school, the record stayed behind
GONE_IN_ELSE = 10
IDENTITY_CELLS = {"name": "xm", "sex": "xbm", "birth": "csrq", "id_type": "sfzjlxm", "number": "sfzjh"}

CaseKey = tuple[str, str, str, str]  # unit, school code, student number, problem type


@dataclass(frozen=True)
class Identity:
    """What a record says of who the child is, in codes; birth dates as YYYYMMDD."""

    name: str | None
    sex: str | None
    birth: str | None
    id_type: str | None
    number: str | None


@dataclass(frozen=True)
class Registration:
    """One record that has, or may come to have, a problem."""

    unit: str
    index: int
    school_code: str
    student_no: str
    grade: int
    kind: str
    group: int
    planned: Planned
    shown: Identity  # while the mistake shows
    right: Identity | None  # None: the child is not at this school
    own_problems: frozenset[str]  # problem types that follow from its own cells

    @property
    def right_disposition(self) -> str:
        if self.right is None:
            return "删除"
        return "佐证" if self.right == self.shown else "变更"

    @property
    def is_formal(self) -> bool:
        """Whether its student number was issued by the ministry, so that it is not simply deleted."""
        return self.student_no[0] in "GJ"


@dataclass(frozen=True)
class Enrolment:
    """A record that another school has made for a child."""

    registration: Registration
    school: int  # number of the school
    student_no: str


class Registry:
    """All units' records, with what schools have put right, struck off and entered anew."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.parts = [build_part(sample, unit, *sample.layout.unit_range(unit)) for unit in range(len(UNIT_CODES))]
        self.registrations = {
            registration.index: registration for part in self.parts for registration in registrations_of(part)
        }
        self.by_number = {(r.unit, r.school_code, r.student_no): r for r in self.registrations.values()}
        self.put_right: dict[int, Identity] = {}
        self.struck_off: set[int] = set()
        self.enrolled: list[Enrolment] = []

    def records(self, unit: int, month: int) -> pl.DataFrame:
        """A unit's records as it delivers them, with the columns of `Part.students`."""
        part = self.parts[unit]
        index = part.seats.index[part.present(month)]
        frame = part.students(month)
        changes: dict[str, dict[int, str | None]] = defaultdict(dict)
        for number, identity in self.put_right.items():
            row = int(np.searchsorted(index, number))
            if row < len(index) and index[row] == number:
                for field, column in IDENTITY_CELLS.items():
                    changes[column][row] = getattr(identity, field)
        frame = frame.with_columns(
            **{
                column: frame[column].clone().scatter(list(cells), pl.Series(list(cells.values()), dtype=pl.String))
                for column, cells in changes.items()
            }
        )
        kept = frame.filter(~pl.Series(np.isin(index, list(self.struck_off))))
        added = [
            self.enrolled_row(part, frame, index, one)
            for one in self.enrolled
            if one.registration.unit == UNIT_CODES[unit]
        ]
        return pl.concat([kept, *added])

    def enrolled_row(self, part: Part, frame: pl.DataFrame, index: np.ndarray, one: Enrolment) -> pl.DataFrame:
        """The new record of a child: what was right in the old one, under another school and number."""
        registration = one.registration
        assert registration.right
        row = frame[int(np.searchsorted(index, registration.index))]
        identity = {column: pl.lit(getattr(registration.right, field)) for field, column in IDENTITY_CELLS.items()}
        school_code = self.sample.layout.table["school_code"][one.school]
        return row.with_columns(
            **identity, xxbsm=pl.lit(school_code), xjh=pl.lit(one.student_no), school=pl.lit(one.school, pl.Int64)
        )

    def problems(self, month: int) -> dict[CaseKey, int | None]:
        """Every problem record of a month's deliveries, with a number for the group it is in; None for single ones."""
        found: dict[CaseKey, int | None] = {}
        groups: dict[tuple, list[Registration]] = defaultdict(list)
        for one in self.registrations.values():
            if not self.is_present(one, month):
                continue
            identity = self.put_right.get(one.index)
            if identity is None and one.planned.shows(month):
                identity = one.shown
                found |= {case_key(one, problem): None for problem in one.own_problems}
            if identity is None:
                continue
            if one.kind in ID_PARTIES and identity.number:
                groups["DUP_ID", identity.id_type, identity.number].append(one)
            elif one.kind in NAMELESS and not identity.number:
                groups["DUP_NSB", one.unit, folded(identity.name or ""), identity.sex, identity.birth].append(one)
        for (problem, *_), parties in groups.items():
            if len(parties) > 1:
                first = min(party.index for party in parties)
                found |= {case_key(party, problem): first for party in parties}
        return found

    def is_present(self, one: Registration, month: int) -> bool:
        part = self.parts[UNIT_CODES.index(one.unit)]
        if one.index in self.struck_off or part.entered[one.planned.row] > month:
            return False
        return one.planned.is_there(month)


def case_key(one: Registration, problem_type: str) -> CaseKey:
    return one.unit, one.school_code, one.student_no, problem_type


def registrations_of(part: Part) -> list[Registration]:
    """The planned records of a part that can be problem records."""
    plan = part.sample.plan.filter(pl.col("index").is_in(part.seats.index))
    groups = {index: (group, leader) for index, group, leader in plan.select("index", "group", "leader").iter_rows()}
    found = []
    for planned in part.planned:
        own = frozenset(
            PROBLEM_OF_FINDING[rule]
            for rule, reason in planned.outcome.findings
            if rule in PROBLEM_OF_FINDING and reason != "division"
        )
        if not own and planned.kind not in ID_PARTIES + NAMELESS:
            continue
        index = int(part.seats.index[planned.row])
        shown = shown_identity(part, planned)
        group, leader = groups[index]
        found.append(
            Registration(
                unit=UNIT_CODES[part.unit],
                index=index,
                school_code=part.base["xxbsm"][planned.row],
                student_no=part.student_no[planned.row],
                grade=int(part.seats.grade[planned.row]),
                kind=planned.kind,
                group=group,
                planned=planned,
                shown=shown,
                right=right_identity(part, planned, shown, leader),
                own_problems=own,
            )
        )
    return found


def shown_identity(part: Part, planned: Planned) -> Identity:
    cells = planned.outcome.cells
    return Identity(
        **{field: cells.get(column, part.base[column][planned.row]) for field, column in IDENTITY_CELLS.items()}
    )


def right_identity(part: Part, planned: Planned, shown: Identity, leader: int) -> Identity | None:
    """What the record should say; None when the child is not at the school. `leader` is the index of the group's."""
    kind, index = planned.kind, int(part.seats.index[planned.row])
    if kind == "suspect_renumbered":  # under the new number, whatever else the second clerk has typed
        (child,) = leaders_of(part.sample, np.array([leader]))
        return Identity(child.name, child.sex, str(child.birth), "1", shown.number)
    if kind in (ANOTHERS_SEAT - MOVED) | GONE or (planned.outcome.findings and has_left(part.sample, kind, index)):
        return None
    if kind in RIGHT_AS_THEY_STAND or kind in NAMELESS:
        # Of the children without a number half have one by now.
        number = part.children.number[planned.row]
        return replace(shown, number=number, id_type="1") if kind == "nameless_leader" and index % 2 else shown
    if kind == "superseded":
        return replace(shown, number=planned.outcome.register_number)
    if kind == "document_other":
        return replace(shown, number=document_number(shown.id_type or "", index))
    base = {field: part.base[column][planned.row] for field, column in IDENTITY_CELLS.items()}
    return Identity(**base)


def has_left(sample: Sample, kind: str, index: int) -> bool:
    """Whether the child has left the school. Never said of a party to a duplicate: there it follows from the kind."""
    if kind in ID_PARTIES + NAMELESS + SUSPECT_PARTIES:
        return False
    return Dice(key(sample.seed, f"has left/{index}")).roll(GONE_IN.get(kind, GONE_IN_ELSE)) == 0
