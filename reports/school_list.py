"""A school's problem list: one workbook that the registrar works through and sends back.

Every cell is written as text, so nothing that was delivered can become a formula or a number. The same list gives the
same bytes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from xlsxwriter.utility import xl_col_to_name

from xueji.checks.model import PROBLEM_TYPES
from xueji.reports.list_layout import ANSWER, HEAD_LINES, HIDDEN, Column, row_height
from xueji.reports.masking import mask_id_number, mask_name
from xueji.reports.return_forms import LIST, shown
from xueji.reports.school_list_layout import (
    GUIDE_SHEET,
    PROBLEM_COLUMNS,
    PROBLEM_SHEET,
    QUALITY_COLUMNS,
    QUALITY_SHEET,
    list_template,
)
from xueji.reports.workbook_template import ListRows

Scope = Literal["school", "county", "city", "province", "national"]
SCOPE_TITLES = {"school": "本校", "county": "本县", "city": "本市", "province": "本省", "national": "跨省"}
GRADE_TITLES = {
    **{grade: f"{digit}年级" for grade, digit in enumerate("一二三四五六七八九", start=1)},
    **{grade: f"高{digit}" for grade, digit in enumerate("一二三", start=10)},
}
GRADUATING_GRADES = frozenset({6, 9, 12})
TYPE_ORDER = {code: place for place, code in enumerate(PROBLEM_TYPES)}
PROBLEM_TITLES = [column.title for column in PROBLEM_COLUMNS]
ANSWER_LETTERS = {column.field: xl_col_to_name(PROBLEM_TITLES.index(column.title)) for column in LIST.answers}
CHOICES = {column.field: column.choices for column in LIST.answers}
NO_ANSWERS = ("",) * len(LIST.answers)
READ_FIRST = f"填写前请先阅读“{GUIDE_SHEET}”表。"
# The only row of a list without problems; nothing stands in its answers.
NO_PROBLEM_ROW = tuple(
    "本校无待处理的问题学籍" if column.title == "问题说明" else "—"
    for column in PROBLEM_COLUMNS
    if column.style not in (ANSWER, HIDDEN)
)
MAX_PARTIES = 5  # other parties named in one cell; the rest are counted


@dataclass(frozen=True)
class OtherParty:
    """Another record of a duplicate group, in clear: the list masks it unless it is the school's own.

    `school_name` is printed as it stands, so it may bring its place along where the name alone would not find the school.
    """

    school_code: str | None
    school_name: str | None
    name: str | None
    id_number: str | None
    student_no: str | None
    grade: int | None
    class_no: str | None


@dataclass(frozen=True)
class ProblemRow:
    """One case that waits for the school: a problem record (severity error) of one student."""

    case_no: str
    turn: int
    seal: str  # of this row in this list
    problem_type: str
    sentence: str  # what is wrong and why, for the registrar
    grade: int | None
    class_no: str | None
    name: str | None
    student_no: str | None
    id_number: str | None
    due_date: date
    operations: tuple[str, ...]  # what the school may do about it, in the order of the drop-down
    materials: str  # what it has to hand in for them; empty when nothing
    remark: str | None = None  # why the case came back
    suggestion: str | None = None  # for the school to confirm
    scope: Scope | None = None  # duplicates only
    others: tuple[OtherParty, ...] = ()
    others_unnamed: int = 0  # further ones of a large group, counted alone


@dataclass(frozen=True)
class QualityRow:
    """One thing to be put right (severity warning) about one student."""

    record_key: str
    rule_id: str
    problem_type: str
    sentence: str
    field_title: str  # the column concerned, as the template prints it
    value: str | None  # what stands there now; with other parties they are shown instead
    grade: int | None
    class_no: str | None
    name: str | None
    student_no: str | None
    others: tuple[OtherParty, ...] = ()  # suspected duplicates only
    others_unnamed: int = 0


@dataclass(frozen=True)
class SchoolList:
    """What one school is given. Rows may come in any order: the list puts graduating grades first."""

    school_code: str
    school_name: str
    county_name: str
    issuer: str  # the authority that hands the list down
    as_of: date
    owner: str  # names the list's school to whoever reads it again
    edition: str  # says which list comes back
    key_id: str  # of the key that sealed it
    seal: str  # of the list as a whole
    problems: tuple[ProblemRow, ...]
    quality: tuple[QualityRow, ...]
    elsewhere: int = 0  # cases of the school that others have in hand


def render_school_list(values: SchoolList) -> bytes:
    """The workbook (.xlsx): 问题清单, 数据质量待改 (only with rows), 填写说明, and a hidden sheet by which it is known again."""
    problems = sorted(values.problems, key=lambda row: (*_place(row), row.case_no))
    quality = sorted(values.quality, key=lambda row: (*_place(row), row.record_key, row.rule_id, row.sentence))
    as_of = values.as_of
    tokens = {
        "school": f"学校：{values.school_name}（学校标识码 {values.school_code}）    所在县（市、区）：{values.county_name}    "
        f"下发单位：{values.issuer}    数据截止日期：{as_of.year}年{as_of.month}月{as_of.day}日",
        "issuer": values.issuer,
        "foot": f"{values.school_name[:60]}（{values.school_code}）  清单编号 {values.edition}".replace("&", "&&"),
        "owner": values.owner,
        "edition": values.edition,
        "key_id": values.key_id,
        "seal": values.seal,
        "problem_counts": _problem_counts(problems, values.elsewhere, len(quality)),
        "quality_counts": f"本校需核对更正的信息 {len(quality)} 条{_counts_text(quality)}。{READ_FIRST}",
    }
    problem_cells = [_problem_cells(number, row, values.school_code) for number, row in enumerate(problems, start=1)]
    problem_cells = problem_cells or [NO_PROBLEM_ROW]
    quality_cells = [_quality_cells(number, row, values.school_code) for number, row in enumerate(quality, start=1)]
    lists = {
        PROBLEM_SHEET: ListRows(problem_cells, _heights(problem_cells, PROBLEM_COLUMNS), _drop_downs(problems)),
        QUALITY_SHEET: ListRows(quality_cells, _heights(quality_cells, QUALITY_COLUMNS)),
    }
    return list_template(bool(quality), as_of).fill(tokens, lists)


def _place(row: ProblemRow | QualityRow) -> tuple[bool, int, str, str, str, int]:
    """Sort key: graduating grades, then grade, class, name; one student's problems in the order of the types."""
    return (*student_place(row.grade, row.class_no, row.name, row.student_no), TYPE_ORDER[row.problem_type])


