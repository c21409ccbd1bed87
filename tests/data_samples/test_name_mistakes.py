"""Names as mistyped, and the tables behind them."""

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.data_samples import name_mistakes
from xueji.data_samples.draws import Dice
from xueji.data_samples.names import read_table

NAMES = ("王小明", "欧阳静", "李雪", "阿卜杜拉·买买提", "扎西次仁", "张𬭊", "诸葛梓涵")
DICE = st.integers(min_value=0, max_value=2**64 - 1)


@given(st.sampled_from(NAMES), DICE)
def test_mistyped_names_are_other_names(name: str, bits: int) -> None:
    wrong, reason = name_mistakes.mistyped(name, Dice(bits))
    assert wrong != name
    assert len(wrong) >= 2
    assert reason in {"homophone", "shape", "order", "missing_character", "different"}
    assert (len(wrong) < len(name)) == (reason == "missing_character")
    if reason == "order":
        assert sorted(wrong) == sorted(name)


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
        folded = folded.replace(separator, "·")
    assert folded == name, reason


@pytest.mark.parametrize("kind", ["homophone", "shape", "variant"])
def test_confusions_fold_together_only_when_variants(kind: str) -> None:
    to_simplified = opencc.OpenCC("t2s")
    for row in read_table("confusions.csv"):
        if row["kind"] == kind:
            same = to_simplified.convert(row["right"]) == to_simplified.convert(row["wrong"])
            assert same == (kind == "variant"), row


def test_rare_characters_are_beyond_the_basic_plane() -> None:
    characters = [row["character"] for row in read_table("rare_characters.csv")]
    assert len(characters) >= 20
    assert all(ord(character) > 0xFFFF for character in characters)


def test_surnames_follow_the_published_order() -> None:
    rows = read_table("surnames.csv")
    assert [row["surname"] for row in rows[:5]] == ["王", "李", "张", "刘", "陈"]
    assert {"欧阳", "司马", "诸葛", "上官"} <= {row["surname"] for row in rows}
