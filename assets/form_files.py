"""Writing the files of confirmation forms, apart from what decides on them: processes that render import this and no more."""

import fcntl
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from xueji.checks.model import XuejiError
from xueji.reports.confirmation_form import FormBlank, FormPage, render_forms

FOLDER = "forms"  # below HOME
INDEX = "forms.csv"
UNKNOWN = "unknown"
LONGEST_NAME = 40  # characters of a class number in a file's name


@dataclass(frozen=True)
class ClassForms:
    """The pages of one file, and its place below HOME."""

    file: str
    pages: list[FormPage]


@dataclass(frozen=True)
class Written:
    """A file that is there, and of each of its pages the items that could not be printed as they are: field:reason."""

    file: str
    notes: tuple[tuple[str, ...], ...]


def class_file(
    campaign: str, unit: str, county: str | None, school: str, grade: int | None, class_no: str | None, printing: int
) -> str:
    """Where a class's forms lie below HOME; of its second printing on, the number of the printing is in the name.

    No two classes have one file, whatever signs are in their numbers.
    """
    name = f"{UNKNOWN if grade is None else grade}-{name_part(class_no)}" + (f"-{printing}" if printing > 1 else "")
    return "/".join((FOLDER, campaign, unit, name_part(county), name_part(school), f"{name}.pdf"))


def name_part(text: str | None) -> str:
    """The text as part of a file's name: letters and digits as they are, other signs as in an address; a long one is shortened."""
    if not text:
        return UNKNOWN
    safe = "".join(char if is_plain(char) else quote(char, safe="").replace("-", "%2D") for char in text)
    if len(safe) > LONGEST_NAME or safe == UNKNOWN:
        return f"{safe[:LONGEST_NAME]}~{sha256(text.encode(errors='surrogatepass')).hexdigest()[:12]}"
    return safe


def is_plain(character: str) -> bool:
    return character.isalnum() and unicodedata.is_normalized("NFC", character)


def write_classes(home: Path, blank: FormBlank, blank_file: Path, classes: list[ClassForms]) -> list[Written]:
    """Render and write files of forms below `home`, each there whole or not at all, for its owner alone."""
    written = []
    for forms in classes:
        rendered = render_forms(blank, blank_file, forms.pages)
        write_private(home / forms.file, rendered.pdf)
        written.append(Written(forms.file, rendered.notes))
    return written


def write_private(file: Path, content: bytes) -> None:
    """Write a file whole that its owner alone may read, in folders of the same kind."""
    make_private(file.parent)
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    partial.replace(file)


def make_private(folder: Path) -> None:
    """Make the folder, and those above it that are missing, for their owner alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def printing_alone(home: Path) -> Iterator[None]:
    """Raises XuejiError while another command prints: two of them would give a student two forms. A killed one leaves no lock."""
    make_private(home / FOLDER)
    lock = os.open(home / FOLDER / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise XuejiError(f"{home / FOLDER}: another command prints forms there; wait until it is done") from error
    finally:
        os.close(lock)
