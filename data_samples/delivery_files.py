"""Files of a landing folder: text, compressed text, archives, workbooks, Parquet. The same content gives the same bytes."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from xueji.data_samples.dialects import Dialect
from xueji.data_samples.draws import Dice
from xueji.data_samples.text_files import text_file

_GZIP_LEVEL = 3
_ZIP_TIME = (2020, 1, 1, 0, 0, 0)
_WORKBOOK_TIME = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
FALSE_WORKBOOK = "<html><head><meta charset='utf-8'></head><body><table><tr><td>导出失败,请重新登录</td></tr></table></body></html>\n"


def write_delivery(
    folder: Path, stem: str, sections: Mapping[str, pl.DataFrame], dialect: Dialect, dice: Dice | None
) -> dict[str, int]:
    """Write records as one file. Returns the number of broken rows by file, as the reader names it.

    `sections` go into members of an archive or sheets of a workbook; in other formats they follow one another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{stem}.{dialect.file_format}"
    path = folder / name
    match dialect.file_format:
        case "parquet":
            write_parquet(path, pl.concat(sections.values()))
        case "xlsx":
            write_workbook(path, sections)
        case "zip":
            return write_archive(path, stem, sections, dialect, dice)
        case _:
            text = text_file(pl.concat(sections.values()), dialect, dice)
            compressed = dialect.file_format == "csv.gz"
            path.write_bytes(gzip.compress(text.data, _GZIP_LEVEL, mtime=0) if compressed else text.data)
            return {name: text.broken_rows} if text.broken_rows else {}
    return {}


def write_parquet(path: Path, rows: pl.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.rechunk().write_parquet(path, compression="zstd", compression_level=1, row_group_size=122_880)


def write_archive(
    path: Path, stem: str, sections: Mapping[str, pl.DataFrame], dialect: Dialect, dice: Dice | None
) -> dict[str, int]:
    broken = {}
    with zipfile.ZipFile(path, "w") as archive:
        for title, rows in sections.items():
            member = f"{stem}_{title}.csv"
            text = text_file(rows, dialect, dice)
            info = zipfile.ZipInfo(member, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.data, compresslevel=_GZIP_LEVEL)
            if text.broken_rows:
                broken[f"{path.name}/{member}"] = text.broken_rows
            dice = None  # one broken member is enough
    return broken


def write_workbook(path: Path, sections: Mapping[str, pl.DataFrame]) -> None:
    """One sheet a section, every cell as text."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        workbook.set_properties({"created": _WORKBOOK_TIME})
        for title, rows in sections.items():
            sheet = workbook.add_worksheet(title)
            sheet.write_row(0, 0, rows.columns)
            for place, row in enumerate(rows.iter_rows(), start=1):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write_string(place, column, value)
    path.write_bytes(buffer.getvalue())


def write_text(path: Path, rows: pl.DataFrame) -> None:
    """A plain UTF-8 CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rows.write_csv().encode())
