"""Table of cases for stale_record."""

from datetime import date

import pytest

from xueji.checks import stale_record

CASES = [
    # night, enrolled, grade, found, why
    ("2026-11-20", "202109", "6", False, "sixth year of primary school"),
    ("2026-11-20", "202109", "5", True, "a grade behind"),
    ("2026-11-20", "202609", "1", False, "just enrolled"),
    ("2026-11-20", "202509", "1", True, "still in grade 1 after a year"),
    ("2026-09-30", "202509", "1", False, "September is left for moving on"),
    ("2026-10-01", "202509", "1", True, "October is not"),
    ("2026-09-15", "201909", "8", False, "nine-year school, moved on in September already"),
    ("2026-11-20", "202507", "1", True, "July belongs to the coming year"),
    ("2026-11-20", "202606", "1", True, "June belongs to the year that ends"),
    ("2026-11-20", "202607", "1", False, "July of this year"),
    ("2026-11-20", "202409", "9", False, "third year of junior school"),
    ("2026-11-20", "202409", "8", True, "junior school, a grade behind"),
    ("2026-11-20", "201909", "8", False, "nine-year school, enrolled in grade 1"),
    ("2026-11-20", "201809", "8", True, "nine-year school, a grade behind"),
    ("2026-11-20", "202209", "11", False, "complete secondary school, enrolled in grade 7"),
    ("2026-11-20", "201609", "11", False, "twelve-year school, enrolled in grade 1"),
    ("2026-11-20", "202409", "12", False, "third year of senior school"),
    ("2026-11-20", "202409", "11", True, "senior school, a grade behind"),
    ("2026-11-20", "202409", "4", False, "ahead: transferred in"),
    ("2026-11-20", "202709", "1", False, "enrolled in time to come"),
    ("2026-11-20", "202113", "1", False, "no such month: date_invalid"),
    ("2026-11-20", "202109", "学前班", False, "no such grade: code_invalid"),
    ("2026-11-20", None, "1", False, "no enrolment month"),
]


@pytest.mark.parametrize(("night", "month", "grade", "found", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_grades_left_behind(find, night, month, grade, found, why):
    student = {"delivery_date": date.fromisoformat(night), "enrolled_month": month, "grade": grade}
    assert find(stale_record.RULE, [student]) == ({"G1"} if found else set())
