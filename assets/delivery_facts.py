"""What is known about a delivery once it has been read: facts a file, staged rows, and rows that could not be taken."""

from dataclasses import dataclass
from pathlib import Path

from xueji.checks.model import XuejiError
from xueji.checks.sql_text import literal

RAW_CHARACTERS = 1_000  # of a bad row kept as evidence
VALUE_CHARACTERS = 200


@dataclass(frozen=True)
class Limits:
    """What a file may cost. Generous for honest deliveries, tight enough that a hostile one cannot fill disk or memory."""

    max_cell_characters: int = 32_767  # as in a spreadsheet
    max_record_bytes: int = 1 << 20
    max_members: int = 1_000  # of an archive
    max_expanded_bytes: int = 48 << 30  # an archive's members together, or a gzip's content
    max_workbook_bytes: int = 1536 << 20  # a workbook's parts together: it is read into memory
    max_ratio: int = 200  # expanded to packed, once `ratio_floor_bytes` are passed
    ratio_floor_bytes: int = 64 << 20
    max_rows: int = 100_000_000  # of a Parquet file, whose rows cost next to nothing while they are all alike
    max_quarantine_rows: int = 200_000  # of a file; one with more is not what it claims to be


@dataclass(frozen=True)
class FileFacts:
    """One row of `deliveries`: a file, an archive member or a sheet. delivered = accepted + quarantined, always."""

    file: str
    sha256: (
        str  # of the delivered file; a member or a sheet has its archive's or workbook's. Filled in by `read_delivery`
    )
    format: str
    encoding: str | None
    dialect: str  # labels, codes, mixed or unit mapping; empty when no header could be read
    rows_delivered: int
    rows_accepted: int
    rows_quarantined: int
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    verdict: str  # accepted, refused, skipped (a sheet without any known header: instructions)
    reason: str | None  # Chinese

    def __post_init__(self) -> None:
        if self.rows_delivered != self.rows_accepted + self.rows_quarantined:
            raise ValueError(
                f"{self.file}: {self.rows_delivered} rows delivered, "
                f"{self.rows_accepted} accepted + {self.rows_quarantined} quarantined"
            )


@dataclass(frozen=True)
class QuarantineRow:
    """A row that was not taken, or with `row` null a whole file. The header is row 1."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    reason: str  # Chinese
    raw: str | None
    rule_id: str | None = None  # of a row that was read and then refused


@dataclass(frozen=True)
class FileReading:
    """What came of one file, member or sheet.

    `rows` is a query for its accepted rows, and `parquet` the file that holds just those, where there is one. Both are null when
    the file was not taken, or is known from an earlier delivery (`is_known`).
    """

    facts: FileFacts
    rows: str | None = None
    parquet: Path | None = None
    quarantine: tuple[QuarantineRow, ...] = ()
    is_known: bool = False


@dataclass(frozen=True)
class StagedDelivery:
    """Everything read from a folder. `columns` is a file without rows that has all columns of the kind."""

    readings: tuple[FileReading, ...]
    columns: Path

    @property
    def files(self) -> tuple[FileFacts, ...]:
        return tuple(reading.facts for reading in self.readings)

    @property
    def quarantine(self) -> tuple[QuarantineRow, ...]:
        return tuple(row for reading in self.readings for row in reading.quarantine)

    @property
    def has_rows_taken(self) -> bool:
        """Whether any file was taken, be it an empty one."""
        return any(facts.verdict == "accepted" for facts in self.files)

    @property
    def taken(self) -> tuple[FileReading, ...]:
        """The readings that bring rows."""
        return tuple(reading for reading in self.readings if reading.facts.rows_accepted)

    @property
    def rows(self) -> str | None:
        """A query for the accepted rows, with all columns of the kind. Null when no file was taken."""
        queries = [reading.rows for reading in self.taken if reading.rows]
        return " union all by name ".join([rows_of(self.columns), *queries]) if self.has_rows_taken else None


def rows_of(parquet: Path) -> str:
    """A query for the rows of a staged file."""
    return f"select * from read_parquet({literal(parquet)})"


class FileRefusedError(XuejiError):
    """A file that cannot be taken at all. The message is Chinese and holds no personal value."""


@dataclass(frozen=True)
class SourceFile:
    """A file to be read: where its bytes are, and the name it goes by in reports."""

    path: Path
    name: str
    format: str


def refused(
    source: SourceFile,
    reason: str,
    rows: int = 0,
    encoding: str | None = None,
    dialect: str = "",
    unknown: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
) -> FileReading:
    """A file none of whose rows is taken: they all count as quarantined, under one row that stands for the file."""
    facts = FileFacts(
        file=source.name,
        sha256="",
        format=source.format,
        encoding=encoding,
        dialect=dialect,
        rows_delivered=rows,
        rows_accepted=0,
        rows_quarantined=rows,
        unknown_columns=unknown,
        missing_columns=missing,
        verdict="refused",
        reason=reason,
    )
    return FileReading(facts, quarantine=(QuarantineRow(source.name, None, None, None, reason, None),))


def shorten(text: str | None, limit: int) -> str | None:
    """`text`, cut to `limit` characters with a sign that it was cut."""
    if text is None or len(text) <= limit:
        return text
    return text[: limit - 1] + "…"
