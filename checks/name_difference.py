"""How two names of one person differ, in the words of the pair rules' reasons, many pairs at a time."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from xueji.checks.name_codes import Codes, codes_of, forms, widened
from xueji.checks.name_marks import is_encoding_twin, untyped
from xueji.checks.name_mismatch import REASONS, Side, mismatch_reasons
from xueji.checks.text_folding import OTHER_SEPARATORS, SEPARATOR

NAME_COLUMNS = ("name", "name_folded", "other_name", "other_name_folded")
VERDICT = {"rule_id": pl.String, "reason": pl.String}

_SEPARATORS = SEPARATOR + OTHER_SEPARATORS
# Separators, blanks that normalising brings out, and marks that choose between glyphs of one character.
_IGNORED = rf"[{SEPARATOR}\s\x{{FE00}}-\x{{FE0F}}\x{{E0100}}-\x{{E01EF}}]"
_WIDTHS = (4, 8, 16, 64)  # names of about one length together: most are short, and a matrix is as wide as its longest
_LONGEST = 2**31  # characters a text can hold
_MOST_ROWS = 100_000  # at a time, so that memory stays small however many pairs come


def name_differences(pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs`, in their order, with `rule_id`, `reason` and `name_similarity` added: the name against the other name.

    `pairs` holds `NAME_COLUMNS`, none of them null: each name as delivered and as the core tables fold it. `rule_id` is null for
    equal names. `name_similarity` runs from 0 (nothing shared) to 1 (equal when folded). No row looks at another.
    """
    if pairs.is_empty():
        return pairs.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in VERDICT.items()).with_columns(
            name_similarity=pl.lit(None, pl.Float64)
        )
    folded, other_folded = (pairs[column].to_list() for column in NAME_COLUMNS[1::2])
    similarity = cpdist(folded, other_folded, scorer=JaroWinkler.similarity, dtype=np.float64)
    prepared = pairs.select(
        *NAME_COLUMNS,
        *(_bare(column).alias(f"bare_{column}") for column in NAME_COLUMNS[1::2]),
        *(_is_parted(column).alias(f"is_parted_{column}") for column in NAME_COLUMNS[1::2]),
    ).with_row_index("row")
    plain = prepared.select("row", _plain_verdict()).unnest("verdict")
    settled = plain.filter(~pl.col("is_open")).drop("is_open")
    open_rows = prepared.filter(plain["is_open"])
    verdicts = pl.concat([settled, *(_judged(part) for part in _parts(open_rows))]).sort("row")
    return pairs.with_columns(
        verdicts["rule_id"], verdicts["reason"], pl.Series("name_similarity", similarity, pl.Float64)
    )


def _bare(column: str) -> pl.Expr:
    """The folded name in Unicode's compatibility form, without separators."""
    return pl.col(column).str.normalize("NFKC").str.to_uppercase().str.replace_all(_IGNORED, "")


def _is_parted(column: str) -> pl.Expr:
    return pl.col(column).str.contains(SEPARATOR, literal=True)


def _plain_verdict() -> pl.Expr:
    """What texts alone say: equal, or equal when folded. `is_open` is true of the rest."""
    signs, other_signs = (
        pl.col(column).str.replace_all(f"[^{_SEPARATORS}]", "").str.replace_all("．", ".", literal=True)
        for column in ("name", "other_name")
    )
    without, other_without = (
        pl.col(column).str.replace_all(SEPARATOR, "", literal=True) for column in ("name_folded", "other_name_folded")
    )
    is_equal = pl.col("name") == pl.col("other_name")
    is_folded_equal = without == other_without
    reason = pl.when(signs == other_signs).then(pl.lit("width")).otherwise(pl.lit("separator"))
    return pl.struct(
        rule_id=pl.when(~is_equal & is_folded_equal).then(pl.lit("name_variant")),
        reason=pl.when(~is_equal & is_folded_equal).then(reason),
        is_open=~is_equal & ~is_folded_equal,
    ).alias("verdict")


def _parts(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows in parts of about one length, none of them large."""
    length = pl.max_horizontal(pl.col("^bare_.*$").str.len_chars())
    for floor, width in pairwise((-1, *_WIDTHS, _LONGEST)):
        yield from rows.filter(length > floor, length <= width).iter_slices(_MOST_ROWS)


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """`row`, `rule_id` and `reason` of names that are not equal as texts."""
    ours, theirs = _codes(rows["bare_name_folded"], rows["bare_other_name_folded"])
    our_forms, their_forms = _standard(ours, theirs)
    our_marks, their_marks = untyped(ours, theirs), untyped(theirs, ours)
    is_variant = (our_forms == their_forms).all(axis=1)
    is_marked = np.asarray(our_marks.any(axis=1) | their_marks.any(axis=1))
    is_twin = is_marked.copy()
    is_twin[is_marked] = is_encoding_twin(
        our_forms[is_marked], their_forms[is_marked], our_marks[is_marked], their_marks[is_marked]
    )
    places = mismatch_reasons(
        Side(our_forms, rows["is_parted_name_folded"].to_numpy()),
        Side(their_forms, rows["is_parted_other_name_folded"].to_numpy()),
    )
    variant, marked, twin = (pl.Series(flags) for flags in (is_variant, is_marked, is_twin))
    return rows.select(
        "row",
        rule_id=pl.when(variant)
        .then(pl.lit("name_variant"))
        .when(marked)
        .then(pl.lit("name_not_comparable"))
        .otherwise(pl.lit("id_name_mismatch")),
        reason=pl.when(variant)
        .then(pl.lit("variant"))
        .when(marked & twin)
        .then(pl.lit("encoding_twin"))
        .when(~marked)
        .then(pl.Series(REASONS).gather(places)),
    )


def _codes(ours: pl.Series, theirs: pl.Series) -> tuple[Codes, Codes]:
    """The names of both sides in matrices of one width."""
    codes = codes_of(ours), codes_of(theirs)
    width = max(3, *(side.shape[1] for side in codes))  # 3: a compound surname and a given name
    return widened(codes[0], width), widened(codes[1], width)


def _standard(ours: Codes, theirs: Codes) -> tuple[Codes, Codes]:
    """The names in standard forms. A form that is standard for two (鍾 for 钟 and 锺) becomes what the other name has there."""
    table = forms()
    our_forms, their_forms = table.standard[ours], table.standard[theirs]
    our_forms = np.where(table.also_standard[ours] == their_forms, their_forms, our_forms)
    return our_forms, np.where(our_forms == table.also_standard[theirs], our_forms, their_forms)
