"""The states of a case and the moves between them: one table, from which the ledger is stepped and the diagram drawn.

No official list of states was found (domain.md 1.5); the words are those of guides and bulletins.
"""

from dataclasses import dataclass

# Who has to act next.
SCHOOL, OFFICE, PROVINCE, MINISTRY, ARBITER, SYSTEM, NOBODY = (
    "school", "office", "province", "ministry", "arbiter", "system", "nobody",
)  # fmt: skip
MINISTRY_CODE = "00"  # where other offices have the code of their division
ACTOR_TITLES = {
    SCHOOL: "学校",
    OFFICE: "学籍主管部门",
    PROVINCE: "省级学籍主管部门",
    MINISTRY: "教育部",
    ARBITER: "仲裁部门",
    SYSTEM: "系统",
    NOBODY: "—",
}


@dataclass(frozen=True)
class State:
    """One state. `actor` is who has to act; nobody in the states that close a case."""

    name: str
    actor: str
    meaning: str

    @property
    def is_closed(self) -> bool:
        return self.actor == NOBODY


PENDING, REVIEW, PROVINCE_REVIEW, MINISTRY_REVIEW = "待处理", "待审核", "待省级审核", "待教育部审核"
RECHECK, OTHERS, ARBITRATION, CHECK_SHEET, VERDICT = "待复查", "待他方处理", "待仲裁", "核查中", "待裁定"
NUMBER, HELD = "待发号", "挂起"
RESOLVED, DELETED, CLEARED = "已解决", "已删除", "已消除"

STATES = {
    state.name: state
    for state in (
        State(PENDING, SCHOOL, "已下发，待学校核实处理"),
        State(REVIEW, OFFICE, "学校已提交，待学籍主管部门审核"),
        State(PROVINCE_REVIEW, PROVINCE, "正式学籍号的删除，待省级审核"),
        State(MINISTRY_REVIEW, MINISTRY, "正式学籍号的删除，待教育部核准"),
        State(RECHECK, SYSTEM, "变更已审核，待全国查重和身份比对"),
        State(OTHERS, SCHOOL, "佐证已审核，待重复的其他各方处理"),
        State(ARBITRATION, ARBITER, "两方以上佐证成立，待仲裁"),
        State(CHECK_SHEET, PROVINCE, "核查单已下发，待各方答复"),
        State(VERDICT, ARBITER, "各方坚持佐证，待仲裁结论"),
        State(NUMBER, MINISTRY, "佐证已审核，待下发全国学籍号"),
        State(HELD, OFFICE, "涉及高中阶段违规招生，先处理招生问题"),
        State(RESOLVED, NOBODY, "已解决"),
        State(DELETED, NOBODY, "已删除（可查）"),
        State(CLEARED, NOBODY, "问题不再出现，已消除"),
    )
}
OPEN_STATES = tuple(state.name for state in STATES.values() if not state.is_closed)
# An answer is being handled: it was given for the values that were compared then.
IN_HAND = (
    REVIEW, PROVINCE_REVIEW, MINISTRY_REVIEW, RECHECK, OTHERS, ARBITRATION, CHECK_SHEET, VERDICT, NUMBER,
)  # fmt: skip
# Above the office a deletion is passed or sent back, nothing else.
ONLY_PASS_OR_BACK = (PROVINCE_REVIEW, MINISTRY_REVIEW)
# Of these the answer has passed its audit: when the finding goes, they are settled and not merely gone.
PASSED = (RECHECK, OTHERS, ARBITRATION, CHECK_SHEET, VERDICT, NUMBER)
CLOSED_STATES = tuple(state.name for state in STATES.values() if state.is_closed)


@dataclass(frozen=True)
class Move:
    """What happened to a case, and the state it comes to. `actor` did it. No `from_state`: the case is opened by it."""

    from_state: str | None
    event: str
    to_state: str
    actor: str
    title: str  # as a history prints it
    source: str


NOTICE = "教基一厅〔2015〕2号，一"
HELP = "问题学籍处理流程帮助（2017年4月）"
PRACTICE = "domain.md 1.5"


def _from_each(states: tuple[str, ...], *rest: str) -> tuple[Move, ...]:
    return tuple(Move(state, *rest) for state in states)


