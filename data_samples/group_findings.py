"""What should be found about records together: duplicates of numbers, of nameless children, of student numbers.

A group counts on a date by those of its parties that stand in the registry then: members come and go, units deliver or do not.
"""

import numpy as np
import polars as pl

from xueji.data_samples.sample import UNIT_CODES, Sample
from xueji.data_samples.seats import seats_of
from xueji.data_samples.second_registrations import ANOTHERS_SEAT, SUSPECT_LEADERS, SUSPECTS

ID_PARTIES = (
    "leader", "same_child", "other_child", "left_behind", "moved_child", "document_leader", "document_same", "document_other",
)  # fmt: skip
STUDENT_NO_PARTIES = ("student_no_leader", "student_no_taken")
NAMELESS_PARTIES = ("nameless_leader", "nameless_same")
SUSPECT_PARTIES = (*SUSPECT_LEADERS, *SUSPECTS)
# Registrations without a number that agree in everything are suspects where they lie in several units: there a match is only noted.
ACROSS_UNITS = {"nameless_same": "no_number"}
FIRST_OF_SUSPECTS = ("nameless_leader", *SUSPECT_LEADERS)
# Who rightly holds the number or stands as registered: the leader, but for a child that has moved.
HOLDERS = {"leader", "moved_child", "document_leader", "nameless_leader"}


