"""The direction of imports: pipelines → assets → reports → checks, and nothing back."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "checks": {"checks"},
    # The domain's words, and its calendar and map, which sentences are told by.
    "reports": {"reports", "checks.model", "checks.deadlines", "checks.divisions", "checks.working_days"},
    "assets": {"assets", "checks", "reports"},
    "pipelines": {"pipelines", "assets", "checks", "reports", "data_samples"},
    "data_samples": {"data_samples", "checks"},
}
FORBIDDEN = {  # what a folder must know nothing of
    "checks": {"dagster", "duckdb", "deltalake", "datetime.now", "time"},
    "reports": {"dagster", "duckdb", "deltalake", "time"},
    "assets": set(),
    "pipelines": set(),
    "data_samples": {"dagster", "deltalake"},
}


def imported_modules(file: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: relative import"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_point_inwards(folder):
    for file in (ROOT / folder).rglob("*.py"):
        for module in imported_modules(file):
            if module.startswith("xueji."):
                inner = module.removeprefix("xueji.")
                assert any(inner == allowed or inner.startswith(allowed + ".") for allowed in MAY_IMPORT[folder]), (
                    f"{file.relative_to(ROOT)} imports {module}"
                )
            assert module.split(".")[0] not in MAY_IMPORT, f"{file.relative_to(ROOT)}: import xueji.{module}"
            assert module.split(".")[0] not in FORBIDDEN[folder], f"{file.relative_to(ROOT)} imports {module}"


def test_only_the_engine_connects():
    connecting = {
        file.relative_to(ROOT).as_posix()
        for folder in ("checks", "reports", "assets", "pipelines")
        for file in (ROOT / folder).rglob("*.py")
        if "duckdb.connect(" in file.read_text(encoding="utf-8")
    }
    assert connecting == {"assets/engine.py"}


def test_only_settings_reads_the_environment():
    readers = {
        file.relative_to(ROOT).as_posix()
        for folder in ("checks", "reports", "assets")
        for file in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", file.read_text(encoding="utf-8"))
    }
    # Great Expectations is told through the environment, and only so.
    assert readers <= {"checks/landing_contract.py"}, readers
