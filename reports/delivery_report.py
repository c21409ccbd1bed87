"""The delivery report of a unit: an offline page that says what came, what was taken, and what was not and why.

It may be passed around, so it holds counts, file and column names and reasons, never the content of a cell.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from xueji.checks.model import PROBLEM_TYPES, UNITS, ProblemType, Severity
from xueji.reports.bulletin_wording import full_date

MAX_QUARANTINED = 50  # rows named one by one
DIALECTS = {
    "labels": "中文列名",
    "codes": "字段代码",
    "mixed": "中文列名和字段代码混用",
    "unit mapping": "本单位对照表",
}
DELIVERY_VERDICTS = {"accepted": "接收", "refused": "拒收", "missing": "未报送"}
FILE_VERDICTS = {"accepted": "接收", "refused": "拒收", "skipped": "跳过"}
SEVERITIES = {"error": "问题学籍", "warning": "数据质量待改", "note": "提示"}


@dataclass(frozen=True)
class DeliveredFile:
    """One file, archive member or sheet. Every row delivered is accepted or quarantined."""

    file: str
    format: str
    encoding: str | None
    dialect: str  # a key of DIALECTS; empty when no header could be read
    rows_delivered: int
    rows_accepted: int
    rows_quarantined: int
    sha256: str
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    verdict: Literal["accepted", "refused", "skipped"]
    reason: str | None  # Chinese

    def __post_init__(self) -> None:
        if self.rows_delivered != self.rows_accepted + self.rows_quarantined:
            raise ValueError(
                f"{self.file}: {self.rows_delivered} rows delivered, "
                f"{self.rows_accepted} accepted + {self.rows_quarantined} quarantined"
            )

    @property
    def named_columns(self) -> tuple[str, ...]:
        """The unknown columns, where it is certain that they are headings.

        In a file without a heading row the first student stands in its place: their number is said then, not their text.
        """
        return self.unknown_columns if self.verdict == "accepted" else ()


@dataclass(frozen=True)
class ContractLine:
    """What one clause of the landing contract came to. Limits and observation share one measure."""

    statement: str  # Chinese, what is expected
    observed: float | None  # None: nothing to compare or to count
    least: float | None
    most: float | None
    is_percent: bool
    passed: bool
    is_blocking: bool  # failing it refuses the delivery

    @property
    def outcome(self) -> Literal["passed", "failed", "advice"]:
        if self.passed:
            return "passed"
        return "failed" if self.is_blocking else "advice"


@dataclass(frozen=True)
class ReasonCount:
    """Quarantined rows with one reason."""

    reason: str  # Chinese
    rows: int


@dataclass(frozen=True)
class QuarantinedRow:
    """Where one row that was not taken stands, and why. Row null: the whole file."""

    file: str
    row: int | None
    column: str | None
    reason: str  # Chinese


@dataclass(frozen=True)
class RuleCount:
    """Findings of one rule in the unit's snapshot."""

    problem_type: str
    rule_title: str
    severity: Severity
    findings: int


@dataclass(frozen=True)
class DeliveryReport:
    """One unit on one delivery date."""

    unit_code: str
    date: datetime.date
    verdict: Literal["accepted", "refused", "missing"]
    reason: str | None  # Chinese
    snapshot_date: datetime.date | None  # of the snapshot in use after this night; None: the unit never had one
    files: tuple[DeliveredFile, ...]
    contract: tuple[ContractLine, ...]
    quarantine_reasons: tuple[ReasonCount, ...]
    quarantined: tuple[QuarantinedRow, ...]  # the first of them; the page names `MAX_QUARANTINED` at most
    findings: tuple[RuleCount, ...]

    @property
    def unit_name(self) -> str:
        return UNITS[self.unit_code]

    @property
    def is_stale(self) -> bool:
        """The snapshot in use is older than this delivery date."""
        return self.snapshot_date is not None and self.snapshot_date < self.date

    @property
    def rows_delivered(self) -> int:
        return sum(file.rows_delivered for file in self.files)

    @property
    def rows_accepted(self) -> int:
        return sum(file.rows_accepted for file in self.files)

    @property
    def rows_quarantined(self) -> int:
        return sum(file.rows_quarantined for file in self.files)


@dataclass(frozen=True)
class TypeCounts:
    """The rules of one problem type that found something."""

    kind: ProblemType
    rules: tuple[RuleCount, ...]

    @property
    def findings(self) -> int:
        return sum(rule.findings for rule in self.rules)


def render_delivery_report(values: DeliveryReport) -> str:
    """The page as HTML: no script, nothing fetched, fit for paper and for a phone."""
    return _ENVIRONMENT.get_template("delivery_report.html.j2").render(
        report=values,
        types=type_counts(values.findings),
        named_rows=values.quarantined[:MAX_QUARANTINED],
        counted_rows=sum(count.rows for count in values.quarantine_reasons),
        delivery_verdicts=DELIVERY_VERDICTS,
        file_verdicts=FILE_VERDICTS,
        dialects=DIALECTS,
        severities=SEVERITIES,
    )


def type_counts(findings: Sequence[RuleCount]) -> tuple[TypeCounts, ...]:
    """The counts by problem type, in the order of the types; rules stay in the order they came in."""
    rules: Mapping[str, list[RuleCount]] = {code: [] for code in PROBLEM_TYPES}
    for count in findings:
        rules[count.problem_type].append(count)
    return tuple(TypeCounts(PROBLEM_TYPES[code], tuple(counts)) for code, counts in rules.items() if counts)


def whole(count: int) -> str:
    return f"{count:,}"


def measure(value: float | None, is_percent: bool) -> str:
    """A contract's figure: 12.3%, two decimals at most, or 1,234; a dash where there is none."""
    if value is None:
        return "—"
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%" if is_percent else whole(round(value))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"full_date": full_date, "whole": whole, "measure": measure}
    return environment


_ENVIRONMENT = _environment()
