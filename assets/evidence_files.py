"""Scans that come as evidence: what a file really is, whether it opens, and where it is kept.

A scan is kept under HOME/evidence by its sha256, readable by its owner alone; the same scan sent twice is kept once.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

MOST_BYTES, FEWEST_BYTES = 10 << 20, 1 << 10
MOST_PIXELS = 60_000_000  # A4 at 600 dots an inch has 35 million
TAIL = 2048  # bytes in which a whole PDF says that it ends
SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
MAGIC = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
NOT_AN_IMAGE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


@dataclass(frozen=True)
class Scan:
    """A scan that was looked at: what it is, or the rule of `checks/return_rules.py` that it breaks."""

    sha256: str
    media_type: str
    size: int
    broken_rule: str | None = None


def look_at(path: Path) -> Scan:
    """Say what a scan is, by its content alone. The text around it (name, ending) does not count."""
    size = path.stat().st_size
    if not FEWEST_BYTES <= size <= MOST_BYTES:
        return Scan("", "", size, "evidence_size")
    content = path.read_bytes()
    media_type = next((kind for magic, kind in MAGIC if content.startswith(magic)), None)
    if media_type is None:
        return Scan("", "", size, "evidence_type")
    broken = None if media_type == "application/pdf" else image_fault(path, media_type)
    if media_type == "application/pdf" and b"%%EOF" not in content[-TAIL:]:
        broken = "evidence_damaged"
    return Scan(hashlib.sha256(content).hexdigest(), media_type, size, broken)


def image_fault(path: Path, media_type: str) -> str | None:
    """The rule that an image breaks: too many pixels, or not whole. None for a good one."""
    is_jpeg = media_type == "image/jpeg"
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for the whole process
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=["JPEG"] if is_jpeg else ["PNG"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    return "evidence_size"
                if is_jpeg:  # an eighth of the size is enough to meet every byte of it
                    image.draft("L", (image.width // 8 + 1, image.height // 8 + 1))
                    image.load()
                else:
                    image.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "evidence_size"
    except NOT_AN_IMAGE:
        return "evidence_damaged"
    return None


def evidence_path(home: Path, sha256: str, media_type: str) -> Path:
    """Where a scan is kept."""
    return home / "evidence" / sha256[:2] / f"{sha256}{SUFFIXES[media_type]}"


def store(home: Path, path: Path, scan: Scan) -> Path:
    """Keep a scan, unless it is kept already. Returns where. Whole or not at all: it is renamed into its place."""
    target = evidence_path(home, scan.sha256, scan.media_type)
    if target.exists() and target.stat().st_size == scan.size:
        return target
    for folder in (target.parent.parent, target.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(path.read_bytes())
    partial.replace(target)
    return target
