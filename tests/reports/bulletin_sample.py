"""Invented months of `progress` rows: a nation of the size of the published bulletins, and a small one."""

import random
from collections.abc import Mapping
from datetime import date

from xueji.checks.model import PROBLEM_TYPES, UNITS, Rule
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import ProgressRow

RULES = (
    Rule("duplicate_id", "DUP_ID", "身份证件号重复", "-"),
    Rule("duplicate_name_sex_birth", "DUP_NSB", "无身份证件号学生姓名、性别、出生日期重复", "-"),
    Rule("id_not_found", "ERR_NOTFOUND", "身份证号不存在", "-"),
    Rule("id_name_mismatch", "ERR_NAME", "姓名与身份证号不匹配", "-"),
    Rule("id_format", "ERR_ID", "身份证号格式错误", "-"),
    Rule("id_checksum", "ERR_ID", "身份证号校验码错误", "-"),
    Rule("required_missing", "MISSING", "必填项缺项", "-"),
    Rule("code_invalid", "INVALID", "代码项有误", "-"),
    Rule("date_invalid", "INVALID", "日期项有误", "-"),
    Rule("stale_record", "STALE", "年级未随学年更新", "-"),
    Rule("spreadsheet_damage", "INVALID", "文件被电子表格软件损坏", "-"),
)
AS_OF = date(2026, 11, 23)
MONTH = "2026-11"
PREVIOUS_DAYS = 23
NATIONAL_TYPES = {
    "DUP_ID": 560_823, "DUP_NSB": 3_410, "ERR_NOTFOUND": 184_724, "ERR_NAME": 559_772, "ERR_ID": 20_011, "CHG_ID": 0,
}  # fmt: skip
Figures = dict[tuple[str, str], float | None]


def split(total: int, weights: list[float], chance: random.Random) -> list[int]:
    """`total` in parts about in proportion to the weights, adding up exactly."""
    shares = [weight * chance.uniform(0.6, 1.4) for weight in weights]
    parts = [int(total * share / sum(shares)) for share in shares]
    for place in range(total - sum(parts)):
        parts[place % len(parts)] += 1
    return parts


