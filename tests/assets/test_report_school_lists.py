"""A night's outbox: who is given what, when it is written again, and the scans beside it. A small ledger, written by hand."""

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xueji.assets.engine import Engine
from xueji.assets.evidence_files import evidence_path
from xueji.assets.records import frame_of
from xueji.assets.report_school_lists import write_outbox
from xueji.assets.returned_workbooks import read_returned
from xueji.assets.school_list_rows import LARGE_GROUP, PARTY_FIELDS, Parties
from xueji.assets.seal import Seal, is_seal
from xueji.checks.model import XuejiError
from xueji.reports.return_forms import FORMS, sealed_texts

NIGHT, NEXT = "2026-11-20", "2026-11-23"
SEAL = Seal(b"an invented key")
OVERSIGHT = ("ageing", "signals", "police")
SCHOOLS = [
    # code, name, county, city, level
    ("2144000001", "天河示例小学", "440106", "440100", "county"),
    ("2144000002", "天河第二小学", "440106", "440100", "county"),
    ("3144000003", "广州市示例中学", "440106", "440100", "city"),
    ("3444000004", "广东省示例中学", "440103", "440100", "province"),
    ("2143000005", "芙蓉示例小学", "430102", "430100", "county"),
]
PLACES = {code: (county, city, level) for code, _, county, city, level in SCHOOLS}
Row = dict[str, object]


@dataclass
class Ledger:
    """A HOME whose tables are filled from rows that name only what differs from a plain case."""

    home: Path
    cases: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.home), threads=1)

    def case(self, number: int, school: str = "2144000001", **given: object) -> str:
        """One case, found tonight by one rule unless `rules` names others. Returns its number."""
        unit = school[2:4]
        county, city, level = PLACES.get(school, (None, None, "province"))
        student = f"L{unit}010620150312{number:04}"
        rules = given.pop("rules", [("id_not_found", None, None)])
        row: Row = {
            "case_no": f"XJ{unit}-261120-{number:06}",
            "problem_type": "ERR_NOTFOUND",
            "state": "待处理",
            "unit_code": unit,
            "county_code": county,
            "school_code": school,
            "student_no": student,
            "name": f"甲{number}",
            "id_number": "440106201503120036",
            "first_seen": date(2026, 11, 20),
            "last_seen": date(2026, 11, 20),
            "due_date": date(2026, 12, 4),
            "record_key": f"{school}/{student}",
            "grade": 3,
            "class_no": "2",
            "turn": 1,
            "authority_level": level,
            "authority_code": {"county": county, "city": city}.get(level, unit),
            "is_attested": False,
            "is_with_police": False,
            "reasons": "id_not_found",
            **given,
        }
        self.cases.append(row)
        shared = {name: row[name] for name in (
            "problem_type", "unit_code", "school_code", "student_no", "name", "id_number", "group_key", "scope", "record_key",
            "grade", "class_no",
        ) if name in row}  # fmt: skip
        for rule, reason, detail in rules:  # type: ignore[attr-defined]
            told = {
                "as_of": date(2026, 11, 20),
                "rule_id": rule,
                "reason": reason,
                "detail": detail,
                "severity": "error",
            }
            self.findings.append(shared | told)
        return str(row["case_no"])

    def scan(self, case_no: str, kind: str, content: bytes, media_type: str = "application/pdf") -> None:
        digest = sha256(content).hexdigest()
        file = evidence_path(self.home, digest, media_type)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.evidence.append(
            {"date": date(2026, 11, 20), "unit_code": case_no[2:4], "case_no": case_no, "turn": 1, "kind": kind,
             "sha256": digest, "media_type": media_type, "bytes": len(content)}
        )  # fmt: skip

    def change(self, case_no: str, **given: object) -> None:
        next(row for row in self.cases if row["case_no"] == case_no).update(given)

    def write(self, night: str = NIGHT, seal: Seal = SEAL) -> dict[str, Row]:
        """Fill the tables and write the outbox. Returns the manifest's rows by their place in it, those of oversight aside."""
        schools = [
            {"school_code": code, "school_name": name, "unit_code": code[2:4], "county_code": county, "city_code": city,
             "authority_level": level}
            for code, name, county, city, level in SCHOOLS
        ]  # fmt: skip
        tables: Mapping[str, Iterable[Row]] = {
            "cases": self.cases, "findings": self.findings, "evidence": self.evidence, "answers": self.answers,
            "core_schools": schools,
        }  # fmt: skip
        with self.engine.connection() as connection:
            for name, rows in tables.items():
                connection.register("given", frame_of(name, list(rows)).to_arrow())
                self.engine.replace_table(name, "select * from given", connection)
        written = write_outbox(self.engine, seal, night)
        with (self.home / "outbox" / night / "manifest.csv").open(encoding="utf-8", newline="") as stream:
            entries = list(csv.DictReader(stream))
        assert written == len(entries)
        by_place = {entry["file"].removeprefix(f"outbox/{night}/"): entry for entry in entries}
        return {place: entry for place, entry in by_place.items() if entry["form"] not in OVERSIGHT}

    def rows(self, place: str, sheet: str, night: str = NIGHT) -> list[Row]:
        """A workbook's rows by heading."""
        lines = load_workbook(self.home / "outbox" / night / place)[sheet].iter_rows(min_row=5, values_only=True)
        headings = next(lines)
        return [dict(zip(headings, line, strict=True)) for line in lines]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "home")


