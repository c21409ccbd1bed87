"""Judging one returned row: as it stands, against the ledger, and what it answers. The first rule broken refuses the row."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import date

from xueji.assets.returned_workbooks import FileKeys, ReturnedRow
from xueji.assets.seal import Seal, is_seal
from xueji.checks import case_states, corrections
from xueji.checks.case_states import (
    MINISTRY_CODE,
    MINISTRY_REVIEW,
    NUMBER,
    ONLY_PASS_OR_BACK,
    OTHERS,
    PENDING,
    PROVINCE_REVIEW,
    RESOLVED,
    REVIEW,
    VERDICT,
)
from xueji.checks.dispositions import disposition, evidence_text
from xueji.checks.evidence import is_one_sided, unmet
from xueji.checks.return_rules import return_sentence
from xueji.checks.text_folding import fold_width
from xueji.reports import return_forms
from xueji.reports.return_forms import (
    CASE_COLUMN,
    FORMS,
    SEAL_COLUMN,
    SEALED_COLUMNS,
    UNKNOWN,
    ReturnForm,
    sealed_texts,
    shown,
)
from xueji.reports.workbook_template import cell_text

NEEDS_REASON = frozenset({
    return_forms.SEND_BACK, return_forms.HOLD, return_forms.REDO, return_forms.GIVE_UP, return_forms.DISMISS,
    return_forms.NOT_ISSUED,
})  # fmt: skip
STATES_OF_FORM = {
    "list": (PENDING,),
    "review": (REVIEW, PROVINCE_REVIEW, MINISTRY_REVIEW, case_states.HELD, OTHERS, NUMBER, RESOLVED),
    "sheet": (case_states.CHECK_SHEET,),
    "verdict": (VERDICT,),
    "issue": (NUMBER,),
}
REVIEW_SHEET_OF_STATE = {
    REVIEW: "待审核", PROVINCE_REVIEW: "待审核", MINISTRY_REVIEW: "待审核", case_states.HELD: "挂起",
    OTHERS: "已通过佐证", NUMBER: "已通过佐证", RESOLVED: "已通过佐证",
}  # fmt: skip
SENIOR_GRADE = 10  # first of senior high
REDONE_SINCE = date(2017, 4, 1)
# Problems that a sex or birth date alone can cause.
SEX_OR_BIRTH_TYPES = ("ERR_ID", "DUP_NSB")
CORRECTIONS = ("new_name", "new_id_number", "new_sex", "new_birth_date")


@dataclass(frozen=True, slots=True)
class Case:
    """What judging needs of a case, as it stood before the night."""

    case_no: str
    problem_type: str
    state: str
    turn: int
    unit_code: str
    school_code: str | None
    student_no: str | None
    name: str | None
    id_number: str | None
    is_out_of_school: bool | None
    authority_code: str | None
    arbiter_code: str | None
    is_attested: bool | None
    grade: int | None

    def shown_cells(self) -> tuple[str, ...]:
        """The cells of SEALED_COLUMNS as a list shows them."""
        return tuple(cell_text(shown(value)).strip() for value in (self.name, self.student_no, self.id_number))


CASE_FIELDS = tuple(field.name for field in fields(Case))


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule that a row, a scan or a file breaks, and what was found. `column` is a title."""

    rule_id: str
    column: str | None = None
    value: str | None = None
    found: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        return return_sentence(self.rule_id, *self.found)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an accepted row says, in the columns of `answers`."""

    answer: str
    audit: str | None = None
    new_name: str | None = None
    new_id_number: str | None = None
    new_sex_code: str | None = None
    new_birth_date: date | None = None
    note: str | None = None
    signed_by: str | None = None


def row_fault(row: ReturnedRow, keys: FileKeys, seal: Seal, case: Case | None) -> Refusal | None:
    """Why a row is not as it was handed out."""
    if not row.mark:  # other parties' rows are shown without one
        is_others = case is not None and not is_senders(keys, case)
        return Refusal("case_not_yours" if is_others else "row_added", CASE_COLUMN, row.case_no or None)
    if row.merged:
        return Refusal("row_merged", row.merged[0], None, ("、".join(row.merged),))
    if row.computed:
        return Refusal("row_formula", row.computed[0], None, ("、".join(row.computed),))
    turn, _, mark = row.mark.partition(".")
    texts = sealed_texts(row.case_no, int(turn) if turn.isdecimal() and len(turn) < 10 else -1, row.shown)
    if is_seal(mark, seal.of_row(keys.form, keys.owner, keys.edition, texts)):
        return None
    return changed_cells(row, keys, case)


def changed_cells(row: ReturnedRow, keys: FileKeys, case: Case | None) -> Refusal:
    """What was done to a row whose seal does not fit, by what the ledger shows for its case."""
    if case is None:
        return Refusal("row_changed", CASE_COLUMN, row.case_no, (CASE_COLUMN,))
    cells = zip(SEALED_COLUMNS, row.shown, case.shown_cells(), strict=True)
    changed = [(title, cell) for title, cell, known in cells if cell.strip() != known]
    if not is_senders(keys, case):
        if not changed:  # a whole row of another's list
            return Refusal("case_not_yours", CASE_COLUMN, row.case_no)
        changed = [(CASE_COLUMN, row.case_no)]
    elif len(changed) == len(SEALED_COLUMNS):
        changed = [(CASE_COLUMN, row.case_no)]
    elif not changed:
        changed = [(SEAL_COLUMN, row.mark)]
    return Refusal("row_changed", *changed[0], ("、".join(title for title, _ in changed),))


def is_senders(keys: FileKeys, case: Case) -> bool:
    """Whether a case can be the file's owner's at all, in whatever state."""
    match keys.form:
        case "list":
            return keys.owner in (case.school_code, UNKNOWN)
        case "review":
            return keys.owner in (case.authority_code, case.unit_code, MINISTRY_CODE)
        case "sheet":
            return keys.owner == case.unit_code
        case "verdict":
            return keys.owner == case.arbiter_code
        case _:
            return keys.owner == MINISTRY_CODE


def case_fault(row: ReturnedRow, keys: FileKeys, folder_unit: str | None, case: Case | None) -> Refusal | None:
    """Why a row that is as it was handed out cannot be answered by this sender now."""
    if case is None:
        return Refusal("case_unknown", CASE_COLUMN, row.case_no)
    is_other_unit = folder_unit is not None and folder_unit != case.unit_code and keys.owner != MINISTRY_CODE
    if is_other_unit or not is_senders(keys, case):
        return Refusal("case_not_yours", CASE_COLUMN, row.case_no)
    if int(row.mark.partition(".")[0]) != case.turn:
        return Refusal("edition_old", CASE_COLUMN, row.case_no, (case.state,))
    is_not_attested = keys.form == "review" and case.state == RESOLVED and not case.is_attested
    if case.state not in STATES_OF_FORM[keys.form] or is_not_attested:
        return Refusal("case_not_here", CASE_COLUMN, row.case_no, (case.state,))
    if keys.form == "review" and keys.owner != reviewer(case):
        return Refusal("case_not_yours", CASE_COLUMN, row.case_no)
    return None


def reviewer(case: Case) -> str | None:
    """The office whose word counts on a case in its present state."""
    return {PROVINCE_REVIEW: case.unit_code, MINISTRY_REVIEW: MINISTRY_CODE}.get(case.state, case.authority_code)


def read_answer(row: ReturnedRow, keys: FileKeys, case: Case, night: date) -> Answer | Refusal:
    """What a row answers, evidence aside."""
    form = FORMS[keys.form]
    titles, choices = form.answer_titles, choices_of(form, case)
    given = fold_width(row.answers.get("answer", ""))
    if not given:
        return Refusal("answer_missing", titles["answer"], None, (titles["answer"],))
    if given not in choices:
        return Refusal("answer_unknown", titles["answer"], row.answers["answer"], (titles["answer"],))
    if keys.form == "list":
        return read_school_answer(row, form, case, night, given)
    return read_office_answer(row, form, case, night, given)


def choices_of(form: ReturnForm, case: Case) -> Sequence[str]:
    """What the form's answer cell may hold for a case in its state."""
    if form.form == "review":
        return return_forms.REVIEW_CHOICES[REVIEW_SHEET_OF_STATE[case.state]]
    return next(column.choices for column in form.answers if column.field == "answer")


