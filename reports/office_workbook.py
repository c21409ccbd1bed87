"""An authority's workbook: the cases that wait for its word, to be filled in and sent back.

One renderer for the forms review, sheet, verdict and issue. As in a school's list every cell is a text, and the same values give
the same bytes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat

from xlsxwriter.utility import xl_col_to_name

from xueji.checks.model import PROBLEM_TYPES, unit_short_name
from xueji.reports.bulletin_wording import full_date
from xueji.reports.list_layout import HEAD_LINES, HIDDEN, row_height
from xueji.reports.masking import mask_id_number, mask_name
from xueji.reports.office_workbook_layout import (
    COLUMNS,
    DELETION_NOTE,
    MATTER_FORMS,
    NOTES,
    OTHER_LOOK,
    office_template,
)
from xueji.reports.return_forms import PASS, SEAL_COLUMN, SEND_BACK, SUGGESTION_COLUMN, ReturnForm, shown
from xueji.reports.school_list import (
    GRADUATING_GRADES,
    SCOPE_TITLES,
    Scope,
    cell_ranges,
    grade_text,
    said,
    student_place,
)
from xueji.reports.workbook_template import ListRows

MAX_PARTIES = 10  # other parties named in one cell; the rest are counted
NONE = "—"


@dataclass(frozen=True)
class MatterParty:
    """A party of a case's matter that is no row of the same sheet, in clear: masked when it belongs to another unit."""

    place: str  # province and county, as far as the reader needs them
    school: str
    name: str | None
    id_number: str | None
    student_no: str | None
    state: str
    is_own: bool  # of the unit that reads


@dataclass(frozen=True)
class OfficeRow:
    """One case as an authority sees it. A row without `choices` is shown for its matter's sake and is not to be answered."""

    case_no: str
    turn: int
    seal: str  # of this row in this workbook
    problem_type: str
    sentence: str
    state: str
    unit_code: str
    county_code: str | None
    county: str
    school: str
    school_code: str | None
    grade: int | None
    class_no: str | None
    name: str | None
    student_no: str | None
    id_number: str | None
    due_date: date | None
    choices: tuple[str, ...]
    scope: Scope | None = None
    matter: str | None = None  # cases of one matter have the same
    remark: str | None = None  # what was said last
    suggestion: str | None = None  # for the reader to confirm
    unlikely: float | None = None  # how unlikely chance is among children without a number; of no other problem
    disposition: str | None = None  # what the school asks for
    new_name: str | None = None
    new_id_number: str | None = None
    new_sex: str | None = None
    new_birth_date: date | None = None
    answer_note: str | None = None
    answered_on: date | None = None
    entered_on: date | None = None
    evidence: tuple[str, ...] = ()  # 户口簿.pdf: of the file 案件编号_户口簿.pdf in evidence/
    doubts: tuple[str, ...] = ()  # why the police might be asked
    sheet_answer: str | None = None  # what the province said on the check sheet
    parties: tuple[MatterParty, ...] = ()


@dataclass(frozen=True)
class OfficeWorkbook:
    """What one authority is given. Rows may come in any order: each sheet puts graduating grades first, matters together."""

    form: ReturnForm
    owner: str  # code of the office, by which it is known again
    office: str
    as_of: date  # night on which it was written
    edition: str
    key_id: str
    seal: str
    sheets: dict[str, tuple[OfficeRow, ...]]  # by title, only those with rows


def render_office_workbook(values: OfficeWorkbook) -> bytes:
    """The workbook (.xlsx): the form's sheets that have rows, in the form's order, and a hidden sheet by which it is known again."""
    titles = tuple(title for title in values.form.sheets if values.sheets.get(title))
    rows = {title: in_order(values.sheets[title], values.form.form in MATTER_FORMS) for title in titles}
    tokens = {
        "office": f"办理单位：{values.office}    制表日期：{full_date(values.as_of)}    期次：{values.edition}    内含学生个人信息，不得外传",
        "issuer": values.office,
        "foot": f"{values.office[:60]}  期次 {values.edition}".replace("&", "&&"),
        "owner": values.owner,
        "edition": values.edition,
        "key_id": values.key_id,
        "seal": values.seal,
        **{f"counts_{values.form.sheets.index(title)}": _counts(values.form, title, rows[title]) for title in titles},
    }
    lists = {title: _list_rows(values.form, rows[title]) for title in titles}
    return office_template(values.form.form, titles, values.as_of).fill(tokens, lists)


def in_order(rows: Iterable[OfficeRow], by_matter: bool) -> list[OfficeRow]:
    """Graduating grades first, and in them the matches that chance may explain last: of these the least likely chance first.

    With `by_matter` the parties of a matter stand together, its first place that of its first party.
    """

    def place(row: OfficeRow) -> tuple[object, ...]:
        is_after, *student = student_place(row.grade, row.class_no, row.name, row.student_no)
        chance = (row.unlikely is not None, -(row.unlikely or 0))
        school = (row.unit_code, row.county_code or "", row.school_code or "")
        return (is_after, *chance, *school, *student, row.case_no)

    ordered = sorted(rows, key=place)
    if not by_matter:
        return ordered
    first: dict[str, int] = {}
    for number, row in enumerate(ordered):
        first.setdefault(row.matter or row.case_no, number)
    return sorted(ordered, key=lambda row: first[row.matter or row.case_no])


