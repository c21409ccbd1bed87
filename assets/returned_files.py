"""Files that schools and authorities sent back: which of them are new this night, and the safe unpacking of an archive."""

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import duckdb
import polars as pl

from xueji.assets.answer_rows import Refusal
from xueji.assets.archive_files import KIND_NAMES, expand_zip, kind_of_content, member_name
from xueji.assets.delivery_facts import FileRefusedError, Limits, SourceFile
from xueji.assets.engine import Engine
from xueji.assets.file_digests import file_digests
from xueji.assets.intake import NO_UNIT
from xueji.assets.landing_folder import delivery_dates
from xueji.assets.returned_workbooks import RETURN_LIMITS
from xueji.checks.model import UNITS

RETURNS, AUDITS, ARBITRATION = "returns", "audits", "arbitration"
RETURN_KINDS = (RETURNS, AUDITS, ARBITRATION)
UNITS_OF_FOLDERS = (*UNITS, NO_UNIT)
_SCHOOL_CODE = re.compile(r"(?<!\d)\d{10}(?!\d)")
CLUTTER = frozenset({"desktop.ini", "thumbs.db"})
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et")
NO_TIME = (1980, 1, 1, 0, 0, 0)  # what an archive says that does not know the time


@dataclass(frozen=True)
class ReturnedFile:
    """A file in returns/, audits/ or arbitration/ that no earlier night took. `file` is its path below the landing folder."""

    path: Path
    file: str
    kind: str
    folder_unit: str | None  # the unit whose folder it lies in; null for none
    school_code: str | None  # by its name, else by a folder's
    sha256: str
    is_copy: bool  # the same bytes were accepted from the same sender on an earlier night

    @property
    def sender(self) -> tuple[str, str | None, str | None, str]:
        """Equal for files of the same bytes in the same sender's place."""
        return (self.kind, self.folder_unit, self.school_code, self.sha256)


@dataclass(frozen=True)
class Member:
    """A file beside the workbook in an archive, unpacked at `path`; `name` is its path inside the archive."""

    name: str
    path: Path
    modified_at: str | None


@dataclass(frozen=True)
class Unpacked:
    workbook: Path
    members: tuple[Member, ...]
    format: str  # xlsx, zip


class ReturnRefusedError(FileRefusedError):
    """A returned file that cannot be taken, by a rule of `checks/return_rules.py`."""

    def __init__(self, rule_id: str, *found: str) -> None:
        self.refusal = Refusal(rule_id, found=found)
        super().__init__(self.refusal.reason)


def new_files(engine: Engine, connection: duckdb.DuckDBPyConnection, landing: Path, night: str) -> list[ReturnedFile]:
    """Files of all delivery dates up to the night that no earlier night took, in the order of their paths."""
    paths = {readable(path.relative_to(landing)): path for path in sorted(returned_paths(landing, night))}
    digests = file_digests(engine, paths)
    files = [returned_file(paths[file], file, digest) for file, digest in sorted(digests.items())]
    connection.register("files_seen", pl.DataFrame(
        [(file.kind, file.file, file.sha256) for file in files],
        schema={"kind": pl.String, "file": pl.String, "sha256": pl.String}, orient="row",
    ).to_arrow())  # fmt: skip
    before = f"""
        select d.kind, d.file, d.sha256, d.verdict
        from deliveries as d
        join files_seen as s on s.kind = d.kind and s.sha256 = d.sha256
        where d."date" < date '{night}'
    """
    known = connection.execute(before).fetchall()
    taken = {(kind, file, sha256) for kind, file, sha256, _ in known}
    accepted = {
        returned_file(landing / file, file, sha256).sender
        for _, file, sha256, verdict in known
        if verdict == "accepted"
    }
    return [
        returned_file(file.path, file.file, file.sha256, file.sender in accepted)
        for file in files
        if (file.kind, file.file, file.sha256) not in taken
    ]


