"""Each signal over a small ledger: one that fires, and near misses that do not; and the files the ministry gets."""

import csv
import io
import zipfile
from collections import defaultdict
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from xueji.assets.engine import Engine
from xueji.assets.oversight import oversight_files, update_integrity_signals
from xueji.assets.oversight_rows import earliest, waiting_rows
from xueji.assets.records import frame_of
from xueji.checks.case_states import OPEN_STATES
from xueji.checks.integrity_signals import AUDITOR_DECISIONS, BULK_CASES, BULK_FILE_CASES, PEAK_ANSWERS, SIGNALS
from xueji.checks.working_days import working_days_between

NIGHT = "2026-07-10"
DAY = date(2026, 7, 10)
NUMBER = "11010519491231002X"  # published specimens
OTHER_NUMBER = "440524188001010014"
ID_KEY = {NUMBER: 11010519491231002, OTHER_NUMBER: 44052418800101001}
SCHOOL, OTHER_SCHOOL = "2144000001", "2144000002"


class Ledger:
    """Rows of the ledger's tables by hand, with what most of them have in common."""

    def __init__(self, home) -> None:
        self.engine = Engine(home=str(home), threads=2)
        self.rows: dict[str, list[dict]] = defaultdict(list)

    def add(self, table: str, **values: object) -> dict:
        self.rows[table].append(values)
        return values

    def case(self, key: str, problem_type: str = "DUP_ID", **values: object) -> str:
        """A case of the record `key`, pending unless told otherwise. Returns its number."""
        case_no = f"XJ44-260105-{len(self.rows['cases']) + 1:06}"
        usual = {
            "case_no": case_no, "problem_type": problem_type, "state": "待处理", "unit_code": "44", "county_code": "440106",
            "school_code": SCHOOL, "record_key": f"{SCHOOL}/{key}", "student_no": key, "first_seen": date(2026, 1, 5),
            "settle_by": date(2026, 6, 30), "due_date": date(2026, 1, 19), "authority_level": "county", "grade": 3,
            "is_attested": False,
        }  # fmt: skip
        self.add("cases", **usual | values)
        return case_no

    def answer(self, case_no: str, answer: str = "佐证", **values: object) -> None:
        usual = {
            "date": date(2026, 3, 2), "unit_code": "44", "form": "list", "kind": "returns", "sender": SCHOOL,
            "file": "2026-03-02/returns/44/a.zip", "turn": 1,
        }  # fmt: skip
        self.add("answers", case_no=case_no, answer=answer, **usual | values)

    def scan(self, case_no: str, sha256: str, kind: str = "在校证明", **values: object) -> None:
        usual = {
            "date": date(2026, 3, 2), "unit_code": "44", "turn": 1, "file": f"a.zip/{case_no}_{kind}.jpg",
            "media_type": "image/jpeg",
        }  # fmt: skip
        self.add("evidence", case_no=case_no, sha256=sha256, kind=kind, **usual | values)

    def event(self, case_no: str, event: str, at: date) -> None:
        self.add("case_events", case_no=case_no, event=event, at=at, unit_code="44")

    def student(self, key: str, number: str, school: str = SCHOOL) -> None:
        self.add("core_students", unit_code="44", school_code=school, student_no=key, id_number=number,
                 id_key=ID_KEY[number])  # fmt: skip

    def write(self) -> None:
        with self.engine.session() as connection:
            for table, rows in self.rows.items():
                connection.register("rows_given", frame_of(table, rows).to_arrow())
                self.engine.replace_table(table, "select * from rows_given", connection)
                connection.unregister("rows_given")

    def signals(self, signal: str) -> list[tuple]:
        """Place, subject and amount of the traces of that kind; no other kind has any."""
        self.write()
        found = update_integrity_signals(self.engine, NIGHT)
        with self.engine.session() as connection:
            rows = connection.execute(
                "select signal, county_code, school_code, subject, amount from integrity_signals order by all"
            ).fetchall()
        assert len(rows) == found
        assert {row[0] for row in rows} <= {signal}
        return [row[1:] for row in rows]

    def files(self) -> dict[str, bytes]:
        self.write()
        update_integrity_signals(self.engine, NIGHT)
        with self.engine.session() as connection:
            return {path.as_posix(): content for path, content in oversight_files(self.engine, connection, NIGHT)}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path)


def no(number: int) -> str:
    return f"XJ44-260105-{number:06}"


