"""Rows of forms files: which are taken into the ledger, which are sent back, by which rule and with which words."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from ledger_sample import (
    CITY_RUN,
    COUNTY_RUN,
    KEY,
    PROVINCE_RUN,
    UNIT,
    Ledger,
    Student,
    back,
    row,
)

from xueji.checks.form_codes import form_no
from xueji.checks.form_rules import FORM_RULES

DELIVERED = "2026-11-12"
Rows = list[dict[str, str]]
NAME = {"item": "姓名", "old": "王小明", "new": "王晓明", "evidence": "户口簿"}
ADDRESS = {"item": "现住址", "old": "旧址1号", "new": "新址2号"}
BIRTH = {"item": "csrq", "old": "20150312", "evidence": "户口簿"}
NUMBER = {"item": "身份证件号", "old": "440106201503120036", "evidence": "居民身份证"}


def entry(student: Student, on: str = "2026-11-07", **cells: str) -> Rows:
    """The rows of a form that came back and of which something was entered."""
    return [*back(student), row(student, "录入", on, **cells)]


def named(student: Student, *audits: dict[str, str]) -> Rows:
    return [*entry(student, **NAME), *audits]


# why, what is delivered of a student (by a function of him), rule and words of the row that is refused; None: all are taken
CASES: list[tuple[str, Callable[[Student], Rows], str | None, str]] = [
    ("handed out and back", back, None, ""),
    ("entered without a change", entry, None, ""),
    ("code typed with blanks, small letters and wide signs",
     lambda s: [row(s, "下发", "2026-11-05", form=s.form().lower().replace("-", "－").replace("0", "o"))], None, ""),
    ("code with a slip", lambda s: [row(s, "下发", "2026-11-05", form=slipped(s.form()))], "form_code_unreadable", "2026A1-XXXX"),
    ("no code", lambda s: [row(s, "下发", "2026-11-05", form="")], "form_code_unreadable", ""),
    ("never printed", lambda s: [row(s, "下发", "2026-11-05", form=form_no(KEY, "2026A1", s.record_key, 9))], "form_unknown", ""),
    ("another student's number", lambda s: [row(s, "下发", "2026-11-05", student_no="G1")], "form_other_student", "另一名学生"),
    ("no student number given", lambda s: [row(s, "下发", "2026-11-05", student_no="")], None, ""),
    ("no such step", lambda s: [row(s, "发放", "2026-11-05")], "form_step_unknown", "下发、回收、录入、学校审核、部门审核、归档"),
    ("photos have their own files", lambda s: [row(s, "拍照上传", "2026-11-05")], "form_step_unknown", ""),
    ("date in words", lambda s: [row(s, "下发", "十一月五日")], "form_date_unreadable", "2026-11-20"),
    ("no such day", lambda s: [row(s, "下发", "2026-11-31")], "form_date_unreadable", ""),
    ("day after delivery", lambda s: [row(s, "下发", "2026-11-13")], "form_date_future", "2026-11-13晚于文件送达日期2026-11-12"),
    ("nobody did it", lambda s: [row(s, "下发", "2026-11-05", person="　")], "form_person_missing", "经办人"),
    ("before every window", lambda s: [row(s, "下发", "2026-10-31")], "form_outside_window", "2026-11-01至2026-11-20、2026-11-05至2026-12-31"),
    ("handed out while only printing is open", lambda s: [row(s, "下发", "2026-11-03")], None, ""),
    ("taken back before entry opens", lambda s: [row(s, "下发", "2026-11-03"), row(s, "回收", "2026-11-04")],
     "form_outside_window", "录入修改2026-11-05至2026-12-31"),
    ("handed out before it was printed", lambda s: [row(s, "下发", "2026-11-01")], "form_order", "须在打印（2026-11-02）之后"),
    ("back, never handed out", lambda s: [row(s, "回收", "2026-11-06")], "form_order", "回收须在下发之后"),
    ("back before it was handed out", lambda s: [row(s, "下发", "2026-11-07"), row(s, "回收", "2026-11-06")], "form_order", "下发（2026-11-07）"),
    ("entered, never back", lambda s: [row(s, "下发", "2026-11-05"), row(s, "录入", "2026-11-07")], "form_order", "录入须在回收之后"),
    ("entered on a day before it came back", lambda s: [*back(s), row(s, "录入", "2026-11-05")], "form_order", "回收（2026-11-06）"),
    ("back with a word nobody knows", lambda s: [row(s, "下发", "2026-11-05"), row(s, "回收", "2026-11-06", verdict="收了")],
     "form_verdict_unknown", "已签字或查无此人"),
    ("no such child", lambda s: [row(s, "下发", "2026-11-05"), row(s, "回收", "2026-11-06", verdict="查无此人")], None, ""),
    ("no such child, and then entered",
     lambda s: [row(s, "下发", "2026-11-05"), row(s, "回收", "2026-11-06", verdict="查无此人"), row(s, "录入", "2026-11-07")], "form_order", ""),
    ("no such child, found later",
     lambda s: [row(s, "下发", "2026-11-05"), row(s, "回收", "2026-11-06", verdict="查无此人"), row(s, "回收", "2026-11-08")], None, ""),
    ("signed, no such child later", lambda s: [*back(s), row(s, "回收", "2026-11-08", verdict="查无此人")], "form_repeated", "同一回收"),
    ("handed out twice", lambda s: [row(s, "下发", "2026-11-05"), row(s, "下发", "2026-11-06")], "form_repeated", "同一下发"),
    ("rows in any order", lambda s: [row(s, "录入", "2026-11-07"), *reversed(back(s))], None, ""),
    ("item nobody knows", lambda s: entry(s, item="星座", new="双鱼"), "form_item_unknown", ""),
    ("value without item", lambda s: entry(s, new="双鱼"), "form_item_unknown", ""),
    ("item by its code", lambda s: entry(s, item="xzz", old="旧址1号", new="新址2号"), None, ""),
    ("old value not as printed", lambda s: entry(s, item="现住址", old="别处", new="新址2号"), "form_old_value", "现住址的原值"),
    ("old value left out", lambda s: entry(s, item="现住址", new="新址2号"), "form_old_value", ""),
    ("old value by its code", lambda s: entry(s, item="性别", old="1", new="2", evidence="户口簿"), None, ""),
    ("nothing printed, nothing old", lambda s: entry(s, item="籍贯", new="广东"), None, ""),
    ("new value as printed", lambda s: entry(s, item="民族", old="汉族", new="01", evidence="户口簿"), "form_no_change", "民族"),
    ("required item cleared", lambda s: entry(s, item="现住址", old="旧址1号"), "form_new_value", "不能为空"),
    ("sex out of the list", lambda s: entry(s, item="性别", old="男", new="不详", evidence="户口簿"), "form_new_value", "不在可选范围内"),
    ("nation out of the list", lambda s: entry(s, item="民族", old="汉族", new="汉人", evidence="户口簿"), "form_new_value", "民族的新值"),
    ("nation by its short name", lambda s: entry(s, item="民族", old="汉", new="回", evidence="户口簿"), None, ""),
    ("country by three letters", lambda s: entry(s, item="国籍/地区", old="CHN", new="USA", evidence="护照"), None, ""),
    ("name with a digit", lambda s: entry(s, **NAME | {"new": "王小2"}), "form_new_value", "数字或不应出现的符号"),
    ("name of one character", lambda s: entry(s, **NAME | {"new": "王"}), "form_new_value", "只有一个字"),
    ("no name", lambda s: entry(s, **NAME | {"new": "未知"}), "form_new_value", "占位"),
    ("name with a stand-in", lambda s: entry(s, **NAME | {"new": "王□明"}), "form_new_value", "替代符号"),
    ("name of a minority", lambda s: entry(s, **NAME | {"new": "阿依古丽·买买提"}), None, ""),
    ("birth date as eight digits", lambda s: entry(s, **BIRTH, new="20150321"), None, ""),
    ("no such birth date", lambda s: entry(s, **BIRTH, new="20150231"), "form_new_value", "不是日期"),
    ("born after delivery", lambda s: entry(s, **BIRTH, new="2027-01-01"), "form_new_value", "晚于"),
    ("month that is none", lambda s: entry(s, item="入学年月", new="2026年"), "form_new_value", "不是年月"),
    ("number with a wrong check character", lambda s: entry(s, **NUMBER, new="440106201503120037"), "form_new_value", "校验码"),
    ("number of fifteen digits", lambda s: entry(s, **NUMBER, new="440106150312003"), "form_new_value", "15位"),
    ("number with a letter", lambda s: entry(s, **NUMBER, new="44010620150312003A"), "form_new_value", "其他字符"),
    ("number of another document", lambda s: entry(s, item="身份证件类型", old="居民身份证", new="护照", evidence="护照")
     + [row(s, "录入", "2026-11-07", **NUMBER | {"evidence": "护照", "new": "E12345678"})], None, ""),
    ("number in small letters", lambda s: entry(s, **NUMBER, new="11010519491231002x"), None, ""),
    ("key data without evidence", lambda s: entry(s, **NAME | {"evidence": ""}), "form_evidence_missing", "姓名是关键数据"),
    ("key data with a certificate of attendance", lambda s: entry(s, **NAME | {"evidence": "在校证明"}), "form_evidence_missing", ""),
    ("evidence nobody knows", lambda s: entry(s, **NAME | {"evidence": "户口簿、口头说明"}), "form_evidence_unknown", "居民身份证"),
    ("several kinds of evidence", lambda s: entry(s, **NAME | {"evidence": "居民身份证,户口簿"}), None, ""),
    ("other items need no evidence", lambda s: entry(s, **ADDRESS), None, ""),
    ("no number yet, certificate", lambda s: entry(s, item="身份证件号", evidence="在校证明"), None, ""),
    ("no number yet, receipt", lambda s: entry(s, item="身份证件号", evidence="户籍部门回执"), None, ""),
    ("no number and nothing in its place", lambda s: entry(s, item="身份证件号", old="440106201503120036"), "form_new_value", "在校证明或户籍部门回执"),
    ("number with a receipt", lambda s: entry(s, **NUMBER | {"evidence": "户籍部门回执"}, new="11010519491231002X"), None, ""),
    ("same row twice", lambda s: [*entry(s, **ADDRESS), row(s, "录入", "2026-11-07", **ADDRESS)], "form_repeated", "同一录入"),
    ("entered anew with another value", lambda s: [*entry(s, **ADDRESS), row(s, "录入", "2026-11-08", **ADDRESS | {"new": "新址3号"})], None, ""),
    ("audited by the county", lambda s: named(s, row(s, "部门审核", "2026-11-08", item="姓名", office="440106", verdict="通过")), None, ""),
    ("audited by the county, twelve digits",
     lambda s: named(s, row(s, "部门审核", "2026-11-08", item="姓名", office="440106000000", verdict="通过")), None, ""),
    ("audit without a word", lambda s: named(s, row(s, "部门审核", "2026-11-08", item="姓名", office="440106")),
     "form_verdict_unknown", "通过或不通过"),
    ("audit of no item", lambda s: named(s, row(s, "部门审核", "2026-11-08", office="440106", verdict="通过")), "form_audit_item", "逐条"),
    ("audited by another county", lambda s: named(s, row(s, "部门审核", "2026-11-08", item="姓名", office="440105", verdict="通过")),
     "form_wrong_office", "应由县级学籍主管部门440106审核"),
    ("audited by nobody", lambda s: named(s, row(s, "部门审核", "2026-11-08", item="姓名", verdict="通过")), "form_wrong_office", "440106"),
    ("key data audited by the school", lambda s: named(s, row(s, "学校审核", "2026-11-08", item="姓名", verdict="通过")), "form_wrong_office", ""),
    ("other items audited by the county",
     lambda s: [*entry(s, **ADDRESS), row(s, "部门审核", "2026-11-08", item="现住址", office="440106", verdict="通过")],
     "form_wrong_office", f"应由学校{COUNTY_RUN}审核"),
    ("other items audited by the school", lambda s: [*entry(s, **ADDRESS), row(s, "学校审核", "2026-11-08", verdict="通过")], None, ""),
    ("one other item audited by the school",
     lambda s: [*entry(s, **ADDRESS), row(s, "学校审核", "2026-11-08", item="现住址", verdict="通过", office=COUNTY_RUN)], None, ""),
    ("audited by another school", lambda s: [*entry(s, **ADDRESS), row(s, "学校审核", "2026-11-08", verdict="通过", office=CITY_RUN)],
     "form_wrong_office", f"学校{COUNTY_RUN}"),
    ("audited before entry", lambda s: [*back(s), row(s, "部门审核", "2026-11-08", item="姓名", office="440106", verdict="通过")],
     "form_order", "该项录入"),
    ("audited on a day before entry",
     lambda s: [*entry(s, "2026-11-09", **NAME), row(s, "部门审核", "2026-11-08", item="姓名", office="440106", verdict="通过")], "form_order", ""),
    ("audited twice", lambda s: named(s, *[
        row(s, "部门审核", f"2026-11-{on}", item="姓名", office="440106", verdict="通过") for on in ("08", "09")]), "form_not_pending", "该项已审核"),
    ("sent back and passed without a new entry", lambda s: named(s, *[
        row(s, "部门审核", on, item="姓名", office="440106", verdict=word) for on, word in (("2026-11-08", "不通过"), ("2026-11-09", "通过"))]),
     "form_not_pending", ""),
    ("sent back, entered anew and passed, all on a day", lambda s: named(
        s, row(s, "部门审核", "2026-11-07", item="姓名", office="440106", verdict="不通过"),
        row(s, "录入", "2026-11-07", **NAME | {"new": "王小民"}),
        row(s, "部门审核", "2026-11-07", item="姓名", office="440106", verdict="通过")), None, ""),
    ("audits before entries in the file", lambda s: [
        row(s, "部门审核", "2026-11-07", item="姓名", office="440106", verdict="通过"), *named(s)], None, ""),
    ("school head twice, nothing new", lambda s: [
        *entry(s, **ADDRESS), *(row(s, "学校审核", f"2026-11-{on}", verdict="通过") for on in ("08", "09"))], "form_not_pending", "没有新的录入"),
    ("archived, never entered", lambda s: [*back(s), row(s, "归档", "2026-11-11")], "form_order", "归档须在录入之后"),
    ("archived with an audit to come", lambda s: [*named(s), row(s, "归档", "2026-11-11")], "form_audits_pending", "还有1个项目"),
    ("archived before the audit", lambda s: named(
        s, row(s, "部门审核", "2026-11-12", item="姓名", office="440106", verdict="通过"), row(s, "归档", "2026-11-11")),
     "form_order", "审核（2026-11-12）"),
    ("archived before the photo", lambda s: [*entry(s), row(s, "归档", "2026-11-09")], "form_photo_missing", "照片"),
    ("archived", lambda s: [*entry(s), row(s, "归档", "2026-11-11")], None, ""),
    ("archived twice", lambda s: [*entry(s), row(s, "归档", "2026-11-11"), row(s, "归档", "2026-11-12")], "form_repeated", ""),
    ("a note does no harm", lambda s: [row(s, "下发", "2026/11/5", note="补发")], None, ""),
]  # fmt: skip


OFFICES = [
    # school, office that audits its students' key data, who should have
    (COUNTY_RUN, "440106", None),
    (CITY_RUN, "440106", "市级学籍主管部门440100"),
    (CITY_RUN, "440100", None),
    (PROVINCE_RUN, "44", None),
    (PROVINCE_RUN, "440000", None),
    (PROVINCE_RUN, "440100", "省级学籍主管部门44"),
]


def audited_by(office: str) -> Callable[[Student], Rows]:
    return lambda s: named(s, row(s, "部门审核", "2026-11-08", item="姓名", office=office, verdict="通过"))


def slipped(form: str) -> str:
    return form[:-1] + ("1" if form[-1] != "1" else "2")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[tuple[str, str, str | None]]]:
    """Rule, reason and value of the refused rows of each of `CASES` and `OFFICES`, delivered all at once."""
    ledger = Ledger(tmp_path_factory.mktemp("cases"))
    given = [(COUNTY_RUN, case[1]) for case in CASES] + [(school, audited_by(office)) for school, office, _ in OFFICES]
    students = [Student(place, school) for place, (school, _) in enumerate(given, start=1)]
    ledger.prepare(students)
    ledger.photos(students)
    rows, owners = [], []
    for student, (_, delivered) in zip(students, given, strict=True):
        of_student = delivered(student)
        rows += of_student
        owners += [student.place] * len(of_student)
    ledger.deliver(DELIVERED, rows)
    accepted = ledger.take(DELIVERED)
    found: dict[int, list[tuple[str, str, str | None]]] = {student.place: [] for student in students}
    refused = ledger.rows("quarantine", '"row"')
    for each in refused:
        found[owners[each["row"] - 2]].append((each["rule_id"], each["reason"], each["value"]))
    assert accepted + len(refused) == len(rows)
    return found


@pytest.mark.parametrize("place", range(len(CASES)), ids=[case[0] for case in CASES])
def test_takes_and_refuses(judged, place):
    _, _, rule_id, words = CASES[place]
    refused = judged[place + 1]
    assert [rule for rule, *_ in refused] == ([] if rule_id is None else [rule_id])
    for _, reason, value in refused:
        assert words in reason
        assert "王" not in reason and "址" not in reason.replace("现住址", "") and "1503" not in reason, (
            "no personal value in a reason"
        )
        assert value != ""


def test_every_rule_has_words_and_a_remedy():
    for rule in FORM_RULES.values():
        assert rule.sentence and rule.remedy
        assert rule.id.startswith("form_")


@pytest.mark.parametrize("place", range(len(OFFICES)), ids=[f"{case[0]} by {case[1]}" for case in OFFICES])
def test_key_data_are_audited_by_the_schools_authority(judged, place):
    *_, expected = OFFICES[place]
    refused = [(rule, reason) for rule, reason, _ in judged[len(CASES) + place + 1]]
    assert refused == ([] if expected is None else [("form_wrong_office", f"姓名应由{expected}审核")])


AWAY, MOVING, HERE, GONE, RENEWED, AGAIN, DONE, FOREIGN, LATE = (Student(place) for place in range(1, 10))
FIRST, SECOND, TOO_LATE = "2026-11-10", "2026-11-11", "2027-01-05"
NIGHTS: dict[str, list[tuple[Student, Rows]]] = {
    FIRST: [
        (GONE, entry(GONE)),
        (RENEWED, [row(RENEWED, "下发", "2026-11-05")]),
        (AGAIN, entry(AGAIN, **ADDRESS)),
    ],
    SECOND: [
        (AGAIN, [*entry(AGAIN, **ADDRESS), row(AGAIN, "学校审核", "2026-11-08", verdict="不通过")]),
        (DONE, [*entry(DONE), row(DONE, "归档", "2026-11-11")]),
    ],
    DELIVERED: [
        *((student, [row(student, "下发", "2026-11-05")]) for student in (AWAY, MOVING, HERE)),
        (GONE, [row(GONE, "录入", "2026-11-11", **ADDRESS), row(GONE, "归档", "2026-11-11")]),
        (RENEWED, [row(RENEWED, "回收", "2026-11-06"), row(RENEWED, "下发", "2026-11-12", form=RENEWED.form(2))]),
        (AGAIN, [row(AGAIN, "录入", on, **ADDRESS | {"new": "新址3号"}) for on in ("2026-11-07", "2026-11-09")]),
        (DONE, [row(DONE, "录入", "2026-11-12", **ADDRESS)]),
    ],
    TOO_LATE: [(LATE, back(LATE))],
}


@dataclass
class Outcome:
    """What became of a student's rows: nights on which one was taken; night, rule and reason of each that was refused."""

    taken: list[str] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[Student, Outcome]:
    """`NIGHTS` one after the other; before the third the record of one student goes. One form is delivered by another unit."""
    ledger = Ledger(tmp_path_factory.mktemp("nights"))
    students = (AWAY, MOVING, HERE, GONE, RENEWED, AGAIN, DONE, FOREIGN, LATE)
    ledger.prepare(students, out_of_school=[AWAY])
    ledger.photos([GONE, DONE])
    ledger.editions([*(ledger.edition(student) for student in students), ledger.edition(RENEWED, 2, SECOND)])
    ledger.fill(
        "business",
        [{"unit_code": UNIT, "business_no": "1", "kind": "transfer", "state": "open", "student_no": MOVING.student_no}],
    )
    found, owners, count = {student: Outcome() for student in students}, {}, 0
    for night, delivered in NIGHTS.items():
        owned = [(student, each) for student, rows in delivered for each in rows]
        ledger.deliver(night, [each for _, each in owned])
        owners |= {(night, UNIT, place): student for place, (student, _) in enumerate(owned, start=2)}
        if night == DELIVERED:
            ledger.deliver(night, back(FOREIGN), unit="45")
            owners |= {(night, "45", place): FOREIGN for place in (2, 3)}
            ledger.students([student for student in students if student != GONE], out_of_school=[AWAY])
        if night != FIRST:  # the first is made up for on the second
            count += ledger.take(night)
    by_key = {student.record_key: student for student in students}
    for each in ledger.rows("form_events"):
        found[by_key[str(each["record_key"])]].taken.append(str(each["date"]))
    for each in ledger.rows("quarantine", '"date", "row"'):
        night = str(each["date"])
        owner = owners[night, str(each["unit_code"]), each["row"]]
        found[owner].refused.append((night, str(each["rule_id"]), str(each["reason"])))
    assert count == sum(len(outcome.taken) for outcome in found.values())
    assert len(owners) == count + sum(len(outcome.refused) for outcome in found.values())
    return found


def test_a_late_file_is_refused_with_its_day(outcomes):
    assert outcomes[LATE].taken == []
    late = "导出确认表、录入修改窗口已于2026-12-31关闭，文件2027-01-05送达"
    assert outcomes[LATE].refused == [
        (TOO_LATE, "form_late", late),
        (TOO_LATE, "form_late", "录入修改窗口已于2026-12-31关闭，文件2027-01-05送达"),
    ]


def test_a_file_of_another_unit_is_refused(outcomes):
    assert outcomes[FOREIGN].taken == []
    assert outcomes[FOREIGN].refused == [(DELIVERED, "form_other_unit", "确认表属于44，不属于报送单位45")] * 2


def test_an_excluded_student_has_something_to_do_first(outcomes):
    assert [len(outcomes[student].taken) for student in (AWAY, MOVING, HERE)] == [0, 0, 1]
    assert outcomes[AWAY].refused == [
        (DELIVERED, "form_excluded", "该生不在核查范围，非在校生状态：按程序恢复为在校生状态后核对"),
    ]
    assert outcomes[MOVING].refused == [
        (DELIVERED, "form_excluded", "该生不在核查范围，转学正在办理：办结后由学籍所在学校核对"),
    ]


def test_a_record_that_is_gone_takes_no_new_steps_but_finishes(outcomes):
    assert outcomes[GONE].taken.count(DELIVERED) == 1
    assert outcomes[GONE].refused == [(DELIVERED, "form_record_gone", "学籍记录已不在该校：不能再录入")]


