"""Progress of long work: a bar a stage on a terminal, plain lines elsewhere."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class BarHandler(logging.Handler):
    """Shows each stage that `assets/steps.py` tells of as one bar."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress
        self.bars: dict[str, TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        stage = getattr(record, "stage", None)
        if stage is None:
            self.progress.console.print(record.getMessage())
            return
        total = record.__dict__["total"]
        rate = record.__dict__["rate"]
        if stage not in self.bars:
            self.bars[stage] = self.progress.add_task(stage, total=total, rate=rate)
        self.progress.update(self.bars[stage], completed=record.__dict__["done"], total=total, rate=rate)


@contextmanager
def watched() -> Iterator[None]:
    """Show what the logger `xueji` says while the block runs. On standard error, so that results can be piped."""
    logger = logging.getLogger("xueji")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if not sys.stderr.isatty():
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        with attached(logger, handler):
            yield
        return
    columns = (
        TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress, attached(logger, BarHandler(progress)):
        yield


@contextmanager
def attached(logger: logging.Logger, handler: logging.Handler) -> Iterator[None]:
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
