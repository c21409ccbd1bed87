"""The ledger of cases as earlier nights left it: what a night starts from, also when it is run again."""

from xueji.assets.engine import Engine

CASES = "cases"


def version_before(engine: Engine, night: str) -> int | None:
    """The version of `cases` that the night starts from: the present one, or when the night was run already the one it started from."""
    basis = engine.basis(CASES)
    if basis.get("night") == night:
        before = basis["before"]
        return None if before is None else int(str(before))
    return engine.version(CASES)


def cases_before_sql(engine: Engine, night: str) -> str:
    """A query for the cases as they stood before the night; no row before the first."""
    version = version_before(engine, night)
    return engine.table_sql(CASES, version) if version is not None else engine.files_sql(CASES, [])
