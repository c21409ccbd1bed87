"""Constants as SQL text. Values from data never become SQL text: they are bound, or joined from a table."""

from collections.abc import Iterable


def literal(value: object) -> str:
    """`value` as an SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def literal_list(values: Iterable[object]) -> str:
    """The values as a parenthesised list of SQL text literals."""
    return "(" + ", ".join(literal(value) for value in values) + ")"
