"""A corrected record is typed as the core table types deliveries: without a correction it is the record that was there."""

from datetime import date

import pytest

from xueji.checks.catalogue import RULES
from xueji.checks.change_check import GIVEN, SEEN, corrected_students_sql
from xueji.checks.tables import CASES

NOTHING_GIVEN = ", ".join(f"cast(null as {CASES.columns[column]}) as {column}" for column in GIVEN)
DAMAGED = [{"file": "damaged.csv", "id_number": f"1.1010{place}E+17", "student_no": f"D{place}"} for place in range(10)]
STUDENTS = [
    {},
    *DAMAGED,
    {"file": "damaged.csv", "name": "阿里.买买提"},
    {"student_no": None, "name": " 王 小明 ", "class_no": " 2 "},
    {"id_type": "护照", "id_number": "ｅ1234 5678"},
    {"id_type": "户照", "id_number": "E12345678"},
    {
        "id_type": None,
        "id_number": None,
        "sex": "不详",
        "birth_date": "2015年",
        "grade": "大班",
        "enrolled_month": "某月",
    },
    {"birth_date": "2015/3/2", "sex": "女", "grade": "初二", "enrolled_month": "2021-9"},
    {"nation": "外星族", "nationality": "某国", "hmt_overseas": "?", "health": "?", "household_type": "?"},
    {"admission": "?", "attendance": "?", "in_school": "否"},
    {"nation": "汉族", "nationality": "中国", "state": "在读", "school_code": None, "class_no": None},
    {"id_number": "440106201502300035", "name": None},
    {"id_number": "44010620150312003O", "name": "王(明)"},
]


def present_of(tables, changes: str = NOTHING_GIVEN) -> None:
    """Every record of the core table as the present one, with `changes` given for it."""
    tables.connection.execute(
        f"""create or replace table present_records as
        select *, {changes}, -row_number() over (order by record_key, content_hash) as record_no from core_students"""
    )


# Typed in DuckDB's own words, beside a cluster too.
beside = pytest.mark.parametrize("tables", ["duckdb"], indirect=True)


@beside
def test_a_record_nothing_is_given_for_is_typed_as_it_was(tables, findings):
    findings(RULES[0], STUDENTS)
    present_of(tables)
    # The key of a record without a number is made of the texts as delivered: readers keep to `record_key`.
    same = ", ".join(column for column in SEEN if column not in ("content_hash", "unnumbered_key"))
    before = tables.rows(f"select {same} from core_students order by all").rows()
    assert tables.rows(f"select {same} from ({corrected_students_sql()}) order by all").rows() == before
    assert len(before) == len(STUDENTS)


GIVEN_VALUES = [
    # given, what becomes of it, why
    ("new_name = '阿依　古丽•买'", {"name": "阿依　古丽•买", "name_folded": "阿依古丽·买"}, "a name is folded"),
    ("new_id_number = '440106 20150312 001x'", {"id_number": "44010620150312001X", "id_body": 44010620150312001}, "a number is normalised"),
    ("new_id_number = '440106201503120036'", {"id_key": 44010620150312003, "id_birth_date": date(2015, 3, 12)}, "a number is keyed"),
    ("new_sex_code = '2'", {"sex_code": "2", "sex_unlisted": None}, "sex"),
    ("new_birth_date = date '2014-01-02'", {"birth_date": date(2014, 1, 2), "birth_date_unread": None}, "birth date"),
]  # fmt: skip


@beside
@pytest.mark.parametrize(("given", "expected", "why"), GIVEN_VALUES, ids=[case[-1] for case in GIVEN_VALUES])
def test_a_given_value_takes_the_place_of_the_delivered_one(tables, findings, given, expected, why):
    findings(RULES[0], [*DAMAGED, {"file": "damaged.csv", "sex": "不详", "birth_date": "?", "student_no": "G1"}])
    present_of(tables)
    tables.connection.execute(f"update present_records set {given}")
    (row,) = tables.rows(f"select * from ({corrected_students_sql()}) where student_no = 'G1'").to_dicts()
    assert {column: row[column] for column in expected} == expected
    assert row["record_key"] == "2144000001/G1" and row["content_hash"] < 0
    assert row["is_damaged_file"] is ("new_id_number" not in given)  # a number written by hand is not the spreadsheet's
