"""How two names under one number differ, in the words of the pair rules' reasons."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from opencc import OpenCC
from pypinyin import Style, pinyin
from rapidfuzz.distance import JaroWinkler

from xueji.checks.text_folding import SEPARATOR, fold_width

NOT_TYPED = "?？□\ufffd"  # what stands for a character that could not be typed


@dataclass(frozen=True)
class NameDifference:
    """`rule_id` is null for equal names. `similarity` runs from 0 (nothing shared) to 1 (equal)."""

    rule_id: str | None
    reason: str | None
    similarity: float


def name_difference(name: str, folded: str, register_name: str, register_folded: str) -> NameDifference:
    """Compare two names, each given as delivered and as folded by the core tables."""
    similarity = JaroWinkler.similarity(folded, register_folded)
    if name == register_name:
        return NameDifference(None, None, similarity)
    if folded == register_folded:
        same_signs = fold_width(name) == fold_width(register_name)
        return NameDifference("name_variant", "width" if same_signs else "separator", similarity)
    ours, theirs = fold_variants(folded), fold_variants(register_folded)
    if ours == theirs:
        return NameDifference("name_variant", "variant", similarity)
    if not is_comparable(folded) or not is_comparable(register_folded):
        return NameDifference("name_not_comparable", None, similarity)
    return NameDifference("id_name_mismatch", mismatch_reason(ours, theirs), similarity)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold_variants(name: str) -> str:
    """The name with traditional, variant and compatibility characters folded (OpenCC t2s, Unicode NFKC)."""
    return str(_simplifier().convert(unicodedata.normalize("NFKC", name)))


def is_comparable(name: str) -> bool:
    """Whether every character of the name is one: no private-use character, no mark for an untyped one."""
    return not any(character in NOT_TYPED or unicodedata.category(character) == "Co" for character in name)


def mismatch_reason(ours: str, theirs: str) -> str:
    """The first reason that fits two different names. Separators count in none of them."""
    ours, theirs = ours.replace(SEPARATOR, ""), theirs.replace(SEPARATOR, "")
    if Counter(ours) == Counter(theirs):
        return "order"
    if is_part_of(ours, theirs) or is_part_of(theirs, ours):
        return "missing_character"
    if differ_only_by(sound_alike, ours, theirs):
        return "homophone"
    if differ_only_by(look_alike, ours, theirs):
        return "shape"
    return "different"


def is_part_of(shorter: str, longer: str) -> bool:
    """Whether `shorter` is `longer` with characters left out."""
    rest = iter(longer)
    return bool(shorter) and all(character in rest for character in shorter)


def differ_only_by(alike: Callable[[str, str], bool], ours: str, theirs: str) -> bool:
    """Whether names of one length hold equal or `alike` characters at each place."""
    return len(ours) == len(theirs) and all(a == b or alike(a, b) for a, b in zip(ours, theirs, strict=True))


def sound_alike(ours: str, theirs: str) -> bool:
    """Whether two characters are commonly read alike, tones aside."""
    reading = common_reading(ours)
    return reading is not None and reading == common_reading(theirs)


@cache
def common_reading(character: str) -> str | None:
    """The common toneless reading of a character; none for what has no reading.

    Rare readings would make homophones of characters that nobody confuses by ear: 王 and 玉, 熊 and 能.
    """
    found = pinyin(character, style=Style.NORMAL, errors="ignore")
    return found[0][0] if found else None


def look_alike(ours: str, theirs: str) -> bool:
    """Whether the published table lists two characters as similar in shape."""
    return theirs in _look_alikes().get(ours, "")


@cache
def _look_alikes() -> dict[str, str]:
    with (Path(__file__).parent / "data" / "look_alikes.csv").open(encoding="utf-8", newline="") as file:
        return {row["character"]: row["look_alikes"] for row in csv.DictReader(file)}
