"""What facts hand out: figures, the marks in their places, areas in their order."""

from dataclasses import replace
from types import ModuleType

import pytest

from xueji.checks.model import UNITS, XuejiError
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Cell, Facts, Restatement, number_cell

XIAMEN, SIMING, DONGGUAN = "350200", "350203", "441900"
TOTAL = ind.PENDING_TOTAL


@pytest.fixture(scope="module")
def facts(sample: ModuleType) -> Facts:
    return sample.large_month().facts()


def with_mark(sample: ModuleType, code: str, name: str, mark: str, when: str = "now") -> Facts:
    month = sample.large_month()

    def marked(rows: list) -> list:
        return [replace(row, mark=mark) if (row.code, row.indicator) == (code, name) else row for row in rows]

    now, before = month.rows(), month.previous_rows()
    return Facts(marked(now) if when == "now" else now, marked(before) if when == "before" else before)


def test_units_stand_in_administrative_order_and_areas_by_code_with_the_residual_last(facts: Facts) -> None:
    assert [area.code for area in facts.parts("00")] == list(UNITS)
    fujian = facts.parts("35")
    assert [area.level for area in fujian] == ["city"] * 9 + ["county"]
    assert fujian[-1].is_residual and fujian[-1].code == "350000"
    assert [area.code for area in facts.parts(XIAMEN)] == sorted(area.code for area in facts.parts(XIAMEN))
    assert len(facts.schools(SIMING)) == 8
    assert facts.area("15").short_name == "内蒙古" and facts.area(XIAMEN).short_name == "厦门市"


def test_a_city_without_counties_is_told_once(facts: Facts) -> None:
    assert facts.area(DONGGUAN).level == "city"
    assert facts.parts(DONGGUAN) == ()
    assert len(facts.schools(DONGGUAN)) == 8


def test_a_figure_with_a_mark_has_no_number(sample: ModuleType) -> None:
    facts = with_mark(sample, XIAMEN, TOTAL, "*")
    assert facts.count(XIAMEN, TOTAL) == Cell("*")
    assert facts.value(XIAMEN, TOTAL) is None
    assert facts.rate(XIAMEN, TOTAL) == facts.interval(XIAMEN) == Cell("*")
    assert facts.change(XIAMEN, TOTAL).kind == "withheld"
    assert facts.change(XIAMEN, TOTAL).cell == Cell("*")


def test_a_change_is_withheld_with_the_previous_count(sample: ModuleType) -> None:
    facts = with_mark(sample, XIAMEN, TOTAL, "<5", when="before")
    assert facts.count(XIAMEN, TOTAL).is_number
    assert facts.previous_count(XIAMEN, TOTAL) == Cell("<5")
    assert facts.change(XIAMEN, TOTAL).percent is None


def test_a_change_is_withheld_by_its_own_mark(sample: ModuleType) -> None:
    facts = with_mark(sample, XIAMEN, ind.change_percent(TOTAL), "*")
    assert facts.change(XIAMEN, TOTAL).kind == "withheld"


CHANGES = [
    # now, before, percent, kind
    (110.0, 100.0, 10.0, "up"),
    (90.0, 100.0, -10.0, "down"),
    (100.0, 100.0, 0.0, "same"),
    (30001.0, 30000.0, 0.0033, "nearly_same"),
    (5.0, 0.0, None, "from_zero"),
]


@pytest.mark.parametrize(("now", "before", "percent", "kind"), CHANGES, ids=[c[-1] for c in CHANGES])
def test_kinds_of_change(sample: ModuleType, now: float, before: float, percent: float | None, kind: str) -> None:
    month = sample.large_month()
    name = ind.pending("DUP_ID")
    month = replace(month, before={**month.before, (XIAMEN, name): before})
    facts = month.changed({(XIAMEN, name): now, (XIAMEN, ind.change_percent(name)): percent}).facts()
    assert facts.change(XIAMEN, name).kind == kind


def test_nothing_is_told_of_what_has_no_records_or_no_register(sample: ModuleType) -> None:
    month = sample.large_month().changed({("54", ind.STUDENTS): 0.0, ("00", ind.COMPARED): 0.0})
    facts = month.facts()
    assert facts.count("54", TOTAL) == facts.figure("54", ind.QUALITY_INDEX) == Cell("—")
    assert facts.count("35", ind.pending("ERR_NAME")) == facts.rate("35", ind.pending("ERR_NAME")) == Cell("—")
    assert facts.change("35", TOTAL).kind == "hidden"
    assert not facts.is_compared and facts.was_compared


def test_a_school_without_a_row_has_nothing(facts: Facts) -> None:
    school = facts.schools(SIMING)[0].code
    assert facts.count(school, ind.CASES_CLOSED).is_number
    assert facts.count(school, ind.OVERDUE_TOTAL).is_number
    assert facts.count(school, ind.QUALITY_CLASS) == Cell("—")


def test_rules_that_never_counted_are_left_out(facts: Facts, sample: ModuleType) -> None:
    assert [rule.id for rule in facts.rules] == [rule.id for rule in sample.RULES if rule.id != "spreadsheet_damage"]


def test_previous_bulletin_and_its_day(facts: Facts, sample: ModuleType) -> None:
    assert (facts.month, str(facts.previous_as_of), facts.is_first) == ("2026-11", "2026-10-31", False)
    first = sample.small_month().facts()
    assert first.is_first and first.previous_as_of is None
    assert first.previous_count("35", TOTAL) == Cell("—")


def test_restated_figures_beside_those_that_were_printed(sample: ModuleType) -> None:
    name = ind.restated("2026-10", TOTAL)
    facts = sample.large_month().changed({(XIAMEN, name): 77.0, (XIAMEN, ind.restated("2026-09", TOTAL)): 80.0}).facts()
    printed = facts.previous_count(XIAMEN, TOTAL)
    assert facts.restatements(XIAMEN) == (
        Restatement("2026-09", TOTAL, Cell("—"), number_cell(80.0)),
        Restatement("2026-10", TOTAL, printed, number_cell(77.0)),
    )
    assert facts.restatements(SIMING) == ()


def test_figures_of_two_months_or_none_are_refused(sample: ModuleType) -> None:
    rows = sample.small_month().rows()
    with pytest.raises(XuejiError, match="2026-12"):
        Facts([*rows, replace(rows[0], month="2026-12")])
    with pytest.raises(XuejiError, match="no month"):
        Facts([])
