"""Months of invented figures for the bulletin's tests."""

from collections.abc import Callable
from functools import cache
from types import ModuleType

import bulletin_sample
import pytest

from xueji.reports.bulletin import Bulletin, Edition, build_bulletin


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module of invented figures beside this file."""
    return bulletin_sample


@pytest.fixture(scope="session")
def bulletin(sample: ModuleType) -> Callable[[str, str], Bulletin]:
    """The bulletin of an area of a month: `large` with a previous month, or `small`, the first."""
    edition = Edition(refusal_reasons={"36": "整批拒收：数据行数较上次接收减少52%"})
    facts = cache(lambda month: (sample.large_month() if month == "large" else sample.small_month()).facts())
    return cache(lambda month, code: build_bulletin(facts(month), code, edition))
