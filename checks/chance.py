"""Chances of counts of rare things: tails and ranges of the Poisson distribution, exact for small means as for large."""

from math import exp, lgamma, log, log1p, log10, sqrt

SURELY = 300.0  # what the logarithm of a tail is capped at
_SPREAD = 12.0  # standard deviations beyond which nothing is left to add up


def log_mass(count: int, mean: float) -> float:
    """The natural logarithm of the chance of exactly `count`. `mean` is above 0."""
    return count * log(mean) - mean - lgamma(count + 1)


def tail_log10(count: int, mean: float) -> float:
    """-log10 of the chance of `count` or more: 0 when that is sure, 3 when it happens once in a thousand times."""
    if count <= 0:
        return 0.0
    if mean <= 0:
        return SURELY
    if count <= mean:  # the tail is the larger part: one minus the smaller
        below = sum(exp(log_mass(value, mean)) for value in range(_first(mean), count))
        return min(-log1p(-min(below, 1 - 1e-16)) / log(10), SURELY)
    # Above the mean each term is the one before times mean / value, which is below 1: add until nothing is added.
    share, total, value = 1.0, 1.0, count
    while share > 1e-17 * total:
        value += 1
        share *= mean / value
        total += share
    return min(max(-(log_mass(count, mean) / log(10) + log10(total)), 0.0), SURELY)


def likely_range(mean: float, share: float = 0.95) -> tuple[int, int]:
    """The counts between which all but `1 - share` of the outcomes lie, half of these on either side."""
    if mean <= 0:
        return 0, 0
    aside = (1 - share) / 2
    value, below, low = _first(mean), 0.0, None
    while True:
        below += exp(log_mass(value, mean))
        if low is None and below >= aside:
            low = value
        if below >= 1 - aside:
            return low or 0, value
        value += 1


def _first(mean: float) -> int:
    """Below this no outcome has a chance that shows."""
    return max(0, int(mean - _SPREAD * sqrt(mean) - _SPREAD))
