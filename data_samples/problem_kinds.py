"""The sorts of problems that a sample plans: single records, and groups of records that belong together.

A group's *leader* is the record whose number, name or student number the other members take over, or whose child they register again.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from xueji.data_samples.name_mistakes import confusions
from xueji.data_samples.names import SEPARATOR
from xueji.data_samples.second_registrations import SUSPECT_LEADERS

# Kinds, by the rate that governs them; of several, each in turn. What they do to a record: mistakes.py.
SINGLE_KINDS = {
    "id_not_found": ("not_registered", "superseded", "invented"),
    "id_name_mismatch": (
        "name_mistyped", "name_changed", "name_mistyped", "name_mistyped", "strangers_number", "name_mistyped", "surname_in_record",
        "name_mistyped", "name_changed", "name_mistyped", "name_heteronym", "name_mistyped", "strangers_number", "name_mistyped",
        "surname_in_register", "name_mistyped", "name_mistyped", "name_changed", "name_mistyped", "strangers_number",
    ),
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
    "name_variant": (*("name_variant",) * 4, "separator_variant", *("name_variant",) * 5),
    "name_not_comparable": ("name_not_comparable",),
    "other_document": ("other_document",),
    "no_document": ("no_document",),
    "residence_permit": ("residence_permit", "foreigner"),
}  # fmt: skip
# Facts of life, not mistakes: the same on every date.
PERMANENT = {"unlisted_division", "other_document", "no_document", "residence_permit", "foreigner"}
LEADERS = {"leader", "document_leader", "nameless_leader", "student_no_leader", *SUSPECT_LEADERS}

GROUP_SIZES = (2, 3, 4, 5, 6)
SIZE_WEIGHTS = (80.0, 12.0, 5.0, 2.0, 1.0)
MOSTLY_PAIRS = (94.0, 6.0, 0.0, 0.0, 0.0)
PAIRS = (1.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Cast:
    """The parts in one group: the kind of its leader, and of its other members in order; the last is played by all further ones."""

    leader: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class GroupKind:
    """A sort of group of records that belong together."""

    rate: str
    casts: tuple[Cast, ...]  # of the groups in turn
    scopes: tuple[str, ...]  # areas that members are looked for in, of the groups in turn
    size_weights: tuple[float, ...] = SIZE_WEIGHTS
    other_grade: float = 0.0  # share of the members in the grade above or below

    @property
    def mean_size(self) -> float:
        return float(np.average(GROUP_SIZES, weights=self.size_weights))


def suspects(second: str, leader: str = "suspect_leader") -> Cast:
    """A child registered again under no number in common; a third time, if at all, with its number mistyped."""
    return Cast(leader, (second, "suspect_broken"))


# Numbers of casts and of scopes have no divisor in common, so that every cast meets every scope.
_ALL_SCOPES = ("county", "school", "city", "national", "unit", "county", "city", "national", "unit")
_AGAIN, _OTHERS = Cast("leader", ("same_child",)), Cast("leader", ("other_child", "same_child", "same_child"))
_MOVED = Cast("left_behind", ("moved_child", "same_child"))
_DOCUMENTS = tuple(
    Cast("document_leader", members)
    for members in (("document_same", "document_other"), ("document_other", "document_same"))
)
GROUP_KINDS = (
    GroupKind(
        "duplicate_id",
        (_AGAIN, _OTHERS, _MOVED, _AGAIN, _OTHERS, _AGAIN, _AGAIN, _OTHERS, _MOVED, _AGAIN),
        _ALL_SCOPES[:7],
    ),
    GroupKind("duplicate_document", _DOCUMENTS, _ALL_SCOPES),
    GroupKind(
        "duplicate_name_sex_birth", (Cast("nameless_leader", ("nameless_same",)),), ("county", "school", "unit", "city")
    ),
    GroupKind("duplicate_across_units", (Cast("nameless_leader", ("nameless_same",)),), ("other_unit",), PAIRS),
    GroupKind(
        "student_no_duplicate", (Cast("student_no_leader", ("student_no_taken",)),), ("unit", "county", "school")
    ),
    GroupKind(
        "suspected_duplicate",
        (
            suspects("suspect_forged"),
            suspects("suspect_without"),
            suspects("suspect_renumbered", "suspect_renumbered_leader"),
            suspects("suspect_broken"),
            suspects("suspect_nameless", "suspect_nameless_leader"),
            suspects("suspect_forged"),
            suspects("suspect_numbered", "suspect_nameless_leader"),
            suspects("suspect_without"),
            suspects("suspect_renumbered", "suspect_renumbered_leader"),
            suspects("suspect_broken"),
            suspects("suspect_forged"),
            suspects("suspect_nameless", "suspect_nameless_leader"),
            suspects("suspect_numbered", "suspect_nameless_leader"),
        ),
        ("county", "other_unit", "city", "county", "unit", "county", "school", "other_unit", "city", "unit"),
        MOSTLY_PAIRS,
        other_grade=0.2,
    ),
)


def part_in(kind: GroupKind, group: int, order: int) -> str:
    """The kind of a group's member: 0 is the leader."""
    cast = kind.casts[group % len(kind.casts)]
    return cast.members[min(order, len(cast.members)) - 1] if order else cast.leader


# Kinds that need a name of a particular sort, by how to tell such names.
PARTICULAR: dict[str, Callable[[pl.Series], pl.Series]] = {
    "name_heteronym": lambda names: names.str.slice(0, 1).is_in(heteronyms()) & ~names.str.contains(SEPARATOR),
    "separator_variant": lambda names: names.str.contains(SEPARATOR),
}
PARTICULAR_TRIES = 90  # names looked at for each that is wanted


def heteronyms() -> list[str]:
    """Surnames that have another reading elsewhere."""
    return sorted(character for place, character in confusions("homophone_reading") if place == "first")