MOVES = (
    Move(None, "opened", PENDING, SYSTEM, "发现问题，下发到学校", NOTICE),
    # The school answers.
    Move(PENDING, "answered_delete", DELETED, SCHOOL, "学校删除", NOTICE),
    Move(PENDING, "answered_delete_formal", PROVINCE_REVIEW, SCHOOL, "学校申请删除正式学籍号", HELP),
    Move(PENDING, "answered_attest", REVIEW, SCHOOL, "学校佐证", NOTICE),
    Move(PENDING, "answered_change", REVIEW, SCHOOL, "学校变更", NOTICE),
    # The authority audits.
    *_from_each((REVIEW,), "sent_back", PENDING, OFFICE, "审核退回", NOTICE),
    *_from_each((PROVINCE_REVIEW,), "sent_back", PENDING, PROVINCE, "审核退回", HELP),
    *_from_each((MINISTRY_REVIEW,), "sent_back", PENDING, MINISTRY, "审核退回", HELP),
    Move(REVIEW, "asked_police", REVIEW, OFFICE, "送公安机关户籍部门核实", NOTICE),
    Move(REVIEW, "passed_change", RECHECK, OFFICE, "变更审核通过", NOTICE),
    Move(REVIEW, "passed_attest_identity", NUMBER, OFFICE, "佐证审核通过", NOTICE),
    Move(REVIEW, "passed_attest_alone", RESOLVED, OFFICE, "佐证审核通过", PRACTICE),
    Move(REVIEW, "passed_attest_number", OTHERS, OFFICE, "佐证审核通过", PRACTICE),
    Move(PROVINCE_REVIEW, "passed_delete", MINISTRY_REVIEW, PROVINCE, "省级审核通过", HELP),
    Move(MINISTRY_REVIEW, "passed_delete", DELETED, MINISTRY, "教育部核准删除", HELP),
    # What was changed is checked again.
    Move(RECHECK, "rechecked_clean", RESOLVED, SYSTEM, "复查通过", NOTICE),
    Move(RECHECK, "rechecked_other", PENDING, SYSTEM, "复查发现新问题", NOTICE),
    Move(RECHECK, "rechecked_same", PENDING, SYSTEM, "自动驳回", PRACTICE),
    # A number may be attested by one party only.
    Move(OTHERS, "others_done", RESOLVED, SYSTEM, "其他各方已处理", PRACTICE),
    Move(OTHERS, "contested", ARBITRATION, SYSTEM, "两方以上佐证成立", NOTICE),
    Move(RESOLVED, "contested", ARBITRATION, SYSTEM, "另一方佐证成立", NOTICE),
    Move(ARBITRATION, "sheet_issued", CHECK_SHEET, ARBITER, "下发核查单", "教基一司函〔2016〕98号"),
    Move(CHECK_SHEET, "kept", VERDICT, PROVINCE, "坚持佐证", "教基一司函〔2016〕98号"),
    Move(CHECK_SHEET, "given_up", PENDING, PROVINCE, "放弃佐证", "教基一司函〔2016〕98号"),
    *_from_each((ARBITRATION, CHECK_SHEET, VERDICT), "sole_left", OTHERS, SYSTEM, "其他各方佐证已不成立", PRACTICE),
    Move(VERDICT, "upheld", RESOLVED, ARBITER, "仲裁保留", NOTICE),
    Move(VERDICT, "dismissed", PENDING, ARBITER, "仲裁不予保留", NOTICE),
    *_from_each((ARBITRATION, CHECK_SHEET, VERDICT), "overruled", PENDING, SYSTEM, "仲裁保留另一方", NOTICE),
    # The ministry issues numbers.
    Move(NUMBER, "number_issued", RESOLVED, MINISTRY, "下发全国学籍号", NOTICE),
    Move(NUMBER, "number_refused", PENDING, MINISTRY, "不予发号", NOTICE),
    # Illegal admission to senior high goes first.
    *_from_each((PENDING, REVIEW), "held", HELD, OFFICE, "涉及违规招生，挂起", NOTICE),
    Move(HELD, "released", PENDING, OFFICE, "招生问题已处理，恢复办理", NOTICE),
    # An attestation is opened again.
    *_from_each((OTHERS, NUMBER, RESOLVED), "redone", PENDING, OFFICE, "佐证后重新处理", HELP),
    # The registry changed.
    *_from_each(IN_HAND, "outdated", PENDING, SYSTEM, "比对信息已变化，重新核实", "design.md 4"),
    *_from_each(
        (PENDING, REVIEW, PROVINCE_REVIEW, MINISTRY_REVIEW, HELD),
        *("vanished", CLEARED, SYSTEM, "问题不再出现", "design.md 4"),
    ),
    *_from_each(PASSED, "settled", RESOLVED, SYSTEM, "审核已通过，问题不再出现", "design.md 4"),
    *_from_each(CLOSED_STATES, "reopened", PENDING, SYSTEM, "问题再次出现", "design.md 4"),
)
# Told in a history without a move.
NOTES = {
    "carried": "学籍号、学校或比对信息变化，案件延续",
    "merged": "并入另一重复组",
    "split": "从重复组分出",
}
MOVE_TITLES = {move.event: move.title for move in MOVES} | NOTES


def diagram() -> str:
    """The moves as a Mermaid state diagram, one arrow for all events between two states."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        ends = (move.from_state or "[*]", move.to_state)
        arrows.setdefault(ends, []).append(f"{move.event}（{ACTOR_TITLES[move.actor]}）")
    lines = [f"    {start} --> {end}: {'、'.join(dict.fromkeys(events))}" for (start, end), events in arrows.items()]
    ends_of_life = [f"    {state} --> [*]" for state in CLOSED_STATES]
    return "\n".join(["stateDiagram-v2", *lines, *ends_of_life])


def moves_sql() -> str:
    """A query for the moves: from_state (null: opened), event, to_state, actor."""
    rows = ", ".join(
        f"({'null' if move.from_state is None else repr(move.from_state)}, '{move.event}', '{move.to_state}', '{move.actor}')"
        for move in MOVES
    )
    return f"select * from (values {rows}) as moves(from_state, event, to_state, actor)"


if __name__ == "__main__":
    print(diagram())
