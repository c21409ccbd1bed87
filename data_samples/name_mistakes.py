"""How names come to differ from the register's."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from xueji.data_samples.draws import Dice
from xueji.data_samples.names import SEPARATOR, read_table

WRONG_SEPARATORS = ("•", "∙", "・", "･", "●", "‧", "⋅", ".", "．")
BLANKS = (" ", "\u3000", "  ")
# Marks for a character that could not be typed, and codes of the private use area that no standard has given a character.
LOST_CHARACTERS = ("?", "？", "□", "\ue0a5", "\uf8f5", "\ufffd")
PLACEHOLDERS = ("测试", "未知", "无名", "不详", "暂无", "无姓名", "NULL", "test")
LONG_REMARK = "该生姓名以户口簿登记为准现户口簿正在办理变更手续待派出所出具证明材料后由班主任通知学校学籍管理员另行补充录入系统并报上级学籍主管部门审核备案"
INTRUDING = tuple("子儿小生之一")  # what slips in between, or is heard where nothing was said
HOMOPHONES = ("homophone", "homophone_tone")
BOTH_IN = 6  # of the names typed by their sound one in so many has both characters of the given name wrong


@dataclass(frozen=True)
class Typed:
    """A name as typed, and what is found when it is held against the true one: rule and reason, null for nothing."""

    text: str
    rule_id: str | None = None
    reason: str | None = None


@cache
def confusions(kind: str) -> dict[tuple[str, str], str]:
    """What is written by mistake for a character, likeliest first: by its place in the name (first, given) and the character."""
    found: dict[tuple[str, str], str] = {}
    for row in read_table("confusions.csv"):
        if row["kind"] == kind:
            for place in ("first", "given") if row["place"] == "any" else (row["place"],):
                found[place, row["right"]] = row["wrong"]
    return found


@cache
def given_characters(sex: str) -> str:
    return "".join(row["character"] for row in read_table("given_characters.csv") if row["sex"] == sex)


@cache
def compound_surnames() -> frozenset[str]:
    return frozenset(row["surname"] for row in read_table("surnames.csv") if len(row["surname"]) == 2)


def family_length(name: str) -> int:
    """How many characters the surname has; 0 in a name that has none."""
    if SEPARATOR in name:
        return 0
    return 2 if len(name) > 2 and name[:2] in compound_surnames() else 1


def folded(name: str) -> str:
    """The name without blanks and with the right separator."""
    return "".join(SEPARATOR if c in WRONG_SEPARATORS else c for c in name if not c.isspace())


def place_of(name: str, place: int) -> str:
    """In which table of confusions a place of a name is looked up."""
    return "first" if place == 0 and family_length(name) == 1 else "given"


def likeliest(texts: str, dice: Dice) -> str:
    """A character, the first three times as often as the third."""
    weights = [60 // (place + 1) for place in range(len(texts))]
    rest = dice.roll(sum(weights))
    for text, weight in zip(texts, weights, strict=True):
        if rest < weight:
            return text
        rest -= weight
    raise AssertionError("a roll lies below the sum of the weights")


def replaced(name: str, kind: str, dice: Dice, places: range | None = None) -> str | None:
    """`name` with one character replaced by one confused with it; None when none can be."""
    table = confusions(kind)
    spots = [place for place in places or range(len(name)) if (place_of(name, place), name[place]) in table]
    if not spots:
        return None
    place = dice.choose(spots)
    return name[:place] + likeliest(table[place_of(name, place), name[place]], dice) + name[place + 1 :]


def by_sound(kind: str, name: str, dice: Dice) -> str | None:
    """A wrong candidate of the same syllable. Surnames are looked at more closely: wrong in one name of four at most."""
    start = family_length(name) if dice.roll(4) else 0
    wrong = replaced(name, kind, dice, range(start, len(name)))
    if wrong is not None and len(name) > 2 and dice.roll(BOTH_IN) == 0:
        same = [place for place in range(start, len(name)) if wrong[place] == name[place]]
        other = [place for place in same if (place_of(name, place), name[place]) in confusions(kind)]
        if other:
            wrong = replaced(wrong, kind, dice, range(other[0], other[0] + 1))
    return wrong


def homophone(name: str, dice: Dice) -> str | None:
    return by_sound("homophone", name, dice)


def homophone_tone(name: str, dice: Dice) -> str | None:
    return by_sound("homophone_tone", name, dice)


def homophone_reading(name: str, dice: Dice) -> str | None:
    """A surname of several readings, typed by one that it has elsewhere."""
    return replaced(name, "homophone_reading", dice, range(min(family_length(name), 1)))


def shape(name: str, dice: Dice) -> str | None:
    return replaced(name, "shape", dice)


def order(name: str, dice: Dice) -> str | None:
    """Two neighbours swapped, or the parts round a separator."""
    if SEPARATOR in name:
        first, second = name.split(SEPARATOR, 1)
        return None if first == second else second + SEPARATOR + first
    place = 0 if len(name) > 2 and dice.roll(5) == 0 else len(name) - 2
    one, other = name[place], name[place + 1]
    return None if one == other else name[:place] + other + one + name[place + 2 :]


def missing_character(name: str, dice: Dice) -> str | None:
    """One character left out, of a compound surname its second; None when the rest would be no name."""
    if family_length(name) == 2 and dice.roll(2):
        return name[0] + name[2:]
    spots = [place for place, character in enumerate(name) if character != SEPARATOR]
    if len(spots) < 3 or (SEPARATOR in name and len(spots) < 6):
        return None
    place = spots[-1 - dice.roll(2)]
    short = name[:place] + name[place + 1 :]
    return None if short.startswith(SEPARATOR) or short.endswith(SEPARATOR) or SEPARATOR * 2 in short else short


def added_character(name: str, dice: Dice) -> str | None:
    """A character doubled, or one that slipped in behind another."""
    spots = [place for place, character in enumerate(name) if character != SEPARATOR]
    place = spots[-1 - dice.roll(2)]
    more = name[place] if dice.roll(2) else dice.choose(INTRUDING)
    return name[: place + 1] + more + name[place + 1 :]


def other_surname(name: str, parents_name: str) -> str | None:
    """The given name behind the other parent's surname; None where the surnames are one to the eye or the ear."""
    own, other = family_length(name), family_length(parents_name)
    if not own or not other or name[:own] == parents_name[:other]:
        return None
    if own == other == 1:
        pair = (name[0], parents_name[0])
        kinds = ("like_surname", "shape", "variant", *HOMOPHONES)
        if any(b in confusions(kind).get(("first", a), "") for kind in kinds for a, b in (pair, pair[::-1])):
            return None
    return parents_name[:other] + name[own:]


