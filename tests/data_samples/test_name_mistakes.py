"""Names as mistyped, and the tables behind them."""

from collections import Counter

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.data_samples import name_mistakes
from xueji.data_samples.draws import Dice
from xueji.data_samples.names import SEPARATOR, read_table

NAMES = ("王小明", "欧阳静", "李雪", "阿卜杜拉·买买提", "扎西次仁", "张𬭊", "诸葛梓涵", "曾欣怡", "单雨桐")
DICE = st.integers(min_value=0, max_value=2**64 - 1)
REASONS = set(name_mistakes.SLIPS)


def distance(one: str, other: str) -> int:
    """At how many places names of one length differ."""
    return sum(a != b for a, b in zip(one, other, strict=True))


@given(st.sampled_from(NAMES), DICE)
def test_mistyped_names_are_other_names(name: str, bits: int) -> None:
    wrong, reason = name_mistakes.mistyped(name, Dice(bits))
    assert wrong != name
    assert len(wrong) >= 2
    assert reason in REASONS
    assert (len(wrong) == len(name) - 1) == (reason == "missing_character")
    assert (len(wrong) == len(name) + 1) == (reason == "added_character")
    if reason == "order":
        assert sorted(wrong) == sorted(name)
    elif len(wrong) == len(name):
        assert distance(wrong, name) in (1, 2)


def test_every_slip_occurs() -> None:
    made = Counter(name_mistakes.mistyped(NAMES[n % 3], Dice(n))[1] for n in range(600))
    assert set(made) == REASONS
    assert min(made.values()) > 15


@given(DICE)
def test_surnames_are_typed_by_another_reading(bits: int) -> None:
    wrong = name_mistakes.homophone_reading("单雨桐", Dice(bits))
    assert wrong is not None
    assert wrong[0] in "但淡蛋旦胆丹"
    assert wrong[1:] == "雨桐"
    assert name_mistakes.homophone_reading("王小明", Dice(bits)) is None


SURNAMES = [
    # name, parent's name, outcome, why
    ("王小明", "李秀英", "李小明", "the mother's surname"),
    ("欧阳静", "李秀英", "李静", "a compound surname given up"),
    ("王静", "欧阳兰", "欧阳静", "a compound surname taken on"),
    ("王小明", "王秀英", None, "the same surname"),
    ("张小明", "章秀英", None, "sounds alike"),
    ("王小明", "汪秀英", None, "sounds alike but for the tone"),
    ("阿卜杜拉·买买提", "李秀英", None, "no surname"),
]


@pytest.mark.parametrize(("name", "parent", "expected", "why"), SURNAMES, ids=[case[-1] for case in SURNAMES])
def test_the_other_parents_surname(name: str, parent: str, expected: str | None, why: str) -> None:
    assert name_mistakes.other_surname(name, parent) == expected


@given(st.sampled_from(NAMES), DICE)
def test_renamed_children_keep_their_family(name: str, bits: int) -> None:
    other = name_mistakes.renamed(name, "2", Dice(bits))
    assert other != name
    assert other[0] == name[0]


@given(st.sampled_from(NAMES), DICE)
def test_variants_are_equal_after_folding(name: str, bits: int) -> None:
    other, reason = name_mistakes.variant(name, Dice(bits))
    assert other != name
    folded = opencc.OpenCC("t2s").convert("".join(other.split()))
    for separator in name_mistakes.WRONG_SEPARATORS:
        folded = folded.replace(separator, SEPARATOR)
    assert folded == name, reason
    assert (name_mistakes.folded(other) == name) == (reason != "variant")


@given(st.sampled_from(NAMES), DICE)
def test_of_an_encoding_twin_nothing_differs_but_what_is_lost(name: str, bits: int) -> None:
    other, reason = name_mistakes.half_lost(name, "1", Dice(bits))
    lost = [place for place, character in enumerate(other) if character in name_mistakes.LOST_CHARACTERS]
    assert len(lost) == 1
    if reason == "encoding_twin":
        assert distance(other, name) == 1
        assert len(name) > 2
    else:
        rest = {c for c in other if c not in name_mistakes.LOST_CHARACTERS}
        assert not rest <= set(name)


@given(st.sampled_from(NAMES), DICE)
def test_a_second_clerk_types_what_is_said_of_the_name(name: str, bits: int) -> None:
    typed = name_mistakes.typed_again(name, "1", "李秀英", Dice(bits))
    assert (typed.rule_id is None) == (typed.text == name)
    assert typed.rule_id in (None, "name_variant", "name_not_comparable", "id_name_mismatch")


def test_most_second_clerks_type_the_name_as_it_is() -> None:
    typed = [name_mistakes.typed_again("王梓涵", "2", "李秀英", Dice(n)) for n in range(3_000)]
    assert 0.5 < sum(one.rule_id is None for one in typed) / len(typed) < 0.62


@pytest.mark.parametrize("kind", ["homophone", "homophone_tone", "homophone_reading", "shape", "variant"])
def test_confusions_fold_together_only_when_variants(kind: str) -> None:
    to_simplified = opencc.OpenCC("t2s")
    rows = [row for row in read_table("confusions.csv") if row["kind"] == kind]
    assert rows
    for row in rows:
        for wrong in row["wrong"]:
            assert wrong != row["right"]
            same = to_simplified.convert(row["right"]) == to_simplified.convert(wrong)
            assert same == (kind == "variant"), row


def test_no_pair_is_called_two_things() -> None:
    called: dict[tuple[str, str, str], str] = {}
    for kind in ("homophone", "homophone_tone", "homophone_reading", "shape", "variant"):
        for (place, right), wrongs in name_mistakes.confusions(kind).items():
            for wrong in wrongs:
                assert called.setdefault((place, right, wrong), kind) == kind


def test_rare_characters_are_beyond_the_basic_plane() -> None:
    characters = [row["character"] for row in read_table("rare_characters.csv")]
    assert len(characters) >= 20
    assert all(ord(character) > 0xFFFF for character in characters)


def test_surnames_follow_the_published_order() -> None:
    rows = read_table("surnames.csv")
    assert [row["surname"] for row in rows[:5]] == ["王", "李", "张", "刘", "陈"]
    assert {"欧阳", "司马", "诸葛", "上官"} <= {row["surname"] for row in rows}
