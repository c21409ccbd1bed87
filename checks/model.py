"""The words of the domain: rules, problem types, severities, units."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]


class XuejiError(Exception):
    """Something an operator can mend. The message says what was found, where, and what was expected."""


@dataclass(frozen=True)
class ProblemType:
    """A reported class of problems (design.md 3.3)."""

    code: str
    title: str  # as printed
    severity: Severity


PROBLEM_TYPES = {
    kind.code: kind
    for kind in (
        ProblemType("DUP_ID", "身份证号重复", "error"),
        ProblemType("DUP_NSB", "姓名性别出生日期重复", "error"),
        ProblemType("ERR_NOTFOUND", "身份证号不存在", "error"),
        ProblemType("ERR_NAME", "姓名与身份证号不匹配", "error"),
        ProblemType("ERR_ID", "身份证号错误", "error"),
        ProblemType("CHG_ID", "身份证号已发生变更", "error"),
        ProblemType("MISSING", "缺项", "warning"),
        ProblemType("INVALID", "有误", "warning"),
        ProblemType("STALE", "未更新", "warning"),
        ProblemType("SUSPECT", "疑似重复", "warning"),
    )
}


@dataclass(frozen=True)
class Condition:
    """One way to break a row rule: boolean SQL over a row of `core_students`, and what the finding then says."""

    is_broken_sql: str
    reason: str | None = None
    detail_sql: str = "cast(null as varchar)"
    severity: Severity | None = None  # None: the problem type's
    depends_on_date: bool = False  # reads `as_of`: an unchanged record may break it on another day


@dataclass(frozen=True)
class Rule:
    """What every rule says of itself. `reasons` gives the Chinese sentence a school reads for each reason code."""

    id: str
    problem_type: str
    title: str  # Chinese, as printed in a list
    source: str  # clause or standard
    reasons: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    suggestions: Mapping[str, str] = field(
        default_factory=dict, kw_only=True
    )  # what it suggests for a reason, where it does

    @property
    def severity(self) -> Severity:
        return PROBLEM_TYPES[self.problem_type].severity


@dataclass(frozen=True)
class RowRule(Rule):
    """Looks at one row. The engine evaluates the conditions of all row rules in one pass."""

    conditions: tuple[Condition, ...] = field(kw_only=True)


@dataclass(frozen=True)
class QueryRule(Rule):
    """Looks at rows together or at another table: SQL text of a query over lake tables, one row a finding.

    Its columns are those of `PART_COLUMNS`; `problem_type`, `rule_id` and `severity` may be null for the rule's own. It reads the
    students from the table named, which may be any part of core_students that holds all records which can matter: `looks_at`.
    """

    findings_sql: Callable[[str], str] = field(kw_only=True)
    looks_at: Literal["core_students", "group_candidates", "register_candidates"] = field(
        kw_only=True, default="core_students"
    )
    judges_single_records: bool = field(kw_only=True, default=False)  # no other student matters to a student's finding


@dataclass(frozen=True)
class PairRule(Rule):
    """Decided in Python over pairs of names which one SQL query proposes (`checks/name_comparison.py`)."""


@dataclass(frozen=True)
class MatchRule(Rule):
    """Decided in Python over pairs of registrations which SQL proposes (`checks/suspected_duplicate.py`)."""


# Administrative order of the 32 provincial units, 兵团 last.
UNITS = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
    "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "66": "新疆生产建设兵团",
}  # fmt: skip


def unit_short_name(unit_code: str) -> str:
    """The name as prose and table columns print it: 内蒙古, 广西, 兵团."""
    special = {"15": "内蒙古", "45": "广西", "54": "西藏", "64": "宁夏", "65": "新疆", "66": "兵团"}
    return special.get(unit_code) or UNITS[unit_code].rstrip("省市")
