"""A night on which schools answer, by the real command: what they sent is taken or refused, and the next office gets it."""

import shutil
import zipfile

import openpyxl
import pytest

from xueji.assets.engine import Engine
from xueji.data_samples.answer_files import Draft
from xueji.data_samples.outbox import Outbox
from xueji.data_samples.scans import scan

NIGHT = "2026-11-24"


def query(home, sql):
    with Engine(home=str(home)).session() as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def answered(nights, done, tmp_path_factory):
    """Two schools answer after the sample's last night: one attests and sends scans, one deletes and alters a row."""
    folder = tmp_path_factory.mktemp("answers")
    home, landing = folder / "home", folder / "landing"
    shutil.copytree(done[1].home, home)
    outbox = Outbox()
    for night in (nights.first, nights.last):
        outbox.take(home / "outbox" / night)
    numbers = dict(
        query(home, "select case_no, student_no from cases where state = '待处理' and problem_type = 'DUP_ID'")
    )
    lists = [handout for handout in outbox.of_form("list") if handout.owner.isdecimal()]
    attesting, offer = next(
        (handout, offer) for handout in lists for offer in handout.offers if "佐证" in offer.shown["可选处理方式"]
    )
    deleting, two = next(
        (handout, own) for handout in lists if handout is not attesting
        for own in [[offer for offer in handout.offers if (numbers.get(offer.case_no) or "G")[0] == "L"]] if own and len(handout.offers) > 1
    )  # fmt: skip
    draft = Draft.of(attesting)
    draft.write(offer, {"处理方式": "佐证"})
    draft.save(folder / f"{attesting.owner}.xlsx")
    target = landing / NIGHT / "returns"
    for handout in (attesting, deleting):
        (target / handout.owner[2:4]).mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target / attesting.owner[2:4] / f"{attesting.owner}.zip", "w") as archive:
        archive.write(folder / f"{attesting.owner}.xlsx", f"{attesting.owner}.xlsx")
        for kind in ("在校证明", "户口簿"):
            archive.writestr(f"{offer.case_no}_{kind}.pdf", scan(f"{offer.case_no}{kind}", "pdf"))
    draft = Draft.of(deleting)
    draft.write(two[0], {"处理方式": "删除"})
    altered = next(other for other in deleting.offers if other.case_no != two[0].case_no)
    row = draft.write(altered, {"处理方式": "删除", "学籍号": "L999"})
    draft.save(target / deleting.owner[2:4] / f"{deleting.owner}.xlsx")
    night = nights.xueji("run", landing, home=home)
    return night, home, {"attested": offer.case_no, "deleted": two[0].case_no, "altered": altered.case_no, "row": row}


def test_answers_move_their_cases(answered):
    _, home, cases = answered
    states = dict(query(home, "select case_no, state from cases"))
    assert (states[cases["attested"]], states[cases["deleted"]], states[cases["altered"]]) == (
        "待审核",
        "已删除",
        "待处理",
    )


def test_what_was_refused_goes_back_with_its_rule(answered):
    _, home, cases = answered
    assert query(home, """select "row", "column", rule_id from quarantine where kind = 'returns'""") == [
        (cases["row"], "学籍号", "row_changed")
    ]
    (file,) = (home / "outbox" / NIGHT).rglob("*-rejects.xlsx")
    text = "".join(str(cell) for row in openpyxl.load_workbook(file).active.iter_rows(values_only=True) for cell in row)
    assert "row_changed" in text and cases["altered"] in text


def test_every_returned_row_is_accounted_for(answered):
    night, home, _ = answered
    rows = query(
        home,
        "select sum(rows_delivered), sum(rows_accepted), sum(rows_quarantined) from deliveries where kind = 'returns'",
    )
    assert rows == [(3, 2, 1)]
    assert night.status == 0


def test_the_office_gets_the_answer_with_its_scans(answered):
    _, home, cases = answered
    reviews = list((home / "outbox" / NIGHT).rglob("review-*.xlsx"))
    assert len(reviews) == 1
    scans = {file.name for file in reviews[0].parent.joinpath("evidence").iterdir()}
    assert scans == {f"{cases['attested']}_{kind}.pdf" for kind in ("在校证明", "户口簿")}
    assert all(file.stat().st_mode & 0o077 == 0 for file in (home / "evidence").rglob("*.pdf"))


def test_the_same_night_again_changes_nothing(answered, nights, output_bytes):
    _, home, _ = answered
    before = output_bytes(home)
    tables = ("cases", "case_events", "answers", "evidence", "deliveries", "quarantine")
    rows = {table: query(home, f"select * from {table} order by all") for table in tables}
    nights.xueji("run", home.parent / "landing", home=home)
    after = output_bytes(home)
    assert sorted(before) == sorted(after) and [name for name in before if before[name] != after[name]] == []
    assert [table for table in tables if query(home, f"select * from {table} order by all") != rows[table]] == []


def test_what_is_said_and_recorded_names_nobody(answered):
    """Of those whose cases were answered: neither the command's words nor Dagster's records hold a number or a name."""
    night, home, cases = answered
    rows = query(
        home, f"select name, id_number, student_no from cases where case_no in {tuple(list(cases.values())[:3])}"
    )
    texts = [value for row in rows for value in row if value and len(value) > 2]
    assert len(texts) >= 6
    records = b"".join(file.read_bytes() for file in (home / "dagster").rglob("*") if file.is_file()).decode(
        errors="replace"
    )
    escaped = [text.encode("unicode_escape").decode() for text in texts]
    assert sum(text in night.out + night.err for text in texts) == 0
    assert sum(text in records for text in [*texts, *escaped]) == 0


def test_one_history(answered, nights):
    _, home, cases = answered
    told = nights.xueji("case", cases["attested"], home=home).out
    assert cases["attested"] in told and "待审核" in told and "学校佐证" in told and "在校证明" in told
    number, name = query(home, f"select id_number, name from cases where case_no = '{cases['attested']}'")[0]
    assert number not in told and name not in told
    failed = nights.xueji("case", "XJ44-000000-000000", home=home, expected=1)
    assert "XJ44-261120-000123" in failed.err
