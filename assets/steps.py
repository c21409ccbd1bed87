"""Words for whoever watches a night: one line a unit or stage, with its rate and what is left. The command line makes bars of them,
Dagster keeps them with the step.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

logger = logging.getLogger("xueji")


class Steps:
    """A stage of several like pieces, told of piece by piece."""

    def __init__(self, stage: str, total: int) -> None:
        self.stage = stage
        self.total = total
        self.count = 0
        self.rows = 0

    def __enter__(self) -> Self:
        self.start = time.monotonic()
        return self

    def done(self, item: str, rows: int = 0) -> None:
        """Say that a piece is done, of so many rows, and what is left at the pace so far. Items are codes, not people."""
        self.count += 1
        self.rows += rows
        seconds = time.monotonic() - self.start
        left = seconds / self.count * (self.total - self.count)
        pace = f", {self.rows:,} rows, {self.rows / max(seconds, 1e-3):,.0f} rows/s" if self.rows else ""
        logger.info(
            "%s %s: %d of %d, %.1f s%s, about %.0f s left",
            *(self.stage, item, self.count, self.total, seconds, pace, left),
            extra={"stage": self.stage, "done": self.count, "total": self.total},
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def each(stage: str, items: Sequence[str]) -> Iterator[str]:
    """Yield the items, telling of each when it has been worked on."""
    with Steps(stage, len(items)) as steps:
        for item in items:
            yield item
            steps.done(item)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Say that a stage of one piece has begun and ended."""
    logger.info("%s …", name, extra={"stage": name, "done": 0, "total": 1})
    start = time.monotonic()
    yield
    logger.info("%s: %.1f s", name, time.monotonic() - start, extra={"stage": name, "done": 1, "total": 1})
