"""What each planned peculiarity does to a record, and what should be found because of it.

Mistakes are made one record at a time, as people make them; they concern a few records in a hundred.
"""

from collections.abc import Callable

from xueji.checks.tables import REQUIRED_FIELDS
from xueji.data_samples import name_mistakes, number_mistakes, second_registrations
from xueji.data_samples.dates_mistyped import mistyped_date
from xueji.data_samples.draws import Dice
from xueji.data_samples.numbers import id_number
from xueji.data_samples.record_facts import Outcome, Record
from xueji.data_samples.second_registrations import family_cells, identity_of

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


def other_child(record: Record, dice: Dice) -> Outcome:
    """Another child's number: what the two children differ in disagrees with the number."""
    assert record.leader
    child, owner = record.child, record.leader
    outcome = Outcome({"sfzjh": owner.number})
    if child.name != owner.name:
        has_surname = name_mistakes.other_surname(owner.name, child.name) == child.name
        outcome.findings.append(("id_name_mismatch", "surname" if has_surname else "different"))
    if child.birth != owner.birth:
        outcome.findings.append(("id_birth_conflict", None))
    if child.sex != owner.sex:
        outcome.findings.append(("id_sex_conflict", None))
    return outcome


def document_leader(record: Record, dice: Dice) -> Outcome:
    return Outcome(with_document(record.index), is_registered=False)


def document_same(record: Record, dice: Dice) -> Outcome:
    assert record.leader
    cells = identity_of(record.leader) | family_cells(record, record.leader, dice)
    return Outcome(cells | with_document(record.leader_index), is_registered=False)


def document_other(record: Record, dice: Dice) -> Outcome:
    return Outcome(with_document(record.leader_index))


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


def name_heteronym(record: Record, dice: Dice) -> Outcome:
    """A surname typed by a reading that it has elsewhere."""
    name = name_mistakes.homophone_reading(record.child.name, dice)
    if name is None:
        return name_mistyped(record, dice)
    return Outcome({"xm": name}, [("id_name_mismatch", "homophone_reading")])


def surname_in_record(record: Record, dice: Dice) -> Outcome:
    """The child goes by the other parent's surname."""
    child = record.child
    name, reason = name_mistakes.with_surname(child.name, child.sex, child.family.mother.name, dice)
    return Outcome({"xm": name}, [("id_name_mismatch", reason)])


def surname_in_register(record: Record, dice: Dice) -> Outcome:
    """The child has been given the other parent's surname, and the record has not followed."""
    child = record.child
    name, reason = name_mistakes.with_surname(child.name, child.sex, child.family.mother.name, dice)
    return Outcome({}, [("id_name_mismatch", reason)], register_name=name)


def name_changed(record: Record, dice: Dice) -> Outcome:
    name = name_mistakes.renamed(record.child.name, record.child.sex, dice)
    return Outcome({}, [("id_name_mismatch", "different")], register_name=name)


def strangers_number(record: Record, dice: Dice) -> Outcome:
    """The number of an elder sibling, say, who has left school."""
    assert record.special_number
    name = name_mistakes.renamed(record.child.name, record.child.sex, dice)
    findings: list[tuple[str, str | None]] = [("id_name_mismatch", "different"), ("id_birth_conflict", None)]
    return Outcome({"sfzjh": record.special_number}, findings, stranger=(record.special_number, name))


def number_mistyped(rule_id: str) -> Callable[[Record, Dice], Outcome]:
    """A number mistyped so that `rule_id` finds it. Some of these children have more wrong, which cannot be told by the number then."""

    def mistake(record: Record, dice: Dice) -> Outcome:
        child = record.child
        typed = number_mistakes.mistyped(child.number, dice, rule_id)
        outcome = Outcome({"sfzjh": typed.text}, [(rule_id, typed.reason)], mistyped=typed if typed.slips else None)
        if dice.roll(7) == 0:
            outcome.cells["xbm"] = "2" if child.sex == "1" else "1"
        elif dice.roll(15) == 0:
            outcome.cells["csrq"] = mistyped_date(child.birth, record.last_date, dice)
        elif dice.roll(40) == 0:
            outcome.cells["xm"], _ = name_mistakes.mistyped(child.name, dice)
        return outcome

    return mistake


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
    wrong = mistyped_date(record.child.birth, record.last_date, dice)
    return Outcome({"csrq": wrong}, [("id_birth_conflict", None)])


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
    name, reason = name_mistakes.half_lost(record.child.name, record.child.sex, dice)
    if dice.roll(4) == 0:
        return Outcome({}, [("name_not_comparable", reason)], register_name=name)
    return Outcome({"xm": name}, [("name_not_comparable", reason)])


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
    "id_format": number_mistyped("id_format"),
    "id_checksum": number_mistyped("id_checksum"),
    "separator_variant": name_variant,
    **second_registrations.MISTAKES,
    **{
        mistake.__name__: mistake
        for mistake in (
            other_child, document_leader, document_same, document_other, student_no_taken, not_registered, superseded, invented,
            name_mistyped, name_heteronym, surname_in_record, surname_in_register, name_changed, strangers_number,
            unlisted_division, residence_permit, foreigner, birth_date_mistyped, sex_mistyped, id_missing, document_number_missing,
            no_document, name_invalid, school_not_listed, school_of_other_unit, stale_record, student_no_check, name_variant,
            name_not_comparable,
        )
    },
}  # fmt: skip
# No usable ID number, or another child's: the student number is a provisional one.
PROVISIONAL = {
    "document_leader", "document_other", "nameless_leader", "other_document", "no_document", "unlisted_division",
    "residence_permit", "foreigner", "document_number_missing", "suspect_nameless_leader",
} | second_registrations.ANOTHERS_SEAT  # fmt: skip
