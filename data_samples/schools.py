"""The school table of a sample, and how many students sit in which grade of which school."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xueji.checks.model import UNITS
from xueji.data_samples import places
from xueji.data_samples.draws import Weighted, draw, share, whole

GRADES = 12
STUDENTS_PER_SCHOOL = 800
LEAST_PER_UNIT = 30
# A county's grade holds this many children at most: the ID numbers of one birth year and county (people.py).
LARGEST_COUNTY_GRADE = 72_000


@dataclass(frozen=True)
class SchoolType:
    code: str  # first two digits of the school code
    label: str  # 办学类型
    first_grade: int
    grade_count: int
    share: float  # of all schools
    mean_size: int  # relative to the others


TYPES = (
    SchoolType("21", "小学", 1, 6, 0.66, 600),
    SchoolType("31", "初级中学", 7, 3, 0.14, 1150),
    SchoolType("34", "高级中学", 10, 3, 0.05, 2000),
    SchoolType("31", "九年一贯制学校", 1, 9, 0.11, 1100),
    SchoolType("34", "完全中学", 7, 6, 0.03, 2000),
    SchoolType("51", "特殊教育学校", 1, 9, 0.01, 130),
)
PRIMARY, JUNIOR, SENIOR, NINE_YEAR, COMPLETE, SPECIAL = range(len(TYPES))
FIRST_TYPES = (PRIMARY, JUNIOR, SENIOR, PRIMARY, PRIMARY, NINE_YEAR)  # so that small units have every stage
_TOWNS = (
    "城关镇 河东乡 新民镇 太平镇 东风乡 石桥镇 双河镇 龙泉镇 柳林乡 清水镇 白云乡 金山镇 永安镇 和平乡 大湾镇 青山镇 长兴乡 兴隆镇 "
    "马家店镇 沙河镇 桃园乡 杨村镇 高桥镇 红旗乡 三岔镇 平安镇 望江镇 南坪乡 北关镇 临河镇"
)
TOWNS = tuple(_TOWNS.split())
NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Layout:
    """All schools of a sample in order of unit, county and code, and the seats in them.

    Students have the indexes 0 … n − 1: school by school, in a school grade by grade. `school_*` arrays have one entry a
    school, `area_*` hold the first and last-plus-one student index of the area a school lies in.
    """

    table: pl.DataFrame  # unit_code, school_code, school_name, type label, county_code, authority_code, authority_level
    school_start: NDArray[np.int64]  # n + 1 entries
    first_grade: NDArray[np.int64]
    grade_count: NDArray[np.int64]
    county: NDArray[np.int64]  # number of the school's county, from 0
    county_codes: NDArray[np.int64]  # by county number
    unit: NDArray[np.int64]  # number of the school's unit, in the order of UNITS
    cell_start: NDArray[np.int64]  # school × grade: how many children of the same county and grade come before
    outsider_start: NDArray[np.int64]  # county × grade: the same for children born elsewhere, over all counties
    area_school: NDArray[np.int64]  # school × 2
    area_county: NDArray[np.int64]
    area_city: NDArray[np.int64]
    area_unit: NDArray[np.int64]

    @property
    def students(self) -> int:
        return int(self.school_start[-1])

    def unit_range(self, unit: int) -> tuple[int, int]:
        """First and last-plus-one student index of a unit."""
        first = int(np.searchsorted(self.unit, unit, side="left"))
        return tuple(int(bound) for bound in self.area_unit[first])  # type: ignore[return-value]


def apportion(total: int, weights: NDArray[np.float64], least: int = 0) -> NDArray[np.int64]:
    """`total` in whole parts in proportion to `weights`, none smaller than `least`: largest remainders."""
    free = total - least * len(weights)
    if free < 0:
        raise ValueError(f"{total} cannot be shared among {len(weights)} with at least {least} each")
    exact = weights / weights.sum() * free
    parts = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - parts), kind="stable")[: free - int(parts.sum())]
    parts[rest] += 1
    return parts + least


def unit_sizes(students: int) -> NDArray[np.int64]:
    """Students of each unit, in the order of UNITS: in national proportion, but no unit without a few schools."""
    weights = np.array([places.STUDENTS_BY_UNIT[unit] for unit in UNITS], dtype=np.float64)
    least = min(LEAST_PER_UNIT, students // len(UNITS))
    parts = np.full(len(weights), least, dtype=np.int64)
    is_free = np.ones(len(weights), dtype=np.bool_)
    while is_free.any():
        shared = apportion(students - least * int((~is_free).sum()), weights[is_free])
        if (shared >= least).all():
            parts[is_free] = shared
            break
        is_free[np.flatnonzero(is_free)[shared < least]] = False
    return parts


def school_counties(unit: str, count: int, seed: int) -> list[places.County]:
    """The county of each of a unit's schools, in order of code: weighted, or neighbouring pairs when schools are few."""
    available = places.counties()[unit]
    if count >= 2 * len(available):
        order = np.arange(len(available), dtype=np.int64)
        weights = 0.4 + 1.6 * share(draw(seed, f"county/{unit}", order)) ** 2
        numbers = apportion(count, weights, least=1)
    else:
        used = (count + 1) // 2
        pairs = (used + 1) // 2
        step = max(len(available) // pairs, 2)
        chosen = [min((k // 2) * step + k % 2, len(available) - 1) for k in range(used)]
        numbers = np.zeros(len(available), dtype=np.int64)
        for place in range(count):
            numbers[chosen[place // 2]] += 1
    return [county for county, number in zip(available, numbers, strict=True) for _ in range(number)]


def chinese_number(n: int) -> str:
    """1 … 99 as written in school names."""
    tens, ones = divmod(n, 10)
    start = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens] + "十")
    return start + (NUMERALS[ones] if ones or not tens else "")


def school_name(county: str, kind: int, ordinal: int) -> str:
    """A plausible name: the county's `ordinal`-th school of its kind, from 1."""
    town = TOWNS[ordinal % len(TOWNS)] + (chinese_number(ordinal // len(TOWNS)) if ordinal >= len(TOWNS) else "")
    if kind == PRIMARY:
        if ordinal == 1:
            return f"{county}实验小学"
        return f"{county}第{chinese_number(ordinal)}小学" if ordinal < 9 else f"{county}{town}中心小学"
    if kind == JUNIOR:
        return f"{county}第{chinese_number(ordinal + 2)}中学" if ordinal < 9 else f"{county}{town}初级中学"
    if kind == SENIOR:
        return f"{county}第{chinese_number(ordinal)}高级中学"
    if kind == NINE_YEAR:
        return f"{county}实验学校" if ordinal == 1 else f"{county}{town}九年一贯制学校"
    if kind == COMPLETE:
        return f"{county}第{chinese_number(ordinal)}中学"
    return f"{county}特殊教育学校" if ordinal == 1 else f"{county}第{chinese_number(ordinal)}特殊教育学校"


def unit_schools(unit: str, students: int, seed: int) -> pl.DataFrame:
    """The schools of one unit with their sizes, kinds and authorities."""
    count = max(round(students / STUDENTS_PER_SCHOOL), min(8, students // 10), 1)
    order = np.arange(count, dtype=np.int64)
    kinds = Weighted.of([kind.share for kind in TYPES]).pick(draw(seed, f"school type/{unit}", order))
    kinds[: len(FIRST_TYPES)] = FIRST_TYPES[:count]
    spread = np.exp(1.2 * (share(draw(seed, f"school size/{unit}", order)) - 0.5))
    weights = np.array([TYPES[kind].mean_size for kind in kinds]) * spread
    small = (kinds == PRIMARY) & (whole(draw(seed, f"small school/{unit}", order), 7) == 0)
    weights[small & (order >= len(FIRST_TYPES))] *= 0.08  # village schools and teaching points
    if count < 15:
        weights[kinds == SENIOR] *= 0.5  # one of few would hold too large a part of the unit
    sizes = apportion(students, weights, least=min(2, students // count))
    authority_draw = share(draw(seed, f"authority/{unit}", order))
    rows, ordinals = [], dict[tuple[str, int], int]()
    for place, county in enumerate(school_counties(unit, count, seed)):
        kind = int(kinds[place])
        ordinals[county.code, kind] = ordinals.get((county.code, kind), 0) + 1
        authority, level = county.code, "县"
        if kind in (SENIOR, COMPLETE) and authority_draw[place] < 0.05:
            authority, level = unit + "0000", "省"
        elif kind in (SENIOR, COMPLETE) and county.city_code and authority_draw[place] < 0.35:
            authority, level = county.city_code, "市"
        rows.append(
            (
                unit,
                f"{TYPES[kind].code}{unit}{place + 1:06d}",
                school_name(county.name, kind, ordinals[county.code, kind]),
                kind,
                county.code,
                county.city_code,
                authority,
                level,
                int(sizes[place]),
            )
        )
    columns = ["unit_code", "school_code", "school_name", "kind", "county_code", "city_code"]
    columns += ["authority_code", "authority_level", "size"]
    return pl.DataFrame(rows, schema=columns, orient="row", schema_overrides={"city_code": pl.String})


def areas(starts: NDArray[np.int64], keys: list[str]) -> NDArray[np.int64]:
    """For each school the student range of the run of schools with the same key. Equal keys stand together."""
    change = np.flatnonzero([True, *(a != b for a, b in zip(keys[1:], keys[:-1], strict=True))])
    run = np.cumsum(np.isin(np.arange(len(keys)), change)) - 1
    ends = np.append(change[1:], len(keys))
    return np.stack([starts[change][run], starts[ends][run]], axis=1)


def build_layout(students: int, seed: int) -> Layout:
    """The schools and seats of a sample of `students` children."""
    sizes = unit_sizes(students)
    table = pl.concat(
        [unit_schools(unit, int(size), seed) for unit, size in zip(UNITS, sizes, strict=True)], how="vertical"
    )
    size = table["size"].to_numpy().astype(np.int64)
    start = np.concatenate([[0], np.cumsum(size)])
    first = np.array([kind.first_grade for kind in TYPES])[table["kind"].to_numpy()]
    grades = np.array([kind.grade_count for kind in TYPES])[table["kind"].to_numpy()]
    county_codes, county = np.unique(table["county_code"].to_numpy().astype(np.int64), return_inverse=True)
    filled = np.zeros((len(size), GRADES), dtype=np.int64)  # school × grade: children
    for grade in range(1, GRADES + 1):
        place = grade - first
        has_grade = (place >= 0) & (place < grades)
        filled[has_grade, grade - 1] = (size // grades + (place < size % grades))[has_grade]
    cell_start, totals = running_counts(filled, county, len(county_codes))
    if totals.max() > LARGEST_COUNTY_GRADE:
        raise ValueError(f"{students} students: a county would have {totals.max()} children in one grade")
    outsiders = totals // 12 + 2
    city_keys = table.select(pl.coalesce("city_code", "county_code"))["city_code"].to_list()
    schools = table["school_code"].to_list()
    return Layout(
        table=table.with_columns(kind_label=pl.Series([TYPES[kind].label for kind in table["kind"]])),
        school_start=start,
        first_grade=first,
        grade_count=grades,
        county=county,
        county_codes=county_codes,
        unit=np.array([list(UNITS).index(unit) for unit in table["unit_code"]]),
        cell_start=cell_start,
        outsider_start=np.cumsum(outsiders, axis=0) - outsiders,
        area_school=areas(start, schools),
        area_county=areas(start, table["county_code"].to_list()),
        area_city=areas(start, city_keys),
        area_unit=areas(start, table["unit_code"].to_list()),
    )


def running_counts(
    filled: NDArray[np.int64], county: NDArray[np.int64], counties: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per school and grade the children of earlier schools of the county; and the counties' totals."""
    order = np.argsort(county, kind="stable")
    running = np.cumsum(filled[order], axis=0) - filled[order]
    first_of_county = np.searchsorted(county[order], np.arange(counties))
    cell_start = np.empty_like(filled)
    cell_start[order] = running - running[first_of_county][county[order]]
    totals = np.zeros((counties, filled.shape[1]), dtype=np.int64)
    np.add.at(totals, county, filled)
    return cell_start, totals
