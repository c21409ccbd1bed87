"""Names of the figures in `progress`, the table of every number a bulletin prints.

A count is additive: an area's is the sum of its parts'. Shares, rates, changes and flags are not. One record with two reasons of
one problem type is one count of that type; a record with two types counts under both (例, not 人). What each figure means, for
readers, stands in `indicator_register.py`.
"""

from xueji.checks.model import PROBLEM_TYPES

NATIONAL_CODE = "00"
NATIONAL_NAME = "全国"
LEVELS = ("national", "province", "city", "county", "school")  # every area's parts are of a later level
UNIT_LEVELS = LEVELS[:2]  # that deliveries, rules, scopes and flow by type are told of

PENDING_TYPES = tuple(kind.code for kind in PROBLEM_TYPES.values() if kind.severity == "error")
QUALITY_TYPES = ("MISSING", "INVALID", "STALE")
COMPARED_TYPES = ("ERR_NOTFOUND", "ERR_NAME")  # not judged without a population register
FILE_RULES = ("spreadsheet_damage",)  # their findings are files, not records
SCOPES = ("school", "county", "city", "province", "national")

# What there is.
STUDENTS = "students"
STUDENTS_WITH_NUMBER = "students_with_number"
SCHOOLS = "schools"
SCHOOLS_WITH_STUDENTS = "schools_with_students"

# Open cases.
PENDING_TOTAL = "pending_total"  # the sum of the types
PENDING_REPORTED = "pending_reported"  # without DUP_NSB, which the national bulletin leaves out
PENDING_STUDENTS = "pending_students"  # records with at least one open case

# What came and went since the previous bulletin: opening + new + reopened - closed = pending_total.
CASES_OPENING = "cases_opening"  # open on the previous bulletin's day, as the ledger now tells it
CASES_NEW = "cases_new"
CASES_REOPENED = "cases_reopened"
CASES_CLOSED = "cases_closed"
DISPOSITIONS = ("delete", "attest", "change", "cleared")  # 删除, 佐证, 变更, 已消除

AGES = ("10", "30", "60", "older")  # working days since a case was opened: up to 10, 30, 60, more
OFFICES = ("county", "city", "province", "ministry")  # that audit and send back
ACTORS = ("school", *OFFICES, "system")  # that have to act
RETURNED_TOTAL = "returned_total"
OVERDUE_TOTAL = "overdue_total"
AUDITS_WAITING = "audits_waiting"
AUDITS_OVERDUE = "audits_overdue"  # of those waiting, past their ten working days
AUDITS_DONE = "audits_done"  # passed or sent back since the previous bulletin

# Deliveries, of the nation and its units.
FILES = "files"
ROWS_DELIVERED = "rows_delivered"
ROWS_ACCEPTED = "rows_accepted"
ROWS_QUARANTINED = "rows_quarantined"
DELIVERY_ACCEPTED = "delivery_accepted"  # of a unit 0 or 1; of the nation the number of units
DELIVERY_REFUSED = "delivery_refused"
DELIVERY_MISSING = "delivery_missing"
SNAPSHOT_STALE = "snapshot_stale"  # the records in use are of an earlier date than the bulletin's
STALE_DAYS = "snapshot_stale_days"  # null without a snapshot and for the nation
COMPARED = "compared"  # 1 when a population register or its owner's answers were at hand

# Of the nation: what changes and forecasts are told over.
PREVIOUS_DAYS = "days_since_previous"  # calendar days; null in the first bulletin
WORKING_DAYS_PASSED = "working_days_passed"  # since the previous bulletin; null in the first
WORKING_DAYS_LEFT = "working_days_left"  # to the next 30 June

# Shares in percent.
COMPLETION_PERCENT = "completion_percent"  # closed of closed and pending
AUDIT_COMPLETION_PERCENT = "audit_completion_percent"  # done of done and waiting
COVERAGE_PERCENT = "coverage_percent"  # schools with students of all schools
COMPLETENESS_PERCENT = "completeness_percent"  # students without a missing item
VALIDITY_PERCENT = "validity_percent"  # without a wrong item
TIMELINESS_PERCENT = "timeliness_percent"  # without an item that should have moved on
IDENTITY_PERCENT = "identity_percent"  # without a pending problem record
QUALITY_INDEX = "quality_index"  # coverage times the mean of the four above, 0 to 100
QUALITY_CLASS = "quality_class"  # 1 优, 2 良, 3 中, 4 待提升
QUALITY_PARTS = (COMPLETENESS_PERCENT, VALIDITY_PERCENT, TIMELINESS_PERCENT, IDENTITY_PERCENT)
QUALITY_BOUNDS = (99.0, 97.0, 95.0)  # least index of classes 1, 2, 3

# Forecast to the next 30 June at the pace of closing since the previous bulletin. Null without a previous bulletin.
CLOSED_PER_DAY = "closed_per_working_day"
FORECAST_DAYS = "forecast_working_days"  # needed for what is pending; null when nothing is being closed
FORECAST_LEFT = "forecast_left"  # of what is pending, still so on 30 June; of every area at its own pace
COUNTIES = "counties"  # with records
COUNTIES_MISSING = "counties_missing"  # of these, those with something left on 30 June


def pending(problem_type: str) -> str:
    return f"pending_{problem_type.lower()}"


def quality(problem_type: str) -> str:
    return f"quality_{problem_type.lower()}"


