"""The make-up of an 18-character number: seventeen digits and a check character (GB 11643-1999, ISO 7064 MOD 11-2)."""

from collections.abc import Callable

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"  # position = weighted sum modulo 11
DIGITS = "0123456789"


def is_digits_sql(text: str) -> str:
    """Boolean SQL: nothing but digits in `text`."""
    return f"translate({text}, '{DIGITS}', '') = ''"


def is_well_formed_sql(column: str) -> str:
    """Boolean SQL: eighteen characters, the first seventeen of them digits, the last a digit or X."""
    return f"(length({column}) = 18 and translate(substr({column}, 1, 17) || replace(substr({column}, 18, 1), 'X', '0'), '{DIGITS}', '') = '')"


def _check_character_sql(digit_sql: Callable[[int], str]) -> str:
    terms = (f"{digit_sql(place)} * {weight}" for place, weight in enumerate(WEIGHTS, start=1))
    return f"substr('{CHECK_CHARACTERS}', cast(({' + '.join(terms)}) % 11 + 1 as integer), 1)"


def check_character_sql(column: str) -> str:
    """Text SQL: the check character that a well-formed `column` ought to end in. Guard it with CASE: it casts digits."""
    return _check_character_sql(lambda place: f"cast(substr({column}, {place}, 1) as integer)")


def body_check_character_sql(body: str) -> str:
    """The same from the seventeen digits as a bigint, four times as fast; in DuckDB's words, for the core tables only.

    The k-th digit from the right is body // 10^k - 10 * (body // 10^(k+1)): with the weights put together, one division a digit
    and no remainder but the last.
    """
    weights = WEIGHTS[::-1]
    factors = [(weight - 10 * before) % 11 for weight, before in zip(weights, (0, *weights), strict=False)]
    terms = (f"({body} // {10**place}) * {factor}" for place, factor in enumerate(factors) if factor)
    return f"substr('{CHECK_CHARACTERS}', cast(({' + '.join(terms)}) % 11 + 1 as integer), 1)"


def digits_sql(column: str, first: int, last: int) -> str:
    """Integer SQL: digits `first` to `last` (from 1) of a seventeen-digit bigint."""
    # The difference is a multiple of the divisor with less than 53 significant bits, so dividing it as a double is exact.
    above, below = 10 ** (18 - first), 10 ** (17 - last)
    upper = f"{column} % {above}" if first > 1 else column
    if last == 17:
        return f"cast({upper} as integer)"
    return f"cast(({upper} - {column} % {below}) / {below} as integer)"


def day_number_sql(date: str) -> str:
    """Integer SQL: a date written as the number YYYYMMDD."""
    return f"(extract(year from {date}) * 10000 + extract(month from {date}) * 100 + extract(day from {date}))"
