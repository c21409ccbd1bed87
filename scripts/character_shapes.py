"""Which characters look alike, from how they are built: components and their places, strokes, Cangjie and four-corner codes.

For `build_name_characters.py`. No glyph is drawn, so drawn glyphs can test the result.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

Matrix = NDArray[np.float32]
Pairs = set[tuple[str, str]]

OPERANDS = {operator: 3 if operator in "⿲⿳" else 2 for operator in "⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻"}


@dataclass(frozen=True)
class Shapes:
    """Characters and, in their order, what each is built of."""

    characters: list[str]
    parts: list[dict[tuple[str, str], float]]  # (component, its place in the character) → strokes in it
    strokes: list[str]
    cangjie: list[str]
    corners: list[str]

    @classmethod
    def read(
        cls,
        characters: list[str],
        ids: str,
        strokes: tuple[str, str],
        cangjie: Mapping[str, str],
        corners: Mapping[str, str],
    ) -> "Shapes":
        """From the text of the sources; `strokes` are two lists, the second for what the first lacks."""
        stroke_of = strokes_of(*strokes)
        trees = descriptions(ids)
        return cls(
            characters,
            [places_of(character, trees, stroke_of) for character in characters],
            [stroke_of.get(character, "") for character in characters],
            [cangjie.get(character, "").split(" ")[0] for character in characters],
            [corners.get(character, "").split(" ")[0].replace(".", "") for character in characters],
        )


def strokes_of(*lists: str) -> dict[str, str]:
    """Characters' strokes in order, of five kinds; the last way of writing that the first list with it gives."""
    found: dict[str, str] = {}
    for text in reversed(lists):
        for line in text.splitlines():
            cells = line.split()
            if len(cells) > 1 and len(cells[0]) == 1 and set(cells[1]) <= set("hspnz"):
                found[cells[0]] = cells[1]
    return found


def descriptions(ids: str) -> dict[str, str]:
    """Characters' ideographic descriptions, as the mainland writes them where that is said."""
    found = {}
    for line in ids.splitlines():
        if line.startswith("U+"):
            _, character, *variants = line.split("\t")
            mainland = [text for text in variants if re.search(r"\[\w*G", text)] or variants
            found[character] = mainland[0].split("[")[0]
    return found


def places_of(character: str, trees: Mapping[str, str], stroke_of: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """Every component at every depth with its place, and how many strokes it has."""
    found: dict[tuple[str, str], float] = defaultdict(float)

    def walk(signs: list[str], place: str) -> float:
        """Take one component off the signs; its strokes."""
        sign = signs.pop(0)
        if sign in OPERANDS:
            count = sum(walk(signs, f"{place}{sign}{turn}") for turn in range(OPERANDS[sign]))
            found[sign, place] += 1
            return count
        inner = trees.get(sign, sign)
        count = float(len(stroke_of.get(sign, "")))
        if inner[0] in OPERANDS and len(place) < 8:
            count = max(count, walk(list(inner), place))
        found[sign, place] += max(count, 1)
        return max(count, 1)

    walk(list(trees.get(character, character)), "")
    return {key: weight for key, weight in found.items() if key != (character, "")}


def part_likeness(parts: list[dict[tuple[str, str], float]]) -> Matrix:
    """The cosine of the parts of each two characters."""
    shared = defaultdict(int)
    for places in parts:
        for key in places:
            shared[key] += 1
    numbers = {key: number for number, key in enumerate(key for key, count in shared.items() if count > 1)}
    weights = np.zeros((len(parts), len(numbers)), np.float32)
    for row, places in enumerate(parts):
        for key, weight in places.items():
            if key in numbers:
                weights[row, numbers[key]] = weight**0.5
        weights[row] /= sum(places.values()) ** 0.5 or 1
    return np.asarray(weights @ weights.T, np.float32)


def text_likeness(texts: list[str]) -> Matrix:
    """How near each two texts are, from 0 to 1; nothing is near an empty one."""
    near = cdist(texts, texts, scorer=Levenshtein.normalized_similarity, dtype=np.float32)
    empty = np.array([not text for text in texts])
    near[empty, :] = near[:, empty] = 0
    return near


def corner_likeness(corners: list[str]) -> Matrix:
    """The share of the first four corners in which each two characters agree."""
    signs = np.array([list(code[:4].ljust(4)) for code in corners])
    same = np.zeros((len(corners), len(corners)), np.float32)
    for place in range(4):
        same += (signs[:, None, place] == signs[None, :, place]) & (signs[:, None, place] != " ")
    return same / 4


# How much each likeness counts; fitted once to pairs that two fonts draw nearly alike, then rounded.
WEIGHTS = {"strokes": 0.33, "parts": 0.28, "cangjie": 0.29, "corners": 0.10}
# 通用规范汉字表: the first 3,500 are the common characters (一级字), to 6,500 the usual ones (二级字). Rare: pairs without a
# common character, and those with one beyond the usual.
COMMON, USUAL = 3500, 6500
NEAR, NEAR_IF_RARE, FAINT = 0.48, 0.55, 0.43


def likeness(shapes: Shapes) -> Matrix:
    """How alike each two characters look, from 0 to 1."""
    return np.asarray(
        WEIGHTS["strokes"] * text_likeness(shapes.strokes)
        + WEIGHTS["parts"] * part_likeness(shapes.parts)
        + WEIGHTS["cangjie"] * text_likeness(shapes.cangjie)
        + WEIGHTS["corners"] * corner_likeness(shapes.corners),
        np.float32,
    )


def built_alike(shapes: Shapes) -> tuple[Pairs, Pairs]:
    """Pairs built so alike that a reader takes one for the other, and those that are faintly alike (usual characters only).

    The characters are in the order of 通用规范汉字表.
    """
    alike = np.triu(likeness(shapes), 1)
    places = np.arange(len(shapes.characters))
    is_usual = (places[:, None] < COMMON) & (places[None, :] < USUAL)
    near = alike >= np.where(is_usual, NEAR, NEAR_IF_RARE)
    faint = (alike >= FAINT) & is_usual & ~near
    return _pairs(shapes.characters, near), _pairs(shapes.characters, faint)


def _pairs(characters: list[str], chosen: NDArray[np.bool_]) -> Pairs:
    rows, columns = np.nonzero(chosen)
    return {ordered(characters[row], characters[column]) for row, column in zip(rows, columns, strict=True)}


def ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def listed_alike(lines: Iterable[str], standard_of: Mapping[str, str]) -> Pairs:
    """Pairs of a published table, whose lines hold a character and others that look like it, in their standard forms."""
    found = set()
    for line in lines:
        head, *others = [standard_of.get(cell, cell) for cell in line.split("\t") if len(cell) == 1] or [""]
        found |= {ordered(head, other) for other in others if other != head}
    return found
