"""Invented scans of papers: small files that open, each with bytes of its own."""

import io
import random

from PIL import Image

SIDE, LARGE_SIDE = 56, 120  # pixels
EXTENSIONS = ("jpg", "png", "pdf")


def scan(about: str, extension: str) -> bytes:
    """A file of the kind: grey noise that follows from `about` and from nothing else. Between 1 KB and 10 KB."""
    if extension == "pdf":
        return _pdf(_noise(about, 40))
    return _picture(about, SIDE, "PNG" if extension == "png" else "JPEG")


def tiny_scan() -> bytes:
    """A picture of one pixel: valid, and far too small to be a paper."""
    picture = io.BytesIO()
    Image.frombytes("L", (1, 1), b"\x80").save(picture, "PNG")
    return picture.getvalue()


def torn_scan(about: str) -> bytes:
    """A picture whose second half was lost."""
    whole = _picture(about, LARGE_SIDE, "JPEG")
    return whole[: len(whole) // 2]


def other_file(about: str) -> bytes:
    """Something that is neither picture nor PDF."""
    return b"GIF89a" + random.Random(about).randbytes(2_000)


def _noise(about: str, side: int) -> bytes:
    return random.Random(about).randbytes(side * side)


def _picture(about: str, side: int, file_format: str) -> bytes:
    picture = io.BytesIO()
    Image.frombytes("L", (side, side), _noise(about, side)).save(picture, file_format, quality=60)
    return picture.getvalue()


def _pdf(noise: bytes) -> bytes:
    """One page with one grey picture on it."""
    width, height = 40, 40
    drawing = b"q 400 0 0 400 90 300 cm /Scan Do Q"
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Scan 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length %d >>\nstream\n%s\nendstream" % (width, height, len(noise), noise),
    )
    text, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    text += b"".join(b"%010d 00000 n \n" % place for place in places)
    text += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(text)
