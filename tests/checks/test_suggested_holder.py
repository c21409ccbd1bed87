"""Table of cases: two parties of a duplicate, who of them is suggested and by what evidence."""

import pytest

from xueji.checks import (
    duplicate_id,
    duplicate_name_sex_birth,
    id_birth_conflict,
    id_name_mismatch,
    id_not_found,
    stale_record,
)
from xueji.checks.suggested_holder import (
    EVIDENCE,
    NUMBER,
    RECORD,
    described_sql,
    holder_sentence,
    holders_sql,
    parties_sql,
    sights_sql,
)
from xueji.checks.tables import PARTY_SIGHTS, findings_part

NUMBER_OF_WANG = "440106201503120036"
OWN, OTHER = "2144000001", "2144000002"
SCHOOLS = (
    {"school_code": OWN, "place_code": "440106"},
    {"school_code": OTHER, "place_code": "440303"},
)
WANG = {"name": "王小明", "id_number": NUMBER_OF_WANG, "hkszdm": None}
RULES = (
    duplicate_id.RULE, duplicate_name_sex_birth.RULE, id_not_found.RULE, id_name_mismatch.RULE, id_birth_conflict.RULE,
    stale_record.RULE,
)  # fmt: skip


@pytest.fixture
def suggest(tables, findings):
    """Run the duplicate rules and those that the evidence reads, then suggest. Returns rows of `suggested_holders`."""

    def run(*students, population=(), answers=(), before=PARTY_SIGHTS.empty_sql, changes=None):
        connection = tables.connection
        connection.execute(f"create or replace table findings_part as {findings_part('findings_part').empty_sql}")
        findings(RULES[0], students, schools=SCHOOLS, population=population, answers=answers)  # loads the tables
        for rule in RULES:
            found = tables.findings(rule)
            connection.register("found", found.to_arrow())
            connection.execute(
                f"""insert into findings_part by name select * replace ('{rule.id}' as rule_id,
                '{rule.problem_type}' as problem_type, coalesce(severity, '{rule.severity}') as severity) from found"""
            )
        connection.execute("create or replace table findings as select * exclude (content_hash) from findings_part")
        for name, query in (
            ("parties", parties_sql(["findings_part"])),
            ("party_records", "select * from core_students where content_hash in (select content_hash from parties)"),
            ("past_records", f"select * from core_students where student_no not in {changes or ('',)}"),
            ("sights", sights_sql("2026-11-20", before, changes is not None)),
            ("described_parties", described_sql()),
            ("holders", holders_sql()),
        ):
            connection.execute(f"create or replace temp table {name} as {query}")
        return tables.rows("select * from holders order by group_key, record_key").to_dicts()

    return run


CASES = [
    # first student, second student, register, the suggested one (0: none), evidence of the first, why
    (
        WANG,
        WANG | {"name": "李静"},
        [WANG],
        1,
        "register_agrees",
        "the register holds the number under one name",
    ),
    (WANG, WANG | {"name": "李静"}, [], 0, None, "without a register nothing tells them apart"),
    (
        WANG,
        WANG | {"name": "李静", "sex": "女"},
        [],
        1,
        "number_fits",
        "the number's sex is one's own",
    ),
    (WANG, WANG | {"grade": "二年级"}, [], 1, "grade_continuous,age_fits", "the other was never moved on"),
    (WANG, WANG | {"sfzx": "否"}, [], 1, "not_left", "the other has left"),
    (
        WANG | {"student_no": f"G{NUMBER_OF_WANG}"},
        WANG | {"student_no": "G440106201503120999"},
        [],
        1,
        "student_no_carries",
        "the student number repeats the number",
    ),
    (
        WANG | {"student_no": f"G{NUMBER_OF_WANG}", "grade": "一年级", "enrolled_month": "202609"},
        WANG | {"grade": "一年级", "enrolled_month": "202609"},
        [],
        0,
        "student_no_given",
        "of those who entered this year it tells who was quicker",
    ),
    (
        WANG | {"enrolled_month": "202509"},
        WANG | {"student_no": f"G{NUMBER_OF_WANG}"},
        [],
        1,
        "transferred_in",
        "came into grade 5 when the other was there",
    ),
    (
        WANG | {"enrolled_month": "202609", "grade": "七年级"},
        WANG | {"enrolled_month": "202009", "grade": "七年级"},
        [],
        0,
        None,
        "came into grade 7 with all the others",
    ),
    (
        WANG | {"hkszdm": "440106"},
        WANG | {"hkszdm": "440106", "school_code": OTHER},
        [],
        1,
        "household_county,number_county",
        "household and number belong to the school's county",
    ),
    (
        WANG | {"hkszdm": "440105"},
        WANG | {"hkszdm": "440105"},
        [],
        0,
        None,
        "what both share tells nothing",
    ),
    (
        WANG | {"hkszdm": "440305", "school_code": OTHER},
        WANG | {"hkszdm": "440305"},
        [],
        0,
        "household_city",
        "one point is no clear lead",
    ),
]


