"""Administrative divisions (GB/T 2260), in force and retired: names, known codes, and which city a county belongs to."""

import csv
from functools import cache
from pathlib import Path

# First two digits of a number: the mainland's provinces, 71 Taiwan, 81 82 83 residence permits of Hong Kong, Macao, Taiwan.
PROVINCE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
MUNICIPALITIES = ("11", "12", "31", "50")


@cache
def names() -> dict[str, str]:
    """Name by six-digit code; of a code that had several names, the one listed last."""
    with (Path(__file__).parent / "data" / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def division_name(code: str) -> str:
    """The name of a division, the code itself when the table does not know it."""
    return names().get(code, code)


CORPS, CORPS_DIVISIONS = "66", "6590"  # 兵团, and how its counties' codes begin


def unit_of(code: str) -> str:
    """The provincial unit that a division, or the unit of that code itself, belongs to."""
    return CORPS if code.startswith(CORPS_DIVISIONS) else code[:2]


def unit_of_sql(code: str) -> str:
    """Text SQL: the provincial unit that a division belongs to."""
    return f"case when substr({code}, 1, 4) = '{CORPS_DIVISIONS}' then '{CORPS}' else substr({code}, 1, 2) end"


def county_code_sql(place: str) -> str:
    """Text SQL: the six digits of a place of 12 or 6 digits, null when it has fewer."""
    return f"case when length({place}) >= 6 then substr({place}, 1, 6) end"


def city_code_sql(place: str) -> str:
    """Text SQL: the city of a place, null where none stands between county and province."""
    municipalities = ", ".join(f"'{code}'" for code in MUNICIPALITIES)
    return f"""case when length({place}) >= 6 and substr({place}, 1, 2) not in ({municipalities})
        and substr({place}, 3, 2) not in ('90', '00') then substr({place}, 1, 4) || '00' end"""
