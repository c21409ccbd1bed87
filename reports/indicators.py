"""Names of the figures in `progress`, the table of every number a bulletin prints.

A count is additive: the nation's is the sum of the units'. Rates, changes and flags are not. One record with two reasons
of one problem type is one count of that type; a record with two types counts under both (例, not 人).
"""

from xueji.checks.model import PROBLEM_TYPES

NATIONAL_CODE = "00"
NATIONAL_NAME = "全国"

PENDING_TYPES = tuple(kind.code for kind in PROBLEM_TYPES.values() if kind.severity == "error")
QUALITY_TYPES = ("MISSING", "INVALID", "STALE")
DUPLICATE_TYPES = ("DUP_ID", "DUP_NSB")
COMPARED_TYPES = ("ERR_NOTFOUND", "ERR_NAME")  # not judged without a population register
FILE_RULES = ("spreadsheet_damage",)  # their findings are files, not records
SCOPES = ("school", "county", "city", "province", "national")

STUDENTS = "students"
STUDENTS_WITH_NUMBER = "students_with_number"
SCHOOLS = "schools"
PENDING_TOTAL = "pending_total"  # open cases: the sum of the types
PENDING_STUDENTS = "pending_students"  # records with at least one open case
# The month's flow: opening + new + reopened - closed = pending_total.
CASES_OPENING = "cases_opening"  # the previous bulletin's pending_total
CASES_NEW = "cases_new"
CASES_REOPENED = "cases_reopened"
CASES_CLOSED = "cases_closed"
FILES = "files"
ROWS_DELIVERED = "rows_delivered"
ROWS_ACCEPTED = "rows_accepted"
ROWS_QUARANTINED = "rows_quarantined"
DELIVERY_ACCEPTED = "delivery_accepted"  # of a unit 0 or 1; of the nation the number of units
DELIVERY_REFUSED = "delivery_refused"
DELIVERY_MISSING = "delivery_missing"
SNAPSHOT_STALE = "snapshot_stale"  # the records in use are of an earlier date than the bulletin's

COMPARED = "compared"  # 1 when a population register or its owner's answers were at hand
STALE_DAYS = "snapshot_stale_days"  # null without a snapshot and for the nation
PREVIOUS_DAYS = "days_since_previous"  # null in the first bulletin


def pending(problem_type: str) -> str:
    return f"pending_{problem_type.lower()}"


def quality(problem_type: str) -> str:
    return f"quality_{problem_type.lower()}"


def problem_count(problem_type: str) -> str:
    """The indicator that counts a problem type's records, whichever class it is of."""
    return quality(problem_type) if problem_type in QUALITY_TYPES else pending(problem_type)


def duplicates_in(problem_type: str, scope: str) -> str:
    return f"{pending(problem_type)}_scope_{scope}"


def rule_count(rule_id: str) -> str:
    return f"rule_{rule_id}"


def note_count(rule_id: str) -> str:
    """Findings for information only: in no total."""
    return f"note_{rule_id}"


def per_10000(indicator: str) -> str:
    return f"{indicator}_per_10000"


def previous(indicator: str) -> str:
    return f"{indicator}_previous"


def change_percent(indicator: str) -> str:
    return f"{indicator}_change_percent"


RATED = (PENDING_TOTAL, *map(pending, PENDING_TYPES), *map(quality, QUALITY_TYPES))
COUNTS = (
    STUDENTS,
    STUDENTS_WITH_NUMBER,
    SCHOOLS,
    *RATED,
    PENDING_STUDENTS,
    *(duplicates_in(kind, scope) for kind in DUPLICATE_TYPES for scope in SCOPES),
    CASES_OPENING,
    CASES_NEW,
    CASES_REOPENED,
    CASES_CLOSED,
    FILES,
    ROWS_DELIVERED,
    ROWS_ACCEPTED,
    ROWS_QUARANTINED,
    DELIVERY_ACCEPTED,
    DELIVERY_REFUSED,
    DELIVERY_MISSING,
    SNAPSHOT_STALE,
)
