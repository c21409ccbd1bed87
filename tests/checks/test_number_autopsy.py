"""Which part of a number failed, when a repair is accepted, and what a school reads of it."""

from datetime import date

import polars as pl
import pytest

from xueji.checks.number_autopsy import autopsies, repairs, under_their_names
from xueji.checks.number_autopsy_words import COMPONENTS, SLIPS, Autopsy, autopsy_text, places_words
from xueji.checks.number_places import numbers_of, places_text
from xueji.checks.number_slips import SLIPS as ALL_SLIPS
from xueji.checks.number_slips import candidates
from xueji.checks.tables import NUMBER_AUTOPSIES

RIGHT = "440106201503120036"  # invented
STUDENT = {
    "unit_code": "44", "record_key": "S/G1", "content_hash": 1, "rule_id": "id_checksum", "number": None, "name_folded": "王小明",
    "birth_date": date(2015, 3, 12), "sex_code": "1", "student_no": "L440106201503129999",
}  # fmt: skip
TYPES = {"content_hash": pl.Int64, "birth_date": pl.Date, "record_no": pl.Int64}
SCHEMA = {name: TYPES.get(name, pl.String) for name in ("record_no", *STUDENT)}

COMPONENT_CASES = [
    # number, differences of the student, component, its places, why
    ("680106201503120036", {}, "region_unknown", None, "no such division"),
    ("440106201513120036", {}, "birth_no_date", None, "month 13"),
    ("440106201502300036", {}, "birth_no_date", None, "30 February"),
    ("440106201504120036", {}, "birth_conflict", None, "April for March"),
    ("440106201504120036", {"birth_date": None}, "check", None, "nothing recorded to compare with"),
    ("440106201503120026", {}, "sex_conflict", None, "an even digit for a boy"),
    ("440106201503120026", {"sex_code": None}, "check", None, "no sex recorded"),
    ("440106201503120035", {}, "check", None, "all else agrees"),
    ("956106201503120035", {}, "check", None, "a foreigner's number has no address code"),
    ("440106150312003", {}, "old_fifteen", None, "fifteen digits"),
    ("44010615031200X", {}, "length", None, "fifteen characters"),
    ("44010620150312036", {}, "length", "15-18", "the birth date stands where it should"),
    ("40106201503120036", {}, "length", "1-6", "the birth date stands one too early"),
    ("4401062015031200366", {}, "length", "15-18", "one too many behind it"),
    ("4440106201503120036", {}, "length", "1-6", "one too many before it"),
    ("44010620153120036", {}, "length", None, "lost in the birth date itself"),
    ("44O106201503120036", {}, "characters", "3", "letter O"),
    ("44O1O6201503120X36", {}, "characters", "3,5,16", "letters, and an X before the end"),
    ("无", {}, "not_a_number", None, "a remark"),
    ("E12345678", {}, "not_a_number", None, "another document's number"),
]


def broken(*students: dict) -> pl.DataFrame:
    rows = [{"record_no": place} | STUDENT | student for place, student in enumerate(students, start=1)]
    return pl.DataFrame(rows, SCHEMA)


def examine(student: dict, register: dict[str, str]) -> dict:
    """The autopsy of one number against a register of number → name."""
    rows = broken(student)
    entries = pl.DataFrame(
        [(int(number[:17]), name) for number, name in register.items()],
        {"id_key": pl.Int64, "register_name_folded": pl.String},
        orient="row",
    )
    held = candidates(rows).join(entries, on="id_key").join(rows.select("record_no", "name_folded"), on="record_no")
    (found,) = autopsies(rows, repairs(under_their_names(held))).to_dicts()
    return found


@pytest.mark.parametrize(
    ("number", "student", "component", "where", "why"), COMPONENT_CASES, ids=[case[-1] for case in COMPONENT_CASES]
)
def test_tells_the_part_that_failed(number, student, component, where, why):
    found = examine({"number": number, **student}, {})
    assert (found["component"], found["component_places"]) == (component, where)
    assert (found["repairs"], found["slip"], found["repaired_key"], found["repaired_number"]) == (0, None, None, None)


REPAIR_CASES = [
    # number, differences, register, component, slip, places, repairs, why
    ("440106201503210036", {}, {RIGHT: "王小明"}, "birth_conflict", "swap", "13-14", 1, "days swapped"),
    ("440106201508120036", {"birth_date": None}, {RIGHT: "王小明"}, "birth", "digit", "12", 1, "a part nothing shows wrong"),
    ("440103201503120036", {}, {RIGHT: "王小明"}, "region", "digit", "6", 1, "another division that exists"),
    ("440106201503120037", {}, {RIGHT: "王小明"}, "check_character", "digit", "18", 1, "the check character"),
    ("440106201503120063", {"sex_code": None}, {RIGHT: "王小明"}, "sequence", "swap", "17-18", 1, "across two parts"),
    ("40106201503120036", {}, {RIGHT: "王小明"}, "length", "lost", "1-2", 1, "either of two equal digits"),
    ("4401062015031200366", {}, {RIGHT: "王小明"}, "length", "doubled", "18-19", 1, "either of two equal digits"),
    ("440106201508120036", {}, {RIGHT: "王小红"}, "birth_conflict", None, None, 0, "under another name"),
    ("440106201508120036", {}, {}, "birth_conflict", None, None, 0, "not in the register"),
    ("440106201508120036", {"name_folded": "馮小明"}, {RIGHT: "冯小明"}, "birth_conflict", "digit", "12", 1, "a variant form"),
    ("无", {"student_no": f"G{RIGHT}"}, {RIGHT: "王小明"}, "not_a_number", "student_no", None, 1, "from the G number"),
    ("440106201508120036", {"student_no": f"G{RIGHT}"}, {RIGHT: "王小明"}, "birth_conflict", "digit", "12", 1,
     "the slip is told, not the student number"),
    ("440106201503120035", {}, {RIGHT: "王小明", "440106201503120335": "王小明"}, "check", None, None, 2, "two of them"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "student", "register", "component", "slip", "where", "count", "why"),
    REPAIR_CASES,
    ids=[case[-1] for case in REPAIR_CASES],
)
def test_accepts_a_repair_that_the_register_holds(number, student, register, component, slip, where, count, why):
    found = examine({"number": number, **student}, register)
    assert tuple(found) == tuple(NUMBER_AUTOPSIES.columns)
    assert (found["component"], found["slip"], found["places"], found["repairs"]) == (component, slip, where, count)
    if count == 1:
        assert (found["repaired_number"], found["repaired_key"]) == (RIGHT, int(RIGHT[:17]))
    else:
        assert (found["repaired_number"], found["repaired_key"]) == (None, None)