LIST_PLACE = "44/440106/2144000001.xlsx"


def test_a_list_has_a_row_for_each_case_that_waits_for_the_school(ledger: Ledger) -> None:
    conflicts = [("id_birth_conflict", None, None), ("id_checksum", None, "应为X"), ("id_checksum", None, "应为X")]
    first = ledger.case(1, problem_type="ERR_ID", rules=conflicts, remark="审核退回：请重新扫描", grade=9)
    second = ledger.case(2, student_no="G440106201503120036")
    ledger.case(3, state="待审核", disposition="佐证")
    ledger.case(4, state="已解决", closed_on=date(2026, 11, 20))
    manifest = ledger.write()
    assert (manifest[LIST_PLACE]["errors"], manifest[LIST_PLACE]["form"]) == ("2", "list")
    rows = ledger.rows(LIST_PLACE, "问题清单")
    assert [row["案件编号"] for row in rows] == [first, second], "the graduating grade first"
    sentence = str(rows[0]["问题说明"])
    assert sentence.startswith("【审核退回：请重新扫描】") and sentence.count("；") == 1
    assert sentence.index("（应为X）") < sentence.index("出生日期"), "in the order of the rules, each once"
    assert [row["可选处理方式"] for row in rows] == ["删除\n变更", "删除\n佐证\n变更"]
    assert "情况说明" in str(rows[1]["需提供的材料"]), "a formal number is not deleted without a word"
    assert [row["处理期限"] for row in rows] == ["2026-12-04"] * 2
    sheet = load_workbook(ledger.home / "outbox" / NIGHT / LIST_PLACE)["问题清单"]
    assert "另有 1 条正在审核或办理，无需填写" in sheet["A3"].value


def test_a_case_not_found_tonight_is_told_by_its_reasons(ledger: Ledger) -> None:
    ledger.case(1, rules=[], reasons="id_name_mismatch:homophone,id_not_found", problem_type="ERR_NAME")
    ledger.write()
    (row,) = ledger.rows(LIST_PLACE, "问题清单")
    assert "读音相同" in str(row["问题说明"]) and str(row["问题说明"]).count("；") == 1


def test_a_record_of_no_known_school_stands_in_its_units_list(ledger: Ledger) -> None:
    case = ledger.case(1, school="2144999999")
    ledger.write()
    (row,) = ledger.rows("44/unknown/unknown.xlsx", "问题清单")
    assert row["案件编号"] == case


SAYS_SOMETHING_NEW = [
    # change of the case, is the list written again, why
    ({}, False, "nothing changed"),
    ({"due_date": date(2026, 12, 5)}, True, "another day"),
    ({"turn": 2}, True, "another turn"),
    ({"remark": "审核退回"}, True, "came back"),
    ({"is_out_of_school": True}, True, "other operations"),
    ({"last_seen": date(2026, 11, 23)}, False, "seen again"),
    ({"state": "待审核"}, True, "an empty list"),
]


LINE = {"record_key": "2144000001/G150", "name": "王小明", "id_number": None}


