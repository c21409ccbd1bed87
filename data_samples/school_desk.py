"""The schools of a played sample at work: which rows each answers on a night, and the return it sends."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from xueji.data_samples import answer_faults
from xueji.data_samples.actors import Answer, Cast, false_answer, half_answer, right_answer
from xueji.data_samples.answer_faults import (
    NEW_BIRTH,
    NEW_NAME,
    NEW_NUMBER,
    NEW_SEX,
    NOTE,
    OPERATION,
    Fault,
    Filled,
    Turns,
)
from xueji.data_samples.answer_files import Draft, pack
from xueji.data_samples.expected_ends import Act
from xueji.data_samples.matters import Matter, Memory, Sent
from xueji.data_samples.outbox import CASE_COLUMN, Handout, Offer, Outbox
from xueji.data_samples.scans import EXTENSIONS, scan

SEXES = {"1": "男", "2": "女"}
CORRECTIONS = {"name": NEW_NAME, "number": NEW_NUMBER, "sex": NEW_SEX, "birth": NEW_BIRTH}
ONE_SCAN, AT_ONE_GO = timedelta(minutes=2), timedelta(seconds=4)
FAILS_AS_A_FILE, SENDS_AGAIN = 2, 2  # one careless school in so many


@dataclass
class School:
    """What one school has done so far."""

    handout: Handout
    has_failed: bool = False  # a whole file of it was spoilt
    sent: Handout | None = None  # what it answered last, kept to be sent once more
    has_sent_again: bool = False


@dataclass
class SchoolDesk:
    """All schools: `work` lets them answer what was handed out."""

    cast: Cast
    memory: Memory
    outbox: Outbox
    turns: Turns = field(default_factory=Turns)
    schools: dict[str, School] = field(default_factory=dict)

    def work(self, landing: Path, night: date, lands: date) -> None:
        for handout in self.outbox.of_form("list"):
            if handout.owner not in self.cast.schools:
                continue  # records whose school nobody knows
            school = self.schools.setdefault(handout.owner, School(handout))
            school.handout = handout
            ready = self.ready_rows(handout, night)
            if ready:
                self.send(school, ready, landing, lands)
            elif school.sent and not school.has_sent_again:
                self.send_again(school, landing, lands)

    def ready_rows(self, handout: Handout, night: date) -> list[tuple[Offer, Matter]]:
        """The rows that the school answers now."""
        temper = self.cast.schools[handout.owner]
        ready = []
        for offer in handout.offers:
            matter = self.memory.of_list(handout, offer)
            if matter is None or matter.done.get(("list", handout.owner)) == offer.turn:
                continue
            delay = timedelta(self.cast.delay(temper, f"school/{offer.case_no}/{offer.turn}"))
            if matter.ready.setdefault(("list", handout.owner, offer.turn), night + delay) <= night:
                ready.append((offer, matter))
        return ready

    def answer_of(self, school: School, matter: Matter) -> Answer:
        """What the school says of a case: at first perhaps not what is true."""
        temper = self.cast.schools[school.handout.owner]
        other: Answer | None = None
        if matter.tries == 0 and temper == "cheating":
            other = false_answer(matter.one, matter.problem)
        elif matter.tries == 0 and temper == "careless":
            other = half_answer(matter.one)
        return other or right_answer(matter.one, matter.problem)

    def send(self, school: School, ready: list[tuple[Offer, Matter]], landing: Path, lands: date) -> None:
        handout = school.handout
        draft = Draft.of(handout, answer_faults.other_handout(self.outbox.of_form("list"), handout))
        rows = [
            (matter, self.fill(draft, offer, self.answer_of(school, matter), matter, school)) for offer, matter in ready
        ]
        folder = f"returns/{handout.unit}"
        is_careless = self.cast.schools[handout.owner] == "careless"
        if is_careless and not school.has_failed and self.fails_as_a_file(handout.owner):
            school.has_failed = True
            self.send_spoilt(school, draft, [filled for _, filled in rows], landing, lands)
            return
        spoilt: list[tuple[Filled, Fault]] = []
        standing: list[tuple[Matter, Filled]] = []
        for matter, filled in rows:
            fault = None
            if is_careless and not matter.is_spoilt:
                matter.is_spoilt = True
                fault = self.turns.row_fault(filled, draft.neighbour is not None)
                spoilt.append((filled, fault))
            if fault is None or fault.is_extra:
                standing.append((matter, filled))
        refused = self.spoil(draft, spoilt)
        file = self.write(draft, [filled for _, filled in rows], landing / lands.isoformat(), folder, lands)
        for rule, row, case_no in refused:
            self.memory.refuse(lands, file, rule, row, case_no)
        for matter, filled in standing:
            matter.tries, matter.answer = matter.tries + 1, filled.answer
            act = Act(matter.key, "list", handout.owner, filled.answer.disposition, filled.answer.corrected)
            self.memory.decide(lands, handout, filled.offer, Sent(matter, act, file, filled.row))
        if standing and is_careless:
            school.sent = handout

    def spoil(self, draft: Draft, spoilt: list[tuple[Filled, Fault]]) -> list[tuple[str, int | None, str | None]]:
        """Make the faults, those that append rows last. Returns what has to be refused: rule, row, case."""
        refused: list[tuple[str, int | None, str | None]] = []
        for filled, fault in sorted(spoilt, key=lambda item: item[1].appends):
            sheet = draft.workbook[filled.offer.sheet]
            fault.spoil(draft, filled)
            row = sheet.max_row if fault.appends else filled.row
            _, columns = draft.heading(filled.offer.sheet)
            case_no = sheet.cell(row, columns[CASE_COLUMN]).value
            if fault.leaves_scans:
                refused += [("evidence_no_answer", None, filled.offer.case_no)] * len(filled.scans)
            if fault.rule_id == "evidence_name":
                refused.append((fault.rule_id, None, filled.offer.case_no))
            elif fault.rule_id != "evidence_no_answer":
                refused.append((fault.rule_id, row, case_no))
        return refused

    def fill(self, draft: Draft, offer: Offer, answer: Answer, matter: Matter, school: School) -> Filled:
        """Write an answer into its row, and make the scans that go with it."""
        cells: dict[str, str | None] = {OPERATION: answer.disposition}
        if answer.corrected:
            for name, title in CORRECTIONS.items():
                value = getattr(answer.corrected, name)
                if value != getattr(matter.one.shown, name):
                    cells[title] = spelled(name, value)
        if answer.disposition == "删除":
            cells[NOTE] = "学生已不在本校就读"
        row = draft.write(offer, cells)
        filled = Filled(matter.one, matter.problem, offer, answer, row)
        for place, kind in enumerate(answer.papers):
            about = f"{school.handout.owner}/{kind}" if answer.shares_scan else f"{offer.case_no}/{offer.turn}/{kind}"
            extension = "jpg" if answer.shares_scan else EXTENSIONS[(matter.one.index + place) % len(EXTENSIONS)]
            filled.scans[f"{kind}.{extension}"] = scan(about, extension)
        return filled

    def write(self, draft: Draft, rows: list[Filled], folder: Path, place: str, lands: date) -> str:
        """The return as it lands: the workbook alone, or an archive with the scans. Returns its path below the date."""
        scans = {member_name(filled, name): content for filled in rows for name, content in filled.scans.items()}
        owner = draft.handout.owner
        if not scans:
            draft.save(folder / place / f"{owner}.xlsx")
            return f"{place}/{owner}.xlsx"
        (folder / place).mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as temporary:
            workbook = Path(temporary) / f"{owner}.xlsx"
            draft.save(workbook)
            pack(folder / place / f"{owner}.zip", [workbook], scans, packed_at(owner, lands), self.pace(owner))
        return f"{place}/{owner}.zip"

    def send_spoilt(self, school: School, draft: Draft, rows: list[Filled], landing: Path, lands: date) -> None:
        """A return that has to be refused as a whole. Nothing in it counts."""
        rule, handout = self.turns.file_fault(), school.handout
        day, place, sheet = landing / lands.isoformat(), f"returns/{handout.unit}", rows[0].offer.sheet
        other = draft.neighbour
        if rule == "file_other_owner" and other is None:
            rule = "file_layout"
        match rule:
            case "file_not_ours":
                draft.workbook = answer_faults.retyped(draft, sheet)
            case "file_seal_broken":
                answer_faults.spoil_keys(draft, "seal", "0123456789abcdef" * 2)
            case "file_other_key":
                answer_faults.spoil_keys(draft, "key_id", "00000000")
            case "file_layout":
                answer_faults.rename_heading(draft, sheet, OPERATION, "办理")
            case "file_columns_twice":
                answer_faults.rename_heading(draft, sheet, "序号", OPERATION)
            case "file_wrong_place":
                place = f"audits/{handout.unit}"
            case "file_other_owner":
                assert other
                draft = self.filled_for(other, school)
                rows = []
                draft.handout = Handout(other.path, other.form, handout.owner, other.unit, other.rows)
        if rule == "file_crowded":
            file = self.write_crowded(draft, rows, day, place, lands)
        else:
            file = self.write(draft, rows, day, place, lands)
        if rule == "file_unreadable":
            answer_faults.torn_file(day / file)
        self.memory.refuse(lands, file, rule)

    def filled_for(self, other: Handout, school: School) -> Draft:
        """Another school's list, filled in as if it were one's own."""
        draft = Draft.of(other)
        for offer in other.offers:
            draft.write(offer, {OPERATION: "删除"})
        return draft

    def write_crowded(self, draft: Draft, rows: list[Filled], folder: Path, place: str, lands: date) -> str:
        """An archive with the list in it twice."""
        owner = draft.handout.owner
        (folder / place).mkdir(parents=True, exist_ok=True)
        scans = {member_name(filled, name): content for filled in rows for name, content in filled.scans.items()}
        with TemporaryDirectory() as temporary:
            books = [Path(temporary) / f"{owner}.xlsx", Path(temporary) / f"{owner}-副本.xlsx"]
            for book in books:
                draft.save(book)
            pack(folder / place / f"{owner}.zip", books, scans, packed_at(owner, lands), self.pace(owner))
        return f"{place}/{owner}.zip"

    def send_again(self, school: School, landing: Path, lands: date) -> None:
        """The edition that was answered before, once more: its cases have moved on since."""
        assert school.sent
        school.has_sent_again = True
        if self.cast.dice(f"again/{school.handout.owner}").roll(SENDS_AGAIN):
            return
        draft, place = Draft.of(school.sent), f"returns/{school.sent.unit}"
        file = f"{place}/{school.sent.owner}-补.xlsx"
        for offer in school.sent.offers:
            matter = self.memory.matters[offer.case_no]
            if matter.done.get(("list", school.sent.owner)) == offer.turn:
                row = draft.write(offer, {OPERATION: "删除", NOTE: "补报"})
                self.memory.refuse(lands, file, "edition_old", row, offer.case_no)
        draft.save(landing / lands.isoformat() / file)

    def pace(self, owner: str) -> timedelta:
        """How long a scan takes."""
        return AT_ONE_GO if self.cast.schools[owner] == "cheating" else ONE_SCAN

    def fails_as_a_file(self, owner: str) -> bool:
        return self.cast.dice(f"fails as a file/{owner}").roll(FAILS_AS_A_FILE) == 0


def member_name(filled: Filled, name: str) -> str:
    """A scan's name in the archive: case and kind of paper. One that names no paper is put in as it is."""
    return f"{filled.offer.case_no}_{name}"


def packed_at(owner: str, lands: date) -> datetime:
    return datetime.combine(lands - timedelta(1), time(9 + int(owner[-1]) % 8, int(owner[-2:]) % 60))


def spelled(name: str, value: str | None) -> str | None:
    """A corrected value as a registrar writes it."""
    if value is None:
        return None
    if name == "sex":
        return SEXES[value]
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if name == "birth" else value
