"""What counts as a full disk: real errors, of DuckDB's spill limit and of a file system without room."""

import errno

import duckdb
import pytest

from xueji.assets.engine import Engine
from xueji.pipelines.nightly import is_disk_full


def test_spill_files_beyond_their_bound(tmp_path):
    engine = Engine(home=str(tmp_path), threads=1, memory_limit="60MB", spill_limit="1MB")
    with engine.connection() as connection, pytest.raises(duckdb.Error) as found:
        connection.execute(
            "create table t as select hash(i) as h, repeat('x', 200) as t from range(2_000_000) as r(i) order by h"
        )
    assert is_disk_full(found.value)


def test_spill_files_lie_under_home(tmp_path):
    with Engine(home=str(tmp_path)).connection() as connection:
        place = connection.execute("select current_setting('temp_directory')").fetchall()[0][0]
    assert place == str(tmp_path / "work" / "spill")


def test_other_errors_are_no_full_disk():
    assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(duckdb.IOException("Cannot open file"))
