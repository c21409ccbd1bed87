"""A list of faults as SQL: the first that a row has, with rule, sentence, column and value, all from one pass over the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xueji.checks.form_rules import sentence_sql
from xueji.checks.sql_text import literal


@dataclass(frozen=True)
class Fault:
    """One way for a row to be refused: boolean SQL, text SQL for each {} of the rule's sentence, and the column at fault.

    `column` is one of a row of `delivered_rows`; what was delivered there is kept beside the reason, never in it.
    """

    rule_id: str
    is_found_sql: str
    found: tuple[str, ...] = ()
    column: str | None = None


FAULT_COLUMNS = ("rule_id", "reason", "fault_column", "fault_value")


def first_faults_sql(source: str, faults: Sequence[Fault]) -> str:
    """A query over `source` (table or query in brackets): its columns and those of `FAULT_COLUMNS`, null in sound rows."""
    first = " ".join(f"when {fault.is_found_sql} then {place}" for place, fault in enumerate(faults))
    return f"""
        select
            * exclude (fault_place),
            {_by_place(literal(fault.rule_id) for fault in faults)} as rule_id,
            {_by_place(sentence_sql(fault.rule_id, *fault.found) for fault in faults)} as reason,
            {_by_place(literal(fault.column) if fault.column else "null" for fault in faults)} as fault_column,
            {_by_place(f"cast({fault.column} as varchar)" if fault.column else "null" for fault in faults)} as fault_value
        from (select *, case {first} end as fault_place from {source} as rows) as placed
    """


def _by_place(values: Iterable[str]) -> str:
    cases = " ".join(f"when {place} then {value}" for place, value in enumerate(values))
    return f"cast(case fault_place {cases} end as varchar)"
