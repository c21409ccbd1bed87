"""The ledger under anything that registry, schools and authorities may do: what holds every night."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from xueji.checks.case_states import CLOSED_STATES, MOVES, OPEN_STATES

SCHOOLS = ("2144000001", "2144000002", "2144000003", "2151000001")
KINDS = (
    {"problem_type": "DUP_ID", "rule_id": "duplicate_id", "group_key": "ID-1", "scope": "national"},
    {"problem_type": "DUP_ID", "rule_id": "duplicate_id", "group_key": "ID-2", "scope": "county"},
    {"problem_type": "DUP_NSB", "rule_id": "duplicate_name_sex_birth", "group_key": "NSB-1", "scope": "county"},
    {"problem_type": "ERR_NAME", "rule_id": "id_name_mismatch", "reason": "different"},
)
# What may be answered in each state, as `assets/answers.py` lets through. First what everybody says who is sure of being right.
ANSWERS = {
    "待处理": [("list", "佐证", "authority"), ("list", "删除", ""), ("list", "删除", "province,ministry"), ("list", "变更", "authority")],
    "待审核": [("review", said, None) for said in ("通过", "通过", "退回", "送公安核实", "挂起")],
    "待省级审核": [("review", "通过", None), ("review", "退回", None)],
    "待教育部审核": [("review", "通过", None), ("review", "退回", None)],
    "挂起": [("review", "解除挂起", None)],
    "待他方处理": [("review", "重新处理", None)],
    "待发号": [("issue", "已发号", None), ("issue", "不予发号", None)],
    "核查中": [("sheet", "坚持佐证", None), ("sheet", "放弃佐证", None)],
    "待裁定": [("verdict", "保留", None), ("verdict", "不予保留", None)],
}  # fmt: skip
MOVED = {(move.from_state, move.event, move.to_state) for move in MOVES}
LINEAGE = {"carried", "merged", "split"}


def machine_of(new_ledger):
    class Life(RuleBasedStateMachine):
        """Records with problems come, change and go; cases are answered, or not."""

        records = Bundle("records")

        @initialize()
        def begin(self):
            self.ledger = new_ledger()
            self.night = date(2026, 3, 2)
            self.found = {}  # record → finding
            self.count = 0
            self.states = {}
            self.turns = {}
            for school in SCHOOLS[:2]:  # a matter of two parties to begin with
                self.appear(KINDS[0], school)

        def teardown(self):
            if hasattr(self, "ledger"):
                self.ledger.connection.close()

        @rule(target=records, kind=st.sampled_from(KINDS), school=st.sampled_from(SCHOOLS))
        def appear(self, kind, school):
            self.count += 1
            name = f"P{self.count}"
            unit = {"school_code": school, "unit_code": school[2:4], "student_no": name, "id_number": f"N{self.count}"}
            self.found[name] = kind | unit | {"name": "甲"}
            return name

        @rule(record=records)
        def go(self, record):
            self.gone = getattr(self, "gone", {}) | {record: self.found.pop(record)} if record in self.found else {}

        @rule()
        def come_back(self):
            self.found |= getattr(self, "gone", {})

        @rule(record=records, name=st.sampled_from("甲乙"))
        def change(self, record, name):
            if record in self.found:
                self.found[record] = self.found[record] | {"name": name}

        @rule(record=records, school=st.sampled_from(SCHOOLS[:3]))
        def move(self, record, school):
            if record in self.found and self.found[record]["unit_code"] == "44":
                self.found[record] = self.found[record] | {"school_code": school}

        @rule(data=st.data())
        def next_night(self, data):
            self.pass_nights(data, 1)

        @rule(data=st.data())
        def next_week(self, data):
            self.pass_nights(data, 7)

        @rule(data=st.data(), days=st.sampled_from([1, 20]))
        def next_month(self, data, days):
            self.pass_nights(data, days)

        def pass_nights(self, data, days):
            answers, checks = [], []
            all_are_sure = data.draw(st.booleans())
            for case in self.ledger.rows("select case_no, state, disposition from cases order by case_no"):
                possible = ANSWERS.get(case["state"], [])
                chosen = possible[:1] if all_are_sure else [data.draw(st.sampled_from([None, *possible]))]
                if chosen and chosen[0]:
                    form, said, audit = chosen[0]
                    answers.append({"case_no": case["case_no"], "form": form, "answer": said, "audit": audit})
                outcome = data.draw(st.sampled_from(["clean", "same", "other", "waiting"]))
                if case["disposition"] == "变更":
                    checks.append({"case_no": case["case_no"], "outcome": outcome})
            self.night += timedelta(days=days)
            before = dict(self.ledger.rows("select count(*) as cases from cases")[0])
            events = self.ledger.step(self.night, list(self.found.values()), answers, checks)
            assert self.ledger.step(self.night, list(self.found.values()), answers, checks) == events
            assert {row["source"] for row in events if row["source"]} == {
                f"returned.xlsx#{row}" for row in range(6, 6 + len(answers))
            }, "an answer moved no case"
            opened = sum(event["event"] == "opened" for event in events)
            assert self.ledger.rows("select count(*) as cases from cases")[0]["cases"] == before["cases"] + opened
            self.follow(events)

        def follow(self, events):
            """Every event is a move of the table, and begins where the one before it ended."""
            told = defaultdict(list)
            for event in events:
                told[event["case_no"]].append(event)
            for case_no, row in told.items():
                for event in row:
                    if event["event"] in LINEAGE:
                        continue
                    assert event["from_state"] == self.states.get(case_no)
                    assert (event["from_state"], event["event"], event["to_state"]) in MOVED
                    self.states[case_no] = event["to_state"]

        @invariant()
        def ledger_is_sound(self):
            if not hasattr(self, "ledger") or self.ledger.night is None:
                return
            cases = self.ledger.rows("select * from cases")
            assert {case["case_no"]: case["state"] for case in cases} == self.states
            assert len({case["case_no"] for case in cases}) == len(cases)
            standing = defaultdict(int)
            for case in cases:
                is_found = case["last_seen"] == self.ledger.night
                is_open = case["closed_on"] is None
                assert is_open == (case["state"] in OPEN_STATES) != (case["state"] in CLOSED_STATES)
                assert not is_open or is_found, "an open case without its finding"
                if is_found and not is_open:  # settled: attested as it stands, or what the registry has yet to show
                    assert case["is_attested"] or case["state"] == "已删除" or case["disposition"] == "变更"
                    assert case["is_attested"] or self.ledger.night <= case["due_date"]
                if is_found and case["state"] == "已解决" and case["is_attested"] and case["problem_type"] == "DUP_ID":
                    standing[case["group_key"]] += 1
                if case["state"] == "待处理":
                    assert (case["disposition"], case["is_attested"]) == (None, False)
                assert case["turn"] >= self.turns.get(case["case_no"], 1)
                assert is_open <= (case["due_date"] >= case["entered_on"])
                self.turns[case["case_no"]] = case["turn"]
            assert all(count == 1 for count in standing.values()), "two attestations stand for one number"
            seen = self.ledger.rows("select school_code, student_no, problem_type from findings")
            known = {(case["school_code"], case["student_no"], case["problem_type"]) for case in cases}
            assert {tuple(row.values()) for row in seen} <= known, "a finding without its case"

    return Life


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_whatever_happens_the_ledger_is_sound(new_ledger, examples):
    run_state_machine_as_test(
        machine_of(new_ledger),
        settings=settings(
            max_examples=examples,
            derandomize=examples < 100,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
