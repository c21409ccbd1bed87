"""What each planned peculiarity does to a record, and what should be found because of it.

Mistakes are made one record at a time, as people make them; they concern a few records in a hundred.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from xueji.checks.tables import REQUIRED_FIELDS
from xueji.data_samples import name_mistakes, number_mistakes
from xueji.data_samples.draws import Dice
from xueji.data_samples.numbers import id_number


@dataclass(frozen=True)
class Person:
    """A child as it truly is."""

    name: str
    sex: str  # 1, 2
    birth: int  # YYYYMMDD
    number: str
    nation: str
    student_no: str


@dataclass(frozen=True)
class Record:
    """What a mistake needs to know: the child, its seat, and the leader of its group."""

    index: int
    child: Person
    leader: Person | None
    leader_index: int
    school_code: str
    other_school_code: str  # of another unit
    special_number: str | None  # a number that is no student's (problems.py)
    last_date: date


@dataclass
class Outcome:
    """Cells of the record that differ, findings that are true, and what the register holds instead of the child itself."""

    cells: dict[str, str | None] = field(default_factory=dict)
    findings: list[tuple[str, str | None]] = field(default_factory=list)  # rule id, reason
    register_number: str | None = None
    register_name: str | None = None
    is_registered: bool = True
    stranger: tuple[str, str] | None = None  # number and name of someone else whom the register holds
    grades_behind: int = 0


DOCUMENT_TYPES = ("A", "6", "8", "7", "C", "9", "A", "6", "8")
# 港澳台侨外 and country that go with a document type.
DOCUMENT_HOLDERS = {
    "6": ("01", "CHN"), "7": ("03", "CHN"), "8": ("05", "CHN"), "9": ("51", "USA"), "A": ("51", "KOR"), "C": ("01", "CHN"),
}  # fmt: skip
_SERIALS = 99_999_989  # a prime: serial numbers are a permutation of the indexes below it

INVALID_CODES: dict[str, tuple[str, ...]] = {
    "xbm": ("5", "男孩", "M"),
    "sfzjlxm": ("Q", "学生证", "15"),
    "nj": ("13", "大班", "0", "初四"),
    "mzm": ("88", "汗族", "XX"),
    "gjdqm": ("CHINA", "86", "中囯"),
    "gatqwm": ("77", "不知道"),
    "jkzkm": ("66", "还行"),
    "hkxzm": ("7", "城镇户籍"),
    "rxfsm": ("88", "推荐"),
    "jdfsm": ("7", "骑车"),
}


def document(index: int) -> tuple[str, str]:
    """Type and number of the document that the student with this index has instead of an ID card. No two alike."""
    kind = DOCUMENT_TYPES[index % len(DOCUMENT_TYPES)]
    return kind, document_number(kind, index)


def document_number(kind: str, index: int) -> str:
    """The number of a document of this type of the student with this index."""
    serial = index * 48_271 % _SERIALS if index < _SERIALS else index
    forms = {
        "A": f"M{serial:08d}",
        "6": f"H{serial:08d}",
        "7": f"MA{serial:08d}",
        "8": f"{serial:08d}",
        "9": f"USA1101{serial:08d}",
        "C": id_number(810000_2008_0000_000 + serial),
    }
    return forms[kind]


def with_document(index: int) -> dict[str, str | None]:
    kind, number = document(index)
    group, country = DOCUMENT_HOLDERS[kind]
    return {"sfzjlxm": kind, "sfzjh": number, "gatqwm": group, "gjdqm": country}


def identity_of(person: Person) -> dict[str, str | None]:
    """The cells of a second registration of the same child."""
    return {"xm": person.name, "xbm": person.sex, "csrq": str(person.birth), "mzm": person.nation}


def same_child(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    return Outcome(identity_of(record.leader) | {"sfzjh": record.leader.number}, is_registered=False)


def other_child(record: Record, dice: Dice) -> Outcome:
    """Another child's number: what the two children differ in disagrees with the number."""
    assert record.leader
    child, owner = record.child, record.leader
    outcome = Outcome({"sfzjh": owner.number})
    if child.name != owner.name:
        outcome.findings.append(("id_name_mismatch", "different"))
    if child.birth != owner.birth:
        outcome.findings.append(("id_birth_conflict", None))
    if child.sex != owner.sex:
        outcome.findings.append(("id_sex_conflict", None))
    return outcome


def document_leader(record: Record, dice: Dice) -> Outcome:
    return Outcome(with_document(record.index), is_registered=False)


