"""Judging returned files one after the other: what each brings, and why the rest of it is not taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath

from xueji.assets.answer_rows import (
    Answer,
    Case,
    Refusal,
    case_fault,
    evidence_fault,
    read_answer,
    row_fault,
)
from xueji.assets.evidence_files import Scan, look_at
from xueji.assets.intake import NO_UNIT
from xueji.assets.returned_files import ARBITRATION, AUDITS, RETURNS, Member, ReturnedFile
from xueji.assets.returned_workbooks import FileKeys, ReturnedRow, ReturnedWorkbook
from xueji.assets.seal import Seal, is_seal
from xueji.checks.evidence import EVIDENCE_KINDS, EvidenceName, read_evidence_name
from xueji.checks.model import UNITS
from xueji.reports.return_forms import CASE_COLUMN, FORMS, KEY_SHEET

PLACE_OF_FORM = {"list": RETURNS, "review": AUDITS, "sheet": ARBITRATION, "verdict": ARBITRATION, "issue": ARBITRATION}
EVIDENCE_COLUMN = "证明材料"  # what a reject names instead of a column of the sheet


@dataclass(frozen=True)
class Reading:
    """A returned file as it was unpacked and read, or the refusal that ended it."""

    file: ReturnedFile
    format: str | None = None
    workbook: ReturnedWorkbook | None = None
    members: tuple[Member, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True)
class NamedScan:
    """A scan beside the workbook: what its name says, and what it is."""

    member: Member
    name: EvidenceName
    scan: Scan


@dataclass(frozen=True)
class Taken:
    """An accepted row, with its scans."""

    row: ReturnedRow
    case: Case
    answer: Answer
    scans: tuple[NamedScan, ...]


@dataclass(frozen=True)
class Refused:
    """A row that was not taken; without a row the whole file, or a scan that belongs to no row."""

    refusal: Refusal
    row: ReturnedRow | None = None
    case_no: str | None = None


@dataclass
class Outcome:
    """What became of a file. A delivered row is one with any answer cell filled in."""

    reading: Reading
    delivered: int
    verdict: str = "accepted"
    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def keys(self) -> FileKeys | None:
        return self.reading.workbook.keys if self.reading.workbook else None

    @property
    def unit_code(self) -> str:
        """The unit whose folder the file lies in; without one the unit of the office that it was made for."""
        owner = self.keys.owner if self.keys else ""
        return self.reading.file.folder_unit or (owner[:2] if owner[:2] in UNITS else NO_UNIT)

    @property
    def reason(self) -> str | None:
        """Why the file as a whole was not taken."""
        refusal = self.reading.refusal
        return refusal.reason if refusal else "已接收过" if self.verdict == "known" else None


@dataclass
class Judge:
    """Judges a night's files in their order: of two rows for one case the first that can be taken counts."""

    seal: Seal
    night: date
    offices: frozenset[tuple[str, str]]  # unit and code of every office that audits
    answered: set[str] = field(default_factory=set)
    accepted_files: set[tuple[str, str | None, str | None, str]] = field(default_factory=set)

    def judge(self, reading: Reading, cases: Mapping[str, Case]) -> Outcome:
        """Judge one file; `cases` holds at least the cases that its rows name."""
        rows = reading.workbook.rows if reading.workbook else ()
        refusal = reading.refusal or self.file_fault(reading)
        if refusal:
            refused = Refused(refusal)
            return Outcome(replace(reading, refusal=refusal), len(rows), "refused", refused=[refused])
        if reading.file.is_copy or reading.file.sender in self.accepted_files:
            return Outcome(reading, 0, "known")
        self.accepted_files.add(reading.file.sender)
        outcome = Outcome(reading, len(rows))
        scans = scans_by_case(reading)
        for row in rows:
            result = self.judge_row(reading, row, cases.get(row.case_no), scans.get(row.case_no, ()))
            if isinstance(result, Taken):
                self.answered.add(result.case.case_no)
                outcome.taken.append(result)
            else:
                outcome.refused.append(Refused(result, row, row.case_no or None))
        outcome.refused += loose_scans(reading, {row.case_no for row in rows})
        return outcome

    def file_fault(self, reading: Reading) -> Refusal | None:
        """Why a workbook is none of ours, of another's, or has lost its columns."""
        book, file = reading.workbook, reading.file
        if book is None or book.keys is None:
            return Refusal("file_not_ours")
        keys = book.keys
        if keys.key_id != self.seal.key_id:
            return Refusal("file_other_key", KEY_SHEET)
        if not is_seal(keys.seal, self.seal.of_file(keys.form, keys.owner, keys.edition)):
            return Refusal("file_seal_broken", KEY_SHEET)
        if book.form is None:
            return Refusal("file_not_ours")
        if PLACE_OF_FORM[keys.form] != file.kind:
            return Refusal("file_wrong_place", found=(FORMS[keys.form].title,))
        if self.is_other_owners(keys.owner, file):
            return Refusal("file_other_owner", value=keys.owner, found=(keys.owner,))
        if book.missing:
            return Refusal("file_layout", found=("、".join(book.missing),))
        if book.repeated:
            return Refusal("file_columns_twice", found=("、".join(book.repeated),))
        return None

    def is_other_owners(self, owner: str, file: ReturnedFile) -> bool:
        if file.kind == RETURNS:
            return file.school_code not in (None, owner)
        if file.kind == AUDITS and file.folder_unit is not None:
            is_units = owner[:2] == file.folder_unit or (file.folder_unit, owner) in self.offices
            return not is_units
        return False

    def judge_row(
        self, reading: Reading, row: ReturnedRow, case: Case | None, scans: Sequence[NamedScan]
    ) -> Taken | Refusal:
        assert reading.workbook is not None and reading.workbook.keys is not None
        keys = reading.workbook.keys
        fault = row_fault(row, keys, self.seal, case) or case_fault(row, keys, reading.file.folder_unit, case)
        if fault or case is None:
            return fault or Refusal("case_unknown", CASE_COLUMN, row.case_no)
        if case.case_no in self.answered:
            return Refusal("row_twice", CASE_COLUMN, row.case_no)
        answer = read_answer(row, keys, case, self.night)
        if isinstance(answer, Refusal):
            return answer
        if keys.form == "list" and (fault := scans_fault(scans) or self.missing_proof(case, answer, scans)):
            return replace(fault, column=EVIDENCE_COLUMN)
        return Taken(row, case, answer, tuple(scans))

    def missing_proof(self, case: Case, answer: Answer, scans: Sequence[NamedScan]) -> Refusal | None:
        return evidence_fault(case, self.night, answer, {scan.name.kind for scan in scans if scan.name.kind})


