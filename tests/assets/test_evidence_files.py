"""Scans are known by their content, have to be whole, and are kept once."""

import stat
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from xueji.assets.evidence_files import MOST_BYTES, Scan, look_at, store


def picture(kind: str, size: int = 100) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((size, size), 90).save(buffer, kind)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_png(width: int) -> bytes:
    """A picture that is small as a file and of `width` times `width` pixels when it is opened."""
    head = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(2_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


JPEG, PNG = picture("JPEG", 300), picture("PNG")
PDF = b"%PDF-1.4\n" + b"x" * 2000 + b"\n%%EOF\n"
SCANS = [
    ("jpeg", JPEG, "image/jpeg", None),
    ("png", PNG, "image/png", None),
    ("pdf", PDF, "application/pdf", None),
    ("pdf with something behind", PDF + b"\0" * 900, "application/pdf", None),
    ("pdf cut off", PDF[:-8], "application/pdf", "evidence_damaged"),
    ("jpeg cut off", JPEG[:-2000], "image/jpeg", "evidence_damaged"),
    ("jpeg of noise", b"\xff\xd8\xff" + bytes(range(256)) * 8, "image/jpeg", "evidence_damaged"),
    ("png cut off", PNG[:-20], "image/png", "evidence_damaged"),
    ("png with a wrong byte", PNG[:200] + bytes([PNG[200] ^ 1]) + PNG[201:], "image/png", "evidence_damaged"),
    ("too many pixels", huge_png(9_000), "image/png", "evidence_size"),
    ("a bomb", huge_png(60_000), "image/png", "evidence_size"),
    ("gif", picture("GIF"), "", "evidence_type"),
    ("text", b"a" * 5000, "", "evidence_type"),
    ("empty", b"", "", "evidence_size"),
    ("tiny", PNG[:1000], "", "evidence_size"),
    ("large", PDF + b"\0" * MOST_BYTES, "", "evidence_size"),
]


@pytest.mark.parametrize(("what", "content", "media_type", "broken_rule"), SCANS, ids=[case[0] for case in SCANS])
def test_says_what_a_scan_is(tmp_path, what, content, media_type, broken_rule):
    (tmp_path / "scan").write_bytes(content)
    scan = look_at(tmp_path / "scan")
    assert (scan.media_type, scan.broken_rule, scan.size) == (media_type, broken_rule, len(content))


def test_a_scan_is_kept_once_and_whole(tmp_path):
    (tmp_path / "scan").write_bytes(JPEG)
    scan, home = look_at(tmp_path / "scan"), tmp_path / "home"
    kept = store(home, tmp_path / "scan", scan)
    assert kept == home / "evidence" / scan.sha256[:2] / f"{scan.sha256}.jpg"
    assert kept.read_bytes() == JPEG
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (kept.parent, kept.parent.parent)} == {0o700}
    inode = kept.stat().st_ino
    assert store(home, tmp_path / "scan", scan) == kept and kept.stat().st_ino == inode
    kept.write_bytes(JPEG[:10])
    store(home, tmp_path / "scan", scan)
    assert kept.read_bytes() == JPEG, "half a file of an earlier night is made good"
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]


def test_a_scan_says_nothing_of_its_name(tmp_path):
    (tmp_path / "a.png").write_bytes(JPEG)
    assert look_at(tmp_path / "a.png") == Scan(look_at(tmp_path / "a.png").sha256, "image/jpeg", len(JPEG))
