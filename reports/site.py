"""The site: one page that opens any month and area of the bulletins, and the data files it reads, without a server."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xueji.checks.deadlines import settlement_due
from xueji.checks.divisions import unit_of
from xueji.checks.model import UNITS, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports import site_indicators as shown
from xueji.reports.bulletin import FORMATS
from xueji.reports.bulletin_wording import month_words
from xueji.reports.site_tiles import tiles

T = TypeVar("T")
TEMPLATES = Path(__file__).with_name("templates")
STYLE = "site_style.css"
SCRIPTS = (
    "site_data.js", "site_figures.js", "site_elements.js", "site_table.js", "site_charts.js", "site_map.js",
    "site_multiples.js", "site_search.js", "site_sections.js", "site_page.js",
)  # fmt: skip
FORMAT_TITLES = {"html": "网页", "pdf": "PDF", "xlsx": "电子表"}
FACTS_TITLES = {
    "facts.csv": "指标数据（CSV）", "facts.parquet": "指标数据（Parquet）", "facts.xlsx": "指标数据（电子表）",
    "dictionary.csv": "指标说明（CSV）", "dictionary.xlsx": "指标说明（电子表）",
}  # fmt: skip
SITE_LEVELS = ind.LEVELS[:4]  # schools stand in their county's bulletin only
SITE_INDICATORS = tuple(one.name for one in (*shown.INDICATORS, *shown.FORM_INDICATORS))
_ALWAYS = 1 + len(shown.INDICATORS)  # cells of a row, and its editions; those of a campaign follow where there is one
_PLACES = {name: place for place, name in enumerate(SITE_INDICATORS, start=1)}  # in an area's row, behind its editions

# level, code, name, parent_code, indicator, value, mark: a row of `progress`
Figure = tuple[str, str, str, str | None, str, float | None, str | None]


@dataclass(frozen=True)
class SiteMonth:
    """One month's bulletins. `figures` is read once, in any order; what is not in SITE_INDICATORS is passed over.

    Files of other names or formats than the site knows are passed over too: on a share, others leave theirs behind.
    """

    month: str  # YYYY-MM
    as_of: date
    figures: Iterable[Figure]
    editions: Mapping[tuple[str, str], Sequence[str]]  # level and code → formats that exist
    facts: Sequence[str] = ()  # names of the month's facts files that exist


@dataclass
class _Unit:
    """A data file in the making."""

    areas: dict[str, tuple[int, str]] = field(default_factory=dict)  # code → place in SITE_LEVELS, newest name
    months: dict[str, str] = field(default_factory=dict)  # month → parent → code → row, as text


@dataclass(frozen=True)
class _EditionLinks:
    name: str
    links: tuple[tuple[str, str], ...]  # title and address


def render_site(months: Iterable[SiteMonth]) -> dict[str, str]:
    """Relative path → content of every file of the site. Months oldest first, each read before the next is asked for."""
    units: dict[str, _Unit] = defaultdict(_Unit)
    parents: dict[str, str] = {}
    has_forms = False
    listed: list[SiteMonth] = []
    for month in months:
        if listed and month.month <= listed[-1].month:
            raise ValueError(f"month {month.month} after {listed[-1].month}, expected oldest first")
        listed.append(month)
        has_forms |= _take_month(month, units, parents)
    files = {"index.html": _index(listed, has_forms)}
    files |= {f"data/{code}.js": _data_file(code, units[code]) for code in sorted(units)}
    return files | {"data/areas.js": _call("areas", _area_list(units, parents))}


def _take_month(month: SiteMonth, units: dict[str, _Unit], parents: dict[str, str]) -> bool:
    """Put a month's rows, as text, into the data files they belong to. Returns whether any area has a campaign."""
    rows: dict[str, list[str]] = {}
    parent_of: dict[str, str] = {}
    for level, code, name, parent, indicator, value, mark in month.figures:
        row = rows.get(code)
        if row is None:
            rows[code] = row = [_edition_bits(month, level, code)] + ["null"] * len(SITE_INDICATORS)
            parent_of[code] = parent or ""
            units[_file_of(code)].areas[code] = (SITE_LEVELS.index(level), name)
            if level == "province":
                units.setdefault(code, _Unit())  # a unit without counties has a file too
        if (place := _PLACES.get(indicator)) is not None:
            row[place] = figure_text(value, mark)
    is_without = [_drop_forms(row) for row in rows.values()]
    parents.update(parent_of)
    for unit, text in _month_texts(rows, parent_of).items():
        units[unit].months[month.month] = text
    return not all(is_without)


def _drop_forms(row: list[str]) -> bool:
    """Leave the cells of a campaign out of a row that has none. Returns whether it had none."""
    is_without = all(cell == "null" for cell in row[_ALWAYS:])
    if is_without:
        del row[_ALWAYS:]
    return is_without


