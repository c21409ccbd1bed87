"""The acceptance report of a province with its own system (对接验收检查报告): an offline page with verdicts, counts and a place to sign.

It may be passed around, so it holds counts, field names and school codes; what concerns single records stands in the workbook.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from xueji.checks.model import UNITS
from xueji.reports.bulletin_wording import full_date
from xueji.reports.docking_deviations import Deviation

MOST_SCHOOLS = 50  # on the page; the workbook has all


@dataclass(frozen=True)
class CheckLine:
    """One check and how it came out. `verdict` is None for a line that is for information only."""

    title: str  # Chinese, as the other texts
    requirement: str
    clause: str
    observed: str
    verdict: bool | None
    deviations: int  # that stand
    records: int  # that these are about


@dataclass(frozen=True)
class BelowLine:
    """A field that does not reach its line on one side."""

    check: str
    field: str
    least_percent: float
    percent: float


@dataclass(frozen=True)
class FieldTally:
    field: str
    code: str
    deviations: int
    records: int


@dataclass(frozen=True)
class SchoolTally:
    """What stands of one school; students are None where both sides have as many. Without code: groups over several schools."""

    code: str
    name: str
    local_students: int | None
    central_students: int | None
    missing_central: int  # records
    missing_local: int
    differing: int
    other: int

    @property
    def records(self) -> int:
        return self.missing_central + self.missing_local + self.differing + self.other


@dataclass(frozen=True)
class Recheck:
    """What became of the deviations of the check before."""

    previous: date
    before: int
    mended: int
    new: int

    @property
    def standing(self) -> int:
        return self.before - self.mended


@dataclass(frozen=True)
class DockingReport:
    """One unit's check, as of `night`: explanations may have come after the day of the check."""

    unit_code: str
    night: date
    checked_on: date
    recheck: Recheck | None
    local_rows: int
    central_rows: int
    linked: int
    lines: tuple[CheckLine, ...]
    below: tuple[BelowLine, ...]
    fields: tuple[FieldTally, ...]
    schools: tuple[SchoolTally, ...]
    deviations: tuple[Deviation, ...]  # that stand, by number
    mended: tuple[Deviation, ...]  # at this check
    uncompared: tuple[str, ...]  # fields that only one side delivers

    @property
    def unit_name(self) -> str:
        return UNITS[self.unit_code]

    @property
    def title(self) -> str:
        return f"{self.unit_name}学籍系统对接验收检查报告"

    @property
    def failing(self) -> int:
        return sum(line.verdict is False for line in self.lines)

    @property
    def judged(self) -> int:
        return sum(line.verdict is not None for line in self.lines)

    @property
    def explained(self) -> int:
        return sum(deviation.explanation is not None for deviation in self.deviations)

    @property
    def records(self) -> int:
        return sum(deviation.records for deviation in self.deviations)


def render_docking_report(values: DockingReport) -> str:
    """The page as HTML: no script, nothing fetched, fit for paper."""
    return _ENVIRONMENT.get_template("docking_report.html.j2").render(
        report=values, schools=values.schools[:MOST_SCHOOLS], verdicts={True: "符合", False: "不符合", None: "—"}
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"full_date": full_date, "whole": lambda count: f"{count:,}", "percent": percent}
    return environment


def percent(value: float) -> str:
    """Two decimals, never rounded up to a line that is not reached."""
    return f"{int(value * 100) / 100:.2f}".rstrip("0").rstrip(".") + "%"


_ENVIRONMENT = _environment()
