"""What schools and authorities send back: each rule by a table of cases, and nothing lost or taken twice."""

import re
import stat
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import returned_sample as sample
from openpyxl import load_workbook

from xueji.assets import answers as module
from xueji.assets.engine import Engine
from xueji.assets.records import frame_of, replace_night
from xueji.checks.return_rules import RETURN_RULES

A, B, C = (
    sample.case(1),
    sample.case(2, problem_type="ERR_ID", name=None),
    sample.case(3, student_no="G44010620150312003X"),
)
ELSEWHERE = sample.case(4, school_code=sample.OTHER_SCHOOL)
MOVED = sample.case(5, state="待审核", turn=2)
WAITING = sample.case(6, state="待审核")
FOREIGN = sample.case(7, problem_type="DUP_ID", id_number="P1234567")
AWAY = sample.case(8, is_out_of_school=True)
FORMAL = sample.case(9, state="待省级审核")
HELD, ISSUING = sample.case(10, state="挂起"), sample.case(11, state="待发号", is_attested=True)
SHEET, VERDICT = sample.case(12, state="核查中"), sample.case(13, state="待裁定", arbiter_code="00")
SETTLED = sample.case(14, state="已解决")
ATTESTED = sample.case(15, state="已解决", is_attested=True)
OTHER_OFFICES = sample.case(16, state="待审核", authority_code=sample.OTHER_OFFICE)
PRIMARY, SENIOR = sample.case(17, state="待审核", grade=6), sample.case(18, state="待审核", grade=11)
LEDGER = [
    PRIMARY, SENIOR,
    A, B, C, ELSEWHERE, MOVED, WAITING, FOREIGN, AWAY, FORMAL, HELD, ISSUING, SHEET, VERDICT, SETTLED, ATTESTED, OTHER_OFFICES,
]  # fmt: skip
DELETE, ATTEST = {"answer": "删除"}, {"answer": "佐证"}
RETURN = f"returns/44/{sample.SCHOOL}.xlsx"
ZIP = f"returns/44/{sample.SCHOOL}.zip"


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    return sample.Desk(tmp_path, LEDGER)


def number_of(row: dict[str, Any]) -> str:
    return str(row["case_no"])


def a_list(row: dict[str, Any] = A, answer: dict[str, Any] = DELETE, **options: Any) -> bytes:
    return sample.book([row], {number_of(row): answer}, **options)


def with_scans(answer: dict[str, Any], row: dict[str, Any] = A, **members: bytes | None) -> bytes:
    """A return with all that proves its answer, but for the `members` named by kind and ending."""
    scans = {"在校证明_jpg": sample.jpeg(), "户口簿_pdf": sample.pdf()} | members
    named = {
        f"{number_of(row)}_{re.sub('_(?=[a-z]+$)', '.', name)}": content for name, content in scans.items() if content
    }
    return sample.archive({"清单.xlsx": a_list(row, answer)} | named)


def change(**cells: Any) -> dict[str, Any]:
    return {"answer": "变更"} | cells


def spoiled(title: str, value: Any, line: int = 6) -> bytes:
    """A list in which one cell was overwritten."""
    return a_list(spoil=lambda sheet, columns: setattr(sheet.cell(line, columns[title]), "value", value))


def merged(first: str, last: str, lines: int = 1) -> bytes:
    def spoil(sheet: Any, columns: dict[str, int]) -> None:
        sheet.merge_cells(
            start_row=6, end_row=5 + lines, start_column=columns[first], end_column=columns[last]
        )  # fmt: skip

    return a_list(spoil=spoil)


def renamed(title: str, other: str | None) -> Callable[[Any, dict[str, int]], None]:
    return lambda sheet, columns: setattr(sheet.cell(5, columns[title]), "value", other)


def from_another_list(sheet: Any, columns: dict[str, int]) -> None:
    """A row sealed in the other school's list, copied below this one's."""
    other = sample.book([ELSEWHERE], {}, owner=sample.OTHER_SCHOOL)
    for cell in load_workbook(BytesIO(other)).worksheets[0][6]:
        sheet.cell(6, cell.column, cell.value)
    sheet.cell(6, columns["处理方式"], "删除")


def long_name() -> str:
    return "测" * 51


