"""The monthly bulletin (月度通报): built from `progress` rows, rendered as HTML, PDF and XLSX.

The same rows give the same bytes. Nothing but counts, names of units and names of rules goes in.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from xueji.checks.model import UNITS, Rule, unit_short_name
from xueji.reports import bulletin_wording as wording
from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes import Annex, national_annexes, province_annexes
from xueji.reports.bulletin_facts import Cell, Facts, ProgressRow
from xueji.reports.bulletin_sections import (
    DeliverySection,
    ProblemLine,
    UnitLists,
    delivery_section,
    pending_lines,
    pending_total,
    quality_lines,
    unit_lists,
)
from xueji.reports.bulletin_workbook import render_annexes
from xueji.reports.charts import Bar, Series, grouped_bars_svg, rate_bars_svg

NATIONAL_ADDRESSEES = "各省、自治区、直辖市教育厅（教委），新疆生产建设兵团教育局"
TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Edition:
    """What a bulletin says beside figures. `refusal_reasons`: unit code → why its delivery was refused, Chinese."""

    document_number: str | None = None  # None: the bulletin's own series, 学籍通报〔2026〕11号
    refusal_reasons: Mapping[str, str] = field(default_factory=dict)
    threshold_percent: int = 20  # units that far above the national rate are named


@dataclass(frozen=True)
class Chart:
    caption: str
    svg: str


@dataclass(frozen=True)
class Bulletin:
    """One edition of one month: the nation's (code 00), or a province's with its own figures."""

    month: str
    as_of: date
    level: str
    code: str
    place: str  # as prose says it: 全国, 内蒙古
    title: tuple[str, ...]  # lines
    document_number: str
    addressee: str
    is_first: bool
    is_compared: bool
    has_records: bool
    basis_changed: bool  # compared with the register now and not before, or the other way round
    schools: int
    students: int
    students_with_number: int
    total: ProblemLine
    persons: Cell
    types: tuple[ProblemLine, ...]
    qualities: tuple[ProblemLine, ...]
    across_units: Cell | None  # same name, sex and birth date in two provinces, for information; the nation's only
    units: UnitLists | None  # the nation's only
    delivery: DeliverySection
    annexes: tuple[Annex, ...]
    previous_as_of: date | None

    @property
    def is_national(self) -> bool:
        return self.code == ind.NATIONAL_CODE

    @property
    def file_stem(self) -> str:
        return f"{self.level}-{self.code}"

    @property
    def charts(self) -> tuple[Chart, ...]:
        return bulletin_charts(self)


def build_bulletins(
    rows: Iterable[ProgressRow], month: str, rules: Sequence[Rule], edition: Edition | None = None
) -> list[Bulletin]:
    """The national edition and one a province, in administrative order. `rules` as the catalogue lists them."""
    facts = Facts(rows, month, rules)
    return [_build(facts, code, edition or Edition()) for code in (ind.NATIONAL_CODE, *UNITS)]


def build_bulletin(
    rows: Iterable[ProgressRow], month: str, code: str, rules: Sequence[Rule], edition: Edition | None = None
) -> Bulletin:
    """One edition. `rows` hold the whole nation's month: what is withheld from one is withheld from all."""
    return _build(Facts(rows, month, rules), code, edition or Edition())


