"""How often each problem occurs."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Rates:
    """Shares of the students who show a problem on the first delivery date, unless a line says otherwise.

    The defaults follow the national figures of August 2015 (pending problem records per student): duplicates 0.34 %, number not
    found 0.11 %, name mismatch 0.34 %. A mistake can have more than one consequence: a child under another child's number is a
    party of a duplicate, and its name, birth date and sex may disagree with the number too.
    """

    duplicate_id: float = 0.0033
    """Records with an ID number that another record has as well; all parties count."""
    duplicate_document: float = 0.00005
    """The same for other document types."""
    duplicate_name_sex_birth: float = 0.00008
    """Records without a number that agree in name, sex and birth date with another of their unit."""
    duplicate_across_units: float = 0.00002
    """The same between units, which is a note only."""
    suspected_duplicate: float = 0.0012
    """Registrations of children who are registered again under another number, a mistyped one or none; all parties count."""
    id_not_found: float = 0.0009
    """Numbers that the register lacks: not registered, superseded by a new number, or invented."""
    id_name_mismatch: float = 0.0028
    """Names that differ from the register's: mistyped, changed, or the number of someone outside school."""
    id_format: float = 0.0004
    """Numbers that are not seventeen digits and a digit or X: letters for digits, a lost digit, the old fifteen digits."""
    id_checksum: float = 0.0005
    """Numbers with a mistyped digit or two neighbours swapped."""
    id_region: float = 0.00004
    """Numbers that begin with the code of no province."""
    id_region_division: float = 0.0002
    """Right numbers whose six-digit code no table lists; a note."""
    id_birth_date: float = 0.00008
    """Numbers with an impossible birth date, or a parent's or an infant's number."""
    id_birth_conflict: float = 0.0002
    """Recorded birth dates that differ from the number's."""
    id_sex_conflict: float = 0.00015
    """Recorded sexes that differ from the number's."""
    id_missing: float = 0.0025
    """Document type 1 without a number."""
    required_missing: float = 0.001
    """Another required column left empty."""
    code_invalid: float = 0.001
    """Values that are in no code list."""
    date_invalid: float = 0.0005
    """Birth dates or enrolment months that are none."""
    name_invalid: float = 0.0004
    """Names that are none: one character, digits and signs, placeholders, far too long."""
    school_unknown: float = 0.0002
    """School codes that are not in the school table, or belong to another unit."""
    stale_record: float = 0.003
    """Students left in last year's grade."""
    student_no_duplicate: float = 0.0002
    """Records under another record's 学籍号; all parties count."""
    student_no_check: float = 0.0002
    """J numbers of the wrong form or with a wrong check character."""
    name_variant: float = 0.002
    """Names equal to the register's but for width, separator or variant form; a note."""
    name_not_comparable: float = 0.0005
    """Names in which a character was lost; a note."""
    spreadsheet_damage: float = 0.03125
    """Share of the units with one file whose numbers a spreadsheet has flattened."""
    other_document: float = 0.003
    """Students with a document other than the ID card. No problem."""
    no_document: float = 0.0003
    """Students of type 其他, without any number. No problem."""
    residence_permit: float = 0.0003
    """Numbers of residence permits (81, 82, 83) and of foreigners' permanent residence (9…). No problem."""
    harmless_typing: float = 0.005
    """Right numbers written with a small x, in full width, with blanks or an apostrophe; names with outer blanks. No problem."""
    broken_rows: float = 0.5
    """Share of the text files with one or two rows that cannot be read; in mixed deliveries only."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise ValueError(f"rate {field.name} is {value}, expected a share from 0 to 1")
