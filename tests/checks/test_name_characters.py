"""The tables of name characters: what a reader would look up first, and what must hold throughout."""

import random
import unicodedata

import pytest
from opencc import OpenCC

from xueji.checks import name_characters
from xueji.checks.name_characters import (
    also_canonical,
    canonical,
    compound_surnames,
    faint_look_alikes,
    look_alikes,
    private_use,
    readings,
    surname_readings,
)

# A variant and its standard form.
FOLDED = "陳陈 偉伟 劉刘 張张 葉叶 趙赵 後后 峯峰 羣群 靑青 黃黄 溫温 淸清 戶户 尙尚 吳吴 悅悦 瑠琉 龑䶮 贇赟 鎔镕 勳勋 喬乔 甦甦 凃涂"
# Two characters of 通用规范汉字表, or two that parents tell apart: neither folds into the other.
KEPT_APART = "喆哲 堃坤 昇升 淼渺 甦苏 犇奔 於于 乾干 徵征 锺钟 甯宁 镕熔 瑀玉 晞希 祎袆 曌照 祕秘 仝同"


@pytest.mark.parametrize("pair", FOLDED.split(), ids=range(len(FOLDED.split())))
def test_variants_fold(pair):
    variant, standard = pair
    assert canonical().get(variant, variant) == standard


@pytest.mark.parametrize("pair", KEPT_APART.split(), ids=range(len(KEPT_APART.split())))
def test_characters_that_parents_tell_apart_stay_apart(pair):
    one, other = (canonical().get(character, character) for character in pair)
    assert one != other


def test_a_standard_form_is_no_variant():
    assert not set(canonical()) & set(canonical().values())
    assert not set(also_canonical().values()) & set(canonical())
    assert also_canonical()["鍾"] == "锺" and canonical()["鍾"] == "钟"


def test_compatibility_characters_fold_as_unicode_says():
    for code in (*range(0xF900, 0xFA6E), *range(0x2F800, 0x2FA1E)):
        character, plain = chr(code), unicodedata.normalize("NFKC", chr(code))
        assert plain == character or canonical().get(character) == canonical().get(plain, plain)


def test_the_traditional_form_of_a_name_folds_back():
    """Whatever OpenCC writes for a standard character, unless that is a character of the standard table itself."""
    standards = sorted(character for pair in look_alikes() for character in pair if character not in canonical())
    written = OpenCC("s2t").convert("\n".join(standards)).split("\n")
    lost = {
        one
        for one, other in zip(standards, written, strict=True)
        if one not in (canonical().get(other, other), also_canonical().get(other))
    }
    assert lost <= set("于伙征厘秘苎咤")  # 於 夥 徵 釐 祕 苧 吒 stand in the table beside them


def test_private_use_codes_of_gbk():
    assert private_use()["\ue863"] == "䶮"
    assert all(unicodedata.category(code) == "Co" for code in private_use())


READ_IN_NAMES = [
    # surname, readings
    ("单", "shan4"), ("曾", "zeng1"), ("仇", "qiu2"), ("解", "xie4"), ("查", "zha1"), ("盖", "ge3"), ("区", "ou1"), ("朴", "piao2"),
    ("任", "ren2"), ("华", "hua4"), ("覃", "qin2"), ("翟", "zhai2"), ("尉迟", "yu4 chi2"), ("万俟", "mo4 qi2"), ("长孙", "zhang3 sun1"),
    ("单于", "chan2 yu2"), ("令狐", "ling2 hu2"), ("澹台", "tan2 tai2"), ("欧阳", "ou1 yang2"),
]  # fmt: skip


@pytest.mark.parametrize(("surname", "expected"), READ_IN_NAMES)
def test_surnames_are_read_as_surnames(surname, expected):
    assert " ".join(surname_readings()[surname]) == expected


@pytest.mark.parametrize(
    ("character", "first"),
    [("任", "ren4"), ("华", "hua2"), ("乐", "le4"), ("茜", "qian4"), ("晟", "sheng4"), ("曾", "zeng1")],
)
def test_the_reading_in_given_names_comes_first(character, first):
    assert readings()[character][0] == first


def test_readings_are_modern_syllables_with_a_tone():
    assert readings()["乐"] == ("le4", "yue4")
    assert "yu4" not in readings()["王"] and "nai4" not in readings()["熊"]
    for found in readings().values():
        assert len(set(found)) == len(found)
        assert all(reading[-1] in "12345" and reading[:-1].isalpha() for reading in found)


def test_a_variant_is_read_as_its_standard_form():
    assert readings()["樂"] == readings()["乐"]


def test_compound_surnames():
    assert {"欧阳", "司马", "诸葛", "尉迟"} <= compound_surnames()
    assert all(len(surname) == 2 for surname in compound_surnames())


LOOK_ALIKE = "睛晴 未末 己已 戌戍 竞竟 冼洗 祎袆 芊芋 日曰 赢嬴 莱菜 候侯 弋戈 沫沬 睿容 今令 治冶 千干 宇字 土士 大太 人入 陈阵 辰晨 茉莱 孟盂 徽微 壁璧"


@pytest.mark.parametrize("pair", LOOK_ALIKE.split(), ids=range(len(LOOK_ALIKE.split())))
def test_what_a_reader_confuses_looks_alike(pair):
    assert (min(pair), max(pair)) in look_alikes()


def test_few_characters_look_alike():
    common = [chr(code) for code in range(0x4E00, 0x9FA6) if chr(code) in readings() and chr(code) not in canonical()]
    common = [character for character in common if _is_in_gb2312(character)]
    draw = random.Random(11)
    pairs = [tuple(sorted(draw.sample(common, 2))) for _ in range(100_000)]
    assert sum(pair in look_alikes() for pair in pairs) < 0.003 * len(pairs)
    assert sum(pair in faint_look_alikes() for pair in pairs) < 0.006 * len(pairs)


def _is_in_gb2312(character):
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def test_look_alikes_stand_once_in_order_and_in_standard_forms():
    for pairs in (look_alikes(), faint_look_alikes()):
        assert all(one < other for one, other in pairs)
        assert not {character for pair in pairs for character in pair} & set(canonical())
    assert not look_alikes() & faint_look_alikes()


def test_the_data_stay_small():
    names = ("variants", "private_use", "readings", "surnames", "look_alikes")
    assert sum((name_characters.DATA / f"{name}.csv").stat().st_size for name in names) < 600_000