def returned_paths(landing: Path, night: str) -> Iterator[Path]:
    """Every file in the folders of what comes back, on any delivery date up to the night. Clutter of desktops is left out."""
    for date in delivery_dates(landing):
        if date <= night:
            for kind in RETURN_KINDS:
                for folder, _, names in os.walk(landing / date / kind):
                    yield from (Path(folder) / name for name in names if not is_clutter(name))


def is_clutter(name: str) -> bool:
    """Whether a file is a desktop's own: hidden, or the lock of an open workbook."""
    return name.startswith((".", "~$")) or name.lower() in CLUTTER


def returned_file(path: Path, file: str, sha256: str, is_copy: bool = False) -> ReturnedFile:
    """What a file's place and name say of it."""
    _, kind, *folders, name = PurePosixPath(file).parts
    unit = folders[0] if folders and folders[0] in UNITS_OF_FOLDERS and kind != ARBITRATION else None
    codes = (match[0] for part in (name, *reversed(folders)) if (match := _SCHOOL_CODE.search(part)))
    school = next(codes, None) if kind == RETURNS else None
    return ReturnedFile(path, file, kind, unit, school, sha256, is_copy)


def readable(path: Path) -> str:
    """A path as text, with / between its parts; a name that is not UTF-8 is taken for GBK, as Chinese Windows writes it."""
    try:
        return os.fsencode(path.as_posix()).decode()
    except UnicodeDecodeError:
        return os.fsencode(path.as_posix()).decode("gb18030", errors="replace")


def unpack(file: ReturnedFile, staging: Path, limits: Limits = RETURN_LIMITS) -> Unpacked:
    """The workbook of a returned file and what came beside it. Raises ReturnRefusedError when there is no such thing."""
    if file.path.is_symlink():
        raise ReturnRefusedError("file_unreadable", "是指向别处的链接")
    try:
        match kind_of_content(file.path):
            case "xlsx":
                return Unpacked(file.path, (), "xlsx")
            case "zip" if file.path.suffix.lower() in WORKBOOK_SUFFIXES:
                raise FileRefusedError("工作簿损坏或不完整")
            case "zip":
                return unpack_zip(file, staging, limits)
            case kind:
                raise ReturnRefusedError(
                    "file_unreadable", f"内容是{KIND_NAMES[kind]}" if kind != "empty" else "空文件"
                )
    except ReturnRefusedError:
        raise
    except (FileRefusedError, OSError) as error:
        reason = str(error) if isinstance(error, FileRefusedError) else "读取时出错"
        raise ReturnRefusedError("file_unreadable", reason) from error


def unpack_zip(file: ReturnedFile, staging: Path, limits: Limits) -> Unpacked:
    staging.mkdir(parents=True)
    sources = list(expand_zip(SourceFile(file.path, "", "zip"), staging, limits))
    times = modification_times(file.path)
    members = [Member(source.name[1:], source.path, times.get(source.name[1:])) for source in sources]
    members = [member for member in members if not is_clutter(PurePosixPath(member.name).name)]
    workbooks = [member for member in members if kind_of_content(member.path) == "xlsx"]
    if not workbooks:  # one that cannot be read is told of before one that is not there
        unreadable = [member for member in members if member.name.lower().endswith(WORKBOOK_SUFFIXES)]
        if len(unreadable) == 1:
            raise FileRefusedError(f"压缩包内的清单是{KIND_NAMES[kind_of_content(unreadable[0].path)]}")
    if len(workbooks) != 1:
        raise ReturnRefusedError("file_crowded", str(len(workbooks)))
    return Unpacked(workbooks[0].path, tuple(member for member in members if member is not workbooks[0]), "zip")


def modification_times(path: Path) -> dict[str, str]:
    """When each member was last changed, as the archive says; left out where it says nothing, or no time there is."""
    with zipfile.ZipFile(path) as archive:
        return {
            member_name(entry): "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.date_time)
            for entry in archive.infolist()
            if entry.date_time != NO_TIME and entry.date_time[1] and entry.date_time[2]
        }


def staging_folder(engine: Engine) -> Path:
    """Where archives are unpacked: emptied when it is asked for, and by whoever asked when done. It holds people's data."""
    folder = engine.work_path / "returned"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder
