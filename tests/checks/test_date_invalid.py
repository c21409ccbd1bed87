"""Table of cases for date_invalid, on the night of 2026-11-20."""

import pytest

from xueji.checks import date_invalid

CASES = [
    # birth date, enrolment month, reasons, why
    ("20150312", "202109", [], "as the template asks"),
    ("2015-3-2", "2021-9", [], "short month and day with hyphens"),
    ("2015/03/12", "2021/09", [], "slashes"),
    (" 20150312 ", "20210901", [], "blanks around, full date of enrolment"),
    ("20150312", "2021-09-01", [], "full date of enrolment with hyphens"),
    ("20150229", "202109", ["csrq"], "29 February of a common year"),
    ("20151301", "202109", ["csrq"], "month 13"),
    ("2015312", "202109", ["csrq"], "seven digits"),
    ("2015-03/12", "202109", ["csrq"], "hyphen and slash mixed"),
    ("2015年3月12日", "202109", ["csrq"], "written out"),
    ("epoch", "202109", ["csrq"], "a word that engines take for a date"),
    ("20261120", "202109", [], "born today"),
    ("20261121", "202109", ["csrq"], "born tomorrow"),
    ("19900101", "202109", [], "first day allowed"),
    ("19891231", "202109", ["csrq"], "a day too early"),
    ("20150312", "202113", ["rxny"], "no month 13"),
    ("20150312", "2021", ["rxny"], "year only"),
    ("20150312", "20210931", ["rxny"], "full date that does not exist"),
    ("20150312", "2021年9月", ["rxny"], "month written out"),
    ("20150312", "000109", ["rxny"], "year 1"),
    ("20150230", "九月", ["csrq", "rxny"], "both, one finding each"),
    (None, None, [], "blank: required_missing for the birth date only"),
]


@pytest.mark.parametrize(("birth_date", "month", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_finds_impossible_dates(reasons, birth_date, month, expected, why):
    assert reasons(date_invalid.RULE, {"birth_date": birth_date, "enrolled_month": month}) == expected
