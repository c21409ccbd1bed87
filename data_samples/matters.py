"""What everybody in a played sample remembers: the cases they met, what was answered, what is on its way, what will be refused."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from xueji.checks.model import PROBLEM_TYPES
from xueji.data_samples.actors import Answer
from xueji.data_samples.expected_ends import Act
from xueji.data_samples.outbox import Handout, Offer
from xueji.data_samples.registry import CaseKey, Registration, Registry, case_key

PROBLEM_OF_TITLE = {kind.title: kind.code for kind in PROBLEM_TYPES.values()}


@dataclass
class Matter:
    """One case as those who handle it know it."""

    case_no: str
    key: CaseKey
    one: Registration
    answer: Answer | None = None  # the school's last that can stand
    tries: int = 0  # answers that could stand
    is_spoilt: bool = False  # a fault was made in its row once
    is_forgotten: bool = False  # the registry was left as it was once
    is_with_police: bool = False
    held_on: date | None = None
    passed_on: date | None = None
    done: dict[tuple[str, str], int] = field(default_factory=dict)  # form, owner → turn that was answered
    ready: dict[tuple[str, str, int], date] = field(
        default_factory=dict
    )  # form, owner, turn → day from which it is answered

    @property
    def problem(self) -> str:
        return self.key[3]


@dataclass(frozen=True)
class Sent:
    """A decision on its way, and the row that says it."""

    matter: Matter
    act: Act
    file: str
    row: int


@dataclass(frozen=True)
class Reject:
    """A row, or with no row a whole file, that has to be refused, and by which rule."""

    date: date
    file: str  # below the landing folder of the date
    row: int | None
    case_no: str | None
    rule_id: str


class Memory:
    """The cases by number, the decisions by the date on which they land, and what will be refused."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.matters: dict[str, Matter] = {}
        self.sent: dict[date, list[Sent]] = defaultdict(list)
        self.rejects: list[Reject] = []
        self.unknown: set[str] = set()  # cases that were handed out and that nobody expected

    def of_list(self, handout: Handout, offer: Offer) -> Matter | None:
        """The case of a row in a school's list; None when the school has no such problem record."""
        if offer.case_no not in self.matters:
            one = self.registry.by_number.get((handout.unit, handout.owner, offer.shown["学籍号"]))
            if one is None:
                self.unknown.add(offer.case_no)
                return None
            key = case_key(one, PROBLEM_OF_TITLE[offer.shown["问题类型"]])
            self.matters[offer.case_no] = Matter(offer.case_no, key, one)
        return self.matters[offer.case_no]

    def decide(self, day: date, handout: Handout, offer: Offer, sent: "Sent") -> None:
        """A decision that lands on `day` and can stand."""
        sent.matter.done[handout.form, handout.owner] = offer.turn
        self.sent[day].append(sent)

    def refuse(self, day: date, file: str, rule_id: str, row: int | None = None, case_no: str | None = None) -> None:
        self.rejects.append(Reject(day, file, row, case_no, rule_id))