def _build(facts: Facts, code: str, edition: Edition) -> Bulletin:
    is_national = code == ind.NATIONAL_CODE
    place = ind.NATIONAL_NAME if is_national else unit_short_name(code)
    deliveries = delivery_section(facts, code, edition.refusal_reasons)
    return Bulletin(
        month=facts.month,
        as_of=facts.as_of,
        level="national" if is_national else "province",
        code=code,
        place=place,
        title=wording.title_lines("" if is_national else UNITS[code], facts.as_of),
        document_number=edition.document_number or _own_series(facts.month, None if is_national else place),
        addressee=NATIONAL_ADDRESSEES if is_national else wording.authority_name(code),
        is_first=facts.is_first,
        is_compared=facts.is_compared,
        has_records=facts.has_records(code),
        basis_changed=not facts.is_first and facts.is_compared != facts.was_compared,
        schools=facts.number(code, ind.SCHOOLS),
        students=facts.number(code, ind.STUDENTS),
        students_with_number=facts.number(code, ind.STUDENTS_WITH_NUMBER),
        total=pending_total(facts, code),
        persons=facts.persons(code),
        types=pending_lines(facts, code),
        qualities=quality_lines(facts, code),
        across_units=facts.note("duplicate_name_sex_birth") if is_national else None,
        units=unit_lists(facts, edition.threshold_percent) if is_national else None,
        delivery=deliveries,
        annexes=national_annexes(facts, deliveries) if is_national else province_annexes(facts, code),
        previous_as_of=facts.previous_as_of,
    )


def _own_series(month: str, place: str | None) -> str:
    year, number = month.split("-")
    return f"学籍通报〔{year}〕{int(number)}号" + (f"（{place}）" if place else "")


def bulletin_charts(bulletin: Bulletin) -> tuple[Chart, ...]:
    """Types now and before; then units, or the province beside the nation, by rate. None without records."""
    if not bulletin.has_records:
        return ()
    lines = [line for line in bulletin.types if line.count.is_number or line.previous.is_number]
    if not lines:
        return ()
    series = [_series(f"本期（{wording.short_date(bulletin.as_of)}）", [(line, line.count) for line in lines])]
    if bulletin.previous_as_of is not None:
        titled = f"上期（{wording.short_date(bulletin.previous_as_of)}）"
        series.append(_series(titled, [(line, line.previous) for line in lines]))
    caption = f"{bulletin.place}待处理问题学籍分类情况"
    charts = [Chart(caption, grouped_bars_svg(series, f"types-{bulletin.code}", caption, "例"))]
    per_10000 = "例/万名学生"
    if bulletin.is_national:
        caption = "各省份每万名学生待处理问题学籍数"
        bars = [_bar(row.title, row.cells[-2]) for row in bulletin.annexes[0].rows if not row.is_total]
        mean = _bar("全国", bulletin.total.rate)
        charts.append(Chart(caption, rate_bars_svg(bars, mean, "units-00", caption, per_10000)))
    else:
        caption = f"{bulletin.place}与全国每万名学生待处理问题学籍数"
        pair = (
            _series(bulletin.place, [(line, line.rate) for line in lines]),
            _series("全国", [(line, line.national_rate) for line in lines]),
        )
        charts.append(Chart(caption, grouped_bars_svg(pair, f"rates-{bulletin.code}", caption, per_10000)))
    return tuple(charts)


def _series(title: str, bars: Iterable[tuple[ProblemLine, Cell]]) -> Series:
    return Series(title, tuple(_bar(line.title, cell) for line, cell in bars))


def _bar(name: str, cell: Cell) -> Bar:
    return Bar(name, cell.value, cell.text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "counted": wording.counted,
        "full_date": wording.full_date,
        "short_date": wording.short_date,
        "names": wording.enumerate_names,
    }
    environment.globals |= {
        "changes_sentence": wording.changes_sentence,
        "change_words": wording.change_words,
        "next_deadline": wording.next_deadline,
    }
    return environment


def render_html(bulletin: Bulletin) -> str:
    """The bulletin as one self-contained page, with links to the PDF and XLSX beside it."""
    return _environment().get_template("bulletin.html.j2").render(bulletin=bulletin, charts=bulletin.charts)


def render_pdf(html: str) -> bytes:
    """A page of `render_html` on A4. Identifier and dates come from the content and the as-of date, never from the clock."""
    import weasyprint

    identifier = hashlib.sha256(html.encode()).digest()[:16]
    return weasyprint.HTML(string=html).write_pdf(pdf_identifier=identifier, pdf_tags=True)


def render_xlsx(bulletin: Bulletin) -> bytes:
    """The annexes as a workbook, one sheet each."""
    return render_annexes(bulletin.annexes, "".join(bulletin.title), bulletin.as_of)
