"""What a kind of matter of verification says of itself, and the columns in which its query tells what was found tonight."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from xueji.checks.verification_tables import VERIFICATION_MATTERS

Actor = Literal["school", "county", "city", "province"]
Group = Literal["business", "completeness", "exclusion", "forms"]

# A query's columns: the table's, without the dates by which a matter is followed.
FOUND_COLUMNS = {
    column: kind
    for column, kind in VERIFICATION_MATTERS.columns.items()
    if column not in ("first_seen", "last_seen", "closed_on")
}


@dataclass(frozen=True)
class MatterNight:
    """The night on which matters are looked for, with the days that follow from it."""

    night: date
    close_by: date  # five working days on: a window that closes by then is about to

    @property
    def sql(self) -> str:
        return f"date '{self.night}'"


@dataclass(frozen=True)
class Matter:
    """One kind of matter. `found_sql` is a query for those of a night, one row each, columns `FOUND_COLUMNS`."""

    code: str
    group: Group
    title: str  # Chinese, as printed
    actor: Actor  # who has to act; for schools run by a city or province its authority takes the county's place
    to_do: str  # Chinese: what has to be done
    source: str  # clause
    found_sql: Callable[[MatterNight], str] = field(kw_only=True)


def found_columns_sql(code: str, values: Mapping[str, str]) -> str:
    """The select list of a matter's query: `values` by column name, null for the rest."""
    given = {"matter": f"'{code}'"} | dict(values)
    return ", ".join(
        f"cast({given.get(column, 'null')} as {kind}) as {column}" for column, kind in FOUND_COLUMNS.items()
    )