def scans_by_case(reading: Reading) -> dict[str, list[NamedScan]]:
    """The scans that name a case and a kind, looked at, by case."""
    scans: dict[str, list[NamedScan]] = {}
    for member in reading.members:
        name = evidence_name(member)
        if name.case_no and name.kind:
            scans.setdefault(name.case_no, []).append(NamedScan(member, name, look_at(member.path)))
    return scans


def evidence_name(member: Member) -> EvidenceName:
    return read_evidence_name(PurePosixPath(member.name.replace("\\", "/")).name)


def scans_fault(scans: Sequence[NamedScan]) -> Refusal | None:
    """The first scan that is not what it should be: the authority has to see every one that was sent."""
    for named in scans:
        if named.scan.broken_rule:
            return Refusal(named.scan.broken_rule, value=named.member.name, found=(str(named.name.kind),))
    return None


def loose_scans(reading: Reading, answered: set[str]) -> list[Refused]:
    """Files beside the workbook that belong to none of its answers."""
    loose = []
    for member in reading.members:
        name = evidence_name(member)
        if name.case_no in answered and name.kind:
            continue
        if name.case_no in answered:
            refusal = Refusal("evidence_name", EVIDENCE_COLUMN, member.name, ("材料名称",))
        elif name.case_no and name.kind in EVIDENCE_KINDS and name.case_no.startswith("XJ"):
            refusal = Refusal("evidence_no_answer", EVIDENCE_COLUMN, member.name)
        else:
            refusal = Refusal("evidence_name", EVIDENCE_COLUMN, member.name, ("案件编号",))
        loose.append(Refused(refusal, case_no=name.case_no))
    return loose