def _month_texts(rows: Mapping[str, Sequence[str]], parent_of: Mapping[str, str]) -> dict[str, str]:
    """Data file → its rows of one month, as JSON: parent → code → row."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code in sorted(rows):
        groups[_file_of(code)][parent_of[code]].append(f'"{code}":[{",".join(rows[code])}]')
    return {
        unit: "{" + ",".join(f'"{parent}":{{{",".join(areas[parent])}}}' for parent in sorted(areas)) + "}"
        for unit, areas in groups.items()
    }


def figure_text(value: float | None, mark: str | None) -> str:
    """The figure as JSON: the mark in the place of a number that must not be printed, at most two decimals."""
    if mark is not None:
        return json.dumps(mark)
    if value is None:
        return "null"
    if value == (whole := int(value)):
        return str(whole)
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _file_of(code: str) -> str:
    """Name of the data file that holds an area: nation and units in one, a unit's parts in the unit's own."""
    return ind.NATIONAL_CODE if len(code) == 2 else unit_of(code)


def _edition_bits(month: SiteMonth, level: str, code: str) -> str:
    formats = month.editions.get((level, code), ())
    return str(sum(1 << place for place, kind in enumerate(FORMATS) if kind in formats))


def _data_file(code: str, unit: _Unit) -> str:
    months = ",\n".join(f'"{month}":{text}' for month, text in unit.months.items())
    areas = _json(dict(sorted(unit.areas.items())))
    return f'xuejiData("{code}",{{"areas":{areas},"figures":{{\n{months}\n}}}});\n'


def _area_list(units: Mapping[str, _Unit], parents: Mapping[str, str]) -> str:
    found = {code: name for unit in units.values() for code, (_, name) in unit.areas.items()}
    return _json([[code, found[code], parents[code]] for code in sorted(found)])


def _call(name: str, content: str) -> str:
    return f'xuejiData("{name}",{content});\n'


def _json(content: object) -> str:
    """JSON that may stand inside a script element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--")


def _index(months: Sequence[SiteMonth], has_forms: bool) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    script = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return environment.get_template("site_index.html.j2").render(
        months=[(month_words(month.month), _editions(month)) for month in reversed(months)],
        config=Markup(_json(_config(months, has_forms))),
        style=Markup((TEMPLATES / STYLE).read_text(encoding="utf-8")),
        script=Markup(script),
    )


def _config(months: Sequence[SiteMonth], has_forms: bool) -> dict[str, object]:
    """What the page's script is told: months, words, and the order of the cells; of campaigns only where there was any."""

    def with_forms(always: tuple[T, ...], of_campaigns: tuple[T, ...]) -> tuple[T, ...]:
        return (*always, *of_campaigns) if has_forms else always

    return {
        "months": [
            {
                "month": month.month,
                "title": month_words(month.month),
                "asOf": month.as_of.isoformat(),
                "deadline": settlement_due(month.as_of).isoformat(),
                "facts": [[FACTS_TITLES[name], name] for name in FACTS_TITLES if name in month.facts],
            }
            for month in months
        ],
        "levels": SITE_LEVELS,
        "formats": [[kind, FORMAT_TITLES[kind]] for kind in FORMATS],
        "indicators": [asdict(one) for one in with_forms(shown.INDICATORS, shown.FORM_INDICATORS)],
        "columns": [asdict(group) for group in with_forms(shown.COLUMN_GROUPS, shown.FORM_COLUMNS)],
        "mapIndicators": with_forms(shown.MAP_INDICATORS, shown.FORM_MAP_INDICATORS),
        "chartIndicators": with_forms(shown.SMALL_CHART_INDICATORS, shown.FORM_SMALL_CHART_INDICATORS),
        "keyFigures": shown.KEY_FIGURES,
        "typeRows": shown.TYPE_ROWS,
        "tiles": [asdict(tile) for tile in tiles()],
        **({"formRows": shown.FORM_ROWS} if has_forms else {}),
    }


def _editions(month: SiteMonth) -> list[_EditionLinks]:
    """The nation's and the units' bulletins, for readers without a script."""
    names = {("national", ind.NATIONAL_CODE): ind.NATIONAL_NAME}
    names |= {("province", code): unit_short_name(code) for code in UNITS}
    return [
        _EditionLinks(
            name,
            tuple(
                (FORMAT_TITLES[kind], f"../bulletins/{month.month}/{level}-{code}.{kind}")
                for kind in FORMATS
                if kind in month.editions[level, code]
            ),
        )
        for (level, code), name in names.items()
        if (level, code) in month.editions
    ]