def barring_clause(case: Case, night: date, given: str) -> str | None:
    """Chinese: why an office may not decide so about a case; None when it may."""
    if case.state in ONLY_PASS_OR_BACK and given not in return_forms.PASS_OR_BACK:
        return f"{case.state}的案件只能通过或退回"
    if given == return_forms.HOLD and (case.grade or 0) < SENIOR_GRADE:
        return "挂起只用于高中阶段违规招生（教基一厅〔2015〕2号，一：“应先处理完招生问题，再处理学籍问题”）"
    if given == return_forms.REDO and night < REDONE_SINCE:
        return "佐证后重新处理自2017年4月起办理（《问题学籍处理流程帮助》）"
    return None


def read_office_answer(row: ReturnedRow, form: ReturnForm, case: Case, night: date, given: str) -> Answer | Refusal:
    titles, note = form.answer_titles, row.answers.get("note")
    if clause := barring_clause(case, night, given):
        return Refusal("answer_not_allowed", titles["answer"], given, (given, clause))
    if form.form == "sheet":
        attends = fold_width(row.answers.get("attends", ""))
        choices = next(column.choices for column in form.answers if column.field == "attends")
        if not attends:
            return Refusal("answer_missing", titles["attends"], None, (titles["attends"],))
        if attends not in choices:
            return Refusal("answer_unknown", titles["attends"], row.answers["attends"], (titles["attends"],))
        if given == return_forms.KEEP and attends != choices[0]:
            clause = "学生不在校的不得佐证（教基一厅〔2015〕2号，一，人籍一致）"
            return Refusal("answer_not_allowed", titles["answer"], given, (given, clause))
    if given in NEEDS_REASON and not note:
        return Refusal("reason_missing", titles["note"])
    if form.form == "sheet":
        note = f"{attends}。{note or ''}"
    return Answer(given, note=note, signed_by=row.answers.get("signed_by"))


