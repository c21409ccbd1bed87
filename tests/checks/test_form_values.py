"""What an item of the form says for a delivered cell, and what may be entered as a new value."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.checks.form_fields import FIELDS, FORM_FIELDS
from xueji.checks.form_value_checks import value_fault_sql
from xueji.checks.form_values import DATES, LISTS, MONTHS, NAMES, NUMBERS, printed_of_sql, printed_sql

PRINTED = [
    # field, cell, printed
    ("xbm", "1", "男"),
    ("xbm", " 女性", "女"),
    ("xbm", "不详", "不详"),
    ("mzm", "汉", "汉族"),
    ("gjdqm", "CHN", "中国"),
    ("gjdqm", "USA", "USA"),
    ("gatqwm", "00", "否"),
    ("jdfsm", "借宿", "借宿"),
    ("rxfsm", "12", "其他"),
    ("sflsetm", "0", "非留守儿童"),
    ("sfge", "1", "是"),
    ("cy1gxm", "51", "父亲"),
    ("cy2sfzjlxm", "1", "居民身份证"),
    ("csrq", "20150312", "2015-03-12"),
    ("csrq", "2015/3/2", "2015-03-02"),
    ("csrq", "二〇一五年", "二〇一五年"),
    ("sfzjyxq", "长期", "长期"),
    ("rxny", "202109", "2021-09"),
    ("rxny", "2021-9", "2021-09"),
    ("rxny", "九月", "九月"),
    ("sfzjh", " 11010519491231002x", "11010519491231002X"),
    ("xm", "　王小明 ", "王小明"),
    ("xm", "阿依古丽·买买提", "阿依古丽·买买提"),
    ("xzz", " ", None),
    ("csrq", "", None),
    ("xbm", None, None),
    ("sfzjh", "　", None),
]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


def one(connection: duckdb.DuckDBPyConnection, expression: str, **values: object) -> object:
    columns = ", ".join(f"cast(? as varchar) as {name}" for name in values)
    return connection.execute(f"select {expression} from (select {columns})", list(values.values())).fetchall()[0][0]


@pytest.mark.parametrize(("field", "cell", "printed"), PRINTED)
def test_prints_in_words(connection, field, cell, printed):
    assert one(connection, printed_sql(field, "cell"), cell=cell) == printed
    assert one(connection, printed_of_sql("field", "cell"), cell=cell, field=field) == printed


@given(field=st.sampled_from(FORM_FIELDS), cell=st.text(max_size=12))
def test_printing_what_was_printed_changes_nothing(field, cell):
    with duckdb.connect() as connection:
        printed = one(connection, printed_sql(field, "cell"), cell=cell.replace("\0", ""))
        assert printed != ""
        assert one(connection, printed_sql(field, "cell"), cell=printed) == printed


def test_every_item_has_one_way_to_be_printed():
    ways = [*LISTS, *DATES, *MONTHS, *NUMBERS, *NAMES]
    assert len(set(ways)) == len(ways)
    assert set(ways) <= set(FIELDS)


@pytest.mark.parametrize("field", sorted(LISTS))
def test_codes_and_labels_of_a_list_print_alike_and_may_be_entered(connection, field):
    for code, labels in LISTS[field].labels.items():
        printed = one(connection, printed_sql(field, "cell"), cell=code)
        assert printed == labels[0]
        assert fault(connection, field, printed) is None


def fault(connection: duckdb.DuckDBPyConnection, field: str, value: str | None, id_type: str = "居民身份证") -> object:
    expression = value_fault_sql("field", "value", "id_type", "date '2026-11-12'")
    return one(connection, expression, field=field, value=value, id_type=id_type)


FAULTS = [
    # field, new value, document type, words of the fault; null: it may be entered
    ("sfzjh", "11010519491231002X", "居民身份证", None),
    ("sfzjh", "110105194912310021", "居民身份证", "校验码"),
    ("sfzjh", "E12345678", "居民身份证", "位数"),
    ("sfzjh", "E12345678", "护照", None),
    ("sfzjh", "E123", "护照", "5至30位"),
    ("sfzjh", "E1234号", "护照", "不应出现"),
    ("sfzjh", None, "护照", None),
    ("cy1sfzjh", "110105194912310021", "居民身份证", None),
    ("csrq", "2015-03-12", "居民身份证", None),
    ("csrq", "1989-12-31", "居民身份证", "1990"),
    ("csrq", "2026-11-13", "居民身份证", "晚于"),
    ("rxny", "2021-09", "居民身份证", None),
    ("xm", None, "居民身份证", "不能为空"),
    ("cym", None, "居民身份证", None),
    ("cym", "王", "居民身份证", "只有一个字"),
    ("cy1xm", "测试", "居民身份证", "占位"),
    ("lxdh", "任何文字", "居民身份证", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "id_type", "words"), FAULTS)
def test_new_values_are_held_against_their_form(connection, field, value, id_type, words):
    found = fault(connection, field, value, id_type)
    assert found is None if words is None else words in found
