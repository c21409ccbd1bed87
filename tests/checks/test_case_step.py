"""The ledger's step: what a night makes of cases, findings and answers."""

from datetime import date, timedelta

import pytest

from xueji.checks.case_states import CLOSED_STATES, STATES

MONDAY = date(2026, 3, 2)
NIGHTS = [MONDAY + timedelta(days=day) for day in range(120)]
HERE, THERE, FAR = "2144000001", "2144000003", "2151000001"
NUMBER = {"problem_type": "DUP_ID", "rule_id": "duplicate_id", "group_key": "ID-1", "scope": "city"}
NSB = {
    "problem_type": "DUP_NSB",
    "rule_id": "duplicate_name_sex_birth",
    "group_key": "NSB-1",
    "scope": "city",
    "id_number": None,
}
A, B = NUMBER | {"student_no": "A"}, NUMBER | {"student_no": "B", "school_code": THERE}


def events_of(rows):
    return [row["event"] for row in rows]


def answer(case, form, said, **more):
    return {"case_no": case["case_no"], "form": form, "answer": said} | more


def attested(ledger, nights, findings, *cases):
    """Attest the cases on the first night and pass them on the second."""
    first, second = nights
    ledger.step(first, findings, [answer(case, "list", "佐证", audit="authority") for case in cases])
    return ledger.step(second, findings, [answer(case, "review", "通过") for case in cases])


def test_a_problem_opens_a_case(ledger):
    (event,) = ledger.step(MONDAY, [{}])
    case = ledger.case()
    assert (event["event"], event["from_state"], event["to_state"]) == ("opened", None, "待处理")
    assert case["case_no"] == event["case_no"] == "XJ44-260302-000001"
    assert (case["first_seen"], case["last_seen"], case["closed_on"]) == (MONDAY, MONDAY, None)
    assert (case["authority_level"], case["authority_code"], case["county_code"]) == ("county", "440106", "440106")
    assert (case["due_date"], case["settle_by"]) == (date(2026, 3, 16), date(2026, 6, 30))
    assert (case["reasons"], case["turn"]) == ("id_not_found", 1)


def test_reasons_of_one_type_are_one_case_and_types_are_several(ledger):
    ledger.step(
        MONDAY,
        [
            {"problem_type": "ERR_ID", "rule_id": "id_sex_conflict"},
            {"problem_type": "ERR_ID", "rule_id": "id_birth_conflict"},
            {},
        ],
    )
    assert ledger.case(problem_type="ERR_ID")["reasons"] == "id_birth_conflict,id_sex_conflict"
    assert len(ledger.rows("select * from cases")) == 2


def test_warnings_notes_and_files_open_no_case(ledger):
    ledger.step(MONDAY, [{"severity": "warning"}, {"severity": "note"}, {"record_key": None, "severity": "error"}])
    assert ledger.rows("select * from cases") == []


def test_a_carried_case_says_nothing(ledger):
    ledger.step(NIGHTS[0], [{}])
    assert ledger.step(NIGHTS[1], [{}]) == []
    assert (ledger.case()["last_seen"], ledger.case()["due_date"]) == (NIGHTS[1], date(2026, 3, 16))


def test_numbers_stay_when_a_night_is_run_again_with_more(ledger):
    ledger.step(MONDAY, [{"student_no": "G2"}])
    first = ledger.case("G2")["case_no"]
    ledger.step(MONDAY, [{"student_no": "G1"}, {"student_no": "G2"}, {"student_no": "G3"}])
    assert ledger.case("G2")["case_no"] == first
    assert len({row["case_no"] for row in ledger.rows("select * from cases")}) == 3


def test_a_night_run_again_is_the_same(ledger):
    ledger.step(NIGHTS[0], [{}, A, B])
    answers = [answer(ledger.case(), "list", "佐证", audit="authority")]
    once = ledger.step(NIGHTS[1], [{}, A], answers), ledger.rows("select * from cases order by case_no")
    assert (ledger.step(NIGHTS[1], [{}, A], answers), ledger.rows("select * from cases order by case_no")) == once


