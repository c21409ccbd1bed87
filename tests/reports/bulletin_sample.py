"""Invented months of `progress` rows: a nation whose provinces are in part divided into cities, counties and schools.

Counts are made of the smallest areas and summed, so that all sums hold; marks are set on counts of one to four and on what is worked
out from them, without the further withholding that the real months have.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from xueji.checks.divisions import division_name, names
from xueji.checks.model import UNITS, Rule
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms
from xueji.reports.bulletin_facts import Area, Facts, ProgressRow

RULES = (
    Rule("duplicate_id", "DUP_ID", "身份证件号重复", "-"),
    Rule("duplicate_name_sex_birth", "DUP_NSB", "无身份证件号学生姓名、性别、出生日期重复", "-"),
    Rule("id_not_found", "ERR_NOTFOUND", "身份证号不存在", "-"),
    Rule("id_name_mismatch", "ERR_NAME", "姓名与身份证号不匹配", "-"),
    Rule("id_format", "ERR_ID", "身份证号格式错误", "-"),
    Rule("id_checksum", "ERR_ID", "身份证号校验码错误", "-"),
    Rule("required_missing", "MISSING", "必填项缺项", "-"),
    Rule("code_invalid", "INVALID", "代码项有误", "-"),
    Rule("school_unknown", "INVALID", "学校不在学校表中", "-"),
    Rule("stale_record", "STALE", "年级未随学年更新", "-"),
    Rule("spreadsheet_damage", "INVALID", "文件被电子表格软件损坏", "-"),
)
MONTH, AS_OF = "2026-11", date(2026, 11, 30)
PREVIOUS_MONTH = "2026-10"
DAYS = {ind.PREVIOUS_DAYS: 30, ind.WORKING_DAYS_PASSED: 21, ind.WORKING_DAYS_LEFT: 143}
PER_STUDENT = {
    "DUP_ID": 0.0034, "DUP_NSB": 0.0004, "ERR_NOTFOUND": 0.0011, "ERR_NAME": 0.0034, "ERR_ID": 0.0002, "CHG_ID": 0.0,
}  # fmt: skip
QUALITY_PER_STUDENT = {"MISSING": 0.02, "INVALID": 0.01, "STALE": 0.006}
FLOW = tuple(name(kind) for name in (ind.opening, ind.entered, ind.closed) for kind in ind.PENDING_TYPES)
Figures = dict[tuple[str, str], float | None]

NATION = Area("national", ind.NATIONAL_CODE, ind.NATIONAL_NAME, None)
XIAMEN, SIMING = "350200", "350203"
DONGGUAN = "441900"  # a city without counties
RESIDUAL = "350000"
DIVIDED = ("11", "35", "44", "66")  # units with the areas below them


def areas() -> tuple[Area, ...]:
    """The nation, its units, the divisions of some of them, and the schools of one county and of a city without counties."""
    found = [NATION, *(Area("province", code, name, ind.NATIONAL_CODE) for code, name in UNITS.items())]
    for unit in DIVIDED:
        found += _below(unit)
    found.append(Area("county", RESIDUAL, "学校不在学校表中的学籍", "35"))
    for county in (SIMING, DONGGUAN):
        name = division_name(county)
        found += [Area("school", f"2135{county[1:]}{n}", f"{name}第{n}小学", county) for n in range(1, 9)]
    return tuple(found)


def _below(unit: str) -> list[Area]:
    if unit == "66":
        return [Area("county", f"65900{n}", f"兵团第{n}市", unit) for n in range(1, 7)]
    counties = [f"{unit}0{city}0{n}" for city in range(1, 10) for n in range(2, 6)]
    if unit == "11":
        return [Area("county", code, division_name(code), unit) for code in names() if code in counties[:8]]
    cities = sorted({code[:4] + "00" for code in counties})
    found = [Area("city", code, division_name(code), unit) for code in cities]
    found += [Area("county", code, division_name(code), code[:4] + "00") for code in counties if code in names()]
    if unit == "44":
        found += [Area("city", DONGGUAN, "东莞市", unit), Area("county", DONGGUAN, "东莞市", DONGGUAN)]
    return found


AREAS = areas()


def parts_of(code: str) -> list[Area]:
    return [area for area in AREAS if area.parent_code == code and area.code != code]


def split(total: int, weights: list[float], chance: random.Random) -> list[int]:
    """`total` in parts about in proportion to the weights, adding up exactly."""
    shares = [weight * chance.uniform(0.6, 1.4) for weight in weights]
    parts = [int(total * share / sum(shares)) for share in shares]
    for place in range(total - sum(parts)):
        parts[place % len(parts)] += 1
    return parts


def _put(figures: Figures, code: str, titles: Iterable[str], parts: Iterable[int]) -> None:
    for title, part in zip(titles, parts, strict=True):
        figures[code, title] = part


def fill_leaf(figures: Figures, code: str, students: int, chance: random.Random, bad: float, is_first: bool) -> None:
    """The additive counts of one of the smallest areas; every sum of its own holds. `bad` scales its problems."""
    figures |= {(code, name): 0 for name in (*ind.COUNTS, *FLOW)}
    schools = max(1, students // 900)
    figures |= {
        (code, ind.STUDENTS): students,
        (code, ind.STUDENTS_WITH_NUMBER): int(students * 0.99),
        (code, ind.SCHOOLS): schools,
        (code, ind.SCHOOLS_WITH_STUDENTS): schools - (chance.random() < 0.1 and schools > 50),
    }
    opened, gone, left = 0, 0, 0
    for kind, share in PER_STUDENT.items():
        count = int(students * share * bad * chance.uniform(0.5, 1.5))
        entered = int(count * chance.uniform(0, 0.1))
        closed = int(count * chance.uniform(0, 0.3))
        entered = count + closed if is_first else entered
        figures[code, ind.pending(kind)] = count
        figures[code, ind.entered(kind)] = entered
        figures[code, ind.closed(kind)] = closed
        figures[code, ind.opening(kind)] = count + closed - entered
        opened, gone, left = opened + entered, gone + closed, left + count
    for kind, share in QUALITY_PER_STUDENT.items():
        figures[code, ind.quality(kind)] = int(students * share * bad * chance.uniform(0.5, 1.5))
    returned, overdue, waiting = left // 20, left // 8, left // 6
    reopened = opened // 7
    figures |= {
        (code, ind.PENDING_TOTAL): left,
        (code, ind.PENDING_STUDENTS): int(left * 0.97),
        (code, ind.CASES_OPENING): left + gone - opened,
        (code, ind.CASES_NEW): opened - reopened,
        (code, ind.CASES_REOPENED): reopened,
        (code, ind.CASES_CLOSED): gone,
        (code, ind.RETURNED_TOTAL): returned,
        (code, ind.OVERDUE_TOTAL): overdue,
        (code, ind.AUDITS_WAITING): waiting,
        (code, ind.AUDITS_OVERDUE): waiting // 3,
        (code, ind.AUDITS_DONE): int(waiting * chance.uniform(4, 30)),
    }
    _put(figures, code, map(ind.closed_by, ind.DISPOSITIONS), split(gone, [3, 4, 4, 1], chance))
    _put(figures, code, map(ind.pending_aged, ind.AGES), split(left, [2, 3, 3, 2], chance))
    _put(figures, code, map(ind.returned_by, ind.OFFICES), split(returned, [8, 2, 1, 0.1], chance))
    _put(figures, code, map(ind.overdue_at, ind.ACTORS), split(overdue, [8, 3, 2, 1, 1, 1], chance))


def sum_up(figures: Figures) -> None:
    """The counts of all areas that have parts."""
    for level in ("city", "province", "national"):
        for area in (area for area in AREAS if area.level == level):
            parts = [part for part in parts_of(area.code) if part.level != "school"]
            if parts:
                for name in (*ind.COUNTS, *FLOW):
                    figures[area.code, name] = sum(figures[part.code, name] or 0 for part in parts)


def drop_flow_by_type(figures: Figures) -> None:
    """What came and went by type is told of the nation and its units alone, and not of all types."""
    for area in AREAS:
        for name in FLOW:
            if area.level not in ("national", "province") or name not in ind.FLOW_BY_TYPE:
                figures.pop((area.code, name), None)


def fill_unit(figures: Figures, code: str, chance: random.Random) -> None:
    """Scopes, rules and delivery figures of one unit."""
    parts = split(int(figures[code, ind.pending("DUP_ID")] or 0), [3, 2, 2, 2, 4], chance)
    _put(figures, code, [ind.duplicates_in("DUP_ID", scope) for scope in ind.SCOPES], parts)
    for kind in (*ind.PENDING_TYPES, *ind.QUALITY_TYPES):
        rules = [rule for rule in RULES if rule.problem_type == kind and rule.id not in ind.FILE_RULES]
        if rules:
            parts = split(int(figures[code, ind.problem_count(kind)] or 0), [1] * len(rules), chance)
            _put(figures, code, [ind.rule_count(rule.id) for rule in rules], parts)
    rows = int(figures[code, ind.STUDENTS] or 0)
    quarantined = chance.choice([0, 0, 3, 17])
    names = (ind.rule_count("spreadsheet_damage"), ind.FILES, ind.ROWS_DELIVERED, ind.ROWS_ACCEPTED,
             ind.ROWS_QUARANTINED, ind.DELIVERY_ACCEPTED, ind.DELIVERY_REFUSED, ind.DELIVERY_MISSING,
             ind.SNAPSHOT_STALE, ind.STALE_DAYS)  # fmt: skip
    _put(figures, code, names, (0, 2, rows + quarantined, rows, quarantined, 1, 0, 0, 0, 0))


def sum_units(figures: Figures) -> None:
    """The nation's counts of what is counted of units alone."""
    own = {name for code, name in figures if code in UNITS} - {*ind.COUNTS, *FLOW, ind.STALE_DAYS}
    for name in own:
        figures[NATION.code, name] = sum(figures.get((code, name)) or 0 for code in UNITS)