@pytest.mark.parametrize(
    ("first", "second", "register", "suggested", "evidence", "why"), CASES, ids=[case[-1] for case in CASES]
)
def test_suggests_who_has_a_clear_lead(suggest, first, second, register, suggested, evidence, why):
    by_number = {row["record_key"]: row for row in suggest({"student_no": "A"} | first, {"student_no": "B"} | second, population=register)}  # fmt: skip
    keys = [f"{student.get('school_code', OWN)}/{student.get('student_no', letter)}" for letter, student in zip("AB", (first, second), strict=True)]  # fmt: skip
    one, other = (by_number[key] for key in keys)
    assert [row["is_suggested"] for row in (one, other)] == [suggested == 1, suggested == 2]
    assert one["has_suggestion"] == other["has_suggestion"] == bool(suggested)
    assert one["evidence"] == evidence


def test_what_is_asked_is_the_number_where_names_differ(suggest):
    assert {row["question"] for row in suggest(WANG, WANG | {"name": "李静"})} == {NUMBER}
    assert {row["question"] for row in suggest(WANG, WANG)} == {RECORD}


def test_a_second_registration_of_the_holder_is_not_told_that_its_number_is_wrong(suggest):
    rows = suggest(WANG, WANG | {"grade": "二年级"}, WANG | {"name": "李静"}, population=[WANG])
    assert [row["is_suggested"] for row in rows] == [True, False, False]
    assert [row["question"] for row in rows] == [NUMBER, RECORD, NUMBER]


def test_a_group_without_numbers_is_judged_too(suggest):
    nobody = {"id_type": "其他", "id_number": None}
    one, other = suggest(nobody, nobody | {"grade": "一年级"})
    assert (one["is_suggested"], other["is_suggested"], one["question"]) == (True, False, RECORD)


def test_what_is_only_noted_is_no_group(suggest):
    nobody = {"id_type": "其他", "id_number": None}
    assert suggest(nobody, nobody | {"unit_code": "45"}) == []


def test_an_answer_of_the_registers_owner_stands_for_the_register(suggest):
    rows = suggest(WANG, WANG | {"name": "李静"}, answers=[WANG | {"answer": "一致"}])
    assert [row["is_suggested"] for row in rows] == [True, False]
    assert rows[0]["evidence"] == "register_agrees"


def test_of_three_that_lead_alike_none_is_suggested(suggest):
    rows = suggest(WANG, WANG, WANG | {"grade": "二年级"})
    assert not any(row["has_suggestion"] for row in rows)
    assert [row["points"] for row in rows] == [2, 2, -4]


def test_a_record_that_came_later_is_known_as_such(suggest):
    rows = suggest(WANG | {"student_no": "A"}, WANG | {"student_no": "B"}, changes=("B", "-"))
    assert [row["evidence"] for row in rows] == ["stood_longer", None]
    assert not any(row["has_suggestion"] for row in rows)  # alone it is no clear lead


SENTENCES = [
    # question, is suggested, has a suggestion, evidence, sentence
    (
        RECORD, True, True, "register_agrees,age_fits,household_county",
        "系统建议：如为同一学生，本条学籍为应保留的一方（依据：与人口信息一致；年级与年龄相符；户籍在本县）。仅供参考",
    ),
    (RECORD, False, True, "grade_stale,household_city", "系统建议：如为同一学生，由他方保留学籍（本条年级未按学年更新）。仅供参考"),
    (RECORD, False, True, None, "系统建议：如为同一学生，由他方保留学籍。仅供参考"),
    (NUMBER, True, True, "register_agrees", "系统建议：该证件号应属本条学籍（依据：与人口信息一致）。仅供参考"),
    (NUMBER, False, True, "", "系统建议：该证件号应属他方，请核对本条学籍的证件号。仅供参考"),
    (NUMBER, False, False, "age_fits", "系统无法判断应以哪一方为准，请对照户口簿等材料核对"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "is_suggested", "has_suggestion", "evidence", "sentence"), SENTENCES)
def test_sentences(question, is_suggested, has_suggestion, evidence, sentence):
    assert holder_sentence(question, is_suggested, has_suggestion, evidence) == sentence


def test_evidence_has_a_weight_and_a_text_of_its_own():
    assert len({one.code for one in EVIDENCE}) == len({one.text for one in EVIDENCE}) == len(EVIDENCE)
    assert all(one.points for one in EVIDENCE)
