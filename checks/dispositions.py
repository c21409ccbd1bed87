"""What may be done about a problem record: `dispositions.csv`, dated data with the clause, and how it is looked up.

Which operations are allowed hangs on the type of problem, the student number's first letter, whether the registry says that the
student attends, and the day. The first row of the file that fits decides. `python -m xueji.checks.dispositions` prints the page.
"""

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from xueji.checks.model import PROBLEM_TYPES

SOURCE = Path(__file__).parent / "dispositions.csv"
OPERATIONS = ("删除", "佐证", "变更")  # in the order of a list's drop-down
CASE_TYPES = tuple(kind.code for kind in PROBLEM_TYPES.values() if kind.severity == "error")
PREFIXES = ("G", "L", "J", "-")  # of the student number; - for none of the three
IN_SCHOOL, OUT_OF_SCHOOL = "in_school", "out_of_school"
ANY = "*"


@dataclass(frozen=True)
class Disposition:
    """What one operation asks for. `evidence` are requirements that all have to be met: alternatives parted by |, kinds of one by +.

    `audit` names who has to pass it, in order: nobody, the authority, or province and ministry.
    """

    rule_set: str
    operation: str
    is_allowed: bool
    evidence: tuple[str, ...]
    audit: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class DatedRow:
    """One row of the file: for whom and when the disposition holds, both days included."""

    effective_from: date
    effective_to: date
    problem_type: str
    number_prefix: str
    student_state: str
    disposition: Disposition

    def fits(self, problem_type: str, prefix: str, state: str, day: date, operation: str) -> bool:
        return (
            self.problem_type == problem_type
            and self.disposition.operation == operation
            and self.number_prefix in (prefix, ANY)
            and self.student_state in (state, ANY)
            and self.effective_from <= day <= self.effective_to
        )


