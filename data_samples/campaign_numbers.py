"""Who of the children without a formal number may be given one, by what is true of them; why the others may not.

A mistake in a record is known from its plan (problems.py), what the campaign has changed from the changes themselves.
"""

from collections import Counter
from unicodedata import normalize

from xueji.checks.code_lists import ID_TYPE
from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_roll import UNKNOWN_SCHOOL, Roll
from xueji.data_samples.name_mistakes import folded

WRONG = {
    "id_missing", "id_format", "id_checksum", "id_region", "id_birth_date", "id_birth_conflict", "id_sex_conflict", "spreadsheet_damage",
}  # fmt: skip
NOBODYS = {"id_format", "id_checksum", "spreadsheet_damage"}  # such a text is no resident's number
RESIDENT = "1"
OTHER_DOCUMENTS = set(ID_TYPE.labels) - {RESIDENT}
MISNAMED = {"id_name_mismatch", "name_not_comparable"}


class Numbers:
    """The children in question, and what is known of each."""

    def __init__(self, roll: Roll, children: list[Child]) -> None:
        self.roll, self.children = roll, children
        self.findings: dict[str, set[str]] = {}
        for number, rule, reason in roll.part.findings().select("student_no", "rule_id", "reason").iter_rows():
            if reason != "division":  # of a right number whose place no table lists: a note
                self.findings.setdefault(number, set()).add(rule)
        self.registered = dict(roll.register().select("身份证件号", "姓名").iter_rows())

    def verdicts(self) -> Counter[str]:
        """How many get a number of which class, and how many none for which reason."""
        numbers = self.numbers_held()
        nameless = self.nameless()
        return Counter(
            self.verdict(child, numbers, nameless)
            for child in self.children
            if child.is_present and (child.student_no[0] not in "GJ" or not self.number(child))
        )

    def number(self, child: Child) -> str | None:
        number = (self.roll.cell(child.place, "sfzjh") or "").strip()
        return number or None

    def document(self, child: Child) -> tuple[str, str] | None:
        """Type and number of the document by which a child is known in another record; none where the text is no number."""
        held, id_type = self.number(child), self.roll.cell(child.place, "sfzjlxm") or ""
        is_nobodys = id_type == RESIDENT and not NOBODYS.isdisjoint(self.findings.get(child.student_no, ()))
        return (id_type, tidy(held)) if held and id_type in ID_TYPE.labels and not is_nobodys else None

    def numbers_held(self) -> Counter[str]:
        """How many records each number is in."""
        return Counter(tidy(number) for child in self.children if child.is_present and (number := self.number(child)))

    def nameless(self) -> Counter[tuple[str | None, ...]]:
        """How many children without a number are alike in name, sex and birth date."""
        return Counter(self.identity(child) for child in self.children if child.is_present and not self.number(child))

    def identity(self, child: Child) -> tuple[str | None, ...]:
        name, sex, birth = (self.roll.cell(child.place, field) for field in ("xm", "xbm", "csrq"))
        return folded(name or ""), sex, (birth or "").replace("-", "")

    def verdict(self, child: Child, numbers: Counter[str], nameless: Counter[tuple[str | None, ...]]) -> str:
        held = self.number(child)
        given = next((item for item in child.items if item.field == "sfzjh" and item.state == "passed"), None)
        # A text that is no type of document says nothing: the number beside it is taken for a resident's, and cannot be checked.
        is_resident = self.roll.cell(child.place, "sfzjlxm") not in OTHER_DOCUMENTS
        has_number = given is not None or (held is not None and is_resident)
        has_receipt = (
            child.is_entered and child.statement == "户籍部门回执" or bool(given and given.evidence == "户籍部门回执")
        )
        has_certificate = child.is_entered and child.statement == "在校证明"
        if child.student_no[0] == "G" or (child.student_no[0] == "J" and not has_number):
            return "formal_number"
        if reason := reason_of_form(child):
            return reason
        if not has_number:
            if has_receipt:
                return "receipt_unverified"
            if nameless[self.identity(child)] > 1 if not held else numbers[tidy(held)] > 1:  # of another document too
                return "duplicate"
            return "J" if has_certificate else "no_certificate"
        if given and tidy(held or "") != given.new:
            return "number_not_shown"
        return self.number_verdict(child, tidy(held or ""), bool(given), has_receipt, numbers)

    def number_verdict(
        self, child: Child, number: str, is_given: bool, has_receipt: bool, numbers: Counter[str]
    ) -> str:
        """Of a number that the registry shows."""
        known = self.findings.get(child.student_no, set())
        birth = (self.roll.cell(child.place, "csrq") or "").replace("-", "")
        changed = {field for field in self.roll.changes.get(child.place, {}) if field in ("xm", "csrq")}
        wrong = known & (
            WRONG - ({"id_missing"} if is_given else set()) - ({"id_birth_conflict"} if "csrq" in changed else set())
        )
        if self.roll.cell(child.place, "sfzjlxm") != RESIDENT or wrong or ("csrq" in changed and number[6:14] != birth):
            return "number_wrong"
        if number not in self.registered:
            return "receipt_unverified" if has_receipt else "not_in_register"
        name = folded(self.roll.cell(child.place, "xm") or "")
        if (known & MISNAMED and "xm" not in changed) or ("xm" in changed and name != folded(self.registered[number])):
            return "name_mismatch"
        return "duplicate" if numbers[number] > 1 else "G"


def reason_of_form(child: Child) -> str | None:
    """Why the form does not yet allow a number."""
    if child.school == UNKNOWN_SCHOOL:
        return "school_unknown"
    if child.is_excluded:
        return "not_in_school" if child.is_out else "open_business"
    if child.is_not_here:
        return "not_here"
    if not child.is_returned:
        return "form_not_back"
    if not child.is_audited:
        return "not_audited"
    return None if child.is_uploaded else "photo_missing"


def tidy(number: str) -> str:
    """A number without what typing has put around and into it: its letters and digits, in their usual width."""
    return "".join(
        character for character in normalize("NFKC", number).upper() if character.isascii() and character.isalnum()
    )
