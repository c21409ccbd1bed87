"""What a bulletin tells of data-quality verification (数据质量核查): forms by step, who leads in photos uploaded, who will not make it.

None of it is withheld (docs/decisions/0016-forms-are-not-withheld.md). A place without a campaign has no such section.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from xueji.checks.working_days import add_working_days
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms
from xueji.reports.bulletin_facts import NO_FIGURE, Area, Cell, Facts, number_cell
from xueji.reports.bulletin_forecast import FURTHEST_DAYS, Completed, counties_below
from xueji.reports.bulletin_pending import Line
from xueji.reports.bulletin_places import Place
from xueji.reports.bulletin_standing import Completion, completion
from xueji.reports.verification_definitions import STEP_TITLES

TOLD_STEPS = tuple(step for step in forms.STEPS if step != forms.PRINTED)
NAMED_COUNTIES = 20  # more are told by number, and stand in the annex


def form_cell(facts: Facts, code: str, name: str) -> Cell:
    """A count of forms or students: `—` where no campaign is told of; a school without a row has none."""
    area = facts.area(code)
    of = area.parent_code if area.level == "school" else code
    if not has_campaign(facts, of or code):
        return Cell(NO_FIGURE)
    return number_cell(facts.value(code, name) or 0)


def form_figure(facts: Facts, code: str, name: str, decimals: int = 2) -> Cell:
    """A share, pace or forecast; `—` without one."""
    return number_cell(facts.value(code, name), decimals)


def has_campaign(facts: Facts, code: str) -> bool:
    return facts.value(code, forms.DUE) is not None


def opened_on(facts: Facts, code: str) -> date | None:
    """The day on which the first window opened; null where a place has none."""
    days = facts.value(code, forms.OPEN_DAYS)
    return None if days is None else facts.as_of - timedelta(days=days)


def closes_on(facts: Facts, code: str) -> date | None:
    """The last day on which forms may be entered; null where a place has no such window."""
    days = facts.value(code, forms.DAYS_LEFT)
    return None if days is None else facts.as_of + timedelta(days=days)


def completed_forms(facts: Facts, code: str, step: str) -> Completed | None:
    """When every due form would have come as far, at the present pace; null where nothing is due or no pace is known."""
    if not facts.value(code, forms.DUE):
        return None
    days = facts.value(code, forms.forecast_days(step))
    if days is None:
        return Completed(None, is_stalled=True) if facts.value(code, forms.per_day(step)) == 0 else None
    if days > FURTHEST_DAYS:
        return Completed(None, is_far=True)
    return Completed(add_working_days(facts.as_of, round(days)))


@dataclass(frozen=True)
class StepLine:
    """How many forms have come as far as a step, and which share of those due."""

    title: str
    count: Cell
    percent: Cell


@dataclass(frozen=True)
class FormsForecast:
    """Where the present pace leads by the day the entry window closes."""

    pace_days: int
    returned_per_day: Cell
    uploaded_per_day: Cell
    returned_percent: Cell
    uploaded_percent: Cell
    completed: Completed | None
    counties: int
    counties_short: int
    short_parts: tuple[Line, ...]  # parts that will not reach ENOUGH_PERCENT, with what they will reach
    short_counties: tuple[Line, ...]  # counties below the parts, where they are not too many
    is_of_counties: bool  # the parts are counties themselves


@dataclass(frozen=True)
class VerificationSection:
    opened_on: date | None
    closes_on: date | None
    days_left: int  # calendar days; less than 0: closed
    working_days_left: int
    students: Cell
    due: Cell
    excluded: Cell
    steps: tuple[StepLine, ...]  # in the order of the work
    first_time: StepLine
    key_changes: Cell
    other_changes: Cell
    audits_pending: Cell
    sent_back: Cell
    uploads: Completion  # where the parts stand by photos uploaded
    means: tuple[Line, ...]  # the upload rate of the areas the place lies in
    forecast: FormsForecast
    begun: tuple[str, ...]  # parts with a campaign
    not_begun: tuple[str, ...]
    enough_percent: int = forms.ENOUGH_PERCENT

    @property
    def is_closed(self) -> bool:
        return self.days_left < 0

    @property
    def is_unstarted(self) -> bool:
        """Nothing has left the schools yet."""
        return all(not line.count.value for line in self.steps)

    @property
    def is_paced(self) -> bool:
        return self.forecast.uploaded_per_day.is_number and self.forecast.uploaded_percent.is_number


def verification_section(facts: Facts, place: Place, threshold_percent: int) -> VerificationSection | None:
    """Null where no campaign is told of."""
    code = place.code
    if not has_campaign(facts, code):
        return None
    return VerificationSection(
        opened_on=opened_on(facts, code),
        closes_on=closes_on(facts, code),
        days_left=facts.number(code, forms.DAYS_LEFT),
        working_days_left=facts.number(code, forms.WORKING_DAYS_LEFT),
        students=form_cell(facts, code, forms.STUDENTS),
        due=form_cell(facts, code, forms.DUE),
        excluded=form_cell(facts, code, forms.EXCLUDED),
        steps=tuple(
            StepLine(
                STEP_TITLES[step], form_cell(facts, code, step), form_figure(facts, code, forms.covered_percent(step))
            )
            for step in TOLD_STEPS
        ),
        first_time=StepLine(
            "一次通过",
            form_cell(facts, code, forms.RIGHT_FIRST_TIME),
            form_figure(facts, code, forms.FIRST_TIME_PERCENT),
        ),
        key_changes=form_cell(facts, code, forms.KEY_CHANGES),
        other_changes=form_cell(facts, code, forms.OTHER_CHANGES),
        audits_pending=form_cell(facts, code, forms.AUDITS_PENDING),
        sent_back=form_cell(facts, code, forms.SENT_BACK),
        uploads=_uploads(facts, code, threshold_percent),
        means=tuple(
            (area.name, form_figure(facts, area.code, forms.covered_percent(forms.UPLOADED))) for area in place.above
        ),
        forecast=_forecast(facts, place),
        begun=tuple(part.short_name for part in facts.parts(code) if has_campaign(facts, part.code)),
        not_begun=tuple(part.short_name for part in facts.parts(code) if not has_campaign(facts, part.code)),
    )


def _uploads(facts: Facts, code: str, threshold_percent: int) -> Completion:
    """Parts with few students due are in no list: one family more or less would move them past all others."""
    return completion(
        facts, code, forms.covered_percent(forms.UPLOADED), "拍照上传率", threshold_percent, counted=forms.DUE
    )


def _forecast(facts: Facts, place: Place) -> FormsForecast:
    code, parts = place.code, facts.parts(place.code)
    short = facts.number(code, forms.COUNTIES_SHORT)
    # Of the nation only units are named; of a city without divisions beside counties, its counties are the parts.
    is_of_counties = bool(parts) and all(part.level == "county" for part in parts)
    is_named = place.level == "province" and not is_of_counties and 0 < short <= NAMED_COUNTIES
    return FormsForecast(
        pace_days=facts.number(code, forms.PACE_DAYS),
        returned_per_day=form_figure(facts, code, forms.per_day(forms.RETURNED), 1),
        uploaded_per_day=form_figure(facts, code, forms.per_day(forms.UPLOADED), 1),
        returned_percent=form_figure(facts, code, forms.forecast_percent(forms.RETURNED)),
        uploaded_percent=form_figure(facts, code, forms.forecast_percent(forms.UPLOADED)),
        completed=completed_forms(facts, code, forms.UPLOADED),
        counties=facts.number(code, forms.COUNTIES),
        counties_short=short,
        short_parts=_short(facts, parts),
        short_counties=_short(facts, counties_below(facts, code)) if is_named else (),
        is_of_counties=is_of_counties,
    )


def _short(facts: Facts, areas: Iterable[Area]) -> tuple[Line, ...]:
    cells = (
        (area, form_figure(facts, area.code, forms.forecast_percent(forms.UPLOADED)))
        for area in areas
        if not area.is_residual and facts.number(area.code, forms.DUE) >= ind.RATE_MIN_STUDENTS
    )
    return tuple(
        (area.short_name, cell) for area, cell in cells if (cell.value or 0) < forms.ENOUGH_PERCENT and cell.is_number
    )
