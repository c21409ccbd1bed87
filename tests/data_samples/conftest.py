"""Samples that several tests read."""

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from xueji.data_samples.generate import Rates, write_sample
from xueji.data_samples.small import RATES

LAST_DATE = date(2026, 11, 20)


@pytest.fixture(scope="session")
def parquet_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 students as Parquet on three dates, problems at raised rates."""
    out = tmp_path_factory.mktemp("parquet") / "sample"
    write_sample(out, 20_000, 3, LAST_DATE, months=3, rates=RATES, delivery_format="parquet")
    return out


@pytest.fixture
def sample_with(tmp_path: Path) -> Callable[..., Path]:
    """Writes a sample of 2,000 students with the default rates but for those named."""

    def write(**rates: float) -> Path:
        out = tmp_path / "sample"
        write_sample(out, 2_000, 11, LAST_DATE, rates=replace(Rates(), **rates), delivery_format="parquet")
        return out

    return write


@pytest.fixture
def contents() -> Callable[[Path], dict[str, list[tuple[str, bytes]]]]:
    """Lists every file below a folder with what it holds."""

    def listed(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {path.relative_to(folder).as_posix(): _content(path) for path in files}

    return listed


def _content(path: Path) -> list[tuple[str, bytes]]:
    """What a file holds, uncompressed: the bytes of deflate streams depend on the zlib at hand."""
    if path.name.endswith(".gz"):
        return [(path.name, gzip.decompress(path.read_bytes()))]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    return [(path.name, path.read_bytes())]
