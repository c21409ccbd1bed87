"""Which part of a broken number failed, and which number it was meant for.

Two steps, over batches of records that `id_format` or `id_checksum` found. Between them the candidates of `number_slips` meet the
register: a repair is a candidate that stands there under the record's name.
"""

import polars as pl

from xueji.checks import id_checksum, id_format, name_variant
from xueji.checks.divisions import names
from xueji.checks.name_difference import name_differences
from xueji.checks.number_places import (
    LENGTH,
    ascii_numbers,
    bit,
    bits,
    is_wrong,
    numbers_of,
    places_text,
    sets_of,
    values_of,
)
from xueji.checks.number_slips import SLIPS
from xueji.checks.tables import NUMBER_AUTOPSIES

RULES = (id_format.RULE.id, id_checksum.RULE.id)
# The parts of a number, and the component that is told when a repair lies in one which nothing else shows to be wrong.
PARTS = {"region": bits(1, 6), "birth": bits(7, 14), "sequence": bits(15, 17), "check_character": bit(18)}
FEWEST_DIGITS = 10  # a text with fewer is no number with some digits lost
MOST_DIFFERENT = 3  # a student number that differs in more places was made from another number
REPAIR_SCHEMA = {
    "record_no": pl.Int64, "slip": pl.String, "places": pl.Int32, "repairs": pl.Int32, "repaired_key": pl.Int64,
}  # fmt: skip


def under_their_names(held: pl.DataFrame) -> pl.DataFrame:
    """The candidates that the register holds under the record's name.

    `held` has the columns of the candidates, name_folded of the record and register_name_folded of an entry under the number. Names
    equal after traditional and variant forms are folded count as equal.
    """
    names = ["name_folded", "register_name_folded"]
    is_equal = pl.col(names[0]) == pl.col(names[1])
    pairs = held.filter(~is_equal).select(names).unique(maintain_order=True)
    compared = name_differences(
        pairs.select(
            "name_folded",
            name="name_folded",
            other_name="register_name_folded",
            other_name_folded="register_name_folded",
        )
    )
    variants = pairs.filter(compared["rule_id"].is_null() | (compared["rule_id"] == name_variant.RULE.id))
    return pl.concat([held.filter(is_equal), held.filter(~is_equal).join(variants, on=names, how="semi")])


def repairs(held: pl.DataFrame) -> pl.DataFrame:
    """One row a record with repairs: columns of `REPAIR_SCHEMA`. Slip, places and key are null when there are several.

    `held` are candidates that stand in the register under the record's name. Of a character lost from a run of equal ones `places`
    are all of the run.
    """
    key = ["record_no", "id_key"]
    is_preferred = pl.col("slip") == pl.col("slip").min().over(key)
    numbers = held.filter(is_preferred).group_by(key).agg(pl.col("slip").first(), pl.col("places").bitwise_or())
    is_unique = pl.len() == 1
    return (
        numbers.group_by("record_no")
        .agg(
            slip=pl.when(is_unique).then(pl.col("slip").first()),
            places=pl.when(is_unique).then(pl.col("places").first()),
            repairs=pl.len().cast(pl.Int32),
            repaired_key=pl.when(is_unique).then(pl.col("id_key").first()),
        )
        .with_columns(pl.col("slip").replace_strict(dict(enumerate(SLIPS)), return_dtype=pl.String))
        .select(pl.col(name).cast(kind) for name, kind in REPAIR_SCHEMA.items())
    )


def autopsies(broken: pl.DataFrame, repaired: pl.DataFrame) -> pl.DataFrame:
    """One row a record of `broken`: the columns of the table `number_autopsies`.

    `broken` has unit_code, record_key, content_hash and rule_id beside what `candidates` reads; `repaired` comes from `repairs`.
    """
    return (
        with_components(broken)
        .join(repaired, on="record_no", how="left")
        .with_columns(
            repairs=pl.col("repairs").fill_null(0),
            component=component_of_repair(),
            id_number=pl.col("number"),
            repaired_number=numbers_of_keys("repaired_key"),
            **{
                column: pl.col(column).map_elements(places_text, return_dtype=pl.String).replace("", None)
                for column in ("component_places", "student_no_places", "places")
            },
        )
        .select(list(NUMBER_AUTOPSIES.columns))
    )


def numbers_of_keys(column: str) -> pl.Expr:
    """The numbers of a column of keys, check character included."""
    return pl.col(column).map_batches(numbers_of, return_dtype=pl.String)


