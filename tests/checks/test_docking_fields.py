"""When values of two systems are the same: a table of pairs for each kind of field."""

import duckdb
import pytest

from xueji.checks.code_lists import CodeList
from xueji.checks.docking_copies import normal_copy_sql
from xueji.checks.docking_fields import CODED, COUNTRY, LISTS, is_unlisted_sql
from xueji.checks.tables import STUDENT_FIELDS

PAIRS = [
    # field, one system, the other, same?, why
    ("xbm", "1", "男", True, "code and label"),
    ("xbm", "１", "男性", True, "wide code, other label"),
    ("xbm", "1", "女", False, "another sex"),
    ("mzm", "11", "满族", True, "nation by code"),
    ("mzm", "汉", "汉族", True, "nation without the last character"),
    ("gjdqm", "KOR", "韩国", True, "country by its three letters"),
    ("gjdqm", "CHN", "中华人民共和国", True, "the country's full name"),
    ("gjdqm", "KOR", "朝鲜", False, "another country"),
    ("nj", "7", "初中一年级", True, "grade by stage"),
    ("nj", "７年级", "七", True, "wide digit"),
    ("cy1gxm", "51", "父亲", True, "relation by GB/T 4761"),
    ("cy1gxm", "1", "父", True, "relation by the template"),
    ("sflsetm", "0", "非留守儿童", True, "left behind: not"),
    ("sfge", "否", "0", True, "yes or no"),
    ("csrq", "20150312", "2015-03-12", True, "date with dashes"),
    ("csrq", "20150312", "2015/3/12", True, "short date"),
    ("csrq", "20150312", "20150321", False, "another day"),
    ("csrq", "20110230", "2011/2/30", True, "no such day, but the same"),
    ("rxny", "202109", "2021-9", True, "month"),
    ("rxny", "202109", "20210901", True, "month out of a date"),
    ("rxny", "202109", "202009", False, "another month"),
    ("xm", "阿依古丽·买买提", "阿依古丽•买买提", True, "separator"),
    ("xm", "王小明", "王小明　", True, "trailing wide blank"),
    ("xm", "王晓明", "王小明", False, "another character"),
    ("xm", "王国", "王國", False, "traditional form: another text on paper"),
    ("sfzjh", "11010519491231002x", "１１０１０５19491231002X", True, "case and width"),
    ("sfzjh", "11010519491231002X", "110105194912310021", False, "another last character"),
    ("lxdh", "020-8765 4321", "02087654321", True, "telephone"),
    ("csdm", "440106", "440106000000", True, "six and twelve digits"),
    ("csdm", "440106", "440105000000", False, "another county"),
    ("jtzz", "天河路１号", "天河路 1 号", True, "address: width and blanks"),
    ("xm", None, "　", True, "blank and nothing"),
    ("bh", "2021101", "2021102", False, "another class"),
]
ADMISSION = [
    # one grade and value, the other, same?, why
    (("3", "12"), ("三年级", "其他"), True, "其他 of compulsory education"),
    (("11", "99"), ("高二", "其他"), True, "其他 of senior high school"),
    (("3", "99"), ("3", "其他"), False, "99 below senior high school is another code"),
]


def normal(values: dict[str, str | None]) -> tuple:
    columns = ", ".join(f'cast(${field} as varchar) as "{field}"' for field in values)
    return duckdb.execute(normal_copy_sql(f"select {columns}", tuple(values)), values).fetchall()[0]


@pytest.mark.parametrize(("field", "one", "other", "same", "why"), PAIRS, ids=[f"{p[0]}: {p[-1]}" for p in PAIRS])
def test_compares_values(field: str, one: str | None, other: str | None, same: bool, why: str) -> None:
    assert (normal({field: one}) == normal({field: other})) == same


@pytest.mark.parametrize(("one", "other", "same", "why"), ADMISSION, ids=[case[-1] for case in ADMISSION])
def test_compares_admission_by_grade(one: tuple, other: tuple, same: bool, why: str) -> None:
    left, right = (normal(dict(zip(("nj", "rxfsm"), pair, strict=True))) for pair in (one, other))
    assert (left == right) == same


@pytest.mark.parametrize("field", CODED)
def test_every_code_and_label_is_listed_and_nothing_else(field: str) -> None:
    codes: CodeList = LISTS[field]
    condition = is_unlisted_sql(field, f'"{field}"')
    if field != "nj" and field != "rxfsm":
        given = f"select text as {field}, null as nj from (select unnest($texts) as text)"
        query = f'select "{field}" from ({normal_copy_sql(given, (field,))}) where ({condition}) is distinct from false'
        assert duckdb.execute(query, {"texts": list(codes.texts)}).fetchall() == []
    assert duckdb.sql(f"select {condition} from (select '本地码9' as {field})").fetchall() == [(True,)]
    assert duckdb.sql(f"select {condition} from (select cast(null as varchar) as {field})").fetchall() == [(False,)]


def test_every_field_of_the_sheet_has_a_normal_form() -> None:
    assert normal(dict.fromkeys(STUDENT_FIELDS)) == (None,) * len(STUDENT_FIELDS)


def test_a_country_is_named_once() -> None:
    names = [name for labels in COUNTRY.labels.values() for name in labels]
    assert len(names) == len(set(names)) and all(len(code) == 3 for code in COUNTRY.labels)