def test_no_ledger_no_signal_no_file(ledger):
    assert ledger.signals("same_scan") == []
    assert ledger.files() == {}


def test_same_scan(ledger):
    one, same_student = ledger.case("G1"), ledger.case("G1", "ERR_NAME")
    ledger.case("G2")
    elsewhere = ledger.case("G3", county_code="440103", school_code=OTHER_SCHOOL, record_key=f"{OTHER_SCHOOL}/G3")
    ledger.scan(one, "aa")
    ledger.scan(elsewhere, "aa", "户口簿", date=date(2024, 3, 1))
    for case in (one, same_student):  # near miss: both of one student
        ledger.scan(case, "bb")
    for case in (one, elsewhere):  # near miss: long ago
        ledger.scan(case, "cc", date=date(2024, 3, 1))
    ledger.scan(elsewhere, "dd")
    assert ledger.signals("same_scan") == [(None, None, f"{no(1)},{no(4)}", 2)]


def attest(ledger, count, minutes, school=SCHOOL, file="a.zip", two_scans=True, start="2026-03-01T08:00:00"):
    """So many attestations of a school, their scans spread evenly over so many minutes."""
    for place in range(count):
        case = ledger.case(f"G{school}{file}{place}", school_code=school)
        made = datetime.fromisoformat(start) + timedelta(minutes=minutes * place / (count - 1))
        ledger.answer(case, sender=school, file=file)
        for kind in ("在校证明", "户口簿") if two_scans else ("在校证明",):
            ledger.scan(case, f"{case}{kind}", kind, modified_at=made.isoformat(timespec="seconds"))


