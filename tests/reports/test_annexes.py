"""The annexes of every level: they add up, print what the facts print, and say in the register what they count."""

from dataclasses import replace

import annex_sample
import pytest

from xueji.checks.model import UNITS, unit_short_name
from xueji.checks.working_days import add_working_days
from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes import MARKS_NOTE, Annex, annexes_of, numbers_of
from xueji.reports.bulletin_facts import NO_FIGURE, Area, Cell, Facts
from xueji.reports.bulletin_wording import full_date
from xueji.reports.indicator_register import describe

CODES = ("00", "35", "11", "350100", "350200", "350203", "350300", "350000", "31")
WITH_PARTS = CODES[:5]
PREVIOUS = ("上期合计", "上期")
MARKED = ("350203", "350200", "35", "44")


@pytest.fixture(scope="module")
def facts() -> Facts:
    """A month in which nothing is withheld."""
    return annex_sample.facts_of()


@pytest.fixture(scope="module")
def marks() -> dict[tuple[str, str], str]:
    counts = [name for name in (*ind.COUNTS, *ind.UNIT_COUNTS) if name not in ind.OPEN_COUNTS]
    return annex_sample.marks_on((code, name) for code in (*MARKED, *list(annex_sample.SCHOOLS)[:2]) for name in counts)


@pytest.fixture(scope="module")
def withheld(marks: dict[tuple[str, str], str]) -> Facts:
    """A month in which some areas' counts are all withheld."""
    return annex_sample.facts_of(marks=marks)


def annex(facts: Facts, code: str, key: str) -> Annex:
    annexes = annexes_of(facts, code)
    return annexes[numbers_of(annexes)[key] - 1]


def areas_of_rows(facts: Facts, code: str, table: Annex) -> list[Area]:
    """The areas whose figures the rows of a table of parts are."""
    if table.key == "counties" or not table.rows[-1].is_total or table.rows[-1].indicator:
        return []
    areas = [*facts.parts(code), facts.area(code)]
    return areas if len(areas) == len(table.rows) else []


@pytest.mark.parametrize("code", CODES)
def test_every_row_has_a_cell_a_column(facts: Facts, code: str) -> None:
    for table in annexes_of(facts, code):
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}, table.title
        assert sum(width for _, width in table.head) == len(table.columns)
        assert len(table.columns) <= 12
        assert table.title.endswith("统计表")


@pytest.mark.parametrize("code", CODES)
def test_columns_of_counts_add_up_to_the_total_row(facts: Facts, code: str) -> None:
    added = 0
    for table in annexes_of(facts, code):
        *rows, total = table.rows
        if not total.is_total:
            continue
        for place, column in enumerate(table.columns):
            if column.indicator and describe(column.indicator).is_additive:
                parts = [row.cells[place].value for row in rows]
                assert sum(value or 0 for value in parts) == total.cells[place].value, (table.title, column.title)
                added += 1
    assert added or code in ("350300", "350000", "31")


@pytest.mark.parametrize("code", CODES)
def test_types_add_up_to_their_total(facts: Facts, code: str) -> None:
    table = annex(facts, code, "types")
    *rows, total = table.rows
    for title in ("上期通报数", "期末"):
        place = [column.title for column in table.columns].index(title)
        assert sum(row.cells[place].value or 0 for row in rows) == total.cells[place].value


@pytest.mark.parametrize("code", ["00", "35", "11", "31"])
def test_opening_comes_to_closing_by_type(facts: Facts, code: str) -> None:
    for row in annex(facts, code, "types").rows:
        if row.title == "姓名性别出生日期重复":
            assert [cell.text for cell in row.cells[1:4]] == ["—"] * 3
        else:
            _, opening, entered, closed, closing = (cell.value or 0 for cell in row.cells[:5])
            assert opening + entered - closed == closing


@pytest.mark.parametrize("code", ["350203", "350300"])
def test_an_undivided_area_tells_its_own_flow(facts: Facts, code: str) -> None:
    table = annex(facts, code, "flow")
    cells = {row.indicator: row.cells[0].value or 0 for row in table.rows}
    came = cells[ind.CASES_OPENING] + cells[ind.CASES_NEW] + cells[ind.CASES_REOPENED]
    assert came - cells[ind.CASES_CLOSED] == cells[ind.PENDING_TOTAL]
    assert [column.title for column in annex(facts, code, "types").columns][:2] == ["上期通报数", "期末"]


@pytest.mark.parametrize("code", WITH_PARTS)
def test_flow_of_every_row_comes_out(facts: Facts, code: str) -> None:
    for row in annex(facts, code, "flow").rows:
        opening, new, again, closed, *ways, closing = (cell.value or 0 for cell in row.cells)
        assert opening + new + again - closed == closing
        assert sum(ways) == closed


@pytest.mark.parametrize("code", CODES)
def test_every_indicator_printed_is_in_the_register(facts: Facts, code: str) -> None:
    names = [name for table in annexes_of(facts, code) for name in table.indicators]
    assert names
    assert all(describe(name, facts.rules).name == name for name in names)


@pytest.mark.parametrize("code", WITH_PARTS)
def test_cells_are_the_facts_or_their_marks(withheld: Facts, marks: dict[tuple[str, str], str], code: str) -> None:
    seen = 0
    for table in annexes_of(withheld, code):
        for area, row in zip(areas_of_rows(withheld, code, table), table.rows, strict=False):
            for column, cell in zip(table.columns, row.cells, strict=True):
                if column.title not in PREVIOUS and (mark := marks.get((area.code, column.indicator))):
                    assert cell == Cell(mark), (table.title, row.title, column.title)
                    seen += 1
    assert seen or code in ("11", "350100")


