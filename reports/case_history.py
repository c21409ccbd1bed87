"""The whole history of one case as text, for an official at the ministry: names and numbers are masked, as on any page.

Columns are aligned by the width that a terminal gives to Chinese characters: two cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.cells import cell_len

from xueji.checks.model import PROBLEM_TYPES
from xueji.reports.masking import NUMBER_MASK, mask_id_number, mask_name

NOTHING = "—"
GAP = "  "
DIGEST_SHOWN = 12  # characters of a sha256: enough to find the file under HOME/evidence
LEVEL_TITLES = {
    "school": "学校",
    "county": "县级",
    "city": "市级",
    "province": "省级",
    "ministry": "教育部",
    "system": "系统",
}


@dataclass(frozen=True)
class CaseHead:
    """What a case is about and where it stands. Names and numbers as the ledger has them; rendering masks them."""

    case_no: str
    problem_type: str
    state: str
    state_meaning: str
    unit: str
    county: str | None
    school: str | None
    school_code: str | None
    student_no: str | None
    name: str | None
    id_number: str | None
    first_seen: date
    last_seen: date | None
    due_date: date | None
    disposition: str | None
    closed_on: date | None


@dataclass(frozen=True)
class Party:
    """Another case of the same matter."""

    case_no: str
    state: str


@dataclass(frozen=True)
class Event:
    """One thing that happened. `title` is Chinese; `source` names file and row of an answer."""

    at: date
    title: str
    from_state: str | None
    to_state: str | None
    level: str | None
    source: str | None
    note: str | None


@dataclass(frozen=True)
class EvidenceFile:
    """One scan that came with an answer."""

    at: date
    kind: str
    media_type: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class CaseHistory:
    """One case; events and evidence in their order."""

    head: CaseHead
    parties: Sequence[Party]
    events: Sequence[Event]
    evidence: Sequence[EvidenceFile]


def render_case_history(history: CaseHistory) -> str:
    """The history as lines of text: what the case is, its parties, events and evidence."""
    blocks = [
        aligned(head_rows(history.head)),
        section(
            "同一重复组的其他案件", ("案件编号", "状态"), [(party.case_no, party.state) for party in history.parties]
        ),
        section(
            "办理经过",
            ("日期", "事项", "状态变化", "办理方", "来源", "说明"),
            [event_row(event, history.head) for event in history.events],
        ),
        section(
            "证明材料", ("日期", "材料", "类型", "大小", "sha256"), [evidence_row(file) for file in history.evidence]
        ),
    ]
    return "\n\n".join(block for block in blocks if block)


def head_rows(head: CaseHead) -> list[tuple[str, str]]:
    closed = f"{head.closed_on}" if head.closed_on else NOTHING
    return [
        ("案件编号", head.case_no),
        ("问题类型", f"{PROBLEM_TYPES[head.problem_type].title}（{head.problem_type}）"),
        ("状态", f"{head.state}：{head.state_meaning}"),
        ("省级单位", head.unit),
        ("县级单位", head.county or NOTHING),
        ("学校", f"{head.school or NOTHING}（{head.school_code or NOTHING}）"),
        ("学籍号", mask_student_no(head.student_no) if head.student_no else NOTHING),
        ("姓名", mask_name(head.name) if head.name else NOTHING),
        ("身份证件号", mask_id_number(head.id_number) if head.id_number else NOTHING),
        ("首次发现", f"{head.first_seen}"),
        ("最近发现", f"{head.last_seen}" if head.last_seen else NOTHING),
        ("办理期限", f"{head.due_date}" if head.due_date else NOTHING),
        ("处理方式", head.disposition or NOTHING),
        ("办结日期", closed),
    ]


def mask_student_no(student_no: str) -> str:
    """A student number masked like the document number that stands in it: after G it is one."""
    return student_no[:1] + mask_id_number(student_no[1:]) if len(student_no) > 1 else NUMBER_MASK


def event_row(event: Event, head: CaseHead) -> tuple[str, ...]:
    change = event.to_state or NOTHING
    if event.from_state and event.from_state != event.to_state:
        change = f"{event.from_state} → {change}"
    level = LEVEL_TITLES.get(event.level, event.level) if event.level else NOTHING
    said = (without_person(text, head) if text else NOTHING for text in (event.source, event.note))
    return (f"{event.at}", event.title, change, level, *said)


def without_person(text: str, head: CaseHead) -> str:
    """`text` with the person's own number, student number and name masked: what others wrote may repeat them."""
    masked = (
        (head.student_no, mask_student_no),
        (head.id_number, mask_id_number),
        (head.name, mask_name),
    )
    for value, mask in masked:
        if value:
            text = text.replace(value, mask(value))
    return text


def evidence_row(file: EvidenceFile) -> tuple[str, ...]:
    size = f"{max(1, round(file.size / 1024))} KB"
    return (f"{file.at}", file.kind, file.media_type, size, file.sha256[:DIGEST_SHOWN])


def section(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A titled table; nothing without rows."""
    return f"{title}\n{aligned([heads, *rows])}" if rows else ""


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as lines, each column as wide as its widest cell. Line breaks and control characters in a cell become blanks."""
    cleaned = [["".join(sign if sign.isprintable() else " " for sign in cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cleaned, strict=True)]
    return "\n".join(
        GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cleaned
    )
