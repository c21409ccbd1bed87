"""Rendering on every core: Python renders one document at a time in one process."""

import gc
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def executor(threads: int, tasks: int, few: int) -> Iterator[Executor | None]:
    """Processes to render with; None when this process does it alone: with one thread, or at most `few` tasks.

    Not forked: this process holds DuckDB's threads.
    """
    if threads == 1 or tasks <= few:
        yield None
        return
    with ProcessPoolExecutor(threads, mp_context=get_context("forkserver"), initializer=gc.disable) as pool:
        yield pool


@contextmanager
def no_cycle_collection() -> Iterator[None]:
    """Without Python's search for cycles while very many plain values are made: it would take a third of the time, and finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
