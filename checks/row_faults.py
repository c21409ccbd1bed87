"""Why a row that was read is not taken: the row rules of a delivered table, judged for all its rows in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xueji.checks.refusal_rule import RefusalRule
from xueji.checks.sql_text import literal


@dataclass(frozen=True)
class RowFault(RefusalRule):
    """One rule; `found_sql` tells what goes into its sentence: a code, a date, a column."""

    column: str  # the delivered column it is about
    is_broken_sql: str  # over a typed row, which has the delivered texts as <column>_text
    found_sql: str = "cast(null as varchar)"


def first_fault_sql(faults: Sequence[RowFault]) -> str:
    """Text SQL: the id of the first rule that a typed row breaks; null when it breaks none."""
    return f"case {' '.join(f'when {fault.is_broken_sql} then {literal(fault.id)}' for fault in faults)} end"


def judged_sql(typed: str, faults: Sequence[RowFault], repeated: RowFault, key: Sequence[str], order: str) -> str:
    """A query over the rows of `typed`, a query: all of its columns with `rule_id`, `column`, `value` and `found`, null for a good row.

    Of good rows alike in `key` the first in `order` stays, the others break `repeated`. `typed` has `file`, `row` and `raw`, the row as it came.
    """
    known = {fault.id: fault for fault in (*faults, repeated)}

    def told(values: Mapping[str, str]) -> str:
        return f"case rule_id {' '.join(f'when {literal(fault)} then {value}' for fault, value in values.items())} end"

    return f"""
        with typed as ({typed}),
        faulted as (select *, {first_fault_sql(faults)} as fault from typed),
        placed as (
            select *, row_number() over (partition by {", ".join(key)}, fault is null order by {order}) as place
            from faulted
        ),
        judged as (
            select *, coalesce(fault, case when place > 1 then {literal(repeated.id)} end) as rule_id
            from placed
        )
        select
            *,
            {told({fault.id: literal(fault.column) for fault in known.values()})} as column_name,
            {told({fault.id: f"{fault.column}_text" for fault in known.values()})} as delivered_value,
            {told({fault.id: fault.found_sql for fault in known.values()})} as found
        from judged
    """


def sentence_of(fault: RowFault, found: str | None) -> str:
    return fault.sentence.format(found or "")
