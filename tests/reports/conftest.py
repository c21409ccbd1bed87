"""Months of invented figures for the bulletin's tests."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from xueji.reports.bulletin import Bulletin, Edition, build_bulletins


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module of invented figures beside this file; tests are no package to import it from."""
    spec = importlib.util.spec_from_file_location("bulletin_sample", Path(__file__).with_name("bulletin_sample.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def bulletins(sample: ModuleType) -> Callable[[str], dict[str, Bulletin]]:
    """All editions of a month, by code: `large` with a previous month, or `small`, the first."""
    reasons = {"36": "整批拒收：数据行数较上次接收减少52%"}
    made = {
        name: {item.code: item for item in build_bulletins(rows, sample.MONTH, sample.RULES, Edition(None, reasons))}
        for name, rows in (("large", sample.large_rows()), ("small", sample.small_rows()))
    }
    return made.__getitem__
