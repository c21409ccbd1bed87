"""Which pairs of registrations are compared, and which of them are suspected to be of one child."""

import numpy as np
import pytest

from xueji.assets.engine import Engine
from xueji.assets.records import create_from
from xueji.assets.suspect_candidates import compare_pairs, find_linked_pairs, find_pairs, in_rooms_sql, prepare
from xueji.assets.suspected_duplicates import weighed_pairs
from xueji.checks import duplicate_id, suspected_duplicate
from xueji.checks.suspect_blocks import KEYS, blocked_students_sql
from xueji.checks.suspect_levels import LEVELS
from xueji.checks.suspect_model import suspect_model
from xueji.checks.suspect_training import in_blocks

STUDENTS = 1_000_000  # of the nation that the pairs are thought to be of
SHARE = 5e-6  # of children with the name: five in a million
GUARDIAN, MOTHER, STRANGER = "440106198503120019", "440106198603120020", "510104198011110011"
# A child, registered with everything that is asked for; the register knows its number.
FIRST = {
    "name": "林思涵", "sex": "女", "birth_date": "20150312", "id_number": "440106201503120028", "hkszdm": "440106000000",
    "cy1sfzjh": GUARDIAN, "cy1lxdh": "13800002222", "student_no": "G440106201503120028",
}  # fmt: skip
SECOND = FIRST | {"student_no": "L44010320150312777", "school_code": "2144000002"}  # in another county of the city
OTHER_UNIT = {"unit_code": "51", "school_code": "2151000001"}
OTHER_NUMBER = {"id_number": "440106201503120044"}  # sound, of nobody whom the register knows
NO_NUMBER: dict[str, object] = {"id_number": None}
STRANGERS = {"cy1sfzjh": STRANGER, "cy1lxdh": "13900003333"}
NO_FAMILY: dict[str, object] = {"cy1sfzjh": None, "cy1lxdh": None}
ELSEWHERE = {"hkszdm": "510104000000"}
SCHOOLS = (
    {"school_code": "2144000001", "place_code": "440106001000"},
    {"school_code": "2144000002", "place_code": "440103001000"},
    {"school_code": "2151000001", "place_code": "510104001000"},
)
SAME_SCHOOL = {"school_code": "2144000001"}
SISTER = {"id_number": "440106201503120060", "name": "林思雨"} | SAME_SCHOOL
YOUNGER = {"id_number": "44010620180312002X", "birth_date": "20180312", "name": "林思雨"} | SAME_SCHOOL
REGISTER = [{key: child[key] for key in ("id_number", "name")} for child in (FIRST, SISTER, YOUNGER)]

CASES = [
    # the second registration's differences, compared, suspected, why
    (NO_NUMBER, True, True, "the same without a number"),
    (OTHER_NUMBER, True, True, "the same under another number"),
    (OTHER_NUMBER | {"name": "林思寒"}, True, True, "a name that sounds alike"),
    (OTHER_NUMBER | {"name": "林思函", "birth_date": "20150321"}, True, True, "sound and two digits of the date swapped"),
    (NO_NUMBER | {"birth_date": "20151203"} | NO_FAMILY, True, True, "month and day swapped, no family named"),
    (OTHER_NUMBER | {"name": "林涵思"}, True, True, "characters swapped"),
    (NO_NUMBER | {"name": "林思"}, True, True, "a character lost"),
    (OTHER_NUMBER | {"name": "王思涵"}, True, True, "the other parent's surname"),
    (OTHER_NUMBER | OTHER_UNIT, True, True, "moved to another province, household as before"),
    (OTHER_NUMBER | OTHER_UNIT | ELSEWHERE, True, True, "moved with the household, same family"),
    (OTHER_NUMBER | OTHER_UNIT | ELSEWHERE | {"cy1sfzjh": MOTHER}, True, True, "moved, the mother named, same telephone"),
    ({"id_number": "440106201503120082"}, True, True, "a broken number one digit from the right one"),
    (NO_NUMBER | STRANGERS | OTHER_UNIT | ELSEWHERE, False, False, "nothing but name and birth date, far away"),
    (SISTER, True, False, "the twin sister: both are in the register"),
    (SISTER | NO_NUMBER, True, False, "the twin sister without a number"),
    (YOUNGER, True, False, "a younger sister, same birthday"),
    ({"name": "陈可欣"} | NO_NUMBER | STRANGERS, False, False, "another child with this birth date"),
    ({"name": "林思涵", "sex": "男"} | OTHER_NUMBER | STRANGERS, False, False, "a boy of that name"),
    (NO_NUMBER | STRANGERS | {"birth_date": "20100505"}, False, False, "a namesake of another age"),
    ({}, False, False, "the same number: duplicate_id reports it"),
]  # fmt: skip