def document_same(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    return Outcome(identity_of(record.leader) | with_document(record.leader_index), is_registered=False)


def document_other(record: Record, dice: Dice) -> Outcome:
    return Outcome(with_document(record.leader_index))


def nameless_leader(record: Record, dice: Dice) -> Outcome:
    return Outcome({"sfzjh": None}, [("id_missing", None)])


def nameless_same(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    cells = identity_of(record.leader) | {"sfzjh": None}
    return Outcome(cells, [("id_missing", None)], is_registered=False)


def student_no_taken(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    return Outcome({"xjh": record.leader.student_no})


def not_registered(record: Record, dice: Dice) -> Outcome:
    return Outcome({}, [("id_not_found", None)], is_registered=False)


def superseded(record: Record, dice: Dice) -> Outcome:
    return Outcome({}, [("id_not_found", None)], register_number=record.special_number)


def invented(record: Record, dice: Dice) -> Outcome:
    return Outcome({"sfzjh": record.special_number}, [("id_not_found", None)])


def name_mistyped(record: Record, dice: Dice) -> Outcome:
    name, reason = name_mistakes.mistyped(record.child.name, dice)
    return Outcome({"xm": name}, [("id_name_mismatch", reason)])


def name_changed(record: Record, dice: Dice) -> Outcome:
    name = name_mistakes.renamed(record.child.name, record.child.sex, dice)
    return Outcome({}, [("id_name_mismatch", "different")], register_name=name)


def strangers_number(record: Record, dice: Dice) -> Outcome:
    """The number of an elder sibling, say, who has left school."""
    assert record.special_number
    name = name_mistakes.renamed(record.child.name, record.child.sex, dice)
    findings: list[tuple[str, str | None]] = [("id_name_mismatch", "different"), ("id_birth_conflict", None)]
    return Outcome({"sfzjh": record.special_number}, findings, stranger=(record.special_number, name))


def id_format(record: Record, dice: Dice) -> Outcome:
    number, reason = number_mistakes.malformed(record.child.number, dice)
    return Outcome({"sfzjh": number}, [("id_format", reason)])


def id_checksum(record: Record, dice: Dice) -> Outcome:
    """A mistyped number; some of these children have a wrong sex or birth date as well, which cannot be told then."""
    outcome = Outcome({"sfzjh": number_mistakes.mistyped(record.child.number, dice)}, [("id_checksum", None)])
    if dice.roll(6) == 0:
        outcome.cells |= {"xbm": "2" if record.child.sex == "1" else "1"}
    return outcome


def special_number_as(rule_id: str, reason: str) -> Callable[[Record, Dice], Outcome]:
    """The record carries the special number, and `rule_id` says so."""

    def mistake(record: Record, dice: Dice) -> Outcome:
        return Outcome({"sfzjh": record.special_number}, [(rule_id, reason)])

    return mistake


def own_special_number(record: Record, dice: Dice) -> Outcome:
    """The special number is the child's own and registered."""
    return Outcome({"sfzjh": record.special_number}, register_number=record.special_number)


def unlisted_division(record: Record, dice: Dice) -> Outcome:
    outcome = own_special_number(record, dice)
    outcome.findings.append(("id_region", "division"))
    return outcome


def residence_permit(record: Record, dice: Dice) -> Outcome:
    outcome = own_special_number(record, dice)
    region = (record.special_number or "")[:2]
    outcome.cells |= {"gatqwm": {"81": "01", "82": "03", "83": "05"}[region]}
    return outcome


def foreigner(record: Record, dice: Dice) -> Outcome:
    outcome = own_special_number(record, dice)
    outcome.cells |= {"gatqwm": "51", "gjdqm": "KOR"}
    return outcome


def birth_date_mistyped(record: Record, dice: Dice) -> Outcome:
    """A day, a month or a year off, month and day swapped, or the date of the lunar calendar."""
    birth = record.child.birth
    true = date(birth // 10_000, birth // 100 % 100, birth % 100)
    choices = [true + timedelta(days=days) for days in (1, -1, 10, -10, -29, -30, -38, 365, -365)]
    if true.day <= 12 and true.day != true.month:
        choices.append(date(true.year, true.day, true.month))
    wrong = dice.choose(choices)
    return Outcome({"csrq": wrong.strftime("%Y%m%d")}, [("id_birth_conflict", None)])


def sex_mistyped(record: Record, dice: Dice) -> Outcome:
    return Outcome({"xbm": "2" if record.child.sex == "1" else "1"}, [("id_sex_conflict", None)])


def id_missing(record: Record, dice: Dice) -> Outcome:
    return Outcome({"sfzjh": None}, [("id_missing", None)])


def document_number_missing(record: Record, dice: Dice) -> Outcome:
    cells = with_document(record.index) | {"sfzjh": None}
    return Outcome(cells, [("required_missing", "sfzjh")])


def no_document(record: Record, dice: Dice) -> Outcome:
    return Outcome({"sfzjlxm": "Z", "sfzjh": None}, is_registered=False)


def column_missing(column: str) -> Callable[[Record, Dice], Outcome]:
    def mistake(record: Record, dice: Dice) -> Outcome:
        return Outcome({column: None}, [("required_missing", column)])

    return mistake


def invalid_code(column: str) -> Callable[[Record, Dice], Outcome]:
    def mistake(record: Record, dice: Dice) -> Outcome:
        return Outcome({column: dice.choose(INVALID_CODES[column])}, [("code_invalid", column)])

    return mistake


def birth_date_invalid(record: Record, dice: Dice) -> Outcome:
    """No day of the calendar, a day to come, or of another century."""
    text = str(record.child.birth)
    choices = (
        text[:4] + "0230",
        text[:4] + "13" + text[6:],
        text[:6] + "32",
        str(record.last_date.year + 2) + "0101",
        "19" + text[2:] if text[2:4] < "90" else "1911" + text[4:],
        text[:4],
    )
    return Outcome({"csrq": dice.choose(choices)}, [("date_invalid", "csrq")])


def enrolled_month_invalid(record: Record, dice: Dice) -> Outcome:
    year = str(record.last_date.year - 1)
    return Outcome({"rxny": dice.choose((year + "13", year + "00", year, "秋季"))}, [("date_invalid", "rxny")])


def name_invalid(record: Record, dice: Dice) -> Outcome:
    name, reason = name_mistakes.not_a_name(record.child.name, dice)
    return Outcome({"xm": name}, [("name_invalid", reason)])


def school_not_listed(record: Record, dice: Dice) -> Outcome:
    """A code of the right form that was never given out."""
    return Outcome({"xxbsm": record.school_code[:4] + f"9{dice.roll(100_000):05d}"}, [("school_unknown", "not_listed")])


def school_of_other_unit(record: Record, dice: Dice) -> Outcome:
    return Outcome({"xxbsm": record.other_school_code}, [("school_unknown", "other_unit")])


def stale_record(record: Record, dice: Dice) -> Outcome:
    return Outcome({}, [("stale_record", "grade")], grades_behind=1)


def student_no_check(record: Record, dice: Dice) -> Outcome:
    number = record.child.number
    if dice.roll(3) == 0:
        return Outcome({"xjh": "J" + number[:17]}, [("student_no_check", "form")])
    wrong = dice.choose([character for character in "0123456789X" if character != number[17]])
    return Outcome({"xjh": "J" + number[:17] + wrong}, [("student_no_check", "check_character")])


def name_variant(record: Record, dice: Dice) -> Outcome:
    name, reason = name_mistakes.variant(record.child.name, dice)
    return Outcome({"xm": name}, [("name_variant", reason)])


def name_not_comparable(record: Record, dice: Dice) -> Outcome:
    """A character lost in the record or, less often, in the register."""
    name = name_mistakes.with_lost_character(record.child.name, dice)
    if dice.roll(4) == 0:
        return Outcome({}, [("name_not_comparable", None)], register_name=name)
    return Outcome({"xm": name}, [("name_not_comparable", None)])


def nothing(record: Record, dice: Dice) -> Outcome:
    return Outcome()


MISTAKES: dict[str, Callable[[Record, Dice], Outcome]] = {
    "leader": nothing,
    "student_no_leader": nothing,
    "other_document": document_leader,
    "no_such_date": special_number_as("id_birth_date", "no_such_date"),
    "parents_number": special_number_as("id_birth_date", "implausible_age"),
    "infants_number": special_number_as("id_birth_date", "implausible_age"),
    "unknown_province": special_number_as("id_region", "province"),
    "date:csrq": birth_date_invalid,
    "date:rxny": enrolled_month_invalid,
    **{f"missing:{column}": column_missing(column) for column in REQUIRED_FIELDS if column != "sfzjh"},
    **{f"code:{column}": invalid_code(column) for column in INVALID_CODES},
    **{
        mistake.__name__: mistake
        for mistake in (
            same_child, other_child, document_leader, document_same, document_other, nameless_leader, nameless_same,
            student_no_taken, not_registered, superseded, invented, name_mistyped, name_changed, strangers_number,
            id_format, id_checksum, unlisted_division, residence_permit, foreigner, birth_date_mistyped, sex_mistyped,
            id_missing, document_number_missing, no_document, name_invalid, school_not_listed, school_of_other_unit,
            stale_record, student_no_check, name_variant, name_not_comparable,
        )
    },
}  # fmt: skip
# A second registration of a child: not there before the problem begins, struck off when it is solved.
SECOND_REGISTRATIONS = {"same_child", "document_same", "nameless_same"}
# No usable ID number, or another child's: the student number is a provisional one.
PROVISIONAL = {
    "same_child", "document_leader", "document_same", "document_other", "nameless_leader", "nameless_same",
    "other_document", "no_document", "unlisted_division", "residence_permit", "foreigner", "document_number_missing",
}  # fmt: skip
