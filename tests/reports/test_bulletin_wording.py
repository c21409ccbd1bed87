"""The set phrases of a bulletin, case by case."""

from datetime import date

import pytest

from xueji.reports import bulletin_wording as wording
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Area, Cell, Change, number_cell
from xueji.reports.bulletin_places import whole_word

CHANGES = [
    # change, words
    (Change("down", -10.54), "相对上期通报数减少10.54%"),
    (Change("up", 9.823), "相对上期通报数增加9.82%"),
    (Change("same"), "与上期通报数持平"),
    (Change("nearly_same"), "与上期通报数基本持平"),
    (Change("from_zero"), "上期通报数为0"),
    (Change("first"), ""),
    (Change("hidden"), ""),
    (Change("withheld"), ""),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[c[0].kind for c in CHANGES])
def test_says_how_a_figure_changed(change: Change, words: str) -> None:
    assert wording.change_words(change) == words


SENTENCES = [
    # changes, sentence, why
    (
        [("身份证号不存在", Change("down", -10.54)), ("身份证号与姓名不匹配", Change("down", -9.82))],
        "身份证号不存在、身份证号与姓名不匹配相对上期通报数分别减少10.54%、9.82%",
        "two falls, as the ministry's bulletin of August 2015 says it",
    ),
    (
        [("缺项", Change("up", 1)), ("有误", Change("down", -2)), ("未更新", Change("same"))],
        "有误相对上期通报数减少2.00%，缺项相对上期通报数增加1.00%，未更新与上期通报数持平",
        "falls first",
    ),
    ([("缺项", Change("first")), ("有误", Change("hidden")), ("未更新", Change("withheld"))], "", "nothing to tell"),
    ([("缺项", Change("from_zero"))], "缺项上期通报数为0", "none before"),
]


@pytest.mark.parametrize(("changes", "sentence", "why"), SENTENCES, ids=[c[-1] for c in SENTENCES])
def test_puts_like_changes_together(changes: list[tuple[str, Change]], sentence: str, why: str) -> None:
    assert wording.changes_sentence(changes) == sentence


COUNTS = [
    (number_cell(1305319), "1305319例"),
    (number_cell(0), "0例"),
    (Cell("<5"), "不足5例"),
    (Cell("*"), "（例数不列出）"),
    (Cell("—"), "未统计"),
]


@pytest.mark.parametrize(("cell", "words"), COUNTS, ids=[c[0].text for c in COUNTS])
def test_says_a_count_also_when_it_is_withheld(cell: Cell, words: str) -> None:
    assert wording.counted(cell, "例") == words


def test_lists_what_there_is_and_leaves_out_zeros() -> None:
    lines = [("删除", number_cell(7)), ("佐证", number_cell(0)), ("变更", Cell("<5")), ("已消除", Cell("—"))]
    assert wording.counted_lines(lines, "例") == "删除7例、变更不足5例"
    assert wording.counted_lines(lines[1:2], "例") == ""


WHOLES = [
    ("province", "福建省", "全省"), ("province", "内蒙古自治区", "全区"), ("province", "新疆生产建设兵团", "全兵团"),
    ("province", "北京市", "全市"), ("city", "延边朝鲜族自治州", "全州"), ("city", "锡林郭勒盟", "全盟"),
    ("city", "阿里地区", "全地区"), ("county", "思明区", "全区"), ("county", "闽侯县", "全县"), ("county", "阿巴嘎旗", "全旗"),
    ("county", "神农架林区", "全区"), ("county", "茫崖行政委员会", "茫崖行政委员会"),
]  # fmt: skip


@pytest.mark.parametrize(("level", "name", "whole"), WHOLES, ids=[w[1] for w in WHOLES])
def test_speaks_of_all_of_a_place_by_its_kind(level: str, name: str, whole: str) -> None:
    assert whole_word(Area(level, "999999", name, "00")) == whole


def test_a_long_title_is_broken_before_the_name_of_the_system() -> None:
    assert wording.title_lines("", date(2016, 7, 10)) == (
        "关于全国中小学生学籍信息管理系统",
        "截至2016年7月10日",
        "建设应用进展情况的通报",
    )
    assert wording.title_lines("新疆维吾尔自治区", date(2016, 7, 10))[:2] == (
        "关于新疆维吾尔自治区",
        "全国中小学生学籍信息管理系统",
    )


def test_numbers_the_bulletins_own_series() -> None:
    assert wording.series_number("2026-11", "") == "学籍通报〔2026〕11号"
    assert wording.series_number("2026-01", "福建厦门市") == "学籍通报〔2026〕1号（福建厦门市）"


def test_announces_the_first_by_their_number() -> None:
    assert [wording.rank_words(listed) for listed in (1, 2, 3, 5)] == ["首位", "前两位", "前三位", "前五位"]


def test_points_to_the_annexes_there_are_in_their_order() -> None:
    assert wording.see_annexes({"rates": 8, "pending": 1}, ("rates", "pending", "flow")) == "统计表见附件1、8。"
    assert wording.see_annexes({}, ("rates",)) == ""


def test_problem_types_have_the_words_of_the_published_bulletins() -> None:
    assert wording.TYPE_TITLES["ERR_NAME"] == "身份证号与姓名不匹配"
    assert set(wording.TYPE_ORDER) == set(wording.TYPE_TITLES) == set(ind.PENDING_TYPES)
    assert "DUP_NSB" not in wording.REPORTED_ORDER


def test_a_paragraph_is_written_without_the_breaks_of_its_template() -> None:
    assert wording.one_line("\n  全省\n    <共有>  \n7例。\n") == "全省&lt;共有&gt;7例。"