# What is answered and what comes of it, one night after the other; the finding stands all the while.
ATTEST, CHANGE = (
    ("list", "佐证", {"audit": "authority"}),
    ("list", "变更", {"audit": "authority", "new_name": "王晓明"}),
)
PASS, BACK = ("review", "通过", {}), ("review", "退回", {"note": "材料不清"})
WAYS = [
    ("删除", {}, [("list", "删除", {"audit": ""})], "已删除"),
    ("删除 of a formal number", {}, [("list", "删除", {"audit": "province,ministry"})], "待省级审核"),
    ("passed by the province", {}, [("list", "删除", {"audit": "province,ministry"}), PASS], "待教育部审核"),
    ("passed by the ministry", {}, [("list", "删除", {"audit": "province,ministry"}), PASS, PASS], "已删除"),
    ("refused by the ministry", {}, [("list", "删除", {"audit": "province,ministry"}), PASS, BACK], "待处理"),
    ("佐证", {}, [ATTEST], "待审核"),
    ("佐证 sent back", {}, [ATTEST, BACK], "待处理"),
    ("佐证 against the register", {}, [ATTEST, PASS], "待发号"),
    ("number issued", {}, [ATTEST, PASS, ("issue", "已发号", {})], "已解决"),
    ("number refused", {}, [ATTEST, PASS, ("issue", "不予发号", {"note": "号码有误"})], "待处理"),
    ("police asked", {}, [ATTEST, ("review", "送公安核实", {})], "待审核"),
    ("held", {}, [ATTEST, ("review", "挂起", {"note": "违规招生"})], "挂起"),
    ("released", {}, [ATTEST, ("review", "挂起", {}), ("review", "解除挂起", {})], "待处理"),
    ("佐证 without a number", NSB, [ATTEST, PASS], "已解决"),
    ("佐证 done again", NSB, [ATTEST, PASS, ("review", "重新处理", {"note": "家长来电"})], "待处理"),
    ("变更", {}, [CHANGE], "待审核"),
    ("变更 passed, not yet checked", {}, [CHANGE, PASS], "待复查"),
]


@pytest.mark.parametrize(("problem", "answers", "state"), [way[1:] for way in WAYS], ids=[way[0] for way in WAYS])
def test_ways_of_an_answer(ledger, problem, answers, state):
    ledger.step(NIGHTS[0], [problem])
    kind = problem.get("problem_type", "ERR_NOTFOUND")
    for night, (form, said, more) in zip(NIGHTS[1:], answers, strict=False):
        (event,) = ledger.step(night, [problem], [answer(ledger.case(problem_type=kind), form, said, **more)])
    case = ledger.case(problem_type=kind)
    assert (case["state"], event["to_state"]) == (state, state)
    assert (case["closed_on"] is not None) == STATES[state].is_closed
    assert event["source"] == "returned.xlsx#6"
    if state == "待处理":
        assert (case["disposition"], case["is_attested"], case["new_name"]) == (None, False, None)
        assert case["remark"]


CHECKS = [("clean", "已解决"), ("other", "待处理"), ("same", "待处理"), ("waiting", "待复查")]


@pytest.mark.parametrize(("outcome", "state"), CHECKS)
def test_a_change_is_not_taken_on_trust(ledger, outcome, state):
    ledger.step(NIGHTS[0], [{}])
    case = ledger.case()
    ledger.step(NIGHTS[1], [{}], [answer(case, "list", "变更", audit="authority", new_name="王晓明")])
    checks = [{"case_no": case["case_no"], "outcome": outcome, "note": "复查"}]
    ledger.step(NIGHTS[2], [{}], [answer(ledger.case(), "review", "通过")], checks)
    assert ledger.case()["state"] == state


def test_a_finding_gone_clears_its_case_and_coming_back_opens_it_again(ledger):
    ledger.step(NIGHTS[0], [{}])
    assert events_of(ledger.step(NIGHTS[1])) == ["vanished"]
    assert (ledger.case()["state"], ledger.case()["closed_on"]) == ("已消除", NIGHTS[1])
    assert events_of(ledger.step(NIGHTS[2])) == []
    assert events_of(ledger.step(NIGHTS[3], [{}])) == ["reopened"]
    case = ledger.case()
    assert (case["state"], case["closed_on"], case["case_no"]) == ("待处理", None, "XJ44-260302-000001")
    assert (case["first_seen"], case["due_date"]) == (NIGHTS[0], date(2026, 3, 19))