def test_bulk_attestation_of_a_school(ledger):
    attest(ledger, BULK_CASES // 2, 9, file="a.zip")
    attest(ledger, BULK_CASES // 2, 9, file="b.zip")
    attest(ledger, 2 + BULK_CASES, 11, OTHER_SCHOOL, file="a.zip")  # the first and the last are too far apart
    found = ledger.signals("bulk_attestation")
    assert [(school, amount) for _, school, _, amount in found] == [(SCHOOL, 20), (OTHER_SCHOOL, 20)]
    assert found[0][2] == ",".join(no(place) for place in range(1, 21))


def test_bulk_attestation_near_misses(ledger):
    attest(ledger, BULK_CASES - 1, 9)  # too few
    attest(ledger, BULK_CASES, 30, OTHER_SCHOOL)  # too slow
    attest(ledger, BULK_CASES, 1, "2144000003", start="1980-01-01T00:00:00")  # the archive does not know
    attest(ledger, BULK_CASES, 5, "2144000004")
    for scan in ledger.rows["evidence"][-2 * BULK_CASES :: 2]:  # one scan of each case is older
        scan["modified_at"] = "2025-09-01T08:00:00"
    assert ledger.signals("bulk_attestation") == []


def test_bulk_attestation_of_a_file(ledger):
    attest(ledger, BULK_FILE_CASES, 3)
    attest(ledger, BULK_FILE_CASES - 1, 3, OTHER_SCHOOL)
    attest(ledger, BULK_FILE_CASES, 5, "2144000003")
    ((_, school, _, amount),) = ledger.signals("bulk_attestation")
    assert (school, amount) == (SCHOOL, BULK_FILE_CASES)


def delete(ledger, key, number=NUMBER, **values):
    usual = {"state": "已删除", "closed_on": date(2026, 3, 2), "disposition": "删除", "id_number": number}
    return ledger.case(key, **usual | values)


def test_deleted_recreated(ledger):
    delete(ledger, "L1")
    delete(ledger, "L1", problem_type="ERR_NAME")
    ledger.student("L1", NUMBER)  # the registry does not show the deletion yet: no new record
    ledger.student("G2", NUMBER, OTHER_SCHOOL)
    # The other record has since become a case of its own.
    ledger.case("G2", record_key=f"{OTHER_SCHOOL}/G2", id_number=NUMBER, first_seen=date(2026, 4, 1))
    assert ledger.signals("deleted_recreated") == [("440106", SCHOOL, f"{no(1)},{no(2)}", 1)]


def test_deleted_recreated_near_misses(ledger):
    delete(ledger, "L1")
    delete(ledger, "L3", OTHER_NUMBER, closed_on=date(2024, 3, 2), first_seen=date(2024, 1, 5))  # long ago
    party = {"id_number": NUMBER, "state": "已消除", "closed_on": date(2026, 3, 3)}
    ledger.case("G2", **party)
    ledger.student("G2", NUMBER, SCHOOL)  # a party at the deletion
    ledger.case("G5", **party)
    ledger.student("G5", NUMBER, OTHER_SCHOOL)  # a party that has moved to another school
    ledger.student("G4", OTHER_NUMBER)
    assert ledger.signals("deleted_recreated") == []


@pytest.mark.parametrize(
    ("early", "late", "fires", "why"),
    [
        (PEAK_ANSWERS - 1, PEAK_ANSWERS, True, "just more than half"),
        (PEAK_ANSWERS, PEAK_ANSWERS, False, "just half"),
        (0, PEAK_ANSWERS - 1, False, "too few"),
    ],
)
def test_deadline_peak(ledger, early, late, fires, why):
    # 2026-06-30 is a Tuesday: its last three working days begin on Friday the 26th.
    for place in range(early + late):
        ledger.answer(ledger.case(f"G{place}"), "变更", date=date(2026, 6, 25 if place < early else 26))
    for place in range(50):
        ledger.answer(ledger.case(f"H{place}", county_code="440103"), date=date(2026, 7, 1))  # after it
        ledger.answer(ledger.case(f"J{place}"), date=date(2026, 5, 1))  # before the sixty days
    assert ledger.signals("deadline_peak") == ([("440106", None, "440106", late)] if fires else [])


def attested(ledger, key, problem_type="DUP_ID", passed=date(2026, 3, 9), **values):
    usual = {"state": "已解决", "disposition": "佐证", "is_attested": True, "closed_on": passed, "id_number": NUMBER}
    case = ledger.case(key, problem_type, **usual | values)
    ledger.event(case, "passed_attest_number" if problem_type == "DUP_ID" else "passed_attest_identity", passed)
    return case


def test_attestation_contradicted(ledger):
    attested(ledger, "G1")
    ledger.case("G1", "ERR_NOTFOUND", id_number=NUMBER, first_seen=date(2026, 3, 10))
    assert ledger.signals("attestation_contradicted") == [("440106", SCHOOL, f"{no(1)},{no(2)}", 1)]


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        ("ERR_NAME", {"first_seen": date(2026, 3, 9)}, "found before the audit was over"),
        ("ERR_NAME", {"id_number": OTHER_NUMBER}, "another number"),
        ("ERR_NAME", {"record_key": f"{SCHOOL}/G2"}, "another student"),
        ("ERR_ID", {}, "not the register's word"),
        ("ERR_NAME", {"first_seen": date(2025, 3, 9)}, "long ago"),
    ],
)
def test_attestation_contradicted_near_misses(ledger, kind, changes, why):
    attested(ledger, "G1")
    ledger.case("G1", kind, **{"id_number": NUMBER, "first_seen": date(2026, 3, 10)} | changes)
    attested(ledger, "G3", "ERR_NAME", state="待处理", closed_on=None)  # opened again
    ledger.case("G3", "ERR_NOTFOUND", id_number=NUMBER, first_seen=date(2026, 3, 10))
    assert ledger.signals("attestation_contradicted") == []


@pytest.mark.parametrize(
    ("decisions", "fires", "why"),
    [
        (["通过"] * AUDITOR_DECISIONS, True, "all passed"),
        (["通过"] * (AUDITOR_DECISIONS - 1), False, "too few"),
        (["通过"] * AUDITOR_DECISIONS + ["退回"], False, "one sent back"),
        (["通过"] * AUDITOR_DECISIONS + ["送公安核实"], False, "the police asked once"),
    ],
)
def test_one_auditor_passes_all(ledger, decisions, fires, why):
    review = {"form": "review", "kind": "audits", "sender": "440106"}
    for place, decision in enumerate(decisions):
        # Blanks in a name do not make another auditor.
        signed_by = "审核员甲" if place % 2 else " 审核员 甲"
        ledger.answer(ledger.case(f"G{place}"), decision, signed_by=signed_by, **review)
        if place < 40:  # colleagues: too few each, one at another office
            ledger.answer(ledger.case(f"H{place}"), "通过", signed_by="审核员乙", **review)
            ledger.answer(ledger.case(f"J{place}"), "通过", signed_by="审核员甲", **review | {"sender": "440103"})
    found = ledger.signals("one_auditor_passes_all")
    assert found == ([("440106", None, "440106", AUDITOR_DECISIONS)] if fires else [])


