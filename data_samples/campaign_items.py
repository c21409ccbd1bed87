"""What the parents of a simulated campaign correct on a form: which items, to what, and with which papers."""

from datetime import date, timedelta

from xueji.checks import code_lists
from xueji.checks.field_labels import FIELD_LABELS
from xueji.data_samples.campaign_child import Child, Item
from xueji.data_samples.campaign_roll import Roll, as_printed
from xueji.data_samples.draws import Dice

HOW_MANY = (55, 20, 12, 7, 4, 2)  # forms of a hundred with 0 … 5 changes
OTHER_FIELDS, KEY_FIELDS = ("jtzz", "lxdh", "cy1lxdh", "hkxzm"), ("xm", "csrq", "mzm")
KEY_SHARE = 3  # one change in so many is of key data
BIRTH_YEARS = range(2000, 2023)
LAST_CHARACTERS = "怡欣彤昊睿萱涵晨悦宁"
STREETS = ("解放路", "人民路", "建设路", "文昌路", "环城东路", "中华北路")
HOUSEHOLD, CARD, RECEIPT, CERTIFICATE = "户口簿", "居民身份证", "户籍部门回执", "在校证明"
# Of a hundred children without a number: number found; receipt with the number on it; receipt; certificate of attendance; the rest nothing.
NUMBER_FOUND, RECEIPT_NUMBER, RECEIPT_ONLY, CERTIFICATE_ONLY = 45, 5, 18, 18


def shown_on_form(roll: Roll, child: Child, field: str) -> str | None:
    """What the newest edition says."""
    if child.old_cells and field in child.old_cells:
        return child.old_cells[field]
    return as_printed(field, roll.cell(child.place, field))


def changes_wanted(roll: Roll, child: Child) -> list[Item]:
    """What the parents have corrected; also what becomes of a missing number (`Child.statement`)."""
    dice, items = child.dice, number_items(roll, child)
    pool = [list(OTHER_FIELDS), list(KEY_FIELDS)]
    for _ in range(how_many(dice)):
        fields = pool[1] if pool[1] and (not pool[0] or dice.roll(KEY_SHARE) == 0) else pool[0]
        field = fields.pop(dice.roll(len(fields)))
        old = shown_on_form(roll, child, field)
        if new := corrected(field, old, dice):
            is_key = field in KEY_FIELDS
            items.append(
                Item(field, is_key, old, new, dice.choose((HOUSEHOLD, f"{HOUSEHOLD}、{CARD}")) if is_key else None)
            )
    return items


def how_many(dice: Dice) -> int:
    rest = dice.roll(sum(HOW_MANY))
    for number, weight in enumerate(HOW_MANY):
        if (rest := rest - weight) < 0:
            return number
    raise AssertionError(rest)


def corrected(field: str, old: str | None, dice: Dice) -> str | None:
    """Something else than stands there; None when what stands there cannot be corrected by hand."""
    if field == "jtzz":
        return f"{dice.choose(STREETS)}{dice.roll(400) + 301}号{dice.roll(30) + 1}单元"
    if field in ("lxdh", "cy1lxdh"):
        new = str(11_000_000_000 + dice.roll(900_000_000))
    elif field == "hkxzm":
        new = "非农业" if old == "农业" else "农业"
    elif field == "xm":
        new = (old or "王小")[:-1] + LAST_CHARACTERS[dice.roll(len(LAST_CHARACTERS))]
        if not is_name(new):
            return None
    elif field == "mzm":
        new = code_lists.NATION.labels[f"{dice.roll(20) + 1:02d}"][0]
    else:
        try:
            born = date.fromisoformat(old or "") + timedelta(dice.choose((-1, 1, 10)))
        except ValueError:
            return None
        if born.year not in BIRTH_YEARS:  # a mistake of another kind: some days more do not put it right
            return None
        new = str(born)
    return new if new != old else None


def is_name(text: str) -> bool:
    """Whether every character is a Chinese one of the common block, and there are two to four of them."""
    return 2 <= len(text) <= 4 and all("一" <= character <= "龥" for character in text)


def number_items(roll: Roll, child: Child) -> list[Item]:
    """What is said of a missing number: the number, or a paper in its stead; nothing of children who have one."""
    id_type = roll.cell(child.place, "sfzjlxm")
    if (roll.cell(child.place, "sfzjh") or "").strip() or id_type not in ("1", "Z"):
        return []
    rest = child.dice.roll(100)
    number = roll.true_number(child.place) if id_type == "1" else None
    if number and rest < NUMBER_FOUND:
        return [Item("sfzjh", True, None, number, f"{HOUSEHOLD}、{CARD}")]
    if number and rest < NUMBER_FOUND + RECEIPT_NUMBER:
        return [Item("sfzjh", True, None, number, RECEIPT)]
    rest -= NUMBER_FOUND + RECEIPT_NUMBER
    if 0 <= rest < RECEIPT_ONLY:
        child.statement = RECEIPT
    elif 0 <= rest < RECEIPT_ONLY + CERTIFICATE_ONLY:
        child.statement = CERTIFICATE
    return []


def item_name(field: str, by_code: bool) -> str:
    return field if by_code else FIELD_LABELS[field]