def opening(problem_type: str) -> str:
    """Of one type, as `CASES_OPENING`."""
    return f"{CASES_OPENING}_{problem_type.lower()}"


def entered(problem_type: str) -> str:
    """New and reopened cases of one type: opening + entered - closed = pending."""
    return f"cases_entered_{problem_type.lower()}"


def closed(problem_type: str) -> str:
    return f"{CASES_CLOSED}_{problem_type.lower()}"


def closed_by(disposition: str) -> str:
    return f"closed_by_{disposition}"


def returned_by(office: str) -> str:
    return f"returned_by_{office}"


def overdue_at(actor: str) -> str:
    return f"overdue_at_{actor}"


def pending_aged(age: str) -> str:
    return f"pending_age_{age}"


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


def per_10000_low(indicator: str) -> str:
    """Lower bound of the 95 % interval of `per_10000`."""
    return f"{indicator}_per_10000_low"


def per_10000_high(indicator: str) -> str:
    return f"{indicator}_per_10000_high"


def change_percent(indicator: str) -> str:
    """Change against the previous bulletin."""
    return f"{indicator}_change_percent"


def restated(month: str, indicator: str) -> str:
    """An earlier month's figure as the ledger now tells it, where that differs from what the month's bulletin printed."""
    return f"restated_{month}_{indicator}"


RATED = (PENDING_TOTAL, *map(pending, PENDING_TYPES), *map(quality, QUALITY_TYPES))
COMPARED_WITH_PREVIOUS = (*RATED, PENDING_REPORTED)
RATE_MIN_STUDENTS = 1000  # no rate, share, index or forecast is told of fewer students

POPULATION = (STUDENTS, STUDENTS_WITH_NUMBER, SCHOOLS, SCHOOLS_WITH_STUDENTS)
PROBLEMS = (*RATED, PENDING_STUDENTS)
FLOW = (CASES_OPENING, CASES_NEW, CASES_REOPENED, CASES_CLOSED, *map(closed_by, DISPOSITIONS))
FLOW_BY_TYPE = tuple(name(kind) for name in (opening, entered, closed) for kind in PENDING_TYPES)
WAITING = (
    *map(pending_aged, AGES), *map(overdue_at, ACTORS), OVERDUE_TOTAL, AUDITS_WAITING, AUDITS_OVERDUE,
)  # fmt: skip
AUDITS = (AUDITS_DONE, *map(returned_by, OFFICES), RETURNED_TOTAL)
# Additive, at every level down to the county.
COUNTS = (*POPULATION, *PROBLEMS, *FLOW, *WAITING, *AUDITS)
# By type, cases that came and went are counted everywhere, for the sums, and told of nation and units alone: of a county they are so
# few that most of what is told beside them would have to be withheld. So would it with those of DUP_NSB anywhere.
FLOW_TYPES = tuple(kind for kind in PENDING_TYPES if kind != "DUP_NSB")
UNTOLD = tuple(name("DUP_NSB") for name in (opening, entered, closed))
# Of schools only these, in the county's summary.
SCHOOL_COUNTS = (STUDENTS, PENDING_TOTAL, CASES_CLOSED, OVERDUE_TOTAL)
# Additive, of the nation and its units alone; the counts of rules (`rule_…`) with them. Those of notes (`note_…`) are the nation's.
DUPLICATE_SCOPES = tuple(duplicates_in("DUP_ID", scope) for scope in SCOPES)
DELIVERIES = (
    FILES, ROWS_DELIVERED, ROWS_ACCEPTED, ROWS_QUARANTINED, DELIVERY_ACCEPTED, DELIVERY_REFUSED, DELIVERY_MISSING, SNAPSHOT_STALE,
)  # fmt: skip
UNIT_COUNTS = (*DUPLICATE_SCOPES, *DELIVERIES)
# Counts that name nobody: printed whatever their size.
OPEN_COUNTS = (*POPULATION, *DELIVERIES, COUNTIES, COUNTIES_MISSING)


def is_told(level: str, indicator: str) -> bool:
    """Whether a count stands in `progress`; the others are counted for the sums alone."""
    return indicator not in FLOW_BY_TYPE or (level in UNIT_LEVELS and indicator not in UNTOLD)


# Which counts a derived figure would give away: it is withheld with any of them.
DERIVED_FROM = {
    **{per_10000(name): (name,) for name in RATED},
    per_10000_low(PENDING_TOTAL): (PENDING_TOTAL,),
    per_10000_high(PENDING_TOTAL): (PENDING_TOTAL,),
    COMPLETION_PERCENT: (CASES_CLOSED, PENDING_TOTAL),
    AUDIT_COMPLETION_PERCENT: (AUDITS_DONE, AUDITS_WAITING),
    COMPLETENESS_PERCENT: (quality("MISSING"),),
    VALIDITY_PERCENT: (quality("INVALID"),),
    TIMELINESS_PERCENT: (quality("STALE"),),
    IDENTITY_PERCENT: (PENDING_STUDENTS,),
    QUALITY_INDEX: (*map(quality, QUALITY_TYPES), PENDING_STUDENTS),
    QUALITY_CLASS: (*map(quality, QUALITY_TYPES), PENDING_STUDENTS),
    CLOSED_PER_DAY: (CASES_CLOSED,),
    FORECAST_DAYS: (CASES_CLOSED, PENDING_TOTAL),
    FORECAST_LEFT: (CASES_CLOSED, PENDING_TOTAL),
}
# A change is withheld with its figure of either month.