def test_every_signal_is_tried_and_tells_no_name(ledger):
    for place in range(AUDITOR_DECISIONS):
        case = ledger.case(f"G{place}", name=f"学生{place}", id_number=NUMBER)
        ledger.answer(case, "通过", form="review", kind="audits", sender="00", signed_by="审核员甲")
        ledger.answer(case, "佐证", date=date(2026, 6, 29))
        ledger.scan(case, "aa", modified_at="2026-03-01T08:00:00")
    attested(ledger, "G0", "ERR_NAME")
    ledger.case("G0", "ERR_NOTFOUND", id_number=NUMBER, first_seen=date(2026, 3, 10), state="已解决")
    delete(ledger, "L1", OTHER_NUMBER)
    ledger.student("G2", OTHER_NUMBER)
    files = ledger.files()
    rows = cells(files["00/signals-00.xlsx"], "线索")[3:]
    assert [row[0] for row in rows] == [signal.title for signal in SIGNALS.values()]
    said = str(rows)
    assert all(word not in said for word in ("学生1", "审核员", NUMBER, OTHER_NUMBER))
    assert f"等{AUDITOR_DECISIONS}件" in said and "教育部" in said


def cells(workbook: bytes, sheet: str) -> list[tuple]:
    return [tuple(cell.value for cell in row) for row in openpyxl.load_workbook(io.BytesIO(workbook))[sheet].rows]


@pytest.mark.parametrize("working_days", [0, 10, 30, 60])
@pytest.mark.parametrize("night", [DAY, date(2026, 7, 12), date(2026, 2, 24), date(2015, 3, 25)])
def test_ages_are_counted_in_working_days(night, working_days):
    first = earliest(night, working_days)
    assert working_days_between(first, night) <= working_days < working_days_between(first - timedelta(days=1), night)


WAITING = [
    # state, changes, level
    ("待处理", {}, "学校"),
    ("待他方处理", {}, "学校"),
    ("待审核", {}, "县"),
    ("待审核", {"authority_level": "city"}, "市"),
    ("挂起", {"authority_level": "province"}, "省"),
    ("待省级审核", {}, "省"),
    ("核查中", {}, "省"),
    ("待教育部审核", {}, "教育部"),
    ("待发号", {}, "教育部"),
    ("待裁定", {"arbiter_level": "ministry"}, "教育部"),
    ("待仲裁", {"arbiter_level": "county"}, "县"),
    ("待复查", {}, "系统"),
]


def test_says_who_has_to_act(ledger):
    for place, (state, changes, _) in enumerate(WAITING, start=1):
        ledger.case(f"G{place}", state=state, county_code=f"4401{place:02}", **changes)
    ledger.case("G0", state="已解决", closed_on=date(2026, 3, 1), county_code="440199")  # nobody has
    head, *counties = cells(ledger.files()["00/ageing-00.xlsx"], "分县")[3:]
    assert [head[3 + row[3:9].index(1)] for row in counties] == [level for *_, level in WAITING]
    assert {row[9:] for row in counties} == {(1, 0, 0, 0, 1, 1, 1)}


def test_ageing_adds_up(ledger):
    for place in range(120):
        unit = ("11", "44", "65")[place % 3]
        ledger.case(
            f"G{place}", state=OPEN_STATES[place % len(OPEN_STATES)], unit_code=unit,
            county_code=f"{unit}010{place % 4 + 1}" if place % 7 else None, first_seen=DAY - timedelta(days=place),
            due_date=DAY + timedelta(days=place % 5 - 2), settle_by=date(2026 + place % 2, 6, 30),
        )  # fmt: skip
    workbook = ledger.files()["00/ageing-00.xlsx"]
    units, counties = cells(workbook, "分省分级")[4:], cells(workbook, "分县")[4:]
    nation = units[0]
    assert nation[:3] == ("全国", "合计", 120)
    # Since 26 June, 28 May, 14 April: 19 June and 1 to 5 May were off, Saturday 9 May was worked.
    assert nation[3:7] == (15, 29, 44, 32)
    assert nation[7:] == (48, 60)  # two nights of five before; every second of last year
    for part, level_rows in (("全国", units[1:]), ("广东", units)):
        total = next(row for row in units if row[0] == part and row[1] == "合计")
        levels = [row for row in level_rows if row[0] == part and row[1] != "合计"]
        assert tuple(map(sum, zip(*(row[2:] for row in levels), strict=True))) == total[2:]
    assert tuple(map(sum, zip(*(row[9:] for row in counties), strict=True))) == nation[2:]
    assert all(sum(row[3:9]) == row[9] for row in counties)
    assert any(row[1].startswith("不详") for row in counties)


