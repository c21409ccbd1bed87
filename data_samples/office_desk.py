"""The authorities of a played sample at work: audits, check sheets, arbitration, numbers issued."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from xueji.data_samples.actors import (
    HELD_FOR,
    HELD_IN,
    POLICE_IN,
    REDONE_AFTER,
    SENIOR_GRADE,
    Cast,
    Temper,
)
from xueji.data_samples.answer_files import Draft
from xueji.data_samples.expected_ends import Act
from xueji.data_samples.matters import Matter, Memory, Sent
from xueji.data_samples.outbox import STATE_COLUMN, Handout, Offer, Outbox

MINISTRY = "00"
WAITING, HELD, ATTESTED = "待审核", "挂起", "已通过佐证"
BEING_CHECKED, MATTER_COLUMN = "核查中", "事项"
NOTE_TITLES = {"review": "审核理由", "sheet": "核查说明", "verdict": "仲裁理由", "issue": "发号说明"}
ANSWER_TITLES = {"review": "审核意见", "sheet": "核查意见", "verdict": "仲裁结论", "issue": "发号结果"}
SIGNED_TITLES = {"review": "审核人", "sheet": "核查人", "verdict": "仲裁人", "issue": "经办人"}
SIGNERS = ("周审", "吴核", "郑定", "孙办", "钱阅")
# What careless offices get wrong once: answer, reason, and the rule that refuses it. No answer: only signed.
OFFICE_FAULTS = (
    ("退回", None, "reason_missing"), ("同意", None, "answer_unknown"), (None, None, "answer_missing"), ("通过", None, "file_wrong_place"),
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """What an office says of one case, and why."""

    answer: str
    note: str | None = None


@dataclass
class OfficeDesk:
    """All offices: `work` lets them decide what was handed out."""

    cast: Cast
    memory: Memory
    outbox: Outbox
    has_failed: set[str] = field(default_factory=set)

    def work(self, landing: Path, night: date, lands: date) -> None:
        for form in ("review", "sheet", "verdict", "issue"):
            for handout in self.outbox.of_form(form):
                decided = list(self.decisions(handout, night))
                if decided:
                    self.send(handout, decided, landing, lands)

    def decisions(self, handout: Handout, night: date) -> Iterator[tuple[Offer, Matter, Decision]]:
        """What the office decides now of the rows that wait for it."""
        temper = self.temper(handout)
        for offer in handout.offers:
            matter = self.memory.matters.get(offer.case_no)
            if matter is None:
                self.memory.unknown.add(offer.case_no)
                continue
            if matter.done.get((handout.form, handout.owner)) == offer.turn:
                continue
            about = f"office/{handout.form}/{handout.owner}/{offer.case_no}/{offer.turn}"
            ready = matter.ready.setdefault(
                (handout.form, handout.owner, offer.turn), night + timedelta(self.cast.delay(temper, about))
            )
            decision = self.decide(handout, offer, matter, temper, night) if ready <= night else None
            if decision:
                yield offer, matter, decision

    def temper(self, handout: Handout) -> Temper:
        """The ministry is diligent; so are provinces and arbiters but in audits."""
        return self.cast.offices.get(handout.owner, "diligent") if handout.form == "review" else "diligent"

    def decide(self, handout: Handout, offer: Offer, matter: Matter, temper: Temper, night: date) -> Decision | None:
        """The word on one case; None: not yet."""
        is_right = matter.one.right_disposition == "佐证"
        match handout.form:
            case "sheet":
                keeps = is_right or matter.one.unit in self.cast.keeping_units
                return Decision("坚持佐证", "佐证材料属实") if keeps else Decision("放弃佐证", "原佐证审核有误")
            case "verdict":
                if self.is_being_checked(handout, offer):
                    return None
                return Decision("保留", "经核查属实") if is_right else Decision("不予保留", "经核查，号码不属该生")
            case "issue":
                return Decision("已发号") if is_right else Decision("不予发号", "与公安部门核对不符")
        if offer.sheet == HELD:
            is_over = matter.held_on is not None and night >= matter.held_on + timedelta(HELD_FOR)
            return Decision("解除挂起", "招生问题已处理") if is_over else None
        if offer.sheet == ATTESTED:
            return self.second_thoughts(handout, matter, temper, night)
        return self.audit(handout, matter, temper)

    def is_being_checked(self, handout: Handout, offer: Offer) -> bool:
        """Whether another party of the matter has not answered its check sheet yet."""
        parties = [row for row in handout.rows if row.shown[MATTER_COLUMN] == offer.shown[MATTER_COLUMN]]
        return any(party.shown[STATE_COLUMN].startswith(BEING_CHECKED) for party in parties)

    def audit(self, handout: Handout, matter: Matter, temper: Temper) -> Decision:
        """Passes what is right and sends back what is not; the careless pass everything."""
        assert matter.answer
        if temper == "careless":
            return Decision("通过")
        dice = self.cast.dice(f"audit/{matter.case_no}")
        is_first_office = matter.answer.disposition != "删除"
        if is_first_office and matter.one.grade >= SENIOR_GRADE and matter.held_on is None and dice.roll(HELD_IN) == 0:
            return Decision("挂起", "涉及高中阶段违规招生，先处理招生问题")
        if is_first_office and matter.problem == "DUP_ID" and not matter.is_with_police and dice.roll(POLICE_IN) == 0:
            return Decision("送公安核实", "请户籍部门核实身份证件号归属")
        if matter.answer.is_true:
            return Decision("通过")
        return Decision("退回", "经核实与实际情况不符，请重新核查")

    def second_thoughts(self, handout: Handout, matter: Matter, temper: Temper, night: date) -> Decision | None:
        """A careless office that is looked into opens some false attestations again."""
        assert matter.answer
        is_due = matter.passed_on is not None and night >= matter.passed_on + timedelta(REDONE_AFTER)
        if temper == "careless" and is_due and not matter.answer.is_true:
            return Decision("重新处理", "复核发现佐证材料不实")
        return None

    def send(self, handout: Handout, decided: list[tuple[Offer, Matter, Decision]], landing: Path, lands: date) -> None:
        """Fill in the workbook and send it; a careless office gets its first one wrong."""
        draft = Draft.of(handout)
        place = f"audits/{handout.unit}" if handout.form == "review" else "arbitration"
        fault = self.fault_of(handout)
        file = f"{place}/{handout.form}-{handout.owner}.xlsx"
        if fault and fault[2] == "file_wrong_place":
            file = f"arbitration/{handout.form}-{handout.owner}.xlsx"
            self.memory.refuse(lands, file, fault[2])
        for number, (offer, matter, decision) in enumerate(decided):
            row = draft.write(offer, self.cells(handout, matter, decision))
            if fault and fault[2] == "file_wrong_place":
                continue
            if fault and number == 0:
                draft.write(offer, {ANSWER_TITLES[handout.form]: fault[0], NOTE_TITLES[handout.form]: fault[1]})
                self.memory.refuse(lands, file, fault[2], row, offer.case_no)
                continue
            act = Act(matter.key, handout.form, handout.owner, decision.answer)
            self.memory.decide(lands, handout, offer, Sent(matter, act, file, row))
            self.remember(matter, decision, lands)
        draft.save(landing / lands.isoformat() / file)

    def fault_of(self, handout: Handout) -> tuple[str | None, str | None, str] | None:
        if self.temper(handout) != "careless" or handout.owner in self.has_failed:
            return None
        self.has_failed.add(handout.owner)
        return OFFICE_FAULTS[len(self.has_failed) % len(OFFICE_FAULTS)]

    def cells(self, handout: Handout, matter: Matter, decision: Decision) -> dict[str, str | None]:
        """The cells of a row. One auditor signs everything where the office is careless."""
        signer = 0 if self.temper(handout) == "careless" else int(matter.case_no[-1])
        cells: dict[str, str | None] = {
            ANSWER_TITLES[handout.form]: decision.answer,
            NOTE_TITLES[handout.form]: decision.note,
            SIGNED_TITLES[handout.form]: SIGNERS[signer % len(SIGNERS)],
        }
        if handout.form == "sheet":
            attends = matter.one.right is not None or decision.answer == "坚持佐证"
            cells["在校情况"] = "在校" if attends else "不在校"
        return cells

    def remember(self, matter: Matter, decision: Decision, lands: date) -> None:
        match decision.answer:
            case "送公安核实":
                matter.is_with_police = True
            case "挂起":
                matter.held_on = lands
            case "通过":
                matter.passed_on = lands
