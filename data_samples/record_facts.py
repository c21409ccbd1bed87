"""What a mistake knows of a record, and what it makes of it."""

from dataclasses import dataclass, field
from datetime import date

from xueji.data_samples.number_mistakes import Mistyped


@dataclass(frozen=True)
class Member:
    """A grown-up of a child's family."""

    name: str
    relation: str  # code
    number: str


@dataclass(frozen=True)
class Family:
    """The family of one child."""

    father: Member
    mother: Member
    phone: str
    is_mother_first: bool
    household: str  # six-digit code

    @property
    def first(self) -> Member:
        return self.mother if self.is_mother_first else self.father

    @property
    def second(self) -> Member:
        return self.father if self.is_mother_first else self.mother


@dataclass(frozen=True)
class Person:
    """A child as it truly is."""

    name: str
    sex: str  # 1, 2
    birth: int  # YYYYMMDD
    number: str
    nation: str
    birth_place: str  # six-digit code
    student_no: str
    family: Family


@dataclass(frozen=True)
class Habits:
    """What the school of a record writes down of the children's families."""

    asks_first_number: bool
    asks_second_number: bool


@dataclass(frozen=True)
class Record:
    """The child, its seat, and the leader of its group."""

    index: int
    child: Person
    leader: Person | None
    leader_index: int
    leader_number: str | None  # a number that the leader has instead of its own
    school_code: str
    other_school_code: str  # of another unit
    place: str  # six-digit code of the school's county
    habits: Habits
    special_number: str | None  # a number that is no student's (special_numbers.py)
    can_lag: bool  # has been at the school for a year on every date
    last_date: date
    moved_in: str  # YYYYMM, the start of the first school year of the dates in which the seat is taken


@dataclass
class Outcome:
    """Cells of the record that differ, findings that are true, and what the register holds instead of the child itself."""

    cells: dict[str, str | None] = field(default_factory=dict)
    findings: list[tuple[str, str | None]] = field(default_factory=list)  # rule id, reason
    register_number: str | None = None
    register_name: str | None = None
    is_registered: bool = True
    stranger: tuple[str, str] | None = None  # number and name of someone else whom the register holds
    grades_behind: int = 0
    mistyped: Mistyped | None = None  # how the number came about, when a rule finds it
