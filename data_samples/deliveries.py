"""Which files a unit delivers on each date, and what goes into them."""

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from xueji.data_samples.delivery_dates import EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT
from xueji.data_samples.delivery_files import FALSE_WORKBOOK, write_delivery, write_parquet, write_text
from xueji.data_samples.dialects import DeliveryFormat, Dialect, dialect_of, written
from xueji.data_samples.draws import Dice, key
from xueji.data_samples.records import Part
from xueji.data_samples.sample import Sample

SUPPLEMENT = "students_supplement"  # the file that a spreadsheet has spoilt
SMALL_REGISTER = 5_000  # rows up to which a mixed delivery has the register as text
STAGES = {1: "小学", 7: "初中", 10: "高中"}  # by a school's first grade: members of archives, sheets of workbooks


@dataclass(frozen=True)
class PartName:
    """Where a part's files go: the unit's folder below a date, and what the part is called."""

    unit_code: str
    number: int  # from 1
    is_only_part: bool

    @property
    def stem(self) -> str:
        return "students" if self.is_only_part else f"students-{self.number:02d}"


@dataclass(frozen=True)
class Landing:
    """The folder being written and the way it is written in."""

    folder: Path
    sample: Sample
    delivery_format: DeliveryFormat

    def date_folder(self, month: int) -> Path:
        return self.folder / self.sample.calendar.dates[month].isoformat()


def write_part(landing: Landing, part: Part, name: PartName) -> list[tuple[int, str, str, int]]:
    """Write a part's records and register rows for every date. Returns broken rows: month, unit, file, rows."""
    calendar = landing.sample.calendar
    broken = []
    for month in range(calendar.months):
        folder = landing.date_folder(month)
        write_register(landing, part, name, folder, calendar.state_month(name.unit_code, month))
        if calendar.delivers(name.unit_code, month):
            files = write_records(landing, part, name, folder / name.unit_code, month)
            broken += [(month, name.unit_code, file, rows) for file, rows in files.items()]
    return broken


def write_register(landing: Landing, part: Part, name: PartName, folder: Path, month: int) -> None:
    rows = part.register(month)
    path = folder / "population" / f"{name.unit_code}-{name.number:02d}"
    if landing.delivery_format == "csv" or (landing.delivery_format == "mixed" and rows.height <= SMALL_REGISTER):
        write_text(path.with_suffix(".csv"), rows)
    else:
        write_parquet(path.with_suffix(".parquet"), rows)


def write_records(landing: Landing, part: Part, name: PartName, folder: Path, month: int) -> dict[str, int]:
    """A part's records of one date, those of a damaged file apart. Returns the broken rows by file."""
    sample, records = landing.sample, part.students(month)
    dialect = dialect_of(name.unit_code, records.height, landing.delivery_format)
    is_damaged = pl.col("school").is_in(list(sample.damaged_schools))
    spoilt = records.filter(is_damaged)
    dice = Dice(key(sample.seed, f"broken rows/{month}/{name.unit_code}/{name.number}"))
    has_broken = landing.delivery_format == "mixed" and dice.roll(1_000_000) < sample.rates.broken_rows * 1_000_000
    sections = sections_of(records.filter(~is_damaged), sample, name.unit_code, dialect)
    broken = write_delivery(folder, name.stem, sections, dialect, dice if has_broken else None)
    if spoilt.height:
        plain = supplement_dialect(dialect)
        write_delivery(folder, SUPPLEMENT, {"": written(spoilt, name.unit_code, plain)}, plain, None)
    return broken


def supplement_dialect(dialect: Dialect) -> Dialect:
    """How a unit writes the file it adds by hand: plain text, unless all its files are Parquet."""
    is_parquet = dialect.file_format == "parquet"
    return replace(
        dialect, file_format="parquet" if is_parquet else "csv", extra_column=None, rotation=0, torn_end=False
    )


def sections_of(records: pl.DataFrame, sample: Sample, unit_code: str, dialect: Dialect) -> dict[str, pl.DataFrame]:
    """The records by stage of school where the format has sections, else together."""
    if dialect.file_format not in ("zip", "xlsx"):
        return {"": written(records, unit_code, dialect)}
    first_grade = pl.Series(sample.layout.first_grade).gather(records["school"])
    stages = {
        title: records.filter(first_grade == grade) for grade, title in STAGES.items() if (first_grade == grade).any()
    }
    return {title: written(rows, unit_code, dialect) for title, rows in stages.items()}


def write_faulty_deliveries(landing: Landing) -> None:
    """What some units deliver on the last of several dates: nothing a reader can use."""
    calendar = landing.sample.calendar
    if calendar.months < 2:
        return
    folder = landing.date_folder(calendar.months - 1)
    for unit in (EMPTY_FILE_UNIT, FALSE_WORKBOOK_UNIT):
        (folder / unit).mkdir(parents=True, exist_ok=True)
    (folder / EMPTY_FILE_UNIT / "students.csv").write_bytes(b"")
    (folder / FALSE_WORKBOOK_UNIT / "students.xlsx").write_text(FALSE_WORKBOOK, encoding="utf-8")


def write_schools(landing: Landing) -> None:
    """The school table, the same on every date."""
    rows = school_rows(landing.sample)
    for month in range(landing.sample.calendar.months):
        write_text(landing.date_folder(month) / "schools.csv", rows)


def school_rows(sample: Sample) -> pl.DataFrame:
    """The school table as it is delivered."""
    return sample.layout.table.select(
        pl.col("school_code").alias("学校标识码"),
        pl.col("school_name").alias("学校名称"),
        pl.col("kind_label").alias("办学类型"),
        (pl.col("county_code") + "000000").alias("行政区划代码"),
        (pl.col("authority_code") + "000000").alias("主管部门区划代码"),
        pl.col("authority_level").alias("直属级别"),
    )


def damaged_file(landing: Landing, unit_code: str) -> str:
    """The path of a unit's spoilt file, below the unit's folder."""
    rows = landing.sample.layout.students
    dialect = supplement_dialect(dialect_of(unit_code, rows, landing.delivery_format))
    return f"{SUPPLEMENT}.{dialect.file_format}"
