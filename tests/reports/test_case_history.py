"""A case's history as text: aligned, masked, complete."""

from dataclasses import replace
from datetime import date

import pytest
from rich.cells import cell_len

from xueji.reports.case_history import (
    CaseHead,
    CaseHistory,
    Event,
    EvidenceFile,
    Party,
    aligned,
    mask_student_no,
    render_case_history,
)

HEAD = CaseHead(
    case_no="XJ44-261120-000123",
    problem_type="DUP_ID",
    state="待审核",
    state_meaning="学校已提交，待学籍主管部门审核",
    unit="广东省",
    county="天河区",
    school="示例小学",
    school_code="2144000001",
    student_no="G440106201503120036",
    name="王小明",
    id_number="440106201503120036",
    first_seen=date(2026, 11, 20),
    last_seen=date(2026, 12, 1),
    due_date=date(2026, 12, 15),
    disposition="佐证",
    closed_on=None,
)
OPENED = Event(date(2026, 11, 20), "发现问题，下发到学校", None, "待处理", "system", None, "duplicate_id:same_person")
ANSWERED = Event(date(2026, 12, 1), "学校佐证", "待处理", "待审核", "school", "returns/44/2144000001.xlsx#7", "已核对")
NOTED = Event(date(2026, 12, 1), "案件延续", "待审核", "待审核", "system", None, None)
SCAN = EvidenceFile(date(2026, 12, 1), "户口簿", "image/jpeg", 204_800, "5f2c" * 16)
HISTORY = CaseHistory(HEAD, [Party("XJ51-261120-000007", "已解决")], [OPENED, ANSWERED, NOTED], [SCAN])


def test_says_everything_in_order():
    assert (
        render_case_history(HISTORY)
        == """\
案件编号    XJ44-261120-000123
问题类型    身份证号重复（DUP_ID）
状态        待审核：学校已提交，待学籍主管部门审核
省级单位    广东省
县级单位    天河区
学校        示例小学（2144000001）
学籍号      G440106***********6
姓名        王＊＊
身份证件号  440106***********6
首次发现    2026-11-20
最近发现    2026-12-01
办理期限    2026-12-15
处理方式    佐证
办结日期    —

同一重复组的其他案件
案件编号            状态
XJ51-261120-000007  已解决

办理经过
日期        事项                  状态变化         办理方  来源                          说明
2026-11-20  发现问题，下发到学校  待处理           系统    —                             duplicate_id:same_person
2026-12-01  学校佐证              待处理 → 待审核  学校    returns/44/2144000001.xlsx#7  已核对
2026-12-01  案件延续              待审核           系统    —                             —

证明材料
日期        材料    类型        大小    sha256
2026-12-01  户口簿  image/jpeg  200 KB  5f2c5f2c5f2c"""
    )


def test_what_others_wrote_does_not_tell_the_person():
    told = replace(ANSWERED, note="王小明 440106201503120036 学籍号G440106201503120036", source="王小明.xlsx#7")
    text = render_case_history(replace(HISTORY, events=[told]))
    assert "小明" not in text and "20150312" not in text


def test_what_is_not_known_and_what_is_not_there_is_left_open():
    nothing = dict.fromkeys(("county", "school", "school_code", "student_no", "name", "id_number", "due_date", "last_seen", "disposition"))  # fmt: skip
    text = render_case_history(CaseHistory(replace(HEAD, **nothing, closed_on=date(2026, 12, 2)), [], [], []))
    assert text.count("\n") == 13 and "None" not in text and "2026-12-02" in text


@pytest.mark.parametrize("text", ["一行\n两行", "\x1b[31m红\x07", "全　角", "", "naïve"], ids=range(5))
def test_columns_stay_aligned_whatever_a_cell_holds(text):
    first, second = aligned([("头", "b"), (text, "b")]).split("\n")
    assert cell_len(first) == cell_len(second) and not {"\x1b", "\x07"} & set(first + second)


@pytest.mark.parametrize(
    ("number", "masked"), [("G440106201503120036", "G440106***********6"), ("L1", "L*"), ("G", "*")]
)
def test_a_student_number_is_masked_like_the_number_in_it(number, masked):
    assert mask_student_no(number) == masked
