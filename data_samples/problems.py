"""The plan of a sample: which record has which peculiarity, with whom, and from which delivery to which.

A record has one planned peculiarity at most, so that what should be found about it is known. A duplicate's *leader* is the record
whose number, name or student number the other members take over; it is otherwise faultless.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.data_samples import places
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.draws import Weighted, draw, share, whole
from xueji.data_samples.people import children_of, seats_of
from xueji.data_samples.rates import Rates
from xueji.data_samples.schools import Layout

GROUP_SIZES = (2, 3, 4, 5, 6)
GROUP_SIZE_WEIGHTS = (80.0, 12.0, 5.0, 2.0, 1.0)
MEAN_GROUP_SIZE = 2.32

# Kinds, by the rate that governs them; of several, each in turn. What they do to a record: mistakes.py.
SINGLE_KINDS = {
    "id_not_found": ("not_registered", "superseded", "invented"),
    "id_name_mismatch": ("name_mistyped", "name_changed", "name_mistyped", "name_mistyped", "strangers_number"),
    "id_format": ("id_format",),
    "id_checksum": ("id_checksum",),
    "id_region": ("unknown_province",),
    "id_region_division": ("unlisted_division",),
    "id_birth_date": ("no_such_date", "parents_number", "infants_number"),
    "id_birth_conflict": ("birth_date_mistyped",),
    "id_sex_conflict": ("sex_mistyped",),
    "id_missing": ("id_missing",),
    "required_missing": (
        "missing:xjh", "missing:bh", "missing:csrq", "missing:xbm", "document_number_missing",
        "missing:nj", "missing:sfzjlxm", "missing:xm", "missing:xxbsm",
    ),
    "code_invalid": (
        "code:mzm", "code:nj", "code:xbm", "code:hkxzm", "code:jkzkm",
        "code:gjdqm", "code:rxfsm", "code:jdfsm", "code:gatqwm", "code:sfzjlxm",
    ),
    "date_invalid": ("date:csrq", "date:rxny"),
    "name_invalid": ("name_invalid",),
    "school_unknown": ("school_not_listed", "school_of_other_unit"),
    "stale_record": ("stale_record",),
    "student_no_check": ("student_no_check",),
    "name_variant": ("name_variant",),
    "name_not_comparable": ("name_not_comparable",),
    "other_document": ("other_document",),
    "no_document": ("no_document",),
    "residence_permit": ("residence_permit", "foreigner"),
}  # fmt: skip
# Facts of life, not mistakes: the same on every date.
PERMANENT = {"unlisted_division", "other_document", "no_document", "residence_permit", "foreigner"}
LEADERS = {"leader", "document_leader", "nameless_leader", "student_no_leader"}


@dataclass(frozen=True)
class Pace:
    """How problems come and go by themselves."""

    later_share: float = 0.2  # of the problems, those that begin after the first of several deliveries
    solved_share: float = 0.25  # of the open problems, each month; 0: none is solved by itself


@dataclass(frozen=True)
class GroupKind:
    """A sort of duplicate group: the kind of its leader, and of its other members in turn."""

    rate: str
    leader: str
    members: tuple[str, ...]
    scopes: tuple[str, ...]  # areas that members are looked for in, in turn


_ALL_SCOPES = ("county", "school", "city", "national", "unit", "county", "city", "national", "unit")
GROUP_KINDS = (
    GroupKind("duplicate_id", "leader", ("same_child", "other_child", "same_child"), _ALL_SCOPES),
    GroupKind("duplicate_document", "document_leader", ("document_same", "document_other"), _ALL_SCOPES),
    GroupKind("duplicate_name_sex_birth", "nameless_leader", ("nameless_same",), ("county", "school", "unit", "city")),
    GroupKind("duplicate_across_units", "nameless_leader", ("nameless_same",), ("other_unit",)),
    GroupKind("student_no_duplicate", "student_no_leader", ("student_no_taken",), ("unit", "county", "school")),
)


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
        groups = round(self.count(rate) / MEAN_GROUP_SIZE)
        group = np.arange(groups + groups // 4 + 20 if groups else 0, dtype=np.int64)
        purpose = f"{kind.rate} group"
        sizes = np.array(GROUP_SIZES)[Weighted.of(list(GROUP_SIZE_WEIGHTS)).pick(draw(self.seed, purpose, group))]
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
        turn = (pl.col("group") + pl.col("order") - 1) % len(kind.members)
        kinds = pl.Series(kind.members)
        frame = frame.with_columns(
            kind=pl.when(pl.col("order") == 0)
            .then(pl.lit(kind.leader))
            .otherwise(kinds.gather(frame.select(turn.cast(pl.UInt32)).to_series()))
        )
        self.add(frame.with_columns(pl.col("group") + self.groups).drop("order"))
        self.groups += len(group)

    def members_near(
        self, kind: GroupKind, leader: NDArray[np.int64], group: NDArray[np.int64], order: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """A student for each place in a group: in the leader's school, county, …, and in its grade where there is one."""
        layout = self.layout
        school = seats_of(layout, leader).school
        areas = {
            "school": layout.area_school[school],
            "county": layout.area_county[school],
            "city": layout.area_city[school],
            "unit": layout.area_unit[school],
            "national": np.broadcast_to(np.array([0, layout.students]), (len(school), 2)),
            "other_unit": np.broadcast_to(np.array([0, layout.students]), (len(school), 2)),
        }
        scope = group % len(kind.scopes)
        area = np.zeros((len(leader), 2), dtype=np.int64)
        for number, name in enumerate(kind.scopes):
            area[scope == number] = areas[name][scope == number]
        place = group * len(GROUP_SIZES) + order
        bits = draw(self.seed, f"{kind.rate} member", place)
        first, size = area[:, 0], area[:, 1] - area[:, 0]
        found = first + (bits % np.maximum(size, 1).astype(np.uint64)).astype(np.int64)
        if "other_unit" in kind.scopes:
            own = layout.area_unit[school]
            inside = (found >= own[:, 0]) & (found < own[:, 1])
            found = np.where(inside, (found + own[:, 1] - own[:, 0]) % layout.students, found)
        return self.same_grade(found, seats_of(layout, leader).grade, draw(self.seed, f"{kind.rate} seat", place))

    def same_grade(
        self, index: NDArray[np.int64], grade: NDArray[np.int64], bits: NDArray[np.uint64]
    ) -> NDArray[np.int64]:
        """Another student of the same school in the wanted grade; the student itself where the school has none."""
        layout, school = self.layout, seats_of(self.layout, index).school
        place = grade - layout.first_grade[school]
        size = layout.school_start[school + 1] - layout.school_start[school]
        grades = layout.grade_count[school]
        base, larger = size // grades, size % grades
        count = base + (place < larger)
        start = layout.school_start[school] + place * base + np.minimum(place, larger)
        has_grade = (place >= 0) & (place < grades) & (count > 0)
        chosen = start + (bits % np.maximum(count, 1).astype(np.uint64)).astype(np.int64)
        return np.where(has_grade, chosen, index)

    def add_singles(self, name: str, rate: float, kinds: tuple[str, ...]) -> None:
        """Records with a peculiarity of their own."""
        count = self.count(rate) if kinds[0] not in PERMANENT else round(rate * self.layout.students)
        if not count:
            return
        tries = np.arange(2 * count + 200, dtype=np.int64)
        index = whole(draw(self.seed, f"{name} record", tries), self.layout.students)
        if name == "stale_record":  # needs a year to stay behind, on every date
            seats = seats_of(self.layout, index)
            index = index[seats.grade - seats.entry_grade > max(self.calendar.years_back)]
        frame = self.without_taken(pl.DataFrame({"index": index})).head(count).with_row_index("turn")
        kind = pl.Series(kinds).gather(frame["turn"] % len(kinds))
        self.add(frame.select("index", kind=kind, group=pl.lit(-1, pl.Int64), leader=pl.lit(-1, pl.Int64)))

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
        return without_repeats(plan.with_columns(number=numbers).pipe(self.with_months))

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


