"""The code on a confirmation form: it ties a returned photo to the printed edition and tells nothing of the student.

2026A1-7K3M-9Q2X-4PTC-0A1V: the campaign, fifteen characters drawn with a key from campaign, record and edition, and a check
character. Characters are Crockford's base 32, which leaves I, L, O and U out; what is typed by hand is read as it was meant.
"""

import hashlib
import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 15  # characters: 75 bits, so that no two of a thousand million forms meet
CAMPAIGN = r"[0-9]{4}[A-Z][0-9]"  # year, A autumn or S spring, number of the round
FORM_NO = re.compile(rf"({CAMPAIGN})((?:-[{ALPHABET}]{{4}}){{4}})")
_VALUES = {character: place for place, character in enumerate(ALPHABET)}
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0", "－": "-", "—": "-", "–": "-"})


def form_no(key: bytes, campaign: str, record_key: str, edition: int) -> str:
    """The code of one edition of a student's form. The same arguments give the same code."""
    message = "\n".join((campaign, record_key, str(edition))).encode()
    number = int.from_bytes(hashlib.blake2b(message, key=key[:64], digest_size=10).digest())
    drawn = "".join(ALPHABET[number >> 5 * place & 31] for place in range(DRAWN))
    text = drawn + check_character(campaign, drawn)
    return "-".join((campaign, *(text[place : place + 4] for place in range(0, DRAWN + 1, 4))))


def check_character(campaign: str, drawn: str) -> str:
    """Luhn's sum modulo 32 over campaign and drawn characters: finds every single slip and nearly every swap of neighbours."""
    total = 0
    for place, character in enumerate(reversed(campaign + drawn)):
        value = _VALUES[character] * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def read_form_no(text: str | None) -> str | None:
    """The code that `text` means, as it was printed; null when it is none: another shape, or a wrong check character."""
    tidy = "".join((text or "").upper().translate(_MEANT).split())
    match = FORM_NO.fullmatch(tidy)
    if match is None:
        return None
    drawn = match[2].replace("-", "")
    return tidy if check_character(match[1], drawn[:-1]) == drawn[-1] else None


def campaign_of(form: str) -> str:
    return form.split("-")[0]