def _counts(form: ReturnForm, title: str, rows: Sequence[OfficeRow]) -> str:
    """The sheet's counts and what is to be done with it."""
    asked = [row for row in rows if row.choices]
    counts = Counter(row.problem_type for row in asked)
    kinds = "，".join(f"{kind.title} {counts[kind.code]} 条" for kind in PROBLEM_TYPES.values() if counts[kind.code])
    text = f"{title} {len(asked)} 条（{kinds}）"
    if form.form in MATTER_FORMS:
        text += f"，涉及 {len({row.matter for row in asked})} 个重复事项"
    if graduating := sum(row.grade in GRADUATING_GRADES for row in asked):
        text += f"，其中毕业年级 {graduating} 条，请优先办理"
    is_deletion = all(row.choices == (PASS, SEND_BACK) for row in asked)
    return f"{text}。\n{DELETION_NOTE if is_deletion else NOTES[form.form, title]}"


def _list_rows(form: ReturnForm, rows: Sequence[OfficeRow]) -> ListRows:
    columns = COLUMNS[form.form]
    seen = [column for column in columns if column.style != HIDDEN]
    matters: dict[str, int] = {}
    for row in rows:
        matters.setdefault(row.matter or row.case_no, len(matters) + 1)
    numbers = [matters[row.matter or row.case_no] for row in rows]
    sizes = Counter(numbers)
    cells = [
        tuple(map(_texts(row, number, matter, sizes[matter] - 1).get, (column.title for column in columns), repeat("")))
        for number, (row, matter) in enumerate(zip(rows, numbers, strict=True), start=1)
    ]
    is_first = [place == 0 or numbers[place] != numbers[place - 1] for place in range(len(rows))]
    kinds = [
        OTHER_LOOK * (not row.choices) + first for row, first in zip(rows, is_first, strict=True)
    ] if form.form in MATTER_FORMS else []  # fmt: skip
    return ListRows(cells, [row_height(line, seen) for line in cells], _drop_downs(form, rows), kinds)


def _drop_downs(form: ReturnForm, rows: Sequence[OfficeRow]) -> dict[tuple[str, ...], str]:
    """The cells to choose in, by what may be chosen: the answer by its row, other answer columns by the form."""
    titles = [column.title for column in COLUMNS[form.form]]
    lines: dict[tuple[str, ...], dict[str, list[int]]] = {}
    for line, row in enumerate(rows, start=HEAD_LINES + 1):
        for column in form.answers:
            choices = row.choices if column.field == "answer" else column.choices
            if choices and row.choices:
                letter = xl_col_to_name(titles.index(column.title))
                lines.setdefault(choices, {}).setdefault(letter, []).append(line)
    return {
        choices: " ".join(cell_ranges(letter, places) for letter, places in letters.items())
        for choices, letters in lines.items()
    }


def _texts(row: OfficeRow, number: int, matter: int, beside: int) -> dict[str, str]:
    """Every column that any form has, by title; answers stay empty. `beside` counts the other rows of its matter."""
    return {
        "序号": str(number),
        "事项": str(matter),
        "案件编号": row.case_no,
        "省份": unit_short_name(row.unit_code),
        "县（市、区）": row.county or NONE,
        "学校": f"{row.school}\n{row.school_code}" if row.school_code else row.school,
        "年级": grade_text(row.grade),
        "班级": shown(row.class_no),
        "姓名": shown(row.name),
        "学籍号": shown(row.student_no),
        "身份证件号": shown(row.id_number),
        "问题类型": PROBLEM_TYPES[row.problem_type].title,
        "问题说明": said(row.remark, row.sentence),
        SUGGESTION_COLUMN: row.suggestion or NONE,
        "涉及范围": SCOPE_TITLES[row.scope] if row.scope else NONE,
        "对方信息": _parties_text(row.parties, beside),
        "办理状态": row.state if row.choices else f"{row.state}\n（不需填写）",
        "处理方式": row.disposition or NONE,
        "更正后姓名": row.new_name or NONE,
        "更正后身份证件号": row.new_id_number or NONE,
        "更正后性别": row.new_sex or NONE,
        "更正后出生日期": _day(row.new_birth_date),
        "学校说明": row.answer_note or NONE,
        "核查答复": row.sheet_answer or NONE,
        "证明材料": "\n".join(row.evidence) or NONE,
        "疑点提示": "\n".join(row.doubts) or NONE,
        "提交日期": _day(row.answered_on),
        "审核通过日期": _day(row.entered_on),
        "办理期限": _day(row.due_date),
        SEAL_COLUMN: f"{row.turn}.{row.seal}",
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else NONE


def _parties_text(parties: Sequence[MatterParty], beside: int) -> str:
    """The other parties of the matter, the reader's own unit first, at most `MAX_PARTIES` of them; how many are rows beside this one."""
    ordered = sorted(parties, key=lambda party: (not party.is_own, _party_text(party)))
    lines = [_party_text(party) for party in ordered[:MAX_PARTIES]]
    if len(parties) > MAX_PARTIES:
        lines.append(f"等 {len(parties)} 方")
    if beside:
        lines.append(f"本表同一事项另有 {beside} 条")
    return "\n".join(lines) or NONE


def _party_text(party: MatterParty) -> str:
    """One party: in clear when it is the unit's own, else by school, masked name and masked number."""
    school = f"{party.place} {party.school}".strip()
    if party.is_own:
        return f"{school} {shown(party.name)}（{party.state}）\n{shown(party.student_no)}"
    number = mask_id_number(party.id_number) if party.id_number else "无证件号"
    return f"{school} {mask_name(party.name or '')}（{party.state}）\n{number}"
