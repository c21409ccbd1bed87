"""One case read from the lake: its head, its parties, its events and its evidence, and nothing of other cases."""

from datetime import date

import pytest

from xueji.assets.case_history import case_history
from xueji.assets.engine import Engine
from xueji.assets.records import frame_of
from xueji.checks.catalogue import sentence
from xueji.checks.model import XuejiError
from xueji.pipelines.cli import main
from xueji.reports.case_history import Party

OWN, OTHER, STRANGER = "XJ44-261120-000123", "XJ51-261120-000007", "XJ44-261120-000124"
NIGHT, LATER = date(2026, 11, 20), date(2026, 12, 1)
CASE = {
    "problem_type": "DUP_ID", "state": "待审核", "unit_code": "44", "county_code": "440106", "school_code": "2144000001",
    "student_no": "G440106201503120036", "name": "王小明", "id_number": "440106201503120036", "group_key": "ID-1", "first_seen": NIGHT,
}  # fmt: skip
EVENT = {
    "case_no": OWN,
    "at": NIGHT,
    "event": "opened",
    "to_state": "待处理",
    "actor_level": "system",
    "place": 0,
    "note": "duplicate_id:same_person,id_checksum",
}


@pytest.fixture
def engine(tmp_path) -> Engine:
    """A ledger of two parties and a stranger, with events and a scan of each."""
    engine = Engine(home=str(tmp_path), threads=2)
    answered = EVENT | {"at": LATER, "event": "answered_attest", "from_state": "待处理", "to_state": "待审核", "actor_level": "school", "source": "returns/44/2144000001.xlsx#7", "note": None}  # fmt: skip
    scan = {"date": LATER, "case_no": OWN, "kind": "户口簿", "media_type": "image/png", "bytes": 9, "sha256": "ab"}
    tables = {
        "cases": [
            CASE | {"case_no": OWN},
            CASE | {"case_no": OTHER, "unit_code": "51", "state": "已解决"},
            CASE | {"case_no": STRANGER, "group_key": "ID-2", "school_code": "9", "county_code": None},
        ],
        "case_events": [answered, EVENT, EVENT | {"case_no": STRANGER}],
        "evidence": [scan, scan | {"case_no": OTHER}],
        "core_schools": [{"school_code": "2144000001", "school_name": "示例小学"}],
    }
    with engine.session() as connection:
        for table, rows in tables.items():
            connection.register("rows", frame_of(table, rows).to_arrow())
            engine.replace_table(table, "select * from rows", connection)
    return engine


def test_reads_one_case(engine):
    history = case_history(engine, f" {OWN.lower()} ")
    head = history.head
    assert (head.case_no, head.unit, head.county, head.school) == (OWN, "广东省", "天河区", "示例小学")
    assert (head.state, head.state_meaning) == ("待审核", "学校已提交，待学籍主管部门审核")
    assert history.parties == [Party(OTHER, "已解决")]
    assert [(event.at, event.title) for event in history.events] == [
        (NIGHT, "发现问题，下发到学校"),
        (LATER, "学校佐证"),
    ]
    assert history.events[0].note == "与其他学籍使用同一证件号，姓名也相同，可能为同一学生重复建籍；" + sentence(
        "id_checksum", None
    )
    assert [file.kind for file in history.evidence] == ["户口簿"]


def test_a_case_of_an_unknown_school_is_told_too(engine):
    head = case_history(engine, STRANGER).head
    assert (head.county, head.school, head.school_code) == (None, None, "9")


@pytest.mark.parametrize("case_no", ["XJ44-261120-999999", "261120", "", "XJ44-261120-000123; drop"])
def test_an_unknown_number_is_told_what_one_looks_like(engine, case_no):
    with pytest.raises(XuejiError, match="XJ44-261120-000123"):
        case_history(engine, case_no)


def test_the_command_prints_it_masked(engine, capsys):
    assert main(["case", OWN, "--home", engine.home]) == 0
    printed = capsys.readouterr().out
    assert OTHER in printed and "王＊＊" in printed
    assert "小明" not in printed and "20150312" not in printed
    assert main(["case", "XJ44-000000-000000", "--home", engine.home]) == 1
    assert "no such case" in capsys.readouterr().err