def read_school_answer(row: ReturnedRow, form: ReturnForm, case: Case, night: date, given: str) -> Answer | Refusal:
    titles = form.answer_titles
    rights = disposition(case.problem_type, case.student_no, case.is_out_of_school, night, given)
    if not rights.is_allowed:
        return Refusal("answer_not_allowed", titles["answer"], given, (given, rights.clause))
    answer = Answer(given, audit=",".join(rights.audit), note=row.answers.get("note"))
    corrected = [field for field in CORRECTIONS if field in row.answers]
    if given != "变更":
        if corrected:
            return Refusal("change_not_asked", titles[corrected[0]], row.answers[corrected[0]])
        return answer
    if not corrected:
        return Refusal("change_empty", titles["new_name"])
    return correction_fault(row, titles, case, night) or corrected_answer(row, answer)


def correction_fault(row: ReturnedRow, titles: Mapping[str, str], case: Case, night: date) -> Refusal | None:
    """Why corrected values cannot be what the record ought to hold, by their form alone."""
    given = row.answers
    if (name := given.get("new_name")) and (fault := corrections.name_fault(name)):
        return Refusal("change_name", titles["new_name"], name, (fault,))
    if (number := given.get("new_id_number")) and (fault := number_fault(row, number, case)):
        return Refusal("change_number", titles["new_id_number"], number, (fault,))
    if "new_sex" in given and corrections.sex_code(given["new_sex"]) is None:
        return Refusal("change_sex", titles["new_sex"], given["new_sex"])
    if "new_birth_date" in given and corrections.birth_date(given["new_birth_date"], night) is None:
        return Refusal("change_birth_date", titles["new_birth_date"], given["new_birth_date"])
    has_other = "new_sex" in given or "new_birth_date" in given
    if not name and not number:
        return None if case.problem_type in SEX_OR_BIRTH_TYPES else Refusal("change_beside", titles["new_name"])
    is_same_name = not name or name == (case.name or "").strip()
    is_same_number = not number or corrections.normalised_number(number) == (case.id_number or "")
    if is_same_name and is_same_number and not (has_other and case.problem_type in SEX_OR_BIRTH_TYPES):
        return Refusal("change_same", titles["new_name" if name else "new_id_number"], name or number)
    return None


def number_fault(row: ReturnedRow, number: str, case: Case) -> str | None:
    """Chinese: why a corrected number cannot be one."""
    if "new_id_number" in row.numbers and len(number) > corrections.EXACT_DIGITS:
        return "单元格是数值，第15位以后的数字已丢失"
    normalised = corrections.normalised_number(number)
    # Of a pair of equal numbers only those of identity cards pass form and check; any other is of another document.
    if case.problem_type == "DUP_ID" and not corrections.is_resident_number(case.id_number):
        return corrections.other_number_fault(normalised)
    return corrections.resident_number_fault(normalised)


def corrected_answer(row: ReturnedRow, answer: Answer) -> Answer:
    given = row.answers
    number, sex, day = given.get("new_id_number"), given.get("new_sex"), given.get("new_birth_date")
    return Answer(
        answer.answer,
        answer.audit,
        new_name=given.get("new_name"),
        new_id_number=corrections.normalised_number(number) if number else None,
        new_sex_code=corrections.sex_code(sex) if sex else None,
        new_birth_date=corrections.read_date(day) if day else None,
        note=answer.note,
    )


def evidence_fault(case: Case, night: date, answer: Answer, kinds: AbstractSet[str]) -> Refusal | None:
    """What of a school's answer lacks proof; `kinds` came with it."""
    rights = disposition(case.problem_type, case.student_no, case.is_out_of_school, night, answer.answer)
    lacking = unmet(rights.evidence, kinds)
    if not lacking:
        return None
    if is_one_sided(lacking[0], kinds):
        return Refusal("evidence_one_side")
    return Refusal("evidence_missing", found=(evidence_text(lacking),))