def parties_of(sample: Sample, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Planned records of these kinds: index, kind, group, unit, school_code, student_no, county, city, name, start, end."""
    plan = sample.plan.filter(pl.col("kind").is_in(kinds))
    index, leader = plan["index"].to_numpy(), plan["leader"].to_numpy()
    is_second = plan["kind"].is_in(sorted(ANOTHERS_SEAT)).to_numpy()
    seats = seats_of(sample.layout, index)
    own = sample.children(seats)
    children = sample.children(seats_of(sample.layout, np.where(is_second, leader, index)))
    table = sample.layout.table
    return plan.select(
        "index",
        "kind",
        "group",
        unit=pl.Series(UNIT_CODES).gather(sample.layout.unit[seats.school]),
        school_code=table["school_code"].gather(seats.school),
        student_no=sample.student_numbers(seats, own, plan["kind"]),
        county=table["county_code"].gather(seats.school),
        city=table["city_code"].gather(seats.school),
        name=children.name,
        start=pl.max_horizontal("start", pl.Series(sample.entered(seats))),
        end="end",
    )


def with_dates(sample: Sample, rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each of the `rows` and delivery date (`month`, its number) on which it is true.

    What a unit last delivered stands: a row is true when it was true in that month's records.
    """
    calendar = sample.calendar
    states = pl.DataFrame(
        [(unit, month, calendar.state_month(unit, month)) for unit in UNIT_CODES for month in range(calendar.months)],
        schema={"unit": pl.String, "month": pl.Int64, "state": pl.Int64},
        orient="row",
    )
    shows = (pl.col("start") <= pl.col("state")) & (pl.col("state") < pl.col("end"))
    return rows.join(states, on="unit", how="inner", maintain_order="left_right").filter(shows).drop("state")


GROUP = ["month", "group"]


def scope() -> pl.Expr:
    """The lowest level that holds all rows of a group on a date."""

    def is_one(column: str) -> pl.Expr:
        return pl.col(column).n_unique().over(GROUP) == 1

    return (
        pl.when(is_one("school_code"))
        .then(pl.lit("school"))
        .when(is_one("county"))
        .then(pl.lit("county"))
        .when(is_one("city") & pl.col("city").is_not_null())
        .then(pl.lit("city"))
        .when(is_one("unit"))
        .then(pl.lit("province"))
        .otherwise(pl.lit("national"))
    )


FINDING = ["unit", "school_code", "student_no", "rule_id", "reason", "scope", "month"]


def duplicate_numbers(sample: Sample) -> pl.DataFrame:
    """Parties of groups that share an ID number or another document's number."""
    rows = with_dates(sample, parties_of(sample, ID_PARTIES)).filter(pl.len().over(GROUP) > 1)
    is_same = pl.col("name").min().over(GROUP) == pl.col("name").max().over(GROUP)
    reason = pl.when(is_same).then(pl.lit("same_person")).otherwise(pl.lit("different_person"))
    return rows.with_columns(rule_id=pl.lit("duplicate_id"), reason=reason, scope=scope()).select(FINDING)


def duplicate_student_numbers(sample: Sample) -> pl.DataFrame:
    """Parties of groups that share a 学籍号: all carry the leader's."""
    rows = with_dates(sample, parties_of(sample, STUDENT_NO_PARTIES)).filter(pl.len().over(GROUP) > 1)
    leaders_number = pl.col("student_no").filter(pl.col("kind") == "student_no_leader").first().over(GROUP)
    nothing = pl.lit(None, pl.String)
    return rows.with_columns(
        student_no=leaders_number, rule_id=pl.lit("student_no_duplicate"), reason=nothing, scope=nothing
    ).select(FINDING)


def duplicate_nameless(sample: Sample, nameless: pl.DataFrame) -> pl.DataFrame:
    """Children without any number who agree in name, sex and birth date, planned or by chance."""
    rows = with_dates(sample, nameless)
    person = ["month", "name", "sex", "birth"]
    in_unit = pl.len().over([*person, "unit"])
    units = pl.col("unit").n_unique().over(person)
    rows = rows.with_columns(group=pl.struct(person), in_unit=in_unit, units=units)
    inside = rows.filter(pl.col("in_unit") > 1).with_columns(group=pl.struct(*person, "unit"))
    across = rows.filter(pl.col("in_unit") == 1, pl.col("units") > 1)
    rule = pl.lit("duplicate_name_sex_birth")
    return pl.concat(
        [
            inside.with_columns(rule_id=rule, reason=pl.lit("same_unit"), scope=scope()).select(FINDING),
            across.with_columns(rule_id=rule, reason=pl.lit("across_units"), scope=pl.lit("national")).select(FINDING),
        ]
    )


def suspects(sample: Sample) -> pl.DataFrame:
    """Registrations of children who are registered more than once without a number in common, by date.

    Beside the columns of FINDING's keys: child, record (a stable number of the seat), kind (first, second), how, scope.
    """
    rows = with_dates(sample, parties_of(sample, (*SUSPECT_PARTIES, *NAMELESS_PARTIES)))
    is_apart = ~pl.col("kind").is_in(NAMELESS_PARTIES) | (pl.col("unit").n_unique().over(GROUP) > 1)
    rows = rows.filter(pl.len().over(GROUP) > 1, is_apart)
    is_first = pl.col("kind").is_in(FIRST_OF_SUSPECTS)
    rows = rows.with_columns(how=pl.col("kind").replace_strict(SUSPECTS | ACROSS_UNITS, default=None), scope=scope())
    apart = pl.col("how").sort_by("index").filter(~is_first.sort_by("index")).first().over(GROUP)
    return rows.with_columns(
        child="group",
        record="index",
        kind=pl.when(is_first).then(pl.lit("first")).otherwise(pl.lit("second")),
        how=pl.coalesce("how", apart),
    )


def suspected_duplicates(sample: Sample) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    return suspects(sample).with_columns(rule_id=pl.lit("suspected_duplicate"), reason=nothing).select(FINDING)


def holders(sample: Sample) -> pl.DataFrame:
    """The parties of the planned duplicates, by date, and whether each rightly holds the number: child, is_holder."""
    rows = with_dates(sample, parties_of(sample, (*ID_PARTIES, *NAMELESS_PARTIES))).filter(pl.len().over(GROUP) > 1)
    return rows.with_columns(child="group", is_holder=pl.col("kind").is_in(sorted(HOLDERS)))


def group_findings(sample: Sample, nameless: pl.DataFrame) -> pl.DataFrame:
    """All of them, one row a party and date. `nameless`: the records without a number (`Part.nameless`)."""
    return pl.concat(
        [
            duplicate_numbers(sample),
            duplicate_student_numbers(sample),
            duplicate_nameless(sample, nameless),
            suspected_duplicates(sample),
        ]
    )
