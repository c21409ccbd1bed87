"""What a school may do about a problem record, by problem type, with the clause."""

from dataclasses import dataclass
from typing import Literal

Operation = Literal["删除", "佐证", "变更"]
NEEDS_EVIDENCE: frozenset[Operation] = frozenset({"佐证", "变更"})
EVIDENCE = "加盖学校公章的在校证明；户口簿、身份证正反两面或户籍部门回执的扫描件"


@dataclass(frozen=True)
class Disposition:
    """The operations allowed for one problem type, in the order of a list's drop-down."""

    operations: tuple[Operation, ...]
    source: str


DISPOSITIONS = {
    "DUP_ID": Disposition(
        ("删除", "佐证", "变更"),
        "教基一厅〔2015〕2号 section 1: no longer at the school, delete; there and right, substantiate; there and wrong, change",
    ),
    "DUP_NSB": Disposition(
        ("删除", "佐证", "变更"),
        "domain.md 1.4: as DUP_ID, and several parties may be substantiated",
    ),
    "ERR_NOTFOUND": Disposition(
        ("删除", "佐证", "变更"),
        "教基一厅〔2015〕2号 section 1: a disagreement with the population base may be substantiated; domain.md 1.6",
    ),
    "ERR_NAME": Disposition(
        ("删除", "佐证", "变更"),
        "教基一厅〔2015〕2号 section 1: a disagreement with the population base may be substantiated; domain.md 1.6",
    ),
    # A number that breaks GB 11643, or the sex and birth date beside it, cannot both be right as they stand: there is
    # nothing to substantiate.
    "ERR_ID": Disposition(
        ("删除", "变更"),
        "domain.md 1.6: number wrong in itself, delete or change only",
    ),
    "CHG_ID": Disposition(
        ("删除", "佐证", "变更"),
        "domain.md 1.1, April 2017 flow help: the type was added to the general flow, no operation taken out",
    ),
}


def materials_text(operations: tuple[Operation, ...]) -> str:
    """What the school has to hand in for those of `operations` that need evidence; deletion needs none."""
    needing = [operation for operation in operations if operation in NEEDS_EVIDENCE]
    return f"{'、'.join(needing)}：{EVIDENCE}"
