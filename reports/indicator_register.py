"""The register of indicators: what every name that can stand in `progress` means. The data dictionary is made of it.

`python scripts/indicators_page.py > docs/indicators.md` writes the page of all of them.
"""

import re
from collections.abc import Iterable, Sequence

from xueji.checks.model import PROBLEM_TYPES, Rule
from xueji.reports import indicators as ind
from xueji.reports.indicator_definitions import AREAS, BYAR, DEFINITIONS, FORMER, NATION, Indicator
from xueji.reports.verification_definitions import DEFINITIONS as VERIFICATION_DEFINITIONS

KIND_TITLES = {
    "count": "计数", "share": "比率", "rate": "每万名率", "change": "增减幅度", "flag": "标识", "forecast": "预计",
}  # fmt: skip
LEVEL_TITLES = {"national": "全国", "province": "省", "city": "市", "county": "县", "school": "校"}
_WRITTEN_OUT = {item.name: item for item in (*DEFINITIONS, *VERIFICATION_DEFINITIONS)}
_RULE, _NOTE = ind.rule_count(""), ind.note_count("")
_LOW, _HIGH, _RATE, _CHANGE = (
    name("") for name in (ind.per_10000_low, ind.per_10000_high, ind.per_10000, ind.change_percent)
)
_RESTATED = re.compile(r"restated_(\d{4})-(\d{2})_(.+)")


def describe(indicator: str, rules: Sequence[Rule] = ()) -> Indicator:
    """What the name means. `rules` give the titles of the counts by rule; without its rule the id stands for the title."""
    if found := _WRITTEN_OUT.get(indicator):
        return found
    if indicator.startswith((_RULE, _NOTE)):
        return _of_rule(indicator, rules)
    if restated := _RESTATED.fullmatch(indicator):
        return _of_restated(indicator, restated, rules)
    for suffix, made in ((_LOW, _of_bound), (_HIGH, _of_bound), (_RATE, _of_rate), (_CHANGE, _of_change)):
        if indicator.endswith(suffix):
            return made(indicator, describe(indicator.removesuffix(suffix), rules))
    raise ValueError(f"indicator {indicator} is not in the register")


def register(rules: Sequence[Rule] = ()) -> tuple[Indicator, ...]:
    """Every figure there can be, counts first; of the restated ones, which name their month, none."""
    names = (
        *_WRITTEN_OUT,
        *map(ind.per_10000, ind.RATED),
        ind.per_10000_low(ind.PENDING_TOTAL),
        ind.per_10000_high(ind.PENDING_TOTAL),
        *map(ind.change_percent, ind.COMPARED_WITH_PREVIOUS),
        *(ind.rule_count(rule.id) for rule in rules),
        *(ind.note_count(rule.id) for rule in rules),
    )
    return tuple(describe(name, rules) for name in names)


def describe_all(names: Iterable[str], rules: Sequence[Rule] = ()) -> tuple[Indicator, ...]:
    """The dictionary of the names given, each once, in the register's order; what it does not list comes last, by name."""
    wanted = set(names)
    listed = [item for item in register(rules) if item.name in wanted]
    others = sorted(wanted - {item.name for item in listed})
    return (*listed, *(describe(name, rules) for name in others))


def _of_rule(indicator: str, rules: Sequence[Rule]) -> Indicator:
    is_note = indicator.startswith(_NOTE)
    rule_id = indicator.removeprefix(_NOTE if is_note else _RULE)
    rule = next((rule for rule in rules if rule.id == rule_id), None)
    title, kind, source = (
        (rule.title, PROBLEM_TYPES[rule.problem_type].title, rule.source) if rule else (rule_id, "", "核查规则")
    )
    is_file = rule_id in ind.FILE_RULES
    if is_note:
        text = f"核查规则{rule_id}发现的供核查参考的学籍数，不计入任何合计。"
        return Indicator(indicator, f"供参考：{title}（{rule_id}）", "条", "count", NATION, False, text, source)
    counted = "文件数" if is_file else "学籍数，同一学籍不符合几项规则的，各项均计"
    text = f"不符合核查规则{rule_id}的{counted}。" + (f"问题类别：{kind}。" if kind else "")
    measure = "个" if is_file else "例" if rule and rule.problem_type in ind.PENDING_TYPES else "条"
    return Indicator(indicator, f"按规则：{title}（{rule_id}）", measure, "count", ind.UNIT_LEVELS, True, text, source)


def _of_restated(indicator: str, parts: re.Match[str], rules: Sequence[Rule]) -> Indicator:
    year, month, base = parts.groups()
    of = describe(base, rules)
    text = f"{year}-{month}期{base}按现有台账重新统计的数，与该期通报数不同时列出。"
    title = f"{of.title}（{year}年{int(month)}月更正数）"
    return Indicator(indicator, title, of.measure, "count", AREAS, of.is_additive, text, "更正说明")


def _of_rate(indicator: str, of: Indicator) -> Indicator:
    text = f"10000×{of.name}÷students；students不足{ind.RATE_MIN_STUDENTS}的不计算。"
    return Indicator(
        indicator, f"每万名学生{of.title}", f"{of.measure}/万名学生", "rate", AREAS, False, text, of.source
    )


def _of_bound(indicator: str, of: Indicator) -> Indicator:
    rate = ind.per_10000(of.name)
    end = "下限" if indicator.endswith(_LOW) else "上限"
    text = f"{rate}的95%置信区间{end}，以{of.name}为泊松计数，按Byar近似法计算。"
    title = f"每万名学生{of.title}95%置信区间{end}"
    return Indicator(indicator, title, f"{of.measure}/万名学生", "rate", AREAS, False, text, BYAR)


def _of_change(indicator: str, of: Indicator) -> Indicator:
    text = f"100×（本期{of.name}－上期通报数）÷上期通报数；首期和上期通报数为0的为空。"
    return Indicator(indicator, f"{of.title}较上期增减", "%", "change", AREAS, False, text, FORMER)


_PAGE_HEAD = """\
# What each figure of a bulletin means

Made by `python scripts/indicators_page.py > docs/indicators.md` from `reports/indicator_definitions.py`,
`reports/verification_definitions.py` and the rules of `checks/`; a test holds the page to them. These are the names of `progress`, of the site and of the fact files. 可加 says that an
area's figure is the sum of its parts'. Beside the names below, `restated_<YYYY-MM>_<name>` gives an earlier month's figure as the
ledger now tells it, where the two differ. Files name beside a figure the mark that stands in its place: `<5` (1 to 4) or `*`
(withheld, because another withheld figure could be worked out from it); the figure itself is then empty.

`facts.csv` and `dictionary.csv` are UTF-8 with a byte order mark, by which spreadsheets know the encoding (programs: `utf-8-sig`).
Codes are text: a spreadsheet that takes them for numbers drops leading zeros; the Parquet file keeps them.
"""


def page(rules: Sequence[Rule]) -> str:
    """The register as a Markdown page."""
    rows = ["| 名称 | 指标 | 单位 | 类别 | 统计到 | 可加 | 定义 | 依据 |", "| --- " * 8 + "|"]
    for item in register(rules):
        levels = "、".join(LEVEL_TITLES[level] for level in item.levels)
        cells = (
            f"`{item.name}`", item.title, item.measure, KIND_TITLES[item.kind], levels, "是" if item.is_additive else "否",
            item.definition, item.source,
        )  # fmt: skip
        rows.append(f"| {' | '.join(cell.replace('|', '｜') for cell in cells)} |")
    return "\n".join([_PAGE_HEAD, *rows])
