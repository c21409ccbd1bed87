"""Writing the bulletins of one unit, or the nation's, apart from their asset: processes that render import this and no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

import polars as pl

from xueji.assets.processes import no_cycle_collection
from xueji.assets.whole_files import write_whole
from xueji.checks.model import Rule
from xueji.reports.bulletin import Bulletin, Edition, build_bulletin, render_html, render_pdf, render_xlsx
from xueji.reports.bulletin_facts import Facts, ProgressRow

EVERYWHERE = ("html", "xlsx")  # of every area; PDFs take a second each


@dataclass(frozen=True)
class BulletinTask:
    """The bulletins of some areas whose figures are told from one set of rows: the nation's alone, or a unit with all below it.

    `rows` and `previous` have the columns of `ProgressRow`. `formats`: level and code of each area → its editions.
    """

    rows: pl.DataFrame
    previous: pl.DataFrame
    rules: Sequence[Rule]
    formats: Mapping[str, Sequence[str]]
    editions: Mapping[str, Edition]


def write_bulletins(task: BulletinTask, folder: Path) -> list[Path]:
    """Write the task's bulletins. Returns their files."""
    facts = Facts(
        starmap(ProgressRow, task.rows.iter_rows()), starmap(ProgressRow, task.previous.iter_rows()), task.rules
    )
    files = []
    for code, formats in task.formats.items():
        with no_cycle_collection():
            files += _write(build_bulletin(facts, code, task.editions[code]), formats, folder)
    return files


def _write(bulletin: Bulletin, formats: Sequence[str], folder: Path) -> list[Path]:
    page = render_html(bulletin)
    editions = {
        "html": lambda: page.encode(),
        "pdf": lambda: render_pdf(page),
        "xlsx": lambda: render_xlsx(bulletin),
    }
    files = []
    for ending in formats:
        files.append(folder / f"{bulletin.file_stem}.{ending}")
        write_whole(files[-1], editions[ending]())
    return files
