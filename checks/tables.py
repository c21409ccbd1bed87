"""The tables of the lake: their columns, DuckDB types, order and partitions. One place, for every layer.

A table whose rows belong to a provincial unit is partitioned by `unit_code`. Text columns hold what was delivered or a
normalised form of it, as their names say; a blank cell is null, never an empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """One lake table. `columns` maps a column's name to its DuckDB type, in export order.

    `derived` are further columns of those that readers see: SQL text over the stored ones, worked out when they are asked for. Of a
    table that `is_dated` they also see `as_of`, the delivery date that the unit's records stand for.
    """

    name: str
    columns: dict[str, str]
    partition_by: tuple[str, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    is_dated: bool = False

    @property
    def empty_sql(self) -> str:
        """A query with the table's columns and no row: what reads see before the table's first commit."""
        columns = ", ".join(f'cast(null as {kind}) as "{column}"' for column, kind in self.columns.items())
        return self.read_sql(f"(select {columns} where false)")

    def read_sql(self, stored: str) -> str:
        """A query for the table as readers see it, over a query in brackets for its stored columns."""
        columns = [f'cast("{column}" as {kind}) as "{column}"' for column, kind in self.columns.items()]
        columns += [f'{text} as "{column}"' for column, text in self.derived.items()]
        return f"select {', '.join(columns)} from {stored} as stored"


# Field codes of the live system (domain.md 2.4). Required by the landing contract (design.md 3.1).
REQUIRED_FIELDS = ("xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "bh")
# Known and optional; read when a delivery has them.
OPTIONAL_FIELDS = (
    "csdm", "jg", "mzm", "gjdqm", "gatqwm", "zzmmm", "jkzkm", "xmpy", "cym", "sfzjyxq", "hkszdm", "hkxzm", "tc",
    "xjfh", "bnxh", "rxny", "rxfsm", "jdfsm", "xslym", "xzz", "txdz", "jtzz", "lxdh", "yzbm", "dzxx", "zydz",
    "sfdsznm", "sfsgxqjym", "sflsetm", "sfsqznm", "sfge", "sflshyfzn", "sbjdm", "cjlxm", "sfgmxwm", "sfxsybm",
    "sxxjl", "sxxfsm", "sfczxcm", "jdztm", "sfzx",
    "cy1xm", "cy1gxm", "cy1lxdh", "cy1sfzjlxm", "cy1sfzjh", "cy2xm", "cy2gxm", "cy2lxdh", "cy2sfzjlxm", "cy2sfzjh",
)  # fmt: skip
STUDENT_FIELDS = REQUIRED_FIELDS + OPTIONAL_FIELDS

RAW_STUDENTS = Table(
    "raw_students",
    {
        "unit_code": "varchar",
        "delivery_date": "date",  # of the delivery that brought the file; one that comes again unchanged is not taken again
        "file": "varchar",  # path below the unit's folder; members and sheets as students.zip/a.csv, b.xlsx#Sheet1
        **dict.fromkeys(STUDENT_FIELDS, "varchar"),  # as delivered, untrimmed; blank = null
        "other_columns": "varchar",  # JSON object of the columns no template knows, null when there are none
    },
    ("unit_code", "delivery_date", "file"),
)
CORE_COLUMNS = {
    "unit_code": "varchar",
    "content_hash": "bigint",  # of every delivered text that a rule or a list reads
    "damaged_file": "varchar",  # the delivered file, when a spreadsheet flattened its numbers
    "school_code": "varchar",
    "student_no": "varchar",
    "unnumbered_key": "varchar",  # md5 of the person's fields, for records without a student number
    "student_no_key": "bigint",  # hash of unit and student number
    "name": "varchar",  # as delivered, outer blanks removed
    "folded_name": "varchar",  # where folding changes the name: width, blanks, separators
    "is_sign_in_name": "boolean",  # the name holds a digit, or a sign that no name has
    "sex_code": "varchar",  # 1, 2, null when not in the code list
    "birth_date": "date",
    "birth_date_unread": "varchar",  # as delivered, when it is no date
    "id_type": "varchar",  # code of 身份证件类型, null when not in the code list
    "id_number": "varchar",  # normalised
    "id_body": "bigint",  # first 17 digits of a well-formed type-1 number
    "id_key": "bigint",  # id_body when form and check character are right and the file is not damaged
    "id_birth_date": "date",  # digits 7 to 14 of a number with an id_key, null when they are no date
    "is_division_known": "boolean",  # digits 1 to 6 of a number with an id_key are a division, in force or retired
    "pair_key": "bigint",  # hash of id_key and name
    "document_key": "bigint",  # below 0: hash of type and number of another document, null in a damaged file
    "person_key": "bigint",  # hash of name, sex and birth date of a student without any number
    "grade": "integer",  # 1 to 12
    "class_no": "varchar",
    "enrolled_month": "integer",  # YYYYMM
    # As delivered, when it is no month, or in no code list:
    "enrolled_month_unread": "varchar",
    "sex_unlisted": "varchar",
    "id_type_unlisted": "varchar",
    "grade_unlisted": "varchar",
    "nationality_unlisted": "varchar",
    "nation_unlisted": "varchar",
    "hmt_overseas_unlisted": "varchar",
    "health_unlisted": "varchar",
    "household_type_unlisted": "varchar",
    "admission_unlisted": "varchar",
    "attendance_unlisted": "varchar",
    "is_out_of_school": "boolean",  # the registry says that the student does not attend; null: it does not say
    # By which a child may be known again that is registered twice (checks/suspected_duplicate.py):
    "guardian_key": "bigint",  # hash of the document number of family member 1
    "second_guardian_key": "bigint",  # of family member 2
    "phone_key": "bigint",  # hash of the family's telephone number
    "household_division": "integer",  # first six digits of 户口所在地
}
CORE_DERIVED = {
    # school_code/student_no, or school_code/md5 of the person's fields without a number
    "record_key": "coalesce(school_code, '') || '/' || coalesce(student_no, unnumbered_key)",
    "name_folded": "coalesce(folded_name, name)",
    "is_damaged_file": "(damaged_file is not null)",
    "number_key": "coalesce(id_key, document_key)",  # equal for registrations with one document number
}
# Rows come in layers: a unit's base, and a patch for each later delivery. A patch's rows are new records, or withdraw those of
# the same content_hash in earlier layers; `assets/layers.py` reads the table as it stands.
CORE_STUDENTS = Table(
    "core_students",
    CORE_COLUMNS | {"patch_no": "integer", "is_withdrawn": "boolean"},
    ("unit_code",),
    CORE_DERIVED,
)
CORE_READ = Table(
    "core_students", CORE_COLUMNS, ("unit_code",), CORE_DERIVED, is_dated=True
)  # as readers see it, layers put together
# The records that rules on groups and on the register look at: few of core_students, and all that can matter.
GROUP_CANDIDATES = Table("group_candidates", CORE_COLUMNS, ("unit_code",), CORE_DERIVED, is_dated=True)
REGISTER_CANDIDATES = Table("register_candidates", CORE_COLUMNS, ("unit_code",), CORE_DERIVED, is_dated=True)
# Registrations that may be of one child (checks/suspect_blocks.py), and how alike they are: levels by their place in
# checks/suspect_levels.py, null where a side says nothing. Kept from night to night; the hashes are content_hash of core_students.
SUSPECT_CANDIDATES = Table(
    "suspect_candidates",
    {
        "l_hash": "bigint",  # the smaller of the two
        "r_hash": "bigint",
        "l_unit_code": "varchar",
        "l_sex_code": "varchar",
        "name_key": "bigint",  # hash of the name they share, or of its sound; null when they share neither
        "name_level": "integer",
        "birth_level": "integer",
        "sex_level": "integer",
        "place_level": "integer",
        "household_level": "integer",
        "family_level": "integer",
        "number_level": "integer",
    },
)
# The pairs that are not clearly two children, with the weight of each field's evidence in bits (checks/suspect_model.py).
SUSPECT_PAIRS = Table(
    "suspect_pairs",
    {
        "l_unit_code": "varchar",
        "l_record_key": "varchar",
        "r_unit_code": "varchar",
        "r_record_key": "varchar",
        "probability": "double",  # that they are of one child
        "is_suspected": "boolean",
        "evidence": "varchar",  # Chinese: what they agree in, the heaviest first
        "name_weight": "double",
        "birth_weight": "double",
        "sex_weight": "double",
        "home_weight": "double",
        "family_weight": "double",
        "number_weight": "double",
    },
    ("l_unit_code",),
)
# The groups of registrations suspected to be of one child each; a group keeps its key while any of its members stays.
SUSPECT_GROUPS = Table(
    "suspect_groups",
    {
        "group_key": "varchar",
        "unit_code": "varchar",
        "record_key": "varchar",
        "first_seen": "date",  # night on which the group was first suspected
    },
)
SNAPSHOTS = Table(
    "snapshots",
    {
        "unit_code": "varchar",
        "as_of": "date",  # of the delivery that the unit's core rows stand for
        "source": "varchar",  # digest of the raw files they were made from
        "edition": "varchar",  # digest of how they were made
    },
)
# What the landing contract adds up over a unit's files.
PROFILE_COUNTS = (
    "row_count",
    *(f"{name}_blank_count" for name in REQUIRED_FIELDS),
    *(f"{name}_{kind}_count" for name in ("xbm", "sfzjlxm", "nj") for kind in ("given", "known")),
    "number_count",  # of type 1
    "zero_ending_count",
    "scientific_count",
)
FILE_PROFILES = Table(
    "file_profiles",
    {
        "unit_code": "varchar",
        "file": "varchar",
        "sha256": "varchar",  # of the delivered file
        **dict.fromkeys(PROFILE_COUNTS, "bigint"),
    },
    ("unit_code",),
)
CORE_SCHOOLS = Table(
    "core_schools",
    {
        "school_code": "varchar",
        "school_name": "varchar",
        "school_type": "varchar",
        "unit_code": "varchar",  # digits 3-4 of the school code
        "county_code": "varchar",  # six digits
        "city_code": "varchar",  # null where no city stands between county and province
        "authority_code": "varchar",
        "authority_level": "varchar",  # province, city, county
    },
)
CORE_POPULATION = Table(
    "core_population",
    {
        "file": "varchar",  # below population/
        "id_key": "bigint",
        "name": "varchar",
        "folded_name": "varchar",  # where folding changes the name
        "pair_key": "bigint",  # hash of id_key and name, as in core_students
    },
    ("file",),
    {"name_folded": "coalesce(folded_name, name)"},
)
IDENTITY_ANSWERS = Table(
    "identity_answers",
    {
        "answered_on": "date",  # date of the delivery that brought the answer
        "id_key": "bigint",
        "name_folded": "varchar",
        "answer": "varchar",  # 一致, 不存在, 姓名不匹配
    },
    ("answered_on",),
)
FINDING_COLUMNS = {
    "as_of": "date",  # the night of the check
    "problem_type": "varchar",
    "rule_id": "varchar",
    "reason": "varchar",
    "severity": "varchar",
    "unit_code": "varchar",
    "school_code": "varchar",
    "student_no": "varchar",
    "name": "varchar",
    "id_number": "varchar",
    "group_key": "varchar",
    "scope": "varchar",
    "detail": "varchar",
    "record_key": "varchar",
    "grade": "integer",
    "class_no": "varchar",
    "file": "varchar",
    "is_out_of_school": "boolean",
}
FINDINGS = Table("findings", FINDING_COLUMNS, ("unit_code",))
# What is wrong with each number that id_format or id_checksum found, and which number it was meant for (checks/number_autopsy.py).
NUMBER_AUTOPSIES = Table(
    "number_autopsies",
    {
        "unit_code": "varchar",
        "record_key": "varchar",
        "content_hash": "bigint",
        "rule_id": "varchar",
        "id_number": "varchar",  # as it stands, normalised
        "component": "varchar",  # checks/number_autopsy_words.py
        "component_places": "varchar",  # of the component in the number as it stands, from 1: 12, 11-12, 3,5; null: nothing narrower
        "student_no_places": "varchar",  # where a G student number made from nearly the same number has other characters
        "slip": "varchar",  # of the one repair (checks/number_slips.py); null when there is none or several
        "places": "varchar",  # of the slip; where a character was lost, in the number meant
        "repairs": "integer",  # numbers one slip away that stand in the register under this name and agree with birth date and sex
        "repaired_key": "bigint",  # id_key of the one repair
        "repaired_number": "varchar",  # in full; no list shows it unmasked
    },
    ("unit_code",),
)


# A rule's query gives all but the night, and for rules that judge a record by itself the record's content_hash. The record's own
# columns it takes over from the record it finds.
PART_COLUMNS = {column: kind for column, kind in FINDING_COLUMNS.items() if column != "as_of"} | {
    "content_hash": "bigint"
}
RECORD_COLUMNS = (
    "unit_code", "school_code", "student_no", "name", "id_number", "record_key", "grade", "class_no", "content_hash",
    "is_out_of_school",
)  # fmt: skip


def findings_part(name: str) -> Table:
    """A table of the findings of one rule, or of all row rules, before they are united."""
    return Table(name, PART_COLUMNS, ("unit_code",))


def part_columns_sql(values: Mapping[str, str | None]) -> str:
    """The select list of a findings query: the record's own columns, `values` by column name, null for the rest."""
    given = dict(zip(RECORD_COLUMNS, RECORD_COLUMNS, strict=True)) | dict(values)
    return ", ".join(
        f"{given.get(column) or f'cast(null as {kind})'} as {column}" for column, kind in PART_COLUMNS.items()
    )


