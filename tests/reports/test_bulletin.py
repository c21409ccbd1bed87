"""What a bulletin says at each level, in which form, and what it must never say."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from xueji.checks.model import UNITS
from xueji.reports import indicators as ind
from xueji.reports.bulletin import Bulletin, Edition, build_bulletin, render_html

Bulletins = Callable[[str, str], Bulletin]
XIAMEN, SIMING, DONGGUAN, RESIDUAL = "350200", "350203", "441900", "350000"


def prose(html: str) -> str:
    """The visible text of a page without charts, style and blanks."""
    kept = re.sub(r"<(style|svg).*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", kept))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_of(bulletin: Bulletin) -> str:
    return prose(render_html(bulletin))


def without_annexes(text: str) -> str:
    return text[: text.rindex("本通报只列汇总数")]


LEVELS = [
    # code, what its bulletin is called, numbered, addressed and begun with
    (
        "00",
        (
            "关于全国中小学生学籍信息管理系统截至2026年11月30日建设应用进展情况的通报",
            "学籍通报〔2026〕11号各省、自治区、直辖市教育厅（教委），新疆生产建设兵团教育局：",
            "现将截至2026年11月30日，全国中小学生学籍信息管理系统（简称全国学籍系统）建设应用进展情况通报如下。",
            "全国共有待处理问题学籍1311414例（不包括省内“姓名+性别+出生日期”重复问题学籍）。",
        ),
    ),
    (
        "35",
        (
            "关于福建省全国中小学生学籍信息管理系统截至2026年11月30日建设应用进展情况的通报",
            "学籍通报〔2026〕11号（福建）各市（州、盟）、县（市、区）教育行政部门：",
            "现将截至2026年11月30日，福建省全国中小学生学籍信息管理系统（简称全国学籍系统）",
            "全省共有待处理问题学籍92557例。其中身份证号重复37657例、",
        ),
    ),
    (
        XIAMEN,
        (
            "关于福建省厦门市全国中小学生学籍信息管理系统截至2026年11月30日建设应用进展情况的通报",
            "学籍通报〔2026〕11号（福建厦门市）各县（市、区）教育行政部门：",
            "厦门市全国中小学生学籍信息管理系统（简称全国学籍系统）",
            "全市共有待处理问题学籍5583例。",
        ),
    ),
    (
        SIMING,
        (
            "关于福建省厦门市思明区全国中小学生学籍信息管理系统截至2026年11月30日",
            "学籍通报〔2026〕11号（福建厦门市思明区）各中小学校：",
            "思明区全国中小学生学籍信息管理系统（简称全国学籍系统）",
            "全区共有待处理问题学籍1361例。",
        ),
    ),
    ("11", ("（北京）各区（县）教育行政部门：", "全市共有待处理问题学籍")),
    ("66", ("（兵团）各师（市）教育局：", "新疆生产建设兵团全国中小学生学籍信息管理系统", "全兵团共有待处理问题学籍")),
    ("15", ("关于内蒙古自治区全国中小学生", "（内蒙古）各市（州、盟）", "全区共有待处理问题学籍")),
    (DONGGUAN, ("关于广东省东莞市全国中小学生", "（广东东莞市）各中小学校：", "全市共有待处理问题学籍")),
    (RESIDUAL, ("关于福建省（学校不在学校表中的学籍）", "福建各级教育行政部门：", "现将截至2026年11月30日，学校不在学校表中的学籍全国")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sentences"), LEVELS, ids=[code for code, _ in LEVELS])
def test_speaks_in_the_form_of_the_published_bulletins_at_every_level(
    bulletin: Bulletins, code: str, sentences: tuple[str, ...]
) -> None:
    text = text_of(bulletin("large", code))
    for sentence in sentences:
        assert sentence in text, sentence


SECTIONS = [
    "一、问题学籍处理情况", "1.总体情况", "2.增减和办结情况", "3.完成情况", "4.每万名学生情况", "5.预计完成情况",
    "二、数据质量情况", "三、数据报送情况", "四、统计范围", "五、更正说明", "六、下阶段工作要求", "附件：", "2026年11月30日（数据截至",
]  # fmt: skip


@pytest.mark.parametrize("month", ["large", "small"])
@pytest.mark.parametrize("code", ["00", "35", "11", "66", XIAMEN, SIMING, DONGGUAN, RESIDUAL])
def test_every_level_has_every_section_and_no_sentence_with_holes(bulletin: Bulletins, month: str, code: str) -> None:
    text = text_of(bulletin(month, code))
    places = [text.find(section) for section in SECTIONS]
    assert -1 not in places and places == sorted(places)
    assert not re.search(
        r"None|nan|，。|、。|。。|，，|：。|（）|—例|—%|\*例|\*%|<5例|undefined|Undefined", without_annexes(text)
    )


def test_tells_what_came_and_went(bulletin: Bulletins) -> None:
    text = text_of(bulletin("large", XIAMEN))
    for sentence in (
        "全市期初（10月31日）待处理6282例，本期新下发190例，办结后再次出现29例，办结918例，期末待处理5583例。",
        "办结的问题学籍中，删除258例、佐证328例、变更255例、已消除77例。",
        "本期审核退回278例次，其中县级194例次、市级60例次、省级24例次。",
        "待处理问题学籍中超过办理期限的697例，按应办理的一方分，学校366例、县级140例、",
        "积压10个工作日以内1008例、11—30个工作日1827例、31—60个工作日1695例、60个工作日以上1053例。",
    ):
        assert sentence in text, sentence
    assert "分类看，" not in text
    province = text_of(bulletin("large", "35"))
    assert "分类看，身份证号重复新下发和再次出现1880例、办结7286例；身份证号不存在" in province


def test_good_ranks_are_listed_and_bad_figures_by_threshold(bulletin: Bulletins) -> None:
    rates = bulletin("large", "00").rates
    above = [part.rate.value for part in rates.above]
    assert above == sorted(above, reverse=True)
    assert min(above) > 1.2 * rates.rate.value
    assert [cell.value for _, cell in rates.lowest] == sorted(cell.value for _, cell in rates.lowest)
    assert len(rates.lowest) == 5
    text = text_of(bulletin("large", "00"))
    assert re.search(r"问题学籍完成率排在前五位的是(\w+（\d\d\.\d\d%）、){4}\w+（\d\d\.\d\d%）。", text)
    assert "问题学籍完成率低于10%的有山西、吉林、黑龙江、山东、湖北、四川、贵州、西藏、陕西。" in text
    assert "审核完成率低于90%的有黑龙江、上海、广西、贵州、宁夏。" in text
    assert re.search(r"超过10个工作日未审核的数量多于5000例的有四川\d+例、福建\d+例、黑龙江\d+例。", text)
    for code in ("00", "35", XIAMEN):
        assert not re.search("后五位|末位的|最后|倒数|最低|最差", without_annexes(text_of(bulletin("large", code))))


def test_places_are_compared_with_what_they_lie_in(bulletin: Bulletins) -> None:
    county, province = text_of(bulletin("large", SIMING)), text_of(bulletin("large", "35"))
    assert "全区每万名学生待处理问题学籍50.54例，厦门市平均62.48例，福建省平均91.09例，全国平均83.99例。" in county
    assert not [other for other in set(UNITS.values()) - {"福建省"} if other in county + province]


def test_counties_that_will_miss_the_date_are_named_with_what_is_left_and_when(bulletin: Bulletins) -> None:
    city, nation = bulletin("large", XIAMEN), bulletin("large", "00")
    assert (
        "全市有在用数据的4个县（市、区）中，预计届时不能全部处理完成的2个："
        "鼓浪屿区（剩余101例，按目前进度2027年7月26日完成）、海沧区（剩余110例，按目前进度2027年7月20日完成）。"
    ) in text_of(city)
    assert "不计今后新下发的问题学籍" in text_of(city)
    assert re.search(r"预计届时不能全部处理完成的\d+个，其中北京4个、河北1个、", text_of(nation))
    assert "届时预计可以全部处理完成（2027年6月14日）。" in text_of(bulletin("large", SIMING))


def test_index_can_be_worked_out_from_what_is_printed(bulletin: Bulletins) -> None:
    for code in ("00", "35", XIAMEN, SIMING):
        text = text_of(bulletin("large", code))
        found = re.search(r"为例：([\d.]+)%×（([\d.＋]+)）÷4＝([\d.]+)，属(优|良|中|待提升)", text)
        assert found is not None
        coverage, parts, index = float(found[1]), [float(part) for part in found[2].split("＋")], float(found[3])
        assert len(parts) == 4
        assert coverage * sum(parts) / 400 == pytest.approx(index, abs=0.011)
        bounds = dict(zip("优良中", ind.QUALITY_BOUNDS, strict=True))
        assert index >= bounds.get(found[4], 0.0)
    assert "99以上为优，97以上不足99为良，95以上不足97为中，95以下为待提升" in text
    assert "（DQMI）" in text


def test_refused_and_missing_provinces_are_told_so(bulletin: Bulletins) -> None:
    nation = text_of(bulletin("large", "00"))
    assert "除江西、西藏外，其他30个省份已报送数据并接收。" in nation
    assert "整批退回的省份1个：江西（数据行数较上次接收减少52%）。" in nation
    assert "沿用此前数据统计的省份2个：江西（截至11月27日）、西藏（截至11月19日）。" in nation
    refused, missing = (text_of(bulletin("large", code)) for code in ("36", "54"))
    assert (
        "江西省本期报送数据未通过接收核验，整批退回（数据行数较上次接收减少52%），本通报沿用截至11月27日的数据，滞后3天。"
        in refused
    )
    assert "西藏自治区本期未报送数据，本通报沿用截至11月19日的数据，滞后11天。" in missing
    assert "厦门市的数据随福建省报送。福建省本期已报送数据并接收。" in text_of(bulletin("large", XIAMEN))


def test_first_bulletin_says_so_instead_of_changes_and_forecast(bulletin: Bulletins) -> None:
    for code in ("00", "35", XIAMEN, SIMING):
        text = text_of(bulletin("small", code))
        assert "本期为首期通报，没有上期通报数可比。" in text
        assert "相对上期" not in text and "较上期增加" not in text
        assert "自建立台账以来共下发问题学籍" in text
    assert "本期为首期通报，尚无办结进度可供推算，自下期起预计。" in text_of(bulletin("small", "00"))


def test_says_when_nothing_was_compared_with_the_register(sample: ModuleType) -> None:
    month = sample.large_month()
    figures = dict(month.figures)
    for code, name in month.figures:
        if name in map(ind.pending, ind.COMPARED_TYPES):
            figures[code, name] = 0
    figures[ind.NATIONAL_CODE, ind.COMPARED] = 0.0
    text = text_of(build_bulletin(replace(month, figures=figures).facts(), "00"))
    assert "身份证号不存在、身份证号与姓名不匹配两类本期未经比对，不在总数之内。" in text
    assert "本期没有国家人口基础信息数据库的比对数据" in text
    assert "本期与上期的身份比对范围不同，总数不作比较。" in text
    assert "待处理问题学籍总数相对上期" not in text


def test_unit_without_records_is_not_called_clean(sample: ModuleType) -> None:
    month = sample.large_month()
    gone = {key: 0.0 for key in month.figures if key[0] == "54"} | {("54", ind.STALE_DAYS): None}
    facts = month.changed(gone).facts()
    nation, own = text_of(build_bulletin(facts, "00")), text_of(build_bulletin(facts, "54"))
    assert "尚无在用学籍数据、未作统计的省份1个：西藏。" in nation
    assert "尚无在用学籍数据的省份1个，不在统计之内：西藏。" in nation
    assert "无待处理问题学籍的省份" not in nation
    assert "西藏自治区尚无在用的学籍数据，本期不作统计。" in own
    assert "西藏自治区本期未报送数据，尚无在用数据。" in own


def test_unit_with_nothing_pending_is_named(sample: ModuleType) -> None:
    month = sample.large_month()
    clean = {key: 0.0 for key in month.figures if key[0] == "31" and key[1].startswith("pending_")}
    facts = month.changed(clean).facts()
    assert "无待处理问题学籍的省份1个：上海。" in text_of(build_bulletin(facts, "00"))
    own = text_of(build_bulletin(facts, "31"))
    assert "全市无待处理问题学籍。" in own and "全市已无待处理问题学籍。" in own


def test_corrections_tell_which_figure_why_and_from_what(sample: ModuleType) -> None:
    month = sample.large_month()
    name = ind.restated("2026-10", ind.PENDING_TOTAL)
    facts = month.changed({(XIAMEN, name): 6001.0, ("35", name): 100_007.0, (SIMING, name): 1600.0}).facts()
    province, county = text_of(build_bulletin(facts, "35")), text_of(build_bulletin(facts, SIMING))
    printed = facts.previous_count("35", ind.PENDING_TOTAL).text
    assert f"2026年10月通报的待处理问题学籍总数由{printed}例更正为100007例（案件台账更正）。" in province
    assert "更正为1600例（案件台账更正）。" in county
    moved = month.changed({(SIMING, name): 1600.0}).facts()
    assert "更正为1600例（学生所在学校或学校所属区划变动）。" in text_of(build_bulletin(moved, SIMING))
    assert "本期未发现需要更正的往期通报数。" in text_of(build_bulletin(moved, "35"))


def test_what_is_left_out_is_told(bulletin: Bulletins) -> None:
    nation, province = text_of(bulletin("large", "00")), text_of(bulletin("large", "35"))
    assert "全国待处理问题学籍数不包括省内“姓名+性别+出生日期”重复问题学籍" in nation
    assert re.search(r"学校不在学校表中的学籍\d+条，计入全国和各省份", nation)
    assert "学校不在学校表中的学籍400条，计入全省合计，不计入任何市（州、盟）、县（市、区）。" in province
    assert "学生不足1000名的地区不计算比率和指数，也不参加排序：学校不在学校表中的学籍。" in province
    assert "数为1至4的，以“不足5”（表中为“<5”）表示" in province


def test_document_number_issuer_and_day_are_printed_as_given(sample: ModuleType) -> None:
    edition = Edition(document_number="教基一司函〔2026〕0号", issuer="教育部基础教育司", issued_on=date(2026, 12, 21))
    text = text_of(build_bulletin(sample.small_month().facts(), "00", edition))
    assert "教基一司函〔2026〕0号" in text
    assert "教育部基础教育司2026年12月21日（数据截至2026年11月30日。" in text


RENDER = """
import hashlib, importlib.util, sys
spec = importlib.util.spec_from_file_location("bulletin_sample", sys.argv[1])
sample = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = sample
spec.loader.exec_module(sample)
from xueji.reports.bulletin import build_bulletin, render_html, render_pdf
from xueji.reports.bulletin_facts import Facts
codes = sys.argv[2].split(",")
month = sample.small_month()
rows = month.rows() if sys.argv[3] == "on" else month.rows()[::-1]
facts = Facts(rows, (), sample.RULES)
made = {}
for code in codes:
    html = render_html(build_bulletin(facts, code))
    made[code] = (html.encode(), render_pdf(html) if code == "13" else b"")
for code in sorted(made):
    print(code, *(hashlib.sha256(part).hexdigest() for part in made[code]))
"""


def test_two_processes_give_the_same_bytes_in_any_order() -> None:
    sample = Path(__file__).with_name("bulletin_sample.py")
    outputs = [
        subprocess.run(
            [sys.executable, "-c", RENDER, str(sample), codes, way],
            check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin", "HOME": "/tmp"},
        ).stdout
        for seed, codes, way in (("1", "00,13,350203", "on"), ("2", "350203,13,00", "back"))
    ]  # fmt: skip
    assert len(outputs[0].split()) == 9
    assert outputs[0] == outputs[1]


def test_a_county_of_the_corps_is_told_of_the_corps_delivery(bulletin: Bulletins) -> None:
    made = bulletin("large", "659001")
    assert [item.name for item in made.delivery.deliveries] == ["兵团"]
    assert made.place.full_name.startswith("新疆生产建设兵团")
