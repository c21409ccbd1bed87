"""Where every case of a played sample ought to stand: worked out from what was decided, without the ledger's own text.

Each case is a small machine. A night goes: the registry's problems meet their cases or open new ones; answers move them; corrected
records are held against the truth; parties of a number are looked at together; what the registry shows closes and reopens.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from xueji.checks.working_days import add_working_days
from xueji.data_samples.registry import CaseKey, Identity, Registration

STEP_DAYS = 10  # working days in which the registry has to show what was decided
CLOSED = ("已解决", "已删除", "已消除")
IDENTITY_PROBLEMS = ("ERR_NOTFOUND", "ERR_NAME")
# From 重新处理 and the like a case goes back to its school.
BACK = {"退回", "解除挂起", "重新处理", "放弃佐证", "不予保留", "不予发号"}
STANDING = ("待他方处理", "待仲裁", "核查中", "待裁定")
PASSED = (*STANDING, "待发号")
# Where a case has to be for an answer to count.
AUDITED = ("待审核", "待省级审核", "待教育部审核")
STATES_OF_FORM = {"list": ("待处理",), "sheet": ("核查中",), "verdict": ("待裁定",), "issue": ("待发号",)}
REVIEWED_IN = {"解除挂起": ("挂起",), "重新处理": ("待他方处理", "待发号", "已解决")}


@dataclass(frozen=True)
class Act:
    """One decision that reached the system: on which form, whose, what it says, what it calls right."""

    key: CaseKey
    form: str
    sender: str
    answer: str
    corrected: Identity | None = None


@dataclass
class Case:
    """One problem record and where it stands. `says` is the operation in hand or that settled it."""

    key: CaseKey
    registration: Registration
    opened: date
    state: str = "待处理"
    says: str | None = None
    corrected: Identity | None = None
    is_attested: bool = False
    group: int | None = None
    is_found: bool = True
    closed_on: date | None = None
    due: date | None = None
    history: list[str] = field(default_factory=list)

    def move(self, night: date, state: str, why: str) -> None:
        self.history.append(f"{night} {why}")
        self.state = state
        self.closed_on = night if state in CLOSED else None
        self.due = add_working_days(night, STEP_DAYS) if state in CLOSED else None
        if state == "待处理":
            self.says, self.corrected, self.is_attested = None, None, False


class ExpectedEnds:
    """All cases of a play, stepped night by night."""

    def __init__(self, by_number: Mapping[tuple[str, str, str], Registration]) -> None:
        self.by_number = by_number
        self.cases: dict[CaseKey, Case] = {}

    def accepts(self, act: Act) -> bool:
        """Whether the case is where the answer takes it to be: nobody is told at once when a problem is gone."""
        states = STATES_OF_FORM.get(act.form) or REVIEWED_IN.get(act.answer, AUDITED)
        return self.cases[act.key].state in states

    def step(self, night: date, delivered: date, problems: Mapping[CaseKey, int | None], acts: Iterable[Act]) -> None:
        """Step to a night. `delivered` is the date of the records that the problems were found in; all acts are accepted ones."""
        opened = set(problems) - set(self.cases)
        for key in sorted(opened):
            self.cases[key] = Case(key, self.by_number[key[:3]], night)
        before = {key: case.state for key, case in self.cases.items()}
        for key, case in self.cases.items():
            case.is_found = key in problems
            case.group = problems.get(key)
        for act in acts:
            self.answer(night, self.cases[act.key], act)
        for case in self.cases.values():
            if case.state == "待复查":
                is_clean = case.corrected == case.registration.right
                case.move(night, "已解决" if is_clean else "待处理", "变更复查通过" if is_clean else "变更复查未通过")
        self.look_at_parties(night, before)
        for key, case in self.cases.items():
            self.look_at_registry(night, delivered, case, before[key])

    def answer(self, night: date, case: Case, act: Act) -> None:
        """Move a case by one decision."""
        why = f"{act.form}：{act.answer}"
        if act.form == "list":
            case.says, case.corrected = act.answer, act.corrected
            if act.answer == "删除":
                case.move(night, "待省级审核" if case.registration.is_formal else "已删除", why)
            else:
                case.move(night, "待审核", why)
        elif act.answer in BACK:
            case.move(night, "待处理", why)
        elif act.answer == "挂起":
            case.move(night, "挂起", why)
        elif act.answer == "送公安核实":
            case.history.append(f"{night} {why}")
        elif act.answer == "通过":
            case.move(night, self.passed(case), why)
            case.is_attested = case.says == "佐证"
        elif act.answer == "坚持佐证":
            case.move(night, "待裁定", why)
        else:  # 保留, 已发号
            case.move(night, "已解决", why)

    def passed(self, case: Case) -> str:
        """Where a case comes to when its audit is passed."""
        if case.says == "删除":
            return "待教育部审核" if case.state == "待省级审核" else "已删除"
        if case.says == "变更":
            return "待复查"
        problem = case.key[3]
        if problem == "DUP_ID":
            return "待他方处理"
        return "待发号" if problem in IDENTITY_PROBLEMS else "已解决"

    def look_at_parties(self, night: date, before: Mapping[CaseKey, str]) -> None:
        """One attestation may stand for a number: with two the matter is contested, with one and the others done it is settled."""
        groups: dict[int, list[Case]] = defaultdict(list)
        for case in self.cases.values():
            if case.key[3] == "DUP_ID" and case.is_found and case.group is not None:
                groups[case.group].append(case)
        for parties in groups.values():
            standing = [c for c in parties if c.is_attested and c.state in (*STANDING, "已解决")]
            undone = [c for c in parties if c not in standing and c.state not in ("已删除", "已解决")]
            for case in standing:
                if len(standing) > 1 and case.state in ("待他方处理", "已解决"):
                    case.move(night, "待仲裁", "另一方佐证也已通过")
                elif len(standing) == 1 and case.state == "待他方处理" and not undone:
                    case.move(night, "已解决", "其他各方已处理")
                elif len(standing) == 1 and case.state in ("待仲裁", "核查中", "待裁定"):
                    case.move(night, "待他方处理", "其他各方佐证已不成立")
                elif case.state == "待仲裁" and before[case.key] == "待仲裁":
                    case.move(night, "核查中", "下发核查单")

    def look_at_registry(self, night: date, delivered: date, case: Case, before: str) -> None:
        """Close what the registry no longer shows; reopen what it shows again."""
        if not case.is_found:
            if case.state in PASSED:
                case.move(night, "已解决", "审核已通过，问题不再出现")
            elif case.state not in CLOSED:
                case.move(night, "已消除", "问题不再出现")
            return
        is_late = case.due is not None and delivered > case.due
        is_old = before in CLOSED and case.state == before
        if is_old and (case.state == "已消除" or (not case.is_attested and is_late)):
            case.move(night, "待处理", "学籍数据中问题仍在")
