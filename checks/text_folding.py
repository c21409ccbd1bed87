"""How texts are made comparable: blanks, width, separators. SQL for the core tables, and the same folding in Python.

The SQL here runs once over every record, so each fold of a text that is different in every record first asks a cheap
question (is it plain already?) and does the slow work for the others only.
"""

from xueji.checks.sql_text import literal

BLANKS = " \t\r\n\v\f\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff"
APOSTROPHES = "'’‘`＇｀"
SEPARATOR = "·"  # U+00B7, the one 民委发〔2016〕33号 allows
# U+2219 U+2022 U+30FB U+FF65 U+25CF U+2027 U+22C5 U+0387, the full stop and its wide form
OTHER_SEPARATORS = "∙•・･●‧⋅\u0387.．"
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F))
_IDEOGRAPH = "一-鿿"  # the basic block: whatever else a name holds takes the slow path


def translate_sql(column: str, replaced: str, replacements: str) -> str:
    """Text SQL: characters of `replaced` become those of `replacements` at the same place; the rest of them vanish."""
    return f"translate({column}, {literal(replaced)}, {literal(replacements)})"


def trimmed_sql(column: str) -> str:
    """Text SQL: `column` without outer blanks, null when nothing is left. For columns of few distinct texts."""
    # Functions alone, no CASE: DuckDB then works on each distinct text once.
    return f"nullif(trim({column}, {literal(BLANKS)}), '')"


def distinct_trimmed_sql(column: str) -> str:
    """The same for columns whose texts are nearly all different: a plain text is not trimmed."""
    plain = f"[!-~{_IDEOGRAPH}](.*[!-~{_IDEOGRAPH}])?"
    return f"case when regexp_full_match({column}, '{plain}') then {column} else {trimmed_sql(column)} end"


def number_normalised_sql(column: str) -> str:
    """Text SQL: a document number in ASCII capitals, without blanks and apostrophes; null when nothing is left."""
    pairs = [(wide, narrow) for wide, narrow in zip(_WIDE, _NARROW, strict=True) if wide not in APOSTROPHES]
    wide, narrow = ("".join(side) for side in zip(*pairs, strict=True))
    folded = f"upper({translate_sql(column, wide + BLANKS + APOSTROPHES, narrow)})"
    return f"case when regexp_full_match({column}, '[0-9A-Z]+') then {column} else nullif({folded}, '') end"


def _name_translation() -> tuple[str, str]:
    """Characters that folding replaces, and what by; blanks come last, by nothing."""
    pairs = [(wide, narrow) for wide, narrow in zip(_WIDE, _NARROW, strict=True) if wide not in OTHER_SEPARATORS]
    wide, narrow = ("".join(side) for side in zip(*pairs, strict=True))
    return wide + OTHER_SEPARATORS + BLANKS, narrow + SEPARATOR * len(OTHER_SEPARATORS)


def is_plain_name_sql(column: str) -> str:
    """Boolean SQL: nothing in the name needs folding, and none of it is a sign."""
    return f"regexp_full_match({column}, '[{_IDEOGRAPH}]+')"


def folded_name_sql(column: str) -> str:
    """Text SQL: a name for comparison, null when nothing is left. A plain name needs none of this."""
    replaced, replacements = _name_translation()
    return f"nullif(upper({translate_sql(column, replaced, replacements)}), '')"


def sign_in_name_sql(column: str) -> str:
    """Boolean SQL: the name holds a digit or a sign that no name has.

    Separators, blanks, `'`, `-` and the marks of a character that could not be typed (`?`, `□`, U+FFFD) are no such sign;
    nor is the numeral 〇, which names do hold.
    """
    bare = translate_sql(column, SEPARATOR + OTHER_SEPARATORS + BLANKS + "'＇-－?？□\ufffd", "")
    signs = r"[\p{Nd}\p{No}\p{S}\p{P}\p{Cc}\x{2160}-\x{2188}\x{3021}-\x{3029}]"
    return f"regexp_matches({bare}, '{signs}')"


_WIDTH_TABLE = str.maketrans(_WIDE, _NARROW, BLANKS)


def fold_width(name: str) -> str:
    """The name with width, blanks and case folded, separators as they are."""
    return name.translate(_WIDTH_TABLE).upper()