def special_numbers(layout: Layout, seed: int, calendar: Calendar, plan: pl.DataFrame) -> pl.Series:
    """Seventeen digits for kinds that need a number which is no student's; 0 for the others.

    Each is the child's own number with one part replaced: by a block no child has, a year no student is born in, a region of
    nobody. Which makes it differ from every student's number.
    """
    index = plan["index"].to_numpy()
    children = children_of(layout, seed, calendar.last_school_year, seats_of(layout, index))
    body, bits = children.body, plan["bits"].to_numpy()
    grade = seats_of(layout, index).grade

    def with_region(region: NDArray[np.int64]) -> NDArray[np.int64]:
        return region * 10**11 + body % 10**11

    def with_year(year: NDArray[np.int64]) -> NDArray[np.int64]:
        return body + (year - body // 10**7 % 10**4) * 10**7

    def any_of(choices: NDArray[np.int64]) -> NDArray[np.int64]:
        return choices[whole(bits, len(choices))]

    year, day = body // 10**7 % 10**4, body // 10**3 % 10**4
    wrong_day = any_of(np.array([230, 431, 631, 931, 1131, 1301, 1232, 1500]))
    older = np.where(grade <= 6, 16, np.where(grade <= 9, 12, 8))  # a sibling of 22 to 29; leap years stay leap years
    province = any_of(np.array(places.UNKNOWN_PROVINCES))
    choices = {
        "superseded": body // 1000 * 1000 + 2 + children.is_male,
        "invented": body // 1000 * 1000 + 2 + children.is_male,
        "strangers_number": with_year(year - older),
        "parents_number": with_year(year - 28),
        "infants_number": np.where(day == 229, 0, with_year(np.full_like(body, calendar.dates[-1].year - 1))),
        "no_such_date": body + (wrong_day - day) * 1000,
        "unknown_province": body % 10**15 + province * 10**15,
        "unlisted_division": with_region(any_of(places.unlisted_regions())),
        "residence_permit": with_region(any_of(np.array(places.PERMIT_REGIONS))),
        "foreigner": with_region(900_000 + body // 10**15 * 1000 + any_of(np.array([410, 392, 840, 704, 586]))),
    }
    numbers = np.zeros(len(index), dtype=np.int64)
    kinds = plan["kind"].to_numpy()
    for kind, body_of_kind in choices.items():
        numbers[kinds == kind] = body_of_kind[kinds == kind]
    return pl.Series(numbers)


def without_repeats(plan: pl.DataFrame) -> pl.DataFrame:
    """The plan without the few rows whose special number could not be made or is another row's as well."""
    repeated = (pl.col("number") > 0) & ~pl.col("number").is_first_distinct()
    not_made = (pl.col("kind") == "infants_number") & (pl.col("number") == 0)
    return plan.filter(~repeated, ~not_made)


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
