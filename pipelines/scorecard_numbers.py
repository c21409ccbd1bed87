"""How right the suggested repairs of broken numbers are."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from xueji.checks.sql_text import literal
from xueji.pipelines.scorecard_score import share, table

OTHERWISE = "something else"  # typed in place of a number: there is no right one to compare a repair with


@dataclass(frozen=True)
class Repairs:
    """Of the numbers broken by one kind of slip."""

    slip: str
    broken: int
    examined: int  # of which an autopsy stands
    unique: int  # with one repair
    right: int  # of which that is the right number
    several: int  # with several

    @property
    def precision(self) -> float | None:
        """Share of the unique repairs that are right; None where there are none, or nothing to compare them with."""
        return self.right / self.unique if self.unique and self.broken else None


def repairs(connection: duckdb.DuckDBPyConnection, truth: Path, night: str) -> list[Repairs]:
    """What became of the mistyped numbers, by the first slip, those of typists who slipped twice apart; then of all others."""
    rows = connection.execute(
        f"""
        with mistyped as (
            select unit, school_code || '/' || student_no as record_key,
                case when slips > 1 then 'two slips' else slip end as slip, right_number
            from read_parquet({literal(truth)})
            where cast("date" as date) = date '{night}'
        ),
        examined as (
            select unit_code as unit, record_key, max(repairs) as repairs, max(repaired_number) as repaired_number
            from number_autopsies group by all
        )
        select coalesce(slip, '{OTHERWISE}') as kind, count(*) filter (slip is not null),
            count(*) filter (repairs is not null), count(*) filter (repairs = 1),
            count(*) filter (repairs = 1 and repaired_number = right_number), count(*) filter (repairs > 1)
        from mistyped
        full join examined using (unit, record_key)
        group by kind
        order by kind = '{OTHERWISE}', kind = 'two slips', kind
        """
    ).fetchall()
    return [Repairs(*row) for row in rows]


def total(kinds: list[Repairs]) -> Repairs:
    """All mistyped numbers together."""
    fields = ("broken", "examined", "unique", "right", "several")
    mistyped = [one for one in kinds if one.slip != OTHERWISE]
    return Repairs("all mistyped", *(sum(getattr(one, field) for one in mistyped) for field in fields))


def section(connection: duckdb.DuckDBPyConnection, truth: Path, night: str) -> list[str]:
    """Lines of the page."""
    kinds = repairs(connection, truth, night)
    everything = total(kinds)
    return [
        "## Repairs of broken numbers",
        "",
        f"{everything.broken:,} numbers were mistyped so that their form or check character shows it; {everything.unique:,} got one repair,",
        f"of which **{share(everything.precision)}** are the child's own number (wanted: 0.990). A number typed with two slips, of a child whom",
        "the register does not hold under this name, or with a birth date that is wrong as well, can have none.",
        "",
        *table(
            ("slip", "mistyped", "examined", "one repair", "right", "share right", "several repairs"),
            [
                (one.slip, *(f"{count:,}" for count in (one.broken, one.examined, one.unique, one.right)),
                 share(one.precision), f"{one.several:,}")
                for one in (*kinds, everything)
            ],
        ),
    ]  # fmt: skip