def month_counts(students: int, seed: int, is_first: bool = False) -> Figures:
    """All counts of a month of so many students; the first month is one with few problems."""
    chance = random.Random(seed)
    figures: Figures = {}
    weights = [chance.uniform(1, 20) for _ in UNITS]
    for unit, of_unit in zip(UNITS, split(students, weights, chance), strict=True):
        _fill_below(figures, unit, of_unit, chance, is_first)
    sum_up(figures)
    for unit in UNITS:
        fill_unit(figures, unit, chance)
    sum_units(figures)
    fill_schools(figures, chance)
    return figures


def _fill_below(figures: Figures, code: str, students: int, chance: random.Random, is_first: bool) -> None:
    parts = [part for part in parts_of(code) if part.level != "school"]
    if not parts:
        fill_leaf(figures, code, students, chance, chance.uniform(0.3, 1.7) * (0.05 if is_first else 1.0), is_first)
        return
    of_parts = split(students - 400 * (code == "35"), [part.code != RESIDUAL for part in parts], chance)
    for part, share in zip(parts, of_parts, strict=True):
        _fill_below(figures, part.code, 400 if part.code == RESIDUAL else share, chance, is_first)


def fill_schools(figures: Figures, chance: random.Random) -> None:
    for county in (SIMING, DONGGUAN):
        schools = [area.code for area in AREAS if area.parent_code == county and area.level == "school"]
        for name in ind.SCHOOL_COUNTS:
            parts = split(int(figures[county, name] or 0), [1.0] * len(schools), chance)
            figures |= {(code, name): part for code, part in zip(schools, parts, strict=True) if part}