def test_an_attestation_holds_until_a_compared_value_changes(ledger):
    ledger.step(NIGHTS[0], [NSB])
    attested(ledger, NIGHTS[1:3], [NSB], ledger.case(problem_type="DUP_NSB"))
    assert ledger.case(problem_type="DUP_NSB")["state"] == "已解决"
    assert ledger.step(NIGHTS[100], [NSB]) == []  # also long after
    assert ledger.case(problem_type="DUP_NSB")["last_seen"] == NIGHTS[100]
    assert events_of(ledger.step(NIGHTS[101], [NSB | {"name": "王小鸣", "group_key": "NSB-1"}])) == ["reopened"]
    case = ledger.case(problem_type="DUP_NSB")
    assert (case["state"], case["is_attested"]) == ("待处理", False)


@pytest.mark.parametrize("said", ["删除", "变更"])
def test_what_was_settled_must_show_in_the_registry(ledger, said):
    ledger.step(NIGHTS[0], [{}])
    case = ledger.case()
    if said == "删除":
        ledger.step(NIGHTS[1], [{}], [answer(case, "list", said, audit="")])
    else:
        ledger.step(NIGHTS[1], [{}], [answer(case, "list", said, audit="authority", new_name="王晓明")])
        checks = [{"case_no": case["case_no"], "outcome": "clean"}]
        ledger.step(NIGHTS[2], [{}], [answer(ledger.case(), "review", "通过")], checks)
    due = ledger.case()["due_date"]
    assert ledger.step(due, [{}]) == []
    late = due + timedelta(days=1)
    assert ledger.step(late, [{}], as_of=due) == []  # the unit has delivered nothing since
    assert events_of(ledger.step(late + timedelta(days=1), [{}])) == ["reopened"]
    assert "学籍" in str(ledger.case()["remark"])


def test_values_changed_under_an_answer_ask_the_school_anew(ledger):
    ledger.step(NIGHTS[0], [{}])
    ledger.step(NIGHTS[1], [{}], [answer(ledger.case(), "list", "佐证", audit="authority")])
    turn = ledger.case()["turn"]
    assert events_of(ledger.step(NIGHTS[2], [{"name": "王小鸣"}])) == ["outdated"]
    case = ledger.case()
    assert (case["state"], case["turn"], case["name"]) == ("待处理", turn + 1, "王小鸣")
    assert ledger.step(NIGHTS[3], [{"name": "王小鸣"}]) == []


def test_values_changed_before_an_answer_make_the_handed_out_row_old(ledger):
    ledger.step(NIGHTS[0], [{}])
    assert events_of(ledger.step(NIGHTS[1], [{"name": "王小鸣"}])) == ["carried"]
    assert ledger.case()["turn"] == 2
    assert ledger.step(NIGHTS[2], [{"name": "王小鸣"}]) == []


def test_a_case_follows_its_student_to_another_school(ledger):
    ledger.step(NIGHTS[0], [{}])
    (event,) = ledger.step(NIGHTS[1], [{"school_code": THERE, "student_no": "G9"}])
    case = ledger.case("G9")
    assert (event["event"], case["case_no"]) == ("carried", "XJ44-260302-000001")
    assert (case["school_code"], case["authority_code"]) == (THERE, "440103")


def test_a_deleted_student_registered_elsewhere_is_a_new_case(ledger):
    ledger.step(NIGHTS[0], [{}])
    ledger.step(NIGHTS[1], [{}], [answer(ledger.case(), "list", "删除", audit="")])
    assert events_of(ledger.step(NIGHTS[2], [{"school_code": THERE, "student_no": "G9"}])) == ["opened"]
    assert ledger.case()["state"] == "已删除"


