"""An invented month of a whole nation with one province, one municipality and one city in full, for the tests of annexes."""

import random
from collections.abc import Iterable
from datetime import date

from xueji.checks.model import UNITS, Rule
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Facts, ProgressRow

MONTH, AS_OF, PREVIOUS_MONTH, PREVIOUS_AS_OF = "2026-11", date(2026, 11, 23), "2026-10", date(2026, 10, 31)
DAYS_PASSED, DAYS_LEFT = 16, 146
RULES = (
    Rule("duplicate_id", "DUP_ID", "身份证件号重复", "GB 11643"),
    Rule("id_not_found", "ERR_NOTFOUND", "身份证号不存在", "教基一厅〔2015〕2号"),
    Rule("id_checksum", "ERR_ID", "身份证号校验码错误", "GB 11643"),
    Rule("required_missing", "MISSING", "必填项缺项", "教基一厅〔2015〕2号"),
)
# code: name, parent; the leaves are counties, one city without counties, and one unit's residual.
CITIES = {"350100": "福州市", "350200": "厦门市", "350300": "莆田市"}
COUNTIES = {
    "350102": ("鼓楼区", "350100"), "350103": ("台江区", "350100"), "350181": ("福清市", "350100"),
    "350203": ("思明区", "350200"), "350206": ("湖里区", "350200"),
    "350400": ("平潭县", "35"), "350000": ("学校不在学校表中的学籍", "35"),
    "110101": ("东城区", "11"), "110102": ("西城区", "11"),
}  # fmt: skip
SCHOOLS = {f"2135{number:06d}": (f"思明区第{number}小学", "350203") for number in range(1, 13)}
Figures = dict[tuple[str, str], float | None]


def areas() -> dict[str, tuple[str, str, str | None]]:
    """code: level, name, parent; parents first."""
    return {
        "00": ("national", "全国", None),
        **{code: ("province", name, "00") for code, name in UNITS.items()},
        **{code: ("city", name, code[:2]) for code, name in CITIES.items()},
        **{code: ("county", name, parent) for code, (name, parent) in COUNTIES.items()},
    }


def leaf_counts(chance: random.Random, size: int) -> dict[str, int]:
    """Counts of one area, its sums kept."""
    found = {name: chance.randint(size, 3 * size) for name in (*ind.COUNTS, *ind.FLOW_BY_TYPE)}
    found[ind.STUDENTS] = 400 * size
    found[ind.SCHOOLS] = 12
    found[ind.SCHOOLS_WITH_STUDENTS] = 12
    for kind in ind.PENDING_TYPES:
        found[ind.closed(kind)] = chance.randint(0, found[ind.opening(kind)])
        found[ind.pending(kind)] = found[ind.opening(kind)] + found[ind.entered(kind)] - found[ind.closed(kind)]
    found[ind.pending("CHG_ID")] = found[ind.opening("CHG_ID")] = found[ind.entered("CHG_ID")] = 0
    found[ind.closed("CHG_ID")] = 0
    for total, name in (
        (ind.PENDING_TOTAL, ind.pending),
        (ind.CASES_OPENING, ind.opening),
        (ind.CASES_NEW, ind.entered),
        (ind.CASES_CLOSED, ind.closed),
    ):
        found[total] = sum(found[name(kind)] for kind in ind.PENDING_TYPES)
    found[ind.CASES_REOPENED] = 0
    found |= _split(found[ind.PENDING_TOTAL], [ind.pending_aged(age) for age in ind.AGES], chance)
    found |= _split(found[ind.CASES_CLOSED], [ind.closed_by(way) for way in ind.DISPOSITIONS], chance)
    found |= _split(found[ind.OVERDUE_TOTAL], [ind.overdue_at(actor) for actor in ind.ACTORS], chance)
    found |= _split(found[ind.RETURNED_TOTAL], [ind.returned_by(office) for office in ind.OFFICES], chance)
    return found


def _split(total: int, names: list[str], chance: random.Random) -> dict[str, int]:
    cuts = sorted(chance.randint(0, total) for _ in names[1:])
    return dict(zip(names, (end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)), strict=True))


def month_figures(seed: int, size: int = 300) -> Figures:
    """All figures of a month, without changes."""
    chance = random.Random(seed)
    places = areas()
    parents = {parent for _, _, parent in places.values()}
    figures: Figures = {(code, name): 0 for code in places for name in (*ind.COUNTS, *ind.FLOW_BY_TYPE)}
    for code in places:
        if code not in parents:
            for name, count in leaf_counts(chance, size).items():
                above: str | None = code
                while above is not None:
                    figures[above, name] = (figures[above, name] or 0) + count
                    above = places[above][2]
    for code in UNITS:
        unit = _unit_counts(figures, code, chance)
        for name, count in unit.items():
            figures[code, name] = count
            figures["00", name] = (figures.get(("00", name)) or 0) + count
        figures[code, ind.STALE_DAYS] = 0
    for code, (_, county) in SCHOOLS.items():
        figures[code, ind.STUDENTS] = (figures[county, ind.STUDENTS] or 0) / len(SCHOOLS)
    _fill_schools(figures)
    for code in places:
        _derive(figures, code)
    levels = {code: level for code, (level, _, _) in places.items()}
    return {key: value for key, value in figures.items() if ind.is_told(levels.get(key[0], "school"), key[1])}