def derive(figures: Figures, before: Figures | None, is_compared: bool = True) -> None:
    """Rates, shares, index, forecast, changes and flags from the counts, as `progress` has them."""
    nation = NATION.code
    figures |= {(nation, name): None if before is None and name != ind.WORKING_DAYS_LEFT else days
                for name, days in DAYS.items()}  # fmt: skip
    figures[nation, ind.COMPARED] = float(is_compared)
    for area in AREAS:
        if area.level != "school" and area.code != area.parent_code:
            _derive_area(figures, area, before)
    for area in reversed(AREAS):
        if area.level in ("city", "province", "national"):
            _count_counties(figures, area, before is not None)


def _derive_area(figures: Figures, area: Area, before: Figures | None) -> None:
    code = area.code

    def of(name: str) -> float:
        return figures.get((code, name)) or 0

    students = of(ind.STUDENTS)
    enough = students >= ind.RATE_MIN_STUDENTS
    figures[code, ind.PENDING_REPORTED] = of(ind.PENDING_TOTAL) - of(ind.pending("DUP_NSB"))
    for name in ind.RATED:
        figures[code, ind.per_10000(name)] = 10_000 * of(name) / students if enough else None
    for bound, factor in ((ind.per_10000_low, 0.98), (ind.per_10000_high, 1.02)):
        figures[code, bound(ind.PENDING_TOTAL)] = 10_000 * factor * of(ind.PENDING_TOTAL) / students if enough else None
    for name in ind.COMPARED_WITH_PREVIOUS:
        earlier = None if before is None else before.get((code, name))
        figures[code, ind.change_percent(name)] = 100 * (of(name) - earlier) / earlier if earlier else None
    done = of(ind.AUDITS_DONE) + of(ind.AUDITS_WAITING)
    closed = of(ind.CASES_CLOSED)
    cases = closed + of(ind.PENDING_TOTAL)
    figures[code, ind.COMPLETION_PERCENT] = 100 * closed / cases if cases else None
    figures[code, ind.AUDIT_COMPLETION_PERCENT] = 100 * of(ind.AUDITS_DONE) / done if done else None
    _derive_quality(figures, code, students, enough)
    pace = None if before is None else of(ind.CASES_CLOSED) / DAYS[ind.WORKING_DAYS_PASSED]
    left = None if pace is None else max(0.0, of(ind.PENDING_TOTAL) - pace * DAYS[ind.WORKING_DAYS_LEFT])
    figures[code, ind.CLOSED_PER_DAY] = pace
    figures[code, ind.FORECAST_DAYS] = of(ind.PENDING_TOTAL) / pace if pace else None
    figures[code, ind.FORECAST_LEFT] = None if left is None else float(-(-left // 1))


def _derive_quality(figures: Figures, code: str, students: float, enough: bool) -> None:
    names = (*map(ind.quality, ind.QUALITY_TYPES), ind.PENDING_STUDENTS)
    for share, name in zip(ind.QUALITY_PARTS, names, strict=True):
        figures[code, share] = 100 * (1 - (figures.get((code, name)) or 0) / students) if enough else None
    schools = figures.get((code, ind.SCHOOLS)) or 0
    coverage = 100 * (figures.get((code, ind.SCHOOLS_WITH_STUDENTS)) or 0) / schools if schools else None
    shares = [figures[code, share] for share in ind.QUALITY_PARTS]
    index = coverage * sum(shares) / 400 if coverage is not None and enough else None  # type: ignore[arg-type]
    figures[code, ind.COVERAGE_PERCENT], figures[code, ind.QUALITY_INDEX] = coverage, index
    places = (place for place, bound in enumerate(ind.QUALITY_BOUNDS, start=1) if index is not None and index >= bound)
    figures[code, ind.QUALITY_CLASS] = None if index is None else next(places, 4)


def _count_counties(figures: Figures, area: Area, is_foreseen: bool) -> None:
    counties, waiting = [], [area.code]
    while waiting:
        code = waiting.pop()
        parts = [part for part in parts_of(code) if part.level not in ("school",) and not part.is_residual]
        waiting += [part.code for part in parts]
        counties += [code] if not parts and (figures.get((code, ind.STUDENTS)) or 0) > 0 else []
    missing = sum((figures[code, ind.FORECAST_LEFT] or 0) > 0 for code in counties)
    figures[area.code, ind.COUNTIES] = len(counties)
    figures[area.code, ind.COUNTIES_MISSING] = missing if is_foreseen else None


def marks_of(figures: Figures) -> dict[tuple[str, str], str]:
    """`<5` on counts of one to four, `*` on what they would be known from."""
    open_names = {
        *ind.OPEN_COUNTS, *DAYS, ind.COMPARED, ind.STALE_DAYS, ind.rule_count("spreadsheet_damage"), *forms.TOLD,
    }  # fmt: skip
    derived = {*ind.DERIVED_FROM, ind.COVERAGE_PERCENT, *map(ind.change_percent, ind.COMPARED_WITH_PREVIOUS)}
    marks = {
        (code, name): "<5"
        for (code, name), value in figures.items()
        if name not in open_names | derived and value is not None and 0 < value < 5
    }
    for name, sources in ind.DERIVED_FROM.items():
        marks |= {(code, name): "*" for code, found in list(marks) if found in sources for code in (code,)}
    return marks


def rows_of(
    figures: Figures, month: str = MONTH, as_of: date = AS_OF, marks: Mapping[tuple[str, str], str] | None = None
) -> list[ProgressRow]:
    """The rows of `progress`; the only county of a city without counties has a row beside each of the city's."""
    found = marks_of(figures) if marks is None else marks
    by_code = defaultdict(dict)
    for (code, name), value in figures.items():
        by_code[code][name] = value
    return [
        ProgressRow(
            month, area.level, area.code, area.name, name, value, as_of, area.parent_code, found.get((area.code, name))
        )
        for area in AREAS
        for name, value in sorted(by_code[area.code].items())
    ]


@dataclass(frozen=True)
class Month:
    """A month's figures with the previous one's, to be changed by a test before facts are made of them."""

    figures: Figures
    before: Figures | None = None

    def rows(self) -> list[ProgressRow]:
        return rows_of(self.figures)

    def previous_rows(self) -> list[ProgressRow]:
        return [] if self.before is None else rows_of(self.before, PREVIOUS_MONTH, date(2026, 10, 31))

    def facts(self) -> Facts:
        return Facts(self.rows(), self.previous_rows(), RULES)

    def changed(self, changes: Mapping[tuple[str, str], float | None]) -> "Month":
        return replace(self, figures=self.figures | dict(changes))


@cache
def large_month() -> Month:
    """A nation of 164 million students with 1.4 million pending records; 江西 refused, 西藏 missing."""
    figures = month_counts(164_000_000, seed=1)
    before = opened_with(figures)
    for code, verdict, days in (("36", ind.DELIVERY_REFUSED, 3), ("54", ind.DELIVERY_MISSING, 11)):
        rows = 0 if verdict == ind.DELIVERY_MISSING else figures[code, ind.ROWS_DELIVERED]
        figures |= {
            (code, ind.DELIVERY_ACCEPTED): 0, (code, verdict): 1, (code, ind.STALE_DAYS): days,
            (code, ind.SNAPSHOT_STALE): 1, (code, ind.ROWS_DELIVERED): rows, (code, ind.ROWS_ACCEPTED): 0,
            (code, ind.ROWS_QUARANTINED): rows, (code, ind.FILES): 2 if rows else 0,
        }  # fmt: skip
    sum_units(figures)
    drop_flow_by_type(figures)
    drop_flow_by_type(before)
    derive(before, None)
    before[NATION.code, ind.PREVIOUS_DAYS] = 31
    derive(figures, before)
    return Month(figures, before)


def opened_with(figures: Figures) -> Figures:
    """The counts of a previous month that ended as this one opened."""
    before = dict(figures)
    for code in {code for code, name in figures if name == ind.CASES_OPENING}:
        before |= {(code, ind.pending(kind)): figures[code, ind.opening(kind)] for kind in ind.PENDING_TYPES}
        before[code, ind.PENDING_TOTAL] = figures[code, ind.CASES_OPENING]
        before[code, ind.quality("MISSING")] = round((figures[code, ind.quality("MISSING")] or 0) * 1.1)
    return before


@cache
def small_month() -> Month:
    """A first month with few records an area: many cells below five."""
    figures = month_counts(8_000_000, seed=3, is_first=True)
    drop_flow_by_type(figures)
    derive(figures, None)
    return Month(figures)


def plain_facts(
    given: Mapping[tuple[str, str], float | None],
    before: Mapping[tuple[str, str], float | None] | None,
    as_of: date,
    previous: date,
) -> Facts:
    """Facts of the given figures and nothing else: every other count is zero."""
    nothing: Figures = {
        (area.code, name): 0 for area in AREAS if area.level != "school" for name in (*ind.COUNTS, *ind.UNIT_COUNTS)
    }
    now = nothing | dict(given)
    then = None if before is None else nothing | dict(before)
    if then is not None:
        derive(then, None)
    derive(now, then)
    now[NATION.code, ind.PREVIOUS_DAYS] = None if then is None else (as_of - previous).days
    earlier = [] if then is None else rows_of(then, f"{previous:%Y-%m}", previous)
    return Facts(rows_of(now, f"{as_of:%Y-%m}", as_of), earlier, RULES)