def test_two_alike_are_not_guessed_at(ledger):
    ledger.step(NIGHTS[0], [{"student_no": "G1"}, {"student_no": "G2"}])
    events = ledger.step(NIGHTS[1], [{"student_no": "G3"}, {"student_no": "G4"}])
    assert sorted(events_of(events)) == ["opened", "opened", "vanished", "vanished"]


# Parties of one number: schools, and the office that stands above them all.
ARBITERS = [
    ((HERE, HERE), "county", "440106"),
    ((HERE, "2144000002"), "county", "440106"),
    ((HERE, "2144000004"), "city", "440100"),
    ((HERE, THERE), "city", "440100"),
    ((HERE, "2144000005"), "province", "44"),
    (("2144000005", "2144000005"), "province", "44"),
    ((HERE, FAR), "ministry", "00"),
]


@pytest.mark.parametrize(("schools", "level", "code"), ARBITERS, ids=[f"{a[1]}-{i}" for i, a in enumerate(ARBITERS)])
def test_the_arbiter_is_the_lowest_office_above_all_parties(ledger, schools, level, code):
    parties = [
        NUMBER | {"student_no": f"P{place}", "school_code": school, "unit_code": school[2:4]}
        for place, school in enumerate(schools)
    ]
    ledger.step(MONDAY, parties)
    for place, school in enumerate(schools):
        case = ledger.case(f"P{place}", "DUP_ID", school)
        assert (case["arbiter_level"], case["arbiter_code"]) == (level, code)


def test_an_attested_party_waits_for_the_others(ledger):
    ledger.step(NIGHTS[0], [A, B])
    attested(ledger, NIGHTS[1:3], [A, B], ledger.case("A", "DUP_ID"))
    assert ledger.case("A", "DUP_ID")["state"] == "待他方处理"
    ledger.step(NIGHTS[3], [A, B], [answer(ledger.case("B", "DUP_ID"), "list", "删除", audit="")])
    assert (ledger.case("A", "DUP_ID")["state"], ledger.case("B", "DUP_ID")["state"]) == ("已解决", "已删除")


def test_an_attested_party_is_settled_when_its_group_is_gone(ledger):
    ledger.step(NIGHTS[0], [A, B])
    attested(ledger, NIGHTS[1:3], [A, B], ledger.case("A", "DUP_ID"))
    events = ledger.step(NIGHTS[3])
    assert sorted(events_of(events)) == ["settled", "vanished"]
    assert ledger.case("A", "DUP_ID")["state"] == "已解决"


def contested(ledger):
    ledger.step(NIGHTS[0], [A, B])
    attested(ledger, NIGHTS[1:3], [A, B], ledger.case("A", "DUP_ID"), ledger.case("B", "DUP_ID"))
    assert ledger.case("A", "DUP_ID")["state"] == ledger.case("B", "DUP_ID")["state"] == "待仲裁"
    assert events_of(ledger.step(NIGHTS[3], [A, B])) == ["sheet_issued", "sheet_issued"]
    return ledger.case("A", "DUP_ID"), ledger.case("B", "DUP_ID")


def test_one_gives_up(ledger):
    a, b = contested(ledger)
    ledger.step(NIGHTS[4], [A, B], [answer(a, "sheet", "坚持佐证"), answer(b, "sheet", "放弃佐证")])
    assert (ledger.case("A", "DUP_ID")["state"], ledger.case("B", "DUP_ID")["state"]) == ("待他方处理", "待处理")
    ledger.step(NIGHTS[5], [A, B], [answer(ledger.case("B", "DUP_ID"), "list", "删除", audit="")])
    assert ledger.case("A", "DUP_ID")["state"] == "已解决"


def test_both_keep_and_the_arbiter_decides(ledger):
    a, b = contested(ledger)
    ledger.step(NIGHTS[4], [A, B], [answer(a, "sheet", "坚持佐证"), answer(b, "sheet", "坚持佐证")])
    assert ledger.case("A", "DUP_ID")["state"] == "待裁定"
    verdicts = [
        answer(ledger.case("A", "DUP_ID"), "verdict", "保留"),
        answer(ledger.case("B", "DUP_ID"), "verdict", "不予保留", note="户口簿不符"),
    ]
    events = ledger.step(NIGHTS[5], [A, B], verdicts)
    assert events_of(events) == ["upheld", "dismissed"]
    assert {event["actor_level"] for event in events} == {"city"}
    assert ledger.case("B", "DUP_ID")["remark"] == "仲裁不予保留：户口簿不符"


