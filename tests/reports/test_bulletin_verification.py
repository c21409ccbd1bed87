"""What bulletins tell of data-quality verification: its section, its annexes, and nothing at all where there is no campaign."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from types import ModuleType

import forms_sample
import pytest

from xueji.reports import indicators as ind
from xueji.reports import verification_indicators as forms
from xueji.reports.bulletin import Bulletin, build_bulletin, render_html, render_xlsx
from xueji.reports.bulletin_annexes import Annex, annexes_of, numbers_of
from xueji.reports.bulletin_facts import NO_FIGURE, Facts
from xueji.reports.indicator_register import describe

CODES = ("00", "35", "11", "66", "44", "350200", "350203", "441900", "350000")
HEAD = "三、数据质量核查工作进展"
AS_OF = date(2026, 11, 30)
Months = Callable[[str], Facts]


def prose(html: str) -> str:
    """The visible text of a page without charts, style and blanks."""
    kept = re.sub(r"<(style|svg).*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", kept))


def section_of(html: str) -> str:
    text = prose(html)
    assert text.count(HEAD) == 1
    return text.split(HEAD)[1].split("四、数据报送情况")[0]


@pytest.fixture(scope="module")
def months(sample: ModuleType) -> Months:
    """Months with a campaign in nearly all units, in one, closed, or not yet begun to hand out forms."""
    made = {
        "begun": lambda: forms_sample.with_forms(sample.large_month()),
        "one": lambda: forms_sample.with_forms(sample.large_month(), ["35"]),
        "closed": lambda: forms_sample.with_forms(sample.large_month(), days_left=-5),
        "unstarted": lambda: forms_sample.with_forms(sample.large_month(), progress=0.0),
        "small": lambda: forms_sample.with_forms(sample.small_month()),
    }
    return cache(lambda name: made[name]().facts())


@pytest.fixture(scope="module")
def page(months: Months) -> Callable[[str, str], str]:
    return cache(lambda month, code: render_html(build_bulletin(months(month), code)))


GUIZHOU = {
    forms.STUDENTS: 6_300_000, forms.EXCLUDED: 15_000, forms.DUE: 6_285_000, forms.PRINTED: 6_285_000, forms.ISSUED: 6_285_000,
    forms.RETURNED: 6_200_000, forms.ENTERED: 6_100_000, forms.AUDITED: 6_000_000, forms.UPLOADED: 6_020_401,
    forms.ARCHIVED: 5_000_000, forms.RIGHT_FIRST_TIME: 5_940_000, forms.KEY_CHANGES: 31_000, forms.OTHER_CHANGES: 900_000,
    forms.AUDITS_PENDING: 2, forms.SENT_BACK: 0,
    forms.OPEN_DAYS: 53, forms.DAYS_LEFT: 31, forms.WORKING_DAYS_LEFT: 23, forms.PACE_DAYS: 7,
    forms.per_day(forms.RETURNED): 12_000.5, forms.per_day(forms.UPLOADED): 4_000,
    forms.forecast_days(forms.UPLOADED): 67, forms.forecast_percent(forms.UPLOADED): 97.25,
    forms.forecast_percent(forms.RETURNED): 100, forms.COUNTIES: 88, forms.COUNTIES_SHORT: 0,
}  # fmt: skip


def guizhou(sample: ModuleType, **changes: float | None) -> Facts:
    """贵州 of spring 2015 (domain.md 4.4), in a campaign of autumn 2026."""
    figures = GUIZHOU | {forms.covered_percent(step): 100 * GUIZHOU[step] / GUIZHOU[forms.DUE] for step in forms.STEPS}
    figures |= {forms.FIRST_TIME_PERCENT: 99.0} | changes
    given = {("52", ind.STUDENTS): 6_300_000, ("00", ind.STUDENTS): 6_300_000}
    given |= {("52", name): value for name, value in figures.items()}
    given |= {
        ("00", name): figures[name] for name in (forms.DUE, forms.UPLOADED, forms.covered_percent(forms.UPLOADED))
    }
    return sample.plain_facts(given, None, AS_OF, date(2026, 10, 31))


def test_says_how_far_the_work_has_come(sample: ModuleType) -> None:
    text = section_of(render_html(build_bulletin(guizhou(sample), "52")))
    assert text.startswith(
        "1.总体进展全省数据质量核查于2026年10月8日启动。各地录入修改窗口最晚于2026年12月31日关闭。"
        "截至11月30日，全省应核查学生6285000名；非在校生状态和正在办理转学等学籍异动的学生15000名，"
        "待按程序恢复在校生状态或者办结后核查，不计入应核查学生。"
        "全省《全国中小学生学籍基础信息确认表》（简称《确认表》）下发6285000份（100.00%）、回收6200000份（98.65%）、"
        "录入6100000份（97.06%）、审核6000000份（95.47%）、拍照上传6020401份（95.79%）、归档5000000份（79.55%），"
        "括号内为占应核查学生的比例。统计表见附件"
    )
    assert (
        "录入关键数据变更31000项、其他信息变更900000项，待审核2项。"  # two are two: nothing of this is withheld
        "审核的《确认表》中，一次通过5940000份，一次通过率为99.00%。"
        "2.拍照上传情况家长（监护人）拍照上传的《确认表》是数据质量核查的重要指标。"
        "截至11月30日，全省拍照上传率为95.79%，全国为95.79%。"
        "3.预计完成情况近7个工作日，全省平均每个工作日回收《确认表》12000.5份、拍照上传4000.0份。"
        "距录入修改窗口关闭还有23个工作日，按此进度，届时预计回收率为100.00%，拍照上传率为97.25%，"
        "至2027年3月10日方可全部上传，晚于窗口关闭日期。"
        "全省88个县（市、区）按各自进度，届时拍照上传率预计均不低于95%。"
    ) in text


ENDS = [
    # what differs, what is said
    ({forms.forecast_days(forms.UPLOADED): 10}, "2026年12月14日可全部上传。"),
    ({forms.forecast_days(forms.UPLOADED): 0}, "现已全部上传。"),
    ({forms.forecast_days(forms.UPLOADED): 9999}, "全部上传需10年以上。"),
    (
        {forms.forecast_days(forms.UPLOADED): None, forms.per_day(forms.UPLOADED): 0},
        "近期没有上传，按目前进度无法全部完成。",
    ),
    (
        {forms.per_day(forms.UPLOADED): None, forms.forecast_percent(forms.UPLOADED): None},
        "录入修改窗口开启不久，尚无进度可供推算；距窗口关闭还有23个工作日。",
    ),
    ({forms.DAYS_LEFT: -5}, "各地录入修改窗口已于2026年11月25日前关闭。"),
    ({forms.DAYS_LEFT: -5}, "各地录入修改窗口已关闭，不再推算。"),
    ({forms.DUE: 0}, "全省尚无应核查的学生。"),
    ({forms.EXCLUDED: 0}, "全省应核查学生6285000名。全省"),
]


@pytest.mark.parametrize(("changes", "said"), ENDS, ids=range(len(ENDS)))
def test_says_what_is_to_be_expected(sample: ModuleType, changes: dict[str, float | None], said: str) -> None:
    text = section_of(render_html(build_bulletin(guizhou(sample, **changes), "52")))
    assert said in text
    assert "None" not in text


@pytest.mark.parametrize("month", ["large", "small"])
@pytest.mark.parametrize("code", ["00", "35", "350200", "350203"])
def test_without_a_campaign_nothing_is_said(bulletin: Callable[[str, str], Bulletin], month: str, code: str) -> None:
    made = bulletin(month, code)
    html = render_html(made)
    assert made.verification is None
    assert "确认表" not in prose(html)
    assert re.findall(r"<h2>(.)、", html) == list("一二三四五六")
    assert not {"forms", "forms_forecast", "forms_schools"} & set(made.annex_numbers)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("month", ["begun", "one", "closed", "unstarted", "small"])
def test_every_place_with_a_campaign_has_its_section(months: Months, page, month: str, code: str) -> None:
    facts, html = months(month), page(month, code)
    if facts.value(code, forms.DUE) is None:
        assert HEAD not in prose(html)
        return
    text = section_of(html)
    assert re.findall(r"<h2>(.)、", html) == list("一二三四五六七")
    assert not re.search(r"None|—份|—%|（）|：。|、。|，。|。。", text)
    assert f"应核查学生{facts.number(code, forms.DUE)}名" in text
    for number in re.findall(r"附件([\d、]+)", text):
        assert all(0 < int(one) <= len(annexes_of(facts, code)) for one in number.split("、"))


def test_units_are_ranked_from_above_and_listed_by_threshold(months: Months, page) -> None:
    facts, text = months("one"), section_of(page("one", "35"))
    percent = forms.covered_percent(forms.UPLOADED)
    cities = {part.name: facts.value(part.code, percent) for part in facts.parts("35") if not part.is_residual}
    best = sorted(cities, key=lambda name: -(cities[name] or 0))[:3]
    listed = re.search(r"拍照上传率排在前三位的是(.+?)。", text)
    assert listed and re.findall(r"([^、（]+)（", listed[1]) == best
    below = re.search(r"拍照上传率低于90%的有(.+?)。", text)
    assert below and below[1].split("、") == [name for name, value in cities.items() if (value or 0) < 90]
    assert "学校不在学校表中的学籍" not in text


def test_who_will_not_make_it_is_named_with_what_they_will_reach(months: Months, page) -> None:
    facts, text = months("begun"), section_of(page("begun", "00"))
    foreseen = forms.forecast_percent(forms.UPLOADED)
    short = [
        f"{part.short_name}（{facts.value(part.code, foreseen):.2f}%）"
        for part in facts.parts("00")
        if (facts.value(part.code, forms.DUE) or 0) and facts.value(part.code, foreseen) < forms.ENOUGH_PERCENT
    ]
    assert f"拍照上传率预计不足95%的省份{len(short)}个：{'、'.join(short)}。" in text
    assert f"预计不足95%的{facts.number('00', forms.COUNTIES_SHORT)}个。" in text
    assert "除西藏、新疆外，其他30个省份均已启动核查。" in text
    assert "已启动核查的省份1个：福建。" in section_of(page("one", "00"))


def test_before_anything_was_handed_out(page) -> None:
    for code in ("00", "35", "350203"):
        text = section_of(page("unstarted", code))
        assert "尚未下发《全国中小学生学籍基础信息确认表》（简称《确认表》）。" in text
        assert "2.预计完成情况距录入修改窗口关闭还有23个工作日。" in text
        assert "0.00%" not in text


def test_next_steps_name_the_closing_date(page) -> None:
    assert "在2026年12月31日录入修改窗口关闭前完成，不漏一校一生。" in prose(page("begun", "35"))
    assert "抓紧完成已录入变更的审核和《确认表》、佐证材料的归档。" in prose(page("closed", "35"))


def annex(facts: Facts, code: str, key: str) -> Annex:
    annexes = annexes_of(facts, code)
    return annexes[numbers_of(annexes)[key] - 1]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("month", ["begun", "small", "unstarted"])
def test_annexes_are_whole_and_add_up(months: Months, month: str, code: str) -> None:
    facts = months(month)
    tables = [table for table in annexes_of(facts, code) if table.key.startswith("forms")]
    assert [table.key for table in tables] == (
        ["forms", "forms_forecast"]
        if facts.parts(code)
        else ["forms_schools", "forms"]
        if facts.schools(code)
        else ["forms"]
    )
    for table in tables:
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}
        assert len(table.columns) <= 12
        assert table.title.startswith(facts.area(code).name) and table.title.endswith("统计表")
        assert not any(cell.is_mark for row in table.rows for cell in row.cells)
        *rows, total = table.rows
        for place, column in enumerate(table.columns):
            if total.is_total and column.indicator and describe(column.indicator).is_additive:
                assert sum(row.cells[place].value or 0 for row in rows) == total.cells[place].value, column.title


def test_annex_rows_are_the_parts_with_a_campaign(months: Months) -> None:
    rows = annex(months("begun"), "00", "forms").rows
    assert [row.title for row in rows if row.title in ("西藏", "新疆")] == []
    assert [row.title for row in annex(months("one"), "00", "forms").rows] == ["福建", "全国"]


def test_every_school_where_somebody_is_due_is_listed(months: Months) -> None:
    rows = annex(months("begun"), "350203", "forms_schools").rows
    assert len(rows) == 9
    assert [cell.text for cell in rows[-2].cells] == ["9", "0", "0", "0", "0", "0", "0", "0.00"]


def test_own_figures_have_their_rates(months: Months) -> None:
    table = annex(months("begun"), "350203", "forms")
    cells = {row.indicator: [cell.text for cell in row.cells] for row in table.rows}
    assert cells[forms.DUE][2] == NO_FIGURE
    assert cells[forms.RIGHT_FIRST_TIME][2] == "97.00"
    assert cells[forms.ISSUED][2] == "98.00"


def test_same_facts_give_the_same_bytes(months: Months) -> None:
    first, second = (build_bulletin(months("begun"), "35") for _ in range(2))
    assert render_html(first) == render_html(second)
    assert render_xlsx(first) == render_xlsx(second)
