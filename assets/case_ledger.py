"""Tables that a night takes a step on from the night before, as earlier nights left them: also when the night is run again."""

from xueji.assets.engine import Engine

CASES = "cases"


def version_before(engine: Engine, night: str, table: str = CASES) -> int | None:
    """The version of the table that the night starts from: the present one, or when the night was run already the one it started from."""
    basis = engine.basis(table)
    if basis.get("night") == night:
        before = basis["before"]
        return None if before is None else int(str(before))
    return engine.version(table)


def table_before_sql(engine: Engine, night: str, table: str) -> str:
    """A query for the table as it stood before the night; no row before the first."""
    version = version_before(engine, night, table)
    return engine.table_sql(table, version) if version is not None else engine.files_sql(table, [])


def cases_before_sql(engine: Engine, night: str) -> str:
    """A query for the cases as they stood before the night; no row before the first."""
    return table_before_sql(engine, night, CASES)
