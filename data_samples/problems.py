"""The plan of a sample: which record has which peculiarity, with whom, and from which delivery to which.

A record has one planned peculiarity at most, so that what should be found about it is known. Which there are: problem_kinds.py.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.draws import Weighted, draw, share, whole
from xueji.data_samples.people import children_of
from xueji.data_samples.problem_kinds import (
    GROUP_KINDS,
    GROUP_SIZES,
    LEADERS,
    PARTICULAR,
    PARTICULAR_TRIES,
    PERMANENT,
    SINGLE_KINDS,
    GroupKind,
    part_in,
)
from xueji.data_samples.rates import Rates
from xueji.data_samples.schools import Layout
from xueji.data_samples.seats import seats_of
from xueji.data_samples.special_numbers import special_numbers, without_repeats

TRIES = 8  # places looked at for a member before it is given up


@dataclass(frozen=True)
class Pace:
    """How problems come and go by themselves."""

    later_share: float = 0.2  # of the problems, those that begin after the first of several deliveries
    solved_share: float = 0.25  # of the open problems, each month; 0: none is solved by itself


class Planner:
    """Gives records their peculiarities, no record two."""

    def __init__(self, layout: Layout, seed: int, calendar: Calendar, taken: NDArray[np.bool_], pace: Pace) -> None:
        self.layout, self.seed, self.calendar, self.pace = layout, seed, calendar, pace
        self.taken = taken  # one entry a student; those in damaged files are taken from the start
        self.parts: list[pl.DataFrame] = []
        self.groups = 0

    def count(self, rate: float) -> int:
        """How many records over all months, so that `rate` of them show on the first date."""
        return round(rate * self.layout.students / (1 - self.pace.later_share if self.calendar.months > 1 else 1))

    def add_groups(self, kind: GroupKind, rate: float) -> None:
        """Groups of a leader and its members, as many as the rate asks for."""
        groups = round(self.count(rate) / kind.mean_size)
        group = np.arange(groups + groups // 4 + 20 if groups else 0, dtype=np.int64)
        purpose = f"{kind.rate} group"
        sizes = np.array(GROUP_SIZES)[Weighted.of(list(kind.size_weights)).pick(draw(self.seed, purpose, group))]
        leader = whole(draw(self.seed, purpose + " leader", group), self.layout.students)
        member_group = np.repeat(group, sizes - 1)
        order = np.arange(len(member_group)) - np.repeat(np.cumsum(sizes - 1) - (sizes - 1), sizes - 1)
        members = self.members_near(kind, leader[member_group], member_group, order)
        frame = pl.DataFrame(
            {
                "group": np.concatenate([group, member_group]),
                "order": np.concatenate([np.zeros(len(group), dtype=np.int64), order + 1]),
                "index": np.concatenate([leader, members]),
                "leader": np.concatenate([leader, leader[member_group]]),
            }
        ).sort("group", "order")
        frame = self.without_taken(frame).filter(pl.col("order").first().over("group") == 0, pl.len().over("group") > 1)
        kept = frame["group"].unique(maintain_order=True).head(groups)
        frame = frame.filter(pl.col("group").is_in(kept.implode()))
        kinds = [part_in(kind, *place) for place in frame.select("group", "order").iter_rows()]
        frame = frame.with_columns(kind=pl.Series(kinds, dtype=pl.String))
        self.add(frame.with_columns(pl.col("group") + self.groups).drop("order"))
        self.groups += len(group)

    def members_near(
        self, kind: GroupKind, leader: NDArray[np.int64], group: NDArray[np.int64], order: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """A student for each place in a group: in the leader's school, county, …, and in its grade or one beside it.

        The leader itself where none is found.
        """
        layout, seats = self.layout, seats_of(self.layout, leader)
        nation = np.broadcast_to(np.array([0, layout.students]), (len(leader), 2))
        areas = {
            "school": layout.area_school[seats.school],
            "county": layout.area_county[seats.school],
            "city": layout.area_city[seats.school],
            "unit": layout.area_unit[seats.school],
            "national": nation,
            "other_unit": nation,
        }
        scopes = np.array(kind.scopes)[group % len(kind.scopes)]
        area = np.zeros((len(leader), 2), dtype=np.int64)
        for name, bounds in areas.items():
            area[scopes == name] = bounds[scopes == name]
        place = group * len(GROUP_SIZES) + order
        beside = draw(self.seed, f"{kind.rate} grade", place)
        step = np.where(beside % np.uint64(2) == 0, 1, -1) * (share(beside) < kind.other_grade)
        found, is_open = leader.copy(), np.ones(len(leader), dtype=np.bool_)
        for turn in range(TRIES):
            bits = draw(self.seed, f"{kind.rate} member {turn}", place)
            tried = area[:, 0] + (bits % np.maximum(area[:, 1] - area[:, 0], 1).astype(np.uint64)).astype(np.int64)
            own = areas["unit"]
            is_home = (scopes == "other_unit") & (tried >= own[:, 0]) & (tried < own[:, 1])
            tried = np.where(is_home, (tried + own[:, 1] - own[:, 0]) % layout.students, tried)
            seat, fits = self.same_grade(tried, seats.grade + step, draw(self.seed, f"{kind.rate} seat {turn}", place))
            found[is_open & fits] = seat[is_open & fits]
            is_open &= ~fits
        return found

    def same_grade(
        self, index: NDArray[np.int64], grade: NDArray[np.int64], bits: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Another student of the same school in the wanted grade, and whether the school has the grade."""
        layout, school = self.layout, seats_of(self.layout, index).school
        place = grade - layout.first_grade[school]
        size = layout.school_start[school + 1] - layout.school_start[school]
        grades = layout.grade_count[school]
        base, larger = size // grades, size % grades
        count = base + (place < larger)
        start = layout.school_start[school] + place * base + np.minimum(place, larger)
        has_grade = (place >= 0) & (place < grades) & (count > 0)
        chosen = start + (bits % np.maximum(count, 1).astype(np.uint64)).astype(np.int64)
        return np.where(has_grade, chosen, index), has_grade

    def add_singles(self, name: str, rate: float, kinds: tuple[str, ...]) -> None:
        """Records with a peculiarity of their own."""
        count = self.count(rate) if kinds[0] not in PERMANENT else round(rate * self.layout.students)
        if not count:
            return
        particular = [kind for kind in kinds if kind in PARTICULAR]
        for kind in particular:
            self.add_particular(name, kind, -(-count // len(kinds)))
        usual = tuple(kind for kind in kinds if kind not in PARTICULAR)
        count -= len(particular) * -(-count // len(kinds))
        index = whole(draw(self.seed, f"{name} record", np.arange(2 * count + 200)), self.layout.students)
        if name == "stale_record":  # needs a year to stay behind, on every date
            seats = seats_of(self.layout, index)
            index = index[seats.grade - seats.entry_grade > max(self.calendar.years_back)]
        frame = self.without_taken(pl.DataFrame({"index": index})).head(count).with_row_index("turn")
        self.add_alone(frame["index"], pl.Series(usual).gather(frame["turn"] % len(usual)))

    def add_particular(self, name: str, kind: str, count: int) -> None:
        """Records whose peculiarity needs a name of a particular sort."""
        index = whole(
            draw(self.seed, f"{name} {kind}", np.arange(count * PARTICULAR_TRIES + 400)), self.layout.students
        )
        names = children_of(self.layout, self.seed, self.calendar.last_school_year, seats_of(self.layout, index)).name
        fitting = pl.Series(index).filter(PARTICULAR[kind](names))
        found = self.without_taken(pl.DataFrame({"index": fitting})).head(count)["index"]
        self.add_alone(found, pl.repeat(kind, len(found), eager=True))

    def add_alone(self, index: pl.Series, kinds: pl.Series) -> None:
        nobody = pl.lit(-1, pl.Int64)
        self.add(pl.DataFrame({"index": index, "kind": kinds}).with_columns(group=nobody, leader=nobody))

    def without_taken(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows whose record is still free, each record once."""
        free = pl.Series(~self.taken[frame["index"].to_numpy()])
        return frame.filter(free).unique("index", keep="first", maintain_order=True)

    def add(self, frame: pl.DataFrame) -> None:
        self.taken[frame["index"].to_numpy()] = True
        self.parts.append(frame.select("index", "kind", "group", "leader"))

    def finished(self) -> pl.DataFrame:
        """The plan, in order of index: index, kind, group, leader, start, end, bits, number (0 for none)."""
        plan = pl.concat(self.parts).sort("index")
        index = plan["index"].to_numpy()
        plan = plan.with_columns(bits=pl.Series(draw(self.seed, "mistake", index)))
        numbers = special_numbers(self.layout, self.seed, self.calendar, plan)
        return without_remnants(without_repeats(plan.with_columns(number=numbers).pipe(self.with_months)))

    def with_months(self, plan: pl.DataFrame) -> pl.DataFrame:
        """Add `start` and `end`: the problem shows on the dates start … end − 1. A group begins and ends together."""
        index = plan["index"].to_numpy()
        seats = seats_of(self.layout, index)
        matter = np.where(plan["group"].to_numpy() >= 0, -1 - plan["group"].to_numpy(), index)
        start, months = np.zeros(len(index), dtype=np.int64), self.calendar.months
        if months > 1:
            is_later = share(draw(self.seed, "is later", matter)) < self.pace.later_share
            start = np.where(is_later, 1 + whole(draw(self.seed, "start", matter), months - 1), 0)
        lasting = self.lasting(matter)
        entered = self.calendar.first_month(seats.grade, seats.entry_grade)
        frame = plan.with_columns(
            matter=pl.Series(matter), start=pl.Series(np.maximum(start, entered)), lasting=pl.Series(lasting)
        )
        permanent = pl.col("kind").is_in(sorted(PERMANENT | LEADERS))
        frame = frame.with_columns(start=pl.col("start").max().over("matter"))
        return frame.select(
            *plan.columns,
            start=pl.when(permanent).then(0).otherwise(pl.col("start")).cast(pl.Int64),
            end=pl.when(permanent).then(months).otherwise(pl.col("start") + pl.col("lasting")).cast(pl.Int64),
        )

    def lasting(self, matter: NDArray[np.int64]) -> NDArray[np.float64]:
        """On how many dates each problem shows. Where none is solved by itself: on all."""
        if not self.pace.solved_share:
            return np.full(len(matter), float(self.calendar.months))
        return 1 + np.floor(np.log1p(-share(draw(self.seed, "end", matter))) / np.log(1 - self.pace.solved_share))


def without_remnants(plan: pl.DataFrame) -> pl.DataFrame:
    """The plan without groups that have lost their leader or all of their members."""
    has_leader = (pl.col("index") == pl.col("leader")).any().over("group")
    return plan.filter((pl.col("group") < 0) | (has_leader & (pl.len().over("group") > 1)))


def plan_problems(
    layout: Layout,
    seed: int,
    calendar: Calendar,
    rates: Rates,
    damaged: NDArray[np.int64],
    pace: Pace = Pace(),
) -> pl.DataFrame:
    """The whole plan of a sample. `damaged` are the schools whose file a spreadsheet has spoilt: nothing else happens there."""
    taken = np.zeros(layout.students, dtype=np.bool_)
    for school in damaged:
        taken[layout.school_start[school] : layout.school_start[school + 1]] = True
    planner = Planner(layout, seed, calendar, taken, pace)
    for kind in GROUP_KINDS:
        planner.add_groups(kind, getattr(rates, kind.rate))
    for name, kinds in SINGLE_KINDS.items():
        planner.add_singles(name, getattr(rates, name), kinds)
    return planner.finished()
