"""The monthly bulletin (月度通报) of the nation, a province, a city or a county: built from facts, rendered as HTML, PDF and XLSX.

The same facts give the same bytes. Nothing but counts, names of places and schools and names of rules goes in.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from xueji.reports import bulletin_wording as wording
from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes import Annex, annexes_of, numbers_of
from xueji.reports.bulletin_charts import Chart, bulletin_charts
from xueji.reports.bulletin_columns import column_shares
from xueji.reports.bulletin_facts import Facts
from xueji.reports.bulletin_forecast import ForecastSection, forecast_section
from xueji.reports.bulletin_pending import FlowSection, PendingSection, flow_section, pending_section
from xueji.reports.bulletin_places import Place, place_of
from xueji.reports.bulletin_quality import QualitySection, class_bounds, quality_section
from xueji.reports.bulletin_sections import (
    Correction,
    DeliverySection,
    ScopeSection,
    corrections,
    delivery_section,
    scope_section,
)
from xueji.reports.bulletin_standing import CompletionSection, RateSection, completion_section, rate_section
from xueji.reports.bulletin_thresholds import Threshold, default_threshold
from xueji.reports.bulletin_verification import VerificationSection, verification_section
from xueji.reports.bulletin_workbook import render_annexes

BROAD_COLUMNS = 12  # tables with more stand on landscape pages
BRIEF_ROWS = 30  # tables with no more are not broken over two pages
FORMATS = ("html", "pdf", "xlsx")
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Edition:
    """What a bulletin says beside figures. `refusal_reasons`: unit code → why its delivery was refused, Chinese."""

    document_number: str | None = None  # None: the bulletin's own series, 学籍通报〔2026〕11号（福建厦门市）
    issued_on: date | None = None  # None: the day the figures are of
    issuer: str | None = None
    refusal_reasons: Mapping[str, str] = field(default_factory=dict)
    threshold: Threshold | None = None  # None: as usual for the level
    formats: Sequence[str] = FORMATS  # that it is written in; its page links to the others


@dataclass(frozen=True)
class Bulletin:
    """One edition of one month: of the nation, or of any area inside it with its own figures."""

    month: str
    as_of: date
    previous_as_of: date | None
    place: Place
    title: tuple[str, ...]  # lines
    document_number: str
    issued_on: date
    issuer: str | None
    is_first: bool
    is_compared: bool
    basis_changed: bool  # compared with the register now and not before, or the other way round
    has_records: bool
    schools: int
    students: int
    students_with_number: int
    pending: PendingSection
    flow: FlowSection
    completion: CompletionSection
    rates: RateSection
    forecast: ForecastSection
    quality: QualitySection
    verification: VerificationSection | None  # null: no campaign is told of
    delivery: DeliverySection
    scope: ScopeSection
    corrections: tuple[Correction, ...]
    annexes: tuple[Annex, ...]
    formats: tuple[str, ...]

    @property
    def level(self) -> str:
        return self.place.level

    @property
    def code(self) -> str:
        return self.place.code

    @property
    def is_national(self) -> bool:
        return self.place.is_national

    @property
    def file_stem(self) -> str:
        return f"{self.level}-{self.code}"

    @property
    def has_charts(self) -> bool:
        """The nation's and the provinces', which are printed; those of cities and counties stand on the site."""
        return self.level in ind.UNIT_LEVELS

    @cached_property
    def annex_numbers(self) -> dict[str, int]:
        """The number of each annex, by its key."""
        return numbers_of(self.annexes)

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        if not (self.has_charts and self.has_records):
            return ()
        return bulletin_charts(self.place, self.pending, self.rates, self.as_of, self.previous_as_of)


def build_bulletin(facts: Facts, code: str, edition: Edition | None = None) -> Bulletin:
    """The bulletin of one area of the facts, which hold the nation, the area, what it lies in and all below it."""
    edition = edition or Edition()
    place = place_of(facts, code)
    threshold = edition.threshold or default_threshold(place.level)
    deliveries = delivery_section(facts, code, edition.refusal_reasons)
    return Bulletin(
        month=facts.month,
        as_of=facts.as_of,
        previous_as_of=facts.previous_as_of,
        place=place,
        title=wording.title_lines(place.full_name, facts.as_of),
        document_number=edition.document_number or wording.series_number(facts.month, place.series_name),
        issued_on=edition.issued_on or facts.as_of,
        issuer=edition.issuer,
        is_first=facts.is_first,
        is_compared=facts.is_compared,
        basis_changed=not facts.is_first and facts.is_compared != facts.was_compared,
        has_records=facts.has_records(code),
        schools=facts.number(code, ind.SCHOOLS),
        students=facts.number(code, ind.STUDENTS),
        students_with_number=facts.number(code, ind.STUDENTS_WITH_NUMBER),
        pending=pending_section(facts, place, threshold.pending),
        flow=flow_section(facts, code),
        completion=completion_section(facts, code, threshold),
        rates=rate_section(facts, place, threshold.rate_percent),
        forecast=forecast_section(facts, place),
        quality=quality_section(facts, place),
        verification=verification_section(facts, place, threshold.upload_percent),
        delivery=deliveries,
        scope=scope_section(facts, place, deliveries),
        corrections=corrections(facts, code),
        annexes=annexes_of(facts, code),
        formats=tuple(edition.formats),
    )


def _style(name: str) -> Markup:
    return Markup(TEMPLATES.joinpath(name).read_text(encoding="utf-8"))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "counted": wording.counted,
        "counted_lines": wording.counted_lines,
        "full_date": wording.full_date,
        "short_date": wording.short_date,
        "month_words": wording.month_words,
        "rank_words": wording.rank_words,
        "column_shares": column_shares,
        "names": wording.enumerate_names,
        "one_line": wording.one_line,
    }
    environment.globals |= {
        "changes_sentence": wording.changes_sentence,
        "change_words": wording.change_words,
        "see_annexes": wording.see_annexes,
        "class_bounds": class_bounds(),
        "broad_columns": BROAD_COLUMNS,
        "brief_rows": BRIEF_ROWS,
        "min_students": ind.RATE_MIN_STUDENTS,
        "style": _style("bulletin.css"),
        "screen_style": _style("bulletin_screen.css"),
    }
    return environment.get_template("bulletin.html.j2")


def render_html(bulletin: Bulletin) -> str:
    """The bulletin as one self-contained page, with links to its other formats beside it and to the site."""
    return _template().render(bulletin=bulletin, charts=bulletin.charts)


def render_pdf(html: str) -> bytes:
    """A page of `render_html` on A4, tagged. Identifier and dates come from the content and the as-of date, never from the clock."""
    import weasyprint

    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return weasyprint.HTML(string=html).write_pdf(pdf_identifier=identifier, pdf_variant="pdf/ua-1")


def render_xlsx(bulletin: Bulletin) -> bytes:
    """The annexes as a workbook, one sheet each."""
    return render_annexes(bulletin.annexes, "".join(bulletin.title), bulletin.as_of)
