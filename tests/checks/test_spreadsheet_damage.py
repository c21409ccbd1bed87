"""Table of cases for spreadsheet_damage: how many numbers of a file are of which kind."""

import pytest

from xueji.checks import id_checksum, id_format, id_missing, id_not_found, spreadsheet_damage

SOUND = "440106201503120036"
ZERO_ENDING = "440106201503120000"  # wrong check character
SCIENTIFIC = "4.40106E+17"
CASES = [
    # sound, zero endings, scientific, reasons, why
    (100, 0, 0, [], "sound"),
    (0, 20, 0, ["zero_endings"], "all flattened"),
    (0, 0, 20, ["scientific"], "all exponents"),
    (0, 12, 13, ["scientific"], "the more frequent kind names it"),
    (0, 5, 5, ["zero_endings"], "ten in all are enough"),
    (0, 9, 0, [], "nine are too few"),
    (190, 10, 0, ["zero_endings"], "five percent"),
    (191, 10, 0, [], "a little less than five percent"),
]


def students(sound, zero_endings, scientific):
    return [
        {"id_number": number} for number in [SOUND] * sound + [ZERO_ENDING] * zero_endings + [SCIENTIFIC] * scientific
    ]


@pytest.mark.parametrize(("sound", "zeros", "scientific", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_judges_the_file(findings, sound, zeros, scientific, expected, why):
    rows = findings(spreadsheet_damage.RULE, students(sound, zeros, scientific))
    assert [row["reason"] for row in rows] == expected


def test_names_the_file_and_nobody(findings):
    (row,) = findings(spreadsheet_damage.RULE, students(5, 10, 10))
    assert (row["unit_code"], row["file"], row["student_no"], row["school_code"]) == ("44", "students.csv", None, None)
    assert row["detail"] == "文件共有25个身份证号，其中20个被电子表格改写"


def test_a_right_number_may_end_in_000(find):
    assert find(spreadsheet_damage.RULE, [{"id_number": "440106201503012000"}] * 20) == set()


def test_other_types_do_not_count(find):
    assert find(spreadsheet_damage.RULE, [{"id_type": "护照", "id_number": SCIENTIFIC}] * 20) == set()


def test_a_letter_before_a_point_is_no_exponent(find):
    assert find(spreadsheet_damage.RULE, [{"id_number": "E12345678"}] * 20) == set()


@pytest.mark.parametrize("rule", [id_format.RULE, id_checksum.RULE, id_not_found.RULE], ids=lambda rule: rule.id)
def test_no_number_of_a_damaged_file_is_judged(find, rule):
    rows = students(3, 10, 10)
    assert find(rule, rows, population=[{"id_number": "440106201503120044", "name": "王小明"}]) == set()


def test_a_missing_number_of_a_damaged_file_is_still_missing(find):
    assert find(id_missing.RULE, [*students(0, 20, 0), {"id_number": None, "student_no": "M"}]) == {"M"}


def test_another_file_is_not_touched(find):
    other = {"id_number": ZERO_ENDING, "file": "other.csv", "student_no": "O"}
    assert find(id_checksum.RULE, [*students(0, 20, 0), other]) == {"O"}
