"""The kinds of evidence that come with answers, how a scan names case and kind, and what a requirement asks for.

A requirement (`dispositions.csv`) is a text of alternatives parted by `|`; an alternative is one kind, or several joined by `+`:
户口簿|身份证正面+身份证反面|回执. All requirements of an answer have to be met, each by one of its alternatives.
"""

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

ATTENDANCE, HOUSEHOLD, CARD_FRONT, CARD_BACK, RECEIPT, EXPLANATION = (
    "在校证明", "户口簿", "身份证正面", "身份证反面", "回执", "说明",
)  # fmt: skip
EVIDENCE_KINDS = {
    ATTENDANCE: "加盖学校公章的学生在校证明",
    HOUSEHOLD: "学生户口簿",
    CARD_FRONT: "居民身份证正面",
    CARD_BACK: "居民身份证反面",
    RECEIPT: "户籍部门提供的正在办理居民身份证件号回执",
    EXPLANATION: "其他情况说明",
}
CARD_SIDES = frozenset({CARD_FRONT, CARD_BACK})
# 案件编号_材料名称, then a number when there are several; (2) is what Windows adds to a copy.
_NAME = re.compile(r"(?P<case_no>[0-9A-Z-]+)_(?P<kind>[^\W\d_]+)(?:[_\s-]*\(?\d{1,3}\)?)?\s*")


@dataclass(frozen=True)
class EvidenceName:
    """What a scan's file name says: null where it does not say it."""

    case_no: str | None
    kind: str | None


def read_evidence_name(name: str) -> EvidenceName:
    """Case and kind by a scan's file name, without its folders. What its ending says does not count: the content decides."""
    stem = name.rpartition(".")[0] or name
    match = _NAME.fullmatch(unicodedata.normalize("NFKC", stem).strip().upper())
    if match is None:
        return EvidenceName(None, None)
    return EvidenceName(match["case_no"], match["kind"] if match["kind"] in EVIDENCE_KINDS else None)


def alternatives(requirement: str) -> tuple[frozenset[str], ...]:
    """The sets of kinds any one of which meets the requirement."""
    return tuple(frozenset(alternative.split("+")) for alternative in requirement.split("|"))


def unmet(requirements: Sequence[str], kinds: AbstractSet[str]) -> tuple[str, ...]:
    """The requirements that the `kinds` handed in do not meet, in their order."""
    return tuple(
        requirement
        for requirement in requirements
        if not any(alternative <= kinds for alternative in alternatives(requirement))
    )


def is_one_sided(requirement: str, kinds: AbstractSet[str]) -> bool:
    """Whether all that the requirement lacks is the other side of an identity card."""
    return CARD_SIDES in alternatives(requirement) and len(CARD_SIDES & kinds) == 1
