"""How birth dates come to be wrong: a slip, two places swapped, or the date of another calendar."""

from datetime import date, timedelta

from xueji.data_samples.draws import Dice
from xueji.data_samples.number_mistakes import KEYPAD

EARLIEST = date(2000, 1, 1)  # no child of a sample is born before
LUNAR = (29, 30, 38, 47)  # days that a date of the lunar calendar lies back, on some days of the year


def mistyped_date(birth: int, last: date, dice: Dice) -> str:
    """Another date of the calendar, YYYYMMDD, on which a pupil could be born."""
    true = date(birth // 10_000, birth // 100 % 100, birth % 100)
    while True:
        wrong = slipped(true, dice)
        if wrong is not None and wrong != true and EARLIEST <= wrong < last:
            return wrong.strftime("%Y%m%d")


def slipped(true: date, dice: Dice) -> date | None:
    """The date after one slip; None where the slip leads to no date."""
    match dice.roll(6):
        case 0:
            return true + timedelta(days=dice.choose((1, -1)))
        case 1:
            return made(true.year, true.day, true.month)
        case 2 | 3:  # one digit of month, day, or the year's last
            text = true.strftime("%Y%m%d")
            place = 3 + dice.roll(5)
            text = text[:place] + dice.choose(tuple(KEYPAD[text[place]])) + text[place + 1 :]
            return made(int(text[:4]), int(text[4:6]), int(text[6:]))
        case 4:
            return true - timedelta(days=dice.choose(LUNAR))
        case _:
            return made(true.year + dice.choose((1, -1)), true.month, true.day)


def made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
