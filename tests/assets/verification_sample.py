"""A unit in the middle of a campaign, table by table: every sheet of the workbooks of verification has something to say."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from xueji.assets.engine import Engine
from xueji.assets.records import create_from, frame_of
from xueji.assets.verification_sources import MatterWords, Words

NIGHT, NEXT, CLOSED = "2026-11-20", "2026-11-21", "2027-01-05"
UNIT, CAMPAIGN = "52", "2026A1"
SCHOOL, OTHER, CITY_RUN, PROVINCE_RUN, QUIET = "2152000001", "2152000002", "3152000003", "3452000004", "2152000005"
HOSTILE = "=cmd|' /C calc'!A1"
WORDS = Words(
    {
        "transfer_open": MatterWords("转学超期未办结", "county", "督促办结", "business"),
        "attends_elsewhere": MatterWords(
            "学籍在其他学校", "school", "办理转学，或安排回学籍所在学校就读", "completeness"
        ),
        "school_absent": MatterWords("系统漏登学校", "county", "补建学校账户", "completeness"),
        "not_in_school": MatterWords("非在校生状态", "school", "按程序恢复为在校生状态后核对", "campaign"),
        "forms_overdue": MatterWords("确认表进度滞后", "county", "督促学校", "campaign"),
    },
    {"to_ask": "待家长提供", "number_entered": "已录入身份证件号"},
    {"form_not_back": "确认表未交回", "name_mismatch": "姓名与身份证件号不匹配"},
)
SCHOOLS = [
    # code, name, county, city, level
    (SCHOOL, "示例小学", "520102", "520100", "county"),
    (OTHER, "第二示例小学", "520102", "520100", "county"),
    (CITY_RUN, "市直示例中学", "520103", "520100", "city"),
    (PROVINCE_RUN, "省直示例中学", "520103", "520100", "province"),
    (QUIET, "无事小学", "520103", "520100", "county"),
]


def day(text: str) -> date:
    return date.fromisoformat(text)


def make(engine: Engine, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    with engine.connection() as connection:
        create_from(connection, "given", frame_of(name, rows))
        engine.replace_table(name, "select * from given", connection)


def student(school: str, place: int, name: str, **form: object) -> dict[str, object]:
    """One student of class 2 (the sixth year), whose form is printed and handed out, with her form's other steps."""
    number = f"G52010220150312{school[-1]}{place:03}"
    return {
        "unit_code": UNIT, "campaign": CAMPAIGN, "school_code": school, "record_key": f"{school}/{number}", "student_no": number,
        "name": name, "grade": 6, "class_no": "2", "is_due": True, "form_no": f"F{school[-1]}{place:03}", "edition": 1,
        "printed_on": day("2026-11-02"), "issued_on": day("2026-11-03"), "audits_pending": 0, "sent_back": 0, "is_not_here": False,
    } | form  # fmt: skip


BACK = {"returned_on": day("2026-11-05"), "collected_by": "周老师"}
ENTERED = {**BACK, "entered_on": day("2026-11-06"), "entered_by": "吴录入"}
DONE = {
    **ENTERED, "audited_on": day("2026-11-09"), "audited_by": "郑审核", "is_right_first_time": True, "uploaded_on": day("2026-11-10"),
    "archived_on": day("2026-11-12"),
}  # fmt: skip
STUDENTS = [
    student(SCHOOL, 1, "欧阳小明", **DONE),
    student(SCHOOL, 2, "未回收甲"),
    student(SCHOOL, 3, HOSTILE, **BACK),
    student(SCHOOL, 4, "未传照片乙", **ENTERED, audits_pending=1, sent_back=1),
    student(SCHOOL, 5, "全班丙", grade=1, class_no="10"),
    student(SCHOOL, 6, "全班丁", grade=1, class_no="10"),
    student(SCHOOL, 7, "暂不核查戊", is_due=False, exclusion="not_in_school", form_no=None, printed_on=None, issued_on=None),
    student(SCHOOL, 8, "查无此人己", is_not_here=True),
    student(OTHER, 1, "他校学生庚", **ENTERED, audits_pending=1),
    student(CITY_RUN, 1, "市直学生辛", **ENTERED, audits_pending=1),
    student(PROVINCE_RUN, 1, "省直学生壬", **ENTERED, audits_pending=1),
    student(QUIET, 1, "无事学生癸", **DONE),
    student("9999999999", 1, "学校不详子"),
]  # fmt: skip


def change(of: dict[str, object], field: str, old: str, new: str, level: str, office: str, **more: object) -> dict:
    return {
        "unit_code": UNIT, "campaign": CAMPAIGN, "school_code": of["school_code"], "record_key": of["record_key"], "form_no": of["form_no"],
        "field": field, "is_key": level != "school", "old_value": old, "new_value": new, "entered_on": day("2026-11-06"),
        "entered_by": "吴录入", "evidence": "户口簿", "audit_level": level, "office_code": office, "state": "pending",
    } | more  # fmt: skip


