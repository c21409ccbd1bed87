"""The core table of students: typing, folding and keys."""

from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueji.checks.catalogue import RULES
from xueji.checks.id_number import body_check_character_sql, check_character_sql
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import (
    folded_name_sql,
    is_plain_name_sql,
    number_normalised_sql,
    sign_in_name_sql,
    trimmed_sql,
)


@pytest.fixture
def core(findings, tables):
    """Core rows of students given by their differences from the defaults."""

    def run(*students):
        findings(RULES[0], students)
        return tables.rows("select * from core_students order by student_no").to_dicts()

    return run


NUMBERS = [
    # as delivered, normalised, has id_body, has id_key, why
    ("440106201503120036", "440106201503120036", True, True, "plain"),
    ("11010519491231002x", "11010519491231002X", True, True, "lower-case x"),
    ("'４４０１０６２０１５０３１２００３６", "440106201503120036", True, True, "apostrophe and full width"),
    ("440106 20150312 0036", "440106201503120036", True, True, "blanks inside"),
    ("440106201503120037", "440106201503120037", True, False, "wrong check character"),
    ("44010620150312O036", "44010620150312O036", False, False, "letter O stays O"),
    ("000106201503120034", "000106201503120034", True, True, "leading zeros"),
    ("1e16             0", "1E160", False, False, "an exponent that a cast would take"),
    ("440106201503120１36", "440106201503120136", True, False, "one full-width digit"),
    ("', ' ", ",", False, False, "a comma remains"),
    (" ’‘`＇", None, False, False, "nothing remains"),
]


@pytest.mark.parametrize(
    ("text", "expected", "has_body", "has_key", "why"), NUMBERS, ids=[case[-1] for case in NUMBERS]
)
def test_normalises_numbers(core, text, expected, has_body, has_key, why):
    (row,) = core({"id_number": text})
    assert row["id_number"] == expected
    assert row["id_body"] == (int(expected[:17]) if has_body else None)
    assert row["id_key"] == (int(expected[:17]) if has_key else None)


def test_only_type_1_has_a_body(core):
    assert [row["id_body"] for row in core({"id_type": "护照"}, {"id_type": None}, {"id_type": "?"})] == [None] * 3


NAMES = [
    # as delivered, folded, sign in it, why
    ("王小明", "王小明", False, "plain"),
    (" 王 小\u3000明\u200b", "王小明", False, "blanks"),
    ("阿里.买买提", "阿里·买买提", False, "full stop"),
    ("阿里∙买•买・提･阿●里‧阿⋅里\u0387阿．里", "阿里·买·买·提·阿·里·阿·里·阿·里", False, "every other separator"),
    ("ａnnａ", "ANNA", False, "width and case"),
    ("𠮷田", "𠮷田", False, "beyond the basic plane"),
    ("王(明)", "王(明)", True, "brackets"),
]


@pytest.mark.parametrize(("text", "expected", "sign", "why"), NAMES, ids=[case[-1] for case in NAMES])
def test_folds_names(core, text, expected, sign, why):
    (row,) = core({"name": text})
    assert (row["name_folded"], row["is_sign_in_name"]) == (expected, sign)


MONTHS = [
    # as delivered, read, why
    ("202109", 202109, "plain"),
    ("2021-9", 202109, "short month"),
    ("2021/09", 202109, "slash"),
    ("2021-09-01", 202109, "a date"),
    ("20210901", 202109, "a date in digits"),
    ("202113", None, "no such month"),
    ("202100", None, "month nought"),
    ("189912", None, "before 1900"),
    ("210001", None, "after 2099"),
    ("2021", None, "a year"),
]


@pytest.mark.parametrize(("text", "month", "why"), MONTHS, ids=[case[-1] for case in MONTHS])
def test_reads_months(core, text, month, why):
    (row,) = core({"enrolled_month": text})
    assert (row["enrolled_month"], row["enrolled_month_unread"]) == (month, None if month else text)


NUMBER_DATES = [
    # number, recorded birth date, date in the number, why
    ("440106201503120036", "20150312", date(2015, 3, 12), "the recorded date"),
    ("440106201503120036", "20150313", date(2015, 3, 12), "another date"),
    ("440106201503120036", None, date(2015, 3, 12), "no recorded date"),
    ("440106201502300035", "20150312", None, "30 February"),
    ("440106201602290030", "20150312", date(2016, 2, 29), "29 February of a leap year"),
    ("440106000003120039", None, None, "year nought"),
]