def _unit_counts(figures: Figures, code: str, chance: random.Random) -> dict[str, int]:
    found = {name: 0 for name in ind.UNIT_COUNTS} | {ind.rule_count(rule.id): chance.randint(9, 99) for rule in RULES}
    found |= _split(int(figures[code, ind.pending("DUP_ID")] or 0), [*ind.DUPLICATE_SCOPES], chance)
    rows = int(figures[code, ind.STUDENTS] or 0)
    found |= {ind.FILES: 2, ind.ROWS_DELIVERED: rows + 3, ind.ROWS_ACCEPTED: rows, ind.ROWS_QUARANTINED: 3}
    return found | {ind.DELIVERY_ACCEPTED: 1}


def _fill_schools(figures: Figures) -> None:
    """The county's counts over the first three schools."""
    busy = list(SCHOOLS)[:3]
    for name in ind.SCHOOL_COUNTS[1:]:
        total = int(figures["350203", name] or 0)
        for code, part in zip(busy, (total // 2, total - total // 2, 0), strict=True):
            if part:
                figures[code, name] = part


def _derive(figures: Figures, code: str) -> None:
    def of(name: str) -> float:
        return figures[code, name] or 0

    students = of(ind.STUDENTS)
    figures[code, ind.PENDING_REPORTED] = of(ind.PENDING_TOTAL) - of(ind.pending("DUP_NSB"))
    for name in ind.RATED:
        figures[code, ind.per_10000(name)] = 10_000 * of(name) / students
    for name, part in ((ind.per_10000_low, 0.95), (ind.per_10000_high, 1.05)):
        figures[code, name(ind.PENDING_TOTAL)] = part * 10_000 * of(ind.PENDING_TOTAL) / students
    figures[code, ind.COMPLETION_PERCENT] = 100 * of(ind.CASES_CLOSED) / (of(ind.CASES_CLOSED) + of(ind.PENDING_TOTAL))
    done = of(ind.AUDITS_DONE)
    figures[code, ind.AUDIT_COMPLETION_PERCENT] = 100 * done / (done + of(ind.AUDITS_WAITING))
    figures |= {(code, name): 98.5 for name in (ind.COVERAGE_PERCENT, *ind.QUALITY_PARTS)}
    figures |= {(code, ind.QUALITY_INDEX): 97.02, (code, ind.QUALITY_CLASS): 2.0}
    pace = of(ind.CASES_CLOSED) / DAYS_PASSED
    figures[code, ind.CLOSED_PER_DAY] = pace
    figures[code, ind.FORECAST_DAYS] = of(ind.PENDING_TOTAL) / pace
    figures[code, ind.FORECAST_LEFT] = float(max(0, round(of(ind.PENDING_TOTAL) - pace * DAYS_LEFT)))
    figures[code, ind.COUNTIES] = 1.0
    figures[code, ind.COUNTIES_MISSING] = 0.0


def rows_of(
    figures: Figures, month: str, as_of: date, marks: dict[tuple[str, str], str] | None = None
) -> list[ProgressRow]:
    places = areas() | {code: ("school", name, county) for code, (name, county) in SCHOOLS.items()}
    return [
        ProgressRow(
            month, places[code][0], code, places[code][1], name, value, as_of, places[code][2], (marks or {}).get((code, name))
        )
        for (code, name), value in figures.items()
    ]  # fmt: skip


def facts_of(size: int = 300, marks: dict[tuple[str, str], str] | None = None, is_first: bool = False) -> Facts:
    """The month, with the one before it unless it is the first."""
    now, before = month_figures(1, size), month_figures(2, size)
    now |= {("00", ind.COMPARED): 1.0, ("00", ind.WORKING_DAYS_LEFT): float(DAYS_LEFT)}
    before["00", ind.COMPARED] = 1.0
    if is_first:
        return Facts(rows_of(now, MONTH, AS_OF, marks), (), RULES)
    now |= {("00", ind.PREVIOUS_DAYS): 23.0, ("00", ind.WORKING_DAYS_PASSED): float(DAYS_PASSED)}
    for code in areas():
        for name in ind.COMPARED_WITH_PREVIOUS:
            earlier = before[code, name] or 0
            change = 100 * ((now[code, name] or 0) - earlier) / earlier if earlier else None
            now[code, ind.change_percent(name)] = change
    return Facts(rows_of(now, MONTH, AS_OF, marks), rows_of(before, PREVIOUS_MONTH, PREVIOUS_AS_OF), RULES)


def marks_on(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The keys' counts as small ones, and what is derived from them withheld."""
    small = dict.fromkeys(keys, "<5")
    derived = {
        (code, name): "*" for name, sources in ind.DERIVED_FROM.items() for code, count in small if count in sources
    }
    changes = {(code, ind.change_percent(count)): "*" for code, count in small}
    return changes | derived | small
