"""How the weights of suspected duplicates are learned without labels: expectation-maximisation over candidate pairs.

Only pairs that share a block key are ever seen, and whether a pair shares one follows from its levels: `in_blocks`. The probabilities
are those among *all* registrations of one child, and all children of one family, so the pairs that no key shows are filled in by
what the model expects of them (Dempster, Laird and Rubin 1977, section 4.2: truncated data). Strangers need no learning: theirs are
counted over the whole registry.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from xueji.checks.suspect_levels import BIRTH, FAMILY, HOUSEHOLD, NAME, NUMBER, PLACE, SEX
from xueji.checks.suspect_model import CLASSES, FIELDS, Array, SuspectModel

EXPECTED_PRECISION = 0.98  # of all pairs suspected together
ROUNDS = 2_000
SETTLED = 1e-9  # change of the log likelihood a pair at which learning ends
HALF_A_PAIR = 0.5  # counted in every level beforehand, so that none becomes impossible
# Where learning starts: a guess that only has to tell the classes apart. Children of one family share the surname, not the name.
START = {
    "name": ((0.6, 0.2, 0.1, 0.05, 0.03, 0.02), (0.001, 0.002, 0.007, 0.01, 0.9, 0.08)),
    "birth": ((0.8, 0.1, 0.04, 0.03, 0.03), (0.05, 0.01, 0.01, 0.03, 0.9)),
    "sex": ((0.98, 0.02), (0.5, 0.5)),
    "home": ((0.1, 0.05, 0.25, 0.1, 0.15, 0.1, 0.1, 0.15), (0.4, 0.1, 0.3, 0.1, 0.04, 0.03, 0.02, 0.01)),
    "family": ((0.5, 0.1, 0.2, 0.2), (0.5, 0.45, 0.03, 0.02)),
    "number": ((0.1, 0.05, 0.02, 0.3, 0.3, 0.1, 0.13), (0.001, 0.001, 0.95, 0.02, 0.02, 0.005, 0.003)),
}
START_PER_STUDENT = {"same": 0.001, "kin": 0.2}
SHAPE = tuple(len(levels) for levels in FIELDS.values())


def in_blocks() -> NDArray[np.bool_]:
    """For every combination of levels, in the order of `FIELDS`: whether such a pair shares a key of `checks/suspect_blocks.py`."""
    name, birth, sex, home, family, number = np.indices(SHAPE)
    is_heard = name <= NAME.index("sound")
    is_equal_birth = birth == BIRTH.index("equal")
    is_near_birth = birth < BIRTH.index("other")
    is_alike = is_heard & (sex == SEX.index("equal"))
    place, household = home // len(HOUSEHOLD), home % len(HOUSEHOLD)
    shares_home = (place <= PLACE.index("county")) | (household == HOUSEHOLD.index("equal"))
    is_near_name = (name <= NAME.index("surname")) & (sex == SEX.index("equal")) & is_equal_birth
    shares_family = family <= FAMILY.index("phone")
    return np.asarray(
        (is_alike & is_equal_birth & (place <= PLACE.index("unit")))
        | (is_alike & is_near_birth & shares_home)
        | (is_near_name & shares_home)
        | (shares_family & (is_near_birth | is_heard))
        | (number == NUMBER.index("linked"))
    )


def train(counts: Array, strangers: Mapping[str, Array], students: int) -> SuspectModel:
    """The model that fits best how many candidate pairs show each combination of levels; its threshold is left at 1.

    `counts` has the shape `SHAPE`; `strangers` are the model's, counted over all pairs of the registry.
    """
    shown = in_blocks()
    tables = [{field: np.array(START[field][kind]) for field in FIELDS} for kind in range(len(CLASSES))]
    sizes = [START_PER_STUDENT[kind] * students for kind in CLASSES]
    by_chance = students * (students - 1) / 2 * strangers_product(strangers)
    pairs, before = counts.sum(), -np.inf
    for _ in range(ROUNDS):
        expected = [size * product(table) for size, table in zip(sizes, tables, strict=True)]
        total = by_chance + sum(expected)
        likelihood = float((counts * np.log(total)).sum() - total[shown].sum()) / pairs
        if abs(likelihood - before) < SETTLED:
            break
        before = likelihood
        for place in range(len(CLASSES)):
            found = np.where(shown, counts * expected[place] / total, expected[place])
            sizes[place] = found.sum()
            tables[place] = marginals(found)
    same, kin = tables
    return SuspectModel(same, kin, strangers, sizes[0] / students, sizes[1] / students, threshold=1.0)


def marginals(found: Array) -> dict[str, Array]:
    """The share of each level of each field."""
    tables = {}
    for place, field in enumerate(FIELDS):
        levels = found.sum(axis=tuple(axis for axis in range(len(FIELDS)) if axis != place)) + HALF_A_PAIR
        tables[field] = levels / levels.sum()
    return tables


def product(table: Mapping[str, Array]) -> Array:
    """The probability of every combination of levels where fields are independent."""
    combined = np.ones(())
    for field in FIELDS:
        combined = np.multiply.outer(combined, table[field])
    return np.asarray(combined)


def strangers_product(strangers: Mapping[str, Array]) -> Array:
    """The probability of every combination of levels among strangers."""
    combined = np.ones(SHAPE)
    name, birth, sex, home, family, number = np.indices(SHAPE)
    place = home // len(HOUSEHOLD)
    combined *= strangers["name"][place, sex, name] * strangers["birth"][place, birth] * strangers["sex"][sex]
    return np.asarray(combined * strangers["home"][home] * strangers["family"][family] * strangers["number"][number])


def threshold_of(probabilities: Array) -> float:
    """The lowest probability from which on all pairs together are expected to be right in `EXPECTED_PRECISION` of the cases.

    1 when not even the likeliest pair is.
    """
    ordered = np.sort(probabilities)[::-1]
    means = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    enough = np.flatnonzero(means >= EXPECTED_PRECISION)
    return float(ordered[enough[-1]]) if len(enough) else 1.0
