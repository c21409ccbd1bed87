"""Words for whoever watches a night: one log line a unit or stage. The command line turns them into a progress bar."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

logger = logging.getLogger("xueji")


def each(stage: str, items: Sequence[str]) -> Iterator[str]:
    """Yield the items, saying which of how many is done and what is left at the pace so far. Items are codes, not people."""
    start = time.monotonic()
    for number, item in enumerate(items, start=1):
        yield item
        seconds = time.monotonic() - start
        left = seconds / number * (len(items) - number)
        details = {"stage": stage, "done": number, "total": len(items)}
        logger.info(
            "%s %s: %d of %d, %.1f s, %.0f s left", stage, item, number, len(items), seconds, left, extra=details
        )


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Say that a stage of one piece has begun and ended."""
    logger.info("%s …", name, extra={"stage": name, "done": 0, "total": 1})
    start = time.monotonic()
    yield
    logger.info("%s: %.1f s", name, time.monotonic() - start, extra={"stage": name, "done": 1, "total": 1})
