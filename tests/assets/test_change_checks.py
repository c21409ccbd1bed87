"""Changes judged by their corrected records: a small nation, cases that wait for their check, and what comes of each."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.change_checks import check_changes
from xueji.assets.engine import Engine
from xueji.assets.identity_request import write_identity_request
from xueji.assets.records import frame_of
from xueji.checks.id_number import CHECK_CHARACTERS, WEIGHTS

NIGHT = "2026-11-20"
SCHOOLS = "学校标识码,学校名称,行政区划代码\n2144000001,甲小学,440106\n2151000001,乙小学,510104\n"


def number(body: str) -> str:
    """An eighteen-character number with its check character."""
    return body + CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


HELD, FREE, NAMED, SEXED, UNKNOWN, TAKEN = (
    number(f"44010620150312{serial}") for serial in ("001", "003", "005", "007", "009", "002")
)
ELSEWHERE = number("51010420150312001")
TYPO = HELD[:-1] + ("0" if HELD[-1] != "0" else "1")
REGISTER = dict.fromkeys((HELD, FREE, NAMED, SEXED), "王小明") | {TAKEN: "李静", ELSEWHERE: "陈晨"}
STUDENT = {
    "xxbsm": "2144000001", "xm": "王小明", "xbm": "1", "csrq": "20150312", "sfzjlxm": "1", "nj": "六年级", "bh": "1",
    "rxny": "202109",
}  # fmt: skip
# By student number or, without one, by name: what differs.
STUDENTS = {
    "PAIR1": {"sfzjh": HELD},
    "PAIR2": {"sfzjh": HELD},
    "TYPO": {"sfzjh": TYPO},
    "TYPO2": {"sfzjh": TYPO},
    "NAME": {"xm": "王小民", "sfzjh": NAMED},
    "SEX": {"xbm": "2", "sfzjh": SEXED},
    "LI": {"xm": "李静", "xbm": "2", "sfzjh": TAKEN},
    "CHEN": {"xm": "陈晨", "sfzjh": ELSEWHERE, "xxbsm": "2151000001"},
    "NONE": {"xm": "孙一", "sfzjlxm": "Z"},
    "孙二": {"xjh": None, "xm": "孙二", "sfzjlxm": "Z"},  # without a student number too
    **{f"FILLER{place}": {"sfzjlxm": "A", "sfzjh": f"P000{place}"} for place in range(10)},
}
Case = Mapping[str, object]


@pytest.fixture(scope="module")
def checked_nation(nation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HOME of a night whose findings have been made, without a case."""
    folder = tmp_path_factory.mktemp("nation")
    made = nation(folder / "landing", folder / "home")
    rows = [STUDENT | {"xjh": student} | changes for student, changes in STUDENTS.items()]
    schema = dict.fromkeys([*STUDENT, "xjh", "sfzjh"], pl.String)
    for unit in ("44", "51"):
        made.deliver(NIGHT, unit, pl.DataFrame([row for row in rows if row["xxbsm"][2:4] == unit], schema=schema))
    register = made.landing / NIGHT / "population"
    register.mkdir()
    (register / "register.csv").write_text("身份证件号,姓名\n" + "".join(f"{key},{name}\n" for key, name in REGISTER.items()))  # fmt: skip
    (made.landing / NIGHT / "schools.csv").write_text(SCHOOLS)
    made.run(NIGHT, ["44", "51"])
    return made.home


@pytest.fixture
def engine(checked_nation: Path, tmp_path: Path) -> Engine:
    shutil.copytree(checked_nation, tmp_path / "home")
    return Engine(home=str(tmp_path / "home"), threads=2)


@pytest.fixture
def check(engine: Engine) -> Callable[..., dict[str, tuple[str, str | None]]]:
    """Put cases into the ledger and check; return outcome and rules by student and problem type."""

    def run(*cases: Case) -> dict[str, tuple[str, str | None]]:
        put(engine, "cases", [case_of(engine, place, case) for place, case in enumerate(cases)])
        rows = check_changes(engine, NIGHT)
        with engine.session() as connection:
            found = connection.execute(
                """select coalesce(student_no, name) || ' ' || problem_type, outcome, rule_ids, note, k.turn, k."date"
                from change_checks as k join cases using (case_no)"""
            ).fetchall()
        assert rows == len(found) and all(note for _, _, _, note, _, _ in found)
        assert all((turn, night) == (3, date.fromisoformat(NIGHT)) for *_, turn, night in found)
        return {key: (outcome, rule_ids) for key, outcome, rule_ids, *_ in found}

    return run