CHANGES = [
    change(STUDENTS[3], "xm", "未传照片乙", "未传照片一", "county", "520102"),
    change(STUDENTS[3], "xzz", "旧地址", "=1+1", "school", SCHOOL, state="sent_back", audited_on=day("2026-11-10"), evidence=None),
    change(STUDENTS[8], "csrq", "2015-03-12", "2015-03-21", "county", "520102"),
    change(STUDENTS[9], "xm", "市直学生辛", "市直学生新", "city", "520100"),
    change(STUDENTS[10], "xm", "省直学生壬", "省直学生任", "province", "52"),
    change(STUDENTS[0], "xzz", "甲", "乙", "school", SCHOOL, state="passed"),
]  # fmt: skip
MATTERS = [
    ("not_in_school", SCHOOL, f"{SCHOOL}/{STUDENTS[6]['student_no']}", STUDENTS[6]["student_no"], "暂不核查戊", "学籍状态为休学"),
    ("attends_elsewhere", SCHOOL, f"{OTHER}/G520102201503129999", "G520102201503129999", "他校在册丑", "学籍在第二示例小学"),
    ("transfer_open", OTHER, "ZX52001", STUDENTS[8]["student_no"], "他校学生庚", "转学申请已超过10个工作日"),
    ("school_absent", None, "示例武术学校", None, None, "示例武术学校经批准设立，系统中没有"),
    ("forms_overdue", CITY_RUN, CITY_RUN, None, None, "距窗口关闭不足5个工作日，尚有1份未拍照上传"),
]  # fmt: skip
NUMBERS = [
    (STUDENTS[1], "L52010220150312001", None, "to_ask", None, False, "form_not_back"),
    (STUDENTS[0], "L52010220150312002", "520102201503120013", "number_entered", "G", True, None),
    (STUDENTS[8], "L52010220150312003", "520102201503120021", "number_entered", None, False, "name_mismatch"),
]
COUNTIES = {code: county for code, _, county, *_ in SCHOOLS}


def fill(engine: Engine) -> None:
    """Write the tables as they stand on NIGHT."""
    make(engine, "core_schools", [
        {"school_code": code, "school_name": name, "unit_code": UNIT, "county_code": county, "city_code": city, "authority_level": level}
        for code, name, county, city, level in SCHOOLS
    ])  # fmt: skip
    make(engine, "campaign_windows", [
        {"unit_code": UNIT, "campaign": CAMPAIGN, "campaign_name": "2026年秋季学期数据质量核查", "switch": switch, "region_code": UNIT,
         "opens_on": day("2026-11-01"), "closes_on": day("2026-12-31")}
        for switch in ("export", "entry")
    ])  # fmt: skip
    fill_students(engine, STUDENTS)
    make(engine, "form_changes", [row | {"county_code": COUNTIES.get(str(row["school_code"]))} for row in CHANGES])
    fill_matters(engine, MATTERS)
    make(engine, "number_batch", [
        {"unit_code": UNIT, "campaign": CAMPAIGN, "county_code": COUNTIES[str(of["school_code"])], "school_code": of["school_code"],
         "record_key": of["record_key"], "student_no": number, "name": of["name"], "id_number": id_number, "number_class": letter,
         "stage": stage, "is_eligible": may, "reason": reason}
        for of, number, id_number, stage, letter, may, reason in NUMBERS
    ])  # fmt: skip
    make(engine, "storage_plan", [
        {"date": day(NIGHT), "unit_code": UNIT, "students_due": 12, "photos": 2, "mean_bytes": 120_000.0, "needed_bytes": 1_440_000,
         "required_bytes": 2_000_000_000, "capacity_bytes": 1_000_000_000, "used_bytes": 500_000_000, "daily_bytes": 10_000_000,
         "full_on": day("2027-01-09"), "alarm": "short"}
    ])  # fmt: skip
    make(engine, "quarantine", [
        {"date": day(NIGHT), "unit_code": UNIT, "kind": "forms", "file": "forms.csv", "row": 7, "column": "新值", "value": HOSTILE,
         "reason": "新值不是有效日期", "rule_id": "form_value"},
        {"date": day(NIGHT), "unit_code": UNIT, "kind": "photos", "file": "photos.csv", "row": None, "column": None, "value": None,
         "reason": "缺少列：sha256", "rule_id": None},
        {"date": day(NIGHT), "unit_code": "00", "kind": "campaigns", "file": "campaigns.csv", "row": 2, "column": "关闭日期",
         "value": "2026-13-01", "reason": "关闭日期“2026-13-01”不是有效日期", "rule_id": "campaign_date"},
        {"date": day(NIGHT), "unit_code": UNIT, "kind": "students", "file": "students.csv", "row": 3, "reason": "不在本表"},
    ])  # fmt: skip


def fill_students(engine: Engine, students: Sequence[dict]) -> None:
    make(engine, "core_forms", [
        row | {"county_code": COUNTIES.get(str(row["school_code"])), "city_code": "520100"} for row in students
    ])  # fmt: skip
    make(engine, "core_students", [
        {"unit_code": UNIT, "content_hash": place, "school_code": row["school_code"], "student_no": row["student_no"], "name": row["name"],
         "grade": row["grade"], "class_no": row["class_no"], "patch_no": 0, "is_withdrawn": False}
        for place, row in enumerate(students)
    ])  # fmt: skip


def fill_matters(engine: Engine, matters: Sequence[tuple]) -> None:
    make(engine, "verification_matters", [
        {"unit_code": UNIT, "matter": matter, "campaign": CAMPAIGN, "county_code": COUNTIES.get(school or "", "520102"),
         "school_code": school, "subject": subject, "student_no": number, "name": name, "grade": 6 if name else None,
         "class_no": "2" if name else None, "reason": reason, "first_seen": day("2026-11-16"), "last_seen": day(NIGHT)}
        for matter, school, subject, number, name, reason in matters
    ])  # fmt: skip


def engine_at(home: Path) -> Engine:
    return Engine(home=str(home), threads=1)
