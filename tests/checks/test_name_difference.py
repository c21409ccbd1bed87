"""How two names differ: a table of cases for each reason, and what holds for every name."""

import random
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xueji.checks.name_characters import canonical, private_use
from xueji.checks.name_difference import NAME_COLUMNS, name_differences
from xueji.checks.name_mismatch import REASONS
from xueji.checks.text_folding import BLANKS, OTHER_SEPARATORS, SEPARATOR, fold_width

# Each reason with pairs of the record's name and the register's.
CASES = {
    "order": (
        ("王小明", "王明小"), ("明小王", "王小明"), ("李小龙", "龙小李"), ("静李", "李静"), ("欧阳娜", "阳欧娜"),
        ("买买提·阿卜杜拉", "阿卜杜拉·买买提"), ("王𠮷明", "王明𠮷"), ("陳明偉", "陈伟明"), ("ANNA LI", "LI ANNA"),
    ),
    "missing_character": (
        ("王明", "王小明"), ("欧娜", "欧阳娜"), ("王鑫", "王鑫鑫"), ("阿卜杜拉", "阿卜杜拉·买买提"), ("小明", "王小明"),
        ("阿卜杜·买买提", "阿卜杜拉·买买提"), ("王明", "王𠮷明"), ("王小", "王小明"), ("扎西", "扎西多吉"),
    ),
    "added_character": (
        ("王小明", "王明"), ("欧阳娜", "欧娜"), ("王鑫鑫", "王鑫"), ("阿卜杜拉·买买提", "阿卜杜拉"), ("王小明明", "王小明"),
        ("阿卜杜拉·买买提江", "阿卜杜拉·买买提"), ("王𠮷明", "王明"), ("王啊小明", "王小明"), ("扎西多吉", "扎西"),
    ),
    "homophone": (
        ("王小明", "王晓明"), ("张静", "章静"), ("单丽", "善丽"), ("曾华", "增华"), ("仇英", "求英"), ("任明", "仁明"),
        ("朴丽", "嫖丽"), ("欧阳娜", "欧杨娜"), ("尉迟静", "郁迟静"), ("陳小偉", "陈晓伟"), ("阿卜杜拉·买买提", "阿卜杜拉·买买题"),
        ("王昇", "王升"), ("王喆", "王哲"),
    ),
    "homophone_tone": (
        ("王静", "汪静"), ("王小明", "汪晓铭"), ("李丽", "利丽"), ("张明", "掌明"), ("王梅", "王美"), ("王涵", "王汉"),
        ("欧阳娜", "偶阳娜"), ("阿里木·买买提", "阿里木·卖买提"), ("王任", "王仁"),
    ),
    "homophone_reading": (
        ("单丽", "丹丽"), ("曾华", "层华"), ("仇英", "愁英"), ("乐明", "勒明"), ("张乐", "张月"), ("解明", "姐明"),
        ("查明", "茶明"), ("朴丽", "普丽"), ("单丽", "蝉丽"),
    ),
    "shape": (
        ("王末", "王未"), ("陈辰", "阵辰"), ("王晴", "王睛"), ("李戌", "李戍"), ("治明", "冶明"), ("王芊", "王芋"), ("王菜", "王莱"),
        ("王徽", "王微"), ("袆明", "祎明"), ("王𠮷", "王吉"), ("阿卜杜拉·买买提", "阿卜社拉·买买提"), ("欧阳芊", "欧阳芋"),
        ("王曰", "王日"),
    ),
    "surname": (
        ("王小明", "李小明"), ("陈静", "王静"), ("欧阳娜", "李娜"), ("李娜", "欧阳娜"), ("欧阳娜", "司马娜"), ("陳偉", "李伟"),
        ("王𠮷", "张𠮷"), ("诸葛明", "张明"), ("赵王明", "孙王明"),
    ),
    "different": (
        ("王小明", "李静"), ("王小明", "王大明"), ("王晓末", "王小未"), ("欧阳娜", "王阳娜"), ("王能", "王奈"),
        ("阿卜杜拉·买买提", "阿卜杜拉·艾力"), ("阿卜杜拉·买买提", "艾力·买买提"), ("王𠮷明", "王淼明"), ("ANNA", "王静"),
        ("王玉兰", "王大海"), ("王静", "李明"),
    ),
}  # fmt: skip
PAIRS = [(reason, *pair) for reason, pairs in CASES.items() for pair in pairs]
MIRRORED = {"missing_character": "added_character", "added_character": "missing_character"}


def folded(name):
    """The core tables' folding of a name."""
    return fold_width(name.translate(str.maketrans(dict.fromkeys(OTHER_SEPARATORS, SEPARATOR))))


def compared(pairs):
    """(rule, reason) of each two names."""
    rows = [(ours, folded(ours), theirs, folded(theirs)) for ours, theirs in pairs]
    return name_differences(pl.DataFrame(rows, schema=NAME_COLUMNS, orient="row")).select("rule_id", "reason").rows()


