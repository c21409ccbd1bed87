"""Names and document numbers of other people, cut down to what a school needs to recognise a record by."""

from itertools import islice

NAME_MASK = "＊"
NUMBER_MASK = "*"
# Between the parts of a name (docs/rules.md, folded name). They show that a name has parts, and nothing else of it.
NAME_SEPARATORS = frozenset("\u00b7\u2219\u2022\u30fb\uff65\u25cf\u2027\u22c5\u0387.\uff0e")


def mask_name(name: str) -> str:
    """The first character of `name`, its separators, and a mask for every other character.

    Of a compound surname (欧阳) the first character only: which surnames are compound is a guess, and a wrong one would
    show a given name. A name of one character is masked whole.
    """
    if len(name) < 2:
        return NAME_MASK * len(name)
    rest = (character if character in NAME_SEPARATORS else NAME_MASK for character in islice(name, 1, None))
    return name[0] + "".join(rest)


def mask_id_number(number: str) -> str:
    """`number` with the division (first six) and the last character of an 18-character number left, all else masked.

    Less than the 6 + 4 that domain.md section 8 allows at most: with division, sequence and check character all shown,
    one birth date in eleven would fit, and a school knows the year. Any other length is some other document or a
    number with digits lost or added, where the birth date may stand anywhere: two first characters and the last are
    left, none at all of fewer than eight characters.
    """
    if len(number) < 8:
        return NUMBER_MASK * len(number)
    shown = 6 if len(number) == 18 else 2
    return number[:shown] + NUMBER_MASK * (len(number) - shown - 1) + number[-1]
