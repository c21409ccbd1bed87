"""Writing the workbooks of verification: processes that render import this and no more. All is open to its owner alone."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from hashlib import sha256
from pathlib import Path

from xueji.reports.verification_workbook import VerificationWorkbook, render_verification_workbook

Chunk = list[tuple[str, VerificationWorkbook]]


def written_chunks(
    folder: Path, tasks: Iterable[Chunk], pool: Executor | None, ahead: int
) -> Iterator[tuple[str, str]]:
    """Place and sha256 of the workbooks as they are written: at most `ahead` chunks are in hand, for a unit's may be all of its students."""
    if pool is None:
        for chunk in tasks:
            yield from write_chunk(folder, chunk)
        return
    waiting: deque[Future[list[tuple[str, str]]]] = deque()
    for chunk in tasks:
        waiting.append(pool.submit(write_chunk, folder, chunk))
        if len(waiting) >= ahead:
            yield from waiting.popleft().result()
    for future in waiting:
        yield from future.result()


def write_chunk(folder: Path, chunk: Chunk) -> list[tuple[str, str]]:
    """Write these workbooks to their places below `folder`. Returns places and sha256."""
    return [(place, write_private(folder / place, render_verification_workbook(values))) for place, values in chunk]


def make_private(folder: Path) -> None:
    """The folder, and those above it as far as they are missing, open to their owner alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_private(file: Path, content: bytes) -> str:
    """Write one file, open to its owner alone. Returns its sha256."""
    make_private(file.parent)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    return sha256(content).hexdigest()
