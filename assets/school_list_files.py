"""Writing workbooks that go out, apart from their asset: processes that render import this and no more."""

from hashlib import sha256
from pathlib import Path

from xueji.reports.office_workbook import OfficeWorkbook, render_office_workbook
from xueji.reports.school_list import SchoolList, render_school_list


def write_chunk(folder: Path, workbooks: list[tuple[str, SchoolList | OfficeWorkbook]]) -> list[tuple[str, str]]:
    """Write these workbooks to their places below `folder`. Returns places and sha256."""
    written = []
    for place, values in workbooks:
        content = render_school_list(values) if isinstance(values, SchoolList) else render_office_workbook(values)
        written.append((place, write_file(folder / place, content)))
    return written


def write_file(file: Path, content: bytes) -> str:
    """Write one file. Returns its sha256."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return sha256(content).hexdigest()
