"""Students whose grade has not moved on as the calendar says it should have since they enrolled.

Judged when grade and enrolment month are both valid. A school year starts in September; a student enrolled from July on
belongs to the coming year, and September of the present one is left for moving records on.
"""

from xueji.checks.model import Condition, RowRule

STAGE_STARTS = (1, 7, 10)  # first grades of primary, junior and senior school

_shifted = "(enrolled_month - 7)"  # from July on the hundreds are the year itself, before they are the year before
_enrolled = f"cast(({_shifted} - {_shifted} % 100) / 100 as integer)"
_present = "(extract(year from as_of) - case when extract(month from as_of) >= 10 then 0 else 1 end)"
_elapsed = f"({_present} - {_enrolled})"
_start = "(case when grade >= 10 then 10 when grade >= 7 then 7 else 1 end)"
# A nine-year or complete secondary school enrols once: its students count on from an earlier stage. In September those
# moved on already are one grade ahead of the year that is counted with.
_from_earlier_stage = " or ".join(
    f"({start} < {_start} and grade - {start} in ({_elapsed}, {_elapsed} + 1))" for start in STAGE_STARTS[:-1]
)

RULE = RowRule(
    id="stale_record",
    problem_type="STALE",
    title="学籍信息未按学年更新",
    source="《中小学生学籍管理办法》：每学期至少核查更新一次；新学年升级",
    reasons={"grade": "按入学年月推算，年级落后于应在年级，可能未办理升级"},
    conditions=(
        Condition(
            # CASE in this order: most students are where they should be, and are then not looked at any further.
            f"""case when grade is null or enrolled_month is null then false
                when grade >= {_start} + {_elapsed} then false
                else {_elapsed} >= 0 and not ({_from_earlier_stage}) end""",
            "grade",
            "'入学' || cast(enrolled_month as varchar) || '，现年级' || cast(grade as varchar)",
            depends_on_date=True,
        ),
    ),
)
