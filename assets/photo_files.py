"""The pictures of a delivery: which there are, what they show, and where they are kept.

Taken pictures are kept under HOME/forms-archive/<unit> by their sha256, readable by their owner alone: the electronic archive (电子档案).
"""

import hashlib
import os
import unicodedata
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from xueji.assets.evidence_files import SUFFIXES
from xueji.assets.photo_reader import Picture, read_pictures
from xueji.assets.processes import chunks, executor
from xueji.assets.returned_files import is_clutter, readable
from xueji.assets.steps import Steps
from xueji.checks.model import XuejiError

PICTURES = "photos"  # the folder, below the unit's
FEW = 40  # read here: starting processes would cost more
CHUNK = 16


@dataclass(frozen=True, order=True)
class PictureFile:
    """A picture below a unit's folder; `name` is its path below photos/, with / between its parts."""

    unit_code: str
    name: str
    path: Path


def pictures_of(unit: str, folder: Path) -> list[PictureFile]:
    """Every file below a unit's photos/, in the order of their names. Clutter of desktops is left out."""
    root = folder / PICTURES
    found: dict[str, Path] = {}
    for below, _, names in os.walk(root):
        for path in (Path(below) / name for name in names if not is_clutter(name)):
            name = unicodedata.normalize("NFC", readable(path.relative_to(root)))
            while name in found:  # two names that are written alike, once in each of two encodings
                name += "~"
            found[name] = path
    return [PictureFile(unit, name, path) for name, path in sorted(found.items())]


def read_all(files: Sequence[PictureFile], cores: int) -> list[Picture]:
    """What each picture shows, in order, read on every core."""
    steps = Steps("form_photos", len(files), "pictures")
    pictures: list[Picture] = []
    with executor(cores, len(files), FEW) as pool:
        work = [[file.path for file in chunk] for chunk in chunks(files, CHUNK)]
        for read in pool.map(read_pictures, work) if pool else map(read_pictures, work):
            pictures += read
            steps.count += len(read) - 1
            steps.done("pictures", len(read))
    return pictures


def archive_path(home: Path, unit: str, sha256: str, media_type: str) -> Path:
    """Where a picture is kept."""
    return home / "forms-archive" / unit / sha256[:2] / f"{sha256}{SUFFIXES[media_type]}"


def keep(home: Path, taken: Mapping[PictureFile, Picture], threads: int) -> None:
    """Keep the pictures that are not kept already, each whole or not at all."""

    def keep_one(file: PictureFile) -> None:
        picture = taken[file]
        target = archive_path(home, file.unit_code, picture.sha256, picture.media_type)
        if target.exists() and target.stat().st_size == picture.size:
            return
        content = file.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != picture.sha256:
            raise XuejiError(
                f"unit {file.unit_code}: a picture changed while it was taken in; deliver it whole, then run again"
            )
        _write(target, content)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(keep_one, taken))


def _write(target: Path, content: bytes) -> None:
    for folder in (target.parents[2], target.parents[1], target.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    partial.replace(target)
