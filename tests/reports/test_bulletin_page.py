"""The page of a bulletin: whole in itself, well formed, and safe from what its data hold."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType

import pytest

from xueji.checks.model import Rule
from xueji.reports.bulletin import Bulletin, Edition, build_bulletin, render_html
from xueji.reports.bulletin_facts import Facts

Bulletins = Callable[[str, str], Bulletin]
XIAMEN, SIMING = "350200", "350203"


def prose(html: str) -> str:
    """The visible text of a page without charts, style and blanks."""
    kept = re.sub(r"<(style|svg).*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", kept))


def test_escapes_what_comes_from_outside(sample: ModuleType) -> None:
    month = sample.large_month()
    rules = (Rule("id_not_found", "ERR_NOTFOUND", "<b>规则</b>&", "-"), *sample.RULES[3:])
    rows = [replace(row, name="<i>校</i>") if row.level == "school" else row for row in month.rows()]
    facts = Facts(rows, (), rules)
    html = render_html(build_bulletin(facts, "00", Edition(refusal_reasons={"36": "<script>alert(1)</script>"})))
    assert "<script" not in html
    assert "&lt;b&gt;规则&lt;/b&gt;&amp;" in html
    assert "<i>" not in render_html(build_bulletin(facts, SIMING))


class Page(HTMLParser):
    """Tags of a page with their attributes; complains of tags closed in the wrong order."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "col"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize(
    ("code", "stem"), [("00", "national"), ("35", "province"), (XIAMEN, "city"), (SIMING, "county")]
)
def test_page_is_self_contained_and_accessible(bulletin: Bulletins, code: str, stem: str) -> None:
    made = bulletin("large", code)
    html = render_html(made)
    page = Page(html)
    assert page.all("html") == [{"lang": "zh-CN"}]
    assert not page.all("script") and not page.all("link") and not page.all("img")
    assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]+"', "", html)
    assert len(page.all("table")) == len(page.all("caption")) == len(made.annexes)
    assert all(head.get("scope") for head in page.all("th"))
    links = [link["href"] for link in page.all("a")]
    expected = [f"{stem}-{code}.pdf", f"{stem}-{code}.xlsx", f"../../site/index.html#/2026-11/{code}"]
    assert links[: len(expected)] == expected
    assert bool(page.all("svg")) == (stem in ("national", "province"))
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link and link.startswith("#")} <= set(ids)


def test_annex_numbers_in_the_text_are_those_of_the_tables(bulletin: Bulletins) -> None:
    for code in ("00", "35", XIAMEN, SIMING):
        made = bulletin("large", code)
        html = render_html(made)
        told = {int(number) for found in re.findall(r"附件([\d、]+)。", prose(html)) for number in found.split("、")}
        assert told <= set(range(1, len(made.annexes) + 1))
        assert f"附件{made.annex_numbers['index']}。" in prose(html)


def test_page_links_to_the_formats_there_are(sample: ModuleType) -> None:
    made = build_bulletin(sample.large_month().facts(), SIMING, Edition(formats=("html", "xlsx")))
    links = [link["href"] for link in Page(render_html(made)).all("a")]
    assert links[:2] == [f"county-{SIMING}.xlsx", f"../../site/index.html#/2026-11/{SIMING}"]