DELIVERIES = Table(
    "deliveries",
    {
        "date": "date",
        "unit_code": "varchar",  # 00 for what belongs to no unit: schools, population
        "kind": "varchar",  # students, schools, population
        "file": "varchar",
        "sha256": "varchar",
        "rows_delivered": "bigint",
        "rows_accepted": "bigint",
        "rows_quarantined": "bigint",
        "verdict": "varchar",  # accepted, refused, missing
        "reason": "varchar",  # Chinese
        "format": "varchar",
        "encoding": "varchar",
        "dialect": "varchar",
        "unknown_columns": "varchar",
        "missing_columns": "varchar",
        "snapshot_date": "date",  # date of the unit's snapshot in use after this night; null when it has none
    },
    ("date",),
)
LANDING_CONTRACT = Table(
    "landing_contract",
    {
        "date": "date",
        "unit_code": "varchar",
        "expectation": "varchar",
        "statement": "varchar",  # Chinese, what is expected
        "observed": "double",
        "passed": "boolean",
        "is_blocking": "boolean",
    },
    ("date",),
)
SCHOOL_LISTS = Table(
    "school_lists",
    {
        "date": "date",  # night on which this edition was written
        "unit_code": "varchar",
        "county_code": "varchar",  # unknown when the school is not in the school table
        "school_code": "varchar",
        "school_name": "varchar",
        "file": "varchar",  # path below HOME
        "errors": "bigint",
        "warnings": "bigint",
        "content_hash": "varchar",  # of what the list says, without its date
        "sha256": "varchar",  # of the workbook
    },
    ("date",),
)
QUARANTINE = Table(
    "quarantine",
    {
        "date": "date",
        "unit_code": "varchar",
        "file": "varchar",
        "row": "bigint",
        "column": "varchar",
        "value": "varchar",
        "reason": "varchar",  # Chinese
        "raw": "varchar",
        "kind": "varchar",  # as in deliveries
        "rule_id": "varchar",  # of a row sent back: the rule of checks/return_rules.py; null for deliveries of records
    },
    ("date",),
)
# The ledger of problem records (docs/cases.md). One row a record and problem type, open or closed.
CASES = Table(
    "cases",
    {
        "case_no": "varchar",  # XJ44-261120-000123: unit, night of opening, number of that night
        "problem_type": "varchar",
        "state": "varchar",  # checks/case_states.py
        "unit_code": "varchar",
        "county_code": "varchar",  # null when the school is not in the school table
        "school_code": "varchar",
        "student_no": "varchar",
        "name": "varchar",
        "id_number": "varchar",
        "group_key": "varchar",  # of the matter, duplicates only
        "scope": "varchar",
        "first_seen": "date",  # night on which it was opened
        "last_seen": "date",  # last night on which its finding stood
        "due_date": "date",  # of the present step; of a case closed by 删除 or 变更: by when the registry must show it
        "disposition": "varchar",  # 删除, 佐证, 变更: the answer being handled, or the one that settled it
        "closed_on": "date",  # null while open
        "reasons": "varchar",  # rule_id or rule_id:reason, comma separated, ordered
        "record_key": "varchar",
        "grade": "integer",
        "class_no": "varchar",
        "is_out_of_school": "boolean",  # the registry says that the student does not attend; null: it does not say
        "settle_by": "date",  # 30 June for all
        "entered_on": "date",  # night on which it came into its state
        "turn": "integer",  # grows with every move and every change of what was compared: an answer names the turn it answers
        "compared": "varchar",  # digest of the values that the finding compared
        "authority_level": "varchar",  # who audits: county, city, province
        "authority_code": "varchar",  # six digits; two for a province
        "arbiter_level": "varchar",  # lowest office above all parties of the matter, ministry for all of several units; null for others
        "arbiter_code": "varchar",
        "is_attested": "boolean",  # a 佐证 has passed the audit and stands
        "new_name": "varchar",  # of a 变更
        "new_id_number": "varchar",
        "new_sex_code": "varchar",
        "new_birth_date": "date",
        "answered_on": "date",  # night on which the answer being handled was taken
        "answer_note": "varchar",  # what the school wrote beside it
        "remark": "varchar",  # Chinese: why it came back, or what was said last; printed in the next list
        "is_with_police": "boolean",  # the authority has asked the police
    },
    ("unit_code",),
)
CASE_EVENTS = Table(
    "case_events",
    {
        "case_no": "varchar",
        "at": "date",  # night
        "event": "varchar",  # of checks/case_states.py
        "from_state": "varchar",
        "to_state": "varchar",
        "actor_level": "varchar",  # school, county, city, province, ministry, system
        "source": "varchar",  # file and row of an answer; null for what the night itself found
        "note": "varchar",  # Chinese, no personal values
        "unit_code": "varchar",
        "problem_type": "varchar",
        "place": "integer",  # order of the night's events of one case
    },
    ("at",),
)
# What schools and authorities sent back, one row an accepted answer.
ANSWERS = Table(
    "answers",
    {
        "date": "date",  # night on which it was taken
        "unit_code": "varchar",  # of the case
        "kind": "varchar",  # returns, audits, arbitration
        "form": "varchar",  # list, review, sheet, verdict, issue (reports/return_forms.py)
        "sender": "varchar",  # school code, or code of the office
        "file": "varchar",  # below the landing folder
        "sha256": "varchar",
        "row": "bigint",
        "case_no": "varchar",
        "turn": "integer",
        "answer": "varchar",
        "audit": "varchar",  # of a school's answer: who has to pass it, in order: authority, or province,ministry; empty: nobody
        "new_name": "varchar",
        "new_id_number": "varchar",
        "new_sex_code": "varchar",
        "new_birth_date": "date",
        "note": "varchar",
        "signed_by": "varchar",  # who decided, as written
        "evidence_count": "integer",
    },
    ("date",),
)
# Scans that came with answers; the files lie under HOME/evidence by their sha256.
EVIDENCE = Table(
    "evidence",
    {
        "date": "date",
        "unit_code": "varchar",
        "case_no": "varchar",
        "turn": "integer",
        "kind": "varchar",  # checks/evidence.py
        "file": "varchar",  # return file/member
        "sha256": "varchar",
        "media_type": "varchar",  # application/pdf, image/jpeg, image/png
        "bytes": "bigint",
        "modified_at": "varchar",  # as the archive says, YYYY-MM-DDTHH:MM:SS; null when it does not
    },
    ("date",),
)
# The corrected records of 变更, checked like any other (assets/change_checks.py): one row a case and night.
CHANGE_CHECKS = Table(
    "change_checks",
    {
        "date": "date",
        "case_no": "varchar",
        "turn": "integer",
        "outcome": "varchar",  # clean, other (a new problem), same (the old one again), waiting (no register to compare with)
        "rule_ids": "varchar",  # broken rules, comma separated
        "note": "varchar",  # Chinese, no personal values
    },
    ("date",),
)
# Workbooks for authorities, as school_lists for schools: only those that say something new are written.
OFFICE_LISTS = Table(
    "office_lists",
    {
        "date": "date",
        "unit_code": "varchar",  # 00: the ministry
        "office_code": "varchar",
        "form": "varchar",
        "file": "varchar",
        "rows": "bigint",
        "content_hash": "varchar",
        "sha256": "varchar",
    },
    ("date",),
)
# What the ministry should look into (教基一厅〔2015〕2号: 弄虚作假): reasons, never verdicts. No personal values.
INTEGRITY_SIGNALS = Table(
    "integrity_signals",
    {
        "as_of": "date",
        "signal": "varchar",  # checks/integrity_signals.py
        "unit_code": "varchar",
        "county_code": "varchar",
        "school_code": "varchar",
        "subject": "varchar",  # case numbers, comma separated, or an office
        "amount": "bigint",
        "reason": "varchar",  # Chinese
    },
)
# Chance among students equal in name, sex and birth date (checks/expected_coincidences.py), counted anew when a unit has changed
# enough: the names that several students of a sex have, and what of each region is needed to foresee its pairs.
NAME_COUNTS = Table(
    "name_counts",
    {
        "unit_code": "varchar",
        "sex_code": "varchar",
        "name_key": "bigint",  # hash of the folded name
        "students": "integer",  # 2 or more
    },
    ("unit_code",),
)
COINCIDENCE_COUNTS = Table(
    "coincidence_counts",
    {
        "unit_code": "varchar",
        "as_of": "date",  # night on which the unit was counted
        "level": "varchar",  # province, city, county
        "code": "varchar",
        "population": "varchar",  # without_number, all
        "sex_code": "varchar",
        "students": "bigint",  # of the region, population and sex
        "found": "bigint",  # pairs equal in name, sex and birth date
        "same_name": "double",  # chance that two students of the unit and sex share a name
        "same_date": "double",  # a birth date
        "discount": "double",  # of namesakes counted, how many fewer there will be among others
        "students_of_sex": "bigint",  # of the unit, by whom the chances were counted
    },
    ("unit_code",),
)
EXPECTED_COINCIDENCES = Table(
    "expected_coincidences",
    {
        "as_of": "date",
        "level": "varchar",  # national, province, city, county
        "code": "varchar",  # 00, two digits, six digits
        "population": "varchar",  # without_number, all
        "students": "bigint",  # considered: name, sex and birth date are known
        "expected": "double",  # pairs inside one unit that chance foresees
        "low": "bigint",  # of 95 outcomes of chance in 100
        "high": "bigint",
        "found": "bigint",
        "is_beyond_chance": "boolean",  # found is above high
    },
)
COINCIDENCE_GROUPS = Table(
    "coincidence_groups",
    {
        "unit_code": "varchar",
        "group_key": "varchar",  # of a group of duplicate_name_sex_birth
        "namesakes": "integer",  # the unit's students of the same name and sex
        "expected": "double",  # pairs of this name and sex that chance foresees among the unit's students without number
        "found": "integer",  # pairs of this name and sex
        "unlikely": "double",  # -log10 of the chance of that many pairs or more
        "chance": "double",  # share of such pairs that are chance, 0 to 1
        "sentence": "varchar",  # likely, possible, unlikely
    },
    ("unit_code",),
)
# Who of a duplicate group is probably right (checks/suggested_holder.py): a suggestion, never a decision. The ledger does not read it.
PARTY_SIGHTS = Table(
    "party_sights",
    {
        "unit_code": "varchar",
        "record_key": "varchar",
        "content_hash": "bigint",  # of the record when last seen
        "first_seen": "date",  # night on which it was first a party of a duplicate
        "last_seen": "date",
        "came_on": "date",  # night on which the record was new in the registry; null when it was there before anyone looked
        "changed_on": "date",  # last night on which it had changed; null when it never did
    },
    ("unit_code",),
)
SUGGESTED_HOLDERS = Table(
    "suggested_holders",
    {
        "unit_code": "varchar",
        "group_key": "varchar",
        "record_key": "varchar",
        "points": "integer",
        "evidence": "varchar",  # codes that tell the parties apart, comma separated; null without any
        "is_suggested": "boolean",  # the group's one party that leads clearly
        "has_suggestion": "boolean",  # one of the group's parties does
        "question": "varchar",  # what the suggestion is about: number, record
    },
    ("unit_code",),
)
PROGRESS = Table(
    "progress",
    {
        "month": "varchar",  # YYYY-MM
        "level": "varchar",  # national, province, city, county, school
        "code": "varchar",  # 00; of a unit two digits, of a city or county six, of a school ten
        "name": "varchar",
        "indicator": "varchar",  # reports/indicators.py
        "value": "double",
        "as_of": "date",  # the night the figure tells of
        "parent_code": "varchar",  # of the area this one is a part of; null for the nation
        "mark": "varchar",  # printed in the figure's place: <5, or * where it would give another away; null where the figure is printed
        "query": "varchar",  # name and digest of the query that counted it
        "versions": "varchar",  # of the lake's tables it was counted from: cases 12, core_students 8
    },
    ("month",),
)
# What a bulletin has that was issued by hand: number, day and office of its issue.
BULLETIN_ISSUES = Table(
    "bulletin_issues",
    {
        "month": "varchar",
        "code": "varchar",  # of the area
        "document_number": "varchar",
        "issued_on": "date",
        "issuer": "varchar",
    },
)

TABLES = {
    table.name: table
    for table in (
        RAW_STUDENTS, FILE_PROFILES, SNAPSHOTS, CORE_STUDENTS, GROUP_CANDIDATES, REGISTER_CANDIDATES, SUSPECT_CANDIDATES, SUSPECT_PAIRS, SUSPECT_GROUPS, CORE_SCHOOLS, CORE_POPULATION, IDENTITY_ANSWERS,
        FINDINGS, NUMBER_AUTOPSIES, DELIVERIES, LANDING_CONTRACT, QUARANTINE, ANSWERS, EVIDENCE, CHANGE_CHECKS, CASES, CASE_EVENTS, SCHOOL_LISTS, OFFICE_LISTS,
        INTEGRITY_SIGNALS, NAME_COUNTS, COINCIDENCE_COUNTS, EXPECTED_COINCIDENCES, COINCIDENCE_GROUPS, PARTY_SIGHTS,
        SUGGESTED_HOLDERS, PROGRESS, BULLETIN_ISSUES,
    )
}  # fmt: skip
