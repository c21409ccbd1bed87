"""How people mistype ID numbers: a model of fingers and eyes. What a slip does to a number is looked at afterwards, never aimed at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xueji.data_samples.draws import Dice
from xueji.data_samples.numbers import id_number

# The keys beside each digit on a number pad.
KEYPAD = {
    "7": "84", "8": "795", "9": "86", "4": "751", "5": "4682", "6": "593", "1": "420", "2": "153", "3": "26", "0": "12",
}  # fmt: skip
MISREAD = {
    "1": "7", "7": "1", "3": "8", "8": "3", "6": "05", "0": "6", "5": "6", "4": "9", "9": "4",
}  # fmt: skip
LETTERS = {"0": "OoＯ", "1": "lI|", "2": "Z", "5": "S", "8": "B"}
REMARKS = ("无", "待补办", "办理中", "户口本未带")
SECOND_SLIP_IN = 17  # one typist in so many, some 6 %, slips twice
DIGITS = "0123456789"


@dataclass(frozen=True)
class Mistyped:
    """A number as typed: the rule that finds it and why, and the typist's slips, none for a remark."""

    text: str
    rule_id: str  # id_format, id_checksum
    reason: str | None
    slips: tuple[str, ...]
    right_number: str


def digit(number: str, dice: Dice) -> str | None:
    """A key beside the right one, or a digit misread on paper."""
    place = dice.roll(len(number))
    table = KEYPAD if dice.roll(5) < 3 else MISREAD
    if number[place] == "X":  # the digit that the eye or the finger makes of it
        return number[:place] + dice.choose(tuple(DIGITS))
    if number[place] not in table:
        return None
    return number[:place] + dice.choose(tuple(table[number[place]])) + number[place + 1 :]


def swap(number: str, dice: Dice) -> str | None:
    """Two neighbours in the wrong order."""
    place = dice.roll(len(number) - 1)
    one, other = number[place], number[place + 1]
    return None if one == other else number[:place] + other + one + number[place + 2 :]


def lost(number: str, dice: Dice) -> str | None:
    """A key not hit."""
    place = dice.roll(len(number))
    return number[:place] + number[place + 1 :]


def doubled(number: str, dice: Dice) -> str | None:
    """A key that bounced."""
    place = dice.roll(len(number))
    return number[:place] + number[place] + number[place:]


def letter(number: str, dice: Dice) -> str | None:
    """O for 0, l or I for 1, S for 5."""
    place = dice.roll(len(number))
    if number[place] not in LETTERS or (number[place] in "258" and dice.roll(3)):
        return None
    return number[:place] + dice.choose(tuple(LETTERS[number[place]])) + number[place + 1 :]


def lost_x(number: str, dice: Dice) -> str | None:
    """The X that a form would not take."""
    return number[:-1] if number.endswith("X") else None


def old_fifteen(number: str, dice: Dice) -> str | None:
    """The form of GB 11643-1989: no century, no check character."""
    return number[:6] + number[8:17] if len(number) == 18 else None


Slip = Callable[[str, Dice], str | None]
# Slips with how often each is tried.
SLIPS: dict[Slip, int] = {digit: 40, swap: 24, lost: 10, doubled: 8, letter: 14, lost_x: 8, old_fifteen: 4}
# The old form comes from an old paper and the lost X from a form: the other slips are the typist's, who may slip again.
SECOND_SLIPS: tuple[Slip, ...] = (digit, digit, swap, swap, lost, doubled, letter)
REMARK_IN = 12  # of the malformed numbers, one in so many is a remark


def verdict(text: str) -> tuple[str, str | None] | None:
    """The rule that a typed number breaks and how; None for one that is right as it stands, perhaps by luck."""
    is_well_formed = len(text) == 18 and all(c in DIGITS for c in text[:17]) and text[17] in DIGITS + "X"
    if is_well_formed:
        return None if id_number(int(text[:17])) == text else ("id_checksum", None)
    if len(text) == 15 and all(c in DIGITS for c in text):
        return "id_format", "fifteen_digits"
    return "id_format", "characters" if len(text) == 18 else "length"


def once(number: str, dice: Dice, slips: Sequence[Slip]) -> tuple[str, str]:
    """The number after a slip, and the slip."""
    while True:
        slip = dice.choose(tuple(slips))
        text = slip(number, dice)
        if text is not None and text != number:
            return text, slip.__name__


def mistyped(number: str, dice: Dice, rule_id: str | None = None) -> Mistyped:
    """A number typed with a slip or two, which `rule_id` finds (either rule when null).

    Typed again while nothing comes of it that the rule could find: two slips may cancel out, or pass the check by luck.
    """
    if rule_id == "id_format" and dice.roll(REMARK_IN) == 0:
        return Mistyped(dice.choose(REMARKS), rule_id, "length", (), number)
    slips = tuple(slip for slip, weight in SLIPS.items() for _ in range(weight))
    while True:
        text, first = once(number, dice, slips)
        made: tuple[str, ...] = (first,)
        if dice.roll(SECOND_SLIP_IN) == 0:
            text, second = once(text, dice, SECOND_SLIPS)
            made = (first, second)
        found = verdict(text)
        if found is not None and rule_id in (None, found[0]):
            return Mistyped(text, *found, made, number)


def to_full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def harmless(number: str, dice: Dice) -> str:
    """The right number in a form that only looks different."""
    if number.endswith("X") and dice.roll(3):
        return number[:17] + dice.choose(("x", "Ｘ", "ｘ"))
    forms = (
        "'" + number,
        to_full_width(number),
        number + " ",
        " " + number,
        f"{number[:6]} {number[6:14]} {number[14:]}",
        number + "\u3000",
        number + "\u00a0",
        "\u200b" + number,
        "’" + number,
    )
    return dice.choose(forms)


def flattened(number: str, is_scientific: bool) -> str:
    """What a spreadsheet makes of a number: fifteen significant digits are left."""
    if number.endswith("X"):
        return number  # text stays text
    if is_scientific:
        return f"{int(number):.5E}"
    return number[:15] + "000"
