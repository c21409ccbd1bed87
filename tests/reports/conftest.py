"""Months of invented figures for the bulletin's tests."""

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from xueji.reports.bulletin import Bulletin, Edition, build_bulletin


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module of invented figures beside this file; tests are no package to import it from."""
    spec = importlib.util.spec_from_file_location("bulletin_sample", Path(__file__).with_name("bulletin_sample.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def bulletin(sample: ModuleType) -> Callable[[str, str], Bulletin]:
    """The bulletin of an area of a month: `large` with a previous month, or `small`, the first."""
    edition = Edition(refusal_reasons={"36": "整批拒收：数据行数较上次接收减少52%"})
    facts = cache(lambda month: (sample.large_month() if month == "large" else sample.small_month()).facts())
    return cache(lambda month, code: build_bulletin(facts(month), code, edition))
