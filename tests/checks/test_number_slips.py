"""Every slip of the model leads back to the number it was made of, every candidate is a right number, and batches do not matter."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xueji.checks.number_slips import CANDIDATE_SCHEMA, SLIPS, candidates

SCHEMA = {
    "record_no": pl.Int64, "number": pl.String, "birth_date": pl.Date, "sex_code": pl.String, "student_no": pl.String,
}  # fmt: skip
RIGHT = "440106201503120036"  # invented
SPECIMENS = ("11010519491231002X", "440524188001010014")

CASES = [
    # number, birth date, sex, student number, number meant, slip, places, why
    ("110105194912310021", None, None, None, "11010519491231002X", "digit", [18], "1 for the X of the specimen"),
    ("440524188001010015", None, None, None, "440524188001010014", "digit", [18], "the specimen's check character"),
    ("440524188001010041", None, None, None, "440524188001010014", "swap", [17, 18], "its last two swapped"),
    ("1101051949123100X2", None, None, None, "11010519491231002X", "swap", [17, 18], "an X swapped away from the end"),
    ("440106201503210036", date(2015, 3, 12), "1", None, RIGHT, "swap", [13, 14], "a day the wrong way round"),
    ("440106201508120036", date(2015, 3, 12), "1", None, RIGHT, "digit", [12], "8 for 3"),
    ("44O106201503120036", None, None, None, RIGHT, "letter", [3], "O for 0"),
    ("440L06201503120036", None, None, None, RIGHT, "letter", [4], "l for 1"),
    ("440|06201503120036", None, None, None, RIGHT, "letter", [4], "| for 1"),
    ("4401062015031Z0036", None, None, None, RIGHT, "letter", [14], "Z for 2"),
    ("44010620I5O3I2OO36", None, None, None, RIGHT, "letter", [9, 11, 13, 15, 16], "a habit"),
    ("44010620150312003无", None, None, None, RIGHT, "letter", [18], "a word for the last"),
    ("11010519491231002*", None, None, None, "11010519491231002X", "letter", [18], "a star for X"),
    ("11010519491231002", None, None, None, "11010519491231002X", "lost_x", [18], "no X"),
    ("44010620150312003", None, None, None, RIGHT, "lost", [18], "no last digit"),
    ("40106201503120036", None, None, None, RIGHT, "lost", [1], "the first of two equal digits, or the second"),
    ("1101051949123102X", None, None, None, "11010519491231002X", "lost", [15], "lost before the X"),
    ("4401062015031200366", None, None, None, RIGHT, "doubled", [18], "the last typed twice"),
    ("4401062051503120036", None, None, None, RIGHT, "added", [9], "one put in"),
    ("44010620150312003X6", None, None, None, RIGHT, "added", [18], "an X put in"),
    ("440106-20150312-0036", None, None, None, RIGHT, "sign", [], "hyphens"),
    ("440106201503120036（新）", None, None, None, RIGHT, "sign", [], "a remark"),
    ("440106150312003", None, None, None, RIGHT, "old_fifteen", [], "the old form"),
    ("无", date(2015, 3, 12), None, f"G{RIGHT}", RIGHT, "student_no", [], "kept in the student number"),
    ("无", None, None, "g11010519491231002x", "11010519491231002X", "student_no", [], "in small letters"),
]
NONE = [
    # number, birth date, sex, student number, why
    ("440106201503210036", date(2015, 3, 13), None, None, "no number one slip away has this birth date"),
    ("44O106201503120036", None, "2", None, "the digit of sex says otherwise"),
    ("440106201503120o36x", None, None, None, "two slips"),
    ("4401062015031236", None, None, None, "two lost"),
    ("无", None, None, "L440106201503120036", "no G number"),
    ("无", None, None, "G440106201503120037", "a G number that is wrong itself"),
    ("无", date(2015, 3, 13), None, f"G{RIGHT}", "a G number of another birth date"),
    ("１２３", None, None, None, "no number at all"),
    (None, None, None, None, "nothing"),
    ("KKKKKKKKKKKKKKKKKK", None, None, None, "eighteen letters"),
]


def broken(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame([(place, *row) for place, row in enumerate(rows, start=1)], SCHEMA, orient="row")


def meant(rows: pl.DataFrame) -> set[tuple[int, int, str]]:
    return {(record, key, SLIPS[slip]) for record, key, slip, _ in rows.iter_rows()}


def places(bits: int) -> list[int]:
    return [place + 1 for place in range(bits.bit_length()) if bits >> place & 1]


@pytest.mark.parametrize(
    ("number", "birth", "sex", "student_no", "right", "slip", "where", "why"), CASES, ids=[case[-1] for case in CASES]
)
def test_finds_the_number_meant(number, birth, sex, student_no, right, slip, where, why):
    found = candidates(broken((number, birth, sex, student_no))).filter(id_key=int(right[:17]))
    assert (1, int(right[:17]), slip) in meant(found)
    first = found.filter(slip=SLIPS.index(slip))
    assert where == [] or where[0] in {place for row in first["places"] for place in places(row)}
    if len(where) > 1:
        assert where in [places(row) for row in first["places"]]


@pytest.mark.parametrize(("number", "birth", "sex", "student_no", "why"), NONE, ids=[case[-1] for case in NONE])
def test_finds_nothing_else(number, birth, sex, student_no, why):
    found = candidates(broken((number, birth, sex, student_no)))
    assert found.is_empty() and found.schema == CANDIDATE_SCHEMA


def with_check_character(body: str) -> str:
    """The number whose first seventeen digits are `body`, by the recursive form of ISO 7064 instead of the weights."""
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - remainder) % 11]


NUMBERS = st.builds(
    lambda region, born, sequence: with_check_character(f"{region:06}{born:%Y%m%d}{sequence:03}"),
    st.integers(110000, 659999),
    st.dates(date(1996, 1, 1), date(2023, 12, 31)),
    st.integers(0, 999),
)


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, str]:
    """A right number, and what one slip makes of it; written without looking at the code that undoes it."""
    number = draw(NUMBERS)
    kind = draw(st.sampled_from(["digit", "swap", "letter", "lost", "doubled", "added", "fifteen", "hyphen"]))
    place = draw(st.integers(0, 17))
    before, here, after = number[:place], number[place], number[place + 1 :]
    if kind == "digit":
        allowed = "0123456789X" if place == 17 else "0123456789"
        return number, before + draw(st.sampled_from([other for other in allowed if other != here])) + after
    if kind == "swap":
        return number, before + after[:1] + here + after[1:]
    if kind == "letter":
        return number, before + draw(st.sampled_from("OILZSB|!AKＯ无")) + after
    if kind == "lost":
        return number, before + after
    if kind == "doubled":
        return number, before + here + here + after
    if kind == "added":
        return number, before + draw(st.sampled_from("0123456789XK.")) + here + after
    if kind == "fifteen":
        return number, number[:6] + number[8:17]
    return number, f"{number[:6]}-{number[6:14]}-{number[14:]}"


@settings(max_examples=200, deadline=None)
@given(slipped(), st.booleans(), st.booleans())
def test_any_one_slip_gives_the_number_back(pair, has_birth, has_sex):
    number, typed = pair
    if typed == number:
        return
    birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if has_birth else None
    sex = "21"[int(number[16]) % 2] if has_sex else None
    found = candidates(broken((typed, birth, sex, None)))
    assert int(number[:17]) in found["id_key"]
    assert found["id_key"].is_between(0, 10**17 - 1).all()
    if has_birth:
        assert all(f"{key:017}"[6:14] == number[6:14] for key in found["id_key"])
    if has_sex:
        # The seventeenth digit of a foreigner's number says nothing of sex.
        assert all(key % 2 == int(number[16]) % 2 for key in found["id_key"] if key < 9 * 10**16)


def one_slip_away(typed: str) -> set[str]:
    """Right numbers that one digit or one swap turns into `typed`, by trying all."""
    tried = {typed[:at] + other + typed[at + 1 :] for at in range(18) for other in "0123456789X"}
    tried |= {typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :] for at in range(17)}
    return {one for one in tried - {typed} if one[:17].isdigit() and with_check_character(one[:17]) == one}


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789", min_size=17, max_size=17), st.sampled_from("0123456789X"))
def test_the_candidates_of_digit_and_swap_are_all_there_are(body, last):
    typed = body + last
    if with_check_character(body) == typed:
        return
    found = candidates(broken((typed, None, None, None)))
    assert sorted(found["id_key"].unique()) == sorted(int(one[:17]) for one in one_slip_away(typed))


@settings(max_examples=15, deadline=None)
@given(st.lists(slipped(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_batches_in_any_order_come_to_the_same(pairs, chance):
    rows = broken(*((typed, None, None, None) for _, typed in pairs))
    whole = meant(candidates(rows))
    order = list(range(rows.height))
    chance.shuffle(order)
    pieces = [candidates(rows[place]) for place in order]
    assert meant(pl.concat(pieces)) == whole