def student_place(
    grade: int | None, class_no: str | None, name: str | None, student_no: str | None
) -> tuple[bool, int, str, str, str]:
    """Where a student stands in a list: graduating grades first."""
    return (
        grade not in GRADUATING_GRADES,
        grade or len(GRADE_TITLES) + 1,
        (class_no or "").zfill(20),  # class 2 before class 10
        name or "",
        student_no or "",
    )


def _heights(rows: Sequence[tuple[str, ...]], columns: Sequence[Column]) -> list[float]:
    seen = [column for column in columns if column.style != HIDDEN]
    return [row_height(cells, seen) for cells in rows]


def _drop_downs(rows: Sequence[ProblemRow]) -> dict[tuple[str, ...], str]:
    """The cells to choose in: 处理方式 by the operations that their rows allow, and 更正后性别."""
    lines: dict[tuple[str, ...], list[int]] = {}
    for line, row in enumerate(rows, start=HEAD_LINES + 1):
        lines.setdefault(row.operations, []).append(line)
    letter = ANSWER_LETTERS["answer"]
    chosen = {operations: cell_ranges(letter, places) for operations, places in lines.items() if operations}
    if rows:
        chosen[CHOICES["new_sex"]] = cell_ranges(
            ANSWER_LETTERS["new_sex"], range(HEAD_LINES + 1, HEAD_LINES + 1 + len(rows))
        )
    return chosen


