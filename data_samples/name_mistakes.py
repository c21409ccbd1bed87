"""How names come to differ from the register's."""

from functools import cache

from xueji.data_samples.draws import Dice
from xueji.data_samples.names import SEPARATOR, read_table

WRONG_SEPARATORS = ("•", "∙", "・", "･", "●", "‧", "⋅", ".", "．")
LOST_CHARACTERS = ("?", "？", "□", "\ue863", "\uf8f5", "\ufffd")
PLACEHOLDERS = ("测试", "未知", "无名", "不详", "暂无", "无姓名", "NULL", "test")
LONG_REMARK = "该生姓名以户口簿登记为准现户口簿正在办理变更手续待派出所出具证明材料后由班主任通知学校学籍管理员另行补充录入系统并报上级学籍主管部门审核备案"


@cache
def confusions(kind: str) -> dict[str, str]:
    """For each character those written for it by mistake, of one kind: homophone, shape, variant."""
    found: dict[str, str] = {}
    for row in read_table("confusions.csv"):
        if row["kind"] == kind:
            found[row["right"]] = found.get(row["right"], "") + row["wrong"]
    return found


@cache
def given_characters(sex: str) -> str:
    return "".join(row["character"] for row in read_table("given_characters.csv") if row["sex"] == sex)


def replaced(name: str, kind: str, dice: Dice, first: int = 0) -> str | None:
    """`name` with one character, from place `first` on, replaced by one confused with it; None when none can be."""
    table = confusions(kind)
    spots = [place for place in range(first, len(name)) if name[place] in table]
    if not spots:
        return None
    place = dice.choose(spots)
    return name[:place] + dice.choose(tuple(table[name[place]])) + name[place + 1 :]


def reordered(name: str) -> str | None:
    """The last two characters swapped; None when they are equal or part of a name with separator."""
    if SEPARATOR in name or name[-1] == name[-2]:
        return None
    return name[:-2] + name[-1] + name[-2]


def shortened(name: str, dice: Dice) -> str | None:
    """One character left out; None when the rest would be no name."""
    spots = [place for place, character in enumerate(name) if character != SEPARATOR]
    if len(spots) < 3 or (SEPARATOR in name and len(spots) < 6):
        return None
    place = spots[-1 - dice.roll(2)]
    short = name[:place] + name[place + 1 :]
    return None if short.startswith(SEPARATOR) or short.endswith(SEPARATOR) or SEPARATOR * 2 in short else short


def mistyped(name: str, dice: Dice) -> tuple[str, str]:
    """A wrong name and the reason: what went wrong in typing it."""
    start = dice.roll(6)
    for turn in range(6):
        match (start + turn) % 6:
            case 0 | 1:
                wrong, reason = replaced(name, "homophone", dice, first=1), "homophone"
            case 2 | 3:
                wrong, reason = replaced(name, "shape", dice), "shape"
            case 4:
                wrong, reason = reordered(name), "order"
            case _:
                wrong, reason = shortened(name, dice), "missing_character"
        if wrong is not None and wrong != name:
            return wrong, reason
    return renamed(name, "1", dice), "different"


def renamed(name: str, sex: str, dice: Dice) -> str:
    """Another name of the same family: what the register holds after a change of name."""
    characters = given_characters(sex)
    family = name.split(SEPARATOR)[0] + SEPARATOR if SEPARATOR in name else name[0]
    while True:
        given = dice.choose(tuple(characters)) + dice.choose(tuple(characters))
        if not set(given) & set(name):
            return family + given


def variant(name: str, dice: Dice) -> tuple[str, str]:
    """The same name written differently, and how: separator, variant or width."""
    if SEPARATOR in name:
        return name.replace(SEPARATOR, dice.choose(WRONG_SEPARATORS)), "separator"
    other = replaced(name, "variant", dice)
    if other is not None and dice.roll(3):
        return other, "variant"
    return name[0] + dice.choose((" ", "\u3000", "  ")) + name[1:], "width"


def with_lost_character(name: str, dice: Dice) -> str:
    """A character the system could not hold."""
    place = len(name) - 1
    return name[:place] + dice.choose(LOST_CHARACTERS) + name[place + 1 :]


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