def month_figures(students: int, types: Mapping[str, int], seed: int) -> Figures:
    """Counts of all units, each sum of `sum_checks_sql` kept."""
    chance = random.Random(seed)
    codes = list(UNITS)
    weights = [chance.uniform(1, 20) for _ in codes]
    figures: Figures = {}

    def spread(indicator: str, total: int) -> None:
        for code, part in zip(codes, split(total, weights, chance), strict=True):
            figures[code, indicator] = part

    spread(ind.STUDENTS, students)
    spread(ind.SCHOOLS, students // 900)
    for kind, total in types.items():
        spread(ind.pending(kind), total)
    for kind, part in (("MISSING", 0.004), ("INVALID", 0.002), ("STALE", 0.001)):
        spread(ind.quality(kind), int(students * part))
    for code in codes:
        figures[code, ind.STUDENTS_WITH_NUMBER] = int((figures[code, ind.STUDENTS] or 0) * 0.99)
        figures[code, ind.PENDING_TOTAL] = sum(figures[code, ind.pending(kind)] or 0 for kind in types)
        figures[code, ind.PENDING_STUDENTS] = int(figures[code, ind.PENDING_TOTAL] * 0.97)
        fill_details(figures, code, chance)
    sum_national(figures)
    return figures


def sum_national(figures: Figures) -> None:
    for indicator in {name for _, name in figures}:
        figures[ind.NATIONAL_CODE, indicator] = sum(figures[code, indicator] or 0 for code in UNITS)


def fill_details(figures: Figures, code: str, chance: random.Random) -> None:
    """Scopes, rules and delivery figures of one unit."""
    for kind in ind.DUPLICATE_TYPES:
        scopes = ind.SCOPES if kind == "DUP_ID" else ind.SCOPES[:-1]
        parts = split(int(figures[code, ind.pending(kind)] or 0), [3, 2, 2, 2, 4][: len(scopes)], chance)
        for scope in ind.SCOPES:
            figures[code, ind.duplicates_in(kind, scope)] = 0
        for scope, part in zip(scopes, parts, strict=True):
            figures[code, ind.duplicates_in(kind, scope)] = part
    for kind in PROBLEM_TYPES:
        rules = [rule for rule in RULES if rule.problem_type == kind and rule.id not in ind.FILE_RULES]
        if rules:
            total = int(figures[code, ind.problem_count(kind)] or 0)
            for rule, part in zip(rules, split(total, [1] * len(rules), chance), strict=True):
                figures[code, ind.rule_count(rule.id)] = part
    rows = int(figures[code, ind.STUDENTS] or 0)
    quarantined = chance.choice([0, 0, 3, 17])
    figures |= {
        (code, ind.rule_count("spreadsheet_damage")): 0,
        (code, ind.FILES): 2,
        (code, ind.ROWS_DELIVERED): rows + quarantined,
        (code, ind.ROWS_ACCEPTED): rows,
        (code, ind.ROWS_QUARANTINED): quarantined,
        (code, ind.DELIVERY_ACCEPTED): 1,
        (code, ind.DELIVERY_REFUSED): 0,
        (code, ind.DELIVERY_MISSING): 0,
        (code, ind.SNAPSHOT_STALE): 0,
        (code, ind.STALE_DAYS): 0,
    }


def rows_of(figures: Figures, before: Figures | None = None, is_compared: bool = True) -> list[ProgressRow]:
    """The rows of `progress`, with rates and changes against `before`."""
    full = dict(figures)
    for code in (ind.NATIONAL_CODE, *UNITS):
        full[code, ind.COMPARED] = float(is_compared)
        full[code, ind.previous(ind.COMPARED)] = None if before is None else 1.0
        full[code, ind.PREVIOUS_DAYS] = None if before is None else PREVIOUS_DAYS
        for indicator in {name for _, name in figures}:
            value = figures.get((code, indicator))
            earlier = None if before is None else before.get((code, indicator), 0)
            full[code, ind.previous(indicator)] = earlier
            if indicator in ind.RATED:
                students = figures[code, ind.STUDENTS]
                full[code, ind.per_10000(indicator)] = 10_000 * (value or 0) / students if students else None
                full[code, ind.change_percent(indicator)] = (
                    100 * ((value or 0) - earlier) / earlier if earlier else None
                )
    return [
        ProgressRow(
            MONTH,
            "national" if code == ind.NATIONAL_CODE else "province",
            code,
            "全国" if code == ind.NATIONAL_CODE else UNITS[code],
            indicator,
            value,
            AS_OF,
        )
        for (code, indicator), value in sorted(full.items())
    ]


def large_rows() -> list[ProgressRow]:
    """A nation of 164 million students with 1.3 million pending records; 江西 refused, 西藏 missing."""
    figures = month_figures(164_000_000, NATIONAL_TYPES, seed=1)
    before = month_figures(163_000_000, {kind: int(count * 1.1) for kind, count in NATIONAL_TYPES.items()}, seed=2)
    for code, verdict, days in (("36", ind.DELIVERY_REFUSED, 3), ("54", ind.DELIVERY_MISSING, 11)):
        figures |= {(code, ind.DELIVERY_ACCEPTED): 0, (code, verdict): 1, (code, ind.STALE_DAYS): days}
        figures[code, ind.SNAPSHOT_STALE] = 1
        rows = 0 if verdict == ind.DELIVERY_MISSING else figures[code, ind.ROWS_DELIVERED]
        figures |= {(code, ind.ROWS_DELIVERED): rows, (code, ind.ROWS_ACCEPTED): 0, (code, ind.ROWS_QUARANTINED): rows}
        figures[code, ind.FILES] = 2 if rows else 0
    sum_national(figures)
    return rows_of(figures, before)


def small_rows() -> list[ProgressRow]:
    """A first month with few records a unit: many cells below five."""
    types = {"DUP_ID": 480, "DUP_NSB": 60, "ERR_NOTFOUND": 300, "ERR_NAME": 520, "ERR_ID": 200, "CHG_ID": 0}
    return rows_of(month_figures(320_000, types, seed=3))
