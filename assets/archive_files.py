"""What a delivered file really is, and the safe unpacking of the two kinds that hold other files: gzip and zip."""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from xueji.assets.delivery_facts import FileRefusedError, Limits, SourceFile

CHUNK = 1 << 20
# How a file's name must end for what its content is.
SUFFIXES = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv.gz",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".zip": "zip",
}
KIND_NAMES = {
    "csv": "文本(CSV)",
    "csv.gz": "gzip压缩包",
    "xlsx": "Excel工作簿(xlsx)",
    "parquet": "Parquet",
    "zip": "zip压缩包",
    "empty": "空文件",
    "ole": "旧式Excel(.xls)或加密的工作簿",
    "markup": "网页或XML",
    "binary": "二进制文件",
}
MAGIC = (
    (b"\x1f\x8b", "csv.gz"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF", "binary"),
    (b"Rar!", "binary"),
    (b"7z\xbc\xaf\x27\x1c", "binary"),
)
UNREADABLE_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def kind_of_name(name: str) -> str | None:
    """The kind a file's name promises; None for a name no delivery has."""
    lower = name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if lower.endswith(suffix)), None)


def kind_of_content(path: Path) -> str:
    """The kind a file's first bytes show."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "xlsx" if _is_workbook(path) else "zip"
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        return "markup"
    return "binary" if head.count(b"\0") * 10 > len(head) else "csv"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            begins_here = min((entry.header_offset for entry in archive.infolist()), default=0) == 0
            return begins_here and "xl/workbook.xml" in archive.namelist()
    except UNREADABLE_ZIP:
        return False


def checked_kind(path: Path, name: str) -> str:
    """The kind of a file whose name and content agree. Refuses any other file."""
    promised, found = kind_of_name(name), kind_of_content(path)
    if found == "empty":
        raise FileRefusedError("空文件：0字节")
    if promised is None:
        raise FileRefusedError("不支持的文件类型：应为csv、csv.gz、xlsx、parquet或zip")
    if promised != found:
        raise FileRefusedError(f"扩展名与内容不符：名称表示{KIND_NAMES[promised]}，内容是{KIND_NAMES[found]}")
    return found


def expand_gzip(source: SourceFile, staging: Path, limits: Limits) -> SourceFile:
    """The text inside a gzip file, written below `staging`."""
    target = staging / "expanded"
    try:
        with gzip.open(source.path) as packed:
            _copy(packed, target, source.path.stat().st_size, limits.max_expanded_bytes, limits)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileRefusedError("gzip压缩包损坏或不完整，无法解压") from error
    if kind_of_content(target) != "csv":
        raise FileRefusedError(f"gzip压缩包内应为文本(CSV),实为{KIND_NAMES[kind_of_content(target)]}")
    return SourceFile(target, source.name, source.format)


def _copy(packed: gzip.GzipFile | IO[bytes], target: Path, packed_size: int, budget: int, limits: Limits) -> int:
    """Copy an unpacked stream; stops at the budget and at a ratio no honest text reaches. Returns its size."""
    size = 0
    with target.open("wb") as written:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > budget:
                raise FileRefusedError("压缩包解压后过大，疑为压缩炸弹")
            if size > limits.ratio_floor_bytes and size > limits.max_ratio * packed_size:
                raise FileRefusedError(f"压缩比超过{limits.max_ratio}倍，疑为压缩炸弹")
            written.write(chunk)
    return size


def expand_zip(source: SourceFile, staging: Path, limits: Limits) -> Iterator[SourceFile]:
    """The members of a zip file, one after the other, written below `staging` under names of our own.

    Every member's entry is judged before the first one is unpacked: one bad entry refuses the archive.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = _checked_members(archive, limits)
            if not members:
                raise FileRefusedError("压缩包内没有文件")
            budget = limits.max_expanded_bytes
            unpacked = []
            for place, (member, name) in enumerate(members):
                target = staging / f"member-{place:04}"
                with archive.open(member) as packed:
                    budget -= _copy(packed, target, member.compress_size, budget, limits)
                unpacked.append(SourceFile(target, f"{source.name}/{name}", kind_of_name(name) or ""))
    except UNREADABLE_ZIP as error:
        raise FileRefusedError("zip压缩包损坏或不完整，无法解压") from error
    yield from unpacked


def _checked_members(archive: zipfile.ZipFile, limits: Limits) -> list[tuple[zipfile.ZipInfo, str]]:
    """Members with their names as a reader writes them, in name order; folders and system clutter left out."""
    entries = archive.infolist()
    if entries and min(entry.header_offset for entry in entries) > 0:
        # Its end is torn off, and what was found is the directory of an archive inside it, such as a workbook.
        raise FileRefusedError("zip压缩包损坏或不完整，无法解压")
    if len(entries) > limits.max_members:
        raise FileRefusedError(f"压缩包内文件超过{limits.max_members}个")
    members = []
    for entry in entries:
        name = member_name(entry)
        _check_entry(entry, name)
        clutter = name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")
        if not entry.is_dir() and not clutter:
            members.append((entry, name))
    if sum(entry.file_size for entry, _ in members) > limits.max_expanded_bytes:
        raise FileRefusedError("压缩包解压后过大，疑为压缩炸弹")
    names = [name for _, name in members]
    if len(set(names)) < len(names):
        raise FileRefusedError("压缩包内有同名文件")
    return sorted(members, key=lambda member: member[1])


def member_name(entry: zipfile.ZipInfo) -> str:
    """A member's name; names written by Chinese Windows programs are GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in entry.orig_filename:
        raise FileRefusedError("压缩包内有指向包外的路径")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FileRefusedError("压缩包内有符号链接")
    if entry.flag_bits & 0x1:
        raise FileRefusedError("压缩包已加密，无法读取")
