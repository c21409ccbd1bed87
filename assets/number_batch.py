"""The batch of students without a formal number (checks/number_batch.py), anew every night for the round that a unit is in."""

from datetime import date

from xueji.assets.engine import Engine, text_digest
from xueji.assets.verification_matters import core_of
from xueji.checks.number_batch import batch_statements
from xueji.checks.sql_text import literal

TABLE = "number_batch"
ORDER = "campaign, school_code, record_key"
SOURCES = (
    "campaign_windows", "core_schools", "core_students", "core_forms", "form_changes", "form_events", "findings", "core_population",
    "identity_answers",
)  # fmt: skip


def update_number_batch(engine: Engine, night: str) -> int:
    """Bring the batch of the units in a round to the night; earlier rounds' rows stay. Returns the rows of the units written.

    Where nothing has changed that it follows from, nothing is done.
    """
    if not engine.files("core_forms"):
        return 0
    statements = list(batch_statements(date.fromisoformat(night), "core_here"))
    with engine.session() as connection:
        name, query = statements[0]
        connection.execute(f"create temp table {name} as {query}")
        units = [unit for (unit,) in connection.execute(f"select unit_code from {name} order by unit_code").fetchall()]
        basis = {"source": source_digest(engine, units, [text for _, text in statements[1:]])}
        if not units or (engine.basis(TABLE) == basis and not engine.afresh):
            return 0
        connection.execute(f"create temp view core_here as {core_of(engine, units)}")
        for name, query in statements[1:]:
            connection.execute(f"create temp table {name} as {query}")
        connection.execute(
            f"""create temp table kept as
            select n.* from {TABLE} as n
            where not exists (select 1 from batch_campaigns as c where c.unit_code = n.unit_code and c.campaign = n.campaign)"""
        )
        both = "(select * from kept union all by name select * from batch)"
        parts = [(unit, f"select * from {both} where unit_code = {literal(unit)}") for unit in units]
        return engine.replace_table(TABLE, parts, connection, units, ORDER, basis)


def source_digest(engine: Engine, rounds: list[tuple[str, str]], queries: list[str]) -> str:
    """A digest of all that the batch follows from, and of how it is made."""
    files = [f"{name}/{file.path.name}" for name in SOURCES for file in engine.files(name)]
    return text_digest("\n".join([*map("/".join, rounds), *files, *queries]))