def case_of(engine: Engine, place: int, case: Case) -> Case:
    """A case waiting for its check, in turn 3, of the record that the core table has for its student."""
    with engine.session() as connection:
        records = connection.execute(
            """select unit_code, record_key, student_no, name, id_number from core_students
            where coalesce(student_no, name) = ?""",
            [case["student"]],
        ).fetchall()
    gone = ("44", f"2144000001/{case['student']}", case["student"], None, None)
    record = dict(zip(("unit_code", "record_key", "student_no", "name", "id_number"), (*records, gone)[0], strict=True))
    waiting = {"state": "待复查", "disposition": "变更", "turn": 3, "answered_on": date(2026, 11, 10)}
    given = {key: value for key, value in case.items() if key != "student"}
    return waiting | record | {"case_no": f"XJ44-261101-{place:06}"} | given


def put(engine: Engine, table: str, rows: Sequence[Case]) -> None:
    with engine.session() as connection:
        connection.register("given_rows", frame_of(table, rows).to_arrow())
        basis = {"night": "2026-11-19", "before": None}
        engine.replace_table(table, "select * from given_rows", connection, basis=basis)


def change(student: str, problem_type: str, **given: object) -> Case:
    return {"student": student, "problem_type": problem_type, **given}


# name: the change, the outcome, the rules
CASES = {
    "typo_corrected": (change("TYPO", "ERR_ID", new_id_number=FREE), "clean", None),
    "number_with_blanks": (change("TYPO", "ERR_ID", new_id_number=f" {FREE[:6]} {FREE[6:]}"), "clean", None),
    "still_a_typo": (change("TYPO", "ERR_ID", new_id_number=TYPO), "same", "id_checksum"),
    "number_in_no_register": (change("TYPO", "ERR_ID", new_id_number=UNKNOWN), "other", "id_not_found"),
    "again_in_no_register": (change("TYPO", "ERR_NOTFOUND", new_id_number=UNKNOWN), "same", "id_not_found"),
    "number_and_name_of_another": (
        change("NAME", "ERR_NAME", new_id_number=TAKEN, new_name="李静", new_sex_code="2"), "other", "duplicate_id",
    ),
    "number_of_another_and_own_name": (
        change("TYPO", "ERR_ID", new_id_number=TAKEN), "same", "duplicate_id,id_name_mismatch,id_sex_conflict",
    ),
    "number_of_another_in_another_unit": (
        change("TYPO", "ERR_ID", new_id_number=ELSEWHERE, new_name="陈晨"), "other", "duplicate_id",
    ),
    "name_corrected": (change("NAME", "ERR_NAME", new_name="王小明"), "clean", None),
    "name_with_a_blank": (change("NAME", "ERR_NAME", new_name="王 小明"), "clean", None),
    "name_still_differs": (change("NAME", "ERR_NAME", new_name="王小命"), "same", "id_name_mismatch"),
    "sex_corrected": (change("SEX", "ERR_ID", new_sex_code="1"), "clean", None),
    "birth_date_made_wrong": (
        change("SEX", "ERR_ID", new_sex_code="1", new_birth_date=date(2015, 3, 13)), "same", "id_birth_conflict",
    ),
    "duplicate_with_a_number_of_its_own": (change("PAIR2", "DUP_ID", new_id_number=FREE), "clean", None),
    "duplicate_with_another_name_alone": (
        change("PAIR2", "DUP_ID", new_name="王小民"), "same", "duplicate_id,id_name_mismatch",
    ),
    "duplicate_that_has_its_own_case": (change("PAIR2", "ERR_ID", new_birth_date=date(2015, 3, 12)), "clean", None),
    "made_equal_to_another_without_number": (
        change("孙二", "ERR_ID", new_name="孙一"), "other", "duplicate_name_sex_birth",
    ),
    "without_number_made_different": (change("孙二", "DUP_NSB", new_name="孙三"), "clean", None),
    "without_number_given_one": (change("NONE", "DUP_NSB", new_id_number="P12345"), "clean", None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_corrected_record_is_checked_like_any_other(check, name):
    case, outcome, rules = CASES[name]
    assert list(check(case).values()) == [(outcome, rules)]


def test_two_corrections_onto_one_number_collide(check):
    changes = [change("TYPO", "ERR_ID", new_id_number=FREE), change("PAIR2", "DUP_ID", new_id_number=FREE)]
    assert check(*changes) == {
        "TYPO ERR_ID": ("other", "duplicate_id"),
        "PAIR2 DUP_ID": ("same", "duplicate_id"),
    }


def test_a_number_that_its_holder_gives_up_tonight_is_free(check):
    changes = [change("SEX", "ERR_ID", new_sex_code="1", new_id_number=FREE), change("TYPO", "ERR_ID", new_id_number=SEXED)]  # fmt: skip
    assert check(*changes) == {"SEX ERR_ID": ("clean", None), "TYPO ERR_ID": ("clean", None)}


def test_the_changes_of_one_record_are_judged_together(check):
    changes = [
        change("NAME", "ERR_NAME", new_name="王小明"),
        change("NAME", "ERR_ID", new_id_number=FREE),
        change("NAME", "DUP_ID", new_id_number=UNKNOWN, answered_on=date(2026, 11, 9)),  # the later number counts
    ]
    assert set(check(*changes).values()) == {("clean", None)}


def test_a_record_that_is_gone_is_left_out(check):
    changes = [change("GONE", "ERR_ID", new_id_number=UNKNOWN), change("TYPO", "ERR_ID", new_id_number=FREE)]
    assert check(*changes) == {"TYPO ERR_ID": ("clean", None)}
    assert check(changes[0]) == {}


def test_without_a_register_a_new_number_waits_and_a_new_sex_does_not(engine, check):
    put(engine, "core_population", [])
    changes = [
        change("TYPO", "ERR_ID", new_id_number=FREE),
        change("SEX", "ERR_ID", new_sex_code="1"),
        change("PAIR2", "DUP_ID", new_id_number=TYPO),
    ]
    assert check(*changes) == {
        "TYPO ERR_ID": ("waiting", None),
        "SEX ERR_ID": ("clean", None),
        "PAIR2 DUP_ID": ("other", "id_checksum"),
    }


def test_the_registers_owner_is_asked_for_the_corrected_pair(engine, check, tmp_path):
    put(engine, "core_population", [])
    check(change("TYPO", "ERR_ID", new_id_number=FREE), change("NAME", "ERR_NAME", new_name="王小 明"))
    write_identity_request(engine, tmp_path / "pairs.csv")
    pairs = set(pl.read_csv(tmp_path / "pairs.csv", infer_schema=False).rows())
    assert pairs >= {(FREE, "王小明"), (NAMED, "王小 明"), (NAMED, "王小民")}
    assert (TYPO, "王小明") not in pairs


ANSWERED = [
    # name answered for, answer, outcome, rules, why
    ("王小明", "一致", "clean", None, "confirmed"),
    ("王小明", "不存在", "other", "id_not_found", "denied"),
    ("王小明", "姓名不匹配", "other", "id_name_mismatch", "another's"),
    ("李静", "姓名不匹配", "waiting", None, "nobody answered for this name"),
]


@pytest.mark.parametrize(("name", "answer", "outcome", "rules", "why"), ANSWERED, ids=[case[-1] for case in ANSWERED])
def test_the_answer_of_the_registers_owner_decides(engine, check, name, answer, outcome, rules, why):
    put(engine, "core_population", [])
    row = {"answered_on": date(2026, 11, 1), "id_key": int(FREE[:17]), "name_folded": name, "answer": answer}
    put(engine, "identity_answers", [row])
    assert check(change("TYPO", "ERR_ID", new_id_number=FREE)) == {"TYPO ERR_ID": (outcome, rules)}


REVIEWED = [
    # state and disposition of the case, the office's answer, checked, why
    ("待审核", "变更", {}, True, "passes tonight"),
    ("待审核", "变更", {"answer": "退回"}, False, "sent back"),
    ("待审核", "变更", {"turn": 2}, False, "an answer to an earlier turn"),
    ("待审核", "变更", {"date": date(2026, 11, 19)}, False, "another night's answer"),
    ("待审核", "佐证", {}, False, "another disposition"),
    ("待处理", "变更", {}, False, "not there yet"),
]


@pytest.mark.parametrize(
    ("state", "disposition", "answer", "is_checked", "why"), REVIEWED, ids=[case[-1] for case in REVIEWED]
)
def test_what_an_office_passes_tonight_is_checked(engine, check, state, disposition, answer, is_checked, why):
    passed = {"date": date.fromisoformat(NIGHT), "form": "review", "case_no": "XJ44-261101-000000", "turn": 3}
    put(engine, "answers", [passed | {"answer": "通过"} | answer])
    case = change("TYPO", "ERR_ID", new_id_number=FREE, state=state, disposition=disposition)
    assert check(case) == ({"TYPO ERR_ID": ("clean", None)} if is_checked else {})


def test_a_night_run_again_gives_the_same_and_tells_it_in_the_rules_words(engine, check):
    check(change("TYPO", "ERR_ID", new_id_number=TAKEN))
    assert check_changes(engine, NIGHT) == 1
    with engine.session() as connection:
        notes = connection.execute("select note from change_checks").fetchall()
    for sentence in ("与其他学籍使用同一证件号，但姓名不同", "第17位表示的性别与所填性别不同", "登记姓名不同"):
        assert sentence in notes[0][0]
    assert TAKEN not in notes[0][0] and "李静" not in notes[0][0]
