"""Pictures of signed confirmation forms: are they whole, and which form's code is on them.

What is read is the picture alone; what its file is called does not count. The code is looked for at the size at which a phone's picture
shows it best, then larger and smoothed: what cannot be read is refused, never guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import zxingcpp
from PIL import Image, ImageFile, ImageFilter, ImageOps

from xueji.assets.evidence_files import NOT_AN_IMAGE, look_at
from xueji.checks.form_codes import read_form_no

SIDES = (
    1000,
    1400,
)  # pixels at which a form's code is read most surely, and quickly: a larger picture is read smaller first
ENLARGED = 2400  # longest side of a small picture that is tried larger
FAULTS = {"evidence_size": "photo_size", "evidence_type": "photo_type", "evidence_damaged": "photo_damaged"}
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class Picture:
    """A picture that was looked at: what it is, the codes of forms that stand on it, or the rule of checks/photo_rules.py it breaks."""

    sha256: str
    media_type: str
    size: int
    form_nos: tuple[str, ...] = ()
    broken_rule: str | None = None


def read_pictures(paths: Sequence[Path]) -> list[Picture]:
    """What each picture shows, in order: the work of one process."""
    return [read_picture(path) for path in paths]


def read_picture(path: Path) -> Picture:
    """What a picture shows. One without a readable code breaks photo_no_code, one with several codes photo_two_forms."""
    try:
        scan = look_at(path)
    except OSError:  # it vanished, or cannot be opened
        return Picture("", "", 0, (), "photo_damaged")
    picture = Picture(scan.sha256, scan.media_type, scan.size)
    if scan.media_type == "application/pdf":
        return replace(picture, broken_rule="photo_type")
    if scan.broken_rule:
        return replace(picture, broken_rule=FAULTS[scan.broken_rule])
    try:
        form_nos = read_form_nos(path)
    except NOT_AN_IMAGE:
        return replace(picture, broken_rule="photo_damaged")
    fault = {0: "photo_no_code", 1: None}.get(len(form_nos), "photo_two_forms")
    return replace(picture, form_nos=form_nos, broken_rule=fault)


def read_form_nos(path: Path) -> tuple[str, ...]:
    """The codes of forms on a picture, in order of their text; empty when none can be read."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for the whole process
    for image in _views(path):
        codes = {read_form_no(found.text) for found in zxingcpp.read_barcodes(image, formats=QR)}
        if codes := codes - {None}:
            return tuple(sorted(code for code in codes if code))
    return ()


def _views(path: Path) -> Iterator[Image.Image]:
    """The picture in grey, again and again: small, whole, with its contrast stretched, enlarged and smoothed."""
    with Image.open(path, formats=["JPEG", "PNG"]) as image:
        full = image.size
        image.draft("L", SIDES)  # a JPEG is opened at the smallest size that is not below; a PNG as it is
        small = image.convert("L")
    yield small
    whole = small
    if small.size != full:
        with Image.open(path, formats=["JPEG", "PNG"]) as image:
            whole = image.convert("L")
        yield whole
    yield ImageOps.autocontrast(small.filter(ImageFilter.MedianFilter(3)), cutoff=2)
    if max(whole.size) <= ENLARGED:
        larger = whole.resize((whole.width * 2, whole.height * 2), Image.Resampling.BICUBIC)
        yield larger.filter(ImageFilter.GaussianBlur(2))
        yield ImageOps.autocontrast(larger.filter(ImageFilter.GaussianBlur(3)), cutoff=2)
