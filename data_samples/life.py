"""A sample that is played: what the registry shows next month follows from what schools and authorities did.

A play goes date by date: units deliver (monthly; on the weeks between there are only the school table and what comes back), the night
is run, and everybody reads what it handed out and answers by the next date.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from xueji.checks.model import XuejiError
from xueji.data_samples.actors import Shares, cast_of
from xueji.data_samples.deliveries import school_rows
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.delivery_files import write_parquet, write_text
from xueji.data_samples.dialects import dialect_of, written
from xueji.data_samples.expected_ends import Act, ExpectedEnds
from xueji.data_samples.generate import check_size, plan_sample
from xueji.data_samples.matters import Matter, Memory, Sent
from xueji.data_samples.office_desk import MINISTRY, OfficeDesk
from xueji.data_samples.outbox import Outbox
from xueji.data_samples.problems import Pace
from xueji.data_samples.rates import Rates
from xueji.data_samples.registry import CaseKey, Enrolment, Registration, Registry
from xueji.data_samples.sample import UNIT_CODES
from xueji.data_samples.school_desk import SchoolDesk

LATER_SHARE = 0.2  # of the problems that begin after the first delivery
WEEK = timedelta(7)
FORGETS_IN = 3  # of slow schools one passed correction in so many is not entered at first
CASES = {
    "unit": pl.String, "school_code": pl.String, "student_no": pl.String, "problem_type": pl.String, "right_disposition": pl.String,
    "state": pl.String, "disposition": pl.String, "closed_on": pl.Date, "why": pl.String,
}  # fmt: skip
REJECTS = {"date": pl.Date, "file": pl.String, "row": pl.Int64, "case_no": pl.String, "rule_id": pl.String}


@dataclass(frozen=True)
class Turn:
    """A delivery date. `month` counts the monthly ones; None on the weeks between."""

    date: date
    month: int | None


def turns_ending(calendar: Calendar) -> tuple[Turn, ...]:
    """The monthly dates and, between them, every week."""
    turns = []
    for month, day in enumerate(calendar.dates):
        turns.append(Turn(day, month))
        until = calendar.dates[month + 1] if month + 1 < calendar.months else day
        while (day := day + WEEK) < until:
            turns.append(Turn(day, None))
    return tuple(turns)


class World:
    """The registry and everybody who works on it, turn by turn."""

    def __init__(self, registry: Registry, shares: Shares = Shares()) -> None:  # noqa: B008 - frozen
        self.registry = registry
        self.turns = turns_ending(registry.sample.calendar)
        self.shares, self.cast = shares, cast_of(registry, shares)
        self.outbox = Outbox()
        self.memory = Memory(registry)
        self.schools = SchoolDesk(self.cast, self.memory, self.outbox)
        self.offices = OfficeDesk(self.cast, self.memory, self.outbox)
        self.expected = ExpectedEnds(registry.by_number)
        self.delivered = self.turns[0].date
        self.problems: dict[CaseKey, int | None] = {}

    def deliver(self, landing: Path, turn: Turn) -> None:
        """Write what units deliver on a date: everything once a month, the school table alone on the weeks between."""
        folder, sample = landing / turn.date.isoformat(), self.registry.sample
        write_text(folder / "schools.csv", school_rows(sample))
        if turn.month is None:
            return
        self.delivered, self.problems = turn.date, self.registry.problems(turn.month)
        for unit, code in enumerate(UNIT_CODES):
            records = self.registry.records(unit, turn.month)
            dialect = dialect_of(code, records.height, "parquet")
            write_parquet(folder / code / "students.parquet", written(records, code, dialect))
            write_parquet(folder / "population" / f"{code}.parquet", self.registry.parts[unit].register(turn.month))

    def respond(self, home: Path, landing: Path, night: date, next_date: date | None) -> None:
        """Read what a night handed out, and answer by the next date. None: the play is over."""
        accepted = []
        for sent in self.memory.sent.pop(night, []):
            if self.expected.accepts(sent.act):
                accepted.append(sent)
            else:
                self.memory.refuse(night, sent.file, "edition_old", sent.row, sent.matter.case_no)
        self.expected.step(night, self.delivered, self.problems, [sent.act for sent in accepted])
        self.outbox.take(home / "outbox" / night.isoformat())
        self.follow(accepted)
        if next_date:
            self.schools.work(landing, night, next_date)
            self.offices.work(landing, night, next_date)
        self.write_expectations(landing)

    def follow(self, accepted: list[Sent]) -> None:
        """Enter into the registry what was decided and has not come back: the next delivery shows it."""
        offered = {offer.case_no for handout in self.outbox.of_form("list") for offer in handout.offers}
        for sent in accepted:
            matter, answer = sent.matter, sent.matter.answer
            if answer is None or matter.case_no in offered or not self.is_final(matter, sent.act):
                continue
            if answer.disposition == "佐证" or self.forgets(matter):
                continue
            if answer.disposition == "变更":
                assert answer.corrected
                self.registry.put_right[matter.one.index] = answer.corrected
                continue
            self.registry.struck_off.add(matter.one.index)
            if answer.enrols_elsewhere:
                self.registry.enrolled.append(self.enrolment(matter.one))

    def is_final(self, matter: Matter, act: Act) -> bool:
        """Whether nobody else has to agree."""
        is_formal_deletion = matter.answer is not None and matter.answer.disposition == "删除" and matter.one.is_formal
        if act.form == "list":
            return act.answer == "删除" and not is_formal_deletion
        return act.form == "review" and act.answer == "通过" and (not is_formal_deletion or act.sender == MINISTRY)

    def forgets(self, matter: Matter) -> bool:
        """Whether a slow school leaves the registry as it is, the first time."""
        if self.cast.schools[matter.one.school_code] != "slow" or matter.is_forgotten:
            return False
        assert matter.answer
        matter.is_forgotten = matter.answer.disposition == "删除" or matter.one.index % FORGETS_IN == 0
        return matter.is_forgotten

    def enrolment(self, one: Registration) -> Enrolment:
        """A new record of the child at another school of the unit that has the grade."""
        layout, table = self.registry.sample.layout, self.registry.sample.layout.table
        fitting = [
            school
            for school, (unit, code) in enumerate(table.select("unit_code", "school_code").iter_rows())
            if unit == one.unit and code != one.school_code
            and layout.first_grade[school] <= one.grade < layout.first_grade[school] + layout.grade_count[school]
        ]  # fmt: skip
        own = next(school for school, code in enumerate(table["school_code"]) if code == one.school_code)
        return Enrolment(
            one, fitting[0] if fitting else own, f"{one.student_no[:15]}{9000 + len(self.registry.enrolled)}"
        )

    def write_expectations(self, landing: Path) -> None:
        """Write `expected_cases.parquet` and `expected_rejects.parquet` as far as the play has come."""
        cases = [
            (*key, case.registration.right_disposition, case.state, case.says, case.closed_on, "；".join(case.history))
            for key, case in sorted(self.expected.cases.items())
        ]
        pl.DataFrame(cases, schema=CASES, orient="row").write_parquet(landing / "expected_cases.parquet")
        rejects = sorted(map(astuple, self.memory.rejects), key=str)
        pl.DataFrame(rejects, schema=REJECTS, orient="row").write_parquet(landing / "expected_rejects.parquet")


def new_world(
    students: int,
    seed: int,
    last_date: date,
    months: int,
    rates: Rates = Rates(),  # noqa: B008 - frozen
    shares: Shares = Shares(),  # noqa: B008 - frozen
) -> World:
    """A world whose problems are solved by nobody but its schools and offices."""
    check_size(students)
    calendar = Calendar.ending(last_date, months)
    sample = plan_sample(students, seed, calendar, replace(rates, spreadsheet_damage=0.0), Pace(LATER_SHARE, 0.0))
    return World(Registry(sample), shares)


@dataclass(frozen=True)
class PlaySummary:
    """What was played."""

    dates: int
    cases: int
    open_cases: int  # at the end
    rejects: int

    def __str__(self) -> str:
        return (
            f"{self.dates} dates played, {self.cases:,} cases, {self.open_cases:,} of them open at the end, "
            f"{self.rejects:,} rows and files sent back that have to be refused"
        )


def play(
    world: World,
    landing: Path,
    home: Path,
    run_night: Callable[[date], object],
    on_progress: Callable[[str], None] | None = None,
) -> PlaySummary:
    """Play all turns: deliver, run the night, respond. `landing` must be missing or empty."""
    if landing.exists() and any(landing.iterdir()):
        raise XuejiError(f"{landing} is not empty, expected a new or empty folder")
    ends = [turn.date for turn in world.turns[1:]] + [None]
    for place, (turn, next_date) in enumerate(zip(world.turns, ends, strict=True), start=1):
        world.deliver(landing, turn)
        run_night(turn.date)
        world.respond(home, landing, turn.date, next_date)
        if on_progress:
            on_progress(f"sample: {place} of {len(world.turns)} dates played")
    cases = world.expected.cases.values()
    return PlaySummary(
        len(world.turns), len(cases), sum(case.closed_on is None for case in cases), len(world.memory.rejects)
    )
