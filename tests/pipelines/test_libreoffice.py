"""A school's list filled in and saved by LibreOffice itself is known again, row by row."""

import shutil
import subprocess
from pathlib import Path

import pytest

from xueji.assets.returned_workbooks import read_returned
from xueji.assets.seal import Seal, is_seal
from xueji.data_samples.outbox import Outbox
from xueji.reports.return_forms import sealed_texts

PYTHON = "/usr/bin/python3"  # the system's: the only one that has LibreOffice's module
EDIT = Path(__file__).with_name("edit_in_libreoffice.py")


def has_libreoffice():
    asked = [PYTHON, "-c", "import uno"]
    return bool(shutil.which("soffice")) and subprocess.run(asked, check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not has_libreoffice(), reason="no LibreOffice with python3-uno here")
def test_a_list_edited_in_libreoffice_comes_back_sealed(nights, home, tmp_path):
    outbox = Outbox()
    outbox.take(home / "outbox" / nights.first)
    handout = max(outbox.of_form("list"), key=lambda one: len(one.offers))
    case_no = handout.offers[0].case_no
    file = tmp_path / handout.path.name
    shutil.copy(handout.path, file)
    subprocess.run(
        [PYTHON, EDIT, file, tmp_path / "profile", case_no, "删除"], check=True, timeout=120, capture_output=True
    )
    assert file.read_bytes() != handout.path.read_bytes()
    returned, seal = read_returned(file), Seal(nights.environment(home)["XUEJI_SEAL_KEY"].encode())
    keys = returned.keys
    assert is_seal(keys.seal, seal.of_file(keys.form, keys.owner, keys.edition))
    (row,) = returned.rows  # the one that was answered
    assert (row.case_no, dict(row.answers), row.merged, row.computed) == (case_no, {"answer": "删除"}, (), ())
    turn, _, mark = row.mark.partition(".")
    assert is_seal(mark, seal.of_row(keys.form, keys.owner, keys.edition, sealed_texts(case_no, int(turn), row.shown)))
