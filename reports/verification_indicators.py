"""Names of the figures of data-quality verification: counts of students' confirmation forms in a place on a day, and what follows from them.

All counts but the first two are of students who are due (`core_forms.is_due`); each later step is a part of the one it follows, except that
the photo needs nothing but the printed form. Items are changes entered from forms of students who are due. What each figure means, for
readers, stands in `verification_definitions.py`.
"""

STUDENTS = "forms_students"  # in the registry: due and excluded
EXCLUDED = "forms_excluded"  # not in school, or business open
DUE = "forms_due"
PRINTED = "forms_printed"
ISSUED = "forms_issued"  # 下发
RETURNED = "forms_returned"  # 回收
ENTERED = "forms_entered"  # 录入
AUDITED = "forms_audited"  # 审核
UPLOADED = "forms_uploaded"  # 拍照上传: the notice's important indicator
ARCHIVED = "forms_archived"  # 归档
NOT_HERE = "forms_not_here"  # 查无此人
RIGHT_FIRST_TIME = "forms_right_first_time"  # of the audited
KEY_CHANGES = "form_key_changes"  # items
OTHER_CHANGES = "form_other_changes"
AUDITS_PENDING = "form_audits_pending"
SENT_BACK = "form_items_sent_back"

COUNTS = (
    STUDENTS, EXCLUDED, DUE, PRINTED, ISSUED, RETURNED, ENTERED, AUDITED, UPLOADED, ARCHIVED, NOT_HERE, RIGHT_FIRST_TIME, KEY_CHANGES,
    OTHER_CHANGES, AUDITS_PENDING, SENT_BACK,
)  # fmt: skip
STEPS = (PRINTED, ISSUED, RETURNED, ENTERED, AUDITED, UPLOADED, ARCHIVED)
# The first is a part of the second, in every place.
PARTS_OF = (
    (PRINTED, DUE), (ISSUED, PRINTED), (RETURNED, ISSUED), (ENTERED, RETURNED), (AUDITED, ENTERED), (UPLOADED, PRINTED),
    (ARCHIVED, UPLOADED), (ARCHIVED, AUDITED), (NOT_HERE, ISSUED), (RIGHT_FIRST_TIME, AUDITED),
)  # fmt: skip

# Time: calendar days unless their name says otherwise. None where a place has no window.
OPEN_DAYS = "forms_open_days"  # since the first window opened; 0 on that day
DAYS_LEFT = "forms_days_left"  # to the last day of the entry windows; less than 0 when they are closed
WORKING_DAYS_LEFT = "forms_working_days_left"
PACE_DAYS = "forms_pace_working_days"  # that the pace is told over: the last seven, fewer at the beginning

PACED = (RETURNED, UPLOADED)
PACE_WORKING_DAYS = 7
FIRST_TIME_PERCENT = "forms_right_first_time_percent"  # of the audited

COUNTIES = "forms_counties"  # with students who are due
COUNTIES_SHORT = "forms_counties_short"  # of these, those that will not reach ENOUGH_PERCENT by the end of the window
ENOUGH_PERCENT = (
    95  # of photos uploaded when the window closes: published campaigns ended near it (domain: 95.79 % in 贵州)
)


def covered_percent(step: str) -> str:
    """The share of those due whose form has come as far as the step; also of schools for the uploaded ones."""
    return f"{step}_percent"


def per_day(step: str) -> str:
    """Forms a working day, over the last working days."""
    return f"{step}_per_working_day"


def forecast_days(step: str) -> str:
    """Working days until every due form has come as far, at the present pace; none when nothing moves."""
    return f"{step}_forecast_working_days"


def forecast_percent(step: str) -> str:
    """The share of those due that will have come as far on the last day of the entry window, at the present pace."""
    return f"{step}_forecast_percent"


DAYS = (OPEN_DAYS, DAYS_LEFT, WORKING_DAYS_LEFT, PACE_DAYS)
DERIVED = (
    *map(covered_percent, STEPS), FIRST_TIME_PERCENT, *DAYS,
    *(name(step) for step in PACED for name in (per_day, forecast_days, forecast_percent)), COUNTIES, COUNTIES_SHORT,
)  # fmt: skip

# What bulletins, their files of facts and the site may tell. 查无此人 is about children, not about work: it goes to schools and offices
# in their lists, not into what is published. Of schools, what the county's bulletin prints.
TOLD_COUNTS = tuple(name for name in COUNTS if name != NOT_HERE)
TOLD = (*TOLD_COUNTS, *DERIVED)
SCHOOL_COUNTS = (DUE, ISSUED, RETURNED, ENTERED, AUDITED, UPLOADED, ARCHIVED)
SCHOOL_TOLD = (*SCHOOL_COUNTS, covered_percent(UPLOADED))