@pytest.mark.parametrize(
    ("number", "recorded", "expected", "why"), NUMBER_DATES, ids=[case[-1] for case in NUMBER_DATES]
)
def test_reads_the_date_in_a_number(core, number, recorded, expected, why):
    (row,) = core({"id_number": number, "birth_date": recorded})
    assert row["id_birth_date"] == expected


@given(st.integers(0, 10**17 - 1))
def test_check_character_is_the_texts(body):
    text = f"'{body:017}'"
    found = duckdb.execute(
        f"select {body_check_character_sql(f'{body}::bigint')}, {check_character_sql(text)}"
    ).fetchall()
    assert found[0][0] == found[0][1]


def test_types_codes_dates_and_grades(core):
    (row,) = core(
        {"sex": " 女", "birth_date": "2015/3/2", "grade": "初二", "enrolled_month": "2021-9-1", "id_type": "c"}
    )
    assert (row["sex_code"], row["id_type"], row["grade"]) == ("2", "C", 8)
    assert (row["birth_date"], row["enrolled_month"], row["as_of"]) == (date(2015, 3, 2), 202109, date(2026, 11, 20))
    unread = [column for column in row if column.endswith(("_unread", "_unlisted"))]
    assert len(unread) == 12
    assert [row[column] for column in unread] == [None] * 12


def test_keeps_what_it_cannot_type(core):
    (row,) = core({"sex": "x", "birth_date": "?", "grade": "0", "enrolled_month": " 某月 "})
    assert (row["sex_code"], row["sex_unlisted"], row["birth_date"], row["birth_date_unread"]) == (None, "x", None, "?")
    assert (row["grade"], row["grade_unlisted"], row["enrolled_month"]) == (None, "0", None)
    assert row["enrolled_month_unread"] == "某月"


ATTENDANCE = [
    # 是否在校, 就读状态, is_out_of_school, why
    (None, None, None, "nothing said"),
    ("是", None, False, "yes"),
    (" 1 ", None, False, "code"),
    ("否", None, True, "no"),
    ("0", None, True, "code of no"),
    ("N", None, True, "letter"),
    ("false", None, True, "word"),
    (None, "在读", False, "attends"),
    (None, "休学", True, "on leave"),
    (None, "转出", True, "transferred"),
    (None, "其他离校", True, "left otherwise"),
    ("是", "休学", True, "the state says so"),
    ("否", "在读", True, "the flag says so"),
    ("是", "3Z", False, "a state that no list has"),
    ("?", "3Z", None, "nothing that a list has"),
]


@pytest.mark.parametrize(("in_school", "state", "expected", "why"), ATTENDANCE, ids=[case[-1] for case in ATTENDANCE])
def test_reads_whether_a_student_has_left(core, in_school, state, expected, why):
    assert core({"in_school": in_school, "state": state})[0]["is_out_of_school"] is expected


def test_record_key_is_school_and_number(core):
    assert core({"student_no": " G7 "})[0]["record_key"] == "2144000001/G7"


def test_record_key_without_a_number_is_the_persons(core):
    def record_key(**changes):
        return core({"student_no": None, **changes})[0]["record_key"]

    assert record_key() == record_key(grade="5") != record_key(name="李静")
    assert len(record_key()) == len("2144000001/") + 32


def test_content_hash_follows_what_rules_read(core):
    def content_hash(**changes):
        return core({"student_no": "G1", **changes})[0]["content_hash"]

    same = content_hash()
    assert content_hash(delivery_date=date(2026, 11, 21), file="other.csv", jg="广州") == same
    changes = [
        {"name": "李静"},
        {"nation": "汉族"},
        {"sex": "女"},
        {"class_no": "2"},
        {"enrolled_month": "202110"},
        {"unit_code": "45"},
        {"in_school": "否"},
        {"state": "休学"},
    ]
    assert len({content_hash(**change) for change in changes} | {same}) == len(changes) + 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8))
def test_folding_twice_is_folding_once(tables, text):
    for fold in (folded_name_sql, number_normalised_sql, trimmed_sql):
        once, twice = tables.connection.execute(
            f"select once, {fold('once')} from (select {fold('text')} as once from (select {literal(text)} as text))"
        ).fetchall()[0]
        assert once == twice


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("王小明欧阳〇龥", min_size=1, max_size=8))
def test_plain_names_need_no_folding(tables, text):
    plain, folded, sign = tables.connection.execute(
        f"select {is_plain_name_sql('text')}, {folded_name_sql('text')}, {sign_in_name_sql('text')} "
        f"from (select {literal(text)} as text)"
    ).fetchall()[0]
    assert (folded, sign) == (text, False)
    assert plain == ("〇" not in text)