def test_a_superseded_edition_is_refused_from_the_day_of_the_new_one(outcomes):
    assert sorted(outcomes[RENEWED].taken) == [FIRST, DELIVERED]
    superseded = "确认表已于2026-11-11重新打印为第2版，此为第1版"
    assert outcomes[RENEWED].refused == [(DELIVERED, "form_superseded", superseded)]


def test_what_came_before_counts_and_what_comes_again_does_not(outcomes):
    assert len(outcomes[AGAIN].taken) == 5
    assert [(night, rule) for night, rule, _ in outcomes[AGAIN].refused[:-1]] == [(SECOND, "form_repeated")] * 3
    late = (DELIVERED, "form_order", "顺序有误：录入须在该项审核（2026-11-08）之后")
    assert outcomes[AGAIN].refused[-1] == late


def test_nothing_is_taken_after_the_archive(outcomes):
    assert outcomes[DONE].taken == [SECOND] * 4
    assert outcomes[DONE].refused == [(DELIVERED, "form_archived", "确认表已于2026-11-11归档，不再接收录入")]


def test_a_night_run_again_gives_the_same_and_an_idle_one_does_nothing(tmp_path):
    ledger, student = Ledger(tmp_path), Student()
    ledger.prepare([student])
    assert ledger.take("2026-11-09") == 0
    assert ledger.engine.version("form_events") is None
    ledger.deliver("2026-11-10", back(student))
    ledger.deliver(DELIVERED, [row(student, "录入", "2026-11-07"), row(student, "回收", "2026-11-08")])
    ledger.take(DELIVERED)
    before = {table: ledger.rows(table) for table in ("form_events", "quarantine", "deliveries")}
    version = ledger.engine.version("form_events")
    ledger.take("2026-11-13")
    assert ledger.engine.version("form_events") == version
    ledger.take(DELIVERED)
    assert {table: ledger.rows(table) for table in before} == before
    totals = [
        (each["rows_delivered"], each["rows_accepted"], each["rows_quarantined"]) for each in before["deliveries"]
    ]
    assert totals == [(2, 2, 0), (2, 1, 1)]
