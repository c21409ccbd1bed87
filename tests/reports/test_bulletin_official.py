"""The published bulletins, from their own figures: the ministry's of August 2015, Fujian's of June 2015 (domain.md 4.4)."""

import re
from collections.abc import Mapping
from datetime import date
from types import ModuleType

from xueji.reports import indicators as ind
from xueji.reports.bulletin import build_bulletin, render_html

PENDING = {"DUP_ID": 560_823, "ERR_NOTFOUND": 184_724, "ERR_NAME": 559_772, "DUP_NSB": 42_113}
BEFORE = {"DUP_ID": 410_823, "ERR_NOTFOUND": 206_490, "ERR_NAME": 620_730, "DUP_NSB": 45_000}
ENTERED = {"DUP_ID": 161_200, "ERR_NOTFOUND": 0, "ERR_NAME": 0, "DUP_NSB": 0}
STUDENTS = {ind.STUDENTS: 164_000_000, ind.STUDENTS_WITH_NUMBER: 163_000_000, ind.SCHOOLS: 242_900}


def text_of(html: str) -> str:
    return re.sub(
        r"\s+", "", re.sub(r"<[^>]+>", "", re.sub(r"<style.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL))
    )


def of_area(code: str, figures: Mapping[str, float]) -> dict[tuple[str, str], float | None]:
    return {(code, name): value for name, value in figures.items()}


def pending(counts: Mapping[str, int]) -> dict[str, float]:
    return {ind.PENDING_TOTAL: sum(counts.values()), **{ind.pending(kind): count for kind, count in counts.items()}}


def test_ministry_as_of_10_august_2015(sample: ModuleType) -> None:
    closed = {kind: BEFORE[kind] + ENTERED[kind] - count for kind, count in PENDING.items()}
    flow = {ind.entered(kind): count for kind, count in ENTERED.items()} | {
        ind.closed(kind): count for kind, count in closed.items()
    }
    facts = sample.plain_facts(
        of_area("00", STUDENTS | pending(PENDING) | flow),
        of_area("00", STUDENTS | pending(BEFORE)),
        date(2015, 8, 10),
        date(2015, 7, 10),
    )
    bulletin = build_bulletin(facts, "00")
    text = text_of(render_html(bulletin))
    assert bulletin.title == ("关于全国中小学生学籍信息管理系统", "截至2015年8月10日", "建设应用进展情况的通报")
    assert "现将截至2015年8月10日，全国中小学生学籍信息管理系统（简称全国学籍系统）建设应用进展情况通报如下。" in text
    assert (
        "近期，中央系统新下发了一批身份证号重复问题学籍。"
        "截至8月10日，全国共有待处理问题学籍1305319例（不包括省内“姓名+性别+出生日期”重复问题学籍）。"
        "其中含身份证号重复560823例，身份证号不存在184724例，身份证号与姓名不匹配559772例，"
        "身份证号不存在、身份证号与姓名不匹配相对上期通报数分别减少10.54%、9.82%。"
    ) in text
    assert "身份证号重复较上期增加150000例，其中新下发161200例、办结11200例。" in text
    assert "计入省内“姓名+性别+出生日期”重复问题学籍42113例，待处理问题学籍共1347432例，" in text


def test_fujian_as_of_30_june_2015(sample: ModuleType) -> None:
    counts = {"DUP_ID": 3435, "ERR_NOTFOUND": 839, "DUP_NSB": 180, "ERR_NAME": 3037}
    cities = {"350100": 2075, "350600": 1861, "350200": 1241, "350300": 1000, "350500": 714, "350700": 600}
    given = of_area("00", STUDENTS | pending(counts)) | of_area("35", STUDENTS | pending(counts))
    for code, count in cities.items():
        given |= of_area(code, {ind.STUDENTS: 500_000, ind.PENDING_TOTAL: count})
    facts = sample.plain_facts(given, None, date(2015, 6, 30), date(2015, 5, 31))
    text = text_of(render_html(build_bulletin(facts, "35")))
    assert (
        "截至6月30日，全省共有待处理问题学籍7491例。其中身份证号重复3435例、身份证号不存在839例、"
        "姓名性别出生日期重复180例、身份证号与姓名不匹配3037例。"
        "待处理问题学籍数超过1000例的有福州市2075例、漳州市1861例、厦门市1241例。"
    ) in text
    assert "关于福建省全国中小学生学籍信息管理系统截至2015年6月30日建设应用进展情况的通报" in text