@pytest.mark.parametrize(
    ("size", "named", "unnamed"), [(1, 0, 0), (3, 2, 0), (LARGE_GROUP, LARGE_GROUP - 1, 0), (300, LARGE_GROUP, 199)]
)
def test_a_large_group_is_counted_and_the_schools_own_are_named_first(size: int, named: int, unnamed: int) -> None:
    rows = [
        dict.fromkeys(PARTY_FIELDS)
        | {"record_key": f"2144000001/G{150 if place == 0 else place + 1000}", "name": "王小明", "id_number": None}
        | {"school_code": "2144000001" if place % 60 == 0 else "2144000002"}
        for place in range(size)
    ]
    others, more = Parties(rows).others_of(LINE, "2144000001")
    assert (len(others), more) == (named, unnamed)
    if unnamed:
        assert [party.school_code for party in others[:5]] == ["2144000001"] * 4 + ["2144000002"]


@pytest.mark.parametrize(("given", "is_written", "why"), SAYS_SOMETHING_NEW, ids=[c[-1] for c in SAYS_SOMETHING_NEW])
def test_lists_are_written_when_they_say_something_new(ledger: Ledger, given: Row, is_written: bool, why: str) -> None:
    case = ledger.case(1)
    assert LIST_PLACE in ledger.write()
    ledger.change(case, **given)
    assert (LIST_PLACE in ledger.write(NEXT)) == is_written


def test_another_key_writes_every_workbook_again(ledger: Ledger) -> None:
    ledger.case(1)
    ledger.case(2, state="待审核", disposition="佐证")
    first = ledger.write()
    assert set(ledger.write(NEXT, Seal(b"another key"))) == set(first)


def test_a_night_run_again_gives_the_same_bytes(ledger: Ledger) -> None:
    case = ledger.case(1, state="待审核", disposition="佐证", answered_on=date(2026, 11, 20))
    ledger.case(2)
    ledger.scan(case, "户口簿", b"a scan")
    assert ledger.write() == ledger.write()
    folder = ledger.home / "outbox" / NIGHT
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_an_empty_list_is_written_once(ledger: Ledger) -> None:
    case = ledger.case(1)
    ledger.write()
    ledger.change(case, state="已解决", closed_on=date(2026, 11, 23))
    assert ledger.write(NEXT)[LIST_PLACE]["rows"] == "0"
    assert ledger.write("2026-11-24") == {}


def test_each_case_goes_to_the_office_that_acts(ledger: Ledger) -> None:
    national = {"problem_type": "DUP_ID", "group_key": "ID-1", "scope": "national", "is_attested": True}
    by = {
        "44/440106/review-440106.xlsx": ledger.case(1, state="待审核", disposition="变更"),
        "44/review-440100.xlsx": ledger.case(2, "3144000003", state="待审核", disposition="佐证"),
        "44/review-44.xlsx": ledger.case(3, "3444000004", state="挂起"),
        "43/review-43.xlsx": ledger.case(4, "2143000005", state="待省级审核", disposition="删除"),
        "00/review-00.xlsx": ledger.case(5, state="待教育部审核", disposition="删除"),
        "00/issue-00.xlsx": ledger.case(6, "2143000005", state="待发号", disposition="佐证"),
        "44/sheet-44.xlsx": ledger.case(7, state="核查中", due_date=date(2026, 11, 19), **national),
        "00/verdict-00.xlsx": ledger.case(
            8, "2143000005", state="待裁定", arbiter_level="ministry", arbiter_code="00", **national
        ),
        "44/440106/verdict-440106.xlsx": ledger.case(
            9, problem_type="DUP_ID", group_key="ID-2", state="待裁定", arbiter_level="county", arbiter_code="440106"
        ),
    }
    manifest = ledger.write()
    assert set(manifest) == set(by)
    for place, case in by.items():
        keys = read_returned(ledger.home / "outbox" / NIGHT / place).keys
        assert keys is not None
        stem = Path(place).stem
        assert (manifest[place]["form"], keys.form, keys.owner) == (keys.form, *stem.split("-"))
        (sheet, *_) = load_workbook(ledger.home / "outbox" / NIGHT / place).sheetnames
        assert case in [row["案件编号"] for row in ledger.rows(place, sheet)]
    assert manifest["44/440106/review-440106.xlsx"]["school_name"] == "广东省广州市天河区教育局"
    (only,) = ledger.rows("43/review-43.xlsx", "待审核")
    assert only["办理状态"] == "待省级审核"


