"""What a school writes as corrected values of a 变更, read and held against their form alone.

Whether the corrected record is free of problems the rules find out when they check it like any other.
"""

import unicodedata
from datetime import date, timedelta

from xueji.checks import id_checksum, id_format, name_invalid
from xueji.checks.code_lists import SEX
from xueji.checks.date_invalid import EARLIEST
from xueji.checks.id_number import CHECK_CHARACTERS, WEIGHTS
from xueji.checks.text_folding import APOSTROPHES, BLANKS, OTHER_SEPARATORS, SEPARATOR, fold_width

NO_SIGNS = frozenset(SEPARATOR + OTHER_SEPARATORS + BLANKS + "'＇-－")  # beside letters, what names do hold
STAND_INS = frozenset("?？□\ufffd")  # for a character that could not be typed
_ROMAN_AND_SUZHOU = ((0x2160, 0x2188), (0x3021, 0x3029))  # numerals that are letters to Unicode; 〇 is none of them
_NUMBERS = str.maketrans("", "", APOSTROPHES)
_DATE_SIGNS = str.maketrans({"/": "-", ".": "-", "年": "-", "月": "-", "日": None})
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of a spreadsheet's dates, for all days after February 1900
SHORTEST_NUMBER, LONGEST_NUMBER = 5, 30  # of documents other than the identity card
EXACT_DIGITS = 15  # a spreadsheet's number holds no more


def name_fault(name: str) -> str | None:
    """Chinese: why a text is no name. None when it may be one."""
    folded = fold_width(name)
    reasons = name_invalid.RULE.reasons
    if folded in name_invalid.PLACEHOLDERS:
        return reasons["placeholder"]
    if len(name) > name_invalid.MOST_CHARACTERS:
        return reasons["length"]
    if STAND_INS & set(name):
        return "姓名中有替代符号（? 或 □），请填写规范汉字"
    if any(is_sign(character) for character in name):
        return reasons["characters"]
    if len(folded) <= 1:
        return reasons["one_character"]
    return None


def is_sign(character: str) -> bool:
    if character in NO_SIGNS:
        return False
    kind = unicodedata.category(character)
    is_numeral = any(first <= ord(character) <= last for first, last in _ROMAN_AND_SUZHOU)
    return is_numeral or kind in ("Nd", "No", "Cc") or kind[0] in "SP"


def normalised_number(text: str) -> str:
    """A document number in ASCII capitals, without blanks and apostrophes: as the core table keeps it."""
    return fold_width(text).translate(_NUMBERS)


def check_character(number: str) -> str:
    """The check character that a number of at least seventeen digits ought to end in."""
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK_CHARACTERS[total % 11]


def is_resident_number(number: str | None) -> bool:
    """Whether a normalised number has form and check character of an identity card's."""
    return number is not None and resident_number_fault(number) is None


def resident_number_fault(number: str) -> str | None:
    """Chinese: why a normalised number is none of an identity card. None when it may be one."""
    reasons = id_format.RULE.reasons
    if not number.isascii():
        return reasons["characters"]
    if len(number) != 18:
        return reasons["fifteen_digits" if len(number) == 15 and number.isdigit() else "length"]
    if not number[:17].isdigit() or number[17] not in "0123456789X":
        return reasons["characters"]
    return None if check_character(number) == number[17] else id_checksum.RULE.reasons[""]


def other_number_fault(number: str) -> str | None:
    """Chinese: why a normalised number is none of any document. None when it may be one."""
    if not SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER:
        return f"证件号应为{SHORTEST_NUMBER}至{LONGEST_NUMBER}位"
    if not number.isascii() or not number.replace("(", "").replace(")", "").replace("-", "").isalnum():
        return "证件号中有不应出现的字符"
    return None


def sex_code(text: str) -> str | None:
    """The code of 男 or 女; None for anything else."""
    folded = fold_width(text)
    return next((code for code, labels in SEX.labels.items() if folded in (code, *labels)), None)


def read_date(text: str) -> date | None:
    """A day however a cell writes it: 2015-03-12, 2015/3/12, 2015年3月12日, 20150312, a date cell's text or its serial number."""
    plain = unicodedata.normalize("NFKC", text).strip(BLANKS).removesuffix(" 00:00:00").removesuffix("T00:00:00")
    if plain.removesuffix(".0").isdigit() and len(plain.removesuffix(".0")) == 5:
        return SERIAL_ZERO + timedelta(days=int(plain.removesuffix(".0")))
    parts = plain.translate(_DATE_SIGNS).split("-")
    if len(parts) == 1 and len(plain) == 8:
        parts = [plain[:4], plain[4:6], plain[6:]]
    is_written_out = (
        len(parts) == 3 and len(parts[0]) == 4 and all(part.isdecimal() and len(part) < 5 for part in parts)
    )
    try:
        return date(*(int(part) for part in parts)) if is_written_out else None
    except ValueError:
        return None


def birth_date(text: str, night: date) -> date | None:
    """A day on which a pupil can be born; None for anything else."""
    day = read_date(text)
    return day if day and date.fromisoformat(EARLIEST) <= day <= night else None
