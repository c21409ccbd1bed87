"""Writing bulletins, apart from their asset: processes that render import this and no more."""

from pathlib import Path

from xueji.assets.whole_files import write_whole
from xueji.reports.bulletin import Bulletin, render_html, render_pdf, render_xlsx


def write_bulletin(bulletin: Bulletin, folder: Path) -> list[Path]:
    """Write one bulletin's three editions. Returns their files."""
    page = render_html(bulletin)
    editions = {"html": page.encode(), "pdf": render_pdf(page), "xlsx": render_xlsx(bulletin)}
    files = []
    for ending, content in editions.items():
        files.append(folder / f"{bulletin.file_stem}.{ending}")
        write_whole(files[-1], content)
    return files