ATTESTED = [
    # case, is it listed, why
    ({"state": "待他方处理"}, True, "others are awaited"),
    ({"state": "待发号"}, True, "a number is awaited"),
    ({"state": "已解决", "closed_on": date(2026, 11, 20)}, True, "settled, found tonight"),
    ({"state": "已解决", "closed_on": date(2026, 11, 20), "last_seen": date(2026, 11, 1)}, False, "settled and gone"),
    ({"state": "已解决", "closed_on": date(2026, 11, 20), "is_attested": False}, False, "settled otherwise"),
    ({"state": "待裁定"}, False, "arbitrated"),
]


@pytest.mark.parametrize(("given", "is_listed", "why"), ATTESTED, ids=[case[-1] for case in ATTESTED])
def test_standing_attestations_may_be_opened_again(ledger: Ledger, given: Row, is_listed: bool, why: str) -> None:
    ledger.case(1, **{"is_attested": True, "disposition": "佐证"} | given)
    manifest = ledger.write()
    assert ("44/440106/review-440106.xlsx" in manifest) == is_listed
    if is_listed:
        assert len(ledger.rows("44/440106/review-440106.xlsx", "已通过佐证")) == 1


def test_offices_are_written_when_something_changed_and_not_when_nothing_is_left(ledger: Ledger) -> None:
    place = "44/440106/review-440106.xlsx"
    case = ledger.case(1, state="待审核", disposition="佐证", answered_on=date(2026, 11, 20))
    assert place in ledger.write()
    assert place not in ledger.write(NEXT)
    ledger.scan(case, "户口簿", b"a scan")
    assert place in ledger.write("2026-11-24"), "a scan more"
    ledger.change(case, state="待处理")
    assert set(ledger.write("2026-11-25")) == {LIST_PLACE}


def test_scans_lie_beside_the_workbook_and_take_no_room(ledger: Ledger) -> None:
    case = ledger.case(1, state="待审核", disposition="佐证", answered_on=date(2026, 11, 20))
    for kind, content in (("户口簿", b"one"), ("户口簿", b"two"), ("在校证明", b"three")):
        ledger.scan(case, kind, content)
    ledger.scan(case, "身份证正面", b"four", "image/jpeg")
    ledger.evidence[-1]["date"] = date(2026, 10, 1)  # of an answer that is no longer in hand
    ledger.write()
    folder = ledger.home / "outbox" / NIGHT / "44/440106/evidence"
    names = [f"{case}_{name}" for name in ("在校证明.pdf", "户口簿.pdf", "户口簿_2.pdf")]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert all(path.stat().st_nlink == 2 for path in folder.iterdir())
    (row,) = ledger.rows("44/440106/review-440106.xlsx", "待审核")
    assert sorted(str(row["证明材料"]).split("\n")) == ["在校证明.pdf", "户口簿.pdf", "户口簿_2.pdf"]


