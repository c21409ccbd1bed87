"""The tables of the lake: their columns, DuckDB types, order and partitions. One place, for every layer.

A table whose rows belong to a provincial unit is partitioned by `unit_code`. Text columns hold what was delivered or a
normalised form of it, as their names say; a blank cell is null, never an empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One lake table. `columns` maps a column's name to its DuckDB type, in export order."""

    name: str
    columns: dict[str, str]
    partition_by: tuple[str, ...] = ()

    @property
    def empty_sql(self) -> str:
        """A query with the table's columns and no row: what reads see before the table's first commit."""
        columns = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in self.columns.items())
        return f"select {columns} where false"


# Field codes of the live system (domain.md 2.4). Required by the landing contract (design.md 3.1).
REQUIRED_FIELDS = ("xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "bh")
# Known and optional; read when a delivery has them.
OPTIONAL_FIELDS = (
    "csdm", "jg", "mzm", "gjdqm", "gatqwm", "zzmmm", "jkzkm", "xmpy", "cym", "sfzjyxq", "hkszdm", "hkxzm", "tc",
    "xjfh", "bnxh", "rxny", "rxfsm", "jdfsm", "xslym", "xzz", "txdz", "jtzz", "lxdh", "yzbm", "dzxx", "zydz",
    "sfdsznm", "sfsgxqjym", "sflsetm", "sfsqznm", "sfge", "sflshyfzn", "sbjdm", "cjlxm", "sfgmxwm", "sfxsybm",
    "sxxjl", "sxxfsm", "sfczxcm", "jdztm", "sfzx",
)  # fmt: skip
STUDENT_FIELDS = REQUIRED_FIELDS + OPTIONAL_FIELDS

RAW_STUDENTS = Table(
    "raw_students",
    {
        "unit_code": "varchar",
        "delivery_date": "date",
        "file": "varchar",  # path below the unit's folder; members and sheets as students.zip/a.csv, b.xlsx#Sheet1
        **dict.fromkeys(STUDENT_FIELDS, "varchar"),  # as delivered, untrimmed; blank = null
        "other_columns": "varchar",  # JSON object of the columns no template knows, null when there are none
    },
    ("unit_code",),
)
CORE_STUDENTS = Table(
    "core_students",
    {
        "unit_code": "varchar",
        "as_of": "date",  # date of the accepted delivery
        "file": "varchar",
        "record_key": "varchar",  # school_code/student_no, or school_code/md5 of the person's fields without a number
        "content_hash": "bigint",  # of every field that a rule or a list reads
        "school_code": "varchar",
        "student_no": "varchar",
        "name": "varchar",  # as delivered, outer blanks removed
        "name_folded": "varchar",  # for comparison: width, blanks, separators folded
        "sex_code": "varchar",  # 1, 2, null when not in the code list
        "sex_text": "varchar",
        "birth_date": "date",
        "birth_date_text": "varchar",
        "id_type": "varchar",  # code of 身份证件类型, null when not in the code list
        "id_type_text": "varchar",
        "id_number": "varchar",  # normalised
        "id_number_text": "varchar",
        "id_body": "bigint",  # first 17 digits of a well-formed type-1 number
        "id_key": "bigint",  # id_body when form and check character are right and the file is not damaged
        "grade": "integer",  # 1 to 12
        "grade_text": "varchar",
        "class_no": "varchar",
        "enrolled_month": "varchar",  # YYYYMM or as delivered
        "nation_text": "varchar",
        "nationality_text": "varchar",
        "hmt_overseas_text": "varchar",
        "health_text": "varchar",
        "household_type_text": "varchar",
        "admission_text": "varchar",
        "attendance_text": "varchar",
        "is_damaged_file": "boolean",  # a spreadsheet flattened the numbers of this file
        "is_sign_in_name": "boolean",  # the name holds a digit, or a sign that no name has
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
    {"id_key": "bigint", "name": "varchar", "name_folded": "varchar"},
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
}
FINDINGS = Table("findings", FINDING_COLUMNS, ("unit_code",))


# A rule's query gives all but the night. These it takes over from the record it finds.
PART_COLUMNS = {column: kind for column, kind in FINDING_COLUMNS.items() if column != "as_of"}
RECORD_COLUMNS = ("unit_code", "school_code", "student_no", "name", "id_number", "record_key", "grade", "class_no")


def findings_part(name: str) -> Table:
    """A table of the findings of one rule, or of all row rules, before they are united."""
    return Table(name, PART_COLUMNS, ("unit_code",))


def part_columns_sql(values: Mapping[str, str]) -> str:
    """The select list of a findings query: the record's own columns, `values` by column name, null for the rest."""
    given = dict(zip(RECORD_COLUMNS, RECORD_COLUMNS, strict=True)) | dict(values)
    return ", ".join(
        f"{given.get(column, f'cast(null as {kind})')} as {column}" for column, kind in PART_COLUMNS.items()
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
    },
    ("date",),
)
PROGRESS = Table(
    "progress",
    {
        "month": "varchar",  # YYYY-MM
        "level": "varchar",
        "code": "varchar",
        "name": "varchar",
        "indicator": "varchar",
        "value": "double",
        "as_of": "date",
    },
    ("month",),
)

TABLES = {
    table.name: table
    for table in (
        RAW_STUDENTS, CORE_STUDENTS, CORE_SCHOOLS, CORE_POPULATION, IDENTITY_ANSWERS,
        FINDINGS, DELIVERIES, LANDING_CONTRACT, QUARANTINE, SCHOOL_LISTS, PROGRESS,
    )
}  # fmt: skip