def test_waiting_rows_of_no_case(ledger):
    ledger.write()
    with ledger.engine.session() as connection:
        assert waiting_rows(connection, "select * from cases", DAY) == []


def mismatch(ledger, key, problem_type="ERR_NOTFOUND", **values):
    case = ledger.case(key, problem_type, **{"state": "待发号", "is_attested": True, "name": f"学生{key}", "id_number": NUMBER,
                                             "disposition": "佐证"} | values)  # fmt: skip
    ledger.answer(case)
    ledger.scan(case, f"sha{key}")
    ledger.scan(case, f"old{key}", turn=0)  # of an answer that was sent back
    ledger.event(case, "passed_attest_identity", date(2026, 3, 9))
    return case


def test_police_bundle(ledger):
    mismatch(ledger, "G1")
    issued = mismatch(ledger, "G2", "ERR_NAME", state="已解决", grade=9, unit_code="44")
    ledger.event(issued, "number_issued", date(2026, 4, 1))
    ledger.scan(issued, "shaB", "户口簿")
    mismatch(ledger, "G3", is_attested=False, state="待处理")  # opened again
    mismatch(ledger, "G4", "CHG_ID")  # the register does not disagree
    mismatch(ledger, "G5", state="已解决")  # the disagreement went away by itself
    mismatch(ledger, "G6", state="待审核", is_attested=False)
    ledger.add("core_schools", school_code=SCHOOL, school_name="示例小学", unit_code="44")
    bundle = ledger.files()["00/police-00.zip"]
    assert bundle == ledger.files()["00/police-00.zip"]
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        book, index = (archive.read(entry) for entry in archive.infolist())
        assert archive.namelist() == [f"佐证审核通过名单-{DAY:%Y%m%d}.xlsx", f"证明材料索引-{DAY:%Y%m%d}.csv"]
    school = f"示例小学（{SCHOOL}）"
    assert cells(book, "名单")[3:] == [
        (1, "广东", "天河区", school, "9", "学生G2", NUMBER, "姓名与身份证号不匹配", "在校证明、户口簿", "2026-03-09", "已发", no(2)),
        (2, "广东", "天河区", school, "3", "学生G1", NUMBER, "身份证号不存在", "在校证明", "2026-03-09", "待发", no(1)),
    ]  # fmt: skip
    assert cells(book, "统计表")[1:] == [
        ("地区", "身份证号不存在", "姓名与身份证号不匹配", "合计", "其中毕业年级", "其中已发学籍号"),
        ("全国", 1, 1, 2, 1, 1),
        ("广东", 1, 1, 2, 1, 1),
    ]
    assert list(csv.reader(io.StringIO(index.decode("utf-8-sig")))) == [
        ["案件编号", "材料名称", "sha256", "文件名"],
        [no(1), "在校证明", "shaG1", f"{no(1)}_在校证明.jpg"],
        [no(2), "在校证明", "shaG2", f"{no(2)}_在校证明.jpg"],
        [no(2), "户口簿", "shaB", f"{no(2)}_户口簿.jpg"],
    ]


def test_a_night_run_again_gives_the_same_bytes(ledger):
    attest(ledger, BULK_CASES, 5)
    mismatch(ledger, "G1")
    files = ledger.files()
    assert set(files) == {"00/signals-00.xlsx", "00/ageing-00.xlsx", "00/police-00.zip"}
    ledger.rows = {table: rows[::-1] for table, rows in ledger.rows.items()}
    assert ledger.files() == files


def test_counties_of_one_name_stay_apart(ledger):
    for county in ("130104", "130703"):  # 桥西区 of 石家庄 and of 张家口
        ledger.case(county, unit_code="13", county_code=county)
    counties = cells(ledger.files()["00/ageing-00.xlsx"], "分县")[4:]
    assert [row[:3] for row in counties] == [("河北", "桥西区", "130104"), ("河北", "桥西区", "130703")]