def cell_ranges(letter: str, lines: Sequence[int]) -> str:
    """The cells of a column in ascending `lines`: N6:N7 N9:N9."""
    return " ".join(f"{letter}{first}:{letter}{last}" for first, last in _runs(lines))


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours in ascending `places`."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _problem_counts(problems: Sequence[ProblemRow], elsewhere: int, quality_count: int) -> str:
    text = f"本校待处理的问题学籍 {len(problems)} 条{_counts_text(problems)}" if problems else "本校无待处理的问题学籍"
    if graduating := sum(row.grade in GRADUATING_GRADES for row in problems):
        text += f"，其中毕业年级 {graduating} 条，请优先办理"
    if elsewhere:
        text += f"；另有 {elsewhere} 条正在审核或办理，无需填写"
    text += "。"
    if quality_count:
        text += f"另有需核对更正的信息 {quality_count} 条，见“{QUALITY_SHEET}”表。"
    return text + READ_FIRST


def _counts_text(rows: Sequence[ProblemRow] | Sequence[QualityRow]) -> str:
    """（身份证号重复 2 条，身份证号错误 1 条）, in the order of the types; empty without rows."""
    counts = Counter(row.problem_type for row in rows)
    parts = [f"{kind.title} {counts[kind.code]} 条" for kind in PROBLEM_TYPES.values() if counts[kind.code]]
    return f"（{'，'.join(parts)}）" if parts else ""


def _student_cells(row: ProblemRow | QualityRow) -> tuple[str, str, str, str]:
    return (grade_text(row.grade), shown(row.class_no), shown(row.name), shown(row.student_no))


def grade_text(grade: int | None) -> str:
    return GRADE_TITLES[grade] if grade else "（不详）"


def said(remark: str | None, sentence: str) -> str:
    """The sentence of a case, after why it came back."""
    return f"【{remark}】{sentence}" if remark else sentence


def _problem_cells(number: int, row: ProblemRow, school_code: str) -> tuple[str, ...]:
    return (
        str(number),
        row.case_no,
        *_student_cells(row),
        shown(row.id_number),
        PROBLEM_TYPES[row.problem_type].title,
        said(row.remark, row.sentence),
        row.suggestion or "—",
        SCOPE_TITLES[row.scope] if row.scope else "—",
        _parties_text(row, school_code),
        "\n".join(row.operations),
        row.materials or "—",
        row.due_date.isoformat(),
        *NO_ANSWERS,
        f"{row.turn}.{row.seal}",
    )


def _quality_cells(number: int, row: QualityRow, school_code: str) -> tuple[str, ...]:
    kind = PROBLEM_TYPES[row.problem_type]
    value = _parties_text(row, school_code) if row.others else shown(row.value)
    return (str(number), *_student_cells(row), kind.title, row.field_title, row.sentence, value)


def _parties_text(row: ProblemRow | QualityRow, school_code: str) -> str:
    """The other parties, two lines each, at most `MAX_PARTIES` of them, the school's own first."""
    if not row.others:
        return "—"
    ordered = sorted(row.others, key=lambda party: (party.school_code != school_code, _party_text(party, school_code)))
    lines = [_party_text(party, school_code) for party in ordered[:MAX_PARTIES]]
    count = len(row.others) + row.others_unnamed
    if count > MAX_PARTIES:
        lines.append(f"等 {count} 人")
    return "\n".join(lines)


def _party_text(party: OtherParty, school_code: str) -> str:
    """One party: the school's own record in clear, any other by school, masked name and masked number."""
    if party.school_code == school_code:
        place = f"{GRADE_TITLES[party.grade] if party.grade else ''} {party.class_no or ''}".strip()
        return f"本校 {place} {party.name or '（空）'}\n{party.student_no or '（空）'}"
    school = party.school_name or (f"学校标识码 {party.school_code}" if party.school_code else "学校不详")
    number = mask_id_number(party.id_number) if party.id_number else "无证件号"
    return f"{school} {mask_name(party.name or '')}\n{number}"
