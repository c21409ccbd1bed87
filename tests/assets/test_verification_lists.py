"""The workbooks of verification of a night: who gets one, what stands in it, whose students, and when it is written anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import verification_sample as sample
from openpyxl import Workbook, load_workbook

from xueji.assets.engine import Engine
from xueji.assets.verification_lists import write_verification_lists
from xueji.reports.verification_layout import HEAD_LINES

FOLDER = Path("verification") / sample.NIGHT
SCHOOL_FILE = f"52/520102/{sample.SCHOOL}.xlsx"
COUNTY_FILE, CITY_FILE, PROVINCE_FILE = "52/county-520102.xlsx", "52/city-520100.xlsx", "52/province-52.xlsx"
NUMBERS_FILE, REJECTS_FILE = "52/numbers-52.xlsx", "52/rejects.xlsx"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = sample.engine_at(tmp_path)
    sample.fill(engine)
    return engine


def write(engine: Engine, night: str = sample.NIGHT) -> int:
    return write_verification_lists(engine, night, sample.WORDS)


def files(engine: Engine, night: str = sample.NIGHT) -> dict[str, bytes]:
    folder = engine.home_path / "verification" / night
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.xlsx"))}


def book(engine: Engine, file: str, night: str = sample.NIGHT) -> Workbook:
    return load_workbook(engine.home_path / "verification" / night / file)


def rows(workbook: Workbook, tab: str) -> list[dict[str, object]]:
    sheet = workbook[tab]
    heads = [cell.value for cell in sheet[HEAD_LINES]]
    return [
        dict(zip(heads, (cell.value for cell in line), strict=True)) for line in sheet.iter_rows(min_row=HEAD_LINES + 1)
    ]


def texts(workbook: Workbook) -> Iterator[str]:
    for sheet in workbook.worksheets:
        for line in sheet.iter_rows():
            yield from (str(cell.value) for cell in line if cell.value is not None)


def recorded(engine: Engine, night: str) -> list[tuple]:
    with engine.session() as connection:
        return connection.execute(
            'select unit_code, office_code, file, "rows", content_hash, sha256 from verification_lists where "date" = ? order by file',
            [night],
        ).fetchall()


def test_who_gets_a_workbook(engine: Engine) -> None:
    assert write(engine) == 12
    assert list(files(engine)) == [
        "00/rejects.xlsx",
        SCHOOL_FILE,
        f"52/520102/{sample.OTHER}.xlsx",
        f"52/520103/{sample.CITY_RUN}.xlsx",
        f"52/520103/{sample.PROVINCE_RUN}.xlsx",
        CITY_FILE,
        COUNTY_FILE,
        "52/county-520103.xlsx",
        NUMBERS_FILE,
        PROVINCE_FILE,
        REJECTS_FILE,
        "52/unknown/unknown.xlsx",
    ], "a school with nothing to do gets none"
    assert {row[2] for row in recorded(engine, sample.NIGHT)} == {f"{FOLDER}/{file}" for file in files(engine)}


def test_all_is_open_to_its_owner_alone(engine: Engine) -> None:
    write(engine)
    below = (engine.home_path / "verification").rglob("*")
    modes = {(path.is_dir(), oct(path.stat().st_mode & 0o777)) for path in below}
    assert modes == {(True, "0o700"), (False, "0o600")}


def test_a_school_sees_its_classes_tasks_and_students(engine: Engine) -> None:
    write(engine)
    workbook = book(engine, SCHOOL_FILE)
    assert workbook.sheetnames == ["进度", "待办", "退回与待审核", "未交回学生", "无号学生"]
    progress = rows(workbook, "进度")
    assert [(row["年级"], row["应核查"], row["已回收"], row["已拍照上传"]) for row in progress] == [
        ("六年级", 5, 3, 1), ("一年级", 2, 0, 0), ("合计", 7, 3, 1),
    ], "graduating grades first, the total last"  # fmt: skip
    assert progress[-1]["暂不核查"] == 1 and progress[-1]["拍照上传率"] == pytest.approx(1 / 7, abs=1e-4)
    missing = [(row["姓名"], row["未完成环节"]) for row in rows(workbook, "未交回学生")]
    assert missing == [
        (sample.HOSTILE, "未录入、未拍照上传"), ("未传照片乙", "未拍照上传"), ("未回收甲", "未回收、未拍照上传"),
        ("全班 2 人", "未回收、未拍照上传"),
    ], "by class, in the order of names; a class that all waits for the same in one line"  # fmt: skip
    audits = rows(workbook, "退回与待审核")
    assert [(row["项目"], row["更正为"], row["状态"], row["下一步"]) for row in audits] == [
        ("现住址", "=1+1", "退回", "与家长核实后重新录入"), ("姓名", "未传照片一", "待审核", "等待贵州省贵阳市南明区教育局审核"),
    ]  # fmt: skip
    unnumbered = [(row["学籍号"], row["可否发号"], row["暂不发号的原因"]) for row in rows(workbook, "无号学生")]
    assert unnumbered == [("L52010220150312001", "暂不", "确认表未交回"), ("L52010220150312002", "可以", None)]


def test_a_school_sees_nothing_of_another_schools_students(engine: Engine) -> None:
    write(engine)
    own = " ".join(texts(book(engine, SCHOOL_FILE)))
    others = {
        str(value)
        for student in sample.STUDENTS if student["school_code"] != sample.SCHOOL
        for value in (student["name"], student["student_no"], student["form_no"])
    } | {"他校在册丑", "G520102201503129999", "520102201503120021"}  # fmt: skip
    assert not [value for value in others if value in own]
    (elsewhere,) = (row for row in rows(book(engine, SCHOOL_FILE), "待办") if row["事项"] == "学籍在其他学校")
    assert (elsewhere["姓名"], elsewhere["学籍号"]) == ("他＊＊＊＊", "G5****************9")
    assert elsewhere["情况"] == "学籍在第二示例小学"


@pytest.mark.parametrize(
    ("file", "names"),
    [
        (COUNTY_FILE, ["未传照片乙", "他校学生庚"]),
        (CITY_FILE, ["市直学生辛"]),
        (PROVINCE_FILE, ["省直学生壬"]),
    ],
)
def test_an_office_audits_the_schools_that_it_runs(engine: Engine, file: str, names: list[str]) -> None:
    write(engine)
    pending = rows(book(engine, file), "待审核关键数据")
    assert [row["姓名"] for row in pending] == names
    assert {row["佐证材料"] for row in pending} == {"户口簿"}


def test_progress_adds_up_over_the_levels(engine: Engine) -> None:
    write(engine)
    due = sum(bool(student["is_due"]) for student in sample.STUDENTS)
    province = rows(book(engine, PROVINCE_FILE), "进度")
    assert [(row["县（市、区）"], row["应核查"]) for row in province] == [
        ("南明区", 8), ("云岩区", 3), ("学校不详", 1), (None, due),
    ]  # fmt: skip
    county = rows(book(engine, COUNTY_FILE), "进度")
    assert county[-1]["应核查"] == 8 == sum(int(str(row["应核查"])) for row in county[:-1])
    own = rows(book(engine, CITY_FILE), "直属学校进度")
    assert [row["学校"] for row in own] == ["市直示例中学", "合计"]


def test_who_answers_for_what(engine: Engine) -> None:
    write(engine)
    duties = [
        (row["环节"], row["学校"], row["经办人"], row["经办份数"], row["一次通过率"])
        for row in rows(book(engine, COUNTY_FILE), "责任")
    ]
    assert duties == [
        ("采集", "示例小学", "周老师", 3, 1), ("录入", "示例小学", "吴录入", 2, 1), ("审核", "示例小学", "郑审核", 1, 1),
        ("采集", "第二示例小学", "周老师", 1, None), ("录入", "第二示例小学", "吴录入", 1, None),
    ]  # fmt: skip
    rates = {row["学籍主管部门"]: row["一次通过率"] for row in rows(book(engine, PROVINCE_FILE), "一次通过率")}
    assert rates["贵州省贵阳市南明区教育局"] == 1 and rates["贵州省教育厅"] is None


def test_matters_go_to_whom_they_concern(engine: Engine) -> None:
    write(engine)
    county, city = book(engine, COUNTY_FILE), book(engine, CITY_FILE)
    assert [row["事项"] for row in rows(county, "一校一生")] == ["学籍在其他学校", "系统漏登学校"]
    assert [row["事项"] for row in rows(county, "异动")] == ["转学超期未办结"]
    assert [row["事项"] for row in rows(city, "待办")] == ["确认表进度滞后"], "the city runs the school"
    totals = {(row["单位"], row["事项"]): row["件数"] for row in rows(book(engine, PROVINCE_FILE), "待办汇总")}
    assert len(totals) == 5 and set(totals.values()) == {1}


def test_the_numbers_workbook_is_a_preview_until_the_window_is_closed(engine: Engine) -> None:
    write(engine)
    before = book(engine, NUMBERS_FILE)
    assert "预览" in before["发号名单"]["A3"].value
    assert [(row["学籍号"], row["拟发学籍号"]) for row in rows(before, "发号名单")] == [("L52010220150312002", "G")]
    assert [row["原因"] for row in rows(before, "暂不发号")] == ["确认表未交回", "姓名与身份证件号不匹配"]
    assert write(engine, sample.CLOSED) == 1, "nothing else says anything new"
    assert "正式" in book(engine, NUMBERS_FILE, sample.CLOSED)["发号名单"]["A3"].value


def test_refusals_go_back_to_who_delivered(engine: Engine) -> None:
    write(engine)
    own, ministry = book(engine, REJECTS_FILE), book(engine, "00/rejects.xlsx")
    assert "涉及文件 2 个，未接收 2 条" in own.worksheets[0]["A2"].value
    assert sample.HOSTILE in set(texts(own))
    assert "按2026-09-01的样式填写" in set(texts(ministry)), "the rule's own remedy"


def test_a_night_run_again_writes_the_same_bytes(engine: Engine) -> None:
    write(engine)
    first, rows_before = files(engine), recorded(engine, sample.NIGHT)
    write(engine)
    assert (files(engine), recorded(engine, sample.NIGHT)) == (first, rows_before)


def test_a_quiet_night_writes_and_commits_nothing(engine: Engine) -> None:
    write(engine)
    version = engine.version("verification_lists")
    assert write(engine, sample.NEXT) == 0
    assert engine.version("verification_lists") == version
    assert not (engine.home_path / "verification" / sample.NEXT).exists()


def test_made_anew_says_the_same(engine: Engine, tmp_path: Path) -> None:
    write(engine)
    assert write(sample.engine_at(tmp_path).model_copy(update={"afresh": True}), sample.NEXT) == 0


def test_only_what_changed_is_written(engine: Engine) -> None:
    write(engine)
    uploaded = [
        student | {"uploaded_on": sample.day(sample.NEXT)} if student["name"] == "未传照片乙" else student
        for student in sample.STUDENTS
    ]
    sample.fill_students(engine, uploaded)
    assert write(engine, sample.NEXT) == 4
    assert list(files(engine, sample.NEXT)) == [SCHOOL_FILE, CITY_FILE, COUNTY_FILE, PROVINCE_FILE]
    assert len(files(engine)) == 12, "nothing of the night before is removed"


def test_a_school_that_is_through_is_told_so_once(engine: Engine) -> None:
    write(engine)
    student = sample.STUDENTS[10]
    done = [student | sample.DONE | {"audits_pending": 0} if one is student else one for one in sample.STUDENTS]
    sample.fill_students(engine, done)
    sample.make(engine, "form_changes", [])
    assert write(engine, sample.NEXT) > 0
    file = f"52/520103/{sample.PROVINCE_RUN}.xlsx"
    assert book(engine, file, sample.NEXT).sheetnames == ["进度"]
    sample.fill_students(engine, [one for one in done if one["school_code"] != sample.QUIET])
    write(engine, sample.CLOSED)
    assert file not in files(engine, sample.CLOSED)


def test_matters_without_a_campaign_are_told_all_the_same(tmp_path: Path) -> None:
    engine = sample.engine_at(tmp_path)
    sample.fill(engine)
    for table in ("campaign_windows", "core_forms", "form_changes", "number_batch", "quarantine", "storage_plan"):
        sample.make(engine, table, [])
    write(engine)
    assert book(engine, SCHOOL_FILE).sheetnames == ["待办"]
    sample.fill_matters(engine, [])
    write(engine, sample.NEXT)
    assert "目前没有待办事项" in book(engine, SCHOOL_FILE, sample.NEXT)["待办"]["A3"].value


def test_without_campaign_and_matters_nothing_happens(tmp_path: Path) -> None:
    engine = sample.engine_at(tmp_path)
    assert write(engine) == 0
    assert engine.version("verification_lists") is None
    assert not (tmp_path / "verification").exists()