@cache
def dated_rows() -> tuple[DatedRow, ...]:
    """The rows of `dispositions.csv`, in its order."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return tuple(
            DatedRow(
                date.fromisoformat(row["effective_from"]),
                date.fromisoformat(row["effective_to"]) if row["effective_to"] else date.max,
                row["problem_type"],
                row["number_prefix"],
                row["student_state"],
                Disposition(
                    row["rule_set"],
                    row["disposition"],
                    row["is_allowed"] == "yes",
                    tuple(filter(None, row["evidence"].split(";"))),
                    tuple(filter(None, row["audit"].split(","))),
                    row["clause"],
                ),
            )
            for row in csv.DictReader(file)
        )


def number_prefix(student_no: str | None) -> str:
    """The letter that classes a student number: G, L or J, in whatever case or width; - for none of them."""
    letter = unicodedata.normalize("NFKC", (student_no or "").strip()[:1]).upper()
    return letter if letter in ("G", "L", "J") else "-"


def disposition(
    problem_type: str, student_no: str | None, is_out_of_school: bool | None, day: date, operation: str
) -> Disposition:
    """Whether `operation` is allowed on `day`, with what evidence, audited by whom, and the clause that says so.

    A student counts as in school unless the registry says otherwise. Raises LookupError for a type that opens no case, an unknown
    operation, and days before the first rule set.
    """
    return _looked_up(problem_type, number_prefix(student_no), _state(is_out_of_school), day, operation)


def allowed_operations(
    problem_type: str, student_no: str | None, is_out_of_school: bool | None, day: date
) -> tuple[str, ...]:
    """The operations that are allowed, in the order 删除, 佐证, 变更. Never none."""
    return _allowed(problem_type, number_prefix(student_no), _state(is_out_of_school), day)


def materials_text(problem_type: str, student_no: str | None, is_out_of_school: bool | None, day: date) -> str:
    """What the school has to hand in for the allowed operations, as a list prints it; empty when none needs evidence."""
    return _materials(problem_type, number_prefix(student_no), _state(is_out_of_school), day)


def evidence_text(evidence: tuple[str, ...]) -> str:
    """Requirements in official words: 加盖学校公章的在校证明；户口簿、身份证正反两面或户籍部门回执的扫描件."""
    return "；".join(_requirement_text(requirement) for requirement in evidence)


def _state(is_out_of_school: bool | None) -> str:
    return OUT_OF_SCHOOL if is_out_of_school else IN_SCHOOL


@lru_cache(maxsize=1 << 16)
def _looked_up(problem_type: str, prefix: str, state: str, day: date, operation: str) -> Disposition:
    for row in dated_rows():
        if row.fits(problem_type, prefix, state, day, operation):
            return row.disposition
    raise LookupError(f"{SOURCE.name}: no row for {problem_type}, number {prefix}, {state}, {operation} on {day}")


@lru_cache(maxsize=1 << 14)
def _allowed(problem_type: str, prefix: str, state: str, day: date) -> tuple[str, ...]:
    return tuple(
        operation for operation in OPERATIONS if _looked_up(problem_type, prefix, state, day, operation).is_allowed
    )


@lru_cache(maxsize=1 << 14)
def _materials(problem_type: str, prefix: str, state: str, day: date) -> str:
    needing: dict[tuple[str, ...], list[str]] = {}
    for operation in _allowed(problem_type, prefix, state, day):
        if evidence := _looked_up(problem_type, prefix, state, day, operation).evidence:
            needing.setdefault(evidence, []).append(operation)
    # What most rows need comes first; deletion needs papers only for formal numbers.
    parts = sorted(needing.items(), key=lambda part: "删除" in part[1])
    return "。".join(f"{'、'.join(operations)}：{evidence_text(evidence)}" for evidence, operations in parts)


_KIND_TEXTS = {
    "在校证明": "加盖学校公章的在校证明",
    "说明": "加盖学校公章的情况说明",
    "身份证正面+身份证反面": "身份证正反两面",
    "回执": "户籍部门回执",
}


def _requirement_text(requirement: str) -> str:
    texts = [_KIND_TEXTS.get(choice, choice) for choice in requirement.split("|")]
    return texts[0] if len(texts) == 1 else f"{'、'.join(texts[:-1])}或{texts[-1]}的扫描件"


_PREFIX_TEXTS = {ANY: "不限", "-": "无"}
_STATE_TEXTS = {ANY: "不限", IN_SCHOOL: "在校", OUT_OF_SCHOOL: "不在校"}
_AUDIT_TEXTS = {"authority": "学籍主管部门", "province": "省级学籍主管部门", "ministry": "教育部"}
_PAGE_HEAD = """\
# What may be done about a problem record

Made by `python -m xueji.checks.dispositions > docs/dispositions.md` from `checks/dispositions.csv`; a test holds the two together.
A table a rule set; within one the first row that fits decides. 待核实 marks what rests on one weak source or on our own reading.
"""


def page() -> str:
    """The file as a Markdown page, a table a rule set."""
    return "\n".join([_PAGE_HEAD, *_page_lines()])


def _page_lines() -> Iterator[str]:
    rule_set = ""
    for row in dated_rows():
        found = row.disposition
        if found.rule_set != rule_set:
            rule_set = found.rule_set
            end = "起" if row.effective_to == date.max else f"至{row.effective_to}"
            yield from ("", f"## {rule_set}", "", f"{row.effective_from}{end}", "")
            yield "| 问题类型 | 学籍号 | 学生 | 操作 | 可否 | 材料 | 审核 | 依据 |"
            yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        cells = (
            PROBLEM_TYPES[row.problem_type].title,
            _PREFIX_TEXTS.get(row.number_prefix, row.number_prefix),
            _STATE_TEXTS[row.student_state],
            found.operation,
            "可以" if found.is_allowed else "不可以",
            evidence_text(found.evidence) or "—",
            "，再".join(_AUDIT_TEXTS[office] for office in found.audit) or "—",
            found.clause,
        )
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page())