OTHER_KEY = type(sample.SEAL)(b"o" * 32)
REVIEW = {"form": "review", "owner": sample.OFFICE}
NEW = {"new_name": "测试新"}
# Rule, where the file is handed in, its content, column, what the sentence names. None of them accepts anything.
FILES = [
    ("file_unreadable", RETURN, b"PK\x03\x04" + b"\0" * 500, None, "工作簿损坏或不完整"),
    ("file_unreadable", RETURN, b"", None, "空文件"),
    (
        "file_unreadable",
        RETURN,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        None,
        "旧式Excel(.xls)或加密的工作簿",
    ),
    ("file_unreadable", ZIP, b"PK\x03\x04" + b"\0" * 500, None, "zip压缩包损坏"),
    (
        "file_unreadable",
        ZIP,
        sample.archive({"清单.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.jpg": b"x"}),
        None,
        "旧式",
    ),
    ("file_not_ours", RETURN, sample.saved(sample.Workbook()), None, ""),
    ("file_not_ours", RETURN, a_list(keys={"form": ""}), None, ""),
    ("file_other_key", RETURN, a_list(seal=OTHER_KEY), "_keys", ""),
    ("file_seal_broken", RETURN, a_list(keys={"owner": sample.OTHER_SCHOOL}), "_keys", ""),
    ("file_seal_broken", RETURN, a_list(keys={"form": "review"}), "_keys", ""),
    ("file_other_owner", f"returns/44/{sample.OTHER_SCHOOL}（1）.xlsx", a_list(), None, sample.SCHOOL),
    ("file_other_owner", f"returns/44/{sample.OTHER_SCHOOL}/清单.xlsx", a_list(), None, sample.SCHOOL),
    ("file_other_owner", "audits/45/review-440106.xlsx", a_list(WAITING, **REVIEW), None, "440106"),
    ("file_other_owner", "audits/00/review-440106.xlsx", a_list(WAITING, **REVIEW), None, "440106"),
    ("file_wrong_place", "audits/44/a.xlsx", a_list(), None, "问题学籍清单不应"),
    ("file_wrong_place", RETURN, a_list(WAITING, **REVIEW), None, "问题学籍审核表不应"),
    ("file_layout", RETURN, a_list(spoil=renamed("处理方式", "方式")), None, "缺少列：处理方式"),
    ("file_layout", RETURN, a_list(spoil=renamed("核验码", None)), None, "缺少列：核验码"),
    ("file_columns_twice", RETURN, a_list(spoil=renamed("问题说明", "姓名")), None, "姓名"),
    ("file_crowded", ZIP, sample.archive({"a.jpg": sample.jpeg()}), None, "实有0份"),
    ("file_crowded", ZIP, sample.archive({"1.xlsx": a_list(), "2.xlsx": a_list()}), None, "实有2份"),
]
ROWS = [
    ("row_added", RETURN, spoiled("核验码", None), "案件编号", ""),
    ("row_added", RETURN, a_list(spoil=lambda sheet, columns: (sheet.cell(6, columns["处理方式"]).__setattr__("value", None), sheet.cell(9, columns["处理方式"], "删除"))), "案件编号", ""),
    ("row_changed", RETURN, spoiled("姓名", "测试改"), "姓名", "下发内容被改动：姓名"),
    ("row_changed", RETURN, spoiled("学籍号", "L1"), "学籍号", "学籍号"),
    ("row_changed", RETURN, spoiled("身份证件号", 440106201503120036), "身份证件号", "身份证件号"),
    ("row_changed", RETURN, spoiled("核验码", "1." + "0" * 32), "核验码", "核验码"),
    ("row_changed", RETURN, spoiled("核验码", "核验"), "核验码", "核验码"),
    ("row_changed", RETURN, spoiled("案件编号", "XJ44-261119-999999"), "案件编号", "案件编号"),
    ("row_changed", RETURN, spoiled("案件编号", number_of(ELSEWHERE)), "案件编号", "案件编号"),
    ("row_changed", RETURN, spoiled("案件编号", None), "案件编号", "案件编号"),
    ("row_merged", RETURN, merged("处理方式", "更正后姓名"), "处理方式", "处理方式、更正后姓名"),
    ("row_merged", RETURN, merged("姓名", "学籍号"), "姓名", "姓名、学籍号"),
    ("row_formula", RETURN, spoiled("处理方式", '="删"&"除"'), "处理方式", "处理方式"),
    ("row_formula", RETURN, spoiled("姓名", "#N/A"), "姓名", "姓名"),
    ("case_unknown", RETURN, a_list(sample.case(99)), "案件编号", ""),
    ("case_not_yours", RETURN, a_list(ELSEWHERE), "案件编号", ""),
    ("case_not_yours", RETURN, a_list(spoil=from_another_list), "案件编号", ""),
    ("case_not_yours", f"returns/45/{sample.SCHOOL}.xlsx", a_list(), "案件编号", ""),
    ("case_not_yours", "audits/44/r.xlsx", a_list(OTHER_OFFICES, {"answer": "通过"}, **REVIEW), "案件编号", ""),
    ("case_not_yours", "audits/44/r.xlsx", a_list(WAITING, {"answer": "通过"}, form="review", owner="44"), "案件编号", ""),
    ("edition_old", RETURN, a_list(MOVED | {"turn": 1}), "案件编号", "现为“待审核”"),
    ("case_not_here", RETURN, a_list(WAITING), "案件编号", "案件现为“待审核”"),
    ("case_not_here", "audits/44/r.xlsx", a_list(A, {"answer": "通过"}, **REVIEW), "案件编号", "待处理"),
    ("case_not_here", "audits/44/r.xlsx", a_list(SETTLED, {"answer": "重新处理"}, **REVIEW), "案件编号", "已解决"),
    ("answer_missing", RETURN, a_list(answer={"note": "已核实"}), "处理方式", "处理方式"),
    ("answer_missing", "arbitration/s.xlsx", a_list(SHEET, {"answer": "坚持佐证"}, form="sheet", owner="44"), "在校情况", "在校情况"),
    ("answer_unknown", RETURN, a_list(answer={"answer": "合并"}), "处理方式", "处理方式不在可选范围内"),
    ("answer_unknown", "audits/44/r.xlsx", a_list(HELD, {"answer": "通过"}, **REVIEW), "审核意见", ""),
    ("answer_unknown", "arbitration/s.xlsx", a_list(SHEET, {"answer": "坚持佐证", "attends": "休学"}, form="sheet", owner="44"), "在校情况", ""),
    ("answer_not_allowed", RETURN, a_list(B, ATTEST), "处理方式", "不能办理佐证"),
    ("answer_not_allowed", RETURN, a_list(AWAY, change(**NEW)), "处理方式", "不能办理变更"),
    ("answer_not_allowed", "audits/44/r.xlsx", a_list(FORMAL, {"answer": "挂起", "note": "招生"}, form="review", owner="44"), "审核意见", "待省级审核"),
    ("answer_not_allowed", "audits/44/r.xlsx", a_list(PRIMARY, {"answer": "挂起", "note": "招生"}, **REVIEW), "审核意见", "高中阶段违规招生"),
    ("answer_not_allowed", "arbitration/s.xlsx", a_list(SHEET, {"answer": "坚持佐证", "attends": "不在校"}, form="sheet", owner="44"), "核查意见", "坚持佐证"),
    ("reason_missing", "audits/44/r.xlsx", a_list(WAITING, {"answer": "退回"}, **REVIEW), "审核理由", ""),
    ("reason_missing", "arbitration/v.xlsx", a_list(VERDICT, {"answer": "不予保留"}, form="verdict", owner="00"), "仲裁理由", ""),
    ("reason_missing", "arbitration/i.xlsx", a_list(ISSUING, {"answer": "不予发号"}, form="issue", owner="00"), "发号说明", ""),
    ("reason_missing", "audits/44/r.xlsx", a_list(ATTESTED, {"answer": "重新处理"}, **REVIEW), "审核理由", ""),
    ("change_empty", RETURN, a_list(answer=change()), "更正后姓名", ""),
    ("change_same", RETURN, a_list(answer=change(new_name=A["name"])), "更正后姓名", ""),
    ("change_same", RETURN, a_list(answer=change(new_id_number=f" {sample.NUMBER}")), "更正后身份证件号", ""),
    ("change_beside", RETURN, a_list(answer=change(new_sex="男")), "更正后姓名", ""),
    ("change_not_asked", RETURN, a_list(answer=DELETE | NEW), "更正后姓名", ""),
    ("change_name", RETURN, a_list(answer=change(new_name="测试1")), "更正后姓名", "数字或不应出现的符号"),
    ("change_name", RETURN, a_list(answer=change(new_name="测")), "更正后姓名", "只有一个字"),
    ("change_name", RETURN, a_list(answer=change(new_name=long_name())), "更正后姓名", "超过50个字"),
    ("change_number", RETURN, a_list(answer=change(new_id_number="110105491231002")), "更正后身份证件号", "15位旧号"),
    ("change_number", RETURN, a_list(answer=change(new_id_number="110105194912310021")), "更正后身份证件号", "校验码"),
    ("change_number", RETURN, a_list(answer=change(new_id_number=110105194912310020)), "更正后身份证件号", "数字已丢失"),
    ("change_number", RETURN, a_list(FOREIGN, change(new_id_number="P1")), "更正后身份证件号", "5至30位"),
    ("change_sex", RETURN, a_list(B, change(new_sex="不详")), "更正后性别", ""),
    ("change_birth_date", RETURN, a_list(B, change(new_birth_date="2015-02-30")), "更正后出生日期", ""),
    ("change_birth_date", RETURN, a_list(B, change(new_birth_date="2027-01-01")), "更正后出生日期", ""),
    ("evidence_missing", RETURN, a_list(answer=ATTEST), "证明材料", "在校证明；户口簿"),
    ("evidence_missing", ZIP, with_scans(ATTEST, 在校证明_jpg=None), "证明材料", "在校证明"),
    ("evidence_missing", RETURN, a_list(C), "证明材料", "说明"),
    ("evidence_one_side", ZIP, with_scans(ATTEST, 户口簿_pdf=None, 身份证反面_png=sample.png()), "证明材料", ""),
    ("evidence_type", ZIP, with_scans(ATTEST, 户口簿_pdf=b"MZ" * 1000), "证明材料", "户口簿"),
    ("evidence_damaged", ZIP, with_scans(ATTEST, 户口簿_pdf=sample.jpeg()[:3000]), "证明材料", "户口簿"),
    ("evidence_damaged", ZIP, with_scans(ATTEST, 户口簿_pdf=sample.png()[:-200]), "证明材料", "户口簿"),
    ("evidence_damaged", ZIP, with_scans(ATTEST, 户口簿_pdf=sample.pdf()[:-10]), "证明材料", "户口簿"),
    ("evidence_size", ZIP, with_scans(ATTEST, 户口簿_pdf=b"%PDF-%%EOF"), "证明材料", "户口簿"),
]  # fmt: skip


