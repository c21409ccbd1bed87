"""Printing confirmation forms: who gets one and when, what it says, that it is there once, and that a stopped command goes on."""

import csv
import logging
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pypdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xueji.assets import confirmation_forms
from xueji.assets.confirmation_forms import FormRequest, FormsPrinted, print_forms
from xueji.assets.engine import Engine
from xueji.assets.form_files import class_file, printing_alone
from xueji.assets.form_reissue import read_list
from xueji.assets.form_rows import DOUBTED
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from, frame_of
from xueji.assets.unit_deliveries import take_in_units, write_raw
from xueji.checks.catalogue import RULES
from xueji.checks.form_codes import form_no, read_form_no
from xueji.checks.form_fields import FIELDS, FORM_FIELDS
from xueji.checks.model import XuejiError

KEY = b"a key for tests and for nothing else"
NIGHT, DAY = "2026-09-28", date(2026, 9, 29)
SCHOOLS = """学校标识码,学校名称,行政区划代码,主管部门区划代码,直属级别
2144000001,甲小学,440106,440106,县
2144000002,乙小学,440103,440103,县
2111000001,丙小学,110101,110101,县
"""
# Every item that must be there, so that nothing is missing unless a case says so.
COMPLETE = {
    "xxbsm": "2144000001", "xjh": "G1", "xm": "王小明", "xbm": "1", "csrq": "20150312", "sfzjlxm": "1", "sfzjh": "440106201503120036",
    "nj": "六年级", "bh": "2021001", "rxny": "202109", "rxfsm": "11", "jdfsm": "1", "mzm": "01", "gjdqm": "CHN", "gatqwm": "00",
    "csdm": "440106000000", "jkzkm": "10", "hkszdm": "440106001001", "hkxzm": "1", "xzz": "某某路1号", "txdz": "某某路1号",
    "jtzz": "某某路1号", "lxdh": "13800000000", "yzbm": "510000", "sfdsznm": "1", "sfsgxqjym": "1", "sflsetm": "0", "sfsqznm": "0",
    "sfge": "0", "sflshyfzn": "0", "sfxsybm": "0", "sxxjl": "1", "sxxfsm": "步行", "sfczxcm": "0", "cy1xm": "王大明", "cy1gxm": "1",
    "cy1lxdh": "13800000000", "sfzx": "1",
}  # fmt: skip


def number(place: int) -> str:
    """A boy's number of that birth date; each place has its own."""
    body = f"44010620150312{2 * place + 1:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def student(**values: str | None) -> dict[str, str | None]:
    return COMPLETE | values


STUDENTS = [
    student(xjh="G2", sfzjh=number(5), xm="李静"),
    student(xjh="G1"),
    student(xjh="G3", sfzjh=number(2), xm="赵云飞", nj="五年级", bh="2022001"),
    student(xjh="G4", sfzjh=number(3), xm="钱多多", sfzx="0"),
    student(xjh="G5", sfzjh=number(4), xm="孙小美", xxbsm="2144000002"),
]


DOUBTS = [
    # values, doubts, why
    ({}, None, "nothing"),
    ({"mzm": " ", "sxxjl": None}, "mzm:missing,sxxjl:missing", "required and blank"),
    ({"cym": None, "tc": None}, None, "not required"),
    ({"sfzjh": None}, "sfzjh:missing,cy1sfzjh:missing", "no number, nor a family member's"),
    ({"sfzjh": None, "cy2sfzjh": "440106198503120037"}, "sfzjh:missing", "a family member's number is there"),
    ({"sfzjh": None, "sfzjlxm": "Z"}, "cy1sfzjh:missing", "a document that may go without number"),
    ({"sfzjh": "44010620150312003"}, "sfzjh:id_format", "malformed"),
    ({"sfzjh": "440106201503120037"}, "sfzjh:id_checksum", "wrong check character"),
    ({"xbm": "2"}, "xbm:id_sex_conflict", "sex differs from the number"),
    ({"csrq": "20150313"}, "csrq:id_birth_conflict", "birth date differs from the number"),
    ({"csrq": "20150230"}, "csrq:date_invalid", "no such day"),
    ({"jkzkm": "很好"}, "jkzkm:code_invalid", "in no code list"),
    ({"xm": "王3明"}, "xm:name_invalid", "no name"),
    ({"xm": "王\ue123明"}, "xm:no_glyph", "in no font"),
    ({"xzz": "路" * 3000}, "xzz:too_long", "longer than its cell"),
    ({"nj": "一年级"}, None, "a grade that was not moved on is no item of the form"),
]  # fmt: skip


