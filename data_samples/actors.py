"""Who the schools and authorities of a played sample are, and what each of them decides about a problem record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from xueji.data_samples.draws import Dice, key
from xueji.data_samples.registry import Identity, Registration, Registry
from xueji.data_samples.sample import UNIT_CODES, Sample

Temper = Literal["diligent", "slow", "careless", "cheating"]
CONTESTED, VANISHING = 3, 2  # matters, and schools that delete a child, which are sure to be played
# What goes with 在校证明: one of these, whole.
PAPERS = (("户口簿",), ("身份证正面", "身份证反面"), ("回执",))
SLOW_FROM, SLOW_DAYS = 12, 24  # days that the slow take: so many, and up to so many more
POLICE_IN, HELD_IN, REDONE_AFTER, HELD_FOR = 4, 4, 21, 14  # one case in so many; days
SENIOR_GRADE = 10


@dataclass(frozen=True)
class Shares:
    """How many schools are of each temper; offices likewise, the cheating among them being diligent."""

    slow: float = 0.2
    careless: float = 0.3
    cheating: float = 0.12


@dataclass(frozen=True)
class Answer:
    """What a school answers: the operation, what it says is right, the papers beside it."""

    disposition: str
    corrected: Identity | None = None
    papers: tuple[str, ...] = ()
    is_true: bool = True
    shares_scan: bool = False  # one scan for several students
    enrols_elsewhere: bool = False


@dataclass(frozen=True)
class Cast:
    """The tempers, by school and by office; and the units that keep whatever they once passed."""

    seed: int
    schools: Mapping[str, Temper]
    offices: Mapping[str, Temper]
    keeping_units: frozenset[str]

    def delay(self, temper: Temper, about: str) -> int:
        """Days until an answer: nothing but for the slow."""
        return SLOW_FROM + self.dice(about).roll(SLOW_DAYS) if temper == "slow" else 0

    def dice(self, about: str) -> Dice:
        return Dice(key(self.seed, f"life/{about}"))


def offices_of(sample: Sample) -> dict[str, str]:
    """The office that audits each school, by school code: county, city, or the unit."""
    columns = {"省": "unit_code", "市": "city_code", "县": "county_code"}
    rows = sample.layout.table.iter_rows(named=True)
    return {row["school_code"]: row[columns[row["authority_level"]]] for row in rows}


@dataclass
class _Casting:
    """Tempers given so far: the first one given to somebody stays."""

    schools: dict[str, Temper] = field(default_factory=dict)
    offices: dict[str, Temper] = field(default_factory=dict)


def cast_of(registry: Registry, shares: Shares) -> Cast:
    """Give everybody a temper. Some duplicates are sure to come before an arbiter: see `contested`."""
    sample = registry.sample
    offices = offices_of(sample)
    casting, keeping = _Casting(), set[str]()
    if shares.cheating:
        keeping = contested(registry, offices, casting)
        vanishing = [one.school_code for one in registry.registrations.values() if lets_vanish(one)]
        for school in vanishing[:VANISHING]:
            casting.schools.setdefault(school, "cheating")
    for school, office in offices.items():
        casting.schools.setdefault(school, _temper(sample.seed, f"school {school}", shares))
        temper = _temper(sample.seed, f"office {office}", shares)
        casting.offices.setdefault(office, "diligent" if temper == "cheating" else temper)
    for unit in UNIT_CODES:  # where no school is directly the province's, it still audits deletions
        casting.offices.setdefault(unit, "diligent")
    return Cast(sample.seed, casting.schools, casting.offices, frozenset(keeping))


def _temper(seed: int, whose: str, shares: Shares) -> Temper:
    place = Dice(key(seed, f"temper/{whose}")).roll(1000) / 1000
    for temper, share in (("slow", shares.slow), ("careless", shares.careless), ("cheating", shares.cheating)):
        if place < share:
            return temper  # type: ignore[return-value]
        place -= share
    return "diligent"


def contested(registry: Registry, offices: Mapping[str, str], casting: _Casting) -> set[str]:
    """Cast the first duplicates whose parties have offices of their own so that two attestations pass. Returns the units that keep theirs.

    The false party cheats and its office passes everything; the true one answers at once and is passed at once.
    """
    keeping, count = set[str](), 0
    for one in sorted(registry.registrations.values(), key=lambda one: one.group):
        if one.kind not in ("same_child", "other_child") or one.planned.start > 0 or count == CONTESTED:
            continue
        parties = [party for party in registry.registrations.values() if party.group == one.group]
        leader = next((party for party in parties if party.kind == "leader"), None)
        if leader is None:  # the number is a child's that has moved
            continue
        schools = [one.school_code, leader.school_code]
        own, other = (offices[school] for school in schools)
        is_cast = not casting.schools.keys().isdisjoint(schools) or not casting.offices.keys().isdisjoint((own, other))
        if len(parties) != 2 or own == other or is_cast or not registry.is_present(one, 0):
            continue
        casting.schools |= {schools[0]: "cheating", schools[1]: "diligent"}
        casting.offices |= {own: "careless", other: "diligent"}
        if count % 2 == 0:
            keeping.add(one.unit)
        count += 1
    return keeping


def right_answer(one: Registration, problem_type: str) -> Answer:
    """What is true, with the papers that go with it."""
    disposition = one.right_disposition
    if problem_type == "ERR_ID" and disposition == "佐证":
        raise ValueError(f"{one.kind}: a wrong number is never right as it stands")
    return Answer(disposition, one.right if disposition == "变更" else None, papers_for(one, disposition))


def papers_for(one: Registration, disposition: str) -> tuple[str, ...]:
    if disposition == "删除":
        return ("说明",) if one.is_formal else ()
    return ("在校证明", *PAPERS[one.index % len(PAPERS)])


def false_answer(one: Registration, problem_type: str) -> Answer | None:
    """What a cheating school says at first: attests whatever may be attested, or lets a child vanish. None: nothing to gain."""
    if one.right_disposition == "佐证":
        return None
    if lets_vanish(one):
        return Answer("删除", is_true=False, enrols_elsewhere=True)
    if problem_type != "ERR_ID":
        return Answer("佐证", papers=("在校证明", "户口簿"), is_true=False, shares_scan=True)
    return None


def lets_vanish(one: Registration) -> bool:
    """Whether a cheating school would delete a child that attends: nobody audits it, and the number is right for a new record."""
    is_single = one.group < 0 and one.right is not None and one.right_disposition == "变更"
    return is_single and not one.is_formal and one.right is not None and one.right.number == one.shown.number


def half_answer(one: Registration) -> Answer | None:
    """A correction that overlooks the second mistake of a record; None where there is but one."""
    if one.right is None:
        return None
    wrong = [
        name for name in ("name", "sex", "birth", "number") if getattr(one.right, name) != getattr(one.shown, name)
    ]
    if wrong != ["sex", "number"]:
        return None
    half = replace(one.shown, number=one.right.number)
    return Answer("变更", half, papers_for(one, "变更"), is_true=False)
