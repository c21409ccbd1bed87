"""Invented scans open, differ, and are of the size of papers; the faulty ones do not."""

import io

import pypdf
import pytest
from PIL import Image, ImageFile

from xueji.data_samples.scans import EXTENSIONS, other_file, scan, tiny_scan, torn_scan


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_opens_and_is_of_the_size_of_a_paper(extension):
    content = scan("XJ44-261120-000001/户口簿", extension)
    assert 1 << 10 <= len(content) <= 10 << 10
    if extension == "pdf":
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages[0].images) == 1
    else:
        Image.open(io.BytesIO(content)).load()


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_follows_from_what_it_is_about_alone(extension):
    assert scan("a", extension) == scan("a", extension) != scan("b", extension)


def test_a_torn_one_does_not_open(monkeypatch):
    # WeasyPrint, once a test of the same process has loaded it, lets Pillow open torn images.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    content = torn_scan("a")
    assert len(content) > 1 << 10
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(content)).load()


def test_a_tiny_one_opens_and_is_too_small():
    Image.open(io.BytesIO(tiny_scan())).load()
    assert len(tiny_scan()) < 1 << 10


def test_something_else_is_no_paper():
    assert not other_file("a").startswith((b"%PDF", b"\xff\xd8", b"\x89PNG"))