def test_scans_are_copied_where_there_are_no_links(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    case = ledger.case(1, state="待审核", disposition="佐证", answered_on=date(2026, 11, 20))
    ledger.scan(case, "户口簿", b"a scan")
    monkeypatch.setattr(os, "link", refuse)
    ledger.write()
    copy = ledger.home / "outbox" / NIGHT / "44/440106/evidence" / f"{case}_户口簿.pdf"
    assert copy.read_bytes() == b"a scan" and copy.stat().st_nlink == 1


def test_a_lost_scan_is_said(ledger: Ledger) -> None:
    case = ledger.case(1, state="待审核", disposition="佐证", answered_on=date(2026, 11, 20))
    ledger.scan(case, "户口簿", b"a scan")
    next((ledger.home / "evidence").rglob("*.pdf")).unlink()
    with pytest.raises(XuejiError, match=case):
        ledger.write()


def doubts(ledger: Ledger) -> dict[str, str]:
    rows = ledger.rows("44/440106/review-440106.xlsx", "待审核")
    return {str(row["案件编号"]): str(row["疑点提示"]) for row in rows}


def test_marks_what_the_police_might_be_asked_about(ledger: Ledger) -> None:
    asked: Row = {"state": "待审核", "disposition": "佐证", "answered_on": date(2026, 11, 20)}
    name: Row = {"problem_type": "ERR_NAME", "rules": []}
    number: Row = {"problem_type": "DUP_ID", "rules": [], "group_key": "ID-1"}
    plain = ledger.case(1, **asked)
    different = ledger.case(2, **asked, **name, reasons="id_name_mismatch:different")
    homophone = ledger.case(3, **asked, **name, reasons="id_name_mismatch:homophone")
    changed = ledger.case(4, **asked | {"disposition": "变更"}, **name, reasons="id_name_mismatch:different")
    police = ledger.case(5, **asked, is_with_police=True)
    rival = ledger.case(6, **asked, **number)
    ledger.case(7, "2143000005", **number, state="待他方处理", disposition="佐证", is_attested=True)
    shared = ledger.case(8, **asked)
    elsewhere = ledger.case(9, "2143000005", state="已解决", closed_on=date(2026, 10, 1))
    for case in (shared, elsewhere):
        ledger.scan(case, "户口簿", b"the same scan")
    ledger.scan(plain, "户口簿", b"another scan")
    ledger.write()
    assert doubts(ledger) == {
        plain: "—",
        different: "姓名与人口信息登记的完全不同，申请佐证",
        homophone: "—",
        changed: "—",
        police: "已送公安机关户籍部门核实",
        rival: "同一证件号另一方的佐证已通过审核",
        shared: f"“户口簿”与其他 1 名学生的材料相同（如 {elsewhere}）",
    }


def test_one_students_own_scan_is_no_doubt(ledger: Ledger) -> None:
    asked: Row = {
        "state": "待审核",
        "disposition": "佐证",
        "answered_on": date(2026, 11, 20),
        "record_key": "2144000001/L1",
    }
    cases = [ledger.case(1, **asked), ledger.case(2, **asked, problem_type="ERR_NAME")]
    for case in cases:
        ledger.scan(case, "户口簿", b"the same scan")
    ledger.write()
    assert set(doubts(ledger).values()) == {"—"}


def test_the_check_sheet_shows_others_masked_and_the_verdict_all(ledger: Ledger) -> None:
    matter: Row = {"problem_type": "DUP_ID", "group_key": "ID-1", "scope": "national", "is_attested": True,
        "arbiter_level": "ministry", "arbiter_code": "00", "disposition": "佐证"}  # fmt: skip
    own = ledger.case(1, state="核查中", **matter)
    answered = ledger.case(2, "2143000005", state="待裁定", name="欧阳震华", **matter)
    ledger.case(3, "2143000005", state="已消除", name="李雷", last_seen=date(2026, 10, 1), closed_on=date(2026, 10, 1),
        **matter | {"is_attested": False})  # fmt: skip
    ledger.answers.append({"date": date(2026, 11, 19), "unit_code": "43", "form": "sheet", "case_no": answered, "row": 6,
        "answer": "坚持佐证", "note": "在校。"})  # fmt: skip
    assert "00/verdict-00.xlsx" not in ledger.write(), "the other side still has time to answer"
    ledger.change(own, due_date=date(2026, 11, 19))
    ledger.write()
    (row,) = ledger.rows("44/sheet-44.xlsx", "核查单")
    assert row["案件编号"] == own
    assert row["对方信息"] == "湖南芙蓉区 芙蓉示例小学 欧＊＊＊（待裁定）\n440106***********6"
    rows = ledger.rows("00/verdict-00.xlsx", "待裁定")
    assert {row["案件编号"] for row in rows} == {own, answered}, "who is gone is no party any more"
    said = {row["案件编号"]: (row["办理状态"], row["核查答复"]) for row in rows}
    assert said == {own: ("核查中\n（不需填写）", "—"), answered: ("待裁定", "坚持佐证：在校。")}


def test_rows_are_sealed_as_they_are_shown(ledger: Ledger) -> None:
    ledger.case(1, name=None, student_no=None)
    ledger.case(2, name="长" * 2000, state="待审核", disposition="佐证")
    manifest = ledger.write()
    for place in manifest:
        file = ledger.home / "outbox" / NIGHT / place
        book = load_workbook(file)
        headings = [cell.value for cell in book.worksheets[0][5]]
        answer = FORMS[manifest[place]["form"]].answer_titles["answer"]
        book.worksheets[0].cell(6, headings.index(answer) + 1).value = "变更"
        book.save(file)
        returned = read_returned(file)
        keys, (row,) = returned.keys, returned.rows
        assert keys is not None and is_seal(keys.seal, SEAL.of_file(keys.form, keys.owner, keys.edition))
        assert keys.edition == f"{keys.owner}-20261120" and keys.key_id == SEAL.key_id
        turn, _, mark = row.mark.partition(".")
        texts = sealed_texts(row.case_no, int(turn), row.shown)
        assert is_seal(mark, SEAL.of_row(keys.form, keys.owner, keys.edition, texts))