@pytest.mark.parametrize(
    ("reason", "ours", "theirs"), PAIRS, ids=[f"{reason}-{number}" for number, (reason, *_) in enumerate(PAIRS)]
)
def test_reasons_of_a_mismatch(reason, ours, theirs):
    assert compared([(ours, theirs)]) == [("id_name_mismatch", reason)]


def test_every_reason_has_its_cases():
    assert tuple(CASES) == REASONS
    assert min(map(len, CASES.values())) >= 8


def test_the_register_and_the_record_change_places():
    there = compared([(ours, theirs) for _, ours, theirs in PAIRS])
    back = compared([(theirs, ours) for _, ours, theirs in PAIRS])
    assert back == [(rule, MIRRORED.get(reason, reason)) for rule, reason in there]


def test_no_name_depends_on_its_neighbours():
    pairs = [(ours, theirs) for _, ours, theirs in PAIRS] * 3 + [
        ("王?明", "王小明"),
        ("陳偉", "陈伟"),
        ("王静", "王静"),
    ]
    verdicts = dict(zip(pairs, compared(pairs), strict=True))
    random.Random(7).shuffle(pairs)
    assert compared(pairs) == [verdicts[pair] for pair in pairs]
    assert [compared([pair])[0] for pair in pairs[:40]] == [verdicts[pair] for pair in pairs[:40]]


def test_equal_names_and_no_names():
    assert compared([("王小明", "王小明")]) == [(None, None)]
    nothing = name_differences(pl.DataFrame(schema=dict.fromkeys(NAME_COLUMNS, pl.String)))
    assert nothing.columns == [*NAME_COLUMNS, "rule_id", "reason", "name_similarity"]


def test_similarity_is_of_the_folded_names():
    frame = pl.DataFrame(
        [("王 静", "王静", "王静", "王静"), ("王静", "王静", "李明", "李明")], NAME_COLUMNS, orient="row"
    )
    assert name_differences(frame)["name_similarity"].to_list() == [1.0, 0.0]


def test_many_long_and_short_names_at_once():
    pairs = [(f"王{chr(0x4E00 + number % 5000)}明", "李静") for number in range(120_000)]
    pairs += [("阿" * 50, "阿" * 49 + "里"), ("阿" * 80, "阿" * 79)]
    found = compared(pairs)
    assert {rule for rule, _ in found} == {"id_name_mismatch"}
    assert [reason for _, reason in found[-2:]] == ["different", "added_character"]


STANDARD = "王李张陈杨赵吴周孙马国华伟丽静晓东云龙凤兰万叶严钟青黄温峰群"
FORMS = {
    standard: [form for form, found in canonical().items() if found == standard]
    + [code for code, found in private_use().items() if found == standard]
    for standard in STANDARD
}
FORMS["神"] = [sign for sign in map(chr, range(0xF900, 0xFB00)) if unicodedata.normalize("NFKC", sign) == "神"]


@st.composite
def written_twice(draw):
    """A name, and the same name written in any other way that folding undoes."""
    name = draw(st.lists(st.sampled_from([*FORMS, "A", "Z", SEPARATOR]), min_size=2, max_size=8))
    return tuple("".join(draw(another_form(sign)) for sign in name) for _ in range(2))


@st.composite
def another_form(draw, sign):
    if sign == SEPARATOR:
        shown = draw(st.sampled_from(["", SEPARATOR, *OTHER_SEPARATORS]))
    elif sign in FORMS:
        shown = draw(st.sampled_from([sign, *FORMS[sign]])) + draw(st.sampled_from(["", "\ufe00", "\U000e0101"]))
    else:
        shown = draw(st.sampled_from([sign, sign.lower(), chr(ord(sign) + 0xFEE0), chr(ord(sign.lower()) + 0xFEE0)]))
    return shown + draw(st.sampled_from(["", "", "", *BLANKS]))


@settings(max_examples=150, deadline=None)
@given(st.lists(written_twice(), min_size=1, max_size=20))
def test_what_is_equal_after_folding_is_never_a_mismatch(pairs):
    pairs = [pair for pair in pairs if all(folded(name) for name in pair)]
    assert {rule for rule, _ in compared(pairs)} <= {None, "name_variant"}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text("王汪小晓明铭未末·?\ue863单丹A𠮷", min_size=1, max_size=6)] * 2), min_size=1, max_size=30
    )
)
def test_any_two_names_get_one_verdict_and_the_same_from_either_side(pairs):
    pairs = [pair for pair in pairs if all(folded(name) for name in pair)]
    there, back = compared(pairs), compared([(theirs, ours) for ours, theirs in pairs])
    assert back == [(rule, MIRRORED.get(reason, reason)) for rule, reason in there]
    assert all(rule is None or (reason or "name_not_comparable") for rule, reason in there)