@pytest.fixture
def compare(findings, tables, tmp_path):
    """Load registrations, and find and compare those of them that share a key."""

    def run(*students):
        findings(duplicate_id.RULE, students, schools=SCHOOLS, population=REGISTER)
        connection = tables.connection
        prepare(connection)
        for key in KEYS:
            find_pairs(connection, key, f"({in_rooms_sql('0', blocked_students_sql('core_students'))})")
        find_linked_pairs(connection)
        compare_pairs(Engine(home=str(tmp_path)), connection)
        return connection.sql("select * from compared_pairs").pl()

    return run


@pytest.mark.parametrize(("differences", "is_compared", "is_suspected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_suspects_registrations_of_one_child(compare, differences, is_compared, is_suspected, why):
    pairs = compare(FIRST, SECOND | differences)
    assert pairs.height == is_compared
    model = suspect_model()
    scores = model.score(pairs, np.full(pairs.height, SHARE), STUDENTS)
    assert (scores["probability"] >= model.threshold).to_list() == [is_suspected] * is_compared


def test_two_without_a_number_in_one_unit_are_left_to_their_own_rule(compare):
    assert compare(FIRST | NO_NUMBER, SECOND | NO_NUMBER).is_empty()
    assert compare(FIRST | NO_NUMBER, SECOND | NO_NUMBER | OTHER_UNIT).height == 1


def test_a_taken_student_number_links_nobody(compare, tables):
    """`student_no_duplicate` reports it: the number in it is the other child's."""
    taken = {
        "name": "陈可欣",
        "birth_date": "20140507",
        "id_number": "440106201405070030",
        "student_no": FIRST["student_no"],
    }
    first_again = SECOND | {"school_code": "2144000001"}  # under the number of the first, found by duplicate_id
    assert compare(FIRST | {"student_no": "L1"}, SECOND | STRANGERS | taken)["number_level"].to_list() == [0]
    both = (FIRST, first_again, SECOND | STRANGERS | taken)
    compare(*both)  # loads the registrations
    tables.connection.execute(
        "insert into group_candidates by name select content_hash, student_no_key from core_students"
    )
    assert compare(*both).is_empty()


def test_a_registration_delivered_twice_is_no_pair(compare):
    assert compare(FIRST, FIRST).is_empty()


@pytest.mark.parametrize("case", [case for case in CASES if case[1]], ids=lambda case: case[-1])
def test_what_shares_a_key_is_known_from_its_levels(compare, case):
    """Learning fills in the pairs that no key shows: it has to know which those are."""
    row = compare(FIRST, SECOND | case[0]).select(*LEVELS).row(0, named=True)
    home = row["place_level"] * 2 + row["household_level"]
    assert in_blocks()[
        row["name_level"], row["birth_level"], row["sex_level"], home, row["family_level"], row["number_level"]
    ]


def test_evidence_is_told_in_words(compare):
    pairs = compare(FIRST, SECOND | NO_NUMBER)
    (text,) = pairs.select(suspected_duplicate.evidence_text()).to_series()
    assert text == "姓名相同、出生日期相同、性别相同、同一省份、户口所在地相同、家庭成员证件号相同"


@pytest.mark.parametrize("name", [None, "测试"])
def test_without_a_name_nobody_is_suspected(compare, tables, name):
    """The family may have twins."""
    create_from(tables.connection, "suspect_candidates", compare(FIRST, SECOND | NO_NUMBER | {"name": name}))
    assert weighed_pairs(tables.connection).is_empty()
    create_from(tables.connection, "suspect_candidates", compare(FIRST, SECOND | NO_NUMBER))
    assert weighed_pairs(tables.connection)["is_suspected"].to_list() == [True]


def test_a_common_name_says_less(compare):
    pairs = compare(FIRST, SECOND | OTHER_NUMBER | STRANGERS | {"hkszdm": "440106000000"})
    common, rare = (
        suspect_model().score(pairs, np.full(1, share), STUDENTS)["probability"].item() for share in (1e-3, 1e-7)
    )
    assert common < rare


@pytest.mark.parametrize("students", [10_000, 1_000_000, 200_000_000])
def test_chance_grows_with_the_nation(compare, students):
    """The more children, the more strangers agree by chance: one pair is never likelier in a larger nation."""
    pairs = compare(FIRST, SECOND | OTHER_NUMBER | STRANGERS)
    model = suspect_model()
    here, tenfold = (model.score(pairs, np.full(1, SHARE), n)["probability"].item() for n in (students, 10 * students))
    assert tenfold < here


def test_strangers_between_do_not_matter(compare):
    """Any number of other children leaves the levels of a pair as they are."""
    alone = compare(FIRST, SECOND | NO_NUMBER)
    others = [
        {"student_no": f"G{place}", "name": name, "birth_date": f"2015{place:02}11", "id_number": None, **STRANGERS}
        for place, name in enumerate(("王强", "李娜", "赵敏", "周涛"), start=1)
    ]
    among = compare(FIRST, *others, SECOND | NO_NUMBER)
    columns = ["l_hash", "r_hash", *LEVELS]
    assert among.select(columns).join(alone.select(columns), on=columns).height == 1
