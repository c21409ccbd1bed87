"""The index of all bulletins: one static page that works from a file share, without a script."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from xueji.checks.model import UNITS, XuejiError, unit_short_name

TEMPLATES = Path(__file__).with_name("templates")
FORMATS = ("html", "pdf", "xlsx")
FORMAT_TITLES = {"html": "网页", "pdf": "PDF", "xlsx": "电子表"}


@dataclass(frozen=True)
class SiteEntry:
    """One edition of one month. `links`: format → address relative to the index, those files that exist."""

    month: str  # YYYY-MM
    level: str  # national, province
    code: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EditionLinks:
    name: str
    links: tuple[tuple[str, str], ...]  # title and address, in the order of FORMATS


@dataclass(frozen=True)
class MonthIndex:
    title: str
    anchor: str
    national: tuple[EditionLinks, ...]
    provinces: tuple[EditionLinks, ...]


def bulletin_entry(month: str, level: str, code: str, formats: Iterable[str] = FORMATS) -> SiteEntry:
    """An entry whose files lie where the pipeline puts them (design 3.5)."""
    return SiteEntry(
        month, level, code, tuple((kind, f"../bulletins/{month}/{level}-{code}.{kind}") for kind in formats)
    )


def render_site_index(entries: Iterable[SiteEntry]) -> str:
    """The page: newest month first, the nation before the units in administrative order."""
    listed = sorted(entries, key=lambda entry: (entry.month, entry.code))
    for entry in listed:
        if strange := [kind for kind, _ in entry.links if kind not in FORMATS]:
            raise XuejiError(f"bulletin {entry.month} {entry.code}: format {strange[0]}, expected one of {FORMATS}")
    months = [_month(month, listed) for month in sorted({entry.month for entry in listed}, reverse=True)]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("site_index.html.j2").render(months=months)


def _month(month: str, entries: Iterable[SiteEntry]) -> MonthIndex:
    of_month = [entry for entry in entries if entry.month == month]
    year, number = month.split("-")
    return MonthIndex(
        f"{year}年{int(number)}月",
        f"m-{month}",
        tuple(_edition(entry) for entry in of_month if entry.level == "national"),
        tuple(_edition(entry) for entry in of_month if entry.level == "province"),
    )


def _edition(entry: SiteEntry) -> EditionLinks:
    name = unit_short_name(entry.code) if entry.code in UNITS else "全国"
    found = dict(entry.links)
    return EditionLinks(name, tuple((FORMAT_TITLES[kind], found[kind]) for kind in FORMATS if kind in found))