def test_withheld_schools_print_marks(withheld: Facts) -> None:
    table = annex(withheld, "350203", "schools")
    assert [cell.text for cell in table.rows[0].cells[1:]] == ["<5"] * 3
    assert [cell.text for cell in table.rows[-1].cells[1:]] == ["<5"] * 3
    assert MARKS_NOTE in table.notes


def test_forecast_words_are_withheld_with_the_figures(withheld: Facts) -> None:
    row = next(row for row in annex(withheld, "350200", "counties").rows if row.title == "思明区")
    assert [cell.text for cell in row.cells] == ["<5", "<5", "*", "*", "*", "*"]


def test_units_stand_in_administrative_order_with_the_nation_last(facts: Facts) -> None:
    for table in annexes_of(facts, "00"):
        if table.key not in ("types", "rules"):
            assert [row.title for row in table.rows] == [*map(unit_short_name, UNITS), "全国"], table.title


def test_the_nation_leaves_the_type_without_number_out_of_its_total(facts: Facts) -> None:
    table = annex(facts, "00", "pending")
    titles = [column.title for column in table.columns]
    assert titles == [
        "身份证号重复", "身份证号不存在", "身份证号与姓名不匹配", "身份证号错误", "合计", "上期合计", "较上期增减(%)",
        "姓名性别出生日期重复",
    ]  # fmt: skip
    for row in table.rows:
        assert sum(cell.value or 0 for cell in row.cells[:4]) == row.cells[4].value


def test_a_province_counts_it_in(facts: Facts) -> None:
    table = annex(facts, "35", "pending")
    assert [column.title for column in table.columns][:4] == [
        "身份证号重复", "身份证号不存在", "姓名性别出生日期重复", "身份证号与姓名不匹配",
    ]  # fmt: skip
    assert [row.title for row in table.rows] == [
        "福州市", "厦门市", "莆田市", "平潭县", "学校不在学校表中的学籍", "合计",
    ]  # fmt: skip
    for row in table.rows:
        assert sum(cell.value or 0 for cell in row.cells[:5]) == row.cells[5].value


def test_counties_stand_by_city_with_a_word_on_who_will_miss(facts: Facts) -> None:
    table = annex(facts, "35", "counties")
    assert [(row.title, row.cells[0].text) for row in table.rows] == [
        ("鼓楼区", "福州市"), ("台江区", "福州市"), ("福清市", "福州市"), ("思明区", "厦门市"), ("湖里区", "厦门市"),
        ("莆田市", "莆田市"), ("平潭县", "省直管"),
    ]  # fmt: skip
    assert {row.cells[-1].text for row in table.rows} == {"能如期完成"}
    assert all(row.cells[-2].text.startswith(("2026年", "2027年")) for row in table.rows)


def test_who_will_miss_is_said() -> None:
    """思明区 with 400 working days to go, 12 records left on 30 June."""
    changed = {ind.FORECAST_LEFT: 12.0, ind.FORECAST_DAYS: 400.0, ind.CLOSED_PER_DAY: 0.5}
    rows = [
        replace(row, value=changed.get(row.indicator, row.value)) if row.code == "350203" else row
        for row in annex_sample.rows_of(annex_sample.month_figures(1), annex_sample.MONTH, annex_sample.AS_OF)
    ]
    row = next(row for row in annex(Facts(rows), "350200", "counties").rows if row.title == "思明区")
    done = add_working_days(annex_sample.AS_OF, 400)
    assert [cell.text for cell in row.cells[3:]] == ["12", full_date(done), "不能如期完成"]


def test_schools_without_anything_stand_in_one_row(facts: Facts) -> None:
    rows = annex(facts, "350203", "schools").rows
    assert [row.title for row in rows] == ["思明区第1小学", "思明区第2小学", "其他10所学校", "合计"]
    assert [cell.value for cell in rows[2].cells] == [100_000, 0, 0, 0]


def test_first_month_has_nothing_to_compare_with() -> None:
    first = annex_sample.facts_of(is_first=True)
    keys = numbers_of(annexes_of(first, "00"))
    assert "changes" not in keys
    table = annex(first, "00", "pending")
    assert {row.cells[place].text for row in table.rows for place in (5, 6)} == {NO_FIGURE}
    assert "本期为首期通报，尚无办结进度，不作预计。" in annex(first, "00", "completion").notes


def test_quality_class_is_a_word_withheld_with_its_counts(facts: Facts, withheld: Facts) -> None:
    assert annex(facts, "00", "index").rows[0].cells[-1] == Cell("良")
    unit = next(row for row in annex(withheld, "00", "index").rows if row.title == "福建")
    assert unit.cells[-1] == Cell("*")


def test_only_nation_and_units_tell_of_deliveries_rules_and_scopes(facts: Facts) -> None:
    for code in CODES:
        keys = set(numbers_of(annexes_of(facts, code)))
        assert ({"scopes", "deliveries", "rules"} <= keys) == (len(code) == 2), code
        assert len(keys) == len(annexes_of(facts, code))


def test_titles_name_the_place_and_numbers_are_given_by_key(facts: Facts) -> None:
    assert annex(facts, "00", "pending").title == "全国待处理问题学籍情况统计表"
    assert annex(facts, "35", "flow").title == "福建省问题学籍增减和办结情况统计表"
    assert annex(facts, "350203", "schools").title == "思明区各学校问题学籍情况统计表"
    assert numbers_of(annexes_of(facts, "00"))["pending"] == 1