def test_tells_where_the_student_number_differs():
    near = examine({"number": "440106201503120035", "student_no": "G440106201508120035"}, {})
    far = examine({"number": "440106201503120035", "student_no": "G110105201101019999"}, {})
    assert (near["student_no_places"], far["student_no_places"]) == ("12", None)


def test_no_rows_at_all_are_no_trouble():
    names = {"name_folded": pl.lit(None, pl.String), "register_name_folded": pl.lit(None, pl.String)}
    held = candidates(broken()).with_columns(**names)
    assert autopsies(broken(), repairs(under_their_names(held))).is_empty()


TEXTS = [
    # number, component, component places, student number's, slip, places, repairs, masked, text
    ("440106201503210036", "birth_conflict", None, None, "swap", "13-14", 1, "440106***********6",
     "第7至14位出生日期码与所填出生日期不符；疑似第13、14位颠倒，改正后（440106***********6）与人口信息中该姓名的登记一致，请对照户口簿核对"),
    ("440106201503120035", "check", None, None, None, None, 2, None,
     "地址码、出生日期码、顺序码未见矛盾，末位校验码或其中一位有误；有2个可能的号码与人口信息中该姓名的登记一致，无法判断，请对照户口簿核对"),
    ("44O1O6201503120X3K", "characters", "3,5,16,18", None, None, None, 0, None,
     "第3、5、16、18位为字母“O”、“X”、“K”，应为数字（末位应为数字或X）；请对照户口簿逐位核对"),
    ("440106201503120-36", "characters", "16", "16", None, None, 0, None,
     "第16位为符号或文字，应为数字；与学籍号中所含身份证号相比，第16位不同；请对照户口簿逐位核对"),
    ("44010620150312036", "length", "15-18", None, None, None, 0, None, "所填为17位，少1位（在第15至18位之中）；请对照户口簿逐位核对"),
    ("4401062015031200366", "length", None, None, None, None, 0, None, "所填为19位，多1位；请对照户口簿逐位核对"),
    ("40106201503120036", "length", "1-6", None, "lost", "1-2", 1, "440106***********6",
     "所填为17位，少1位；疑似漏填1位（正确号码的第1、2位之一），补上后（440106***********6）与人口信息中该姓名的登记一致，请对照户口簿核对"),
    ("44O106201503120036", "characters", "3", None, "letter", "3", 1, "440106***********6",
     "第3位为字母“O”，应为数字；改正后（440106***********6）与人口信息中该姓名的登记一致，请对照户口簿核对"),
    ("无", "not_a_number", None, None, "student_no", None, 1, "440106***********6",
     "所填内容不是身份证号；学籍号中所含身份证号（440106***********6）与人口信息中该姓名的登记一致，请对照户口簿核对"),
    ("无", "not_a_number", None, None, None, None, 0, None, "所填内容不是身份证号；请按户口簿填写"),
]  # fmt: skip


@pytest.mark.parametrize("case", TEXTS, ids=[case[1] for case in TEXTS])
def test_says_it_in_plain_words(case):
    *told, masked, text = case
    assert autopsy_text(Autopsy(*told), masked) == text


def test_every_slip_and_component_has_a_sentence():
    assert set(SLIPS) == set(ALL_SLIPS)
    for slip in SLIPS:
        text = autopsy_text(Autopsy(RIGHT, "check", None, None, slip, "3", 1), "440106***********6")
        assert "440106***********6" in text and "{" not in text and "20150312" not in text
    for component in COMPONENTS:
        text = autopsy_text(Autopsy(RIGHT, component, "3", None, None, None, 0), None)
        assert "{" not in text and "20150312" not in text


def test_places_are_put_together():
    assert [places_text(bits) for bits in (0, 1, 0b110, 0b1011)] == ["", "1", "2-3", "1-2,4"]
    assert places_words("1-2,4,6-9") == "第1、2、4、6至9位"


def test_numbers_are_made_of_keys():
    keys = pl.Series("key", [11010519491231002, 44052418800101001, 1, None])
    assert numbers_of(keys).to_list() == ["11010519491231002X", "440524188001010014", "00000000000000001X", None]
