"""Every figure that can stand in `progress` is described, once, and the page of them is up to date."""

import re
from pathlib import Path

import pytest

from xueji.checks.catalogue import RULES
from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms
from xueji.reports.indicator_register import KIND_TITLES, LEVEL_TITLES, describe, describe_all, page, register

FLAGS = (
    ind.STALE_DAYS, ind.COMPARED, ind.PREVIOUS_DAYS, ind.WORKING_DAYS_PASSED, ind.WORKING_DAYS_LEFT,
    ind.COVERAGE_PERCENT, ind.COUNTIES, ind.COUNTIES_MISSING,
)  # fmt: skip
NAMES = {
    *ind.COUNTS, *ind.UNIT_COUNTS, *({*ind.FLOW_BY_TYPE} - {*ind.UNTOLD}), ind.PENDING_REPORTED, *ind.OPEN_COUNTS, *ind.DERIVED_FROM, *FLAGS,
    *map(ind.change_percent, ind.COMPARED_WITH_PREVIOUS),
    *(name(rule.id) for rule in RULES for name in (ind.rule_count, ind.note_count)),
    *forms.TOLD,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_is_described(name: str) -> None:
    found = describe(name, RULES)
    assert found.name == name
    assert all((found.title, found.measure, found.definition, found.source))
    assert found.definition.endswith("。")
    assert found.kind in KIND_TITLES
    assert set(found.levels) <= set(LEVEL_TITLES)


def test_constants_of_the_vocabulary_are_all_described() -> None:
    texts = {
        value
        for name, value in vars(ind).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("NATIONAL")
    }
    assert {describe(text).name for text in texts} == texts


def test_what_is_not_told_is_not_described() -> None:
    untold = {*forms.COUNTS} - {*forms.TOLD}
    assert untold == {forms.NOT_HERE}
    assert not untold & {item.name for item in register(RULES)}


def test_register_lists_every_name_once_with_a_title_of_its_own() -> None:
    names = [item.name for item in register(RULES)]
    titles = [item.title for item in register(RULES)]
    assert set(names) >= NAMES
    assert len(names) == len(set(names))
    assert len(titles) == len(set(titles))


def test_counts_and_nothing_else_add_up() -> None:
    additive = {item.name for item in register(RULES) if item.is_additive}
    told = {name for name in NAMES if name.startswith("rule_")}
    by_type = {*ind.FLOW_BY_TYPE} - {*ind.UNTOLD}
    others = {
        ind.PENDING_REPORTED,
        ind.COUNTIES,
        ind.COUNTIES_MISSING,
        forms.COUNTIES,
        forms.COUNTIES_SHORT,
        *forms.TOLD_COUNTS,
    }
    assert additive == {*ind.COUNTS, *by_type, *ind.UNIT_COUNTS, *told, *others}


def test_school_counts_are_told_of_schools() -> None:
    assert {item.name for item in register() if "school" in item.levels} == {*ind.SCHOOL_COUNTS, *forms.SCHOOL_TOLD}


def test_definitions_name_only_indicators_there_are() -> None:
    names = {item.name for item in register(RULES)}
    ids = {rule.id for rule in RULES}
    for item in register(RULES):
        words = set(re.findall(r"[a-z]+(?:_[a-z0-9]+)+", item.definition))
        assert words <= names | ids, item.name


def test_class_bounds_are_said_in_the_definition() -> None:
    definition = describe(ind.QUALITY_CLASS).definition
    assert all(f"不低于{bound:g}" in definition for bound in ind.QUALITY_BOUNDS)


def test_restated_figures_are_described_by_the_figure_they_restate() -> None:
    found = describe("restated_2026-09_pending_dup_id")
    assert found.title == "待处理身份证号重复（2026年9月更正数）"
    assert found.measure == "例"
    assert found.is_additive
    assert describe(ind.change_percent(ind.pending("ERR_NAME"))).title == "待处理身份证号与姓名不匹配较上期增减"


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="indicator pending_everything is not in the register"):
        describe("pending_everything")


def test_dictionary_of_some_names_keeps_the_order_of_the_register() -> None:
    names = ["restated_2026-09_pending_total", ind.QUALITY_INDEX, ind.STUDENTS, ind.STUDENTS, "rule_id_format"]
    assert [item.name for item in describe_all(names, RULES)] == [
        ind.STUDENTS, ind.QUALITY_INDEX, "rule_id_format", "restated_2026-09_pending_total",
    ]  # fmt: skip


def test_page_is_up_to_date() -> None:
    file = Path(__file__).parents[2] / "docs/indicators.md"
    assert file.read_text(encoding="utf-8") == page(RULES) + "\n", (
        "python scripts/indicators_page.py > docs/indicators.md"
    )
