"""The set phrases of a bulletin, case by case."""

from datetime import date

import pytest

from xueji.reports import bulletin_wording as wording
from xueji.reports.bulletin_facts import Cell, Change, number_cell

CHANGES = [
    # change, words
    (Change("down", -10.54), "相对上期通报数减少10.54%"),
    (Change("up", 9.823), "相对上期通报数增加9.82%"),
    (Change("same"), "与上期通报数持平"),
    (Change("nearly_same"), "与上期通报数基本持平"),
    (Change("from_zero"), "上期通报数为0"),
    (Change("first"), ""),
    (Change("hidden"), ""),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[c[0].kind for c in CHANGES])
def test_says_how_a_figure_changed(change: Change, words: str) -> None:
    assert wording.change_words(change) == words


SENTENCES = [
    # changes, sentence, why
    (
        [("身份证号不存在", Change("down", -10.54)), ("姓名与身份证号不匹配", Change("down", -9.82))],
        "身份证号不存在、姓名与身份证号不匹配相对上期通报数分别减少10.54%、9.82%",
        "two falls, as the ministry's bulletin of August 2015 says it",
    ),
    (
        [("缺项", Change("up", 1)), ("有误", Change("down", -2)), ("未更新", Change("same"))],
        "有误相对上期通报数减少2.00%，缺项相对上期通报数增加1.00%，未更新与上期通报数持平",
        "falls first",
    ),
    ([("缺项", Change("first")), ("有误", Change("hidden"))], "", "nothing to compare with"),
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


DEADLINES = [
    (date(2015, 3, 25), date(2015, 6, 30)),
    (date(2026, 6, 30), date(2026, 6, 30)),
    (date(2026, 7, 1), date(2027, 6, 30)),
]


@pytest.mark.parametrize(("as_of", "deadline"), DEADLINES, ids=[str(c[0]) for c in DEADLINES])
def test_deadline_is_the_next_30_june(as_of: date, deadline: date) -> None:
    assert wording.next_deadline(as_of) == deadline


def test_addresses_committees_and_the_corps_by_their_names() -> None:
    names = [wording.authority_name(code) for code in ("11", "45", "50", "66")]
    assert names == ["北京市教育委员会", "广西壮族自治区教育厅", "重庆市教育委员会", "新疆生产建设兵团教育局"]


def test_a_long_title_is_broken_before_the_name_of_the_system() -> None:
    assert wording.title_lines("", date(2016, 7, 10)) == (
        "关于全国中小学生学籍信息管理系统",
        "截至2016年7月10日建设应用进展情况的通报",
    )
    assert wording.title_lines("新疆维吾尔自治区", date(2016, 7, 10))[:2] == (
        "关于新疆维吾尔自治区",
        "全国中小学生学籍信息管理系统",
    )
