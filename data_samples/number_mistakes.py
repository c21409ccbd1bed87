"""How people mistype ID numbers."""

from collections.abc import Callable

from xueji.data_samples.draws import Dice

LETTERS = {"0": "OoＯ", "1": "lI|"}
NOT_A_NUMBER = ("无", "待补办", "办理中", "户口本未带")


def letter_for_digit(number: str, dice: Dice) -> tuple[str, str]:
    """O for 0, l or I for 1: the number no longer consists of digits."""
    spots = [place for place, character in enumerate(number) if character in LETTERS]
    place = dice.choose(spots)  # every number holds a 0 or a 1: it has a birth date of this century
    return number[:place] + dice.choose(tuple(LETTERS[number[place]])) + number[place + 1 :], "characters"


def old_fifteen(number: str, dice: Dice) -> tuple[str, str]:
    """The form of GB 11643-1989: no century, no check character."""
    return number[:6] + number[8:17], "fifteen_digits"


def lost_character(number: str, dice: Dice) -> tuple[str, str]:
    """The X that a form would not take, else any digit."""
    place = 17 if number.endswith("X") else dice.roll(18)
    return number[:place] + number[place + 1 :], "length"


def doubled_digit(number: str, dice: Dice) -> tuple[str, str]:
    place = dice.roll(17)
    return number[:place] + number[place] + number[place:], "length"


def words(number: str, dice: Dice) -> tuple[str, str]:
    """A remark where the number should stand."""
    return dice.choose(NOT_A_NUMBER), "length"


MALFORMED: tuple[Callable[[str, Dice], tuple[str, str]], ...] = (
    letter_for_digit, old_fifteen, lost_character, doubled_digit, letter_for_digit, words,
)  # fmt: skip


def malformed(number: str, dice: Dice) -> tuple[str, str]:
    """A number that is not seventeen digits and a digit or X, and in what way."""
    return dice.choose(MALFORMED)(number, dice)


def mistyped(number: str, dice: Dice) -> str:
    """One wrong digit, two neighbours swapped, or a wrong last character: still a well-formed number."""
    swaps = [place for place in range(16) if number[place] != number[place + 1]]
    form = dice.roll(5)
    if form < 2 and swaps:
        place = dice.choose(swaps)
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if form == 2:
        others = [character for character in "0123456789X" if character != number[17]]
        return number[:17] + dice.choose(others)
    place = dice.roll(17)
    digit = str((int(number[place]) + 1 + dice.roll(9)) % 10)
    return number[:place] + digit + number[place + 1 :]


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
