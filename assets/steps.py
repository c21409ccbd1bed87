"""Words for whoever watches a night: one line a unit or stage, with its rate and what is left. The command line makes bars of them,
Dagster keeps them with the step.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
logger = logging.getLogger("xueji")
MOST_LINES = 100  # a stage of more pieces is told of once a second


class Steps:
    """A stage of several like pieces, told of piece by piece, with what was got through in them: rows, or `what` is said."""

    def __init__(self, stage: str, total: int, what: str = "rows") -> None:
        self.stage = stage
        self.total = total
        self.what = what
        self.start = self.said = time.monotonic()
        self.count = 0
        self.amount = 0

    def done(self, item: str, amount: int = 0) -> None:
        """Say that a piece is done, and what is left at the pace so far. Items are codes, not people."""
        self.count += 1
        self.amount += amount
        now = time.monotonic()
        if self.total > MOST_LINES and self.count < self.total and now - self.said < 1:
            return
        self.said = now
        seconds = now - self.start
        left = seconds / self.count * (self.total - self.count)
        rate = f"{self.amount / max(seconds, 1e-3):,.0f} {self.what}/s" if self.amount else ""
        pace = f", {self.amount:,} {self.what}, {rate}" if rate else ""
        logger.info(
            "%s %s: %d of %d, %.1f s%s, about %.0f s left",
            *(self.stage, item, self.count, self.total, seconds, pace, left),
            extra={"stage": self.stage, "done": self.count, "total": self.total, "rate": rate},
        )


def each(stage: str, items: Sequence[Item], name: Callable[[Item], str]) -> Iterator[Item]:
    """Yield the items, telling of each by its name when it has been worked on."""
    steps = Steps(stage, len(items))
    for item in items:
        yield item
        steps.done(name(item))


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Say that a stage of one piece has begun and ended."""
    logger.info("%s …", name, extra={"stage": name, "done": 0, "total": 1, "rate": ""})
    start = time.monotonic()
    yield
    logger.info("%s: %.1f s", name, time.monotonic() - start, extra={"stage": name, "done": 1, "total": 1, "rate": ""})