# What goes wrong in typing, with how often it is tried.
SLIPS: dict[str, tuple[Callable[[str, Dice], str | None], int]] = {
    "homophone": (homophone, 28),
    "homophone_tone": (homophone_tone, 20),
    "shape": (shape, 20),
    "order": (order, 10),
    "missing_character": (missing_character, 11),
    "added_character": (added_character, 11),
}


def mistyped(name: str, dice: Dice) -> tuple[str, str]:
    """A wrong name and the reason: what went wrong in typing it."""
    reasons = tuple(reason for reason, (_, weight) in SLIPS.items() for _ in range(weight))
    while True:
        reason = dice.choose(reasons)
        wrong = SLIPS[reason][0](name, dice)
        if wrong is not None and wrong != name:
            return wrong, reason


def renamed(name: str, sex: str, dice: Dice) -> str:
    """Another name of the same family: what the register holds after a change of name."""
    characters = given_characters(sex)
    family = name.split(SEPARATOR)[0] + SEPARATOR if SEPARATOR in name else name[: family_length(name)]
    while True:
        given = dice.choose(tuple(characters)) + dice.choose(tuple(characters))
        if not set(given) & set(name):
            return family + given


def with_surname(name: str, sex: str, parents_name: str, dice: Dice) -> tuple[str, str]:
    """The name with the other parent's surname, or a whole other one where that would be the same; and the reason."""
    other = other_surname(name, parents_name)
    return (renamed(name, sex, dice), "different") if other is None else (other, "surname")


def variant(name: str, dice: Dice) -> tuple[str, str]:
    """The same name written differently, and how: separator, variant or width."""
    if SEPARATOR in name:
        return name.replace(SEPARATOR, dice.choose(WRONG_SEPARATORS)), "separator"
    other = replaced(name, "variant", dice)
    if other is not None and dice.roll(3):
        return other, "variant"
    return name[0] + dice.choose(BLANKS) + name[1:], "width"


def with_lost_character(name: str, dice: Dice) -> str:
    """A character of the given name that the system could not hold."""
    spots = [place for place in range(1, len(name)) if name[place] != SEPARATOR]
    place = dice.choose(spots)
    return name[:place] + dice.choose(LOST_CHARACTERS) + name[place + 1 :]


def half_lost(name: str, sex: str, dice: Dice) -> tuple[str, str | None]:
    """A name with a lost character, and how it compares: nothing but that, or another name as well.

    Of a name of two characters the one that is left says too little; such a one is another name as well.
    """
    if len(name) > 2 and dice.roll(3):
        return with_lost_character(name, dice), "encoding_twin"
    if len(name) > 2:
        other = renamed(name, sex, dice)
        return other[:-1] + dice.choose(LOST_CHARACTERS), None
    return dice.choose([s for s in "赵钱孙李周吴郑王" if s != name[0]]) + dice.choose(LOST_CHARACTERS), None


# Slips of a second clerk, each so many times in a hundred names.
TYPED_AGAIN = {
    "homophone": 11,
    "homophone_tone": 7,
    "shape": 8,
    "missing_character": 3,
    "added_character": 2,
    "order": 2,
}


def typed_again(name: str, sex: str, mothers_name: str, dice: Dice) -> Typed:
    """The name as a second clerk types it who has never seen the first registration."""
    turn = dice.roll(100)
    if turn < 55:
        return Typed(name)
    if turn < 62:
        text, reason = variant(name, dice)
        return Typed(text, "name_variant", reason)
    if turn < 64:
        return (
            Typed(with_lost_character(name, dice), "name_not_comparable", "encoding_twin")
            if len(name) > 2
            else Typed(name)
        )
    if turn < 67:
        other = other_surname(name, mothers_name)
        return Typed(other, "id_name_mismatch", "surname") if other else Typed(name)
    reason = dice.choose([reason for reason, times in TYPED_AGAIN.items() for _ in range(times)])
    wrong = SLIPS[reason][0](name, dice)
    return Typed(name) if wrong is None or wrong == name else Typed(wrong, "id_name_mismatch", reason)


def not_a_name(name: str, dice: Dice) -> tuple[str, str]:
    """What stands in the name column instead of a name, and why it is none."""
    match dice.roll(4):
        case 0:
            return name[0], "one_character"
        case 1:
            return dice.choose(
                (name + "1", name[0] + "3" + name[1:], name + "(转)", name + "*", name + "/借读")
            ), "characters"
        case 2:
            return dice.choose(PLACEHOLDERS), "placeholder"
        case _:
            return LONG_REMARK, "length"
