"""Writing school lists, apart from their asset: processes that render import this and no more."""

from hashlib import sha256
from pathlib import Path

from xueji.reports.school_list import SchoolList, render_school_list


def write_chunk(lists: list[tuple[Path, SchoolList]]) -> list[tuple[str, str]]:
    """Write these lists to their files. Returns file stems and sha256."""
    written = []
    for file, values in lists:
        content = render_school_list(values)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        written.append((file.stem, sha256(content).hexdigest()))
    return written
