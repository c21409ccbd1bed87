"""A file is read once for its digest, and again when anything about it has changed."""

import hashlib
import os

import pytest

from xueji.assets import file_digests as module
from xueji.assets.engine import Engine
from xueji.assets.file_digests import file_digests


@pytest.fixture
def digested(monkeypatch):
    """Names of the files that were read."""
    read = []
    digest = module.digest
    monkeypatch.setattr(module, "digest", lambda path: read.append(path.name) or digest(path))
    return read


def test_a_file_is_read_again_only_when_it_changed(tmp_path, digested):
    engine = Engine(home=str(tmp_path / "home"))
    paths = {name: tmp_path / name for name in ("a", "b")}
    for path in paths.values():
        path.write_bytes(b"1")
    first = file_digests(engine, paths)
    assert first == dict.fromkeys(paths, hashlib.sha256(b"1").hexdigest())
    assert file_digests(engine, paths) == first
    assert digested == ["a", "b"]
    stat = paths["b"].stat()
    paths["b"].write_bytes(b"2")
    os.utime(paths["b"], ns=(stat.st_atime_ns, stat.st_mtime_ns))  # of the same size, and as old as before
    assert file_digests(engine, paths)["b"] == hashlib.sha256(b"2").hexdigest()
    assert digested == ["a", "b", "b"]
    file_digests(Engine(home=engine.home, afresh=True), paths)
    assert digested == ["a", "b", "b", "a", "b"]


def test_what_is_known_may_be_lost(tmp_path, digested):
    engine = Engine(home=str(tmp_path / "home"))
    paths = {"a": tmp_path / "a", "gone": tmp_path / "gone"}
    paths["a"].write_bytes(b"1")
    assert set(file_digests(engine, paths)) == {"a"}
    (tmp_path / "home" / "cache" / "returned_files.parquet").write_bytes(b"half a file")
    assert set(file_digests(engine, paths)) == {"a"}
    assert digested.count("a") == 2