def delivery_day(place: int) -> str:
    """Each case on a delivery date of its own: one night takes them all."""
    return str(sample.date(2026, 8, 1) + timedelta(days=place))


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What became of all the cases above."""
    desk = sample.Desk(tmp_path_factory.mktemp("refused"), LEDGER)
    for place, (_, file, content, *_) in enumerate(FILES + ROWS):
        desk.hand_in(file, content, delivery_day(place))
    assert desk.night() == 0
    assert desk.rows("answers") == desk.rows("evidence") == []
    assert not list(desk.engine.home_path.glob("evidence/*/*")), "scans of a refused row are not kept"
    return {name: {row["file"][:10]: row for row in desk.rows(name)} for name in ("quarantine", "deliveries")} | {
        "count": len(desk.rows("quarantine"))
    }


@pytest.mark.parametrize("place", range(len(FILES + ROWS)), ids=lambda place: f"{place:02}-{(FILES + ROWS)[place][0]}")
def test_refuses_by_the_rule(refused, place):
    rule_id, _, _, column, says = (FILES + ROWS)[place]
    reject, delivery = refused["quarantine"][delivery_day(place)], refused["deliveries"][delivery_day(place)]
    assert (reject["rule_id"], reject["column"]) == (rule_id, column)
    assert says in reject["reason"] and "{}" not in reject["reason"]
    assert delivery["rows_delivered"] == delivery["rows_quarantined"] and delivery["rows_accepted"] == 0
    is_file = rule_id.startswith("file_")
    assert delivery["verdict"] == ("refused" if is_file else "accepted")
    assert (reject["row"] is None) == is_file


def test_one_reject_a_case(refused):
    assert refused["count"] == len(FILES + ROWS)


def test_every_rule_has_a_case():
    elsewhere = {"row_twice", "evidence_name", "evidence_no_answer"}
    assert {case[0] for case in FILES + ROWS} | elsewhere == set(RETURN_RULES)


# Where, what is handed in, and what of it is read.
ACCEPTED = [
    ("delete", RETURN, a_list(), {"answer": "删除", "audit": "", "sender": sample.SCHOOL, "form": "list"}),
    ("blanks and width", RETURN, a_list(answer={"answer": " 删除　"}), {"answer": "删除"}),
    ("name without a school code", "returns/44/清单（最终）.xlsx", a_list(), {"answer": "删除"}),
    ("a zip by another name", RETURN.replace("xlsx", "rar"), sample.archive({"x.xlsx": a_list()}), {"answer": "删除"}),
    ("attest", ZIP, with_scans(ATTEST), {"answer": "佐证", "audit": "authority", "evidence_count": 2}),
    ("both sides", ZIP, with_scans(ATTEST, 户口簿_pdf=None, 身份证正面_png=sample.png(), 身份证反面_jpg=sample.jpeg()), {"evidence_count": 3}),
    ("several pages", ZIP, with_scans(ATTEST, 户口簿_2_png=sample.png()), {"evidence_count": 3}),
    ("formal number", ZIP, with_scans(DELETE, C, 说明_png=sample.png()), {"audit": "province,ministry"}),
    ("change of name", ZIP, with_scans(change(**NEW, note="户口簿")), {"new_name": "测试新", "note": "户口簿", "new_id_number": None}),
    ("change of number", ZIP, with_scans(change(new_id_number="１１０１０５１９４９１２３１００２x")), {"new_id_number": "11010519491231002X"}),
    ("other document", ZIP, with_scans(change(new_id_number="p7654321"), FOREIGN), {"new_id_number": "P7654321"}),
    ("sex alone", ZIP, with_scans(change(new_sex="女"), B), {"new_sex_code": "2", "new_birth_date": None}),
    ("birth date alone", ZIP, with_scans(change(new_birth_date="2015/3/12"), B), {"new_birth_date": sample.BIRTH}),
    ("birth date cell", ZIP, with_scans(change(new_birth_date=sample.BIRTH), B), {"new_birth_date": sample.BIRTH}),
    ("serial number", ZIP, with_scans(change(new_birth_date=42075), B), {"new_birth_date": sample.BIRTH}),
    ("pass", "audits/44/r.xlsx", a_list(WAITING, {"answer": "通过", "signed_by": "审核员"}, **REVIEW), {"kind": "audits", "answer": "通过", "signed_by": "审核员", "audit": None}),
    ("send back", "audits/44/r.xlsx", a_list(WAITING, {"answer": "退回", "note": "不清"}, **REVIEW), {"answer": "退回", "note": "不清"}),
    ("hold", "audits/44/r.xlsx", a_list(SENIOR, {"answer": "挂起", "note": "招生"}, **REVIEW), {"answer": "挂起"}),
    ("release", "audits/44/r.xlsx", a_list(HELD, {"answer": "解除挂起"}, **REVIEW), {"answer": "解除挂起"}),
    ("redo", "audits/44/r.xlsx", a_list(ATTESTED, {"answer": "重新处理", "note": "有误"}, **REVIEW), {"answer": "重新处理"}),
    ("province", "audits/44/r.xlsx", a_list(FORMAL, {"answer": "通过"}, form="review", owner="44"), {"sender": "44"}),
    ("sheet", "arbitration/s.xlsx", a_list(SHEET, {"answer": "坚持佐证", "attends": "在校", "note": "有户口簿"}, form="sheet", owner="44"), {"note": "在校。有户口簿"}),
    ("verdict", "arbitration/44/v.xlsx", a_list(VERDICT, {"answer": "保留"}, form="verdict", owner="00"), {"answer": "保留", "unit_code": "44"}),
    ("issue", "arbitration/i.xlsx", a_list(ISSUING, {"answer": "已发号"}, form="issue", owner="00"), {"answer": "已发号"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "place", "content", "expected"), ACCEPTED, ids=[case[0] for case in ACCEPTED])
def test_takes_a_good_answer(desk, what, place, content, expected):
    desk.hand_in(place, content)
    assert desk.night() == 1, [(row["rule_id"], row["reason"]) for row in desk.rows("quarantine")]
    (answer,) = desk.rows("answers")
    assert {name: answer[name] for name in expected} == expected
    assert (answer["turn"], answer["row"], answer["file"]) == (1, 6, f"{sample.NIGHT}/{place}")
    assert desk.rows("quarantine") == []
    assert len(desk.rows("evidence")) == answer["evidence_count"]


def test_a_bad_row_costs_no_good_one_and_nothing_is_lost(desk):
    answers = {number_of(A): DELETE, number_of(B): {"answer": "合并"}, number_of(C): {}}
    desk.hand_in(RETURN, sample.book([A, B, C], answers))
    assert desk.night() == 1
    (delivery,) = desk.rows("deliveries")
    assert [delivery[name] for name in ("rows_delivered", "rows_accepted", "rows_quarantined")] == [2, 1, 1]
    (reject,) = desk.rejects()
    assert (reject["row"], reject["value"], reject["case_no"], reject["owner"]) == (
        7,
        "合并",
        number_of(B),
        sample.SCHOOL,
    )


def test_a_merge_over_several_rows_refuses_each(desk):
    def spoil(sheet: Any, columns: dict[str, int]) -> None:
        sheet.merge_cells(start_row=6, end_row=7, start_column=columns["处理方式"], end_column=columns["处理方式"])

    desk.hand_in(RETURN, sample.book([A, B, AWAY], {number_of(A): DELETE, number_of(AWAY): DELETE}, spoil=spoil))
    assert desk.night() == 1
    assert [(row["row"], row["rule_id"]) for row in desk.rows("quarantine")] == [(6, "row_merged"), (7, "row_merged")]


def test_of_two_answers_the_first_counts(desk):
    def twice(sheet: Any, columns: dict[str, int]) -> None:
        for cell in list(sheet[6]):
            sheet.cell(8, cell.column, cell.value)

    desk.hand_in(RETURN, a_list(spoil=twice))
    desk.hand_in(
        RETURN.replace(".xlsx", "（2）.xlsx"), sample.book([A, B], {number_of(A): DELETE, number_of(B): DELETE})
    )
    assert desk.night() == 2
    twice_refused = [(row["file"][-8:], row["row"]) for row in desk.rows("quarantine") if row["rule_id"] == "row_twice"]
    assert twice_refused == [("001.xlsx", 8), ("（2）.xlsx", 6)]


def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one(desk):
    desk.hand_in(RETURN, a_list(answer={"answer": "合并"}))
    desk.hand_in(RETURN.replace(".xlsx", "（2）.xlsx"), a_list())
    assert desk.night() == 1


def test_scans_that_belong_to_no_answer_cost_no_good_row(desk):
    members = {"清单.xlsx": sample.book([A, B], {number_of(A): DELETE}), "照片/IMG_1.jpg": sample.jpeg()}
    members |= {f"{number_of(A)}_户口本.jpg": sample.jpeg(), f"{number_of(B)}_户口簿.jpg": sample.jpeg()}
    members |= {"__MACOSX/._清单.xlsx": b"x", "Thumbs.db": b"x", "~$清单.xlsx": b"x"}
    desk.hand_in(ZIP, sample.archive(members))
    assert desk.night() == 1
    found = {(row["value"], row["rule_id"], row["reason"][-4:]) for row in desk.rows("quarantine")}
    assert found == {
        ("照片/IMG_1.jpg", "evidence_name", "案件编号"),
        (f"{number_of(A)}_户口本.jpg", "evidence_name", "材料名称"),
        (f"{number_of(B)}_户口簿.jpg", "evidence_no_answer", "处理方式"),
    }
    (delivery,) = desk.rows("deliveries")
    assert [delivery[name] for name in ("rows_delivered", "rows_accepted", "rows_quarantined")] == [1, 1, 0]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_scans_are_kept_by_content_for_their_owner_alone(desk, encoding):
    desk.hand_in(ZIP, sample.archive({"清单.xlsx": a_list(answer=ATTEST)} | sample.proof(A), encoding))
    assert desk.night() == 1, desk.rows("quarantine")
    rows = desk.rows("evidence")
    assert [(row["kind"], row["media_type"]) for row in rows] == [
        ("在校证明", "image/jpeg"),
        ("户口簿", "application/pdf"),
    ]
    assert {row["modified_at"] for row in rows} == {"2026-11-20T09:30:12"}
    for row, ending in zip(rows, (".jpg", ".pdf"), strict=True):
        kept = desk.engine.home_path / "evidence" / row["sha256"][:2] / f"{row['sha256']}{ending}"
        assert kept.stat().st_size == row["bytes"]
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
        assert row["file"].startswith(f"{sample.NIGHT}/{ZIP}/材料/{number_of(A)}_")
    assert not (desk.engine.work_path / "returned").exists(), "nothing stays unpacked"


def state(desk: Any) -> list[list[dict[str, Any]]]:
    return [desk.rows(table) for table in ("answers", "evidence", "deliveries", "quarantine")]


def test_a_night_run_again_gives_the_same_and_leaves_other_kinds_alone(desk):
    desk.hand_in(ZIP, with_scans(ATTEST))
    desk.hand_in(f"returns/44/{sample.OTHER_SCHOOL}.xlsx", a_list())
    day = frame_of("deliveries", [{"kind": "students", "unit_code": "44", "verdict": "accepted"}])
    day = day.with_columns(date=sample.pl.lit(sample.date(2026, 11, 20)))
    with desk.engine.connection() as connection:
        replace_night(desk.engine, connection, "deliveries", sample.NIGHT, day, "true")
    assert desk.night() == 1
    first = state(desk)
    assert [row["kind"] for row in first[2]] == ["returns", "returns", "students"]
    assert desk.night() == 1
    assert state(desk) == first


def test_the_next_night_takes_only_what_is_new(desk):
    content = a_list()
    desk.hand_in(RETURN, content)
    desk.hand_in(f"returns/44/{sample.OTHER_SCHOOL}.xlsx", a_list())
    assert desk.night() == 1
    first = state(desk)
    assert desk.night("2026-11-21") == 0
    assert state(desk) == first, "nothing is said of a file a second time, be it accepted or refused"
    desk.hand_in(RETURN, a_list(B))  # other bytes under the same name
    desk.hand_in(RETURN.replace(".xlsx", "-副本.xlsx"), content, "2026-11-21")
    desk.hand_in(f"returns/44/{sample.SCHOOL}.xlsx", a_list(B, {"answer": "删除"}), "2026-11-22")
    assert desk.night("2026-11-21") == 1
    said = {(row["file"], row["verdict"], row["rows_delivered"], row["reason"]) for row in desk.rows("deliveries")[2:]}
    assert said == {
        (f"{sample.NIGHT}/{RETURN}", "accepted", 1, None),
        (f"2026-11-21/{RETURN}".replace(".xlsx", "-副本.xlsx"), "known", 0, "已接收过"),
    }


def test_a_copy_in_the_same_night_is_not_taken_twice(desk):
    content = a_list()
    for name in ("", "-副本"):
        desk.hand_in(RETURN.replace(".xlsx", f"{name}.xlsx"), content)
    assert desk.night() == 1
    assert [row["verdict"] for row in desk.rows("deliveries")] == ["accepted", "known"]
    assert desk.rows("quarantine") == []


def test_many_files_are_read_by_several_processes(desk, monkeypatch):
    monkeypatch.setattr(module, "FEW_FILES", 1)
    monkeypatch.setattr(module, "BATCH_FILES", 2)
    desk.engine = Engine(home=desk.engine.home, threads=2)
    desk.hand_in(ZIP, with_scans(ATTEST))
    desk.hand_in(RETURN, a_list(B))
    desk.hand_in(f"returns/44/{sample.OTHER_SCHOOL}.xlsx", b"x")
    assert desk.night() == 2
    assert [row["verdict"] for row in desk.rows("deliveries")] == ["accepted", "accepted", "refused"]


def test_clutter_is_no_file(desk):
    for name in ("~$2144000001.xlsx", ".DS_Store", "desktop.ini"):
        desk.hand_in(f"returns/44/{name}", b"x")
    assert desk.night() == 0
    assert desk.rows("deliveries") == []


def test_a_link_is_not_followed(desk, tmp_path):
    (tmp_path / "elsewhere.xlsx").write_bytes(a_list())
    desk.hand_in("returns/44/.keep", b"")
    (desk.landing / sample.NIGHT / RETURN).symlink_to(tmp_path / "elsewhere.xlsx")
    assert desk.night() == 0
    assert [row["rule_id"] for row in desk.rows("quarantine")] == ["file_unreadable"]


def test_unknown_schools_list_comes_back(desk):
    desk.hand_in("returns/44/unknown.xlsx", a_list(owner="unknown"))
    assert desk.night() == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_torn_archive_is_not_read_as_the_workbook_inside_it(desk, share):
    whole = sample.archive({"清单.xlsx": a_list(), "说明_户口簿.png": sample.png(), "z.pdf": sample.pdf()})
    desk.hand_in(ZIP, whole[: int(len(whole) * share)])
    assert desk.night() == 0
    assert [row["rule_id"] for row in desk.rejects()] == ["file_unreadable"]
