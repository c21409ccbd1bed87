"""Where the invented children live and were born: units, counties, and the codes that stand in their ID numbers."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xueji.checks import model
from xueji.checks.model import UNITS

# Students by unit in ten-thousands (primary, junior and general senior together), rounded from the statistical bulletins of 2023.
STUDENTS_BY_UNIT = {
    "11": 175, "12": 135, "13": 1150, "14": 420, "15": 250, "21": 355, "22": 215, "23": 235,
    "31": 165, "32": 1000, "33": 650, "34": 830, "35": 590, "36": 730, "37": 1370,
    "41": 1730, "42": 690, "43": 930, "44": 1820, "45": 880, "46": 150,
    "50": 380, "51": 970, "52": 690, "53": 690, "54": 60,
    "61": 500, "62": 350, "63": 88, "64": 108, "65": 470, "66": 45,
}  # fmt: skip
CORPS = "66"  # 新疆生产建设兵团: its places are the cities 6590xx
PERMIT_REGIONS = (810000, 820000, 830000)
_GROUPINGS = ("市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位")


@dataclass(frozen=True)
class County:
    """A county-level place, or a city without counties."""

    code: str
    name: str
    city_code: str | None  # None where no city stands between county and province


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    level: str
    last_year: int | None


@cache
def divisions() -> tuple[Division, ...]:
    text = (Path(model.__file__).parent / "data" / "divisions.csv").read_text(encoding="utf-8")
    return tuple(
        Division(row["code"], row["name"], row["level"], int(row["last_year"]) if row["last_year"] else None)
        for row in csv.DictReader(text.splitlines())
    )


def unit_of_place(code: str) -> str:
    return CORPS if code.startswith("6590") else code[:2]


def city_of_place(code: str) -> str | None:
    """The city above a county; none in municipalities and for counties directly under a province."""
    has_no_city = code[:2] in ("11", "12", "31", "50") or code[2:4] == "90"
    return None if has_no_city else code[:4] + "00"


@cache
def counties() -> dict[str, tuple[County, ...]]:
    """The places in force that can hold schools, by unit, in order of code."""
    current = [d for d in divisions() if d.last_year is None and d.name not in _GROUPINGS]
    with_counties = {d.code[:4] for d in current if d.level == "county"}
    found: dict[str, list[County]] = {unit: [] for unit in UNITS}
    for division in current:
        is_city_without_counties = (
            division.level == "city"
            and division.code[:4] not in with_counties
            and division.code[:2] not in ("11", "12", "31", "50")
            and division.code[2:4] != "90"
        )
        if (division.level == "county" or is_city_without_counties) and unit_of_place(division.code) in found:
            place = County(division.code, division.name, city_of_place(division.code))
            found[unit_of_place(division.code)].append(place)
    return {unit: tuple(places) for unit, places in found.items()}


@cache
def birth_regions() -> NDArray[np.int64]:
    """Codes in the numbers of children born elsewhere: all in force, and about a third as many that are retired."""
    usable = [d for d in divisions() if d.level == "county" and d.name not in _GROUPINGS and d.code[:2] in UNITS]
    current = [int(d.code) for d in usable if d.last_year is None]
    retired = [int(d.code) for d in usable if d.last_year is not None and d.last_year >= 1993]
    return np.array(sorted(current + retired), dtype=np.int64)


@cache
def unlisted_regions() -> NDArray[np.int64]:
    """Six-digit codes of known provinces that no table lists; police offices have issued such codes all the same."""
    known = {d.code for d in divisions()}
    cities = [d.code[:4] for d in divisions() if d.level == "city" and d.last_year is None and d.code[:2] in UNITS]
    return np.array([int(city + end) for city in cities for end in ("19", "59", "97") if city + end not in known])


# First two digits of no province; no leading zero, and no 9, which marks foreigners' permanent residence.
UNKNOWN_PROVINCES = tuple(
    prefix for prefix in range(10, 90) if str(prefix) not in UNITS and prefix not in (71, 81, 82, 83)
) + (66,)