def test_who_was_not_heard_in_time_is_overruled(ledger):
    a, _ = contested(ledger)
    ledger.step(NIGHTS[4], [A, B], [answer(a, "sheet", "坚持佐证")])
    events = ledger.step(NIGHTS[40], [A, B], [answer(ledger.case("A", "DUP_ID"), "verdict", "保留")])
    assert events_of(events) == ["upheld", "overruled"]
    assert (ledger.case("A", "DUP_ID")["state"], ledger.case("B", "DUP_ID")["state"]) == ("已解决", "待处理")


def test_two_cannot_be_upheld(ledger):
    a, b = contested(ledger)
    ledger.step(NIGHTS[4], [A, B], [answer(a, "sheet", "坚持佐证"), answer(b, "sheet", "坚持佐证")])
    both = [answer(ledger.case(name, "DUP_ID"), "verdict", "保留") for name in "AB"]
    assert sorted(events_of(ledger.step(NIGHTS[5], [A, B], both))) == ["contested", "contested", "upheld", "upheld"]


def test_two_cannot_be_upheld_while_a_third_is_not_heard(ledger):
    three = [A, B, NUMBER | {"student_no": "C", "school_code": "2144000002"}]
    ledger.step(NIGHTS[0], three)
    attested(ledger, NIGHTS[1:3], three, *(ledger.case(name, "DUP_ID") for name in "ABC"))
    ledger.step(NIGHTS[3], three)
    ledger.step(NIGHTS[4], three, [answer(ledger.case(name, "DUP_ID"), "sheet", "坚持佐证") for name in "AB"])
    ledger.step(NIGHTS[5], three, [answer(ledger.case(name, "DUP_ID"), "verdict", "保留") for name in "AB"])
    assert [ledger.case(name, "DUP_ID")["state"] for name in "ABC"] == ["待仲裁", "待仲裁", "核查中"]


def test_a_new_attestation_contests_a_settled_one(ledger):
    ledger.step(NIGHTS[0], [A, B])
    attested(ledger, NIGHTS[1:3], [A, B], ledger.case("A", "DUP_ID"))
    ledger.step(NIGHTS[3], [A, B], [answer(ledger.case("B", "DUP_ID"), "list", "删除", audit="")])
    c = NUMBER | {"student_no": "C", "school_code": "2144000002"}
    ledger.step(NIGHTS[4], [A, c])
    assert ledger.case("A", "DUP_ID")["state"] == "已解决"
    attested(ledger, NIGHTS[5:7], [A, c], ledger.case("C", "DUP_ID"))
    assert ledger.case("A", "DUP_ID")["state"] == ledger.case("C", "DUP_ID")["state"] == "待仲裁"


def test_several_may_be_attested_without_a_number(ledger):
    two = [NSB | {"student_no": "A"}, NSB | {"student_no": "B"}]
    ledger.step(NIGHTS[0], two)
    attested(ledger, NIGHTS[1:3], two, ledger.case("A", "DUP_NSB"), ledger.case("B", "DUP_NSB"))
    assert {row["state"] for row in ledger.rows("select state from cases")} == {"已解决"}


def test_a_group_splits_and_merges(ledger):
    other = {"id_number": "440106201503120044", "group_key": "ID-2"}
    four = [NUMBER | {"student_no": name} for name in "ABCD"]
    ledger.step(NIGHTS[0], four)
    events = ledger.step(NIGHTS[1], [*four[:2], four[2] | other, four[3] | other])
    told = [(event["event"], event["note"]) for event in events]
    assert told.count(("split", "ID-1 → ID-2")) == 2
    events = ledger.step(NIGHTS[2], four)
    assert [event["event"] for event in events].count("merged") == 2


def test_closed_states_close():
    assert set(CLOSED_STATES) == {"已解决", "已删除", "已消除"}