MANY = [
    student(
        xjh=f"G{place}",
        xm=f"王{chr(0x4E00 + place)}",
        sfzjh=number(place),
        xxbsm=f"214400000{1 + place % 2}",
        bh=f"20210{place % 5:02}",
    )
    for place in range(60)
]
TWICE = [
    *(student(xjh="G9", xm=f"旧名{sign}", sfzx="0") for sign in "一二三四五六七八"),
    student(xjh="G9", xm="新名字", xzz="另一处"),
]
DELIVERIES = {
    "five": STUDENTS,
    "many": MANY,
    "twice": TWICE,
    "doubts": [
        student(xjh=f"G{place}", sfzjh=number(10 + place)) | values for place, (values, _, _) in enumerate(DOUBTS)
    ],
}


@dataclass(frozen=True)
class Printery:
    """A nation whose last night is done, and the windows of its campaign."""

    nation: object
    engine: Engine

    def deliver(self, night: str, unit: str, students: Sequence[dict]) -> None:
        self.nation.deliver(night, unit, pl.DataFrame(students, infer_schema_length=None))

    def run(self, night: str = NIGHT) -> None:
        self.nation.run(night, ["44", "11"])

    def open(self, *windows: tuple[str, str, str], campaign: str = "2026A1") -> None:
        """Export windows: region, first and last day."""
        rows = [
            {
                "unit_code": "00" if region == "00" else region[:2],
                "campaign": campaign,
                "campaign_name": "秋季核查",
                "switch": "export",
                "region_code": region,
                "opens_on": date.fromisoformat(opens),
                "closes_on": date.fromisoformat(closes),
                "parent_platform": "登录 https://example.invalid",
            }
            for region, opens, closes in windows
        ]
        with self.engine.session() as connection:
            create_from(connection, "windows", frame_of("campaign_windows", rows))
            self.engine.replace_table("campaign_windows", "select * from windows", connection)

    def print(self, day: date = DAY, threads: int = 1, **request: object) -> FormsPrinted:
        return print_forms(self.engine.model_copy(update={"threads": threads}), KEY, day, FormRequest(**request))

    def editions(self) -> list[dict]:
        with self.engine.session() as connection:
            rows = connection.sql("select * from form_editions order by unit_code, file, page").pl()
        return rows.to_dicts()

    def files(self) -> dict[str, bytes]:
        folder = self.engine.home_path / "forms"
        return {
            file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("[!.]*") if file.is_file()
        }

    def index(self, unit: str = "44") -> list[dict]:
        with (self.engine.home_path / "forms" / "2026A1" / unit / "forms.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            return list(csv.DictReader(file))


Prepare = Callable[..., Printery]


@pytest.fixture(scope="module")
def prepare(nation, tmp_path_factory) -> Prepare:
    """Makes a printery of its own whose unit 44 delivered these students; each night of theirs is run once, its home copied."""

    @cache
    def night(name: str) -> Path:
        place = tmp_path_factory.mktemp(name)
        (place / "landing" / NIGHT).mkdir(parents=True)
        (place / "landing" / NIGHT / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
        made = nation(place / "landing", place / "home")
        printery = Printery(made, made.engine)
        printery.deliver(NIGHT, "44", DELIVERIES[name])
        printery.run()
        printery.open(("00", "2026-09-01", "2026-11-30"))
        return place

    def make(name: str, place: Path) -> Printery:
        shutil.copytree(night(name), place / name)
        made = nation(place / name / "landing", place / name / "home")
        return Printery(made, made.engine)

    return make


@pytest.fixture
def printery(prepare, tmp_path) -> Printery:
    """Five students of unit 44 are delivered and checked, all schools open all autumn."""
    return prepare("five", tmp_path)


@pytest.fixture
def large_printery(prepare, tmp_path, monkeypatch) -> Printery:
    """Sixty students of two schools, who are printed in several batches."""
    monkeypatch.setattr(confirmation_forms, "BATCH", 10)
    return prepare("many", tmp_path)


def text_of(printery: Printery, edition: dict) -> str:
    reader = pypdf.PdfReader(printery.engine.home_path / edition["file"])
    return reader.pages[edition["page"] - 1].extract_text()


def test_prints_a_page_for_everyone_due_in_order_of_classes(printery):
    assert printery.print() == FormsPrinted(("2026A1",), schools=2, files=3, forms=4, excluded=1)
    rows = printery.editions()
    assert [(row["file"], row["page"], row["student_no"], row["edition"]) for row in rows] == [
        ("forms/2026A1/44/440103/2144000002/6-2021001.pdf", 1, "G5", 1),
        ("forms/2026A1/44/440106/2144000001/5-2022001.pdf", 1, "G3", 1),
        ("forms/2026A1/44/440106/2144000001/6-2021001.pdf", 1, "G1", 1),
        ("forms/2026A1/44/440106/2144000001/6-2021001.pdf", 2, "G2", 1),
    ]
    for row in rows:
        assert row["form_no"] == form_no(KEY, "2026A1", row["record_key"], 1) == read_form_no(row["form_no"])
        assert (row["printed_on"], row["campaign"], row["county_code"]) == (DAY, "2026A1", row["file"].split("/")[3])
        text = text_of(printery, row)
        assert row["form_no"] in text
        assert row["xm"] in text
        assert row["sfzjh"] in text


def test_says_what_was_delivered_in_words(printery):
    printery.print()
    row = next(row for row in printery.editions() if row["student_no"] == "G1")
    said = {"xbm": "男", "csrq": "2015-03-12", "sfzjlxm": "居民身份证", "rxny": "2021-09", "mzm": "汉族", "gjdqm": "中国", "sfge": "否",
            "cy1gxm": "父亲", "sxxfsm": "步行", "xmpy": None}  # fmt: skip
    assert {field: row[field] for field in said} == said
    assert row["doubts"] is None
    assert "甲小学" in text_of(printery, row)
    assert "六年级　2021001班" in text_of(printery, row)
    assert "https://example.invalid" in text_of(printery, row)


def test_index_lists_every_page(printery):
    printery.print()
    assert list(printery.index()[0]) == [
        "确认表编号",
        "学校标识码",
        "学籍号",
        "年级",
        "班号",
        "版次",
        "印制日期",
        "文件",
        "页",
    ]
    listed = [(row["确认表编号"], row["文件"], int(row["页"]), row["印制日期"]) for row in printery.index()]
    wanted = [(row["form_no"], row["file"], row["page"], "2026-09-29") for row in printery.editions()]
    assert sorted(listed) == sorted(wanted)


def test_nobody_gets_a_second_form_and_newcomers_get_a_file_of_their_own(printery):
    printery.print()
    before, files = printery.editions(), printery.files()
    again = printery.print(day=date(2026, 9, 30))
    assert (again.forms, again.already) == (0, 4)
    assert (printery.editions(), printery.files()) == (before, files)
    printery.deliver("2026-10-10", "44", [*STUDENTS, student(xjh="G6", sfzjh=None, xm="周新")])
    printery.run("2026-10-10")
    assert printery.print(day=date(2026, 10, 12)).forms == 1
    new = [row for row in printery.editions() if row["student_no"] == "G6"]
    assert [(row["file"], row["page"], row["edition"]) for row in new] == [
        ("forms/2026A1/44/440106/2144000001/6-2021001-2.pdf", 1, 1)
    ]
    assert {name: printery.files()[name] for name in files if name.endswith(".pdf")} == {
        name: content for name, content in files.items() if name.endswith(".pdf")
    }
    assert len(printery.index()) == 5


def test_two_records_of_one_key_get_one_form_of_the_one_in_school(prepare, tmp_path):
    printery = prepare("twice", tmp_path)
    printery.print()
    assert [(row["student_no"], row["xm"], row["xzz"]) for row in printery.editions()] == [("G9", "新名字", "另一处")]


WINDOWS = [
    # windows, request, day, forms or words of the refusal, why
    ([("00", "2026-09-01", "2026-09-30")], {}, date(2026, 9, 30), 4, "last day"),
    ([("00", "2026-09-01", "2026-09-30")], {}, date(2026, 10, 1), "2026-09-01 to 2026-09-30", "a day late"),
    ([("00", "2026-09-01", "2026-09-30")], {}, date(2026, 8, 31), "no round has begun", "a day early"),
    ([("00", "2026-09-01", "2026-09-30"), ("440106", "2026-10-05", "2026-10-09")], {}, DAY, 1, "county has its own days"),
    ([("440106", "2026-09-05", "2026-09-10")], {"school": "2144000001"}, DAY, "2026-09-05 to 2026-09-10", "school outside"),
    ([("440106", "2026-09-05", "2026-10-10")], {"school": "2144000002"}, DAY, "opens no export window for it", "no window"),
    ([("44", "2026-09-05", "2026-10-10")], {"county": "440103"}, DAY, 1, "one county"),
    ([("44", "2026-09-05", "2026-10-10")], {"county": "999999"}, DAY, "no such school", "unknown county"),
    ([("44", "2026-09-05", "2026-10-10")], {"unit": "99"}, DAY, "expected one of 11", "unknown unit"),
    ([("44", "2026-09-05", "2026-10-10")], {"unit": "11"}, DAY, "no round has begun", "another unit's window"),
    ([("44", "2026-09-05", "2026-10-10")], {"campaign": "2025A1"}, DAY, "round 2025A1 opens no", "another round"),
    ([("44", "2026-09-05", "2026-10-10")], {"campaign": "x' or 1"}, DAY, "such as 2026A1", "no round"),
    ([("00", "2026-09-01", "2026-09-30")], {"is_whole_school_reissued": True}, DAY, "one school alone", "reissue of no school"),
]  # fmt: skip


@pytest.mark.parametrize(("windows", "request_", "day", "expected", "why"), WINDOWS, ids=[case[-1] for case in WINDOWS])
def test_nothing_is_printed_outside_the_window(printery, windows, request_, day, expected, why):
    printery.open(*windows)
    if isinstance(expected, int):
        assert printery.print(day=day, **request_).forms == expected
        return
    with pytest.raises(XuejiError, match=expected):
        printery.print(day=day, **request_)
    assert printery.files() == {}
    assert printery.editions() == []


def test_schools_outside_their_window_are_counted(printery):
    printery.open(
        ("00", "2026-09-01", "2026-09-30"), ("440106", "2026-10-05", "2026-10-09"), ("11", "2026-08-01", "2026-08-09")
    )
    assert printery.print().schools_outside == 2


def test_marks_what_is_missing_or_in_doubt(prepare, tmp_path):
    printery = prepare("doubts", tmp_path)
    printery.print()
    found = {row["student_no"]: row for row in printery.editions()}
    assert {why: found[f"G{place}"]["doubts"] for place, (_, _, why) in enumerate(DOUBTS)} == {
        why: doubts for _, doubts, why in DOUBTS
    }
    for place, (_, doubts, why) in enumerate(DOUBTS):
        text = text_of(printery, found[f"G{place}"])
        reasons = [doubt.split(":")[1] for doubt in (doubts or "").split(",") if doubt]
        assert text.count("〔缺〕") == reasons.count("missing") + 1, why  # and once in 填表说明
        assert text.count("〔核〕") == len(reasons) - reasons.count("missing") + 1, why


def test_rules_that_cast_doubt_are_rules_and_items():
    assert set(DOUBTED) <= {rule.id for rule in RULES}
    assert set(DOUBTED.values()) <= set(FIELDS)


def test_a_lost_form_is_printed_again_as_the_next_edition(printery, tmp_path):
    printery.print()
    first = {row["student_no"]: row for row in printery.editions()}
    file = tmp_path / "lost.csv"
    file.write_text(f"姓名,确认表编号,学籍号\n某,{first['G3']['form_no'].lower()},\n某,,G1\n", encoding="utf-8-sig")
    again = printery.print(day=date(2026, 10, 2), reissue=read_list(file))
    assert (again.forms, again.files) == (2, 2)
    second = {row["student_no"]: row for row in printery.editions() if row["edition"] == 2}
    assert sorted(second) == ["G1", "G3"]
    assert second["G1"]["file"] == "forms/2026A1/44/440106/2144000001/6-2021001-2.pdf"
    assert second["G1"]["form_no"] == form_no(KEY, "2026A1", second["G1"]["record_key"], 2) != first["G1"]["form_no"]
    assert printery.print(day=date(2026, 10, 2), reissue=read_list(file)[1:]).forms == 0  # the command was given again
    with pytest.raises(XuejiError, match="entries 1 of the list"):  # the old edition's code
        printery.print(day=date(2026, 10, 3), reissue=read_list(file))
    assert printery.print(day=date(2026, 10, 3), reissue=("G1",)).forms == 1
    assert printery.print(day=date(2026, 10, 4)).forms == 0


def test_a_whole_school_is_printed_again_with_what_the_registry_says_now(printery):
    printery.print()
    printery.deliver("2026-10-10", "44", [{**one, "mzm": "回族"} for one in STUDENTS])
    printery.run("2026-10-10")
    request = {"school": "2144000001", "is_whole_school_reissued": True}
    assert printery.print(day=date(2026, 10, 12), **request).forms == 3
    assert printery.print(day=date(2026, 10, 12), **request).forms == 0
    editions = [(row["student_no"], row["edition"], row["mzm"]) for row in printery.editions()]
    assert sorted(editions) == [
        ("G1", 1, "汉族"), ("G1", 2, "回族"), ("G2", 1, "汉族"), ("G2", 2, "回族"), ("G3", 1, "汉族"), ("G3", 2, "回族"), ("G5", 1, "汉族"),
    ]  # fmt: skip


LISTS = [
    ("学籍号\nG1\nG404\nG4\n", "entries 2, 3 of the list", "one is unknown, one is not to be verified"),
    ("姓名\n某\n", "no column 学籍号 or 确认表编号", "no column"),
    ("学籍号,备注\n,某\n", "in row 2", "nothing in a row"),
    ("学籍号\n", "no row", "no row"),
]


@pytest.mark.parametrize(("content", "refusal", "why"), LISTS, ids=[case[-1] for case in LISTS])
def test_a_list_that_cannot_be_met_is_refused_before_anything_is_printed(printery, tmp_path, content, refusal, why):
    printery.print()
    before = printery.files()
    file = tmp_path / "lost.csv"
    file.write_text(content, encoding="gb18030")
    with pytest.raises(XuejiError, match=refusal) as error:
        printery.print(day=date(2026, 10, 2), reissue=read_list(file))
    assert "G404" not in str(error.value)
    assert printery.files() == before


def test_a_list_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(XuejiError, match=r"lost\.csv: No such file"):
        read_list(tmp_path / "lost.csv")


def test_threads_change_no_byte(large_printery, monkeypatch, tmp_path):
    printery = large_printery
    monkeypatch.setattr(confirmation_forms, "FEW_FORMS", 5)
    printery.print(day=date(2026, 10, 12))
    files, editions = printery.files(), printery.editions()
    (printery.engine.home_path / "forms").rename(tmp_path / "forms")
    (printery.engine.home_path / "lake" / "form_editions").rename(tmp_path / "form_editions")
    printery.print(day=date(2026, 10, 12), threads=2)
    assert len(files) == 11
    assert printery.files() == files
    assert printery.editions() == editions


STOPPED = """
import os, signal, sys
from datetime import date
from xueji.assets import confirmation_forms, form_files
from xueji.assets.engine import Engine

home, module, function, calls = sys.argv[1:5]
module = {"files": form_files, "forms": confirmation_forms}[module]
works, count = getattr(module, function), 0

def stopping(*arguments):
    global count
    count += 1
    if count == int(calls):
        os.kill(os.getpid(), signal.SIGKILL)
    return works(*arguments)

setattr(module, function, stopping)
confirmation_forms.BATCH = 10
confirmation_forms.print_forms(
    Engine(home=home, threads=1), sys.argv[5].encode(), date(2026, 10, 12), confirmation_forms.FormRequest()
)
"""
PLACES = [
    # module, function killed in place of its n-th call; forms committed by then
    ("files", "write_private", 4, 0),
    ("forms", "commit", 1, 0),
    ("forms", "commit", 2, 30),
    ("forms", "write_index", 1, 60),
]


@pytest.mark.parametrize(("module", "function", "calls", "committed"), PLACES)
def test_a_command_that_was_killed_is_finished_by_the_same_command(
    large_printery, tmp_path, module, function, calls, committed
):
    printery = large_printery
    home = str(printery.engine.home_path)
    script = [sys.executable, "-c", STOPPED, home, module, function, str(calls), KEY.decode()]
    killed = subprocess.run(script, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(printery.editions()) == committed
    rest = printery.print(day=date(2026, 10, 12))
    assert (rest.forms, rest.already) == (60 - committed, committed)
    files, editions = printery.files(), printery.editions()
    (printery.engine.home_path / "forms").rename(tmp_path / "forms")
    (printery.engine.home_path / "lake" / "form_editions").rename(tmp_path / "form_editions")
    printery.print(day=date(2026, 10, 12))
    assert printery.files() == files
    assert printery.editions() == editions


def test_two_commands_do_not_print_at_once(printery):
    with printing_alone(printery.engine.home_path), pytest.raises(XuejiError, match="another command prints"):
        printery.print()
    assert printery.print().forms == 4


def test_a_registry_newer_than_its_night_is_not_printed(printery):
    printery.nation.deliver("2026-10-10", "44", pl.DataFrame([student(xm="改名字")], infer_schema_length=None))
    deliveries = take_in_units(printery.engine, Landing(path=str(printery.nation.landing)), "2026-10-10", ["44"])
    write_raw(printery.engine, "2026-10-10", deliveries)  # and the night stops here
    with pytest.raises(XuejiError, match="run the night to its end first"):
        printery.print()
    assert printery.editions() == []


def test_files_are_for_their_owner_and_nothing_personal_is_told(printery, caplog):
    with caplog.at_level(logging.DEBUG, logger="xueji"):
        printed = printery.print()
    folder = printery.engine.home_path / "forms"
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    said = caplog.text + repr(printed)
    assert not any(value in said for one in STUDENTS for value in (one["xm"], one["xjh"], one["sfzjh"]))


names = st.one_of(
    st.none(),
    st.text(st.one_of(st.sampled_from("1-2/.%~_班unkow"), st.characters(exclude_categories=["Cs"])), max_size=60),
)
classes = st.tuples(st.one_of(st.none(), st.integers(1, 12)), names, st.integers(1, 3))


@given(classes, classes)
@example((1, "1-2", 1), (1, "1", 2))
@example((None, None, 1), (None, "unknown", 1))
@example((1, "班" * 41, 1), (1, "班" * 42, 1))
@example((1, "1/2", 1), (1, "1%2F2", 1))
def test_no_two_classes_share_a_file(one, other):
    files = [class_file("2026A1", "44", None, "2144000001", *values) for values in (one, other)]
    normal = [(grade, name or None, printing) for grade, name, printing in (one, other)]
    assert (files[0] == files[1]) == (normal[0] == normal[1])
    assert files[0].count("/") == 5
    assert not files[0].split("/")[-1].startswith(".")
    assert len(files[0].split("/")[-1].encode()) < 255


def test_every_item_of_the_form_is_kept_in_its_edition(printery):
    printery.print()
    assert set(FORM_FIELDS) <= set(printery.editions()[0])