def with_components(broken: pl.DataFrame) -> pl.DataFrame:
    """`broken` with `component`, and as sets of bits `component_places` (null: nothing narrower to tell) and `student_no_places`.

    `student_no_places`: where a G number, which keeps the number of the time of issue, has other characters; null when there is no
    such number or it is quite another one.
    """
    number = pl.col("number")
    length = number.str.len_chars()
    digits = number.str.count_matches("[0-9]")
    is_well_formed = number.str.contains("^[0-9]{17}[0-9X]$")
    component = (
        pl.when(is_well_formed)
        .then(failing_part())
        .when((length == 15) & (digits == 15))
        .then(pl.lit("old_fifteen"))
        .when(digits < FEWEST_DIGITS)
        .then(pl.lit("not_a_number"))
        .when(length != LENGTH)
        .then(pl.lit("length"))
        .otherwise(pl.lit("characters"))
    )
    return broken.with_columns(
        component=component, component_places=lost_part().cast(pl.Int32), student_no_places=pl.lit(None, pl.Int32)
    ).pipe(with_wrong_characters).pipe(with_student_no_places)  # fmt: skip


def failing_part() -> pl.Expr:
    """The component of a well-formed number that something beside its check character shows to be wrong, else `check`."""
    number, sex = pl.col("number"), pl.col("sex_code").cast(pl.Int8, strict=False)
    region = number.str.slice(0, 6)
    birth = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    last_digit = number.str.slice(16, 1).cast(pl.Int8, strict=False)
    is_foreigner = number.str.starts_with("9")
    return (
        pl.when(~is_foreigner & ~region.is_in(list(names())))
        .then(pl.lit("region_unknown"))
        .when(birth.is_null())
        .then(pl.lit("birth_no_date"))
        .when(birth != pl.col("birth_date"))
        .then(pl.lit("birth_conflict"))
        .when(~is_foreigner & (last_digit % 2 != sex % 2))
        .then(pl.lit("sex_conflict"))
        .otherwise(pl.lit("check"))
    )


def lost_part() -> pl.Expr:
    """Where a number of 17 or 19 characters is too short or too long, by where the recorded birth date stands in it."""
    number, birth = pl.col("number"), pl.col("birth_date").dt.strftime("%Y%m%d")
    length = number.str.len_chars()
    shift = length.cast(pl.Int64) - LENGTH
    return (
        pl.when(shift.abs() != 1)
        .then(None)
        .when(number.str.slice(6, 8) == birth)
        .then(bits(15, 18))
        .when(number.str.slice(6 + shift, 8) == birth)
        .then(PARTS["region"])
    )


def with_wrong_characters(broken: pl.DataFrame) -> pl.DataFrame:
    """The same with the places of the wrong characters, for the component `characters`."""
    chosen = broken.filter(component="characters").select("record_no", ascii_numbers(pl.col("number")))
    places = pl.Series(sets_of(is_wrong(values_of(chosen["number"], LENGTH)))).cast(pl.Int32)
    wrong = chosen.select("record_no", wrong_places=places)
    return broken.join(wrong, on="record_no", how="left").with_columns(
        component_places=pl.coalesce("wrong_places", "component_places")
    )


def with_student_no_places(broken: pl.DataFrame) -> pl.DataFrame:
    """The same with the places that a student number made from nearly the same number has otherwise."""
    issued = pl.col("student_no").str.to_uppercase()
    is_issued = (pl.col("number").str.len_chars() == LENGTH) & issued.str.contains("^G[0-9]{17}[0-9X]$")
    chosen = broken.filter(is_issued).select(
        "record_no", number=ascii_numbers(pl.col("number")), issued=issued.str.slice(1)
    )
    is_other = values_of(chosen["number"], LENGTH) != values_of(chosen["issued"], LENGTH)
    counts = is_other.sum(axis=0)
    near = chosen.select("record_no", near_places=pl.Series(sets_of(is_other)).cast(pl.Int32)).filter(
        pl.Series((counts > 0) & (counts <= MOST_DIFFERENT))
    )
    return broken.join(near, on="record_no", how="left").with_columns(student_no_places=pl.col("near_places"))


def component_of_repair() -> pl.Expr:
    """The component, put right by the repair where it is the only one: of a well-formed number the part in which the slip lies.

    What the record itself shows to be wrong in that part is told rather than the part alone.
    """
    of_part = {
        "region_unknown": "region",
        "birth_no_date": "birth",
        "birth_conflict": "birth",
        "sex_conflict": "sequence",
    }
    component = pl.col("component")
    is_slip = pl.col("slip").is_in(["digit", "swap"]) & pl.col("component").is_in([*of_part, "check"])
    part = pl.coalesce(pl.when(pl.col("places") & places != 0).then(pl.lit(part)) for part, places in PARTS.items())
    is_shown = component.replace_strict(of_part, default=None, return_dtype=pl.String) == part
    return pl.when(is_slip & ~is_shown.fill_null(False)).then(part).otherwise(component)
